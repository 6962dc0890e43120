"""Acts on what does not exist and on collection plans: state, confirm, file; draft, answer hits, propose, approve, end.

Nothing is collected that the catalogue, a project or another department's plan has, unless a reason stands beside it (条例 19).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from gongxiang.law.articles import implements
from gongxiang.platform.access import dispute_papers, permissions_dispute, policies, states_dispute
from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access import queries_collection as collection
from gongxiang.platform.access.dispute_sync import STOPPED, own_clock
from gongxiang.platform.access.errors import CommentMissing, OwnDraft
from gongxiang.platform.access.models import Absence, AccessRequest, CollectionPlan
from gongxiang.platform.access.queries_collection import AbsenceView, Case, PlanView
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.elements import stem
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.catalogue.vocabulary import UpdateCycle
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.grants.shared import next_number
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects.vocabulary import Answer
from gongxiang.platform.rulebook.recounting import recount_row

_PLAN: Final = ("wushen-2021-60:21(2)", "wushen-2021-60:22.5", "cn-809:19.1")
#: Longest name of one item, and how many a plan may have; choices of the product.
_ITEM: Final = 200
_ITEMS: Final = 100


# ---- the data do not exist ----------------------------------------------------------------------------------------------


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def state_search(
    *, access_request_id: UUID | None = None, demand_id: UUID | None = None, search: str, by: Actor, at: datetime
) -> AbsenceView:
    """The provider, which answered that the data do not exist, says where it looked; the consumer confirms or disputes."""
    case = _case(access_request_id, demand_id)
    permissions_dispute.check_own(permissions_dispute.STATE_SEARCH, by, case.provider_id)
    if not case.answered:
        raise refusals.CaseNotOpenToThis()
    _check_long(search, refusals.SearchMissing(field="search"))
    return _open(case, "state", search=search.strip(), rule="absence_answer", by=by, at=at)


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def report_absence(
    *, access_request_id: UUID | None = None, demand_id: UUID | None = None, search: str, by: Actor, at: datetime
) -> AbsenceView:
    """The consumer found that the data exist nowhere: nobody answered in time, or the answer names no search."""
    case = _case(access_request_id, demand_id)
    permissions_dispute.check_own(permissions_dispute.ANSWER, by, case.consumer_id)
    _check_long(search, refusals.SearchMissing(field="search"))
    return _open(case, "report", search=search.strip(), rule="file_record", by=by, at=at)


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def answer_absence(*, absence_id: UUID, confirms: bool, reason: str = "", by: Actor, at: datetime) -> AbsenceView:
    """The consumer's accountable officer confirms that the data do not exist, or says why it does not believe it."""
    row = collection.absence_for_update(absence_id)
    permissions_dispute.check_own(permissions_dispute.ANSWER, by, row.consumer_id)
    act = "confirm" if confirms else "dispute"
    states_dispute.ABSENCE.find(act, row.status)
    if not confirms:
        _check_long(reason, refusals.AnswerReasonMissing(field="reason"))
    changes = {
        "answer_reason": reason.strip(), "answered_at": at, "answered_by": by.name, **own_clock("file_record", at),
    }  # fmt: skip
    _move(row, act, by=by, at=at, changes=changes)
    return collection.absence_view(row)


@implements("wushen-2021-60:21(2)", "wushen-2021-60:22.5", "wushen-2021-60:24")
@transaction.atomic
def file_absence(*, absence_id: UUID, opinion: str, answered_hits: Sequence[str] = (), by: Actor, at: datetime) -> AbsenceView:
    """The authority looks into the catalogue, answers what looks alike, and files it under a number.

    `answered_hits` are the entries (their ids) that the opinion says are not what is needed.
    """
    row = collection.absence_for_update(absence_id)
    permissions_dispute.check_neutral(permissions_dispute.FILE, by, row.consumer_id, row.provider_id)
    states_dispute.ABSENCE.find("file", row.status)
    _check_long(opinion, refusals.OpinionShort(field="opinion"))
    hits = existing_for(row)
    left = {str(hit["target_name"]) for hit in hits if hit["available"] and hit["target_id"] not in answered_hits}
    if left:
        raise refusals.HitsUnanswered(field="answered_hits", what="、".join(sorted(left)))
    changes = {
        **STOPPED, "hits": hits, "opinion": opinion.strip(), "filing_number": next_number("CB", at), "decided_at": at,
        "decided_by": by.name,
    }  # fmt: skip
    _move(row, "file", by=by, at=at, changes=changes)
    dispute_papers.filing(row, by=by, at=at)
    return collection.absence_view(row)


