"""Nodes, streams and flows: what is ordered, what is reported, what holds a flow."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse

from gongxiang.platform.catalogue import freshness
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.delivery import actions, errors, intake, measures, opening, queries, states, tasks
from gongxiang.platform.delivery.models import Alarm, Flow, Node, Receipt, Reconciliation, Stream, TableCheck
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions as grants
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Shortfalls
from gongxiang.platform.parties.queries import filings
from gongxiang.protocol import clock, messages, receipts, signing
from gongxiang.protocol.quality import EmptyValues, TableMeasured
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import NODE_KEYS, make_grant, make_node, make_operator
from tests.support.pages import client_of
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force."""
    return make_banner()


@pytest.fixture
def provider_node(banner: Banner) -> Node:
    """The provider's admitted node."""
    return make_node(banner=banner, office=banner.provider)


@pytest.fixture
def resource(banner: Banner, provider_node: Node) -> ResourceRef:
    """A published conditional resource with its table on the provider's node."""
    return make_published(banner=banner, content=conditional_content(node_id=provider_node.pk))


@pytest.fixture
def flow(banner: Banner, resource: ResourceRef) -> Flow:
    """A running flow."""
    at = banner.at
    make_node(banner=banner, office=banner.consumer)
    opening.open_stream(resource.id, at=at)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    opening.request_flow(grant_id, at=at + timedelta(hours=1))
    return Flow.objects.get(grant_id=grant_id)


def orders(kind: str) -> list[dict[str, Any]]:
    """The orders of a kind, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM link.orders WHERE kind = %s ORDER BY id", [kind])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def receipt(flow: Flow, seq: int, *, at: Any, upserts: int = 3) -> messages.ReceiptGiven:
    """What the consumer's node would report."""
    assert flow.consumer_node_id is not None
    given = receipts.Receipt(
        grant_id=flow.grant_id, revision=1, epoch=1, seq=seq, upserts=upserts, deletes=0, rows_in_table=upserts, lag_ms=12,
        digest="sm3:00", at=at,
    ).signed(NODE_KEYS[flow.consumer_node_id])  # fmt: skip
    return messages.ReceiptGiven(**{name: getattr(given, name) for name in receipts.Receipt.__dataclass_fields__})


@pytest.mark.article("wushen-2021-60:13", "wushen-2021-60:16")
def test_node_is_offered_enrolled_and_admitted(banner: Banner) -> None:
    node, code = actions.offer_node(
        department_id=banner.provider.id, name="前置机", by=banner.provider.node_operator, at=banner.at
    )
    offer = orders("offer_enrolment")[-1]
    assert code not in json.dumps(offer)
    assert code not in str(Node.objects.filter(pk=node.pk).values().get())
    with pytest.raises(NotPermitted):
        actions.admit_node(node_id=node.pk, confirmed_key="x", by=banner.provider.node_operator, at=banner.at)
    fact = messages.NodeEnrolled(node_id=node.pk, public_key="sm2:04ab", host="node-1", software="0.1.0", at=banner.at)
    intake.take(fact, at=banner.at)
    operator = make_operator(banner)
    with pytest.raises(errors.FingerprintNotConfirmed):
        actions.admit_node(node_id=node.pk, confirmed_key="sm2:04ac", by=operator, at=banner.at)
    name, page, browser = signing.key_id("sm2:04ab"), reverse("delivery:node", args=[node.pk]), signed_in(operator)
    shown = f"{name[:4]} {name[4:8]}"
    assert shown not in browser.get(page).content.decode()
    actions.admit_node(node_id=node.pk, confirmed_key=f"{name[:4].upper()} {name[4:]}", by=operator, at=banner.at)
    assert orders("admit_node")[-1]["public_key"] == "sm2:04ab"
    assert shown in browser.get(page).content.decode()
    actions.revoke_node(node_id=node.pk, reason="设备报废", by=operator, at=banner.at)
    assert Node.objects.get(pk=node.pk).status == states.REVOKED
    assert orders("revoke_node")[-1]["reason"] == "设备报废"


