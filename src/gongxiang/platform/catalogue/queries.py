"""Reading the catalogue: frozen values for other rooms and pages, under the reader's visibility."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from gongxiang.law.instruments import Rank
from gongxiang.law.rules import default_rules
from gongxiang.platform.agreements import policies as agreements
from gongxiang.platform.catalogue import elements as element_index
from gongxiang.platform.catalogue.content import Content, Difference, differences
from gongxiang.platform.catalogue.elements import Hit as Hit
from gongxiang.platform.catalogue.errors import NeverPublished, ResourceNotFound
from gongxiang.platform.catalogue.finding import keyword_counts as keyword_counts
from gongxiang.platform.catalogue.finding import search as search
from gongxiang.platform.catalogue.listing import Listing
from gongxiang.platform.catalogue.models import Consent, Distribution, Resource, ResourceVersion, SearchEntry
from gongxiang.platform.catalogue.permissions import AUTHORITY
from gongxiang.platform.catalogue.policies import MEASURES_10, Case, Consented, Statute
from gongxiang.platform.catalogue.states import (
    CONSENTED,
    EDITABLE,
    IN_REVIEW,
    PUBLISHED,
    RATIFIED,
    REVIEWED,
    SUBMITTED,
    WITHDRAWN,
)  # fmt: skip
from gongxiang.platform.catalogue.values import (
    ConsentRef,
    DistributionRef,
    DraftRef,
    ListedResource,
    MountedPlace,
    ResourceRef,
    StandingConsent,
    VersionRef,
)  # fmt: skip
from gongxiang.platform.catalogue.vocabulary import SharingType
from gongxiang.platform.kernel.actors import Actor, Person, Role, System
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.evidence import sm3
from gongxiang.protocol.terms import ElementSpec

#: Whose a node is, told by the room above that keeps the nodes.
_node_owners: list[Callable[[Collection[UUID]], Mapping[UUID, UUID]]] = []


def register_node_owners(find: Callable[[Collection[UUID]], Mapping[UUID, UUID]]) -> None:
    """Let a room above say which department each of some nodes belongs to; called once, at the start."""
    _node_owners.append(find)


def visible_to(actor: Actor | None) -> QuerySet[Resource]:
    """What the actor may see: everything ever published, the own department's drafts, and what lies before the authority."""
    everything = Resource.objects.all()
    if isinstance(actor, System):
        return everything
    if actor is None:
        return everything.none()
    if actor.has(Role.AUDITOR):
        return everything
    seen = Q(version__isnull=False) | Q(provider_id=actor.department_id)
    if actor.has(*AUTHORITY):
        seen |= Q(status__in=(SUBMITTED, RATIFIED))
    return everything.filter(seen)


def drafts_visible_to(actor: Actor | None) -> QuerySet[Resource]:
    """Entries whose working draft the actor may see: a revision of a published entry is the provider's own until submitted."""
    seen = visible_to(actor)
    if actor is not None and not isinstance(actor, System) and not actor.has(Role.AUDITOR):
        own = Q(provider_id=actor.department_id)
        if actor.has(*AUTHORITY):
            own |= Q(status__in=(SUBMITTED, RATIFIED))
        seen = seen.filter(own)
    return seen


# ---- one entry ----------------------------------------------------------------------------------------------------------


def get_for_update(resource_id: UUID) -> Resource:
    """The locked row, for this room's actions."""
    row = Resource.objects.select_for_update().filter(pk=resource_id).first()
    if row is None:
        raise ResourceNotFound()
    return row


def get_resource(key: UUID | str, *, actor: Actor | None = None) -> ResourceRef:
    """The entry by id or code: the version in force, or the draft where none was published.

    Without `actor` nothing is hidden: for other rooms, which ask their own permissions.
    """
    rows = Resource.objects.all() if actor is None else visible_to(actor)
    row = rows.filter(pk=key).first() if isinstance(key, UUID) else rows.filter(code=key).first()
    if row is None:
        raise ResourceNotFound()
    if row.version is None:
        return _ref(row, Content.from_json(row.draft), None)
    version = _version(row.id, row.version)
    return _ref(row, Content.from_json(version.content), version)


def published_version(resource_id: UUID) -> VersionRef:
    """The version in force; raises NeverPublished."""
    row = Resource.objects.filter(pk=resource_id).first()
    if row is None:
        raise ResourceNotFound()
    if row.version is None:
        raise NeverPublished()
    return _version_ref(_version(resource_id, row.version))


