"""Periodic work of the room: periods of answer that ended, and periods that a new calendar moves."""

from datetime import datetime
from uuid import UUID

from gongxiang.platform.demands import actions, queries
from gongxiang.platform.demands.permissions import FULFILLER, RECALCULATOR, SWEEPER
from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel.actors import System
from gongxiang.protocol import clock


def sweep_overdue(at: datetime) -> int:
    """Pass every demand whose period of answer ended to the authority; gives how many."""
    lapsed = 0
    for demand_id in queries.overdue(at):
        try:
            moved = actions.lapse_answer(demand_id=demand_id, by=System(name=SWEEPER), at=at)
        except ChangedMeanwhile:
            continue
        lapsed += moved is not None
    return lapsed


def on_news() -> int:
    """Read the outbox: a published entry serves who waits for it."""
    return read_outbox("demands", {"resource:published": _fulfil})


def _fulfil(news: News) -> None:
    for demand_id in queries.waiting_for_entry(UUID(news.subject_id)):
        actions.fulfil_demand(demand_id=demand_id, by=System(name=FULFILLER), at=clock.now())


def recount(at: datetime) -> None:
    """Count the running periods anew: the rulebook asks for it after a holiday notice."""
    for demand_id in queries.with_running_clock():
        actions.recount_deadline(demand_id=demand_id, by=System(name=RECALCULATOR), at=at)
