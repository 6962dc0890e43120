"""Reading disputes: what an actor may see, as frozen values; whose turn it is; the clocks that run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.platform.access import permissions_dispute, states_dispute
from gongxiang.platform.access.models import Dispute, DisputeMeeting
from gongxiang.platform.access.queries import PreparedReply, read_reply
from gongxiang.platform.kernel.actors import Actor, Person, Role, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.queries import PersonRef
from gongxiang.platform.rulebook.values import OpenDeadline


@dataclass(frozen=True, kw_only=True)
class MeetingView:
    """A meeting and its minutes."""

    id: UUID
    position: int
    held_at: datetime
    place: str
    participants: list[dict[str, str]]
    consumer_proposal: str
    provider_proposal: str
    minutes: str
    outcome: str
    terms: dict[str, Any] | None
    recorded_at: datetime
    recorded_by: str
    recorded_by_id: UUID
    consumer_confirmed_at: datetime | None
    consumer_confirmed_by: str
    provider_confirmed_at: datetime | None
    provider_confirmed_by: str
    document_id: UUID | None

    @property
    def agreed(self) -> PreparedReply | None:
        """The agreed terms, read."""
        return read_reply(self.terms) if self.terms else None


@dataclass(frozen=True, kw_only=True)
class StatementView:
    """What one side stated."""

    side: str
    text: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, kw_only=True)
class DisputeView:
    """A dispute as other rooms and pages see it."""

    id: UUID
    number: str
    status: str
    turn: str
    access_request_id: UUID
    resource_id: UUID
    resource_name: str
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    grounds: str
    whole: bool
    elements: list[str]
    purposes: list[str]
    rest: str
    new_facts: str
    opened_at: datetime
    opened_by: str
    clock_from: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    due_provisional: bool
    consulted: str
    mediation_from: datetime | None
    mediation_statement: str
    handler_id: UUID | None
    handler_name: str
    opinion: dict[str, Any] | None
    opinion_reasons: str
    opinion_by: str
    opinion_by_id: UUID | None
    opinion_at: datetime | None
    opinion_given_at: datetime | None
    opinion_given_by: str
    opinion_document_id: UUID | None
    consumer_answer: str
    consumer_answer_reason: str
    consumer_answered_by: str
    provider_answer: str
    provider_answer_reason: str
    provider_answered_by: str
    submitted_at: datetime | None
    submitted_by: str
    submission_document_id: UUID | None
    referred_to: str
    referral_letter: str
    referral_reason: str
    decision_body: str
    decision_number: str
    decision_on: date | None
    decision_content: str
    decision: dict[str, Any] | None
    decision_upload_id: UUID | None
    decision_recorded_by: str
    decision_recorded_by_id: UUID | None
    decision_recorded_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    ended_reason: str
    meetings: tuple[MeetingView, ...] = ()
    statements: tuple[StatementView, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is not over yet."""
        return self.status in states_dispute.OPEN

    def stated(self, side: str) -> bool:
        """Whether the side has made its statement."""
        return any(one.side == side for one in self.statements)


def visible_to(actor: Actor) -> QuerySet[Dispute]:
    """Disputes in which the own department is a party; all for the authority and the audit office."""
    rows = Dispute.objects.order_by("-opened_at", "-number")
    if permissions_dispute.sees_all(actor):
        return rows
    if isinstance(actor, System) or not permissions_dispute.VIEW.allows(actor):
        return rows.none()
    return rows.filter(Q(consumer_id=actor.department_id) | Q(provider_id=actor.department_id))


def get_dispute(dispute_id: UUID, *, actor: Actor) -> DisputeView:
    """One dispute with its meetings and statements; NotFound when it is not the actor's to see."""
    row = visible_to(actor).filter(pk=dispute_id).first()
    if row is None:
        raise NotFound()
    return view_of(row, whole=True)


def disputes_of(access_request_id: UUID, *, actor: Actor) -> tuple[DisputeView, ...]:
    """The disputes over one request, the newest first."""
    return tuple(view_of(row) for row in visible_to(actor).filter(access_request_id=access_request_id))


def find_disputes(*, actor: Actor, box: str = "", text: str = "", statuses: Iterable[str] = ()) -> QuerySet[Dispute]:
    """The actor's disputes for a list. Boxes: `open`, `mine` (my move), `ended`, or empty for all."""
    rows = visible_to(actor)
    if box == "open":
        rows = rows.filter(status__in=states_dispute.OPEN)
    elif box == "ended":
        rows = rows.exclude(status__in=states_dispute.OPEN)
    elif box == "mine" and isinstance(actor, Person):
        rows = rows.filter(pk__in=[one.id for one in waiting_for(actor)])
    if text:
        words = Q(number__icontains=text) | Q(resource_name__icontains=text) | Q(consumer_name__icontains=text)
        rows = rows.filter(words | Q(provider_name__icontains=text) | Q(decision_number__icontains=text))
    if chosen := [one for one in statuses if one in states_dispute.DISPUTE.states]:
        rows = rows.filter(status__in=chosen)
    return rows


