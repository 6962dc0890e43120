"""Change of remit: registered with its document, its entries dealt with one by one, closed with evidence (办法 7, 条例 17).

What happens to an entry is noted by the acts on the entry itself: `note_entry_moved` is called by them, in their transaction.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import PeriodTooLong
from gongxiang.law.rules import RuleNotInForce
from gongxiang.platform.catalogue import permissions_upkeep as permissions
from gongxiang.platform.catalogue import queries_remit as queries
from gongxiang.platform.catalogue.errors_upkeep import (
    ChangeDateMissing,
    ChangeDateOdd,
    DocumentMissing,
    EntryNotInForce,
    EntryTouchedTwice,
    ExtensionAskedAlready,
    ExtensionDaysWrong,
    ExtensionNotProvided,
    ExtensionTooLate,
    NotANewEntry,
    NothingTouched,
    ReasonNeeded,
    RemitChangeNotFound,
    RemitRegisteredAlready,
    TaskDone,
    UnderRevision,
)
from gongxiang.platform.catalogue.models import CodeCounter, RemitChange, RemitEntry, Resource
from gongxiang.platform.catalogue.states import (
    OVERDUE,
    PUBLISHED,
    RATIFIED,
    REMIT_CHANGE,
    REMIT_RUNNING,
    SUBMITTED,
    WITHDRAWN,
)
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING

#: Years within which a change may lie; outside them somebody mistyped.
FIRST_YEAR, YEARS_AHEAD = 2000, 3


@dataclass(frozen=True, kw_only=True)
class Document:
    """What changed the remit."""

    kind: str
    title: str
    number: str
    dated: date | None
    #: The day on which the change took effect for the department.
    changed_on: date | None
    description: str = ""


@implements("wushen-2021-60:7", "cn-809:17.2")
@transaction.atomic
def register_remit_change(
    *,
    department_id: UUID,
    document: Document,
    update: Collection[UUID] = (),
    withdraw: Collection[UUID] = (),
    new: Iterable[str] = (),
    attachment: tuple[str, bytes] | None = None,
    by: Actor,
    at: datetime,
) -> queries.RemitView:
    """Register a change and what it asks of the catalogue; the period runs from the day of the change.

    The department does it, or the authority for it. `new` are the names of entries that are needed; `attachment` is the
    document itself, name and bytes.
    """
    permissions.check_for_department(permissions.REGISTER_REMIT, by, department_id)
    names = tuple(dict.fromkeys(name.strip() for name in new if name.strip()))
    _check_registration(document, update, withdraw, names)
    assert document.dated is not None
    assert document.changed_on is not None
    one_at_a_time("remit", department_id)
    twin = RemitChange.objects.filter(
        department_id=department_id, document_number=document.number.strip(), title=document.title.strip(),
        changed_on=document.changed_on, status__in=REMIT_RUNNING,
    )  # fmt: skip
    if (standing := twin.first()) is not None:
        raise RemitRegisteredAlready(field="number", number=standing.number)
    if not FIRST_YEAR <= document.changed_on.year <= at.year + YEARS_AHEAD:
        raise ChangeDateOdd(field="changed_on")
    start = queries.change_start(document.changed_on)
    try:
        deadline = rulebook.deadline("catalogue_update", start=start)
        outer = rulebook.deadline("catalogue_update_outer", start=start)
    except RuleNotInForce as error:
        raise ChangeDateOdd(field="changed_on") from error
    row = RemitChange(
        id=new_id(),
        number=_next_number(at),
        department_id=parties.department_ref(department_id).id,
        kind=document.kind,
        title=document.title.strip(),
        document_number=document.number.strip(),
        document_on=document.dated,
        changed_on=document.changed_on,
        description=document.description.strip(),
        registered_at=at,
        registered_by=by.name,
        by_authority=isinstance(by, Person) and by.department_id != department_id,
        due_at=deadline.due_at,
        due_basis=deadline.basis,
        due_rule=deadline.rule,
        working_days=deadline.working_days,
        provisional=deadline.provisional,
        outer_due_at=outer.due_at,
        outer_basis=outer.basis,
        outer_rule=outer.rule,
    )
    tasks = [*_tasks(row, "UPDATE", update), *_tasks(row, "WITHDRAW", withdraw)]
    tasks += [RemitEntry(id=new_id(), change=row, task="NEW", name=name) for name in names]
    evidence.open_record(
        row,
        table=REMIT_CHANGE,
        act="register",
        by=by,
        at=at,
        rule_version=deadline.rule,
        after={"due_at": row.due_at, "outer_due_at": row.outer_due_at},
        detail={
            "kind": row.kind, "title": row.title, "number": row.document_number, "dated": row.document_on,
            "changed_on": row.changed_on, "entries": [{"task": one.task, "name": one.name} for one in tasks],
        },
        **_context(row, *(task.resource_id for task in tasks)),
    )  # fmt: skip
    RemitEntry.objects.bulk_create(tasks)
    if attachment is not None:
        name, content = attachment
        documents.keep_upload(
            name=name, content=content, concerns=(row.department_id, parties.authority().id),
            trail=(f"remit_change:{row.pk}",), by=by, at=at,
        )  # fmt: skip
    return queries.remit_view(row)


@implements("wushen-2021-60:7")
@transaction.atomic
def add_remit_entries(
    *, change_id: UUID, update: Collection[UUID] = (), withdraw: Collection[UUID] = (), new: Iterable[str] = (),
    by: Actor, at: datetime,
) -> queries.RemitView:  # fmt: skip
    """Add what was overlooked to the list of a running change."""
    row = queries.remit_change_for_update(change_id)
    permissions.check_for_department(permissions.REGISTER_REMIT, by, row.department_id)
    REMIT_CHANGE.find("complete", row.status)
    names = tuple(dict.fromkeys(name.strip() for name in new if name.strip()))
    if not (update or withdraw or names):
        raise NothingTouched(field="update")
    tasks = [*_tasks(row, "UPDATE", update), *_tasks(row, "WITHDRAW", withdraw)]
    tasks += [RemitEntry(id=new_id(), change=row, task="NEW", name=name) for name in names]
    known = set(RemitEntry.objects.filter(change=row).values_list("resource_id", flat=True))
    for task in tasks:
        if task.resource_id is not None and task.resource_id in known:
            raise EntryTouchedTwice(field="update", name=task.name)
    RemitEntry.objects.bulk_create(tasks)
    _record(row, "entries_added", by=by, at=at, after={"entries": [{"task": t.task, "name": t.name} for t in tasks]})
    return queries.remit_view(row)


@implements("cn-809:17.2")
@transaction.atomic
def ask_remit_extension(*, change_id: UUID, days: int, reason: str, by: Actor, at: datetime) -> queries.RemitView:
    """The department's accountable officer asks the authority for more time; the period goes on running meanwhile."""
    row = queries.remit_change_for_update(change_id)
    permissions.check_for_department(permissions.ASK_EXTENSION, by, row.department_id)
    if row.extension_decided_at is not None:
        raise ExtensionAskedAlready()
    REMIT_CHANGE.find("ask_extension", row.status)
    if at >= row.due_at:
        raise ExtensionTooLate()
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    _extended(row, days)
    changes = {
        "extension_days": days, "extension_reason": reason.strip(), "extension_asked_at": at, "extension_asked_by": by.name,
        "extension_asked_id": by.id if isinstance(by, Person) else None,
    }  # fmt: skip
    evidence.transition(row, table=REMIT_CHANGE, act="ask_extension", by=by, at=at, changes=changes, **_context(row))
    return queries.remit_view(row)


