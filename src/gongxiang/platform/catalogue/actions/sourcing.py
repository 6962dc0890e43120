"""Acts around the entries: which resources a matter uses and what it asks for, who is an item's source, reports to the city."""

import gzip
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import elements, permissions, queries, reporting, sources
from gongxiang.platform.catalogue.errors import (
    ItemsMissing,
    JustificationMissing,
    NothingToReport,
    ReceiptIncomplete,
    ReceiptTaken,
    ReportChanged,
    ReportNumberMissing,
    ReportNumberTaken,
    ReportOfTomorrow,
    ResourceNotFound,
    SourceHasNotIt,
    SourceReasonMissing,
)  # fmt: skip
from gongxiang.platform.catalogue.models import CityReceipt, CityReport, CityReportLine, FormItem, MatterLink, SourceDesignation
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound, Refusal, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.evidence import sm3

#: Items read of one form; a longer list is cut by nobody who fills in forms.
MOST_ITEMS = 300


@implements("wushen-2021-60:5")
@transaction.atomic
def link_matter(*, matter_id: UUID, resource_id: UUID, benefit: str = "", by: Actor, at: datetime) -> None:
    """Note that a matter of the actor's department uses a published resource, and what people need no longer bring."""
    permissions.COMPILE.check(by)
    matter = parties.matter_ref(matter_id)
    permissions.check_own(by, matter.department_id)
    resource = queries.get_resource(resource_id)
    if not resource.is_published:
        raise ResourceNotFound(field="resource")
    row, made = MatterLink.objects.get_or_create(
        matter_id=matter_id, resource_id=resource_id, ended_at=None,
        defaults={"benefit": benefit.strip(), "linked_by": by.name, "linked_at": at},
    )  # fmt: skip
    if made:
        evidence.record_act(
            kind="matter:resource_linked", subject=("matter", matter_id), by=by, at=at, basis=("wushen-2021-60:5",),
            after={"resource": resource_id, "benefit": row.benefit}, concerns=(matter.department_id, resource.provider_id),
            trail=(f"resource:{resource_id}",),
        )  # fmt: skip


@implements("wushen-2021-60:5")
@transaction.atomic
def unlink_matter(*, link_id: UUID, by: Actor, at: datetime) -> UUID:
    """A matter no longer uses a resource; gives the matter."""
    permissions.COMPILE.check(by)
    row = MatterLink.objects.select_for_update().filter(pk=link_id, ended_at=None).first()
    if row is None:
        raise NotFound()
    matter = parties.matter_ref(row.matter_id)
    permissions.check_own(by, matter.department_id)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    evidence.record_act(
        kind="matter:resource_unlinked", subject=("matter", matter.id), by=by, at=at, basis=("wushen-2021-60:5",),
        before={"resource": row.resource_id}, concerns=(matter.department_id,), trail=(f"resource:{row.resource_id}",),
    )  # fmt: skip
    return matter.id


@implements("wushen-2021-60:22.5", "cn-809:19.1")
@transaction.atomic
def list_form_items(*, matter_id: UUID, names: Iterable[str], by: Actor, at: datetime) -> int:
    """State what people are asked for in a matter: the whole list; what stays keeps its justification. Gives how many."""
    permissions.COMPILE.check(by)
    matter = parties.matter_ref(matter_id)
    permissions.check_own(by, matter.department_id)
    wanted = {elements.plain(name): name.strip()[:200] for name in names if elements.plain(name)}
    if not wanted or len(wanted) > MOST_ITEMS:
        raise ItemsMissing(field="names", most=MOST_ITEMS)
    standing = {row.plain: row for row in FormItem.objects.select_for_update().filter(matter_id=matter_id, ended_at=None)}
    gone = [row.pk for plain, row in standing.items() if plain not in wanted]
    FormItem.objects.filter(pk__in=gone).update(ended_at=at)
    for position, (plain, name) in enumerate(wanted.items()):
        if plain in standing:
            FormItem.objects.filter(pk=standing[plain].pk).update(name=name, position=position)
        else:
            FormItem.objects.create(matter_id=matter_id, name=name, plain=plain, position=position, listed_at=at)
    evidence.record_act(
        kind="matter:items_listed", subject=("matter", matter_id), by=by, at=at, basis=("wushen-2021-60:22.5",),
        before={"items": [row.name for row in standing.values()]}, after={"items": list(wanted.values())},
        concerns=(matter.department_id,),
    )  # fmt: skip
    return len(wanted)


@implements("wushen-2021-60:22.5", "cn-809:19.1")
@transaction.atomic
def justify_item(*, item_id: UUID, justification: str, by: Actor, at: datetime) -> UUID:
    """Record why an item is asked for although the platform has it; gives the matter."""
    permissions.COMPILE.check(by)
    row = FormItem.objects.select_for_update().filter(pk=item_id, ended_at=None).first()
    if row is None:
        raise NotFound()
    matter = parties.matter_ref(row.matter_id)
    permissions.check_own(by, matter.department_id)
    if not justification.strip():
        raise JustificationMissing(field="justification")
    row.justification, row.justified_by, row.justified_at = justification.strip(), by.name, at
    row.save(update_fields=["justification", "justified_by", "justified_at"])
    evidence.record_act(
        kind="matter:item_justified", subject=("matter", matter.id), by=by, at=at, basis=("wushen-2021-60:22.5",),
        after={"item": row.name, "justification": row.justification}, concerns=(matter.department_id,),
    )  # fmt: skip
    return matter.id


