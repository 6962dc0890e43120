"""Periodic work of the room: agreements whose last day is over."""

from datetime import datetime

from gongxiang.platform.agreements import actions, queries
from gongxiang.platform.kernel.actors import System
from gongxiang.protocol.clock import BEIJING

JOB = System(name="agreement-clock")


def expire_agreements(at: datetime) -> int:
    """Expire what has run out; returns how many. Hourly is often enough: the gate looks at the dates itself."""
    ended = queries.run_out(at.astimezone(BEIJING).date())
    for agreement_id in ended:
        actions.expire_agreement(agreement_id=agreement_id, by=JOB, at=at)
    return len(ended)