def get_version(resource_id: UUID, number: int) -> VersionRef:
    """A published version by number, for ever; raises ResourceNotFound."""
    return _version_ref(_version(resource_id, number))


def versions_of(resource_id: UUID) -> tuple[VersionRef, ...]:
    """All published versions, the newest first."""
    rows = ResourceVersion.objects.filter(resource_id=resource_id).select_related("consent").order_by("-number")
    return tuple(_version_ref(row) for row in rows)


def compare_versions(resource_id: UUID, before: int, after: int) -> tuple[Difference, ...]:
    """Every field in which two published versions differ."""
    return differences(get_version(resource_id, before).content, get_version(resource_id, after).content)


def changes_of_draft(resource_id: UUID) -> tuple[Difference, ...]:
    """In which fields the draft differs from the version in force."""
    return differences(published_version(resource_id).content, get_draft(resource_id).content)


def element_specs(resource_id: UUID) -> tuple[ElementSpec, ...]:
    """What may flow of the version in force, as the data plane knows it; withheld elements are left out."""
    return published_version(resource_id).content.element_specs()


def get_draft(resource_id: UUID, *, actor: Actor | None = None) -> DraftRef:
    """The entry as it is being worked on; with `actor`, only what that actor may see."""
    rows = Resource.objects.all() if actor is None else drafts_visible_to(actor)
    row = rows.select_related("consent").filter(pk=resource_id).first()
    if row is None:
        raise ResourceNotFound()
    return draft_ref(row)


def find_draft(resource_id: UUID, *, actor: Actor) -> DraftRef | None:
    """The draft if the actor may see it."""
    try:
        return get_draft(resource_id, actor=actor)
    except ResourceNotFound:
        return None


def names_of_drafts(ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, str]:
    """Names of the drafts that the actor may see."""
    return dict(drafts_visible_to(actor).filter(pk__in=set(ids)).values_list("pk", "name"))


def resource_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by id, for lists."""
    return dict(Resource.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def mounted_on(node_id: UUID) -> tuple[UUID, ...]:
    """Resources whose version in force is delivered as a table from this node."""
    rows = Distribution.objects.filter(node_id=node_id, in_force=True)
    return tuple(rows.exclude(resource__status=WITHDRAWN).values_list("resource_id", flat=True).distinct())


def tables_named_by_entries(node_id: UUID) -> dict[str, tuple[UUID, str]]:
    """Tables of this node that an entry delivers, or whose draft does: table -> (entry, its name)."""
    rows = Distribution.objects.filter(node_id=node_id).exclude(resource__status=WITHDRAWN).select_related("resource")
    found = {}
    for row in rows:
        drafted = {str(one.get("id")) for one in row.resource.draft.get("distributions", ())}
        if row.in_force or str(row.pk) in drafted:
            found[row.source_table] = (row.resource_id, row.resource.name)
    return found


def own_names(actor: Actor) -> frozenset[str]:
    """The names of the department's own entries, whatever their state."""
    department_id = actor.department_id if isinstance(actor, Person) else None
    return frozenset(Resource.objects.filter(provider_id=department_id).values_list("name", flat=True))


def mounted_place(distribution_id: UUID) -> MountedPlace:
    """Where a distribution is mounted; raises ResourceNotFound for one that no entry has."""
    row = Distribution.objects.select_related("resource").filter(pk=distribution_id).first()
    if row is None:
        raise ResourceNotFound()
    return MountedPlace(
        resource_id=row.resource_id,
        provider_id=row.resource.provider_id,
        node_id=row.node_id,
        source_table=row.source_table,
    )


# ---- lists --------------------------------------------------------------------------------------------------------------


#: Orders of the lists that people work through, by the name that the address carries.
ORDERS: Final[dict[str, tuple[Any, ...]]] = {
    "new": ("-saved_at", "-id"),
    "due": (F("due_at").asc(nulls_last=True), "saved_at", "id"),
    "name": ("name", "id"),
    "provider": ("provider_id", "name", "id"),
}


def own_entries(actor: Actor, *, text: str = "", status: str = "", order: str = "new") -> Sequence[ListedResource]:
    """The entries of the actor's department."""
    if isinstance(actor, System):
        return ()
    rows = _narrowed(Resource.objects.filter(provider_id=actor.department_id), text=text, status=status)
    return _listing(rows.order_by(*ORDERS[order]))


def _narrowed(rows: QuerySet[Resource], *, text: str, status: str) -> QuerySet[Resource]:
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return rows.filter(status=status) if status else rows


