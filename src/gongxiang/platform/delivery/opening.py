"""From grants and publications to streams and flows: the product's own acts, told by the outbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.actions import record_distribution_check
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.delivery import policies, queries, states
from gongxiang.platform.delivery.errors import NotYourNode
from gongxiang.platform.delivery.models import Flow, Node, Stream
from gongxiang.platform.delivery.permissions import OPENER
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.grants import actions as grant_actions
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.grants.states import ACTIVE, SUSPENDED
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.messages import CloseStream, MappedColumn, OpenGrant, OpenStream, ResumeGrant, SuspendGrant

_OPENER = System(name=OPENER)


def flow_seen_by(flow: Flow) -> dict[str, Any]:
    """Who may see a flow's records, and to which trails they belong: the grant's, its request's and the resource's."""
    tags = [f"grant:{flow.grant_id}", f"resource:{flow.resource_id}"]
    if flow.access_request_id:
        tags.append(f"access_request:{flow.access_request_id}")
    return {"concerns": (flow.provider_id, flow.consumer_id, parties.authority().id), "trail": tags}


# ---- streams ------------------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:19(1)", "wushen-2021-60:21(1)")
@transaction.atomic
def open_stream(resource_id: UUID, *, at: datetime) -> Stream | None:
    """Let the provider's node capture a published table; None where there is none or its node may not exchange yet.

    Only what changes the capture raises the schema version, so that a new wording in the catalogue moves no data.
    """
    resource = catalogue.get_resource(resource_id)
    columns = _mapped_columns(resource)
    table = resource.table
    if not resource.is_published or table is None or table.node_id is None or not columns:
        return None
    node = queries.node_for_update(table.node_id)
    try:
        policies.check_own_node(node, resource.provider_id)
    except NotYourNode as refusal:
        # Publication refuses this; were it published all the same, nothing is captured and the entry says why.
        record_distribution_check(distribution_id=table.id, problem=refusal.template, by=System(name="delivery"), at=at)
        return None
    if node.status != states.ADMITTED:
        return None
    shape = {"node_id": node.pk, "source_table": table.source_table, "columns": plain(columns)}
    stream = Stream.objects.select_for_update().filter(resource_id=resource_id).first()
    if stream is None:
        stream = Stream(id=new_id(), resource_id=resource_id, schema_version=1)
        stream.exchange_table = _free_name(resource.code)
    elif stream.closed_at is None and all(getattr(stream, name) == value for name, value in shape.items()):
        return stream
    else:
        stream.schema_version += 1
        if stream.closed_at is None and stream.node_id != node.pk:
            # Its slot at the source would keep the log for ever.
            moved = CloseStream(resource_id=resource_id, node_id=stream.node_id, reason="moved")
            link.issue_order(moved, node_ids=[stream.node_id], at=at)
    stream.resource_name, stream.provider_id = resource.name, resource.provider_id
    stream.node, stream.source_table, stream.columns = node, table.source_table, shape["columns"]
    stream.ordered_at, stream.closed_at = at, None
    stream.save()
    record_act(
        kind="stream:opened",
        subject=("stream", stream.pk),
        by=_OPENER,
        at=at,
        basis=("wushen-2021-60:19(1)",),
        after={**shape, "exchange_table": stream.exchange_table, "schema_version": stream.schema_version},
        **_stream_seen_by(stream),
    )
    order = OpenStream(
        resource_id=resource_id,
        resource_name=resource.name,
        node_id=node.pk,
        source_table=table.source_table,
        exchange_table=stream.exchange_table,
        columns=columns,
        schema_version=stream.schema_version,
    )
    link.issue_order(order, node_ids=[node.pk], at=at)
    for grant_id, status in _flows_with(resource_id=resource_id):
        (try_to_start if status == states.REQUESTED else follow_nodes)(grant_id, at=at)
    return stream


@transaction.atomic
def close_stream(resource_id: UUID, *, reason: str, at: datetime) -> None:
    """Stop the capture of a resource that was withdrawn."""
    stream = Stream.objects.select_for_update().filter(resource_id=resource_id, closed_at=None).first()
    if stream is None:
        return
    stream.closed_at = at
    stream.save(update_fields=["closed_at"])
    record_act(
        kind="stream:closed",
        subject=("stream", stream.pk),
        by=_OPENER,
        at=at,
        basis=("cn-809:27.3",),
        after={"reason": reason},
        **_stream_seen_by(stream),
    )
    order = CloseStream(resource_id=resource_id, node_id=stream.node_id, reason=reason)
    link.issue_order(order, node_ids=[stream.node_id], at=at)


def _mapped_columns(resource: ResourceRef) -> tuple[MappedColumn, ...]:
    """Only catalogued elements that may flow are ever read from the source."""
    if resource.table is None:
        return ()
    column_of = dict(resource.table.columns)
    specs = resource.content.element_specs()
    return tuple(MappedColumn(column=column_of[spec.code], element=spec) for spec in specs if column_of.get(spec.code))


def _free_name(code: str) -> str:
    copy = 1
    while Stream.objects.filter(exchange_table=policies.exchange_table_name(code, copy=copy)).exists():
        copy += 1
    return policies.exchange_table_name(code, copy=copy)


def _stream_seen_by(stream: Stream) -> dict[str, Any]:
    return {
        "concerns": (stream.provider_id, parties.authority().id),
        "trail": (f"resource:{stream.resource_id}", f"node:{stream.node_id}"),
    }


# ---- flows --------------------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:19(1)", "cn-809:22.1")
@transaction.atomic
def request_flow(grant_id: UUID, *, at: datetime) -> Flow | None:
    """Make the flow of a new grant and start it as soon as everything is there; None for other ways of sharing."""
    grant = grants.get_grant(grant_id, actor=_OPENER)
    if grant.mode != "table":
        return None
    flow = Flow.objects.select_for_update().filter(grant_id=grant_id).first()
    if flow is None:
        flow = Flow(
            id=new_id(),
            grant_id=grant_id,
            grant_number=grant.number,
            access_request_id=grant.access_request_id,
            resource_id=grant.resource_id,
            resource_name=grant.resource_name,
            provider_id=grant.provider_id,
            provider_name=grant.provider_name,
            consumer_id=grant.consumer_id,
            consumer_name=grant.consumer_name,
            requested_at=at,
        )
        open_record(flow, table=states.FLOW, act="request", by=_OPENER, at=at, **flow_seen_by(flow))
    return try_to_start(grant_id, at=at)


@transaction.atomic
def try_to_start(grant_id: UUID, *, at: datetime) -> Flow:
    """Start a requested flow if the table is captured and both nodes may exchange; else note what it waits for."""
    # The grant is locked first: an opening order never overtakes a closing one.
    grant = grants.view_of(grants.get_for_update(grant_id))
    flow = queries.flow_for_update(grant_id)
    if flow.status != states.REQUESTED or grant.status != ACTIVE or grant.valid_until <= at:
        return flow
    stream = Stream.objects.filter(resource_id=flow.resource_id, closed_at=None).first()
    receivers = queries.admitted_nodes(flow.consumer_id)
    waiting = _missing(stream, bool(receivers))
    if stream is None or waiting:
        if flow.waiting_for != waiting:
            flow.waiting_for = waiting
            flow.save(update_fields=["waiting_for"])
        return flow
    consumer_node_id = receivers[0].id
    changes = {
        "provider_node_id": stream.node_id,
        "consumer_node_id": consumer_node_id,
        "exchange_table": _free_table(flow, stream, consumer_node_id),
        "revision": grant.revision,
        "started_at": at,
        "waiting_for": "",
    }
    transition(flow, table=states.FLOW, act="start", by=_OPENER, at=at, changes=changes, **flow_seen_by(flow))
    _route_and_open(flow, grant, at=at)
    return flow


@implements("wushen-2021-60:19(1)")
@transaction.atomic
def follow_nodes(grant_id: UUID, *, at: datetime) -> None:
    """Lead a running flow over the node that captures now, and over another of the consumer's where its own was revoked."""
    grant = grants.view_of(grants.get_for_update(grant_id))
    flow = queries.flow_for_update(grant_id)
    stream = Stream.objects.filter(resource_id=flow.resource_id, closed_at=None).first()
    running = flow.status in (states.STARTED, states.SUSPENDED) and grant.valid_until > at
    if stream is None or not running or grant.status not in (ACTIVE, SUSPENDED):
        return
    assert flow.consumer_node_id is not None
    route: dict[str, UUID] = {"provider_node_id": stream.node_id, "consumer_node_id": flow.consumer_node_id}
    receivers = queries.admitted_nodes(flow.consumer_id)
    if receivers and Node.objects.filter(pk=flow.consumer_node_id, status=states.REVOKED).exists():
        route["consumer_node_id"] = receivers[0].id
    before = {name: getattr(flow, name) for name in route}
    if route == before:
        return
    if route["consumer_node_id"] != before["consumer_node_id"]:
        flow.exchange_table = _free_table(flow, stream, route["consumer_node_id"])
    flow.provider_node_id, flow.consumer_node_id = route["provider_node_id"], route["consumer_node_id"]
    flow.save(update_fields=[*route, "exchange_table"])
    record_act(
        kind="flow:rerouted",
        subject=("flow", flow.pk),
        by=_OPENER,
        at=at,
        basis=("wushen-2021-60:19(1)",),
        before=before,
        after={**route, "exchange_table": flow.exchange_table},
        **flow_seen_by(flow),
    )
    _route_and_open(flow, grant, at=at)
    if grant.status == SUSPENDED:
        # The new node has not heard of it.
        link.issue_order(SuspendGrant(grant_id=grant_id, reason=grant.suspend_reason), node_ids=route.values(), at=at)
    if Node.objects.filter(pk__in=route.values(), status=states.ADMITTED).count() == len(set(route.values())):
        release_flow(grant_id, reason="node", at=at)


