"""Reading demands: lists, similar ones, figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from gongxiang.platform.catalogue import indexing
from gongxiang.platform.demands import permissions, states
from gongxiang.platform.demands.models import Demand
from gongxiang.platform.kernel.actors import Actor, Person, Role
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook.queries import OpenDeadline

#: Overlap of character pairs from which two demands look alike.
ALIKE = 0.3


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How demands stand, for the authority."""

    by_status: dict[str, int]
    by_outcome: dict[str, int]
    late: int
    overdue: int


def visible_to(actor: Actor | None) -> QuerySet[Demand]:
    """Demands are open to every department that shares: the list of demands is published among them."""
    rows = Demand.objects.order_by("-stated_at", "-number")
    return rows if actor is not None and (not isinstance(actor, Person) or permissions.VIEW.allows(actor)) else rows.none()


def get_for_update(demand_id: UUID) -> Demand:
    """The demand, locked until the transaction ends."""
    row = Demand.objects.select_for_update().filter(pk=demand_id).first()
    if row is None:
        raise NotFound()
    return row


def get_demand(demand_id: UUID, *, actor: Actor) -> Demand:
    """One demand; raises NotFound."""
    row = visible_to(actor).filter(pk=demand_id).first()
    if row is None:
        raise NotFound()
    return row


def find_demands(
    *, actor: Actor, box: str = "all", text: str = "", statuses: Iterable[str] = (), outcome: str = ""
) -> QuerySet[Demand]:
    """Boxes: `mine` (my department's), `to_answer` (for my department), `to_assign` (the authority's turn), `all`."""
    rows = visible_to(actor)
    department = actor.department_id if isinstance(actor, Person) else None
    if box == "mine":
        rows = rows.filter(consumer_id=department)
    elif box == "to_answer":
        rows = rows.filter(provider_id=department, status__in=(states.ASSIGNED, states.OVERDUE))
    elif box == "to_assign":
        rows = rows.filter(turn="authority")
    if text:
        words = Q(title__icontains=text) | Q(number__icontains=text) | Q(consumer_name__icontains=text)
        rows = rows.filter(words | Q(provider_name__icontains=text) | Q(items__icontains=text))
    if chosen := [one for one in statuses if one in states.DEMAND.states]:
        rows = rows.filter(status__in=chosen)
    return rows.filter(outcome=outcome) if outcome in states.OUTCOMES else rows


def waiting_for(actor: Person) -> list[Demand]:
    """Demands whose next act is this person's."""
    mine = Q(pk__in=[])
    if actor.has(Role.AUTHORITY_OFFICER):
        mine |= Q(turn="authority")
    if actor.has(*permissions.HAND_BACK.roles):
        mine |= Q(turn="provider", provider_id=actor.department_id)
    if actor.has(*permissions.DESK):
        mine |= Q(turn="consumer", consumer_id=actor.department_id)
    return list(visible_to(actor).filter(mine).order_by("due_at", "stated_at"))


def similar(*, title: str, items: Iterable[str], actor: Actor, limit: int = 5) -> list[Demand]:
    """Open or answered demands that look like this one, the most alike first."""
    wanted = _pairs(title, items)
    if not wanted:
        return []
    found = []
    for row in visible_to(actor).exclude(status=states.WITHDRAWN)[:2000]:
        here = _pairs(row.title, row.items)
        if (share := len(wanted & here) / max(1, min(len(wanted), len(here)))) >= ALIKE:
            found.append((share, row))
    return [row for _share, row in sorted(found, key=lambda one: (-one[0], one[1].number))[:limit]]


def _pairs(title: str, items: Iterable[str]) -> set[str]:
    return {pair for text in (title, *items) for pair in indexing.bigrams(indexing.normalise(text)) if len(pair) == 2}


def figures(actor: Actor) -> Figures:
    """How many in each state, with each outcome, answered late, overdue now."""
    rows = visible_to(actor).order_by()
    return Figures(
        by_status=dict(rows.values_list("status").annotate(n=Count("pk"))),
        by_outcome={outcome: n for outcome, n in rows.values_list("outcome").annotate(n=Count("pk")) if outcome},
        late=rows.filter(late=True).count(),
        overdue=rows.filter(status=states.OVERDUE).count(),
    )


def responsibilities(actor: Actor) -> QuerySet[Demand]:
    """What providers still owe: to answer, or to compile by a day."""
    owed = Q(status__in=(states.ASSIGNED, states.OVERDUE)) | Q(outcome=states.WILL_BE_COMPILED, status=states.ANSWERED)
    return visible_to(actor).filter(owed).order_by("provider_name", "planned_on", "due_at")


def overdue(at: datetime) -> list[UUID]:
    """Demands whose period of answer is over."""
    return list(Demand.objects.filter(status=states.ASSIGNED, due_at__lte=at).order_by("due_at").values_list("id", flat=True))


def open_deadlines(at: datetime) -> list[OpenDeadline]:
    """The periods that run at `at`."""
    rows = Demand.objects.filter(due_at__gt=at, status__in=(states.STATED, states.ASSIGNED)).order_by("due_at")
    return [running for row in rows if (running := running_clock(row)) is not None]


def running_clock(row: Demand) -> OpenDeadline | None:
    """The clock of a demand, if one runs."""
    if row.due_at is None or row.clock_from is None:
        return None
    title = f"{row.number} {row.title}"
    side = "provider" if row.status == states.ASSIGNED else "authority"
    return OpenDeadline(
        subject=f"demand:{row.pk}", title=title, rule=row.due_rule, start=row.clock_from, due_at=row.due_at,
        basis=row.due_basis, concerns=(row.consumer_id,), **parties.whose_turn(side, provider_id=row.provider_id),
    )  # fmt: skip


def waiting_for_entry(resource_id: UUID) -> list[UUID]:
    """Answered demands for which this entry was to be compiled."""
    rows = Demand.objects.filter(resource_id=resource_id, outcome=states.WILL_BE_COMPILED, status=states.ANSWERED)
    return list(rows.values_list("id", flat=True))


def with_running_clock() -> list[UUID]:
    """Demands with a running period."""
    rows = Demand.objects.filter(due_at__isnull=False, status__in=(states.STATED, states.ASSIGNED))
    return list(rows.values_list("id", flat=True))
