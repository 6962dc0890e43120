"""Files with the days of a holiday notice: CSV, iCalendar and the JSON that public calendars use; for the calendar page.

The whole file is checked, and every line that cannot be read is named at once. Must never guess what a day is.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

import icalendar

from gongxiang.law.calendar import DayKind
from gongxiang.law.deadlines import BEIJING
from gongxiang.law.notices import NoticeDay, ReadNotice, UnreadableNotice, read_notice
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.rulebook.errors import DayTwice, NoticeTooLong, NoticeUnreadable, NoticeWithoutDays

#: More days than a notice ever named; a longer file is another kind of file.
MOST_DAYS = 150
#: Faults named at once; a person mends these first.
MOST_FAULTS = 20
_OFF, _WORK = ("放假", "休息", "休", "假", "off", "holiday"), ("上班", "补班", "班", "makeup")
_ONE = timedelta(days=1)
#: (where, day, kind or None, name); where is shown if something is wrong with it.
_Row = tuple[str, str | date, DayKind | None, str]


def read_file(text: str, *, year: int) -> ReadNotice:
    """The days of a file or of pasted text, whichever of the forms it has; raises Shortfalls with every fault."""
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise NoticeWithoutDays(field="text")
    if start.startswith(("{", "[")):
        return _collect(_json_rows(start), year)
    if start[:15].upper() == "BEGIN:VCALENDAR":
        return _collect(_event_rows(start), year)
    if _looks_like_table(start):
        return _collect(_table_rows(start), year)
    try:
        return read_notice(text, year=year)
    except UnreadableNotice as unreadable:
        raise NoticeUnreadable(field="text", line=unreadable.line[:200] or start.splitlines()[0][:200]) from None


def _looks_like_table(text: str) -> bool:
    first = text.splitlines()[0].split(",")[0].strip().lower()
    return first in ("date", "日期") or _day(first) is not None


def _table_rows(text: str) -> Iterator[_Row]:
    try:
        # Lines that end as on an old Mac end here as anywhere else; a cell that is a book is no cell.
        read = list(csv.reader(io.StringIO(text, newline=None)))
    except csv.Error:
        raise NoticeUnreadable(field="text", line=text.splitlines()[0][:100]) from None
    for number, row in enumerate(read, 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() in ("date", "日期")):
            continue
        kind = _kind(cells[1]) if len(cells) > 1 else None
        yield f"{number}: {','.join(row)[:100]}", cells[0], kind, cells[2] if len(cells) > 2 else ""


def _json_rows(text: str) -> Iterator[_Row]:
    try:
        data = json.loads(text)
        # Half a pair of a character stands in no database and on no page.
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise NoticeUnreadable(field="text", line=text[:100]) from None
    days = data.get("days") if isinstance(data, dict) else data
    for number, one in enumerate(days if isinstance(days, list) else [], 1):
        shown = f"{number}: {json.dumps(one, ensure_ascii=False)[:100]}"
        if not isinstance(one, dict):
            yield shown, "", None, ""
            continue
        off = one.get("isOffDay")
        kind = (DayKind.OFF if off else DayKind.MAKEUP) if isinstance(off, bool) else _kind(str(one.get("kind", "")))
        yield shown, str(one.get("date", "")), kind, str(one.get("name", ""))


def _event_rows(text: str) -> Iterator[_Row]:
    try:
        events = list(icalendar.Calendar.from_ical(text).walk("VEVENT"))
    except (ValueError, KeyError, IndexError):
        raise NoticeUnreadable(field="text", line=text.splitlines()[0]) from None
    for number, event in enumerate(events, 1):
        name = str(event.get("SUMMARY", "")).strip()
        shown, first = f"{number}: {name[:100]}", _start(event, "DTSTART")
        last = _start(event, "DTEND") or (first + _ONE if first and first < date.max else None)
        kind = _kind(name) or _kind(str(event.get("CATEGORIES", "")))
        repeats = any(rule in event for rule in ("RRULE", "RDATE", "EXDATE"))
        if first is None or last is None or not _ONE <= last - first <= 31 * _ONE or repeats:
            yield shown, "", kind, name
            continue
        for n in range((last - first).days):
            yield shown, first + n * _ONE, kind, name.split()[0] if name else ""


def _start(event: icalendar.cal.Component, name: str) -> date | None:
    try:
        value = event.decoded(name)
    except (KeyError, ValueError):
        return None
    if isinstance(value, datetime):
        # An instant is a day here only where a day begins here; 16:00 in Greenwich is one.
        here = value if value.tzinfo is None else value.astimezone(BEIJING)
        return here.date() if here.time() == time.min else None
    return value if isinstance(value, date) else None


def _kind(words: str) -> DayKind | None:
    words = words.strip().lower()
    if any(word in words for word in _WORK):
        return DayKind.MAKEUP
    return DayKind.OFF if any(word in words for word in _OFF) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


def _collect(rows: Iterable[_Row], year: int) -> ReadNotice:
    faults: list[Refusal] = []
    days: dict[date, NoticeDay] = {}
    for where, said, kind, name in rows:
        on = said if isinstance(said, date) else _day(said)
        if on is None or kind is None or "\x00" in name:
            faults.append(NoticeUnreadable(field="text", line=where))
            continue
        day = NoticeDay(on=on, kind=kind, name="" if kind is DayKind.MAKEUP else name[:40])
        if days.setdefault(on, day).kind is not kind:
            faults.append(DayTwice(field="text", day=on.isoformat()))
        if len(days) > MOST_DAYS * 10:
            raise NoticeTooLong(field="text", most=MOST_DAYS)
    if faults:
        raise Shortfalls(faults[:MOST_FAULTS])
    # Public calendars carry several years in one file: those of this notice are taken, its December before included.
    mine = [day for on, day in sorted(days.items()) if date(year - 1, 12, 20) <= on <= date(year, 12, 31)]
    mine = mine or [day for _on, day in sorted(days.items())]
    if not mine:
        raise NoticeWithoutDays(field="text")
    if len(mine) > MOST_DAYS:
        raise NoticeTooLong(field="text", most=MOST_DAYS)
    return ReadNotice(days=tuple(mine))
