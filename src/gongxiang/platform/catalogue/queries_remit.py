"""Reading changes of remit: frozen values under the reader's visibility."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gongxiang.law.deadlines import BEIJING, last_day
from gongxiang.law.rules import RuleNotInForce
from gongxiang.platform.catalogue.errors_upkeep import RemitChangeNotFound
from gongxiang.platform.catalogue.models import RemitChange, RemitEntry, Resource
from gongxiang.platform.catalogue.permissions_upkeep import DECIDE_EXTENSION, NAME_NEW_ENTRY, sees_every_department
from gongxiang.platform.catalogue.states import COMPLETED, EXTENSION_ASKED, OVERDUE, REMIT_RUNNING, WITHDRAWN
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook

#: Kinds of document that change a remit (cn-809:17.2).
KINDS = {
    "LAW": _("Law or administrative regulation"),
    "STATE_COUNCIL": _("Decision of the State Council"),
    "DUTY": _("Change of the department's duties"),
}
#: What leaving a catalogue without update beyond the Measures' own period is; noted once, under this mark.
OUTER_FAULT = "wushen-2021-60:30(1)"
OUTER = "outer_limit"
TASKS = {"UPDATE": _("Update"), "WITHDRAW": _("Withdraw"), "NEW": _("New entry needed")}
OUTCOMES = {
    "REPUBLISHED": _("New version published"),
    "PUBLISHED": _("Published"),
    "WITHDRAWN": _("Withdrawn"),
    "UNCHANGED": _("Confirmed unchanged"),
}


@dataclass(frozen=True, kw_only=True)
class RemitTask:
    """One point of a change's list, and what became of it."""

    id: UUID
    task: str
    resource_id: UUID | None
    name: str
    code: str
    #: The entry's state at present; empty where no entry is named yet.
    status: str
    before_version: int | None
    submitted_at: datetime | None
    returned_at: datetime | None
    outcome: str
    reason: str
    after_version: int | None
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True, kw_only=True)
class RemitView:
    """A change of remit."""

    id: UUID
    number: str
    status: str
    department_id: UUID
    department_name: str
    kind: str
    title: str
    document_number: str
    document_on: date
    changed_on: date
    description: str
    registered_at: datetime
    registered_by: str
    by_authority: bool
    due_at: datetime
    due_basis: str
    due_rule: str
    working_days: int
    provisional: bool
    outer_due_at: datetime
    outer_basis: str
    extension_days: int | None
    extension_reason: str
    extension_asked_at: datetime | None
    extension_asked_by: str
    extension_asked_id: UUID | None
    extension_consented: bool | None
    extension_opinion: str
    extension_decided_at: datetime | None
    extension_decided_by: str
    closed_at: datetime | None
    closed_by: str
    closing_reason: str
    in_time: bool | None
    tasks: tuple[RemitTask, ...] = ()
    total: int = 0
    done: int = 0

    @property
    def running(self) -> bool:
        """Whether entries are still to be dealt with."""
        return self.status in REMIT_RUNNING

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return last_day(self.due_at)

    @property
    def with_authority(self) -> bool:
        """Whether the department has done its part and the authority's review is what is left."""
        left = [task for task in self.tasks if not task.outcome]
        return bool(left) and all(task.submitted_at is not None for task in left)


def change_start(changed_on: date) -> datetime:
    """The instant from which the period is counted: the day of the change itself is not counted."""
    return datetime.combine(changed_on, time(), BEIJING)


def remit_changes_visible_to(actor: Actor | None) -> QuerySet[RemitChange]:
    """Those of the actor's department; all of them for authority and audit."""
    rows = RemitChange.objects.all()
    if sees_every_department(actor):
        return rows
    if actor is None or isinstance(actor, System):
        return rows.none()
    return rows.filter(department_id=actor.department_id)


def find_remit_changes(
    *, actor: Actor, text: str = "", status: str = "", kind: str = "", department_id: UUID | None = None
) -> QuerySet[RemitChange]:
    """For a list; slice it, then `remit_views` the page. `status` may be `running`."""
    rows = remit_changes_visible_to(actor)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(document_number__icontains=text) | Q(number__icontains=text))
    if status == "running":
        rows = rows.filter(status__in=REMIT_RUNNING)
    elif status:
        rows = rows.filter(status=status)
    if kind:
        rows = rows.filter(kind=kind)
    if department_id:
        rows = rows.filter(department_id=department_id)
    return rows.order_by("due_at", "number")


