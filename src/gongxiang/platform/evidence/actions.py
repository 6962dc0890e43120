"""Writing evidence: the only functions in the house that record an act or set a status.

`open_record` makes a record in its first state, `transition` moves it, `record_act` notes an act that changes no status.
All three write the evidence in the caller's transaction; the database refuses a status change without it.
"""

import functools
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction

from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.evidence.models import EvidenceRecord, Witness
from gongxiang.platform.kernel.actors import Actor, Person, System
from gongxiang.platform.kernel.transitions import Transition, TransitionTable
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.evidence import authenticate, record_digest, sm3
from gongxiang.protocol.keyring import Keyring


@functools.cache
def sealing_key() -> bytes:
    """The key that authenticates records and leaves: from the master key, never in the database."""
    return sm3(b"gongxiang evidence\x00" + Keyring.from_environment().master())


def record_act(
    *,
    kind: str,
    subject: tuple[str, object],
    by: Actor,
    at: datetime,
    basis: Iterable[str] = (),
    rule_version: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
    concerns: Iterable[UUID] = (),
    trail: Iterable[str] = (),
) -> EvidenceRecord:
    """Record one act: `kind` is `subject_type:event`;
    `concerns` are the departments that may see it, `trail` the cases it belongs to.

    Raises TransactionManagementError outside a transaction: an act and its evidence stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"evidence {kind} outside a transaction")
    caller = None if isinstance(by, System) else by
    subject_type, subject_id = subject
    own = f"{subject_type}:{subject_id}"
    record = EvidenceRecord(
        uid=uuid4(),
        occurred_at=clock.check_aware(at),
        recorded_at=clock.now(),
        kind=kind,
        subject_type=subject_type,
        subject_id=str(subject_id),
        actor_kind="person" if isinstance(by, Person) else "system",
        actor_id=str(caller.id) if caller else by.name,
        actor_name=by.name,
        actor_department=caller.department_id if caller else None,
        basis=list(basis),
        rule_version=rule_version,
        before=plain(dict(before or {})),
        after=plain(dict(after or {})),
        detail=plain({**(detail or {}), **_acting_for(by)}),
        concerns=sorted(set(concerns), key=str),
        trail=sorted({own, *trail}),
    )
    record.digest = record_digest(record_content(record))
    record.mac = authenticate(sealing_key(), b"record", record.digest)
    record.save(force_insert=True)
    return record


def _acting_for(by: Actor) -> dict[str, Any]:
    """Both names stand in the record where a deputy acts on the role of somebody absent."""
    absent = by.acting_for if isinstance(by, Person) else []
    return {"acting_for": [{"id": one.id, "name": one.name} for one in absent]} if absent else {}


def record_witness(*, node_id: UUID, size: int, root: str, signature: str, at: datetime) -> None:
    """Keep a node's countersignature of a root; said again it changes nothing. The caller has checked the signature."""
    Witness.objects.bulk_create(
        [Witness(node_id=node_id, size=size, root=root, signature=signature, witnessed_at=at)], ignore_conflicts=True
    )


def record_content(record: EvidenceRecord) -> dict[str, Any]:
    """What the digest of a record is taken over: everything that it says."""
    names = (
        "uid", "occurred_at", "recorded_at", "kind", "subject_type", "subject_id", "actor_kind", "actor_id", "actor_name",
        "actor_department", "basis", "rule_version", "before", "after", "detail", "concerns", "trail",
    )  # fmt: skip
    return {name: plain(getattr(record, name)) for name in names}


def open_record(
    record: models.Model, *, table: TransitionTable, act: str, by: Actor, at: datetime, **evidence: Any
) -> EvidenceRecord:
    """Insert `record` in the state that the creating arrow `act` leads to, with its evidence. `evidence` as in `record_act`."""
    arrow = table.find(act, None)
    record.status = arrow.target  # type: ignore[attr-defined]
    written = _record(arrow, record, table, by=by, at=at, before={}, **evidence)
    record.save(force_insert=True)
    return written


def transition(
    record: models.Model,
    *,
    table: TransitionTable,
    act: str,
    by: Actor,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    **evidence: Any,
) -> EvidenceRecord:
    """Move `record` along the arrow `act`, set the fields in `changes`, and record it; `evidence` as in `record_act`.

    The update is conditional on the state that was read: raises ChangedMeanwhile if somebody was faster, WrongState if the
    table has no such arrow.
    """
    state = record.status  # type: ignore[attr-defined]
    arrow = table.find(act, state)
    changed = {"status": arrow.target, **(changes or {})}
    before = {"status": state, **{name: getattr(record, name) for name in changes or {}}}
    written = _record(arrow, record, table, by=by, at=at, before=before, changed=changed, **evidence)
    rows = type(record)._base_manager.filter(pk=record.pk, status=state).update(**changed)
    if rows != 1:
        raise ChangedMeanwhile()
    for name, value in changed.items():
        setattr(record, name, value)
    return written


def _record(
    arrow: Transition, record: models.Model, table: TransitionTable, *, by: Actor, at: datetime, before: Mapping[str, Any],
    changed: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None, basis: Iterable[str] = (), **rest: Any,
) -> EvidenceRecord:  # fmt: skip
    return record_act(
        kind=f"{table.subject}:{arrow.event}",
        subject=(table.subject, record.pk),
        by=by,
        at=at,
        basis=tuple(dict.fromkeys((*arrow.basis, *basis))),
        before=_sayable(before),
        after={**_sayable(changed or {"status": arrow.target}), **(after or {})},
        **rest,
    )


def _sayable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Model instances by key: evidence holds references, never whole records."""
    return {name: value.pk if isinstance(value, models.Model) else value for name, value in values.items()}
