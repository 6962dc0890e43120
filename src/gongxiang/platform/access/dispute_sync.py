"""What an answer, a lapse or a withdrawal of the request does to the dispute over it, in the same transaction.

For the acts on requests. The dispute's evidence is written first, so that the request's own act stands last in its trail.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.platform.access import errors_dispute, states, states_dispute
from gongxiang.platform.access.models import AccessRequest, Dispute, DisputeMeeting
from gongxiang.platform.access.records import clock_changes, seen_by
from gongxiang.platform.evidence.actions import transition
from gongxiang.platform.kernel.actors import Actor

STOPPED: Mapping[str, Any] = {
    "clock_from": None, "due_at": None, "due_basis": "", "due_rule": "", "due_provisional": False,
}  # fmt: skip
_CLOCK = tuple(STOPPED)
#: Of a prepared reply: what is no term, so that it may differ from the minutes.
_BESIDE_TERMS = ("ground", "text", "aggregation", "aggregation_reason")


def own_clock(rule: str, start: datetime) -> dict[str, Any]:
    """The fields of a clock of a dispute, filing or plan that starts now under the rule in force."""
    clock = clock_changes(rule, start)
    return {name: clock[name] for name in _CLOCK}


def open_dispute_of(request: AccessRequest) -> Dispute | None:
    """The open dispute over the request, locked; None where there is none."""
    rows = Dispute.objects.select_for_update().filter(access_request_id=request.pk, status__in=states_dispute.OPEN)
    return rows.first()


def move(
    dispute: Dispute, act: str, *, by: Actor, at: datetime, changes: Mapping[str, Any] | None = None, request: AccessRequest,
    **more: Any,
) -> None:  # fmt: skip
    """Move the dispute; its evidence belongs to the trail of the request too."""
    arrow = states_dispute.DISPUTE.find(act, dispute.status)
    changed = {"turn": arrow.turn, **(changes or {})}
    rule = str(changed.get("due_rule", "")) or dispute.due_rule
    transition(
        dispute, table=states_dispute.DISPUTE, act=act, by=by, at=at, changes=changed, rule_version=rule,
        **trail(request), **more,
    )  # fmt: skip


def trail(request: AccessRequest) -> dict[str, Any]:
    """Who may see an act of the dispute, and to which trails it belongs."""
    seen = seen_by(request)
    return {"concerns": seen["concerns"], "trail": [*seen["trail"], f"access_request:{request.pk}"]}


def to_mediation(at: datetime) -> dict[str, Any]:
    """The fields of a dispute that comes before the authority now."""
    return {"mediation_from": at, **own_clock("mediation", at)}


def confirmed_result(dispute: Dispute) -> DisputeMeeting | None:
    """The minutes with a result that both sides confirmed."""
    rows = DisputeMeeting.objects.filter(
        dispute_id=dispute.pk, consumer_confirmed_at__isnull=False, provider_confirmed_at__isnull=False
    ).exclude(outcome="")
    return rows.order_by("-position").first()


def granting_act(request: AccessRequest, act: str) -> str:
    """`grant_part` in place of `grant_partly` where the minutes say that the rest was not agreed: it goes to mediation."""
    if request.status != states.IN_CONSULTATION or act != "grant_partly":
        return act
    dispute = open_dispute_of(request)
    result = confirmed_result(dispute) if dispute is not None else None
    return "grant_part" if result is not None and result.outcome == "PARTLY" else act


def check_not_in_dispute(request_id: UUID, status: str) -> None:
    """The authority answers a request in mediation through the dispute only; raises MediationNotOver."""
    rows = Dispute.objects.filter(access_request_id=request_id, status__in=states_dispute.OPEN)
    if status == states.IN_MEDIATION and (number := rows.values_list("number", flat=True).first()):
        raise errors_dispute.MediationNotOver(number=number)


def check_as_agreed(request: AccessRequest) -> None:
    """A reply in consultation says what both sides confirmed in the minutes; raises MinutesDiffer."""
    dispute = open_dispute_of(request) if request.status == states.IN_CONSULTATION else None
    result = confirmed_result(dispute) if dispute is not None else None
    if result is None or result.terms is None:
        return
    given, agreed = request.prepared or {}, result.terms
    if any(given.get(name) != value for name, value in agreed.items() if name not in _BESIDE_TERMS):
        raise errors_dispute.MinutesDiffer()


def follow(request: AccessRequest, act: str, *, by: Actor, at: datetime) -> None:
    """Move the open dispute as the act `act` moves its request; nothing where there is no dispute."""
    dispute = open_dispute_of(request)
    if dispute is None:
        return
    if act == "withdraw":
        if dispute.status in states_dispute.BINDING:
            raise errors_dispute.TooLateToWithdraw()
        move(dispute, "withdraw", by=by, at=at, request=request, changes={**STOPPED, "ended_at": at, "ended_by": by.name})
        return
    if dispute.status != states_dispute.CONSULTING:
        return
    match act:
        case "grant" | "grant_partly":
            changes = {**STOPPED, "ended_at": at, "ended_by": by.name, "consulted": dispute.consulted or "AGREED"}
            move(dispute, "settle", by=by, at=at, request=request, changes=changes)
        case "grant_part":
            move(dispute, "fail", by=by, at=at, request=request, changes={**to_mediation(at), "consulted": "PARTLY"})
        case "refuse_in_consultation":
            move(dispute, "fail", by=by, at=at, request=request, changes={**to_mediation(at), "consulted": "FAILED"})
        case "lapse_consultation":
            move(dispute, "lapse", by=by, at=at, request=request, changes={**to_mediation(at), "consulted": "LAPSED"})
        case "ask_mediation":
            move(dispute, "ask_mediation", by=by, at=at, request=request, changes={**to_mediation(at), "consulted": "FAILED"})


def follow_clock(request: AccessRequest) -> None:
    """Keep the clock of a consultation as the request's was counted anew; the evidence is the request's."""
    if request.status == states.IN_CONSULTATION:
        clock = {name: getattr(request, name) for name in _CLOCK}
        Dispute.objects.filter(access_request_id=request.pk, status=states_dispute.CONSULTING).update(**clock)
