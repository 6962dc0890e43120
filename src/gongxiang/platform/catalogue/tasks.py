"""Work of the room on news from below: a holiday notice moves the authority's periods of review."""

from datetime import datetime

from gongxiang.platform.catalogue import actions, elements, queries, upkeep
from gongxiang.platform.catalogue.permissions import RECALCULATOR
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel.actors import System
from gongxiang.protocol import clock


def on_news() -> int:
    """Read the outbox; gives how many acts were handled."""
    return read_outbox("catalogue", {"calendar:notice_entered": _recount})


def _recount(_news: News) -> None:
    for resource_id in queries.with_running_clock():
        actions.recount_review(resource_id=resource_id, by=System(name=RECALCULATOR), at=clock.now())


def index_elements(*, at: datetime) -> int:
    """Index the elements of entries that were published before the index was there; gives how many."""
    versions = list(elements.not_indexed()[:500])
    for version in versions:
        elements.index_version(version)
    return len(versions)


def keep_upkeep(*, at: datetime) -> int:
    """Look again at entries that changed, or were not looked at for a day; gives how many."""
    return upkeep.refresh(at=at)
