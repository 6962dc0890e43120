"""Days and rules as people read them, for tags and for views alike."""

from datetime import date, datetime

from django.utils import translation

from gongxiang.law.deadlines import beijing_date
from gongxiang.law.instruments import Unit
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import parse_instant


def day_in_words(on: date) -> str:
    """2026年11月22日, or 22 Nov 2026."""
    if translation.get_language() == "zh-hans":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {on:%b %Y}"


def in_units(value: int, unit: str) -> str:
    """5 working days, 1 working day, 6 months."""
    counted = {
        Unit.WORKING_DAYS: translation.ngettext("%(n)s working day", "%(n)s working days", value),
        Unit.MONTHS: translation.ngettext("%(n)s month", "%(n)s months", value),
        Unit.YEARS: translation.ngettext("%(n)s year", "%(n)s years", value),
    }
    return counted[Unit(unit)] % {"n": value}


def period_in_words(rule: str) -> str:
    """The period of a rule as it holds today: 5 working days."""
    period = rulebook.rules().period(rule, beijing_date(clock.now()))
    return in_units(period.value, period.unit)


def rule_in_words(stored: str) -> str:
    """A rule as it was stored with a case (`reply_days=5@2021-10-12`), by its title; as stored where it is not known."""
    name, found, rest = stored.partition("=")
    value, _at, since = rest.partition("@")
    if name == "planned_day":
        return translation.gettext("Day of the plan as last made (%(number)s)") % {"number": value}
    info = rulebook.rules().info.get(name)
    if not found or info is None:
        return stored
    title = info.title.in_language(translation.get_language() or "zh-hans")
    unit = next((one.unit for one in rulebook.rules().periods if one.rule == name), None)
    if unit is not None and value.isdecimal() and len(value) < 6:
        value = in_units(int(value), unit)
    said = translation.gettext("%(title)s: %(value)s, since %(since)s")
    return said % {"title": title, "value": value, "since": _day(since)}


def _day(text: str) -> str:
    try:
        return day_in_words(date.fromisoformat(text))
    except ValueError:
        return text or "—"


def read_instant(text: str) -> datetime | None:
    """When the reply that was read had been prepared; nonsense is no time at all, and so no reply that was read."""
    if not text:
        return None
    try:
        return parse_instant(text)
    except ValueError:
        return datetime.min.replace(tzinfo=clock.BEIJING)
