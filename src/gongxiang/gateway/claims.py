"""Claims: key and values of a doubtful record, deposited and read by ticket, sealed at rest; and when that record changes.

The platform learns sizes, digests and sequence numbers, never a value. A claim ends with its case, by order, or by itself
after `KEPT`.
"""

import asyncio
import base64
import binascii
import contextlib
import hmac
import json
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.gateway.book import Book
from gongxiang.gateway.database import Database
from gongxiang.gateway.facts import row_of
from gongxiang.gateway.samples import use_ticket
from gongxiang.gateway.secrets import ConsumerSecrets
from gongxiang.gateway.store import SegmentStore
from gongxiang.protocol import clock
from gongxiang.protocol.batches import DELETE, OP, UPSERT, decode_batch, decode_schema, elements_of
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.claims import ClaimRead, ClaimTaken, CorrectedRowAnswered, CorrectedRowSealed
from gongxiang.protocol.errors import DataPlaneError, NothingToShow, RequestMalformed, Terminal, TicketAltered
from gongxiang.protocol.masking import element_secret
from gongxiang.protocol.policy import Policy, compile_terms
from gongxiang.protocol.segments import Segment, SegmentKind, digest
from gongxiang.protocol.signing import open_secret, seal_secret
from gongxiang.protocol.terms import ElementSpec, Terms
from gongxiang.protocol.tickets import CLAIM, CLAIM_READ, Ticket
from gongxiang.protocol.types import texts

#: How long a claim is kept; a case takes ten working days and may come back once.
KEPT = timedelta(days=90)
#: Most characters of a value and of the words, most bytes of the file brought as evidence.
LONGEST_VALUE, LONGEST_WORDS, LARGEST_FILE = 4000, 4000, 1 << 20
#: Seconds between two looks at what was sealed meanwhile, and claims looked at each time.
EVERY, AT_ONCE = 0.5, 100

_log = logging.getLogger(__name__)


def check_claim_ticket(ticket: Ticket, kind: str) -> tuple[UUID, Terms]:
    """The case and the terms the ticket is for; raises TicketAltered unless it asks for this and its own terms allow it."""
    terms = ticket.terms
    if ticket.kind != kind or ticket.subject is None or terms is None:
        raise TicketAltered("The ticket is for something else.")
    if terms.resource_id != ticket.resource_id or terms.grant_id != ticket.grant_id:
        raise TicketAltered("The ticket is for something else.")
    return ticket.subject, terms


