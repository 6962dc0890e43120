"""The authority's ratification of a withholding, and its leader's exception for a basis of lower rank."""

from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.catalogue.permissions import EXCEPT, RATIFY
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


class Opinion(Schema):
    """What the authority thinks of the basis."""

    opinion: str = Field("", max_length=2000)


class LowerBasis(Schema):
    """Which statute may do, and why."""

    statute: UUID
    reason: str = Field(max_length=2000)


@endpoint("POST", "/drafts/{uuid:resource_id}/ratify", door=RATIFY, name="ratify_withholding", tag="Drafts", answer=Draft)
def ratify(request: Called, resource_id: UUID, sent: Opinion) -> dict[str, Any]:
    """Ratify that the entry is withheld; asks for the second factor."""
    done = actions.ratify_withholding(resource_id=resource_id, opinion=sent.opinion, by=request.actor, at=clock.now())
    return draft_body(done)


@endpoint("POST", "/drafts/{uuid:resource_id}/exception", door=EXCEPT, name="allow_lower_basis", tag="Drafts", answer=Draft)
def allow_lower_basis(request: Called, resource_id: UUID, sent: LowerBasis) -> dict[str, Any]:
    """Let the entry rest on a basis below the Regulation's; asks for the second factor."""
    actions.allow_lower_basis(
        resource_id=resource_id, statute=str(sent.statute), reason=sent.reason, by=request.actor, at=clock.now()
    )
    return draft_body(queries.get_draft(resource_id, actor=request.actor))
