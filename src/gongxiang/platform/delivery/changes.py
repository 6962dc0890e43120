"""What of this room hangs on a department that is merged."""

from uuid import UUID

from django.db.models import Q

from gongxiang.platform.delivery import states_channels
from gongxiang.platform.delivery.models import Node
from gongxiang.platform.delivery.models_channels import OutsideChannel
from gongxiang.platform.parties.changes import Standing


def standing_of(department_id: UUID) -> list[Standing]:
    """Nodes that are not revoked (a machine is admitted for one department), and exchanges outside not brought in yet."""
    rows = Node.objects.filter(department_id=department_id).exclude(status="REVOKED").order_by("name")
    mine = Q(consumer_id=department_id) | Q(provider_id=department_id)
    channels = OutsideChannel.objects.filter(mine, status__in=states_channels.OPEN).order_by("number")
    return [
        *(Standing(kind="node", title=row.name, subject=f"node:{row.pk}") for row in rows),
        *(
            Standing(kind="outside_channel", title=f"{row.number} {row.title}", subject=f"outside_channel:{row.pk}")
            for row in channels
        ),
    ]
