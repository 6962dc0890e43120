"""The applicant's acts: draft, save, present, consent, submit, complete, withdraw."""

from typing import Any
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from gongxiang.platform.access import actions, queries
from gongxiang.platform.access.permissions import APPLY, CONSENT
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.v1.requests.shapes import RequestCase, RequestWords, case_body
from gongxiang.protocol import clock


class NewRequest(Schema):
    """For which resource, and what is known so far."""

    resource_id: UUID
    changes_grant_id: UUID | None = None
    words: RequestWords | None = None


class SavedRequest(Schema):
    """What is written anew, and whether the ban on third parties is accepted in the text of today."""

    words: RequestWords | None = None
    ban_accepted: bool | None = None


class RequestCompletion(Schema):
    """What is added for the missing items; fields that the notice named are written anew."""

    completion: str = Field(max_length=4000)
    words: RequestWords | None = None


class WithdrawalReason(Schema):
    """Why."""

    reason: str = Field(max_length=4000)


def _given(words: RequestWords | None) -> dict[str, Any]:
    return words.given() if words is not None else {}


def _key(request: Called, request_id: UUID) -> dict[str, Any]:
    """Whom and when; of a request that is not theirs to see callers hear that there is none."""
    queries.get_access_request(request_id, actor=request.actor)
    return {"access_request_id": request_id, "by": request.actor, "at": clock.now()}


def _seen(request: Called, request_id: UUID) -> dict[str, Any]:
    return case_body(request, queries.get_access_request(request_id, actor=request.actor))


@endpoint("POST", "/requests", door=APPLY, name="draft_request", tag="Requests", answer=RequestCase, status=201)
def draft(request: Called, sent: NewRequest) -> Status[Any]:
    """Begin a request of the own department: a person's act."""
    made = actions.draft_access_request(
        resource_id=sent.resource_id, changes_grant_id=sent.changes_grant_id, fields=_given(sent.words), by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    return Status(201, _seen(request, made.pk))


@endpoint("PATCH", "/requests/{uuid:request_id}", door=APPLY, name="save_request", tag="Requests", answer=RequestCase)
def save(request: Called, request_id: UUID, sent: SavedRequest) -> dict[str, Any]:
    """Write in a draft."""
    actions.save_draft(fields=_given(sent.words), ban_accepted=sent.ban_accepted, **_key(request, request_id))
    return _seen(request, request_id)


@endpoint("POST", "/requests/{uuid:request_id}/present", door=APPLY, name="present_request", tag="Requests", answer=RequestCase)
def present(request: Called, request_id: UUID) -> dict[str, Any]:
    """Lay the draft before the own accountable officer; everything that is missing comes back at once."""
    actions.present_access_request(**_key(request, request_id))
    return _seen(request, request_id)


@endpoint(
    "POST", "/requests/{uuid:request_id}/consent", door=CONSENT, name="consent_to_request", tag="Requests", answer=RequestCase
)
def consent(request: Called, request_id: UUID) -> dict[str, Any]:
    """The own accountable officer consents."""
    actions.consent_access_request(**_key(request, request_id))
    return _seen(request, request_id)


@endpoint("POST", "/requests/{uuid:request_id}/submit", door=APPLY, name="submit_request", tag="Requests", answer=RequestCase)
def submit(request: Called, request_id: UUID) -> dict[str, Any]:
    """Hand it to the provider, after the own officer's consent; an unconditional resource is granted at once."""
    actions.submit_access_request(**_key(request, request_id))
    return _seen(request, request_id)


@endpoint(
    "POST", "/requests/{uuid:request_id}/complete", door=APPLY, name="complete_request", tag="Requests", answer=RequestCase
)
def complete(request: Called, request_id: UUID, sent: RequestCompletion) -> dict[str, Any]:
    """Answer the notice of missing material."""
    actions.complete_access_request(completion=sent.completion, fields=_given(sent.words), **_key(request, request_id))
    return _seen(request, request_id)


@endpoint(
    "POST", "/requests/{uuid:request_id}/withdraw", door=APPLY, name="withdraw_request", tag="Requests", answer=RequestCase
)
def withdraw(request: Called, request_id: UUID, sent: WithdrawalReason) -> dict[str, Any]:
    """Ask no longer."""
    actions.withdraw_access_request(reason=sent.reason, **_key(request, request_id))
    return _seen(request, request_id)
