"""The projects that plan entries before they are built."""

from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Urgency, page_of, schema_of
from gongxiang.platform.projects import queries
from gongxiang.platform.projects.permissions import VIEW
from gongxiang.platform.projects.values import ProjectView
from gongxiang.protocol.canonical import plain

Project = schema_of(ProjectView, sent=False)


class Wanted(Schema):
    """Which projects."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=30)
    department: UUID | None = None
    year: int | None = Field(None, ge=2000, le=2200)
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


class Projects(Schema):
    """One page, the latest first."""

    projects: list[Project]  # type: ignore[valid-type]
    total: int
    page: int
    pages: int


@endpoint("GET", "/projects", door=VIEW, name="list_projects", tag="Upkeep", answer=Projects)
def projects(request: Called, wanted: Query[Wanted]) -> dict[str, Any]:
    """The projects that the caller sees."""
    rows = queries.find_projects(
        actor=request.actor, text=wanted.q.strip(), status=wanted.status, department_id=wanted.department, year=wanted.year
    )
    shown, numbers = page_of(
        rows.order_by("-registered_at", "-number"), page=wanted.page, size=wanted.size, sort=wanted.sort, since="registered_at"
    )
    return {"projects": [plain(queries.view_of(row)) for row in shown], **numbers}


@endpoint("GET", "/projects/{uuid:project_id}", door=VIEW, name="get_project", tag="Upkeep", answer=Project)
def project(request: Called, project_id: UUID) -> Any:
    """One project."""
    return plain(queries.get_project(project_id, actor=request.actor))
