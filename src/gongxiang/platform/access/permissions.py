"""May this actor? Roles at the door; the department at the record."""

from typing import Final
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

#: The jobs that act by themselves, each named in evidence.
SWEEPER: Final = "deadline-sweeper"
RECALCULATOR: Final = "calendar-recalculator"
#: The job that sees data of an entry move whose superior agreed to return it.
RETURN_WATCHER: Final = "return-watcher"

_OFFICE: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
_AUTHORITY: Final = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
#: Who sees every submitted request.
OVERSEERS: Final = _AUTHORITY | {Role.AUDITOR}

VIEW: Final = Permission(name="access.view", roles=_OFFICE | OVERSEERS, scope=Scope.REQUESTS)
APPLY: Final = Permission(name="access.apply", roles=_OFFICE, scope=Scope.ACT)
CONSENT: Final = Permission(name="access.consent", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
RECEIVE: Final = Permission(name="access.receive", roles=_OFFICE, scope=Scope.ACT)
PREPARE: Final = Permission(
    name="access.prepare_reply", roles=_OFFICE | {Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER}, scope=Scope.ACT
)
REPLY: Final = Permission(
    name="access.reply", roles=frozenset({Role.ACCOUNTABLE_OFFICER, Role.AUTHORITY_LEADER}), scope=Scope.ACT
)
ASK_EXTENSION: Final = Permission(name="access.ask_extension", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
DECIDE_EXTENSION: Final = Permission(name="access.decide_extension", roles=frozenset({Role.AUTHORITY_LEADER}), scope=Scope.ACT)
TALK: Final = Permission(name="access.talk", roles=_OFFICE | _AUTHORITY, scope=Scope.ACT)
KEEP_COMBINATIONS: Final = Permission(name="access.keep_combinations", roles=_AUTHORITY)
MEDIATE: Final = Permission(name="access.mediate", roles=_AUTHORITY)
LAPSE: Final = Permission(name="access.lapse", roles=frozenset(), systems=frozenset({SWEEPER}))
RECOMPUTE: Final = Permission(name="access.recompute", roles=frozenset(), systems=frozenset({RECALCULATOR}))
# What a provider asks of its line superior (办法 21(3)).
VIEW_SUPERIORS: Final = Permission(name="access.view_superiors", roles=_OFFICE | OVERSEERS, scope=Scope.READ)
ASK_SUPERIOR: Final = Permission(name="access.ask_superior", roles=_OFFICE, scope=Scope.ACT)
ISSUE_LETTER: Final = Permission(
    name="access.issue_superior_letter", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT
)
SUPERIOR_FIGURES: Final = Permission(name="access.superior_figures", roles=OVERSEERS)
WATCH_RETURNS: Final = Permission(name="access.watch_returns", roles=frozenset(), systems=frozenset({RETURN_WATCHER}))


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees the submitted requests of every department."""
    return isinstance(actor, System) or actor.has(*OVERSEERS)


@implements("wushen-2021-60:4(3)")
def check_of_department(permission: Permission, actor: Actor, department_id: UUID) -> Person:
    """The actor holds the permission in that department; raises NotPermitted."""
    permission.check(actor)
    if not isinstance(actor, Person) or actor.department_id != department_id:
        raise NotPermitted()
    return actor


def check_actor_can_withdraw(actor: Actor, consumer_id: UUID, *, submitted: bool) -> None:
    """Anyone of the consumer's office withdraws a draft; what was submitted its accountable officer only."""
    check_of_department(CONSENT if submitted else APPLY, actor, consumer_id)


def check_actor_can_give(actor: Actor, side: str) -> None:
    """The answer is the accountable officer's on the provider's side, the leader's where the authority decides."""
    REPLY.check(actor)
    wanted = Role.ACCOUNTABLE_OFFICER if side == "provider" else Role.AUTHORITY_LEADER
    if not isinstance(actor, Person) or not actor.has(wanted):
        raise NotPermitted()


def answering_side(actor: Actor, provider_id: UUID) -> str:
    """For whom the actor prepares or gives an answer: `provider` or `authority`; raises NotPermitted for others."""
    if isinstance(actor, Person):
        if actor.department_id == provider_id and actor.has(*_OFFICE):
            return "provider"
        if actor.has(*_AUTHORITY):
            return "authority"
    raise NotPermitted()
