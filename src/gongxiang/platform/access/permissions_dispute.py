"""May this actor, in disputes, filings and collection plans? Roles at the door, side and department at the record."""

from typing import Final
from uuid import UUID

from gongxiang.platform.access import errors_dispute as errors
from gongxiang.platform.access.permissions import OVERSEERS, RECALCULATOR, SWEEPER
from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

#: Ends a plan when its data are published.
PLAN_FINISHER: Final = "plan-finisher"

_DESK: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
_AUTHORITY: Final = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
_OFFICER: Final = frozenset({Role.ACCOUNTABLE_OFFICER})
_LEADER: Final = frozenset({Role.AUTHORITY_LEADER})

VIEW: Final = Permission(name="disputes.view", roles=_DESK | OVERSEERS, scope=Scope.REQUESTS)
#: What people said to each other is read by people: a system is told of the case, not of its minutes.
READ_MINUTES: Final = Permission(name="disputes.read_minutes", roles=_DESK | OVERSEERS, scope=Scope.ACT)
READ_MESSAGES: Final = Permission(name="access.read_messages", roles=_DESK | OVERSEERS, scope=Scope.ACT)
OPEN: Final = Permission(name="disputes.open", roles=_OFFICER, scope=Scope.ACT)
RECORD: Final = Permission(name="disputes.record_meeting", roles=_DESK, scope=Scope.ACT)
CONFIRM: Final = Permission(name="disputes.confirm", roles=_OFFICER, scope=Scope.ACT)
ATTACH: Final = Permission(name="disputes.attach", roles=_DESK | _AUTHORITY)
MEDIATE: Final = Permission(name="disputes.mediate", roles=_AUTHORITY, scope=Scope.ACT)
LEAD: Final = Permission(name="disputes.lead", roles=_LEADER, scope=Scope.ACT)
LAPSE: Final = Permission(name="disputes.lapse", roles=frozenset(), systems=frozenset({SWEEPER}))
RECOUNT: Final = Permission(name="disputes.recount", roles=frozenset(), systems=frozenset({RECALCULATOR}))

VIEW_PLANS: Final = Permission(name="collection.view", roles=_DESK | OVERSEERS, scope=Scope.REQUESTS)
STATE_SEARCH: Final = Permission(
    name="collection.state_search", roles=frozenset({Role.REVIEWER, Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT
)
ANSWER: Final = Permission(name="collection.answer", roles=_OFFICER, scope=Scope.ACT)
FILE: Final = Permission(name="collection.file", roles=_AUTHORITY, scope=Scope.ACT)
PLAN: Final = Permission(name="collection.plan", roles=_DESK, scope=Scope.ACT)
PROPOSE: Final = Permission(name="collection.propose", roles=_OFFICER, scope=Scope.ACT)
FINISH: Final = Permission(name="collection.finish", roles=_DESK, systems=frozenset({PLAN_FINISHER}), scope=Scope.ACT)


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees every dispute, filing and draft."""
    return isinstance(actor, System) or actor.has(*OVERSEERS)


def check_side(permission: Permission, actor: Actor, *, consumer_id: UUID, provider_id: UUID) -> str:
    """The side the actor stands on, `consumer` or `provider`; raises NotPermitted for others."""
    permission.check(actor)
    if isinstance(actor, Person):
        if actor.department_id == consumer_id:
            return "consumer"
        if actor.department_id == provider_id:
            return "provider"
    raise NotPermitted()


def check_neutral(permission: Permission, actor: Actor, *parties: UUID | None) -> Person:
    """Somebody of the authority, which is no party; raises NotPermitted or NotNeutral."""
    permission.check(actor)
    if not isinstance(actor, Person):
        raise NotPermitted()
    if actor.department_id in parties:
        raise errors.NotNeutral()
    return actor


def check_own(permission: Permission, actor: Actor, department_id: UUID | None) -> Person:
    """Somebody of that department who holds the permission; raises NotPermitted."""
    permission.check(actor)
    if not isinstance(actor, Person) or department_id is None or actor.department_id != department_id:
        raise NotPermitted()
    return actor
