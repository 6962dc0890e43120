"""The consumer's node destroys what it received under an ended grant: on its department's order alone, answered under its key.

Nothing goes by itself and nothing goes in silence: who ordered it, what the node says it did and its signature stand in
evidence, and the certificate tells the node's doing from what the department declares.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import errors_use, permissions, queries, states
from gongxiang.platform.grants.models import DisposalDuty
from gongxiang.platform.grants.shared import seen_by
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol.disposal import DestroyTable, TableDestroyed

_BASIS = ("cn-809:27.1",)


@implements("cn-809:27.1")
@transaction.atomic
def order_destruction(*, grant_id: UUID, by: Actor, at: datetime) -> DisposalDuty:
    """Order the consumer's own node to destroy the table; what hangs on it hinders and is told, nothing is taken along."""
    duty = queries.get_disposal_for_update(grant_id)
    grant = duty.grant
    permissions.check_own_department(permissions.ORDER_DESTRUCTION, by, grant.consumer_id)
    check_can_order(duty)
    assert grant.consumer_node_id is not None
    order = DestroyTable(request_id=new_id(), grant_id=grant_id, node_id=grant.consumer_node_id)
    record_act(
        kind="disposal_duty:destruction_ordered", subject=("disposal_duty", duty.pk), by=by, at=at, basis=_BASIS,
        after={"request": order.request_id, "node": order.node_id}, **seen_by(grant),
    )  # fmt: skip
    duty.order_id, duty.ordered_at, duty.ordered_by = order.request_id, at, by.name
    duty.node_problem, duty.node_detail = "", ""
    duty.save(update_fields=["order_id", "ordered_at", "ordered_by", "node_problem", "node_detail"])
    link.issue_order(order, node_ids=[order.node_id], at=at)
    return duty


@implements("cn-809:27.1", "cn-809:29.2")
@transaction.atomic
def note_destroyed(*, fact: TableDestroyed, node_name: str, by: Actor, at: datetime) -> DisposalDuty | None:
    """What the node says it did, its signature checked before; None where nobody waits for it (it was told twice)."""
    permissions.NOTE_DESTRUCTION.check(by)
    duty = queries.get_disposal_for_update(fact.grant_id)
    if duty.order_id != fact.request_id or duty.node_done_at is not None or duty.node_problem:
        return None
    changes: dict[str, Any]
    if fact.problem:
        changes = {"node_problem": fact.problem[:20], "node_detail": fact.detail[:1000]}
    else:
        changes = {
            "node_done_at": fact.at, "node_name": node_name, "node_table": fact.table, "node_rows": fact.rows,
            "node_signature": fact.signature,
        }  # fmt: skip
    record_act(
        kind="disposal_duty:destruction_failed" if fact.problem else "disposal_duty:destroyed_by_node",
        subject=("disposal_duty", duty.pk), by=by, at=at, basis=_BASIS,
        after={"request": fact.request_id, "node": fact.node_id, **changes}, **seen_by(duty.grant),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(duty, name, value)
    duty.save(update_fields=[*changes])
    return duty


def check_can_order(duty: DisposalDuty | queries.DisposalView) -> None:
    """Whether the node may be ordered now: the duty is open, a table came here, and no order waits or was carried out."""
    if duty.status not in (states.OPEN, states.OVERDUE):
        raise WrongState(state=duty.status, subject="disposal_duty", basis=_BASIS)
    consumer_node = duty.grant.consumer_node_id if isinstance(duty, DisposalDuty) else duty.consumer_node_id
    if consumer_node is None:
        raise errors_use.NothingAtNode()
    if duty.node_done_at is not None:
        raise errors_use.DestroyedAlready()
    if duty.order_id is not None and not duty.node_problem:
        raise errors_use.DestructionOrdered()
