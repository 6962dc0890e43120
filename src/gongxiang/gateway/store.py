"""The log of segments: rows in `exchange`, bodies beside them or in the object store; what is taken is on disk.

One row per resource (`exchange.streams`) is locked by every append, so within a stream sequence order is commit order and
a reader that goes by sequence misses nothing.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from gongxiang.gateway.database import Database
from gongxiang.gateway.objects import ObjectStore
from gongxiang.gateway.settings import INLINE_BYTES
from gongxiang.protocol import clock, killpoints
from gongxiang.protocol.errors import SegmentAltered
from gongxiang.protocol.segments import Segment, SegmentHeader, SegmentKind, digest

#: Most bytes of newly received segments kept in memory so that followers need not read them back.
RECENT_BYTES = 8 << 20
#: Segments looked ahead at once.
PAGE = 64

_FIRST_HEAD = (
    "INSERT INTO exchange.streams (epoch, seq, digest, position, schema_version, fingerprint, updated_at, resource_id)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (resource_id) DO NOTHING RETURNING 1"
)
_NEXT_HEAD = (
    "UPDATE exchange.streams SET epoch = %s, seq = %s, digest = %s, position = %s, schema_version = %s,"
    " fingerprint = %s, updated_at = %s WHERE resource_id = %s AND seq = %s AND digest = %s RETURNING 1"
)
_ADD = (
    "INSERT INTO exchange.segments (resource_id, seq, kind, targets, digest, header, signature, body, object, size,"
    " received_at) SELECT %s::uuid, %s::bigint, %s, %s::text[], %s, %b::bytea, %s, %b::bytea, %s, %s::integer, %s::timestamptz"
)
_OLD = "FROM exchange.segments WHERE resource_id = %s AND seq < %s AND received_at < %s AND kind <> 'begin'"
_ENTRY = "SELECT seq, kind, targets, size FROM exchange.segments WHERE resource_id = %s AND seq > %s"


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where a resource's chain ends; sequence 0 is before the first."""

    epoch: int = 0
    seq: int = 0
    digest: str = ""
    position: str = ""
    schema_version: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A stored segment without its body."""

    seq: int
    kind: SegmentKind
    targets: tuple[str, ...]
    size: int


class SegmentStore:
    """Reads and appends; knows nothing of grants."""

    def __init__(self, database: Database, objects: ObjectStore) -> None:
        self._database, self._objects = database, objects
        self._recent: dict[tuple[UUID, int], Segment] = {}
        self._recent_bytes = 0

    async def head(self, resource_id: UUID) -> Head:
        """The end of the chain."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT epoch, seq, digest, position, schema_version, fingerprint FROM exchange.streams WHERE resource_id = %s",
                [resource_id],
            )
            row = await cursor.fetchone()
        if row is None:
            return Head()
        return Head(epoch=row[0], seq=row[1], digest=row[2], position=row[3], schema_version=row[4], fingerprint=row[5])

    async def append(self, segments: list[tuple[Segment, Head]], *, before: Head) -> bool:
        """Make the segments durable, each with the head it leads to; False if the chain no longer ends at `before`.

        All or none: bodies first (file, folder), then the rows in one commit.
        """
        resource_id = segments[0][0].header.stream_id
        rows = []
        for segment, after in segments:
            header, name = segment.header, None
            if len(segment.body) > INLINE_BYTES:
                name = f"segments/{resource_id}/{header.seq:012d}-{after.digest.partition(':')[2][:16]}"
                await asyncio.to_thread(self._objects.put, name, segment.body)
                killpoints.reach("gateway.object_written")
            body = None if name else segment.body
            rows.append(
                (
                    resource_id, header.seq, header.kind.value, list(header.targets), after.digest, segment.header_bytes,
                    segment.signature, body, name, len(segment.body), clock.now(),
                )
            )  # fmt: skip
        after = segments[-1][1]
        head = (after.epoch, after.seq, after.digest, after.position, after.schema_version, after.fingerprint, clock.now())
        if before.seq == 0:
            move, arguments = _FIRST_HEAD, [*head, resource_id]
        else:
            move, arguments = _NEXT_HEAD, [*head, resource_id, before.seq, before.digest]
        if len(rows) == 1:
            # One statement is one round trip and one commit: the common case while changes stream.
            async with self._database.connection() as connection, connection.cursor(binary=True) as cursor:
                await cursor.execute(f"WITH moved AS ({move}) {_ADD} FROM moved", [*arguments, *rows[0]])
                moved = cursor.rowcount == 1
        else:
            async with self._database.transaction() as connection, connection.cursor(binary=True) as cursor:
                await cursor.execute(move, arguments)
                moved = cursor.rowcount == 1
                if moved:
                    await cursor.executemany(_ADD, rows)
        if not moved:
            return False
        for segment, _ in segments:
            self._remember(segment)
        return True

    async def digest_at(self, resource_id: UUID, seq: int) -> str | None:
        """The digest of the segment at `seq`; None if it is not kept."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT digest FROM exchange.segments WHERE resource_id = %s AND seq = %s", [resource_id, seq]
            )
            row = await cursor.fetchone()
        return row[0] if row else None

    async def entries(self, resource_id: UUID, after: int) -> list[Entry]:
        """The next segments after a sequence, at most a page."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(f"{_ENTRY} ORDER BY seq LIMIT %s", [resource_id, after, PAGE])
            rows = await cursor.fetchall()
        return [Entry(seq=r[0], kind=SegmentKind(r[1]), targets=tuple(r[2]), size=r[3]) for r in rows]

    async def begins(self, resource_id: UUID, since: int) -> list[Entry]:
        """The `begin` segments after a sequence, newest first."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(f"{_ENTRY} AND kind = 'begin' ORDER BY seq DESC", [resource_id, since])
            rows = await cursor.fetchall()
        return [Entry(seq=r[0], kind=SegmentKind(r[1]), targets=tuple(r[2]), size=r[3]) for r in rows]

    def recent(self, resource_id: UUID, seq: int) -> Segment | None:
        """A segment that is still in memory."""
        return self._recent.get((resource_id, seq))

    async def read(self, resource_id: UUID, sequences: list[int]) -> list[Segment]:
        """These segments with their bodies, in order; raises SegmentAltered if a body is damaged on disk."""
        missing = [seq for seq in sequences if (resource_id, seq) not in self._recent]
        found = {seq: self._recent[resource_id, seq] for seq in sequences if seq not in missing}
        if missing:
            async with self._database.connection() as connection, connection.cursor(binary=True) as cursor:
                await cursor.execute(
                    "SELECT seq, header, signature, body, object FROM exchange.segments"
                    " WHERE resource_id = %s AND seq = ANY(%s)",
                    [resource_id, missing],
                )
                rows = await cursor.fetchall()
            for seq, header, signature, body, name in rows:
                whole = body if name is None else await asyncio.to_thread(self._objects.get, name)
                found[seq] = _restored(bytes(header), signature, bytes(whole))
        return [found[seq] for seq in sequences if seq in found]

    async def trim(self, resource_id: UUID, *, below: int, days: int) -> int:
        """Drop segments below a sequence that are older than `days`; how many went.

        Objects go first: a crash between leaves rows that name them, and the next time takes both.
        """
        values = [resource_id, below, clock.now() - timedelta(days=days)]
        async with self._database.connection() as connection:
            cursor = await connection.execute(f"SELECT object {_OLD} AND object IS NOT NULL", values)
            names = [row[0] for row in await cursor.fetchall()]
        for name in names:
            await asyncio.to_thread(self._objects.delete, name)
        async with self._database.connection() as connection:
            cursor = await connection.execute(f"DELETE {_OLD}", values)
            return cursor.rowcount

    def _remember(self, segment: Segment) -> None:
        size = len(segment.body) + len(segment.header_bytes)
        self._recent[segment.header.stream_id, segment.header.seq] = segment
        self._recent_bytes += size
        while self._recent_bytes > RECENT_BYTES:
            key = next(iter(self._recent))
            old = self._recent.pop(key)
            self._recent_bytes -= len(old.body) + len(old.header_bytes)


def _restored(header: bytes, signature: str, body: bytes) -> Segment:
    segment = Segment(header=SegmentHeader.decode(header), body=body, header_bytes=header, signature=signature)
    if digest(body, segment.header.body_digest.partition(":")[0]) != segment.header.body_digest:
        raise SegmentAltered("Segment {seq} is damaged in the gateway's store.", seq=segment.header.seq)
    return segment
