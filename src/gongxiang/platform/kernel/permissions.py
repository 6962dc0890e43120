"""Permissions: which roles may go through a door; every URL, API endpoint and command names one.

A room's `permissions.py` makes `Permission` constants; `check` raises, `allows` answers. Record-level questions (is it my
department's?) stay in the room's own functions.
"""

from dataclasses import dataclass

from gongxiang.platform.kernel.actors import Actor, CallingSystem, Person, Role, Scope, System
from gongxiang.platform.kernel.errors import NeedsPerson, NotPermitted, ScopeMissing

_registry: dict[str, "Permission"] = {}


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A named right: `catalogue.publish`; `roles` hold it; `systems` are the names of jobs that hold it."""

    name: str
    roles: frozenset[Role]
    systems: frozenset[str] = frozenset()
    public: bool = False
    #: Whether every person passes who is signed in, also one who holds no role yet.
    signed_in: bool = False
    #: Whether passing the door asks for a fresh second factor.
    second_factor: bool = False
    #: The scope with which an access token passes; None: no token does.
    scope: Scope | None = None

    def __post_init__(self) -> None:
        if self.name in _registry:
            raise ValueError(f"permission {self.name} is defined twice")
        _registry[self.name] = self

    def allows(self, actor: Actor | None) -> bool:
        """Whether the actor may pass; nobody is anonymous unless the door is public."""
        if actor is None:
            return self.public
        if isinstance(actor, System):
            return actor.name in self.systems
        if isinstance(actor, CallingSystem):
            return self.opens_to_systems and self.scope in actor.scopes
        return self.public or self.signed_in or bool(self.roles & actor.roles)

    def check(self, actor: Actor | None) -> None:
        """Raise NotPermitted unless the actor may pass."""
        if self.allows(actor):
            if isinstance(actor, Person) and not (self.public or self.signed_in):
                actor.lean_on(self.roles)
            return
        if isinstance(actor, CallingSystem):
            raise ScopeMissing(scope=self.scope) if self.opens_to_systems else NeedsPerson()
        raise NotPermitted()

    @property
    def opens_to_systems(self) -> bool:
        """Whether a department's system can hold this right at all."""
        return self.scope in (Scope.READ, Scope.COMPILE, Scope.CORRECT, Scope.REQUESTS) and not self.second_factor


#: Anyone, signed in or not: the login page, static help.
PUBLIC = Permission(name="site.public", roles=frozenset(Role), public=True)
#: Anyone who is signed in.
SIGNED_IN = Permission(name="site.signed_in", roles=frozenset(Role), signed_in=True)
