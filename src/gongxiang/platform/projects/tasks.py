"""Work of the room on news from below: a holiday notice moves the authority's periods."""

from gongxiang.platform.evidence.queries import News
from gongxiang.platform.evidence.tasks import read_outbox
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.projects import actions, queries
from gongxiang.platform.projects.permissions import RECALCULATOR
from gongxiang.protocol import clock


def on_news() -> int:
    """Read the outbox; gives how many acts were handled."""
    return read_outbox("projects", {"calendar:notice_entered": _recount})


def _recount(_news: News) -> None:
    for project_id in queries.with_running_clock():
        actions.recount_deadline(project_id=project_id, by=System(name=RECALCULATOR), at=clock.now())
