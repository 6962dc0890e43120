"""May this actor? Nodes are the department's to run and the operator's to admit."""

from typing import Final
from uuid import UUID

from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

#: The jobs that act by themselves, each named in evidence.
OPENER: Final = "flow-opener"
INTAKE: Final = "fact-intake"
WATCHER: Final = "node-watcher"

_OFFICE: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, Role.NODE_OPERATOR})
_AUTHORITY: Final = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
OVERSEERS: Final = _AUTHORITY | {Role.AUDITOR, Role.PLATFORM_OPERATOR}
_ADMITTERS: Final = frozenset({Role.PLATFORM_OPERATOR, Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})

VIEW: Final = Permission(name="delivery.view", roles=_OFFICE | OVERSEERS, scope=Scope.ACT)
OFFER: Final = Permission(name="delivery.offer_node", roles=frozenset({Role.NODE_OPERATOR, Role.PLATFORM_OPERATOR}))
ADMIT: Final = Permission(name="delivery.admit_node", roles=_ADMITTERS, second_factor=True)
REVOKE: Final = Permission(name="delivery.revoke_node", roles=_ADMITTERS, second_factor=True)
CHECK_TABLE: Final = Permission(
    name="delivery.check_table",
    roles=frozenset({Role.NODE_OPERATOR, Role.CLERK, Role.REVIEWER, Role.PLATFORM_OPERATOR}),
    scope=Scope.ACT,
)
#: Names of a source's tables and columns stay between the department and the authority.
SURVEY: Final = Permission(
    name="delivery.survey", roles=frozenset({Role.NODE_OPERATOR, Role.CLERK, Role.REVIEWER}), scope=Scope.ACT
)
VIEW_SOURCE: Final = Permission(name="delivery.view_source", roles=_OFFICE | _AUTHORITY, scope=Scope.ACT)
RECONCILE: Final = Permission(
    name="delivery.reconcile",
    roles=frozenset({Role.NODE_OPERATOR, Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, Role.PLATFORM_OPERATOR}),
    scope=Scope.ACT,
)
SAMPLE: Final = Permission(name="delivery.sample", roles=frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER}))
#: Masked rows at mounting are for the department whose table it is, nobody else.
SAMPLE_MOUNT: Final = Permission(
    name="delivery.sample_mount", roles=frozenset({Role.NODE_OPERATOR, Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
)
# What goes outside the platform (办法 17).
CHANNEL_FINDER: Final = "channel-finder"
CHANNEL_WATCHER: Final = "channel-watcher"
_DESK: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
VIEW_CHANNELS: Final = Permission(name="delivery.view_channels", roles=_OFFICE | OVERSEERS, scope=Scope.READ)
DECLARE_CHANNEL: Final = Permission(name="delivery.declare_channel", roles=_DESK | {Role.AUTHORITY_OFFICER}, scope=Scope.ACT)
CONFIRM_CHANNEL: Final = Permission(name="delivery.confirm_channel", roles=frozenset({Role.AUTHORITY_OFFICER}), scope=Scope.ACT)
PLAN_CHANNEL: Final = Permission(name="delivery.plan_channel", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
MOVE_CHANNEL: Final = Permission(name="delivery.move_channel", roles=_DESK, scope=Scope.ACT)
EXEMPT_CHANNEL: Final = Permission(name="delivery.exempt_channel", roles=frozenset({Role.AUTHORITY_LEADER}), scope=Scope.ACT)
CHANNEL_FIGURES: Final = Permission(name="delivery.channel_figures", roles=OVERSEERS)
FIND_CHANNELS: Final = Permission(name="delivery.find_channels", roles=frozenset(), systems=frozenset({CHANNEL_FINDER}))
WATCH_CHANNELS: Final = Permission(name="delivery.watch_channels", roles=frozenset(), systems=frozenset({CHANNEL_WATCHER}))
#: A version of a file is taken back by the department that answers for it (办法 20).
WITHDRAW_FILE: Final = Permission(
    name="delivery.withdraw_file",
    roles=frozenset({Role.NODE_OPERATOR, Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER}),
    scope=Scope.ACT,
)
#: A version is deposited by the department's people who prepare it, and fetched by a named handler (办法 22.1).
DEPOSIT_FILE: Final = Permission(
    name="delivery.deposit_file", roles=frozenset({Role.NODE_OPERATOR, Role.CLERK, Role.REVIEWER}), scope=Scope.ACT
)
FETCH_FILE: Final = Permission(name="delivery.fetch_file", roles=_OFFICE, scope=Scope.ACT)
CLOSE_ALARM: Final = Permission(
    name="delivery.close_alarm", roles=frozenset({Role.NODE_OPERATOR, Role.PLATFORM_OPERATOR}), scope=Scope.ACT
)


def sees_source(actor: Actor, provider_id: UUID) -> bool:
    """Whether the actor may read the names of a source: the provider's people and the authority's."""
    if isinstance(actor, System):
        return True
    return actor.department_id == provider_id or actor.has(Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER)


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees the nodes and flows of every department."""
    return isinstance(actor, System) or actor.has(*OVERSEERS)


def check_for_department(permission: Permission, actor: Actor, *departments: UUID) -> None:
    """The actor holds the permission, and in one of the departments unless it is the platform operator."""
    permission.check(actor)
    if isinstance(actor, Person) and actor.has(Role.PLATFORM_OPERATOR) and Role.PLATFORM_OPERATOR in permission.roles:
        return
    if not isinstance(actor, Person) or actor.department_id not in departments:
        raise NotPermitted()
