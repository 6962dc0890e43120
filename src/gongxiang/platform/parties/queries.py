"""Reading departments and people: frozen values for other rooms and pages, under the reader's visibility."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.kernel import actors
from gongxiang.platform.kernel.actors import Actor, Role
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import policies
from gongxiang.platform.parties.models import (
    Department,
    Deputy,
    Matter,
    Network,
    OfficerFiling,
    Person,
    RecoveryCode,
    RoleGrant,
    SigningKey,
    System,
    SystemTier,
)
from gongxiang.platform.parties.permissions import sees_everybody
from gongxiang.platform.parties.policies import ADMINISTRATORS
from gongxiang.protocol import clock
from gongxiang.protocol.signing import key_id


@dataclass(frozen=True, kw_only=True)
class DepartmentRef:
    """A department as other rooms know it."""

    id: UUID
    name: str
    short_name: str
    credit_code: str
    kind: str
    is_authority: bool
    is_audit_office: bool
    is_operator: bool
    head_name: str
    head_post: str
    status: str


@dataclass(frozen=True, kw_only=True)
class PersonRef:
    """A person as other rooms and pages know them; no contact data."""

    id: UUID
    username: str
    name: str
    post: str
    department_id: UUID
    department: str
    status: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    has_factor: bool = False
    must_change_password: bool = False
    password_changed_at: datetime | None = None
    created_at: datetime | None = None
    signed_in_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FilingRef:
    """One report of accountable officer and responsible unit (art. 25)."""

    id: UUID
    department_id: UUID
    department: str
    officer_id: UUID
    officer: str
    officer_post: str
    unit: str
    unit_contact: str
    unit_telephone: str
    reported_at: datetime
    filed_at: datetime | None
    status: str


@dataclass(frozen=True, kw_only=True)
class SystemRef:
    """A business system in the register."""

    id: UUID
    department_id: UUID
    department: str
    name: str
    tier: str
    network: str
    hosting: str
    extranet_by: date | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MatterRef:
    """A business matter in the register."""

    id: UUID
    department_id: UUID
    department: str
    name: str
    code: str
    legal_basis: str
    systems: tuple[UUID, ...]
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DeputyshipRef:
    """Who stands in for whom, from when to when (exclusive)."""

    id: UUID
    person_id: UUID
    person: str
    deputy_id: UUID
    deputy: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeputyRef:
    """Who stands in for a person, and until when (exclusive)."""

    id: UUID
    deputy: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class SigningKeyRef:
    """A person's signing key, without its secret half."""

    key_id: str
    public_key: str
    created_at: datetime
    retired_at: datetime | None


def visible_to(actor: Actor | None) -> QuerySet[Person]:
    """The accounts `actor` may see: the own department's; administrators, authority and auditors see all."""
    people = Person.objects.select_related("department").prefetch_related("role_grants").order_by("department__name", "name")
    if sees_everybody(actor):
        return people
    return people.filter(department_id=actor.department_id) if isinstance(actor, actors.Person) else people.none()


# Departments


def department_ref(department_id: UUID) -> DepartmentRef:
    """The department; raises NotFound."""
    return _department(_found(Department.objects.all(), department_id))


def all_departments(*, active_only: bool = True, search: str = "") -> list[DepartmentRef]:
    """All departments by name."""
    rows = Department.objects.order_by("name")
    if active_only:
        rows = rows.filter(status="ACTIVE")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(short_name__icontains=search) | Q(credit_code__istartswith=search))
    return [_department(row) for row in rows]


def authority() -> DepartmentRef:
    """The competent authority; raises NotFound before the site is founded."""
    row = Department.objects.filter(is_authority=True).first()
    if row is None:
        raise NotFound()
    return _department(row)


