"""Reading exchanges outside the platform, their plans and what was found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from gongxiang.platform.delivery import permissions
from gongxiang.platform.delivery.models import ChannelFinding, ChannelStep, Flow, OutsideChannel
from gongxiang.platform.delivery.states_channels import (
    CLOSED,
    CONFIRMED,
    DECLARED,
    EXEMPTION_ASKED,
    MIGRATED,
    MOVABLE,
    OPEN,
    OUTSIDE_CHANNEL,
    OVERDUE,
    TIMED,
)
from gongxiang.platform.kernel.actors import Actor, Person, Role, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.rulebook.queries import OpenDeadline


@dataclass(frozen=True, kw_only=True)
class FindingView:
    """平台外共享 (sharing outside the platform): what was found, when, and whether it is settled."""

    id: UUID
    kind: str
    channel_id: UUID
    channel_number: str
    title: str
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    status: str
    found_at: datetime
    basis: tuple[str, ...]
    settled_at: datetime | None
    settled_how: str


@dataclass(frozen=True, kw_only=True)
class ChannelFigures:
    """How the channels of the banner stand."""

    by_status: dict[str, int]
    by_kind: dict[str, int]
    open: int
    overdue: int
    findings: int


def visible_to(actor: Actor | None) -> QuerySet[OutsideChannel]:
    """Channels of the department, or all for authority, audit and operation."""
    rows = OutsideChannel.objects.order_by("-declared_at", "-number")
    if actor is None or not (isinstance(actor, System) or permissions.VIEW_CHANNELS.allows(actor)):
        return rows.none()
    if isinstance(actor, System) or permissions.sees_all(actor):
        return rows
    return rows.filter(Q(provider_id=actor.department_id) | Q(consumer_id=actor.department_id))


def get_for_update(channel_id: UUID) -> OutsideChannel:
    """The channel, locked until the transaction ends."""
    row = OutsideChannel.objects.select_for_update().filter(pk=channel_id).first()
    if row is None:
        raise NotFound()
    return row


def get_channel(channel_id: UUID, *, actor: Actor) -> OutsideChannel:
    """One channel; raises NotFound."""
    row = visible_to(actor).filter(pk=channel_id).first()
    if row is None:
        raise NotFound()
    return row


def find_channels(
    *, actor: Actor, box: str = "", text: str = "", statuses: Iterable[str] = (), kind: str = ""
) -> QuerySet[OutsideChannel]:
    """Boxes: `open` (still outside), `late` (a period is over), or all."""
    rows = visible_to(actor)
    if box == "open":
        rows = rows.filter(status__in=OPEN)
    elif box == "late":
        rows = rows.filter(status=OVERDUE)
    if text:
        words = Q(number__icontains=text) | Q(title__icontains=text) | Q(provider_name__icontains=text)
        rows = rows.filter(words | Q(consumer_name__icontains=text) | Q(grant_number__icontains=text))
    if chosen := [one for one in statuses if one in OUTSIDE_CHANNEL.states]:
        rows = rows.filter(status__in=chosen)
    return rows.filter(kind=kind) if kind else rows


def steps_of(row: OutsideChannel) -> list[ChannelStep]:
    """The steps of the plan in force."""
    return list(ChannelStep.objects.filter(channel=row, revision=row.plan_revision).order_by("serial"))


def step_for_update(row: OutsideChannel, serial: int) -> ChannelStep | None:
    """An open step of the plan in force, locked."""
    steps = ChannelStep.objects.select_for_update().filter(channel=row, revision=row.plan_revision, done_on__isnull=True)
    return steps.filter(serial=serial).first()


def twin_of(*, provider_id: UUID, consumer_id: UUID, title: str, kind: str, source: str = "") -> str:
    """The number of the running channel that is the same; empty where there is none."""
    same = Q(provider_id=provider_id, consumer_id=consumer_id, title=title, kind=kind) & ~Q(status__in=(CLOSED, MIGRATED))
    if source:
        same |= Q(source=source)
    found = OutsideChannel.objects.filter(same).first()
    return found.number if found else ""


def known_sources() -> frozenset[str]:
    """What channels were found in already."""
    return frozenset(OutsideChannel.objects.exclude(source="").values_list("source", flat=True))


def flow_under(grant_id: UUID) -> Flow | None:
    """The flow of a grant, whoever asks."""
    return Flow.objects.filter(grant_id=grant_id).first()


def find_findings(*, actor: Actor, open_only: bool = True, since: datetime | None = None) -> QuerySet[ChannelFinding]:
    """Findings for a list, the latest first; slice it, then `finding_view` each."""
    rows = ChannelFinding.objects.filter(channel__in=visible_to(actor).values("pk")).select_related("channel")
    if open_only:
        rows = rows.filter(settled_at__isnull=True)
    if since is not None:
        rows = rows.filter(found_at__gte=since)
    return rows.order_by("-found_at", "-id")


def channels_findings(*, actor: Actor, open_only: bool = True, since: datetime | None = None) -> list[FindingView]:
    """Findings "平台外共享" that the actor may see, the latest first: the list that supervision takes over."""
    return [finding_view(one) for one in find_findings(actor=actor, open_only=open_only, since=since)]


def finding_view(row: ChannelFinding) -> FindingView:
    """The frozen value of a finding."""
    return FindingView(
        id=row.pk,
        kind=row.kind,
        channel_id=row.channel.pk,
        channel_number=row.channel.number,
        title=row.channel.title,
        provider_id=row.channel.provider_id,
        provider_name=row.channel.provider_name,
        consumer_id=row.channel.consumer_id,
        consumer_name=row.channel.consumer_name,
        status=row.channel.status,
        found_at=row.found_at,
        basis=tuple(row.basis),
        settled_at=row.settled_at,
        settled_how=row.settled_how,
    )


def findings_of(row: OutsideChannel) -> list[ChannelFinding]:
    """The findings about one channel, oldest first."""
    return list(ChannelFinding.objects.filter(channel=row).order_by("found_at", "id"))


def waiting_for(actor: Person) -> list[OutsideChannel]:
    """Channels whose next step is the person's."""
    mine = Q(pk__in=[])
    if permissions.PLAN_CHANNEL.allows(actor):
        sides = Q(provider_id=actor.department_id) | Q(consumer_id=actor.department_id)
        mine |= Q(status__in=MOVABLE) & sides
    if actor.has(Role.AUTHORITY_OFFICER):
        mine |= Q(status=DECLARED)
    if actor.has(Role.AUTHORITY_LEADER):
        mine |= Q(status=EXEMPTION_ASKED)
    return list(OutsideChannel.objects.filter(mine).order_by("due_at", "declared_at")[:200])


