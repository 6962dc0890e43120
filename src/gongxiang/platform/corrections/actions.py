"""Acts on corrections: report, assign, hand over, the verdict, what follows it; and what the clock does."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.corrections import errors, permissions, policies, queries, states
from gongxiang.platform.corrections.models import CorrectedCopy, Correction, CorrectionCounter
from gongxiang.platform.delivery import calls
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants import serving
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.recounting import recount_row
from gongxiang.protocol.claims import ForgetClaim

RULE = "correction"
STOPPED: Mapping[str, Any] = {
    "clock_from": None, "due_at": None, "due_basis": "", "due_rule": "", "due_provisional": False,
}  # fmt: skip
_UNANSWERED: Mapping[str, Any] = {
    "outcome": "", "verdict": "", "verdict_at": None, "verdict_by": "", "working_days": None, "sealed_seq": None,
    "sealed_at": None, "sealed_grants": [], "answered_seq": None, "answered_at": None, "answered_grants": [],
}  # fmt: skip
_READER = System(name=permissions.FOLLOWER)


@implements("wushen-2021-60:23", "cn-809:26.2")
@transaction.atomic
def report_correction(
    *,
    grant_id: UUID,
    kind: str,
    origin: str,
    elements: Iterable[str],
    description: str,
    call_id: str = "",
    reconciliation_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Correction:
    """Report a doubt or an error about what was received under a grant; the provider's period begins."""
    permissions.REPORT.check(by)
    grant = grants.get_grant(grant_id, actor=by)
    permissions.check_of_department(permissions.REPORT, by, grant.consumer_id)
    chosen = list(dict.fromkeys(elements))
    granted = grants.current_terms(grant_id).elements
    policies.check_report(kind=kind, origin=origin, elements=chosen, granted=granted, description=description, call_id=call_id)
    if call_id.strip() and serving.is_served(grant) and not calls.is_call_of(call_id, grant_id):
        raise errors.CallUnknown(field="call_id")
    one_at_a_time("correction", grant_id)
    if (twin := queries.twin_of(grant_id, kind, chosen, description.strip(), call_id.strip(), by=by.name, at=at)) is not None:
        raise errors.ReportedAlready(number=twin.number)
    row = _new(grant, kind=kind, origin=origin, elements=chosen, at=at, by=by.name)
    row.description = description.strip()
    row.call_id = call_id.strip()
    row.reconciliation_id, row.figures = _compared(grant_id, reconciliation_id, by)
    row.turn = "provider"
    for name, value in clock_of(at).items():
        setattr(row, name, value)
    after = {"number": row.number, "kind": kind, "origin": origin, "elements": chosen, "grant": grant_id, "call": row.call_id}
    open_record(
        row, table=states.CORRECTION, act="report", by=by, at=at, rule_version=row.due_rule, after=after, **seen_by(row)
    )
    return row


@implements("wushen-2021-60:20")
@transaction.atomic
def propose_correction(
    *, grant_id: UUID, reconciliation_id: UUID, figures: Mapping[str, int], by: Actor, at: datetime
) -> Correction | None:
    """Two tables differ: propose a correction to the consumer; None where one is proposed already."""
    permissions.FOLLOW.check(by)
    # Two comparisons at once: the second waits here until the first proposal is there to be seen.
    row_of_grant = grants.get_for_update(grant_id)
    grant = grants.get_grant(grant_id, actor=by)
    if row_of_grant.provider_id == row_of_grant.consumer_id or queries.proposal_of(grant_id) is not None:
        return None
    row = _new(grant, kind=states.ERROR, origin=states.RECONCILIATION, elements=[], at=at, by=by.name)
    row.reconciliation_id, row.figures, row.turn = reconciliation_id, dict(figures), "consumer"
    after = {"number": row.number, "grant": grant_id, "reconciliation": reconciliation_id, **figures}
    open_record(row, table=states.CORRECTION, act="propose", by=by, at=at, after=after, **seen_by(row))
    return row


