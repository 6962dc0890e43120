"""Reading requests to line superiors, what they returned, and what still has to be asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum

from gongxiang.platform.access.models import AccessRequest, DataReturn, SuperiorReminder, SuperiorRequest
from gongxiang.platform.access.permissions import ASK_SUPERIOR, ISSUE_LETTER, VIEW_SUPERIORS, sees_all
from gongxiang.platform.access.policies_superior import HELD_ABOVE, return_due
from gongxiang.platform.access.states import REFUSED as REQUEST_REFUSED
from gongxiang.platform.access.states_superior import (
    CLOSED,
    COMING,
    DISCARDED,
    DRAFT,
    OVERDUE,
    RETURNING,
    SENT,
    SUPERIOR_REQUEST,
)
from gongxiang.platform.catalogue import queries_line
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.queries import OpenDeadline


@dataclass(frozen=True, kw_only=True)
class ToAsk:
    """Something for which the superior has not been asked: a request refused on that ground, or an entry not mounted."""

    kind: str
    id: UUID
    name: str
    number: str
    department_id: UUID
    department_name: str
    since: datetime
    due_at: datetime
    due_basis: str


@dataclass(frozen=True, kw_only=True)
class LineTotal:
    """How the requests to one superior stand."""

    superior: str
    level: str
    asked: int
    waiting: int
    overdue: int
    agreed: int
    refused: int
    returning: int
    reminders: int
    returns: int
    last_return_at: datetime | None


def visible_to(actor: Actor | None) -> QuerySet[SuperiorRequest]:
    """The own department's; all that were issued for the authority and audit."""
    rows = SuperiorRequest.objects.order_by("-drafted_at", "-number")
    if actor is None or not (isinstance(actor, System) or VIEW_SUPERIORS.allows(actor)):
        return rows.none()
    if isinstance(actor, System):
        return rows
    own = Q(department_id=actor.department_id)
    return rows.filter(own | Q(issued_at__isnull=False)) if sees_all(actor) else rows.filter(own)


def get_for_update(superior_request_id: UUID) -> SuperiorRequest:
    """The request, locked until the transaction ends."""
    row = SuperiorRequest.objects.select_for_update().filter(pk=superior_request_id).first()
    if row is None:
        raise NotFound()
    return row


def get_superior_request(superior_request_id: UUID, *, actor: Actor) -> SuperiorRequest:
    """One request; raises NotFound."""
    row = visible_to(actor).filter(pk=superior_request_id).first()
    if row is None:
        raise NotFound()
    return row


def find_superior_requests(
    *, actor: Actor, text: str = "", statuses: Iterable[str] = (), level: str = "", returning: bool = False, superior: str = ""
) -> QuerySet[SuperiorRequest]:
    """For lists; `returning` gives the register of what comes back (回流)."""
    rows = visible_to(actor)
    if returning:
        rows = rows.filter(Q(status__in=COMING) | Q(returns__gt=0))
    if text:
        words = Q(number__icontains=text) | Q(title__icontains=text) | Q(superior__icontains=text)
        words |= Q(system_name__icontains=text) | Q(resource_name__icontains=text) | Q(letter_number__icontains=text)
        rows = rows.filter(words | Q(department_name__icontains=text) | Q(access_request_number__icontains=text))
    if chosen := [one for one in statuses if one in SUPERIOR_REQUEST.states]:
        rows = rows.filter(status__in=chosen)
    if superior:
        rows = rows.filter(superior=superior)
    return rows.filter(level=level) if level in queries_line.LEVELS else rows


def reminders_of(superior_request_id: UUID) -> list[SuperiorReminder]:
    """The reminders, in order."""
    return list(SuperiorReminder.objects.filter(request_id=superior_request_id).order_by("serial"))


def returns_of(superior_request_id: UUID) -> list[DataReturn]:
    """What came back, the latest first."""
    return list(DataReturn.objects.filter(request_id=superior_request_id).order_by("-arrived_on", "-recorded_at")[:200])


def returned_already(superior_request_id: UUID, arrived_on: date, way: str) -> bool:
    """Whether this return was written down before."""
    return DataReturn.objects.filter(request_id=superior_request_id, arrived_on=arrived_on, way=way).exists()


def return_late(row: SuperiorRequest, at: datetime) -> datetime | None:
    """Since when the next return is late; None where it is not, or no frequency was agreed."""
    grace = timedelta(days=rulebook.parameter("stale_grace_days"))
    due = return_due(row.agreed_frequency, row.last_return_at or row.answer_recorded_at)
    return due if row.status in COMING and due is not None and due + grace < at else None


def of_request(access_request_id: UUID) -> SuperiorRequest | None:
    """What was asked above because of an access request, whatever became of it; the latest."""
    rows = SuperiorRequest.objects.filter(access_request_id=access_request_id).exclude(status=DISCARDED)
    return rows.order_by("-drafted_at").first()


def asked_number(*, resource_id: UUID | None, access_request_id: UUID | None) -> str:
    """The number of the running request for the same entry or access request; empty where there is none."""
    wanted = Q(pk__in=[])
    if resource_id is not None:
        wanted |= Q(resource_id=resource_id)
    if access_request_id is not None:
        wanted |= Q(access_request_id=access_request_id)
    found = SuperiorRequest.objects.filter(wanted).exclude(status__in=(CLOSED, DISCARDED)).first()
    return found.number if found else ""


