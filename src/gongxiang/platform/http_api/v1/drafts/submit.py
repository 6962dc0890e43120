"""Submitting an entry to the authority."""

from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import SUBMIT
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


@endpoint("POST", "/drafts/{uuid:resource_id}/submit", door=SUBMIT, name="submit_resource", tag="Drafts", answer=Draft)
def submit(request: Called, resource_id: UUID) -> dict[str, Any]:
    """Submit the consented entry to the authority, whose period of review starts."""
    return draft_body(actions.submit_resource(resource_id=resource_id, by=request.actor, at=clock.now()))