@implements("wushen-2021-60:23", "cn-809:26.2")
@transaction.atomic
def adopt_proposal(
    *, correction_id: UUID, kind: str, elements: Iterable[str], description: str, by: Actor, at: datetime
) -> Correction:
    """The consumer takes up what a reconciliation showed; the provider's period begins."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.REPORT, by, row.consumer_id)
    states.CORRECTION.find("adopt", row.status)
    chosen = list(dict.fromkeys(elements))
    granted = grants.current_terms(row.grant_id).elements
    policies.check_report(kind=kind, origin=row.origin, elements=chosen, granted=granted, description=description, call_id="")
    row.description = description.strip()
    row.save(update_fields=["description"])
    changes = {"kind": kind, "elements": chosen, "reported_at": at, "reported_by": by.name, **clock_of(at)}
    return move(row=row, act="adopt", by=by, at=at, changes=changes)


@implements("wushen-2021-60:25", "cn-809:26.2", "cn-809:11(4)")
@transaction.atomic
def assign_correction(*, correction_id: UUID, person_id: UUID, by: Actor, at: datetime) -> Correction:
    """Say who in the department verifies."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.VERIFY, by, row.provider_id)
    if not isinstance(by, Person):
        raise NotPermitted()
    try:
        handler = parties.person_ref(person_id)
    except Refusal as refusal:
        raise errors.HandlerUnknown(field="person_id") from refusal
    fits = handler.department_id == row.provider_id and handler.status == "ACTIVE" and permissions.DESK & handler.roles
    if not fits:
        raise errors.HandlerUnknown(field="person_id")
    return move(row=row, act="assign", by=by, at=at, changes={"handler_id": handler.id, "handler_name": handler.name})


@implements("cn-809:26.2")
@transaction.atomic
def forward_correction(*, correction_id: UUID, provider_id: UUID, reason: str, by: Actor, at: datetime) -> Correction:
    """Hand it to the source department, whose period begins then; the department itself does so once."""
    row = queries.get_for_update(correction_id)
    permissions.FORWARD.check(by)
    authority = isinstance(by, Person) and by.has(*permissions.AUTHORITY)
    if not authority:
        permissions.check_of_department(permissions.FORWARD, by, row.provider_id)
    states.CORRECTION.find("forward", row.status)
    if row.forwarded_at is not None and not authority:
        raise errors.ForwardedAlready()
    target = parties.department_ref(provider_id)
    if target.id == row.provider_id:
        raise errors.OwnDepartment(field="provider_id")
    if target.id == row.consumer_id:
        raise errors.ConsumerCannotVerify(field="provider_id")
    said = policies.check_text(reason, "reason")
    changes = {
        "provider_id": target.id, "provider_name": target.name, "forwarded_from_id": row.forwarded_from_id or row.provider_id,
        "forwarded_at": at, "handler_id": None, "handler_name": "", **clock_of(at),
    }  # fmt: skip
    return move(row=row, act="forward", by=by, at=at, changes=changes, detail={"reason": said})


@implements("wushen-2021-60:20", "wushen-2021-60:23", "cn-809:26.2")
@transaction.atomic
def give_verdict(*, correction_id: UUID, outcome: str, text: str, by: Actor, at: datetime) -> Correction:
    """Say what the verification found; after a correction everybody who holds the record is told, and its way is followed."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.VERIFY, by, row.provider_id)
    if outcome not in states.OUTCOMES:
        raise errors.OutcomeUnknown(field="outcome")
    act = states.ACT_OF[outcome]
    states.CORRECTION.find(act, row.status)
    said = policies.check_text(text, "text")
    changes: dict[str, Any] = {
        "outcome": outcome, "verdict": said, "verdict_at": at, "verdict_by": by.name,
        "working_days": rulebook.calendar().count_working_days(
            beijing_date(row.clock_from or row.reported_at), beijing_date(at)
        ),
        "late": row.late or bool(row.due_at and at >= row.due_at),
    }  # fmt: skip
    told: tuple[GrantView, ...] = ()
    # The period goes on until the corrected row was seen, where it can be seen; where not, the consumer looks and closes.
    seen_to_arrive = policies.seen_to_arrive(row, flowing=flows_of(row))
    if outcome not in states.CONFIRMED or row.sealed_seq is not None or not seen_to_arrive:
        changes |= STOPPED
    if outcome in states.CONFIRMED:
        told = affected(row)
        if not seen_to_arrive:
            changes["turn"] = "consumer"
    move(row=row, act=act, by=by, at=at, changes=changes, told=told)
    _tell(row, told, at)
    return row


@implements("wushen-2021-60:23")
@transaction.atomic
def accept_verdict(*, correction_id: UUID, by: Actor, at: datetime) -> Correction:
    """The consumer is content, or has seen the correction itself where the platform cannot."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.SETTLE, by, row.consumer_id)
    states.CORRECTION.find("accept", row.status)
    policies.check_can_accept(row, flowing=flows_of(row))
    return move(row=row, act="accept", by=by, at=at, changes={**STOPPED, "ended_at": at})