def figures(actor: Actor) -> ChannelFigures:
    """How many in each state and of each kind."""
    rows = visible_to(actor).order_by()
    return ChannelFigures(
        by_status=dict(rows.values_list("status").annotate(n=Count("pk"))),
        by_kind=dict(rows.filter(status__in=OPEN).values_list("kind").annotate(n=Count("pk"))),
        open=rows.filter(status__in=OPEN).count(),
        overdue=rows.filter(status=OVERDUE).count(),
        findings=find_findings(actor=actor).count(),
    )


def overdue(at: datetime) -> list[UUID]:
    """Channels whose period is over."""
    return list(OutsideChannel.objects.filter(status__in=TIMED, due_at__lte=at).order_by("due_at").values_list("id", flat=True))


def open_deadlines(at: datetime) -> list[OpenDeadline]:
    """The periods for plans that run at `at`; planned days are fixed and never move."""
    rows = OutsideChannel.objects.filter(due_at__gt=at, status=CONFIRMED).order_by("due_at")
    return [running for row in rows if (running := running_clock(row)) is not None]


def running_clock(row: OutsideChannel) -> OpenDeadline | None:
    """The clock of a channel, if one in working days runs."""
    if row.status != CONFIRMED or row.due_at is None or row.clock_from is None:
        return None
    title = f"{row.number} {row.title}"
    return OpenDeadline(
        subject=f"outside_channel:{row.pk}", title=title, rule=row.due_rule, start=row.clock_from, due_at=row.due_at
    )


def with_running_clock(at: datetime) -> list[UUID]:
    """Channels whose period for a plan runs."""
    return list(OutsideChannel.objects.filter(status=CONFIRMED, due_at__gt=at).values_list("id", flat=True))
