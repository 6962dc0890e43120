"""What of this room hangs on a department that is merged: its entries pass, with code and versions as they are."""

from datetime import datetime
from uuid import UUID

from gongxiang.platform.catalogue.models import RemitChange, Resource, SearchEntry
from gongxiang.platform.catalogue.states import REMIT_RUNNING, WITHDRAWN
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.changes import Standing
from gongxiang.platform.parties.permissions import CHANGE_DEPARTMENT


def standing_of(department_id: UUID) -> list[Standing]:
    """Changes of remit that run."""
    rows = RemitChange.objects.filter(department_id=department_id, status__in=REMIT_RUNNING)
    return [Standing(kind="remit_change", title=row.title, subject=f"remit_change:{row.pk}") for row in rows]


def entries_of(department_id: UUID) -> int:
    """How many entries would pass."""
    return Resource.objects.filter(provider_id=department_id).exclude(status=WITHDRAWN).count()


def pass_entries(department_id: UUID, into_id: UUID, by: Actor, at: datetime) -> int:
    """Let the entries pass; published versions keep the name under which they were published (7, 条例 17)."""
    CHANGE_DEPARTMENT.check(by)
    name = parties.department_names([into_id])[into_id]
    rows = Resource.objects.select_for_update().filter(provider_id=department_id).exclude(status=WITHDRAWN)
    keys = list(rows.values_list("pk", flat=True))
    for key in keys:
        record_act(
            kind="resource:provider_changed", subject=("resource", key), by=by, at=at, basis=("wushen-2021-60:7",),
            before={"provider": department_id}, after={"provider": into_id}, concerns=[department_id, into_id],
        )  # fmt: skip
    Resource.objects.filter(pk__in=keys).update(provider_id=into_id)
    SearchEntry.objects.filter(resource_id__in=keys).update(department_id=into_id, department_name=name)
    return len(keys)
