"""Who has already what a project or a form would collect: the catalogue, and what other projects plan.

For the hit list before consent (wushen-2021-60:22.5, cn-809:19). Holds names, never values.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.elements import Hit as ElementHit
from gongxiang.platform.catalogue.elements import stem
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects.models import PlannedEntry
from gongxiang.platform.projects.planned import Planned, key_of
from gongxiang.platform.projects.states import CANCELLED
from gongxiang.platform.projects.values import Resemblance
from gongxiang.platform.projects.vocabulary import TargetKind
from gongxiang.platform.rulebook import queries as rulebook

_READER = System(name="projects")
#: Shortest name that is found inside a longer one: below it everything resembles everything.
_LEAST_NAME = 4


def keys_of(planned: Planned) -> dict[str, Any]:
    """The columns by which a planned entry is found by others."""
    keys = dict.fromkeys(stem(element.name) for element in planned.elements)
    return {"name": planned.name, "name_key": key_of(planned.name), "element_keys": [key for key in keys if key]}


@implements("wushen-2021-60:22.5", "cn-809:19.1")
def find_resemblances(
    wanted: Mapping[UUID, Planned], *, department_id: UUID, project_id: UUID | None
) -> dict[UUID, tuple[Resemblance, ...]]:
    """For each planned entry, what resembles it: by name, or by enough elements (parameter `duplicate_elements`)."""
    least = rulebook.parameter("duplicate_elements")
    names = {element.name for planned in wanted.values() for element in planned.elements}
    hits = catalogue.similar_elements(names, actor=_READER)
    own_made = _made_by(project_id)
    titles = _entries_named({key_of(planned.name): planned.name for planned in wanted.values()})
    others = _planned_elsewhere(wanted.values(), department_id=department_id, project_id=project_id)
    owners = parties.department_names(
        {hit.provider_id for hit in hits} | {one[2] for found in titles.values() for one in found}
    )
    result: dict[UUID, tuple[Resemblance, ...]] = {}
    for key, planned in wanted.items():
        found = [
            *_in_catalogue(planned, hits, titles.get(key_of(planned.name), ()), owners, least=least, besides=own_made),
            *_in_plans(planned, others, least=least),
        ]
        result[key] = tuple(sorted(found, key=lambda one: (-len(one.elements), one.target_name, str(one.target_id))))
    return result


@implements("wushen-2021-60:22.5", "cn-809:19.1")
def find_for_items(items: Collection[str], *, department_id: UUID) -> dict[str, tuple[ElementHit, ...]]:
    """For each item of a form, the published elements of the same name or meaning that other departments, or the own, give."""
    found: dict[str, list[ElementHit]] = defaultdict(list)
    for hit in catalogue.similar_elements(items, actor=_READER):
        found[hit.asked].append(hit)
    return {item: tuple(found[item.strip()]) for item in items if found.get(item.strip())}


def _in_catalogue(
    planned: Planned,
    hits: Iterable[ElementHit],
    titled: Iterable[tuple[UUID, str, UUID, str, bool]],
    owners: Mapping[UUID, str],
    *,
    least: int,
    besides: Collection[UUID],
) -> list[Resemblance]:
    asked = {element.name.strip() for element in planned.elements}
    by_resource: dict[UUID, list[ElementHit]] = defaultdict(list)
    for hit in hits:
        if hit.asked in asked and hit.resource_id not in besides:
            by_resource[hit.resource_id].append(hit)
    enough = min(least, max(1, len(asked)))
    named = {resource_id: (code, provider, name, open_) for resource_id, code, provider, name, open_ in titled}
    found = []
    for resource_id in dict.fromkeys((*by_resource, *named)):
        if resource_id in besides:
            continue
        elements = _pairs((hit.asked, hit.element_name) for hit in by_resource.get(resource_id, ()))
        if resource_id not in named and len(elements) < enough:
            continue
        first = by_resource[resource_id][0] if by_resource.get(resource_id) else None
        if first is not None:
            code, provider, name = first.resource_code, first.provider_id, first.resource_name
            available = any(hit.available for hit in by_resource[resource_id])
        else:
            code, provider, name, available = named[resource_id]
        found.append(
            Resemblance(
                target_kind=TargetKind.RESOURCE, target_id=resource_id, target_name=name, target_code=code, owner_id=provider,
                owner=owners.get(provider, ""), elements=elements, name_alike=resource_id in named, available=available,
            )
        )  # fmt: skip
    return found


def _in_plans(planned: Planned, others: Iterable[PlannedEntry], *, least: int) -> list[Resemblance]:
    mine = {stem(element.name): element.name for element in planned.elements}
    enough = min(least, max(1, len(mine)))
    key = key_of(planned.name)
    found = []
    for row in others:
        theirs = {stem(e.name): e.name for e in Planned.from_json(row.content).elements}
        shared = tuple((name, theirs[meaning]) for meaning, name in mine.items() if meaning in theirs)
        if row.name_key != key and len(shared) < enough:
            continue
        found.append(
            Resemblance(
                target_kind=TargetKind.PLANNED, target_id=row.pk, target_name=row.name, target_code=row.project.number,
                owner_id=row.project.department_id, owner=row.project.department_name, elements=shared,
                name_alike=row.name_key == key, available=False, project_id=row.project_id,
            )
        )  # fmt: skip
    return found


def _planned_elsewhere(wanted: Iterable[Planned], *, department_id: UUID, project_id: UUID | None) -> list[PlannedEntry]:
    """Entries of other projects that have passed, or are the own department's; those that became entries are found there."""
    keys = [keys_of(planned) for planned in wanted]
    elements = sorted({key for one in keys for key in one["element_keys"]})
    alike = Q(name_key__in=[one["name_key"] for one in keys]) | Q(element_keys__overlap=elements)
    rows = PlannedEntry.objects.filter(alike, resource__isnull=True).exclude(project__status=CANCELLED)
    if project_id is not None:
        rows = rows.exclude(project_id=project_id)
    seen = Q(project__version__isnull=False) | Q(project__department_id=department_id)
    return list(rows.filter(seen).select_related("project").order_by("project__number", "position")[:500])


def _entries_named(names: Mapping[str, str]) -> dict[str, tuple[tuple[UUID, str, UUID, str, bool], ...]]:
    """Published entries of the same name, or whose name holds it: (id, code, provider, name, whether it can be applied for)."""
    found = {}
    for key, name in names.items():
        if len(key) < _LEAST_NAME:
            continue
        hits = catalogue.search(name, actor=_READER, size=20).hits
        alike = [hit for hit in hits if _alike(key, key_of(hit.name))]
        found[key] = tuple((h.id, h.code, h.department_id, h.name, h.sharing_type != "WITHHELD") for h in alike)
    return found


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _LEAST_NAME and short in long)


def _made_by(project_id: UUID | None) -> frozenset[UUID]:
    if project_id is None:
        return frozenset()
    rows = PlannedEntry.objects.filter(project_id=project_id, resource__isnull=False)
    return frozenset(rows.values_list("resource_id", flat=True))


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each planned element once, with the first that resembles it."""
    return tuple(dict(reversed(list(pairs))).items())
