"""Periodic work of the room: grants whose period is over."""

import logging
from datetime import datetime

from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.grants import actions, queries, queries_stop, stopping
from gongxiang.platform.grants.permissions import EXPIRER, STOPPER
from gongxiang.platform.kernel.actors import System

_log = logging.getLogger(__name__)


def expire_grants(at: datetime) -> int:
    """End every grant whose period is over; gives how many. Two sweepers at once end each grant once."""
    ended = 0
    for grant_id in queries.due_to_expire(at):
        try:
            ended += actions.expire_grant(grant_id=grant_id, by=System(name=EXPIRER), at=at) is not None
        except ChangedMeanwhile:
            continue
    if ended:
        _log.info("%d grants ended with their period", ended)
    return ended


def stop_sharing(at: datetime) -> int:
    """Carry out the ends of sharing whose filed day has passed; gives how many."""
    for notice_id in (due := queries_stop.stops_due(at)):
        stopping.carry_out_stop(notice_id=notice_id, by=System(name=STOPPER), at=at)
    return len(due)
