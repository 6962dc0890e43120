"""Acts of the answering side: notice of missing material, the prepared reply, the officer's consent, the standing consent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.access import combining, dispute_sync, errors, permissions, policies, queries, states
from gongxiang.platform.access.errors_dispute import TakesAway
from gongxiang.platform.access.extending import close_asked
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.access.models_dispute import Dispute
from gongxiang.platform.access.queries import PreparedReply
from gongxiang.platform.access.records import check_departments, grant_to_revise, resource_of, seen_by
from gongxiang.platform.agreements import policies as agreements
from gongxiang.platform.evidence.actions import record_act, transition
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.grants import actions as grants
from gongxiang.platform.grants import permissions as grant_permissions
from gongxiang.platform.grants import policies as grant_policies
from gongxiang.platform.grants import queries as grant_queries
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.terms import Condition, Mask, Purpose, Volume

STOPPED_CLOCK: Final = {"due_at": None, "due_provisional": False}
NOTHING_PREPARED: Final = {"prepared": None, "prepared_at": None, "prepared_by": "", "prepared_by_id": None, "prepared_for": ""}


@implements("cn-809:21.2")
@transaction.atomic
def notify_incomplete(
    *, access_request_id: UUID, missing: Sequence[str], fields: Sequence[str] = (), by: Actor, at: datetime
) -> AccessRequest:
    """Name everything that is missing, once; the clock stands until the request is completed."""
    request = queries.get_for_update(access_request_id)
    permissions.check_of_department(permissions.RECEIVE, by, request.provider_id)
    policies.check_can_notify(request, missing)
    policies.check_notice_fields(fields)
    if request.due_at is not None and at >= request.due_at:
        raise WrongState(state=states.REPLY_OVERDUE, basis=("cn-809:21.2",))
    changes = {
        "turn": "consumer",
        "missing": [item.strip() for item in missing if item.strip()],
        "missing_fields": sorted(set(fields)),
        "notified_at": at,
        "notified_by": by.name,
        **STOPPED_CLOCK,
        **NOTHING_PREPARED,
    }
    close_asked(request, because="incomplete_notified", by=by, at=at)
    transition(request, table=states.ACCESS_REQUEST, act="notify_incomplete", by=by, at=at, changes=changes, **seen_by(request))
    return request


@implements("cn-809:20.3", "wushen-2021-60:21(2)")
@transaction.atomic
def prepare_reply(
    *,
    access_request_id: UUID,
    outcome: str,
    elements: Sequence[str] = (),
    masks: Mapping[str, Mask] | None = None,
    conditions: Sequence[Condition] = (),
    volume: Volume = Volume(),
    purposes: Sequence[Purpose] = (),
    until: date | None = None,
    ground: str = "",
    text: str = "",
    by: Actor,
    at: datetime,
) -> AccessRequest:
    """Write down the reply (`outcome` is `grant` or `refuse`) for the consent of the officer, or of the authority's leader."""
    permissions.PREPARE.check(by)
    request = queries.get_for_update(access_request_id)
    side = _check_side(request, by)
    reply = PreparedReply(
        outcome=outcome,
        elements=tuple(elements),
        masks=dict(masks or {}),
        conditions=tuple(conditions),
        volume=volume,
        purposes=tuple(p.value for p in purposes),
        until=until,
        ground=ground,
        text=text.strip(),
    )
    check_reply(request, reply)
    if outcome == "grant":
        policies.check_part_explained(reply.text, whole=_is_whole(request, reply))
        reply = replace(
            reply,
            aggregation=tuple(
                plain(one)
                for one in combining.findings(
                    consumer_id=request.consumer_id, resource_id=request.resource_id, elements=reply.elements,
                    masks=reply.masks, at=at, besides=request.grant_id or request.changes_grant_id,
                )
            ),
        )  # fmt: skip
    assert isinstance(by, Person)
    changes = {
        "prepared": plain(reply), "prepared_at": at, "prepared_by": by.name, "prepared_by_id": by.id, "prepared_for": side,
    }  # fmt: skip
    _note(request, "reply_prepared", by=by, at=at, changes=changes, after={"reply": plain(reply)})
    return request


def _who_prepared(request: AccessRequest) -> frozenset[UUID]:
    """Who prepared the reply, or wrote the minutes it comes from; with those for whom it was done."""
    dispute = Dispute.objects.filter(access_request_id=request.pk).order_by("-opened_at").values_list("pk", flat=True).first()
    return hands_in(
        request.prepared_by_id, of=[("access_request", request.pk), ("dispute", dispute)],
        acts=["access_request:reply_prepared", "dispute:meeting_recorded"],
    )  # fmt: skip


