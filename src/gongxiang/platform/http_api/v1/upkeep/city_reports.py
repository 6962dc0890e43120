"""What of the catalogue is to be reported to the city, what was, and what the city answered (办法 7, 11)."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from gongxiang.platform.catalogue import actions, reporting
from gongxiang.platform.catalogue.permissions import REPORT, REPORTS
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import page_of
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain

_Day = Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))


class CityChange(Schema):
    """A new version, or a withdrawal, that is reported."""

    resource_id: UUID
    code: str
    name: str
    provider_id: UUID
    provider: str
    version: int
    change: str
    at: datetime | None


class CityChanges(Schema):
    """One page of what no report has named; `seen` stands for the whole list and goes with its report."""

    changes: list[CityChange]
    seen: str
    total: int
    page: int
    pages: int


class CityReceipt(Schema):
    """The city's answer: `TAKEN` or `RETURNED`."""

    number: str
    received_on: date
    outcome: str
    note: str
    recorded_by: str
    recorded_at: datetime


class CityReport(Schema):
    """A report as recorded."""

    id: UUID
    number: str
    reported_on: date
    note: str
    recorded_by: str
    recorded_at: datetime
    lines: int
    digest: str = Field(description="SM3 of the file that was sent; empty for a report from before it was kept.")
    receipt: CityReceipt | None = Field(description="None while the city has not answered.")


class CityReportWithChanges(CityReport):
    """A report with exactly the versions it named."""

    changes: list[CityChange]


class CityReports(Schema):
    """One page, the latest first."""

    city_reports: list[CityReport]
    total: int
    page: int
    pages: int


class NewCityReport(Schema):
    """Under which number the list was reported; `seen` is the list's, as it was read."""

    number: str = Field(max_length=80)
    reported_on: date = _Day
    note: str = Field("", max_length=500)
    seen: str = Field(max_length=64)


class NewCityReceipt(Schema):
    """What the city answered: what it took has a number, what it returned a note."""

    outcome: Literal["TAKEN", "RETURNED"]
    received_on: date = _Day
    number: str = Field("", max_length=80)
    note: str = Field("", max_length=500)


def _body(report_id: UUID) -> dict[str, Any]:
    found, changes = reporting.get_report(report_id)
    return {**plain(found), "changes": plain(changes)}


@endpoint("GET", "/city-changes", door=REPORTS, name="list_city_changes", tag="Upkeep", answer=CityChanges)
def changes(request: Called, page: int = Query(1, ge=1, le=100_000), size: int = Query(50, ge=1, le=200)) -> dict[str, Any]:
    """New versions and withdrawals that are to be reported to the city, the oldest first."""
    found = reporting.pending()
    shown, numbers = page_of(found, page=page, size=size)
    return {"changes": plain(shown), "seen": reporting.seen(found), **numbers}


@endpoint("GET", "/city-reports", door=REPORTS, name="list_city_reports", tag="Upkeep", answer=CityReports)
def reports(
    request: Called, sort: Literal["new", "old"] = "new", page: int = Query(1, ge=1, le=100_000),
    size: int = Query(50, ge=1, le=200),
) -> dict[str, Any]:  # fmt: skip
    """Reports to the city, with its answers, by when they were recorded."""
    found = reporting.reports()
    shown, numbers = page_of(found if sort == "new" else found[::-1], page=page, size=size)
    return {"city_reports": plain(shown), **numbers}


@endpoint(
    "GET", "/city-reports/{uuid:report_id}", door=REPORTS, name="get_city_report", tag="Upkeep", answer=CityReportWithChanges
)
def report(request: Called, report_id: UUID) -> Any:
    """One report with exactly the versions it named."""
    return _body(report_id)


@endpoint(
    "POST", "/city-reports", door=REPORT, name="record_city_report", tag="Upkeep", answer=CityReportWithChanges, status=201
)
def record(request: Called, sent: NewCityReport) -> Status[Any]:
    """Record that the list of changes, as it was seen, was reported to the city; a list that changed since is refused."""
    return Status(201, _body(actions.record_city_report(**sent.model_dump(), by=request.actor, at=clock.now())))


@endpoint(
    "POST", "/city-reports/{uuid:report_id}/receipt", door=REPORT, name="record_city_receipt", tag="Upkeep",
    answer=CityReportWithChanges,
)  # fmt: skip
def receipt(request: Called, report_id: UUID, sent: NewCityReceipt) -> Any:
    """Record the city's answer, once; what it returned is to be reported anew."""
    actions.record_city_receipt(report_id=report_id, **sent.model_dump(), by=request.actor, at=clock.now())
    return _body(report_id)
