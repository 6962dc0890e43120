"""Resident memory of nodes and gateway during and after a first load of 1 M and 10 M rows, and changes after it."""

import os
import threading
from collections.abc import Iterator
from typing import Any

from bench.world import execute, make_table, resident, until, world

SIZES = tuple(int(n) for n in os.environ.get("BENCH_SIZES", "1000000 10000000").split())
LIMIT = 300e6


def run() -> Iterator[dict[str, Any]]:
    """Highest resident size of each program in bytes, beside the promise."""
    with world() as at:
        processes = {
            "memory.node.provider": at.chain.provider.process.pid,
            "memory.node.consumer": at.chain.consumer.process.pid,
            "memory.gateway": at.chain.plane.process.pid,
        }
        for rows in SIZES:
            highest = dict.fromkeys(processes, 0)
            done = threading.Event()

            def watch(highest: dict[str, int] = highest, done: threading.Event = done) -> None:
                while not done.wait(0.1):
                    for name, pid in processes.items():
                        highest[name] = max(highest[name], resident(pid))

            make_table(at, f"person_{rows}", rows)
            watcher = threading.Thread(target=watch)
            watcher.start()
            grant = at.share(f"person_{rows}")
            until(
                at.target,
                f"SELECT count(*) FROM pg_tables WHERE schemaname = 'received' AND tablename = '{grant.table}'",
                seconds=1800,
            )
            execute(at.source, f"UPDATE person_{rows} SET amount = 0 WHERE id <= 100000")
            until(at.target, f'SELECT amount = 0 FROM received."{grant.table}" WHERE id = 100000')
            done.set()
            watcher.join()
            at.close(grant)
            execute(at.source, f"DROP TABLE person_{rows}")
            for name, size in highest.items():
                yield {
                    "bench": name, "ours": size, "limit": int(LIMIT), "ratio": round(LIMIT / max(size, 1), 3), "unit": "bytes",
                    "rows": rows,
                }  # fmt: skip
