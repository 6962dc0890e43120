"""Demands: what departments need and the catalogue does not offer; reading, stating and every act until they end."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from gongxiang.platform.demands import actions, permissions, queries, states
from gongxiang.platform.demands.permissions import STATE, VIEW
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import page_of
from gongxiang.platform.http_api.v1.upkeep import checks
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
    box: Literal["all", "mine", "to_answer", "to_assign"] = "all"
    outcome: Literal["", "EXISTS", "WILL_BE_COMPILED", "DOES_NOT_EXIST"] = ""
    sort: Literal["new", "due", "name"] = "new"
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class Demands(Schema):
    """One page, the latest first."""

    demands: list[Demand]
    total: int
    page: int
    pages: int


_SORTS = {"new": ("-stated_at", "-number"), "due": ("due_at", "-number"), "name": ("title", "-number")}


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
    rows = queries.find_demands(
        actor=request.actor, box=wanted.box, text=wanted.q.strip(), statuses=statuses, outcome=wanted.outcome
    )
    shown, numbers = page_of(rows.order_by(*_SORTS[wanted.sort]), page=wanted.page, size=wanted.size)
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


enter_acts(
    Area(
        tag="Upkeep", path="/demands", key="demand_id", answer=Demand, door=VIEW, see=queries.get_demand, body=_body,
        table=states.DEMAND, name="demand",
    ),
    (
        Act(
            name="assign_demand", path="/assign", action=actions.assign_demand, door=permissions.ASSIGN, arrow="assign"
        ),
        Act(
            name="hand_back_demand", path="/hand-back", action=actions.hand_back_demand, door=permissions.HAND_BACK,
            arrow="hand_back", side="provider_id",
        ),
        Act(
            name="answer_demand", path="/answer", action=actions.answer_demand, door=permissions.ANSWER, arrow="answer",
            kinds={"outcome": Literal["EXISTS", "WILL_BE_COMPILED", "DOES_NOT_EXIST"]}, may=checks.answers_demand,
        ),
        Act(
            name="contest_demand", path="/contest", action=actions.contest_answer, door=STATE, arrow="contest",
            side="consumer_id",
        ),
        Act(name="close_demand", path="/close", action=actions.close_demand, door=STATE, arrow="close", side="consumer_id"),
        Act(
            name="withdraw_demand", path="/withdraw", action=actions.withdraw_demand, door=STATE, arrow="withdraw",
            side="consumer_id",
        ),
    ),
)  # fmt: skip
