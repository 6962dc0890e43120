"""Acts on disputes: opened, consulted on, mediated, put before the government, decided and carried out."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from gongxiang.platform.access import disputing, mediating, queries_dispute
from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access.states_dispute import DISPUTE
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.v1.disputes import checks
from gongxiang.platform.http_api.v1.disputes.cases import DisputeCase, _body


class Participant(Schema):
    """Somebody who took part in a consultation."""

    department: str = Field(max_length=256)
    name: str = Field(max_length=100)
    post: str = Field("", max_length=100)


def _neutral(permission: Any) -> Any:
    return checks.neutral(permission, "consumer_id", "provider_id")


def _act(name: str, path: str, action: Any, door: Any, arrow: Any = "", side: str = "", **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, side=side, **more)


enter_acts(
    Area(
        tag="Disputes", path="/disputes", key="dispute_id", answer=DisputeCase, door=permissions.VIEW,
        see=queries_dispute.get_dispute, body=_body, table=DISPUTE, name="dispute",
    ),
    (
        _act("open_dispute", "", disputing.open_dispute, permissions.OPEN, makes=True),
        _act(
            "record_meeting", "/meetings", disputing.record_meeting, permissions.RECORD, without=("terms",), may=checks.records,
            kinds={"participants": Annotated[list[Participant], Field(min_length=1, max_length=50)]},
        ),
        _act(
            "confirm_minutes", "/meetings/{uuid:meeting_id}/confirm", disputing.confirm_minutes, permissions.CONFIRM,
            may=checks.confirms,
        ),
        _act("withdraw_dispute", "/withdraw", disputing.withdraw_dispute, permissions.OPEN, "withdraw", may=checks.withdraws),
        _act(
            "open_hearing", "/hearing", mediating.open_hearing, permissions.MEDIATE, "hear",
            may=_neutral(permissions.MEDIATE),
        ),
        _act("make_statement", "/statement", mediating.make_statement, permissions.CONFIRM, may=checks.states_case),
        _act(
            "give_opinion", "/opinion/give", mediating.give_opinion, permissions.LEAD, "give_opinion",
            may=_neutral(permissions.LEAD), now=checks.gives,
        ),
        _act("answer_opinion", "/opinion/answer", mediating.answer_opinion, permissions.CONFIRM, may=checks.answers),
        _act(
            "submit_dispute", "/submit", mediating.submit_to_government, permissions.LEAD, "submit",
            may=_neutral(permissions.LEAD),
        ),
        _act("refer_dispute", "/refer", mediating.refer_dispute, permissions.LEAD, "refer"),
        _act(
            "carry_out_decision", "/carry-out", mediating.carry_out, permissions.LEAD,
            ("carry_out_opinion", "carry_out_decision"), now=checks.carries_out,
        ),
    ),
)  # fmt: skip
