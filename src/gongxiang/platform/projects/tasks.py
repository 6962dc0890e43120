"""Work of the room: the authority's periods that a new calendar moves."""

from datetime import datetime

from gongxiang.platform.kernel.actors import System
from gongxiang.platform.projects import actions, queries
from gongxiang.platform.projects.permissions import RECALCULATOR


def recount(at: datetime) -> None:
    """Count the running periods anew: the rulebook asks for it after a holiday notice."""
    for project_id in queries.with_running_clock():
        actions.recount_deadline(project_id=project_id, by=System(name=RECALCULATOR), at=at)
