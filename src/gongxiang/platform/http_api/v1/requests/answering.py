"""The provider's acts: notice, prepared reply, the officer's consent."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.access import actions, queries
from gongxiang.platform.access.permissions import PREPARE, RECEIVE, REPLY
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.v1.requests.shapes import (
    Code,
    ElementMask,
    RequestCase,
    RowCondition,
    VolumeLimits,
    case_body,
)
from gongxiang.protocol import clock
from gongxiang.protocol.terms import Condition, Mask, Purpose, Volume


class RequestNotice(Schema):
    """Everything that is missing, once; and the fields of the request that have to be written anew."""

    missing: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=100)]
    fields_named: Annotated[list[Annotated[str, Field(max_length=30)]], Field(max_length=20)] = []


class RequestReply(Schema):
    """A reply to be consented to by the accountable officer."""

    outcome: Literal["grant", "refuse"]
    elements: Annotated[list[Code], Field(max_length=2000)] = []
    masks: Annotated[dict[Code, ElementMask], Field(max_length=2000)] = {}
    conditions: Annotated[list[RowCondition], Field(max_length=50)] = []
    volume: VolumeLimits = VolumeLimits()
    purposes: Annotated[list[Purpose], Field(max_length=4)] = []
    until: date | None = None
    ground: str = Field("", max_length=20)
    text: str = Field("", max_length=4000)


class ReplyConsent(Schema):
    """Which prepared reply was read (`prepared_at` of the request), and why what it completes is acceptable."""

    read_at: datetime
    aggregation_reason: str = Field("", max_length=2000)


def _key(request: Called, request_id: UUID) -> dict[str, Any]:
    """Whom and when; of a request that is not theirs to see callers hear that there is none."""
    queries.get_access_request(request_id, actor=request.actor)
    return {"access_request_id": request_id, "by": request.actor, "at": clock.now()}


def _seen(request: Called, request_id: UUID) -> dict[str, Any]:
    return case_body(request, queries.get_access_request(request_id, actor=request.actor))


@endpoint("POST", "/requests/{uuid:request_id}/notice", door=RECEIVE, name="notify_request", tag="Requests", answer=RequestCase)
def notice(request: Called, request_id: UUID, sent: RequestNotice) -> dict[str, Any]:
    """Name everything that is missing, once; it is never a ground of refusal."""
    actions.notify_incomplete(missing=sent.missing, fields=sent.fields_named, **_key(request, request_id))
    return _seen(request, request_id)


@endpoint("POST", "/requests/{uuid:request_id}/reply", door=PREPARE, name="prepare_reply", tag="Requests", answer=RequestCase)
def reply(request: Called, request_id: UUID, sent: RequestReply) -> dict[str, Any]:
    """Prepare the reply; nothing of it holds before the officer's consent."""
    actions.prepare_reply(
        outcome=sent.outcome, elements=tuple(sent.elements),
        masks={code: Mask(kind=one.kind, prefix=one.prefix, suffix=one.suffix) for code, one in sent.masks.items()},
        conditions=tuple(
            Condition(element=one.element, operator=one.operator, values=tuple(one.values)) for one in sent.conditions
        ),
        volume=Volume(**sent.volume.model_dump()), purposes=tuple(sent.purposes), until=sent.until, ground=sent.ground,
        text=sent.text, **_key(request, request_id),
    )  # fmt: skip
    return _seen(request, request_id)


@endpoint("POST", "/requests/{uuid:request_id}/give", door=REPLY, name="give_reply", tag="Requests", answer=RequestCase)
def give(request: Called, request_id: UUID, sent: ReplyConsent) -> dict[str, Any]:
    """The accountable officer, or the authority's leader at its turn, consents: the reply is given."""
    actions.consent_reply(read_at=sent.read_at, aggregation_reason=sent.aggregation_reason, **_key(request, request_id))
    return _seen(request, request_id)
