"""Our values and their counterparts at outside interfaces, each with the dates between which it holds.

Every outside platform numbers sharing types, cycles and formats differently; what is stored here is never their numbers.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import Q, QuerySet

from gongxiang.law.deadlines import beijing_date
from gongxiang.law.instruments import Text
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.rulebook import queries
from gongxiang.platform.rulebook.errors import CodeUnmapped
from gongxiang.platform.rulebook.models import CodeMapping
from gongxiang.protocol import clock


@dataclass(frozen=True, kw_only=True)
class MappedList:
    """A list of ours that outside interfaces know under other codes."""

    name: str
    title: Text
    values: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True)
class MappingRef:
    """One counterpart; `until` is exclusive."""

    interface: str
    list: str
    value: str
    outside: str
    inbound: bool
    since: date | None
    until: date | None
    entered_by: str


@functools.cache
def interfaces() -> Mapping[str, Text]:
    """The outside interfaces by name."""
    shipped = queries.read_data("mappings")["interfaces"]
    return MappingProxyType({name: Text(zh=title["zh"], en=title["en"]) for name, title in shipped.items()})


@functools.cache
def mapped_lists() -> Mapping[str, MappedList]:
    """The lists that are mapped, by name."""
    return MappingProxyType(
        {
            name: MappedList(
                name=name,
                title=Text(zh=one["title"]["zh"], en=one["title"]["en"]),
                values={value: Text(zh=words["zh"], en=words["en"]) for value, words in one["values"].items()},
            )
            for name, one in queries.read_data("mappings")["lists"].items()
        }
    )


def shipped() -> list[tuple[str, str, str, str, bool]]:
    """(interface, list, value, outside, inbound) of every counterpart as shipped."""
    found = []
    for name, one in queries.read_data("mappings")["lists"].items():
        for interface in interfaces():
            for value, outside in one.get(interface, {}).items():
                code, *rest = outside if isinstance(outside, list) else [outside]
                found.append((interface, name, value, str(code), not rest))
    return found


def mappings_of(interface: str, *, on: date | None = None) -> tuple[MappingRef, ...]:
    """The counterparts at an interface: all ever entered, or those that hold on a day. Raises NotFound."""
    if interface not in interfaces():
        raise NotFound()
    rows = CodeMapping.objects.filter(interface=interface)
    return tuple(_ref(row) for row in (_holding(rows, on) if on else rows).order_by("list", "value", "-entered_at"))


def codes_at(interface: str, list_name: str, *, on: date | None = None) -> dict[str, str]:
    """Every value of a list that has a counterpart at the interface, with it (on a day; else today)."""
    rows = _holding(CodeMapping.objects.filter(interface=interface, list=list_name), on)
    return dict(rows.values_list("value", "outside"))


def to_outside(list_name: str, interface: str, value: str, *, on: date | None = None) -> str:
    """What `value` is called at the interface (on a day; else today). Raises CodeUnmapped."""
    row = _holding(CodeMapping.objects.filter(interface=interface, list=list_name, value=value), on).first()
    if row is None:
        raise CodeUnmapped(list=list_name, interface=interface, value=value)
    return row.outside


def from_outside(list_name: str, interface: str, outside: str, *, on: date | None = None) -> str:
    """Which value of ours the interface's code means (on a day; else today). Raises CodeUnmapped."""
    rows = CodeMapping.objects.filter(interface=interface, list=list_name, outside=outside, inbound=True)
    row = _holding(rows, on).first()
    if row is None:
        raise CodeUnmapped(list=list_name, interface=interface, value=outside)
    return row.value


def _holding(rows: QuerySet[CodeMapping], on: date | None) -> QuerySet[CodeMapping]:
    on = on or beijing_date(clock.now())
    return rows.filter(Q(since=None) | Q(since__lte=on), Q(until=None) | Q(until__gt=on)).order_by("-entered_at")


def _ref(row: CodeMapping) -> MappingRef:
    return MappingRef(
        interface=row.interface,
        list=row.list,
        value=row.value,
        outside=row.outside,
        inbound=row.inbound,
        since=row.since,
        until=row.until,
        entered_by=row.entered_by,
    )
