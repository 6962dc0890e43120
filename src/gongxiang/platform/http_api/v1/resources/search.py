"""Searching what is published."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint

Chosen = Annotated[list[str], Field(max_length=50)]


class Wanted(Schema):
    """What is looked for; a facet given several times means any of its values."""

    q: str = Field("", max_length=200, description="Words, pinyin or initials.")
    sharing_type: Chosen = []
    kind: Chosen = []
    classification: Chosen = []
    department: Annotated[list[UUID], Field(max_length=50)] = []
    update_cycle: Chosen = []
    data_class: Chosen = []
    sort: Literal["relevance", "newest", "name"] = "relevance"
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=200)


class Hit(Schema):
    """One found entry."""

    id: UUID
    code: str
    name: str
    summary: str
    department_id: UUID
    department_name: str
    sharing_type: str
    kinds: list[str]
    classification: str
    update_cycle: str
    data_class: str
    element_count: int
    version: int
    published_at: datetime


class Count(Schema):
    """A value of a facet, and how many entries have it."""

    value: str
    label: str
    count: int
    chosen: bool


class Found(Schema):
    """One page of hits."""

    hits: list[Hit]
    total: int
    exact: bool = Field(description="False where there are more than `total`.")
    page: int
    pages: int
    facets: dict[str, list[Count]]


@endpoint("GET", "/search", door=SEARCH, name="search", tag="Published entries", answer=Found)
def search(request: Called, wanted: Query[Wanted]) -> dict[str, object]:
    """Search the published entries, with counts for each facet."""
    facets = {
        name: [str(value) for value in getattr(wanted, name)]
        for name in ("sharing_type", "kind", "classification", "department", "update_cycle", "data_class")
    }
    found = queries.search(
        wanted.q.strip(), actor=request.actor, facets=facets, sort=wanted.sort, page=wanted.page, size=wanted.size
    )
    return {
        "hits": [{name: getattr(hit, name) for name in Hit.model_fields} for hit in found.hits],
        "total": found.total,
        "exact": found.exact,
        "page": found.page,
        "pages": found.pages,
        "facets": {
            name: [{"value": c.value, "label": str(c.label), "count": c.count, "chosen": c.chosen} for c in counts]
            for name, counts in found.facets.items()
        },
    }
