"""Samples: up to ten masked rows of a resource for one person with a ticket, through the same policy as everything else."""

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from gongxiang.gateway.database import Database
from gongxiang.gateway.facts import row_of
from gongxiang.gateway.secrets import ConsumerSecrets
from gongxiang.gateway.store import SegmentStore
from gongxiang.gateway.trials import Trials
from gongxiang.gateway.volume import spend
from gongxiang.protocol import clock
from gongxiang.protocol.batches import decode_batch, decode_schema, elements_of
from gongxiang.protocol.errors import NothingToShow, PurposeOutsideGrant, TicketAltered, TicketUsed
from gongxiang.protocol.messages import Message, SampleShown
from gongxiang.protocol.policy import compile_terms
from gongxiang.protocol.segments import SegmentKind
from gongxiang.protocol.terms import Terms
from gongxiang.protocol.tickets import MOUNT, SAMPLE, Ticket
from gongxiang.protocol.types import texts

#: Rows shown.
ROWS = 10
#: Load segments looked at; a filter that lets nothing through must not read the whole table.
SEGMENTS = 4


def check_ticket(ticket: Ticket) -> None:
    """Raise unless the ticket asks for what its own terms allow."""
    if ticket.kind == MOUNT and ticket.terms is None and ticket.grant_id is None:
        return
    if ticket.kind != SAMPLE or ticket.terms is None or ticket.terms.resource_id != ticket.resource_id:
        raise TicketAltered("The ticket is for something else.")
    if ticket.terms.purposes and ticket.purpose not in ticket.terms.purposes:
        raise PurposeOutsideGrant


async def show_trial(database: Database, trials: Trials, ticket: Ticket, at: datetime) -> Any:
    """Use the ticket and give the rows that the node masked; recorded first, as every sample."""
    value = trials.take(ticket.trial_id, resource_id=ticket.resource_id, at=at)
    await _use(database, ticket, rows=len(value["rows"]), elements=tuple(column["code"] for column in value["columns"]))
    return value


async def show_sample(database: Database, store: SegmentStore, secrets: ConsumerSecrets, ticket: Ticket) -> Any:
    """Use the ticket and give the rows; the use is recorded before anything is shown: no evidence, no data."""
    terms: Terms | None = ticket.terms
    assert terms is not None
    sequences = await _newest_load(database, ticket)
    if not sequences:
        raise NothingToShow
    columns: list[dict[str, str]] = []
    rows: list[list[str | None]] = []
    for sequence in sequences:
        (segment,) = await store.read(ticket.resource_id, [sequence])
        policy = compile_terms(terms, elements_of(decode_schema(segment.body)), await secrets.of(terms))
        batch = policy.project_load(decode_batch(segment.body)).slice(0, ROWS - len(rows))
        columns = [{"code": spec.code, "type": spec.type.value} for spec in policy.schema]
        shown = [texts(batch.column(spec.code), spec).to_pylist() for spec in policy.schema]
        rows += [list(row) for row in zip(*shown, strict=True)]
        if len(rows) >= ROWS:
            break
    await _use(database, ticket, rows=len(rows), elements=tuple(column["code"] for column in columns))
    return {"resource_id": str(ticket.resource_id), "columns": columns, "rows": rows}


async def _newest_load(database: Database, ticket: Ticket) -> list[int]:
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT seq FROM exchange.segments WHERE resource_id = %s AND kind = %s AND seq > coalesce("
            " (SELECT max(b.seq) FROM exchange.segments b WHERE b.resource_id = %s AND b.kind = 'begin' AND EXISTS ("
            "  SELECT FROM exchange.segments l WHERE l.resource_id = b.resource_id AND l.kind = 'load' AND l.seq > b.seq)), 0)"
            " ORDER BY seq LIMIT %s",
            [ticket.resource_id, SegmentKind.LOAD.value, ticket.resource_id, SEGMENTS],
        )
        return [row[0] for row in await cursor.fetchall()]


async def _use(database: Database, ticket: Ticket, *, rows: int, elements: tuple[str, ...]) -> None:
    fact = SampleShown(
        ticket_id=ticket.ticket_id,
        person=ticket.person,
        resource_id=ticket.resource_id,
        grant_id=ticket.grant_id,
        purpose=ticket.purpose.value,
        elements=elements,
        rows=rows,
        at=clock.now(),
        matter=ticket.matter,
    )
    async with use_ticket(database, ticket, fact) as connection:
        if ticket.grant_id is not None and ticket.terms is not None:
            await spend(connection, ticket.terms, rows=rows, at=fact.at)


@contextlib.asynccontextmanager
async def use_ticket(database: Database, ticket: Ticket, fact: Message) -> AsyncIterator[Any]:
    """Use the ticket and record it, in one transaction with whatever else is done in it; raises TicketUsed."""
    async with database.transaction() as connection:
        await mark_used(connection, ticket)
        await connection.execute("INSERT INTO link.facts (kind, body) VALUES (%s, %s)", row_of(fact))
        yield connection


async def mark_used(connection: Any, ticket: Ticket) -> None:
    """Use the ticket, in the transaction of what it is used for; raises TicketUsed."""
    cursor = await connection.execute(
        "INSERT INTO exchange.tickets_used (ticket_id, used_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [ticket.ticket_id, clock.now()],
    )
    if cursor.rowcount != 1:
        raise TicketUsed
