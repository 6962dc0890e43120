"""What a request looks like to a machine."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.http_api.doors import Called
from gongxiang.protocol.canonical import instant
from gongxiang.protocol.terms import Comparison, MaskKind, Purpose

Code = Annotated[str, Field(max_length=48)]
_Limit = Annotated[int, Field(ge=1, le=10**12)]


class VolumeLimits(Schema):
    """Limits of calls and rows; absent is no limit."""

    calls_per_day: _Limit | None = None
    rows_per_day: _Limit | None = None
    rows_in_all: _Limit | None = None


class ElementMask(Schema):
    """How one element is masked."""

    kind: MaskKind
    prefix: int = Field(0, ge=0, le=99)
    suffix: int = Field(0, ge=0, le=99)


class RowCondition(Schema):
    """One line of the row filter; the lines are joined by AND."""

    element: Code
    operator: Comparison
    values: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=200)] = []


class GivenReply(Schema):
    """The reply as it was given."""

    outcome: str
    elements: list[str]
    masks: dict[str, ElementMask]
    conditions: list[RowCondition]
    volume: VolumeLimits
    purposes: list[str]
    until: date | None
    ground: str
    text: str


class RequestCase(Schema):
    """A request, its clock and what became of it."""

    id: UUID
    number: str
    status: str
    turn: str
    kind: str
    resource_id: UUID
    resource_name: str
    resource_code: str
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    unconditional: bool
    legal_basis: str
    purposes: list[str]
    purpose_note: str
    use_case: str
    scope: str
    elements: list[str]
    mode: str
    volume: VolumeLimits
    until: date | None
    materials: list[str]
    handlers: list[UUID]
    ban_version: str
    changes_grant_id: UUID | None
    drafted_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    extension_days: int
    missing: list[str]
    missing_fields: list[str]
    replied_at: datetime | None
    refusal_ground: str
    reply_text: str
    late: bool
    grant_id: UUID | None
    reply: GivenReply | None
    #: What lies ready for the officer's consent, and since when to the microsecond; for the answering side only.
    prepared: GivenReply | None
    prepared_at: str | None


class RequestCases(Schema):
    """One page, the latest first."""

    requests: list[RequestCase]
    total: int
    page: int
    pages: int


class RequestWords(Schema):
    """What an applicant writes; whatever is left out stays as it is."""

    legal_basis: str = Field("", max_length=2000)
    purposes: Annotated[list[Purpose], Field(max_length=4)] = []
    purpose_note: str = Field("", max_length=2000)
    use_case: str = Field("", max_length=2000)
    scope: str = Field("", max_length=2000)
    elements: Annotated[list[Code], Field(max_length=2000)] = []
    mode: Literal["table", "api", "file"] = "table"
    volume: VolumeLimits = VolumeLimits()
    until: date | None = None
    materials: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=50)] = []
    handlers: Annotated[list[UUID], Field(max_length=100)] = []

    def given(self) -> dict[str, Any]:
        """The fields that were sent, as the acts take them."""
        values = self.model_dump(exclude_unset=True)
        if "purposes" in values:
            values["purposes"] = [p.value for p in values["purposes"]]
        if "volume" in values:
            values["volume"] = {name: limit for name, limit in values["volume"].items() if limit is not None}
        return values


def case_body(request: Called, row: AccessRequestView) -> dict[str, Any]:
    """A request as `RequestCase`; a reply that is only prepared is its side's own."""
    ours = row.consumer_id == request.actor.department_id
    replies = {"reply": row.given_reply, "prepared": None if ours else row.ready_reply}
    names = [name for name in RequestCase.model_fields if name not in replies]
    body = {name: getattr(row, name) for name in names}
    if row.replied_at is None and ours:
        body["reply_text"] = ""
    body["prepared_at"] = instant(row.prepared_at) if replies["prepared"] and row.prepared_at else None
    for name, reply in replies.items():
        body[name] = {field: getattr(reply, field) for field in GivenReply.model_fields} if reply else None
    return body
