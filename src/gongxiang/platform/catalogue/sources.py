"""Items that several departments collect, and which of them is the source (数源部门)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.elements import stem
from gongxiang.platform.catalogue.models import PublishedElement, SourceDesignation, Upkeep
from gongxiang.platform.parties import queries as parties

#: Meanings in one list; a page counts exactly to one fewer.
_MOST = 10_001


@dataclass(frozen=True, kw_only=True)
class Source:
    """The source named for an item."""

    item: str
    department_id: UUID
    department: str
    reason: str
    named_by: str
    named_at: datetime


@dataclass(frozen=True, kw_only=True)
class SharedItem:
    """An item, who has it in how many entries, and who is its source."""

    stem: str
    names: tuple[str, ...]
    #: (department, its name, its entries: id and name)
    holders: tuple[tuple[UUID, str, tuple[tuple[UUID, str], ...]], ...]
    source: Source | None


@implements("cn-809:19.2", "cn-809:41(1)")
def items(*, text: str = "", unnamed: bool = False) -> list[dict[str, Any]]:
    """Meanings that entries of at least two departments have, the most common first, as `{"stem", "departments"}`.

    Told once for the page and its number of rows: who has what is read from the index alone.
    """
    rows = PublishedElement.objects.order_by()
    if text:
        meant = PublishedElement.objects.filter(Q(name__icontains=text) | Q(stem__icontains=text))
        rows = rows.filter(stem__in=meant.values("stem"))
    if unnamed:
        rows = rows.exclude(stem__in=SourceDesignation.objects.filter(ended_at=None).values("stem"))
    inner, values = rows.values("stem", "department_id").distinct().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT stem, count(*) FROM ({inner}) had "  # noqa: S608
            "GROUP BY stem HAVING count(*) >= 2 ORDER BY count(*) DESC, stem LIMIT %s",
            [*values, _MOST],
        )
        return [{"stem": meaning, "departments": departments} for meaning, departments in cursor.fetchall()]


def shared_items(stems: Iterable[str]) -> tuple[SharedItem, ...]:
    """These meanings with their departments and sources, in the order given."""
    wanted = list(stems)
    rows: dict[str, list[tuple[str, UUID, UUID, str]]] = {one: [] for one in wanted}
    having = PublishedElement.objects.filter(stem__in=wanted).order_by("department_id", "resource__name")
    columns = ("stem", "name", "department_id", "resource_id", "resource__name")
    for meaning, name, department_id, entry_id, entry_name in having.values_list(*columns):
        rows[meaning].append((name, department_id, entry_id, entry_name))
    names = parties.department_names({department for mine in rows.values() for _name, department, *_entry in mine})
    named = current(wanted)
    found = []
    for one, mine in rows.items():
        entries: dict[UUID, dict[UUID, str]] = {}
        for _name, department, entry, entry_name in mine:
            entries.setdefault(department, {})[entry] = entry_name
        holders = tuple((key, names.get(key, ""), tuple(entries[key].items())) for key in entries)
        found.append(
            SharedItem(
                stem=one,
                names=tuple(dict.fromkeys(name for name, *_rest in mine)),
                holders=tuple(sorted(holders, key=lambda holder: holder[1])),
                source=named.get(one),
            )
        )
    return tuple(found)


def current(stems: Iterable[str]) -> dict[str, Source]:
    """The sources in force for items of these meanings."""
    rows = list(SourceDesignation.objects.filter(stem__in=set(stems), ended_at=None))
    names = parties.department_names(row.department_id for row in rows)
    return {
        row.stem: Source(
            item=row.name,
            department_id=row.department_id,
            department=names.get(row.department_id, ""),
            reason=row.reason,
            named_by=row.named_by,
            named_at=row.named_at,
        )
        for row in rows
    }


def of_content(content: Content) -> tuple[tuple[str, Source], ...]:
    """(element's name, its source) for every element of a content for which the authority named one."""
    named = current(stem(element.name) for element in content.elements)
    return tuple((e.name, named[stem(e.name)]) for e in content.elements if stem(e.name) in named)


def holders(meaning: str) -> tuple[UUID, ...]:
    """The departments whose published entries have the item."""
    rows = PublishedElement.objects.filter(stem=meaning).order_by("department_id")
    return tuple(rows.values_list("department_id", flat=True).distinct())


def look_again(meaning: str) -> None:
    """Let the worker look again at the entries that have the item."""
    having = PublishedElement.objects.filter(stem=meaning).values("resource_id")
    Upkeep.objects.filter(resource_id__in=having).update(checked_at=None)
