"""May it be done now: passwords, roles beside each other, user names; knows no actor."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypedDict, cast

from django.conf import settings
from django.contrib.auth.hashers import check_password

from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.parties.errors import (
    AdministratorsSeparated,
    PasswordReused,
    PasswordTooWeak,
    PersonNotActive,
    RoleHeldAlready,
    RoleNotOfDepartment,
    UsernameWrong,
)
from gongxiang.platform.parties.models import Department, Person


class SignInRules(TypedDict):
    """The numbers of signing in (`settings.SIGN_IN`); assessors ask for them, no text fixes them."""

    password_length: int
    password_classes: int
    password_days: int
    password_history: int
    failures: int
    block_minutes: int
    idle_minutes: int
    factor_minutes: int


#: The three administrators, each a person with no other role.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
#: Which kind of department a role needs; all other roles exist in every department.
DUTY_OF_ROLE = {
    Role.AUTHORITY_OFFICER: "is_authority",
    Role.AUTHORITY_LEADER: "is_authority",
    Role.AUDITOR: "is_audit_office",
    Role.PLATFORM_OPERATOR: "is_operator",
    Role.SYSTEM_ADMIN: "is_operator",
    Role.SECURITY_ADMIN: "is_operator",
    Role.AUDIT_ADMIN: "is_operator",
}
_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


def together(found: list[Refusal]) -> None:
    """Raise what was found: one refusal as itself, several as Shortfalls, so that a form shows all at once."""
    if len(found) == 1:
        raise found[0]
    if found:
        raise Shortfalls(found)


def rules() -> SignInRules:
    """The numbers in force."""
    return cast(SignInRules, settings.SIGN_IN)


def check_username(username: str) -> str:
    """The user name, if it is one."""
    if not re.fullmatch(r"[a-z][a-z0-9._-]{2,59}", username):
        raise UsernameWrong(field="username")
    return username


def check_password_strength(password: str, *, person: Person, old_hashes: Collection[str] = ()) -> None:
    """Raise PasswordTooWeak or PasswordReused."""
    wanted = rules()
    if (
        len(password) < wanted["password_length"]
        or sum(bool(re.search(k, password)) for k in _KINDS) < wanted["password_classes"]
    ):
        raise PasswordTooWeak(field="password", length=wanted["password_length"], classes=wanted["password_classes"])
    if person.username in password.lower() or any(check_password(password, old) for old in old_hashes):
        raise PasswordReused(field="password")


def password_expired(person: Person, at: datetime) -> bool:
    """Whether the password is older than the rules allow."""
    changed = person.password_changed_at
    return changed is None or at - changed > timedelta(days=rules()["password_days"])


def check_active(person: Person) -> None:
    """Raise PersonNotActive."""
    if person.status != "ACTIVE":
        raise PersonNotActive(name=person.name)


def check_role_fits(role: Role, *, person: Person, department: Department, held: Collection[Role]) -> None:
    """Raise unless the person may hold `role` beside those held: the department's duty, administrators separated."""
    if role in held:
        raise RoleHeldAlready(name=person.name, field="role")
    duty = DUTY_OF_ROLE.get(role)
    if duty and not getattr(department, duty):
        raise RoleNotOfDepartment(department=department.name, field="role")
    if (role in ADMINISTRATORS and held) or ADMINISTRATORS.intersection(held):
        raise AdministratorsSeparated(field="role")
