"""Reading the rulebook: deadlines on the calendar in force, rules as chosen, texts, statutes, codes, parameters.

For every room above and the pages; gives frozen values only.
"""

import functools
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from importlib import resources
from types import MappingProxyType
from typing import Any
from uuid import UUID

import yaml
from django.db import connection
from django.db.models import Max, QuerySet

from gongxiang.law import deadlines
from gongxiang.law.articles import implements
from gongxiang.law.calendar import Calendar, DayKind, YearStatus, shipped_calendar
from gongxiang.law.deadlines import Deadline, beijing_date, end_of_day
from gongxiang.law.instruments import INSTRUMENT_IDS, Period, Rank, Text, Unit
from gongxiang.law.notices import NoticeDay
from gongxiang.law.rules import SITE, WITHHOLDING_RANKS, Rules, Selection, default_rules
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.rulebook.models import (
    ArticleText,
    CalendarDay,
    CodeEntry,
    HolidayNotice,
    ParameterValue,
    RuleChoice,
    Statute,
    TextImport,
)
from gongxiang.platform.rulebook.values import (
    CalendarStatus as CalendarStatus,
)
from gongxiang.platform.rulebook.values import (
    ChoiceRef as ChoiceRef,
)
from gongxiang.platform.rulebook.values import (
    Code as Code,
)
from gongxiang.platform.rulebook.values import (
    CodeTable as CodeTable,
)
from gongxiang.platform.rulebook.values import (
    Move as Move,
)
from gongxiang.platform.rulebook.values import (
    NoticePreview as NoticePreview,
)
from gongxiang.platform.rulebook.values import (
    NoticeRef as NoticeRef,
)
from gongxiang.platform.rulebook.values import (
    OpenDeadline as OpenDeadline,
)
from gongxiang.platform.rulebook.values import (
    Parameter as Parameter,
)
from gongxiang.platform.rulebook.values import (
    StatuteRef as StatuteRef,
)
from gongxiang.platform.rulebook.values import (
    TextRef as TextRef,
)
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.evidence import sm3

#: Seconds for which a page may count working days left on the calendar it has read before.
_PAGE_SECONDS = 2.0
_cached: tuple[str, float, Calendar, int] | None = None


# ---- calendar -------------------------------------------------------------------------------------------------------------


def calendar() -> Calendar:
    """The calendar in force, read now."""
    return _calendar_of(current_notices())


def _calendar_of(notices: Iterable[HolidayNotice], replaced: tuple[int, str, tuple[NoticeDay, ...]] | None = None) -> Calendar:
    """The calendar the notices give; `replaced` stands in for the notice of its year and scope."""
    kept = [n for n in notices if replaced is None or (n.year, n.scope) != replaced[:2]]
    off: set[date] = set()
    makeup: set[date] = set()
    names: dict[date, Text] = {}
    for day in CalendarDay.objects.filter(notice__in=kept):
        (off if day.kind == DayKind.OFF else makeup).add(day.on)
        if day.kind == DayKind.OFF:
            names[day.on] = Text(zh=day.name_zh, en=day.name_en or day.name_zh)
    confirmed = {n.year for n in kept if n.scope == "state" and n.confirmed}
    if replaced is not None:
        year, scope, days = replaced
        off.update(d.on for d in days if d.kind is DayKind.OFF)
        makeup.update(d.on for d in days if d.kind is DayKind.MAKEUP)
        names.update({d.on: Text(zh=d.name, en=english_name(d.name)) for d in days if d.kind is DayKind.OFF})
        if scope == "state":
            confirmed.add(year)
    return Calendar(
        days_off=frozenset(off),
        makeup_days=frozenset(makeup),
        confirmed_years=frozenset(confirmed),
        provisional_years=frozenset(n.year for n in kept if n.scope == "state" and not n.confirmed),
        names=MappingProxyType(names),
        spill_from=shipped_calendar().spill_from,
    )


def english_name(name: str) -> str:
    """The English name of a holiday that the shipped calendar knows, else the Chinese one."""
    known = {text.zh.rstrip("节"): text.en for text in shipped_calendar().names.values()}
    return known.get(name.rstrip("节"), name)


def current_notices() -> QuerySet[HolidayNotice]:
    """The notices in force, one per year and scope."""
    return HolidayNotice.objects.filter(superseded_at__isnull=True)


def calendar_status(year: int) -> CalendarStatus:
    """How sure the year is."""
    mine = {n.scope: _notice(n) for n in current_notices().filter(year=year)}
    state = mine.get("state")
    status = YearStatus.ABSENT if state is None else YearStatus.CONFIRMED if state.confirmed else YearStatus.PROVISIONAL
    return CalendarStatus(year=year, status=status, notice=state, local=mine.get("local"))


