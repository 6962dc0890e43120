"""The responsible unit's review."""

from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import REVIEW
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


@endpoint("POST", "/drafts/{uuid:resource_id}/review", door=REVIEW, name="pass_review", tag="Drafts", answer=Draft)
def review(request: Called, resource_id: UUID) -> dict[str, Any]:
    """The reviewer, who has not worked on the draft, finds it right."""
    return draft_body(actions.pass_review(resource_id=resource_id, by=request.actor, at=clock.now()))