@implements("cn-809:17.2")
@transaction.atomic
def decide_remit_extension(*, change_id: UUID, consent: bool, opinion: str, by: Actor, at: datetime) -> queries.RemitView:
    """The authority consents to the extension, and the period ends later, or declines it with its reason."""
    row = queries.remit_change_for_update(change_id)
    permissions.check_decides_extension(by, department_id=row.department_id, asked_by=row.extension_asked_id)
    act = "consent_extension" if consent else "decline_extension"
    REMIT_CHANGE.find(act, row.status)
    if at >= row.due_at:
        raise ExtensionTooLate()
    if not consent and not opinion.strip():
        raise ReasonNeeded(field="opinion")
    changes: dict[str, Any] = {
        "extension_consented": consent, "extension_opinion": opinion.strip(), "extension_decided_at": at,
        "extension_decided_by": by.name,
    }  # fmt: skip
    rule = ""
    if consent:
        days = row.extension_days or 0
        longer = _extended(row, days)
        rule = longer.rule
        changes |= {
            "due_at": longer.due_at, "working_days": row.working_days + days, "extension_rule": rule,
            "provisional": row.provisional or longer.provisional, "reminded": [],
        }  # fmt: skip
    evidence.transition(row, table=REMIT_CHANGE, act=act, by=by, at=at, changes=changes, rule_version=rule, **_context(row))
    return queries.remit_view(row)


