"""What the page of a dispute shows: possible acts with their reasons, terms in words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access import states_dispute as states
from gongxiang.platform.access.queries import read_reply
from gongxiang.platform.access.queries_dispute import DisputeView, MeetingView
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.web.grants import words
from gongxiang.platform.web.possible import Possible, possible


def acts_of(dispute: DisputeView, actor: Person) -> dict[str, Possible]:
    """What may be done now, judged by the functions that refuse."""

    def arrow(act: str) -> None:
        states.DISPUTE.find(act, dispute.status)

    def in_state(*wanted: str) -> None:
        if dispute.status not in wanted:
            raise WrongState(state=dispute.status, subject="dispute", basis=("cn-809:28.2",))

    def side(permission: Permission) -> str:
        return permissions.check_side(permission, actor, consumer_id=dispute.consumer_id, provider_id=dispute.provider_id)

    def neutral(permission: Permission) -> Person:
        return permissions.check_neutral(permission, actor, dispute.consumer_id, dispute.provider_id)

    def consults(permission: Permission) -> None:
        side(permission)
        in_state(states.CONSULTING)

    def states_case() -> None:
        mine = side(permissions.CONFIRM)
        in_state(states.HEARING)
        if dispute.stated(mine):
            raise refusals.StatedAlready()

    def answers() -> None:
        mine = side(permissions.CONFIRM)
        in_state(states.OPINION_GIVEN)
        if getattr(dispute, f"{mine}_answer"):
            raise refusals.OpinionAnswered()

    def gives() -> None:
        neutral(permissions.LEAD)
        in_state(states.HEARD)
        if dispute.opinion is None:
            raise refusals.OpinionMissing()
        if actor.is_hand_of(dispute.opinion_by_id):
            raise refusals.OwnOpinion()

    def carries_out() -> None:
        permissions.LEAD.check(actor)
        in_state(*states.BINDING)
        if dispute.status == states.DECISION_RECORDED and actor.is_hand_of(dispute.decision_recorded_by_id):
            raise refusals.OwnOpinion()

    def withdraws() -> None:
        permissions.check_own(permissions.OPEN, actor, dispute.consumer_id)
        if dispute.status in states.BINDING:
            raise refusals.TooLateToWithdraw()
        arrow("withdraw")

    found = {
        "meeting": possible(lambda: consults(permissions.RECORD)),
        "mediate": possible(lambda: consults(permissions.CONFIRM)),
        "attach": possible(lambda: permissions.ATTACH.check(actor), lambda: in_state(*states.OPEN)),
        "hearing": possible(lambda: neutral(permissions.MEDIATE), lambda: arrow("hear")),
        "statement": possible(states_case),
        "opinion": possible(lambda: neutral(permissions.MEDIATE), lambda: in_state(states.HEARD)),
        "give": possible(gives),
        "answer": possible(answers),
        "submit": possible(lambda: neutral(permissions.LEAD), lambda: arrow("submit")),
        "refer": possible(lambda: permissions.LEAD.check(actor), lambda: arrow("refer")),
        "decision": possible(lambda: permissions.MEDIATE.check(actor), lambda: arrow("record_decision")),
        "carry_out": possible(carries_out),
        "withdraw": possible(withdraws),
    }
    # An act of another step is no reason to show on the page of a dispute that is over, or not there yet.
    here = {
        "hearing": states.IN_MEDIATION, "statement": states.HEARING, "opinion": states.HEARD, "give": states.HEARD,
        "answer": states.OPINION_GIVEN, "submit": states.NOT_ACCEPTED,
    }  # fmt: skip
    shown = {
        **{name: dispute.status == status for name, status in here.items()},
        "meeting": dispute.status == states.CONSULTING, "mediate": dispute.status == states.CONSULTING,
        "refer": dispute.status in (*states.MEDIATING, states.NOT_ACCEPTED),
        "decision": dispute.status in (states.BEFORE_GOVERNMENT, states.REFERRED),
        "carry_out": dispute.status in states.BINDING, "withdraw": dispute.is_open, "attach": dispute.is_open,
    }  # fmt: skip
    return {name: replace(one, shown=one.shown and shown[name]) for name, one in found.items()}


def confirmable(dispute: DisputeView, meeting: MeetingView, actor: Person) -> Possible:
    """Whether the actor may confirm these minutes now."""

    def check() -> None:
        mine = permissions.check_side(
            permissions.CONFIRM, actor, consumer_id=dispute.consumer_id, provider_id=dispute.provider_id
        )
        if dispute.status != states.CONSULTING:
            raise WrongState(state=dispute.status, subject="dispute", basis=("cn-809:28.2",))
        if actor.is_hand_of(meeting.recorded_by_id):
            raise refusals.OwnMinutes()
        if getattr(meeting, f"{mine}_confirmed_at") is not None:
            raise refusals.ConfirmedAlready()

    found = possible(check)
    return replace(found, shown=found.shown and dispute.status == states.CONSULTING)


def sentences(value: Mapping[str, Any] | None, names: Mapping[str, str]) -> list[str]:
    """Terms in plain words; empty where nothing is granted."""
    if not value or value.get("outcome") != "grant":
        return []
    reply = read_reply(dict(value))
    return words.sentences(
        elements=reply.elements, masks=reply.masks, conditions=reply.conditions, purposes=reply.purposes, volume=reply.volume,
        names=names,
    )  # fmt: skip
