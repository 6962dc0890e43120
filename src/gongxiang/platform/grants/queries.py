"""Reads: what an actor may see, as frozen values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.platform.grants.models import DisposalDuty, Filing, Grant, GrantRevision
from gongxiang.platform.grants.permissions import sees_all
from gongxiang.platform.grants.policies import ARTICLES, HELD_REASONS
from gongxiang.platform.grants.states import ACTIVE, SUSPENDED
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.values import OpenDeadline
from gongxiang.protocol.terms import Terms


@dataclass(frozen=True, kw_only=True)
class GrantView:
    """A grant as other rooms and pages see it."""

    id: UUID
    number: str
    status: str
    mode: str
    resource_id: UUID
    resource_name: str
    resource_code: str
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    access_request_id: UUID
    standing_consent: bool
    revision: int
    valid_from: datetime
    valid_until: datetime
    issued_at: datetime
    issued_by: str
    suspended_at: datetime | None
    suspended_by: str
    suspended_by_authority: bool
    suspend_reason: str
    suspend_statement: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    end_statement: str
    provider_node_id: UUID | None
    consumer_node_id: UUID | None
    exchange_table: str
    routed_at: datetime | None

    @property
    def suspend_article(self) -> str:
        """The paragraph that the suspension rests on."""
        return ARTICLES.get(self.suspend_reason, "cn-809:27.2")

    @property
    def end_article(self) -> str:
        """The paragraph that the end rests on."""
        return ARTICLES.get(self.end_reason, "cn-809:27.3")


@dataclass(frozen=True, kw_only=True)
class RevisionView:
    """One immutable state of the terms."""

    revision: int
    terms: Terms
    narrowing: bool
    reason: str
    access_request_id: UUID | None
    made_at: datetime
    made_by: str


@dataclass(frozen=True, kw_only=True)
class FilingView:
    """What was filed with the authority."""

    number: str
    grant_id: UUID
    grant_number: str
    resource_name: str
    act: str
    reason: str
    statement: str
    filed_at: datetime
    filed_by: str
    filed_by_department: str


@dataclass(frozen=True, kw_only=True)
class DisposalView:
    """The disposal duty of an ended grant."""

    id: UUID
    grant_id: UUID
    grant_number: str
    resource_name: str
    consumer_id: UUID
    consumer_name: str
    status: str
    opened_at: datetime
    method: str
    statement: str
    retention_basis: str
    rows_disposed: int | None
    discharged_at: datetime | None
    discharged_by: str
    due_at: datetime | None
    due_basis: str
    witness: str
    document_id: UUID | None
    document_number: str
    acknowledged_at: datetime | None
    acknowledged_by: str
    acknowledgement: str
    consumer_node_id: UUID | None
    order_id: UUID | None
    ordered_at: datetime | None
    ordered_by: str
    node_problem: str
    node_detail: str
    node_done_at: datetime | None
    node_name: str
    node_table: str
    node_rows: int | None
    provider_id: UUID
    provider_name: str


def visible_to(actor: Actor) -> QuerySet[Grant]:
    """The grants that the actor may see: those of its department, or all for authority, audit and operation."""
    grants = Grant.objects.order_by("-issued_at", "-number")
    if sees_all(actor):
        return grants
    assert not isinstance(actor, System)
    return grants.filter(Q(provider_id=actor.department_id) | Q(consumer_id=actor.department_id))


def get_for_update(grant_id: UUID) -> Grant:
    """The grant, locked until the transaction ends."""
    try:
        return Grant.objects.select_for_update().get(pk=grant_id)
    except Grant.DoesNotExist:
        raise NotFound() from None


def get_grant(grant_id: UUID, *, actor: Actor) -> GrantView:
    """One grant; NotFound when it is not the actor's to see."""
    grant = visible_to(actor).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound()
    return view_of(grant)


