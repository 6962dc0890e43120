"""Requests to line superiors, and what came back: read only."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.access import queries_superior as queries
from gongxiang.platform.access.permissions import VIEW_SUPERIORS
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Urgency, page_of


class SuperiorRequest(Schema):
    """What a department asks of its line superior, and what came of it."""

    id: UUID
    number: str
    status: str
    department_id: UUID
    department_name: str
    superior: str
    level: str
    system_name: str
    title: str
    items: list[str]
    resource_id: UUID | None
    access_request_number: str
    letter_number: str
    sent_on: date | None
    reminders: int
    due_at: datetime | None
    due_basis: str
    due_rule: str
    outcome: str
    answer_number: str
    answered_on: date | None
    agreed_mode: str
    agreed_frequency: str
    extra_conditions: str
    returns: int
    first_return_at: datetime | None
    last_return_at: datetime | None
    seen_flowing: bool


class Wanted(Schema):
    """Which requests; `returning` gives the register of what comes back."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=20)
    level: str = Field("", max_length=10)
    returning: bool = False
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


class SuperiorRequests(Schema):
    """One page, the latest first."""

    superior_requests: list[SuperiorRequest]
    total: int
    page: int
    pages: int


def _body(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SuperiorRequest.model_fields}


@endpoint(
    "GET", "/superior-requests", door=VIEW_SUPERIORS, name="list_superior_requests", tag="Upkeep", answer=SuperiorRequests
)
def superior_requests(request: Called, wanted: Query[Wanted]) -> dict[str, Any]:
    """Requests to line superiors: the own department's, or all that were issued for authority and audit."""
    statuses = (wanted.status,) if wanted.status else ()
    rows = queries.find_superior_requests(
        actor=request.actor, text=wanted.q.strip(), statuses=statuses, level=wanted.level, returning=wanted.returning
    )
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="drafted_at")
    return {"superior_requests": [_body(row) for row in shown], **numbers}


@endpoint(
    "GET", "/superior-requests/{uuid:superior_request_id}", door=VIEW_SUPERIORS, name="get_superior_request", tag="Upkeep",
    answer=SuperiorRequest,
)  # fmt: skip
def superior_request(request: Called, superior_request_id: UUID) -> dict[str, Any]:
    """One request to a line superior."""
    return _body(queries.get_superior_request(superior_request_id, actor=request.actor))
