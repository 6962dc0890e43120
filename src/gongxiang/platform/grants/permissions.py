"""May this actor? Roles at the door; the department at the record."""

from typing import Final
from uuid import UUID

from gongxiang.platform.grants import errors
from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

#: The jobs that act by themselves, each named in evidence.
STANDING_CONSENT: Final = "standing-consent"
EXPIRER: Final = "grant-expirer"
ROUTER: Final = "flow-opener"

_AUTHORITY: Final = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
_OFFICE: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, Role.NODE_OPERATOR})
#: Who sees every department's grants.
OVERSEERS: Final = _AUTHORITY | {Role.AUDITOR, Role.PLATFORM_OPERATOR}

VIEW: Final = Permission(name="grants.view", roles=_OFFICE | OVERSEERS, scope=Scope.ACT)
#: The terms as ODRL, also for a department's own systems.
TERMS: Final = Permission(name="grants.terms", roles=VIEW.roles, scope=Scope.READ)
ISSUE: Final = Permission(
    name="grants.issue",
    roles=frozenset({Role.ACCOUNTABLE_OFFICER, Role.AUTHORITY_LEADER}),
    systems=frozenset({STANDING_CONSENT}),
)
REVISE: Final = Permission(name="grants.revise", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), second_factor=True)
SUSPEND: Final = Permission(name="grants.suspend", roles=frozenset({Role.ACCOUNTABLE_OFFICER}) | _AUTHORITY, second_factor=True)
RESUME: Final = Permission(name="grants.resume", roles=frozenset({Role.ACCOUNTABLE_OFFICER}) | _AUTHORITY, second_factor=True)
END: Final = Permission(name="grants.end", roles=frozenset({Role.ACCOUNTABLE_OFFICER}) | _AUTHORITY, second_factor=True)
#: Lets grants rest and go on as the agreements of both sides have it (art. 18).
AGREEMENT_GATE: Final = "agreement-gate"
HOLD: Final = Permission(name="grants.hold", roles=frozenset(), systems=frozenset({AGREEMENT_GATE}))
EXPIRE: Final = Permission(name="grants.expire", roles=frozenset(), systems=frozenset({EXPIRER}))
ROUTE: Final = Permission(name="grants.route", roles=frozenset(), systems=frozenset({ROUTER}))
#: The certificate of a grant goes out in the provider's name.
PAPER: Final = Permission(
    name="grants.paper", roles=frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER}) | _AUTHORITY
)
CERTIFY_DISPOSAL: Final = Permission(
    name="grants.certify_disposal", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT
)


def is_authority(actor: Actor) -> bool:
    """Whether the actor speaks for the competent authority."""
    return isinstance(actor, Person) and actor.has(*_AUTHORITY)


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees the grants of every department."""
    return isinstance(actor, System) or actor.has(*OVERSEERS)


def _of(actor: Actor, department_id: UUID) -> bool:
    return isinstance(actor, Person) and actor.department_id == department_id


def _officer_of(actor: Actor, department_id: UUID) -> bool:
    return isinstance(actor, Person) and actor.has(Role.ACCOUNTABLE_OFFICER) and actor.department_id == department_id


def check_actor_can_issue(actor: Actor, provider_id: UUID) -> None:
    """The provider's accountable officer, the authority's leader who decides, or the standing consent."""
    ISSUE.check(actor)
    if isinstance(actor, Person) and not (actor.has(Role.AUTHORITY_LEADER) or _of(actor, provider_id)):
        raise NotPermitted()


def check_actor_can_revise(actor: Actor, provider_id: UUID, *, standing_consent: bool) -> None:
    """The provider's officer, the authority's leader deciding, or the standing consent on a grant that it gave itself."""
    if isinstance(actor, Person) and actor.has(Role.AUTHORITY_LEADER):
        return
    if isinstance(actor, System):
        ISSUE.check(actor)
        if not standing_consent:
            raise NotPermitted()
        return
    REVISE.check(actor)
    if not _of(actor, provider_id):
        raise NotPermitted()


def check_actor_can_suspend(actor: Actor, provider_id: UUID) -> None:
    """The provider's accountable officer, or the authority."""
    SUSPEND.check(actor)
    if not (is_authority(actor) or _officer_of(actor, provider_id)):
        raise NotPermitted()


def check_actor_can_resume(actor: Actor, provider_id: UUID, *, suspended_by_authority: bool) -> None:
    """The provider's officer, unless the authority suspended; then the authority only."""
    RESUME.check(actor)
    if is_authority(actor):
        return
    if not _officer_of(actor, provider_id):
        raise NotPermitted()
    if suspended_by_authority:
        raise errors.NotYourSuspension()


def check_actor_can_end(actor: Actor, provider_id: UUID, consumer_id: UUID) -> None:
    """An accountable officer of one of the two departments, or the authority."""
    END.check(actor)
    if not (is_authority(actor) or _officer_of(actor, provider_id) or _officer_of(actor, consumer_id)):
        raise NotPermitted()


def check_actor_can_certify(actor: Actor, consumer_id: UUID) -> None:
    """The consumer's accountable officer."""
    CERTIFY_DISPOSAL.check(actor)
    if not _of(actor, consumer_id):
        raise NotPermitted()


# ---- the end of sharing -------------------------------------------------------------------------------------------------