@implements("wushen-2021-60:22.3")
@transaction.atomic
def follow_revision(grant_id: UUID, *, at: datetime) -> None:
    """Let the flow follow a revised grant; `grants` has written the order itself where the route was known."""
    flow = Flow.objects.select_for_update().filter(grant_id=grant_id).first()
    grant = grants.get_grant(grant_id, actor=_OPENER)
    if flow is None or flow.revision >= grant.revision or flow.status not in (states.STARTED, states.SUSPENDED):
        return
    record_act(
        kind="flow:revised",
        subject=("flow", flow.pk),
        by=_OPENER,
        at=at,
        basis=("wushen-2021-60:22.3",),
        before={"revision": flow.revision},
        after={"revision": grant.revision},
        **flow_seen_by(flow),
    )
    flow.revision = grant.revision
    flow.save(update_fields=["revision"])


@implements("cn-809:27.2")
@transaction.atomic
def hold_flow(grant_id: UUID, *, reason: str, at: datetime, detail: str = "") -> None:
    """Suspend a flow, or add a reason to a suspended one."""
    flow = Flow.objects.select_for_update().filter(grant_id=grant_id).first()
    if flow is None or reason in flow.held_by or flow.status not in (states.STARTED, states.SUSPENDED):
        return
    held = sorted({*flow.held_by, reason})
    if flow.status == states.SUSPENDED:
        flow.held_by = held
        flow.save(update_fields=["held_by"])
        return
    transition(
        flow,
        table=states.FLOW,
        act="suspend",
        by=_OPENER,
        at=at,
        changes={"held_by": held, "detail": detail or flow.detail},
        **flow_seen_by(flow),
    )