class Claims:
    """Deposits, readings and the watch over the records they name."""

    def __init__(self, database: Database, store: SegmentStore, book: Book, secrets: ConsumerSecrets, master: bytes) -> None:
        self._database, self._store, self._book, self._secrets, self._master = database, store, book, secrets, master

    async def _seen(self, terms: Terms) -> tuple[ElementSpec, ...]:
        """What the consumer sees of the resource under the terms, keys among it."""
        stream = self._book.open_stream(terms.resource_id, clock.now())
        return compile_terms(terms, stream.elements, await self._secrets.of(terms)).schema

    async def deposit(self, ticket: Ticket, value: Any) -> Any:
        """Keep a claim, in place of an earlier one of the case; recorded in the same transaction."""
        claim_id, terms = check_claim_ticket(ticket, CLAIM)
        self._book.open_terms(terms.grant_id, clock.now())
        claim = read_claim(value, await self._seen(terms))
        body = canonical(claim)
        sealed = seal_secret(self._master, body, _context(claim_id))
        secret = await self._secrets.of(terms)
        at = clock.now()
        fact = ClaimTaken(
            claim_id=claim_id,
            ticket_id=ticket.ticket_id,
            person=ticket.person,
            resource_id=ticket.resource_id,
            grant_id=terms.grant_id,
            elements=tuple(claim["present"]),
            size=len(body),
            # Of the sealed bytes: a digest of the values themselves could be tried out.
            digest=digest(sealed),
            key_digest=key_digest(secret, claim["key"]),
            at=at,
        )
        async with use_ticket(self._database, ticket, fact) as connection:
            await connection.execute(
                "INSERT INTO exchange.claims (claim_id, grant_id, resource_id, sealed, looked_seq, posted_at, expires_at)"
                " VALUES (%s, %s, %s, %s, coalesce((SELECT seq FROM exchange.streams WHERE resource_id = %s), 0), %s, %s)"
                " ON CONFLICT (claim_id) DO UPDATE SET sealed = excluded.sealed, looked_seq = excluded.looked_seq,"
                " posted_at = excluded.posted_at, expires_at = excluded.expires_at",
                [claim_id, ticket.grant_id, ticket.resource_id, sealed, ticket.resource_id, at, at + KEPT],
            )
        return {"taken": True, "size": fact.size, "digest": fact.digest}

    async def read(self, ticket: Ticket) -> Any:
        """Give a claim out; the reading is recorded before anything is shown."""
        claim_id, terms = check_claim_ticket(ticket, CLAIM_READ)
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT sealed FROM exchange.claims WHERE claim_id = %s AND grant_id = %s AND expires_at > %s",
                [claim_id, ticket.grant_id, clock.now()],
            )
            row = await cursor.fetchone()
        if row is None:
            raise NothingToShow("The claim is not here, or no longer kept.")
        claim = json.loads(open_secret(self._master, bytes(row[0]), _context(claim_id)))
        fact = ClaimRead(
            claim_id=claim_id,
            ticket_id=ticket.ticket_id,
            person=ticket.person,
            resource_id=ticket.resource_id,
            grant_id=terms.grant_id,
            at=clock.now(),
        )
        async with use_ticket(self._database, ticket, fact):
            pass
        return claim

    # ---- the watch ------------------------------------------------------------------------------------------------------

    async def watch_for_ever(self, ready: asyncio.Event) -> None:
        """Look again and again, once the orders are known."""
        await ready.wait()
        while True:
            with contextlib.suppress(DataPlaneError):
                await self.forget()
                await self.watch()
                await self.watch_answers()
            await asyncio.sleep(EVERY)

    async def forget(self) -> None:
        """Remove the claims of cases that are over."""
        if gone := list(self._book.forgotten):
            async with self._database.connection() as connection:
                await connection.execute("DELETE FROM exchange.claims WHERE claim_id = ANY(%s)", [gone])
            self._book.forgotten.difference_update(gone)

    async def watch(self) -> int:
        """Look at what was sealed since the last time for every claim; how many changes of records were seen."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT c.claim_id, c.grant_id, c.resource_id, c.sealed, c.looked_seq FROM exchange.claims c"
                " JOIN exchange.streams s USING (resource_id) WHERE s.seq > c.looked_seq AND c.expires_at > %s"
                " ORDER BY c.posted_at LIMIT %s",
                [clock.now(), AT_ONCE],
            )
            rows = await cursor.fetchall()
        seen = 0
        for row in rows:
            # One claim that cannot be looked at now does not stand in the way of the others.
            with contextlib.suppress(DataPlaneError):
                seen += await self._look(*row)
        return seen

    async def _look(self, claim_id: UUID, grant_id: UUID, resource_id: UUID, sealed: bytes, looked: int) -> bool:
        entries = await self._store.entries(resource_id, looked)
        reached = entries[-1].seq if entries else looked
        found = 0
        grant = self._book.grants.get(grant_id)
        if grant is not None and (terms := grant.terms) is not None:
            claim = json.loads(open_secret(self._master, bytes(sealed), _context(claim_id)))
            for entry in entries:
                if entry.kind not in (SegmentKind.LOAD, SegmentKind.CHANGES):
                    continue
                for segment in await self._store.read(resource_id, [entry.seq]):
                    if await self._shows(terms, segment, claim):
                        found = entry.seq
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "UPDATE exchange.claims SET looked_seq = %s, answer_seq = coalesce(%s, answer_seq)"
                " WHERE claim_id = %s AND looked_seq = %s",
                [reached, found or None, claim_id, looked],
            )
            if cursor.rowcount != 1 or not found:
                return False
            fact = CorrectedRowSealed(
                claim_id=claim_id,
                resource_id=resource_id,
                grant_id=grant_id,
                seq=found,
                grant_ids=await self._carrying(resource_id, found),
                at=clock.now(),
            )
            await connection.execute("INSERT INTO link.facts (kind, body) VALUES (%s, %s)", row_of(fact))
        _log.info("the record of claim %s changed in segment %d", claim_id, found)
        return True

    async def watch_answers(self) -> int:
        """See whose changed record calls are answered from now; how many there were."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT c.claim_id, c.grant_id, c.resource_id, c.answer_seq FROM exchange.claims c"
                " WHERE c.answer_seq <= (SELECT s.seq FROM exchange.service_states s"
                "  WHERE s.resource_id = c.resource_id AND s.ready ORDER BY s.begin_seq DESC LIMIT 1)"
                " ORDER BY c.posted_at LIMIT %s",
                [AT_ONCE],
            )
            rows = await cursor.fetchall()
        seen = 0
        for row in rows:
            with contextlib.suppress(DataPlaneError):
                seen += await self._answered(*row)
        return seen

    async def _answered(self, claim_id: UUID, grant_id: UUID, resource_id: UUID, seq: int) -> bool:
        fact = CorrectedRowAnswered(
            claim_id=claim_id,
            resource_id=resource_id,
            grant_id=grant_id,
            seq=seq,
            grant_ids=await self._carrying(resource_id, seq, answered=True),
            at=clock.now(),
        )
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "UPDATE exchange.claims SET answer_seq = NULL WHERE claim_id = %s AND answer_seq = %s", [claim_id, seq]
            )
            if cursor.rowcount != 1:
                return False
            await connection.execute("INSERT INTO link.facts (kind, body) VALUES (%s, %s)", row_of(fact))
        return True

    async def _shows(self, terms: Terms, segment: Segment, claim: dict[str, Any]) -> bool:
        try:
            return await asyncio.to_thread(shows_change, await self._policy(terms, segment), segment, claim)
        except Terminal:
            # A segment of other elements, or a filter it does not cover: it says nothing of this grant.
            return False

    async def _carrying(self, resource_id: UUID, seq: int, *, answered: bool = False) -> tuple[UUID, ...]:
        """The open grants by table, or by interface, whose projection of the segment has rows: it comes to them alone."""
        carrying = []
        for segment in await self._store.read(resource_id, [seq]):
            for grant_id, entry in list(self._book.grants.items()):
                order = entry.service if answered else entry.order
                if order is None or entry.ended is not None or order.terms.resource_id != resource_id:
                    continue
                with contextlib.suppress(Terminal):
                    policy = await self._policy(order.terms, segment)
                    if (await asyncio.to_thread(_projected, policy, segment)).num_rows:
                        carrying.append(grant_id)
        return tuple(sorted(carrying, key=str))

    async def _policy(self, terms: Terms, segment: Segment) -> Policy:
        return compile_terms(terms, elements_of(decode_schema(segment.body)), await self._secrets.of(terms))


