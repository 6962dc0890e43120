"""The one table of clocks: everything that runs towards a day, gathered from the rooms that joined with `queries`.

For reminders, the agenda and the calendar feed. Must never decide whose turn it is: the room says so.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from gongxiang.law.calendar import Calendar
from gongxiang.law.deadlines import beijing_date, end_of_day
from gongxiang.platform.rulebook import queries
from gongxiang.platform.rulebook.values import OpenDeadline

#: From so long before its end a clock is on its last day.
LAST_DAY = timedelta(days=1)
HALF_TIME, LAST = "half_time", "last_day"


def running(at: datetime) -> tuple[OpenDeadline, ...]:
    """Every clock that runs at the instant, soonest first."""
    return tuple(clock for clock in queries.open_deadlines(at) if clock.due_at > at)


def of_department(department_id: UUID, at: datetime, *, mine: bool | None = None) -> tuple[OpenDeadline, ...]:
    """The clocks that a department sees; `mine`: only those whose turn is the department's, or is another's."""
    seen = [c for c in running(at) if department_id in c.turn or department_id in c.concerns]
    return tuple(c for c in seen if mine is None or (department_id in c.turn) is mine)


def end_of(subject: str, at: datetime) -> datetime | None:
    """When the first of the clocks that run on a case (`type:id`) ends; None if none does."""
    return next((clock.due_at for clock in running(at) if clock.subject == subject), None)


def half_time(clock: OpenDeadline, on_calendar: Calendar) -> datetime:
    """The instant of the first reminder: half of the working days over, else half of the time, or later if the room says so."""
    middle = clock.start + (clock.due_at - clock.start) / 2
    if clock.first_reminder_at is not None:
        return max(clock.first_reminder_at, middle)
    days = clock.working_days or _value(clock.rule)
    if not clock.in_working_days or not days:
        return middle
    return end_of_day(on_calendar.add_working_days(beijing_date(clock.start), max(1, days // 2)))


def reminders_due(clocks: Iterable[OpenDeadline], at: datetime) -> list[tuple[OpenDeadline, str]]:
    """(clock, `half_time` or `last_day`) for every clock that someone has to be reminded of at the instant."""
    ours = queries.calendar()
    found = []
    for clock in clocks:
        if not clock.turn or not clock.reminds or at >= clock.due_at:
            continue
        if at >= clock.due_at - LAST_DAY:
            found.append((clock, LAST))
        elif at >= half_time(clock, ours):
            found.append((clock, HALF_TIME))
    return found


def rule_name(clock: OpenDeadline) -> str:
    """The rule without its version."""
    return clock.rule.partition("=")[0]


def _value(rule: str) -> int:
    number = rule.partition("=")[2].partition("@")[0]
    return int(number) if number.isdigit() else 0
