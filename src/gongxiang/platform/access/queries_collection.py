"""Reading what was filed as not existing, and collection plans; the check against catalogue, projects and others' plans."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.law.articles import implements
from gongxiang.platform.access import permissions_dispute, states, states_dispute
from gongxiang.platform.access.models import Absence, AccessRequest, CollectionPlan
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.elements import stem
from gongxiang.platform.demands import queries as demands
from gongxiang.platform.demands import states as demand_states
from gongxiang.platform.kernel.actors import Actor, Person, Role, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import duplicates
from gongxiang.platform.projects.planned import Planned, PlannedElement
from gongxiang.platform.projects.vocabulary import TargetKind
from gongxiang.platform.rulebook.values import OpenDeadline

_READER: Final = System(name="access")
#: Kinds of hits beside those of projects (`TargetKind`).
PLAN: Final = "PLAN"


@dataclass(frozen=True, kw_only=True)
class AbsenceView:
    """What is said not to exist, as pages see it."""

    id: UUID
    number: str
    status: str
    turn: str
    access_request_id: UUID | None
    demand_id: UUID | None
    title: str
    items: list[str]
    consumer_id: UUID
    consumer_name: str
    provider_id: UUID | None
    provider_name: str
    search: str
    stated_at: datetime
    stated_by: str
    answer_reason: str
    answered_at: datetime | None
    answered_by: str
    due_at: datetime | None
    due_basis: str
    due_rule: str
    due_provisional: bool
    hits: list[dict[str, Any]]
    opinion: str
    filing_number: str
    found_resource_id: UUID | None
    found_name: str
    decided_at: datetime | None
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """A collection plan as pages see it."""

    id: UUID
    number: str
    status: str
    turn: str
    absence_id: UUID
    department_id: UUID
    department_name: str
    title: str
    items: list[str]
    collected_from: str
    legal_basis: str
    method: str
    update_cycle: str
    starts_on: date
    hits: list[dict[str, Any]]
    checked_at: datetime | None
    drafted_at: datetime
    drafted_by: str
    drafted_by_id: UUID
    proposed_at: datetime | None
    proposed_by: str
    due_at: datetime | None
    due_basis: str
    due_rule: str
    due_provisional: bool
    opinion: str
    reviewed_at: datetime | None
    reviewed_by: str
    resource_id: UUID | None
    resource_name: str
    ended_at: datetime | None
    ended_by: str
    ended_reason: str

    @property
    def reused(self) -> frozenset[str]:
        """Items that will be used through sharing, not collected."""
        return frozenset(str(hit["item"]) for hit in self.hits if hit["answer"] == "REUSE")

    @property
    def collected(self) -> list[str]:
        """Items that are collected."""
        return [item for item in self.items if item not in self.reused]

    @property
    def unanswered(self) -> int:
        """Hits without an answer."""
        return sum(1 for hit in self.hits if not hit["answer"])


@dataclass(frozen=True, kw_only=True)
class Case:
    """The request or demand whose data are said not to exist."""

    kind: str
    id: UUID
    number: str
    title: str
    items: tuple[str, ...]
    consumer_id: UUID
    consumer_name: str
    provider_id: UUID | None
    provider_name: str
    #: What the provider said when it answered.
    answer: str
    #: The provider answered that the data do not exist; else nobody answered in time.
    answered: bool


# ---- cases --------------------------------------------------------------------------------------------------------------


def case_of_request(access_request_id: UUID) -> Case | None:
    """A request that was refused because the data do not exist; None for others."""
    row = AccessRequest.objects.filter(pk=access_request_id).first()
    if row is None or row.status != states.REFUSED or row.refusal_ground != "does_not_exist":
        return None
    names = {one.code: one.name for one in catalogue.get_resource(row.resource_id).elements}
    items = tuple(names.get(code) or code for code in row.elements)
    return Case(
        kind="request", id=row.pk, number=row.number, title=row.resource_name, items=items,
        consumer_id=row.consumer_id, consumer_name=row.consumer_name, provider_id=row.provider_id,
        provider_name=row.provider_name, answer=row.reply_text, answered=True,
    )  # fmt: skip


def case_of_demand(demand_id: UUID) -> Case | None:
    """A demand answered as not existing, or overdue; None for others."""
    try:
        row = demands.get_demand(demand_id, actor=_READER)
    except NotFound:
        return None
    answered = row.outcome == demand_states.DOES_NOT_EXIST and row.status in (demand_states.ANSWERED, demand_states.CLOSED)
    if not answered and row.status != demand_states.OVERDUE:
        return None
    return Case(
        kind="demand", id=row.pk, number=row.number, title=row.title, items=tuple(row.items), consumer_id=row.consumer_id,
        consumer_name=row.consumer_name, provider_id=row.provider_id, provider_name=row.provider_name, answer=row.answer,
        answered=answered,
    )  # fmt: skip


def unstated_cases(department_id: UUID) -> list[Case]:
    """What the department answered as not existing without having stated the search yet."""
    stated = Absence.objects.exclude(status=states_dispute.DROPPED)
    requests = AccessRequest.objects.filter(provider_id=department_id, status=states.REFUSED, refusal_ground="does_not_exist")
    requests = requests.exclude(pk__in=stated.filter(access_request__isnull=False).values("access_request_id"))
    found = [case_of_request(key) for key in requests.values_list("id", flat=True)[:100]]
    answered = demands.find_demands(actor=_READER, outcome=demand_states.DOES_NOT_EXIST).filter(provider_id=department_id)
    answered = answered.exclude(pk__in=stated.filter(demand__isnull=False).values("demand_id"))
    found += [case_of_demand(key) for key in answered.values_list("id", flat=True)[:100]]
    return [one for one in found if one is not None]


# ---- absences -----------------------------------------------------------------------------------------------------------


def absences_visible_to(actor: Actor) -> QuerySet[Absence]:
    """What was filed is open to every department that shares; the rest to both sides, the authority and the audit office."""
    rows = Absence.objects.order_by("-stated_at", "-number")
    if permissions_dispute.sees_all(actor):
        return rows
    if isinstance(actor, System) or not permissions_dispute.VIEW_PLANS.allows(actor):
        return rows.none()
    own = Q(consumer_id=actor.department_id) | Q(provider_id=actor.department_id)
    return rows.filter(own | Q(status=states_dispute.FILED))


def get_absence(absence_id: UUID, *, actor: Actor) -> AbsenceView:
    """One record; NotFound when it is not the actor's to see."""
    row = absences_visible_to(actor).filter(pk=absence_id).first()
    if row is None:
        raise NotFound()
    return absence_view(row)