def notices_of(year: int) -> tuple[NoticeRef, ...]:
    """Every notice ever entered for the year, newest first."""
    return tuple(_notice(n) for n in HolidayNotice.objects.filter(year=year).order_by("-entered_at", "-id"))


def days_of(notice_id: UUID) -> tuple[NoticeDay, ...]:
    """The days that a notice names."""
    return tuple(
        NoticeDay(on=d.on, kind=DayKind(d.kind), name=d.name_zh)
        for d in CalendarDay.objects.filter(notice_id=notice_id).order_by("on")
    )


def missing_notice_year(at: datetime) -> int | None:
    """The year whose notice is missing and due to be entered: this one, or from November (parameter) on the next."""
    today = beijing_date(at)
    years = [today.year]
    if today.month >= parameter("notice_expected_month"):
        years.append(today.year + 1)
    return next((year for year in years if calendar_status(year).provisional), None)


def _notice(row: HolidayNotice) -> NoticeRef:
    return NoticeRef(
        id=row.id,
        year=row.year,
        scope=row.scope,
        number=row.number,
        title=row.title,
        confirmed=row.confirmed,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        superseded_at=row.superseded_at,
    )


# ---- deadlines ------------------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:21(2)", "wushen-2021-60:7", "cn-809:17.2", "cn-809:21.1", "cn-809:22.1", "cn-809:26.2")
@implements("wushen-2021-60:33", "cn-809:44")
def deadline(rule: str, *, start: datetime, on: date | None = None, days: int | None = None) -> Deadline:
    """The deadline of a period that starts at `start`, by the rule chosen here and the calendar in force.

    `on` is the day whose rules apply (default: the start day); `days` asks for fewer working days than the rule gives.
    """
    return deadlines.due(rule=rule, start=start, on=on, days=days, calendar=calendar(), rules=rules())


@implements("cn-809:21.1", "cn-809:17.2")
def extension(rule: str, *, due_at: datetime, days: int, on: date | None = None) -> Deadline:
    """A deadline moved on by `days` working days under `reply_extension` or `catalogue_update_extension`."""
    return deadlines.extend(rule=rule, due_at=due_at, days=days, on=on, calendar=calendar(), rules=rules())


def _on_page() -> tuple[Calendar, int]:
    """The calendar and the number of urgent days for pages: read at most every two seconds."""
    global _cached
    database = str(connection.settings_dict["NAME"])
    if _cached is None or _cached[0] != database or time.monotonic() - _cached[1] > _PAGE_SECONDS:
        _cached = (database, time.monotonic(), calendar(), parameter("urgent_working_days"))
    return _cached[2:]


def working_days_left(due_at: datetime, at: datetime) -> int:
    """Working days left after today; 0 on the last day, negative once over. For pages: the calendar may be 2 s old."""
    return deadlines.working_days_left(due_at, at, _on_page()[0])


def is_urgent(due_at: datetime, at: datetime) -> bool:
    """Whether so few working days are left that a page marks it."""
    ours, urgent = _on_page()
    return deadlines.working_days_left(due_at, at, ours) <= urgent


def is_provisional(due_at: datetime, at: datetime) -> bool:
    """Whether a holiday notice still to come may move this open deadline: wherever it is shown, this is said."""
    ours = _on_page()[0]
    today, last = beijing_date(at), deadlines.last_day(due_at)
    return any(ours.is_provisional(today + n * timedelta(days=1)) for n in range(1, (last - today).days + 1))


def forget_calendar() -> None:
    """Let pages read calendar and parameters anew; called after either was changed."""
    global _cached
    _cached = None


_sources: dict[str, Callable[[datetime], Iterable[OpenDeadline]]] = {}
_recounts: dict[str, Callable[[datetime], object]] = {}


def register_deadline_source(
    name: str,
    source: Callable[[datetime], Iterable[OpenDeadline]],
    recount: Callable[[datetime], object] | None = None,
) -> None:
    """Let a room above say which clocks are running at an instant; called from its AppConfig.ready.

    `recount(at)` counts the room's clocks anew, each with its evidence, after a holiday notice was entered; a room whose
    clocks are all counted in months, years or to a fixed day gives none.
    """
    _sources[name] = source
    if recount is not None:
        _recounts[name] = recount


def deadline_sources() -> Mapping[str, Callable[[datetime], Iterable[OpenDeadline]]]:
    """Every room's clocks by name."""
    return MappingProxyType(_sources)


def recounts() -> Mapping[str, Callable[[datetime], object]]:
    """What counts the clocks of each source anew."""
    return MappingProxyType(_recounts)


