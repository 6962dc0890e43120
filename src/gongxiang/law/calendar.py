"""The working calendar: days off, make-up working days (调休), and which years are still provisional.

For deadlines and the pages that show them. Must never take a year without a State Council notice for settled.
"""

import enum
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import resources
from types import MappingProxyType

import yaml

from gongxiang.law.instruments import Text

_ONE = timedelta(days=1)
_SATURDAY = 5


class DayKind(enum.StrEnum):
    """What a day is."""

    WORKING = "working"
    WEEKEND = "weekend"
    OFF = "off"
    MAKEUP = "makeup"


class YearStatus(enum.StrEnum):
    """How sure a year is: its notice is entered, only statutory days are known, or nothing is."""

    CONFIRMED = "confirmed"
    PROVISIONAL = "provisional"
    ABSENT = "absent"


class CalendarExhausted(LookupError):
    """No working day within three months: the calendar is damaged."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Days off and make-up days over some years."""

    #: Days off by the notices, weekends among them where a notice names them.
    days_off: frozenset[date]
    #: Days of a weekend on which work is done.
    makeup_days: frozenset[date]
    confirmed_years: frozenset[int]
    provisional_years: frozenset[int] = frozenset()
    #: Names of the holidays, for the year view.
    names: Mapping[date, Text] = field(default_factory=dict)
    #: Month and day from which December waits for the next year's notice.
    spill_from: tuple[int, int] = (12, 28)

    def kind(self, on: date) -> DayKind:
        """What the day is; a make-up day beats a weekend, a day off beats both."""
        if on in self.days_off:
            return DayKind.OFF
        if on in self.makeup_days:
            return DayKind.MAKEUP
        return DayKind.WEEKEND if on.weekday() >= _SATURDAY else DayKind.WORKING

    def working_day(self, on: date) -> bool:
        """Whether work is done on the day."""
        return self.kind(on) in (DayKind.WORKING, DayKind.MAKEUP)

    def add_working_days(self, start: date, days: int) -> date:
        """The last day of a period of `days` working days; the start day is not counted (民法典 201)."""
        if days < 1:
            raise ValueError(f"a period has at least one working day, not {days}")
        on = start
        for _ in range(days):
            on = self._next_working_day(on)
        return on

    def count_working_days(self, after: date, until: date) -> int:
        """The working days after `after` up to and including `until`; 0 if there are none."""
        return sum(self.working_day(after + n * _ONE) for n in range(1, (until - after).days + 1))

    def status(self, year: int) -> YearStatus:
        """How sure the year is."""
        if year in self.confirmed_years:
            return YearStatus.CONFIRMED
        return YearStatus.PROVISIONAL if year in self.provisional_years else YearStatus.ABSENT

    def is_provisional(self, on: date) -> bool:
        """Whether a notice still to come may change the day."""
        spilled = (on.month, on.day) >= self.spill_from
        return on.year not in self.confirmed_years or (spilled and on.year + 1 not in self.confirmed_years)

    def days(self, year: int) -> Iterator[tuple[date, DayKind]]:
        """Every day of the year with its kind."""
        on = date(year, 1, 1)
        while on.year == year:
            yield on, self.kind(on)
            on += _ONE

    def _next_working_day(self, on: date) -> date:
        for n in range(1, 93):
            if self.working_day(on + n * _ONE):
                return on + n * _ONE
        raise CalendarExhausted(f"no working day within three months after {on.isoformat()}")


@functools.cache
def shipped_calendar() -> Calendar:
    """The calendar as shipped: confirmed and provisional years of `calendar.yaml`."""
    data = yaml.safe_load(resources.files(__package__).joinpath("calendar.yaml").read_text(encoding="utf-8"))
    names: dict[date, Text] = {}
    makeup: set[date] = set()
    by_status: dict[YearStatus, set[int]] = {status: set() for status in YearStatus}
    for year, entry in data["years"].items():
        by_status[YearStatus(entry["status"])].add(year)
        makeup.update(entry["makeup"])
        for run in entry["days_off"]:
            name = Text(zh=run["name"]["zh"], en=run["name"]["en"])
            names.update({run["from"] + n * _ONE: name for n in range((run["to"] - run["from"]).days + 1)})
    return Calendar(
        days_off=frozenset(names),
        makeup_days=frozenset(makeup),
        confirmed_years=frozenset(by_status[YearStatus.CONFIRMED]),
        provisional_years=frozenset(by_status[YearStatus.PROVISIONAL]),
        names=MappingProxyType(names),
        spill_from=(data["spill_from"]["month"], data["spill_from"]["day"]),
    )
