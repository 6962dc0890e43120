"""Who may draft, sign, return and end agreements."""

from uuid import UUID

from gongxiang.platform.agreements.errors import OwnDraft
from gongxiang.platform.agreements.models import Agreement
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

#: Who reads the agreements of all departments.
READERS_OF_ALL = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER, Role.AUDITOR)
READ = Permission(
    name="agreements.read", roles=frozenset(Role) - {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}, scope=Scope.ACT
)
#: The terms as ODRL, also for a department's own systems.
TERMS = Permission(name="agreements.terms", roles=READ.roles, scope=Scope.READ)
DRAFT = Permission(name="agreements.draft", roles=frozenset({Role.CLERK, Role.REVIEWER}), scope=Scope.ACT)
#: Signing asks for password and code in the act itself.
SIGN = Permission(name="agreements.sign", roles=frozenset({Role.ACCOUNTABLE_OFFICER}))
COUNTERSIGN = Permission(name="agreements.countersign", roles=frozenset({Role.AUTHORITY_LEADER}))
RETURN = Permission(name="agreements.return", roles=frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER}), scope=Scope.ACT)
TERMINATE = Permission(name="agreements.terminate", roles=frozenset({Role.AUTHORITY_LEADER}), second_factor=True)
ISSUE_TEMPLATE = Permission(name="agreements.issue_template", roles=frozenset({Role.AUTHORITY_OFFICER}))
OVERVIEW = Permission(name="agreements.overview", roles=frozenset(READERS_OF_ALL))
#: Issuing the paper of an agreement: the parties to it.
AUTHORITY = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER)
PAPER = Permission(name="agreements.paper", roles=frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, *AUTHORITY}))
#: Handing in a sealed paper: the same people who would sign; the second factor is asked before.
SEAL = Permission(name="agreements.seal", roles=SIGN.roles, second_factor=True)
COUNTERSEAL = Permission(name="agreements.counterseal", roles=COUNTERSIGN.roles, second_factor=True)
EXPIRE = Permission(name="agreements.expire", roles=frozenset(), systems=frozenset({"agreement-clock"}))


def check_own(actor: Actor, department_id: UUID) -> Person:
    """The acting person, if of this department."""
    if not isinstance(actor, Person) or actor.department_id != department_id:
        raise NotPermitted("This agreement is another department's.")
    return actor


def check_actor_can_sign(actor: Actor, agreement: Agreement) -> Person:
    """The signing officer: of the department, and not the one who drafted it."""
    SIGN.check(actor)
    person = check_own(actor, agreement.department_id)
    acts = ["agreement:drafted", "agreement:revised"]
    if person.is_hand_of(*hands_in(agreement.drafted_by, of=[("agreement", agreement.pk)], acts=acts)):
        raise OwnDraft()
    return person


def check_actor_can_countersign(actor: Actor) -> Person:
    """The authority's leader."""
    COUNTERSIGN.check(actor)
    if not isinstance(actor, Person):
        raise NotPermitted()
    return actor
