"""Periodic reports of use by the consumer (条例 29.2): opened by themselves, with a day, answered in five parts."""

import calendar as gregorian
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.law.instruments import Unit
from gongxiang.platform.evidence.actions import open_record, transition
from gongxiang.platform.grants import errors_use as errors
from gongxiang.platform.grants import permissions, queries_use, states_use
from gongxiang.platform.grants.models import Grant, UseReport
from gongxiang.platform.grants.shared import lateness, next_number, seen_by
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING

#: The parts of a report, in the words of the article.
PARTS = ("scenario", "process", "effect", "storage", "destruction")
SHORTEST = 4


def months_on(start: datetime, months: int) -> datetime:
    """The same time of day so many months later; the last of the month where the day does not exist."""
    local = start.astimezone(BEIJING)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, gregorian.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


@implements("cn-809:29.2", "wushen-2021-60:22.2")
@transaction.atomic
def open_use_report(*, grant_id: UUID, by: Actor, at: datetime) -> UseReport | None:
    """Open the report of the period that is over, if one is; None where none is or somebody was faster."""
    permissions.OPEN_USE_REPORT.check(by)
    grant = Grant.objects.select_for_update().get(pk=grant_id)
    last = UseReport.objects.filter(grant=grant).order_by("-period_from").first()
    begins = last.period_to if last else grant.valid_from
    period = rulebook.rules().period("use_report_interval", beijing_date(begins))
    if period.unit is not Unit.MONTHS:
        raise ValueError(f"use_report_interval counts {period.unit}, not months")
    ends = min(months_on(begins, period.value), grant.ended_at or grant.valid_until)
    if ends <= begins or ends > at:
        return None
    deadline = rulebook.deadline("use_report", start=ends)
    row = UseReport(
        id=new_id(), number=next_number("SY", at), grant=grant, period_from=begins, period_to=ends, opened_at=at,
        due_at=deadline.due_at, due_basis=deadline.basis, due_rule=deadline.rule, due_provisional=deadline.provisional,
    )  # fmt: skip
    open_record(
        row, table=states_use.USE_REPORT, act="open", by=by, at=at, rule_version=deadline.rule,
        after={"number": row.number, "from": begins, "to": ends, "due_at": deadline.due_at}, **_seen_by(row),
    )  # fmt: skip
    return row


@implements("cn-809:29.2", "wushen-2021-60:22.2")
@transaction.atomic
def report_use(*, report_id: UUID, parts: dict[str, str], by: Actor, at: datetime) -> UseReport:
    """The consumer reports scenario, use, effect, storage and destruction; possible after the day as well."""
    row = for_update(report_id)
    permissions.check_own_department(permissions.REPORT_USE, by, row.grant.consumer_id)
    states_use.USE_REPORT.find("report", row.status)
    said = {name: parts.get(name, "").strip() for name in PARTS}
    for name, text in said.items():
        if len(text) < SHORTEST:
            raise errors.SaidTooLittle(field=name)
    facts = queries_use.summary(row.grant_id, since=row.period_from, until=row.period_to)
    changes: dict[str, Any] = {**said, "facts": facts, "reported_at": at, "reported_by": by.name}
    transition(
        row, table=states_use.USE_REPORT, act="report", by=by, at=at, changes=changes, detail=lateness(at, row),
        **_seen_by(row),
    )  # fmt: skip
    return row


@implements("cn-809:29.2", "cn-809:40(5)")
@transaction.atomic
def lapse_use_report(*, report_id: UUID, by: Actor, at: datetime) -> UseReport | None:
    """Note that the day has passed; None when somebody was faster."""
    permissions.OPEN_USE_REPORT.check(by)
    row = for_update(report_id)
    if not states_use.USE_REPORT.can("lapse", row.status) or row.due_at > at:
        return None
    transition(row, table=states_use.USE_REPORT, act="lapse", by=by, at=row.due_at, **_seen_by(row))
    return row


def for_update(report_id: UUID) -> UseReport:
    """The row with its grant, locked."""
    row = UseReport.objects.select_for_update(of=("self",)).select_related("grant").filter(pk=report_id).first()
    if row is None:
        raise NotFound()
    return row


def _seen_by(row: UseReport) -> dict[str, Any]:
    return seen_by(row.grant)