def waiting_for(
    actor: Actor, *, text: str = "", status: str = "", provider: UUID | None = None, order: str = "due"
) -> Sequence[ListedResource]:
    """What waits for an act of this person: review, consent, submission or the authority's decision, the most urgent first."""
    mine = _waiting(actor)
    if mine is None:
        return ()
    rows = _narrowed(Resource.objects.filter(mine), text=text, status=status)
    if provider is not None:
        rows = rows.filter(provider_id=provider)
    return _listing(rows.order_by(*ORDERS[order]))


def waiting_providers(actor: Actor) -> dict[UUID, str]:
    """The departments whose entries wait for this person, by name."""
    mine = _waiting(actor)
    if mine is None:
        return {}
    found = Resource.objects.filter(mine).order_by().values_list("provider_id", flat=True).distinct()
    return dict(sorted(parties.department_names(found).items(), key=lambda one: one[1]))


def _waiting(actor: Actor) -> Q | None:
    """The rows that wait for an act of this person; None if no role of theirs acts on entries."""
    if not isinstance(actor, Person):
        return None
    own = Q()
    mine: Q | None = None
    for role, states in (
        (Role.CLERK, (*EDITABLE[1:], CONSENTED)),
        (Role.REVIEWER, (IN_REVIEW, CONSENTED)),
        (Role.ACCOUNTABLE_OFFICER, (REVIEWED, CONSENTED)),
    ):
        if actor.has(role):
            own |= Q(status__in=states)
    if own:
        mine = own & Q(provider_id=actor.department_id)
    if actor.has(Role.AUTHORITY_OFFICER):
        before = Q(status__in=(SUBMITTED, RATIFIED))
        mine = before if mine is None else mine | before
    return mine


def figures_of(department_id: UUID) -> dict[str, int]:
    """How many entries of a department are published, on their way, and returned."""
    rows = Resource.objects.filter(provider_id=department_id)
    return {
        "published": rows.filter(version__isnull=False).exclude(status=WITHDRAWN).count(),
        "under_way": rows.exclude(status__in=(PUBLISHED, WITHDRAWN)).count(),
    }


def waiting_for_ratification(actor: Actor) -> tuple[ListedResource, ...]:
    """Withheld entries before the authority, not yet ratified."""
    rows = visible_to(actor).filter(status=SUBMITTED, sharing_type=SharingType.WITHHELD)
    return _listed(rows.order_by(F("due_at").asc(nulls_last=True)))


def withheld_entries(actor: Actor) -> tuple[ListedResource, ...]:
    """Published withheld entries: the list that is gone through again each year (wushen-2021-60:10)."""
    ids = SearchEntry.objects.filter(sharing_type=SharingType.WITHHELD).values("resource_id")
    return _listed(visible_to(actor).filter(pk__in=ids).order_by("published_at"))


def open_deadlines(at: datetime) -> tuple[rulebook.OpenDeadline, ...]:
    """The authority's periods of review that run at `at`, for the preview of a holiday notice."""
    rows = Resource.objects.filter(due_at__gt=at, status__in=(SUBMITTED, RATIFIED)).order_by("due_at")
    turn = parties.whose_turn("authority") if rows else {}
    return tuple(running for row in rows if (running := running_clock(row, **turn)) is not None)


def running_clock(row: Resource, **turn: Any) -> rulebook.OpenDeadline | None:
    """The period of review of an entry, if one runs."""
    if row.due_at is None or row.submitted_at is None:
        return None
    return rulebook.OpenDeadline(
        subject=f"resource:{row.pk}", title=row.name, rule=row.due_rule, start=row.submitted_at, due_at=row.due_at,
        basis=row.due_basis, concerns=(row.provider_id,), **turn,
    )  # fmt: skip


def with_running_clock() -> tuple[UUID, ...]:
    """Entries whose period of review runs."""
    return tuple(Resource.objects.filter(due_at__isnull=False).values_list("pk", flat=True))


def similar_elements(names: Iterable[str], *, actor: Actor | None) -> tuple[Hit, ...]:
    """Elements of published entries with these names or the same meaning: what need not be collected again (22.5)."""
    among = visible_to(actor).filter(version__isnull=False).exclude(status=WITHDRAWN)
    return element_index.find_similar(names, among)


# ---- what the rules look at ---------------------------------------------------------------------------------------------


def content_digest(content: Content) -> str:
    """SM3 (hex) over the canonical bytes of the content."""
    return sm3(canonical(content.to_json())).hex()


