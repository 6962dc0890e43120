"""Drops segments nobody needs any more, once an hour, so that the log does not grow for ever."""

import asyncio
import contextlib
import logging
from uuid import UUID

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database
from gongxiang.gateway.store import SegmentStore
from gongxiang.protocol.errors import DataPlaneError

EVERY = 3600.0

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
        await asyncio.sleep(EVERY)


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
    # The newest load stays for samples.
    newest_begin = (row[0] if row else None) or 0
    below = min([newest_begin, *(needed.get(grant_id, 0) for grant_id in grants)])
    return await store.trim(resource_id, below=below, days=days)
