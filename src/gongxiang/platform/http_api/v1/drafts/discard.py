"""Giving up a revision."""

from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import COMPILE
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


@endpoint("POST", "/drafts/{uuid:resource_id}/discard", door=COMPILE, name="discard_revision", tag="Drafts", answer=Draft)
def discard(request: Called, resource_id: UUID) -> dict[str, Any]:
    """Give up a revision: the entry stays as it was last published."""
    return draft_body(actions.discard_revision(resource_id=resource_id, by=request.actor, at=clock.now()))
