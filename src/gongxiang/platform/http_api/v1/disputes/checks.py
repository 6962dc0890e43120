"""What stands in the way of acts on disputes, filings and plans: the room's own checks, asked before the act."""

from typing import Any

from gongxiang.platform.access import errors
from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access import states_dispute as states
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol import clock

_BASIS = ("wushen-2021-60:21(2)", "cn-809:28.2")


def neutral(permission: Permission, *fields: str) -> Any:
    """Somebody of the authority that is no party."""
    return lambda row, actor: permissions.check_neutral(permission, actor, *(getattr(row, one) for one in fields))


def side(row: Any, actor: Any, permission: Permission = permissions.CONFIRM) -> str:
    """Which of the two sides."""
    return permissions.check_side(permission, actor, consumer_id=row.consumer_id, provider_id=row.provider_id)


def records(row: Any, actor: Any) -> None:
    """Minutes are written of a consultation that runs."""
    side(row, actor, permissions.RECORD)
    _in_time(row, states.CONSULTING, passed=states.IN_MEDIATION)


def confirms(row: Any, actor: Any) -> None:
    """Somebody else's minutes, that this side has not confirmed."""
    mine = side(row, actor)
    _in_time(row, states.CONSULTING, passed=states.IN_MEDIATION)
    open_ones = [one for one in row.meetings if getattr(one, f"{mine}_confirmed_at") is None]
    if not open_ones:
        raise refusals.ConfirmedAlready() if row.meetings else NotFound()
    acts, of = ["dispute:meeting_recorded"], [("dispute", row.id)]
    if all(actor.is_hand_of(*hands_in(one.recorded_by_id, of=of, acts=acts)) for one in open_ones):
        raise refusals.OwnMinutes()


def withdraws(row: Any, actor: Any) -> None:
    """Before something binds."""
    permissions.check_own(permissions.OPEN, actor, row.consumer_id)
    if row.status in states.BINDING:
        raise refusals.TooLateToWithdraw()


def states_case(row: Any, actor: Any) -> None:
    """Once for each side, while the hearing runs."""
    mine = side(row, actor)
    _in_time(row, states.HEARING)
    if row.stated(mine):
        raise refusals.StatedAlready()


def gives(row: Any, actor: Any) -> None:
    """What somebody else prepared."""
    if row.opinion is None:
        raise refusals.OpinionMissing()
    if actor.is_hand_of(*hands_in(row.opinion_by_id, of=[("dispute", row.id)], acts=["dispute:opinion_prepared"])):
        raise refusals.OwnOpinion()


def answers(row: Any, actor: Any) -> None:
    """Once for each side."""
    mine = side(row, actor)
    _in_time(row, states.OPINION_GIVEN)
    if getattr(row, f"{mine}_answer"):
        raise refusals.OpinionAnswered()


def carries_out(row: Any, actor: Any) -> None:
    """Never who recorded the decision."""
    recorded = hands_in(row.decision_recorded_by_id, of=[("dispute", row.id)], acts=["dispute:decision_recorded"])
    if row.status == states.DECISION_RECORDED and actor.is_hand_of(*recorded):
        raise refusals.OwnOpinion()


def proposes(row: Any, actor: Any) -> None:
    """What somebody else drafted, with every hit answered."""
    acts = ["collection_plan:drafted", "collection_plan:changed"]
    if actor.is_hand_of(*hands_in(row.drafted_by_id, of=[("collection_plan", row.id)], acts=acts)):
        raise errors.OwnDraft()
    left = [str(hit["target_name"]) for hit in row.hits if not hit["answer"]]
    if left:
        raise refusals.HitUnanswered(what="、".join(dict.fromkeys(left)))


def _in_time(row: Any, wanted: str, *, passed: str = "") -> None:
    if row.status != wanted:
        raise WrongState(state=row.status, subject="dispute", basis=_BASIS)
    if row.due_at is not None and clock.now() >= row.due_at:
        raise WrongState(state=passed or row.status, subject="dispute", basis=_BASIS)
