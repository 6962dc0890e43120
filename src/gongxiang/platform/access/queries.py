"""Reads: what an actor may see, as frozen values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.platform.access import states, states_dispute
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.access.permissions import sees_all
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook.values import OpenDeadline
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind, Volume


@dataclass(frozen=True, kw_only=True)
class PreparedReply:
    """A reply as the responsible unit, or the authority's officer, prepared it; nothing of it holds before the consent."""

    outcome: str
    elements: tuple[str, ...]
    masks: dict[str, Mask]
    conditions: tuple[Condition, ...]
    volume: Volume
    purposes: tuple[str, ...]
    until: date | None
    ground: str
    text: str
    #: 条例 25: what the grant would complete, as `combining.Finding` in JSON, and why the officer accepts it.
    aggregation: tuple[dict[str, Any], ...] = ()
    aggregation_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AccessRequestView:
    """An access request as other rooms and pages see it."""

    id: UUID
    number: str
    status: str
    turn: str
    resource_id: UUID
    resource_name: str
    resource_code: str
    unconditional: bool
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    legal_basis: str
    purposes: list[str]
    purpose_note: str
    use_case: str
    scope: str
    elements: list[str]
    mode: str
    volume: dict[str, int]
    until: date | None
    materials: list[str]
    material_ids: list[UUID]
    handlers: list[UUID]
    ban_accepted_at: datetime | None
    ban_accepted_by: str
    ban_version: str
    changes_grant_id: UUID | None
    kind: str
    copied_from_id: UUID | None
    drafted_at: datetime
    drafted_by: str
    drafted_by_id: UUID
    consented_at: datetime | None
    consented_by: str
    submitted_at: datetime | None
    clock_from: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    due_provisional: bool
    extension_days: int
    notified_at: datetime | None
    notified_by: str
    missing: list[str]
    missing_fields: list[str]
    completed_at: datetime | None
    completion: str
    prepared: dict[str, Any] | None
    prepared_at: datetime | None
    prepared_by: str
    prepared_by_id: UUID | None
    prepared_for: str
    replied_at: datetime | None
    replied_by: str
    refusal_ground: str
    reply_text: str
    late: bool
    overdue_at: datetime | None
    decided_by_authority: bool
    grant_id: UUID | None
    consultation_grounds: str
    withdrawn_at: datetime | None
    withdrawn_reason: str

    @property
    def reply(self) -> PreparedReply | None:
        """The prepared reply, read."""
        return read_reply(self.prepared) if self.prepared else None

    @property
    def ready_reply(self) -> PreparedReply | None:
        """The reply that lies ready and is not given yet: the answering side's own, also while both consult."""
        return self.reply if self.status in states.OPEN else None

    @property
    def given_reply(self) -> PreparedReply | None:
        """The reply as it was given; None while one is still looked for."""
        return self.reply if self.status in states.ANSWERED else None


def visible_to(actor: Actor) -> QuerySet[AccessRequest]:
    """The own department's requests; of others, those submitted to the own department, or all submitted for overseers."""
    rows = AccessRequest.objects.order_by("-drafted_at", "-number")
    if isinstance(actor, System):
        return rows
    own = Q(consumer_id=actor.department_id)
    submitted = Q(submitted_at__isnull=False)
    if sees_all(actor):
        return rows.filter(own | submitted)
    return rows.filter(own | (submitted & Q(provider_id=actor.department_id)))


def get_for_update(access_request_id: UUID) -> AccessRequest:
    """The request, locked until the transaction ends."""
    try:
        return AccessRequest.objects.select_for_update().get(pk=access_request_id)
    except AccessRequest.DoesNotExist:
        raise NotFound() from None


