"""Use that no program sees, entered by hand (办法 22.2): a file handed over, a look on paper, a copy in a system of one's own.

For the consumer's people. Who, when, for which matter, how many rows, stored where; never a value.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date, end_of_day
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import errors_use as errors
from gongxiang.platform.grants import permissions, queries, use_records
from gongxiang.platform.grants.models import Grant, Handler, UseRecord
from gongxiang.platform.grants.shared import seen_by
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.ids import new_id

#: How the data were had and used.
WAYS: Final = ("file", "medium", "own_system", "paper", "other")
MOST_ROWS: Final = 10**9
LONGEST: Final = 60
SHORTEST: Final = 2


@implements("wushen-2021-60:22.2", "cn-809:26.2", "cn-809:29.2")
@transaction.atomic
def enter_use(
    *, grant_id: UUID, handler_id: UUID, used_on: date, way: str, purpose: str, matter: str, rows: int, storage: str, by: Actor,
    at: datetime,
) -> UUID:  # fmt: skip
    """Enter a use by a named handler on a day of the grant; counted and kept like the lines the programs write."""
    grant = queries.get_for_update(grant_id)
    permissions.check_own_department(permissions.ENTER_USE, by, grant.consumer_id)
    handler = Handler.objects.filter(pk=handler_id, grant=grant).first()
    problems: list[Refusal] = []
    if handler is None or not _named_on(handler, used_on):
        problems.append(errors.NotNamedThatDay(field="handler_id"))
    if not _first(grant) <= used_on <= _last(grant, at):
        problems.append(errors.UseDayUnfit(field="used_on"))
    if way not in WAYS or purpose not in {one.value for one in queries.current_terms(grant_id).purposes}:
        problems.append(errors.UseOtherwise(field="way" if way not in WAYS else "purpose"))
    if not 1 <= len(matter.strip()) <= LONGEST or not matter.strip().isprintable():
        problems.append(errors.UseWithoutMatter(field="matter"))
    if not 0 <= rows <= MOST_ROWS:
        problems.append(errors.UseRowsUnfit(field="rows"))
    if len(storage.strip()) < SHORTEST:
        problems.append(errors.SaidTooLittle(field="storage"))
    if problems:
        raise Shortfalls(problems)
    assert handler is not None
    key = {
        "grant_id": grant_id, "on": used_on, "channel": use_records.ENTERED, "person": str(handler.person_id),
        "purposes": [purpose], "matter": matter.strip(),
    }  # fmt: skip
    start = {"id": new_id(), "first_at": at, "last_at": at, "keep_until": use_records.kept_until(used_on)}
    UseRecord.objects.bulk_create([UseRecord(**key, **start)], ignore_conflicts=True)
    line = UseRecord.objects.select_for_update().get(**key)
    line.times += 1
    line.rows += rows
    line.last_at = at
    line.save(update_fields=["times", "rows", "last_at"])
    record_act(
        kind="grant:use_entered", subject=("grant", grant.pk), by=by, at=at,
        basis=("wushen-2021-60:22.2", "cn-809:29.2"),
        after={"line": line.pk, "on": used_on, "way": way, "purpose": purpose, "matter": matter.strip(), "rows": rows},
        detail={"handler": handler.pk, "storage": storage.strip()[:300]}, **seen_by(grant),
    )  # fmt: skip
    return line.pk


def _named_on(handler: Handler, on: date) -> bool:
    ended = min((one for one in (handler.until_at, handler.ended_at) if one), default=None)
    return handler.from_at < end_of_day(on) and (ended is None or beijing_date(ended) >= on)


def _first(grant: Grant) -> date:
    return beijing_date(grant.valid_from)


def _last(grant: Grant, at: datetime) -> date:
    return min(beijing_date(at), beijing_date(grant.ended_at) if grant.ended_at else beijing_date(at))
