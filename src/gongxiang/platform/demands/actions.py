"""Acts on demands: state, assign, hand back, answer, contest, close, withdraw; and what the clock does."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.demands import errors, permissions, policies, queries, states
from gongxiang.platform.demands.models import Demand, DemandCounter
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.kernel.actors import Actor, Person, Role
from gongxiang.platform.kernel.errors import NotPermitted, Refusal
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.recounting import recount_row

_STOPPED: Mapping[str, Any] = {
    "clock_from": None, "due_at": None, "due_basis": "", "due_rule": "", "due_provisional": False,
}  # fmt: skip
_UNANSWERED: Mapping[str, Any] = {
    "outcome": "", "answer": "", "resource_id": None, "resource_name": "", "planned_on": None, "answered_at": None,
    "answered_by": "",
}  # fmt: skip


@implements("wushen-2021-60:4(2)", "wushen-2021-60:6", "cn-809:20.1")
@transaction.atomic
def state_demand(
    *,
    title: str,
    items: Iterable[str],
    duty: str,
    matter: str = "",
    mode: str = "table",
    update_cycle: str = "DAILY",
    urgent: bool = False,
    urgent_reason: str = "",
    by: Actor,
    at: datetime,
) -> Demand:
    """State what the own department needs and the catalogue does not offer."""
    permissions.STATE.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    wanted = [item.strip()[:120] for item in dict.fromkeys(items) if item.strip()]
    policies.check_stated(title=title, items=wanted, duty=duty, urgent=urgent, urgent_reason=urgent_reason)
    one_at_a_time("demands", by.department_id)
    twin = Demand.objects.filter(
        consumer_id=by.department_id, title=title.strip()[:200], items=wanted, status__in=states.OPEN
    ).first()
    if twin is not None:
        raise errors.SameDemandOpen(field="title", number=twin.number)
    demand = Demand(
        id=new_id(),
        number=_number(at),
        turn="authority",
        title=title.strip()[:200],
        items=wanted,
        duty=duty.strip(),
        matter=matter.strip()[:200],
        mode=mode,
        update_cycle=update_cycle,
        urgent=urgent,
        urgent_reason=urgent_reason.strip()[:500] if urgent else "",
        consumer_id=by.department_id,
        consumer_name=by.department,
        stated_at=at,
        stated_by=by.name,
        **_clock("demand_assignment", at),
    )
    after = {"title": demand.title, "items": demand.items, "urgent": urgent}
    open_record(
        demand, table=states.DEMAND, act="state", by=by, at=at, rule_version=demand.due_rule, after=after, **_seen_by(demand)
    )
    return demand


@implements("wushen-2021-60:4(2)", "cn-809:20.1")
@transaction.atomic
def assign_demand(*, demand_id: UUID, provider_id: UUID, note: str = "", by: Actor, at: datetime) -> Demand:
    """Pass it to the department that is likely to hold the data; its period of answer begins."""
    permissions.ASSIGN.check(by)
    demand = queries.get_for_update(demand_id)
    if provider_id == demand.consumer_id:
        raise errors.OwnData(field="provider_id")
    provider = parties.department_ref(provider_id)
    changes = {
        "provider_id": provider.id, "provider_name": provider.name, "assigned_at": at, "note": note.strip(),
        **_clock("demand_answer", at),
    }  # fmt: skip
    return _move(demand, "assign", by=by, at=at, changes=changes)


@implements("wushen-2021-60:4(2)")
@transaction.atomic
def hand_back_demand(*, demand_id: UUID, reason: str, by: Actor, at: datetime) -> Demand:
    """The department does not hold such data by its duties: the authority looks for another."""
    demand = queries.get_for_update(demand_id)
    permissions.check_of_department(permissions.HAND_BACK, by, demand.provider_id)
    changes = {"note": policies.check_reason(reason, "reason"), **_clock("demand_assignment", at)}
    return _move(demand, "hand_back", by=by, at=at, changes=changes)


@implements("wushen-2021-60:4(2)", "wushen-2021-60:6", "wushen-2021-60:22.5")
@transaction.atomic
def answer_demand(
    *, demand_id: UUID, outcome: str, text: str, resource_id: UUID | None = None, planned_on: date | None = None,
    draft_id: UUID | None = None, by: Actor, at: datetime,
) -> Demand:  # fmt: skip
    """Say that an entry serves, that one will be compiled by a day, or that the data do not exist."""
    demand = queries.get_for_update(demand_id)
    side = permissions.answering_side(by, demand.provider_id)
    if outcome not in states.OUTCOMES or (side == "authority" and outcome != states.EXISTS):
        raise NotPermitted()
    if side == "provider" and demand.status == states.STATED:
        states.DEMAND.find("hand_back", demand.status)
    if outcome == states.DOES_NOT_EXIST and not (isinstance(by, Person) and by.has(Role.ACCOUNTABLE_OFFICER)):
        raise errors.NotYourAnswer(field="outcome")
    policies.check_planned(outcome, planned_on, beijing_date(at), longest=rulebook.parameter("longest_plan_days"))
    changes: dict[str, Any] = {
        **_UNANSWERED, **_STOPPED, "outcome": outcome, "answer": policies.check_reason(text, "text"), "answered_at": at,
        "answered_by": by.name, "late": demand.late or bool(demand.due_at and at >= demand.due_at and demand.provider_id),
        "planned_on": planned_on if outcome == states.WILL_BE_COMPILED else None,
    }  # fmt: skip
    if outcome == states.EXISTS:
        changes |= _entry(resource_id)
    elif outcome == states.WILL_BE_COMPILED and draft_id is not None:
        changes |= _draft(draft_id, demand.provider_id)
    return _move(demand, "answer", by=by, at=at, changes=changes)


@implements("wushen-2021-60:4(2)", "wushen-2021-60:6")
@transaction.atomic
def fulfil_demand(*, demand_id: UUID, by: Actor, at: datetime) -> Demand | None:
    """The entry that was to be compiled for it is published; None where the demand does not wait for one."""
    permissions.FULFIL.check(by)
    demand = queries.get_for_update(demand_id)
    if demand.status != states.ANSWERED or demand.outcome != states.WILL_BE_COMPILED or demand.resource_id is None:
        return None
    changed = {"outcome": states.EXISTS, **_entry(demand.resource_id)}
    record_act(
        kind="demand:entry_published", subject=("demand", demand.pk), by=by, at=at, basis=("wushen-2021-60:4(2)",),
        before={"outcome": demand.outcome}, after={"outcome": states.EXISTS, "resource": demand.resource_id},
        **_seen_by(demand),
    )  # fmt: skip
    for name, value in changed.items():
        setattr(demand, name, value)
    demand.save(update_fields=["outcome", "resource_id", "resource_name"])
    return demand


@implements("wushen-2021-60:4(2)")
@transaction.atomic
def contest_answer(*, demand_id: UUID, reason: str, by: Actor, at: datetime) -> Demand:
    """The answer does not meet the need: the authority looks at it again."""
    demand = queries.get_for_update(demand_id)
    permissions.check_of_department(permissions.STATE, by, demand.consumer_id)
    changes = {"note": policies.check_reason(reason, "reason"), **_UNANSWERED, **_clock("demand_assignment", at)}
    return _move(demand, "contest", by=by, at=at, changes=changes)


@implements("wushen-2021-60:4(2)")
@transaction.atomic
def close_demand(*, demand_id: UUID, by: Actor, at: datetime) -> Demand:
    """The demander is answered; what does not exist stays in the list for collection plans."""
    demand = queries.get_for_update(demand_id)
    permissions.check_of_department(permissions.STATE, by, demand.consumer_id)
    return _move(demand, "close", by=by, at=at, changes={**_STOPPED, "ended_at": at})


@implements("wushen-2021-60:4(2)")
@transaction.atomic
def withdraw_demand(*, demand_id: UUID, reason: str, by: Actor, at: datetime) -> Demand:
    """The demander no longer needs it."""
    demand = queries.get_for_update(demand_id)
    permissions.check_of_department(permissions.STATE, by, demand.consumer_id)
    changes = {**_STOPPED, "ended_at": at, "note": policies.check_reason(reason, "reason")}
    return _move(demand, "withdraw", by=by, at=at, changes=changes)


@implements("wushen-2021-60:4(2)", "wushen-2021-60:24")
@transaction.atomic
def lapse_answer(*, demand_id: UUID, by: Actor, at: datetime) -> Demand | None:
    """Pass an unanswered demand to the authority as of the instant its period ended; None when somebody was faster."""
    permissions.LAPSE.check(by)
    demand = queries.get_for_update(demand_id)
    if demand.status != states.ASSIGNED:
        return None
    ended = policies.check_lapsed(demand.due_at, at)
    return _move(demand, "lapse", by=by, at=ended, changes={"late": True})


@implements("wushen-2021-60:4(2)")
@transaction.atomic
def recount_deadline(*, demand_id: UUID, by: Actor, at: datetime) -> Demand | None:
    """Count a running period again after a holiday notice was entered; None where nothing moves."""
    permissions.RECOUNT.check(by)
    demand = queries.get_for_update(demand_id)
    running = queries.running_clock(demand)
    moved = recount_row(row=demand, running=running, subject="demand", by=by, at=at, seen=_seen_by(demand))
    return demand if moved else None


def _entry(resource_id: UUID | None) -> dict[str, Any]:
    """The published entry that serves; raises EntryMissing."""
    try:
        found = catalogue.get_resource(resource_id) if resource_id else None
    except Refusal:
        found = None
    if found is None or not found.is_published:
        raise errors.EntryMissing(field="resource_id")
    return {"resource_id": found.id, "resource_name": found.name}


def _draft(draft_id: UUID, provider_id: UUID | None) -> dict[str, Any]:
    """The provider's own draft from which the entry will come; raises DraftNotYours."""
    try:
        found = catalogue.get_draft(draft_id)
    except Refusal as refusal:
        raise errors.DraftNotYours(field="draft_id") from refusal
    if found.provider_id != provider_id:
        raise errors.DraftNotYours(field="draft_id")
    return {"resource_id": found.id, "resource_name": found.content.name}