@implements("wushen-2021-60:24", "cn-809:26.2")
@transaction.atomic
def object_to_verdict(*, correction_id: UUID, reason: str, by: Actor, at: datetime) -> Correction:
    """The consumer does not accept a refutation: once, before the authority."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.SETTLE, by, row.consumer_id)
    states.CORRECTION.find("object", row.status)
    policies.check_can_object(row)
    changes = {"objection": policies.check_text(reason, "reason"), "objected_at": at}
    return move(row=row, act="object", by=by, at=at, changes=changes)


@implements("wushen-2021-60:24", "cn-809:26.2")
@transaction.atomic
def decide_correction(*, correction_id: UUID, uphold: bool, opinion: str, by: Actor, at: datetime) -> Correction:
    """The authority's opinion: the provider verifies again with a new period, or the refutation stands."""
    row = queries.get_for_update(correction_id)
    permissions.DECIDE.check(by)
    act = "uphold" if uphold else "dismiss"
    states.CORRECTION.find(act, row.status)
    changes: dict[str, Any] = {
        "opinion": policies.check_text(opinion, "opinion"), "decided_at": at, "decided_by": by.name,
    }  # fmt: skip
    changes |= {**_UNANSWERED, **clock_of(at)} if uphold else {**STOPPED, "ended_at": at}
    return move(row=row, act=act, by=by, at=at, changes=changes)


@implements("wushen-2021-60:24")
@transaction.atomic
def remind_provider(*, correction_id: UUID, by: Actor, at: datetime) -> Correction:
    """The authority reminds the verifying department; the state stays."""
    row = queries.get_for_update(correction_id)
    permissions.DECIDE.check(by)
    if row.status not in (*states.VERIFYING, states.OVERDUE):
        states.CORRECTION.find("forward", row.status)
    row.reminders, row.reminded_at = row.reminders + 1, at
    record_act(
        kind="correction:reminded", subject=("correction", row.pk), by=by, at=at,
        basis=("wushen-2021-60:24", "cn-809:26.2"), after={"reminders": row.reminders}, **seen_by(row),
    )  # fmt: skip
    row.save(update_fields=["reminders", "reminded_at"])
    return row


@implements("wushen-2021-60:23")
@transaction.atomic
def withdraw_correction(*, correction_id: UUID, reason: str, by: Actor, at: datetime) -> Correction:
    """The consumer takes the report or the proposal back."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.SETTLE, by, row.consumer_id)
    states.CORRECTION.find("withdraw", row.status)
    said = policies.check_text(reason, "reason")
    return move(row=row, act="withdraw", by=by, at=at, changes={**STOPPED, "ended_at": at}, detail={"reason": said})


@implements("cn-809:26.2", "wushen-2021-60:22.2")
@transaction.atomic
def note_usage(*, correction_id: UUID, usage: str, note: str = "", by: Actor, at: datetime) -> Correction:
    """The consumer says what it does with the record meanwhile (使用状态)."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.SETTLE, by, row.consumer_id)
    if usage not in states.USAGES:
        raise errors.UsageUnknown(field="usage")
    before = {"usage": row.usage}
    row.usage, row.usage_note = usage, policies.check_note(note, "note")
    row.usage_at, row.usage_by = at, by.name
    record_act(
        kind="correction:usage_noted", subject=("correction", row.pk), by=by, at=at,
        basis=("cn-809:26.2", "wushen-2021-60:22.2"), before=before, after={"usage": usage}, **seen_by(row),
    )  # fmt: skip
    row.save(update_fields=["usage", "usage_note", "usage_at", "usage_by"])
    return row


@implements("cn-809:26.2", "cn-809:39(6)", "wushen-2021-60:24")
@transaction.atomic
def lapse_correction(*, correction_id: UUID, by: Actor, at: datetime) -> Correction | None:
    """Pass an overdue correction to the authority as of the instant its period ended; None when somebody was faster."""
    permissions.LAPSE.check(by)
    row = queries.get_for_update(correction_id)
    if row.status not in (*states.VERIFYING, states.CORRECTED) or row.due_at is None:
        return None
    ended = policies.check_lapsed(row.due_at, at)
    return move(row=row, act="lapse", by=by, at=ended, changes={"late": True})


@implements("cn-809:26.2")
@transaction.atomic
def recount_deadline(*, correction_id: UUID, by: Actor, at: datetime) -> Correction | None:
    """Count a running period again after a holiday notice was entered; None where nothing moves."""
    permissions.RECOUNT.check(by)
    row = queries.get_for_update(correction_id)
    running = queries.running_clock(row) if row.status in (*states.VERIFYING, states.CORRECTED) else None
    moved = recount_row(row=row, running=running, subject="correction", by=by, at=at, seen=seen_by(row))
    return row if moved else None


# ---- shared by the room's acts --------------------------------------------------------------------------------------------


def next_number(prefix: str, at: datetime) -> str:
    """The next number of the year; gapless, since the counter's row stays locked."""
    year = beijing_date(at).year
    CorrectionCounter.objects.get_or_create(prefix=prefix, year=year)
    counter = CorrectionCounter.objects.select_for_update().get(prefix=prefix, year=year)
    counter.value += 1
    counter.save(update_fields=["value"])
    return f"{prefix}-{year}-{counter.value:04d}"