def whose_turn(
    side: str, *, provider_id: UUID | None = None, consumer_id: UUID | None = None, department_id: UUID | None = None
) -> dict[str, Any]:
    """`turn` and `roles` of a clock: the departments of the side, and which of their people are reminded."""
    if side == "authority":
        return {"turn": (authority().id,), "roles": (Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER)}
    sides = {"provider": provider_id, "consumer": consumer_id, "department": department_id}
    found = [sides.get(one) for one in (("provider", "consumer") if side == "both" else (side,))]
    return {"turn": tuple(one for one in found if one), "roles": (Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER)}


def merged_of(*ids: UUID | None) -> list[tuple[str, DepartmentRef]]:
    """Of these departments those that became part of another, by name, with the one that has their rights and duties."""
    rows = Department.objects.filter(pk__in=[one for one in ids if one], status="MERGED").exclude(successor=None)
    return [
        (row.name, _department(row.successor)) for row in rows.select_related("successor").order_by("name") if row.successor
    ]


def department_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by id, for lists."""
    return dict(Department.objects.filter(id__in=set(ids)).values_list("id", "name"))


def department_for_update(department_id: UUID) -> Department:
    """The locked row, for this room's actions."""
    return _found(Department.objects.select_for_update(), department_id)


# People


def actor_of(person_id: UUID, at: datetime | None = None, *, own_only: bool = False) -> actors.Person:
    """The active person as an actor, with the roles held now, also as a deputy unless `own_only`; raises NotFound."""
    person = _found(Person.objects.filter(status="ACTIVE").select_related("department"), person_id)
    held = RoleGrant.objects.filter(ended_at=None)
    lenders = [] if own_only else _absent(person_id, at or clock.now())
    rows = held.filter(Q(person_id=person_id) | Q(person_id__in=lenders))
    own: set[Role] = set()
    lent: dict[tuple[UUID, str], set[Role]] = {}
    for owner, name, role in rows.values_list("person_id", "person__name", "role"):
        if owner == person.id:
            own.add(Role(role))
        elif role not in ADMINISTRATORS:
            lent.setdefault((owner, name), set()).add(Role(role))
    absent = [actors.Absent(id=key, name=name, roles=frozenset(roles)) for (key, name), roles in lent.items()]
    every = own.union(*lent.values())
    return actors.Person(
        id=person.id,
        name=person.name,
        department_id=person.department_id,
        department=person.department.name,
        roles=frozenset(every),
        stands_for=tuple(sorted(absent, key=lambda one: str(one.id))),
        lent=frozenset(every - own),
    )


def roles_of(person_id: UUID) -> frozenset[Role]:
    """The roles the person holds in their own right."""
    return frozenset(
        Role(r) for r in RoleGrant.objects.filter(person_id=person_id, ended_at=None).values_list("role", flat=True)
    )


def deputised_roles(person_id: UUID, at: datetime) -> frozenset[Role]:
    """The roles of those whom the person stands in for at that time; never an administrator's."""
    held = RoleGrant.objects.filter(person_id__in=_absent(person_id, at), ended_at=None).values_list("role", flat=True)
    return frozenset(Role(role) for role in held) - ADMINISTRATORS


def person_ref(person_id: UUID) -> PersonRef:
    """Any person, whatever the state of the account; raises NotFound."""
    return _person(_found(Person.objects.select_related("department").prefetch_related("role_grants"), person_id))


def password_due(person_id: UUID, at: datetime) -> bool:
    """Whether the password has to be changed before anything else: the first one, a given one, or too old a one."""
    person = _found(Person.objects.all(), person_id)
    return bool(person.must_change_password or policies.password_expired(person, at))


def session_account(person_id: UUID) -> Person:
    """The account itself, for Django's session and nothing else."""
    return _found(Person.objects.filter(status="ACTIVE"), person_id)


def recovery_codes_left(person_id: UUID) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(person_id=person_id, used_at=None).count()


def person_names(ids: Iterable[str]) -> dict[str, str]:
    """Names by id as text, for lists; what is no id (an unknown account) is left out."""
    known = [one for one in set(ids) if len(one) == 36]
    return {str(key): name for key, name in Person.objects.filter(pk__in=known).values_list("id", "name")}


