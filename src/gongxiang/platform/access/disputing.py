"""Acts on a dispute while both sides consult: open, meet, confirm the minutes, attach, withdraw, ask for mediation.

What binds afterwards is in `mediating`. Nothing here stops what was granted before: it goes on during the dispute.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.access import (
    answers,
    dispute_papers,
    dispute_sync,
    errors,
    permissions,
    permissions_dispute,
    policies,
    queries,
    queries_dispute,
    states,
    states_dispute,
)
from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access.models import AccessRequest, Dispute, DisputeMeeting
from gongxiang.platform.access.queries import PreparedReply
from gongxiang.platform.access.records import check_grant_changeable, clock_changes
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents.queries import UploadRef
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants.shared import next_number
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.terms import Volume

OUTCOMES: Final = ("", "AGREED", "PARTLY", "FAILED")
_BASIS: Final = ("wushen-2021-60:21(2)", "cn-809:28.2")


@implements("wushen-2021-60:21(2)", "cn-809:28.2")
@transaction.atomic
def open_dispute(
    *,
    access_request_id: UUID,
    grounds: str,
    elements: Sequence[str] | None = None,
    purposes: Sequence[str] | None = None,
    rest: str = "",
    new_facts: str = "",
    by: Actor,
    at: datetime,
) -> Dispute:
    """The consumer needs what was refused, whole or in part, and says why; both sides have five working days of their own.

    Of a partial grant `elements`, `purposes` and `rest` (rows, masks, period, in words) name what is disputed; None: all of it.
    """
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions_dispute.OPEN, by, request.consumer_id)
    if (running := dispute_sync.open_dispute_of(request)) is not None:
        raise refusals.DisputeOpen(number=running.number)
    arrow = states.ACCESS_REQUEST.find("open_consultation", request.status)
    contested = _contested(request, elements, purposes, rest, grounds)
    if len(grounds.strip()) < policies.SHORTEST_REASON:
        raise errors.GroundsMissing(field="grounds")
    _check_new_facts(request, contested, new_facts)
    clock = clock_changes("consultation", at)
    dispute = Dispute(
        id=new_id(), number=next_number("ZY", at), turn="both", access_request_id=request.pk, resource_id=request.resource_id,
        resource_name=request.resource_name, provider_id=request.provider_id, provider_name=request.provider_name,
        consumer_id=request.consumer_id, consumer_name=request.consumer_name, grounds=grounds.strip(),
        new_facts=new_facts.strip(), opened_at=at, opened_by=by.name, **contested,
        **dispute_sync.own_clock("consultation", at),
    )  # fmt: skip
    open_record(
        dispute, table=states_dispute.DISPUTE, act="open", by=by, at=at, rule_version=dispute.due_rule,
        after={"number": dispute.number, **contested, "due_at": dispute.due_at}, detail={"grounds": dispute.grounds},
        **dispute_sync.trail(request),
    )  # fmt: skip
    changes = {"turn": arrow.turn, "consultation_grounds": dispute.grounds, **answers.NOTHING_PREPARED, **clock}
    _move_request(request, "open_consultation", by=by, at=at, changes=changes)
    return dispute


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def record_meeting(
    *,
    dispute_id: UUID,
    held_at: datetime,
    participants: Sequence[Mapping[str, str]],
    minutes: str,
    place: str = "",
    consumer_proposal: str = "",
    provider_proposal: str = "",
    outcome: str = "",
    terms: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> DisputeMeeting:
    """Write the minutes of a meeting: who took part, what each side proposed, what came of it.

    A result holds once both accountable officers confirm; `terms` are the agreed ones, as `prepare_reply` takes them.
    """
    dispute, request = _locked(dispute_id)
    _check_side(permissions_dispute.RECORD, by, dispute)
    _check_consulting(dispute, at)
    sides = {one.get("side") for one in participants if one.get("name", "").strip() and one.get("post", "").strip()}
    problems: list[Refusal] = []
    for side in ("consumer", "provider"):
        if side not in sides:
            problems.append(refusals.ParticipantsMissing(field=f"{side}_people"))
    if len(minutes.strip()) < policies.SHORTEST_REASON:
        problems.append(refusals.MinutesMissing(field="minutes"))
    if outcome not in OUTCOMES:
        problems.append(refusals.OutcomeUnknown(field="outcome"))
    if not dispute.opened_at <= held_at <= at:
        problems.append(refusals.MeetingTooEarly(field="held_at"))
    if problems:
        raise Shortfalls(problems)
    agreed = _agreed(request, outcome, terms, minutes)
    if outcome and dispute.meetings.exclude(outcome="").exists():
        raise refusals.MinutesUnconfirmed(field="outcome")
    assert isinstance(by, Person)
    meeting = DisputeMeeting.objects.create(
        id=new_id(), dispute=dispute, position=dispute.meetings.count() + 1, held_at=held_at, place=place.strip()[:200],
        participants=[{key: str(one.get(key, "")).strip()[:100] for key in ("name", "post", "side")} for one in participants],
        consumer_proposal=consumer_proposal.strip(), provider_proposal=provider_proposal.strip(), minutes=minutes.strip(),
        outcome=outcome, terms=agreed, recorded_at=at, recorded_by=by.name, recorded_by_id=by.id,
    )  # fmt: skip
    _note(
        dispute, request, "meeting_recorded", by=by, at=at,
        after={"meeting": meeting.position, "outcome": outcome, "participants": len(participants), "terms": agreed},
    )  # fmt: skip
    return meeting


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def confirm_minutes(*, meeting_id: UUID, by: Actor, at: datetime) -> DisputeMeeting:
    """An accountable officer confirms the minutes for its side; with the second the result holds.

    Agreed terms are laid before the provider's officer as the prepared reply; without result the authority has the turn.
    """
    dispute, request = _locked(queries_dispute.dispute_of_meeting(meeting_id))
    side = _check_side(permissions_dispute.CONFIRM, by, dispute)
    _check_consulting(dispute, at)
    meeting = DisputeMeeting.objects.select_for_update().get(pk=meeting_id)
    assert isinstance(by, Person)
    if by.is_hand_of(*hands_in(meeting.recorded_by_id, of=[("dispute", dispute.pk)], acts=["dispute:meeting_recorded"])):
        raise refusals.OwnMinutes()
    if getattr(meeting, f"{side}_confirmed_at") is not None:
        raise refusals.ConfirmedAlready()
    setattr(meeting, f"{side}_confirmed_at", at)
    setattr(meeting, f"{side}_confirmed_by", by.name)
    fields = [f"{side}_confirmed_at", f"{side}_confirmed_by"]
    both = meeting.consumer_confirmed_at is not None and meeting.provider_confirmed_at is not None
    if both:
        meeting.document_id = dispute_papers.minutes(dispute, meeting, by=by, at=at).id
        fields.append("document_id")
    meeting.save(update_fields=fields)
    after = {"meeting": meeting.position, "side": side, "outcome": meeting.outcome, "document": meeting.document_id}
    _note(dispute, request, "minutes_confirmed", by=by, at=at, after=after)
    if both and meeting.outcome:
        Dispute.objects.filter(pk=dispute.pk).update(consulted=meeting.outcome)
        dispute.consulted = meeting.outcome
        if meeting.terms is not None:
            answers.lay_agreed(request, meeting.terms, by_name=meeting.recorded_by, by_id=meeting.recorded_by_id, by=by, at=at)
        else:
            _to_authority(request, by=by, at=at, statement=meeting.minutes)
    return meeting


@implements("wushen-2021-60:21(2)", "wushen-2021-60:24", "cn-809:28.2")
@transaction.atomic
def ask_mediation(*, access_request_id: UUID, statement: str, by: Actor, at: datetime) -> AccessRequest:
    """One of the two sides brings the consultation before the authority."""
    request = queries.get_for_update(access_request_id)
    permissions.CONSENT.check(by)
    if not isinstance(by, Person) or by.department_id not in (request.consumer_id, request.provider_id):
        raise NotPermitted()
    if not statement.strip():
        raise errors.CommentMissing(field="statement")
    _to_authority(request, by=by, at=at, statement=statement.strip())
    return request


@implements("wushen-2021-60:21(2)")
@transaction.atomic
def attach_file(*, dispute_id: UUID, name: str, content: bytes, by: Actor, at: datetime) -> UploadRef:
    """Attach evidence or a signed paper; both sides and the authority may read it."""
    dispute, request = _locked(dispute_id)
    permissions_dispute.ATTACH.check(by)
    authority = parties.authority().id
    if not isinstance(by, Person) or by.department_id not in (dispute.consumer_id, dispute.provider_id, authority):
        raise NotPermitted()
    if dispute.status not in states_dispute.OPEN:
        raise WrongState(state=dispute.status, subject="dispute", basis=_BASIS)
    concerns = (dispute.consumer_id, dispute.provider_id, authority)
    kept = documents.keep_upload(name=name, content=content, concerns=concerns, trail=(f"dispute:{dispute.pk}",), by=by, at=at)
    _note(dispute, request, "file_attached", by=by, at=at, after={"upload": kept.id, "digest": kept.digest})
    return kept


@implements("wushen-2021-60:21(2)", "cn-809:28.2")
@transaction.atomic
def withdraw_dispute(*, dispute_id: UUID, reason: str, by: Actor, at: datetime) -> Dispute:
    """The consumer no longer disputes; the refusal, or the part that was granted, stands."""
    dispute, request = _locked(dispute_id)
    permissions_dispute.check_own(permissions_dispute.OPEN, by, dispute.consumer_id)
    if dispute.status in states_dispute.BINDING:
        raise refusals.TooLateToWithdraw()
    if not reason.strip():
        raise errors.CommentMissing(field="reason")
    ended = {**dispute_sync.STOPPED, "ended_at": at, "ended_by": by.name, "ended_reason": reason.strip()}
    dispute_sync.move(dispute, "withdraw", by=by, at=at, changes=ended, request=request)
    changes = {"turn": "", **answers.STOPPED_CLOCK, **answers.NOTHING_PREPARED}
    act = "end_dispute_of_part" if request.grant_id else "end_dispute"
    _move_request(request, act, by=by, at=at, changes=changes)
    return dispute


def as_reply(terms: Mapping[str, Any]) -> PreparedReply:
    """Terms as `prepare_reply` takes them, as the value that is kept."""
    names = {
        "outcome": "grant",
        "elements": (),
        "masks": {},
        "conditions": (),
        "volume": Volume(),
        "until": None,
        "ground": "",
        "text": "",
    }
    values = {**names, **terms}
    purposes = tuple(str(getattr(p, "value", p)) for p in values.pop("purposes", ()))
    values |= {"elements": tuple(values["elements"]), "conditions": tuple(values["conditions"]), "masks": dict(values["masks"])}
    return PreparedReply(purposes=purposes, **values)


def _agreed(request: AccessRequest, outcome: str, terms: Mapping[str, Any] | None, minutes: str) -> dict[str, Any] | None:
    """The agreed terms as they are kept; raises where an agreement grants nothing, too much, or takes away."""
    if outcome not in ("AGREED", "PARTLY"):
        return None
    reply = as_reply({**(terms or {}), "outcome": "grant", "text": (terms or {}).get("text") or minutes.strip()})
    if not reply.elements or not reply.purposes or (reply.until or request.until) is None:
        raise refusals.AgreedTermsMissing(field="elements")
    answers.check_reply(request, reply)
    value: dict[str, Any] = plain(reply)
    return value


def _contested(
    request: AccessRequest, elements: Sequence[str] | None, purposes: Sequence[str] | None, rest: str, grounds: str
) -> dict[str, Any]:
    """What is disputed; of a partial grant only what was not granted, or granted masked."""
    if request.status == states.REFUSED:
        whole = {"whole": True, "elements": list(request.elements), "purposes": list(request.purposes)}
        return {**whole, "rest": rest.strip()}
    assert request.grant_id is not None
    check_grant_changeable(request.grant_id, resource_id=request.resource_id, consumer_id=request.consumer_id)
    terms = grants.current_terms(request.grant_id)
    given = {p.value for p in terms.purposes}
    open_elements = [code for code in request.elements if code not in terms.elements or code in terms.masks]
    open_purposes = [p for p in request.purposes if p not in given]
    if elements is None and purposes is None and not rest.strip():
        rest = "" if open_elements or open_purposes else grounds
        elements, purposes = open_elements, open_purposes
    elements, purposes = list(dict.fromkeys(elements or ())), list(dict.fromkeys(purposes or ()))
    beyond = [one for one in elements if one not in open_elements] + [one for one in purposes if one not in open_purposes]
    if beyond:
        raise refusals.NotRefused(field="elements", what=", ".join(beyond))
    if not elements and not purposes and not rest.strip():
        raise refusals.NothingDisputed(field="elements")
    return {"whole": False, "elements": elements, "purposes": purposes, "rest": rest.strip()}


def _check_new_facts(request: AccessRequest, contested: Mapping[str, Any], new_facts: str) -> None:
    """A binding result is final on the same facts: the same data for the same purposes (条例 28)."""
    earlier = Dispute.objects.filter(
        consumer_id=request.consumer_id, resource_id=request.resource_id, status__in=states_dispute.FINAL
    ).order_by("-ended_at")
    wanted = set(contested["elements"]), set(contested["purposes"])
    for row in earlier:
        same = wanted[0] <= set(row.elements) and wanted[1] <= set(row.purposes)
        if (row.access_request_id == request.pk or same) and len(new_facts.strip()) < policies.SHORTEST_REASON:
            raise refusals.SameFacts(field="new_facts", number=row.decision_number or row.number)


def _locked(dispute_id: UUID) -> tuple[Dispute, AccessRequest]:
    """Request first, then dispute: every act locks in this order, so that two at once wait and never stop each other."""
    request = queries.get_for_update(queries_dispute.request_of(dispute_id))
    return queries_dispute.dispute_for_update(dispute_id), request


def _check_side(permission: Any, by: Actor, dispute: Dispute) -> str:
    return permissions_dispute.check_side(permission, by, consumer_id=dispute.consumer_id, provider_id=dispute.provider_id)


def _check_consulting(dispute: Dispute, at: datetime) -> None:
    if dispute.status != states_dispute.CONSULTING:
        raise WrongState(state=dispute.status, subject="dispute", basis=_BASIS)
    if dispute.due_at is not None and at >= dispute.due_at:
        raise WrongState(state=states_dispute.IN_MEDIATION, subject="dispute", basis=_BASIS)


def _to_authority(request: AccessRequest, *, by: Actor, at: datetime, statement: str) -> None:
    states.ACCESS_REQUEST.find("ask_mediation", request.status)
    dispute_sync.follow(request, "ask_mediation", by=by, at=at)
    Dispute.objects.filter(access_request_id=request.pk, status=states_dispute.IN_MEDIATION).update(
        mediation_statement=statement
    )
    changes = {"turn": "authority", **answers.NOTHING_PREPARED, **answers.STOPPED_CLOCK}
    _move_request(request, "ask_mediation", by=by, at=at, changes=changes, detail={"statement": statement})


def _move_request(
    request: AccessRequest, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any], **more: Any
) -> None:
    seen = dispute_sync.trail(request)
    transition(
        request, table=states.ACCESS_REQUEST, act=act, by=by, at=at, changes=changes,
        rule_version=str(changes.get("due_rule", "")), concerns=seen["concerns"], trail=seen["trail"], **more,
    )  # fmt: skip


def _note(dispute: Dispute, request: AccessRequest, event: str, *, by: Actor, at: datetime, **evidence: Any) -> None:
    record_act(
        kind=f"dispute:{event}", subject=("dispute", dispute.pk), by=by, at=at, basis=_BASIS, **evidence,
        **dispute_sync.trail(request),
    )  # fmt: skip
