"""Returning an entry with remarks."""

from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import RETURN
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, Remark, draft_body
from gongxiang.protocol import clock


class Remarks(Schema):
    """At least one."""

    remarks: Annotated[list[Remark], Field(max_length=500)]


@endpoint("POST", "/drafts/{uuid:resource_id}/return", door=RETURN, name="return_resource", tag="Drafts", answer=Draft)
def send_back(request: Called, resource_id: UUID, sent: Remarks) -> dict[str, Any]:
    """Send the entry back with remarks on its fields: by whoever's turn it is."""
    remarks = [{"field": one.field, "text": one.text} for one in sent.remarks]
    return draft_body(actions.return_resource(resource_id=resource_id, remarks=remarks, by=request.actor, at=clock.now()))
