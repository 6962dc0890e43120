"""Business matters and systems: entered, ended, and a matter's form items held against what the platform has."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from gongxiang.platform.catalogue import actions, matters
from gongxiang.platform.catalogue.permissions import COMPILE, NAME_SOURCE, QUALITY
from gongxiang.platform.http_api.acts import Act, Area, Done, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.platform.http_api.v1.registers.systems import Matter, System
from gongxiang.platform.parties import actions as parties_actions
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.permissions import KEEP_REGISTERS, READ_REGISTERS
from gongxiang.protocol.canonical import plain

_Tier = Literal["own", "city", "regional", "national"]
_Network = Literal["extranet", "internet", "dedicated", "standalone"]


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """A register entry; registers are open to everybody who is signed in."""

    find: Any

    def __call__(self, key: UUID, *, actor: Any) -> Any:
        return self.find(key)


enter_acts(
    Area(
        tag="Registers", path="/matters", key="matter_id", answer=Matter, door=READ_REGISTERS,
        see=_Seen(find=parties.matter_ref), body=plain, name="matter",
    ),
    (
        Act(name="register_matter", path="", action=parties_actions.register_matter, door=KEEP_REGISTERS, makes=True),
        Act(name="end_matter", path="/end", action=parties_actions.end_matter, door=KEEP_REGISTERS),
    ),
)  # fmt: skip
enter_acts(
    Area(
        tag="Registers", path="/systems", key="system_id", answer=System, door=READ_REGISTERS,
        see=_Seen(find=parties.system_ref), body=plain, name="system",
    ),
    (
        Act(
            name="register_system", path="", action=parties_actions.register_system, door=KEEP_REGISTERS, makes=True,
            kinds={"tier": _Tier, "network": _Network},
        ),
        Act(
            name="plan_system", path="/plan", action=parties_actions.plan_system, door=KEEP_REGISTERS,
            kinds={"network": _Network}, method="PUT",
        ),
        Act(name="end_system", path="/end", action=parties_actions.end_system, door=KEEP_REGISTERS),
    ),
)  # fmt: skip
_STATE = Area(
    tag="Registers", path="/matters", key="matter_id", answer=schema_of(matters.MatterState, sent=False), door=QUALITY,
    see=matters.state_of, body=plain, name="matter_state",
)  # fmt: skip
enter_acts(
    _STATE,
    (
        Act(name="link_matter", path="/links", action=actions.link_matter, door=COMPILE),
        Act(name="unlink_matter", path="/links/{uuid:link_id}/remove", action=actions.unlink_matter, door=COMPILE),
        Act(name="list_form_items", path="/items", action=actions.list_form_items, door=COMPILE),
        Act(name="justify_form_item", path="/items/{uuid:item_id}/justify", action=actions.justify_item, door=COMPILE),
    ),
)


@endpoint(
    "GET", "/matters/{uuid:matter_id}/state", door=QUALITY, name="get_matter_state", tag="Registers", answer=_STATE.answer
)
def state(request: Called, matter_id: UUID) -> Any:
    """What a matter uses, and what it still asks of people though the platform has it."""
    return plain(matters.state_of(matter_id, actor=request.actor))


enter_acts(
    Area(
        tag="Registers", path="/sources", key="source_id", answer=Done, door=NAME_SOURCE, see=_Seen(find=None), body=dict,
        name="source",
    ),
    (Act(name="name_source", path="", action=actions.name_source, door=NAME_SOURCE, ends=True, makes=True),),
)  # fmt: skip
