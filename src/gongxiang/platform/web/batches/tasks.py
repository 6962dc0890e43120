"""The worker's part of batches: their acts, one after the other."""

from gongxiang.platform.batches import actions
from gongxiang.platform.batches.permissions import RUNNER
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.web.batches.kinds import CARRY_OUT
from gongxiang.protocol import clock


def run_batches() -> int:
    """Do the next act of a batch that somebody asked for; gives how many."""
    return int(actions.run_next_item(carry_out=CARRY_OUT, by=System(name=RUNNER), at=clock.now()))
