"""What stands in the way of acts on corrections: the room's own checks, asked before the act."""

from typing import Any

from gongxiang.platform.corrections import actions, errors, permissions, policies, states
from gongxiang.platform.grants import queries as grants


def forwards(row: Any, actor: Any) -> None:
    """The verifying department, or the authority."""
    if not actor.has(*permissions.AUTHORITY):
        permissions.check_of_department(permissions.FORWARD, actor, row.provider_id)


def forwards_once(row: Any, actor: Any) -> None:
    """The department itself does so once."""
    if row.forwarded_at is not None and not actor.has(*permissions.AUTHORITY):
        raise errors.ForwardedAlready()


def accepts(row: Any, actor: Any) -> None:
    """Where the platform sees the correction arrive, it waits for it."""
    policies.check_can_accept(row, flowing=actions.flows_of(row))


def objects(row: Any, actor: Any) -> None:
    """A refutation, once."""
    policies.check_can_object(row)


def deposits(row: Any, actor: Any) -> None:
    """As long as it can be verified, under a grant that is open."""
    states.CORRECTION.find("assign", row.status)
    if grants.live_grant(row.grant_id) is None:
        raise errors.GrantClosed()


def reads(row: Any, actor: Any) -> None:
    """What was deposited and is kept."""
    if row.claim_at is None:
        raise errors.ClaimMissing()
    policies.check_claim_kept(row.status)


def reminds(row: Any, actor: Any) -> None:
    """While somebody verifies."""
    if row.status not in (*states.VERIFYING, states.OVERDUE):
        states.CORRECTION.find("forward", row.status)
