"""What of this room hangs on a department that is merged: nothing may flow in the name of one that ceases."""

from uuid import UUID

from django.db.models import Q

from gongxiang.platform.grants import states
from gongxiang.platform.grants.models import DisposalDuty, Grant
from gongxiang.platform.parties.changes import Standing


def standing_of(department_id: UUID) -> list[Standing]:
    """Grants in force given or received, and disposals not certified."""
    mine = Q(consumer_id=department_id) | Q(provider_id=department_id)
    live = Grant.objects.filter(mine, status__in=(states.ACTIVE, states.SUSPENDED)).order_by("number")
    open_duties = DisposalDuty.objects.filter(grant__consumer_id=department_id, status=states.OPEN).select_related("grant")
    return [
        *(Standing(kind="grant", title=f"{row.number} {row.resource_name}", subject=f"grant:{row.pk}") for row in live),
        *(
            Standing(
                kind="disposal_duty", title=f"{one.grant.number} {one.grant.resource_name}", subject=f"grant:{one.grant_id}"
            )
            for one in open_duties
        ),
    ]
