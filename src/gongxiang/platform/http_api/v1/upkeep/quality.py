"""The catalogue in figures, and the rows that each figure counts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.catalogue import quality
from gongxiang.platform.catalogue.permissions import QUALITY
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.protocol import clock


class QualityFigure(Schema):
    """One figure, by department; `name` leads to its rows."""

    name: str
    group: str
    basis: list[str]
    total: int
    departments: dict[str, int]


class QualityFigures(Schema):
    """Every figure that the caller sees."""

    figures: list[QualityFigure]


class QualityRow(Schema):
    """One thing that a figure counts; `problem` and `advice` in words where it is a point about an entry."""

    department_id: UUID
    department: str
    resource_id: UUID | None
    system_id: UUID | None
    name: str
    code: str
    draft: bool
    field: str
    problem: str
    advice: str
    since: datetime | None
    due_at: datetime | None


class Wanted(Schema):
    """Which rows."""

    q: str = Field("", max_length=200)
    department: UUID | None = None
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class QualityRows(Schema):
    """One page."""

    rows: list[QualityRow]
    total: int
    page: int
    pages: int


@endpoint("GET", "/quality", door=QUALITY, name="list_quality_figures", tag="Upkeep", answer=QualityFigures)
def figures(request: Called) -> dict[str, Any]:
    """The figures of the catalogue: of all departments for the authority and audit, else of the own one."""
    counted = quality.counts(actor=request.actor, at=clock.now())
    found = [
        {
            "name": check.name, "group": check.group, "basis": list(check.basis), "total": sum(counted[check.name].values()),
            "departments": {str(key): number for key, number in counted[check.name].items()},
        }
        for check in quality.CHECKS.values()
    ]  # fmt: skip
    return {"figures": found}


@endpoint("GET", "/quality/{name}", door=QUALITY, name="list_quality_rows", tag="Upkeep", answer=QualityRows)
def rows(request: Called, name: str, wanted: Query[Wanted]) -> dict[str, Any]:
    """Exactly what a figure counts."""
    found = quality.rows(
        name, actor=request.actor, at=clock.now(), department_id=wanted.department, text=wanted.q.strip()
    )  # fmt: skip
    shown = found[(wanted.page - 1) * wanted.size : wanted.page * wanted.size]
    pages = max(1, -(-len(found) // wanted.size))
    return {"rows": [_row(one) for one in shown], "total": len(found), "page": wanted.page, "pages": pages}


def _row(row: quality.Row) -> dict[str, Any]:
    plainly = ("department_id", "department", "resource_id", "system_id", "name", "code", "draft", "field", "since", "due_at")
    said = {"problem": row.point.message if row.point else "", "advice": row.point.advice if row.point else ""}
    return {**{name: getattr(row, name) for name in plainly}, **said}
