"""Hands out to each grant its own projection of its resource's stream, in a signed chain of its own.

Nothing leaves but through the compiled policy. The valve is looked at before the work and again before the answer, so an
order that closes is obeyed at once, also by a poll that sleeps. Each segment is projected once, in a worker thread if it
is large, and one answer is prepared ahead while the consumer applies the last.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pyarrow.compute as pc

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database
from gongxiang.gateway.secrets import ConsumerSecrets
from gongxiang.gateway.store import Entry, SegmentStore
from gongxiang.gateway.streams import SMALL, Streams
from gongxiang.gateway.waiting import Bells, sleep_until
from gongxiang.protocol import clock, killpoints
from gongxiang.protocol.batches import DELETE, OP, UPSERT, decode_batch, decode_schema, elements_of, encode_batch
from gongxiang.protocol.errors import DataPlaneError, HistoryTrimmed
from gongxiang.protocol.messages import OpenGrant, SignedOrder
from gongxiang.protocol.policy import Policy, compile_terms, projection_fingerprint
from gongxiang.protocol.segments import EMPTY_EVERY, Segment, SegmentHeader, SegmentKind, seal_segment
from gongxiang.protocol.signing import Signer

#: Source bytes read and projected at a time.
CHUNK_BYTES = 2 << 20
#: Most bytes of answers prepared ahead, over all grants.
AHEAD_BYTES = 24 << 20
#: Digests of handed-out segments kept per grant; older ones are computed again from the last receipt.
DIGESTS_KEPT = 1024


@dataclass(frozen=True, kw_only=True)
class Handed:
    """One projected segment, ready to go."""

    seq: int
    data: bytes = field(repr=False)
    digest: str
    committed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Since which revision and which source sequence the present projection of a grant holds."""

    revision: int
    since_seq: int


@dataclass(frozen=True, kw_only=True)
class View:
    """A grant's terms compiled for the load epoch that serves it."""

    order: OpenGrant
    policy: Policy
    epoch: int
    begin_seq: int
    begun: int

    @property
    def grant_id(self) -> UUID:
        """The grant."""
        return self.order.terms.grant_id

    @property
    def resource_id(self) -> UUID:
        """Its resource."""
        return self.order.terms.resource_id


