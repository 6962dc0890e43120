"""Reading notices of the end of sharing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.law.deadlines import last_day
from gongxiang.platform.grants.models import StopAnswer, StopNotice
from gongxiang.platform.grants.permissions import ANNOUNCE_STOP, ANSWER_STOP, DECIDE_STOP, sees_all
from gongxiang.platform.grants.states import ANNOUNCED, STOP_RUNNING
from gongxiang.platform.kernel.actors import Actor, Person, Role
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.rulebook import queries as rulebook


@dataclass(frozen=True, kw_only=True)
class AnswerView:
    """What one consumer said."""

    id: UUID
    grant_id: UUID
    grant_number: str
    consumer_id: UUID
    consumer_name: str
    answer: str
    statement: str
    answered_at: datetime | None
    answered_by: str
    #: What this grant would no longer give (`narrowed.taken_away`); None where sharing ends.
    taken: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class StopView:
    """A notice with its answers."""

    id: UUID
    kind: str
    number: str
    status: str
    resource_id: UUID
    resource_name: str
    resource_code: str
    provider_id: UUID
    provider_name: str
    reason: str
    statement: str
    stops_at: datetime
    due_at: datetime
    due_basis: str
    due_rule: str
    announced_at: datetime
    announced_by: str
    filing_number: str
    opinion: str
    decided_at: datetime | None
    decided_by: str
    closed_at: datetime | None
    closing_reason: str
    answers: tuple[AnswerView, ...]

    @property
    def last_day(self) -> date:
        """The last day of sharing."""
        return last_day(self.stops_at)

    @property
    def running(self) -> bool:
        """Whether it is being negotiated or waits for its day."""
        return self.status in STOP_RUNNING

    @property
    def objections(self) -> tuple[AnswerView, ...]:
        """Who objected."""
        return tuple(one for one in self.answers if one.answer == "OBJECTED")

    def heard(self, at: datetime) -> bool:
        """Whether everybody has answered or the time to object is over."""
        return at >= self.due_at or all(one.answer for one in self.answers)


def stops_visible_to(actor: Actor) -> QuerySet[StopNotice]:
    """Notices of the actor's department, those its grants are concerned by; all for authority, audit and operation."""
    rows = StopNotice.objects.all()
    if sees_all(actor):
        return rows
    assert isinstance(actor, Person)
    mine = StopAnswer.objects.filter(consumer_id=actor.department_id).values("notice_id")
    return rows.filter(Q(provider_id=actor.department_id) | Q(pk__in=mine))


def find_stops(*, actor: Actor, text: str = "", status: str = "", kind: str = "") -> QuerySet[StopNotice]:
    """For a list; slice it, then `stop_views` the page. `status` may be `running`."""
    rows = stops_visible_to(actor)
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(Q(resource_name__icontains=text) | Q(number__icontains=text) | Q(resource_code__icontains=text))
    if status == "running":
        rows = rows.filter(status__in=STOP_RUNNING)
    elif status:
        rows = rows.filter(status=status)
    return rows.order_by("-announced_at", "-id")


def stop_views(rows: Iterable[StopNotice]) -> list[StopView]:
    """The values of rows, answers included."""
    found = list(rows)
    answers: dict[UUID, list[AnswerView]] = {row.pk: [] for row in found}
    for one in StopAnswer.objects.filter(notice__in=found).select_related("grant").order_by("consumer_name", "id"):
        names = ("id", "grant_id", "consumer_id", "consumer_name", "answer", "statement", "answered_at", "answered_by", "taken")
        view = AnswerView(grant_number=one.grant.number, **{name: getattr(one, name) for name in names})
        answers[one.notice_id].append(view)
    fields = [name for name in StopView.__dataclass_fields__ if name != "answers"]
    return [StopView(answers=tuple(answers[row.pk]), **{name: getattr(row, name) for name in fields}) for row in found]


def get_stop(notice_id: UUID, *, actor: Actor) -> StopView:
    """One notice; NotFound when it is not the actor's to see."""
    row = stops_visible_to(actor).filter(pk=notice_id).first()
    if row is None:
        raise NotFound()
    return stop_views([row])[0]


def running_stop(resource_id: UUID, *, actor: Actor) -> StopView | None:
    """The notice of the end of sharing that runs for a resource, if the actor may see it."""
    row = stops_visible_to(actor).filter(resource_id=resource_id, kind="END", status__in=STOP_RUNNING).first()
    return stop_views([row])[0] if row else None


def running_changes(grant_id: UUID, *, actor: Actor) -> list[StopView]:
    """The notices that run and concern one grant, soonest first."""
    asked = StopAnswer.objects.filter(grant_id=grant_id).values("notice_id")
    return stop_views(stops_visible_to(actor).filter(pk__in=asked, status__in=STOP_RUNNING).order_by("stops_at"))


def stop_for_update(notice_id: UUID) -> StopNotice:
    """The locked row."""
    row = StopNotice.objects.select_for_update().filter(pk=notice_id).first()
    if row is None:
        raise NotFound()
    return row


def waiting_stops(actor: Actor, at: datetime) -> list[StopView]:
    """Notices that the actor has to answer, or as the authority to file."""
    if not isinstance(actor, Person):
        return []
    mine = Q(pk__in=[])
    if ANSWER_STOP.allows(actor):
        open_ones = StopAnswer.objects.filter(consumer_id=actor.department_id, answer="").values("notice_id")
        mine |= Q(pk__in=open_ones, due_at__gt=at)
    if DECIDE_STOP.allows(actor):
        unheard = StopAnswer.objects.filter(answer="").values("notice_id")
        mine |= Q(due_at__lte=at) | ~Q(pk__in=unheard)
    return stop_views(StopNotice.objects.filter(mine, status=ANNOUNCED).order_by("due_at"))


def stops_due(at: datetime) -> list[UUID]:
    """Filed notices whose day has passed."""
    rows = StopNotice.objects.filter(status="FILED", stops_at__lte=at).order_by("stops_at")
    return list(rows.values_list("pk", flat=True))


def may_announce(actor: Actor, provider_id: UUID) -> bool:
    """Whether the actor could announce the end of sharing of its department's resource."""
    return ANNOUNCE_STOP.allows(actor) and isinstance(actor, Person) and actor.department_id == provider_id


# ---- clocks -------------------------------------------------------------------------------------------------------------


def running_stop_clock(row: StopNotice, at: datetime) -> rulebook.OpenDeadline | None:
    """The time in which consumers may object; None where nothing runs, nor did it pass while it was provisional."""
    over = row.due_at <= at
    if row.status != ANNOUNCED or (over and not row.due_provisional):
        return None
    unheard = StopAnswer.objects.filter(notice=row, answer="").values_list("consumer_id", flat=True)
    return rulebook.OpenDeadline(
        subject=f"stop_notice:{row.pk}", title=row.resource_name, rule=row.due_rule, start=row.announced_at, due_at=row.due_at,
        basis=row.due_basis, turn=tuple(sorted(set(unheard), key=str)), concerns=(row.provider_id,),
        roles=(Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER), uncertain=over,
    )  # fmt: skip


def open_stop_deadlines(at: datetime) -> list[rulebook.OpenDeadline]:
    """Those that run at `at`, for the preview of a holiday notice, and those whose day passed while it was provisional."""
    return [found for row in StopNotice.objects.filter(status=ANNOUNCED) if (found := running_stop_clock(row, at)) is not None]