def find_absences(*, actor: Actor, text: str = "", status: str = "", department_id: UUID | None = None) -> QuerySet[Absence]:
    """For a list; `department_id` is the one that needs the data."""
    rows = absences_visible_to(actor)
    if text:
        words = Q(number__icontains=text) | Q(title__icontains=text) | Q(consumer_name__icontains=text)
        rows = rows.filter(words | Q(provider_name__icontains=text) | Q(filing_number__icontains=text))
    if status in states_dispute.ABSENCE.states:
        rows = rows.filter(status=status)
    return rows.filter(consumer_id=department_id) if department_id else rows


def absences_of(
    *, actor: Actor, access_request_id: UUID | None = None, demand_id: UUID | None = None
) -> tuple[AbsenceView, ...]:
    """The records of one request or demand."""
    rows = absences_visible_to(actor)
    if access_request_id is not None:
        rows = rows.filter(access_request_id=access_request_id)
    elif demand_id is not None:
        rows = rows.filter(demand_id=demand_id)
    else:
        rows = rows.none()
    return tuple(absence_view(row) for row in rows)


def absence_for_update(absence_id: UUID) -> Absence:
    """The record, locked until the transaction ends."""
    row = Absence.objects.select_for_update().filter(pk=absence_id).first()
    if row is None:
        raise NotFound()
    return row


def absence_view(row: Absence) -> AbsenceView:
    """The frozen value of a row."""
    return AbsenceView(**{name: getattr(row, name) for name in AbsenceView.__dataclass_fields__})


# ---- plans --------------------------------------------------------------------------------------------------------------


def plans_visible_to(actor: Actor) -> QuerySet[CollectionPlan]:
    """The register is open to every department that shares; what is not proposed yet to its own and the authority."""
    rows = CollectionPlan.objects.order_by("-drafted_at", "-number")
    if permissions_dispute.sees_all(actor):
        return rows
    if isinstance(actor, System) or not permissions_dispute.VIEW_PLANS.allows(actor):
        return rows.none()
    return rows.filter(Q(department_id=actor.department_id) | Q(proposed_at__isnull=False))