@dataclass(kw_only=True)
class Flow:
    """What is known of one grant's chain in this process."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    mark: Mark | None = None
    view: View | None = None
    digests: OrderedDict[tuple[int, int], str] = field(default_factory=OrderedDict)
    #: (epoch, cursor, until): nothing concerns the grant after the cursor up to `until`.
    idle: tuple[int, int, int] = (0, 0, 0)
    #: The answer prepared for (view, cursor).
    ahead: tuple[View, int, list[Handed]] | None = None
    preparing: "asyncio.Task[None] | None" = None


class Flows:
    """All grants' chains."""

    def __init__(
        self,
        database: Database,
        store: SegmentStore,
        streams: Streams,
        book: Book,
        bells: Bells,
        secrets: ConsumerSecrets,
        signer: Signer,
    ) -> None:
        self._database, self._store, self._streams, self._book, self._bells = database, store, streams, book, bells
        self._secrets, self._signer = secrets, signer
        self._flows: dict[UUID, Flow] = {}
        self._ahead: OrderedDict[UUID, int] = OrderedDict()
        self._ending = False

    async def poll(self, grant_id: UUID, *, epoch: int, after: int, wait: float, max_bytes: int) -> tuple[list[Handed], int]:
        """The next segments after a cursor, and the lag in milliseconds; waits for news up to `wait` seconds."""
        deadline = time.monotonic() + wait
        while True:
            order = self._book.open_grant(grant_id, clock.now())
            bell = self._bells.listen(order.terms.resource_id)
            try:
                handed = await self._after(order, epoch=epoch, after=after, max_bytes=max_bytes)
                if self._book.open_grant(grant_id, clock.now()) is not order:
                    continue
                left = deadline - time.monotonic()
                if handed or left <= 0 or self._ending:
                    return handed, _lag(handed)
                # Not longer than a second: periods and the lease end without a bell.
                await sleep_until(bell, min(left, 1.0))
            finally:
                bell.cancel()

    async def mark(self, signed: SignedOrder, order: OpenGrant) -> None:
        """Note where the stream stands when a projection is first seen; called before any node hears of the order."""
        terms = order.terms
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO exchange.grant_marks AS known (grant_id, revision, projection, since_seq, marked_at)"
                " SELECT %s, %s, %s, coalesce((SELECT seq FROM exchange.streams WHERE resource_id = %s), 0), %s"
                " ON CONFLICT (grant_id) DO UPDATE SET revision = excluded.revision, projection = excluded.projection,"
                " since_seq = excluded.since_seq, marked_at = excluded.marked_at"
                " WHERE known.projection <> excluded.projection AND known.revision < excluded.revision",
                [terms.grant_id, terms.revision, projection_fingerprint(terms), terms.resource_id, clock.now()],
            )
        flow = self._flow(terms.grant_id)
        flow.mark = flow.view = None

    def known_digest(self, grant_id: UUID, epoch: int, seq: int) -> str | None:
        """The digest of what was handed out, if this process remembers."""
        return self._flow(grant_id).digests.get((epoch, seq))

    async def view(self, order: OpenGrant) -> View | None:
        """The compiled view in force; None while no load epoch serves the grant."""
        flow = self._flow(order.terms.grant_id)
        async with flow.lock:
            return await self._view(flow, order)

    async def stop(self) -> None:
        """End what is being prepared, and let no poll sleep any more."""
        self._ending = True
        for flow in self._flows.values():
            if flow.preparing is not None:
                flow.preparing.cancel()

    # ---- one grant ------------------------------------------------------------------------------------------------------

    def _flow(self, grant_id: UUID) -> Flow:
        return self._flows.setdefault(grant_id, Flow())

    async def _after(self, order: OpenGrant, *, epoch: int, after: int, max_bytes: int) -> list[Handed]:
        flow = self._flow(order.terms.grant_id)
        async with flow.lock:
            view = await self._view(flow, order)
            if view is None:
                return []
            # A cursor of another epoch, or from before this one's start, begins with the `begin`.
            cursor = after if epoch == view.epoch and after >= view.begin_seq else view.begin_seq - 1
            ahead, flow.ahead = flow.ahead, None
            self._ahead.pop(view.grant_id, None)
            if ahead is not None and ahead[0] is view and ahead[1] == cursor and ahead[2]:
                handed = ahead[2]
            else:
                handed = await self._project_after(flow, view, cursor, max_bytes)
        if handed:
            head = await self._streams.head(view.resource_id)
            if head.seq > handed[-1].seq and (flow.preparing is None or flow.preparing.done()):
                flow.preparing = asyncio.create_task(self._prepare(flow, view, handed[-1].seq, max_bytes))
        return handed

    async def _prepare(self, flow: Flow, view: View, cursor: int, max_bytes: int) -> None:
        async with flow.lock:
            if flow.view is not view or flow.ahead is not None:
                return
            try:
                handed = await self._project_after(flow, view, cursor, max_bytes)
            except DataPlaneError:
                return  # The poll that comes for it meets the same trouble and can say so.
            flow.ahead = (view, cursor, handed)
            self._ahead[view.grant_id] = sum(len(item.data) for item in handed)
            while sum(self._ahead.values()) > AHEAD_BYTES and len(self._ahead) > 1:
                oldest, _ = self._ahead.popitem(last=False)
                self._flow(oldest).ahead = None

    async def _view(self, flow: Flow, order: OpenGrant) -> View | None:
        terms = order.terms
        begun = self._streams.begun[terms.resource_id]
        if flow.view is not None and flow.view.order is order and flow.view.begun == begun:
            return flow.view
        if flow.mark is None:
            flow.mark = await self._read_mark(terms.grant_id)
        mark = flow.mark
        begins = await self._store.begins(terms.resource_id, mark.since_seq)
        entry = next((entry for entry in begins if _serves(entry, terms.grant_id, mark.revision)), None)
        if entry is None:
            return None
        if flow.view is not None and flow.view.order is order and flow.view.begin_seq == entry.seq:
            flow.view = replace(flow.view, begun=begun)
            return flow.view
        (begin,) = await self._store.read(terms.resource_id, [entry.seq])
        policy = compile_terms(terms, elements_of(decode_schema(begin.body)), await self._secrets.of(terms))
        flow.view = View(order=order, policy=policy, epoch=begin.header.epoch, begin_seq=entry.seq, begun=begun)
        return flow.view

    async def _read_mark(self, grant_id: UUID) -> Mark:
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT revision, since_seq FROM exchange.grant_marks WHERE grant_id = %s", [grant_id]
            )
            row = await cursor.fetchone()
        return Mark(revision=row[0], since_seq=row[1]) if row else Mark(revision=0, since_seq=0)

    # ---- projecting -----------------------------------------------------------------------------------------------------

    async def _project_after(self, flow: Flow, view: View, cursor: int, max_bytes: int) -> list[Handed]:
        head = await self._streams.head(view.resource_id)
        if head.seq < cursor:
            raise HistoryTrimmed(
                "The stream ends at {end}, before the cursor {cursor}: the gateway's log was put back.",
                end=head.seq,
                cursor=cursor,
            )
        if head.seq == cursor:
            return []
        previous = await self._digest_at(flow, view, cursor)
        start = cursor
        if flow.idle[:2] == (view.epoch, cursor):
            start = max(cursor, flow.idle[2])
        handed: list[Handed] = []
        size, last = 0, start
        async with contextlib.aclosing(self._wanted(view, start, head.seq)) as wanted:
            async for segments, until in wanted:
                made = await self._project(view, segments, previous)
                for item in made:
                    handed.append(item)
                    size += len(item.data)
                    self._remember(flow, view.epoch, item)
                previous, last = (made[-1].digest if made else previous), until
                if size >= max_bytes:
                    break
        if handed:
            killpoints.reach("gateway.segments_projected")
        else:
            flow.idle = (view.epoch, cursor, last)
        return handed

    async def _project(self, view: View, segments: list[Segment], previous: str) -> list[Handed]:
        if sum(len(segment.body) for segment in segments) <= SMALL:
            return self._project_now(view, segments, previous)
        return await asyncio.to_thread(self._project_now, view, segments, previous)

    def _project_now(self, view: View, segments: list[Segment], previous: str) -> list[Handed]:
        """A function of segments, terms, secret and chain; runs in any thread."""
        handed = []
        for source in segments:
            body, rows, upserts, deletes = _projected(view.policy, source)
            kind = source.header.kind
            carries = kind in (SegmentKind.LOAD, SegmentKind.CHANGES)
            if carries and rows == 0 and source.header.seq % EMPTY_EVERY:
                continue
            header = SegmentHeader(
                stream_id=view.grant_id,
                revision=view.order.terms.revision,
                schema_version=source.header.schema_version,
                epoch=view.epoch,
                seq=source.header.seq,
                kind=kind,
                position=source.header.position,
                rows=rows,
                upserts=upserts,
                deletes=deletes,
                committed_at=source.header.committed_at,
                prev_digest=previous,
            )
            made = seal_segment(header, body, self._signer)
            previous = made.digest
            handed.append(Handed(seq=header.seq, data=made.data(), digest=made.digest, committed_at=source.header.committed_at))
        return handed

    async def _wanted(self, view: View, after: int, end: int) -> AsyncGenerator[tuple[list[Segment], int], None]:
        """The source's segments that concern the grant, a chunk at a time, each with the sequence it reaches to."""
        while after < end:
            recent = self._store.recent(view.resource_id, after + 1)
            if recent is not None:
                after += 1
                header = recent.header
                concerns = _concerns(header.kind, header.targets, view, header.seq)
                yield ([recent] if concerns else []), after
                continue
            entries = await self._store.entries(view.resource_id, after)
            if not entries or entries[0].seq != after + 1:
                raise HistoryTrimmed("Segments after {after} are no longer kept.", after=after)
            chosen: list[int] = []
            size = 0
            for entry in entries:
                # A `begin` outlives the segments after it: a gap ends the chunk, and the next look names it.
                if entry.seq > end or entry.seq != after + 1:
                    break
                if _concerns(entry.kind, entry.targets, view, entry.seq):
                    if chosen and size + entry.size > CHUNK_BYTES:
                        break
                    chosen.append(entry.seq)
                    size += entry.size
                after = entry.seq
            yield (await self._store.read(view.resource_id, chosen) if chosen else []), after

    async def _digest_at(self, flow: Flow, view: View, cursor: int) -> str:
        """The digest of the segment at the cursor: remembered, receipted, or computed again from what was receipted."""
        if cursor < view.begin_seq:
            return ""
        known = flow.digests.get((view.epoch, cursor))
        if known is not None:
            return known
        start, previous = view.begin_seq - 1, ""
        async with self._database.connection() as connection:
            result = await connection.execute(
                "SELECT seq, digest FROM exchange.receipts WHERE grant_id = %s AND epoch = %s AND seq <= %s",
                [view.grant_id, view.epoch, cursor],
            )
            receipt = await result.fetchone()
        if receipt is not None:
            start, previous = receipt
        async for segments, _ in self._wanted(view, start, cursor):
            for item in await self._project(view, segments, previous):
                start, previous = item.seq, item.digest
        if start != cursor:
            raise HistoryTrimmed("The cursor {cursor} is not one this grant was given.", cursor=cursor)
        flow.digests[view.epoch, cursor] = previous
        return previous

    def _remember(self, flow: Flow, epoch: int, item: Handed) -> None:
        flow.digests[epoch, item.seq] = item.digest
        while len(flow.digests) > DIGESTS_KEPT:
            flow.digests.popitem(last=False)


