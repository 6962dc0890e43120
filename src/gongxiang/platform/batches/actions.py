"""The acts of the room: ask for a batch, stop it; the job does its acts one after the other.

An act and the line that says what became of it are one transaction, so that neither is ever without the other.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from gongxiang.law.articles import implements
from gongxiang.platform.batches import errors, permissions
from gongxiang.platform.batches.models import Batch, BatchItem
from gongxiang.platform.batches.queries import Reason
from gongxiang.platform.batches.states import BATCH, DONE, REFUSED, RUNNING
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties

_log = logging.getLogger("gongxiang.batches")
#: More than anybody has looked at in one sitting; a choice of the product.
MOST: Final = 200
#: Batches of one person that are under way at a time.
MOST_RUNNING: Final = 5
#: How often a record is taken up over which the worker dies, before it is given up.
MOST_TRIES: Final = 3
#: How many the page may do itself, while the person waits; more are a batch.
AT_ONCE: Final = 10


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One record that the act is asked for."""

    subject_id: UUID
    name: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Work:
    """One act to be done: to whom, what was said to all and to this one, by whom and when."""

    act: str
    subject_id: UUID
    said: Mapping[str, Any]
    own: Mapping[str, Any]
    by: Person
    at: datetime


CarryOut = Callable[[Work], object]


@implements("wushen-2021-60:25", "cn-809:11(1)")
@transaction.atomic
def ask_batch(
    *, kind: str, act: str, items: Sequence[Wanted], said: Mapping[str, Any] | None = None, by: Actor, at: datetime
) -> UUID:
    """Ask for one act on many records; the worker does it to each, with the rights the person has then."""
    permissions.ASK.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    wanted = list({one.subject_id: one for one in reversed(items)}.values())[::-1]
    if not wanted:
        raise errors.NothingAsked()
    if len(wanted) > MOST:
        raise errors.TooManyInBatch(most=MOST)
    one_at_a_time("batch", by.id)
    if Batch.objects.filter(person_id=by.id, status=RUNNING).count() >= MOST_RUNNING:
        raise errors.TooManyBatches(most=MOST_RUNNING)
    row = Batch(
        id=new_id(), kind=kind, act=act, said=dict(said or {}), person_id=by.id, department_id=by.department_id, asked_at=at,
        total=len(wanted),
    )  # fmt: skip
    evidence.open_record(
        row, table=BATCH, act="ask", by=by, at=at, after={"kind": kind, "act": act, "records": len(wanted)}, **_context(row)
    )
    BatchItem.objects.bulk_create(
        BatchItem(batch=row, number=number, subject_id=one.subject_id, name=one.name[:500], said=dict(one.said))
        for number, one in enumerate(wanted, 1)
    )
    return row.pk


@transaction.atomic
def stop_batch(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Let it end after the act at hand: what was done stays done, the rest is left as it is."""
    permissions.ASK.check(by)
    own = Batch.objects.select_for_update().filter(person_id=by.id) if isinstance(by, Person) else Batch.objects.none()
    row = own.filter(pk=batch_id).first()
    if row is None:
        raise errors.BatchNotFound()
    evidence.transition(
        row, table=BATCH, act="stop", by=by, at=at, changes={"ended_at": at}, detail=_counts(row), **_context(row)
    )


def run_next_item(*, carry_out: Mapping[str, CarryOut], batch_id: UUID | None = None, by: Actor, at: datetime) -> bool:
    """Do the next act of the batch that is least far, or of this one, unless another is at it; whether something was done."""
    permissions.RUN.check(by)
    running = Batch.objects.filter(status=RUNNING) if batch_id is None else Batch.objects.filter(status=RUNNING, pk=batch_id)
    for key in running.order_by("tried", "asked_at").values_list("pk", flat=True):
        if _take_up(key):
            with transaction.atomic():
                row = _locked(key)
                if row is not None:
                    _do_next(row, carry_out.get(row.kind), by=by, at=at)
                    return True
    return False


def _locked(batch_id: UUID) -> Batch | None:
    """The batch, if it runs and no other worker is at it."""
    return Batch.objects.select_for_update(skip_locked=True).filter(pk=batch_id, status=RUNNING).first()


@transaction.atomic
def _take_up(batch_id: UUID) -> bool:
    """Count that its next record is taken up, for good: a worker that dies over it leaves that much behind."""
    row = _locked(batch_id)
    if row is None:
        return False
    row.tries += 1
    row.save(update_fields=["tries"])
    return True


def _do_next(batch: Batch, carry_out: CarryOut | None, *, by: Actor, at: datetime) -> None:
    item = batch.items.filter(result="").order_by("number").first()
    if item is not None:
        reasons = _reasons_against(batch, item, carry_out, at=at)
        item.result, item.acted_at = (REFUSED if reasons else DONE), at
        item.reasons = [Reason.of(one).to_json() for one in reasons]
        item.save(update_fields=["result", "acted_at", "reasons"])
        batch.tried += 1
        batch.refused += bool(reasons)
        batch.tries = 0
        batch.save(update_fields=["tried", "refused", "tries"])
    if batch.tried >= batch.total:
        evidence.transition(
            batch, table=BATCH, act="finish", by=by, at=at, changes={"ended_at": at}, detail=_counts(batch), **_context(batch)
        )


def _reasons_against(batch: Batch, item: BatchItem, carry_out: CarryOut | None, *, at: datetime) -> tuple[Refusal, ...]:
    """Do the act in a savepoint of its own; gives why it was not done, and nothing if it was."""
    try:
        acting = parties.actor_of(batch.person_id, at)
    except NotFound:
        return (errors.AskerGone(),)
    if carry_out is None or batch.tries > MOST_TRIES:
        return (errors.ActBroken(),)
    try:
        with transaction.atomic():
            carry_out(Work(
                act=batch.act, subject_id=item.subject_id, said=batch.said, own=item.said, by=acting, at=at
            ))  # fmt: skip
    except Shortfalls as refusal:
        return refusal.shortfalls
    except Refusal as refusal:
        return (refusal,)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError, DataError, IntegrityError):
        _log.exception("batch %s, record %s", batch.pk, item.number)
        return (errors.ActBroken(),)
    return ()


def _counts(row: Batch) -> dict[str, int]:
    return {"done": row.tried - row.refused, "refused": row.refused, "left": row.total - row.tried}


def _context(row: Batch) -> dict[str, Any]:
    return {"concerns": (row.department_id,), "trail": (f"batch:{row.pk}",)}