def _number(at: datetime) -> str:
    """The next number of the year; gapless, since the counter's row stays locked."""
    year = beijing_date(at).year
    DemandCounter.objects.get_or_create(year=year)
    counter = DemandCounter.objects.select_for_update().get(year=year)
    counter.value += 1
    counter.save(update_fields=["value"])
    return f"XQ-{year}-{counter.value:04d}"


def _clock(rule: str, start: datetime) -> dict[str, Any]:
    deadline = rulebook.deadline(rule, start=start)
    return {
        "clock_from": start, "due_at": deadline.due_at, "due_basis": deadline.basis, "due_rule": deadline.rule,
        "due_provisional": deadline.provisional,
    }  # fmt: skip


def _seen_by(demand: Demand, provider_id: UUID | None = None) -> dict[str, Any]:
    concerned = {demand.consumer_id, demand.provider_id, provider_id, parties.authority().id} - {None}
    trail = [f"resource:{demand.resource_id}"] if demand.resource_id else []
    return {"concerns": concerned, "trail": trail}


def _move(demand: Demand, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any]) -> Demand:
    arrow = states.DEMAND.find(act, demand.status)
    changed = {"turn": arrow.turn, **changes}
    seen = _seen_by(demand, changed.get("provider_id"))
    rule = str(changed.get("due_rule", ""))
    transition(demand, table=states.DEMAND, act=act, by=by, at=at, changes=changed, rule_version=rule, **seen)
    return demand
