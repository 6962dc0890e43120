"""An answered call (查询, 比对) as the gateway tells it: a line of use, the end of the provision clock, a reference."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import actions as catalogue_actions
from gongxiang.platform.delivery.files import FETCH
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import providing, use_records
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.services import CallAnswered, Channel


@dataclass(frozen=True, kw_only=True)
class CallView:
    """One answered call, as pages show it."""

    id: str
    at: datetime
    channel: str
    person: str
    purpose: str
    matter: str
    rows: int


#: The kind under which evidence keeps a call; its subject is the reference the caller was given.
CALL = "data:call_answered"


@implements("wushen-2021-60:19(2)", "wushen-2021-60:22.2", "cn-809:22.1", "cn-809:29.2")
@transaction.atomic
def take_call(fact: CallAnswered, *, by: System) -> None:
    """Keep who asked, for what and for which matter, and how many rows were found; never a value."""
    sides = grants.sides_of(fact.grant_id)
    if sides is None:
        return
    channel = use_records.LOOKUP if fact.channel == Channel.LOOKUP else use_records.MATCH
    use_records.note_use(
        grant_id=fact.grant_id, channel=channel, purposes=[fact.purpose], person=fact.person, matter=fact.matter,
        rows=fact.rows, elements=fact.elements, by=by, at=fact.at,
    )  # fmt: skip
    catalogue_actions.note_used(resource_id=fact.resource_id, by=by, at=fact.at)
    providing.note_first_data(grant_id=fact.grant_id, measured_by="call", by=by, at=fact.at)
    record_act(
        kind=CALL, subject=("data", fact.call_id), by=by, at=fact.at,
        basis=("wushen-2021-60:19(2)", "wushen-2021-60:22.2"),
        after={
            "channel": fact.channel, "grant": fact.grant_id, "revision": fact.revision, "node": fact.node_id,
            "person": fact.person, "purpose": fact.purpose, "matter": fact.matter, "elements": fact.elements,
            "rows": fact.rows, "key_digests": fact.key_digests, "seq": fact.seq,
        },
        concerns=(*sides, parties.authority().id),
        # Not the grant's own case: thousands of calls would hide what was decided there.
        trail=(f"calls:{fact.grant_id}",),
    )  # fmt: skip


@implements("wushen-2021-60:23")
def is_call_of(reference: str, grant_id: UUID) -> bool:
    """Whether a call of this grant was answered under the reference."""
    try:
        said = evidence.said_of(CALL, subject=("data", UUID(reference.strip())))
    except ValueError:
        return False
    return said is not None and said.get("grant") == str(grant_id)


@implements("wushen-2021-60:19(2)", "wushen-2021-60:22.2")
def calls_of(grant_id: UUID, *, text: str = "", channel: str = "", actor: Actor) -> "QuerySet[Any]":
    """The answered calls and fetched files of a grant that the actor may see, newest first; by reference or matter, by way."""
    rows = evidence.in_trail(f"calls:{grant_id}", by=actor).filter(kind__in=(CALL, FETCH))
    if text:
        rows = rows.filter(Q(subject_id=text) | Q(after__matter__icontains=text))
    return rows.filter(after__channel=channel) if channel else rows


def view_of(row: Any) -> CallView:
    """The frozen value of a record."""
    said = row.after
    return CallView(
        id=row.subject_id, at=row.occurred_at, channel=said["channel"], person=said["person"], purpose=said["purpose"],
        matter=said["matter"], rows=int(said["rows"]),
    )  # fmt: skip
