"""What of this room hangs on a department that is merged."""

from uuid import UUID

from gongxiang.platform.parties.changes import Standing
from gongxiang.platform.projects import states
from gongxiang.platform.projects.models import Project


def standing_of(department_id: UUID) -> list[Standing]:
    """Projects that are neither accepted nor cancelled."""
    ended = (states.ACCEPTED, states.CANCELLED)
    rows = Project.objects.filter(department_id=department_id).exclude(status__in=ended).order_by("number")
    return [Standing(kind="project", title=f"{row.number} {row.name}", subject=f"project:{row.pk}") for row in rows]
