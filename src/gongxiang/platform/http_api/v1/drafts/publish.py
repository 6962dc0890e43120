"""The authority's publication."""

from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import DECIDE
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Resource
from gongxiang.platform.http_api.v1.resources.get import body
from gongxiang.protocol import clock


@endpoint("POST", "/drafts/{uuid:resource_id}/publish", door=DECIDE, name="publish_resource", tag="Drafts", answer=Resource)
def publish(request: Called, resource_id: UUID) -> dict[str, Any]:
    """Publish a submitted entry as a new version; only the authority's officer, and what is missing comes back all at once."""
    return body(request, actions.publish_resource(resource_id=resource_id, by=request.actor, at=clock.now()))
