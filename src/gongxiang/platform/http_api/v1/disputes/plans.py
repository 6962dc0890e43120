"""The register of collection plans."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.access import queries_collection as queries
from gongxiang.platform.access.collecting import hit_key
from gongxiang.platform.access.permissions_dispute import PLAN, VIEW_PLANS, check_own
from gongxiang.platform.access.queries_collection import PlanView
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Urgency, page_of


class CollectionCase(Schema):
    """What a department collects because it exists nowhere, and what it uses through sharing instead."""

    id: UUID
    number: str
    status: str
    turn: str
    filing_id: UUID
    department_id: UUID
    department_name: str
    title: str
    items: list[str]
    collected: list[str]
    collected_from: str
    legal_basis: str
    update_cycle: str
    starts_on: date
    drafted_at: datetime
    proposed_at: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    opinion: str
    reviewed_at: datetime | None
    resource_id: UUID | None
    ended_at: datetime | None
    ended_reason: str


class WantedPlans(Schema):
    """Which plans."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=20)
    department: UUID | None = None
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


class CollectionCases(Schema):
    """One page, the latest first."""

    plans: list[CollectionCase]
    total: int
    page: int
    pages: int


def _body(row: PlanView) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in CollectionCase.model_fields if name != "filing_id"}
    return {**found, "filing_id": row.absence_id}


@endpoint("GET", "/collection-plans", door=VIEW_PLANS, name="list_collection_plans", tag="Disputes", answer=CollectionCases)
def plans(request: Called, wanted: Query[WantedPlans]) -> dict[str, Any]:
    """The plans that were proposed, open to every department that shares; drafts to their own and the authority."""
    rows = queries.find_plans(
        actor=request.actor, text=wanted.q.replace("\x00", "").strip(), status=wanted.status, department_id=wanted.department
    )
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="drafted_at")
    return {"plans": [_body(queries.plan_view(row)) for row in shown], **numbers}


@endpoint(
    "GET", "/collection-plans/{uuid:plan_id}", door=VIEW_PLANS, name="get_collection_plan", tag="Disputes",
    answer=CollectionCase,
)  # fmt: skip
def plan(request: Called, plan_id: UUID) -> dict[str, Any]:
    """One plan."""
    return _body(queries.get_plan(plan_id, actor=request.actor))


class PlanHit(Schema):
    """Something that exists already; `key` is what an answer names."""

    key: str
    item: str
    target_name: str
    available: bool
    answer: str
    reason: str


class PlanHits(Schema):
    """Every hit of a plan."""

    hits: list[PlanHit]


@endpoint(
    "GET", "/collection-plans/{uuid:plan_id}/hits", door=PLAN, name="get_collection_hits", tag="Disputes", answer=PlanHits
)
def hits(request: Called, plan_id: UUID) -> dict[str, Any]:
    """What exists already of the items that the own department wants to collect, and what was said to it."""
    found = queries.get_plan(plan_id, actor=request.actor)
    check_own(PLAN, request.actor, found.department_id)
    texts = ("item", "target_name", "answer", "reason")
    return {
        "hits": [
            {"key": hit_key(hit), "available": bool(hit["available"]), **{name: str(hit.get(name, "")) for name in texts}}
            for hit in found.hits
        ]
    }
