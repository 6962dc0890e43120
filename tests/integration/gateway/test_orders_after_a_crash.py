"""An order reaches the gateway although the database's server crashed and counts transactions a second time from there.

A transaction's number that was given out but is in no flushed log is given out again after a crash: the numbers that the
gateway has seen say nothing about the orders that come then.
"""

import shutil
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gongxiang.machine.migrate import make_database
from gongxiang.machine.postgres import Server
from gongxiang.machine.processes import free_ports
from gongxiang.protocol.messages import EndGrant, ResumeGrant, SuspendGrant
from tests.support import databases
from tests.support.dataplane import Flow, Plane, eventually, running_plane

_LAST_READ = """SELECT query_start FROM pg_stat_activity WHERE datname = current_database()
  AND application_name = 'gongxiang gateway orders' AND query LIKE '%link.orders%'"""


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own that writes its log only for commits that wait for it."""
    databases.template()  # keys and roles' passwords of this session's installation
    base = databases.test_home().path / f"crash-{uuid.uuid4().hex[:6]}"
    made = Server(folder=base, port=free_ports(1), log=base.with_suffix(".log"), password="test")
    made.prepare()
    with (made.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write("fsync = 'off'\nwal_writer_delay = '10s'\nwal_writer_flush_after = '1GB'\nautovacuum = 'off'\n")
    made.start()
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def plane_on_it(server: Server, tmp_path: Path) -> Iterator[Plane]:
    """A gateway whose database is there."""
    make_database(server.url(), "gongxiang")
    platform = databases.Database(name="gongxiang", url=server.url("gongxiang"))
    databases._migrate(platform)
    with running_plane(platform, tmp_path) as plane:
        yield plane


def number_now(url: str) -> int:
    """The number the server gives the next transaction, used up by this one without a trace."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        connection.rollback()
    assert row is not None
    return int(row[0])


def use_up_numbers(url: str) -> int:
    """Give out many numbers that no flushed log knows; the last."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        for _ in range(400):
            connection.execute("SELECT pg_current_xact_id()")
    return number_now(url)


def let_it_be_read(url: str) -> None:
    """Until the gateway has looked for orders twice more: the second look began after this call did."""
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(2):
            (before,) = connection.execute("SELECT clock_timestamp()").fetchone() or (None,)
            eventually(lambda: connection.execute(_LAST_READ).fetchall(), lambda rows, at=before: any(r[0] > at for r in rows))


def refused(flow: Flow) -> str:
    """The code with which the gateway refuses the flow; nothing if it gives segments."""
    status, _, value = flow.pull()
    return "" if status == 200 else str(value["error"]["code"])


def test_no_order_is_missed_when_numbers_are_given_out_again(plane_on_it: Plane, server: Server) -> None:
    plane, url = plane_on_it, server.url("gongxiang")
    flow = plane.flow(plane.node(), plane.node())
    eventually(flow.pull, lambda got: got[0] == 200)
    for _ in range(5):
        seen = use_up_numbers(url)
        let_it_be_read(url)
        assert server.process is not None
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(60)
        server.start()
        plane.order(SuspendGrant(grant_id=flow.grant_id, reason="misuse"), flow.consumer.node_id)
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT max(xid::text::bigint) FROM link.orders").fetchone()
        if row is not None and row[0] < seen:
            break
        plane.order(ResumeGrant(grant_id=flow.grant_id), flow.consumer.node_id)
    else:
        raise AssertionError("the server never counted again from an earlier number")
    eventually(lambda: refused(flow), lambda code: code == "grant_suspended")
    # And what comes afterwards, with the numbers still below those that were seen, comes too, once and in order.
    number = plane.order(EndGrant(grant_id=flow.grant_id, reason="over"), flow.consumer.node_id)
    eventually(lambda: refused(flow), lambda code: code == "grant_ended")
    ids = [order["id"] for order in flow.consumer.call("GET", "orders?after=0")[2]["orders"]]
    assert ids.count(number) == 1
