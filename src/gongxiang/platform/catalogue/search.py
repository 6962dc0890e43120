"""Searching the published catalogue: text, pinyin, initials, facets with counts, sorting, paging."""

import math
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchRank
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Expression, RawSQL

from gongxiang.platform.catalogue import indexing, sideindex
from gongxiang.platform.catalogue.classification import category_of
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.highlighting import Piece, pieces
from gongxiang.platform.catalogue.models import Resource, ResourceVersion, SearchEntry
from gongxiang.platform.catalogue.values import FacetCount, Match, SearchHit, SearchPage, Suggestion
from gongxiang.platform.catalogue.vocabulary import DataClass, DistributionKind, SharingType, UpdateCycle
from gongxiang.platform.parties import queries as parties

PAGE_SIZE = 20
EXPORT_LIMIT = 10_000
#: Counts are exact up to here.
COUNTED = 10_000
FACETS = ("sharing_type", "kind", "classification", "department", "update_cycle", "data_class")
SORTS = ("relevance", "newest", "name", "used")
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
        "department_id": version.resource.provider_id,
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


#: A word of the query and what is searched for beside it.
Words = tuple[tuple[str, tuple[str, ...]], ...]


def words_of(text: str, groups: Iterable[Iterable[str]] = ()) -> Words:
    """The words of a query, each with its other wordings by the groups of synonyms."""
    groups = tuple(groups)
    return tuple((term, indexing.wordings(term, groups)) for term in indexing.terms(text))


def find(
    entries: QuerySet[SearchEntry],
    text: str,
    *,
    facets: Mapping[str, Iterable[str]],
    sort: str,
    page: int,
    size: int = PAGE_SIZE,
    synonyms: Iterable[Iterable[str]] = (),
    side_index: bool = False,
) -> SearchPage:
    """One page of the entries among `entries` that contain every word of `text`, or a synonym of it, and fit the facets.

    `side_index`: `entries` is everything there is, so that the side index may be asked if there is one.
    """
    words = words_of(text, synonyms)
    chosen = usable(facets)
    found = _from_side_index(entries, words, chosen, sort, page, size) if side_index else None
    if found is None:
        found = _from_database(entries, words, chosen, sort, page, size)
    rows, total, counts = found
    pages = max(1, math.ceil(min(total, COUNTED) / size))
    return SearchPage(
        hits=hits_of(rows, words),
        total=min(total, COUNTED),
        exact=total <= COUNTED,
        page=min(max(1, page), pages),
        pages=pages,
        facets={name: facet_values(name, counts.get(name, {}), chosen[name]) for name in FACETS},
        also=tuple((term, others) for term, others in words if others),
    )


#: Rows of the page, number of hits (exact up to COUNTED), and the counts of each facet.
_Found = tuple[list[SearchEntry], int, Mapping[str, Mapping[str, int]]]


def _from_database(
    entries: QuerySet[SearchEntry], words: Words, chosen: Mapping[str, list[str]], sort: str, page: int, size: int
) -> _Found:
    found = by_words(entries, words)
    hits = _by_facets(found, chosen)
    total = hits[: COUNTED + 1].count()
    page = min(max(1, page), max(1, math.ceil(min(total, COUNTED) / size)))
    rows = list(_sorted(hits, words, sort).defer(*_HEAVY)[(page - 1) * size : page * size])
    return rows, total, {name: _counts(name, _by_facets(found, {**chosen, name: []})) for name in FACETS}


