"""One doubt through the whole machine: real gateway, two real nodes, a source database; the site's jobs are run by hand."""

import http.client
import json
import logging
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.corrections import actions, queries, states, tasks, tickets
from gongxiang.platform.corrections.models import CorrectedCopy, Correction
from gongxiang.platform.delivery import actions as delivery_actions
from gongxiang.platform.delivery import tasks as delivery
from gongxiang.platform.delivery.models import Flow, Node
from gongxiang.platform.evidence import queries as evidence
from gongxiang.protocol import clock
from gongxiang.protocol.tickets import LIFETIME
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, Office, make_banner
from tests.factories.procedure import make_grant, make_operator
from tests.support import databases
from tests.support.chain import NodeProcess, drop_slots, until
from tests.support.dataplane import Plane, running_plane

#: What must never reach the site: the row's key, its values, the words and the file of the claim.
SECRET = ("150626199001011234", "张三丰", "张三封", "13900000001", "户口簿第三页", "ZmlsZQ")
HERE = "嘎鲁图镇"


def pump() -> None:
    """What the worker does, once."""
    delivery.ingest_facts()
    delivery.on_news()
    tasks.on_news()
    tasks.follow_copies(clock.now())


def settled(condition: Any, words: str) -> Any:
    """Work until it has come about."""

    def ask() -> Any:
        pump()
        return condition()

    return until(ask, 90, words)


def enrol(banner: Banner, office: Office, node: NodeProcess) -> None:
    """Offer, enrol by the command line, admit; then run."""
    at = clock.now()
    made, code = delivery_actions.offer_node(department_id=office.id, name=node.name, by=office.node_operator, at=at)
    node.node_id = made.pk
    node.configure()
    until(lambda: node.command("enroll", "--code", code).returncode == 0, words=f"enrolment of {node.name}")
    settled(lambda: Node.objects.get(pk=made.pk).status == "ENROLLED", "the fact of the enrolment")
    key = Node.objects.get(pk=made.pk).public_key
    delivery_actions.admit_node(node_id=made.pk, confirmed_key=key, by=make_operator(banner), at=clock.now())
    node.start()


@pytest.fixture
def nodes(site_database: databases.Database, tmp_path: Path) -> Iterator[tuple[Plane, NodeProcess, NodeProcess]]:
    """A gateway on the site's own database, and two front-end machines that are not enrolled yet."""
    made = [databases.create_empty() for _ in range(3)]
    with running_plane(site_database, tmp_path) as plane:
        provider = NodeProcess(plane=plane, name="provider", folder=tmp_path / "p", source=made[0], exchange=made[1])
        consumer = NodeProcess(plane=plane, name="consumer", folder=tmp_path / "c", exchange=made[2])
        try:
            yield plane, provider, consumer
        finally:
            for node in (provider, consumer):
                node.stop(signal.SIGKILL)
            drop_slots(made[0])
            for database in made:
                databases.drop(database)


def run(database: databases.Database | None, statement: str, *values: Any) -> list[Any]:
    assert database is not None
    with psycopg.connect(database.url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def bring(plane: Plane, ticket: str, value: Any = None) -> tuple[int, Any]:
    """What the browser does with a ticket."""
    connection = http.client.HTTPConnection("127.0.0.1", plane.port + 2, timeout=10)
    try:
        body = json.dumps(value).encode() if value is not None else None
        connection.request("POST", f"/x/v1/tickets/{ticket}", body=body)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def everything_the_site_holds(database: databases.Database) -> str:
    """Every row of every table of the site and of the one-way tables, as text."""
    tables = run(
        database, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'link')"
    )
    return "\n".join(str(run(database, f'SELECT t::text FROM "{schema}"."{name}" t')) for schema, name in tables)


