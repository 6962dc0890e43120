"""Demands: what departments need and the catalogue does not offer."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from gongxiang.platform.demands import actions, queries
from gongxiang.platform.demands.permissions import STATE, VIEW
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import page_of
from gongxiang.protocol import clock


class Demand(Schema):
    """A demand, and what became of it."""

    id: UUID
    number: str
    status: str
    turn: str
    title: str
    items: list[str]
    duty: str
    matter: str
    mode: str
    update_cycle: str
    urgent: bool
    consumer_id: UUID
    consumer_name: str
    stated_at: datetime
    stated_by: str
    provider_id: UUID | None
    provider_name: str
    outcome: str
    answer: str
    resource_id: UUID | None
    planned_on: date | None
    answered_at: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str


class Wanted(Schema):
    """Which demands."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=20)
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class Demands(Schema):
    """One page, the latest first."""

    demands: list[Demand]
    total: int
    page: int
    pages: int


class NewDemand(Schema):
    """What the own department needs, and for which duty."""

    title: str = Field(max_length=200)
    items: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=200)]
    duty: str = Field(max_length=2000)
    matter: str = Field("", max_length=200)
    mode: Literal["table", "api", "file"] = "table"
    update_cycle: Literal["REALTIME", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "YEARLY", "IRREGULAR"] = "DAILY"
    urgent: bool = False
    urgent_reason: str = Field("", max_length=500)


def _body(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Demand.model_fields}


@endpoint("GET", "/demands", door=VIEW, name="list_demands", tag="Upkeep", answer=Demands)
def demands(request: Called, wanted: Query[Wanted]) -> dict[str, Any]:
    """Demands, which are open to every department that shares."""
    statuses = (wanted.status,) if wanted.status else ()
    rows = queries.find_demands(actor=request.actor, text=wanted.q.strip(), statuses=statuses)
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size)
    return {"demands": [_body(row) for row in shown], **numbers}


@endpoint("GET", "/demands/{uuid:demand_id}", door=VIEW, name="get_demand", tag="Upkeep", answer=Demand)
def demand(request: Called, demand_id: UUID) -> dict[str, Any]:
    """One demand."""
    return _body(queries.get_demand(demand_id, actor=request.actor))


@endpoint("POST", "/demands", door=STATE, name="state_demand", tag="Upkeep", answer=Demand, status=201)
def state(request: Called, sent: NewDemand) -> Status[Any]:
    """State what the own department needs: a person's act, with a session or a token of one's own."""
    made = actions.state_demand(**sent.model_dump(), by=request.actor, at=clock.now())
    return Status(201, _body(made))