def _from_side_index(
    entries: QuerySet[SearchEntry], words: Words, chosen: Mapping[str, list[str]], sort: str, page: int, size: int
) -> _Found | None:
    """The same from the side index; its rows are read under the same visibility and decided by the normalised text."""
    generation = sideindex.in_use()
    if not generation:
        return None
    page = min(max(1, page), max(1, COUNTED // size))
    answer = sideindex.ask(generation, words, chosen=chosen, sort=sort, page=page, size=size)
    if answer is not None and not answer.keys and answer.total:
        last = max(1, math.ceil(min(answer.total, COUNTED) / size))
        answer = sideindex.ask(generation, words, chosen=chosen, sort=sort, page=last, size=size)
    if answer is None:
        return None
    known = {
        str(row.pk): row for row in entries.filter(pk__in=list(map(UUID, answer.keys))).defer("words", "pinyin", "initials")
    }
    rows = [known[key] for key in answer.keys if key in known and _fits(known[key], words)]
    return rows, answer.total, answer.counts


def _fits(row: SearchEntry, words: Words) -> bool:
    """What counts as a hit, as LIKE has it; letters may be a sound, which the index knows."""
    return all(
        indexing.latin_letters(term) or any(wording in row.haystack for wording in (term, *others)) for term, others in words
    )


def with_keywords(entries: QuerySet[SearchEntry], keywords: Iterable[Iterable[str]]) -> QuerySet[SearchEntry]:
    """Those whose version in force has a keyword of each set."""
    for words in keywords:
        having = ResourceVersion.objects.filter(number=F("resource__version"), content__keywords__has_any_keys=list(words))
        entries = entries.filter(resource_id__in=having.values("resource_id"))
    return entries


def count_keywords(
    entries: QuerySet[SearchEntry],
    text: str,
    *,
    facets: Mapping[str, Iterable[str]],
    synonyms: Iterable[Iterable[str]] = (),
    most: int | None = None,
) -> dict[str, int]:
    """How many of those that fit have each keyword, the most frequent first; `most` of them, or all.

    Keywords are free words, no facet of the pages: they are counted where a program asks for them, in the database.
    """
    hits = _by_facets(by_words(entries, words_of(text, synonyms)), usable(facets)).order_by().values("resource_id")
    try:
        sql, params = hits.query.sql_with_params()
    except EmptyResultSet:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, count(DISTINCT v.resource_id) FROM catalogue_resourceversion v "  # noqa: S608
            "JOIN catalogue_resource r ON r.id = v.resource_id AND r.version = v.number "
            "CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(v.content -> 'keywords', '[]')) word "
            f"WHERE v.resource_id IN ({sql}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s",
            (*params, most),
        )
        return dict(cursor.fetchall())


def usable(facets: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """What of the chosen facet values can be asked for at all: addresses are typed by people."""
    return {name: [value for value in facets.get(name, ()) if _usable(name, value)] for name in FACETS}


def count(entries: QuerySet[SearchEntry], words: Words) -> int:
    """How many fit, at most COUNTED."""
    return by_words(entries, words)[:COUNTED].count()


def suggest(entries: QuerySet[SearchEntry], text: str, *, synonyms: Iterable[Iterable[str]] = ()) -> tuple[Suggestion, ...]:
    """Queries that do find something, for one that finds nothing: a word less, or what sounds or is spelt like it."""
    groups = tuple(synonyms)
    words = words_of(text, groups)
    found: dict[str, Suggestion] = {}
    for place, (term, _others) in enumerate(words):
        if count(entries, (words[place],)):
            continue
        for near in indexing.near_spellings(term):
            said = _as_written(entries, near) or near
            other = tuple((said, ()) if i == place else one for i, one in enumerate(words))
            if said != term and said not in found and (number := count(entries, other)):
                why = "spelling" if term.isascii() else "sounds_alike"
                found[said] = Suggestion(text=" ".join(one for one, _ in other), count=number, why=why)
                break
    for place in range(len(words)) if len(words) > 1 else ():
        fewer = words[:place] + words[place + 1 :]
        if number := count(entries, fewer):
            said = " ".join(one for one, _ in fewer)
            found.setdefault(said, Suggestion(text=said, count=number, why="fewer_words"))
    return tuple(sorted(found.values(), key=lambda one: (one.why == "fewer_words", -one.count)))[:5]


def _as_written(entries: QuerySet[SearchEntry], letters: str) -> str:
    """The characters of the first entry in which these letters are the sound."""
    row = by_words(entries, ((letters, ()),)).order_by("-users", "resource_id").values_list("haystack", flat=True).first()
    places = indexing.spoken_at(row, letters) if row else []
    return row[slice(*places[0])] if row and places else ""


def _usable(name: str, value: str) -> bool:
    """Whether the value can be asked for at all: addresses are typed by people."""
    if name != "department":
        return bool(value) and "\x00" not in value
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def by_words(entries: QuerySet[SearchEntry], words: Words) -> QuerySet[SearchEntry]:
    """Those that contain every word or one of its other wordings."""
    for term, others in words:
        condition: Any = Q(pk__in=[])
        for wording in (term, *others):
            condition = condition | Q(Matches("words", indexing.words_query(wording))) & Q(Contains(wording))
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


def _sorted(entries: QuerySet[SearchEntry], words: Words, sort: str) -> QuerySet[SearchEntry]:
    if sort == "name":
        return entries.order_by("name", "resource_id")
    if sort == "used":
        return entries.order_by("-users", "-published_at", "resource_id")
    if sort == "newest" or not words:
        return entries.order_by("-published_at", "resource_id")
    rank: Expression | Any = Value(0.0)
    for term, others in words:
        for wording in (term, *others):
            rank = rank + SearchRank(F("words"), RawSQL("%s::tsquery", [indexing.words_query(wording)]))
        if latin := indexing.latin_query(term):
            rank = rank + SearchRank(F("pinyin"), RawSQL("%s::tsquery", [latin]))
            rank = rank + SearchRank(F("initials"), RawSQL("%s::tsquery", [latin]))
    return entries.annotate(rank=rank).order_by("-rank", "-published_at", "resource_id")


#: Columns that no page shows.
_HEAVY = ("words", "pinyin", "initials", "haystack")
#: Elements shown in which the query was found, and characters shown of a summary.
_ELEMENTS_SHOWN, _SUMMARY_SHOWN = 6, 160


def hits_of(rows: Iterable[SearchEntry], words: Words) -> tuple[SearchHit, ...]:
    """The rows as values, each with the places where the words were found."""
    ordered = list(rows)
    resources = {r.pk: r for r in Resource.objects.filter(pk__in=[row.pk for row in ordered]).only("id", "code", "version")}
    versions = {
        version.resource_id: version
        for version in ResourceVersion.objects.filter(resource_id__in=resources, number=F("resource__version"))
    }
    terms = tuple(dict.fromkeys(wording for term, others in words for wording in (term, *others)))
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
            users=row.users,
            matches=_matches(row, resources[row.pk].code or "", versions[row.pk].content, terms),
        )
        for row in ordered
        if row.pk in versions
    )


