"""What the sides of a request wrote to each other."""

from typing import Any
from uuid import UUID

from ninja import Query, Schema

from gongxiang.platform.access import talking
from gongxiang.platform.access.permissions_dispute import READ_MESSAGES
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import page_of, schema_of
from gongxiang.protocol.canonical import plain

_Message = schema_of(talking.MessageView, sent=False)


class Messages(Schema):
    """One page of a thread: pages go from the newest back, the messages of each from the oldest on."""

    messages: list[_Message]  # type: ignore[valid-type]
    total: int
    page: int
    pages: int


@endpoint(
    "GET", "/requests/{uuid:request_id}/messages", door=READ_MESSAGES, name="list_request_messages", tag="Requests",
    answer=Messages,
)  # fmt: skip
def messages(
    request: Called, request_id: UUID, page: int = Query(1, ge=1, le=100_000), size: int = Query(50, ge=1, le=200)
) -> dict[str, Any]:
    """The messages about a request; `read_request_messages` says that they were read."""
    rows, numbers = page_of(talking.messages_of(request_id, actor=request.actor), page=page, size=size)
    return {"messages": plain(talking.views_of(request_id, rows, actor=request.actor)), **numbers}
