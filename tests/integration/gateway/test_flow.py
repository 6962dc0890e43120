"""A provider's segments reach the consumer, projected, in order, once."""

import os
import threading
import time
from datetime import UTC, datetime

import pytest

from gongxiang.protocol.batches import DELETE, KNOWN_OLD, OLD, OP
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.requests import sign_request
from gongxiang.protocol.segments import SegmentKind, target
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind
from tests.support.dataplane import Plane, now

AREAS = [
    {"code": "150626", "name": "乌审旗", "level": 3},
    {"code": "150627", "name": "伊金霍洛旗", "level": 3},
    {"code": "150626001", "name": "嘎鲁图镇", "level": 4},
]

BANNERS = (Condition(element="level", operator=Comparison.EQ, values=("3",)),)


def test_a_load_and_a_change_arrive_projected_and_chained(flow):
    flow.load(*AREAS)
    flow.push(SegmentKind.CHANGES, [{"code": "150626", "name": "乌审旗 😀", "level": 3}])
    status, headers, segments = flow.pull()
    assert status == 200
    assert [s.header.kind for s in segments] == ["begin", "load", "load_end", "changes"]
    assert {s.header.stream_id for s in segments} == {flow.grant_id}
    assert [s.header.prev_digest for s in segments] == ["", *(s.digest for s in segments[:-1])]
    assert set(flow.rows(segments)[0]) == {OP, "code", "name"}
    assert [row["name"] for row in flow.rows(segments)][-1] == "乌审旗 😀"
    assert int(headers["gx-lag"]) < 60_000


def test_a_cursor_goes_on_where_it_was_and_a_repeat_is_the_same(flow):
    flow.load(*AREAS)
    _, _, first = flow.pull(max_bytes=1)
    assert first[0].header.kind == "begin"
    cursor = first[-1]
    _, _, rest = flow.pull(after=cursor.header.seq, epoch=cursor.header.epoch)
    _, _, again = flow.pull(after=cursor.header.seq, epoch=cursor.header.epoch)
    assert [s.digest for s in again][: len(rest)] == [s.digest for s in rest]
    assert rest[0].header.prev_digest == cursor.digest
    _, _, none = flow.pull(after=again[-1].header.seq, epoch=again[-1].header.epoch)
    assert none == []


def test_a_row_that_leaves_the_filter_is_deleted_and_one_outside_is_never_seen(plane):
    flow = plane.flow(plane.node(), plane.node(), conditions=BANNERS)
    flow.load(*AREAS)

    def change(code, level, before, op=1):
        return {OP: op, "code": code, "name": code, "level": level, OLD + "level": before, KNOWN_OLD: before is not None}

    rows = [change("150626", 9, 3), change("150626001", 5, 4), change("150628", 3, None), change("150626001", None, 5, DELETE)]
    flow.push(SegmentKind.CHANGES, rows, old=("level",))
    _, _, segments = flow.pull()
    assert [row["code"] for row in flow.rows(segments[:-1])] == ["150626", "150627"]
    seen = [(row[OP], row["code"], row["name"]) for row in flow.rows(segments[-1:])]
    assert seen == [(2, "150626", None), (1, "150628", "150628")]


def test_changes_that_leave_nothing_are_skipped_but_the_cursor_moves_on(plane):
    flow = plane.flow(plane.node(), plane.node(), conditions=BANNERS)
    flow.load(*AREAS)
    _, _, loaded = flow.pull()
    for number in range(70):
        row = {"code": f"9{number}", "name": "x", "level": 9, OLD + "level": None, KNOWN_OLD: False}
        flow.push(SegmentKind.CHANGES, [row], old=("level",))
    _, _, segments = flow.pull(after=loaded[-1].header.seq, epoch=1)
    assert [(s.header.seq, s.header.rows) for s in segments] == [(64, 0)]
    assert segments[0].header.prev_digest == loaded[-1].digest


