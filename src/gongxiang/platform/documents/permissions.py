"""May this person issue, withdraw, open or attach?"""

from uuid import UUID

from gongxiang.platform.kernel.actors import Actor, Person, Role
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

DEPARTMENT = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
#: Issuing is part of another room's act, which asks its own permission first.
ISSUE = Permission(name="documents.issue", roles=DEPARTMENT | AUTHORITY | {Role.PLATFORM_OPERATOR, Role.AUDITOR})
WITHDRAW = Permission(name="documents.withdraw", roles=AUTHORITY | {Role.ACCOUNTABLE_OFFICER})
READ = Permission(
    name="documents.read", roles=DEPARTMENT | AUTHORITY | {Role.AUDITOR, Role.NODE_OPERATOR, Role.PLATFORM_OPERATOR}
)
ATTACH = Permission(name="documents.attach", roles=DEPARTMENT | AUTHORITY | {Role.NODE_OPERATOR, Role.PLATFORM_OPERATOR})


def check_issuer(actor: Actor, department_id: UUID | None) -> None:
    """Raise NotPermitted unless the actor stands in the department that issued the document."""
    if not isinstance(actor, Person) or actor.department_id != department_id:
        raise NotPermitted(next_step="Ask the department that issued the document.")
