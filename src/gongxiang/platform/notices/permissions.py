"""Who may do what with notices: everybody reads their own."""

from gongxiang.platform.kernel.actors import Actor, Person, Role
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

READ = Permission(name="notices.read", roles=frozenset(Role), signed_in=True)
#: The job that writes and sends them.
WRITER = "notices"
WRITE = Permission(name="notices.write", roles=frozenset(), systems=frozenset({WRITER}))


def own(actor: Actor) -> Person:
    """The person, who reads their own only."""
    READ.check(actor)
    if not isinstance(actor, Person):
        raise NotPermitted()
    return actor
