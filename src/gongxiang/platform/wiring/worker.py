"""The worker (`gongxiang worker`): carries news upwards through the outbox, takes in facts, seals evidence, sweeps periods.

One thread for each pump, one for the sweeps and one for each sweep that waits for machines of others; every piece of work
is repeatable, so that a kill at any moment loses nothing. An error is logged, waited out and tried again; it never stops
the other work.
"""

import contextlib
import importlib
import logging
import signal
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db import close_old_connections, connection, connections

from gongxiang.platform.wiring.schedule import PUMPS, SWEEPS, Pump, Sweep
from gongxiang.protocol import clock

_log = logging.getLogger("gongxiang.worker")
_Found = tuple[Sweep, Callable[..., Any]]
#: Seconds between two looks when no notice comes.
POLL = 1.0
LONGEST_PAUSE = 30.0


def resolve(target: str) -> Callable[..., Any]:
    """The function `module:name`; a schedule that names what is not there stops the worker at once."""
    module, _, name = target.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


class Stopped:
    """Asked by every loop; set by a signal."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self, *_: object) -> None:
        """Let every loop end after the work at hand."""
        self._event.set()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Pause; True if it is time to end."""
        return self._event.wait(seconds)


def pump(work: Pump, run: Callable[[], int], stopped: Stopped) -> None:
    """Do `run` at every notice on the channel, and each second, until stopped."""
    pause = POLL
    while not stopped:
        try:
            with _listener(work.channel) as listener:
                while not stopped:
                    while run() and not stopped:
                        continue
                    pause = POLL
                    close_old_connections()
                    for _notice in listener.notifies(timeout=POLL, stop_after=1):
                        continue
        except Exception:
            _log.exception("%s failed; again in %.0f s", work.name, pause)
            connections.close_all()
            stopped.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
    connections.close_all()


@contextlib.contextmanager
def _listener(channel: str) -> Iterator[psycopg.Connection]:
    """A connection of its own that hears the channel."""
    values = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname", "options")
    chosen = {name: values[name] for name in names if values.get(name)}
    with psycopg.connect(**chosen, autocommit=True, application_name=f"gongxiang worker {channel}") as listener:
        listener.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        yield listener


def sweep(work: Sweep, run: Callable[..., Any]) -> bool:
    """Do one sweep unless another worker is at it; whether it was done."""
    key = zlib.crc32(work.name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            return False
        try:
            run(at=clock.now())
            return True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def sweep_all(works: list[_Found], stopped: Stopped) -> None:
    """Do every sweep when it is due, until stopped. Counted on the machine's steady clock: the product's may be moved."""
    due = {work.name: 0.0 for work, _ in works}
    while not stopped:
        for work, run in works:
            if stopped or time.monotonic() < due[work.name]:
                continue
            try:
                sweep(work, run)
            except Exception:
                _log.exception("%s failed; again in %.0f s", work.name, work.every)
                connections.close_all()
            due[work.name] = time.monotonic() + work.every
        close_old_connections()
        stopped.wait(max(0.05, min(due.values(), default=POLL) - time.monotonic()))
    connections.close_all()


def in_threads(works: list[_Found]) -> list[list[_Found]]:
    """The sweeps that share a thread, and each that waits for machines of others by itself."""
    return [[one for one in works if not one[0].apart], *([one] for one in works if one[0].apart)]


def main() -> int:
    """Run until SIGINT or SIGTERM; the work at hand is finished first."""
    logging.getLogger().setLevel(logging.INFO)
    stopped = Stopped()
    signal.signal(signal.SIGINT, stopped.set)
    signal.signal(signal.SIGTERM, stopped.set)
    threads = [threading.Thread(target=pump, args=(work, resolve(work.run), stopped), name=work.name) for work in PUMPS]
    sweeps = [(work, resolve(work.run)) for work in SWEEPS]
    for together in in_threads(sweeps):
        threads.append(threading.Thread(target=sweep_all, args=(together, stopped), name=together[0][0].name))
    for thread in threads:
        thread.start()
    _log.info("worker ready: %d pumps, %d sweeps", len(PUMPS), len(sweeps))
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(0.5)
    return 0