def people_with(role: Role, department_id: UUID | None = None) -> list[PersonRef]:
    """The active people who hold the role, of one department or all."""
    rows = (
        Person.objects.filter(status="ACTIVE", role_grants__role=role, role_grants__ended_at=None)
        .select_related("department")
        .prefetch_related("role_grants")
        .order_by("name")
    )
    return [_person(row) for row in (rows.filter(department_id=department_id) if department_id else rows)]


def people(actor: Actor | None, *, search: str = "", department_id: UUID | None = None, role: str = "") -> list[PersonRef]:
    """The people `actor` sees, for lists."""
    rows = visible_to(actor)
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(username__icontains=search) | Q(department__name__icontains=search))
    if department_id:
        rows = rows.filter(department_id=department_id)
    if role:
        rows = rows.filter(role_grants__role=role, role_grants__ended_at=None)
    return [_person(row) for row in rows]


def departments_without_accounts() -> list[DepartmentRef]:
    """The departments in which nobody can sign in yet."""
    staffed = Person.objects.filter(status="ACTIVE").values("department_id")
    rows = Department.objects.filter(status="ACTIVE").exclude(pk__in=staffed).order_by("name")
    return [_department(row) for row in rows]


def people_without_role() -> list[PersonRef]:
    """The accounts that can do nothing yet, oldest first."""
    given = RoleGrant.objects.filter(ended_at=None).values("person_id")
    rows = Person.objects.filter(status="ACTIVE").exclude(pk__in=given).select_related("department")
    return [_person(row) for row in rows.prefetch_related("role_grants").order_by("created_at")]


def person_for_update(person_id: UUID) -> Person:
    """The locked row, for this room's actions."""
    return _found(Person.objects.select_for_update(of=("self",)).select_related("department"), person_id)


def people_for_update(*person_ids: UUID) -> list[Person]:
    """Several locked rows, as asked for; locked in one order always, so that two acts never wait for each other in a ring."""
    locked = {key: person_for_update(key) for key in sorted(set(person_ids))}
    return [locked[key] for key in person_ids]


def lock_person(person_id: UUID) -> None:
    """Let acts of rooms above on one person come one after the other, in the caller's transaction."""
    person_for_update(person_id)


def lock_department(department_id: UUID) -> None:
    """The same for acts on one department."""
    department_for_update(department_id)


# Accountable officers (art. 25)


def officer_of(department_id: UUID) -> PersonRef | None:
    """The accountable officer on file with the authority, or None."""
    filing = OfficerFiling.objects.filter(department_id=department_id, status="FILED").first()
    return person_ref(filing.officer_id) if filing else None


def filings(department_id: UUID | None = None, *, status: str = "") -> list[FilingRef]:
    """All reports, newest first: the dated history of a department, or what waits for the authority."""
    rows = OfficerFiling.objects.select_related("department", "officer").order_by("-reported_at")
    if department_id:
        rows = rows.filter(department_id=department_id)
    if status:
        rows = rows.filter(status=status)
    return [_filing(row) for row in rows]


def department_of_filing(filing_id: UUID) -> UUID:
    """Whose report it is."""
    return UUID(str(_found(OfficerFiling.objects.all(), filing_id).department_id))


def filing_for_update(filing_id: UUID) -> OfficerFiling:
    """The locked row, for this room's actions."""
    return _found(OfficerFiling.objects.select_for_update(of=("self",)), filing_id)


# Registers of systems and business matters


def systems(department_id: UUID | None = None, *, search: str = "") -> list[SystemRef]:
    """Systems in the register, by department and name."""
    rows = System.objects.select_related("department").order_by("department__name", "name")
    if department_id:
        rows = rows.filter(department_id=department_id)
    if search:
        rows = rows.filter(name__icontains=search)
    return [_system(row) for row in rows]


def system_move_state(system: SystemRef, today: date) -> str:
    """How the move to the extranet stands (art. 17): `done`, `planned`, `late`, `unplanned`; empty where it is not ours."""
    if system.ended_at is not None or system.tier != SystemTier.OWN:
        return ""
    if system.network == Network.EXTRANET:
        return "done"
    if system.extranet_by is None:
        return "unplanned"
    return "late" if system.extranet_by < today else "planned"