@implements("wushen-2021-60:21(2)", "wushen-2021-60:6", "wushen-2021-60:24")
@transaction.atomic
def find_entry(*, absence_id: UUID, resource_id: UUID | None, opinion: str, by: Actor, at: datetime) -> AbsenceView:
    """The authority found the data: an entry of the catalogue has them, and the consumer applies for it."""
    row = collection.absence_for_update(absence_id)
    permissions_dispute.check_neutral(permissions_dispute.FILE, by, row.consumer_id, row.provider_id)
    states_dispute.ABSENCE.find("find", row.status)
    entry = _entry(resource_id)
    if entry is None or not entry.is_published:
        raise refusals.FoundEntryMissing(field="code")
    _check_long(opinion, refusals.OpinionShort(field="opinion"))
    changes = {
        **STOPPED, "hits": existing_for(row), "opinion": opinion.strip(), "found_resource_id": entry.id,
        "found_name": entry.name, "decided_at": at, "decided_by": by.name,
    }  # fmt: skip
    _move(row, "find", by=by, at=at, changes=changes)
    return collection.absence_view(row)


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def drop_absence(*, absence_id: UUID, reason: str, by: Actor, at: datetime) -> AbsenceView:
    """The consumer no longer needs it filed."""
    row = collection.absence_for_update(absence_id)
    permissions_dispute.check_own(permissions_dispute.ANSWER, by, row.consumer_id)
    if not reason.strip():
        raise CommentMissing(field="reason")
    _move(row, "drop", by=by, at=at, changes={**STOPPED, "answer_reason": reason.strip()})
    return collection.absence_view(row)


@implements("wushen-2021-60:21(2)", "wushen-2021-60:24")
@transaction.atomic
def lapse_absence(*, absence_id: UUID, by: Actor, at: datetime) -> AbsenceView | None:
    """Nobody answered the statement in time: the authority looks at it as at one that is disputed."""
    permissions_dispute.LAPSE.check(by)
    row = collection.absence_for_update(absence_id)
    if row.status != states_dispute.STATED or row.due_at is None or at < row.due_at:
        return None
    _move(row, "lapse", by=by, at=row.due_at, changes=own_clock("file_record", row.due_at))
    return collection.absence_view(row)


@transaction.atomic
def entries_alike(absence_id: UUID) -> list[str]:
    """The entries (their ids) that look like these data and can be applied for: what a filing has to answer."""
    hits = existing_for(collection.absence_for_update(absence_id))
    return sorted({str(hit["target_id"]) for hit in hits if hit["available"]})


def existing_for(row: Absence) -> list[dict[str, Any]]:
    """What looks like these data, besides the entry that was asked for and does not have them."""
    found = collection.find_existing(row.title, row.items, department_id=row.consumer_id)
    return [hit for hit in found if hit["target_id"] != str(_asked_resource(row))]


