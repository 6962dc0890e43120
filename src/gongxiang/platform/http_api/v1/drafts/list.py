"""The department's entries, and what waits for the caller."""

from collections.abc import Sequence
from typing import Any, Literal

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.permissions import OWN, QUEUES
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import ListedEntry, Order, listed


class Wanted(Schema):
    """Which entries."""

    q: str = Field("", max_length=200, description="Part of the name or code.")
    status: Literal[
        "", "DRAFT", "IN_REVIEW", "REVIEWED", "CONSENTED", "SUBMITTED", "RATIFIED", "RETURNED", "PUBLISHED", "WITHDRAWN"
    ] = ""
    sort: Order = ""
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class DraftPage(Schema):
    """One page, the latest saved first."""

    entries: list[ListedEntry]
    total: int
    page: int
    pages: int


def _page(rows: Sequence[Any], page: int, size: int) -> dict[str, Any]:
    pages = max(1, -(-len(rows) // size))
    shown = rows[(page - 1) * size : page * size]
    return {"entries": [listed(row) for row in shown], "total": len(rows), "page": page, "pages": pages}


@endpoint("GET", "/drafts", door=OWN, name="list_drafts", tag="Drafts", answer=DraftPage)
def list_drafts(request: Called, wanted: Query[Wanted]) -> dict[str, Any]:
    """The entries of the caller's department, in whatever state."""
    rows = queries.own_entries(request.actor, text=wanted.q.strip(), status=wanted.status)
    if wanted.sort:
        rows = sorted(rows, key=lambda row: row.saved_at, reverse=wanted.sort == "new")
    return _page(rows, wanted.page, wanted.size)


@endpoint("GET", "/drafts/waiting", door=QUEUES, name="list_waiting", tag="Drafts", answer=DraftPage)
def waiting(request: Called, page: int = Query(1, ge=1, le=100_000), size: int = Query(50, ge=1, le=200)) -> dict[str, Any]:
    """What waits for an act of this person, the most urgent first."""
    return _page(queries.waiting_for(request.actor), page, size)
