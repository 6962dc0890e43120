"""Follows the platform's orders: LISTEN, a look every second, each order's signature checked before it counts.

An order that was verified once carries a voucher, a MAC under the gateway's master key, so that a start after years does not
reckon every signature again; what has no voucher, or one that does not fit, is verified as if it were new.

A row is entered as soon as it is visible, for a closing order must not wait for some other transaction of the server to
end; rows that become visible late are found because the reader starts at the oldest transaction still open, not at a number.
A server that crashed, or was put back, may count its transactions again from an earlier one: after every new connection the
reader asks for whatever the book does not have.
"""

import asyncio
import contextlib
import hmac
import json
import logging
from typing import Any

import psycopg

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database, named_errors
from gongxiang.gateway.facts import FactWriter
from gongxiang.gateway.flows import Flows
from gongxiang.gateway.waiting import Bells
from gongxiang.protocol import clock, killpoints
from gongxiang.protocol.errors import DataPlaneError
from gongxiang.protocol.messages import ORDERS, Lease, Message, OpenGrant, SignedOrder, UnknownMessage, parse
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.signing import key_id, verify

#: Bell that rings when orders were entered; nodes' polls also listen to their own.
ORDERS_BELL = "orders"

_log = logging.getLogger(__name__)
_COLUMNS = "SELECT id, xid::text::bigint, node_ids, issued_at, body, key_id, signature FROM link.orders"
#: On a new connection old leases are left out: only the newest can still say something.
_FIRST = (
    f"{_COLUMNS} WHERE (kind <> 'lease' OR xid >= %s::text::xid8"  # noqa: S608
    " OR id >= (SELECT max(id) FROM link.orders WHERE kind = 'lease'))"
    " AND NOT EXISTS (SELECT FROM unnest(%s::bigint[]) AS had WHERE had = id) ORDER BY xid, id"
)
_NEXT = f"{_COLUMNS} WHERE xid >= %s::text::xid8 AND id <> ALL(%s) ORDER BY xid, id"


