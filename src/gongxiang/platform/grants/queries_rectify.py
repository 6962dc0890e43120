"""Reading rectifications."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.platform.grants import queries
from gongxiang.platform.grants.models import Rectification
from gongxiang.platform.grants.permissions import REPORT_RECTIFICATION, RESUME, is_authority
from gongxiang.platform.grants.states import DEMANDED, OVERDUE, RECTIFICATION_FAILED, RECTIFYING, REPORTED
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class RectificationView:
    """A rectification as pages see it."""

    id: UUID
    number: str
    status: str
    grant_id: UUID
    grant_number: str
    resource_name: str
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    reason: str
    demand: str
    demanded_at: datetime
    demanded_by: str
    by_authority: bool
    times: int
    due_at: datetime
    due_basis: str
    due_rule: str
    due_provisional: bool
    report: str
    uploads: tuple[UUID, ...]
    reported_at: datetime | None
    reported_by: str
    opinion: str
    decided_at: datetime | None
    decided_by: str
    closed_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether it is not over."""
        return self.status in RECTIFYING

    @property
    def failed(self) -> bool:
        """Whether the grant may be ended now, because it was not put right."""
        return self.status in RECTIFICATION_FAILED

    @property
    def turn(self) -> str:
        """Whose turn it is: consumer, provider, authority or nobody's."""
        if self.status == DEMANDED:
            return "consumer"
        if self.running:
            return "authority" if self.by_authority else "provider"
        return ""


_OWN = (
    "id", "number", "status", "grant_id", "reason", "demand", "demanded_at", "demanded_by", "by_authority", "times", "due_at",
    "due_basis", "due_rule", "due_provisional", "report", "reported_at", "reported_by", "opinion", "decided_at", "decided_by",
    "closed_at",
)  # fmt: skip
_GRANT = ("resource_name", "provider_id", "provider_name", "consumer_id", "consumer_name")


def view_of(row: Rectification) -> RectificationView:
    """The frozen value of a row."""
    return RectificationView(
        grant_number=row.grant.number,
        uploads=tuple(row.uploads),
        **{name: getattr(row, name) for name in _OWN},
        **{name: getattr(row.grant, name) for name in _GRANT},
    )


def visible_to(actor: Actor) -> QuerySet[Rectification]:
    """Those of the grants that the actor may see."""
    return Rectification.objects.filter(grant__in=queries.visible_to(actor).values("pk")).select_related("grant")


def find_rectifications(*, actor: Actor, text: str = "", status: str = "") -> QuerySet[Rectification]:
    """For a list; `status` may be `running`."""
    rows = visible_to(actor)
    if text:
        named = Q(number__icontains=text) | Q(grant__number__icontains=text) | Q(grant__resource_name__icontains=text)
        rows = rows.filter(named | Q(grant__consumer_name__icontains=text) | Q(grant__provider_name__icontains=text))
    if status:
        rows = rows.filter(status__in=RECTIFYING if status == "running" else (status,))
    return rows.order_by("-demanded_at", "-id")


def get_rectification(rectification_id: UUID, *, actor: Actor) -> RectificationView:
    """One; NotFound when it is not the actor's to see."""
    row = visible_to(actor).filter(pk=rectification_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def rectifications_of(grant_id: UUID, *, actor: Actor) -> list[RectificationView]:
    """All of one grant, newest first."""
    return [view_of(row) for row in visible_to(actor).filter(grant_id=grant_id).order_by("-demanded_at")]


def waiting_rectifications(actor: Actor) -> list[RectificationView]:
    """Those in which it is the actor's turn."""
    if not isinstance(actor, Person):
        return []
    mine = Q(pk__in=[])
    if REPORT_RECTIFICATION.allows(actor):
        mine |= Q(status__in=(DEMANDED, OVERDUE), grant__consumer_id=actor.department_id)
    if RESUME.allows(actor):
        decide = Q(status__in=(REPORTED, *RECTIFICATION_FAILED))
        if is_authority(actor):
            mine |= decide & Q(by_authority=True)
        else:
            mine |= decide & Q(by_authority=False, grant__provider_id=actor.department_id)
    return [view_of(row) for row in visible_to(actor).filter(mine).order_by("due_at")]


def lapsing(at: datetime) -> list[UUID]:
    """Demands whose day has passed."""
    return list(Rectification.objects.filter(status=DEMANDED, due_at__lte=at).order_by("due_at").values_list("pk", flat=True))


def views(rows: Iterable[Rectification]) -> list[RectificationView]:
    """The values of rows."""
    return [view_of(row) for row in rows]
