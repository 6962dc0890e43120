"""What is said, or filed, not to exist."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.access import queries_collection as queries
from gongxiang.platform.access.permissions_dispute import VIEW_PLANS
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Urgency, page_of


class Filing(Schema):
    """A record that data do not exist; filed once it has a filing number."""

    id: UUID
    number: str
    filing_number: str
    status: str
    turn: str
    title: str
    items: list[str]
    consumer_id: UUID
    consumer_name: str
    provider_id: UUID | None
    provider_name: str
    search: str
    stated_at: datetime
    answered_at: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    opinion: str
    found_resource_id: UUID | None
    decided_at: datetime | None


class WantedFilings(Schema):
    """Which records; `department` is the one that needs the data."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=20)
    department: UUID | None = None
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


class Filings(Schema):
    """One page, the latest first."""

    filings: list[Filing]
    total: int
    page: int
    pages: int


def _body(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Filing.model_fields}


@endpoint("GET", "/filings", door=VIEW_PLANS, name="list_filings", tag="Disputes", answer=Filings)
def filings(request: Called, wanted: Query[WantedFilings]) -> dict[str, Any]:
    """What was filed, open to every department that shares; the rest to both sides and the authority."""
    rows = queries.find_absences(
        actor=request.actor, text=wanted.q.replace("\x00", "").strip(), status=wanted.status, department_id=wanted.department
    )
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="stated_at")
    return {"filings": [_body(row) for row in shown], **numbers}


@endpoint("GET", "/filings/{uuid:filing_id}", door=VIEW_PLANS, name="get_filing", tag="Disputes", answer=Filing)
def filing(request: Called, filing_id: UUID) -> dict[str, Any]:
    """One record."""
    return _body(queries.get_absence(filing_id, actor=request.actor))