# ---- the collection plan ------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:21(2)", "wushen-2021-60:22.5", "cn-809:19.1")
@transaction.atomic
def draft_plan(
    *,
    absence_id: UUID,
    title: str,
    items: Sequence[str],
    collected_from: str,
    legal_basis: str,
    update_cycle: str,
    starts_on: date | None,
    method: str = "",
    by: Actor,
    at: datetime,
) -> PlanView:
    """Write the plan: what is collected, from whom, on which basis, how often, from when; it is held against what exists."""
    absence = collection.absence_for_update(absence_id)
    person = permissions_dispute.check_own(permissions_dispute.PLAN, by, absence.consumer_id)
    if absence.status != states_dispute.FILED:
        raise refusals.NotFiled()
    running = CollectionPlan.objects.filter(absence=absence).exclude(status=states_dispute.CANCELLED).first()
    if running is not None:
        raise refusals.PlanOpen(number=running.number)
    values = _checked(absence, title, items, collected_from, legal_basis, update_cycle, starts_on, method)
    hits = collection.find_existing(values["title"], values["items"], department_id=absence.consumer_id)
    plan = CollectionPlan(
        id=new_id(), number=next_number("CJ", at), turn="consumer", absence=absence, department_id=absence.consumer_id,
        department_name=absence.consumer_name, drafted_at=at, drafted_by=by.name, drafted_by_id=person.id, checked_at=at,
        hits=hits, **values,
    )  # fmt: skip
    after = {"number": plan.number, "items": values["items"], "filing": absence.filing_number, "hits": len(hits)}
    open_record(plan, table=states_dispute.COLLECTION_PLAN, act="draft", by=by, at=at, after=after, **_plan_seen(plan))
    return collection.plan_view(plan)


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def change_plan(
    *,
    plan_id: UUID,
    title: str,
    items: Sequence[str],
    collected_from: str,
    legal_basis: str,
    update_cycle: str,
    starts_on: date | None,
    method: str = "",
    by: Actor,
    at: datetime,
) -> PlanView:
    """Write the draft, or what was returned, anew; answers to hits that are still there are kept."""
    plan = collection.plan_for_update(plan_id)
    person = permissions_dispute.check_own(permissions_dispute.PLAN, by, plan.department_id)
    states_dispute.COLLECTION_PLAN.find("propose", plan.status)
    absence = collection.absence_for_update(plan.absence_id)
    values = _checked(absence, title, items, collected_from, legal_basis, update_cycle, starts_on, method)
    plan.title, plan.items = values["title"], values["items"]
    changed = {**values, "hits": _fresh_hits(plan), "checked_at": at, "drafted_by": by.name, "drafted_by_id": person.id}
    after = {name: values[name] for name in ("title", "items", "update_cycle", "starts_on")}
    _note_plan(plan, "changed", by=by, at=at, changes=changed, after=after)
    return collection.plan_view(plan)


@implements("wushen-2021-60:22.5", "cn-809:19.1")
@transaction.atomic
def answer_plan_hits(*, plan_id: UUID, answers: Mapping[str, tuple[str, str]], by: Actor, at: datetime) -> PlanView:
    """For each hit (its key `item|target`): used through sharing, or collected anew for a reason; all at once."""
    plan = collection.plan_for_update(plan_id)
    permissions_dispute.check_own(permissions_dispute.PLAN, by, plan.department_id)
    states_dispute.COLLECTION_PLAN.find("propose", plan.status)
    missing: list[Refusal] = []
    kept = []
    for n, hit in enumerate(plan.hits):
        answer, reason = answers.get(hit_key(hit), ("", ""))
        if answer not in Answer.values:
            missing.append(refusals.HitUnanswered(field=f"answer-{n}", what=hit["target_name"]))
        elif answer == Answer.JUSTIFIED and len(reason.strip()) < policies.SHORTEST_TEXT:
            missing.append(refusals.HitUnanswered(field=f"reason-{n}", what=hit["target_name"]))
        kept.append({**hit, "answer": answer, "reason": reason.strip()[:500]})
    if missing:
        raise Shortfalls(missing)
    after = {"answers": {hit_key(hit): hit["answer"] for hit in kept}}
    detail = {"reasons": {hit_key(hit): hit["reason"] for hit in kept if hit["reason"]}}
    _note_plan(plan, "hits_answered", by=by, at=at, changes={"hits": kept}, after=after, detail=detail)
    return collection.plan_view(plan)


