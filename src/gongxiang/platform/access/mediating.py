"""Acts of the authority on a dispute: hear both sides, give an opinion, bring it before the government, carry out what binds.

A party never mediates its own dispute. Silence accepts nothing and decides nothing.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import answers, dispute_papers, dispute_sync, permissions_dispute, policies, queries
from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access import queries_dispute as disputes
from gongxiang.platform.access import states_dispute as states
from gongxiang.platform.access.dispute_sync import own_clock
from gongxiang.platform.access.disputing import as_reply
from gongxiang.platform.access.models import AccessRequest, Dispute, DisputeStatement
from gongxiang.platform.access.queries import read_reply
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.values import OpenDeadline
from gongxiang.protocol.canonical import plain

GOVERNMENT: Final = "乌审旗人民政府"
_BASIS: Final = ("wushen-2021-60:21(2)", "cn-809:28.2")


@implements("wushen-2021-60:21(2)", "wushen-2021-60:24", "cn-809:28.2")
@transaction.atomic
def open_hearing(*, dispute_id: UUID, handler_id: UUID, by: Actor, at: datetime) -> Dispute:
    """Name who handles the case and hear both sides: each has its days for a statement (our choice)."""
    dispute, request = _locked(dispute_id)
    _neutral(permissions_dispute.MEDIATE, by, dispute)
    states.DISPUTE.find("hear", dispute.status)
    handler = next((one for one in disputes.handlers() if one.id == handler_id), None)
    if handler is None:
        raise refusals.HandlerUnknown(field="handler_id")
    changes = {"handler_id": handler.id, "handler_name": handler.name, **own_clock("mediation_hearing", at)}
    dispute_sync.move(dispute, "hear", by=by, at=at, changes=changes, request=request)
    return dispute


@implements("wushen-2021-60:21(2)", "cn-809:28.2")
@transaction.atomic
def make_statement(*, dispute_id: UUID, text: str, by: Actor, at: datetime) -> Dispute:
    """An accountable officer states the case of its side, once; after the second the authority writes its opinion."""
    dispute, request = _locked(dispute_id)
    side = _side(by, dispute)
    if dispute.status != states.HEARING or (dispute.due_at is not None and at >= dispute.due_at):
        raise WrongState(state=dispute.status, subject="dispute", basis=_BASIS)
    if len(text.strip()) < policies.SHORTEST_REASON:
        raise refusals.StatementMissing(field="text")
    if dispute.statements.filter(side=side).exists():
        raise refusals.StatedAlready()
    DisputeStatement.objects.create(id=new_id(), dispute=dispute, side=side, text=text.strip(), made_at=at, made_by=by.name)
    _note(dispute, request, "statement_made", by=by, at=at, after={"side": side}, detail={"text": text.strip()})
    if dispute.statements.count() == 2:
        _close_hearing(dispute, request, by=by, at=at)
    return dispute


@implements("wushen-2021-60:21(2)", "cn-809:28.2")
@transaction.atomic
def prepare_opinion(*, dispute_id: UUID, terms: Mapping[str, Any], reasons: str, by: Actor, at: datetime) -> Dispute:
    """The authority writes its opinion: what is to be granted, or that the refusal stands, and why."""
    dispute, request = _locked(dispute_id)
    person = _neutral(permissions_dispute.MEDIATE, by, dispute)
    if dispute.status != states.HEARD:
        raise WrongState(state=dispute.status, subject="dispute", basis=_BASIS)
    if len(reasons.strip()) < policies.SHORTEST_REASON:
        raise refusals.OpinionUnreasoned(field="reasons")
    value = _terms(request, terms)
    changes = {
        "opinion": value, "opinion_reasons": reasons.strip(), "opinion_by": by.name, "opinion_by_id": person.id,
        "opinion_at": at,
    }  # fmt: skip
    _note(dispute, request, "opinion_prepared", by=by, at=at, changes=changes, after={"terms": value})
    return dispute


@implements("wushen-2021-60:21(2)", "wushen-2021-60:24", "cn-809:28.2")
@transaction.atomic
def give_opinion(*, dispute_id: UUID, by: Actor, at: datetime) -> Dispute:
    """The authority's leader gives the prepared opinion; both sides accept it or not."""
    dispute, request = _locked(dispute_id)
    person = _neutral(permissions_dispute.LEAD, by, dispute)
    states.DISPUTE.find("give_opinion", dispute.status)
    if dispute.opinion is None:
        raise refusals.OpinionMissing()
    prepared = hands_in(dispute.opinion_by_id, of=[("dispute", dispute.pk)], acts=["dispute:opinion_prepared"])
    if person.is_hand_of(*prepared):
        raise refusals.OwnOpinion()
    clock = own_clock("opinion_answer", at)
    paper = dispute_papers.opinion(dispute, answer_by=clock["due_at"], by=by, at=at)
    changes = {
        "opinion_given_at": at, "opinion_given_by": by.name, "opinion_document_id": paper.id, **clock,
    }  # fmt: skip
    after = {"opinion": paper.number, "terms": dispute.opinion}
    dispute_sync.move(dispute, "give_opinion", by=by, at=at, changes=changes, after=after, request=request)
    return dispute


