"""Handing a draft to the department's reviewer."""

from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import COMPILE
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


@endpoint("POST", "/drafts/{uuid:resource_id}/send", door=COMPILE, name="send_for_review", tag="Drafts", answer=Draft)
def send(request: Called, resource_id: UUID) -> dict[str, Any]:
    """Hand the complete draft to the reviewer, stating that it holds no secrets; what is missing comes back all at once."""
    return draft_body(actions.send_for_review(resource_id=resource_id, by=request.actor, at=clock.now()))