def case_of(row: Resource, *, at: datetime, content: Content | None = None) -> Case:
    """Everything the policies look at for this entry."""
    content = content or Content.from_json(row.draft)
    granted_until = row.granted_until if row.granted_until is not None and row.granted_until > at else None
    named = content.withholding.statute
    on = at.astimezone(BEIJING).date()
    statute = _statute(named, on)
    ranks = rulebook.sufficient_ranks(on)
    return Case(
        content=content,
        content_digest=content_digest(content),
        name_taken=_name_taken(row, content.name),
        cycle=_cycle(row.id, content),
        system_names=frozenset(s.name for s in parties.systems(row.provider_id)),
        statute=Statute(title=statute.title, rank=statute.rank) if statute is not None else None,
        ranks=ranks,
        ranks_of_measures=ranks_of_measures() | ranks,
        exception=bool(row.exception and row.exception.get("statute") == named),
        consent=_consented(row.consent) if row.consent_id and row.consent else None,
        ratified=row.ratified_at is not None,
        granted_until=granted_until,
        in_force=Content.from_json(_version(row.id, row.version).content) if granted_until and row.version else None,
        granted_elements=frozenset(row.granted_elements),
        granted_kinds=frozenset(row.granted_kinds),
        foreign_nodes=_foreign_nodes(row.provider_id, content),
        agreement=_agreement(row.provider_id, at),
    )


def case(resource_id: UUID, *, at: datetime, content: Content | None = None) -> Case:
    """As `case_of`, by id: for pages that show what is still missing."""
    row = Resource.objects.select_related("consent").filter(pk=resource_id).first()
    if row is None:
        raise ResourceNotFound()
    return case_of(row, at=at, content=content)


def _statute(named: str, on: date) -> rulebook.StatuteRef | None:
    """The statute of that id, if the register has it and it is in force."""
    try:
        found = rulebook.statute(UUID(named))
    except (ValueError, NotFound):
        return None
    return found if found.in_force(on) else None


def ranks_of_measures() -> frozenset[Rank]:
    """The ranks that article 10 of the Measures admits."""
    wanted = MEASURES_10.partition(":")[2]
    lists = [r for r in default_rules().rank_lists if r.instrument.startswith("wushen") and r.article.endswith(wanted)]
    return frozenset(rank for r in lists for rank in r.ranks)


def _name_taken(row: Resource, name: str) -> bool:
    others = Resource.objects.filter(provider_id=row.provider_id, name=name.strip()).exclude(pk=row.pk)
    return bool(name.strip()) and others.exclude(status=WITHDRAWN).exists()


def _cycle(resource_id: UUID, content: Content) -> tuple[str, ...]:
    """The names along which the resource is derived from itself, beginning and ending with its own; empty if it is not."""
    named = {resource_id: content.name}
    came_from: dict[UUID, UUID] = dict.fromkeys(content.derived_from, resource_id)
    ahead = set(content.derived_from)
    while ahead and resource_id not in ahead:
        drafts = Resource.objects.filter(pk__in=ahead).values_list("pk", "name", "draft__derived_from")
        ahead = set()
        for one, name, parents in drafts:
            named[one] = name
            for parent in map(UUID, parents or ()):
                if parent not in came_from:
                    came_from[parent] = one
                    ahead.add(parent)
    if resource_id not in came_from:
        return ()
    way, at = [content.name], came_from[resource_id]
    while at != resource_id:
        way.append(named[at])
        at = came_from[at]
    return (content.name, *way[:0:-1], content.name)


def _foreign_nodes(provider_id: UUID, content: Content) -> frozenset[UUID]:
    named = {d.node_id for d in content.distributions if d.node_id is not None}
    owners = {node: owner for find in _node_owners for node, owner in find(named).items()}
    return frozenset(node for node, owner in owners.items() if owner != provider_id)


def _agreement(provider_id: UUID, at: datetime) -> Refusal | None:
    try:
        agreements.check_in_force(provider_id, at, side="provider")
    except Refusal as refusal:
        return refusal
    return None


# ---- values -------------------------------------------------------------------------------------------------------------


def _version(resource_id: UUID, number: int) -> ResourceVersion:
    rows = ResourceVersion.objects.select_related("consent")
    row = rows.filter(resource_id=resource_id, number=number).first()
    if row is None:
        raise ResourceNotFound()
    return row


