"""Takes providers' segments: only what continues the chain, of the right epoch and elements, and only once.

The answer is given after the segment is durable. A repeat gets the same answer; whatever else does not fit gets a named
error that says what was expected.
"""

import asyncio
import functools
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from gongxiang.gateway.book import Book, StreamEntry
from gongxiang.gateway.store import Head, SegmentStore
from gongxiang.gateway.waiting import Bells
from gongxiang.protocol import killpoints
from gongxiang.protocol.batches import decode_schema, elements_of
from gongxiang.protocol.errors import (
    SegmentAltered,
    SegmentOfOtherEpoch,
    SegmentOfOtherSchema,
    SegmentOutOfOrder,
    StreamEmpty,
    Transient,
)
from gongxiang.protocol.segments import Segment, SegmentKind, check, split
from gongxiang.protocol.terms import ElementSpec
from gongxiang.protocol.types import schema_fingerprint

#: Up to this size a body is checked without leaving the event loop.
SMALL = 64 << 10


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The gateway's word that everything up to here is durable."""

    epoch: int
    seq: int
    digest: str
    repeat: bool


class Streams:
    """The heads of all streams and the way to move them."""

    def __init__(self, store: SegmentStore, book: Book, bells: Bells) -> None:
        self._store, self._book, self._bells = store, book, bells
        self._heads: dict[UUID, Head] = {}
        self._locks: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: Counts the `begin` segments taken since the start, so that views notice a new one.
        self.begun: defaultdict[UUID, int] = defaultdict(int)

    async def head(self, resource_id: UUID) -> Head:
        """The end of the chain, from memory once it is known."""
        head = self._heads.get(resource_id)
        if head is None:
            head = self._heads[resource_id] = await self._store.head(resource_id)
        return head

    async def shown_head(self, resource_id: UUID) -> Head:
        """As `head`; raises StreamEmpty if nothing was received yet."""
        head = await self.head(resource_id)
        if head.seq == 0:
            raise StreamEmpty
        return head

    async def take(self, resource_id: UUID, data: bytes, *, public_key: str, entry: StreamEntry) -> Taken:
        """Take one segment, or several that stand one after another: all of them or none."""
        if len(data) <= SMALL:
            segments = _opened(data, public_key)
        else:
            segments = await asyncio.to_thread(_opened, data, public_key)
        for segment in segments:
            if segment.header.stream_id != resource_id:
                raise SegmentAltered("The segment belongs to another stream than the address says.")
        async with self._locks[resource_id]:
            return await self._take_in_turn(resource_id, segments, entry)

    async def _take_in_turn(self, resource_id: UUID, segments: list[Segment], entry: StreamEntry) -> Taken:
        before = head = await self.head(resource_id)
        fresh: list[tuple[Segment, Head]] = []
        last = segments[-1]
        for segment in segments:
            if segment.header.seq <= before.seq:
                await self._check_repeat(resource_id, segment, before)
                continue
            head = _next_head(head, segment, entry)
            fresh.append((segment, head))
        if fresh:
            killpoints.reach("gateway.segment_received")
            try:
                moved = await self._store.append(fresh, before=before)
            except BaseException:
                # The commit may or may not have happened: ask the database at the next call.
                self._heads.pop(resource_id, None)
                raise
            if not moved:
                self._heads.pop(resource_id, None)
                raise StreamBusy
            killpoints.reach("gateway.segment_committed")
            self._heads[resource_id] = head
            self.begun[resource_id] += sum(segment.header.kind is SegmentKind.BEGIN for segment, _ in fresh)
            self._bells.ring(resource_id)
        return Taken(epoch=last.header.epoch, seq=last.header.seq, digest=last.digest, repeat=not fresh)

    async def _check_repeat(self, resource_id: UUID, segment: Segment, head: Head) -> None:
        known = head.digest if segment.header.seq == head.seq else await self._store.digest_at(resource_id, segment.header.seq)
        if known == segment.digest:
            return
        if segment.header.epoch < head.epoch and known is None:
            raise SegmentOfOtherEpoch(expected=head.epoch)
        raise SegmentOutOfOrder(
            "Another segment stands at sequence {seq}; {wanted} is expected.",
            seq=segment.header.seq,
            wanted=head.seq + 1,
            expected=head.seq + 1,
            digest=head.digest,
        )


@functools.lru_cache(maxsize=256)
def _fingerprint(elements: tuple[ElementSpec, ...]) -> str:
    """The fingerprint of the elements in no particular order: columns are found by code."""
    return schema_fingerprint(sorted(elements, key=lambda spec: spec.code))


class StreamBusy(Transient):
    """Another process took a segment of this stream at the same moment."""

    status = 409


def _opened(data: bytes, public_key: str) -> list[Segment]:
    segments = [check(segment, public_key) for segment in split(data)]
    if not segments:
        raise SegmentAltered("The request carries no segment.")
    return segments


def _next_head(head: Head, segment: Segment, entry: StreamEntry) -> Head:
    """The head after `segment`; raises the named error that says why it does not follow."""
    header = segment.header
    if header.seq != head.seq + 1:
        raise SegmentOutOfOrder(
            "Sequence {wanted} is expected, {seq} came.",
            wanted=head.seq + 1,
            seq=header.seq,
            expected=head.seq + 1,
            digest=head.digest,
        )
    begins = header.kind is SegmentKind.BEGIN
    expected = head.epoch + 1 if begins else head.epoch
    if header.epoch != expected or expected == 0:
        raise SegmentOfOtherEpoch(
            f"Epoch {expected} is expected, {header.epoch} came."
            if expected
            else "The stream has not begun: its first segment is a `begin` of epoch 1.",
            expected=expected or 1,
        )
    if header.prev_digest != head.digest:
        raise SegmentOutOfOrder(
            "The segment does not continue the chain: it names another segment before it.",
            expected=head.seq + 1,
            digest=head.digest,
        )
    version, fingerprint = head.schema_version, head.fingerprint
    if begins and entry.order is not None:
        version, fingerprint = entry.order.schema_version, _fingerprint(entry.elements)
    if header.schema_version != version:
        raise SegmentOfOtherSchema(
            "Version {version} of the elements is in force, the segment has {given}.",
            version=version,
            given=header.schema_version,
            expected=version,
        )
    if (segment.body or begins) and _fingerprint(elements_of(decode_schema(segment.body))) != fingerprint:
        raise SegmentOfOtherSchema("The segment's elements are not those of the resource's version in force.")
    return Head(
        epoch=header.epoch,
        seq=header.seq,
        digest=segment.digest,
        position=header.position,
        schema_version=version,
        fingerprint=fingerprint,
    )
