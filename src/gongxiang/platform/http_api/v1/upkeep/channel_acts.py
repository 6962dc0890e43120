"""Acts on exchanges outside the platform: declared, confirmed, planned, moved, exempted, closed."""

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from gongxiang.platform.delivery import channels, permissions, queries_channels
from gongxiang.platform.delivery.states_channels import OUTSIDE_CHANNEL
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.v1.upkeep import checks
from gongxiang.platform.http_api.v1.upkeep.channels import OutsideChannel, _body


class ChannelStepSent(Schema):
    """One step of a plan."""

    day: date
    step: str = Field(max_length=300)


def _steps(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "steps": [(one["day"], one["step"]) for one in given["steps"]]}


def _act(name: str, path: str, action: Any, door: Any, arrow: str, **more: Any) -> Act:
    return Act(name=name, path=path, action=action, door=door, arrow=arrow, **more)


_PLAN, _SIDES = permissions.PLAN_CHANNEL, ("provider_id", "consumer_id")
enter_acts(
    Area(
        tag="Upkeep", path="/outside-channels", key="channel_id", answer=OutsideChannel, door=permissions.VIEW_CHANNELS,
        see=queries_channels.get_channel, body=_body, table=OUTSIDE_CHANNEL, name="outside_channel",
    ),
    (
        _act("declare_channel", "", channels.declare_channel, permissions.DECLARE_CHANNEL, "", makes=True),
        _act("confirm_channel", "/confirm", channels.confirm_channel, permissions.CONFIRM_CHANNEL, "confirm"),
        _act("dismiss_channel", "/dismiss", channels.dismiss_channel, permissions.CONFIRM_CHANNEL, "dismiss"),
        _act(
            "plan_channel", "/plan", channels.plan_channel, _PLAN, "plan", given=_steps, side=_SIDES,
            kinds={"steps": Annotated[list[ChannelStepSent], Field(min_length=1, max_length=100)]},
        ),
        _act(
            "finish_channel_step", "/steps/finish", channels.finish_step, permissions.MOVE_CHANNEL, "", side=_SIDES,
            now=checks.finishes_step,
        ),
        _act("migrate_channel", "/migrate", channels.migrate_channel, permissions.MOVE_CHANNEL, "migrate", side=_SIDES),
        _act("ask_channel_exemption", "/exemption", channels.ask_exemption, _PLAN, "ask_exemption", side=_SIDES),
        _act(
            "exempt_channel", "/exemption/grant", channels.exempt_channel, permissions.EXEMPT_CHANNEL, "exempt",
            now=checks.exempts,
        ),
        _act(
            "decline_channel_exemption", "/exemption/decline", channels.decline_exemption, permissions.EXEMPT_CHANNEL,
            "decline",
        ),
        _act("close_channel", "/close", channels.close_channel, _PLAN, "close", side=_SIDES),
        _act("reopen_channel", "/reopen", channels.reopen_channel, permissions.CONFIRM_CHANNEL, "reopen"),
    ),
)  # fmt: skip
