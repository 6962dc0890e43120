"""`package_search`: CKAN's parameters in the words of our own search."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import harvest, queries
from gongxiang.platform.catalogue.values import SearchPage
from gongxiang.platform.http_api.ckan.errors import Invalid, QueryWrong
from gongxiang.platform.http_api.ckan.packages import organisation_name, package
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties

#: CKAN's field -> our facet.
FIELDS = {
    "organization": "department", "owner_org": "department", "groups": "classification", "res_format": "kind",
    "sharing_type": "sharing_type", "update_cycle": "update_cycle", "data_class": "data_class",
}  # fmt: skip
#: Keywords are free words: what the pages have as facets are codes.
TAGS = ("tags", "vocab_tags")
#: Keywords that are counted where `facet.limit` does not say how many, as CKAN has it.
TAGS_COUNTED = 50
#: Fields that hold one value for everything published here.
CONSTANT = {
    "state": "active", "capacity": "public", "dataset_type": "dataset", "license_id": "notspecified", "private": "false",
}  # fmt: skip
TITLES = {
    "organization": "Organizations",
    "groups": "Groups",
    "tags": "Tags",
    "res_format": "Formats",
    "license_id": "Licenses",
}
ROWS, MOST_ROWS, FURTHEST = 10, 1000, 1_000_000
#: Characters of all filters together: how long they take to be understood grows with the square of their length.
LONGEST_FILTER = 4000
_CLAUSE = re.compile(r"""([+-]?)(\w+):(?:"([^"]*)"|\(([^)]*)\)|(\S+))""")
_SORTS = {"score desc": "relevance", "metadata_modified desc": "newest", "metadata_created desc": "newest", "name asc": "name",
          "title_string asc": "name", "title asc": "name", "views_recent desc": "relevance"}  # fmt: skip


def search(given: Mapping[str, Any], *, actor: Actor | None, origin: str) -> dict[str, Any]:
    """CKAN's answer to `package_search`."""
    text = _text(given.get("q", ""))
    rows, start = number(given, "rows", ROWS, MOST_ROWS), number(given, "start", 0, FURTHEST)
    wanted, tags, nothing = _filters(given)
    asked_sort = str(given.get("sort") or "score desc, metadata_modified desc")
    sort = _SORTS.get(asked_sort.split(",")[0].strip().lower())
    if sort is None:
        raise QueryWrong(f"Invalid sort: {asked_sort[:100]}")
    fields = _facet_fields(given)
    if nothing:
        return _answer([], 0, {}, fields, asked_sort)
    if actor is None:
        found = [
            entry
            for entry in harvest.numbered_page(actor=None, page=1, size=MOST_ROWS)
            if text.lower() in f"{entry.name} {entry.content.summary}".lower()
        ]
        return _answer([package(one, origin) for one in found[start : start + rows]], len(found), {}, fields, asked_sort)
    page, hits = _window(text, wanted, tags, sort, start, rows, actor)
    entries = harvest.published_entries([hit.id for hit in hits], actor=actor)
    results = [package(entries[hit.id], origin) for hit in hits if hit.id in entries]
    return _answer(
        results,
        page.total,
        {**_counts(page, fields), **_tag_counts(given, fields, text, wanted, tags, actor)},
        fields,
        asked_sort,
    )