@transaction.atomic
def return_reply(*, access_request_id: UUID, comment: str, by: Actor, at: datetime) -> AccessRequest:
    """The officer does not consent to the prepared reply and says why."""
    permissions.REPLY.check(by)
    request = queries.get_for_update(access_request_id)
    permissions.check_actor_can_give(by, _check_side(request, by))
    if request.prepared is None:
        raise errors.NoReplyPrepared()
    if not comment.strip():
        raise errors.CommentMissing(field="comment")
    _note(request, "reply_returned", by=by, at=at, changes=dict(NOTHING_PREPARED), detail={"comment": comment.strip()})
    return request


@implements(
    "wushen-2021-60:21(2)", "wushen-2021-60:24", "cn-809:20.3", "cn-809:21.1", "cn-809:21.2", "cn-809:28.2", "cn-809:11(2)"
)
@transaction.atomic
def consent_reply(
    *, access_request_id: UUID, read_at: datetime | None, aggregation_reason: str = "", by: Actor, at: datetime
) -> AccessRequest:
    """Give the prepared reply: the provider's accountable officer, or the authority's leader at its turn.

    `read_at` is when the reply that the officer read was prepared: one not read, or changed meanwhile, is not given.
    """
    permissions.REPLY.check(by)
    request = queries.get_for_update(access_request_id)
    # A reply that comes before the sweeper but after the period is late all the same.
    if request.status in (states.SUBMITTED, states.IN_CONSULTATION) and request.due_at is not None and at >= request.due_at:
        lapse(request, by=System(name=permissions.SWEEPER), ended_at=request.due_at)
    side = _check_side(request, by)
    permissions.check_actor_can_give(by, side)
    if request.prepared is None or request.prepared_for != side:
        raise errors.NoReplyPrepared()
    assert isinstance(by, Person)
    if by.is_hand_of(*_who_prepared(request)):
        raise errors.OwnReply()
    if read_at != request.prepared_at:
        raise errors.ReplyChanged()
    reply = queries.read_reply(request.prepared)
    check_reply(request, reply)
    dispute_sync.check_as_agreed(request)
    reply = _with_aggregation(request, reply, reason=aggregation_reason, at=at)
    agreements.check_in_force(request.consumer_id, at, side="consumer")
    if reply.outcome == "grant":
        check_departments(request)
        resource_of(request.resource_id)
        agreements.check_in_force(request.provider_id, at, side="provider")
    late = side == "provider" and request.status == states.REPLY_OVERDUE
    changes: dict[str, Any] = {"late": late, "decided_by_authority": side == "authority"}
    if reply.outcome == "refuse":
        changes["refusal_ground"] = reply.ground
        if request.status == states.IN_CONSULTATION:
            changes |= {"turn": "authority", **NOTHING_PREPARED}
            _answer(request, "refuse_in_consultation", reply, by=by, at=at, changes=changes)
        else:
            _answer(request, "refuse", reply, by=by, at=at, changes=changes)
        return request
    _grant(request, reply, by=by, at=at, changes=changes)
    return request


@implements("wushen-2021-60:21(1)", "cn-809:20.3", "cn-809:21.1")
def grant_under_standing_consent(request: AccessRequest, *, at: datetime) -> None:
    """Grant an unconditional resource at once; the actor is the standing consent, never a person who was not asked."""
    reply = PreparedReply(
        outcome="grant",
        elements=tuple(request.elements),
        masks={},
        conditions=(),
        volume=Volume(),
        purposes=tuple(request.purposes),
        until=request.until,
        ground="",
        text="",
    )
    by = System(name=grant_permissions.STANDING_CONSENT)
    consent = resource_of(request.resource_id).standing_consent
    assert consent is not None
    given = {"given_by": consent.given_by, "given_by_name": consent.given_by_name, "given_at": consent.given_at}
    _grant(request, reply, by=by, at=at, changes={}, standing_consent=given)


def lapse(request: AccessRequest, *, by: Actor, ended_at: datetime) -> None:
    """Pass the turn to the authority as of `ended_at`; nobody is granted anything."""
    act = "lapse_reply" if request.status == states.SUBMITTED else "lapse_consultation"
    changes: dict[str, Any] = {"turn": "authority"}
    if act == "lapse_reply":
        changes["overdue_at"] = ended_at
    else:
        changes |= STOPPED_CLOCK
    close_asked(request, because=act, by=by, at=ended_at)
    # The reply that the unit prepared stays: the officer may still consent to it, late.
    dispute_sync.follow(request, act, by=by, at=ended_at)
    transition(
        request,
        table=states.ACCESS_REQUEST,
        act=act,
        by=by,
        at=ended_at,
        changes=changes,
        rule_version=request.due_rule,
        basis=(request.due_basis,),
        detail={"due_at": ended_at, "due_basis": request.due_basis},
        **seen_by(request),
    )