@implements("wushen-2021-60:7")
@transaction.atomic
def confirm_unchanged(*, change_id: UUID, entry_id: UUID, reason: str, by: Actor, at: datetime) -> queries.RemitView:
    """The accountable officer confirms, with a reason, that a listed entry stays as it is."""
    row = queries.remit_change_for_update(change_id)
    permissions.check_for_department(permissions.CONFIRM_UNCHANGED, by, row.department_id)
    REMIT_CHANGE.find("complete", row.status)
    task = _open_task(row, entry_id)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    if task.resource is not None and task.resource.status not in (PUBLISHED, WITHDRAWN):
        raise UnderRevision(name=task.name)
    version = task.resource.version if task.resource else None
    _done(row, task, "UNCHANGED", version=version, reason=reason.strip(), by=by, at=at)
    return queries.remit_view(row)


@implements("wushen-2021-60:7", "cn-809:17.2")
@transaction.atomic
def name_new_entry(*, change_id: UUID, entry_id: UUID, resource_id: UUID, by: Actor, at: datetime) -> queries.RemitView:
    """Say which entry, compiled since, answers the need for a new one; it is done once that entry is published."""
    row = queries.remit_change_for_update(change_id)
    permissions.check_for_department(permissions.NAME_NEW_ENTRY, by, row.department_id)
    REMIT_CHANGE.find("complete", row.status)
    task = _open_task(row, entry_id)
    view = queries.remit_view(row)
    if task.task != "NEW" or resource_id not in {key for key, _name in queries.candidates_for_new(view)}:
        raise NotANewEntry(field="resource_id")
    named = Resource.objects.get(pk=resource_id)
    task.resource, task.name = named, named.name
    task.submitted_at = _submitted_for(row, named)
    task.save(update_fields=["resource", "name", "submitted_at"])
    _record(row, "entry_named", by=by, at=at, after={"task": task.pk, "resource": resource_id, "name": named.name},
            resource_id=resource_id)  # fmt: skip
    if named.status == PUBLISHED and named.version:
        task.submitted_at = named.submitted_at or named.published_at
        _done(row, task, "PUBLISHED", version=named.version, by=by, at=at)
    return queries.remit_view(row)


@implements("wushen-2021-60:24")
@transaction.atomic
def cancel_remit_change(*, change_id: UUID, reason: str, by: Actor, at: datetime) -> queries.RemitView:
    """The authority strikes out a change that was registered in error, with the reason; nothing is erased."""
    row = queries.remit_change_for_update(change_id)
    permissions.CANCEL_REMIT.check(by)
    REMIT_CHANGE.find("cancel", row.status)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    changes = {"closed_at": at, "closed_by": by.name, "closing_reason": reason.strip()}
    evidence.transition(row, table=REMIT_CHANGE, act="cancel", by=by, at=at, changes=changes, **_context(row))
    return queries.remit_view(row)


