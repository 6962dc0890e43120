"""Facts on their way to the platform: what nodes report of their own things, and what the gateway itself has to say.

A node's facts are checked and committed before the node hears that they were taken. The gateway's own (refusals, alarms,
receipts) wait in memory for a moment so that a flood of refusals is one record a minute, not a flood of records.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import canonical, instant, plain
from gongxiang.protocol.disposal import TableDestroyed
from gongxiang.protocol.errors import DataPlaneError, FactRefused
from gongxiang.protocol.messages import (
    FACTS,
    Alarm,
    DataRefused,
    EnrolmentRefused,
    FlowState,
    Message,
    MountTried,
    NodeSeen,
    OpenGrant,
    ReceiptGiven,
    Reconciled,
    RootWitnessed,
    StreamState,
    TableDescribed,
    TablesSurveyed,
    UnknownMessage,
    parse,
)
from gongxiang.protocol.quality import TableMeasured
from gongxiang.protocol.requests import WINDOW
from gongxiang.protocol.sentences import Sentence, cut

#: Seconds within which the same refusal of the same party is one record.
QUIET = 60.0
#: Seconds between two receipts of one grant that reach the platform.
RECEIPT_EVERY = 1.0
#: Own facts kept while the database is down; the oldest go first.
WAITING_ROOM = 10_000

#: Most characters of a text in a node's fact, and of those the platform keeps in short columns.
LONGEST_TEXT = 20_000
LONGEST = {"state": 20, "table": 200, "position": 200, "code": 60}
#: What the platform keeps in four bytes.
SMALL_NUMBERS = ("epoch", "revision", "precision", "scale")

_INSERT = "INSERT INTO link.facts (kind, body) VALUES (%s, %s)"


def row_of(fact: Message) -> tuple[str, str]:
    """Kind and canonical body, as they stand in `link.facts`."""
    return fact.kind, canonical(fact.to_json()).decode("utf-8")


def read_facts(value: Any, *, node_id: UUID, book: Book, at: datetime) -> list[Message]:
    """The facts in a node's request received at `at`, all its own; raises FactRefused."""
    items = value.get("facts") if isinstance(value, dict) else None
    if not isinstance(items, list) or len(items) > 1000:
        raise FactRefused("A list of at most 1000 facts was expected.")
    try:
        facts = [parse(item, FACTS) for item in items]
    except (UnknownMessage, AttributeError) as error:
        raise FactRefused("A fact cannot be read: {said}", said=error) from error
    for fact in facts:
        _check_form(fact)
        dated = getattr(fact, "at", at)
        if dated - at > WINDOW:
            raise FactRefused(
                "The fact {kind} is dated {dated}, after the gateway's {now}.",
                kind=fact.kind,
                dated=instant(dated),
                now=instant(at),
            )
        if not _own(fact, node_id, book):
            raise FactRefused("The fact {kind} does not speak of this node's own things.", kind=fact.kind)
    return facts


def of_unadmitted(facts: list[Message]) -> list[Message]:
    """What a key that is not admitted may tell: that it is there; raises FactRefused if it speaks of data.

    Its alarms and its witness are left out without a word, for every node tells them as soon as it runs.
    """
    for fact in facts:
        if not isinstance(fact, (NodeSeen, Alarm, RootWitnessed)):
            raise FactRefused("The fact {kind} comes from a key that is not admitted.", kind=fact.kind)
    return [fact for fact in facts if isinstance(fact, NodeSeen)]


def _check_form(fact: Message) -> None:
    """Raise FactRefused for what the platform could not keep: one such fact must not get in the way of the others."""
    for name, value in _leaves("", plain(fact)):
        if isinstance(value, str):
            if len(value) > LONGEST.get(name, LONGEST_TEXT):
                raise FactRefused("The fact {kind} is too long at {name}.", kind=fact.kind, name=name)
            if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
                raise FactRefused(
                    "The fact {kind} has a character at {name} that no database can keep.", kind=fact.kind, name=name
                )
        elif isinstance(value, int) and not -1 <= value < (2**31 if name in SMALL_NUMBERS else 2**63):
            raise FactRefused("The fact {kind} has a number at {name} that is out of range.", kind=fact.kind, name=name)


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case dict():
            for key, item in value.items():
                yield name, str(key)
                yield from _leaves(key, item)
        case list():
            for item in value:
                yield from _leaves(name, item)
        case _:
            yield name, value


def _own(fact: Message, node_id: UUID, book: Book) -> bool:
    match fact:
        case StreamState() | TableMeasured():
            return fact.node_id == node_id and _provides(book, node_id, fact.resource_id)
        case TableDestroyed():
            order = _order_of(book, fact.grant_id)
            return fact.node_id == node_id and order is not None and order.consumer_node_id == node_id
        case FlowState():
            # The flow's state is the consumer's to tell: the table is there.
            order = _order_of(book, fact.grant_id)
            return order is not None and order.consumer_node_id == node_id
        case Reconciled():
            return _takes_part(book, node_id, fact.grant_id)
        case Alarm():
            return fact.node_id == node_id and (fact.resource_id is None or _knows(book, node_id, fact.resource_id))
        case NodeSeen() | TableDescribed() | TablesSurveyed() | MountTried() | RootWitnessed():
            return fact.node_id == node_id
        case _:
            return False


def _provides(book: Book, node_id: UUID, resource_id: UUID) -> bool:
    entry = book.streams.get(resource_id)
    # A closed stream's last words come after its order is gone.
    return entry is not None and (entry.order is None or entry.order.node_id == node_id)


