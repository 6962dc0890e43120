"""Killed at every named step, the gateway loses nothing and doubles nothing."""

import http.client
import os

import psycopg
import pytest

from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.messages import NodeSeen, SuspendGrant
from gongxiang.protocol.segments import SegmentKind
from tests.support.dataplane import eventually, now

AREAS = [{"code": f"15062{n}", "name": "旗", "level": 3} for n in range(5)]
DEAD = (OSError, http.client.HTTPException)


def killed(plane, act):
    """Do something the gateway dies of."""
    with pytest.raises(DEAD):
        act()
    assert plane.process.wait(60) == -9


@pytest.mark.faults
@pytest.mark.parametrize("place", ["gateway.segment_received", "gateway.object_written", "gateway.segment_committed"])
def test_killed_while_a_segment_is_taken(own_plane, place):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.push(SegmentKind.BEGIN)
    own_plane.stop()
    own_plane.start(GONGXIANG_KILL_AT=place)
    rows = [{"code": f"{n:09d}", "name": os.urandom(60).hex(), "level": 1} for n in range(30_000)]
    segment = flow.seal(SegmentKind.LOAD, rows)
    killed(own_plane, lambda: flow.send(segment))
    own_plane.start()
    status, _, value = flow.send(segment)
    assert (status, value["seq"], value["repeat"]) == (200, 2, place == "gateway.segment_committed")
    flow.epoch, flow.seq, flow.digest = 1, 2, segment.digest
    flow.push(SegmentKind.LOAD_END)
    _, _, segments = flow.pull()
    assert [s.header.seq for s in segments] == [1, 2, 3]
    assert len({row["code"] for row in flow.rows(segments)}) == 30_000
    with psycopg.connect(own_plane.database.url) as connection:
        assert connection.execute("SELECT count(*), max(seq) FROM exchange.segments").fetchone() == (3, 3)


@pytest.mark.faults
def test_killed_while_it_hands_out(own_plane):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(*AREAS)
    _, _, before = flow.pull()
    own_plane.stop()
    own_plane.start(GONGXIANG_KILL_AT="gateway.segments_projected")
    killed(own_plane, flow.pull)
    own_plane.start()
    assert [s.digest for s in flow.pull()[2]] == [s.digest for s in before]


@pytest.mark.faults
def test_killed_after_a_receipt_was_kept(own_plane):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(*AREAS)
    _, _, segments = flow.pull()
    own_plane.stop()
    own_plane.start(GONGXIANG_KILL_AT="gateway.receipt_kept")
    killed(own_plane, lambda: flow.receipt(segments[-1]))
    own_plane.start()
    own_plane.wait_for_fact("receipt_given", grant_id=str(flow.grant_id), seq=3)
    assert flow.receipt(segments[-1])[0] == 200


@pytest.mark.faults
@pytest.mark.parametrize("place", ["gateway.orders_placed", "gateway.grants_marked"])
def test_killed_while_it_reads_an_order(own_plane, place):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(*AREAS)
    own_plane.stop()
    # The first time is the reading of all orders at the start.
    own_plane.start(GONGXIANG_KILL_AT=f"{place}:2")
    number = own_plane.order(SuspendGrant(grant_id=flow.grant_id, reason="x"), flow.consumer.node_id)
    assert own_plane.process.wait(60) == -9
    own_plane.start()
    assert flow.pull()[0] == 409
    assert [o["id"] for o in flow.consumer.call("GET", "orders?after=0")[2]["orders"]].count(number) == 1


@pytest.mark.faults
def test_killed_after_facts_were_taken(own_plane):
    node = own_plane.node()
    own_plane.stop()
    own_plane.start(GONGXIANG_KILL_AT="gateway.facts_committed")
    fact = NodeSeen(node_id=node.node_id, software="1", checks={}, at=now())
    body = canonical({"facts": [fact.to_json()]})
    killed(own_plane, lambda: node.call("POST", "facts", body))
    own_plane.start()
    own_plane.wait_for_fact("node_seen", node_id=str(node.node_id))
    assert eventually(lambda: node.call("POST", "facts", body), lambda got: got[0] == 200)
