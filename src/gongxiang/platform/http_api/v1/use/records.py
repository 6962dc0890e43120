"""Lines of use, for the books of a department and for inspection; read only, since the data plane writes them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.grants import queries_use
from gongxiang.platform.grants.permissions import VIEW_USE
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Order, page_of


class UseRecord(Schema):
    """One day's use by one person for one purpose and matter; no value, only counts."""

    id: UUID
    grant_id: UUID
    grant_number: str
    resource_name: str
    provider_name: str
    consumer_name: str
    on: date
    channel: str
    person: str
    purposes: list[str]
    matter: str
    times: int
    rows: int
    elements: list[str]
    first_at: datetime
    last_at: datetime
    keep_until: datetime


class WantedUse(Schema):
    """Which lines."""

    q: str = Field("", max_length=200)
    channel: str = Field("", max_length=10)
    grant: UUID | None = None
    since: date | None = None
    until: date | None = None
    page: int = Field(1, ge=1, le=100_000)
    sort: Order = ""
    size: int = Field(50, ge=1, le=200)


class UseRecords(Schema):
    """One page, the latest first."""

    records: list[UseRecord]
    total: int
    page: int
    pages: int


@endpoint("GET", "/use-records", door=VIEW_USE, name="list_use_records", tag="Use", answer=UseRecords)
def use_records(request: Called, wanted: Query[WantedUse]) -> dict[str, Any]:
    """Lines of use under the grants that the own department gave or received."""
    rows = queries_use.find_use(
        actor=request.actor, text=wanted.q.replace("\x00", "").strip(), channel=wanted.channel.replace("\x00", ""),
        grant_id=wanted.grant, since=wanted.since, until=wanted.until,
    )  # fmt: skip
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="first_at")
    names = UseRecord.model_fields
    lines = queries_use.use_lines(shown)
    return {"records": [{name: getattr(line, name) for name in names} for line in lines], **numbers}
