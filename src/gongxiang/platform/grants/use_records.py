"""Lines of use, written as the data plane reports it and kept for the whole period (办法 22.2; 条例 29.2).

Never holds a value: who, when, for what, how often, how many rows.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date, end_of_day
from gongxiang.law.instruments import Unit
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import permissions
from gongxiang.platform.grants.models import Grant, UseRecord
from gongxiang.platform.grants.shared import seen_by
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING

TABLE, SAMPLE, LOOKUP, MATCH, FILE, REFUSED = "table", "sample", "lookup", "match", "file", "refused"
#: By hand: what no program sees.
ENTERED = "entered"
CHANNELS = (TABLE, SAMPLE, LOOKUP, MATCH, FILE, ENTERED, REFUSED)


@implements("wushen-2021-60:22.2", "cn-809:29.2")
@transaction.atomic
def note_use(
    *, grant_id: UUID, channel: str, purposes: Iterable[str] = (), person: str = "", matter: str = "", rows: int = 0,
    elements: Iterable[str] = (), by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Add one use to the line of its day, person, purpose and matter; nothing for a grant that is not known."""
    permissions.NOTE_USE.check(by)
    if not Grant.objects.filter(pk=grant_id).exists():
        return
    on = beijing_date(at)
    key = {
        "grant_id": grant_id, "on": on, "channel": channel, "person": person[:64], "purposes": sorted(set(purposes)),
        "matter": matter[:60],
    }  # fmt: skip
    start = {"id": new_id(), "first_at": at, "last_at": at, "keep_until": kept_until(on)}
    UseRecord.objects.bulk_create([UseRecord(**key, **start)], ignore_conflicts=True)
    line = UseRecord.objects.select_for_update().get(**key)
    line.times += 1
    line.rows += max(0, rows)
    line.off_hours += _off_hours(at)
    line.elements = sorted({*line.elements, *elements})
    line.first_at, line.last_at = min(line.first_at, at), max(line.last_at, at)
    line.save(update_fields=["times", "rows", "off_hours", "elements", "first_at", "last_at"])


def kept_until(on: date) -> datetime:
    """Until when a record of the day is kept: the years of the rule in force that day, counted from it."""
    period = rulebook.rules().period("use_record_retention", on)
    if period.unit is not Unit.YEARS:
        raise ValueError(f"use_record_retention counts {period.unit}, not years")
    last = date(on.year + period.value, on.month, min(on.day, 28) if on.month == 2 else on.day)
    return end_of_day(last)


def _off_hours(at: datetime) -> int:
    """1 outside working hours or on a day off, else 0."""
    local = at.astimezone(BEIJING)
    inside = rulebook.parameter("work_begins_hour") <= local.hour < rulebook.parameter("work_ends_hour")
    return 0 if inside and rulebook.calendar().working_day(local.date()) else 1


@implements("cn-809:29.2")
@transaction.atomic
def forget_use_records(*, by: Actor, at: datetime) -> int:
    """Remove the lines whose period is over, with a record of what was removed for each grant; gives how many.

    The database refuses to remove a younger one, whoever asks.
    """
    permissions.KEEP_USE.check(by)
    over = UseRecord.objects.filter(keep_until__lte=at)
    found = over.values("grant_id").annotate(n=Count("id"), first=Min("on"), last=Max("on"), times=Max("times")).order_by()
    removed = 0
    for one in found:
        grant = Grant.objects.get(pk=one["grant_id"])
        record_act(
            kind="grant:use_records_removed", subject=("grant", grant.pk), by=by, at=at, basis=("cn-809:29.2",),
            after={"lines": one["n"], "from": one["first"], "to": one["last"]}, **seen_by(grant),
        )  # fmt: skip
        removed += over.filter(grant_id=grant.pk).delete()[0]
    return removed