def open_deadlines(at: datetime) -> tuple[OpenDeadline, ...]:
    """Every clock running at that instant, soonest first."""
    found = [open_one for source in _sources.values() for open_one in source(at)]
    return tuple(sorted(found, key=lambda d: (d.due_at, d.subject)))


def recount_open(open_deadline: OpenDeadline, *, at: datetime) -> Deadline:
    """The same clock on the calendar in force now; never moved to a day before the one of `at` (our choice, choices.md)."""
    return _recount(open_deadline, calendar(), at)


def _recount(open_deadline: OpenDeadline, on_calendar: Calendar, at: datetime) -> Deadline:
    days = open_deadline.working_days or int(open_deadline.rule.partition("=")[2].partition("@")[0])
    counted = deadlines.recount(
        rule=open_deadline.rule, basis="", start=open_deadline.start, working_days=days, calendar=on_calendar
    )
    if open_deadline.due_at <= at or counted.due_at > at:
        return counted
    return Deadline(
        due_at=end_of_day(beijing_date(at)),
        basis=counted.basis,
        rule=counted.rule,
        provisional=counted.provisional,
        working_days=counted.working_days,
    )


def preview_notice(*, year: int, scope: str, days: tuple[NoticeDay, ...], at: datetime) -> NoticePreview:
    """What would change if these were the days of the year: days of the calendar, and open deadlines."""
    notices = list(current_notices())
    before = _calendar_of(notices)
    after = _calendar_of(notices, (year, scope, days))
    span = [date(year - 1, 12, 20) + n * timedelta(days=1) for n in range(12)] + [on for on, _ in after.days(year)]
    running = [d for d in open_deadlines(at) if (d.due_at > at or d.uncertain) and d.in_working_days]
    counted = [(d, _recount(d, before, at), _recount(d, after, at)) for d in running]
    moves = tuple(Move(deadline=d, due_at=new.due_at) for d, _old, new in counted if new.due_at != d.due_at)
    content = {
        "year": year,
        "scope": scope,
        "days": [[d.on, d.kind, d.name] for d in days],
        "moves": [[m.deadline.subject, m.due_at] for m in moves],
    }
    return NoticePreview(
        year=year,
        changed_days=tuple((on, before.kind(on), after.kind(on)) for on in span if before.kind(on) is not after.kind(on)),
        working_days_before=sum(before.working_day(on) for on, _ in before.days(year)),
        working_days_after=sum(after.working_day(on) for on, _ in after.days(year)),
        moves=moves,
        unmoved=len(running) - len(moves),
        settled=sum(old.provisional and not new.provisional for _d, old, new in counted),
        seen=sm3(canonical(content)).hex()[:32],
    )


# ---- rules ----------------------------------------------------------------------------------------------------------------


def rules() -> Rules:
    """The default profile with the authority's choices over it."""
    made = list(RuleChoice.objects.order_by("since", "chosen_at", "id"))
    return default_rules().with_overrides(
        selections=[Selection(rule=c.rule, instrument=c.instrument, since=c.since) for c in made],
        periods=[
            Period(rule=c.rule, instrument=SITE, article=c.article, since=c.since, value=c.value or 0, unit=Unit(c.unit))
            for c in made
            if c.instrument == SITE
        ],
    )


def default_selections(rule: str) -> tuple[Selection, ...]:
    """What the default profile chooses for the rule, oldest first."""
    return tuple(s for s in default_rules().selections if s.rule == rule)


def choices_of(rule: str = "") -> tuple[ChoiceRef, ...]:
    """The choices made, newest first; of one rule if named."""
    made = RuleChoice.objects.filter(rule=rule) if rule else RuleChoice.objects.all()
    return tuple(
        ChoiceRef(
            id=c.id,
            rule=c.rule,
            instrument=c.instrument,
            value=c.value,
            since=c.since,
            reason=c.reason,
            is_override=c.is_override,
            chosen_by=c.chosen_by,
            chosen_at=c.chosen_at,
        )
        for c in made.order_by("-chosen_at", "-id")
    )


# ---- texts ----------------------------------------------------------------------------------------------------------------


def texts() -> Mapping[str, TextRef]:
    """Instrument id to its imported text, where there is one."""
    return {
        t.instrument: TextRef(
            id=t.id,
            instrument=t.instrument,
            file_name=t.file_name,
            digest=t.digest,
            imported_by=t.imported_by,
            imported_at=t.imported_at,
        )
        for t in TextImport.objects.filter(superseded_at__isnull=True, instrument__in=INSTRUMENT_IDS)
    }