@implements("wushen-2021-60:21(2)", "cn-809:28.2")
@transaction.atomic
def answer_opinion(*, dispute_id: UUID, accepts: bool | None, reason: str = "", by: Actor, at: datetime) -> Dispute:
    """An accountable officer accepts the opinion, or rejects it with its reason; accepted by both it binds."""
    dispute, request = _locked(dispute_id)
    side = _side(by, dispute)
    if dispute.status != states.OPINION_GIVEN or (dispute.due_at is not None and at >= dispute.due_at):
        raise WrongState(state=dispute.status, subject="dispute", basis=_BASIS)
    if getattr(dispute, f"{side}_answer"):
        raise refusals.OpinionAnswered()
    if accepts is None:
        raise refusals.AnswerMissing(field="accepts")
    if not accepts and len(reason.strip()) < policies.SHORTEST_REASON:
        raise refusals.AnswerMissing(field="reason")
    said = {
        f"{side}_answer": "ACCEPTED" if accepts else "REJECTED", f"{side}_answer_reason": reason.strip(),
        f"{side}_answered_by": by.name,
    }  # fmt: skip
    other = dispute.provider_answer if side == "consumer" else dispute.consumer_answer
    if not accepts:
        changes = {**said, **own_clock("government_submission", at)}
        dispute_sync.move(dispute, "reject_opinion", by=by, at=at, changes=changes, request=request)
    elif other == "ACCEPTED":
        changes = {**said, **own_clock("dispute_carrying_out", at)}
        dispute_sync.move(dispute, "accept_opinion", by=by, at=at, changes=changes, request=request)
    else:
        _note(dispute, request, "opinion_answered", by=by, at=at, changes=said, after={"side": side, "answer": "ACCEPTED"})
    return dispute


@implements("cn-809:28.2")
@transaction.atomic
def submit_to_government(*, dispute_id: UUID, government: str = GOVERNMENT, by: Actor, at: datetime) -> Dispute:
    """Not accepted by both: the authority's leader submits the case with its opinion to the government of the same level."""
    dispute, request = _locked(dispute_id)
    _neutral(permissions_dispute.LEAD, by, dispute)
    states.DISPUTE.find("submit", dispute.status)
    name = government.strip()[:200] or GOVERNMENT
    paper = dispute_papers.submission(dispute, government=name, by=by, at=at)
    changes = {
        "submitted_at": at, "submitted_by": by.name, "submission_document_id": paper.id, "decision_body": name,
        **own_clock("government_decision", at),
    }  # fmt: skip
    dispute_sync.move(dispute, "submit", by=by, at=at, changes=changes, after={"submission": paper.number}, request=request)
    return dispute


