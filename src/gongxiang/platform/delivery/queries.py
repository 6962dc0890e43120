"""Reads: nodes, streams, flows and reports an actor may see, as frozen values; and the one-way tables of `link`."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from gongxiang.platform.delivery import states
from gongxiang.platform.delivery.models import (
    Alarm,
    Flow,
    Node,
    Receipt,
    Reconciliation,
    RefusedAttempt,
    Stream,
    TableCheck,
)  # fmt: skip
from gongxiang.platform.delivery.permissions import CHECK_TABLE, sees_all, sees_source
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.signing import key_id


@dataclass(frozen=True, kw_only=True)
class NodeView:
    """A node as pages see it; the one-time code is not in it."""

    id: UUID
    department_id: UUID
    department_name: str
    name: str
    status: str
    code_expires_at: datetime | None
    public_key: str
    host: str
    software: str
    offered_at: datetime
    enrolled_at: datetime | None
    admitted_at: datetime | None
    admitted_by: str
    closed_reason: str
    seen_at: datetime | None
    checks: dict[str, str]
    check_words: dict[str, Any]
    witnessed_size: int
    witnessed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FlowView:
    """A flow as pages see it."""

    id: UUID
    grant_id: UUID
    grant_number: str
    access_request_id: UUID | None
    status: str
    resource_id: UUID
    resource_name: str
    provider_id: UUID
    provider_name: str
    consumer_id: UUID
    consumer_name: str
    provider_node_id: UUID | None
    consumer_node_id: UUID | None
    exchange_table: str
    revision: int
    requested_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    waiting_for: str
    held_by: list[str]
    state: str
    epoch: int
    detail: str
    words: list[Any]
    state_at: datetime | None
    seq: int
    upserts: int
    deletes: int
    rows_in_table: int | None
    lag_ms: int | None
    receipt_at: datetime | None
    receipts: int


@dataclass(frozen=True, kw_only=True)
class StreamView:
    """The capture of a resource as pages see it."""

    id: UUID
    resource_id: UUID
    resource_name: str
    provider_id: UUID
    node_id: UUID
    source_table: str
    exchange_table: str
    schema_version: int
    ordered_at: datetime | None
    closed_at: datetime | None
    state: str
    epoch: int
    seq: int
    rows_loaded: int
    changes: int
    lag_ms: int | None
    detail: str
    words: list[Any]
    state_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TableCheckView:
    """What a node answered about a table; `columns` as in `protocol.messages.DescribedColumn`."""

    id: UUID
    node_id: UUID
    table: str
    resource_id: UUID | None
    distribution_id: UUID | None
    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    columns: list[dict[str, Any]]
    rows: int | None
    problem: str
    words: list[Any]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One row of `link.facts`."""

    id: int
    xid: int
    kind: str
    body: dict[str, Any]


# ---- nodes --------------------------------------------------------------------------------------------------------------


def nodes_visible_to(actor: Actor) -> QuerySet[Node]:
    """The department's nodes, or all for operation, authority and audit."""
    rows = Node.objects.order_by("department_name", "name")
    return rows if sees_all(actor) or isinstance(actor, System) else rows.filter(department_id=actor.department_id)


def node_for_update(node_id: UUID) -> Node:
    """The node, locked."""
    try:
        return Node.objects.select_for_update().get(pk=node_id)
    except Node.DoesNotExist:
        raise NotFound() from None


def get_node(node_id: UUID, *, actor: Actor) -> NodeView:
    """One node; NotFound when it is not the actor's to see."""
    row = nodes_visible_to(actor).filter(pk=node_id).first()
    if row is None:
        raise NotFound()
    return node_view(row)


def find_nodes(*, actor: Actor, text: str = "", statuses: Iterable[str] = ()) -> QuerySet[Node]:
    """The actor's nodes for a list; slice it, then `node_view` each."""
    rows = nodes_visible_to(actor)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(department_name__icontains=text) | Q(host__icontains=text))
    if statuses := tuple(statuses):
        rows = rows.filter(status__in=statuses)
    return rows


def admitted_nodes(department_id: UUID) -> list[NodeView]:
    """The department's nodes that may exchange, the one admitted first in front."""
    rows = Node.objects.filter(department_id=department_id, status=states.ADMITTED).order_by("admitted_at")
    return [node_view(row) for row in rows]


