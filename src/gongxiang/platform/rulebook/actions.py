"""Keeping the rulebook: each act by name, with its evidence in the same transaction."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements, instrument
from gongxiang.law.calendar import DayKind, YearStatus, shipped_calendar
from gongxiang.law.deadlines import beijing_date
from gongxiang.law.instruments import Rank
from gongxiang.law.notices import NoticeDay, normalise_brackets
from gongxiang.law.rules import SITE, WITHHOLDING_RANKS, default_rules
from gongxiang.law.texts import UnreadableText, split_text
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.errors import NotFound, Refusal, Shortfalls
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.rulebook import mappings, permissions, policies, queries
from gongxiang.platform.rulebook.errors import (
    ArticlesMissing,
    CodeIncomplete,
    CodeTableUnknown,
    CodeTaken,
    MappingInPast,
    MappingTaken,
    ParameterOutOfRange,
    PreviewOutdated,
    ReasonMissing,
    StatuteEndsBeforeItBegins,
)
from gongxiang.platform.rulebook.models import (
    ArticleText,
    CalendarDay,
    CodeEntry,
    CodeMapping,
    HolidayNotice,
    ParameterValue,
    RuleChoice,
    Statute,
    TextImport,
)
from gongxiang.platform.rulebook.values import ChoiceRef, Code, NoticeRef, StatuteRef, TextRef
from gongxiang.protocol.evidence import sm3


@transaction.atomic
def seed_rulebook(*, by: System, at: datetime) -> int:
    """Add the shipped years and codes that are not there yet; returns how many years and codes were added."""
    permissions.SEED.check(by)
    calendar = shipped_calendar()
    added = 0
    known = set(HolidayNotice.objects.filter(scope="state").values_list("year", flat=True))
    for year in sorted((calendar.confirmed_years | calendar.provisional_years) - known):
        added += 1
        confirmed = calendar.status(year) is YearStatus.CONFIRMED
        notice = HolidayNotice.objects.create(year=year, scope="state", confirmed=confirmed, entered_by=by.name, entered_at=at)
        days = [
            CalendarDay(
                notice=notice, on=on, kind=kind.value, name_zh=calendar.names[on].zh if on in calendar.names else "",
                name_en=calendar.names[on].en if on in calendar.names else "",
            )
            for on, kind in calendar.days(year)
            if kind in (DayKind.OFF, DayKind.MAKEUP)
        ]  # fmt: skip
        CalendarDay.objects.bulk_create(days)
        record_act(
            kind="calendar:seeded",
            subject=("calendar", year),
            by=by,
            at=at,
            after={"confirmed": confirmed, "days": [[d.on, d.kind] for d in days]},
        )
    fresh = _missing_codes()
    if fresh:
        CodeEntry.objects.bulk_create(fresh)
        tables = sorted({c.table for c in fresh})
        record_act(kind="code:seeded", subject=("code", "shipped"), by=by, at=at, after={"codes": len(fresh), "tables": tables})
    mapped = _missing_mappings(by.name, at)
    if mapped:
        CodeMapping.objects.bulk_create(mapped)
        record_act(kind="code:mappings_seeded", subject=("code", "mappings"), by=by, at=at, after={"mappings": len(mapped)})
    queries.forget_calendar()
    return added + len(fresh) + len(mapped)


def _missing_mappings(by: str, at: datetime) -> list[CodeMapping]:
    """Counterparts as shipped of values for which none was ever entered."""
    known = set(CodeMapping.objects.values_list("interface", "list", "value"))
    return [
        CodeMapping(interface=one[0], list=one[1], value=one[2], outside=one[3], inbound=one[4], entered_by=by, entered_at=at)
        for one in mappings.shipped()
        if one[:3] not in known
    ]


def _missing_codes() -> list[CodeEntry]:
    known = set(CodeEntry.objects.values_list("table", "code"))
    return [
        CodeEntry(table=table, code=code, label_zh=zh, label_en=en, position=position, parent=parent[0] if parent else "")
        for table, content in queries.read_data("codes").items()
        for position, (code, zh, en, *parent) in enumerate(content["codes"], 1)
        if (table, code) not in known
    ]


@implements("wushen-2021-60:21(2)", "cn-809:21.1")
@transaction.atomic
def enter_notice(
    *,
    year: int,
    number: str,
    title: str,
    days: tuple[NoticeDay, ...],
    seen: str,
    scope: str = "state",
    by: Actor,
    at: datetime,
) -> NoticeRef:
    """Make these the days of the year. `seen` is the preview's digest: what moves is confirmed, not discovered afterwards.

    Rooms above recompute their open deadlines when they read `calendar:notice_entered`.
    """
    permissions.ENTER_NOTICE.check(by)
    policies.check_notice(year=year, scope=scope, number=number, title=title, days=days)
    before = queries.current_notices().select_for_update().filter(year=year, scope=scope).first()
    preview = queries.preview_notice(year=year, scope=scope, days=days, at=at)
    if preview.seen != seen:
        raise PreviewOutdated()
    if before is not None:
        HolidayNotice.objects.filter(pk=before.pk).update(superseded_at=at)
    notice = HolidayNotice.objects.create(
        year=year,
        scope=scope,
        number=normalise_brackets(number).strip(),
        title=title.strip(),
        confirmed=scope == "state",
        entered_by=by.name,
        entered_at=at,
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=notice, on=day.on, kind=day.kind.value, name_zh=day.name, name_en=queries.english_name(day.name))
        for day in days
    )
    record_act(
        kind="calendar:notice_entered",
        subject=("calendar", year),
        by=by,
        at=at,
        before={"notice": before.pk if before else None, "working_days": preview.working_days_before},
        after={
            "notice": notice.pk,
            "scope": scope,
            "number": notice.number,
            "title": notice.title,
            "working_days": preview.working_days_after,
            "days": [[day.on, day.kind] for day in days],
        },
        detail={
            "moved": [[m.deadline.subject, m.deadline.due_at, m.due_at] for m in preview.moves],
            "unmoved": preview.unmoved,
            "settled": preview.settled,
        },
        trail=[m.deadline.subject for m in preview.moves],
    )
    transaction.on_commit(queries.forget_calendar)
    found = queries.calendar_status(year)
    entered = found.notice if scope == "state" else found.local
    assert entered is not None
    return entered


@implements("wushen-2021-60:1")
@transaction.atomic
def import_text(*, instrument_id: str, text: str, file_name: str = "", by: Actor, at: datetime) -> TextRef:
    """Store the full text of an instrument, split per article; a new import replaces the one before, which is kept."""
    permissions.IMPORT_TEXT.check(by)
    subject = instrument(instrument_id)
    text = normalise_brackets(text)
    policies.check_text_belongs(text, subject)
    try:
        articles = split_text(text, subject)
    except UnreadableText as unreadable:
        raise ArticlesMissing(field="text", missing=_listed(unreadable.missing), extra=_listed(unreadable.extra)) from None
    before = TextImport.objects.select_for_update().filter(instrument=instrument_id, superseded_at__isnull=True).first()
    if before is not None:
        TextImport.objects.filter(pk=before.pk).update(superseded_at=at)
    stored = TextImport.objects.create(
        instrument=instrument_id,
        file_name=file_name,
        digest=sm3(text.encode()).hex(),
        text=text,
        imported_by=by.name,
        imported_at=at,
    )
    ArticleText.objects.bulk_create(
        ArticleText(text_import=stored, number=number, text=words) for number, words in articles.items()
    )
    record_act(
        kind="instrument:text_imported",
        subject=("instrument", instrument_id),
        by=by,
        at=at,
        basis=[subject.in_force_basis],
        before={"text": before.pk if before else None, "digest": before.digest if before else ""},
        after={"text": stored.pk, "digest": stored.digest, "articles": len(articles), "characters": len(text)},
        detail={"file_name": file_name},
    )
    return queries.texts()[instrument_id]


def _listed(numbers: tuple[str, ...]) -> str:
    return "、".join(numbers) or "-"


@implements("wushen-2021-60:32", "wushen-2021-60:33", "cn-809:23")
@transaction.atomic
def choose_rule(
    *, rule: str, instrument_id: str, since: date, reason: str, days: int | None = None, by: Actor, at: datetime
) -> ChoiceRef:
    """Choose which instrument wins for a rule from a day on, or (`site`) a number of days of the authority's own.

    A choice laxer than the default profile is recorded as an override. Cases begun before keep their rule.
    """
    permissions.CHOOSE_RULE.check(by)
    rules = queries.rules()
    if rule not in rules.info:
        raise NotFound()
    on = max(since, beijing_date(at))
    before = rules.selection(rule, on)
    policies.check_rule_choice(
        rules=rules, rule=rule, instrument=instrument_id, days=days, since=since, today=beijing_date(at), reason=reason
    )
    own = instrument_id == SITE
    period = None if rule == WITHHOLDING_RANKS else rules.period(rule, since)
    basis = rules.withholding_ranks(since).article if period is None else period.article
    laxer = policies.is_laxer(default_rules(), rule, instrument_id, days, since)
    choice = RuleChoice.objects.create(
        rule=rule,
        instrument=instrument_id,
        value=days if own else None,
        unit=period.unit.value if own and period else "",
        article=period.article if own and period else "",
        since=since,
        reason=reason.strip(),
        is_override=laxer,
        chosen_by=by.name,
        chosen_at=at,
    )
    record_act(
        kind="rule:chosen",
        subject=("rule", rule),
        by=by,
        at=at,
        basis=[basis],
        before={"instrument": before.instrument, "since": before.since},
        after={"instrument": instrument_id, "days": choice.value, "since": since, "override": laxer},
        detail={"reason": choice.reason},
    )
    return queries.choices_of(rule)[0]


@implements("wushen-2021-60:10", "cn-809:15.2")
@transaction.atomic
def register_statute(
    *,
    title: str,
    number: str,
    rank: Rank,
    article: str,
    in_force_from: date | None,
    in_force_until: date | None = None,
    issuer: str = "",
    text: str = "",
    url: str = "",
    by: Actor,
    at: datetime,
) -> StatuteRef:
    """Enter a statute that can be cited as basis of a withholding."""
    permissions.REGISTER_STATUTE.check(by)
    policies.check_statute(
        title=title, number=number, article=article, url=url, in_force_from=in_force_from, in_force_until=in_force_until
    )
    assert in_force_from is not None
    row = Statute.objects.create(
        title=title.strip().strip("《》"),
        number=normalise_brackets(number).strip(),
        rank=rank.value,
        issuer=issuer.strip(),
        article=article.strip(),
        text=text.strip(),
        url=url.strip(),
        in_force_from=in_force_from,
        in_force_until=in_force_until,
        registered_by=by.name,
        registered_at=at,
    )
    registered = queries.statute(row.pk)
    record_act(
        kind="statute:registered",
        subject=("statute", row.pk),
        by=by,
        at=at,
        basis=["wushen-2021-60:10", "cn-809:15.2"],
        after={
            "citation": registered.citation,
            "rank": rank,
            "in_force_from": in_force_from,
            "in_force_until": in_force_until,
        },
    )
    return registered


@transaction.atomic
def end_statute(*, statute_id: UUID, in_force_until: date, reason: str, by: Actor, at: datetime) -> StatuteRef:
    """Note the last day on which a statute is in force; entries that rest on it have to be looked at again."""
    permissions.REGISTER_STATUTE.check(by)
    row = Statute.objects.select_for_update().filter(pk=statute_id).first()
    if row is None:
        raise NotFound()
    found: list[Refusal] = []
    if not reason.strip():
        found.append(ReasonMissing(field="reason"))
    if in_force_until < row.in_force_from:
        found.append(StatuteEndsBeforeItBegins(field="in_force_until"))
    if found:
        raise Shortfalls(found)
    before = row.in_force_until
    row.in_force_until = in_force_until
    row.save(update_fields=["in_force_until"])
    record_act(
        kind="statute:ended",
        subject=("statute", row.pk),
        by=by,
        at=at,
        basis=["wushen-2021-60:10", "cn-809:15.2"],
        before={"in_force_until": before},
        after={"in_force_until": in_force_until},
        detail={"reason": reason.strip()},
    )
    return queries.statute(statute_id)


@transaction.atomic
def add_code(*, table: str, code: str, label_zh: str, label_en: str, parent: str = "", by: Actor, at: datetime) -> Code:
    """Add a code to a table whose codes are not fixed."""
    permissions.KEEP_CODES.check(by)
    known = queries.code_tables().get(table)
    if known is None or known.fixed:
        raise CodeTableUnknown(field="table")
    values = {"code": code.strip(), "label_zh": label_zh.strip(), "label_en": label_en.strip()}
    if not all(values.values()):
        raise Shortfalls(CodeIncomplete(field=name) for name, value in values.items() if not value)
    policies.check_code(values["code"])
    one_at_a_time("code", table)
    if CodeEntry.objects.filter(table=table, code=values["code"]).exists():
        raise CodeTaken(field="code", code=values["code"])
    CodeEntry.objects.create(
        table=table, parent=parent, position=queries.next_position(table), since=beijing_date(at), **values
    )
    record_act(kind="code:added", subject=("code", f"{table}:{values['code']}"), by=by, at=at, basis=known.basis, after=values)
    return next(c for c in queries.codes(table) if c.code == values["code"])


@transaction.atomic
def retire_code(*, table: str, code: str, by: Actor, at: datetime) -> None:
    """Let a code not be chosen any more from today on; what carries it keeps it."""
    permissions.KEEP_CODES.check(by)
    known = queries.code_tables().get(table)
    if known is None or known.fixed:
        raise CodeTableUnknown(field="table")
    row = CodeEntry.objects.select_for_update().filter(table=table, code=code, until__isnull=True).first()
    if row is None:
        raise NotFound()
    row.until = beijing_date(at)
    row.save(update_fields=["until"])
    record_act(
        kind="code:retired", subject=("code", f"{table}:{code}"), by=by, at=at, basis=known.basis, after={"until": row.until}
    )


@transaction.atomic
def map_code(
    *, interface: str, list_name: str, value: str, outside: str, inbound: bool = True, since: date, by: Actor, at: datetime
) -> None:
    """From a day on, a value of ours is called `outside` at an interface; an empty `outside` ends the mapping.

    The counterpart before ends that day and stays readable: what was exchanged before keeps its codes.
    """
    permissions.KEEP_CODES.check(by)
    known = mappings.mapped_lists().get(list_name)
    if known is None or interface not in mappings.interfaces() or value not in known.values:
        raise NotFound()
    if since < beijing_date(at):
        raise MappingInPast(field="since")
    outside = outside.strip()
    one_at_a_time("mapping", interface, list_name)
    standing = CodeMapping.objects.select_for_update().filter(interface=interface, list=list_name, until=None)
    before = standing.filter(value=value).first()
    if outside and inbound and standing.filter(outside=outside, inbound=True).exclude(value=value).exists():
        raise MappingTaken(field="outside", outside=outside)
    if before is not None:
        CodeMapping.objects.filter(pk=before.pk).update(until=since)
    if outside:
        CodeMapping.objects.create(
            interface=interface, list=list_name, value=value, outside=outside, inbound=inbound, since=since,
            entered_by=by.name, entered_at=at,
        )  # fmt: skip
    record_act(
        kind="code:mapped",
        subject=("code", f"{interface}:{list_name}:{value}"),
        by=by,
        at=at,
        basis=("cn-809:13.2",),
        before={"outside": before.outside if before else ""},
        after={"outside": outside, "inbound": inbound, "since": since},
    )


@transaction.atomic
def set_parameter(*, name: str, value: int, by: Actor, at: datetime) -> None:
    """Set a parameter of the product."""
    permissions.SET_PARAMETER.check(by)
    known = queries.parameters().get(name)
    if known is None:
        raise NotFound()
    if not known.least <= value <= known.most:
        raise ParameterOutOfRange(field="value", least=known.least, most=known.most)
    before = queries.parameter(name)
    ParameterValue.objects.create(name=name, value=value, set_by=by.name, set_at=at)
    transaction.on_commit(queries.forget_calendar)
    record_act(
        kind="parameter:set", subject=("parameter", name), by=by, at=at, before={"value": before}, after={"value": value}
    )