@implements("wushen-2021-60:21(2)", "cn-809:28.2")
def give_binding(request: AccessRequest, reply: PreparedReply, *, by: Actor, at: datetime) -> None:
    """Answer the request by what binds both sides of a dispute; what was granted before stays if the rest is refused."""
    check_reply(request, reply)
    # Whoever decides on the dispute has weighed what it reveals together with other grants; the result says why.
    reply = _with_aggregation(request, reply, reason=reply.text, at=at)
    agreements.check_in_force(request.consumer_id, at, side="consumer")
    changes: dict[str, Any] = {"late": False, "decided_by_authority": True, **NOTHING_PREPARED}
    if reply.outcome == "grant":
        check_departments(request)
        resource_of(request.resource_id)
        agreements.check_in_force(request.provider_id, at, side="provider")
        _grant(request, reply, by=by, at=at, changes=changes)
    else:
        changes["refusal_ground"] = reply.ground
        _answer(request, "uphold_part" if request.grant_id else "refuse", reply, by=by, at=at, changes=changes)


def lay_agreed(request: AccessRequest, reply: Mapping[str, Any], *, by_name: str, by_id: UUID, by: Actor, at: datetime) -> None:
    """Lay what both sides agreed on before the provider's officer, as a prepared reply; who wrote the minutes prepared it."""
    changes = {
        "prepared": dict(reply), "prepared_at": at, "prepared_by": by_name, "prepared_by_id": by_id, "prepared_for": "provider",
    }  # fmt: skip
    _note(request, "reply_prepared", by=by, at=at, changes=changes, after={"reply": dict(reply)})


def _check_side(request: AccessRequest, by: Actor) -> str:
    """The side the actor answers for, if that side may answer in this state."""
    side = permissions.answering_side(by, request.provider_id)
    if isinstance(by, Person) and by.department_id == request.consumer_id:
        raise NotPermitted()
    allowed = states.ANSWERABLE if side == "provider" else states.DECIDABLE
    if request.status not in allowed:
        raise WrongState(state=request.status, basis=("wushen-2021-60:21(2)", "cn-809:21.1"))
    dispute_sync.check_not_in_dispute(request.pk, request.status)
    return side


@implements("cn-809:25.2")
def _with_aggregation(request: AccessRequest, reply: PreparedReply, *, reason: str, at: datetime) -> PreparedReply:
    """The reply with what it would complete, looked for now; the officer says why that is acceptable."""
    if reply.outcome != "grant":
        return reply
    found = combining.findings(
        consumer_id=request.consumer_id, resource_id=request.resource_id, elements=reply.elements, masks=reply.masks, at=at,
        besides=request.grant_id or request.changes_grant_id,
    )  # fmt: skip
    if found and len(reason.strip()) < policies.SHORTEST_REASON:
        raise errors.AggregationUnjustified(field="aggregation_reason")
    said = reason.strip() if found else ""
    return replace(reply, aggregation=tuple(plain(one) for one in found), aggregation_reason=said)


def check_reply(request: AccessRequest, reply: PreparedReply) -> None:
    """A refusal states ground and reasons; a grant stays within what was asked."""
    if reply.outcome == "refuse":
        policies.check_refusal(reply.ground, reply.text)
        return
    until = reply.until or request.until
    if until is None:
        raise errors.UntilMissing(field="until")
    purposes = [Purpose(p) for p in reply.purposes]
    grant_policies.check_volume(reply.volume, mode=request.mode)
    policies.check_within_request(request, elements=reply.elements, purposes=purposes, until=until)
    check_keeps(request, reply)


@implements("cn-809:27.3", "wushen-2021-60:21(2)")
def check_keeps(request: AccessRequest, reply: PreparedReply) -> None:
    """A reply takes nothing from a running grant that the consumer still asks for; raises TakesAway.

    To give less is announced, negotiated and filed (条例 27.3); it is no answer to a request, and comes of no dispute.
    """
    earlier = request.grant_id or request.changes_grant_id
    if reply.outcome != "grant" or earlier is None or grant_queries.live_grant(earlier) is None:
        return
    have = grant_queries.current_terms(earlier)
    asked_until = end_of_day(request.until) if request.until else have.valid_until
    until = end_of_day(reply.until) if reply.until else asked_until
    offered = replace(
        have, elements=reply.elements, masks=reply.masks, conditions=reply.conditions, volume=reply.volume,
        purposes=tuple(Purpose(one) for one in reply.purposes), valid_until=until,
    )  # fmt: skip
    lost = [one for one in grant_policies.find_widenings(offered, have) if _still_asked(request, one, until=until)]
    if lost:
        raise TakesAway(field="elements", what=_lost_words(lost))