@implements("cn-809:19.2", "cn-809:18")
@transaction.atomic
def name_source(*, item: str, department_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """The authority names the source department of an item that several collect; the one named before is ended."""
    permissions.NAME_SOURCE.check(by)
    meaning = elements.stem(item)
    one_at_a_time("source", meaning)
    found: list[Refusal] = []
    if department_id not in sources.holders(meaning):
        found.append(SourceHasNotIt(field="department"))
    if not reason.strip():
        found.append(SourceReasonMissing(field="reason"))
    if found:
        raise Shortfalls(found)
    before = SourceDesignation.objects.select_for_update().filter(stem=meaning, ended_at=None).first()
    if before is not None:
        SourceDesignation.objects.filter(pk=before.pk).update(ended_at=at)
    row = SourceDesignation.objects.create(
        stem=meaning, name=item.strip()[:200], department_id=department_id, reason=reason.strip(), named_by=by.name, named_at=at
    )
    evidence.record_act(
        kind="source:named", subject=("source", row.pk), by=by, at=at, basis=("cn-809:19.2",),
        before={"department": before.department_id if before else None},
        after={"item": row.name, "department": department_id, "reason": row.reason}, concerns=sources.holders(meaning),
    )  # fmt: skip
    sources.look_again(meaning)


@implements("wushen-2021-60:7", "wushen-2021-60:11")
@transaction.atomic
def record_city_report(*, number: str, reported_on: date, note: str = "", seen: str, by: Actor, at: datetime) -> UUID:
    """Record that the list of changes, as `seen`, was reported to the city under that number; the file sent is kept."""
    permissions.REPORT.check(by)
    found: list[Refusal] = []
    one_at_a_time("city report")
    if not number.strip():
        found.append(ReportNumberMissing(field="number"))
    elif CityReport.objects.filter(number=number.strip()).exists():
        found.append(ReportNumberTaken(field="number", number=number.strip()))
    if reported_on > beijing_date(at):
        found.append(ReportOfTomorrow(field="reported_on"))
    changes = reporting.pending()
    if not changes:
        found.append(NothingToReport())
    elif reporting.seen(changes) != seen:
        found.append(ReportChanged())
    if found:
        raise Shortfalls(found)
    file = reporting.file_from(changes)
    report = CityReport.objects.create(
        id=new_id(), number=number.strip(), reported_on=reported_on, note=note.strip(), recorded_by=by.name, recorded_at=at,
        content=gzip.compress(file, mtime=0), digest=sm3(file).hex(),
    )  # fmt: skip
    CityReportLine.objects.bulk_create(
        CityReportLine(report=report, resource_id=one.resource_id, version=one.version, change=one.change) for one in changes
    )
    evidence.record_act(
        kind="city_report:recorded", subject=("city_report", report.pk), by=by, at=at, basis=("wushen-2021-60:7",),
        after={
            "number": report.number, "reported_on": reported_on, "lines": len(changes), "seen": seen, "digest": report.digest,
        },
        detail={"changes": [[one.code, one.version, one.change] for one in changes]},
        concerns={one.provider_id for one in changes}, trail=[f"resource:{one.resource_id}" for one in changes],
    )  # fmt: skip
    return report.pk


@implements("wushen-2021-60:7", "wushen-2021-60:11")
@transaction.atomic
def record_city_receipt(
    *, report_id: UUID, outcome: str, number: str = "", received_on: date, note: str = "", by: Actor, at: datetime
) -> UUID:
    """Record what the city answered to a report: taken under its number, or returned, and then the list names it all again."""
    permissions.REPORT.check(by)
    one_at_a_time("city report")
    report = CityReport.objects.filter(pk=report_id).defer("content").first()
    if report is None:
        raise NotFound()
    if CityReceipt.objects.filter(report=report).exists():
        raise ReceiptTaken(number=report.number)
    found: list[Refusal] = []
    if outcome not in (reporting.TAKEN, reporting.RETURNED):
        found.append(ReceiptIncomplete(field="outcome"))
    if outcome == reporting.TAKEN and not number.strip():
        found.append(ReceiptIncomplete(field="number"))
    if outcome == reporting.RETURNED and not note.strip():
        found.append(ReceiptIncomplete(field="note"))
    if not report.reported_on <= received_on <= beijing_date(at):
        found.append(ReceiptIncomplete(field="received_on"))
    if found:
        raise Shortfalls(found)
    receipt = CityReceipt.objects.create(
        id=new_id(), report=report, number=number.strip(), received_on=received_on, outcome=outcome, note=note.strip(),
        recorded_by=by.name, recorded_at=at,
    )  # fmt: skip
    evidence.record_act(
        kind="city_report:answered", subject=("city_report", report.pk), by=by, at=at, basis=("wushen-2021-60:7",),
        after={"number": report.number, "outcome": outcome, "receipt": receipt.number, "received_on": received_on},
    )  # fmt: skip
    return receipt.pk