def find_grants(
    *,
    actor: Actor,
    text: str = "",
    statuses: Iterable[str] = (),
    side: str = "",
    resource_id: UUID | None = None,
    consumer_id: UUID | None = None,
    order: str = "-issued_at",
) -> QuerySet[Grant]:
    """The actor's grants for a list; `side` is `provider`, `consumer` or empty. Slice it, then `view_of` each."""
    grants = visible_to(actor)
    if text:
        words = Q(number__icontains=text) | Q(resource_name__icontains=text) | Q(resource_code__icontains=text)
        grants = grants.filter(words | Q(provider_name__icontains=text) | Q(consumer_name__icontains=text))
    if statuses := tuple(statuses):
        grants = grants.filter(status__in=statuses)
    if side in ("provider", "consumer") and isinstance(actor, Person):
        grants = grants.filter(**{f"{side}_id": actor.department_id})
    if resource_id:
        grants = grants.filter(resource_id=resource_id)
    if consumer_id:
        grants = grants.filter(consumer_id=consumer_id)
    return grants.order_by(order, "-number")


def current_terms(grant_id: UUID) -> Terms:
    """The terms in force, or last in force."""
    row = GrantRevision.objects.filter(grant_id=grant_id).order_by("-revision").first()
    if row is None:
        raise NotFound()
    return Terms.from_json(row.terms)


def terms_of_revision(grant_id: UUID, revision: int) -> Terms:
    """The terms as one revision stated them."""
    row = GrantRevision.objects.filter(grant_id=grant_id, revision=revision).first()
    if row is None:
        raise NotFound()
    return Terms.from_json(row.terms)


def needed_elements(grant_id: UUID) -> frozenset[str]:
    """The elements without which the terms in force cannot be carried out: those granted and those that filter rows."""
    terms = current_terms(grant_id)
    return frozenset((*terms.elements, *(condition.element for condition in terms.conditions)))


def revisions(grant_id: UUID) -> list[RevisionView]:
    """All states of the terms, newest first."""
    rows = GrantRevision.objects.filter(grant_id=grant_id).order_by("-revision")
    names = ("revision", "narrowing", "reason", "access_request_id", "made_at", "made_by")
    return [RevisionView(terms=Terms.from_json(r.terms), **{name: getattr(r, name) for name in names}) for r in rows]


def live_grants(*, resource_id: UUID | None = None, consumer_id: UUID | None = None) -> list[GrantView]:
    """Grants that are active or suspended, for the room above; no actor, so never for a page."""
    rows = Grant.objects.filter(status__in=(ACTIVE, SUSPENDED))
    if resource_id:
        rows = rows.filter(resource_id=resource_id)
    if consumer_id:
        rows = rows.filter(consumer_id=consumer_id)
    return [view_of(row) for row in rows.order_by("issued_at")]


def live_grant(grant_id: UUID) -> GrantView | None:
    """One grant if it is active or suspended, for the room above; no actor, so never for a page."""
    row = Grant.objects.filter(pk=grant_id, status__in=(ACTIVE, SUSPENDED)).first()
    return view_of(row) if row else None


def sides_of(grant_id: UUID) -> tuple[UUID, UUID] | None:
    """Provider and consumer of a grant, also of one that is over, for the room above."""
    return Grant.objects.filter(pk=grant_id).values_list("provider_id", "consumer_id").first()


def ran_out(grant_id: UUID) -> bool:
    """Whether the grant ended because its period was over, for the room above."""
    return Grant.objects.filter(pk=grant_id, end_reason="period_over").exists()


def held_against(*, consumer_id: UUID, resource_id: UUID) -> bool:
    """Whether a grant of the resource to the consumer is suspended, or was ended for misuse or security."""
    rows = Grant.objects.filter(consumer_id=consumer_id, resource_id=resource_id)
    return rows.filter(Q(status=SUSPENDED) | Q(end_reason__in=HELD_REASONS)).exists()


def due_to_expire(at: datetime) -> list[UUID]:
    """Grants whose period is over and that have not ended yet."""
    rows = Grant.objects.filter(status__in=(ACTIVE, SUSPENDED), valid_until__lte=at).order_by("valid_until")
    return list(rows.values_list("id", flat=True))


