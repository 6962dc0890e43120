"""Reading a holiday notice: from the State Council's wording, or from a table, to days off and make-up days.

For entering a notice on a page. Must never guess: what cannot be read is named with its line, and a person checks the rest.
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta

from gongxiang.law.calendar import DayKind

_ONE = timedelta(days=1)
#: Characters of a line of a notice; the longest ever printed has some two hundred.
_LONGEST_LINE = 2000
_ASIDE = re.compile(r"[（(][^（）()]*[）)]")
_SPAN = re.compile(
    r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?:至(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日)?",
)
_HEAD = re.compile(r"^(?:[一二三四五六七八九十]+、)?([^：:。，]{2,12})[：:](.*)$")
_TITLE = re.compile(r"关于(\d{4})年.*节假日安排的通知")
_NUMBER = re.compile(r"国办发(?:明电)?〔(\d{4})〕\d+号")
_KINDS = {"off": DayKind.OFF, "放假": DayKind.OFF, "makeup": DayKind.MAKEUP, "上班": DayKind.MAKEUP}


class UnreadableNotice(ValueError):
    """Part of the notice could not be read; `line` is the text of it."""

    def __init__(self, line: str) -> None:
        self.line = line
        super().__init__(f"cannot read: {line}")


@dataclass(frozen=True, kw_only=True)
class NoticeDay:
    """One day that a notice makes different from the week."""

    on: date
    #: OFF or MAKEUP.
    kind: DayKind
    #: Holiday, as the notice calls it; empty for make-up days read from a table.
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadNotice:
    """What was read; `number`, `title` and `year` are empty where the text does not say them."""

    days: tuple[NoticeDay, ...]
    number: str = ""
    title: str = ""
    year: int | None = None


def normalise_brackets(text: str) -> str:
    """The same text with the brackets 〔 〕 of document numbers in one form (notices also use ﹝ ﹞ and [ ])."""
    return re.sub(r"[﹝\[［](\d{4})[﹞\]］]", r"〔\1〕", text)


def read_notice(text: str, *, year: int | None = None) -> ReadNotice:
    """Read the wording of a notice; raises UnreadableNotice for a line about days off that cannot be read.

    `year` is used where the text does not name its year.
    """
    text = normalise_brackets(text)
    titled = _TITLE.search(text)
    number = _NUMBER.search(text)
    year = int(titled.group(1)) if titled else year
    if not year:
        raise UnreadableNotice(text.strip().partition("\n")[0])
    days: dict[date, NoticeDay] = {}
    for line in (line.strip() for line in text.splitlines()):
        if len(line) > _LONGEST_LINE:
            raise UnreadableNotice(line[:100])
        head = _HEAD.match(line)
        if head is None:
            if re.search(r"\d月\d{1,2}日.*(?:放假|上班)", line):
                raise UnreadableNotice(line)
            continue
        for day in _days_of_line(head.group(1).strip(), head.group(2), year, line):
            days[day.on] = day
    if not days:
        raise UnreadableNotice(text.strip().partition("\n")[0])
    return ReadNotice(
        days=tuple(days[on] for on in sorted(days)),
        number=number.group(0) if number else "",
        title=titled.group(0) if titled else "",
        year=year,
    )


def read_table(text: str) -> ReadNotice:
    """Read lines `date,kind,name` (kind: off/放假 or makeup/上班; name may be missing; a heading line is passed over)."""
    days: dict[date, NoticeDay] = {}
    for row in _rows(text):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].lower() in ("date", "日期"):
            continue
        try:
            on = date.fromisoformat(cells[0].replace("/", "-"))
            kind = _KINDS[cells[1].lower()]
        except (ValueError, KeyError, IndexError):
            raise UnreadableNotice(",".join(row)) from None
        days[on] = NoticeDay(on=on, kind=kind, name=cells[2] if len(cells) > 2 else "")
    if not days:
        raise UnreadableNotice("")
    return ReadNotice(days=tuple(days[on] for on in sorted(days)))


def _rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text.strip(), newline=None)))
    except csv.Error:
        raise UnreadableNotice(text.strip()[:100]) from None


def write_table(days: tuple[NoticeDay, ...]) -> str:
    """The days as the table that `read_table` reads."""
    words = {DayKind.OFF: "放假", DayKind.MAKEUP: "上班"}
    return "\n".join(f"{day.on.isoformat()},{words[day.kind]},{day.name}" for day in days)


def _days_of_line(name: str, text: str, year: int, line: str) -> list[NoticeDay]:
    found: list[NoticeDay] = []
    for sentence in re.split(r"[。；;]", _ASIDE.sub("", text)):
        if "上班" in sentence:
            kind = DayKind.MAKEUP
        elif "放假" in sentence:
            kind = DayKind.OFF
        else:
            continue
        spans = _SPAN.findall(sentence)
        if not spans:
            raise UnreadableNotice(line)
        for span in spans:
            found += [NoticeDay(on=on, kind=kind, name=name) for on in _days_of_span(span, year, line)]
    return found


def _days_of_span(span: tuple[str, ...], year: int, line: str) -> list[date]:
    first_year, month, day, last_year, last_month, last_day = span
    try:
        first = date(int(first_year or year), int(month), int(day))
        if not last_day:
            return [first]
        last = date(int(last_year or first.year), int(last_month or month), int(last_day))
    except ValueError:
        raise UnreadableNotice(line) from None
    if not first <= last < first + 31 * _ONE:
        raise UnreadableNotice(line)
    return [first + n * _ONE for n in range((last - first).days + 1)]
