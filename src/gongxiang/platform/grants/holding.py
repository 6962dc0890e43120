"""No sharing without an agreement (art. 18): a grant rests while one side has none in force, and goes on when it has one again.

Neither a fault nor a sanction: nothing is to be put right, nothing is disposed of, and nobody but the product does it.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.agreements import policies as agreements
from gongxiang.platform.agreements.errors import AgreementOfOtherSide, NoAgreementInForce
from gongxiang.platform.evidence.actions import transition
from gongxiang.platform.grants import permissions, queries, states
from gongxiang.platform.grants.models import Grant
from gongxiang.platform.grants.policies import NO_AGREEMENT
from gongxiang.platform.grants.shared import NOT_SUSPENDED, nodes_of, seen_by
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor
from gongxiang.protocol.messages import SuspendGrant


@implements("wushen-2021-60:18")
@transaction.atomic
def hold_grant(*, grant_id: UUID, by: Actor, at: datetime) -> Grant | None:
    """Close the valve of a grant one side of which has no agreement in force; None if nothing is lacking (any more)."""
    permissions.HOLD.check(by)
    grant = queries.get_for_update(grant_id)
    without = lacking(grant.provider_id, grant.consumer_id, at)
    if grant.status != states.ACTIVE or not without:
        return None
    names = {grant.provider_id: grant.provider_name, grant.consumer_id: grant.consumer_name}
    statement = f"{'、'.join(names[one] for one in without)}没有生效的共享协议书，授权暂停；续签生效后自动恢复。"
    changes = {
        "suspended_at": at, "suspended_by": by.name, "suspended_by_authority": False, "suspend_reason": NO_AGREEMENT,
        "suspend_statement": statement,
    }  # fmt: skip
    transition(grant, table=states.GRANT, act="hold", by=by, at=at, changes=changes, **seen_by(grant))
    link.issue_order(SuspendGrant(grant_id=grant.pk, reason=NO_AGREEMENT), node_ids=nodes_of(grant), at=at)
    return grant


@implements("wushen-2021-60:18")
@transaction.atomic
def release_grant(*, grant_id: UUID, by: Actor, at: datetime) -> Grant | None:
    """Let a grant go on that rested for want of an agreement, once both sides have one; the flow opens by the outbox."""
    permissions.HOLD.check(by)
    grant = queries.get_for_update(grant_id)
    if grant.status != states.SUSPENDED or grant.suspend_reason != NO_AGREEMENT or grant.valid_until <= at:
        return None
    if lacking(grant.provider_id, grant.consumer_id, at):
        return None
    transition(grant, table=states.GRANT, act="release", by=by, at=at, changes=NOT_SUSPENDED, **seen_by(grant))
    return grant


def lacking(provider_id: UUID, consumer_id: UUID, at: datetime) -> tuple[UUID, ...]:
    """Which of the two has no agreement in force for its side."""
    return tuple(
        department_id
        for department_id, side in ((provider_id, "provider"), (consumer_id, "consumer"))
        if not covered(department_id, side, at)
    )


def covered(department_id: UUID, side: str, at: datetime) -> bool:
    """Whether the department may share as `side` (art. 18)."""
    try:
        agreements.check_in_force(department_id, at, side=side)
    except (NoAgreementInForce, AgreementOfOtherSide):
        return False
    return True