@implements("wushen-2021-60:22.5", "cn-809:19.1")
@transaction.atomic
def check_anew(*, plan_id: UUID, by: Actor, at: datetime) -> PlanView:
    """Hold the plan once more against what exists now; answers to hits that are still there are kept."""
    plan = collection.plan_for_update(plan_id)
    permissions_dispute.check_own(permissions_dispute.PLAN, by, plan.department_id)
    states_dispute.COLLECTION_PLAN.find("propose", plan.status)
    hits = _fresh_hits(plan)
    _note_plan(plan, "checked", by=by, at=at, changes={"hits": hits, "checked_at": at}, after={"hits": len(hits)})
    return collection.plan_view(plan)


@implements("wushen-2021-60:21(2)", "wushen-2021-60:22.5", "cn-809:19.1")
@transaction.atomic
def propose_plan(*, plan_id: UUID, by: Actor, at: datetime) -> PlanView:
    """The accountable officer lays the plan before the authority; every hit is answered, and the check is of this moment."""
    plan = collection.plan_for_update(plan_id)
    person = permissions_dispute.check_own(permissions_dispute.PROPOSE, by, plan.department_id)
    states_dispute.COLLECTION_PLAN.find("propose", plan.status)
    acts = ["collection_plan:drafted", "collection_plan:changed"]
    if person.is_hand_of(*hands_in(plan.drafted_by_id, of=[("collection_plan", plan.pk)], acts=acts)):
        raise OwnDraft()
    hits = _fresh_hits(plan)
    if {hit_key(hit) for hit in hits} - {hit_key(hit) for hit in plan.hits}:
        raise refusals.CheckOutdated()
    if left := [str(hit["target_name"]) for hit in hits if not hit["answer"]]:
        raise refusals.HitUnanswered(what="、".join(dict.fromkeys(left)))
    if not set(plan.items) - {hit["item"] for hit in hits if hit["answer"] == Answer.REUSE}:
        raise refusals.NothingLeftToCollect()
    changes = {"hits": hits, "proposed_at": at, "proposed_by": by.name, "opinion": "", **own_clock("plan_review", at)}
    _move_plan(plan, "propose", by=by, at=at, changes=changes)
    return collection.plan_view(plan)


@implements("wushen-2021-60:21(2)", "wushen-2021-60:22.5", "wushen-2021-60:24", "cn-809:19.1")
@transaction.atomic
def review_plan(*, plan_id: UUID, approves: bool, opinion: str, by: Actor, at: datetime) -> PlanView:
    """The authority approves the plan, or returns it with its view."""
    plan = collection.plan_for_update(plan_id)
    permissions_dispute.check_neutral(permissions_dispute.FILE, by, plan.department_id)
    act = "approve" if approves else "return"
    states_dispute.COLLECTION_PLAN.find(act, plan.status)
    if not approves:
        _check_long(opinion, refusals.OpinionShort(field="opinion"))
    changes = {**STOPPED, "opinion": opinion.strip(), "reviewed_at": at, "reviewed_by": by.name}
    _move_plan(plan, act, by=by, at=at, changes=changes)
    return collection.plan_view(plan)


