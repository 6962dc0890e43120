"""Named handlers of a grant (经办人): who handles it uses it and answers for it (办法 22.1)."""

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import errors_use as errors
from gongxiang.platform.grants import permissions, queries, serving
from gongxiang.platform.grants.models import Grant, Handler
from gongxiang.platform.grants.shared import seen_by
from gongxiang.platform.grants.states import ACTIVE, SUSPENDED
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.permissions import CLOSE_ACCOUNT
from gongxiang.protocol.clock import BEIJING

SHORTEST = 2


@implements("wushen-2021-60:22.1", "wushen-2021-60:14")
@transaction.atomic
def name_handler(
    *, grant_id: UUID, person_id: UUID, duty: str, from_on: date | None = None, until_on: date | None = None, by: Actor,
    at: datetime,
) -> Handler:  # fmt: skip
    """The consumer's accountable officer names a person of the department, for which duty, from and until which day."""
    grant = queries.get_for_update(grant_id)
    permissions.check_own_department(permissions.NAME_HANDLER, by, grant.consumer_id)
    if grant.status not in (ACTIVE, SUSPENDED):
        raise errors.GrantNotLive()
    try:
        person = parties.actor_of(person_id, at)
    except NotFound:
        raise errors.HandlerUnfit(field="person_id") from None
    if person.department_id != grant.consumer_id:
        raise errors.HandlerUnfit(field="person_id")
    if len(duty.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="duty")
    today = at.astimezone(BEIJING).date()
    begins = at if from_on in (None, today) else datetime.combine(from_on or today, time(), BEIJING)
    ends = end_of_day(until_on) if until_on else None
    if (from_on and from_on < today) or begins >= grant.valid_until or (ends and not begins < ends <= grant.valid_until):
        raise errors.HandlerPeriodUnfit(field="until_on" if ends else "from_on")
    if Handler.objects.filter(grant=grant, person_id=person_id, ended_at=None).exists():
        raise errors.HandlerNamedAlready(field="person_id")
    row = Handler(
        id=new_id(), grant=grant, person_id=person_id, person_name=person.name, duty=duty.strip(), from_at=begins,
        until_at=ends, named_at=at, named_by=by.name,
    )  # fmt: skip
    _record("handler_named", row, by=by, at=at, after={"handler": row.pk, "person": person_id, "from": begins, "until": ends})
    row.save(force_insert=True)
    serving.order_service(grant, at=at)
    return row


@implements("wushen-2021-60:22.1")
@transaction.atomic
def end_handler(*, handler_id: UUID, reason: str, by: Actor, at: datetime) -> Handler:
    """Remove a handler; the record stays."""
    row = Handler.objects.select_for_update(of=("self",)).select_related("grant").filter(pk=handler_id).first()
    if row is None:
        raise NotFound()
    if isinstance(by, System):
        permissions.END_HANDLER.check(by)
    else:
        permissions.check_own_department(permissions.END_HANDLER, by, row.grant.consumer_id)
    if len(reason.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="reason")
    if row.ended_at is not None:
        return row
    row.ended_at, row.ended_by, row.end_reason = at, by.name, reason.strip()[:300]
    _record("handler_ended", row, by=by, at=at, after={"handler": row.pk, "person": row.person_id})
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    serving.order_service(row.grant, at=at)
    return row


@implements("wushen-2021-60:22.1", "wushen-2021-60:14")
def check_handler(person: Person, grant_id: UUID, at: datetime) -> None:
    """Raise NotAHandler unless the person is named for the grant at that instant and still in the consumer's department."""
    rows = Handler.objects.filter(grant_id=grant_id, person_id=person.id, ended_at=None, from_at__lte=at)
    row = rows.select_related("grant").first()
    if row is None or (row.until_at is not None and row.until_at <= at) or person.department_id != row.grant.consumer_id:
        raise errors.NotAHandler()


def end_leavers(at: datetime) -> int:
    """End the entries of people who left the department or whose day has passed; gives how many."""
    ended = 0
    for row in Handler.objects.filter(ended_at=None).select_related("grant"):
        reason = _over(row, at)
        if reason:
            end_handler(handler_id=row.pk, reason=reason, by=System(name=permissions.HANDLER_WATCH), at=at)
            ended += 1
    return ended


def end_of_leaver(person_id: UUID, successor_id: UUID, by: Actor, at: datetime) -> int:
    """End what a person who leaves handles; whether the successor handles it, the accountable officer says by naming them."""
    return _end_entries(person_id, {"successor": successor_id}, by, at)


def end_with_account(person_id: UUID, by: Actor, at: datetime) -> int:
    """End what somebody handles in the act that closes the account; what was handed over before has ended already."""
    return _end_entries(person_id, {}, by, at)


def _end_entries(person_id: UUID, more: dict[str, object], by: Actor, at: datetime) -> int:
    CLOSE_ACCOUNT.check(by)
    rows = list(
        Handler.objects.select_for_update(of=("self",)).filter(person_id=person_id, ended_at=None).select_related("grant")
    )
    for row in rows:
        row.ended_at, row.ended_by, row.end_reason = at, by.name, "left"
        after: dict[str, object] = {"handler": row.pk, "person": person_id, **more}
        _record("handler_ended", row, by=by, at=at, after=after)
        row.save(update_fields=["ended_at", "ended_by", "end_reason"])
        serving.order_service(row.grant, at=at)
    return len(rows)


def _over(row: Handler, at: datetime) -> str:
    """Why an entry is over, as a code; empty while it is not."""
    if row.until_at is not None and row.until_at <= at:
        return "period_over"
    if row.grant.status not in (ACTIVE, SUSPENDED):
        return "grant_over"
    try:
        person = parties.actor_of(row.person_id, at)
    except NotFound:
        return "left"
    return "" if person.department_id == row.grant.consumer_id else "left"


def _record(event: str, row: Handler, *, by: Actor, at: datetime, after: dict[str, object]) -> None:
    grant: Grant = row.grant
    record_act(
        kind=f"grant:{event}", subject=("grant", grant.pk), by=by, at=at, basis=("wushen-2021-60:22.1",), after=after,
        **seen_by(grant),
    )  # fmt: skip
