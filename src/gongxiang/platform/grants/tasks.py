"""Periodic work of the room: what is over, overdue, or moved by a new calendar."""

import logging
from datetime import datetime
from uuid import UUID

from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.grants import (
    actions,
    clocks,
    disposing,
    handlers,
    holding,
    providing,
    queries,
    queries_rectify,
    queries_stop,
    queries_use,
    questions,
    rectifying,
    serving,
    stopping,
    use_records,
    use_reports,
)
from gongxiang.platform.grants.permissions import (
    AGREEMENT_GATE,
    DISPOSAL_CLOCK,
    EXPIRER,
    PROVISION_CLOCK,
    RECALCULATOR,
    RECTIFICATION_SWEEPER,
    REPORT_SWEEPER,
    STOP_CLOCK,
    STOPPER,
    USE_KEEPER,
)
from gongxiang.platform.grants.policies import NO_AGREEMENT
from gongxiang.platform.grants.states import ACTIVE, SUSPENDED
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


def watch_agreements(at: datetime) -> int:
    """Let grants rest whose side has no agreement in force, and go on once it has; gives how many changed (art. 18)."""
    by, changed = System(name=AGREEMENT_GATE), 0
    known: dict[tuple[UUID, str], bool] = {}

    def covered(department_id: UUID, side: str) -> bool:
        if (department_id, side) not in known:
            known[department_id, side] = holding.covered(department_id, side, at)
        return known[department_id, side]

    for grant_id, provider_id, consumer_id, status, reason in queries.live_pairs():
        open_to_both = covered(provider_id, "provider") and covered(consumer_id, "consumer")
        try:
            if status == ACTIVE and not open_to_both:
                changed += holding.hold_grant(grant_id=grant_id, by=by, at=at) is not None
            elif status == SUSPENDED and reason == NO_AGREEMENT and open_to_both:
                changed += holding.release_grant(grant_id=grant_id, by=by, at=at) is not None
        except ChangedMeanwhile:
            continue
    return changed


def recount(at: datetime) -> None:
    """Count the times to object anew: the rulebook asks for it after a holiday notice."""
    for running in queries_stop.open_stop_deadlines(at):
        notice_id = UUID(running.subject.partition(":")[2])
        stopping.recount_stop(notice_id=notice_id, by=System(name=STOP_CLOCK), at=at)


def stop_sharing(at: datetime) -> int:
    """Carry out the ends of sharing whose filed day has passed; gives how many."""
    for notice_id in (due := queries_stop.stops_due(at)):
        stopping.carry_out_stop(notice_id=notice_id, by=System(name=STOPPER), at=at)
    return len(due)


def recount_use(at: datetime) -> None:
    """Count the periods of rectifications and the like anew: the rulebook asks for it after a holiday notice."""
    clocks.recount_deadlines(by=System(name=RECALCULATOR), at=at)


def lapse_rectifications(at: datetime) -> int:
    """Pass rectifications whose day is over back to who demanded them; gives how many."""
    lapsed = 0
    for key in queries_rectify.lapsing(at):
        try:
            moved = rectifying.lapse_rectification(rectification_id=key, by=System(name=RECTIFICATION_SWEEPER), at=at)
        except ChangedMeanwhile:
            continue
        lapsed += moved is not None
    return lapsed


def keep_use_true(at: datetime) -> int:
    """What concerns the use of grants and is not urgent: reports to open or overdue, handlers who left, provision, disposal."""
    done = handlers.end_leavers(at) + serving.order_missing(at)
    sweeper = System(name=REPORT_SWEEPER)
    for key in queries_use.report_candidates(at):
        done += use_reports.open_use_report(grant_id=key, by=sweeper, at=at) is not None
    for key in queries_use.lapsed_reports(at):
        done += use_reports.lapse_use_report(report_id=key, by=sweeper, at=at) is not None
    for key in queries_use.lapsed_provisions(at):
        done += providing.lapse_provision(grant_id=key, by=System(name=PROVISION_CLOCK), at=at) is not None
    for key in queries_use.lapsed_disposals(at):
        done += disposing.lapse_disposal(grant_id=key, by=System(name=DISPOSAL_CLOCK), at=at) is not None
    return done


def find_drift(at: datetime) -> int:
    """Ask consumers about signs that the real use differs from what was stated; gives how many were asked."""
    return questions.find_drift(at)


def forget_use_records(at: datetime) -> int:
    """Remove lines of use whose period is over; gives how many."""
    return use_records.forget_use_records(by=System(name=USE_KEEPER), at=at)
