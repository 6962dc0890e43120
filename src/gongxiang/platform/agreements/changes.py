"""What of this room hangs on a department that is merged: its agreement ends with it, one under way is settled first."""

from datetime import datetime
from uuid import UUID

from gongxiang.platform.agreements.models import Agreement
from gongxiang.platform.agreements.states import AGREEMENT
from gongxiang.platform.evidence.actions import transition
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.changes import Standing
from gongxiang.platform.parties.permissions import CHANGE_DEPARTMENT

_UNDER_WAY = ("DRAFTED", "SIGNED_BY_DEPARTMENT", "RETURNED")


def standing_of(department_id: UUID) -> list[Standing]:
    """Agreements that are being made."""
    name = parties.department_names([department_id]).get(department_id, "")
    rows = Agreement.objects.filter(department_id=department_id, status__in=_UNDER_WAY)
    return [Standing(kind="agreement", title=name, subject=f"agreement:{row.pk}") for row in rows]


def in_force(department_id: UUID) -> int:
    """How many agreements would end."""
    return Agreement.objects.filter(department_id=department_id, status="IN_FORCE").count()


def end_with_department(department_id: UUID, into_id: UUID, by: Actor, at: datetime) -> int:
    """End the agreement of a department that ceases; that of the other one covers what passes (art. 18)."""
    CHANGE_DEPARTMENT.check(by)
    rows = list(Agreement.objects.select_for_update().filter(department_id=department_id, status="IN_FORCE"))
    for row in rows:
        reason = "部门并入 " + parties.department_names([into_id])[into_id]
        transition(
            row, table=AGREEMENT, act="terminate", by=by, at=at, changes={"ended_at": at, "reason": reason},
            concerns=[department_id, into_id],
        )  # fmt: skip
    return len(rows)
