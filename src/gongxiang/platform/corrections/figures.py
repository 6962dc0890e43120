"""Figures of corrections by resource and by department; each is a filter of the list, so that its rows can be looked at."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Avg, Count, Q

from gongxiang.law.articles import implements
from gongxiang.platform.corrections import queries, states
from gongxiang.platform.kernel.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Line:
    """How the corrections of one resource, or before one department, stand; proposals are not counted."""

    id: UUID
    name: str
    reported: int
    open: int
    answered: int
    confirmed: int
    overdue: int
    mean_days: float | None

    @property
    def confirmed_share(self) -> int | None:
        """Per cent of the answered that led to a change."""
        return round(100 * self.confirmed / self.answered) if self.answered else None


@implements("wushen-2021-60:20", "wushen-2021-60:27", "cn-809:18")
def figures(*, actor: Actor, by_department: bool = False, resource_id: UUID | None = None) -> list[Line]:
    """One line a resource, or a verifying department, the most reported first."""
    key, name = ("provider_id", "provider_name") if by_department else ("resource_id", "resource_name")
    rows = queries.visible_to(actor).exclude(status=states.PROPOSED).order_by()
    rows = rows.filter(resource_id=resource_id) if resource_id else rows
    found = rows.values(key).annotate(
        reported=Count("pk"),
        open=Count("pk", filter=Q(status__in=states.OPEN)),
        answered=Count("pk", filter=~Q(outcome="")),
        confirmed=Count("pk", filter=Q(outcome__in=states.CONFIRMED)),
        overdue=Count("pk", filter=Q(late=True)),
        mean_days=Avg("working_days"),
    )
    # A name may have changed since: the latest stands for all.
    names = dict(rows.order_by("reported_at").values_list(key, name))
    lines = [Line(id=one.pop(key), name="", **one) for one in found]
    named = [Line(**{**line.__dict__, "name": names[line.id]}) for line in lines]
    return sorted(named, key=lambda line: (-line.reported, line.name))


@implements("wushen-2021-60:20", "cn-809:18")
def accuracy_of(resource_id: UUID, *, actor: Actor) -> Line | None:
    """The line of one resource; None where nothing was reported that the actor sees."""
    return next(iter(figures(actor=actor, resource_id=resource_id)), None)
