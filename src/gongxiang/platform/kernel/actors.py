"""Who acts: a person with roles in one department, or a named system job; never a fake user with rights."""

import enum
from dataclasses import dataclass, field
from uuid import UUID


class Role(enum.StrEnum):
    """The roles of the site; a person holds roles in one department."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    ACCOUNTABLE_OFFICER = "accountable_officer"
    NODE_OPERATOR = "node_operator"
    AUTHORITY_OFFICER = "authority_officer"
    AUTHORITY_LEADER = "authority_leader"
    PLATFORM_OPERATOR = "platform_operator"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person acting now, with the roles held now."""

    id: UUID
    name: str
    department_id: UUID
    department: str
    roles: frozenset[Role] = field(default_factory=frozenset)

    def has(self, *roles: Role) -> bool:
        """Whether the person holds any of the roles."""
        return bool(self.roles.intersection(roles))


@dataclass(frozen=True, kw_only=True)
class System:
    """A job of the product itself, e.g. System(name="deadline-sweeper")."""

    name: str


Actor = Person | System
