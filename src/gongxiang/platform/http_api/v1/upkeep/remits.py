"""Changes of remit, with what became of each entry they touch."""

from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.catalogue import queries_remit as queries
from gongxiang.platform.catalogue.permissions_upkeep import VIEW_REMITS
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Urgency, page_of, schema_of
from gongxiang.protocol.canonical import plain

RemitChange = schema_of(queries.RemitView, sent=False)


class Wanted(Schema):
    """Which changes."""

    q: str = Field("", max_length=200)
    status: Literal["", "running", "OVERDUE", "COMPLETED"] = ""
    department: UUID | None = None
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


class RemitChanges(Schema):
    """One page, the most urgent first."""

    remit_changes: list[RemitChange]  # type: ignore[valid-type]
    total: int
    page: int
    pages: int


@endpoint("GET", "/remit-changes", door=VIEW_REMITS, name="list_remit_changes", tag="Upkeep", answer=RemitChanges)
def remit_changes(request: Called, wanted: Query[Wanted]) -> dict[str, Any]:
    """Changes of remit that the caller sees, with their clocks."""
    rows = queries.find_remit_changes(
        actor=request.actor, text=wanted.q.strip(), status=wanted.status, department_id=wanted.department
    )
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="registered_at")
    return {"remit_changes": [plain(one) for one in queries.remit_views(shown)], **numbers}


@endpoint("GET", "/remit-changes/{uuid:change_id}", door=VIEW_REMITS, name="get_remit_change", tag="Upkeep", answer=RemitChange)
def remit_change(request: Called, change_id: UUID) -> Any:
    """One change of remit, entry by entry."""
    return plain(queries.get_remit_change(change_id, actor=request.actor))