def system_ref(system_id: UUID) -> SystemRef:
    """One system; raises NotFound."""
    return _system(_found(System.objects.select_related("department"), system_id))


def matters(department_id: UUID | None = None, *, search: str = "") -> list[MatterRef]:
    """Business matters in the register, by department and code."""
    rows = Matter.objects.select_related("department").order_by("department__name", "code")
    if department_id:
        rows = rows.filter(department_id=department_id)
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(code__istartswith=search))
    return [_matter(row) for row in rows]


def matter_ref(matter_id: UUID) -> MatterRef:
    """One business matter; raises NotFound."""
    return _matter(_found(Matter.objects.select_related("department"), matter_id))


# A person's own account, and the administrators' logs

SIGN_IN_KINDS = (
    "person:signed_in", "person:signed_out", "person:session_expired", "person:sign_in_failed", "person:sign_in_blocked",
    "person:password_changed", "person:factor_enrolled", "person:recovery_code_used", "person:signing_key_made",
)  # fmt: skip


def signing_keys(person_id: UUID) -> list[SigningKeyRef]:
    """All signing keys the person ever had, newest first: old signatures stay verifiable."""
    return [
        SigningKeyRef(
            key_id=key_id(row.public_key), public_key=row.public_key, created_at=row.created_at, retired_at=row.retired_at
        )
        for row in SigningKey.objects.filter(person_id=person_id).order_by("-created_at")
    ]


def deputies_of(person_id: UUID, at: datetime) -> list[DeputyRef]:
    """Who stands in for the person now or later."""
    rows = Deputy.objects.filter(person_id=person_id, ends_at__gt=at)
    return [
        DeputyRef(id=row.id, deputy=row.deputy.name, starts_at=row.starts_at, ends_at=row.ends_at)
        for row in rows.select_related("deputy").order_by("starts_at")
    ]


def deputyships(actor: actors.Actor, at: datetime, *, which: str = "", search: str = "") -> list[DeputyshipRef]:
    """Everybody who stands, stood or will stand in for a colleague of the actor's department; `which`: now, later, over."""
    if not isinstance(actor, actors.Person):
        return []
    rows = Deputy.objects.filter(person__department=actor.department_id).select_related("person", "deputy")
    if search:
        rows = rows.filter(Q(person__name__icontains=search) | Q(deputy__name__icontains=search))
    when = {"now": Q(starts_at__lte=at, ends_at__gt=at), "later": Q(starts_at__gt=at), "over": Q(ends_at__lte=at)}
    return [_deputyship(row) for row in rows.filter(when.get(which, Q())).order_by("-starts_at", "id")]


def departments_of(people: Iterable[UUID]) -> set[UUID]:
    """The departments of the people."""
    return set(Person.objects.filter(pk__in=list(people)).values_list("department_id", flat=True))


def deputyships_of(person_id: UUID, at: datetime) -> list[DeputyshipRef]:
    """Where the person is away or stands in, now or later."""
    mine = Q(person_id=person_id) | Q(deputy_id=person_id)
    rows = Deputy.objects.filter(mine, ends_at__gt=at).select_related("person", "deputy").order_by("starts_at")
    return [_deputyship(row) for row in rows]


def _deputyship(row: Deputy) -> DeputyshipRef:
    return DeputyshipRef(
        id=row.id, person_id=row.person_id, person=row.person.name, deputy_id=row.deputy_id, deputy=row.deputy.name,
        starts_at=row.starts_at, ends_at=row.ends_at,
    )  # fmt: skip


def with_deputies(people: Iterable[UUID], at: datetime) -> list[UUID]:
    """The people, and whoever stands in for one of them at that time."""
    every = list(dict.fromkeys(people))
    rows = Deputy.objects.filter(person_id__in=every, starts_at__lte=at, ends_at__gt=at, deputy__status="ACTIVE")
    return list(dict.fromkeys([*every, *rows.order_by("id").values_list("deputy_id", flat=True)]))


