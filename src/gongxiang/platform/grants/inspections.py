"""Inspections of use by provider or authority (条例 29): announced with scope and day, concluded, replied to, closed."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import open_record, transition
from gongxiang.platform.grants import errors_use as errors
from gongxiang.platform.grants import permissions, policies, queries, states_use
from gongxiang.platform.grants.models import Inspection
from gongxiang.platform.grants.shared import next_number, seen_by
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING

RESULTS = ("sound", "defects")
SHORTEST = 4


@implements("cn-809:29.1", "cn-809:29.2")
@transaction.atomic
def announce_inspection(*, grant_id: UUID, scope: str, inspected_on: date, by: Actor, at: datetime) -> Inspection:
    """The provider's officer or the authority announces what is inspected, and on which day; ended grants too."""
    grant = queries.get_for_update(grant_id)
    permissions.check_provider_or_authority(permissions.INSPECT, by, grant.provider_id)
    assert isinstance(by, Person)
    if len(scope.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="scope")
    today = at.astimezone(BEIJING).date()
    days = rulebook.parameter("inspection_ahead_days")
    if not today <= inspected_on <= today + timedelta(days=days):
        raise errors.InspectionDayUnfit(field="inspected_on", days=days)
    row = Inspection(
        id=new_id(), number=next_number("JC", at), grant=grant, inspector_id=by.department_id, inspector_name=by.department,
        scope=scope.strip(), inspected_on=inspected_on, announced_at=at, announced_by=by.name,
    )  # fmt: skip
    open_record(
        row, table=states_use.INSPECTION, act="announce", by=by, at=at,
        after={"number": row.number, "scope": row.scope, "inspected_on": inspected_on}, **seen_by(grant),
    )  # fmt: skip
    return row


@implements("cn-809:29.2")
@transaction.atomic
def conclude_inspection(*, inspection_id: UUID, result: str, findings: str, by: Actor, at: datetime) -> Inspection:
    """State the result: nothing to put right, or what the consumer has to reply to."""
    row = _inspected_by(inspection_id, by)
    if result not in RESULTS:
        raise errors.ResultUnknown(field="result")
    act = "pass" if result == "sound" else "find"
    states_use.INSPECTION.find(act, row.status)
    if len(findings.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="findings")
    changes = {"result": result, "findings": findings.strip(), "concluded_at": at, "concluded_by": by.name}
    if act == "pass":
        changes |= {"closed_at": at, "closed_by": by.name}
    transition(row, table=states_use.INSPECTION, act=act, by=by, at=at, changes=changes, **seen_by(row.grant))
    return row


@implements("cn-809:29.2")
@transaction.atomic
def reply_to_inspection(*, inspection_id: UUID, reply: str, by: Actor, at: datetime) -> Inspection:
    """The consumer's accountable officer replies to what was found."""
    row = for_update(inspection_id)
    permissions.check_own_department(permissions.REPLY_TO_INSPECTION, by, row.grant.consumer_id)
    states_use.INSPECTION.find("reply", row.status)
    if len(reply.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="reply")
    changes = {"reply": reply.strip(), "replied_at": at, "replied_by": by.name}
    transition(row, table=states_use.INSPECTION, act="reply", by=by, at=at, changes=changes, **seen_by(row.grant))
    return row


@implements("cn-809:29.2")
@transaction.atomic
def close_inspection(*, inspection_id: UUID, opinion: str, accepted: bool, by: Actor, at: datetime) -> Inspection:
    """The reply suffices and the inspection is closed, or it goes back to the consumer."""
    row = _inspected_by(inspection_id, by)
    act = "close" if accepted else "reject"
    states_use.INSPECTION.find(act, row.status)
    policies.check_reasoned("closed", opinion, ("closed",))
    changes: dict[str, object] = {"opinion": opinion.strip()}
    if accepted:
        changes |= {"closed_at": at, "closed_by": by.name}
    transition(row, table=states_use.INSPECTION, act=act, by=by, at=at, changes=changes, **seen_by(row.grant))
    return row


def for_update(inspection_id: UUID) -> Inspection:
    """The row with its grant, locked."""
    row = Inspection.objects.select_for_update(of=("self",)).select_related("grant").filter(pk=inspection_id).first()
    if row is None:
        raise NotFound()
    return row


def _inspected_by(inspection_id: UUID, by: Actor) -> Inspection:
    """The row, if the actor's department is the one that inspects."""
    permissions.INSPECT.check(by)
    row = for_update(inspection_id)
    if not isinstance(by, Person) or by.department_id != row.inspector_id:
        raise NotPermitted()
    return row