STOPPER: Final = "sharing-stopper"
ANNOUNCE_STOP: Final = Permission(name="grants.announce_stop", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), second_factor=True)
ANSWER_STOP: Final = Permission(name="grants.answer_stop", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
DECIDE_STOP: Final = Permission(name="grants.decide_stop", roles=_AUTHORITY, second_factor=True)
STOP_CLOCK: Final = "stop-notice-clock"
RECOUNT_STOP: Final = Permission(name="grants.recount_stop", roles=frozenset(), systems=frozenset({STOP_CLOCK}))
CARRY_OUT_STOP: Final = Permission(name="grants.carry_out_stop", roles=frozenset(), systems=frozenset({STOPPER}))


def check_own_department(permission: Permission, actor: Actor, department_id: UUID) -> None:
    """The permission, and in that very department."""
    permission.check(actor)
    if not _of(actor, department_id):
        raise NotPermitted()


# ---- putting right what a grant was suspended for ----------------------------------------------------------------------

RECTIFICATION_SWEEPER: Final = "rectification-sweeper"
REPORT_RECTIFICATION: Final = Permission(
    name="grants.report_rectification", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT
)
LAPSE_RECTIFICATION: Final = Permission(
    name="grants.lapse_rectification", roles=frozenset(), systems=frozenset({RECTIFICATION_SWEEPER})
)
#: Less at once, where it cannot wait (条例 27.3).
PROTECT: Final = Permission(name="grants.protect", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), second_factor=True)
RECALCULATOR: Final = "grant-recalculator"
RECOUNT: Final = Permission(name="grants.recount", roles=frozenset(), systems=frozenset({RECALCULATOR}))

# ---- the use of what was granted ------------------------------------------------------------------------------------------

HANDLER_WATCH: Final = "handler-watch"
USE_NOTER: Final = "fact-intake"
USE_KEEPER: Final = "use-record-keeper"
REPORT_SWEEPER: Final = "use-report-sweeper"
DRIFT_FINDER: Final = "drift-finder"
PROVISION_CLOCK: Final = "provision-clock"
DISPOSAL_CLOCK: Final = "disposal-clock"

_DESK: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
_OFFICER: Final = frozenset({Role.ACCOUNTABLE_OFFICER})

#: Lines of use for a department's own books; a system passes with the scope that reads requests.
VIEW_USE: Final = Permission(name="grants.view_use", roles=_OFFICE | OVERSEERS, scope=Scope.REQUESTS)
NAME_HANDLER: Final = Permission(name="grants.name_handler", roles=_OFFICER, scope=Scope.ACT)
END_HANDLER: Final = Permission(name="grants.end_handler", roles=_OFFICER, systems=frozenset({HANDLER_WATCH}), scope=Scope.ACT)
ENTER_USE: Final = Permission(name="grants.enter_use", roles=_DESK, scope=Scope.ACT)
NOTE_USE: Final = Permission(name="grants.note_use", roles=frozenset(), systems=frozenset({USE_NOTER}))
KEEP_USE: Final = Permission(name="grants.keep_use", roles=frozenset(), systems=frozenset({USE_KEEPER}))
OPEN_USE_REPORT: Final = Permission(name="grants.open_use_report", roles=frozenset(), systems=frozenset({REPORT_SWEEPER}))
REPORT_USE: Final = Permission(
    name="grants.report_use", roles=frozenset({Role.REVIEWER, Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT
)
ASK_ABOUT_USE: Final = Permission(
    name="grants.ask_about_use", roles=_OFFICER | _AUTHORITY, systems=frozenset({DRIFT_FINDER}), scope=Scope.ACT
)
INSPECT: Final = Permission(name="grants.inspect", roles=_OFFICER | _AUTHORITY, scope=Scope.ACT)
REPLY_TO_INSPECTION: Final = Permission(name="grants.reply_to_inspection", roles=_OFFICER, scope=Scope.ACT)
ASK_THIRD_PARTY: Final = Permission(name="grants.ask_third_party", roles=_OFFICER, scope=Scope.ACT)
DECIDE_THIRD_PARTY: Final = Permission(name="grants.decide_third_party", roles=_OFFICER, second_factor=True)
REVOKE_THIRD_PARTY: Final = Permission(name="grants.revoke_third_party", roles=_OFFICER | _AUTHORITY, second_factor=True)
NOTE_PROVISION: Final = Permission(
    name="grants.note_provision", roles=frozenset(), systems=frozenset({USE_NOTER, PROVISION_CLOCK})
)
DECLARE_PROVISION: Final = Permission(name="grants.declare_provision", roles=_DESK | {Role.NODE_OPERATOR}, scope=Scope.ACT)
CONFIRM_PROVISION: Final = Permission(name="grants.confirm_provision", roles=_DESK | {Role.NODE_OPERATOR}, scope=Scope.ACT)
LAPSE_DISPOSAL: Final = Permission(name="grants.lapse_disposal", roles=frozenset(), systems=frozenset({DISPOSAL_CLOCK}))
#: Who handles the data may have them destroyed; that they were is certified by the officer.
ORDER_DESTRUCTION: Final = Permission(
    name="grants.order_destruction",
    roles=frozenset({Role.CLERK, Role.ACCOUNTABLE_OFFICER, Role.NODE_OPERATOR}),
    scope=Scope.ACT,
)
NOTE_DESTRUCTION: Final = Permission(name="grants.note_destruction", roles=frozenset(), systems=frozenset({USE_NOTER}))
ACKNOWLEDGE_DISPOSAL: Final = Permission(name="grants.acknowledge_disposal", roles=_OFFICER, scope=Scope.ACT)


def check_provider_or_authority(permission: Permission, actor: Actor, provider_id: UUID) -> None:
    """The permission, held for the provider itself or for the competent authority; or the job that holds it."""
    permission.check(actor)
    if not (isinstance(actor, System) or is_authority(actor) or _of(actor, provider_id)):
        raise NotPermitted()


def check_actor_can_issue_paper(actor: Actor, provider_id: UUID) -> None:
    """The provider's people, or the authority."""
    PAPER.check(actor)
    if not is_authority(actor):
        check_own_department(PAPER, actor, provider_id)