def remit_views(rows: Iterable[RemitChange]) -> list[RemitView]:
    """The values of a page's rows."""
    found = list(rows)
    names = parties.department_names(row.department_id for row in found)
    counts = RemitEntry.objects.filter(change__in=found).values("change_id").annotate(
        total=Count("id"), done=Count("id", filter=~Q(outcome=""))
    )  # fmt: skip
    by_change = {count["change_id"]: (count["total"], count["done"]) for count in counts}
    return [_view(row, names.get(row.department_id, ""), (), *by_change.get(row.pk, (0, 0))) for row in found]


def get_remit_change(change_id: UUID, *, actor: Actor) -> RemitView:
    """One change with its list; raises RemitChangeNotFound."""
    row = remit_changes_visible_to(actor).filter(pk=change_id).first()
    if row is None:
        raise RemitChangeNotFound()
    return remit_view(row)


def remit_view(row: RemitChange) -> RemitView:
    """The whole value of a row."""
    entries = list(RemitEntry.objects.filter(change=row).select_related("resource").order_by("task", "name", "id"))
    tasks = tuple(
        RemitTask(
            id=entry.pk,
            task=entry.task,
            resource_id=entry.resource_id,
            name=entry.name,
            code=(entry.resource.code or "") if entry.resource else "",
            status=entry.resource.status if entry.resource else "",
            before_version=entry.before_version,
            submitted_at=entry.submitted_at,
            returned_at=entry.returned_at,
            outcome=entry.outcome,
            reason=entry.reason,
            after_version=entry.after_version,
            done_at=entry.done_at,
            done_by=entry.done_by,
        )
        for entry in entries
    )
    name = parties.department_names([row.department_id]).get(row.department_id, "")
    return _view(row, name, tasks, len(tasks), sum(bool(task.outcome) for task in tasks))


def _view(row: RemitChange, department_name: str, tasks: tuple[RemitTask, ...], total: int, done: int) -> RemitView:
    own = {"department_name", "tasks", "total", "done"}
    values = {name: getattr(row, name) for name in RemitView.__dataclass_fields__ if name not in own}
    return RemitView(**values, department_name=department_name, tasks=tasks, total=total, done=done)


def remit_change_for_update(change_id: UUID) -> RemitChange:
    """The locked row, for this room's actions."""
    row = RemitChange.objects.select_for_update().filter(pk=change_id).first()
    if row is None:
        raise RemitChangeNotFound()
    return row


def waiting_remits(actor: Actor) -> list[RemitView]:
    """Running changes in which the actor's department has something to do, or whose extension waits for the authority."""
    if not isinstance(actor, Person):
        return []
    mine = Q(pk__in=[])
    if NAME_NEW_ENTRY.allows(actor):
        unfinished = RemitEntry.objects.filter(outcome="", submitted_at__isnull=True).values("change_id")
        mine |= Q(department_id=actor.department_id, status__in=REMIT_RUNNING, pk__in=unfinished)
    if DECIDE_EXTENSION.allows(actor):
        mine |= Q(status=EXTENSION_ASKED)
    return remit_views(RemitChange.objects.filter(mine).order_by("due_at"))


def overdue_remits(actor: Actor) -> list[RemitView]:
    """Changes whose period ended with entries left; `overdue_basis` says what that is."""
    return remit_views(remit_changes_visible_to(actor).filter(status=OVERDUE).order_by("due_at"))


def remit_figures(actor: Actor) -> dict[str, int]:
    """Running, overdue, and completed late, of what the actor sees."""
    rows = remit_changes_visible_to(actor)
    return {
        "running": rows.filter(status__in=REMIT_RUNNING).count(),
        "overdue": rows.filter(status=OVERDUE).count(),
        "late": rows.filter(status=COMPLETED, in_time=False).count(),
    }


def published_entries_of(department_id: UUID) -> list[tuple[UUID, str, str]]:
    """(id, name, code) of the department's entries in force, by name: what a change can touch."""
    rows = Resource.objects.filter(provider_id=department_id, version__isnull=False).exclude(status=WITHDRAWN)
    return [(row.pk, row.name, row.code or "") for row in rows.defer("draft").order_by("name")]


def candidates_for_new(change: RemitView) -> list[tuple[UUID, str]]:
    """Entries of the department, compiled after the change took effect, that could answer the need for a new one."""
    rows = Resource.objects.filter(provider_id=change.department_id).exclude(status=WITHDRAWN)
    fresh = rows.filter(Q(version__isnull=True) | Q(version=1, published_at__gte=change_start(change.changed_on)))
    taken = RemitEntry.objects.filter(change_id=change.id, resource__isnull=False).values("resource_id")
    return [(row.pk, row.name) for row in fresh.exclude(pk__in=taken).defer("draft").order_by("name")]


