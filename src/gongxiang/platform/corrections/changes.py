"""What of this room hangs on a department that is merged."""

from uuid import UUID

from django.db.models import Q

from gongxiang.platform.corrections import states
from gongxiang.platform.corrections.models import Correction, CounterComplaint
from gongxiang.platform.parties.changes import Standing


def standing_of(department_id: UUID) -> list[Standing]:
    """Doubtful records that are not settled, reported by the department or before it; complaints without an answer."""
    mine = Q(consumer_id=department_id) | Q(provider_id=department_id)
    rows = Correction.objects.filter(mine, status__in=states.OPEN).order_by("number")
    complaints = CounterComplaint.objects.filter(department_id=department_id, status=states.RECORDED).order_by("number")
    return [
        *(
            Standing(kind="correction", title=f"{row.number} {row.resource_name}", subject=f"correction:{row.pk}")
            for row in rows
        ),
        *(
            Standing(kind="counter_complaint", title=row.number, subject=f"correction:{row.correction_id}")
            for row in complaints
        ),
    ]