@transaction.atomic
def release_flow(grant_id: UUID, *, reason: str, at: datetime) -> None:
    """Take a reason away; the flow resumes when none is left."""
    flow = Flow.objects.select_for_update().filter(grant_id=grant_id).first()
    if flow is None or flow.status != states.SUSPENDED or reason not in flow.held_by:
        return
    held = sorted({*flow.held_by} - {reason})
    if held:
        flow.held_by = held
        flow.save(update_fields=["held_by"])
        return
    changes = {"held_by": held, "detail": ""}
    transition(flow, table=states.FLOW, act="resume", by=_OPENER, at=at, changes=changes, **flow_seen_by(flow))


@implements("cn-809:27.2")
@transaction.atomic
def resume_flow(grant_id: UUID, *, at: datetime) -> None:
    """The grant was resumed: order the data plane to go on from where it stood."""
    grant = grants.view_of(grants.get_for_update(grant_id))
    if grant.status != ACTIVE:
        return
    # Always, as the suspension was ordered always: else the gateway keeps a grant shut that was suspended before its flow.
    nodes = [node for node in (grant.provider_node_id, grant.consumer_node_id) if node]
    link.issue_order(ResumeGrant(grant_id=grant_id), node_ids=nodes, at=at)
    release_flow(grant_id, reason="grant", at=at)
    try:
        try_to_start(grant_id, at=at)
    except NotFound:
        request_flow(grant_id, at=at)


