"""Going through everything that is published."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from gongxiang.platform.catalogue.harvest import harvest
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.errors import CursorWrong
from gongxiang.platform.http_api.schemas import Entry


class Wanted(Schema):
    """Which entries."""

    cursor: str = Field("", max_length=60, description="The next_cursor of the page before.")
    size: int = Field(50, ge=1, le=200)
    since: AwareDatetime | None = Field(None, description="Only what was published (or withdrawn) at or after this instant.")
    department: UUID | None = None
    sharing_type: Literal["", "UNCONDITIONAL", "CONDITIONAL", "WITHHELD"] = ""
    withdrawn: bool = Field(False, description="Withdrawn entries too, so that a copy elsewhere can follow.")


class PublishedEntry(Schema):
    """A published entry; how its tables are mapped is left out."""

    id: UUID
    code: str
    version: int
    provider_id: UUID
    provider_name: str
    provider_credit_code: str
    status: str
    first_published_at: datetime
    published_at: datetime
    content: Entry  # type: ignore[valid-type]


class ResourcePage(Schema):
    """One page, in an order that does not move."""

    entries: list[PublishedEntry]
    next_cursor: str | None


@endpoint("GET", "/resources", door=SEARCH, name="list_resources", tag="Published entries", answer=ResourcePage)
def list_resources(request: Called, wanted: Query[Wanted]) -> dict[str, Any]:
    """Every published entry, page by page."""
    try:
        after = UUID(wanted.cursor) if wanted.cursor else None
    except ValueError as error:
        raise CursorWrong(field="cursor") from error
    found = harvest(
        actor=request.actor, after=after, size=wanted.size, since=wanted.since, provider_id=wanted.department,
        sharing_type=wanted.sharing_type, withdrawn=wanted.withdrawn,
    )  # fmt: skip
    names = [name for name in PublishedEntry.model_fields if name != "content"]
    entries = [{**{n: getattr(one, n) for n in names}, "content": one.content.to_json()} for one in found.entries]
    return {"entries": entries, "next_cursor": str(found.following) if found.following else None}
