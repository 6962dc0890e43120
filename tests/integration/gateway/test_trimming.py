"""What nobody needs any more goes after its days; what somebody needs stays, and a cursor from before is told so."""

import asyncio
import os
from pathlib import Path

import psycopg
import pytest

from gongxiang.gateway import trimming
from gongxiang.gateway.parts import Gateway
from gongxiang.gateway.settings import Settings
from gongxiang.protocol.messages import CloseStream, EndGrant
from gongxiang.protocol.segments import SegmentKind
from tests.support.dataplane import eventually

DAYS = 30


def area(number: int) -> dict:
    return {"code": f"{number:06d}", "name": f"area {number}", "level": 3}


@pytest.fixture
def trim(own_plane, monkeypatch):
    """Trim a resource's log as the gateway does each hour; gives how many segments went."""
    for name in ("GONGXIANG_PORT", "GONGXIANG_GATEWAY_DATABASE_URL", "GONGXIANG_OBJECT_STORE"):
        monkeypatch.setenv(name, own_plane.environment[name])

    def run(flow) -> int:
        async def work():
            gateway = Gateway(Settings.from_environment())
            await gateway.database.open()
            async with await psycopg.AsyncConnection.connect(gateway.database.url, autocommit=True) as connection:
                await gateway.follower.read(connection)
            gone = await trimming.trim(gateway.database, gateway.store, gateway.book, flow.resource_id, days=DAYS)
            await gateway.database.close()
            return gone

        return asyncio.run(work())

    return run


def age(plane, days: int = DAYS + 1) -> None:
    """Let everything received so far be so old."""
    with psycopg.connect(plane.database.url) as connection:
        connection.execute("UPDATE exchange.segments SET received_at = received_at - make_interval(days => %s)", [days])


def kept(plane, flow) -> list[int]:
    with psycopg.connect(plane.database.url) as connection:
        rows = connection.execute("SELECT seq FROM exchange.segments WHERE resource_id = %s ORDER BY seq", [flow.resource_id])
        return [row[0] for row in rows.fetchall()]


def restarted(plane) -> None:
    """The gateway keeps the newest segments in memory; a started one has only what is stored."""
    plane.stop()
    plane.start()


def delivered(flow) -> list:
    """Everything pulled from the beginning, with a receipt for the last."""
    segments, (after, epoch) = [], (0, 0)
    while new := flow.pull(after, epoch)[2]:
        segments += new
        after, epoch = new[-1].header.seq, new[-1].header.epoch
    assert flow.receipt(segments[-1])[0] == 200
    return segments


def test_what_is_young_or_not_yet_receipted_stays(own_plane, trim):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(area(1))
    flow.load(area(1), area(2))
    delivered(flow)
    assert trim(flow) == 0, "everything is young"
    age(own_plane)
    second = own_plane.flow(flow.provider, own_plane.node())
    assert second.resource_id != flow.resource_id
    assert trim(flow) == 2, "the first load's rows and end; its begin stays"
    assert kept(own_plane, flow) == [1, 4, 5, 6]


def test_a_grant_without_receipt_holds_its_load_fast(own_plane, trim):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(area(1))
    flow.load(area(1), area(2))
    age(own_plane)
    assert trim(flow) == 0
    restarted(own_plane)
    assert [row["code"] for row in flow.rows(delivered(flow))] == ["000001", "000002"]


def test_the_flow_goes_on_after_a_trim_and_a_restart(own_plane, trim):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(area(1))
    flow.push(SegmentKind.CHANGES, [area(2)])
    flow.load(area(1), area(2))
    last = delivered(flow)[-1].header
    age(own_plane)
    assert trim(flow) > 0
    restarted(own_plane)
    flow.push(SegmentKind.CHANGES, [area(3)])
    status, _, segments = flow.pull(last.seq, last.epoch)
    assert (status, [row["code"] for row in flow.rows(segments)]) == (200, ["000003"])


def test_a_lost_cursor_is_told_that_history_was_trimmed_and_never_skips_rows(own_plane, trim):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(area(1), area(2))
    delivered(flow)
    # A load for another grant alone: ours goes on from its own, older begin.
    flow.push(SegmentKind.BEGIN, targets=("00000000-0000-4000-8000-000000000000",))
    flow.push(SegmentKind.LOAD_END, targets=("00000000-0000-4000-8000-000000000000",))
    flow.push(SegmentKind.CHANGES, [area(3)])
    delivered_to = delivered_after(flow)
    age(own_plane)
    assert trim(flow) == 2
    restarted(own_plane)
    status, _, value = flow.pull()
    assert (status, value["error"]["code"], value["error"]["transient"]) == (410, "history_trimmed", False)
    own_plane.wait_for_fact("data_refused", code="history_trimmed", grant_id=str(flow.grant_id))
    flow.push(SegmentKind.CHANGES, [area(4)])
    assert [row["code"] for row in flow.rows(flow.pull(*delivered_to)[2])] == ["000004"]
    # A new load mends it, as its advice says.
    flow.load(area(1), area(2), area(3), area(4))
    assert len(flow.rows(delivered(flow))) == 4


def delivered_after(flow) -> tuple[int, int]:
    """Take what came since the load, with a receipt; the cursor."""
    segments = flow.pull(3, 1)[2]
    assert flow.receipt(segments[-1])[0] == 200
    return segments[-1].header.seq, segments[-1].header.epoch


def test_bodies_in_the_object_store_go_with_their_rows(own_plane, trim):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    objects = Path(own_plane.environment["GONGXIANG_OBJECT_STORE"])
    flow.load(*({"code": f"{n:09d}", "name": os.urandom(60).hex(), "level": 1} for n in range(30_000)))
    assert len([path for path in objects.rglob("*") if path.is_file()]) == 1
    flow.load(area(1))
    delivered(flow)
    age(own_plane)
    assert trim(flow) == 2
    assert not [path for path in objects.rglob("*") if path.is_file()]


def test_a_closed_stream_without_a_grant_keeps_nothing_but_its_chain(own_plane, trim):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(area(1))
    delivered(flow)
    own_plane.order(EndGrant(grant_id=flow.grant_id, reason="over"), flow.provider.node_id, flow.consumer.node_id)
    age(own_plane)
    assert trim(flow) == 0, "the newest load stays for samples while the stream is open"
    own_plane.order(
        CloseStream(resource_id=flow.resource_id, node_id=flow.provider.node_id, reason="withdrawn"), flow.provider.node_id
    )
    assert trim(flow) == 2
    assert kept(own_plane, flow) == [1]
    restarted(own_plane)
    flow.open_stream()
    begin = flow.seal(SegmentKind.BEGIN)
    eventually(lambda: flow.send(begin), lambda got: got[0] == 200)
    flow.push(SegmentKind.LOAD, [area(1), area(2)])
    assert kept(own_plane, flow) == [1, 4, 5]
