"""Disputes over what was refused: listed and read by the sides and the authority."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.access import queries_dispute as queries
from gongxiang.platform.access.permissions_dispute import VIEW
from gongxiang.platform.access.queries_dispute import DisputeView
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Urgency, page_of


class DisputeCase(Schema):
    """A dispute: what it is about, whose turn it is, by when, and how it ended."""

    id: UUID
    number: str
    status: str
    turn: str
    access_request_id: UUID
    resource_id: UUID
    resource_name: str
    consumer_id: UUID
    consumer_name: str
    provider_id: UUID
    provider_name: str
    grounds: str
    whole: bool
    elements: list[str]
    purposes: list[str]
    opened_at: datetime
    due_at: datetime | None
    due_basis: str
    due_rule: str
    consulted: str
    opinion_given_at: datetime | None
    opinion_document_id: UUID | None
    opinion_reasons: str
    consumer_answer: str
    provider_answer: str
    submitted_at: datetime | None
    decision_body: str
    decision_number: str
    decision_on: date | None
    decision_content: str
    ended_at: datetime | None


class WantedDisputes(Schema):
    """Which disputes."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=20)
    box: Literal["all", "open", "mine", "ended"] = "all"
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


class DisputeCases(Schema):
    """One page, the latest first."""

    disputes: list[DisputeCase]
    total: int
    page: int
    pages: int


def _body(row: DisputeView) -> dict[str, Any]:
    """An opinion is nobody's before it is given."""
    found = {name: getattr(row, name) for name in DisputeCase.model_fields}
    return found if row.opinion_given_at else {**found, "opinion_reasons": ""}


@endpoint("GET", "/disputes", door=VIEW, name="list_disputes", tag="Disputes", answer=DisputeCases)
def disputes(request: Called, wanted: Query[WantedDisputes]) -> dict[str, Any]:
    """The disputes in which the caller's department is a side; all for the authority and the audit office."""
    rows = queries.find_disputes(
        actor=request.actor, box=wanted.box, text=wanted.q.replace("\x00", "").strip(),
        statuses=(wanted.status,) if wanted.status else (),
    )  # fmt: skip
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="opened_at")
    return {"disputes": [_body(queries.view_of(row)) for row in shown], **numbers}


@endpoint("GET", "/disputes/{uuid:dispute_id}", door=VIEW, name="get_dispute", tag="Disputes", answer=DisputeCase)
def dispute(request: Called, dispute_id: UUID) -> dict[str, Any]:
    """One dispute."""
    return _body(queries.get_dispute(dispute_id, actor=request.actor))