def _serves(entry: Entry, grant_id: UUID, revision: int) -> bool:
    """Whether a load is for the grant under its present projection, which began with `revision`."""
    if not entry.targets or str(grant_id) in entry.targets:
        return True
    revisions = (text.partition("@") for text in entry.targets)
    return any(name == str(grant_id) and number.isdigit() and int(number) >= revision for name, _, number in revisions)


def _concerns(kind: SegmentKind, targets: tuple[str, ...], view: View, seq: int) -> bool:
    """Whether a segment of the stream is for the grant; another `begin` for it would be another view."""
    if kind is SegmentKind.CHANGES:
        return True
    if kind is SegmentKind.BEGIN and seq != view.begin_seq:
        return False
    terms = view.order.terms
    return not targets or any(text.partition("@")[0] == str(terms.grant_id) for text in targets)


def _projected(policy: Policy, source: Segment) -> tuple[bytes, int, int, int]:
    """A segment's projected body, and how many rows, upserts and deletes it carries."""
    match source.header.kind:
        case SegmentKind.LOAD:
            body, rows = policy.project_load_body(source.body)
            return body, rows, rows, 0
        case SegmentKind.CHANGES:
            batch = policy.project_changes(decode_batch(source.body))
            return encode_batch(batch), batch.num_rows, _count(batch, UPSERT), _count(batch, DELETE)
        case SegmentKind.BEGIN | SegmentKind.LOAD_END:
            return encode_batch(policy.empty()), 0, 0, 0


def _count(batch: Any, operation: int) -> int:
    return int(pc.sum(pc.equal(batch.column(OP), operation)).as_py() or 0)


def _lag(handed: list[Handed]) -> int:
    latest = max((item.committed_at for item in handed if item.committed_at is not None), default=None)
    return max(0, round((clock.now() - latest).total_seconds() * 1000)) if latest is not None else 0