def article_text(instrument: str, number: int) -> str:
    """The imported text of a whole article; empty if none was imported."""
    found = ArticleText.objects.filter(
        text_import__instrument=instrument, text_import__superseded_at__isnull=True, number=str(number)
    ).first()
    return found.text if found else ""


# ---- statutes -------------------------------------------------------------------------------------------------------------


def visible_to(actor: Actor) -> QuerySet[Statute]:
    """The statutes that `actor` may see: the register is open to everyone signed in."""
    return Statute.objects.all()


def statutes(*, on: date | None = None, rank: Rank | None = None) -> tuple[StatuteRef, ...]:
    """The register, newest first; those in force on a day, or of a rank, if named."""
    rows = Statute.objects.order_by("-registered_at", "-id")
    found = (_statute(row) for row in (rows.filter(rank=rank) if rank else rows))
    return tuple(s for s in found if on is None or s.in_force(on))


def statute(statute_id: UUID) -> StatuteRef:
    """One statute; raises NotFound."""
    row = Statute.objects.filter(pk=statute_id).first()
    if row is None:
        raise NotFound()
    return _statute(row)


@implements("wushen-2021-60:10", "cn-809:14(3)", "cn-809:15.2")
def rank_is_sufficient(chosen: StatuteRef | UUID, *, on: date) -> bool:
    """Whether the statute can carry a withholding on that day: in force, and of a rank the chosen rule accepts."""
    found = chosen if isinstance(chosen, StatuteRef) else statute(chosen)
    return found.in_force(on) and found.rank in rules().withholding_ranks(on).ranks


def sufficient_ranks(on: date) -> frozenset[Rank]:
    """The ranks that can carry a withholding on that day."""
    return rules().withholding_ranks(on).ranks


def withholding_basis(on: date) -> str:
    """The article by which the rank of a withholding's basis is judged on that day."""
    return rules().withholding_ranks(on).article


def withholding_version(on: date) -> str:
    """Rule version of that judgement, stored with it."""
    chosen = rules().withholding_ranks(on)
    return f"{WITHHOLDING_RANKS}={chosen.instrument}@{chosen.since.isoformat()}"


def _statute(row: Statute) -> StatuteRef:
    return StatuteRef(
        id=row.id,
        title=row.title,
        number=row.number,
        rank=Rank(row.rank),
        issuer=row.issuer,
        article=row.article,
        text=row.text,
        url=row.url,
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        registered_by=row.registered_by,
        registered_at=row.registered_at,
    )


# ---- codes and parameters -------------------------------------------------------------------------------------------------


def read_data(name: str) -> Any:
    """A YAML file of the room's folder `data`."""
    path = resources.files("gongxiang.platform.rulebook").joinpath("data").joinpath(f"{name}.yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@functools.cache
def code_tables() -> Mapping[str, CodeTable]:
    """The code tables by name."""
    return MappingProxyType(
        {
            name: CodeTable(
                name=name,
                title=Text(zh=table["title"]["zh"], en=table["title"]["en"]),
                basis=tuple(table["basis"]),
                fixed=table.get("fixed", False),
            )
            for name, table in read_data("codes").items()
        }
    )


def codes(table: str, *, on: date | None = None) -> tuple[Code, ...]:
    """The codes of a table in order; only those in force on a day, if named."""
    found = (_code(row) for row in CodeEntry.objects.filter(table=table).order_by("position", "code"))
    return tuple(c for c in found if on is None or c.in_force(on))


def code_label(table: str, code: str, language: str) -> str:
    """The name of a code; the code itself if it is not known."""
    row = CodeEntry.objects.filter(table=table, code=code).first()
    return _code(row).label.in_language(language) if row else code


def _code(row: CodeEntry) -> Code:
    return Code(
        table=row.table,
        code=row.code,
        label=Text(zh=row.label_zh, en=row.label_en),
        parent=row.parent,
        position=row.position,
        since=row.since,
        until=row.until,
    )


def next_position(table: str) -> int:
    """The position after the last code of a table."""
    return int(CodeEntry.objects.filter(table=table).aggregate(last=Max("position"))["last"] or 0) + 1


@functools.cache
def parameters() -> Mapping[str, Parameter]:
    """The parameters by name."""
    return MappingProxyType(
        {
            name: Parameter(
                name=name,
                title=Text(zh=entry["title"]["zh"], en=entry["title"]["en"]),
                default=entry["default"],
                least=entry["least"],
                most=entry["most"],
            )
            for name, entry in read_data("parameters").items()
        }
    )


def parameter(name: str) -> int:
    """The value of a parameter in force."""
    newest = ParameterValue.objects.filter(name=name).order_by("-set_at", "-id").first()
    return newest.value if newest else parameters()[name].default