def own_sign_ins(person_id: UUID, *, limit: int = 10) -> list[News]:
    """The latest sign-ins and changes of the account, newest first."""
    person = actor_of(person_id)
    rows = evidence.visible_to(person).filter(subject_type="person", subject_id=str(person_id), kind__in=SIGN_IN_KINDS)
    return [evidence.as_news(row) for row in rows.order_by("-id")[:limit]]


def last_visit(person_id: UUID) -> datetime | None:
    """When the person signed in the time before this one; None at the first visit."""
    person = actor_of(person_id)
    rows = evidence.visible_to(person).filter(subject_type="person", subject_id=str(person_id), kind="person:signed_in")
    return next(iter(rows.order_by("-id").values_list("recorded_at", flat=True)[1:2]), None)


def administration_log(actor: Actor, *, which: str = "", text: str = "") -> QuerySet[Any]:
    """What administrators did (`which=""`), or everybody's sign-ins (`which="sign_ins"`); for the audit administrator."""
    rows = evidence.search(by=actor, text=text)
    if which == "sign_ins":
        return rows.filter(kind__in=SIGN_IN_KINDS)
    administrators = RoleGrant.objects.filter(role__in=ADMINISTRATORS).values_list("person_id", flat=True)
    return rows.filter(actor_id__in=[str(one) for one in administrators])


def _found(rows, key):  # type: ignore[no-untyped-def]
    try:
        row = rows.filter(pk=key).first()
    except (ValueError, ValidationError):
        row = None
    if row is None:
        raise NotFound()
    return row


def _absent(deputy_id: UUID, at: datetime) -> QuerySet[Any]:
    """Those whom the person stands in for at that time."""
    rows = Deputy.objects.filter(deputy_id=deputy_id, starts_at__lte=at, ends_at__gt=at, person__status="ACTIVE")
    return rows.values("person_id")


def _department(row: Department) -> DepartmentRef:
    return DepartmentRef(
        id=row.id,
        name=row.name,
        short_name=row.short_name,
        credit_code=row.credit_code,
        kind=row.kind,
        is_authority=row.is_authority,
        is_audit_office=row.is_audit_office,
        is_operator=row.is_operator,
        head_name=row.head_name,
        head_post=row.head_post,
        status=row.status,
    )


def _person(row: Person) -> PersonRef:
    return PersonRef(
        id=row.id,
        username=row.username,
        name=row.name,
        post=row.post,
        department_id=row.department_id,
        department=row.department.name,
        status=row.status,
        roles=frozenset(Role(grant.role) for grant in row.role_grants.all() if grant.ended_at is None),
        has_factor=row.totp_confirmed_at is not None,
        must_change_password=row.must_change_password,
        password_changed_at=row.password_changed_at,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
    )


def _filing(row: OfficerFiling) -> FilingRef:
    return FilingRef(
        id=row.id,
        department_id=row.department_id,
        department=row.department.name,
        officer_id=row.officer_id,
        officer=row.officer.name,
        officer_post=row.officer.post,
        unit=row.unit,
        unit_contact=row.unit_contact,
        unit_telephone=row.unit_telephone,
        reported_at=row.reported_at,
        filed_at=row.filed_at,
        status=row.status,
    )


def _system(row: System) -> SystemRef:
    return SystemRef(
        id=row.id,
        department_id=row.department_id,
        department=row.department.name,
        name=row.name,
        tier=row.tier,
        network=row.network,
        hosting=row.hosting,
        extranet_by=row.extranet_by,
        ended_at=row.ended_at,
    )


def _matter(row: Matter) -> MatterRef:
    return MatterRef(
        id=row.id,
        department_id=row.department_id,
        department=row.department.name,
        name=row.name,
        code=row.code,
        legal_basis=row.legal_basis,
        systems=tuple(row.systems),
        ended_at=row.ended_at,
    )
