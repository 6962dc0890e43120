"""Accounts and roles: made by one administrator, empowered by another, read about by the third; for pages and the demo.

An initial password is returned once and stands in no record.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.kernel.actors import Actor, Role
from gongxiang.platform.kernel.actors import Person as PersonActor
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.kernel.twins import first_wins
from gongxiang.platform.parties import changes, permissions, places, policies, queries
from gongxiang.platform.parties.actions.departments import department_row, open_department
from gongxiang.platform.parties.actions.tokens import revoke_tokens_of
from gongxiang.platform.parties.errors import (
    DeputyAway,
    DeputyRefused,
    DeputyTooLong,
    DeputyTwice,
    FieldMissing,
    FoundedAlready,
    RoleNotHeld,
    UsernameTaken,
    UsernameWrong,
)
from gongxiang.platform.parties.models import Department, Deputy, OldPassword, Person, RecoveryCode, RoleGrant, SigningKey
from gongxiang.platform.parties.queries import DepartmentRef, PersonRef
from gongxiang.platform.parties.states import PERSON
from gongxiang.platform.rulebook import queries as rulebook

#: Without letters and digits that look alike: an initial password is read from paper.
_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"
_OTHERS = "@#%+=?"
#: Longer absences are a matter of roles, not of deputies: our choice, the texts are silent.


@transaction.atomic
def found_site(
    *, operator_name: str, operator_short_name: str, operator_credit_code: str, operator_is_authority: bool,
    administrators: dict[Role, tuple[str, str]], by: Actor, at: datetime,
) -> tuple[DepartmentRef, dict[Role, tuple[PersonRef, str]]]:  # fmt: skip
    """Make the operator's department and the three administrators (role → user name, name) on an empty site.

    The only act that needs no person; refused for ever after. Returns the accounts with their initial passwords.
    """
    permissions.FOUND_SITE.check(by)
    if Person.objects.exists() or Department.objects.exists():
        raise FoundedAlready()
    if set(administrators) != policies.ADMINISTRATORS:
        raise FieldMissing(field="administrators")
    department = department_row(
        name=operator_name, short_name=operator_short_name, credit_code=operator_credit_code,
        is_operator=True, is_authority=operator_is_authority, at=at,
    )  # fmt: skip
    founded = open_department(department, by=by, at=at)
    made: dict[Role, tuple[PersonRef, str]] = {}
    for role, (username, name) in administrators.items():
        person, password = _open_account(department=department, username=username, name=name, post="", by=by, at=at)
        _hold(person, role, department, by=by, at=at)
        made[role] = (queries.person_ref(person.id), password)
    return founded, made


@transaction.atomic
def create_account(
    *, department_id: UUID, username: str, name: str, post: str = "", by: Actor, at: datetime
) -> tuple[PersonRef, str]:
    """Make an account without any role; returns it with its initial password, which must be changed at the first sign-in."""
    permissions.CREATE_ACCOUNT.check(by)
    department = queries.department_for_update(department_id)
    person, password = _open_account(department=department, username=username, name=name, post=post, by=by, at=at)
    return queries.person_ref(person.id), password


@transaction.atomic
def grant_role(*, person_id: UUID, role: Role, by: Actor, at: datetime) -> PersonRef:
    """Give a person a role in their department."""
    permissions.GRANT_ROLE.check(by)
    permissions.check_not_self(by, person_id)
    person = queries.person_for_update(person_id)
    policies.check_active(person)
    _hold(person, role, person.department, by=by, at=at)
    return queries.person_ref(person_id)


@transaction.atomic
def withdraw_role(*, person_id: UUID, role: Role, by: Actor, at: datetime) -> PersonRef:
    """Take a role from a person; what was done under it stays done."""
    permissions.GRANT_ROLE.check(by)
    permissions.check_not_self(by, person_id)
    person = queries.person_for_update(person_id)
    before = queries.roles_of(person_id)
    if not RoleGrant.objects.filter(person=person, role=role, ended_at=None).update(ended_at=at):
        raise RoleNotHeld(name=person.name, field="role")
    record_act(
        kind="person:role_withdrawn", subject=("person", person_id), by=by, at=at,
        before={"roles": before}, after={"roles": before - {role}}, concerns=_concerned(person, by),
    )  # fmt: skip
    return queries.person_ref(person_id)


@transaction.atomic
def lock_account(*, person_id: UUID, reason: str, by: Actor, at: datetime) -> PersonRef:
    """Lock an account until it is unlocked; its sessions end with the next request."""
    return _move(person_id, "lock", reason=reason, by=by, at=at)


@transaction.atomic
def unlock_account(*, person_id: UUID, reason: str, by: Actor, at: datetime) -> PersonRef:
    """Unlock an account."""
    return _move(person_id, "unlock", reason=reason, by=by, at=at)


@transaction.atomic
def close_account(*, person_id: UUID, reason: str, by: Actor, at: datetime) -> PersonRef:
    """Close the account of somebody who has left: roles end, the signing key retires, the name stays on what was done."""
    left = _move(person_id, "leave", reason=reason, by=by, at=at)
    RoleGrant.objects.filter(person_id=person_id, ended_at=None).update(ended_at=at)
    SigningKey.objects.filter(person_id=person_id, retired_at=None).update(retired_at=at)
    revoke_tokens_of(person_id, because="left", by=by, at=at)
    places.forget_browsers(person_id)
    standing = Deputy.objects.filter(Q(person_id=person_id) | Q(deputy_id=person_id), ends_at__gt=at)
    standing.update(ends_at=Greatest(Value(at), F("starts_at")))
    changes.end_with(person_id, by, at)
    return left


@transaction.atomic
def reset_password(*, person_id: UUID, by: Actor, at: datetime) -> str:
    """Give a new initial password for a forgotten one. The old signing key cannot be opened any more and retires."""
    permissions.RESET_PASSWORD.check(by)
    permissions.check_not_self(by, person_id)
    person = queries.person_for_update(person_id)
    policies.check_active(person)
    password = initial_password()
    OldPassword.objects.create(person=person, password=person.password, replaced_at=at)
    person.password, person.must_change_password = make_password(password), True
    person.save(update_fields=["password", "must_change_password"])
    SigningKey.objects.filter(person=person, retired_at=None).update(retired_at=at)
    revoke_tokens_of(person_id, because="password_reset", by=by, at=at)
    _unknown_again(person)
    record_act(
        kind="person:password_reset", subject=("person", person_id), by=by, at=at, concerns=_concerned(person, by)
    )  # fmt: skip
    return password


@transaction.atomic
def reset_factor(*, person_id: UUID, by: Actor, at: datetime) -> PersonRef:
    """Release a lost authenticator; the person sets up a new one at the next sign-in."""
    permissions.RESET_FACTOR.check(by)
    permissions.check_not_self(by, person_id)
    person = queries.person_for_update(person_id)
    person.totp_sealed, person.totp_confirmed_at = None, None
    person.save(update_fields=["totp_sealed", "totp_confirmed_at"])
    RecoveryCode.objects.filter(person=person).delete()
    revoke_tokens_of(person_id, because="factor_reset", by=by, at=at)
    record_act(kind="person:factor_reset", subject=("person", person_id), by=by, at=at, concerns=_concerned(person, by))
    return queries.person_ref(person_id)


@transaction.atomic
def name_deputy(*, person_id: UUID, deputy_id: UUID, starts_at: datetime, ends_at: datetime, by: Actor, at: datetime) -> UUID:
    """Name who acts for an absent person until `ends_at`: the person does it, or the department's accountable officer."""
    permissions.NAME_DEPUTY.check(by)
    person, deputy = queries.people_for_update(person_id, deputy_id)
    permissions.check_own_department(by, person.department_id)
    if isinstance(by, PersonActor) and by.id != person_id and Role.ACCOUNTABLE_OFFICER not in by.own_roles:
        raise DeputyRefused(field="person")
    administrators = policies.ADMINISTRATORS & (queries.roles_of(person_id) | queries.roles_of(deputy_id))
    if (
        administrators or person_id == deputy_id or deputy.department_id != person.department_id
        or deputy.status != "ACTIVE" or starts_at >= ends_at or ends_at <= at
    ):  # fmt: skip
        raise DeputyRefused(field="deputy")
    longest = rulebook.parameter("longest_deputyship_days")
    if ends_at - starts_at > timedelta(days=longest):
        raise DeputyTooLong(field="ends_on", days=longest)
    same_days = Deputy.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exclude(ends_at=F("starts_at"))
    if same_days.filter(person=person).exists():
        raise DeputyTwice(field="starts_on", name=person.name)
    if same_days.filter(person=deputy).exists():
        raise DeputyAway(field="deputy", name=deputy.name)
    row = Deputy.objects.create(person=person, deputy=deputy, starts_at=starts_at, ends_at=ends_at)
    record_act(
        kind="person:deputy_named", subject=("person", person_id), by=by, at=at,
        after={"deputy": deputy_id, "starts_at": starts_at, "ends_at": ends_at}, concerns=_concerned(person, by),
    )  # fmt: skip
    return row.id