def clock_of(start: datetime) -> dict[str, Any]:
    """The fields of a period of verification that begins at `start`."""
    deadline = rulebook.deadline(RULE, start=start)
    return {
        "clock_from": start, "due_at": deadline.due_at, "due_basis": deadline.basis, "due_rule": deadline.rule,
        "due_provisional": deadline.provisional,
    }  # fmt: skip


def affected(row: Correction) -> tuple[GrantView, ...]:
    """The live grants of the resource whose terms carry one of the elements, the reporter's own in front."""
    wanted = set(row.elements)
    found = [
        grant for grant in grants.live_grants(resource_id=row.resource_id)
        if wanted & set(grants.current_terms(grant.id).elements)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda grant: (grant.id != row.grant_id, grant.number)))


def flows_of(row: Correction) -> bool:
    """Whether a corrected row can be seen to arrive under the grant: its table flows, or the gateway answers for it."""
    grant = grants.live_grant(row.grant_id)
    if grant is None:
        return False
    flow = delivery.flow_of(grant.id, actor=_READER)
    return serving.is_served(grant) if flow is None else flow.closed_at is None and flow.started_at is not None


def seen_by(row: Correction, told: Iterable[GrantView] = ()) -> dict[str, Any]:
    """Both departments, a department that handed it over, the authority, and those who are told of a correction."""
    concerned = {
        row.consumer_id, row.provider_id, row.forwarded_from_id, parties.authority().id, *(one.consumer_id for one in told),
    }  # fmt: skip
    return {"concerns": concerned - {None}, "trail": (f"resource:{row.resource_id}", f"grant:{row.grant_id}")}


def move(
    *, row: Correction, act: str, by: Actor, at: datetime, changes: Mapping[str, Any], told: Iterable[GrantView] = (),
    detail: Mapping[str, Any] | None = None,
) -> Correction:  # fmt: skip
    """Move a correction along an arrow, with evidence for all whom it concerns before and after."""
    arrow = states.CORRECTION.find(act, row.status)
    changed = {"turn": arrow.turn, **changes}
    seen = seen_by(row, told)
    seen["concerns"] = seen["concerns"] | ({changed.get("provider_id")} - {None})
    rule = str(changed.get("due_rule", "") or row.due_rule)
    transition(row, table=states.CORRECTION, act=act, by=by, at=at, changes=changed, rule_version=rule, detail=detail, **seen)
    if row.status in states.ENDED and row.claim_at is not None:
        # Nothing asks for key and values any more, so the gateway keeps them no longer.
        link.issue_order(ForgetClaim(claim_id=row.pk), node_ids=[], at=at)
    return row


def _new(grant: GrantView, *, kind: str, origin: str, elements: list[str], at: datetime, by: str) -> Correction:
    resource = catalogue.get_resource(grant.resource_id)
    return Correction(
        id=new_id(),
        number=next_number("JH", at),
        kind=kind,
        origin=origin,
        resource_id=resource.id,
        resource_name=resource.name,
        grant_id=grant.id,
        grant_number=grant.number,
        exchange_table=grant.exchange_table,
        elements=elements,
        consumer_id=grant.consumer_id,
        consumer_name=grant.consumer_name,
        provider_id=grant.provider_id,
        provider_name=grant.provider_name,
        reported_at=at,
        reported_by=by,
    )


def _compared(grant_id: UUID, reconciliation_id: UUID | None, by: Actor) -> tuple[UUID | None, dict[str, int]]:
    """The reconciliation of the grant that is referred to, with its figures; raises NotFound for one of another grant."""
    if reconciliation_id is None:
        return None, {}
    for one in delivery.reconciliations_of(grant_id, actor=by, limit=200):
        if one.id == reconciliation_id:
            return one.id, {name: getattr(one, name) or 0 for name in ("missing", "surplus", "different")}
    raise NotFound()


def _tell(row: Correction, told: Iterable[GrantView], at: datetime) -> None:
    """One line for each grant that carries a corrected element; said again after a second verification it begins anew."""
    for grant in told:
        seen = row.claim_at is not None and (grant.mode == "table" or serving.is_served(grant))
        reached = "WAITING" if seen else "NO_TABLE"
        CorrectedCopy.objects.update_or_create(
            correction=row,
            grant_id=grant.id,
            defaults={
                "grant_number": grant.number, "consumer_id": grant.consumer_id, "consumer_name": grant.consumer_name,
                "told_at": at, "reached": reached, "arrived_at": None, "arrived_seq": None,
            },
        )  # fmt: skip
