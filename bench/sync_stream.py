"""Changes a second through everything, beside native PostgreSQL logical replication between the same two servers."""

import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg

from bench.world import COLUMNS, VALUES, World, execute, figure, make_table, median, until, world

ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
#: Transactions of one round; each inserts 1,000 rows, updates 1,000 and deletes 300.
TRANSACTIONS = int(os.environ.get("BENCH_TRANSACTIONS", 60))
CHANGES = TRANSACTIONS * 2300
START = 100_000
#: Added to a round's first id: the row that is written last.
LAST = 1_000_000_000


def write(dsn: str, table: str, first: int) -> None:
    """One round's changes; a row far above is written last."""
    with psycopg.connect(dsn) as connection:
        for number in range(TRANSACTIONS):
            low = first + number * 1000
            connection.execute(f"INSERT INTO {table} {VALUES.format(low, low + 999)}")
            connection.execute(
                f"UPDATE {table} SET amount = amount + 1, phone = phone || '9' WHERE id BETWEEN %s AND %s",
                (low - 500, low + 499),
            )
            connection.execute(f"DELETE FROM {table} WHERE id BETWEEN %s AND %s", (low - 900, low - 601))
            connection.commit()
        connection.execute(f"INSERT INTO {table} {VALUES.format(LAST + first, LAST + first)}")
        connection.commit()


def rounds(at: World, table: str, received: str, dsn: str) -> list[float]:
    """Seconds of each round, the first left out."""
    taken = []
    for number in range(ROUNDS + 1):
        first = START + 1000 + number * (TRANSACTIONS + 5) * 1000
        begun = time.perf_counter()
        write(at.source, table, first)
        until(dsn, f"SELECT EXISTS (SELECT FROM {received} WHERE id = {LAST + first})")
        taken.append(time.perf_counter() - begun)
    return taken[1:]


def native(at: World, table: str) -> list[float]:
    """The same changes by PostgreSQL's own subscription."""
    name = f"native_{uuid.uuid4().hex[:8]}"
    execute(at.target, f"CREATE TABLE {table} ({COLUMNS}, PRIMARY KEY (id))")
    execute(at.source, f"CREATE PUBLICATION {name} FOR TABLE {table}")
    execute(at.target, f"CREATE SUBSCRIPTION {name} CONNECTION '{at.a.url(at.source.rpartition('/')[2])}' PUBLICATION {name}")
    until(at.target, "SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel")
    try:
        return rounds(at, table, f"public.{table}", at.target)
    finally:
        execute(at.target, f"DROP SUBSCRIPTION {name}", f"DROP TABLE {table}")
        execute(at.source, f"DROP PUBLICATION {name}")


def run() -> Iterator[dict[str, Any]]:
    """Changes a second."""
    with world() as at:
        make_table(at, "limit_person", START)
        limit = native(at, "limit_person")
        make_table(at, "person", START)
        grant = at.share("person")
        until(at.target, f"SELECT count(*) FROM pg_tables WHERE schemaname = 'received' AND tablename = '{grant.table}'")
        ours = rounds(at, "person", f'received."{grant.table}"', at.target)
        yield figure("sync.stream", CHANGES / median(ours), CHANGES / median(limit), "changes/s", changes=CHANGES, runs=ROUNDS)