# ---- clocks -------------------------------------------------------------------------------------------------------------


def running_remit_clock(row: RemitChange) -> rulebook.OpenDeadline:
    """The period of a change."""
    return rulebook.OpenDeadline(
        subject=f"remit_change:{row.pk}", title=row.title, rule=row.due_rule, start=change_start(row.changed_on),
        due_at=row.due_at, working_days=row.working_days, basis=row.due_basis,
        # The room's own sweep reminds, with evidence.
        reminds=False, **parties.whose_turn("department", department_id=row.department_id),
    )  # fmt: skip


def outer_remit_clock(row: RemitChange) -> rulebook.OpenDeadline:
    """The banner's outer limit of a change, counted on the same calendar."""
    return rulebook.OpenDeadline(
        subject=f"remit_change:{row.pk}", title=row.title, rule=row.outer_rule, start=change_start(row.changed_on),
        due_at=row.outer_due_at,
    )  # fmt: skip


def open_remit_deadlines(at: datetime) -> tuple[rulebook.OpenDeadline, ...]:
    """The periods of changes that run at `at`."""
    rows = RemitChange.objects.filter(status__in=REMIT_RUNNING, due_at__gt=at).order_by("due_at")
    return tuple(running_remit_clock(row) for row in rows)


def remits_with_running_clock(at: datetime) -> list[UUID]:
    """Changes whose period has not ended."""
    return list(RemitChange.objects.filter(status__in=REMIT_RUNNING, due_at__gt=at).values_list("pk", flat=True))


def remits_past_due(at: datetime) -> list[UUID]:
    """Changes whose period is over while an entry is neither dealt with nor before the authority."""
    left = RemitEntry.objects.filter(outcome="", submitted_at__isnull=True).values("change_id")
    rows = RemitChange.objects.filter(status__in=("OPEN", EXTENSION_ASKED), due_at__lte=at, pk__in=left)
    return list(rows.order_by("due_at").values_list("pk", flat=True))


def overdue_basis(change: RemitChange | RemitView, at: datetime) -> tuple[str, ...]:
    """What a change with entries left falls under at that instant: each instrument by its own period.

    The Regulation's fault begins with its ten (or fifteen) working days, the Measures' with their fifteen, and not before.
    """
    found: tuple[str, ...] = (change.due_basis,)
    if change.due_basis.startswith("cn-809:"):
        found += ("cn-809:39(1)",)
    return (*found, OUTER_FAULT) if at >= change.outer_due_at else found


def remits_beyond_outer(at: datetime) -> list[UUID]:
    """Overdue changes that have passed the banner's outer limit too, which is not noted yet."""
    left = RemitEntry.objects.filter(outcome="", submitted_at__isnull=True).values("change_id")
    rows = RemitChange.objects.filter(status=OVERDUE, outer_due_at__lte=at, pk__in=left)
    return list(rows.exclude(reminded__contains=[OUTER]).order_by("outer_due_at").values_list("pk", flat=True))


def remits_to_remind(at: datetime) -> list[tuple[UUID, str]]:
    """(change, reminder) for those at half time or on their last day that have not been reminded of it."""
    found = []
    rows = RemitChange.objects.filter(status__in=("OPEN", EXTENSION_ASKED), due_at__gt=at)
    for row in rows.exclude(reminded__contains=["last_day"]):
        if at >= row.due_at - timedelta(days=1):
            found.append((row.pk, "last_day"))
        elif "half_time" not in row.reminded and at >= half_time(row):
            found.append((row.pk, "half_time"))
    return found


def half_time(row: RemitChange) -> datetime:
    """The instant at which half of the working days have passed."""
    half = rulebook.recount_open(
        rulebook.OpenDeadline(
            subject="half", title="", rule=row.due_rule, start=change_start(row.changed_on), due_at=row.due_at,
            working_days=max(1, row.working_days // 2),
        ),
        at=change_start(row.changed_on),
    )  # fmt: skip
    return half.due_at


def extension_allowed(changed_on: date) -> bool:
    """Whether an instrument in force on the day of the change lets the period be extended."""
    try:
        rulebook.rules().period("catalogue_update_extension", changed_on)
    except RuleNotInForce:
        return False
    return True