@transaction.atomic
def end_deputy(*, deputy_row_id: UUID, by: Actor, at: datetime) -> None:
    """End a deputyship before its time."""
    permissions.NAME_DEPUTY.check(by)
    row = (
        Deputy.objects.select_for_update(of=("self",)).select_related("person").filter(pk=deputy_row_id, ends_at__gt=at).first()
    )
    if row is None:
        raise NotFound()
    permissions.check_own_department(by, row.person.department_id)
    hands = (row.person_id, row.deputy_id)
    if isinstance(by, PersonActor) and by.id not in hands and Role.ACCOUNTABLE_OFFICER not in by.own_roles:
        raise DeputyRefused(field="person")
    before = {"starts_at": row.starts_at, "ends_at": row.ends_at}
    # One that has not begun is over now as well, not on the day it would have begun: nobody ends it twice.
    row.starts_at, row.ends_at = min(row.starts_at, at), at
    row.save(update_fields=["starts_at", "ends_at"])
    record_act(
        kind="person:deputy_ended", subject=("person", row.person_id), by=by, at=at,
        before=before, after={"starts_at": row.starts_at, "ends_at": row.ends_at}, detail={"deputy": row.deputy_id},
        concerns=_concerned(row.person, by),
    )  # fmt: skip


def _unknown_again(person: Person) -> None:
    places.forget_failures(person.username)
    places.forget_browsers(person.id)


