"""Forms that people sent: a form's token is used once, so that a second press or a repeated call makes nothing twice.

Written in the transaction of the act itself: a second submission waits for the first and is shown where that led. What
was typed is kept as a digest only, and forgotten within a day.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from gongxiang.platform.parties.models import SentForm

#: How long a token is remembered.
KEPT = timedelta(days=1)


def begin(token: UUID, *, person_id: UUID, digest: str, at: datetime) -> str | None:
    """Enter a form that was sent; where its twin led, if the same was sent before (waits while that is under way).

    The same token with other content is another form: somebody went back and changed what was typed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parties_sentform (token, person_id, digest, address, sent_at) VALUES (%s, %s, %s, '', %s)"
            " ON CONFLICT (token) DO NOTHING",
            [token, person_id, digest, at],
        )
        if cursor.rowcount == 1:
            return None
    row = SentForm.objects.select_for_update().filter(token=token).first()
    if row is None or row.person_id != person_id:
        return None
    if row.digest == digest and row.address:
        return row.address
    SentForm.objects.filter(token=token).update(digest=digest, address="", sent_at=at)
    return None


def note_result(token: UUID, *, person_id: UUID, address: str) -> None:
    """Note where the form led; empty forgets it, so that a form that was refused can be sent again as it is."""
    rows = SentForm.objects.filter(token=token, person_id=person_id)
    rows.update(address=address[:2000]) if address else rows.delete()


def forget_old(at: datetime) -> int:
    """Forget tokens of more than a day ago; how many."""
    return SentForm.objects.filter(sent_at__lt=at - KEPT).delete()[0]