# ---- what the acts on entries bring about -------------------------------------------------------------------------------


def note_entry_moved(resource: Resource, *, act: str, by: Actor, at: datetime) -> None:
    """An entry was submitted, returned, published or withdrawn: every running change that waits for it takes note."""
    waiting = RemitEntry.objects.filter(resource_id=resource.pk, outcome="", change__status__in=REMIT_RUNNING)
    for change_id in sorted(set(waiting.values_list("change_id", flat=True)), key=str):
        row = queries.remit_change_for_update(change_id)
        for task in RemitEntry.objects.filter(change=row, resource_id=resource.pk, outcome=""):
            _note(row, task, resource, act=act, by=by, at=at)


def _note(row: RemitChange, task: RemitEntry, resource: Resource, *, act: str, by: Actor, at: datetime) -> None:
    if task.task == "WITHDRAW" and act != "withdraw":
        return  # A new version of what was to go does not settle it; the department withdraws it or confirms that it stays.
    if act == "submit":
        task.submitted_at = at
        task.save(update_fields=["submitted_at"])
    elif act == "return" and task.submitted_at is not None:
        task.submitted_at, task.returned_at = None, at
        task.save(update_fields=["submitted_at", "returned_at"])
    elif act == "publish":
        sent = resource.submitted_at or task.submitted_at
        if sent is not None and sent < queries.change_start(row.changed_on):
            return  # Sent before the change took effect: it cannot say what changed. A revision does, or the officer's word.
        _done(row, task, "PUBLISHED" if task.task == "NEW" else "REPUBLISHED", version=resource.version, by=by, at=at)
    elif act == "withdraw":
        _done(row, task, "WITHDRAWN", version=resource.version, reason=resource.withdrawn_reason, by=by, at=at)


def _done(
    row: RemitChange, task: RemitEntry, outcome: str, *, version: int | None, reason: str = "", by: Actor, at: datetime
) -> None:
    task.outcome, task.after_version, task.reason, task.done_at, task.done_by = outcome, version, reason, at, by.name
    task.save(update_fields=["outcome", "after_version", "reason", "done_at", "done_by", "submitted_at"])
    _record(
        row,
        "entry_done",
        by=by,
        at=at,
        before={"version": task.before_version},
        after={"task": task.pk, "name": task.name, "outcome": outcome, "version": version},
        detail={"reason": reason} if reason else {},
        resource_id=task.resource_id,
    )
    if RemitEntry.objects.filter(change=row, outcome="").exists():
        return
    tasks = list(RemitEntry.objects.filter(change=row).order_by("done_at", "id"))
    # The department's part ends when the entry is with the authority (条例 17 gives the review its own period).
    finished = max(one.submitted_at or one.done_at or at for one in tasks)
    entries = [
        {
            "name": one.name, "resource": one.resource_id, "outcome": one.outcome, "before": one.before_version,
            "after": one.after_version, "done_at": one.done_at,
        }
        for one in tasks
    ]  # fmt: skip
    changes = {"closed_at": at, "closed_by": by.name, "in_time": finished < row.due_at}
    evidence.transition(
        row,
        table=REMIT_CHANGE,
        act="complete",
        by=by,
        at=at,
        changes=changes,
        rule_version=row.due_rule,
        detail={"entries": entries, "due_at": row.due_at},
        **_context(row, *(one.resource_id for one in tasks)),
    )