def get_plan(plan_id: UUID, *, actor: Actor) -> PlanView:
    """One plan; NotFound when it is not the actor's to see."""
    row = plans_visible_to(actor).filter(pk=plan_id).first()
    if row is None:
        raise NotFound()
    return plan_view(row)


def find_plans(
    *, actor: Actor, text: str = "", status: str = "", department_id: UUID | None = None
) -> QuerySet[CollectionPlan]:
    """The register of collection plans."""
    rows = plans_visible_to(actor)
    if text:
        words = Q(number__icontains=text) | Q(title__icontains=text) | Q(department_name__icontains=text)
        rows = rows.filter(words | Q(items__icontains=text))
    if status in states_dispute.COLLECTION_PLAN.states:
        rows = rows.filter(status=status)
    return rows.filter(department_id=department_id) if department_id else rows


def plans_of(absence_id: UUID, *, actor: Actor) -> tuple[PlanView, ...]:
    """The plans that rest on a filing, the newest first."""
    return tuple(plan_view(row) for row in plans_visible_to(actor).filter(absence_id=absence_id))


def plan_for_update(plan_id: UUID) -> CollectionPlan:
    """The plan, locked until the transaction ends."""
    row = CollectionPlan.objects.select_for_update().filter(pk=plan_id).first()
    if row is None:
        raise NotFound()
    return row


def plan_view(row: CollectionPlan) -> PlanView:
    """The frozen value of a row."""
    return PlanView(**{name: getattr(row, name) for name in PlanView.__dataclass_fields__})


def departments_with_plans(actor: Actor) -> list[tuple[UUID, str]]:
    """For the register's filter."""
    rows = plans_visible_to(actor).order_by().values_list("department_id", "department_name").distinct()
    return sorted(rows, key=lambda one: one[1])


def approved_of(department_id: UUID) -> list[UUID]:
    """Plans of a department that wait for their data to be catalogued."""
    rows = CollectionPlan.objects.filter(department_id=department_id, status=states_dispute.APPROVED)
    return list(rows.values_list("id", flat=True))


# ---- who has it already -------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:22.5", "cn-809:19.1")
def find_existing(
    title: str, items: Collection[str], *, department_id: UUID, besides: UUID | None = None
) -> list[dict[str, Any]]:
    """Who has these items, or will: published elements, other projects' plans, other departments' collection plans.

    The same engine as the check of forms and pre-compiled catalogues (`projects.duplicates`); own entries are hits too.
    """
    wanted = [item for item in dict.fromkeys(one.strip() for one in items) if item]
    found: list[dict[str, Any]] = []
    elements = duplicates.find_for_items(wanted, department_id=department_id)
    owners = parties.department_names({hit.provider_id for hits in elements.values() for hit in hits})
    for item, hits in elements.items():
        for hit in hits:
            found.append(
                _hit(
                    item,
                    TargetKind.RESOURCE.value,
                    hit.resource_id,
                    hit.resource_name,
                    hit.resource_code,
                    owners.get(hit.provider_id, ""),
                    hit.element_name,
                    exact=hit.exact,
                    available=hit.available,
                    own=hit.provider_id == department_id,
                )
            )
    found += _planned_by_projects(title, wanted, department_id=department_id)
    keys = {stem(item): item for item in wanted}
    others = CollectionPlan.objects.filter(status__in=states_dispute.PLANNED, item_keys__overlap=list(keys))
    if besides is not None:
        others = others.exclude(pk=besides)
    for row in others.order_by("number")[:200]:
        reused = plan_view(row).reused
        for theirs in row.items:
            if theirs not in reused and (mine := keys.get(stem(theirs))):
                found.append(
                    _hit(
                        mine,
                        PLAN,
                        row.pk,
                        row.title,
                        row.number,
                        row.department_name,
                        theirs,
                        exact=mine == theirs,
                        available=False,
                        own=row.department_id == department_id,
                    )
                )
    return found


def _planned_by_projects(title: str, items: list[str], *, department_id: UUID) -> list[dict[str, Any]]:
    planned = Planned(name=title, elements=tuple(PlannedElement(name=item) for item in items))
    key = UUID(int=0)
    alike = duplicates.find_resemblances({key: planned}, department_id=department_id, project_id=None)[key]
    return [
        _hit(
            mine,
            TargetKind.PLANNED.value,
            one.project_id or one.target_id,
            one.target_name,
            one.target_code,
            one.owner,
            theirs,
            exact=mine == theirs,
            available=False,
            own=one.owner_id == department_id,
        )
        for one in alike
        if one.target_kind == TargetKind.PLANNED
        for mine, theirs in one.elements
    ]


