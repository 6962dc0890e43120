"""Reading entries whose data lie in a superior's system (办法 21(3)), and when an entry's data last moved."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.models import Distribution, Resource, ResourceVersion, Upkeep
from gongxiang.platform.catalogue.states import WITHDRAWN
from gongxiang.platform.catalogue.vocabulary import DistributionKind, SharingMode, SharingType, SystemTier

#: Tiers above the department.
LEVELS: Final = (SystemTier.NATIONAL.value, SystemTier.REGIONAL.value, SystemTier.CITY.value)


@dataclass(frozen=True, kw_only=True)
class LineEntry:
    """A published entry whose data a superior's system holds."""

    id: UUID
    code: str
    name: str
    provider_id: UUID
    provider_name: str
    level: str
    system_name: str
    update_cycle: str
    elements: tuple[str, ...]
    published_at: datetime | None


@implements("wushen-2021-60:21(3)")
def line_run_unmounted(department_id: UUID | None = None) -> list[LineEntry]:
    """Published entries to be shared whose system a superior runs and that no working table, file or interface serves yet."""
    tried = ~Q(kind=DistributionKind.TABLE) | Q(checked_at__isnull=False, check_problem="")
    works = Distribution.objects.filter(tried, resource_id=OuterRef("resource_id"), in_force=True)
    flowing = Upkeep.objects.filter(resource_id=OuterRef("resource_id"), in_step_at__isnull=False)
    in_force = Resource.objects.exclude(status=WITHDRAWN).filter(version=OuterRef("number"), pk=OuterRef("resource_id"))
    if department_id:
        in_force = in_force.filter(provider=department_id)
    rows = ResourceVersion.objects.filter(
        Exists(in_force), ~Exists(works), ~Exists(flowing), content__system_tier__in=LEVELS
    ).exclude(content__sharing_type=SharingType.WITHHELD.value)
    return [_entry(row) for row in rows.select_related("resource").defer("resource__draft").order_by("published_at")]


def line_entry(resource_id: UUID) -> LineEntry | None:
    """The entry in force, if a superior's system holds its data."""
    row = (
        ResourceVersion.objects.filter(resource_id=resource_id, content__system_tier__in=LEVELS)
        .select_related("resource").defer("resource__draft").order_by("-number").first()
    )  # fmt: skip
    return _entry(row) if row is not None and row.resource.version == row.number else None


def delivered_otherwise() -> dict[UUID, str]:
    """Published entries whose way of sharing is mail, medium or otherwise, not the platform: entry -> update cycle."""
    in_force = Resource.objects.exclude(status=WITHDRAWN).filter(version=OuterRef("number"), pk=OuterRef("resource_id"))
    rows = ResourceVersion.objects.filter(Exists(in_force), content__sharing_mode=SharingMode.OTHER.value)
    return {row.resource_id: str(row.content.get("update_cycle", "")) for row in rows}


def data_changed_at(resource_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When the data of entries was last seen to change or to be in step, for those where it was."""
    rows = Upkeep.objects.filter(resource_id__in=resource_ids).values_list("resource_id", "changed_at", "in_step_at")
    return {key: max(seen) for key, *times in rows if (seen := [one for one in times if one is not None])}


def _entry(row: ResourceVersion) -> LineEntry:
    content = row.content
    return LineEntry(
        id=row.resource_id, code=row.code, name=row.resource.name, provider_id=row.resource.provider_id,
        provider_name=row.provider_name, level=content.get("system_tier", ""), system_name=content.get("source_system", ""),
        update_cycle=content.get("update_cycle", ""), published_at=row.published_at,
        elements=tuple(one.get("name", "") for one in content.get("elements", [])),
    )  # fmt: skip