# ---- clocks -------------------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:7", "wushen-2021-60:30(1)", "cn-809:39(1)")
@transaction.atomic
def lapse_remit_change(*, change_id: UUID, by: Actor, at: datetime) -> bool:
    """Note that the period ended with entries left, as of the instant it ended; False when somebody was faster."""
    permissions.SWEEP_UPKEEP.check(by)
    row = queries.remit_change_for_update(change_id)
    left = RemitEntry.objects.filter(change=row, outcome="", submitted_at__isnull=True)
    if not REMIT_CHANGE.can("fall_overdue", row.status) or row.due_at > at or not left.exists():
        return False
    # An entry that was with the authority in time and came back later is overdue from its return, not before.
    returned = [one.returned_at for one in left]
    since = row.due_at
    if all(returned):
        since = max(row.due_at, min(one for one in returned if one is not None))
    evidence.transition(
        row,
        table=REMIT_CHANGE,
        act="fall_overdue",
        by=by,
        at=since,
        changes={"reminded": [*row.reminded, queries.OUTER]} if since >= row.outer_due_at else None,
        basis=queries.overdue_basis(row, since),
        rule_version=row.due_rule,
        detail={"left": [one.name for one in left], "due_at": row.due_at, "outer_due_at": row.outer_due_at},
        **_context(row),
    )
    return True


@implements("wushen-2021-60:7", "wushen-2021-60:30(1)")
@transaction.atomic
def note_outer_limit(*, change_id: UUID, by: Actor, at: datetime) -> bool:
    """Note that an overdue change has passed the Measures' fifteen working days as well; once."""
    permissions.SWEEP_UPKEEP.check(by)
    row = queries.remit_change_for_update(change_id)
    if row.status != OVERDUE or row.outer_due_at > at or queries.OUTER in row.reminded:
        return False
    row.reminded = [*row.reminded, queries.OUTER]
    row.save(update_fields=["reminded"])
    left = [one.name for one in RemitEntry.objects.filter(change=row, outcome="")]
    evidence.record_act(
        kind="remit_change:outer_limit_passed",
        subject=("remit_change", row.pk),
        by=by,
        at=row.outer_due_at,
        basis=(row.outer_basis, queries.OUTER_FAULT),
        rule_version=row.outer_rule,
        after={"outer_due_at": row.outer_due_at, "left": left},
        **_context(row),
    )
    return True


@transaction.atomic
def remind_of_remit_change(*, change_id: UUID, reminder: str, by: Actor, at: datetime) -> bool:
    """Remind the department at half time or on the last day: evidence that the notices are sent from; once each."""
    permissions.SWEEP_UPKEEP.check(by)
    row = queries.remit_change_for_update(change_id)
    if row.status not in REMIT_RUNNING or reminder in row.reminded:
        return False
    row.reminded = [*row.reminded, reminder]
    row.save(update_fields=["reminded"])
    left = RemitEntry.objects.filter(change=row, outcome="").count()
    _record(row, f"reminded_{reminder}", by=by, at=at, after={"due_at": row.due_at, "left": left, "title": row.title})
    return True


@transaction.atomic
def recount_remit_change(*, change_id: UUID, by: Actor, at: datetime) -> bool:
    """Count a running period again on the calendar now in force; gives whether it moved."""
    permissions.SWEEP_UPKEEP.check(by)
    row = queries.remit_change_for_update(change_id)
    if row.status not in REMIT_RUNNING or row.due_at <= at:
        return False
    deadline = rulebook.recount_open(queries.running_remit_clock(row), at=at)
    outer = rulebook.recount_open(queries.outer_remit_clock(row), at=at)
    if (deadline.due_at, outer.due_at, deadline.provisional) == (row.due_at, row.outer_due_at, row.provisional):
        return False
    before = {"due_at": row.due_at, "outer_due_at": row.outer_due_at}
    row.due_at, row.outer_due_at, row.provisional = deadline.due_at, outer.due_at, deadline.provisional
    row.save(update_fields=["due_at", "outer_due_at", "provisional"])
    after = {"due_at": row.due_at, "outer_due_at": row.outer_due_at}
    if before == after:
        return False
    _record(row, "recounted", by=by, at=at, before=before, after=after)
    return True


