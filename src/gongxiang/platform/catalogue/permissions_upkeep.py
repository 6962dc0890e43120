"""Who may do what to keep the catalogue true after publication: changes of remit, re-checks of what is withheld."""

from uuid import UUID

from gongxiang.platform.catalogue.errors_upkeep import OwnExtension
from gongxiang.platform.catalogue.permissions import AUTHORITY, DEPARTMENT
from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

#: The job that ends periods and reminds.
SWEEPER = "upkeep-sweeper"

VIEW_REMITS = Permission(name="catalogue.view_remit_changes", roles=DEPARTMENT | AUTHORITY | {Role.AUDITOR}, scope=Scope.READ)
REGISTER_REMIT = Permission(
    name="catalogue.register_remit_change", roles=DEPARTMENT | {Role.AUTHORITY_OFFICER}, scope=Scope.ACT
)
ASK_EXTENSION = Permission(name="catalogue.ask_remit_extension", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
DECIDE_EXTENSION = Permission(name="catalogue.decide_remit_extension", roles=AUTHORITY, scope=Scope.ACT)
CONFIRM_UNCHANGED = Permission(
    name="catalogue.confirm_entry_unchanged", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT
)
NAME_NEW_ENTRY = Permission(name="catalogue.name_remit_entry", roles=DEPARTMENT, scope=Scope.ACT)
CANCEL_REMIT = Permission(name="catalogue.cancel_remit_change", roles=frozenset({Role.AUTHORITY_OFFICER}), scope=Scope.ACT)
SWEEP_UPKEEP = Permission(name="catalogue.sweep_upkeep", roles=frozenset(), systems=frozenset({SWEEPER}))


def check_for_department(permission: Permission, actor: Actor, department_id: UUID) -> None:
    """The permission, and within the department unless the actor speaks for the authority."""
    permission.check(actor)
    if isinstance(actor, System):
        return
    if actor.department_id == department_id:
        return
    if not (actor.has(Role.AUTHORITY_OFFICER) and Role.AUTHORITY_OFFICER in permission.roles):
        raise NotPermitted()


def check_decides_extension(actor: Actor, *, department_id: UUID, asked_by: UUID | None) -> None:
    """An officer of the authority, never who asked; for the authority's own change its leader (our choice)."""
    DECIDE_EXTENSION.check(actor)
    if not isinstance(actor, Person) or actor.id == asked_by:
        raise OwnExtension()
    if actor.department_id == department_id and not actor.has(Role.AUTHORITY_LEADER):
        raise OwnExtension()


def sees_every_department(actor: Actor | None) -> bool:
    """Whether the actor sees what concerns every department."""
    return isinstance(actor, System) or (isinstance(actor, Person) and actor.has(*AUTHORITY, Role.AUDITOR))


VIEW_WITHHELD = Permission(name="catalogue.view_withheld", roles=DEPARTMENT | AUTHORITY | {Role.AUDITOR}, scope=Scope.ACT)
REPORT_WITHHELD = Permission(name="catalogue.report_withheld", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
CONFIRM_WITHHELD = Permission(name="catalogue.confirm_withheld", roles=AUTHORITY, second_factor=True)
