"""Work of the room on its own news: a holiday notice has every room that joined count its clocks anew."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.rulebook import queries
from gongxiang.protocol import clock

_log = logging.getLogger(__name__)
NOTICE = "calendar:notice_entered"


def on_news() -> int:
    """Read the outbox once for each room with clocks: where one fails, the others have moved all the same."""
    done = 0
    failed: list[Exception] = []
    for name, recount in queries.recounts().items():
        try:
            done += read_outbox(f"clocks:{name}", {NOTICE: partial(_recount, recount)})
        except Exception as problem:
            _log.exception("the clocks of %s were not counted anew", name)
            failed.append(problem)
    if failed:
        raise failed[0]
    return done


def recount_all(at: datetime) -> None:
    """Count the clocks of every room anew."""
    for recount in queries.recounts().values():
        recount(at)


def _recount(recount: Callable[[datetime], object], _news: News) -> None:
    queries.forget_calendar()
    recount(clock.now())