# ---- inside -------------------------------------------------------------------------------------------------------------


def _check_registration(
    document: Document, update: Collection[UUID], withdraw: Collection[UUID], names: tuple[str, ...]
) -> None:
    found: list[Refusal] = []
    for name, value in (("title", document.title), ("number", document.number)):
        if not value.strip():
            found.append(DocumentMissing(field=name))
    if document.dated is None:
        found.append(DocumentMissing(field="dated"))
    if document.kind not in queries.KINDS:
        found.append(DocumentMissing(field="kind"))
    if document.changed_on is None:
        found.append(ChangeDateMissing(field="changed_on"))
    if not (update or withdraw or names):
        found.append(NothingTouched(field="update"))
    if found:
        raise Shortfalls(found)


def _tasks(row: RemitChange, task: str, resource_ids: Collection[UUID]) -> list[RemitEntry]:
    field = task.lower()
    rows = {one.pk: one for one in Resource.objects.filter(pk__in=resource_ids).defer("draft")}
    made = []
    for key in dict.fromkeys(resource_ids):
        found = rows.get(key)
        if found is None or found.provider_id != row.department_id or not found.version or found.status == WITHDRAWN:
            raise EntryNotInForce(field=field, name=found.name if found else str(key))
        waiting = _submitted_for(row, found)
        made.append(
            RemitEntry(
                id=new_id(),
                change=row,
                task=task,
                resource=found,
                name=found.name,
                before_version=found.version,
                submitted_at=waiting,
            )
        )
    return made


def _submitted_for(row: RemitChange, resource: Resource) -> datetime | None:
    """Since when the entry lies before the authority as an answer; what was sent before the change took effect is none."""
    sent = resource.submitted_at if resource.status in (SUBMITTED, RATIFIED) else None
    return sent if sent is not None and sent >= queries.change_start(row.changed_on) else None


def _open_task(row: RemitChange, entry_id: UUID) -> RemitEntry:
    task = RemitEntry.objects.select_for_update(of=("self",)).select_related("resource").filter(change=row, pk=entry_id).first()
    if task is None:
        raise RemitChangeNotFound()
    if task.outcome:
        raise TaskDone()
    return task


def _extended(row: RemitChange, days: int) -> Any:
    """The period moved on by `days`; raises where no instrument allows it or not so many."""
    on = row.changed_on
    try:
        most = rulebook.rules().period("catalogue_update_extension", on).value
        if days < 1:
            raise ExtensionDaysWrong(field="days", most=most)
        return rulebook.extension("catalogue_update_extension", due_at=row.due_at, days=days, on=on)
    except RuleNotInForce as error:
        raise ExtensionNotProvided() from error
    except PeriodTooLong as error:
        raise ExtensionDaysWrong(field="days", most=most) from error


def _next_number(at: datetime) -> str:
    """`ZN-2026-0001`, counting up within the year; its row stays locked, so that none is given twice."""
    year = at.astimezone(BEIJING).year
    counter, _made = CodeCounter.objects.get_or_create(scheme="remit", prefix=str(year))
    counter = CodeCounter.objects.select_for_update().get(pk=counter.pk)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"ZN-{year}-{counter.last:04d}"


def _record(row: RemitChange, event: str, *, by: Actor, at: datetime, resource_id: UUID | None = None, **rest: Any) -> None:
    evidence.record_act(
        kind=f"remit_change:{event}",
        subject=("remit_change", row.pk),
        by=by,
        at=at,
        basis=(row.due_basis,),
        rule_version=row.due_rule,
        **_context(row, resource_id),
        **rest,
    )


def _context(row: RemitChange, *resource_ids: UUID | None) -> dict[str, Any]:
    """Seen by the department and the authority; part of the entries' trails."""
    return {
        "concerns": (row.department_id, parties.authority().id),
        "trail": tuple(f"resource:{key}" for key in resource_ids if key is not None),
    }