def waiting_for(actor: Person) -> list[DisputeView]:
    """Disputes in which the actor's department has a move to make, least time left first."""
    mine = Q(pk__in=[])
    if actor.has(Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER):
        own = Q(consumer_id=actor.department_id) | Q(provider_id=actor.department_id)
        mine |= own & Q(status=states_dispute.CONSULTING)
    if actor.has(Role.ACCOUNTABLE_OFFICER):
        for side in ("consumer", "provider"):
            of_side = Q(**{f"{side}_id": actor.department_id})
            unstated = ~Q(pk__in=Dispute.objects.filter(statements__side=side).values("pk"))
            mine |= of_side & Q(status=states_dispute.HEARING) & unstated
            mine |= of_side & Q(status=states_dispute.OPINION_GIVEN, **{f"{side}_answer": ""})
    neutral = ~Q(consumer_id=actor.department_id) & ~Q(provider_id=actor.department_id)
    if actor.has(Role.AUTHORITY_OFFICER):
        waits = Q(status__in=(states_dispute.IN_MEDIATION, states_dispute.BEFORE_GOVERNMENT, states_dispute.REFERRED))
        mine |= neutral & (waits | Q(status=states_dispute.HEARD, opinion=None))
    if actor.has(Role.AUTHORITY_LEADER):
        given = Q(status=states_dispute.HEARD, opinion__isnull=False) & ~Q(opinion_by_id=actor.id)
        mine |= neutral & (given | Q(status__in=(states_dispute.NOT_ACCEPTED, *states_dispute.BINDING)))
        mine |= ~neutral & Q(status=states_dispute.IN_MEDIATION)
    return [view_of(row) for row in visible_to(actor).filter(mine).order_by("due_at", "opened_at")[:200]]


def handlers() -> tuple[PersonRef, ...]:
    """The people of the authority who can be named as handler."""
    authority = parties.authority().id
    found = {
        one.id: one
        for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER)
        for one in parties.people_with(role, authority)
    }  # fmt: skip
    return tuple(found.values())


def over_grant(grant_request_id: UUID) -> tuple[DisputeView, ...]:
    """Every dispute over the request that a grant answers, the oldest first; for those who read the grant."""
    return tuple(view_of(row) for row in Dispute.objects.filter(access_request_id=grant_request_id).order_by("opened_at"))


# ---- clocks -------------------------------------------------------------------------------------------------------------


def running_clock(row: Dispute) -> OpenDeadline | None:
    """The clock of a dispute, if one runs; of a consultation it is the request's."""
    if row.due_at is None or row.clock_from is None or row.status == states_dispute.CONSULTING:
        return None
    title = f"{row.number} {row.resource_name}"
    return OpenDeadline(
        subject=f"dispute:{row.pk}", title=title, rule=row.due_rule, start=row.clock_from, due_at=row.due_at,
        basis=row.due_basis, concerns=(row.consumer_id, row.provider_id), **_whose_turn(row),
    )  # fmt: skip


def _whose_turn(row: Dispute) -> dict[str, Any]:
    """Who is reminded: the sides that have not spoken yet, or the authority, which also presses for a decision."""
    if row.turn != "both":
        return parties.whose_turn("authority")
    stated = set(row.statements.values_list("side", flat=True)) if row.status == states_dispute.HEARING else set()
    left = [
        getattr(row, f"{side}_id")
        for side in ("consumer", "provider")
        if side not in stated and not getattr(row, f"{side}_answer")
    ]
    return {"turn": tuple(left), "roles": (Role.ACCOUNTABLE_OFFICER,)}


def open_deadlines(at: datetime) -> list[OpenDeadline]:
    """The clocks of mediation, hearing, answers, submission, decision and carrying out that run at `at`."""
    rows = Dispute.objects.filter(due_at__gt=at, status__in=states_dispute.OPEN).order_by("due_at")
    return [running for row in rows if (running := running_clock(row)) is not None]


def lapsed(at: datetime) -> list[UUID]:
    """Disputes whose hearing, or time to answer an opinion, is over."""
    rows = Dispute.objects.filter(status__in=(states_dispute.HEARING, states_dispute.OPINION_GIVEN), due_at__lte=at)
    return list(rows.order_by("due_at").values_list("id", flat=True))


def with_running_clock() -> list[UUID]:
    """Disputes whose clock a new calendar may move."""
    rows = Dispute.objects.filter(due_at__isnull=False, status__in=states_dispute.OPEN)
    return list(rows.exclude(status=states_dispute.CONSULTING).values_list("id", flat=True))


# ---- rows ---------------------------------------------------------------------------------------------------------------


def dispute_for_update(dispute_id: UUID) -> Dispute:
    """The dispute, locked until the transaction ends; lock its request first."""
    row = Dispute.objects.select_for_update().filter(pk=dispute_id).first()
    if row is None:
        raise NotFound()
    return row


def request_of(dispute_id: UUID) -> UUID:
    """The request a dispute is over."""
    found = Dispute.objects.filter(pk=dispute_id).values_list("access_request_id", flat=True).first()
    if found is None:
        raise NotFound()
    return found


def dispute_of_meeting(meeting_id: UUID) -> UUID:
    """The dispute a meeting belongs to."""
    found = DisputeMeeting.objects.filter(pk=meeting_id).values_list("dispute_id", flat=True).first()
    if found is None:
        raise NotFound()
    return found


def view_of(row: Dispute, *, whole: bool = False) -> DisputeView:
    """The frozen value of a row; `whole` with meetings and statements."""
    parts = ("meetings", "statements")
    values = {name: getattr(row, name) for name in DisputeView.__dataclass_fields__ if name not in parts}
    if whole:
        values["meetings"] = tuple(_as(MeetingView, one) for one in row.meetings.all())
        values["statements"] = tuple(_as(StatementView, one) for one in row.statements.order_by("made_at"))
    return DisputeView(**values)


def _as(kind: Any, row: Any) -> Any:
    return kind(**{name: getattr(row, name) for name in kind.__dataclass_fields__})