def _window(
    text: str, wanted: Mapping[str, list[str]], tags: list[list[str]], sort: str, start: int, rows: int, actor: Actor
) -> tuple[SearchPage, list[Any]]:
    """`rows` hits from `start` on: one or two pages of our search."""
    size = max(1, rows)
    asked: dict[str, Any] = {"actor": actor, "facets": wanted, "keywords": tags, "sort": sort, "size": size}
    first = queries.search(text, page=start // size + 1, **asked)
    if rows == 0 or first.page != start // size + 1:
        return first, []
    hits = list(first.hits[start % size :])
    if start % size and first.page < first.pages:
        following = queries.search(text, page=first.page + 1, **asked)
        hits += following.hits[: start % size]
    return first, hits


def _answer(
    results: list[dict[str, Any]], count: int, counts: Mapping[str, dict[str, tuple[str, int]]], fields: list[str], sort: str
) -> dict[str, Any]:
    return {
        "count": count,
        "sort": sort,
        "results": results,
        "facets": {name: {value: n for value, (_label, n) in counts.get(name, {}).items()} for name in fields},
        "search_facets": {
            name: {
                "title": TITLES.get(name, name),
                "items": [
                    {"name": value, "display_name": label, "count": n} for value, (label, n) in counts.get(name, {}).items()
                ],
            }
            for name in fields
        },
    }


def _text(q: Any) -> str:
    words = str(q or "").replace("*:*", " ").strip()
    if words == "*":
        return ""
    return re.sub(r'["+()]|\b\w+:', " ", words).strip()[:200]


def number(given: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """A whole number among the parameters; raises Invalid."""
    value = given.get(name)
    if value is None or value == "":
        return default
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(fields={name: ["Must be a natural number"]})
    return min(int(text), most)


def _filters(given: Mapping[str, Any]) -> tuple[dict[str, list[str]], list[list[str]], bool]:
    """The chosen facet values, and sets of keywords of each of which one is wanted; True if nothing can fit them."""
    several = given.get("fq_list") or []
    clauses = " ".join([str(given.get("fq") or ""), *map(str, several if isinstance(several, list) else [several])])
    if len(clauses) > LONGEST_FILTER:
        raise QueryWrong(f"The filters have more than {LONGEST_FILTER} characters")
    wanted: dict[str, list[str]] = {}
    tags: list[list[str]] = []
    nothing = False
    rest = _CLAUSE.sub("", clauses).strip()
    if rest:
        raise QueryWrong(f"The filter cannot be understood: {rest[:100]}")
    for sign, name, quoted, several_values, single in _CLAUSE.findall(clauses):
        if sign == "-":
            raise QueryWrong("Filters that exclude are not known here")
        values = re.split(r"\s+OR\s+|\s+", several_values.strip()) if several_values else [quoted or single]
        values = [value.strip('"') for value in values if value.strip('"')]
        if name in CONSTANT:
            nothing |= CONSTANT[name] not in values
        elif name in TAGS:
            tags.append(values)
        elif name in FIELDS:
            ours = FIELDS[name]
            values = [key for value in values for key in _departments(value)] if ours == "department" else values
            nothing |= not values
            wanted[ours] = values
        else:
            raise QueryWrong(f"Undefined field {name}")
    return wanted, tags, nothing


def _departments(value: str) -> list[str]:
    for one in parties.all_departments(active_only=False):
        if value in (str(one.id), organisation_name(one.credit_code)):
            return [str(one.id)]
    return []


def _facet_fields(given: Mapping[str, Any]) -> list[str]:
    asked = given.get("facet.field") or []
    if isinstance(asked, str):
        try:
            asked = json.loads(asked)
        except (ValueError, RecursionError) as error:
            raise Invalid(fields={"facet.field": ["Must be a list of names as JSON"]}) from error
    if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
        raise Invalid(fields={"facet.field": ["Must be a list of names"]})
    if str(given.get("facet", "true")).lower() == "false":
        return []
    return list(dict.fromkeys(asked))[:20]


def _tag_counts(
    given: Mapping[str, Any], fields: list[str], text: str, wanted: Mapping[str, list[str]], tags: list[list[str]], actor: Actor
) -> dict[str, dict[str, tuple[str, int]]]:
    asked = [name for name in fields if name in TAGS]
    if not asked:
        return {}
    most = None if str(given.get("facet.limit")).startswith("-") else number(given, "facet.limit", TAGS_COUNTED, MOST_ROWS)
    found = queries.keyword_counts(text, actor=actor, facets=wanted, keywords=tags, most=most)
    return {name: {word: (word, count) for word, count in found.items()} for name in asked}


def _counts(page: SearchPage, fields: list[str]) -> dict[str, dict[str, tuple[str, int]]]:
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for name in fields:
        if name in CONSTANT:
            found[name] = {CONSTANT[name]: (CONSTANT[name], page.total)} if page.total else {}
        elif name in FIELDS:
            values = [one for one in page.facets.get(FIELDS[name], ()) if one.count]
            names = _organisation_names([one.value for one in values]) if FIELDS[name] == "department" else {}
            found[name] = {names.get(one.value, one.value): (str(one.label), one.count) for one in values}
    return found


def _organisation_names(ids: list[str]) -> dict[str, str]:
    wanted = {UUID(one) for one in ids}
    return {
        str(one.id): organisation_name(one.credit_code)
        for one in parties.all_departments(active_only=False)
        if one.id in wanted
    }
