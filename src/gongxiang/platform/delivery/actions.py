"""Acts of people on nodes, tables and flows."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.delivery import errors, files, opening, permissions, policies, queries, states
from gongxiang.platform.delivery.models import Alarm, Node, Reconciliation, TableCheck
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.grants import handlers
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.evidence import sm3
from gongxiang.protocol.messages import AdmitNode, DescribeTable, OfferEnrolment, Reconcile, RevokeNode
from gongxiang.protocol.signing import key_id
from gongxiang.protocol.terms import Purpose
from gongxiang.protocol.tickets import SAMPLE, Ticket, issue_ticket

#: Letters and figures of a one-time code; none that are mistaken for another when read out.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _new_code() -> str:
    """Four groups of four, 80 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


@implements("wushen-2021-60:13", "wushen-2021-60:16")
@transaction.atomic
def offer_node(*, department_id: UUID, name: str, by: Actor, at: datetime) -> tuple[Node, str]:
    """Enter a node of the department; gives it and its one-time code, which is shown once and stored nowhere."""
    permissions.check_for_department(permissions.OFFER, by, department_id)
    if not name.strip():
        raise errors.NameMissing(field="name")
    one_at_a_time("node", department_id)
    if Node.objects.filter(department_id=department_id, name=name.strip()).exists():
        raise errors.NodeNameTaken(field="name", name=name.strip())
    department = parties.department_ref(department_id)
    code = _new_code()
    node = Node(
        id=new_id(),
        department_id=department_id,
        department_name=department.name,
        name=name.strip(),
        offered_at=at,
        code_digest=sm3(code.encode("ascii")).hex(),
        code_expires_at=at + policies.CODE_LIFETIME,
    )
    open_record(node, table=states.NODE, act="offer", by=by, at=at, **_node_seen_by(node))
    _offer_order(node, at)
    return node, code


@implements("wushen-2021-60:13")
@transaction.atomic
def renew_code(*, node_id: UUID, by: Actor, at: datetime) -> tuple[Node, str]:
    """Give a node that has not enrolled a new one-time code; the old one is void."""
    node = queries.node_for_update(node_id)
    permissions.check_for_department(permissions.OFFER, by, node.department_id)
    code = _new_code()
    changes = {"code_digest": sm3(code.encode("ascii")).hex(), "code_expires_at": at + policies.CODE_LIFETIME}
    transition(node, table=states.NODE, act="renew_code", by=by, at=at, changes=changes, **_node_seen_by(node))
    _offer_order(node, at)
    return node, code


@implements("wushen-2021-60:16")
@transaction.atomic
def admit_node(*, node_id: UUID, confirmed_key: str, by: Actor, at: datetime) -> Node:
    """Let an enrolled node exchange, after its key was compared with what the machine shows; what waited for it opens.

    `confirmed_key` is the key's name, as the machine prints it in groups, or the whole public key.
    """
    permissions.ADMIT.check(by)
    node = queries.node_for_update(node_id)
    said = "".join(confirmed_key.split()).lower()
    if not node.public_key or said not in (key_id(node.public_key), node.public_key.lower()):
        raise errors.FingerprintNotConfirmed(field="confirmed_key")
    changes = {"admitted_at": at, "admitted_by": by.name}
    transition(node, table=states.NODE, act="admit", by=by, at=at, changes=changes, **_node_seen_by(node))
    _admit_order(node, at)
    opening.open_waiting(node, at=at)
    files.open_waiting(node.pk, at=at)
    return node


@implements("wushen-2021-60:12(2)", "wushen-2021-60:13")
@transaction.atomic
def suspend_node(*, node_id: UUID, reason: str, by: Actor, at: datetime) -> Node:
    """Bar a node for the time being; its flows stand still."""
    return _close_node("suspend", node_id=node_id, reason=reason, by=by, at=at)


@implements("wushen-2021-60:12(2)", "wushen-2021-60:15")
@transaction.atomic
def revoke_node(*, node_id: UUID, reason: str, by: Actor, at: datetime) -> Node:
    """Make a node's key void for good; the machine can only come back as a new node."""
    return _close_node("revoke", node_id=node_id, reason=reason, by=by, at=at)