@implements("cn-809:27.1")
@transaction.atomic
def close_flow(grant_id: UUID, *, act: str, ended_at: datetime) -> None:
    """Close the flow of a grant that ended (`terminate`) or whose period is over (`complete`)."""
    flow = Flow.objects.select_for_update().filter(grant_id=grant_id).first()
    if flow is None or flow.status not in states.OPEN_FLOW:
        return
    changes = {"closed_at": ended_at, "waiting_for": "", "held_by": []}
    transition(flow, table=states.FLOW, act=act, by=_OPENER, at=ended_at, changes=changes, **flow_seen_by(flow))


# ---- nodes --------------------------------------------------------------------------------------------------------------


def open_waiting(node: Node, *, at: datetime) -> None:
    """Open what waited for this node: captures of its tables, flows to its department, those that a revoked node carried."""
    for resource_id in catalogue.mounted_on(node.pk):
        open_stream(resource_id, at=at)
    for grant_id, status in _flows_with(consumer_id=node.department_id):
        (try_to_start if status == states.REQUESTED else follow_nodes)(grant_id, at=at)


def hold_node(node: Node, *, at: datetime) -> None:
    """Suspend the flows over a node that may no longer exchange."""
    for flow in queries.find_flows(actor=_OPENER, statuses=(states.STARTED, states.SUSPENDED), node_id=node.pk):
        hold_flow(flow.grant_id, reason="node", at=at, detail=node.closed_reason)


def release_node(node: Node, *, at: datetime) -> None:
    """Let the flows over a node that was admitted again go on."""
    for flow in queries.find_flows(actor=_OPENER, statuses=(states.SUSPENDED,), node_id=node.pk):
        release_flow(flow.grant_id, reason="node", at=at)


def _flows_with(**which: UUID) -> list[tuple[UUID, str]]:
    return list(Flow.objects.filter(status__in=states.OPEN_FLOW, **which).values_list("grant_id", "status"))


def _free_table(flow: Flow, stream: Stream, consumer_node_id: UUID) -> str:
    """A table's name that no other flow of the resource has on the consumer's node."""
    copies = Flow.objects.filter(resource_id=flow.resource_id, consumer_node_id=consumer_node_id).exclude(pk=flow.pk)
    taken = set(copies.values_list("exchange_table", flat=True))
    base, copy = stream.exchange_table.removeprefix("r_"), 1
    while (name := policies.exchange_table_name(base, copy=copy)) in taken:
        copy += 1
    return name


def _missing(stream: Stream | None, receiver: bool) -> str:
    if stream is None:
        return "stream"
    if stream.node.status != states.ADMITTED:
        return "provider_node"
    return "" if receiver else "consumer_node"


def _route_and_open(flow: Flow, grant: GrantView, *, at: datetime) -> None:
    assert flow.provider_node_id is not None
    assert flow.consumer_node_id is not None
    route: dict[str, Any] = {
        "provider_node_id": flow.provider_node_id,
        "consumer_node_id": flow.consumer_node_id,
        "exchange_table": flow.exchange_table,
    }
    grant_actions.set_route(grant_id=grant.id, by=_OPENER, at=at, **route)
    order = OpenGrant(terms=grants.current_terms(grant.id), resource_name=flow.resource_name, **route)
    link.issue_order(order, node_ids=[flow.provider_node_id, flow.consumer_node_id], at=at)
