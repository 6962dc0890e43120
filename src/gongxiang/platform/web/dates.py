"""Days and rules as people read them, for tags and for views alike."""

from datetime import date, datetime

from django.utils import translation

from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import parse_instant


def day_in_words(on: date) -> str:
    """2026年11月22日, or 22 Nov 2026."""
    if translation.get_language() == "zh-hans":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {on:%b %Y}"


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