@implements("wushen-2021-60:16")
@transaction.atomic
def readmit_node(*, node_id: UUID, by: Actor, at: datetime) -> Node:
    """Let a suspended node exchange again."""
    permissions.ADMIT.check(by)
    node = queries.node_for_update(node_id)
    transition(node, table=states.NODE, act="readmit", by=by, at=at, changes={"closed_reason": ""}, **_node_seen_by(node))
    _admit_order(node, at)
    opening.release_node(node, at=at)
    opening.open_waiting(node, at=at)
    files.open_waiting(node.pk, at=at)
    return node


@implements("wushen-2021-60:19(1)")
@transaction.atomic
def ask_for_table(
    *,
    node_id: UUID,
    table: str,
    resource_id: UUID | None = None,
    distribution_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> TableCheck:
    """Ask a node what a table of its source database looks like; the answer arrives as a fact within seconds.

    Entry and distribution are those of the node's own department, whoever asks: what a caller names is not believed.
    """
    node = queries.node_for_update(node_id)
    permissions.check_for_department(permissions.CHECK_TABLE, by, node.department_id)
    resource_id = _own_entry(node, resource_id, distribution_id)
    policies.check_admitted(node)
    policies.check_table_name(table)
    check = TableCheck.objects.create(
        id=new_id(),
        node=node,
        table=table,
        resource_id=resource_id,
        distribution_id=distribution_id,
        asked_at=at,
        asked_by=by.name,
    )
    record_act(
        kind="node:table_asked",
        subject=("node", node.pk),
        by=by,
        at=at,
        basis=("wushen-2021-60:19(1)",),
        after={"table": table, "check": check.pk},
        **_node_seen_by(node, resource_id),
    )
    order = DescribeTable(request_id=check.pk, node_id=node.pk, table=table)
    link.issue_order(order, node_ids=[node.pk], at=at)
    return check


@implements("wushen-2021-60:13", "wushen-2021-60:20")
@transaction.atomic
def ask_reconciliation(*, grant_id: UUID, by: Actor, at: datetime) -> Reconciliation:
    """Let both nodes compare their tables through the grant's filter and masks; a difference is recorded, never repaired."""
    flow = queries.flow_for_update(grant_id)
    permissions.check_for_department(permissions.RECONCILE, by, flow.provider_id, flow.consumer_id)
    pending = Reconciliation.objects.filter(flow=flow, answered_at=None, asked_at__gt=at - policies.RECONCILE_PATIENCE)
    policies.check_can_reconcile(flow, pending=pending.exists())
    row = Reconciliation.objects.create(id=new_id(), flow=flow, asked_at=at, asked_by=by.name)
    record_act(
        kind="flow:reconciliation_asked",
        subject=("flow", flow.pk),
        by=by,
        at=at,
        basis=("wushen-2021-60:13", "wushen-2021-60:20"),
        after={"reconciliation": row.pk},
        **opening.flow_seen_by(flow),
    )
    order = Reconcile(request_id=row.pk, grant_id=grant_id, salt=secrets.token_hex(16))
    nodes = [n for n in (flow.provider_node_id, flow.consumer_node_id) if n]
    link.issue_order(order, node_ids=nodes, at=at)
    return row


@implements("wushen-2021-60:14", "wushen-2021-60:22.2")
@transaction.atomic
def ask_for_sample(*, grant_id: UUID, purpose: str, matter: str = "", by: Actor, at: datetime) -> str:
    """Give a ticket with which the gateway shows up to ten rows as the grant lets them flow: once, within a minute.

    The consumer's person must be a named handler and name the matter; the provider looks at what it gives itself.
    """
    grant = grants.get_grant(grant_id, actor=by)
    permissions.check_for_department(permissions.SAMPLE, by, grant.provider_id, grant.consumer_id)
    assert isinstance(by, Person)
    if by.department_id == grant.consumer_id:
        handlers.check_handler(by, grant_id, at)
        policies.check_matter(matter)
    flow, terms = queries.flow_for_update(grant_id), grants.current_terms(grant_id)
    policies.check_can_sample(flow.status, terms.purposes, purpose)
    ticket = Ticket(
        ticket_id=new_id(),
        kind=SAMPLE,
        person=str(by.id),
        resource_id=flow.resource_id,
        grant_id=grant_id,
        purpose=Purpose(purpose),
        terms=terms,
        issued_at=at,
        matter=matter.strip(),
    )
    record_act(
        kind="data:sample_asked",
        subject=("data", ticket.ticket_id),
        by=by,
        at=at,
        basis=("wushen-2021-60:14", "wushen-2021-60:22.2"),
        after={"purpose": purpose, "matter": ticket.matter, "elements": list(terms.elements)},
        **opening.flow_seen_by(flow),
    )
    return issue_ticket(ticket, link.platform_key())


@implements("wushen-2021-60:12(2)")
@transaction.atomic
def close_alarm(*, alarm_id: UUID, statement: str, by: Actor, at: datetime) -> Alarm:
    """Note that an alarm was looked at and what was done."""
    alarm = Alarm.objects.select_for_update().filter(pk=alarm_id).first()
    if alarm is None:
        raise NotFound()
    permissions.check_for_department(permissions.CLOSE_ALARM, by, *([alarm.department_id] if alarm.department_id else []))
    if not statement.strip():
        raise errors.ReasonMissing(field="statement")
    if alarm.closed_at is None:
        record_act(
            kind="alarm:closed",
            subject=("alarm", alarm.pk),
            by=by,
            at=at,
            basis=("wushen-2021-60:12(2)",),
            after={"code": alarm.code, "statement": statement.strip()},
            concerns=[alarm.department_id] if alarm.department_id else [],
            trail=[f"node:{alarm.node_id}"] if alarm.node_id else [],
        )
        alarm.closed_at, alarm.closed_by = at, by.name
        alarm.save(update_fields=["closed_at", "closed_by"])
    return alarm


def _close_node(act: str, *, node_id: UUID, reason: str, by: Actor, at: datetime) -> Node:
    permissions.REVOKE.check(by)
    node = queries.node_for_update(node_id)
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    changes = {"closed_reason": reason.strip(), "code_digest": ""}
    transition(node, table=states.NODE, act=act, by=by, at=at, changes=changes, **_node_seen_by(node))
    link.issue_order(RevokeNode(node_id=node.pk, reason=reason.strip()), node_ids=[node.pk], at=at)
    opening.hold_node(node, at=at)
    return node


def _offer_order(node: Node, at: datetime) -> None:
    assert node.code_expires_at is not None
    order = OfferEnrolment(
        node_id=node.pk,
        node_name=node.name,
        department_id=node.department_id,
        code_digest=node.code_digest,
        expires_at=node.code_expires_at,
    )
    link.issue_order(order, node_ids=[], at=at)


def _admit_order(node: Node, at: datetime) -> None:
    order = AdmitNode(node_id=node.pk, department_id=node.department_id, public_key=node.public_key)
    link.issue_order(order, node_ids=[node.pk], at=at)


def _own_entry(node: Node, resource_id: UUID | None, distribution_id: UUID | None) -> UUID | None:
    """The entry that is asked for, if it and its distribution belong to the node's department; raises NotYourEntry."""
    if distribution_id is not None:
        place = catalogue.mounted_place(distribution_id)
        if place.provider_id != node.department_id or resource_id not in (None, place.resource_id):
            raise errors.NotYourEntry()
        return place.resource_id
    if resource_id is not None and catalogue.get_resource(resource_id).provider_id != node.department_id:
        raise errors.NotYourEntry()
    return resource_id


def _node_seen_by(node: Node, resource_id: UUID | None = None) -> dict[str, Any]:
    tags = [f"resource:{resource_id}"] if resource_id else []
    return {"concerns": (node.department_id, parties.authority().id), "trail": tags}
