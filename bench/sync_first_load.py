"""First load of a grant: source → provider's exchange_db → seal → gateway (mask, filter) → consumer, keys in place."""

import os
import time
from collections.abc import Iterator
from typing import Any

from bench.world import World, copied, figure, make_table, median, until, world

ROWS = int(os.environ.get("BENCH_ROWS", 1_000_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))


def loaded(at: World, table: str, rows: int) -> float:
    """Seconds from the orders to the consumer's whole table."""
    begun = time.perf_counter()
    grant = at.share(table)
    # The table takes its name in the transaction in which the load is whole and keyed.
    until(at.target, f"SELECT count(*) FROM pg_tables WHERE schemaname = 'received' AND tablename = '{grant.table}'")
    seconds = time.perf_counter() - begun
    until(at.target, f'SELECT count(*) = {rows} FROM received."{grant.table}"', seconds=5)
    at.close(grant)
    return seconds


def run() -> Iterator[dict[str, Any]]:
    """Rows a second, beside COPY | COPY and a primary key."""
    with world() as at:
        make_table(at, "warm", 20_000)
        loaded(at, "warm", 20_000)
        make_table(at, "person", ROWS)
        copied(at, "person")
        ours, limit = [], []
        for _ in range(ROUNDS):
            limit.append(copied(at, "person"))
            ours.append(loaded(at, "person", ROWS))
        yield figure("sync.first_load", ROWS / median(ours), ROWS / median(limit), "rows/s", rows=ROWS, runs=ROUNDS)
