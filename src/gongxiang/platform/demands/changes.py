"""What of this room hangs on a department that is merged."""

from uuid import UUID

from django.db.models import Q

from gongxiang.platform.demands import states
from gongxiang.platform.demands.models import Demand
from gongxiang.platform.parties.changes import Standing


def standing_of(department_id: UUID) -> list[Standing]:
    """Demands of or to the department that are not closed."""
    rows = Demand.objects.filter(Q(consumer_id=department_id) | Q(provider_id=department_id), status__in=states.OPEN)
    return [Standing(kind="demand", title=f"{row.number} {row.title}", subject=f"demand:{row.pk}") for row in rows]