def to_ask(actor: Actor) -> list[ToAsk]:
    """What a superior has still to be asked for, the longest waiting first; the authority sees every department's."""
    if not isinstance(actor, Person) or not VIEW_SUPERIORS.allows(actor):
        return []
    mine = None if sees_all(actor) else actor.department_id
    asked = SuperiorRequest.objects.exclude(status=DISCARDED)
    refused = AccessRequest.objects.filter(status=REQUEST_REFUSED, refusal_ground=HELD_ABOVE, replied_at__isnull=False)
    refused = refused.exclude(pk__in=asked.filter(access_request__isnull=False).values("access_request_id"))
    refused = refused.exclude(resource_id__in=asked.filter(resource__isnull=False).values("resource_id"))
    if mine:
        refused = refused.filter(provider_id=mine)
    found = [
        _to_ask("access_request", one.pk, one.resource_name, one.number, one.provider_id, one.provider_name, one.replied_at)
        for one in refused.order_by("replied_at")[:500]
        if one.replied_at is not None
    ]
    entries = queries_line.line_run_unmounted(mine)
    running = set(asked.filter(resource__in=[one.id for one in entries]).values_list("resource_id", flat=True))
    found += [
        _to_ask("resource", one.id, one.name, one.code, one.provider_id, one.provider_name, one.published_at)
        for one in entries
        if one.id not in running and one.published_at is not None
    ]
    return sorted(found, key=lambda one: (one.due_at, one.name))


def _to_ask(kind: str, key: UUID, name: str, number: str, department: UUID, department_name: str, since: datetime) -> ToAsk:
    deadline = rulebook.deadline("superior_asking", start=since)
    return ToAsk(
        kind=kind, id=key, name=name, number=number, department_id=department, department_name=department_name, since=since,
        due_at=deadline.due_at, due_basis=deadline.basis,
    )  # fmt: skip


def waiting_for(actor: Person) -> list[SuperiorRequest]:
    """Requests of the person's department whose next step is the person's."""
    if not ASK_SUPERIOR.allows(actor):
        return []
    rows = SuperiorRequest.objects.filter(department_id=actor.department_id, turn="provider").order_by("due_at", "drafted_at")
    officer = ISSUE_LETTER.allows(actor)
    return [row for row in rows if row.status != DRAFT or row.drafted_by_id == actor.id or officer]


def lines(actor: Actor) -> list[LineTotal]:
    """Totals by superior, for the authority and audit."""
    rows = visible_to(actor).order_by().exclude(status=DISCARDED).values("superior", "level")
    counted = rows.annotate(
        asked=Count("pk"),
        waiting=Count("pk", filter=Q(status=SENT)),
        overdue=Count("pk", filter=Q(status=OVERDUE)),
        agreed=Count("pk", filter=Q(status__in=COMING)),
        refused=Count("pk", filter=Q(outcome="REFUSED")),
        returning=Count("pk", filter=Q(status=RETURNING)),
        reminders_sum=Sum("reminders"),
        returns_sum=Sum("returns"),
        last=Max("last_return_at"),
    ).order_by("level", "superior")
    return [
        LineTotal(
            superior=one["superior"],
            level=one["level"],
            asked=one["asked"],
            waiting=one["waiting"],
            overdue=one["overdue"],
            agreed=one["agreed"],
            refused=one["refused"],
            returning=one["returning"],
            reminders=one["reminders_sum"] or 0,
            returns=one["returns_sum"] or 0,
            last_return_at=one["last"],
        )
        for one in counted
    ]


def overdue(at: datetime) -> list[UUID]:
    """Requests whose period for an answer is over."""
    rows = SuperiorRequest.objects.filter(status=SENT, due_at__lte=at).order_by("due_at")
    return list(rows.values_list("id", flat=True))


def awaited_entries() -> dict[UUID, tuple[UUID, datetime | None]]:
    """Entries whose data are to come from above: entry -> (request, last return known)."""
    rows = SuperiorRequest.objects.filter(status__in=COMING, resource__isnull=False)
    return {key: (pk, last) for key, pk, last in rows.values_list("resource_id", "pk", "last_return_at") if key is not None}


def open_deadlines(at: datetime) -> list[OpenDeadline]:
    """The periods for answers that run at `at`."""
    rows = SuperiorRequest.objects.filter(due_at__gt=at, status=SENT).order_by("due_at")
    return [running for row in rows if (running := running_clock(row)) is not None]


def running_clock(row: SuperiorRequest) -> OpenDeadline | None:
    """The clock of a request, if one runs."""
    if row.status != SENT or row.due_at is None or row.clock_from is None:
        return None
    title = f"{row.number} {row.title}"
    return OpenDeadline(
        subject=f"superior_request:{row.pk}", title=title, rule=row.due_rule, start=row.clock_from, due_at=row.due_at
    )


def with_running_clock(at: datetime) -> list[UUID]:
    """Requests whose period for an answer runs."""
    return list(SuperiorRequest.objects.filter(status=SENT, due_at__gt=at).values_list("id", flat=True))
