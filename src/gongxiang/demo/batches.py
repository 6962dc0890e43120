"""A batch in the demo: a clerk ticks drafts that are not whole yet and sends them; the page says of each what is missing."""

from gongxiang.demo.banner import Banner
from gongxiang.platform.batches import actions as batches
from gongxiang.platform.batches.actions import Wanted
from gongxiang.platform.batches.permissions import RUNNER
from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.web.batches.kinds import CARRY_OUT
from gongxiang.protocol import clock

_NAMES = ("广告经营主体信息", "计量器具检定信息", "特种设备使用登记信息")


def send_drafts(banner: Banner) -> None:
    """Three drafts of the market regulation bureau, sent in one act; the worker would do the same."""
    clerk = banner.offices["shijian"].clerk
    drafts = [
        actions.draft_resource(content=Content(name=name, summary=f"全旗{name}。"), by=clerk, at=clock.now()) for name in _NAMES
    ]
    batch_id = batches.ask_batch(
        kind="entries", act="send", items=[Wanted(subject_id=one.id, name=one.name) for one in drafts], said={"back": "mine"},
        by=clerk, at=clock.now(),
    )  # fmt: skip
    while batches.run_next_item(batch_id=batch_id, carry_out=CARRY_OUT, by=System(name=RUNNER), at=clock.now()):
        continue