def test_a_poll_wakes_within_milliseconds_of_a_segment(flow):
    flow.load(*AREAS)
    _, _, segments = flow.pull()
    woken: list[tuple[float, list]] = []

    def wait():
        _, _, found = flow.pull(after=segments[-1].header.seq, epoch=1, wait=10)
        woken.append((time.monotonic(), found))

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.3)
    flow.push(SegmentKind.CHANGES, [AREAS[0]], committed_at=datetime.now(UTC))
    taken = time.monotonic()
    thread.join(10)
    assert woken
    assert woken[0][0] - taken < 0.25
    assert flow.rows(woken[0][1])[0]["code"] == "150626"


def test_a_second_grant_opens_on_the_running_stream_with_a_load_of_its_own(plane, flow):
    flow.load(*AREAS)
    _, _, segments = flow.pull()
    second = type(flow)(
        plane=plane, provider=flow.provider, consumer=plane.node(), resource_id=flow.resource_id, epoch=flow.epoch,
        seq=flow.seq, digest=flow.digest,
    )  # fmt: skip
    second.open_grant(masks={"code": Mask(kind=MaskKind.KEEP, prefix=4)})
    assert second.pull()[2] == []
    second.push(SegmentKind.CHANGES, [AREAS[1]])
    second.load(*AREAS, targets=(target(second.grant_id, 1),))
    second.push(SegmentKind.CHANGES, [AREAS[2]])
    _, _, own = second.pull()
    assert [s.header.kind for s in own] == ["begin", "load", "load_end", "changes"]
    assert own[0].header.epoch == 2
    assert own[0].header.prev_digest == ""
    assert len({row["gx_key"] for row in second.rows(own)}) == 3
    assert second.rows(own)[0]["code"] == "1506**"
    _, _, first = flow.pull(after=segments[-1].header.seq, epoch=1)
    assert [s.header.kind for s in first] == ["changes", "changes"]
    assert {s.header.epoch for s in first} == {1}


def test_a_narrowed_revision_is_served_only_from_its_own_load(flow):
    flow.load(*AREAS)
    _, _, wide = flow.pull()
    flow.open_grant(elements=("code",))
    flow.push(SegmentKind.CHANGES, [AREAS[0]])
    assert flow.pull(after=wide[-1].header.seq, epoch=1)[2] == []
    flow.load(*AREAS, targets=(str(flow.grant_id),))
    _, _, narrow = flow.pull(after=wide[-1].header.seq, epoch=1)
    assert narrow[0].header.kind == "begin"
    assert narrow[0].header.epoch == 2
    assert narrow[0].header.revision == 2
    assert set(flow.rows(narrow)[0]) == {OP, "code"}


def test_a_revision_of_dates_alone_goes_on_without_a_load(flow):
    flow.load(*AREAS)
    _, _, before = flow.pull()
    flow.open_grant(purposes=())
    flow.push(SegmentKind.CHANGES, [AREAS[0]])
    _, _, after = flow.pull(after=before[-1].header.seq, epoch=1)
    assert [s.header.kind for s in after] == ["changes"]
    assert after[0].header.prev_digest == before[-1].digest


def test_a_large_body_goes_to_the_object_store_and_comes_back(plane, flow, tmp_path):
    rows = [{"code": f"{n:09d}", "name": os.urandom(60).hex(), "level": 1} for n in range(30_000)]
    flow.load(*rows)
    objects = [path for path in (tmp_path.parent.glob("gateway*/objects/**/*")) if path.is_file()]
    assert any(str(flow.resource_id) in str(path) for path in objects)
    _, _, segments = flow.pull()
    assert len(flow.rows(segments)) == 30_000


def test_several_segments_in_one_call_are_taken_together(flow):
    begin = flow.seal(SegmentKind.BEGIN)
    flow.epoch, flow.seq, flow.digest = 1, 1, begin.digest
    load = flow.seal(SegmentKind.LOAD, AREAS)
    answer = flow.provider.call("POST", f"streams/{flow.resource_id}/segments", begin.data() + load.data())
    assert answer[0] == 200
    assert answer[2] == {"epoch": 1, "seq": 2, "digest": load.digest, "repeat": False}