def owners_of(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The departments of some nodes, by node; unknown nodes are left out."""
    return dict(Node.objects.filter(pk__in=ids).values_list("pk", "department_id"))


def node_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by id, for lists."""
    return dict(Node.objects.filter(pk__in={i for i in ids if i}).values_list("pk", "name"))


def node_view(row: Node) -> NodeView:
    """The frozen value of a row."""
    return NodeView(**{name: getattr(row, name) for name in NodeView.__dataclass_fields__})


def key_name(node: NodeView) -> str:
    """The 16 digits that name the node's key, as the machine shows them; empty before it enrolled."""
    return key_id(node.public_key) if node.public_key else ""


def gateway_fingerprint() -> str:
    """SHA-256 (hex) of the gateway's certificate, which a node is told to expect; empty where there is none yet."""
    path = Keyring.from_environment().folder / "gateway.crt"
    try:
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        return ""
    return hashlib.sha256(b64decode("".join(line for line in lines if not line.startswith("-----")))).hexdigest()


# ---- mounting -----------------------------------------------------------------------------------------------------------


def table_check(check_id: UUID, *, actor: Actor) -> TableCheckView:
    """One question to a node and its answer."""
    row = TableCheck.objects.filter(pk=check_id, node__in=nodes_visible_to(actor).values("pk")).first()
    if row is None:
        raise NotFound()
    return check_view(row, actor=actor)


def latest_check(*, node_id: UUID, table: str, actor: Actor) -> TableCheckView | None:
    """The newest answered question about a table, on a node that the actor sees."""
    rows = TableCheck.objects.filter(node__in=nodes_visible_to(actor).values("pk"), node_id=node_id, table=table)
    row = rows.filter(answered_at__isnull=False).order_by("-answered_at").first()
    return check_view(row, actor=actor) if row else None


def table_checks(*, actor: Actor, node_id: UUID | None = None, limit: int = 50) -> list[TableCheckView]:
    """The latest questions to nodes the actor sees."""
    rows = TableCheck.objects.filter(node__in=nodes_visible_to(actor).values("pk")).order_by("-asked_at")
    if node_id:
        rows = rows.filter(node_id=node_id)
    return [check_view(row, actor=actor) for row in rows[:limit].select_related("node")]


def check_view(row: TableCheck, *, actor: Actor) -> TableCheckView:
    """The frozen value of a row; columns are the department's and the authority's to read, and of whoever may ask."""
    view = TableCheckView(**{name: getattr(row, name) for name in TableCheckView.__dataclass_fields__})
    return view if sees_source(actor, row.node.department_id) or CHECK_TABLE.allows(actor) else replace(view, columns=[])


# ---- streams and flows --------------------------------------------------------------------------------------------------


def streams_visible_to(actor: Actor) -> QuerySet[Stream]:
    """The department's captured tables, or all for overseers."""
    rows = Stream.objects.order_by("resource_name")
    return rows if sees_all(actor) or isinstance(actor, System) else rows.filter(provider_id=actor.department_id)


def find_streams(*, actor: Actor, text: str = "") -> QuerySet[Stream]:
    """The actor's streams for a list; slice it, then `stream_view` each."""
    rows = streams_visible_to(actor)
    if text:
        rows = rows.filter(Q(resource_name__icontains=text) | Q(source_table__icontains=text))
    return rows


def stream_of(resource_id: UUID, *, actor: Actor) -> StreamView | None:
    """The capture of a resource, for pages that show a flow beside it; its source stays between provider and authority."""
    row = Stream.objects.filter(resource_id=resource_id).first()
    if row is None:
        return None
    view = stream_view(row)
    return view if sees_source(actor, row.provider_id) else replace(view, source_table="", detail="", words=[])


def stream_view(row: Stream) -> StreamView:
    """The frozen value of a row."""
    return StreamView(**{name: getattr(row, name) for name in StreamView.__dataclass_fields__})


def flows_visible_to(actor: Actor) -> QuerySet[Flow]:
    """The flows from or to the department, or all for overseers."""
    rows = Flow.objects.order_by("-requested_at")
    if sees_all(actor) or isinstance(actor, System):
        return rows
    return rows.filter(Q(provider_id=actor.department_id) | Q(consumer_id=actor.department_id))


def flow_for_update(grant_id: UUID) -> Flow:
    """The flow of a grant, locked."""
    try:
        return Flow.objects.select_for_update().get(grant_id=grant_id)
    except Flow.DoesNotExist:
        raise NotFound() from None


def get_flow(grant_id: UUID, *, actor: Actor) -> FlowView:
    """The flow of a grant; NotFound when there is none or it is not the actor's to see."""
    row = flows_visible_to(actor).filter(grant_id=grant_id).first()
    if row is None:
        raise NotFound()
    return flow_view(row)


def flow_of(grant_id: UUID, *, actor: Actor) -> FlowView | None:
    """The flow of a grant, or None."""
    row = flows_visible_to(actor).filter(grant_id=grant_id).first()
    return flow_view(row) if row else None


def find_flows(*, actor: Actor, text: str = "", statuses: Iterable[str] = (), node_id: UUID | None = None) -> QuerySet[Flow]:
    """The actor's flows for a list; slice it, then `flow_view` each."""
    rows = flows_visible_to(actor)
    if text:
        words = Q(resource_name__icontains=text) | Q(grant_number__icontains=text) | Q(exchange_table__icontains=text)
        rows = rows.filter(words | Q(provider_name__icontains=text) | Q(consumer_name__icontains=text))
    if statuses := tuple(statuses):
        rows = rows.filter(status__in=statuses)
    if node_id:
        rows = rows.filter(Q(provider_node_id=node_id) | Q(consumer_node_id=node_id))
    return rows


def flow_view(row: Flow) -> FlowView:
    """The frozen value of a row."""
    return FlowView(**{name: getattr(row, name) for name in FlowView.__dataclass_fields__})


def receipts_of(grant_id: UUID, *, actor: Actor, limit: int = 20) -> list[Receipt]:
    """The latest recorded receipts of a flow the actor sees."""
    flow = get_flow(grant_id, actor=actor)
    return list(Receipt.objects.filter(flow_id=flow.id).order_by("-id")[:limit])


def reconciliations_of(grant_id: UUID, *, actor: Actor, limit: int = 10) -> list[Reconciliation]:
    """The latest comparisons of a flow the actor sees."""
    flow = get_flow(grant_id, actor=actor)
    return list(Reconciliation.objects.filter(flow_id=flow.id).order_by("-asked_at")[:limit])


def alarms_visible_to(actor: Actor) -> QuerySet[Alarm]:
    """The department's alarms, or all for overseers; open ones first."""
    rows = Alarm.objects.select_related("node").order_by("-closed_at", "-last_at")
    return rows if sees_all(actor) or isinstance(actor, System) else rows.filter(department_id=actor.department_id)


def refused_visible_to(actor: Actor) -> QuerySet[RefusedAttempt]:
    """Attempts that the data plane refused and that concern the department, or all for overseers; latest first."""
    rows = RefusedAttempt.objects.order_by("-at")
    if sees_all(actor) or isinstance(actor, System):
        return rows
    return rows.filter(Q(provider_id=actor.department_id) | Q(consumer_id=actor.department_id))


def pending_receipts(before: datetime) -> list[UUID]:
    """Flows whose latest receipt has waited long enough for its evidence."""
    waited = Q(receipt_recorded_at=None) | Q(receipt_recorded_at__lte=before)
    return list(Flow.objects.filter(waited, pending_receipt__isnull=False).values_list("grant_id", flat=True))


# ---- the one-way tables -------------------------------------------------------------------------------------------------


def unread_facts(after: tuple[int, int], *, limit: int = 500) -> list[Fact]:
    """The next facts in commit order, none that an open transaction could precede."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, xid::text, kind, body FROM link.facts"
            " WHERE (xid, id) > (%s::text::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())"
            " ORDER BY xid, id LIMIT %s",
            [str(after[0]), after[1], limit],
        )
        return [Fact(id=row[0], xid=int(row[1]), kind=row[2], body=_body(row[3])) for row in cursor.fetchall()]


def _body(text: str) -> dict[str, Any]:
    """A fact's body; empty, hence of no known kind, if it is no JSON object."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def latest_order_id() -> int:
    """The number of the newest order that every reader sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM link.orders WHERE xid < pg_snapshot_xmin(pg_current_snapshot())")
        return int(cursor.fetchone()[0])


def last_lease_at() -> datetime | None:
    """When the newest lease was issued."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT issued_at FROM link.orders WHERE kind = 'lease' ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else None
