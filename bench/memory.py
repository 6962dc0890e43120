"""Resident memory of nodes and gateway during and after a first load of 1 M and 10 M rows, and changes after it."""

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

from bench.world import World, execute, figure, make_table, median, resident, until, world

SIZES = tuple(int(n) for n in os.environ.get("BENCH_SIZES", "1000000 10000000").split())
LIMIT = 300e6
#: Rows changed in one statement after the load.
CHANGED = 100_000
#: Runs of a size; a large one says the same in one.
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
ONCE_FROM = 5_000_000


def run() -> Iterator[dict[str, Any]]:
    """Highest resident size of each program in bytes, beside the promise."""
    with world() as at:
        processes = {
            "memory.node.provider": at.chain.provider.process.pid,
            "memory.node.consumer": at.chain.consumer.process.pid,
            "memory.gateway": at.chain.plane.process.pid,
        }
        for rows in SIZES:
            make_table(at, f"person_{rows}", rows)
            rounds = [peaks(at, processes, rows) for _ in range(1 if rows >= ONCE_FROM else ROUNDS)]
            execute(at.source, f"DROP TABLE person_{rows}")
            for name in processes:
                size = median([found[name] for found in rounds])
                yield figure(name, size, LIMIT, "bytes", time_like=True, rows=rows, runs=len(rounds))


def peaks(at: World, processes: dict[str, int], rows: int) -> dict[str, int]:
    """Highest resident size of each program during one load and the changes after it."""
    highest = dict.fromkeys(processes, 0)
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            for name, pid in processes.items():
                highest[name] = max(highest[name], resident(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    grant = at.share(f"person_{rows}")
    until(
        at.target,
        f"SELECT count(*) FROM pg_tables WHERE schemaname = 'received' AND tablename = '{grant.table}'",
        seconds=1800,
    )
    mark, last = time.time_ns() % 1_000_000, min(rows, CHANGED)
    execute(at.source, f"UPDATE person_{rows} SET amount = {mark} WHERE id <= {last}")
    until(at.target, f'SELECT amount = {mark} FROM received."{grant.table}" WHERE id = {last}')
    done.set()
    watcher.join()
    at.close(grant)
    return highest
