"""Periodic work of the room: periods that ended, and periods that a new calendar moves."""

import logging
from datetime import datetime

from gongxiang.platform.access import actions, queries
from gongxiang.platform.access.permissions import RECALCULATOR, SWEEPER
from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.kernel.actors import System

_log = logging.getLogger(__name__)


def sweep_overdue(at: datetime) -> int:
    """Pass every request whose period ended to the authority; gives how many.

    1. Read the requests by the end of their period.
    2. Lock each, look again, move it as of that instant: two sweepers at once make one event.
    """
    lapsed = 0
    for access_request_id in queries.overdue(at):
        try:
            moved = actions.lapse_reply(access_request_id=access_request_id, by=System(name=SWEEPER), at=at)
        except ChangedMeanwhile:
            continue
        lapsed += moved is not None
    if lapsed:
        _log.info("%d requests passed to the authority", lapsed)
    return lapsed


def recount(at: datetime) -> None:
    """Count the running periods anew: the rulebook asks for it after a holiday notice."""
    for access_request_id in queries.with_running_clock(at):
        actions.recompute_deadline(access_request_id=access_request_id, by=System(name=RECALCULATOR), at=at)