def live_pairs() -> list[tuple[UUID, UUID, UUID, str, str]]:
    """Grant, provider, consumer, state and reason of every live grant, for the gate of art. 18."""
    rows = Grant.objects.filter(status__in=(ACTIVE, SUSPENDED)).order_by("issued_at")
    return list(rows.values_list("id", "provider_id", "consumer_id", "status", "suspend_reason"))


def count_live(department_id: UUID) -> int:
    """How many live grants the department gives or has: what rests when its agreement ends."""
    of = Q(provider_id=department_id) | Q(consumer_id=department_id)
    return Grant.objects.filter(of, status__in=(ACTIVE, SUSPENDED)).count()


def filings(*, actor: Actor, grant_id: UUID | None = None) -> list[FilingView]:
    """What was filed with the authority, newest first."""
    rows = Filing.objects.filter(grant__in=visible_to(actor).values("pk")).select_related("grant").order_by("-filed_at")
    if grant_id:
        rows = rows.filter(grant_id=grant_id)
    names = ("number", "grant_id", "act", "reason", "statement", "filed_at", "filed_by", "filed_by_department")
    return [
        FilingView(
            grant_number=r.grant.number, resource_name=r.grant.resource_name, **{name: getattr(r, name) for name in names}
        )
        for r in rows
    ]


def disposals(*, actor: Actor, status: str = "", grant_id: UUID | None = None) -> list[DisposalView]:
    """The disposal duties that the actor may see, open ones first."""
    rows = DisposalDuty.objects.filter(grant__in=visible_to(actor).values("pk")).select_related("grant")
    if status:
        rows = rows.filter(status=status)
    if grant_id:
        rows = rows.filter(grant_id=grant_id)
    return [disposal_view(row) for row in rows.order_by("-status", "-opened_at")]


def get_disposal_for_update(grant_id: UUID) -> DisposalDuty:
    """The duty of one grant, locked."""
    try:
        return DisposalDuty.objects.select_for_update().select_related("grant").get(grant_id=grant_id)
    except DisposalDuty.DoesNotExist:
        raise NotFound() from None


def view_of(grant: Grant) -> GrantView:
    """The frozen value of a row."""
    return GrantView(**{name: getattr(grant, name) for name in GrantView.__dataclass_fields__})


def disposal_view(row: DisposalDuty) -> DisposalView:
    """The frozen value of a row."""
    names = ("id", "grant_id", "status", "opened_at", "method", "statement", "retention_basis", "rows_disposed")
    values: dict[str, Any] = {name: getattr(row, name) for name in (*names, "discharged_at", "discharged_by")}
    more = ("due_at", "due_basis", "witness", "document_id", "document_number", "acknowledged_at", "acknowledged_by")
    node = ("order_id", "ordered_at", "ordered_by", "node_problem", "node_detail", "node_done_at", "node_name", "node_table")
    values |= {name: getattr(row, name) for name in (*more, *node, "node_rows", "acknowledgement")}
    return DisposalView(
        grant_number=row.grant.number,
        resource_name=row.grant.resource_name,
        consumer_id=row.grant.consumer_id,
        consumer_name=row.grant.consumer_name,
        consumer_node_id=row.grant.consumer_node_id,
        provider_id=row.grant.provider_id,
        provider_name=row.grant.provider_name,
        **values,
    )


def ending_soon(at: datetime) -> list[OpenDeadline]:
    """Grants in force that end soon (a parameter); the day stands in the terms, so no holiday notice moves it."""
    early = timedelta(days=rulebook.parameter("grant_reminder_days"))
    rows = Grant.objects.filter(status=ACTIVE, valid_until__gt=at, valid_until__lte=at + early).order_by("valid_until")
    return [
        OpenDeadline(
            subject=f"grant:{row.pk}", title=f"{row.number} {row.resource_name}", rule="grant_end", start=row.valid_from,
            due_at=row.valid_until, basis="wushen-2021-60:22.3", in_working_days=False,
            first_reminder_at=row.valid_until - early, concerns=(row.provider_id,),
            **parties.whose_turn("consumer", consumer_id=row.consumer_id),
        )
        for row in rows
    ]  # fmt: skip
