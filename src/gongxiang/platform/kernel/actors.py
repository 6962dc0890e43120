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
class Absent:
    """Somebody for whom a person stands in now, with the roles lent by it."""

    id: UUID
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person acting now, with the roles held now, those lent by absent colleagues included."""

    id: UUID
    name: str
    department_id: UUID
    department: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    stands_for: tuple[Absent, ...] = ()
    #: The roles that are only lent by those absent, not the person's own.
    lent: frozenset[Role] = field(default_factory=frozenset)
    #: Those on whose roles an act has rested: evidence names them, and they count as hands in the matter.
    acting_for: list[Absent] = field(default_factory=list, compare=False, repr=False)

    @property
    def own_roles(self) -> frozenset[Role]:
        """The roles held in the person's own right."""
        return self.roles - self.lent

    def has(self, *roles: Role) -> bool:
        """Whether the person holds any of the roles."""
        return bool(self.roles.intersection(roles))

    def lean_on(self, roles: frozenset[Role]) -> None:
        """Note for whom the person acts, where an act needs one of the roles and none is the person's own."""
        if self.own_roles & roles:
            return
        self.acting_for.extend(one for one in self.stands_for if one.roles & roles and one not in self.acting_for)

    @property
    def hands(self) -> frozenset[UUID]:
        """Who this act counts for where four eyes are asked: the person, and those for whom it is done."""
        return frozenset({self.id, *(one.id for one in self.acting_for)})

    def is_hand_of(self, *people: UUID | None) -> bool:
        """Whether the person, or one for whom this act is done, is among those who did an earlier step (four eyes)."""
        return not self.hands.isdisjoint(people)


class Scope(enum.StrEnum):
    """What an access token may open; a door that names no scope is opened by no token."""

    READ = "catalogue:read"
    COMPILE = "catalogue:compile"
    #: Reporting and answering corrections, which a department's own systems do as well.
    CORRECT = "corrections:write"
    #: Reading the access requests of the own department and those made to it.
    REQUESTS = "requests:read"
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
    def hands(self) -> frozenset[UUID]:
        """Who an act of the system counts for where four eyes are asked."""
        return frozenset({self.id})

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
