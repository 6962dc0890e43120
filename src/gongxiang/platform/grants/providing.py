"""From consent until data flow (条例 22): measured from the flow itself; declared and confirmed where none passes here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import open_record, transition
from gongxiang.platform.grants import errors_use as errors
from gongxiang.platform.grants import permissions, serving, states_use
from gongxiang.platform.grants.models import Grant, Provision
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.grants.shared import lateness, seen_by
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.rulebook import queries as rulebook

SHORTEST = 4
RUNNING = ("DUE", "OVERDUE", "DECLARED")
#: The way of sharing whose data always pass through this platform.
TABLE = "table"


def is_measured(grant: Grant | GrantView) -> bool:
    """Whether the data of the grant pass here, so that provision is measured: tables, and what the gateway serves."""
    return grant.mode == TABLE or serving.is_served(grant) or serving.is_filed(grant)


def open_provision(grant: Grant, *, by: Actor, at: datetime) -> None:
    """Start the period of provision; called within the act that grants."""
    deadline = rulebook.deadline("provision", start=at)
    row = Provision(
        id=new_id(), grant=grant, opened_at=at, due_at=deadline.due_at, due_basis=deadline.basis, due_rule=deadline.rule,
        due_provisional=deadline.provisional,
    )  # fmt: skip
    open_record(
        row, table=states_use.PROVISION, act="open", by=by, at=at, rule_version=deadline.rule,
        after={"due_at": deadline.due_at, "mode": grant.mode}, **seen_by(grant),
    )  # fmt: skip


@implements("cn-809:22.1", "cn-809:22.2")
@transaction.atomic
def note_first_data(*, grant_id: UUID, measured_by: str, by: Actor, at: datetime) -> None:
    """The first receipt, call or file of a grant arrived; nothing where it was noted before."""
    permissions.NOTE_PROVISION.check(by)
    row = Provision.objects.select_related("grant").filter(grant_id=grant_id, status__in=RUNNING).first()
    if row is None:
        return
    changes = {"provided_at": at, "closed_at": at, "measured_by": measured_by}
    transition(
        row, table=states_use.PROVISION, act="provide", by=by, at=at, changes=changes, detail=lateness(at, row),
        **seen_by(row.grant),
    )  # fmt: skip


@implements("cn-809:22.2")
@transaction.atomic
def declare_provision(*, grant_id: UUID, statement: str, by: Actor, at: datetime) -> Provision:
    """The provider says how it gave what does not pass through the platform; the consumer confirms."""
    row = for_update(grant_id)
    permissions.check_own_department(permissions.DECLARE_PROVISION, by, row.grant.provider_id)
    states_use.PROVISION.find("declare", row.status)
    if is_measured(row.grant):
        raise errors.ProvisionIsMeasured()
    if len(statement.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="statement")
    changes = {"statement": statement.strip(), "declared_at": at, "declared_by": by.name}
    transition(row, table=states_use.PROVISION, act="declare", by=by, at=at, changes=changes, **seen_by(row.grant))
    return row


@implements("cn-809:22.1")
@transaction.atomic
def answer_provision(*, grant_id: UUID, received: bool, statement: str = "", by: Actor, at: datetime) -> Provision:
    """The consumer confirms that it has the data, or says that it has not: the period then goes on."""
    row = for_update(grant_id)
    permissions.check_own_department(permissions.CONFIRM_PROVISION, by, row.grant.consumer_id)
    act = "provide" if received else "deny"
    if row.status != states_use.DECLARED:
        # Nothing is confirmed that was not declared.
        states_use.PROVISION.find("deny", row.status)
    if not received and len(statement.strip()) < SHORTEST:
        raise errors.SaidTooLittle(field="statement")
    detail: dict[str, Any] = {"statement": statement.strip()} if statement.strip() else {}
    if received:
        detail |= lateness(row.declared_at or at, row)
        changes = {"provided_at": row.declared_at or at, "closed_at": at, "measured_by": "declared"}
    else:
        changes = {"declared_at": None, "declared_by": "", "statement": statement.strip()}
    transition(row, table=states_use.PROVISION, act=act, by=by, at=at, changes=changes, detail=detail, **seen_by(row.grant))
    return row


@implements("cn-809:22.1", "cn-809:39(4)")
@transaction.atomic
def lapse_provision(*, grant_id: UUID, by: Actor, at: datetime) -> Provision | None:
    """Note that the period has passed; None when somebody was faster."""
    permissions.NOTE_PROVISION.check(by)
    row = for_update(grant_id)
    if not states_use.PROVISION.can("lapse", row.status) or row.due_at > at:
        return None
    transition(row, table=states_use.PROVISION, act="lapse", by=by, at=row.due_at, **seen_by(row.grant))
    return row


def close_with_grant(grant: Grant, *, by: Actor, at: datetime) -> None:
    """The grant is over: nothing is to be provided any more; called within that act."""
    row = Provision.objects.select_for_update().filter(grant=grant, status__in=RUNNING).first()
    if row is not None:
        transition(row, table=states_use.PROVISION, act="close", by=by, at=at, changes={"closed_at": at}, **seen_by(grant))


def for_update(grant_id: UUID) -> Provision:
    """The provision of a grant with its grant, locked."""
    row = Provision.objects.select_for_update(of=("self",)).select_related("grant").filter(grant_id=grant_id).first()
    if row is None:
        raise NotFound()
    return row