@implements("cn-809:28.2")
@transaction.atomic
def refer_dispute(*, dispute_id: UUID, to: str, letter: str, reason: str, by: Actor, at: datetime) -> Dispute:
    """Where a department of another level or area, or the authority itself, is party: the common superior authority."""
    dispute, request = _locked(dispute_id)
    permissions_dispute.LEAD.check(by)
    states.DISPUTE.find("refer", dispute.status)
    values = {"to": to.strip(), "letter": letter.strip(), "reason": reason.strip()}
    missing: list[Refusal] = [refusals.ReferralMissing(field=name) for name, value in values.items() if not value]
    if missing:
        raise Shortfalls(missing)
    changes = {
        **dispute_sync.STOPPED, "referred_to": values["to"][:200], "referral_letter": values["letter"][:120],
        "referral_reason": values["reason"], "decision_body": values["to"][:200], "submitted_at": at, "submitted_by": by.name,
    }  # fmt: skip
    dispute_sync.move(dispute, "refer", by=by, at=at, changes=changes, request=request)
    return dispute


@implements("cn-809:28.2")
@transaction.atomic
def record_decision(
    *,
    dispute_id: UUID,
    number: str,
    decided_on: date | None,
    content: str,
    terms: Mapping[str, Any],
    scan: tuple[str, bytes] | None,
    by: Actor,
    at: datetime,
) -> Dispute:
    """Record what the government, or the common superior authority, decided: number, day, content, scan and the terms."""
    dispute, request = _locked(dispute_id)
    permissions_dispute.MEDIATE.check(by)
    assert isinstance(by, Person)
    states.DISPUTE.find("record_decision", dispute.status)
    problems: list[Refusal] = []
    if not number.strip():
        problems.append(refusals.DecisionIncomplete(field="number"))
    if len(content.strip()) < policies.SHORTEST_REASON:
        problems.append(refusals.DecisionIncomplete(field="content"))
    begun = beijing_date(dispute.submitted_at) if dispute.submitted_at else date.min
    if decided_on is None or not begun <= decided_on <= beijing_date(at):
        problems.append(refusals.DecisionTooEarly(field="decided_on"))
    if scan is None:
        problems.append(refusals.ScanMissing(field="scan"))
    if problems:
        raise Shortfalls(problems)
    assert scan is not None
    value = _terms(request, terms)
    authority = parties.authority().id
    kept = documents.keep_upload(
        name=scan[0], content=scan[1], concerns=(dispute.consumer_id, dispute.provider_id, authority),
        trail=(f"dispute:{dispute.pk}",), by=by, at=at,
    )  # fmt: skip
    changes = {
        "decision_number": number.strip()[:120], "decision_on": decided_on, "decision_content": content.strip(),
        "decision": value, "decision_upload_id": kept.id, "decision_recorded_by": by.name, "decision_recorded_by_id": by.id,
        "decision_recorded_at": at, **own_clock("dispute_carrying_out", at),
    }  # fmt: skip
    after = {"terms": value, "scan_digest": kept.digest}
    dispute_sync.move(dispute, "record_decision", by=by, at=at, changes=changes, after=after, request=request)
    return dispute


@implements("wushen-2021-60:21(2)", "cn-809:28.2")
@transaction.atomic
def carry_out(*, dispute_id: UUID, by: Actor, at: datetime) -> Dispute:
    """Answer the request by the accepted opinion, or by the decision, whose paper the reply cites; final on these facts."""
    dispute, request = _locked(dispute_id)
    permissions_dispute.LEAD.check(by)
    assert isinstance(by, Person)
    act = "carry_out_decision" if dispute.status == states.DECISION_RECORDED else "carry_out_opinion"
    states.DISPUTE.find(act, dispute.status)
    recorded = hands_in(dispute.decision_recorded_by_id, of=[("dispute", dispute.pk)], acts=["dispute:decision_recorded"])
    if act == "carry_out_decision" and by.is_hand_of(*recorded):
        raise refusals.OwnOpinion()
    reply = read_reply((dispute.decision if act == "carry_out_decision" else dispute.opinion) or {})
    cited = as_reply({**_fields(reply), "text": dispute_papers.citation(dispute, reply)})
    ended = {**dispute_sync.STOPPED, "ended_at": at, "ended_by": by.name}
    dispute_sync.move(dispute, act, by=by, at=at, changes=ended, after={"reply": cited.text}, request=request)
    answers.give_binding(request, cited, by=by, at=at)
    return dispute