def _still_asked(request: AccessRequest, lost: str, *, until: datetime) -> bool:
    """Whether what the reply would take away (`kind:name`) is something the consumer did not give up itself."""
    kind, _sep, name = lost.partition(":")
    if kind == "element":
        return name in request.elements
    if kind == "purpose":
        return name in request.purposes
    if kind == "period":
        return request.until is None or until < end_of_day(request.until)
    return True


def _lost_words(lost: Sequence[str]) -> str:
    words = {
        "mask": gettext("stricter mask"), "condition": gettext("stricter row filter"), "volume": gettext("smaller volume"),
        "period": gettext("shorter period"),
    }  # fmt: skip
    parts = [one.partition(":") for one in lost]
    return ", ".join(f"{words[kind]} ({name})" if kind in words else name for kind, _sep, name in parts)


def _is_whole(request: AccessRequest, reply: PreparedReply) -> bool:
    return policies.is_whole(
        request, elements=reply.elements, masks=list(reply.masks.values()), conditions=reply.conditions, volume=reply.volume,
        purposes=[Purpose(one) for one in reply.purposes], until=reply.until or request.until,
    )  # fmt: skip


def _grant(
    request: AccessRequest,
    reply: PreparedReply,
    *,
    by: Actor,
    at: datetime,
    changes: Mapping[str, Any],
    standing_consent: Mapping[str, Any] | None = None,
) -> None:
    until = reply.until or request.until
    assert until is not None
    purposes = tuple(Purpose(p) for p in reply.purposes)
    terms: dict[str, Any] = {
        "elements": reply.elements,
        "masks": reply.masks,
        "conditions": reply.conditions,
        "volume": reply.volume,
        "purposes": purposes,
        "valid_until": end_of_day(until),
    }
    # Checked again: the grant may have ended, and nothing but the own grant of this resource is ever changed.
    earlier = grant_to_revise(request)
    if earlier:
        grant = grants.revise_grant(grant_id=earlier, reason=reply.text, access_request_id=request.pk, by=by, at=at, **terms)
    else:
        grant = grants.issue_grant(
            access_request_id=request.pk,
            resource_id=request.resource_id,
            consumer_id=request.consumer_id,
            third_party_ban_accepted=request.ban_accepted_at is not None,
            mode=request.mode,
            standing_consent=standing_consent is not None,
            reason=reply.text,
            by=by,
            at=at,
            **terms,
        )
    changes = {**changes, "grant_id": grant.pk}
    act = dispute_sync.granting_act(request, "grant" if _is_whole(request, reply) else "grant_partly")
    _answer(request, act, reply, by=by, at=at, changes=changes, standing=standing_consent)


def _answer(
    request: AccessRequest,
    act: str,
    reply: PreparedReply,
    *,
    by: Actor,
    at: datetime,
    changes: Mapping[str, Any],
    standing: Mapping[str, Any] | None = None,
) -> None:
    request.grant_id = changes.get("grant_id", request.grant_id)
    seen = seen_by(request)
    close_asked(request, because=act, by=by, at=at)
    # The reply as it was given stays with the request, for later comparison; so does who had consented beforehand, and when.
    kept = {**plain(reply), **({"standing_consent": plain(dict(standing))} if standing else {})}
    turn = states.ACCESS_REQUEST.find(act, request.status).turn
    given = {
        "turn": turn, "replied_at": at, "replied_by": by.name, "reply_text": reply.text, "prepared": kept, **STOPPED_CLOCK,
    }  # fmt: skip
    if act == "grant_part":
        given |= NOTHING_PREPARED
    dispute_sync.follow(request, act, by=by, at=at)
    transition(
        request,
        table=states.ACCESS_REQUEST,
        act=act,
        by=by,
        at=at,
        changes={**given, **changes},
        rule_version=request.due_rule,
        after={"reply": plain(reply)},
        detail={"standing_consent": dict(standing)} if standing else {},
        **seen,
    )


def _note(request: AccessRequest, event: str, *, by: Actor, at: datetime, changes: Mapping[str, Any], **evidence: Any) -> None:
    record_act(
        kind=f"access_request:{event}", subject=("access_request", request.pk), by=by, at=at, basis=("cn-809:20.3",),
        **evidence, **seen_by(request),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(request, name, value)
    request.save(update_fields=[*changes])
