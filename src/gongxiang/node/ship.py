"""Sending sealed segments to the gateway, in order, from the outbox; a thread of its own beside each stream.

A segment leaves the outbox only when the gateway has acknowledged it; transient errors are repeated with back-off for ever,
terminal ones wait and are tried again slowly, since a person may have settled them.
"""

import collections
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from uuid import UUID

import psycopg2

from gongxiang.node import killpoints
from gongxiang.node.errors import DataPlaneError, Transient, in_words
from gongxiang.node.exchange import translated

log = logging.getLogger(__name__)

#: Bytes kept in memory for the sender; beyond them it reads them from the outbox again.
MEMORY = 24 << 20
#: Acknowledged segments are removed from the outbox in bunches of this many, or when nothing is left to send.
BUNCH = 32


class Client(Protocol):
    """What of the gateway's client the sender uses."""

    def post_segment(self, resource_id: UUID, data: bytes) -> Any:
        """Deliver one sealed segment; raises Transient or Terminal."""

    def head(self, resource_id: UUID) -> Any:
        """Where the gateway's log of the resource ends; None if it has none."""


class Shipper:
    """Sends one resource's segments."""

    def __init__(
        self, *, dsn: str, resource_id: UUID, client: Client, trouble: Callable[[DataPlaneError | None], None]
    ) -> None:
        self._dsn, self._id, self._client, self._trouble = dsn, resource_id, client, trouble
        self._ready: collections.deque[tuple[int, bytes]] = collections.deque()
        self._held = 0
        #: The last seq that is in `_ready` or was read; what comes after may have to be read from the outbox.
        self._behind = True
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._acknowledged = 0
        self._removed = 0
        self._connection: Any = None
        self._thread: threading.Thread | None = None
        #: Bytes that wait, as far as they are known here.
        self.waiting_bytes = 0

    def start(self) -> None:
        """Begin to send."""
        self._thread = threading.Thread(target=self._run, name=f"ship {self._id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what is not acknowledged stays in the outbox."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def offer(self, seq: int, segment: bytes) -> None:
        """A segment was committed to the outbox; called in order of seq."""
        with self._lock:
            self.waiting_bytes += len(segment)
            if not self._behind and self._held + len(segment) <= MEMORY:
                self._ready.append((seq, segment))
                self._held += len(segment)
            else:
                self._behind = True
        self._wake.set()

    def reset(self) -> None:
        """The outbox was changed otherwise than by offers: read it anew."""
        with self._lock:
            self._ready.clear()
            self._held = 0
            self._behind = True
        self._wake.set()

    # ---- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        wait = 0.0
        told = False
        while not self._stopping.is_set():
            try:
                moved = self._send_next()
                if told and moved:
                    self._trouble(None)
                    told = False
                wait = 0.0
                if not moved:
                    if not self._wake.wait(1.0):
                        self._remove()
                    self._wake.clear()
            except DataPlaneError as error:
                wait = min(max(wait * 2, 0.1), 15.0) if isinstance(error, Transient) else 30.0
                log.warning("Segment of %s not sent, tried again in %.1f s: %s", self._id, wait, in_words(error))
                self._trouble(error)
                told = True
                self._stopping.wait(wait)
        with suppress(Exception):
            self._remove()
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.close()

    def _send_next(self) -> bool:
        with self._lock:
            first = self._ready[0] if self._ready else None
        if first is None:
            first = self._read_next()
            if first is None:
                return False
        seq, segment = first
        if seq > self._acknowledged:
            self._client.post_segment(self._id, segment)
        killpoints.reach("provider.segment_acknowledged")
        with self._lock:
            self._acknowledged = max(self._acknowledged, seq)
            self.waiting_bytes = max(0, self.waiting_bytes - len(segment))
            if self._ready and self._ready[0][0] == seq:
                self._held -= len(self._ready.popleft()[1])
        if self._acknowledged - self._removed >= BUNCH:
            self._remove()
        return True

    def _read_next(self) -> tuple[int, bytes] | None:
        with self._lock:
            if not self._behind:
                return None
        with translated(), self._cursor() as cursor:
            cursor.execute(
                "SELECT seq, segment FROM gongxiang.outbox WHERE resource_id = %s AND seq > %s ORDER BY seq LIMIT 1",
                (str(self._id), self._acknowledged),
            )
            row = cursor.fetchone()
            if row is not None:
                return int(row[0]), bytes(row[1])
        # Whatever is committed after this moment is offered: from here on memory is enough. A segment committed in between
        # has been offered already while `_behind` was set, so look once more under the lock.
        with self._lock, translated(), self._cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM gongxiang.outbox WHERE resource_id = %s AND seq > %s LIMIT 1",
                (str(self._id), self._acknowledged),
            )
            if cursor.fetchone() is None:
                self._behind = False
                self.waiting_bytes = 0
        return None

    def _remove(self) -> None:
        if self._acknowledged == self._removed:
            return
        with translated(), self._cursor() as cursor:
            cursor.execute(
                "DELETE FROM gongxiang.outbox WHERE resource_id = %s AND seq <= %s", (str(self._id), self._acknowledged)
            )
        killpoints.reach("provider.outbox_cleared")
        self._removed = self._acknowledged

    def _cursor(self) -> Any:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg2.connect(self._dsn, connect_timeout=10)
            self._connection.autocommit = True
            # What is removed too late is sent once more and answered as a repeat.
            self._connection.cursor().execute("SET synchronous_commit = off")
        return self._connection.cursor()
