"""Periodic work of the room: periods that ended, and periods that a new calendar moves."""

import logging
from datetime import datetime
from uuid import UUID

from gongxiang.platform.access import (
    actions,
    collecting,
    mediating,
    queries,
    queries_collection,
    queries_dispute,
    queries_superior,
    superiors,
)
from gongxiang.platform.access.errors_dispute import EntryLacksItems
from gongxiang.platform.access.permissions import RECALCULATOR, RETURN_WATCHER, SWEEPER
from gongxiang.platform.access.permissions_dispute import PLAN_FINISHER
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.transitions import WrongState

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
    lapsed += _sweep_disputes(at)
    if lapsed:
        _log.info("%d periods ended", lapsed)
    return lapsed


def _sweep_disputes(at: datetime) -> int:
    """Hearings and answers to opinions that are over, statements of non-existence that nobody answered."""
    by, moved = System(name=SWEEPER), 0
    for dispute_id in queries_dispute.lapsed(at):
        moved += mediating.lapse_step(dispute_id=dispute_id, by=by, at=at) is not None
    for absence_id in queries_collection.lapsed(at):
        moved += collecting.lapse_absence(absence_id=absence_id, by=by, at=at) is not None
    return moved


def on_news() -> int:
    """Read the outbox: a published entry ends the plan to collect its data."""
    return read_outbox("access", {"resource:published": _finish_plans})


def recount(at: datetime) -> None:
    """Count the running periods anew: the rulebook asks for it after a holiday notice."""
    for access_request_id in queries.with_running_clock():
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


def recount_disputes(at: datetime) -> None:
    """The same for disputes."""
    for dispute_id in queries_dispute.with_running_clock():
        mediating.recount_dispute(dispute_id=dispute_id, by=System(name=RECALCULATOR), at=at)


def recount_collection(at: datetime) -> None:
    """The same for filings and collection plans."""
    for kind, key in queries_collection.with_running_clock():
        collecting.recount(kind=kind, key=key, by=System(name=RECALCULATOR), at=at)


def _finish_plans(news: News) -> None:
    """End the plans of the entry's department that it fulfils; the others wait for theirs."""
    entry = catalogue.get_resource(UUID(news.subject_id))
    for plan_id in queries_collection.approved_of(entry.provider_id):
        try:
            collecting.finish_plan(plan_id=plan_id, resource_id=entry.id, by=System(name=PLAN_FINISHER), at=news.occurred_at)
        except (EntryLacksItems, WrongState):
            continue
