"""What of this room hangs on a department that is merged."""

from uuid import UUID

from gongxiang.platform.delivery.models import Node
from gongxiang.platform.parties.changes import Standing


def standing_of(department_id: UUID) -> list[Standing]:
    """Nodes that are not revoked: a machine is admitted for one department."""
    rows = Node.objects.filter(department_id=department_id).exclude(status="REVOKED").order_by("name")
    return [Standing(kind="node", title=row.name, subject=f"node:{row.pk}") for row in rows]
