"""What of the catalogue has changed since it was last reported to the city, and what each report named."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.models import CityReceipt, CityReport, CityReportLine, Resource, ResourceVersion
from gongxiang.platform.catalogue.states import WITHDRAWN
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import mappings
from gongxiang.platform.rulebook.errors import CodeUnmapped
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.evidence import sm3

NEW = "NEW"
CHANGED = "CHANGED"
GONE = "WITHDRAWN"
#: What the city answers to a report.
TAKEN, RETURNED = "TAKEN", "RETURNED"
#: The interface whose codes an export carries, and the one that stands in where it has none.
INTERFACES = ("city", "guide-1272")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of a report, made or to be made."""

    resource_id: UUID
    code: str
    name: str
    provider_id: UUID
    provider: str
    version: int
    change: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ReportRef:
    """A report as recorded."""

    id: UUID
    number: str
    reported_on: date
    note: str
    recorded_by: str
    recorded_at: datetime
    lines: int
    #: SM3 of the file that was sent; empty for a report from before it was kept.
    digest: str
    #: The city's answer, None while there is none.
    receipt: "ReceiptRef | None"


@dataclass(frozen=True, kw_only=True)
class ReceiptRef:
    """The city's answer to a report."""

    number: str
    received_on: date
    outcome: str
    note: str
    recorded_by: str
    recorded_at: datetime


@implements("wushen-2021-60:7", "wushen-2021-60:11")
def pending() -> tuple[Change, ...]:
    """New versions and withdrawals that no report has named, the oldest first; what the city returned is named anew."""
    told: dict[UUID, tuple[int, bool]] = {}
    lines = CityReportLine.objects.exclude(report__receipt__outcome=RETURNED)
    for resource_id, version, change in lines.values_list("resource_id", "version", "change"):
        newest, gone = told.get(resource_id, (0, False))
        told[resource_id] = (max(newest, version), gone or change == GONE)
    found = []
    rows = Resource.objects.filter(version__isnull=False).defer("draft")
    for row in rows:
        newest, gone = told.get(row.pk, (0, False))
        assert row.version is not None
        if row.status == WITHDRAWN:
            if newest and not gone:
                found.append(_change(row, GONE, row.withdrawn_at))
        elif row.version > newest:
            found.append(_change(row, CHANGED if newest else NEW, row.published_at))
    return _named(sorted(found, key=lambda one: (str(one.at), one.code)))


def seen(changes: Iterable[Change]) -> str:
    """A digest of the list, so that what is recorded is what was looked at."""
    return sm3(canonical([[str(one.resource_id), one.version, one.change] for one in changes])).hex()[:32]


def reports() -> tuple[ReportRef, ...]:
    """The reports recorded, newest first."""
    rows = CityReport.objects.order_by("-recorded_at", "-pk").defer("content").select_related("receipt")
    return tuple(_report(row) for row in rows)


def unanswered() -> int:
    """Reports to which the city has not answered yet."""
    return CityReport.objects.filter(receipt=None).count()


def file_of(report_id: UUID) -> bytes:
    """The file as it was sent; empty for a report from before it was kept; raises NotFound."""
    row = CityReport.objects.filter(pk=report_id).only("content").first()
    if row is None:
        raise NotFound()
    return gzip.decompress(bytes(row.content)) if row.content else b""


def file_from(changes: Iterable[Change]) -> bytes:
    """The file that is sent for these changes."""
    return json.dumps(as_json(changes), ensure_ascii=False, indent=1).encode()


def get_report(report_id: UUID) -> tuple[ReportRef, tuple[Change, ...]]:
    """A report with its lines; raises NotFound."""
    row = CityReport.objects.filter(pk=report_id).defer("content").select_related("receipt").first()
    if row is None:
        raise NotFound()
    lines = CityReportLine.objects.filter(report=row).select_related("resource").defer("resource__draft").order_by("pk")
    changes = [_change(line.resource, line.change, None, line.version) for line in lines]
    return _report(row), _named(changes)


def as_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The changes with the whole entries, and the outside codes of what is coded."""
    wanted = list(changes)
    rows = ResourceVersion.objects.filter(resource_id__in=[one.resource_id for one in wanted])
    versions = {(row.resource_id, row.number): row for row in rows}
    found = []
    for one in wanted:
        row = versions[one.resource_id, one.version]
        found.append(
            {
                "change": one.change,
                "code": row.code,
                "version": row.number,
                "provider": row.provider_name,
                "provider_code": row.provider_credit_code,
                "published_at": row.published_at.isoformat(),
                "content_digest": row.content_digest,
                "codes": _codes(row.content),
                # How a table is mapped concerns the provider and the authority only.
                "entry": {
                    **row.content,
                    "distributions": [
                        {key: d[key] for key in ("kind", "title", "description")} for d in row.content["distributions"]
                    ],
                },
            }
        )
    return found


def _codes(content: dict[str, Any]) -> dict[str, str]:
    values = {
        "sharing_type": content.get("sharing_type", ""),
        "update_cycle": content.get("update_cycle", ""),
        "format_class": content.get("format_class", ""),
        "open_to_society": "OPEN" if content.get("open_to_society") else "CLOSED",
    }
    return {name: code for name, value in values.items() if (code := _outside(name, value))}


def _outside(name: str, value: str) -> str:
    for interface in INTERFACES:
        try:
            return mappings.to_outside(name, interface, value)
        except CodeUnmapped:
            continue
    return ""


def _change(row: Resource, change: str, at: datetime | None, version: int | None = None) -> Change:
    return Change(
        resource_id=row.pk,
        code=row.code or "",
        name=row.name,
        provider_id=row.provider_id,
        provider="",
        version=version or row.version or 0,
        change=change,
        at=at,
    )


def _named(changes: list[Change]) -> tuple[Change, ...]:
    names = parties.department_names(one.provider_id for one in changes)
    return tuple(Change(**{**one.__dict__, "provider": names.get(one.provider_id, "")}) for one in changes)


def _report(row: CityReport) -> ReportRef:
    return ReportRef(
        id=row.pk,
        number=row.number,
        reported_on=row.reported_on,
        note=row.note,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        lines=CityReportLine.objects.filter(report=row).count(),
        digest=row.digest,
        receipt=_receipt(getattr(row, "receipt", None)),
    )


def _receipt(row: CityReceipt | None) -> ReceiptRef | None:
    if row is None:
        return None
    return ReceiptRef(
        number=row.number, received_on=row.received_on, outcome=row.outcome, note=row.note, recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )  # fmt: skip