def initial_password() -> str:
    """Fourteen random characters of all four kinds."""
    picked = [secrets.choice(kind) for kind in (_LETTERS, _CAPITALS, _DIGITS, _OTHERS)]
    picked += [secrets.choice(_LETTERS + _CAPITALS + _DIGITS) for _ in range(10)]
    secrets.SystemRandom().shuffle(picked)
    return "".join(picked)


def _open_account(
    *, department: Department, username: str, name: str, post: str, by: Actor, at: datetime
) -> tuple[Person, str]:
    found: list[Refusal] = []
    try:
        policies.check_username(username)
    except UsernameWrong as refusal:
        found.append(refusal)
    if not name.strip():
        found.append(FieldMissing(field="name"))
    if Person.objects.filter(username=username).exists():
        found.append(UsernameTaken(field="username"))
    policies.together(found)
    password = initial_password()
    person = Person(
        username=username, name=name.strip(), post=post.strip(), department=department, created_at=at,
        password=make_password(password), must_change_password=True,
    )  # fmt: skip
    with first_wins(UsernameTaken(field="username"), constraint="parties_person_username"):
        open_record(
            person, table=PERSON, act="create", by=by, at=at, after={"username": username, "department": department.id},
            concerns=_concerned(person, by),
        )  # fmt: skip
    return person, password


def _hold(person: Person, role: Role, department: Department, *, by: Actor, at: datetime) -> None:
    held = queries.roles_of(person.id)
    policies.check_role_fits(role, person=person, department=department, held=held)
    RoleGrant.objects.create(person=person, role=role, granted_at=at, granted_by=by.id if isinstance(by, PersonActor) else None)
    record_act(
        kind="person:role_granted", subject=("person", person.id), by=by, at=at, before={"roles": held},
        after={"roles": held | {role}}, basis=("wushen-2021-60:3",), concerns=_concerned(person, by),
    )  # fmt: skip


def _move(person_id: UUID, act: str, *, reason: str, by: Actor, at: datetime) -> PersonRef:
    permissions.CLOSE_ACCOUNT.check(by)
    permissions.check_not_self(by, person_id)
    if not reason.strip():
        raise FieldMissing(field="reason")
    person = queries.person_for_update(person_id)
    transition(person, table=PERSON, act=act, by=by, at=at, detail={"reason": reason}, concerns=_concerned(person, by))
    return queries.person_ref(person_id)


def _concerned(person: Person, by: Actor) -> set[UUID]:
    """The person's department and the administrator's own: so the audit administrator there can read it."""
    return {person.department_id} | ({by.department_id} if isinstance(by, PersonActor) else set())
