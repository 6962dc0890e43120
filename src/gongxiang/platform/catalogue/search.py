"""Searching the published catalogue: text, pinyin, initials, facets with counts, sorting, paging."""

import math
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchRank
from django.db import connection
from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Expression, RawSQL

from gongxiang.platform.catalogue import indexing
from gongxiang.platform.catalogue.classification import category_of
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import Resource, ResourceVersion, SearchEntry
from gongxiang.platform.catalogue.values import FacetCount, SearchHit, SearchPage
from gongxiang.platform.catalogue.vocabulary import DataClass, DistributionKind, SharingType, UpdateCycle

PAGE_SIZE = 20
EXPORT_LIMIT = 10_000
#: Counts are exact up to here.
COUNTED = 10_000
FACETS = ("sharing_type", "kind", "classification", "department", "update_cycle", "data_class")
SORTS = ("relevance", "newest", "name")
_COLUMN = {"kind": "kinds", "department": "department_id"}


class Matches(Func):
    """`vector @@ query`, as a condition that can use the vector's index."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, vector: str, query: str) -> None:
        super().__init__(F(vector), RawSQL("%s::tsquery", [query]))


class Contains(Func):
    """LIKE over the normalised text."""

    template = "(%(expressions)s)"
    arg_joiner = " LIKE "
    output_field = BooleanField()

    def __init__(self, term: str) -> None:
        super().__init__(F("haystack"), Value(indexing.like_pattern(term)))


def index_version(version: ResourceVersion) -> None:
    """Write the search entry of the version now in force, in the caller's transaction."""
    content = Content.from_json(version.content)
    elements = " \n".join(f"{element.name} {element.code}" for element in content.elements)
    keywords = " ".join(content.keywords)
    fields = [
        ("A", content.name),
        ("A", version.code),
        ("B", elements),
        ("B", keywords),
        ("C", version.provider_name),
        ("D", content.summary),
    ]
    lines = [indexing.normalise(text) for _, text in fields if text and text is not elements]
    lines += [indexing.normalise(part) for e in content.elements for part in (e.name, e.code)]
    spoken = [("A", content.name), *(("B", e.name) for e in content.elements), ("C", version.provider_name)]
    values = {
        "name": content.name,
        "department_id": Resource.objects.values_list("provider_id", flat=True).get(pk=version.resource_id),
        "department_name": version.provider_name,
        "sharing_type": content.sharing_type,
        "kinds": list(content.kinds),
        "classification": content.classification[:3],
        "update_cycle": content.update_cycle,
        "data_class": content.data_class,
        "published_at": version.published_at,
        "haystack": "\n".join(lines),
        "words": RawSQL("%s::tsvector", [indexing.words_vector(fields)]),
        "pinyin": RawSQL("%s::tsvector", [indexing.pinyin_vector(spoken)]),
        "initials": RawSQL("%s::tsvector", [indexing.initials_vector(spoken)]),
    }
    SearchEntry.objects.update_or_create(resource_id=version.resource_id, defaults=values)


def forget(resource_id: UUID) -> None:
    """Take an entry out of the search, in the caller's transaction."""
    SearchEntry.objects.filter(resource_id=resource_id).delete()


def find(
    entries: QuerySet[SearchEntry],
    text: str,
    *,
    facets: Mapping[str, Iterable[str]],
    sort: str,
    page: int,
    size: int = PAGE_SIZE,
) -> SearchPage:
    """One page of the entries among `entries` that contain every word of `text` and fit the chosen facet values."""
    found = _by_text(entries, text)
    chosen = {name: [value for value in facets.get(name, ()) if _usable(name, value)] for name in FACETS}
    hits = _by_facets(found, chosen)
    total = hits[: COUNTED + 1].count()
    exact = total <= COUNTED
    total = min(total, COUNTED)
    pages = max(1, math.ceil(total / size))
    page = min(max(1, page), pages)
    rows = _sorted(hits, text, sort)[(page - 1) * size : page * size]
    return SearchPage(
        hits=_hits(rows),
        total=total,
        exact=exact,
        page=page,
        pages=pages,
        facets={name: _facet(name, _by_facets(found, {**chosen, name: []}), chosen[name]) for name in FACETS},
    )