class Follower:
    """Keeps `book` up to date."""

    def __init__(
        self,
        database: Database,
        book: Book,
        flows: Flows,
        facts: FactWriter,
        bells: Bells,
        *,
        platform_key: str,
        master: bytes,
    ) -> None:
        self._database, self._book, self._flows, self._facts, self._bells = database, book, flows, facts, bells
        self._platform_key, self._platform_key_id = platform_key, key_id(platform_key)
        # Another platform key makes every voucher void.
        self._voucher_key = hmac.digest(master, b"gongxiang order voucher\x00" + platform_key.encode("ascii"), "sm3")
        self._vouchers: dict[int, bytes] = {}
        #: How many orders were taken on their voucher, and how many were verified.
        self.vouched, self.verified = 0, 0
        self._horizon: str | None = None
        self._seen: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Follow for ever; a database that is down is tried again twice a second."""
        while True:
            try:
                with named_errors():
                    connection = await psycopg.AsyncConnection.connect(
                        self._database.url, autocommit=True, connect_timeout=3, application_name="gongxiang gateway orders"
                    )
                    async with connection:
                        self._horizon = None
                        await connection.execute("LISTEN gx_orders")
                        while True:
                            await self.read(connection)
                            self.ready.set()
                            async for _ in connection.notifies(timeout=1.0, stop_after=1):
                                pass
            except DataPlaneError as error:
                _log.warning("orders cannot be read: %s", error.message)
            except psycopg.Error:
                _log.exception("orders cannot be read")
            await asyncio.sleep(0.5)

    async def read(self, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        """Enter every order that is visible and not yet entered."""
        # The horizon is taken before the rows: what is older has ended by now, so the next read may start there.
        cursor = await connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        (horizon,) = await cursor.fetchone() or ("0",)
        if self._horizon is None:
            await self._load_places(connection)
            rows = await (await connection.execute(_FIRST, [horizon, self._book.numbers()])).fetchall()
        else:
            rows = await (await connection.execute(_NEXT, [self._horizon, list(self._seen)])).fetchall()
        verified, fresh = await asyncio.to_thread(self._verify, rows) if len(rows) > 4 else self._verify(rows)
        await self._place(connection, verified)
        if verified:
            killpoints.reach("gateway.orders_placed")
        numbers = {signed.id for signed in fresh}
        for signed, order, _ in verified:
            if isinstance(order, OpenGrant) and signed.id in numbers:
                await self._flows.mark(signed, order)
        if verified:
            killpoints.reach("gateway.grants_marked")
        for signed, order, node_ids in sorted(verified, key=lambda item: self._places[item[0].id]):
            self._book.take(signed, order, node_ids, self._places.pop(signed.id))
        self._seen.update({row[0]: row[1] for row in rows})
        self._seen = {number: xid for number, xid in self._seen.items() if xid >= int(horizon)}
        self._horizon, self._places, self._vouchers = horizon, {}, {}
        if rows:
            self._bells.ring_all()
        # Last, for nobody waits for it: an order left without one is only verified once more.
        await self._vouch(connection, fresh)

    def _verify(self, rows: list[tuple[Any, ...]]) -> tuple[list[tuple[SignedOrder, Message, list[Any]]], list[SignedOrder]]:
        """The orders that count, and which of them had no voucher."""
        found, fresh = [], []
        for number, _, node_ids, issued_at, body, signer, signature in rows:
            signed = SignedOrder(id=number, issued_at=issued_at, body=body, key_id=signer, signature=signature)
            if self._is_vouched(signed):
                self.vouched += 1
            elif signer == self._platform_key_id and verify(self._platform_key, signed.signed_bytes, signature):
                self.verified += 1
                fresh.append(signed)
            else:
                self._facts.alarm(
                    "order_forged",
                    Sentence("Order {number} does not carry the platform's signature; it is ignored.", number=number),
                )
                continue
            try:
                found.append((signed, parse(json.loads(body), ORDERS), node_ids))
            except (UnknownMessage, ValueError) as error:
                self._facts.alarm(
                    "order_unknown",
                    Sentence("Order {number} is not understood and was not followed: {said}", number=number, said=error),
                )
        return found, fresh

    async def _load_places(self, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        old = "DELETE FROM exchange.order_places WHERE lease AND placed_at < %s::timestamptz - interval '1 day'"
        await connection.execute(old, [clock.now()])
        cursor = await connection.execute("SELECT order_id, place, voucher FROM exchange.order_places")
        rows = await cursor.fetchall()
        self._places = {number: place for number, place, _ in rows}
        self._vouchers = {number: bytes(voucher) for number, _, voucher in rows if voucher is not None}

    def _voucher(self, signed: SignedOrder) -> bytes:
        return hmac.digest(self._voucher_key, signed.signed_bytes + signed.signature.encode("utf-8"), "sm3")

    def _is_vouched(self, signed: SignedOrder) -> bool:
        known = self._vouchers.get(signed.id)
        return known is not None and hmac.compare_digest(known, self._voucher(signed))

    async def _vouch(self, connection: psycopg.AsyncConnection[tuple[Any, ...]], orders: list[SignedOrder]) -> None:
        """Note that these orders were verified and their grants marked."""
        if not orders:
            return
        async with connection.transaction(), connection.cursor() as cursor:
            await cursor.executemany(
                "UPDATE exchange.order_places SET voucher = %s WHERE order_id = %s",
                [(self._voucher(signed), signed.id) for signed in orders],
            )

    async def _place(
        self,
        connection: psycopg.AsyncConnection[tuple[Any, ...]],
        verified: list[tuple[SignedOrder, Message, list[Any]]],
    ) -> None:
        """Give each new order its place for good, before any node hears of it."""
        missing = [(signed.id, isinstance(order, Lease)) for signed, order, _ in verified if signed.id not in self._places]
        if not missing:
            return
        async with connection.transaction(), connection.cursor() as cursor:
            await cursor.execute("SELECT coalesce(max(place), 0) FROM exchange.order_places")
            (last,) = await cursor.fetchone() or (0,)
            rows = [(number, last + n, lease, clock.now()) for n, (number, lease) in enumerate(missing, start=1)]
            await cursor.executemany(
                "INSERT INTO exchange.order_places (order_id, place, lease, placed_at) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (order_id) DO NOTHING",
                rows,
            )
            # Another gateway process may have been faster: its places count.
            await cursor.execute(
                "SELECT order_id, place FROM exchange.order_places WHERE order_id = ANY(%s)", [[n for n, _ in missing]]
            )
            self._places |= dict(await cursor.fetchall())


async def stop(task: "asyncio.Task[Any]") -> None:
    """Cancel a background task and wait for its end.

    A cancellation that meets a failing call can be lost in the handling of the failure, so it is said until it is heard.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.5)
    with contextlib.suppress(asyncio.CancelledError):
        task.result()