def _hit(
    item: str, kind: str, target_id: UUID, name: str, code: str, owner: str, element: str, *, exact: bool, available: bool,
    own: bool,
) -> dict[str, Any]:  # fmt: skip
    return {
        "item": item, "kind": kind, "target_id": str(target_id), "target_name": name, "code": code, "owner": owner,
        "element": element, "exact": exact, "available": available, "own": own, "answer": "", "reason": "",
    }  # fmt: skip


# ---- turns and clocks ---------------------------------------------------------------------------------------------------


def absences_waiting(actor: Person) -> list[AbsenceView]:
    """Records whose next act is this person's."""
    mine = Q(pk__in=[])
    if actor.has(Role.ACCOUNTABLE_OFFICER):
        mine |= Q(status=states_dispute.STATED, consumer_id=actor.department_id)
    if actor.has(Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER):
        neutral = ~Q(consumer_id=actor.department_id) & (Q(provider_id=None) | ~Q(provider_id=actor.department_id))
        mine |= neutral & Q(status__in=states_dispute.TO_FILE)
    if actor.has(Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER):
        planned = CollectionPlan.objects.exclude(status=states_dispute.CANCELLED).values("absence_id")
        mine |= Q(status=states_dispute.FILED, consumer_id=actor.department_id) & ~Q(pk__in=planned)
    return [absence_view(row) for row in Absence.objects.filter(mine).order_by("due_at", "stated_at")[:200]]


def plans_waiting(actor: Person) -> list[PlanView]:
    """Plans whose next act is this person's."""
    mine = Q(pk__in=[])
    own = Q(department_id=actor.department_id)
    if actor.has(Role.CLERK, Role.REVIEWER):
        mine |= own & Q(status__in=(*states_dispute.EDITABLE, states_dispute.APPROVED))
    if actor.has(Role.ACCOUNTABLE_OFFICER):
        mine |= own & Q(status__in=states_dispute.EDITABLE) & ~Q(drafted_by_id=actor.id)
    if actor.has(Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER):
        mine |= ~own & Q(status=states_dispute.PROPOSED)
    return [plan_view(row) for row in CollectionPlan.objects.filter(mine).order_by("due_at", "drafted_at")[:200]]


def running_clock(row: Absence | CollectionPlan) -> OpenDeadline | None:
    """The clock of a record or plan, if one runs."""
    if row.due_at is None or row.clock_from is None:
        return None
    if isinstance(row, Absence):
        kind, sides, seen = "absence", {"consumer_id": row.consumer_id}, (row.consumer_id, row.provider_id)
    else:
        kind, sides, seen = "collection_plan", {"consumer_id": row.department_id}, (row.department_id, None)
    return OpenDeadline(
        subject=f"{kind}:{row.pk}", title=f"{row.number} {row.title}", rule=row.due_rule, start=row.clock_from,
        due_at=row.due_at, basis=row.due_basis, concerns=tuple(one for one in seen if one),
        **parties.whose_turn(row.turn, **sides),
    )  # fmt: skip


def open_deadlines(at: datetime) -> list[OpenDeadline]:
    """The clocks of answers, filings and reviews that run at `at`."""
    rows: Iterable[Absence | CollectionPlan] = (
        *Absence.objects.filter(due_at__gt=at).order_by("due_at"),
        *CollectionPlan.objects.filter(due_at__gt=at).order_by("due_at"),
    )
    return [running for row in rows if (running := running_clock(row)) is not None]


def lapsed(at: datetime) -> list[UUID]:
    """Statements that nobody answered in time."""
    rows = Absence.objects.filter(status=states_dispute.STATED, due_at__lte=at).order_by("due_at")
    return list(rows.values_list("id", flat=True))


def with_running_clock() -> list[tuple[str, UUID]]:
    """Records and plans whose clock a new calendar may move."""
    absences = Absence.objects.filter(due_at__isnull=False).values_list("id", flat=True)
    plans = CollectionPlan.objects.filter(due_at__isnull=False).values_list("id", flat=True)
    return [("absence", key) for key in absences] + [("collection_plan", key) for key in plans]
