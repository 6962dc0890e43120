"""Who acts: a person with roles, a department's system with an access token, or a named job; never a fake user with rights."""

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


class Scope(enum.StrEnum):
    """What an access token may open; a door that names no scope is opened by no token."""

    READ = "catalogue:read"
    COMPILE = "catalogue:compile"
    #: Acts of a named person that ask for no second factor; never given to a system.
    ACT = "catalogue:act"


@dataclass(frozen=True, kw_only=True)
class CallingSystem:
    """A business system of a department that calls with an access token; it holds scopes, never a role."""

    id: UUID
    name: str
    department_id: UUID
    department: str
    scopes: frozenset[Scope] = field(default_factory=frozenset)

    @property
    def roles(self) -> frozenset[Role]:
        """None: what a role decides is a person's."""
        return frozenset()

    def has(self, *roles: Role) -> bool:
        """Never: a system holds no role."""
        return False


@dataclass(frozen=True, kw_only=True)
class System:
    """A job of the product itself, e.g. System(name="deadline-sweeper")."""

    name: str


Actor = Person | CallingSystem | System