@implements("wushen-2021-60:7", "wushen-2021-60:21(2)")
@transaction.atomic
def finish_plan(*, plan_id: UUID, resource_id: UUID | None, by: Actor, at: datetime) -> PlanView:
    """The collected data are catalogued: the own published entry has every item that was to be collected."""
    plan = collection.plan_for_update(plan_id)
    permissions_dispute.FINISH.check(by)
    if not isinstance(by, System):
        permissions_dispute.check_own(permissions_dispute.FINISH, by, plan.department_id)
    states_dispute.COLLECTION_PLAN.find("finish", plan.status)
    entry = _entry(resource_id)
    if entry is None or not entry.is_published or entry.provider_id != plan.department_id:
        raise refusals.EntryNotOwn(field="code")
    if lacking := missing_in(plan, entry):
        raise refusals.EntryLacksItems(field="code", what="、".join(lacking))
    changes = {"resource_id": entry.id, "resource_name": entry.name, "ended_at": at, "ended_by": by.name}
    _move_plan(plan, "finish", by=by, at=at, changes=changes)
    return collection.plan_view(plan)


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def cancel_plan(*, plan_id: UUID, reason: str, by: Actor, at: datetime) -> PlanView:
    """The department no longer collects this; the filing stays and may carry another plan."""
    plan = collection.plan_for_update(plan_id)
    permissions_dispute.check_own(permissions_dispute.PROPOSE, by, plan.department_id)
    if not reason.strip():
        raise CommentMissing(field="reason")
    changes = {**STOPPED, "ended_at": at, "ended_by": by.name, "ended_reason": reason.strip()}
    _move_plan(plan, "cancel", by=by, at=at, changes=changes)
    return collection.plan_view(plan)


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def recount(*, kind: str, key: UUID, by: Actor, at: datetime) -> bool:
    """Count the clock of a record or plan again after a holiday notice; whether it moved."""
    permissions_dispute.RECOUNT.check(by)
    row: Absence | CollectionPlan
    row = collection.absence_for_update(key) if kind == "absence" else collection.plan_for_update(key)
    seen = _seen(row) if isinstance(row, Absence) else _plan_seen(row)
    return recount_row(row=row, running=collection.running_clock(row), subject=kind, by=by, at=at, seen=seen)


def hit_key(hit: Mapping[str, Any]) -> str:
    """What tells two hits apart: the item and what has it."""
    return f"{hit['item']}|{hit['target_id']}|{hit['element']}"


def missing_in(plan: CollectionPlan, entry: ResourceRef) -> list[str]:
    """Items of the plan for which the entry has no element of that name or meaning."""
    has = {stem(element.name) for element in entry.elements}
    return [item for item in collection.plan_view(plan).collected if stem(item) not in has]


def _case(access_request_id: UUID | None, demand_id: UUID | None) -> Case:
    case = collection.case_of_request(access_request_id) if access_request_id else None
    if case is None and demand_id:
        case = collection.case_of_demand(demand_id)
    if case is None:
        raise refusals.CaseNotOpenToThis()
    return case


def _open(case: Case, act: str, *, search: str, rule: str, by: Actor, at: datetime) -> AbsenceView:
    of = {"access_request_id": case.id} if case.kind == "request" else {"demand_id": case.id}
    running = Absence.objects.filter(**of).exclude(status__in=(states_dispute.FOUND, states_dispute.DROPPED)).first()
    if running is not None:
        raise refusals.AbsenceOpen(number=running.number)
    arrow = states_dispute.ABSENCE.find(act, None)
    row = Absence(
        id=new_id(), number=next_number("QS", at), turn=arrow.turn, title=case.title[:500], items=list(case.items),
        consumer_id=case.consumer_id, consumer_name=case.consumer_name, provider_id=case.provider_id,
        provider_name=case.provider_name, search=search, stated_at=at, stated_by=by.name, **of, **own_clock(rule, at),
    )  # fmt: skip
    try:
        with transaction.atomic():
            open_record(
                row, table=states_dispute.ABSENCE, act=act, by=by, at=at, rule_version=row.due_rule,
                after={"number": row.number, "items": row.items, "case": case.number}, detail={"search": search}, **_seen(row),
            )  # fmt: skip
    except IntegrityError:
        # Two stated it at once; the constraint let one through.
        raise refusals.AbsenceOpen(number=case.number) from None
    return collection.absence_view(row)


