"""Exchanges outside the platform and the findings about them: read only."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.platform.delivery import queries_channels as queries
from gongxiang.platform.delivery.permissions import VIEW_CHANNELS
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Order, Urgency, page_of


class OutsideChannel(Schema):
    """An exchange outside the platform; names only."""

    id: UUID
    number: str
    status: str
    turn: str
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    title: str
    items: list[str]
    kind: str
    basis: str
    since: date | None
    frequency: str
    secret: bool
    personal: bool
    found_by: str
    declared_at: datetime
    confirmed_at: datetime | None
    plan_until: date | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    grant_number: str
    proven_at: datetime | None
    exemption_ground: str
    exemption_basis: str


class ChannelFinding(Schema):
    """A dated finding of sharing outside the platform."""

    id: UUID
    kind: str = Field(description="FOUND, UNPLANNED or LATE.")
    channel_id: UUID
    channel_number: str
    title: str
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    found_at: datetime
    basis: list[str]
    settled_at: datetime | None
    settled_how: str


class Wanted(Schema):
    """Which channels."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=20)
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


class OutsideChannels(Schema):
    """One page, the latest first."""

    outside_channels: list[OutsideChannel]
    total: int
    page: int
    pages: int


class ChannelFindings(Schema):
    """One page, the latest first."""

    channel_findings: list[ChannelFinding]
    total: int
    page: int
    pages: int


class WantedFindings(Schema):
    """Open ones, or settled ones too."""

    settled: bool = False
    sort: Order = ""
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


def _body(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in OutsideChannel.model_fields}


@endpoint("GET", "/outside-channels", door=VIEW_CHANNELS, name="list_outside_channels", tag="Upkeep", answer=OutsideChannels)
def outside_channels(request: Called, wanted: Query[Wanted]) -> dict[str, Any]:
    """Exchanges outside the platform: the own department's, or all for authority, audit and operation."""
    statuses = (wanted.status,) if wanted.status else ()
    rows = queries.find_channels(actor=request.actor, text=wanted.q.strip(), statuses=statuses)
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="declared_at")
    return {"outside_channels": [_body(row) for row in shown], **numbers}


@endpoint(
    "GET", "/outside-channels/{uuid:channel_id}", door=VIEW_CHANNELS, name="get_outside_channel", tag="Upkeep",
    answer=OutsideChannel,
)  # fmt: skip
def outside_channel(request: Called, channel_id: UUID) -> dict[str, Any]:
    """One exchange outside the platform."""
    return _body(queries.get_channel(channel_id, actor=request.actor))


@endpoint("GET", "/channel-findings", door=VIEW_CHANNELS, name="list_channel_findings", tag="Upkeep", answer=ChannelFindings)
def channel_findings(request: Called, wanted: Query[WantedFindings]) -> dict[str, Any]:
    """Findings of sharing outside the platform."""
    rows = queries.find_findings(actor=request.actor, open_only=not wanted.settled)
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="found_at")
    names = ChannelFinding.model_fields
    return {
        "channel_findings": [{name: getattr(queries.finding_view(row), name) for name in names} for row in shown],
        **numbers,
    }
