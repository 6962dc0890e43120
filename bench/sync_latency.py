"""From a commit in the business database to the row being visible at the consumer, through everything."""

import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg

from bench.world import COLUMNS, World, execute, figure, make_table, median, until, world

ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
#: Changes of one round, besides some that warm it.
SAMPLES = int(os.environ.get("BENCH_SAMPLES", 200))


def samples(at: World, table: str, received: str) -> list[float]:
    """Milliseconds, sorted; one change at a time."""
    taken = []
    with (
        psycopg.connect(at.source, autocommit=True) as source,
        psycopg.connect(at.target, autocommit=True) as target,
    ):
        for number in range(SAMPLES + 20):
            mark = f"m{uuid.uuid4().hex}"
            source.execute(f"UPDATE {table} SET name = %s WHERE id = %s", (mark, number % 1000 + 1))
            begun = time.perf_counter()
            while True:
                row = target.execute(f"SELECT name = %s FROM {received} WHERE id = %s", (mark, number % 1000 + 1)).fetchone()
                if row and row[0]:
                    break
                time.sleep(0.0005)
            taken.append((time.perf_counter() - begun) * 1000)
            time.sleep(0.005 + (number * 7 % 13) / 1000)
    return sorted(taken[20:])


def percentile(rounds: list[list[float]], place: float) -> float:
    """The middle one of the rounds' percentiles."""
    return median([taken[min(int(len(taken) * place), len(taken) - 1)] for taken in rounds])


def run() -> Iterator[dict[str, Any]]:
    """Median and 99th percentile, beside native logical replication."""
    with world() as at:
        make_table(at, "limit_person", 10_000)
        execute(at.target, f"CREATE TABLE limit_person ({COLUMNS}, PRIMARY KEY (id))")
        execute(at.source, "CREATE PUBLICATION native FOR TABLE limit_person")
        execute(
            at.target, f"CREATE SUBSCRIPTION native CONNECTION '{at.a.url(at.source.rpartition('/')[2])}' PUBLICATION native"
        )
        until(at.target, "SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel")
        limit = [samples(at, "limit_person", "public.limit_person") for _ in range(ROUNDS)]
        execute(at.target, "DROP SUBSCRIPTION native")
        make_table(at, "person", 10_000)
        grant = at.share("person")
        until(at.target, f"SELECT count(*) FROM pg_tables WHERE schemaname = 'received' AND tablename = '{grant.table}'")
        ours = [samples(at, "person", f'received."{grant.table}"') for _ in range(ROUNDS)]
        for name, place in (("p50", 0.5), ("p99", 0.99)):
            yield figure(
                f"sync.latency.{name}", percentile(ours, place), percentile(limit, place), "ms", time_like=True,
                samples=SAMPLES, runs=ROUNDS,
            )  # fmt: skip