def _consented(consent: Consent) -> Consented:
    return Consented(
        content_digest=consent.content_digest,
        secrecy_statement=consent.secrecy_statement,
        impact_assessment=consent.impact_assessment,
        standing=consent.standing,
    )


def _standing(version: ResourceVersion | None) -> StandingConsent | None:
    if version is None or not version.consent.standing:
        return None
    return StandingConsent(
        given_by=version.consent.given_by, given_by_name=version.consent.given_by_name, given_at=version.consent.given_at
    )


def _version_ref(version: ResourceVersion) -> VersionRef:
    return VersionRef(
        resource_id=version.resource_id,
        code=version.code,
        number=version.number,
        provider_name=version.provider_name,
        provider_credit_code=version.provider_credit_code,
        content=Content.from_json(version.content),
        content_digest=version.content_digest,
        published_at=version.published_at,
        published_by_name=version.published_by_name,
        standing_consent=_standing(version),
    )


def _ref(row: Resource, content: Content, version: ResourceVersion | None) -> ResourceRef:
    provider = parties.department_ref(row.provider_id)
    if version is None:
        status = row.status
    else:
        status = WITHDRAWN if row.status == WITHDRAWN else PUBLISHED
    return ResourceRef(
        id=row.id,
        code=row.code or "",
        name=content.name,
        provider_id=row.provider_id,
        provider_name=provider.name,
        provider_credit_code=provider.credit_code,
        status=status,
        version=row.version or 0,
        published_at=row.published_at,
        sharing_type=content.sharing_type,
        elements=content.elements,
        purposes=content.purposes,
        conditions=content.conditions,
        scope=content.scope,
        scope_departments=content.scope_departments,
        distributions=_distributions(content),
        standing_consent=_standing(version),
        content=content,
    )


def _distributions(content: Content) -> tuple[DistributionRef, ...]:
    checks = {row.id: row for row in Distribution.objects.filter(pk__in=[d.id for d in content.distributions if d.id])}
    refs = []
    for item in content.distributions:
        if item.id is None:
            continue
        found = checks.get(item.id)
        refs.append(
            DistributionRef(
                id=item.id,
                kind=item.kind,
                title=item.title,
                node_id=item.node_id,
                source_table=item.source_table,
                columns=tuple(item.columns.items()),
                description=item.description,
                checked_at=found.checked_at if found else None,
                check_problem=found.check_problem if found else "",
            )
        )
    return tuple(refs)


def draft_ref(row: Resource) -> DraftRef:
    """The working draft as a value."""
    content = Content.from_json(row.draft)
    consent = row.consent if row.consent_id else None
    return DraftRef(
        id=row.id,
        code=row.code or "",
        provider_id=row.provider_id,
        provider_name=parties.department_ref(row.provider_id).name,
        status=row.status,
        version=row.version or 0,
        revision=row.draft_revision,
        content=content,
        content_digest=content_digest(content),
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        drafters=tuple(row.drafters),
        reviewed_by=row.reviewed_by,
        remarks=tuple((remark["field"], remark["text"]) for remark in row.remarks),
        returned_by=row.returned_by,
        consent=None
        if consent is None
        else ConsentRef(
            secrecy_statement=consent.secrecy_statement,
            personal=consent.personal,
            impact_assessment=consent.impact_assessment,
            standing=consent.standing,
            given_by_name=consent.given_by_name,
            given_at=consent.given_at,
        ),
        consented_by=consent.given_by if consent else None,
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        due_basis=row.due_basis,
        due_rule=row.due_rule,
        ratified_at=row.ratified_at,
        exception=row.exception,
    )


def _listing(rows: QuerySet[Resource]) -> Sequence[ListedResource]:
    return Listing(rows.defer("draft"), _in_list)


def _listed(rows: QuerySet[Resource]) -> tuple[ListedResource, ...]:
    return tuple(_in_list(list(rows.defer("draft"))))


def _in_list(found: list[Resource]) -> list[ListedResource]:
    names = parties.department_names(row.provider_id for row in found)
    return [
        ListedResource(
            id=row.id,
            code=row.code or "",
            name=row.name,
            provider_id=row.provider_id,
            provider_name=names.get(row.provider_id, ""),
            status=row.status,
            sharing_type=row.sharing_type,
            version=row.version or 0,
            saved_at=row.saved_at,
            saved_by=row.saved_by,
            submitted_at=row.submitted_at,
            due_at=row.due_at,
            due_basis=row.due_basis,
            published_at=row.published_at,
        )
        for row in found
    ]
