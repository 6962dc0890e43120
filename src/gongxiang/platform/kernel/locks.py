"""Acts that look whether something is taken before they take it wait for each other: the second is told by name."""

from django.db import connection


def one_at_a_time(*what: object) -> None:
    """Hold these words locked until the transaction ends; whoever names the same waits and then sees what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["\x1f".join(str(one) for one in what)])