@pytest.mark.article("wushen-2021-60:19(1)")
def test_table_is_described_and_problem_told_in_words(banner: Banner, provider_node: Node, resource: ResourceRef) -> None:
    assert resource.table is not None
    check = actions.ask_for_table(
        node_id=provider_node.pk, table="public.person", resource_id=resource.id, distribution_id=resource.table.id,
        by=banner.provider.node_operator, at=banner.at,
    )  # fmt: skip
    assert orders("describe_table")[-1]["request_id"] == str(check.pk)
    column = messages.DescribedColumn(
        column="tags", source_type="text[]", comment="", nullable=True, key=False, type=None, refusal="arrays are not carried"
    )
    answer = messages.TableDescribed(
        request_id=check.pk, node_id=provider_node.pk, table="public.person", columns=(column,), rows=7, problem="",
        at=banner.at,
    )  # fmt: skip
    intake.take(answer, at=banner.at)
    assert TableCheck.objects.get(pk=check.pk).rows == 7
    from gongxiang.platform.catalogue import queries as catalogue

    table = catalogue.get_resource(resource.id).table
    assert table is not None
    assert table.check_problem == "The table has no primary key."


@pytest.mark.article("wushen-2021-60:13", "wushen-2021-60:20")
def test_a_table_is_not_asked_for_in_the_name_of_another_departments_entry(
    banner: Banner, provider_node: Node, resource: ResourceRef
) -> None:
    """Else a department could write a problem, or its absence, on the delivery of another."""
    assert resource.table is not None
    stranger = make_node(banner=banner, office=banner.consumer, name="前置机二")
    named: dict[str, Any] = {"table": "public.person", "at": banner.at}
    for entry, distribution in ((resource.id, resource.table.id), (None, resource.table.id), (resource.id, None)):
        for who in (banner.consumer.node_operator, make_operator(banner)):
            with pytest.raises(errors.NotYourEntry):
                actions.ask_for_table(node_id=stranger.pk, resource_id=entry, distribution_id=distribution, by=who, **named)
    other = make_published(banner=banner)
    with pytest.raises(errors.NotYourEntry):
        actions.ask_for_table(
            node_id=provider_node.pk, resource_id=other.id, distribution_id=resource.table.id,
            by=banner.provider.node_operator, **named,
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.ask_for_table(node_id=provider_node.pk, distribution_id=uuid4(), by=banner.provider.node_operator, **named)
    assert not TableCheck.objects.exists()
    asked = actions.ask_for_table(
        node_id=provider_node.pk, distribution_id=resource.table.id, by=banner.provider.node_operator, **named
    )
    assert asked.resource_id == resource.id


@pytest.mark.article("wushen-2021-60:19(1)", "wushen-2021-60:21(2)")
def test_flow_opens_when_stream_and_nodes_are_there(banner: Banner, resource: ResourceRef) -> None:
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    opening.request_flow(grant_id, at=banner.at)
    assert Flow.objects.get(grant_id=grant_id).waiting_for == "stream"
    opening.open_stream(resource.id, at=banner.at)
    assert Flow.objects.get(grant_id=grant_id).waiting_for == "consumer_node"
    assert orders("open_grant") == []
    make_node(banner=banner, office=banner.consumer)
    flow = Flow.objects.get(grant_id=grant_id)
    assert (flow.status, flow.waiting_for) == (states.STARTED, "")
    order = orders("open_grant")[-1]
    assert order["terms"]["elements"] == ["id_number", "name", "township"]
    assert order["exchange_table"] == flow.exchange_table
    stream = orders("open_stream")[-1]
    assert {column["column"] for column in stream["columns"]} == {
        "id_number", "name", "phone", "township", "amount", "changed_on",
    }  # fmt: skip


def test_opening_twice_orders_once(resource: ResourceRef, flow: Flow, banner: Banner) -> None:
    opening.open_stream(resource.id, at=banner.at)
    opening.request_flow(flow.grant_id, at=banner.at)
    assert len(orders("open_stream")) == 1
    assert len(orders("open_grant")) == 1


@pytest.mark.article("cn-809:27")
def test_suspension_holds_the_flow_and_resuming_orders_it_on(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    officer = banner.provider.officer
    grants.suspend_grant(grant_id=flow.grant_id, reason="misuse", statement="发现超范围使用。", by=officer, at=at)
    opening.hold_flow(flow.grant_id, reason="grant", at=at)
    flow.refresh_from_db()
    assert (flow.status, flow.held_by) == (states.SUSPENDED, ["grant"])
    grants.resume_grant(grant_id=flow.grant_id, statement="已完成整改。", by=officer, at=at)
    opening.resume_flow(flow.grant_id, at=at)
    flow.refresh_from_db()
    assert (flow.status, flow.held_by) == (states.STARTED, [])
    assert len(orders("resume_grant")) == 1


def test_a_machine_that_comes_back_as_a_new_node_carries_the_consumers_flows_on(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    assert flow.consumer_node_id is not None
    actions.revoke_node(node_id=flow.consumer_node_id, reason="更换设备", by=make_operator(banner), at=at)
    flow.refresh_from_db()
    assert (flow.status, flow.held_by) == (states.SUSPENDED, ["node"])
    new = make_node(banner=banner, office=banner.consumer, name="前置机二", at=at)
    flow.refresh_from_db()
    assert (flow.status, flow.held_by, flow.consumer_node_id) == (states.STARTED, [], new.pk)
    order = orders("open_grant")[-1]
    assert (order["consumer_node_id"], order["provider_node_id"]) == (str(new.pk), str(flow.provider_node_id))
    assert evidence.trail_of(f"grant:{flow.grant_id}", by=banner.auditor)[-1].kind == "flow:resumed"


def test_a_suspended_grant_stays_suspended_on_the_new_node(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    grants.suspend_grant(
        grant_id=flow.grant_id, reason="misuse", statement="发现超范围使用。", by=banner.provider.officer, at=at
    )
    opening.hold_flow(flow.grant_id, reason="grant", at=at)
    assert flow.consumer_node_id is not None
    actions.revoke_node(node_id=flow.consumer_node_id, reason="更换设备", by=make_operator(banner), at=at)
    make_node(banner=banner, office=banner.consumer, name="前置机二", at=at)
    flow.refresh_from_db()
    assert (flow.status, flow.held_by) == (states.SUSPENDED, ["grant"])
    assert len(orders("suspend_grant")) == 2


def test_a_table_that_moves_to_another_node_is_closed_on_the_old_one(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    old = flow.provider_node_id
    new = make_node(banner=banner, office=banner.provider, name="前置机二", at=at)
    # As if the first publication had named another node than the entry does now.
    Stream.objects.filter(resource_id=flow.resource_id).update(node_id=new.pk)
    Flow.objects.filter(pk=flow.pk).update(provider_node_id=new.pk)
    opening.open_stream(flow.resource_id, at=at)
    closed = orders("close_stream")[-1]
    assert (closed["resource_id"], closed["node_id"]) == (str(flow.resource_id), str(new.pk))
    assert orders("open_stream")[-1]["node_id"] == str(old)
    assert orders("open_grant")[-1]["provider_node_id"] == str(old)
    flow.refresh_from_db()
    assert flow.provider_node_id == old


@pytest.mark.article("cn-809:27")
def test_suspended_and_resumed_before_the_flow_had_a_way(banner: Banner, resource: ResourceRef) -> None:
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    opening.request_flow(grant_id, at=banner.at)
    at, officer = banner.at + timedelta(hours=2), banner.provider.officer
    grants.suspend_grant(grant_id=grant_id, reason="misuse", statement="发现超范围使用。", by=officer, at=at)
    grants.resume_grant(grant_id=grant_id, statement="已完成整改。", by=officer, at=at)
    opening.resume_flow(grant_id, at=at)
    # The gateway was told to shut it, so it must be told to open it.
    assert [order["grant_id"] for order in orders("resume_grant")] == [str(grant_id)]


@pytest.mark.article("wushen-2021-60:13", "wushen-2021-60:19(1)")
def test_another_departments_table_is_not_captured(banner: Banner, provider_node: Node) -> None:
    foreign = make_node(banner=banner, office=banner.consumer, name="前置机二")
    with pytest.raises(Shortfalls) as refused:
        make_published(banner=banner, content=conditional_content(node_id=foreign.pk))
    assert "node_of_others" in {shortfall.code for shortfall in refused.value.shortfalls}
    # Published all the same (the node is mounted behind the rule's back): nothing is captured, and the entry says why.
    published = make_published(banner=banner, content=conditional_content("低保对象信息", node_id=provider_node.pk))
    assert published.table is not None
    Node.objects.filter(pk=provider_node.pk).update(department_id=banner.consumer.id)
    assert opening.open_stream(published.id, at=banner.at) is None
    assert orders("open_stream") == []
    table = catalogue.get_resource(published.id).table
    assert table is not None
    assert table.check_problem == "The node belongs to another department."


def test_the_names_of_a_source_stay_with_provider_and_authority(banner: Banner, flow: Flow) -> None:
    for reader, seen in (
        (banner.provider.clerk, "public.person"), (banner.authority_officer, "public.person"), (banner.consumer.clerk, ""),
        (banner.auditor, ""),
    ):  # fmt: skip
        stream = queries.stream_of(flow.resource_id, actor=reader)
        assert stream is not None
        assert stream.source_table == seen


def test_another_departments_answer_is_not_shown(banner: Banner, provider_node: Node) -> None:
    check = actions.ask_for_table(
        node_id=provider_node.pk, table="public.person", by=banner.provider.node_operator, at=banner.at
    )
    TableCheck.objects.filter(pk=check.pk).update(answered_at=banner.at)
    named: dict[str, Any] = {"node_id": provider_node.pk, "table": "public.person"}
    assert queries.latest_check(actor=banner.provider.clerk, **named) is not None
    assert queries.latest_check(actor=banner.consumer.clerk, **named) is None


@pytest.mark.article("wushen-2021-60:12(2)")
def test_an_alarm_about_a_capture_that_stood_still_is_over_when_it_runs_again(banner: Banner, flow: Flow) -> None:
    stream, at = Stream.objects.get(resource_id=flow.resource_id), banner.at + timedelta(hours=2)
    about = {"node_id": stream.node_id, "resource_id": flow.resource_id}
    for code in ("source_down", "source_down", "wal_retained"):
        intake.take(messages.Alarm(code=code, detail="x", at=at, **about), at=at)
    assert sorted(Alarm.objects.filter(closed_at=None).values_list("code", "times")) == [
        ("source_down", 2),
        ("wal_retained", 1),
    ]
    later = at + timedelta(minutes=1)
    report = {**about, "epoch": 1, "seq": 5, "rows_loaded": 0, "changes": 0, "lag_ms": 0, "state": "live"}
    intake.take(messages.StreamState(detail="The source does not answer.", at=later, **report), at=later)
    assert Alarm.objects.filter(code="source_down", closed_at=None).exists(), "it still says that something is wrong"
    intake.take(messages.StreamState(detail="", at=later, **report), at=later)
    assert list(Alarm.objects.filter(closed_at=None).values_list("code", flat=True)) == ["wal_retained"]


@pytest.mark.article("wushen-2021-60:20")
def test_drift_stops_the_flow_until_a_new_version_runs(banner: Banner, flow: Flow) -> None:
    stream = Stream.objects.get(resource_id=flow.resource_id)
    report = {
        "resource_id": flow.resource_id, "node_id": stream.node_id, "epoch": 1, "seq": 5, "rows_loaded": 0, "changes": 0,
        "lag_ms": 0,
    }  # fmt: skip
    at = banner.at + timedelta(hours=2)
    detail = "column phone is gone: publish a new version"
    intake.take(messages.StreamState(state="drifted", detail=detail, at=at, **report), at=at)
    flow.refresh_from_db()
    assert (flow.status, flow.held_by, flow.detail) == (states.SUSPENDED, ["drift"], detail)
    assert Alarm.objects.filter(code="schema_drift", closed_at=None).count() == 1
    later = at + timedelta(minutes=1)
    intake.take(messages.StreamState(state="live", detail="", at=later, **report), at=later)
    flow.refresh_from_db()
    assert flow.status == states.STARTED
    assert Alarm.objects.filter(code="schema_drift", closed_at=None).count() == 0


@pytest.mark.article("wushen-2021-60:13", "wushen-2021-60:22.2")
def test_receipts_are_coalesced_and_the_last_one_stands_in_evidence(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    for second in range(5):
        intake.take(receipt(flow, second, at=at + timedelta(seconds=second), upserts=second), at=at)
    assert Receipt.objects.filter(flow=flow).count() == 1
    flow.refresh_from_db()
    assert (flow.seq, flow.upserts) == (4, 4)
    assert tasks.flush_receipts(at + timedelta(seconds=30)) == 1
    assert [row.seq for row in Receipt.objects.filter(flow=flow).order_by("id")] == [0, 4]
    last = evidence.trail_of(f"grant:{flow.grant_id}", by=banner.auditor)[-1]
    assert (last.kind, last.after["seq"]) == ("flow:receipt_given", 4)
    assert {f"grant:{flow.grant_id}", f"resource:{flow.resource_id}", f"access_request:{flow.access_request_id}"} <= set(
        last.trail
    )


def test_receipt_of_another_key_is_an_alarm_and_no_receipt(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    forged = receipt(flow, 1, at=at)
    intake.take(replace(forged, upserts=9), at=at)
    assert not Receipt.objects.filter(flow=flow).exists()
    assert Alarm.objects.filter(code="receipt_unsigned").exists()


@pytest.mark.article("wushen-2021-60:13", "wushen-2021-60:20")
def test_reconciliation_is_asked_answered_and_never_repairs(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    row = actions.ask_reconciliation(grant_id=flow.grant_id, by=banner.consumer.clerk, at=at)
    with pytest.raises(errors.ReconciliationPending):
        actions.ask_reconciliation(grant_id=flow.grant_id, by=banner.consumer.clerk, at=at)
    fact = messages.Reconciled(
        request_id=row.pk, grant_id=flow.grant_id, equal=False, provider_rows=10, consumer_rows=9, missing=1, surplus=0,
        different=0, position="0/1", detail="", at=at,
    )  # fmt: skip
    intake.take(replace(fact, grant_id=uuid4()), at=at)
    assert Reconciliation.objects.get(pk=row.pk).equal is None, "the answer speaks of another grant"
    intake.take(fact, at=at)
    assert Reconciliation.objects.get(pk=row.pk).equal is False
    assert Alarm.objects.filter(code="tables_differ").exists()
    assert len(orders("reconcile")) == 1


@pytest.mark.article("wushen-2021-60:20", "cn-809:18")
def test_the_four_dimensions_of_an_entry_stand_on_its_page(
    banner: Banner, flow: Flow, resource: ResourceRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = banner.at + timedelta(hours=2)
    assert measures.measured(resource.id, actor=banner.provider.clerk).compared == ()
    row = actions.ask_reconciliation(grant_id=flow.grant_id, by=banner.consumer.clerk, at=at)
    intake.take(
        messages.Reconciled(
            request_id=row.pk, grant_id=flow.grant_id, equal=False, provider_rows=10, consumer_rows=9, missing=1, surplus=2,
            different=3, position="0/1", detail="", at=at,
        ), at=at,
    )  # fmt: skip
    stranger = banner.stranger.clerk
    for person, seen in ((banner.provider.clerk, 1), (banner.consumer.clerk, 1), (banner.auditor, 1), (stranger, 0)):
        found = measures.measured(resource.id, actor=person)
        assert (len(found.compared), found.missing, found.different) == (seen, seen, 5 * seen)
    facts = freshness.facts_of(resource, at)
    assert (facts.stale, facts.used_at, facts.cycle) == (False, None, resource.content.update_cycle)
    assert (facts.unmounted, facts.mount_by is not None) == (True, True), "its table was never tried"
    monkeypatch.setattr(clock, "now", lambda: at)
    for person in (banner.provider.clerk, banner.consumer.clerk, banner.auditor):
        page = client_of(person).get(reverse("quality:dimensions", args=[resource.id])).content.decode()
        assert all(word in page for word in ("完整性", "准确性", "时效性", "可用性", "不一致")), person.name
    assert flow.grant_number in page
    assert client_of(banner.provider.clerk).get(reverse("quality:dimensions", args=[uuid4()])).status_code == 404
    entry = client_of(banner.consumer.clerk).get(reverse("catalogue:resource", args=[resource.id])).content.decode()
    assert reverse("quality:dimensions", args=[resource.id]) in entry


def test_empty_values_and_doubled_rows_stand_in_the_four_dimensions(
    banner: Banner, flow: Flow, resource: ResourceRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = banner.at + timedelta(hours=2)
    address = reverse("quality:dimensions", args=[resource.id])
    monkeypatch.setattr(clock, "now", lambda: at)
    assert "尚未统计" in client_of(banner.provider.clerk).get(address).content.decode()
    stream = Stream.objects.get(resource_id=resource.id)
    codes = [one["element"]["code"] for one in stream.columns]
    said = {"resource_id": resource.id, "node_id": stream.node_id, "epoch": 1, "seq": 9, "rows": 200}
    empty = (*(EmptyValues(element=code, rows=0) for code in codes[1:]), EmptyValues(element=codes[0], rows=50))
    unknown = EmptyValues(element="not_of_this_table", rows=3)
    fact = TableMeasured(empty=(*empty, unknown), doubled_keys=0, doubled_rows=1234, at=at, **said)
    # Not for another node, nothing older than what stands.
    intake.take(replace(fact, node_id=uuid4()), at=at)
    assert measures.measured(resource.id, actor=banner.auditor).counted is None
    intake.take(fact, at=at)
    intake.take(replace(fact, doubled_rows=1, at=at - timedelta(days=1)), at=at)
    counted = measures.measured(resource.id, actor=banner.consumer.clerk).counted
    assert counted is not None
    assert (counted.rows, counted.empty, counted.doubled_rows, counted.at) == (200, {codes[0]: 50}, 1234, at)
    page = client_of(banner.consumer.clerk).get(address).content.decode()
    assert all(words in page for words in ("25.0 %", "1,234", codes[0], "重复", "由谁负责", "责任股室", "责任领导"))
    assert filings(banner.provider.id, status="FILED")[0].unit in page
    record = EvidenceRecord.objects.get(kind="stream:counted")
    assert (record.after["doubled_rows"], record.basis) == (1234, ["wushen-2021-60:20"])


def test_end_of_the_grant_closes_the_flow(banner: Banner, flow: Flow) -> None:
    opening.close_flow(flow.grant_id, act="terminate", ended_at=banner.at)
    flow.refresh_from_db()
    assert flow.status == states.TERMINATED


def test_a_fact_is_taken_once_and_a_malformed_one_stops_nothing(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    good = receipt(flow, 7, at=at)
    assert tasks._take(queries.Fact(id=1, xid=1, kind="receipt_given", body={"kind": "receipt_given"})) is None
    assert Alarm.objects.filter(code="unknown_fact").exists()
    tasks._take(queries.Fact(id=2, xid=1, kind="receipt_given", body=good.to_json()))
    flow.refresh_from_db()
    assert flow.seq == 7


def test_a_fact_that_cannot_be_kept_stops_nothing(banner: Banner, flow: Flow) -> None:
    at = banner.at + timedelta(hours=2)
    state = messages.FlowState(grant_id=flow.grant_id, revision=1, state="live", epoch=1, detail="", at=at)
    wrong = ({"detail": "a\0b"}, {"state": "x" * 21}, {"epoch": 2**31}, {"state": "live", "epoch": 3})
    for number, more in enumerate(wrong, start=1):
        tasks._take(queries.Fact(id=number, xid=1, kind="flow_state", body=state.to_json() | more))
    flow.refresh_from_db()
    assert (flow.state, flow.epoch) == ("live", 3)
    alarm = Alarm.objects.get(code="fact_refused")
    assert alarm.times == 3
    assert tasks._take(queries.Fact(id=9, xid=1, kind="x", body=queries._body("[1]"))) is None


def test_a_report_of_tomorrow_freezes_nothing(flow: Flow) -> None:
    at = clock.now()
    state = messages.FlowState(grant_id=flow.grant_id, revision=1, state="failed", epoch=1, detail="", at=at)
    for number, sent in enumerate((replace(state, at=at + timedelta(days=1)), replace(state, state="live")), start=1):
        tasks._take(queries.Fact(id=number, xid=1, kind="flow_state", body=sent.to_json()))
    flow.refresh_from_db()
    assert (flow.state, flow.state_at) == ("live", at)
    assert Alarm.objects.get(code="fact_refused").times == 1


def test_lease_covers_the_orders_so_far(banner: Banner) -> None:
    assert tasks.renew_lease(banner.at) == 1
    assert tasks.renew_lease(banner.at + timedelta(seconds=100)) == 0
    assert tasks.renew_lease(banner.at + timedelta(seconds=301)) == 1
    assert orders("lease")[-1]["valid_until"] == "2026-11-02T01:20:01.000000Z"


def test_department_sees_its_own_nodes_only(banner: Banner, provider_node: Node) -> None:
    assert queries.nodes_visible_to(banner.provider.clerk).count() == 1
    assert queries.nodes_visible_to(banner.stranger.clerk).count() == 0
    assert queries.nodes_visible_to(banner.auditor).count() == 1
    assert queries.flow_of(UUID(int=uuid4().int), actor=banner.auditor) is None