def key_digest(secret: bytes, key: dict[str, Any]) -> str:
    """The digest of a record's key as the consumer sees it, under its secret: a doubt and a call that mean one record agree."""
    return "hmac-sm3:" + hmac.digest(element_secret(secret, ":claim"), canonical(key), "sm3").hex()


def _context(claim_id: UUID) -> str:
    return f"claim:{claim_id}"


def _projected(policy: Policy, segment: Segment) -> Any:
    batch = decode_batch(segment.body)
    return policy.project_load(batch) if segment.header.kind is SegmentKind.LOAD else policy.project_changes(batch)


def shows_change(policy: Policy, segment: Segment, claim: dict[str, Any]) -> bool:
    """Whether the segment carries the claim's record as deleted, or with another value than the claim found doubtful.

    A change of a masked element may look the same through its mask, so any change of the record counts there.
    """
    batch = _projected(policy, segment)
    by_code = {spec.code: spec for spec in policy.schema}
    if not batch.num_rows or any(code not in by_code for code in claim["key"]):
        return False
    mine = pa.array([True] * batch.num_rows)
    for code, wanted in claim["key"].items():
        mine = pc.and_(mine, pc.fill_null(pc.equal(texts(batch.column(code), by_code[code]), wanted), False))
    rows = batch.filter(mine)
    loaded = segment.header.kind is SegmentKind.LOAD
    comparable = [code for code in claim["present"] if code in by_code and code not in policy.terms.masks]
    for index, operation in enumerate(rows.column(OP).to_pylist()):
        if operation == DELETE:
            return True
        if operation != UPSERT:
            continue
        if not comparable:
            if not loaded:
                return True
            continue
        for code in comparable:
            found = texts(rows.column(code).slice(index, 1), by_code[code]).to_pylist()[0]
            if (found or "").strip() != claim["present"][code].strip():
                return True
    return False


def read_claim(value: Any, schema: tuple[ElementSpec, ...]) -> dict[str, Any]:
    """The claim in a request: key by element, present and believed values, words, one file; raises RequestMalformed."""
    if not isinstance(value, dict):
        raise RequestMalformed("The body is not a claim.")
    codes = {spec.code for spec in schema}
    keys = {spec.code for spec in schema if spec.key}
    key = _texts_of(value, "key", keys)
    if set(key) != keys or not all(key.values()):
        raise RequestMalformed("The parameter {name} is missing.", name="key")
    return {
        "key": key,
        "present": _texts_of(value, "present", codes),
        "believed": _texts_of(value, "believed", codes),
        "words": _text(value.get("words", ""), "words", LONGEST_WORDS),
        "file": _file(value.get("file")),
    }


def _texts_of(value: dict[str, Any], name: str, allowed: set[str]) -> dict[str, str]:
    found = value.get(name) or {}
    if not isinstance(found, dict) or not set(found) <= allowed:
        raise RequestMalformed("The parameter {name} names what the grant does not.", name=name)
    return {str(code): _text(text, name, LONGEST_VALUE) for code, text in found.items()}


def _text(text: Any, name: str, longest: int) -> str:
    if not isinstance(text, str) or len(text) > longest or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise RequestMalformed("The parameter {name} is not a text of that length.", name=name)
    return text


def _file(found: Any) -> dict[str, str] | None:
    if not found:
        return None
    try:
        data = base64.b64decode(str(found["data"]), validate=True)
        name = _text(str(found["name"]).rpartition("/")[2], "file", 200)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise RequestMalformed("The parameter {name} cannot be read.", name="file") from error
    if len(data) > LARGEST_FILE:
        raise RequestMalformed("The file is larger than {most} bytes.", most=LARGEST_FILE)
    return {"name": name or "file", "data": base64.b64encode(data).decode("ascii")}
