"""Articles 13, 17 and 19(1): sharing goes through the platform, from exchange table to exchange table, looked after daily.

“政务部门间非涉密政务信息资源共享必须通过公共信息平台实现。”
“前置机方式……业务数据库通过网络直连方式与前置机库表实现数据同步”
“政务部门应当保证本单位前置机的安全运行、单位业务数据库与前置交换数据库的同步更新、前置交换系统与公共信息平台的有效连通”。
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.delivery import intake, opening, queries, tasks
from gongxiang.platform.delivery.models import Alarm, Flow, Node, Reconciliation
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import actions as grants
from gongxiang.protocol import messages
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant, make_node

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force."""
    return make_banner()


@pytest.fixture
def resource(banner: Banner) -> ResourceRef:
    """A resource whose table lies on the provider's admitted node; its publication is not read yet."""
    node = make_node(banner=banner, office=banner.provider)
    return make_published(banner=banner, content=conditional_content(node_id=node.pk))


def pump() -> None:
    """What the worker does: read the outbox until nothing is left."""
    while tasks.on_news():
        continue


def orders() -> list[dict[str, Any]]:
    """All orders but those about nodes, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM link.orders WHERE kind NOT IN ('offer_enrolment', 'admit_node') ORDER BY xid, id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


@pytest.mark.article("wushen-2021-60:17", "wushen-2021-60:19(1)", "cn-809:22")
def test_from_publication_to_flow_by_orders_alone(banner: Banner, resource: ResourceRef) -> None:
    pump()
    assert [order["kind"] for order in orders()] == ["open_stream"]
    make_node(banner=banner, office=banner.consumer)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    pump()
    assert [order["kind"] for order in orders()] == ["open_stream", "open_grant"]
    opened = orders()[-1]
    # The terms go along whole; what they do not name does not flow.
    assert opened["terms"]["elements"] == ["id_number", "name", "township"]
    assert opened["terms"]["masks"]["id_number"]["kind"] == "keep"
    assert opened["terms"]["conditions"][0]["values"] == ["嘎鲁图镇"]
    grants.suspend_grant(
        grant_id=grant_id, reason="security", statement="排查安全隐患。", by=banner.provider.officer, at=banner.at
    )
    # The valve closes in the act itself, before anybody reads the outbox; both nodes are named.
    closed = orders()[-1]
    assert closed["kind"] == "suspend_grant"
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(node_ids) FROM link.orders WHERE kind = 'suspend_grant'")
        assert cursor.fetchone() == (2,)
    pump()
    assert Flow.objects.get().held_by == ["grant"]
    grants.resume_grant(grant_id=grant_id, statement="隐患已消除。", by=banner.provider.officer, at=banner.at)
    pump()
    assert orders()[-1]["kind"] == "resume_grant"
    assert Flow.objects.get().status == "STARTED"


@pytest.mark.article("wushen-2021-60:19(1)")
def test_a_second_consumer_and_a_second_grant_get_tables_of_their_own(banner: Banner, resource: ResourceRef) -> None:
    pump()
    make_node(banner=banner, office=banner.consumer)
    make_grant(banner=banner, resource_id=resource.id)
    pump()
    from gongxiang.protocol.terms import Purpose
    from tests.factories.procedure import answer, make_request

    second = make_request(banner=banner, resource_id=resource.id, purposes=["decision"], at=banner.at + timedelta(days=1))
    answer(
        second, banner=banner, at=banner.at + timedelta(days=1), purposes=(Purpose.DECISION,), masks={}, conditions=(),
        elements=("id_number",),
    )  # fmt: skip
    pump()
    tables = list(Flow.objects.order_by("requested_at").values_list("exchange_table", flat=True))
    assert tables == [tables[0], f"{tables[0]}_g2"]
    # One stream serves both.
    assert [order["kind"] for order in orders()].count("open_stream") == 1


@pytest.mark.article("wushen-2021-60:13", "wushen-2021-60:12(2)")
def test_a_silent_node_is_noticed_and_its_return_too(banner: Banner) -> None:
    node = make_node(banner=banner, office=banner.provider)
    at = banner.at + timedelta(hours=1)
    intake.take(messages.NodeSeen(node_id=node.pk, software="0.1.0", checks={"source": "ok"}, at=at), at=at)
    assert tasks.watch_nodes(at + timedelta(seconds=60)) == 0
    assert tasks.watch_nodes(at + timedelta(seconds=120)) == 1
    assert tasks.watch_nodes(at + timedelta(seconds=150)) == 1
    alarm = Alarm.objects.get(code="node_silent")
    assert (alarm.times, alarm.department_id, alarm.closed_at) == (2, banner.provider.id, None)
    back = at + timedelta(seconds=200)
    intake.take(messages.NodeSeen(node_id=node.pk, software="0.1.0", checks={}, at=back), at=back)
    alarm.refresh_from_db()
    assert alarm.closed_at == back
    assert Node.objects.get(pk=node.pk).checks == {}


@pytest.mark.article("wushen-2021-60:13", "wushen-2021-60:20")
def test_facts_are_read_once_in_commit_order(banner: Banner, resource: ResourceRef, site_database: Any) -> None:
    import psycopg

    from gongxiang.platform.delivery import actions

    pump()
    make_node(banner=banner, office=banner.consumer)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    pump()
    asked = actions.ask_reconciliation(grant_id=grant_id, by=banner.provider.node_operator, at=banner.at)
    report = messages.Reconciled(
        request_id=asked.pk, grant_id=grant_id, equal=True, provider_rows=5, consumer_rows=5, missing=0, surplus=0,
        different=0, position="0/16B3748", detail="", at=banner.at,
    )  # fmt: skip
    with psycopg.connect(site_database.url_for("gx_gateway"), autocommit=True) as gateway:
        for _again in range(2):
            gateway.execute("INSERT INTO link.facts (kind, body) VALUES (%s, %s)", (report.kind, json.dumps(report.to_json())))
    assert tasks.ingest_facts() == 2
    assert tasks.ingest_facts() == 0
    assert Reconciliation.objects.get().equal
    trail = evidence.trail_of(f"grant:{grant_id}", by=banner.auditor)
    assert [news.kind for news in trail].count("flow:reconciled") == 1
    assert queries.unread_facts((0, 0))[0].kind == "reconciled"


def test_the_site_cannot_read_the_gateways_data(site_database: Any) -> None:
    from django.db import ProgrammingError, transaction

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("gx_site",)
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'exchange' AND relkind = 'r' LIMIT 1"
        )
        table = cursor.fetchone()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM exchange.{table[0] if table else 'anything'}")


def test_opening_waits_for_the_grant_to_be_unlocked(banner: Banner, resource: ResourceRef) -> None:
    """An opening order never overtakes a closing one: a grant suspended before its flow opened opens nothing."""
    pump()
    make_node(banner=banner, office=banner.consumer)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    grants.suspend_grant(
        grant_id=grant_id, reason="misuse", statement="发现超范围使用。", by=banner.provider.officer, at=banner.at
    )
    pump()
    assert "open_grant" not in [order["kind"] for order in orders()]
    grants.resume_grant(grant_id=grant_id, statement="已完成整改。", by=banner.provider.officer, at=banner.at)
    pump()
    assert [order["kind"] for order in orders()][-1] == "open_grant"
    opening.request_flow(grant_id, at=banner.at)
    assert [order["kind"] for order in orders()].count("open_grant") == 1
