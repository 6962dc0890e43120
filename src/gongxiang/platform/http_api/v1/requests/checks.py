"""What stands in the way of acts on requests: the room's own checks, asked before the act."""

from typing import Any

from gongxiang.platform.access import dispute_sync, errors, permissions, policies, queries_extension, states, talking
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol import clock


def drafted_by_another(row: Any, actor: Any) -> None:
    """Four eyes: never who drafted it."""
    seen = row.seen
    drafted = hands_in(seen.drafted_by_id, of=[("access_request", seen.id)], acts=["access_request:drafted"])
    if actor.is_hand_of(*drafted):
        raise errors.OwnDraft()


def submits(row: Any, actor: Any) -> None:
    """After the own officer's consent."""
    if row.status in (states.DRAFT, states.PRESENTED):
        raise errors.OfficerConsentMissing()
    states.ACCESS_REQUEST.find("submit", row.status)


def withdraws(row: Any, actor: Any) -> None:
    """What was submitted, its officer only."""
    permissions.check_actor_can_withdraw(actor, row.consumer_id, submitted=row.seen.submitted_at is not None)


def notifies(row: Any, actor: Any) -> None:
    """Once, while the period runs."""
    policies.check_can_notify(row.seen, ["?"])
    states.ACCESS_REQUEST.find("notify_incomplete", row.status)
    if row.seen.due_at is not None and clock.now() >= row.seen.due_at:
        raise WrongState(state=states.REPLY_OVERDUE, basis=("cn-809:21.2",))


def replies(row: Any, actor: Any) -> None:
    """The provider, or the authority at its turn; never the applicant."""
    _side(row, actor)


def gives(row: Any, actor: Any) -> None:
    """What somebody else prepared."""
    side, seen = _side(row, actor, gives=True), row.seen
    if seen.prepared is None or seen.prepared_for != side:
        raise errors.NoReplyPrepared()
    if actor.is_hand_of(seen.prepared_by_id):
        raise errors.OwnReply()


def _side(row: Any, actor: Any, *, gives: bool = False) -> str:
    side = permissions.answering_side(actor, row.provider_id)
    if actor.department_id == row.consumer_id:
        raise NotPermitted()
    if row.status not in (states.ANSWERABLE if side == "provider" else states.DECIDABLE):
        raise WrongState(state=row.status, basis=("wushen-2021-60:21(2)", "cn-809:21.1"))
    dispute_sync.check_not_in_dispute(row.id, row.status)
    if gives:
        permissions.check_actor_can_give(actor, side)
    return side


def extends(row: Any, actor: Any) -> None:
    """A running period, once."""
    _running(row)
    if queries_extension.extension_of(row.id) is not None:
        raise errors.ExtendedBefore()


def decides_extension(row: Any, actor: Any) -> None:
    """What somebody else asked for, while the period runs."""
    asked = queries_extension.extension_of(row.id)
    if asked is None or asked.status != states.ASKED:
        raise errors.NoExtensionAsked()
    if actor.is_hand_of(asked.asked_by_id):
        raise NotPermitted()
    _running(row)


def talks(row: Any, actor: Any) -> None:
    """One of the sides or the authority, while the request is open."""
    talking.side_of(row.seen, actor)
    if row.seen.submitted_at is None or row.status not in states.OPEN:
        raise errors.ThreadClosed()


def detaches(row: Any, actor: Any) -> None:
    """From a draft."""
    if row.status != states.DRAFT:
        raise WrongState(state=row.status, subject="access_request", basis=("cn-809:20.2",))


def _running(row: Any) -> None:
    seen = row.seen
    policies.check_can_extend(status=seen.status, unconditional=seen.unconditional, due_at=seen.due_at, at=clock.now())
