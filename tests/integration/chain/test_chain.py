"""The whole chain with real processes: source, provider's node, gateway, consumer's node, received table."""

import signal
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gongxiang.protocol import clock, messages
from gongxiang.protocol.disposal import DestroyTable, TableDestroyed
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.messages import MappedColumn, SurveySource, TryMount
from gongxiang.protocol.signing import verify
from gongxiang.protocol.terms import Comparison, Condition, DataType, ElementSpec, Mask, MaskKind, Purpose
from gongxiang.protocol.tickets import MOUNT, Ticket, issue_ticket
from tests.support import databases
from tests.support.chain import Chain, Grant, NodeProcess, Resource, running_chain, until
from tests.support.dataplane import Plane, running_plane

ELEMENTS = (
    ElementSpec(code="id_no", type=DataType.TEXT, key=True, nullable=False),
    ElementSpec(code="name", type=DataType.TEXT),
    ElementSpec(code="phone", type=DataType.TEXT),
    ElementSpec(code="area", type=DataType.TEXT),
    ElementSpec(code="amount", type=DataType.DECIMAL, precision=38, scale=2),
    ElementSpec(code="alive", type=DataType.BOOLEAN),
)
TABLE = "r_150626_000001"
ALL = tuple(spec.code for spec in ELEMENTS)
HERE = (Condition(element="area", operator=Comparison.EQ, values=("150626",)),)
MASKS = {"id_no": Mask(kind=MaskKind.KEEP, prefix=6, suffix=2), "phone": Mask(kind=MaskKind.KEEP, prefix=3, suffix=2)}


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    with databases.copy() as database, running_plane(database, tmp_path_factory.mktemp("gateway")) as made:
        yield made


