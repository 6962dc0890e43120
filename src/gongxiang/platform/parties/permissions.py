"""Who may do what to departments and accounts; the three administrators' rights never meet in one hand."""

from uuid import UUID

from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.parties.errors import NotYourDepartment, NotYourOwnAccount
from gongxiang.platform.parties.policies import ADMINISTRATORS

_OFFICE = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})

FOUND_SITE = Permission(name="parties.found_site", roles=frozenset(), systems=frozenset({"installer"}))
READ_DEPARTMENTS = Permission(name="parties.read_departments", roles=frozenset(Role), scope=Scope.READ)
READ_PEOPLE = Permission(name="parties.read_people", roles=frozenset(Role))
REGISTER_DEPARTMENT = Permission(
    name="parties.register_department", roles=frozenset({Role.SYSTEM_ADMIN, Role.AUTHORITY_OFFICER})
)
#: Another name, or an end as part of another department: by decision of the government, carried out by the authority.
CHANGE_DEPARTMENT = Permission(name="parties.change_department", roles=frozenset({Role.AUTHORITY_LEADER}), second_factor=True)
SET_HEAD = Permission(name="parties.set_head", roles=_OFFICE | {Role.AUTHORITY_OFFICER})
REPORT_OFFICER = Permission(name="parties.report_officer", roles=_OFFICE)
FILE_OFFICER = Permission(name="parties.file_officer", roles=frozenset({Role.AUTHORITY_OFFICER}))
CREATE_ACCOUNT = Permission(name="parties.create_account", roles=frozenset({Role.SYSTEM_ADMIN}))
CLOSE_ACCOUNT = Permission(name="parties.close_account", roles=frozenset({Role.SYSTEM_ADMIN}), second_factor=True)
RESET_PASSWORD = Permission(name="parties.reset_password", roles=frozenset({Role.SYSTEM_ADMIN}), second_factor=True)
#: Another hand than the password's: no single administrator can take over an account.
RESET_FACTOR = Permission(name="parties.reset_factor", roles=frozenset({Role.SECURITY_ADMIN}), second_factor=True)
GRANT_ROLE = Permission(name="parties.grant_role", roles=frozenset({Role.SECURITY_ADMIN}), second_factor=True)
NAME_DEPUTY = Permission(
    name="parties.name_deputy", roles=_OFFICE | {Role.NODE_OPERATOR, Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER}
)
#: Seeing who stands in for whom in the own department.
READ_DEPUTIES = Permission(name="parties.read_deputies", roles=frozenset(Role) - ADMINISTRATORS)
KEEP_REGISTERS = Permission(name="parties.keep_registers", roles=_OFFICE | {Role.NODE_OPERATOR}, scope=Scope.ACT)
READ_REGISTERS = Permission(name="parties.read_registers", roles=frozenset(Role), scope=Scope.READ)
#: Tokens of a department's systems: whoever answers for the department, or runs its machines.
KEEP_TOKENS = Permission(
    name="parties.keep_tokens", roles=frozenset({Role.ACCOUNTABLE_OFFICER, Role.NODE_OPERATOR}), second_factor=True
)
READ_TOKENS = Permission(name="parties.read_tokens", roles=frozenset(Role), signed_in=True)
OWN_TOKENS = Permission(name="parties.own_tokens", roles=frozenset(Role), second_factor=True)
#: Taking rights away asks for nothing but the right to do so.
REVOKE_TOKEN = Permission(name="parties.revoke_token", roles=frozenset(Role), signed_in=True)
OWN_ACCOUNT = Permission(name="parties.own_account", roles=frozenset(Role), signed_in=True)
#: The audit administrator reads what the other two did.
READ_ADMINISTRATION_LOG = Permission(name="parties.read_administration_log", roles=frozenset({Role.AUDIT_ADMIN}))


def check_own_department(actor: Actor, department_id: UUID) -> None:
    """Raise NotYourDepartment unless the actor's department is this one."""
    if not isinstance(actor, Person) or actor.department_id != department_id:
        raise NotYourDepartment()


def check_own_or_authority(actor: Actor, department_id: UUID) -> None:
    """The department's own people, or the authority's officer."""
    if not (isinstance(actor, Person) and actor.has(Role.AUTHORITY_OFFICER)):
        check_own_department(actor, department_id)


def check_self(actor: Actor, person_id: UUID) -> None:
    """Raise NotPermitted unless the actor is this person: passwords and factors are nobody else's."""
    if person_of(actor) != person_id:
        raise NotPermitted()


def person_of(actor: Actor) -> UUID:
    """The acting person's id; raises NotPermitted for a job of the system, which signs nothing."""
    if not isinstance(actor, Person):
        raise NotPermitted()
    return actor.id


def check_not_self(actor: Actor, person_id: UUID) -> None:
    """Raise NotYourOwnAccount if an administrator decides on their own account."""
    if isinstance(actor, Person) and actor.id == person_id:
        raise NotYourOwnAccount()


def sees_everybody(actor: Actor | None) -> bool:
    """Whether the actor sees the accounts of all departments."""
    if isinstance(actor, System):
        return True
    wide = ADMINISTRATORS | {Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER, Role.AUDITOR, Role.PLATFORM_OPERATOR}
    return actor is not None and actor.has(*wide)


def check_may_revoke(actor: Actor, *, person_id: UUID | None, department_id: UUID) -> None:
    """The token's own person, the department's officer or node operator for its systems, the security administrator for all."""
    REVOKE_TOKEN.check(actor)
    if isinstance(actor, Person) and (actor.has(Role.SECURITY_ADMIN) or (person_id is not None and actor.id == person_id)):
        return
    if person_id is not None:
        raise NotPermitted()
    KEEP_TOKENS.check(actor)
    check_own_department(actor, department_id)
