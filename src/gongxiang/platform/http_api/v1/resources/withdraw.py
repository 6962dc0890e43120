"""Taking an entry out of the catalogue."""

from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import WITHDRAW
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


class Reason(Schema):
    """Why."""

    reason: str = Field(max_length=2000)


@endpoint("POST", "/resources/{uuid:resource_id}/withdraw", door=WITHDRAW, name="withdraw_resource", tag="Drafts", answer=Draft)
def withdraw(request: Called, resource_id: UUID, sent: Reason) -> dict[str, Any]:
    """Take a published entry out of the catalogue; its versions stay citable."""
    done = actions.withdraw_resource(resource_id=resource_id, reason=sent.reason, by=request.actor, at=clock.now())
    return draft_body(done)
