"""A gateway's log of one grant, in memory: seals segments as the gateway does, and hands them out by long poll."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa

from gongxiang.protocol import signing
from gongxiang.protocol.batches import DELETE, TRUNCATE, UPSERT, batch_schema, encode_batch
from gongxiang.protocol.segments import SegmentHeader, SegmentKind, seal_segment
from gongxiang.protocol.terms import ElementSpec

GRANT = UUID("0b0b0b0b-0000-4000-8000-00000000000a")


class MemorySource:
    """Implements `fetch.Source`; `failures` are raised first, one per call."""

    def __init__(self, elements: Sequence[ElementSpec]) -> None:
        self.key = signing.generate(signing.Algorithm.ED25519)
        self.elements = tuple(elements)
        self.segments_made: list[tuple[int, bytes]] = []
        self.failures: list[Exception] = []
        self.closed: Exception | None = None
        self.seq, self.epoch, self.digest, self.revision = 0, 0, "", 1
        self._news = threading.Condition()

    def segments(self, grant_id: UUID, *, epoch: int, after: int, wait: float, max_bytes: int) -> bytes:
        until = time.monotonic() + wait
        with self._news:
            while True:
                if self.failures:
                    raise self.failures.pop(0)
                if self.closed is not None:
                    raise self.closed
                found = [data for seq, data in self.segments_made if seq > after]
                if found or time.monotonic() >= until:
                    break
                self._news.wait(until - time.monotonic())
        answer, size = [], 0
        for data in found:
            if answer and size + len(data) > max_bytes:
                break
            answer.append(data)
            size += len(data)
        return b"".join(answer)

    def hang_up(self) -> None:
        """Nothing to give back."""

    def wake(self) -> None:
        with self._news:
            self._news.notify_all()

    def begin(self, elements: Sequence[ElementSpec] | None = None) -> None:
        if elements is not None:
            self.elements = tuple(elements)
        self.epoch, self.digest = self.epoch + 1, ""
        self._seal(SegmentKind.BEGIN, self._batch([]))

    def load(self, *rows: tuple[Any, ...]) -> None:
        self._seal(SegmentKind.LOAD, self._batch([(UPSERT, *row) for row in rows]))

    def load_end(self) -> None:
        self._seal(SegmentKind.LOAD_END, None)

    def change(self, *rows: tuple[Any, ...]) -> None:
        self._seal(SegmentKind.CHANGES, self._batch(list(rows)), committed_at=datetime.now(UTC))

    def put(self, *row: Any) -> None:
        self.change((UPSERT, *row))

    def drop(self, key: Any) -> None:
        self.change((DELETE, key))

    def truncate(self) -> None:
        self.change((TRUNCATE,))

    def batch(self, kind: SegmentKind, batch: pa.RecordBatch, **more: Any) -> None:
        self._seal(kind, batch, **more)

    def _batch(self, rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
        schema = batch_schema(self.elements)
        columns = [[row[i] if i < len(row) else None for row in rows] for i in range(len(schema))]
        arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _seal(self, kind: SegmentKind, batch: pa.RecordBatch | None, *, committed_at: datetime | None = None) -> None:
        with self._news:
            self.seq += 1
            header = SegmentHeader(
                stream_id=GRANT, revision=self.revision, schema_version=1, epoch=self.epoch, seq=self.seq, kind=kind,
                position=f"0/{self.seq:X}", rows=batch.num_rows if batch is not None else 0, committed_at=committed_at,
                prev_digest=self.digest,
            )  # fmt: skip
            segment = seal_segment(header, encode_batch(batch) if batch is not None else b"", self.key)
            self.digest = segment.digest
            self.segments_made.append((self.seq, segment.data()))
            self._news.notify_all()
