"""Who may do what in the catalogue; whether it may be done now is in `policies`."""

from uuid import UUID

from gongxiang.platform.catalogue.errors import NotYourDepartment, SamePerson
from gongxiang.platform.catalogue.states import IN_REVIEW, RATIFIED, RESOURCE, REVIEWED, SUBMITTED
from gongxiang.platform.kernel.actors import Actor, CallingSystem, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted, Refusal
from gongxiang.platform.kernel.permissions import Permission

DEPARTMENT = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
READERS = DEPARTMENT | AUTHORITY | {Role.NODE_OPERATOR, Role.PLATFORM_OPERATOR, Role.AUDITOR}

SEARCH = Permission(name="catalogue.search", roles=READERS, scope=Scope.READ)
#: The searches a person keeps: nobody else's, so by a token of one's own only.
OWN_SEARCHES = Permission(name="catalogue.own_searches", roles=READERS, scope=Scope.ACT)
COMPILE = Permission(name="catalogue.compile", roles=frozenset({Role.CLERK, Role.REVIEWER}), scope=Scope.COMPILE)
REVIEW = Permission(name="catalogue.review", roles=frozenset({Role.REVIEWER}), scope=Scope.ACT)
#: The job that checks and carries out what a person sent and confirmed.
IMPORTER = "catalogue-import"
IMPORT_JOB = Permission(name="catalogue.import_job", roles=frozenset(), systems=frozenset({IMPORTER}))
#: The job that makes the files people ask for.
EXPORTER = "catalogue-export"
EXPORT_JOB = Permission(name="catalogue.export_job", roles=frozenset(), systems=frozenset({EXPORTER}))
CONSENT = Permission(name="catalogue.consent", roles=frozenset({Role.ACCOUNTABLE_OFFICER}))
SUBMIT = Permission(name="catalogue.submit", roles=DEPARTMENT, scope=Scope.COMPILE)
OWN = Permission(name="catalogue.own", roles=DEPARTMENT | {Role.NODE_OPERATOR}, scope=Scope.COMPILE)
DECIDE = Permission(name="catalogue.publish", roles=frozenset({Role.AUTHORITY_OFFICER}), scope=Scope.ACT)
RATIFY = Permission(name="catalogue.ratify", roles=AUTHORITY, second_factor=True)
EXCEPT = Permission(name="catalogue.allow_lower_basis", roles=frozenset({Role.AUTHORITY_LEADER}), second_factor=True)
RETURN = Permission(
    name="catalogue.return",
    roles=frozenset({Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, Role.AUTHORITY_OFFICER}),
    scope=Scope.ACT,
)
WITHDRAW = Permission(name="catalogue.withdraw", roles=frozenset({Role.ACCOUNTABLE_OFFICER}))
#: The words that search takes for the same.
KEEP_SYNONYMS = Permission(name="catalogue.keep_synonyms", roles=frozenset({Role.AUTHORITY_OFFICER}))
#: Figures on the catalogue: the authority's of all departments, a department's of its own.
QUALITY = Permission(
    name="catalogue.quality", roles=DEPARTMENT | AUTHORITY | {Role.NODE_OPERATOR, Role.AUDITOR}, scope=Scope.READ
)
#: Files with entries over the interfaces: a person's own, for the drafts become that person's acts.
IMPORT = Permission(name="catalogue.import", roles=frozenset({Role.CLERK, Role.REVIEWER}), scope=Scope.ACT)
OWN_IMPORTS = Permission(name="catalogue.own_imports", roles=DEPARTMENT | {Role.NODE_OPERATOR}, scope=Scope.ACT)
QUEUES = Permission(name="catalogue.queues", roles=DEPARTMENT | AUTHORITY, scope=Scope.ACT)
NAME_SOURCE = Permission(name="catalogue.name_source", roles=frozenset({Role.AUTHORITY_OFFICER}), scope=Scope.ACT)
REPORT = Permission(name="catalogue.report", roles=frozenset({Role.AUTHORITY_OFFICER}), scope=Scope.ACT)
REPORTS = Permission(name="catalogue.reports", roles=AUTHORITY | {Role.AUDITOR}, scope=Scope.ACT)
#: Facts that rooms above write down on an entry.
NOTE = Permission(
    name="catalogue.note", roles=frozenset(), systems=frozenset({"delivery", "grants", "fact-intake", "flow-opener"})
)
#: The job that tells people of new hits of the searches they keep.
TELL = Permission(name="catalogue.tell", roles=frozenset(), systems=frozenset({"notices"}))
#: An accepted project's planned entries become drafts of their department (wushen-2021-60:8).
TAKE_OVER = Permission(name="catalogue.take_over_planned", roles=frozenset({Role.AUTHORITY_OFFICER}))
#: The job that counts a running period of review anew after a holiday notice.
RECALCULATOR = "catalogue-clock"
RECOUNT = Permission(name="catalogue.recount", roles=frozenset(), systems=frozenset({RECALCULATOR}))


def check_own(actor: Actor, provider_id: UUID) -> None:
    """Raise NotYourDepartment unless the actor stands in the provider."""
    if isinstance(actor, System) or actor.department_id != provider_id:
        raise NotYourDepartment()


def check_may_return(actor: Actor, *, status: str, provider_id: UUID) -> None:
    """Raise unless it is this person's turn: the reviewer's, the officer's, or the authority's."""
    if isinstance(actor, System | CallingSystem):
        raise NotPermitted()
    RESOURCE.find("return", status)
    if status in (SUBMITTED, RATIFIED):
        DECIDE.check(actor)
        return
    check_own(actor, provider_id)
    wanted = {IN_REVIEW: Role.REVIEWER, REVIEWED: Role.ACCOUNTABLE_OFFICER}.get(status)
    if wanted is not None and not actor.has(wanted):
        raise NotPermitted()


def check_other_person(actor: Actor, *involved: UUID | None) -> None:
    """Raise SamePerson if the actor is among those who did an earlier step."""
    if isinstance(actor, Person) and actor.is_hand_of(*involved):
        raise SamePerson()


def allows(permission: Permission, actor: Actor | None, *checks: object) -> bool:
    """Whether the permission and each of the `checks` (callables that raise) let the actor pass."""
    try:
        permission.check(actor)
        for check in checks:
            check()  # type: ignore[operator]
    except Refusal:
        return False
    return True
