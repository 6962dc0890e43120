"""Beginning a new version of a published entry."""

from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import COMPILE
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


@endpoint("POST", "/resources/{uuid:resource_id}/revise", door=COMPILE, name="revise_resource", tag="Drafts", answer=Draft)
def revise(request: Called, resource_id: UUID) -> dict[str, Any]:
    """Begin a new version; the published one stays in force until it is published."""
    return draft_body(actions.revise_resource(resource_id=resource_id, by=request.actor, at=clock.now()))