def _order_of(book: Book, grant_id: UUID) -> OpenGrant | None:
    entry = book.grants.get(grant_id)
    return entry.order if entry else None


def _takes_part(book: Book, node_id: UUID, grant_id: UUID) -> bool:
    order = _order_of(book, grant_id)
    return order is not None and node_id in (order.provider_node_id, order.consumer_node_id)


def _knows(book: Book, node_id: UUID, resource_id: UUID) -> bool:
    taking = (e.order for e in book.grants.values() if e.order and e.order.terms.resource_id == resource_id)
    return _provides(book, node_id, resource_id) or any(
        node_id in (order.provider_node_id, order.consumer_node_id) for order in taking
    )


class FactWriter:
    """The gateway's own facts: written in the background, repeated until the database has them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[Message] = []
        self._quiet: dict[tuple[Any, ...], tuple[float, int]] = {}
        self._receipts: dict[UUID, ReceiptGiven] = {}
        self._receipt_sent: dict[UUID, float] = {}
        self._news = asyncio.Event()
        self.lost = 0

    def add(self, fact: Message) -> None:
        """Queue one fact."""
        self._waiting.append(fact)
        if len(self._waiting) > WAITING_ROOM:
            del self._waiting[0]
            self.lost += 1
        self._news.set()

    def add_receipt(self, fact: ReceiptGiven) -> None:
        """Queue a receipt; a newer one of the same grant within a second takes its place."""
        self._receipts[fact.grant_id] = fact
        self._news.set()

    def refused(
        self, error: DataPlaneError, *, party: str, resource_id: UUID | None = None, grant_id: UUID | None = None
    ) -> None:
        """Record a refusal, once a minute for the same party, code and thing; the next record says how often it came."""
        key, now = (party, error.code(), resource_id, grant_id), time.monotonic()
        since, count = self._quiet.get(key, (-QUIET, 0))
        if now - since < QUIET:
            self._quiet[key] = (since, count + 1)
            return
        if len(self._quiet) > WAITING_ROOM:
            self._quiet = {k: v for k, v in self._quiet.items() if now - v[0] < QUIET}
        self._quiet[key] = (now, 0)
        again = Sentence("({count} more since the last record)", count=count) if count else ""
        self.add(
            DataRefused(
                code=error.code(),
                party=party[:200],
                resource_id=resource_id,
                grant_id=grant_id,
                detail=cut(Sentence.joined(error.message, again), 1000),
                at=clock.now(),
            )
        )

    def enrolment_refused(self, error: DataPlaneError, *, party: str, node_id: UUID | None) -> None:
        """Record that a code was wrong, used or expired; once a minute for the same code's node and address."""
        key, now = ("enrolment", party, error.code(), node_id), time.monotonic()
        if now - self._quiet.get(key, (-QUIET, 0))[0] >= QUIET:
            self._quiet[key] = (now, 0)
            self.add(EnrolmentRefused(node_id=node_id, reason=error.code(), at=clock.now()))

    def alarm(self, code: str, detail: str, *, node_id: UUID | None = None, resource_id: UUID | None = None) -> None:
        """Record an alarm, at most once a minute for the same code and thing."""
        key, now = ("alarm", code, node_id, resource_id), time.monotonic()
        if now - self._quiet.get(key, (-QUIET, 0))[0] >= QUIET:
            self._quiet[key] = (now, 0)
            self.add(Alarm(code=code, node_id=node_id, resource_id=resource_id, detail=cut(detail, 1000), at=clock.now()))

    async def write(self, facts: Iterable[Message]) -> None:
        """Write facts now, in one transaction; raises DatabaseDown or DiskFull."""
        rows = [row_of(fact) for fact in facts]
        if rows:
            async with self._database.transaction() as connection, connection.cursor() as cursor:
                await cursor.executemany(_INSERT, rows)

    async def _write_own(self, facts: list[Message], receipts: list[ReceiptGiven]) -> None:
        rows = [row_of(fact) for fact in [*facts, *receipts]]
        if not rows:
            return
        async with self._database.transaction() as connection, connection.cursor() as cursor:
            await cursor.executemany(_INSERT, rows)
            if receipts:
                await cursor.executemany(
                    "UPDATE exchange.receipts SET told = true WHERE grant_id = %s AND epoch = %s AND seq = %s",
                    [(receipt.grant_id, receipt.epoch, receipt.seq) for receipt in receipts],
                )

    async def run(self) -> None:
        """Write what waits, for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), RECEIPT_EVERY / 2 if self._receipts else None)
            self._news.clear()
            await self.flush()
            # One commit for whatever comes in this blink.
            await asyncio.sleep(0.05)

    async def flush(self, *, all_receipts: bool = False) -> None:
        """Write what waits now; on failure it stays for the next time."""
        now = time.monotonic()
        due = [g for g in self._receipts if all_receipts or now - self._receipt_sent.get(g, 0.0) >= RECEIPT_EVERY]
        receipts = [self._receipts.pop(grant_id) for grant_id in due]
        facts, self._waiting = self._waiting, []
        try:
            await self._write_own(facts, receipts)
        except DataPlaneError:
            self._waiting = (facts + self._waiting)[-WAITING_ROOM:]
            for receipt in receipts:
                self._receipts.setdefault(receipt.grant_id, receipt)
            await asyncio.sleep(0.5)
            self._news.set()
        else:
            self._receipt_sent.update(dict.fromkeys(due, now))
