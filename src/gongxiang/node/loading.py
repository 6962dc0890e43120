"""Load epochs at the provider: the source's rows into a table of their own and into segments, and loads for later grants.

A source's load is "copy" (or "weave", if the log grows too fast), "catch_up", "key", "", each a committed state of the stream:
a crash repeats the step it fell into from the last sealed chunk. For `provider`, in whose thread it runs.
"""

import queue
from collections.abc import Callable, Mapping
from dataclasses import replace

import pyarrow as pa

from gongxiang.node import killpoints
from gongxiang.node.capture import Capture
from gongxiang.node.chain import Chain
from gongxiang.node.exchange import key_texts
from gongxiang.node.load import CHUNK_ROWS, Ahead, Chunk, SourceRows
from gongxiang.node.seal import Body, empty_body, load_body
from gongxiang.protocol.messages import OpenGrant
from gongxiang.protocol.segments import SegmentKind, target

#: Bytes of unsent segments from which loads wait for the sender.
UNSENT_MOST = 128 << 20
#: Bytes of log that a source keeps during a load, from which on the load is woven with the stream.
WEAVE_AFTER = 1 << 30


class SourceLoad:
    """One stream's load from its source."""

    def __init__(
        self, *, chain: Chain, capture: Capture, look_around: Callable[[], int], wait: Callable[[float], object]
    ) -> None:
        self._chain, self._exchange, self._capture = chain, chain.exchange, capture
        #: Stops the load if the stream is to stop; bytes of log the source keeps for us.
        self._look_around = look_around
        self._wait = wait
        self._unanalysed = False

    def copy(self, rows: SourceRows) -> None:
        """Rows in key order straight into the new table; changes wait in the source's log meanwhile."""
        ahead = Ahead(rows, self._chain.current.after)
        try:
            while True:
                self._wait_for_sender()
                try:
                    chunk = ahead.next(0.2)
                except queue.Empty:
                    self._look_around()
                    continue
                if chunk is None:
                    break
                self._write_chunk(chunk)
                if self._look_around() > WEAVE_AFTER:
                    # The log grows faster than the table is read: from here on both take turns.
                    new = replace(self._chain.current, loading="weave")
                    with self._exchange.transaction() as cursor:
                        self._exchange.add_key(cursor, new.table)
                        self._chain.note(cursor, new)
                    self._chain.keep(new)
                    return
        finally:
            ahead.close()
        self._read_whole()

    def weave(self, rows: SourceRows, absorb: Callable[[], bool]) -> None:
        """Chunks and changes in turns. A chunk is written before any later run, so it is never older.

        `absorb` takes the next run of changes if there is one.
        """
        while True:
            for _ in range(4):
                if not absorb():
                    break
            self._wait_for_sender()
            chunk = rows.read(self._chain.current.after)
            if chunk is None:
                break
            self._write_chunk(chunk)
            self._look_around()
        self._read_whole()

    def end(self) -> None:
        """The stream has passed everything that was read: the load is whole. The key is made while the segments travel."""
        row = self._chain.current
        new = replace(row, loading="key", covered=dict(row.covering), covering={}, high="")
        with self._exchange.transaction() as cursor:
            segment = self._chain.seal(cursor, new, SegmentKind.LOAD_END, Body(data=b""))
        self._chain.keep(new)
        self._chain.offer(new, segment)
        killpoints.reach("provider.load_ended")
        self.key_and_swap()

    def key_and_swap(self) -> None:
        """Give the load's own table its key and the exchange table's name."""
        row = self._chain.current
        with self._exchange.transaction() as cursor:
            self._exchange.add_key(cursor, row.table)
            self._exchange.swap(cursor, row.table, self._chain.order.exchange_table)
            killpoints.reach("provider.table_keyed")
            new = replace(row, loading="", table=self._chain.order.exchange_table)
            self._chain.note(cursor, new)
        self._chain.keep(new)
        killpoints.reach("provider.table_swapped")
        self._unanalysed = True

    def rest(self) -> None:
        """What may be done once nothing waits to be sent; the server does it by itself if this never comes."""
        if self._unanalysed and not self._chain.shipper.waiting_bytes:
            self._unanalysed = False
            self._exchange.analyse(self._chain.order.exchange_table)

    def _write_chunk(self, chunk: Chunk) -> None:
        row = self._chain.current
        new = replace(row, after=chunk.last, rows_loaded=row.rows_loaded + chunk.body.rows)
        with self._exchange.transaction() as cursor:
            if row.loading == "copy":
                self._exchange.copy_rows(cursor, row.table, [chunk.rows], chunk.order)
            else:
                assert chunk.batch is not None
                self._exchange.stage(cursor, pa.repeat(pa.scalar(1, pa.int8()), chunk.batch.num_rows), chunk.batch)
                self._exchange.merge_stage(cursor, row.table)
            killpoints.reach("provider.load_chunk_copied")
            segment = self._chain.seal(cursor, new, SegmentKind.LOAD, chunk.body)
        self._chain.keep(new)
        self._chain.offer(new, segment)
        killpoints.reach("provider.load_chunk_committed")

    def _read_whole(self) -> None:
        self._chain.note_alone(replace(self._chain.current, loading="catch_up", high=self._capture.now(), after=None))
        killpoints.reach("provider.source_read")

    def _wait_for_sender(self) -> None:
        while self._chain.shipper.waiting_bytes > UNSENT_MOST:
            self._look_around()
            self._wait(0.05)


class GrantLoad:
    """Loads from the exchange table for grants that came later, between runs of changes."""

    def __init__(self, chain: Chain) -> None:
        self._chain, self._exchange = chain, chain.exchange

    @property
    def may_go_on(self) -> bool:
        """Whether one is under way and the sender keeps up."""
        return bool(self._chain.current.targets) and self._chain.shipper.waiting_bytes < UNSENT_MOST

    def begin(self, due: Mapping[str, OpenGrant], covers: Mapping[str, str], filters: list[str]) -> None:
        """Open a load epoch for the grants that are due; `covers` are their projections' names."""
        row = self._chain.current
        new = replace(
            row,
            epoch=row.epoch + 1,
            targets=sorted(target(g.terms.grant_id, g.terms.revision) for g in due.values()),
            covering=dict(covers),
            targets_after=None,
            filters=filters,
        )
        with self._exchange.transaction() as cursor:
            body = empty_body(self._exchange.elements)
            segment = self._chain.seal(cursor, new, SegmentKind.BEGIN, body, targets=new.targets)
        self._chain.keep(new)
        self._chain.offer(new, segment)
        killpoints.reach("provider.grant_load_begun")

    def chunk(self) -> None:
        """The next rows of the table for the grants that wait for them, sealed between two runs of changes."""
        row, elements = self._chain.current, self._exchange.elements
        with self._exchange.transaction() as cursor:
            batch = self._exchange.read_chunk(cursor, row.table, row.targets_after, CHUNK_ROWS)
            if batch.num_rows:
                new = replace(row, targets_after=key_texts(batch, elements, batch.num_rows - 1))
                kind, body = SegmentKind.LOAD, load_body(batch, elements)
            else:
                new = replace(row, targets=[], targets_after=None, covered={**row.covered, **row.covering}, covering={})
                kind, body = SegmentKind.LOAD_END, Body(data=b"")
            segment = self._chain.seal(cursor, new, kind, body, targets=row.targets)
        self._chain.keep(new)
        self._chain.offer(new, segment)
        killpoints.reach("provider.grant_chunk_committed" if batch.num_rows else "provider.grant_load_ended")
