"""Putting right what a grant was suspended for: demanded with a day, reported, declined, overdue (条例 27.2).

Accepting lifts the suspension too and stands in `actions`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.documents.actions import keep_upload
from gongxiang.platform.evidence.actions import open_record, transition
from gongxiang.platform.grants import errors, permissions, policies, states
from gongxiang.platform.grants.models import Grant, Rectification
from gongxiang.platform.grants.shared import lateness, next_number, seen_by
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING

#: Files that show a rectification, at most.
MOST_FILES = 5


def open_rectification(grant: Grant, *, demand: str, rectify_on: date | None, by: Actor, at: datetime) -> Rectification:
    """Demand that the consumer put it right; called within the suspension."""
    period = _period(rectify_on, at)
    row = Rectification(
        id=new_id(), number=next_number("ZG", at), grant=grant, reason=grant.suspend_reason, demand=demand, demanded_at=at,
        demanded_by=by.name, by_authority=permissions.is_authority(by), **period,
    )  # fmt: skip
    open_record(
        row, table=states.RECTIFICATION, act="demand", by=by, at=at, rule_version=row.due_rule,
        after={"number": row.number, "demand": demand, "due_at": row.due_at}, **_seen_by(row),
    )  # fmt: skip
    return row


@implements("cn-809:27.2")
@transaction.atomic
def report_rectification(
    *, rectification_id: UUID, report: str, files: Sequence[tuple[str, bytes]] = (), by: Actor, at: datetime
) -> Rectification:
    """The consumer's accountable officer reports what was put right, with what shows it; possible after the day as well."""
    row = for_update(rectification_id)
    permissions.check_own_department(permissions.REPORT_RECTIFICATION, by, row.grant.consumer_id)
    states.RECTIFICATION.find("report", row.status)
    if len(report.strip()) < policies.SHORTEST_STATEMENT:
        raise errors.ReportIncomplete(field="report")
    if len(files) > MOST_FILES:
        raise errors.ReportIncomplete(field="files")
    seen = _seen_by(row)
    kept = [
        keep_upload(
            name=name,
            content=content,
            concerns=seen["concerns"],
            trail=(f"rectification:{row.pk}", *seen["trail"]),
            by=by,
            at=at,
        ).id
        for name, content in files
    ]
    changes = {"report": report.strip(), "uploads": kept, "reported_at": at, "reported_by": by.name}
    transition(
        row, table=states.RECTIFICATION, act="report", by=by, at=at, changes=changes,
        detail=lateness(at, row), **seen,
    )  # fmt: skip
    return row


@implements("cn-809:27.2")
@transaction.atomic
def decline_rectification(*, rectification_id: UUID, opinion: str, by: Actor, at: datetime) -> Rectification:
    """What was reported does not suffice: the grant may now be ended, or a new day set."""
    row = for_update(rectification_id)
    _check_decides(row, by)
    states.RECTIFICATION.find("decline", row.status)
    policies.check_reasoned("declined", opinion, ("declined",))
    changes = {"opinion": opinion.strip(), "decided_at": at, "decided_by": by.name}
    transition(row, table=states.RECTIFICATION, act="decline", by=by, at=at, changes=changes, **_seen_by(row))
    return row


@implements("cn-809:27.2")
@transaction.atomic
def demand_again(
    *, rectification_id: UUID, demand: str, rectify_on: date | None = None, by: Actor, at: datetime
) -> Rectification:
    """Give the consumer another day instead of ending the grant."""
    row = for_update(rectification_id)
    _check_decides(row, by)
    states.RECTIFICATION.find("demand_again", row.status)
    policies.check_reasoned("demanded", demand, ("demanded",))
    changes = {
        **_period(rectify_on, at), "demand": demand.strip(), "demanded_at": at, "demanded_by": by.name, "times": row.times + 1,
    }  # fmt: skip
    transition(
        row, table=states.RECTIFICATION, act="demand_again", by=by, at=at, changes=changes, rule_version=changes["due_rule"],
        **_seen_by(row),
    )  # fmt: skip
    return row


@implements("cn-809:27.2")
@transaction.atomic
def lapse_rectification(*, rectification_id: UUID, by: Actor, at: datetime) -> Rectification | None:
    """Note that the day has passed without a report; None when somebody was faster."""
    permissions.LAPSE_RECTIFICATION.check(by)
    row = for_update(rectification_id)
    if not states.RECTIFICATION.can("lapse", row.status) or row.due_at > at:
        return None
    transition(row, table=states.RECTIFICATION, act="lapse", by=by, at=row.due_at, **_seen_by(row))
    return row


def mark_accepted(grant: Grant, *, opinion: str, by: Actor, at: datetime) -> None:
    """Close the reported rectification of a locked grant as accepted; called within that act."""
    row = _running(grant)
    if row is None:
        raise errors.RectificationNotRun()
    changes = {"opinion": opinion.strip(), "decided_at": at, "decided_by": by.name, "closed_at": at}
    transition(row, table=states.RECTIFICATION, act="accept", by=by, at=at, changes=changes, **_seen_by(row))


def close_running(grant: Grant, *, by: Actor, at: datetime) -> None:
    """Close a rectification that runs, because the suspension or the grant is over; called within that act."""
    row = _running(grant)
    if row is not None:
        transition(row, table=states.RECTIFICATION, act="close", by=by, at=at, changes={"closed_at": at}, **_seen_by(row))


def still_runs(grant: Grant) -> bool:
    """Whether the consumer still has time, or its report waits for an answer."""
    row = _running(grant)
    return row is not None and row.status not in states.RECTIFICATION_FAILED


def for_update(rectification_id: UUID) -> Rectification:
    """The row with its grant, locked; the grant first, as every act on a grant does."""
    key = Rectification.objects.filter(pk=rectification_id).values_list("grant_id", flat=True).first()
    if key is None:
        raise NotFound()
    Grant.objects.select_for_update().get(pk=key)
    return Rectification.objects.select_for_update(of=("self",)).select_related("grant").get(pk=rectification_id)


def _running(grant: Grant) -> Rectification | None:
    rows = Rectification.objects.select_for_update(of=("self",)).select_related("grant")
    return rows.filter(grant_id=grant.pk, status__in=states.RECTIFYING).first()


def _check_decides(row: Rectification, by: Actor) -> None:
    permissions.check_actor_can_resume(by, row.grant.provider_id, suspended_by_authority=row.grant.suspended_by_authority)


def _period(rectify_on: date | None, at: datetime) -> dict[str, Any]:
    """The clock of a demand: the day that was set, or the usual period."""
    if rectify_on is None:
        deadline = rulebook.deadline("rectification", start=at)
        return {
            "due_at": deadline.due_at, "due_basis": deadline.basis, "due_rule": deadline.rule,
            "due_provisional": deadline.provisional,
        }  # fmt: skip
    today = at.astimezone(BEIJING).date()
    longest = rulebook.parameter("longest_rectification_days")
    if not today < rectify_on <= today + timedelta(days=longest):
        raise errors.RectifyDayUnfit(field="rectify_on", days=longest)
    return {
        "due_at": end_of_day(rectify_on), "due_basis": "cn-809:27.2", "due_rule": "as demanded", "due_provisional": False,
    }  # fmt: skip


def _seen_by(row: Rectification) -> dict[str, Any]:
    seen = seen_by(row.grant)
    return {**seen, "trail": (*seen["trail"], f"grant:{row.grant_id}")}