def _usable(name: str, value: str) -> bool:
    """Whether the value can be asked for at all: addresses are typed by people."""
    if name != "department":
        return bool(value) and "\x00" not in value
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _by_text(entries: QuerySet[SearchEntry], text: str) -> QuerySet[SearchEntry]:
    for term in indexing.terms(text):
        condition: Any = Q(Matches("words", indexing.words_query(term))) & Q(Contains(term))
        if latin := indexing.latin_query(term):
            condition = condition | Q(Matches("pinyin", latin)) | Q(Matches("initials", latin))
        entries = entries.filter(condition)
    return entries


def _by_facets(entries: QuerySet[SearchEntry], chosen: Mapping[str, list[str]]) -> QuerySet[SearchEntry]:
    for name, values in chosen.items():
        if not values:
            continue
        if name == "kind":
            entries = entries.filter(kinds__overlap=values)
        else:
            entries = entries.filter(**{f"{_COLUMN.get(name, name)}__in": values})
    return entries


def _sorted(entries: QuerySet[SearchEntry], text: str, sort: str) -> QuerySet[SearchEntry]:
    words = indexing.terms(text)
    if sort == "name":
        return entries.order_by("name", "resource_id")
    if sort == "newest" or not words:
        return entries.order_by("-published_at", "resource_id")
    rank: Expression | Any = Value(0.0)
    for term in words:
        rank = rank + SearchRank(F("words"), RawSQL("%s::tsquery", [indexing.words_query(term)]))
        if latin := indexing.latin_query(term):
            rank = rank + SearchRank(F("pinyin"), RawSQL("%s::tsquery", [latin]))
            rank = rank + SearchRank(F("initials"), RawSQL("%s::tsquery", [latin]))
    return entries.annotate(rank=rank).order_by("-rank", "-published_at", "resource_id")


def _hits(rows: QuerySet[SearchEntry]) -> tuple[SearchHit, ...]:
    ordered = list(rows.defer("words", "pinyin", "initials", "haystack"))
    resources = {r.pk: r for r in Resource.objects.filter(pk__in=[row.pk for row in ordered]).only("id", "code", "version")}
    versions = {
        version.resource_id: version
        for version in ResourceVersion.objects.filter(resource_id__in=resources, number=F("resource__version"))
    }
    return tuple(
        SearchHit(
            id=row.pk,
            code=resources[row.pk].code or "",
            name=row.name,
            summary=versions[row.pk].content.get("summary", ""),
            department_id=row.department_id,
            department_name=row.department_name,
            sharing_type=row.sharing_type,
            kinds=tuple(row.kinds),
            classification=row.classification,
            update_cycle=row.update_cycle,
            data_class=row.data_class,
            element_count=len(versions[row.pk].content.get("elements", ())),
            version=versions[row.pk].number,
            published_at=row.published_at,
        )
        for row in ordered
    )


def _facet(name: str, entries: QuerySet[SearchEntry], chosen: list[str]) -> tuple[FacetCount, ...]:
    counts: dict[str, int] = {}
    labels: dict[str, str] = {}
    if name == "department":
        for row in entries.values("department_id", "department_name").annotate(n=Count("pk")).order_by("-n")[:50]:
            key = str(row["department_id"])
            counts[key] = counts.get(key, 0) + row["n"]
            labels[key] = row["department_name"]
    elif name == "kind":
        unnested = entries.annotate(one_kind=Func(F("kinds"), function="unnest")).values_list("one_kind", flat=True)
        sql, params = unnested.order_by().query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT one_kind, count(*) FROM ({sql}) k(one_kind) GROUP BY 1", params)  # noqa: S608
            counts = dict(cursor.fetchall())
    else:
        for row in entries.values(name).annotate(n=Count("pk")).order_by("-n"):
            counts[row[name]] = row["n"]
    for value in chosen:
        counts.setdefault(value, 0)
    return tuple(
        FacetCount(value=value, label=labels.get(value) or _label(name, value), count=count, chosen=value in chosen)
        for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


_CODES = {
    "sharing_type": SharingType,
    "kind": DistributionKind,
    "update_cycle": UpdateCycle,
    "data_class": DataClass,
}


def _label(name: str, value: str) -> str:
    if name == "classification":
        category = category_of(value)
        return f"{category.group} · {category.label}" if category else value
    codes = _CODES.get(name)
    return str(codes(value).label) if codes and value in codes.values else value