def get_access_request(access_request_id: UUID, *, actor: Actor) -> AccessRequestView:
    """One request; NotFound when it is not the actor's to see."""
    row = visible_to(actor).filter(pk=access_request_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def find_access_requests(
    *,
    actor: Actor,
    box: str = "",
    text: str = "",
    statuses: Iterable[str] = (),
    resource_id: UUID | None = None,
    order: str = "-drafted_at",
) -> QuerySet[AccessRequest]:
    """The actor's requests for a list; slice it, then `view_of` each.

    Boxes: `mine`, `to_consent` (own officer), `to_answer` (as provider), `reply_to_consent` (provider's officer),
    `to_decide` (authority), or empty for everything visible.
    """
    rows = visible_to(actor)
    if not isinstance(actor, System):
        mine, theirs = Q(consumer_id=actor.department_id), Q(provider_id=actor.department_id)
        match box:
            case "mine":
                rows = rows.filter(mine)
            case "to_consent":
                rows = rows.filter(mine, status=states.PRESENTED)
            case "to_answer":
                rows = rows.filter(theirs, status__in=(*states.ANSWERABLE, states.INCOMPLETE))
            case "reply_to_consent":
                rows = rows.filter(theirs, status__in=states.ANSWERABLE, prepared__isnull=False, prepared_for="provider")
            case "answered":
                rows = rows.filter(theirs, replied_at__isnull=False)
            case "to_decide":
                # What is disputed is decided in the dispute.
                rows = rows.filter(status__in=states.DECIDABLE).exclude(disputes__status__in=states_dispute.OPEN)
            case "extensions":
                rows = rows.filter(extensions__status=states.ASKED)
    if text:
        words = Q(number__icontains=text) | Q(resource_name__icontains=text) | Q(resource_code__icontains=text)
        rows = rows.filter(words | Q(provider_name__icontains=text) | Q(consumer_name__icontains=text))
    if statuses := tuple(statuses):
        rows = rows.filter(status__in=statuses)
    if resource_id:
        rows = rows.filter(resource_id=resource_id)
    return rows.order_by(order, "-number")


def relatives(request: AccessRequestView, *, actor: Actor) -> dict[str, list[AccessRequestView]]:
    """Requests tied to this one, as far as the actor sees them: copied from, and those that want its grant changed."""
    rows = visible_to(actor)
    before = Q(pk=request.copied_from_id) if request.copied_from_id else Q(pk__in=[])
    if request.changes_grant_id:
        before |= Q(grant_id=request.changes_grant_id)
    after = Q(copied_from_id=request.id)
    if request.grant_id:
        after |= Q(changes_grant_id=request.grant_id)
    return {
        "before": [view_of(row) for row in rows.filter(before).exclude(pk=request.id)[:20]],
        "after": [view_of(row) for row in rows.filter(after).exclude(pk=request.id)[:20]],
    }


def changing(grant_id: UUID, *, actor: Actor) -> list[AccessRequestView]:
    """Open requests that want this grant changed or renewed, for the grant's page."""
    rows = visible_to(actor).filter(changes_grant_id=grant_id, status__in=states.OPEN)
    return [view_of(row) for row in rows[:20]]


def renewable(grant: GrantView) -> bool:
    """Whether the consumer may begin a renewal: the grant runs, or ended because its period was over."""
    return grant.status != "ENDED" or grant.end_reason == "period_over"


def waiting_for(actor: Person, *, side: str) -> list[AccessRequestView]:
    """What waits for the actor's department as `consumer`, `provider` or `authority`, most urgent first."""
    rows = visible_to(actor).filter(status__in=states.OPEN)
    # In a consultation both sides have the move: of the request the provider's alone, who may reply anew.
    rows = rows.filter(turn__in=("provider", "both") if side == "provider" else (side,))
    if side in ("consumer", "provider"):
        rows = rows.filter(**{f"{side}_id": actor.department_id})
    else:
        rows = rows.exclude(disputes__status__in=states_dispute.OPEN)
    return [view_of(row) for row in rows.order_by("due_at", "drafted_at")[:200]]


def overdue(at: datetime) -> list[UUID]:
    """Requests whose period has ended at `at` and that nobody has answered, by the end of their period."""
    rows = AccessRequest.objects.filter(status__in=(states.SUBMITTED, states.IN_CONSULTATION), due_at__lte=at)
    return list(rows.order_by("due_at").values_list("id", flat=True))


#: Clocks that run: after the end of a period nothing moves any more. That of provision is the grant's (`grants.providing`).
_RUNNING = (states.SUBMITTED, states.IN_CONSULTATION)


def open_deadlines(at: datetime) -> list[OpenDeadline]:
    """The periods of reply and consultation that run at `at`, for the preview of a holiday notice."""
    answering = AccessRequest.objects.filter(due_at__gt=at, status__in=_RUNNING).order_by("due_at")
    return [running for row in answering if (running := running_clock(row)) is not None]


def running_clock(row: AccessRequest) -> OpenDeadline | None:
    """The clock of a request, if one runs: of the reply or of the consultation (21(2))."""
    rule, start = row.due_rule, row.clock_from
    if row.due_at is None or start is None or row.status not in _RUNNING:
        return None
    # An extension is counted on from the last day, so both together are one period from the first (条例 21).
    days = int(rule.partition("=")[2].partition("@")[0]) + row.extension_days if row.extension_days else None
    return OpenDeadline(
        subject=f"access_request:{row.pk}", title=f"{row.number} {row.resource_name}", rule=rule, start=start,
        due_at=row.due_at, working_days=days, basis=row.due_basis, concerns=(row.provider_id, row.consumer_id),
        **parties.whose_turn(row.turn, provider_id=row.provider_id, consumer_id=row.consumer_id),
    )  # fmt: skip


def with_running_clock() -> list[UUID]:
    """Requests whose deadline a new calendar may move."""
    return list(AccessRequest.objects.filter(due_at__isnull=False, status__in=_RUNNING).values_list("id", flat=True))


def open_twin(*, consumer_id: UUID, resource_id: UUID, purposes: Iterable[str], besides: UUID) -> str:
    """The number of an open request of the same department for the same resource and a shared purpose; empty if none.

    One department may run several requests for one resource when their purposes differ: our choice, the texts are silent.
    """
    twins = AccessRequest.objects.filter(
        consumer_id=consumer_id, resource_id=resource_id, status__in=states.OPEN, purposes__overlap=list(purposes)
    ).exclude(pk=besides)
    twin = twins.exclude(status=states.DRAFT).order_by("drafted_at").first()
    return twin.number if twin else ""


def counts(actor: Person) -> dict[str, int]:
    """How many wait in each box, for the menu."""
    return {box: find_access_requests(actor=actor, box=box).count() for box in ("to_consent", "to_answer", "to_decide")}


def view_of(row: AccessRequest) -> AccessRequestView:
    """The frozen value of a row."""
    return AccessRequestView(**{name: getattr(row, name) for name in AccessRequestView.__dataclass_fields__})


def read_reply(value: dict[str, Any]) -> PreparedReply:
    """The reply out of its JSON."""
    return PreparedReply(
        outcome=value["outcome"],
        elements=tuple(value["elements"]),
        masks=_read_masks(value["masks"]),
        conditions=_read_conditions(value["conditions"]),
        volume=Volume.from_json(value.get("volume")),
        purposes=tuple(value["purposes"]),
        until=date.fromisoformat(value["until"]) if value["until"] else None,
        ground=value["ground"],
        text=value["text"],
        aggregation=tuple(value.get("aggregation", ())),
        aggregation_reason=value.get("aggregation_reason", ""),
    )


def _read_masks(value: dict[str, Any]) -> dict[str, Mask]:
    return {
        code: Mask(kind=MaskKind(mask["kind"]), prefix=int(mask["prefix"]), suffix=int(mask["suffix"]))
        for code, mask in value.items()
    }


def _read_conditions(value: list[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(element=item["element"], operator=Comparison(item["operator"]), values=tuple(item["values"]))
        for item in value
    )
