"""Who may ask for a batch; whether the act may be done is asked of its own room, each time."""

from gongxiang.platform.kernel.actors import Role, Scope
from gongxiang.platform.kernel.permissions import Permission

ASK = Permission(
    name="batches.ask",
    roles=frozenset({
        Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER,
    }),
    scope=Scope.ACT,
)  # fmt: skip
#: The job that does the acts, one after the other.
RUNNER = "batch-runner"
RUN = Permission(name="batches.run", roles=frozenset(), systems=frozenset({RUNNER}))