def _matches(row: SearchEntry, code: str, content: Mapping[str, Any], terms: tuple[str, ...]) -> tuple[Match, ...]:
    shown = [
        Match(field="name", pieces=pieces(row.name, terms)),
        Match(field="summary", pieces=pieces(content.get("summary", ""), terms, longest=_SUMMARY_SHOWN)),
    ]
    if not terms:
        return tuple(shown)
    keywords = "、".join(content.get("keywords", ()))
    for field, text in (("provider", row.department_name), ("code", code), ("keywords", keywords)):
        found = pieces(text, terms)
        if any(piece.marked for piece in found):
            shown.append(Match(field=field, pieces=found))
    elements: list[Piece] = []
    for element in content.get("elements", ()):
        name, code = element.get("name", ""), element.get("code", "")
        found = pieces(name, terms)
        if not any(piece.marked for piece in found):
            inner = pieces(code, terms)
            if not any(piece.marked for piece in inner):
                continue
            found = (*found, Piece(text=" (", marked=False), *inner, Piece(text=")", marked=False))
        elements += [Piece(text="、", marked=False), *found] if elements else found
        if sum(piece.text == "、" for piece in elements) >= _ELEMENTS_SHOWN - 1:
            elements.append(Piece(text="…", marked=False))
            break
    if elements:
        shown.append(Match(field="elements", pieces=tuple(elements)))
    return tuple(shown)


def _counts(name: str, entries: QuerySet[SearchEntry]) -> dict[str, int]:
    """How many of the entries have each value."""
    if name == "kind":
        unnested = entries.annotate(one_kind=Func(F("kinds"), function="unnest")).values_list("one_kind", flat=True)
        sql, params = unnested.order_by().query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT one_kind, count(*) FROM ({sql}) k(one_kind) GROUP BY 1", params)  # noqa: S608
            return dict(cursor.fetchall())
    column = _COLUMN.get(name, name)
    rows = entries.values_list(column).annotate(n=Count("pk")).order_by("-n")
    return {str(value): number for value, number in rows}


#: Departments listed in their facet.
_DEPARTMENTS_SHOWN = 50


def facet_values(name: str, counts: Mapping[str, int], chosen: list[str]) -> tuple[FacetCount, ...]:
    """The values of a facet, the most frequent first; what is chosen is always among them."""
    every = {**dict.fromkeys(chosen, 0), **counts}
    ordered = sorted(every.items(), key=lambda item: (-item[1], item[0]))
    labels: dict[str, str] = {}
    if name == "department":
        ordered = [one for place, one in enumerate(ordered) if place < _DEPARTMENTS_SHOWN or one[0] in chosen]
        names = parties.department_names(UUID(value) for value, _n in ordered)
        labels = {str(key): label for key, label in names.items()}
    return tuple(
        FacetCount(value=value, label=labels.get(value) or _label(name, value), count=number, chosen=value in chosen)
        for value, number in ordered
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
