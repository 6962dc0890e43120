"""What the data plane reports about a case: a claim deposited, the changed row sealed, the copies reached."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.corrections import actions, permissions, queries, states
from gongxiang.platform.corrections.models import CorrectedCopy, Correction
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import Actor

_WAITING = (*states.VERIFYING, states.OVERDUE, states.CORRECTED)


@implements("cn-809:26.2")
@transaction.atomic
def note_claim(
    *, correction_id: UUID, grant_id: UUID, digest: str, key_digest: str, size: int, by: Actor, at: datetime
) -> Correction | None:
    """Key and values of the record lie at the gateway now; the site keeps size and digests."""
    permissions.FOLLOW.check(by)
    row = Correction.objects.select_for_update().filter(pk=correction_id, grant_id=grant_id).first()
    if row is None:
        return None
    row.claim_at, row.claim_size, row.claim_digest, row.key_digest = at, size, digest[:160], key_digest[:160]
    record_act(
        kind="correction:claim_deposited", subject=("correction", row.pk), by=by, at=at, basis=("cn-809:26.2",),
        after={"size": size, "digest": row.claim_digest, "key_digest": row.key_digest}, **actions.seen_by(row),
    )  # fmt: skip
    row.save(update_fields=["claim_at", "claim_size", "claim_digest", "key_digest"])
    return row


@implements("wushen-2021-60:20", "cn-809:26.2")
@transaction.atomic
def note_sealed(
    *, correction_id: UUID, grant_id: UUID, seq: int, grant_ids: Collection[UUID], by: Actor, at: datetime
) -> Correction | None:
    """The gateway saw the record change in the provider's stream; the last change counts."""
    permissions.FOLLOW.check(by)
    row = Correction.objects.select_for_update().filter(pk=correction_id, grant_id=grant_id).first()
    if row is None or row.status not in _WAITING or (row.sealed_seq is not None and seq <= row.sealed_seq):
        return None
    row.sealed_seq, row.sealed_at, row.sealed_grants = seq, at, sorted(grant_ids, key=str)
    fields = ["sealed_seq", "sealed_at", "sealed_grants"]
    if row.status == states.CORRECTED:
        for name, value in actions.STOPPED.items():
            setattr(row, name, value)
        fields += [*actions.STOPPED]
    record_act(
        kind="correction:row_sealed", subject=("correction", row.pk), by=by, at=at,
        basis=("wushen-2021-60:20", "cn-809:26.2"), after={"seq": seq, "grants": row.sealed_grants}, **actions.seen_by(row),
    )  # fmt: skip
    row.save(update_fields=fields)
    return row


@implements("wushen-2021-60:19(2)", "wushen-2021-60:20")
@transaction.atomic
def note_answered(
    *, correction_id: UUID, grant_id: UUID, seq: int, grant_ids: Collection[UUID], by: Actor, at: datetime
) -> Correction | None:
    """The gateway answers calls from the changed record now."""
    permissions.FOLLOW.check(by)
    row = Correction.objects.select_for_update().filter(pk=correction_id, grant_id=grant_id).first()
    if row is None or row.status not in _WAITING or (row.answered_seq is not None and seq <= row.answered_seq):
        return None
    row.answered_seq, row.answered_at, row.answered_grants = seq, at, sorted(grant_ids, key=str)
    record_act(
        kind="correction:row_answered", subject=("correction", row.pk), by=by, at=at,
        basis=("wushen-2021-60:19(2)", "wushen-2021-60:20"), after={"seq": seq, "grants": row.answered_grants},
        **actions.seen_by(row),
    )  # fmt: skip
    row.save(update_fields=["answered_seq", "answered_at", "answered_grants"])
    return row


@implements("wushen-2021-60:20", "cn-809:26.2")
@transaction.atomic
def follow_correction(*, correction_id: UUID, by: Actor, at: datetime) -> Correction | None:
    """See which copies the corrected row has reached; close the case when it is all of them.

    A table has it by its consumer's receipt, an interface when the gateway answers from it.
    """
    permissions.FOLLOW.check(by)
    row = queries.get_for_update(correction_id)
    if row.status not in (states.CORRECTED, states.OVERDUE) or row.outcome not in states.CONFIRMED:
        return None
    copies = list(CorrectedCopy.objects.select_for_update().filter(correction=row))
    for copy in copies:
        if copy.reached == "WAITING":
            _look(row, copy, by=by, at=at)
    if not copies or any(copy.reached == "WAITING" for copy in copies):
        return None
    if any(copy.reached == "NO_TABLE" and copy.grant_id == row.grant_id for copy in copies):
        # Nobody can see the reporter's own copy: only the reporter's word closes the case.
        return None
    if row.sealed_seq is None:
        return _give_up(row, by=by, at=at)
    told = tuple(grant for copy in copies if (grant := grants.live_grant(copy.grant_id)) is not None)
    changes = {**actions.STOPPED, "ended_at": at}
    return actions.move(row=row, act="arrive", by=by, at=at, changes=changes, told=told)


def _give_up(row: Correction, *, by: Actor, at: datetime) -> Correction | None:
    """Every grant ended before the changed record was seen: no arrival can be seen any more, so the consumer closes."""
    if row.status != states.CORRECTED or row.turn:
        return None
    row.turn = "consumer"
    for name, value in actions.STOPPED.items():
        setattr(row, name, value)
    record_act(
        kind="correction:way_ended", subject=("correction", row.pk), by=by, at=at,
        basis=("wushen-2021-60:20", "wushen-2021-60:23"), after={"turn": row.turn}, **actions.seen_by(row),
    )  # fmt: skip
    row.save(update_fields=["turn", *actions.STOPPED])
    return row


def _look(row: Correction, copy: CorrectedCopy, *, by: Actor, at: datetime) -> None:
    flow = delivery.flow_of(copy.grant_id, actor=by)
    if grants.live_grant(copy.grant_id) is None or (flow is not None and flow.closed_at is not None):
        copy.reached = "ENDED"
    elif row.sealed_seq is None:
        return
    elif flow is None:
        if row.answered_at is None or row.answered_seq is None or row.answered_seq < row.sealed_seq:
            return
        if copy.grant_id not in row.answered_grants:
            copy.reached = "OUTSIDE"
        else:
            _arrive(row, copy, at=row.answered_at, seq=row.answered_seq, by=by, noted_at=at)
    elif copy.grant_id not in row.sealed_grants:
        copy.reached = "OUTSIDE"
    elif flow.seq >= row.sealed_seq and flow.receipt_at is not None:
        _arrive(row, copy, at=flow.receipt_at, seq=flow.seq, by=by, noted_at=at)
    else:
        return
    copy.save(update_fields=["reached", "arrived_at", "arrived_seq"])


def _arrive(row: Correction, copy: CorrectedCopy, *, at: datetime, seq: int, by: Actor, noted_at: datetime) -> None:
    copy.reached, copy.arrived_at, copy.arrived_seq = "ARRIVED", at, seq
    seen = actions.seen_by(row)
    record_act(
        kind="correction:copy_reached", subject=("correction", row.pk), by=by, at=noted_at,
        basis=("wushen-2021-60:20", "cn-809:26.2"), after={"grant": copy.grant_id, "seq": seq, "arrived_at": at},
        concerns=seen["concerns"] | {copy.consumer_id}, trail=(*seen["trail"], f"grant:{copy.grant_id}"),
    )  # fmt: skip
