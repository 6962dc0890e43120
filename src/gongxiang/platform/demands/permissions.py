"""Who may do what with demands."""

from uuid import UUID

from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

DESK = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})

VIEW = Permission(
    name="demands.view",
    roles=DESK | AUTHORITY | {Role.NODE_OPERATOR, Role.PLATFORM_OPERATOR, Role.AUDITOR},
    scope=Scope.READ,
)
STATE = Permission(name="demands.state", roles=DESK, scope=Scope.ACT)
ASSIGN = Permission(name="demands.assign", roles=frozenset({Role.AUTHORITY_OFFICER}), scope=Scope.ACT)
ANSWER = Permission(
    name="demands.answer", roles=frozenset({Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, Role.AUTHORITY_OFFICER}), scope=Scope.ACT
)
HAND_BACK = Permission(name="demands.hand_back", roles=frozenset({Role.REVIEWER, Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
FIGURES = Permission(name="demands.figures", roles=AUTHORITY | {Role.AUDITOR})
SWEEPER, RECALCULATOR = "demand-sweeper", "demand-clock"
#: The job that sees an entry published for which a demand waits.
FULFILLER = "demand-fulfiller"
FULFIL = Permission(name="demands.fulfil", roles=frozenset(), systems=frozenset({FULFILLER}))
LAPSE = Permission(name="demands.lapse", roles=frozenset(), systems=frozenset({SWEEPER}))
RECOUNT = Permission(name="demands.recount", roles=frozenset(), systems=frozenset({RECALCULATOR}))


def check_of_department(permission: Permission, actor: Actor, department_id: UUID | None) -> Person:
    """Raise NotPermitted unless the person holds the permission and stands in the department."""
    permission.check(actor)
    if not isinstance(actor, Person) or actor.department_id != department_id:
        raise NotPermitted()
    return actor


def answering_side(actor: Actor, provider_id: UUID | None) -> str:
    """`provider` or `authority`: on whose behalf the person answers; raises NotPermitted."""
    ANSWER.check(actor)
    assert isinstance(actor, Person)
    if provider_id is not None and actor.department_id == provider_id and actor.has(*HAND_BACK.roles):
        return "provider"
    if actor.has(Role.AUTHORITY_OFFICER):
        return "authority"
    raise NotPermitted()
