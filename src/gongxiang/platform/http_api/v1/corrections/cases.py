"""Corrections: doubts and errors about what was received, and what the provider found."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from gongxiang.platform.corrections import actions, queries, tickets
from gongxiang.platform.corrections.permissions import CARRY, REPORT, VERIFY, VIEW
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Urgency, page_of
from gongxiang.protocol import clock

#: The gateway's door for tickets, on the site's own host.
DOOR = "/x/v1/tickets/"


class CorrectionCase(Schema):
    """A correction by reference: its record's key and values are not here."""

    id: UUID
    number: str
    status: str
    turn: str
    kind: str
    origin: str
    resource_id: UUID
    resource_name: str
    grant_id: UUID
    grant_number: str
    exchange_table: str
    call_id: str
    elements: list[str]
    description: str
    consumer_id: UUID
    consumer_name: str
    provider_id: UUID
    provider_name: str
    reported_at: datetime
    claim_at: datetime | None
    claim_digest: str
    outcome: str
    verdict: str
    verdict_at: datetime | None
    late: bool
    sealed_seq: int | None
    usage: str
    service_continues: bool
    due_at: datetime | None
    due_basis: str
    due_rule: str


class WantedCorrections(Schema):
    """Which corrections."""

    q: str = Field("", max_length=200)
    status: str = Field("", max_length=20)
    outcome: str = Field("", max_length=20)
    box: Literal["all", "mine", "to_verify"] = "all"
    page: int = Field(1, ge=1, le=100_000)
    sort: Urgency = ""
    size: int = Field(50, ge=1, le=200)


class CorrectionCases(Schema):
    """One page, the latest first."""

    corrections: list[CorrectionCase]
    total: int
    page: int
    pages: int


class NewCorrection(Schema):
    """A doubt or an error, in words without values."""

    grant_id: UUID
    kind: Literal["DOUBT", "ERROR"] = "DOUBT"
    origin: Literal["ROW", "CALL", "HAND"] = "ROW"
    elements: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=200)]
    description: str = Field(max_length=2000)
    call_id: str = Field("", max_length=64)


class NewVerdict(Schema):
    """What the verification found."""

    outcome: Literal["AS_BELIEVED", "OTHERWISE", "REFUTED", "CANNOT_TELL"]
    text: str = Field(max_length=2000)


class ClaimAddress(Schema):
    """Where key and values go, or are read: a path on the same host, good once, for a minute."""

    address: str


def _body(row: Any, *, whole: bool) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in CorrectionCase.model_fields}
    return found if whole else {**found, "description": "", "verdict": ""}


@endpoint("GET", "/corrections", door=VIEW, name="list_corrections", tag="Corrections", answer=CorrectionCases)
def corrections(request: Called, wanted: Query[WantedCorrections]) -> dict[str, Any]:
    """The corrections the caller's department takes part in, or holds a copy of."""
    statuses = (wanted.status,) if wanted.status else ()
    rows = queries.find_corrections(
        actor=request.actor, box=wanted.box, text=wanted.q.replace("\x00", "").strip(), statuses=statuses,
        outcome=wanted.outcome,
    )  # fmt: skip
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="reported_at")
    return {"corrections": [_body(row, whole=queries.takes_part(row, request.actor)) for row in shown], **numbers}


@endpoint(
    "GET", "/corrections/{uuid:correction_id}", door=VIEW, name="get_correction", tag="Corrections", answer=CorrectionCase
)
def correction(request: Called, correction_id: UUID) -> dict[str, Any]:
    """One correction."""
    row = queries.get_correction(correction_id, actor=request.actor)
    return _body(row, whole=queries.takes_part(row, request.actor))


@endpoint("POST", "/corrections", door=REPORT, name="report_correction", tag="Corrections", answer=CorrectionCase, status=201)
def report(request: Called, sent: NewCorrection) -> Status[Any]:
    """Report a doubt or an error about what was received under a grant of the own department."""
    made = actions.report_correction(**sent.model_dump(), by=request.actor, at=clock.now())
    return Status(201, _body(made, whole=True))


@endpoint(
    "POST", "/corrections/{uuid:correction_id}/verdict", door=VERIFY, name="answer_correction", tag="Corrections",
    answer=CorrectionCase,
)  # fmt: skip
def answer(request: Called, correction_id: UUID, sent: NewVerdict) -> dict[str, Any]:
    """Report back what the verification found; the record itself is corrected in the business database."""
    queries.get_correction(correction_id, actor=request.actor)
    row = actions.give_verdict(correction_id=correction_id, by=request.actor, at=clock.now(), **sent.model_dump())
    return _body(row, whole=True)


@endpoint(
    "POST", "/corrections/{uuid:correction_id}/claim", door=CARRY, name="deposit_claim", tag="Corrections", answer=ClaimAddress
)
def deposit_claim(request: Called, correction_id: UUID) -> dict[str, Any]:
    """Ask where key and values of the record are to be sent (POST, JSON); they pass by the gateway, never here."""
    queries.get_correction(correction_id, actor=request.actor)
    ticket = tickets.ask_to_deposit(correction_id=correction_id, by=request.actor, at=clock.now())
    return {"address": f"{DOOR}{ticket}"}


@endpoint(
    "POST", "/corrections/{uuid:correction_id}/claim/read", door=CARRY, name="read_claim", tag="Corrections",
    answer=ClaimAddress,
)  # fmt: skip
def read_claim(request: Called, correction_id: UUID) -> dict[str, Any]:
    """Ask where key and values that were deposited are read (POST, empty); who read them is recorded there."""
    queries.get_correction(correction_id, actor=request.actor)
    ticket = tickets.ask_to_read(correction_id=correction_id, by=request.actor, at=clock.now())
    return {"address": f"{DOOR}{ticket}"}
