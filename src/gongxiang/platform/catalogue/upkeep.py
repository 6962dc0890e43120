"""Looking at entries again: which points each has, so that they can be counted and listed for sixty departments at once.

Derived from the entries and made anew whenever one of them changes; nothing here is an act.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from gongxiang.platform.catalogue import queries, sources
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.elements import stem
from gongxiang.platform.catalogue.hints import Hint, Near, Surroundings, hints
from gongxiang.platform.catalogue.models import Finding, Resource, ResourceVersion, Upkeep
from gongxiang.platform.catalogue.policies import content_shortfalls
from gongxiang.platform.catalogue.states import PUBLISHED, WITHDRAWN
from gongxiang.platform.catalogue.vocabulary import highest
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import queries as parties

#: Entries looked at in one go: other work of the same thread waits meanwhile.
AT_ONCE = 100
#: After which an entry is looked at again though it did not change: others around it did.
AFTER = timedelta(days=1)
#: Other entries named as near; more would not be read.
MOST_NEAR = 5
_GENERIC = ("基本信息", "信息", "数据", "情况", "清单", "列表", "目录", "台账", "表")


def name_key(name: str) -> str:
    """The name as it is compared with others: without width, case, punctuation and closing words such as 信息."""
    key = "".join(c for c in unicodedata.normalize("NFKC", name).lower() if c.isalnum())
    for word in _GENERIC:
        if key.endswith(word) and len(key) > len(word) + 1:
            return key.removesuffix(word)
    return key


def refresh(*, at: datetime, limit: int = AT_ONCE) -> int:
    """Look at entries that changed since, or were not looked at for a day; gives how many."""
    seen = Upkeep.objects.filter(
        resource_id=OuterRef("pk"),
        checked_revision=OuterRef("draft_revision"),
        checked_status=OuterRef("status"),
        checked_version=Coalesce(OuterRef("version"), 0),
        checked_at__gt=at - AFTER,
    )
    due = list(Resource.objects.filter(~Exists(seen)).order_by("saved_at", "pk").values_list("pk", flat=True)[:limit])
    for resource_id in due:
        look_at(resource_id, at=at)
    return len(due)


@transaction.atomic
def look_at(resource_id: UUID, *, at: datetime) -> None:
    """Look at one entry, and mark those whose name was or is nearly the same to be looked at again."""
    row = Resource.objects.select_related("consent").get(pk=resource_id)
    content = Content.from_json(row.draft)
    in_force = _in_force(row)
    Upkeep.objects.get_or_create(resource_id=row.pk)
    upkeep = Upkeep.objects.select_for_update().get(pk=row.pk)
    before, key = upkeep.name_key, "" if row.status == WITHDRAWN else name_key(content.name)
    if before != key or upkeep.checked_version != (row.version or 0):
        twins = Upkeep.objects.filter(name_key__in={before, key} - {""}).exclude(pk=row.pk)
        twins.update(checked_at=None)
    upkeep.name_key = key
    upkeep.systems, upkeep.cycle = [], ""
    if in_force is not None:
        upkeep.systems, upkeep.cycle = list(systems_of(in_force, row.provider_id)), in_force.update_cycle
    upkeep.checked_revision, upkeep.checked_version = row.draft_revision, row.version or 0
    upkeep.checked_status, upkeep.checked_at = row.status, at
    upkeep.save()
    Finding.objects.filter(resource_id=row.pk).delete()
    if in_force is not None:
        _keep(row, "VERSION", _points(row, in_force, at))
    if row.status not in (PUBLISHED, WITHDRAWN):
        _keep(row, "DRAFT", _points(row, content, at))


def hints_for(resource_id: UUID, content: Content, *, at: datetime) -> tuple[Hint, ...]:
    """The hints on an entry as it stands, for whoever works on it."""
    row = Resource.objects.select_related("consent").get(pk=resource_id)
    return tuple(hints(queries.case_of(row, at=at, content=content), surroundings(row, content)))


def surroundings(row: Resource, content: Content) -> Surroundings:
    """What lies around the entry; drafts of other departments are not looked at."""
    return Surroundings(
        department_id=row.provider_id,
        systems=frozenset(s.name for s in parties.systems(row.provider_id) if s.ended_at is None),
        near=_near(row, content),
        sources=named_sources(stem(e.name) for e in content.elements),
        source_levels=_levels(content.derived_from),
    )


def named_sources(meanings: Iterable[str]) -> dict[str, tuple[UUID, str]]:
    """The source departments that the authority named for items of these meanings."""
    return {meaning: (one.department_id, one.department) for meaning, one in sources.current(meanings).items()}


def systems_of(content: Content, department_id: UUID) -> set[UUID]:
    """The registered systems that the content names, by choice or by name."""
    return {*content.systems, *(s.id for s in parties.systems(department_id) if s.name == content.source_system.strip())}


def _in_force(row: Resource) -> Content | None:
    if row.version is None or row.status == WITHDRAWN:
        return None
    return Content.from_json(ResourceVersion.objects.values_list("content", flat=True).get(resource=row, number=row.version))


def _points(row: Resource, content: Content, at: datetime) -> list[Refusal]:
    case = queries.case_of(row, at=at, content=content)
    return [*content_shortfalls(case), *hints(case, surroundings(row, content))]


def _keep(row: Resource, about: str, points: list[Refusal]) -> None:
    Finding.objects.bulk_create(
        Finding(
            resource_id=row.pk,
            about=about,
            kind=point.code,
            blocks=not isinstance(point, Hint),
            field=point.field[:120],
            values=dict(point.values),
        )
        for point in points
    )


def _near(row: Resource, content: Content) -> tuple[Near, ...]:
    key = name_key(content.name)
    if not key:
        return ()
    keyed = Upkeep.objects.filter(name_key=key).values("resource_id")
    others: QuerySet[Resource] = Resource.objects.filter(pk__in=keyed).exclude(pk=row.pk).exclude(status=WITHDRAWN)
    seen = others.filter(Q(provider_id=row.provider_id) | Q(version__isnull=False))
    found = list(seen.defer("draft").order_by(F("published_at").asc(nulls_last=True))[:MOST_NEAR])
    names = parties.department_names(one.provider_id for one in found)
    return tuple(
        Near(
            name=one.name,
            code=one.code or "",
            department=names.get(one.provider_id, ""),
            own=one.provider_id == row.provider_id,
        )
        for one in found
        if not (one.provider_id == row.provider_id and one.name == content.name.strip())
    )


def _levels(parents: Iterable[UUID]) -> tuple[str, ...]:
    drafts = Resource.objects.filter(pk__in=set(parents)).values_list("draft", flat=True)
    return tuple(highest([e.get("data_class", "") for e in draft.get("elements", ())]) for draft in drafts)
