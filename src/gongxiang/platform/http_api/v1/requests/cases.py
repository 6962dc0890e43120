"""Listing and reading requests."""

from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.access import queries, states
from gongxiang.platform.access.permissions import VIEW
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Urgency, page_of
from gongxiang.platform.http_api.v1.requests.shapes import RequestCase, RequestCases, case_body


class WantedRequests(Schema):
    """Which requests."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=20)
    box: Literal["", "mine", "to_answer", "answered"] = ""
    resource_id: UUID | None = None
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


@endpoint("GET", "/requests", door=VIEW, name="list_requests", tag="Requests", answer=RequestCases)
def requests(request: Called, wanted: Query[WantedRequests]) -> dict[str, Any]:
    """The own department's requests and those submitted to it; overseers see all that were submitted."""
    statuses = (wanted.status,) if wanted.status in states.ACCESS_REQUEST.states else ()
    rows = queries.find_access_requests(
        actor=request.actor, box=wanted.box, text=wanted.q.replace("\x00", "").strip(), statuses=statuses,
        resource_id=wanted.resource_id,
    )  # fmt: skip
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="drafted_at")
    return {"requests": [case_body(request, queries.view_of(row)) for row in shown], **numbers}


@endpoint("GET", "/requests/{uuid:request_id}", door=VIEW, name="get_request", tag="Requests", answer=RequestCase)
def case(request: Called, request_id: UUID) -> dict[str, Any]:
    """One request."""
    return case_body(request, queries.get_access_request(request_id, actor=request.actor))
