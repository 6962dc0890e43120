"""Who may do what with corrections."""

from uuid import UUID

from gongxiang.platform.kernel.actors import Actor, CallingSystem, Person, Role, Scope
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

DESK = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
VERIFIERS = frozenset({Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
OVERSEERS = AUTHORITY | {Role.AUDITOR}

VIEW = Permission(name="corrections.view", roles=DESK | OVERSEERS | {Role.NODE_OPERATOR}, scope=Scope.CORRECT)
REPORT = Permission(name="corrections.report", roles=DESK, scope=Scope.CORRECT)
VERIFY = Permission(name="corrections.verify", roles=VERIFIERS, scope=Scope.CORRECT)
#: Handing over: the provider's people once, the authority any time.
FORWARD = Permission(name="corrections.forward", roles=VERIFIERS | AUTHORITY, scope=Scope.ACT)
#: What the consumer's people do with an answer; acts of persons.
SETTLE = Permission(name="corrections.settle", roles=DESK, scope=Scope.ACT)
#: Taking key and values to the gateway, and reading them there.
CARRY = Permission(name="corrections.carry_values", roles=DESK, scope=Scope.CORRECT)
DECIDE = Permission(name="corrections.decide", roles=AUTHORITY, scope=Scope.ACT)
COMPLAIN = Permission(name="corrections.complain", roles=DESK, scope=Scope.ACT)
FIGURES = Permission(name="corrections.figures", roles=DESK | OVERSEERS)
SWEEPER, RECALCULATOR, FOLLOWER = "correction-sweeper", "correction-clock", "correction-follower"
LAPSE = Permission(name="corrections.lapse", roles=frozenset(), systems=frozenset({SWEEPER}))
RECOUNT = Permission(name="corrections.recount", roles=frozenset(), systems=frozenset({RECALCULATOR}))
#: What the data plane reported becomes part of a case.
FOLLOW = Permission(name="corrections.follow", roles=frozenset(), systems=frozenset({FOLLOWER}))


def check_of_department(permission: Permission, actor: Actor, *departments: UUID | None) -> Person | CallingSystem:
    """Raise NotPermitted unless the actor holds the permission and stands in one of the departments."""
    permission.check(actor)
    if not isinstance(actor, (Person, CallingSystem)) or actor.department_id not in departments:
        raise NotPermitted()
    return actor


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees the corrections of every department."""
    return isinstance(actor, Person) and actor.has(*OVERSEERS)
