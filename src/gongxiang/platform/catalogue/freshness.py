"""What the catalogue knows of one entry's data: when they changed, whether in time, whether they can be had (办法 20)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.models import Finding, Upkeep
from gongxiang.platform.catalogue.quality import CHECKS, mounting_due
from gongxiang.platform.catalogue.values import ResourceRef


@dataclass(frozen=True, kw_only=True)
class DataFacts:
    """The dated facts beside an entry in force."""

    cycle: str
    changed_at: datetime | None
    in_step_at: datetime | None
    used_at: datetime | None
    #: Not changed within its update cycle and the days of grace.
    stale: bool
    #: No way of having it works.
    unmounted: bool
    #: Until when it is to be mounted, where it is not.
    mount_by: datetime | None
    #: What its description lacks, and what only looks wrong.
    shortfalls: int
    hints: int


@implements("wushen-2021-60:20", "wushen-2021-60:21(1)", "cn-809:18")
def facts_of(resource: ResourceRef, at: datetime) -> DataFacts:
    """The facts of a published entry; the same rules as the lists of the whole catalogue."""
    kept = Upkeep.objects.filter(pk=resource.id).first()
    points = Finding.objects.filter(resource_id=resource.id, about="VERSION").values_list("blocks", flat=True)
    unmounted = _listed("unmounted", resource.id, at)
    return DataFacts(
        cycle=resource.content.update_cycle,
        changed_at=kept.changed_at if kept else None,
        in_step_at=kept.in_step_at if kept else None,
        used_at=kept.used_at if kept else None,
        stale=_listed("stale", resource.id, at),
        unmounted=unmounted,
        mount_by=mounting_due(resource.published_at) if unmounted and resource.published_at else None,
        shortfalls=sum(points),
        hints=len(points) - sum(points),
    )


def _listed(name: str, resource_id: UUID, at: datetime) -> bool:
    entries = CHECKS[name].entries
    assert entries is not None
    return entries(None, at).filter(pk=resource_id).exists()
