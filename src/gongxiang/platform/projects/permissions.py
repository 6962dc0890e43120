"""Who may do what to projects; whether it may be done now is in `policies`."""

from uuid import UUID

from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.projects.errors import NotYourProject, SamePerson

DEPARTMENT = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
#: Who sees the projects of every department.
OVERSEERS = AUTHORITY | {Role.AUDITOR, Role.PLATFORM_OPERATOR}
#: The job that counts running periods anew after a holiday notice.
RECALCULATOR = "projects-clock"

VIEW = Permission(name="projects.view", roles=DEPARTMENT | OVERSEERS | {Role.NODE_OPERATOR}, scope=Scope.READ)
KEEP = Permission(name="projects.keep", roles=frozenset({Role.CLERK, Role.REVIEWER}), scope=Scope.ACT)
CONSENT = Permission(name="projects.consent", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
SUBMIT = Permission(name="projects.submit", roles=DEPARTMENT, scope=Scope.ACT)
CANCEL = Permission(name="projects.cancel", roles=frozenset({Role.ACCOUNTABLE_OFFICER}), scope=Scope.ACT)
REVIEW = Permission(name="projects.review", roles=frozenset({Role.AUTHORITY_OFFICER}), scope=Scope.ACT)
ACCEPT = Permission(name="projects.accept", roles=frozenset({Role.AUTHORITY_OFFICER}), scope=Scope.ACT)
TEST = Permission(name="projects.test", roles=frozenset({Role.PLATFORM_OPERATOR}), scope=Scope.ACT)
#: Lists of what waits for the authority or the operator.
QUEUES = Permission(name="projects.queues", roles=AUTHORITY | {Role.PLATFORM_OPERATOR})
MONEY = Permission(name="projects.money", roles=DEPARTMENT, scope=Scope.ACT)
STATISTICS = Permission(name="projects.statistics", roles=DEPARTMENT | AUTHORITY | {Role.AUDITOR})
CHECK_FORM = Permission(name="projects.check_form", roles=DEPARTMENT, scope=Scope.ACT)
READ_CHECKS = Permission(name="projects.read_checks", roles=DEPARTMENT | AUTHORITY | {Role.AUDITOR}, scope=Scope.ACT)
RECOUNT = Permission(name="projects.recount", roles=frozenset(), systems=frozenset({RECALCULATOR}))


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees the projects of every department."""
    return isinstance(actor, System) or actor.has(*OVERSEERS)


def check_own(actor: Actor, department_id: UUID) -> Person:
    """The acting person of the owning department; raises NotYourProject for others."""
    if not isinstance(actor, Person) or actor.department_id != department_id:
        raise NotYourProject()
    return actor


def person_of(actor: Actor) -> Person:
    """The acting person; raises NotPermitted for a job."""
    if not isinstance(actor, Person):
        raise NotPermitted()
    return actor


def check_other_person(actor: Actor, *involved: UUID | None) -> None:
    """Raise SamePerson if the actor is among those who did an earlier step."""
    if isinstance(actor, Person) and actor.is_hand_of(*involved):
        raise SamePerson()
