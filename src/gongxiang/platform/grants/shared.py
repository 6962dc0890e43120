"""What several acts of the room share: numbers of series, filings with the authority, who sees a record."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants.models import Filing, Grant
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.clock import BEIJING

#: What a suspension wrote, taken back.
NOT_SUSPENDED: Final = {
    "suspended_at": None, "suspended_by": "", "suspended_by_authority": False, "suspend_reason": "", "suspend_statement": "",
}  # fmt: skip


def nodes_of(grant: Grant) -> list[UUID]:
    """The nodes that an order on the grant is for; none before its flow was opened."""
    return [node for node in (grant.provider_node_id, grant.consumer_node_id) if node]


def lateness(at: datetime, row: Any) -> dict[str, bool]:
    """What the evidence says of an act after its day: late only where the day was certain, else that it was provisional."""
    over = row.due_at is not None and at >= row.due_at
    if over and row.due_provisional:
        return {"late": False, "after_provisional_day": True}
    return {"late": over}


def next_number(series: str, at: datetime) -> str:
    """The next number of a series in its year, e.g. `SQ-2026-0012`; gapless, since the counter's row stays locked."""
    year = at.astimezone(BEIJING).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO grants_counter (name, value) VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = grants_counter.value + 1 RETURNING value",
            [f"{series}-{year}"],
        )
        (value,) = cursor.fetchone()
    return f"{series}-{year}-{value:04d}"


def file_act(*, grant: Grant, act: str, reason: str, statement: str, by: Actor, at: datetime) -> None:
    """File an act on a grant with the authority: numbered, in evidence, in the act's own transaction."""
    filing = Filing(
        number=next_number("BA", at),
        grant=grant,
        act=act,
        reason=reason,
        statement=statement.strip(),
        filed_at=at,
        filed_by=by.name,
        filed_by_department=by.department if isinstance(by, Person) else "",
    )
    record_act(
        kind="grant:filed",
        subject=("grant", grant.pk),
        by=by,
        at=at,
        basis=("cn-809:27.3",),
        after={"number": filing.number, "act": act, "reason": reason, "statement": filing.statement},
        **seen_by(grant),
    )
    filing.save(force_insert=True)


def seen_by(grant: Grant, *requests: UUID | None) -> dict[str, Any]:
    """Who may see the record, and to which trails it belongs."""
    tags = {f"access_request:{r}" for r in (grant.access_request_id, *requests) if r}
    return {
        "concerns": (grant.provider_id, grant.consumer_id, parties.authority().id),
        "trail": (f"grant:{grant.pk}", f"resource:{grant.resource_id}", *sorted(tags)),
    }
