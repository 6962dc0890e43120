"""Reading corrections: lists, what waits, running clocks, copies."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.corrections import permissions, states
from gongxiang.platform.corrections.models import CorrectedCopy, Correction, CounterComplaint
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook.queries import OpenDeadline
from gongxiang.protocol.policy import GX_KEY

#: Within this time the same words are the same report.
TWICE = timedelta(minutes=1)
#: Verdicts after which everybody who holds the record is told.
_TOLD = Q(outcome__in=states.CONFIRMED)


def visible_to(actor: Actor | None) -> QuerySet[Correction]:
    """The own reports, those to verify or handed over, those whose correction touches an own grant; overseers see all."""
    rows = Correction.objects.order_by("-reported_at", "-number")
    if actor is None or (isinstance(actor, Person) and not permissions.VIEW.allows(actor)):
        return rows.none()
    if isinstance(actor, System) or permissions.sees_all(actor):
        return rows
    own = actor.department_id
    touched = CorrectedCopy.objects.filter(consumer_id=own).values("correction_id")
    mine = Q(consumer_id=own) | ~Q(status=states.PROPOSED) & (Q(provider_id=own) | Q(forwarded_from_id=own))
    return rows.filter(mine | _TOLD & Q(pk__in=touched))


def takes_part(row: Correction, actor: Actor) -> bool:
    """Whether the actor sees the whole case, not only that a record was corrected."""
    if isinstance(actor, System) or permissions.sees_all(actor):
        return True
    return actor.department_id in (row.consumer_id, row.provider_id, row.forwarded_from_id)


def get_for_update(correction_id: UUID) -> Correction:
    """The correction, locked until the transaction ends."""
    row = Correction.objects.select_for_update().filter(pk=correction_id).first()
    if row is None:
        raise NotFound()
    return row


def get_correction(correction_id: UUID, *, actor: Actor) -> Correction:
    """One correction; raises NotFound."""
    row = visible_to(actor).filter(pk=correction_id).first()
    if row is None:
        raise NotFound()
    return row


def find_corrections(
    *,
    actor: Actor,
    box: str = "all",
    text: str = "",
    statuses: Iterable[str] = (),
    outcome: str = "",
    resource_id: UUID | None = None,
    provider_id: UUID | None = None,
    grant_id: UUID | None = None,
    late: bool | None = None,
) -> QuerySet[Correction]:
    """Boxes: `mine` (my department's), `to_verify`, `to_decide` (the authority's turn), `all`; outcome `CONFIRMED` is both."""
    rows = visible_to(actor)
    department = None if isinstance(actor, System) else actor.department_id
    if box == "mine":
        rows = rows.filter(consumer_id=department)
    elif box == "to_verify":
        rows = rows.filter(provider_id=department, status__in=(*states.VERIFYING, states.OVERDUE))
    elif box == "to_decide":
        rows = rows.filter(turn="authority")
    if text:
        words = Q(number__icontains=text) | Q(resource_name__icontains=text) | Q(grant_number__icontains=text)
        rows = rows.filter(words | Q(consumer_name__icontains=text) | Q(provider_name__icontains=text))
    if chosen := [one for one in statuses if one in states.CORRECTION.states]:
        rows = rows.filter(status__in=chosen)
    if outcome == "CONFIRMED":
        rows = rows.filter(outcome__in=states.CONFIRMED)
    elif outcome == "ANSWERED":
        rows = rows.exclude(outcome="")
    elif outcome in states.OUTCOMES:
        rows = rows.filter(outcome=outcome)
    for name, key in (("resource_id", resource_id), ("provider_id", provider_id), ("grant_id", grant_id)):
        if key:
            rows = rows.filter(**{name: key})
    return rows if late is None else rows.filter(late=late)


def waiting_for(actor: Person) -> list[Correction]:
    """Corrections whose next act is this person's."""
    mine = Q(pk__in=[])
    if actor.has(*permissions.AUTHORITY):
        mine |= Q(turn="authority")
    if actor.has(*permissions.VERIFIERS):
        mine |= Q(turn="provider", provider_id=actor.department_id)
    if actor.has(*permissions.DESK):
        mine |= Q(turn="consumer", consumer_id=actor.department_id)
        mine |= Q(turn="provider", provider_id=actor.department_id, handler_id=actor.id)
    return list(visible_to(actor).filter(mine).order_by("due_at", "reported_at"))


def copies_of(correction_id: UUID, *, actor: Actor) -> list[CorrectedCopy]:
    """The grants that carry the corrected element; a department that only holds a copy sees its own."""
    row = get_correction(correction_id, actor=actor)
    rows = CorrectedCopy.objects.filter(correction=row).order_by("consumer_name", "grant_number")
    if not takes_part(row, actor):
        assert not isinstance(actor, System)
        rows = rows.filter(consumer_id=actor.department_id)
    return list(rows)


def same_row(row: Correction, *, actor: Actor) -> list[Correction]:
    """Other corrections of the same record by the same consumer, as their digests say."""
    if not row.key_digest:
        return []
    rows = visible_to(actor).filter(key_digest=row.key_digest, resource_id=row.resource_id, consumer_id=row.consumer_id)
    return list(rows.exclude(pk=row.pk)[:20])