def _checked(
    absence: Absence, title: str, items: Sequence[str], collected_from: str, legal_basis: str, update_cycle: str,
    starts_on: date | None, method: str,
) -> dict[str, Any]:  # fmt: skip
    wanted = [item for item in dict.fromkeys(one.strip()[:_ITEM] for one in items) if item][:_ITEMS]
    problems: list[Refusal] = []
    texts = {"title": title, "collected_from": collected_from, "legal_basis": legal_basis}
    problems += [
        refusals.PlanIncomplete(field=name) for name, text in texts.items() if len(text.strip()) < policies.SHORTEST_TEXT
    ]
    if not wanted:
        problems.append(refusals.PlanIncomplete(field="items"))
    if update_cycle not in UpdateCycle.values:
        problems.append(refusals.PlanIncomplete(field="update_cycle"))
    if starts_on is None:
        problems.append(refusals.PlanIncomplete(field="starts_on"))
    filed = {stem(item) for item in absence.items}
    if beyond := [item for item in wanted if stem(item) not in filed]:
        problems.append(refusals.ItemNotFiled(field="items", what="、".join(beyond)))
    if problems:
        raise Shortfalls(problems)
    return {
        "title": title.strip()[:200], "items": wanted, "item_keys": [stem(item) for item in wanted],
        "collected_from": collected_from.strip(), "legal_basis": legal_basis.strip(), "method": method.strip(),
        "update_cycle": update_cycle, "starts_on": starts_on,
    }  # fmt: skip


def _fresh_hits(plan: CollectionPlan) -> list[dict[str, Any]]:
    """What is found now, with the answers already given."""
    given = {hit_key(hit): hit for hit in plan.hits}
    found = collection.find_existing(plan.title, plan.items, department_id=plan.department_id, besides=plan.pk)
    said = ("answer", "reason")
    return [{**hit, **{name: given.get(hit_key(hit), hit)[name] for name in said}} for hit in found]


def _entry(resource_id: UUID | None) -> ResourceRef | None:
    try:
        return catalogue.get_resource(resource_id) if resource_id else None
    except Refusal:
        return None


def _asked_resource(row: Absence) -> UUID | None:
    if row.access_request_id is None:
        return None
    return AccessRequest.objects.filter(pk=row.access_request_id).values_list("resource_id", flat=True).first()


def _check_long(text: str, refusal: Refusal) -> None:
    if len(text.strip()) < policies.SHORTEST_REASON:
        raise refusal


def _move(row: Absence, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any]) -> None:
    arrow = states_dispute.ABSENCE.find(act, row.status)
    changed = {"turn": arrow.turn, **changes}
    rule = str(changed.get("due_rule", "")) or row.due_rule
    transition(row, table=states_dispute.ABSENCE, act=act, by=by, at=at, changes=changed, rule_version=rule, **_seen(row))


def _move_plan(row: CollectionPlan, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any]) -> None:
    arrow = states_dispute.COLLECTION_PLAN.find(act, row.status)
    changed = {"turn": arrow.turn, **changes}
    rule = str(changed.get("due_rule", "")) or row.due_rule
    transition(
        row, table=states_dispute.COLLECTION_PLAN, act=act, by=by, at=at, changes=changed, rule_version=rule,
        **_plan_seen(row),
    )  # fmt: skip


def _note_plan(
    row: CollectionPlan, event: str, *, by: Actor, at: datetime, changes: Mapping[str, Any], **evidence: Any
) -> None:
    if not isinstance(by, Person):
        raise NotPermitted()
    record_act(
        kind=f"collection_plan:{event}", subject=("collection_plan", row.pk), by=by, at=at, basis=_PLAN, **evidence,
        **_plan_seen(row),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=[*changes])


def _seen(row: Absence) -> dict[str, Any]:
    concerned = {row.consumer_id, row.provider_id, parties.authority().id} - {None}
    case = f"access_request:{row.access_request_id}" if row.access_request_id else f"demand:{row.demand_id}"
    return {"concerns": concerned, "trail": (case,)}


def _plan_seen(row: CollectionPlan) -> dict[str, Any]:
    return {"concerns": (row.department_id, parties.authority().id), "trail": (f"absence:{row.absence_id}",)}
