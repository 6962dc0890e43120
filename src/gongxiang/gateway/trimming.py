"""Drops segments nobody needs any more, once an hour, so that the log does not grow for ever."""

import asyncio
import contextlib
import logging
from datetime import timedelta
from uuid import UUID

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database
from gongxiang.gateway.states import needed_from
from gongxiang.gateway.store import SegmentStore
from gongxiang.protocol import clock
from gongxiang.protocol.errors import DataPlaneError

EVERY = 3600.0
#: A comparison ends within minutes; a day serves whoever looks into one that did not.
DIGESTS_KEPT = timedelta(days=1)
#: A ticket is good for a minute; its use must be known as long as any clock might take it for fresh.
TICKETS_KEPT = timedelta(days=1)

_log = logging.getLogger(__name__)


async def trim_for_ever(database: Database, store: SegmentStore, book: Book, *, days: int, ready: asyncio.Event) -> None:
    """Trim every stream each hour, once the orders are known."""
    await ready.wait()
    while True:
        for resource_id in list(book.streams):
            with contextlib.suppress(DataPlaneError):
                gone = await trim(database, store, book, resource_id, days=days)
                if gone:
                    _log.info("dropped %d old segments of resource %s", gone, resource_id)
        with contextlib.suppress(DataPlaneError):
            await trim_passing(database)
        await asyncio.sleep(EVERY)


async def trim_passing(database: Database) -> None:
    """Drop what two nodes told each other for a comparison long done, uses of tickets that have expired, and old claims."""
    at = clock.now()
    async with database.connection() as connection:
        await connection.execute("DELETE FROM exchange.digests WHERE posted_at < %s", [at - DIGESTS_KEPT])
        await connection.execute("DELETE FROM exchange.tickets_used WHERE used_at < %s", [at - TICKETS_KEPT])
        await connection.execute("DELETE FROM exchange.claims WHERE expires_at < %s", [at])


async def trim(database: Database, store: SegmentStore, book: Book, resource_id: UUID, *, days: int) -> int:
    """Drop what is older than `days` and before every open grant's cursor; how many segments went."""
    grants = [
        grant_id
        for grant_id, entry in book.grants.items()
        if entry.order is not None and entry.ended is None and entry.order.terms.resource_id == resource_id
    ]
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT m.grant_id, greatest(m.since_seq, coalesce(r.seq, 0)) FROM exchange.grant_marks m"
            " LEFT JOIN exchange.receipts r USING (grant_id) WHERE m.grant_id = ANY(%s)",
            [grants],
        )
        needed = {row[0]: row[1] for row in await cursor.fetchall()}
        cursor = await connection.execute(
            "SELECT max(seq) FROM exchange.segments WHERE resource_id = %s AND kind = 'begin'", [resource_id]
        )
        row = await cursor.fetchone()
    newest_begin = (row[0] if row else None) or 0
    stream = book.streams.get(resource_id)
    closed = stream is not None and stream.order is None
    # The newest load stays for samples, as long as the resource is shared at all.
    bounds = [] if closed and not grants else [newest_begin]
    # What is served by interface starts with a whole load and goes on from where its rows stand.
    if resource_id in book.served_resources():
        bounds.append(await needed_from(database, resource_id))
    below = min([*bounds, *(needed.get(grant_id, 0) for grant_id in grants)], default=2**62)
    return await store.trim(resource_id, below=below, days=days)