def overdue(at: datetime) -> list[UUID]:
    """Corrections whose period is over without a corrected row."""
    rows = Correction.objects.filter(status__in=(*states.VERIFYING, states.CORRECTED), due_at__lte=at)
    return list(rows.order_by("due_at").values_list("id", flat=True))


def finding_candidates(actor: Actor) -> QuerySet[Correction]:
    """Late corrections, for circulars and orders (办法 30(3), 条例 39(6))."""
    return visible_to(actor).filter(late=True)


def open_deadlines(at: datetime) -> list[OpenDeadline]:
    """The periods that run at `at`."""
    rows = Correction.objects.filter(due_at__gt=at, status__in=(*states.VERIFYING, states.CORRECTED)).order_by("due_at")
    return [running for row in rows if (running := running_clock(row)) is not None]


def running_clock(row: Correction) -> OpenDeadline | None:
    """The clock of a correction, if one runs."""
    if row.due_at is None or row.clock_from is None:
        return None
    title = f"{row.number} {row.resource_name}"
    return OpenDeadline(
        subject=f"correction:{row.pk}", title=title, rule=row.due_rule, start=row.clock_from, due_at=row.due_at,
        basis=row.due_basis, concerns=(row.consumer_id,), **parties.whose_turn("provider", provider_id=row.provider_id),
    )  # fmt: skip


def with_running_clock() -> list[UUID]:
    """Corrections with a running period."""
    rows = Correction.objects.filter(due_at__isnull=False, status__in=(*states.VERIFYING, states.CORRECTED))
    return list(rows.values_list("id", flat=True))


def on_their_way() -> list[UUID]:
    """Corrections with a key at the gateway whose corrected row has not reached every copy."""
    rows = Correction.objects.filter(status__in=(states.CORRECTED, states.OVERDUE))
    return list(rows.filter(claim_at__isnull=False).exclude(outcome="").values_list("id", flat=True))


def proposal_of(grant_id: UUID) -> Correction | None:
    """The open proposal of a grant's reconciliations."""
    return Correction.objects.filter(grant_id=grant_id, status=states.PROPOSED).first()


def twin_of(
    grant_id: UUID, kind: str, elements: list[str], description: str, call_id: str, *, by: str, at: datetime
) -> Correction | None:
    """What the same person reported in the same words within the last minute: sent twice, not found twice."""
    rows = Correction.objects.filter(grant_id=grant_id, kind=kind, elements=elements, description=description, call_id=call_id)
    return rows.filter(status__in=states.OPEN, reported_by=by, reported_at__gt=at - TWICE, reported_at__lte=at).first()


def key_codes(row: Correction) -> tuple[str, ...]:
    """What names a record to the consumer: the granted, plain key elements, and `gx_key` for the rest."""
    terms = grants.current_terms(row.grant_id)
    keys = [spec.code for spec in catalogue.element_specs(row.resource_id) if spec.key]
    plain = tuple(code for code in keys if code in terms.elements and code not in terms.masks)
    return plain if len(plain) == len(keys) else (*plain, GX_KEY)


# ---- complaints -----------------------------------------------------------------------------------------------------------


def complaints_visible_to(actor: Actor | None) -> QuerySet[CounterComplaint]:
    """Complaints entered by or about the own department; overseers see all."""
    rows = CounterComplaint.objects.order_by("-recorded_at")
    if actor is None or (isinstance(actor, Person) and not permissions.VIEW.allows(actor)):
        return rows.none()
    if isinstance(actor, System) or permissions.sees_all(actor):
        return rows
    return rows.filter(Q(department_id=actor.department_id) | Q(recorded_in_id=actor.department_id))


def complaint_words(text: str) -> Q:
    """The condition of a search: numbers, the department, what was refused."""
    return (
        Q(number__icontains=text) | Q(department_name__icontains=text) | Q(statement__icontains=text)
        | Q(matter_number__icontains=text)
    )  # fmt: skip


def complaint_for_update(complaint_id: UUID) -> CounterComplaint:
    """The complaint, locked until the transaction ends."""
    row = CounterComplaint.objects.select_for_update().filter(pk=complaint_id).first()
    if row is None:
        raise NotFound()
    return row


def get_complaint(complaint_id: UUID, *, actor: Actor) -> CounterComplaint:
    """One complaint; raises NotFound."""
    row = complaints_visible_to(actor).filter(pk=complaint_id).first()
    if row is None:
        raise NotFound()
    return row


def complaints_of(correction_id: UUID, *, actor: Actor) -> list[CounterComplaint]:
    """The complaints of one case."""
    return list(complaints_visible_to(actor).filter(correction_id=correction_id))


def open_complaints(actor: Person) -> list[CounterComplaint]:
    """What the authority has to answer."""
    if not actor.has(*permissions.AUTHORITY):
        return []
    return list(complaints_visible_to(actor).filter(status=states.RECORDED).order_by("recorded_at"))
