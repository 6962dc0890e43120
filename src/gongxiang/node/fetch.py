"""Fetches a grant's projected segments ahead of their application; a thread of its own per flow, so that both go on at once.

Verifies digest and signature and decodes; never applies anything and never moves a cursor.
"""

import queue
import threading
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import pyarrow as pa

from gongxiang.protocol.batches import decode_batch, decode_schema, elements_of
from gongxiang.protocol.errors import SegmentOfOtherSchema
from gongxiang.protocol.segments import SegmentHeader, SegmentKind, open_segments
from gongxiang.protocol.terms import ElementSpec

#: Seconds one long poll waits for news.
WAIT = 25.0
#: Compressed bytes asked for at once, and how many answers are held ahead: both bound the memory of a flow.
MAX_BYTES = 4 << 20
AHEAD = 2


class Source(Protocol):
    """Where projected segments come from; in production the gateway."""

    def segments(self, grant_id: UUID, *, epoch: int, after: int, wait: float, max_bytes: int) -> bytes:
        """The segments after (epoch, seq), concatenated; empty if none came in time."""

    def hang_up(self) -> None:
        """The calling thread will not call again."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A verified segment, decoded; `batch` is None where the segment carries no rows."""

    header: SegmentHeader
    digest: str
    elements: tuple[ElementSpec, ...] = ()
    batch: pa.RecordBatch | None = None

    @property
    def rows(self) -> int:
        """How many rows it carries."""
        return self.batch.num_rows if self.batch is not None else 0


#: One answer: opened segments, possibly none; or why there is no answer.
Answer = list[Opened] | Exception


class Fetcher:
    """Keeps up to `AHEAD` answers ready, in order, from where it was pointed to."""

    def __init__(self, source: Source, grant_id: UUID, gateway_key: str, *, wait: float = WAIT) -> None:
        self._source, self._grant_id, self._key, self._wait = source, grant_id, gateway_key, wait
        self._condition = threading.Condition()
        self._ready: queue.Queue[tuple[int, Answer]] = queue.Queue()
        self._generation = 0
        self._held = 0
        self._schemas: dict[bytes, tuple[ElementSpec, ...]] = {}

    def point(self, *, epoch: int, seq: int) -> None:
        """Fetch from after this position; whatever was fetched before is forgotten."""
        with self._condition:
            self._generation += 1
            self._held = 0
            self._condition.notify_all()
            # A thread that still waits for an answer to an earlier question ends by itself when that comes.
            arguments = (self._generation, epoch, seq)
            threading.Thread(target=self._run, args=arguments, name=f"fetch {self._grant_id}", daemon=True).start()

    def rest(self) -> None:
        """Fetch nothing until pointed somewhere again."""
        with self._condition:
            self._generation += 1
            self._held = 0
            self._condition.notify_all()

    def next(self, timeout: float | None) -> list[Opened] | None:
        """The next answer, or None after `timeout` seconds; raises what kept the fetcher from it, and then rests."""
        while True:
            try:
                generation, answer = self._ready.get(timeout=timeout)
            except queue.Empty:
                return None
            with self._condition:
                if generation != self._generation:
                    continue
                self._held -= 1
                self._condition.notify_all()
            if isinstance(answer, Exception):
                raise answer
            return answer

    def interrupt(self) -> None:
        """Let a waiting `next` return at once."""
        with self._condition:
            self._held += 1
            self._ready.put((self._generation, []))

    def _run(self, generation: int, epoch: int, seq: int) -> None:
        try:
            while self._may_go_on(generation):
                answer = self._fetch(epoch, seq)
                if isinstance(answer, list):
                    if not answer:
                        continue
                    epoch, seq = answer[-1].header.epoch, answer[-1].header.seq
                with self._condition:
                    if generation != self._generation:
                        return
                    self._held += 1
                    self._ready.put((generation, answer))
                if isinstance(answer, Exception):
                    return
        finally:
            self._source.hang_up()

    def _may_go_on(self, generation: int) -> bool:
        """Wait for room; False once somebody pointed elsewhere."""
        with self._condition:
            while generation == self._generation and self._held >= AHEAD:
                self._condition.wait()
            return generation == self._generation

    def _fetch(self, epoch: int, seq: int) -> Answer:
        try:
            data = self._source.segments(self._grant_id, epoch=epoch, after=seq, wait=self._wait, max_bytes=MAX_BYTES)
            return [self._open(segment.header, segment.digest, segment.body) for segment in open_segments(data, self._key)]
        except Exception as error:
            return error

    def _open(self, header: SegmentHeader, digest: str, body: bytes) -> Opened:
        if not body:
            return Opened(header=header, digest=digest)
        if header.kind is SegmentKind.BEGIN:
            return Opened(header=header, digest=digest, elements=elements_of(decode_schema(body)))
        batch = decode_batch(body)
        return Opened(header=header, digest=digest, elements=self._elements(batch.schema), batch=batch)

    def _elements(self, schema: pa.Schema) -> tuple[ElementSpec, ...]:
        """The elements a schema names; read once per form, since every segment of a stream has the same."""
        name = schema.serialize().to_pybytes()
        found = self._schemas.get(name)
        if found is None:
            found = self._schemas[name] = elements_of(schema)
            if len(self._schemas) > 100:
                raise SegmentOfOtherSchema("The grant's segments change their columns again and again.")
        return found
