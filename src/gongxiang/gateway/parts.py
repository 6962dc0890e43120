"""All parts of one gateway process, put together once; nothing here decides anything."""

import asyncio
import contextlib
import json
import time
from typing import Any
from uuid import UUID

from gongxiang.gateway.book import Book
from gongxiang.gateway.call import Limiter, Nonces
from gongxiang.gateway.claims import Claims
from gongxiang.gateway.database import Database
from gongxiang.gateway.facts import FactWriter
from gongxiang.gateway.files import Files
from gongxiang.gateway.flows import Flows
from gongxiang.gateway.follow import ORDERS_BELL, Follower, stop
from gongxiang.gateway.objects import ObjectStore
from gongxiang.gateway.receipts import tell_untold
from gongxiang.gateway.secrets import ConsumerSecrets
from gongxiang.gateway.services import Services
from gongxiang.gateway.settings import Settings
from gongxiang.gateway.states import States
from gongxiang.gateway.store import SegmentStore
from gongxiang.gateway.streams import Streams
from gongxiang.gateway.trials import Trials
from gongxiang.gateway.trimming import trim_for_ever
from gongxiang.gateway.waiting import Bells, sleep_until
from gongxiang.protocol.errors import DataPlaneError
from gongxiang.protocol.messages import SignedOrder

#: Seconds after which a node that asks is given the same lease again at once: it may have been started anew.
LEASE_AGAIN = 10.0


class Gateway:
    """All parts of one gateway process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.signer = settings.keyring.signer("gateway")
        self.platform_key = settings.keyring.public_key("platform")
        self.database = Database(settings.database_url)
        # A receipt lost with the machine is given again with the next change, so it need not wait for the disk.
        self.quick_database = Database(settings.database_url, durable=False)
        self.book, self.bells = Book(), Bells()
        self.facts = FactWriter(self.database)
        objects = ObjectStore(settings.object_store)
        self.store = SegmentStore(self.database, objects)
        self.streams = Streams(self.store, self.book, self.bells)
        self.secrets = ConsumerSecrets(self.database, settings.keyring.master())
        self.flows = Flows(self.database, self.store, self.streams, self.book, self.bells, self.secrets, self.signer)
        self.follower = Follower(
            self.database, self.book, self.flows, self.facts, self.bells,
            platform_key=self.platform_key, master=settings.keyring.master(),
        )  # fmt: skip
        self.trials = Trials(self.book)
        self.claims = Claims(self.database, self.store, self.book, self.secrets, settings.keyring.master())
        self.states = States(self.database, self.store, self.book)
        self.services = Services(self.database, self.book, self.secrets)
        self.files = Files(
            self.database, objects, self.book, self.secrets,
            master=settings.keyring.master(), versions=settings.file_versions,
        )  # fmt: skip
        self.nonces, self.limiter = Nonces(), Limiter(settings.rate)
        #: Keys of nodes that are not admitted: (key, read at).
        self.enrolled: dict[UUID, tuple[str | None, float]] = {}
        self.stopping = False
        #: The newest lease each node was given, and when.
        self._leases_given: dict[UUID, tuple[int, float]] = {}
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self) -> None:
        """Open the database and follow the orders."""
        await self.database.open()
        await self.quick_database.open()
        days, ready = self.settings.segment_days, self.follower.ready
        trimming = trim_for_ever(self.database, self.store, self.book, days=days, ready=ready)
        watching = self.claims.watch_for_ever(ready)
        keeping = self.states.keep_for_ever(ready)
        destroying = self.files.destroy_for_ever(ready)
        jobs = (self.follower.run(), self.facts.run(), self._tell_untold(), trimming, watching, keeping, destroying)
        self._tasks = [asyncio.create_task(job) for job in jobs]

    async def stop(self) -> None:
        """Wake every poll, write what waits, end."""
        self.stopping = True
        await self.flows.stop()
        self.bells.ring_all()
        for task in self._tasks:
            await stop(task)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.facts.flush(all_receipts=True), 2)
        await self.database.close()
        await self.quick_database.close()

    async def _tell_untold(self) -> None:
        with contextlib.suppress(DataPlaneError):
            await self.follower.ready.wait()
            await tell_untold(self.database, self.facts)

    async def wait_for_orders(self, node_id: UUID, public_key: str, after: int, wait: float) -> list[SignedOrder]:
        """The node's orders after its cursor and the newest lease; sleeps while neither is new to the node.

        A key that is not admitted gets the lease alone: orders name tables, columns and conditions. Once it is admitted it
        gets all of them, its admission among them, for nothing moved its cursor meanwhile.
        """
        deadline = time.monotonic() + wait
        given, given_at = self._leases_given.get(node_id, (0, 0.0))
        if time.monotonic() - given_at > LEASE_AGAIN:
            given = 0
        while True:
            bell = self.bells.listen(ORDERS_BELL)
            try:
                found = self.book.orders_for(node_id, after) if self.book.admits(node_id, public_key) else []
                lease = self.book.lease
                left = deadline - time.monotonic()
                news = found or (lease is not None and given != lease[0].id)
                if news or left <= 0 or self.stopping:
                    if lease is not None:
                        self._leases_given[node_id] = (lease[0].id, time.monotonic())
                        found = [lease[0], *found] if lease[0].id not in {signed.id for signed in found} else found
                    return found
                await sleep_until(bell, left)
            finally:
                bell.cancel()

    async def wait_for_digests(self, grant_id: UUID, request_id: UUID, known: int, wait: float) -> list[Any]:
        """What was posted for a reconciliation; sleeps while it is no more than `known` entries."""
        deadline = time.monotonic() + wait
        while True:
            bell = self.bells.listen(("digests", request_id))
            try:
                async with self.database.connection() as connection:
                    cursor = await connection.execute(
                        "SELECT node_id, step, body FROM exchange.digests WHERE request_id = %s AND grant_id = %s"
                        " ORDER BY posted_at",
                        [request_id, grant_id],
                    )
                    rows = await cursor.fetchall()
                left = deadline - time.monotonic()
                if len(rows) > known or left <= 0 or self.stopping:
                    return [{"node_id": node_id, "step": step, **json.loads(body)} for node_id, step, body in rows]
                await sleep_until(bell, left)
            finally:
                bell.cancel()
