"""Who may do what with notices: everybody reads their own."""

from gongxiang.platform.kernel.actors import Actor, Person, Role, Scope
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission

READ = Permission(name="notices.read", roles=frozenset(Role), signed_in=True, scope=Scope.ACT)
#: The job that writes and sends them.
WRITER = "notices"
WRITE = Permission(name="notices.write", roles=frozenset(), systems=frozenset({WRITER}))


def own(actor: Actor) -> Person:
    """The person, who reads their own only."""
    READ.check(actor)
    if not isinstance(actor, Person):
        raise NotPermitted()
    return actor


#: A department's own office system: whoever answers for the department, or runs its machines.
KEEP_WEBHOOK = Permission(
    name="notices.keep_webhook", roles=frozenset({Role.ACCOUNTABLE_OFFICER, Role.NODE_OPERATOR, Role.AUTHORITY_LEADER})
)
#: Seeing that letters do not arrive: names of people and what the server said.
READ_MAIL_FAILURES = Permission(name="notices.read_mail_failures", roles=frozenset({Role.SYSTEM_ADMIN}))
