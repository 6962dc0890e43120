"""May this be entered? Pure checks of notices, texts, choices and statutes; all shortfalls at once."""

import re
from collections.abc import Iterable
from datetime import date

from gongxiang.law.articles import implements
from gongxiang.law.calendar import DayKind
from gongxiang.law.instruments import Instrument, Period, Unit
from gongxiang.law.notices import NoticeDay
from gongxiang.law.rules import CHOICE, SITE, WITHHOLDING_RANKS, RuleNotInForce, Rules
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.rulebook.errors import (
    AddressUnusable,
    ChoiceInThePast,
    CodeUnusable,
    DayOutsideYear,
    DayTwice,
    InstrumentGivesNone,
    MakeupDayOnWeekday,
    NoticeWithoutDays,
    NoticeWithoutNumber,
    NoticeWithoutTitle,
    PeriodNotLawful,
    ReasonMissing,
    StatuteEndsBeforeItBegins,
    StatuteIncomplete,
    StatutoryDayMissing,
    TextOfAnotherInstrument,
    TextUnreadable,
)

#: Days off by law on fixed dates (全国年节及纪念日放假办法 2024, art. 2): month and day.
FIXED_DAYS_OFF = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
#: From this December day on, a notice may speak of the year before its own.
NOTICE_BEGINS = (12, 20)
_SATURDAY = 5
#: The longest period the authority may set where no instrument gives one.
LONGEST_OWN_PERIOD = 60
_CODE = re.compile(r"[A-Za-z0-9_-]+")


def check_notice(*, year: int, scope: str, number: str, title: str, days: Iterable[NoticeDay]) -> None:
    """Raise Shortfalls with everything that keeps the notice from being entered."""
    days = tuple(days)
    found: list[Refusal] = []
    if not number.strip():
        found.append(NoticeWithoutNumber(field="number"))
    if not title.strip():
        found.append(NoticeWithoutTitle(field="title"))
    if not any(day.kind is DayKind.OFF for day in days):
        found.append(NoticeWithoutDays(field="days"))
    seen: dict[date, DayKind] = {}
    for day in days:
        before = day.on.year == year - 1 and (day.on.month, day.on.day) >= NOTICE_BEGINS
        if day.on.year != year and not before:
            found.append(DayOutsideYear(field="days", day=day.on.isoformat(), year=year))
        if day.kind is DayKind.MAKEUP and day.on.weekday() < _SATURDAY:
            found.append(MakeupDayOnWeekday(field="days", day=day.on.isoformat()))
        if seen.setdefault(day.on, day.kind) is not day.kind:
            found.append(DayTwice(field="days", day=day.on.isoformat()))
    if scope == "state" and seen:
        missing = [date(year, *fixed) for fixed in FIXED_DAYS_OFF if seen.get(date(year, *fixed)) is not DayKind.OFF]
        found += [StatutoryDayMissing(field="days", day=day.isoformat()) for day in missing]
    if found:
        raise Shortfalls(found)


def decode_text(data: bytes) -> str:
    """The text of an uploaded file, in UTF-8 or the GB18030 that older Windows programs write; raises TextUnreadable."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TextUnreadable(field="file")


def check_text_belongs(text: str, instrument: Instrument) -> None:
    """Raise TextOfAnotherInstrument unless the text names the instrument."""
    packed = "".join(text.split())
    if instrument.number not in packed and instrument.title.zh not in packed:
        raise TextOfAnotherInstrument(field="text", number=instrument.number, title=instrument.title.zh)


@implements("cn-809:23", "wushen-2021-60:32", "wushen-2021-60:33")
def check_rule_choice(
    *, rules: Rules, rule: str, instrument: str, days: int | None, since: date, today: date, reason: str
) -> None:
    """Raise Shortfalls unless the authority may choose this: with a reason, not for the past, and within the law."""
    found: list[Refusal] = []
    if not reason.strip():
        found.append(ReasonMissing(field="reason"))
    if since < today:
        found.append(ChoiceInThePast(field="since"))
    if instrument == SITE:
        most = longest_lawful(rules, rule, since)
        if days is None or not 1 <= days <= most:
            found.append(PeriodNotLawful(field="days", most=most))
    elif instrument not in available_instruments(rules, rule, since):
        found.append(InstrumentGivesNone(field="instrument", instrument=instrument))
    if found:
        raise Shortfalls(found)


def available_instruments(rules: Rules, rule: str, on: date) -> tuple[str, ...]:
    """The instruments that give the rule on that day, our choice among them where the texts are silent."""
    if rule == WITHHOLDING_RANKS:
        return tuple(dict.fromkeys(r.instrument for r in rules.rank_lists if r.since <= on))
    candidates = [p.instrument for p in rules.candidates(rule, on) if p.instrument != SITE]
    lawful = tuple(i for i in candidates if i != CHOICE)
    return lawful or tuple(candidates)


def longest_lawful(rules: Rules, rule: str, on: date) -> int:
    """The most working days the authority may set for the rule; 0 where it may set none."""
    candidates = rules.candidates(rule, on)
    if not candidates or any(p.unit is not Unit.WORKING_DAYS for p in candidates):
        return 0
    lawful = [p.value for p in candidates if p.instrument not in (CHOICE, SITE)]
    return max(lawful) if lawful else LONGEST_OWN_PERIOD


def is_laxer(rules: Rules, rule: str, instrument: str, days: int | None, since: date) -> bool:
    """Whether the choice is laxer than the default profile: an override, recorded as such."""
    if rule == WITHHOLDING_RANKS:
        mine = next(r for r in reversed(rules.rank_lists) if r.instrument == instrument and r.since <= since)
        return not mine.ranks <= rules.withholding_ranks(since).ranks
    try:
        default = rules.period(rule, since)
    except RuleNotInForce:
        return False
    value = days if instrument == SITE else _of(rules.candidates(rule, since), instrument).value
    assert value is not None
    return value > default.value if default.unit is Unit.WORKING_DAYS else value < default.value


def check_code(code: str) -> None:
    """Raise CodeUnusable for a code that an address or another system could not carry."""
    if not _CODE.fullmatch(code):
        raise CodeUnusable(field="code")


def check_statute(
    *, title: str, number: str, article: str, url: str, in_force_from: date | None, in_force_until: date | None
) -> None:
    """Raise Shortfalls unless the statute can be found by whoever reads the citation."""
    found: list[Refusal] = []
    for name, value in (("title", title), ("number", number), ("article", article)):
        if not value.strip():
            found.append(StatuteIncomplete(field=name))
    if in_force_from is None:
        found.append(StatuteIncomplete(field="in_force_from"))
    elif in_force_until is not None and in_force_until < in_force_from:
        found.append(StatuteEndsBeforeItBegins(field="in_force_until"))
    if url and not url.startswith(("http://", "https://")):
        found.append(AddressUnusable(field="url"))
    if found:
        raise Shortfalls(found)


def _of(candidates: Iterable[Period], instrument: str) -> Period:
    return next(p for p in candidates if p.instrument == instrument)