@pytest.fixture(scope="module")
def chain(plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with running_chain(plane, tmp_path_factory.mktemp("nodes")) as made:
        try:
            yield made
        finally:
            print(made.words())


@pytest.fixture
def resource(chain: Chain, request: pytest.FixtureRequest) -> Resource:
    """A fresh source table with three persons, shared."""
    name = f"person_{uuid.uuid4().hex[:8]}"
    chain.source(
        f"CREATE TABLE {name} (id_no text PRIMARY KEY, name text, phone text, area text, amount numeric(38,2), alive boolean)"
    )
    chain.source(
        f"INSERT INTO {name} VALUES ('150626190001010001', '张三', '13900000001', '150626', 1.50, true),"
        " ('150626190001010002', '李四🙂', NULL, '150626', 12345678901234567890123456789012345.67, false),"
        " ('150627190001010003', '王五', '13900000003', '150627', NULL, NULL)"
    )
    return chain.share(name, ELEMENTS, exchange_table=f"r_{name}")


@pytest.fixture
def grant(resource: Resource) -> Grant:
    return Grant(resource=resource, table=f"g_{uuid.uuid4().hex[:8]}")


def names(grant: Grant) -> list[Any]:
    return sorted(row[1] for row in grant.rows())


def settled(grant: Grant, rows: int) -> Callable[[], bool]:
    return lambda: len(grant.rows()) == rows and grant.state() == "live"


def test_first_load_then_every_change(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(ALL)
    until(settled(grant, 3))
    chain.source(f"INSERT INTO {resource.table} VALUES ('4', '赵六', '1', '150626', 0, true)")
    until(lambda: len(grant.rows()) == 4)
    chain.source(f"UPDATE {resource.table} SET name = '赵七' WHERE id_no = '4'")
    until(lambda: "赵七" in names(grant))
    chain.source(f"UPDATE {resource.table} SET id_no = '5' WHERE id_no = '4'")
    until(lambda: [row[0] for row in grant.rows()][-1] == "5")
    chain.source(f"DELETE FROM {resource.table} WHERE id_no = '5'")
    until(lambda: len(grant.rows()) == 3)
    with psycopg.connect(chain.provider.source.url) as connection:
        expected = connection.execute(f"SELECT * FROM {resource.table} ORDER BY 1").fetchall()
    assert grant.rows() == expected
    assert grant.reconcile()["equal"]
    receipt = until(lambda: [r for r in chain.plane.facts("receipt_given") if r["grant_id"] == str(grant.grant_id)])[-1]
    until(lambda: chain.plane.facts("receipt_given")[-1]["rows_in_table"] == 3)
    assert receipt["signature"]
    chain.source(f"TRUNCATE {resource.table}")
    until(lambda: grant.rows() == [])


def test_filter_masks_and_a_row_that_leaves(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(("id_no", "name", "phone"), HERE, masks=MASKS)
    until(settled(grant, 2))
    first = grant.rows("name")[0]
    assert first[:3] == ("150626**********01", "张三", "139******01")
    assert len(first[3]) == 32
    chain.source(f"UPDATE {resource.table} SET area = '150627' WHERE name = '张三'")
    until(lambda: names(grant) == ["李四🙂"])
    chain.source(f"UPDATE {resource.table} SET area = '150626' WHERE name = '王五'")
    until(lambda: names(grant) == ["李四🙂", "王五"])
    outcome = grant.reconcile()
    assert (outcome["equal"], outcome["provider_rows"], outcome["consumer_rows"]) == (True, 2, 2)


def test_a_second_grant_opens_on_the_running_stream(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(("id_no", "name"))
    until(settled(grant, 3))
    second = Grant(resource=resource, table=f"g_{uuid.uuid4().hex[:8]}")
    second.open(("name", "area"), HERE)
    chain.source(f"INSERT INTO {resource.table} VALUES ('6', '孙八', '1', '150626', 0, true)")
    until(lambda: len(second.rows()) == 3)
    until(lambda: len(grant.rows()) == 4)
    assert [len(row) for row in second.rows()] == [3, 3, 3]


def test_of_a_narrowed_revision_nothing_remains(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(ALL)
    until(settled(grant, 3))
    grant.open(("id_no", "name"), HERE)
    until(lambda: [len(row) for row in grant.rows()] == [2, 2])
    chain.source(f"UPDATE {resource.table} SET name = '新名' WHERE name = '张三'")
    until(lambda: "新名" in names(grant))
    with psycopg.connect(chain.consumer.exchange.url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'received' AND tablename LIKE %s", (f"{grant.table}%",)
        )
        assert tables.fetchall() == [(grant.table,)]
    assert grant.reconcile()["equal"]


def test_suspended_nothing_flows_and_resumed_nothing_is_lost(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(("id_no", "name"))
    until(settled(grant, 3))
    grant.suspend()
    until(lambda: grant.state() == "suspended")
    chain.source(f"INSERT INTO {resource.table} VALUES ('7', '周九', '1', '150626', 0, true)")
    chain.source(f"DELETE FROM {resource.table} WHERE name = '王五'")
    time.sleep(0.5)
    assert len(grant.rows()) == 3
    grant.resume()
    until(lambda: "周九" in names(grant) and "王五" not in names(grant))
    until(lambda: grant.state() == "live")


def test_an_ended_grant_keeps_what_was_delivered(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(("id_no", "name"))
    until(settled(grant, 3))
    grant.end()
    until(lambda: grant.state() == "closed")
    chain.source(f"DELETE FROM {resource.table}")
    time.sleep(0.5)
    assert len(grant.rows()) == 3


def test_a_difference_is_counted_and_never_repaired(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(("id_no", "name", "phone"), masks=MASKS)
    until(settled(grant, 3))
    with psycopg.connect(chain.consumer.exchange.url, autocommit=True) as connection:
        connection.execute(f"UPDATE received.{grant.table} SET name = '改' WHERE name = '张三'")
        connection.execute(f"DELETE FROM received.{grant.table} WHERE name = '王五'")
        connection.execute(f"INSERT INTO received.{grant.table} (name, gx_key) VALUES ('多', 'x'), ('余', 'y')")
    outcome = grant.reconcile()
    assert not outcome["equal"]
    assert [outcome[name] for name in ("missing", "surplus", "different")] == [1, 2, 1]
    assert len(grant.rows()) == 4
    assert "张三" not in str(outcome)


def test_a_restarted_node_goes_on(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(("id_no", "name"))
    until(settled(grant, 3))
    for node in (chain.consumer, chain.provider):
        assert node.stop(signal.SIGTERM) == 0, chain.words()
    chain.source(f"INSERT INTO {resource.table} VALUES ('8', '吴十', '1', '150626', 0, true)")
    for node in (chain.consumer, chain.provider):
        node.start()
    until(lambda: "吴十" in names(grant))
    until(lambda: chain.consumer.command("status").returncode == 0)
    found = chain.provider.command("reconcile")
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"public.{resource.table} -> shared.{resource.exchange_table}: equal, 4 rows" in found.stdout


def test_latency_from_commit_to_visible(chain: Chain, resource: Resource, grant: Grant) -> None:
    grant.open(ALL)
    until(settled(grant, 3))
    lags = []
    with (
        psycopg.connect(chain.provider.source.url, autocommit=True) as source,
        psycopg.connect(chain.consumer.exchange.url, autocommit=True) as received,
    ):
        # The test server flushes lazily, and a log is sent only once it is flushed.
        source.execute("SET synchronous_commit TO on")
        for number in range(40):
            key = f"n{number:03}"
            source.execute(f"INSERT INTO {resource.table} (id_no) VALUES (%s)", (key,))
            began = time.perf_counter()
            while received.execute(f"SELECT 1 FROM received.{grant.table} WHERE id_no = %s", (key,)).fetchone() is None:
                time.sleep(0.0005)
                assert time.perf_counter() - began < 10
            lags.append((time.perf_counter() - began) * 1000)
    print(f"latency p50 {statistics.median(lags):.1f} ms, max {max(lags):.1f} ms")
    assert statistics.median(lags) < 100


def test_enrolment_errors_are_named(plane: Plane, tmp_path: Path) -> None:
    exchange = databases.create_empty()
    try:
        node = NodeProcess(plane=plane, name="late", folder=tmp_path, exchange=exchange)
        node.configure()
        wrong = node.command("enroll", "--code", "wrong-code")
        assert (wrong.returncode, wrong.stderr.split(":")[0]) == (1, "code_unknown")
        node.offer("expired-code", minutes=-1)
        until(lambda: node.command("enroll", "--code", "expired-code").stderr.startswith("code_expired"))
        node.configure(fingerprint="00" * 32)
        stranger = node.command("enroll", "--code", "good-code")
        assert (stranger.returncode, stranger.stderr.split(":")[0]) == (1, "fingerprint_mismatch")
        assert node.command("run").stderr.startswith("not_enrolled")
        node.configure()
        node.offer("good-code")
        until(lambda: node.command("enroll", "--code", "good-code").returncode == 0)
        assert (node.home / "node.key").stat().st_mode & 0o777 == 0o600
        again = node.command("enroll", "--code", "good-code")
        assert again.stderr.startswith("already_enrolled")
        other = NodeProcess(plane=plane, name="other", folder=tmp_path / "other", exchange=exchange)
        other.configure()
        assert other.command("enroll", "--code", "good-code").stderr.startswith("code_used")
    finally:
        databases.drop(exchange)


def test_a_node_tells_the_tables_of_its_source(chain):
    chain.source("CREATE TABLE tkry (sfzh varchar(18) PRIMARY KEY, xm text)")
    chain.source("COMMENT ON TABLE tkry IS '特困人员'")
    chain.source("INSERT INTO tkry VALUES ('15062619000101001X', '张三')")
    request_id, provider = uuid.uuid4(), chain.provider
    chain.plane.order(SurveySource(request_id=request_id, node_id=provider.node_id), provider.node_id)
    fact = chain.plane.wait_for_fact("tables_surveyed", request_id=str(request_id))
    assert (fact["part"], fact["parts"], fact["problem"]) == (1, 1, "")
    (table,) = [one for one in fact["tables"] if one["table"] == "public.tkry"]
    assert (table["comment"], [column["length"] for column in table["columns"]]) == ("特困人员", [18, 0])
    assert "张三" not in str(fact)
    # A node without a source says so instead of nothing.
    request_id = uuid.uuid4()
    chain.plane.order(SurveySource(request_id=request_id, node_id=chain.consumer.node_id), chain.consumer.node_id)
    fact = chain.plane.wait_for_fact("tables_surveyed", request_id=str(request_id))
    assert "[source] dsn" in fact["problem"]


@pytest.mark.article("wushen-2021-60:21(1)", "wushen-2021-60:15")
def test_a_mounted_table_is_tried_and_its_masked_rows_are_shown_once(chain: Chain, resource: Resource) -> None:
    provider = chain.provider
    order = TryMount(
        request_id=uuid.uuid4(), resource_id=resource.resource_id, node_id=provider.node_id, table=f"public.{resource.table}",
        columns=tuple(MappedColumn(column=spec.code, element=spec) for spec in ELEMENTS), masks=MASKS,
    )  # fmt: skip
    chain.plane.order(order, provider.node_id)
    fact = chain.plane.wait_for_fact("mount_tried", request_id=str(order.request_id))
    assert (fact["steps"][-1]["step"], fact["rows"]) == ("sample", 3), fact
    assert not any(step["problem"] for step in fact["steps"])
    assert "张三" not in str(fact)
    ticket = Ticket(
        ticket_id=uuid.uuid4(), kind=MOUNT, person="p1", resource_id=resource.resource_id, grant_id=None,
        purpose=Purpose.VERIFICATION, terms=None, issued_at=clock.now(), trial_id=order.request_id,
    )  # fmt: skip
    text = issue_ticket(ticket, Keyring.from_environment().signer("platform"))
    status, shown = chain.plane.people("POST", f"tickets/{text}")
    assert (status, shown["rows"][0][:3]) == (200, ["150626**********01", "张三", "139******01"])
    assert chain.plane.people("POST", f"tickets/{text}")[0] == 404


@pytest.mark.article("wushen-2021-60:21(1)", "wushen-2021-60:19(3)", "wushen-2021-60:15")
def test_a_file_at_the_node_is_tried_and_its_masked_rows_are_shown_once(chain: Chain) -> None:
    provider = chain.provider
    folder = provider.folder / "files"
    folder.mkdir(exist_ok=True)
    (folder / "people.csv").write_text("公民身份号码,name,phone\n150626190001010001,张三,13900000001\n", "utf-8")
    order = TryMount(
        request_id=uuid.uuid4(), resource_id=uuid.uuid4(), node_id=provider.node_id, table="people.csv", way="file",
        columns=tuple(MappedColumn(column=spec.code, element=spec) for spec in ELEMENTS[:3]), masks=MASKS,
        names={"id_no": "公民身份号码"},
    )  # fmt: skip
    chain.plane.order(order, provider.node_id)
    fact = chain.plane.wait_for_fact("mount_tried", request_id=str(order.request_id))
    assert (fact["steps"][-1]["step"], fact["steps"][2]["found"], fact["rows"]) == ("sample", "CSV UTF-8: 3", 1), fact
    assert "张三" not in str(fact)
    ticket = Ticket(
        ticket_id=uuid.uuid4(), kind=MOUNT, person="p1", resource_id=order.resource_id, grant_id=None,
        purpose=Purpose.VERIFICATION, terms=None, issued_at=clock.now(), trial_id=order.request_id,
    )  # fmt: skip
    text = issue_ticket(ticket, Keyring.from_environment().signer("platform"))
    status, shown = chain.plane.people("POST", f"tickets/{text}")
    assert (status, shown["rows"]) == (200, [["150626**********01", "张三", "139******01"]])


@pytest.mark.article("cn-809:27.1")
def test_the_consumer_s_node_destroys_what_an_ended_grant_left_when_it_is_ordered(
    chain: Chain, resource: Resource, grant: Grant
) -> None:
    consumer = chain.consumer
    grant.open(("id_no", "name"))
    until(settled(grant, 3))

    def ordered() -> TableDestroyed:
        order = DestroyTable(request_id=uuid.uuid4(), grant_id=grant.grant_id, node_id=consumer.node_id)
        chain.plane.order(order, consumer.node_id)
        fact = messages.parse(chain.plane.wait_for_fact("table_destroyed", request_id=str(order.request_id)), messages.FACTS)
        assert isinstance(fact, TableDestroyed)
        key = chain.plane.wait_for_fact("node_enrolled", node_id=str(consumer.node_id))["public_key"]
        assert verify(key, fact.signed_bytes(), fact.signature), "the node answers for it"
        return fact

    assert (ordered().problem, len(grant.rows())) == ("not_ended", 3)
    grant.end()
    until(lambda: grant.state() == "closed")
    assert len(grant.rows()) == 3, "the end of a grant takes nothing"
    with psycopg.connect(consumer.exchange.url, autocommit=True) as connection:
        connection.execute(f"CREATE VIEW received.mine AS SELECT name FROM received.{grant.table}")
        hindered = ordered()
        assert (hindered.problem, "mine" in hindered.detail, len(grant.rows())) == ("in_use", True, 3)
        connection.execute("DROP VIEW received.mine")
        done = ordered()
        assert (done.problem, done.table, done.rows) == ("", grant.table, 3)
        left = connection.execute("SELECT to_regclass(%s)", (f"received.{grant.table}",)).fetchone()
        flows = connection.execute("SELECT count(*) FROM gongxiang.flows WHERE grant_id = %s", (grant.grant_id,)).fetchone()
        assert (left, flows) == ((None,), (0,))
    # Ordered again, the node says what it did then.
    again = ordered()
    assert (again.rows, again.at) == (3, done.at)
