"""Deadline arithmetic: from an instant and a rule to the exclusive instant at which the period is over.

For every room that starts a clock. Must never count the start day, nor count in another time zone than Beijing's.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from gongxiang.law.calendar import Calendar, shipped_calendar
from gongxiang.law.instruments import Period, Unit
from gongxiang.law.rules import Rules, default_rules

#: Beijing time: the periods of the instruments are counted in it.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
_ONE = timedelta(days=1)


class NotWorkingDays(ValueError):
    """The rule is not counted in working days, so it has no deadline of this kind."""


class PeriodTooLong(ValueError):
    """More days than the rule allows."""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When something is due, and why then."""

    #: Exclusive: 26 November 00:00 +08:00, shown as 25 November 24:00.
    due_at: datetime
    #: Article id.
    basis: str
    #: Rule version, `reply_conditional=5@2021-10-12`.
    rule: str
    #: Whether a holiday notice still to come may move it.
    provisional: bool
    working_days: int

    @property
    def last_day(self) -> date:
        """The last day on which it is in time, in Beijing."""
        return last_day(self.due_at)


def beijing_date(at: datetime) -> date:
    """The day in Beijing on which the instant falls; raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}: every instant needs its time zone")
    return at.astimezone(BEIJING).date()


def end_of_day(on: date) -> datetime:
    """24:00 of the day in Beijing, that is 00:00 of the next, as UTC."""
    return datetime.combine(on + _ONE, time(), BEIJING).astimezone(UTC)


def last_day(due_at: datetime) -> date:
    """The last day in time before the exclusive instant `due_at`."""
    return beijing_date(due_at - timedelta(microseconds=1))


def due(
    *,
    rule: str,
    start: datetime,
    on: date | None = None,
    days: int | None = None,
    calendar: Calendar | None = None,
    rules: Rules | None = None,
) -> Deadline:
    """The deadline of a period that starts at `start`.

    The rule is taken as in force on `on` (by default the start day): old cases keep old rules. `days` asks for fewer working
    days than the rule's value, e.g. an extension; more raises PeriodTooLong.
    """
    first = beijing_date(start)
    period = (rules or default_rules()).period(rule, on or first)
    return _deadline(period, first, days, calendar or shipped_calendar())


def extend(
    *,
    due_at: datetime,
    rule: str,
    days: int,
    on: date | None = None,
    calendar: Calendar | None = None,
    rules: Rules | None = None,
) -> Deadline:
    """A deadline moved on by `days` working days under an extension rule; counted from its last day."""
    first = last_day(due_at)
    period = (rules or default_rules()).period(rule, on or first)
    return _deadline(period, first, days, calendar or shipped_calendar())


def recount(*, rule: str, basis: str, start: datetime, working_days: int, calendar: Calendar) -> Deadline:
    """The same period on another calendar, after a holiday notice: rule version, basis and number of days stay."""
    return _count(rule, basis, beijing_date(start), working_days, calendar)


def _deadline(period: Period, first: date, days: int | None, calendar: Calendar) -> Deadline:
    if period.unit is not Unit.WORKING_DAYS:
        raise NotWorkingDays(f"{period.rule} counts {period.unit}, not working days")
    if days is not None and days > period.value:
        raise PeriodTooLong(f"{period.rule} allows {period.value} working days, not {days}")
    return _count(period.version, period.article, first, period.value if days is None else days, calendar)


def _count(rule: str, basis: str, first: date, days: int, calendar: Calendar) -> Deadline:
    last = calendar.add_working_days(first, days)
    counted = (first + n * _ONE for n in range(1, (last - first).days + 1))
    return Deadline(
        due_at=end_of_day(last),
        basis=basis,
        rule=rule,
        provisional=any(calendar.is_provisional(day) for day in counted),
        working_days=days,
    )


def working_days_left(due_at: datetime, at: datetime, calendar: Calendar | None = None) -> int:
    """Working days left after today, 0 on the last day; once over, minus the working days since then, at least one."""
    calendar = calendar or shipped_calendar()
    last, today = last_day(due_at), beijing_date(at)
    if at < due_at:
        return calendar.count_working_days(today, last)
    return -max(1, calendar.count_working_days(last, today))
