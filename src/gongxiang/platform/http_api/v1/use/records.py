"""Lines of use, for the books of a department and for inspection; what no program saw is entered."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from gongxiang.platform.grants import entered_use, queries, queries_use
from gongxiang.platform.grants.permissions import ENTER_USE, VIEW_USE
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Order, page_of
from gongxiang.protocol import clock


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


class EnteredUse(Schema):
    """A use that no program saw: a print, a look on paper, a copy in a system of one's own."""

    handler_id: UUID
    used_on: date = Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))
    way: str = Field(max_length=20)
    purpose: str = Field(max_length=40)
    matter: str = Field(max_length=60)
    rows: int = Field(ge=0, le=1_000_000_000)
    storage: str = Field("", max_length=300)


class UseLine(Schema):
    """The line of use."""

    id: UUID


@endpoint("POST", "/grants/{uuid:grant_id}/use", door=ENTER_USE, name="enter_use", tag="Use", answer=UseLine, status=201)
def enter(request: Called, grant_id: UUID, sent: EnteredUse) -> Status[Any]:
    """Enter a use by a named handler; it is counted and kept like the lines that programs write (办法 22.2)."""
    queries.get_grant(grant_id, actor=request.actor)
    line = entered_use.enter_use(grant_id=grant_id, **sent.model_dump(), by=request.actor, at=clock.now())
    return Status(201, {"id": line})
