"""Periodic work of the room: periods that ended, and periods that a new calendar moves."""

import logging
from datetime import datetime

from gongxiang.platform.access import actions, queries, queries_superior, superiors
from gongxiang.platform.access.permissions import RECALCULATOR, RETURN_WATCHER, SWEEPER
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


def recount_superiors(at: datetime) -> None:
    """Count the periods of superiors' answers anew."""
    for key in queries_superior.with_running_clock(at):
        superiors.recount_answer(superior_request_id=key, by=System(name=RECALCULATOR), at=at)


def sweep_superiors(at: datetime) -> int:
    """Note where no superior answered within the period, and where data asked for above began to flow; gives how many."""
    moved = 0
    for key in queries_superior.overdue(at):
        try:
            moved += superiors.lapse_answer(superior_request_id=key, by=System(name=SWEEPER), at=at) is not None
        except ChangedMeanwhile:
            continue
    for key, seen_at in superiors.awaited_and_seen().items():
        try:
            found = superiors.note_flowing(superior_request_id=key, seen_at=seen_at, by=System(name=RETURN_WATCHER), at=at)
        except ChangedMeanwhile:
            continue
        moved += found is not None
    return moved
