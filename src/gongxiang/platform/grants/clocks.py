"""The room's clocks besides the time to object: what runs towards a day under a grant, and counting it anew.

A table joins with one line; the rulebook reminds of it, shows it in the calendar, and asks for the recount.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from gongxiang.platform.evidence.actions import transition
from gongxiang.platform.grants import permissions, states, states_use
from gongxiang.platform.grants.models import DisposalDuty, Provision, Rectification, UseQuestion, UseReport
from gongxiang.platform.grants.shared import seen_by
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.transitions import TransitionTable
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.recounting import recount_row


@dataclass(frozen=True, kw_only=True)
class _Clock:
    """A table with `grant`, `due_at`, `due_basis`, `due_rule`, `due_provisional`, and its states in which the period runs."""

    model: type[models.Model]
    subject: str
    table: TransitionTable
    running: tuple[str, ...]
    started: Callable[[Any], datetime]
    turn: str = "consumer"
    #: States after the period in which its day still counts: it moves if it was provisional when it passed.
    passed: tuple[str, ...] = ()


_CLOCKS = (
    _Clock(
        model=Rectification, subject="rectification", table=states.RECTIFICATION, running=(states.DEMANDED,),
        started=lambda row: row.demanded_at, passed=(states.OVERDUE,),
    ),
    _Clock(
        model=UseReport, subject="use_report", table=states_use.USE_REPORT, running=(states_use.DUE,),
        started=lambda row: row.period_to, passed=(states_use.OVERDUE,),
    ),
    _Clock(
        model=UseQuestion, subject="use_question", table=states_use.USE_QUESTION, running=(states_use.ASKED,),
        started=lambda row: row.asked_at, passed=(states_use.ASKED,),
    ),
    _Clock(
        model=DisposalDuty, subject="disposal_duty", table=states.DISPOSAL, running=(states.OPEN,),
        started=lambda row: row.opened_at, passed=(states.OVERDUE,),
    ),
    _Clock(
        model=Provision, subject="provision", table=states_use.PROVISION, running=(states_use.DUE, states_use.DECLARED),
        started=lambda row: row.opened_at, turn="provider", passed=(states_use.OVERDUE, states_use.DECLARED),
    ),
)  # fmt: skip


def open_deadlines(at: datetime) -> list[rulebook.OpenDeadline]:
    """Every clock of these that runs at `at`, and those whose day passed while it was provisional."""
    return [found for clock, row in _running() if (found := _open(clock, row, at)) is not None]


@transaction.atomic
def recount_deadlines(*, by: Actor, at: datetime) -> int:
    """Count the running periods again after a holiday notice was entered; gives how many moved."""
    permissions.RECOUNT.check(by)
    moved = 0
    for clock, row in _running(lock=True):
        opened = _open(clock, row, at)
        if opened is None or not opened.in_working_days:
            continue
        seen = seen_by(row.grant)
        moved += recount_row(row=row, running=opened, subject=clock.subject, by=by, at=at, seen=seen)
        # What was overdue by a provisional day is not overdue any more where the certain one is still to come.
        if row.due_at > at and clock.table.can("reopen", row.status):
            transition(row, table=clock.table, act="reopen", by=by, at=at, rule_version=row.due_rule, **seen)
    return moved


def _running(*, lock: bool = False) -> Iterator[tuple[_Clock, Any]]:
    for clock in _CLOCKS:
        timed = clock.model._default_manager.filter(status__in=(*clock.running, *clock.passed), due_at__isnull=False)
        rows = timed.select_related("grant").order_by("due_at")
        for row in rows.select_for_update(of=("self",)) if lock else rows:
            yield clock, row


def _open(clock: _Clock, row: Any, at: datetime) -> rulebook.OpenDeadline | None:
    """The clock of a row; None where its day is past and certain, or nothing runs."""
    grant, over = row.grant, row.due_at <= at
    if row.status not in (clock.passed if over else clock.running) or (over and not row.due_provisional):
        return None
    return rulebook.OpenDeadline(
        subject=f"{clock.subject}:{row.pk}", title=f"{grant.number} {grant.resource_name}", rule=row.due_rule,
        start=clock.started(row), due_at=row.due_at, basis=row.due_basis, concerns=(grant.provider_id, grant.consumer_id),
        # A day that a person set, or a period in months, does not move with the working calendar.
        in_working_days="=" in row.due_rule, uncertain=over,
        **parties.whose_turn(_turn(clock, row), provider_id=grant.provider_id, consumer_id=grant.consumer_id),
    )  # fmt: skip


def _turn(clock: _Clock, row: Any) -> str:
    """Whose move it is: what the provider declared is the consumer's to confirm."""
    return "consumer" if isinstance(row, Provision) and row.status == states_use.DECLARED else clock.turn