@pytest.mark.article("wushen-2021-60:20", "wushen-2021-60:23", "cn-809:26.2")
def test_a_doubted_row_is_corrected_in_the_business_database_and_arrives(
    nodes: tuple[Plane, NodeProcess, NodeProcess], site_database: databases.Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    plane, provider, consumer = nodes
    banner = make_banner(at=clock.now() - timedelta(hours=6))
    delivery.issue_lease(clock.now())
    run(
        provider.source,
        "CREATE TABLE person (id_number varchar(18) PRIMARY KEY, name varchar(50), phone varchar(20), township varchar(50),"
        " amount numeric(10,2), changed_on date)",
    )
    insert = "INSERT INTO person VALUES (%s, %s, %s, %s, 1, '2026-01-01')"
    run(provider.source, insert, SECRET[0], SECRET[1], SECRET[3], HERE)
    run(provider.source, insert, "150626199101011235", "李四", None, HERE)
    for office, node in ((banner.provider, provider), (banner.consumer, consumer)):
        enrol(banner, office, node)
    resource = make_published(banner=banner, content=conditional_content(node_id=provider.node_id))
    pump()
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    settled(lambda: Flow.objects.filter(grant_id=grant_id, rows_in_table=2).exists(), "the first load")
    table = Flow.objects.get(grant_id=grant_id).exchange_table
    assert catalogue.get_resource(resource.id).name

    def received() -> dict[str, str]:
        return dict(run(consumer.exchange, f'SELECT gx_key, name FROM received."{table}"'))

    gx_key = next(key for key, name in received().items() if name == SECRET[1])
    clerk = banner.consumer.clerk
    row = actions.report_correction(
        grant_id=grant_id, kind=states.ERROR, origin=states.ROW, elements=["name"], description="姓名与证件不一致",
        by=clerk, at=clock.now(),
    )  # fmt: skip

    # Key and values go to the gateway, once a ticket; nobody else's element, nothing without a key.
    claim = {
        "key": {"gx_key": gx_key}, "present": {"name": SECRET[1]}, "believed": {"name": SECRET[2]}, "words": SECRET[4],
        "file": {"name": "证明.txt", "data": f"{SECRET[5]}=="},
    }  # fmt: skip
    for wrong in ([], {**claim, "key": {}}, {**claim, "present": {"phone": "1"}}, {**claim, "file": {"data": "?"}}):
        ticket = tickets.ask_to_deposit(correction_id=row.pk, by=clerk, at=clock.now())
        status, said = bring(plane, ticket, wrong)
        assert (status, said["error"]["code"]) == (400, "request_malformed"), wrong
    ticket = tickets.ask_to_deposit(correction_id=row.pk, by=clerk, at=clock.now())
    status, said = bring(plane, ticket, claim)
    assert status == 200, said
    assert bring(plane, ticket, claim)[1]["error"]["code"] == "ticket_used"
    late = tickets.ask_to_deposit(correction_id=row.pk, by=clerk, at=clock.now() - 2 * LIFETIME)
    assert bring(plane, late, claim)[1]["error"]["code"] == "ticket_expired"
    settled(lambda: Correction.objects.get(pk=row.pk).claim_at, "the fact of the claim")

    # The provider reads it there and finds its own row behind the pseudonym.
    reading = tickets.ask_to_read(correction_id=row.pk, by=banner.provider.reviewer, at=clock.now())
    status, shown = bring(plane, reading)
    assert (status, shown["believed"], shown["words"]) == (200, {"name": SECRET[2]}, SECRET[4])
    found = provider.command("find", "--grant", str(grant_id), "--key", f"gx_key={gx_key}")
    assert found.stdout.strip() == f"public.person: id_number = {SECRET[0]}", found.stderr
    assert provider.command("find", "--grant", str(grant_id), "--key", "gx_key=00").returncode == 1
    assert "key_unfit" in provider.command("find", "--grant", str(grant_id), "--key", "name=x").stderr

    # Another row's change proves nothing; the verdict alone does not either; the row's own change does.
    run(provider.source, "UPDATE person SET name = '李四四' WHERE id_number LIKE '15062619910%'")
    settled(lambda: "李四四" in received().values(), "the other row's change")
    actions.give_verdict(
        correction_id=row.pk, outcome=states.AS_BELIEVED, text="已在业务系统更正", by=banner.provider.officer, at=clock.now()
    )
    pump()
    assert Correction.objects.get(pk=row.pk).sealed_seq is None
    run(provider.source, "UPDATE person SET name = %s WHERE id_number = %s", SECRET[2], SECRET[0])
    settled(lambda: Correction.objects.get(pk=row.pk).status == states.ARRIVED, "the arrival")
    assert received()[gx_key] == SECRET[2]
    done, copy = Correction.objects.get(pk=row.pk), CorrectedCopy.objects.get(correction_id=row.pk)
    assert (copy.reached, copy.arrived_seq >= done.sealed_seq) == ("ARRIVED", True)
    kinds = [one.kind for one in evidence.trail_of(f"correction:{row.pk}", by=banner.auditor)]
    assert {"correction:claim_deposited", "data:claim_read", "correction:row_sealed", "correction:copy_reached"} <= set(kinds)
    assert kinds[-1] == "correction:arrived"
    assert queries.same_row(done, actor=clerk) == []

    # And nothing of it stands where the platform keeps things.
    held = everything_the_site_holds(site_database) + caplog.text + plane_words(plane)
    assert done.claim_digest in held
    for secret in SECRET:
        assert secret not in held, secret


def plane_words(plane: Plane) -> str:
    """What the gateway keeps of the claim, as it lies there."""
    rows = run(plane.database, "SELECT encode(sealed, 'escape') FROM exchange.claims")
    return str(rows)
