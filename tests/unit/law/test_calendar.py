from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from gongxiang.law.calendar import Calendar, CalendarExhausted, DayKind, YearStatus, shipped_calendar

CONFIRMED = (2024, 2025, 2026)


@pytest.mark.parametrize("year", CONFIRMED)
def test_two_libraries_and_ours_agree_on_every_day(year):
    china = holidays.country_holidays("CN", years=year)
    for day, _ in shipped_calendar().days(year):
        ours = shipped_calendar().working_day(day)
        assert ours == chinese_calendar.is_workday(day) == china.is_working_day(day), day


def test_2026_has_248_working_days():
    assert sum(shipped_calendar().working_day(day) for day, _ in shipped_calendar().days(2026)) == 248


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 14), DayKind.MAKEUP),
        (date(2026, 2, 16), DayKind.OFF),
        (date(2026, 2, 15), DayKind.OFF),
        (date(2026, 11, 21), DayKind.WEEKEND),
        (date(2026, 11, 23), DayKind.WORKING),
    ],
)
def test_kinds_of_days(day, kind):
    assert shipped_calendar().kind(day) is kind


def test_holidays_have_names_in_both_languages():
    name = shipped_calendar().names[date(2026, 10, 1)]
    assert (name.zh, name.en) == ("国庆节", "National Day")


@pytest.mark.parametrize(
    ("year", "status"),
    [(2023, YearStatus.ABSENT), (2026, YearStatus.CONFIRMED), (2027, YearStatus.PROVISIONAL), (2028, YearStatus.ABSENT)],
)
def test_status_of_years(year, status):
    assert shipped_calendar().status(year) is status


@pytest.mark.parametrize(
    ("day", "provisional"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 12, 27), False),
        (date(2026, 12, 28), True),
        (date(2027, 3, 1), True),
        (date(2028, 3, 1), True),
    ],
)
def test_the_end_of_december_waits_for_the_next_notice(day, provisional):
    assert shipped_calendar().is_provisional(day) is provisional


def test_counting_is_the_inverse_of_adding():
    calendar = shipped_calendar()
    for start in (date(2026, 1, 1) + timedelta(days=n) for n in range(0, 360, 7)):
        for days in (1, 5, 10, 20):
            assert calendar.count_working_days(start, calendar.add_working_days(start, days)) == days
    assert calendar.count_working_days(date(2026, 5, 2), date(2026, 5, 1)) == 0


def test_a_period_has_at_least_one_day():
    with pytest.raises(ValueError, match="at least one"):
        shipped_calendar().add_working_days(date(2026, 1, 5), 0)


def test_a_damaged_calendar_is_named():
    never = Calendar(
        days_off=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(200)),
        makeup_days=frozenset(),
        confirmed_years=frozenset({2026}),
    )
    with pytest.raises(CalendarExhausted, match="2026-01-01"):
        never.add_working_days(date(2026, 1, 1), 1)
