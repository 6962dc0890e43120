"""The move of business systems to the government extranet (art. 17): plans with their day, and the move itself."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import errors, permissions, queries
from gongxiang.platform.parties.models import Network, System
from gongxiang.platform.parties.queries import SystemRef
from gongxiang.platform.rulebook import queries as rulebook


@implements("wushen-2021-60:17")
@transaction.atomic
def plan_system(
    *,
    system_id: UUID,
    network: str,
    hosting: str = "",
    extranet_by: date | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> SystemRef:
    """Say where a system runs now, and where that is not the extranet, by which day it will; a day put off says why."""
    permissions.KEEP_REGISTERS.check(by)
    row = System.objects.select_for_update().filter(pk=system_id, ended_at=None).first()
    if row is None:
        raise NotFound()
    permissions.check_own_department(by, row.department_id)
    today, moved = beijing_date(at), network == Network.EXTRANET
    if network not in Network.values:
        raise errors.NetworkUnknown(field="network")
    longest = rulebook.parameter("longest_move_days")
    if not moved and (extranet_by is None or not today <= extranet_by <= today + timedelta(days=longest)):
        raise errors.MoveUndated(field="extranet_by", days=longest)
    put_off = not moved and row.extranet_by is not None and extranet_by is not None and extranet_by > row.extranet_by
    if put_off and len(note.strip()) < 4:
        raise errors.DelayUnexplained(field="note")
    before = {name: getattr(row, name) for name in ("network", "hosting", "extranet_by")}
    row.network, row.hosting = network, hosting.strip()[:200]
    row.extranet_by = None if moved else extranet_by
    after = {name: getattr(row, name) for name in before}
    if after == before:
        return queries.system_ref(row.id)
    row.save(update_fields=[*before])
    record_act(
        kind="system:moved" if moved and before["network"] != network else "system:plan_changed", subject=("system", row.id),
        by=by, at=at, basis=("wushen-2021-60:17",), before=before, after=after,
        detail={"note": note.strip()[:500]} if note.strip() else {},
        concerns={row.department_id, queries.authority().id},
    )  # fmt: skip
    return queries.system_ref(row.id)