@implements("wushen-2021-60:21(2)", "wushen-2021-60:24", "cn-809:28.1", "cn-809:28.2", "cn-809:41(2)")
@transaction.atomic
def lapse_step(*, dispute_id: UUID, by: Actor, at: datetime) -> Dispute | None:
    """Close a hearing, or end the time to answer an opinion, as of the instant it was over; None otherwise."""
    permissions_dispute.LAPSE.check(by)
    dispute, request = _locked(dispute_id)
    if dispute.due_at is None or at < dispute.due_at:
        return None
    ended = dispute.due_at
    if dispute.status == states.HEARING:
        _close_hearing(dispute, request, by=by, at=ended)
    elif dispute.status == states.OPINION_GIVEN:
        changes = own_clock("government_submission", ended)
        dispute_sync.move(dispute, "lapse_opinion", by=by, at=ended, changes=changes, request=request)
    else:
        return None
    return dispute


@implements("cn-809:28.2")
@transaction.atomic
def recount_dispute(*, dispute_id: UUID, by: Actor, at: datetime) -> Dispute | None:
    """Count a running clock again after a holiday notice; None where nothing moves."""
    permissions_dispute.RECOUNT.check(by)
    dispute, request = _locked(dispute_id)
    running = disputes.running_clock(dispute)
    if running is None:
        return None
    changed = recounted(running, dispute, at)
    if changed is None:
        return None
    _note(
        dispute, request, "deadline_recounted", by=by, at=at, changes=changed, after=changed,
        before={name: getattr(dispute, name) for name in changed}, rule_version=dispute.due_rule,
    )  # fmt: skip
    return dispute


def recounted(running: OpenDeadline, row: Any, at: datetime) -> dict[str, Any] | None:
    """The two fields that a new calendar moves; None if none moves."""
    deadline = rulebook.recount_open(running, at=at)
    changed = {"due_at": deadline.due_at, "due_provisional": deadline.provisional}
    return None if all(getattr(row, name) == value for name, value in changed.items()) else changed


def _close_hearing(dispute: Dispute, request: AccessRequest, *, by: Actor, at: datetime) -> None:
    """The clock of the mediation goes on where it began."""
    assert dispute.mediation_from is not None
    changes = own_clock("mediation", dispute.mediation_from)
    dispute_sync.move(dispute, "close_hearing", by=by, at=at, changes=changes, request=request)


def _terms(request: AccessRequest, terms: Mapping[str, Any]) -> dict[str, Any]:
    reply = as_reply(terms)
    if reply.outcome == "grant" and (not reply.elements or not reply.purposes):
        raise refusals.AgreedTermsMissing(field="elements")
    answers.check_reply(request, reply)
    value: dict[str, Any] = plain(reply)
    return value


def _fields(reply: Any) -> dict[str, Any]:
    return {name: getattr(reply, name) for name in type(reply).__dataclass_fields__}


def _locked(dispute_id: UUID) -> tuple[Dispute, AccessRequest]:
    request = queries.get_for_update(disputes.request_of(dispute_id))
    return disputes.dispute_for_update(dispute_id), request


def _neutral(permission: Any, by: Actor, dispute: Dispute) -> Person:
    return permissions_dispute.check_neutral(permission, by, dispute.consumer_id, dispute.provider_id)


def _side(by: Actor, dispute: Dispute) -> str:
    permission = permissions_dispute.CONFIRM
    return permissions_dispute.check_side(permission, by, consumer_id=dispute.consumer_id, provider_id=dispute.provider_id)


def _note(
    dispute: Dispute, request: AccessRequest, event: str, *, by: Actor, at: datetime,
    changes: Mapping[str, Any] | None = None, **evidence: Any,
) -> None:  # fmt: skip
    record_act(
        kind=f"dispute:{event}", subject=("dispute", dispute.pk), by=by, at=at, basis=_BASIS, **evidence,
        **dispute_sync.trail(request),
    )  # fmt: skip
    for name, value in (changes or {}).items():
        setattr(dispute, name, value)
    if changes:
        dispute.save(update_fields=[*changes])
