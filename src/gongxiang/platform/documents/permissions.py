"""May this person issue, withdraw, open or attach?"""

from uuid import UUID

from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

DEPARTMENT = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
#: Issuing is part of another room's act, which asks its own permission first.
ISSUE = Permission(name="documents.issue", roles=DEPARTMENT | AUTHORITY | {Role.PLATFORM_OPERATOR, Role.AUDITOR})
#: Rooms above in whose name a document falls that an act there has made untrue.
VOIDERS = frozenset({"projects", "grants", "agreements"})
WITHDRAW = Permission(name="documents.withdraw", roles=AUTHORITY | {Role.ACCOUNTABLE_OFFICER}, systems=VOIDERS)
READ = Permission(
    name="documents.read", roles=DEPARTMENT | AUTHORITY | {Role.AUDITOR, Role.NODE_OPERATOR, Role.PLATFORM_OPERATOR},
    scope=Scope.ACT,
)  # fmt: skip
ATTACH = Permission(name="documents.attach", roles=DEPARTMENT | AUTHORITY | {Role.NODE_OPERATOR, Role.PLATFORM_OPERATOR})


def check_issuer(actor: Actor, department_id: UUID | None) -> None:
    """Raise NotPermitted unless the actor stands in the department that issued the document, or is one of the voiding jobs."""
    if isinstance(actor, System) and actor.name in VOIDERS:
        return
    if not isinstance(actor, Person) or actor.department_id != department_id:
        raise NotPermitted(next_step="Ask the department that issued the document.")


#: Rules of operation and security (art. 12(1)): the operator and the authority keep them, everybody at work reads them.
KEEP_RULES = Permission(
    name="documents.keep_rules", roles=frozenset({Role.AUTHORITY_OFFICER, Role.PLATFORM_OPERATOR}), scope=Scope.ACT
)
READ_RULES = Permission(name="documents.read_rules", roles=READ.roles, scope=Scope.ACT)