def test_a_restart_goes_on_with_the_same_chain(own_plane):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(*AREAS)
    for area in AREAS:
        flow.push(SegmentKind.CHANGES, [area])
    _, _, before = flow.pull()
    assert flow.receipt(before[3])[0] == 200
    own_plane.stop(9)
    own_plane.start()
    cursor = before[4].header
    _, _, after = flow.pull(after=cursor.seq, epoch=cursor.epoch)
    assert [s.digest for s in after] == [before[5].digest]
    _, _, whole = flow.pull()
    assert [s.digest for s in whole] == [s.digest for s in before]
    flow.push(SegmentKind.CHANGES, [AREAS[0]])


def test_a_receipt_becomes_one_fact_a_second(flow, plane):
    flow.load(*AREAS)
    _, _, segments = flow.pull()
    for segment in segments:
        assert flow.receipt(segment)[0] == 200
    fact = plane.wait_for_fact("receipt_given", grant_id=str(flow.grant_id), seq=segments[-1].header.seq)
    assert fact["digest"] == segments[-1].digest
    assert sum(f["grant_id"] == str(flow.grant_id) for f in plane.facts("receipt_given")) <= 2


def test_orders_come_with_the_newest_lease_and_only_to_their_node(plane, flow):
    _, _, value = flow.consumer.call("GET", "orders?after=0")
    kinds = [order["body"].split('"kind":"')[1].split('"')[0] for order in value["orders"]]
    assert kinds == ["lease", "open_grant"]
    last = value["orders"][-1]["id"]
    _, _, value = flow.consumer.call("GET", f"orders?after={last}&wait=0")
    assert [o["body"].split('"kind":"')[1].split('"')[0] for o in value["orders"]] == ["lease"]


def test_the_provider_s_node_gets_the_secrets_of_its_grant_only(plane):
    masks = {"name": Mask(kind=MaskKind.PSEUDONYM), "code": Mask(kind=MaskKind.KEEP, prefix=2)}
    flow = plane.flow(plane.node(), plane.node(), masks=masks)
    status, _, value = flow.provider.call("GET", f"grants/{flow.grant_id}/secret")
    assert status == 200
    assert set(value["secrets"]) == {"code", "name"}
    assert flow.consumer.call("GET", f"grants/{flow.grant_id}/secret")[0] == 403


def test_digests_of_a_reconciliation_reach_the_other_node(flow):
    request_id = "11111111-1111-4111-8111-111111111111"
    body = canonical({"request_id": request_id, "step": "provider", "rows": 3, "buckets": ["a"]})
    assert flow.provider.call("POST", f"grants/{flow.grant_id}/digests", body)[0] == 200
    _, _, value = flow.consumer.call("GET", f"grants/{flow.grant_id}/digests?request_id={request_id}&wait=2")
    assert [d["rows"] for d in value["digests"]] == [3]


def test_an_orderly_end_answers_the_polls_and_is_quiet(own_plane: Plane, capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever waits for news is answered at once; the log of an orderly end names no error."""
    own_plane.stop()
    own_plane.start()
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load({"code": "1", "name": "a", "level": 1})
    last = flow.pull()[2][-1].header.seq
    path = f"grants/{flow.grant_id}/segments?after={last}&epoch={flow.epoch}&wait=55&max_bytes=1000"
    signed = sign_request(signer=flow.consumer.key, node_id=flow.consumer.node_id, method="GET", path=f"/x/v1/{path}",
                          body=b"", at=now())  # fmt: skip
    connection, flow.consumer.connection = flow.consumer.connection, None
    assert connection is not None
    connection.request("GET", f"/x/v1/{path}", headers=signed)
    # It is being waited for once a call that came after it is answered.
    assert flow.consumer.call("GET", f"streams/{flow.resource_id}/head")[0] < 500
    own_plane.stop()
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.close()
    said = capfd.readouterr().err
    assert "Traceback" not in said
    assert "Cancel" not in said
