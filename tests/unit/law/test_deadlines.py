from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from gongxiang.law import deadlines
from gongxiang.law.calendar import shipped_calendar
from gongxiang.law.deadlines import BEIJING, NotWorkingDays, PeriodTooLong, due, extend, recount, working_days_left
from gongxiang.law.instruments import Period, Unit
from gongxiang.law.rules import Selection, default_rules

GOLDEN = yaml.safe_load(Path(__file__).with_name("golden_dates.yaml").read_text())


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING)


def rules_of(days: int):
    period = Period(
        rule="reply_conditional", instrument="test", article="wushen-2021-60:21(2)", since=date(2000, 1, 1), value=days,
        unit=Unit.WORKING_DAYS,
    )  # fmt: skip
    chosen = Selection(rule="reply_conditional", instrument="test", since=date(2026, 1, 1) - timedelta(days=3650))
    return replace(default_rules(), selections=(), periods=()).with_overrides(selections=[chosen], periods=[period])


@pytest.mark.article("wushen-2021-60:21(2)", "cn-809:21")
@pytest.mark.parametrize(("start", "days", "last"), GOLDEN, ids=[f"{s}+{d}" for s, d, _ in GOLDEN])
def test_golden_dates(start, days, last):
    deadline = due(rule="reply_conditional", start=noon(start), rules=rules_of(days))
    assert deadline.last_day == last
    assert deadline.due_at == datetime(last.year, last.month, last.day, tzinfo=BEIJING) + timedelta(days=1)
    assert deadline.working_days == days
    assert not deadline.provisional


@pytest.mark.article("wushen-2021-60:21(2)")
def test_a_deadline_names_its_basis_and_rule_version():
    deadline = due(rule="reply_conditional", start=noon(date(2026, 11, 20)))
    assert deadline.basis == "wushen-2021-60:21(2)"
    assert deadline.rule == "reply_conditional=5@2021-10-12"
    assert deadline.due_at == datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert deadline.due_at.tzinfo is UTC


def test_the_start_day_is_taken_in_beijing():
    late_on_friday_in_utc = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # Saturday 00:30 in Beijing
    assert due(rule="consultation", start=late_on_friday_in_utc).last_day == date(2026, 11, 27)
    just_before = datetime(2026, 11, 19, 15, 59, 59, tzinfo=UTC)
    assert due(rule="consultation", start=just_before).last_day == date(2026, 11, 26)


def test_a_naive_start_is_refused():
    with pytest.raises(ValueError, match="naive"):
        due(rule="consultation", start=datetime(2026, 11, 20))  # noqa: DTZ001 - the point of the test


@pytest.mark.article("wushen-2021-60:7", "cn-809:17.2", "wushen-2021-60:33", "cn-809:44")
@pytest.mark.parametrize(
    ("on", "days", "basis"),
    [
        (date(2025, 7, 31), 15, "wushen-2021-60:7"),
        (date(2025, 8, 1), 10, "cn-809:17.2"),
    ],
)
def test_old_cases_keep_old_rules(on, days, basis):
    deadline = due(rule="catalogue_update", start=noon(date(2026, 11, 20)), on=on)
    assert (deadline.working_days, deadline.basis) == (days, basis)


def test_a_period_into_an_unannounced_year_is_provisional():
    assert due(rule="provision", start=noon(date(2026, 12, 10))).provisional
    assert not due(rule="provision", start=noon(date(2026, 11, 10))).provisional
    assert not due(rule="reply_unconditional", start=noon(date(2026, 12, 24))).provisional


@pytest.mark.article("cn-809:21.1")
def test_an_extension_counts_from_the_last_day_and_has_a_limit():
    first = due(rule="reply_conditional", start=noon(date(2026, 11, 20)))
    longer = extend(due_at=first.due_at, rule="reply_extension", days=10)
    assert longer.last_day == date(2026, 12, 11)
    assert longer.basis == "cn-809:21.1"
    with pytest.raises(PeriodTooLong, match="allows 10 working days, not 11"):
        extend(due_at=first.due_at, rule="reply_extension", days=11)


def test_years_are_not_a_deadline_of_working_days():
    with pytest.raises(NotWorkingDays, match="years"):
        due(rule="use_record_retention", start=noon(date(2026, 11, 20)))


def test_recount_keeps_rule_and_days_on_another_calendar():
    calendar = shipped_calendar()
    start = noon(date(2026, 12, 28))
    before = due(rule="reply_conditional", start=start)
    known = replace(
        calendar,
        days_off=calendar.days_off | {date(2027, 1, 4)},
        confirmed_years=calendar.confirmed_years | {2027},
    )
    after = recount(rule=before.rule, basis=before.basis, start=start, working_days=before.working_days, calendar=known)
    assert (before.last_day, before.provisional) == (date(2027, 1, 5), True)
    assert (after.last_day, after.provisional) == (date(2027, 1, 6), False)
    assert (after.rule, after.basis) == (before.rule, before.basis)


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=BEIJING), 5),
        (datetime(2026, 11, 22, 9, tzinfo=BEIJING), 5),
        (datetime(2026, 11, 24, 9, tzinfo=BEIJING), 3),
        (datetime(2026, 11, 27, 23, 59, 59, tzinfo=BEIJING), 0),
        (datetime(2026, 11, 28, 0, tzinfo=BEIJING), -1),
        (datetime(2026, 11, 30, 9, tzinfo=BEIJING), -1),
        (datetime(2026, 12, 1, 9, tzinfo=BEIJING), -2),
    ],
)
def test_working_days_left(at, left):
    due_at = due(rule="reply_conditional", start=noon(date(2026, 11, 20))).due_at
    assert working_days_left(due_at, at) == left
    assert working_days_left(due_at, at, shipped_calendar()) == left


def test_end_and_last_day_are_inverse():
    day = date(2026, 11, 25)
    assert deadlines.last_day(deadlines.end_of_day(day)) == day
