"""Whatever is wrong has a name, says what to do, is recorded and loses nothing (issue: "Bad input")."""

import json
import os
import re
import resource
import socket
import uuid
from datetime import timedelta

import psycopg
import pytest

from gongxiang.gateway.enrolment import code_digest
from gongxiang.protocol.canonical import canonical, instant
from gongxiang.protocol.messages import (
    AdmitNode,
    Alarm,
    CloseStream,
    EndGrant,
    FlowState,
    NodeSeen,
    OfferEnrolment,
    OpenGrant,
    RevokeNode,
    StreamState,
)
from gongxiang.protocol.requests import sign_request
from gongxiang.protocol.segments import SegmentKind, encode
from gongxiang.protocol.signing import generate
from gongxiang.protocol.terms import DataType, ElementSpec
from tests.support.databases import start_server
from tests.support.dataplane import ELEMENTS, Node, eventually, now

AREA = {"code": "150626", "name": "乌审旗", "level": 3}


def refused(answer, code, *, status=None, transient=None):
    """The error of an answer, after a look at its form."""
    got, _, value = answer
    error = value["error"]
    assert error["code"] == code, error
    assert got >= 400
    assert status in (None, got)
    assert transient in (None, error["transient"])
    assert re.match(r"[A-Z].*\.$", error["message"]), "a sentence"
    assert error["advice"], "says what to do"
    return error


# ---- enrolment ----------------------------------------------------------------------------------------------------------


def handed(node):
    """The numbers of the orders a node is given."""
    return [order["id"] for order in node.call("GET", "orders?after=0")[2]["orders"]]


@pytest.fixture
def offer(plane):
    """Offers a code for a new node; gives the code and the node."""

    observers = []

    def make(*, minutes=10, node=None):
        node, code = node or plane.node(admitted=False), uuid.uuid4().hex
        observer = observers[0] if observers else observers.append(plane.node()) or observers[0]
        number = plane.order(
            OfferEnrolment(
                node_id=node.node_id, node_name="n", department_id=node.department_id, code_digest=code_digest(code),
                expires_at=now() + timedelta(minutes=minutes),
            ),
            observer.node_id,
        )  # fmt: skip
        eventually(lambda: handed(observer), lambda found: number in found)
        return code, node

    return make


def test_an_unknown_code(plane, offer):
    _, node = offer()
    refused(node.enrol("ABCD-EFGH"), "code_unknown", status=403, transient=False)
    plane.wait_for_fact("enrolment_refused", reason="code_unknown", node_id=None)


def test_a_replayed_code(plane, offer):
    code, node = offer()
    assert node.enrol(code)[0] == 200
    refused(node.enrol(code), "code_used", status=403)
    plane.wait_for_fact("enrolment_refused", reason="code_used", node_id=str(node.node_id))
    plane.wait_for_fact("node_enrolled", node_id=str(node.node_id))


def test_an_expired_code(plane, offer):
    code, node = offer(minutes=-1)
    refused(node.enrol(code), "code_expired", status=403)
    plane.wait_for_fact("enrolment_refused", reason="code_expired", node_id=str(node.node_id))


def test_a_code_that_was_replaced(offer):
    code, node = offer()
    offer(node=node)
    error = refused(node.enrol(code), "code_expired")
    assert "replaced" in error["message"]


KEY = "ed25519:" + "00" * 32


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"code":"x","public_key":"rsa:00","host":"h","software":"s"}',
        json.dumps({"code": "\ud800", "public_key": KEY, "host": "h", "software": "s"}).encode(),
        json.dumps({"code": "x", "public_key": KEY, "host": "\ud800", "software": "s"}).encode(),
    ],
)
def test_an_enrolment_that_cannot_be_read(plane, body):
    refused(plane.node().raw_enrol(body), "request_malformed", status=400)


def test_codes_cannot_be_tried_without_end(plane):
    node, body = plane.node(), b'{"code":"x"}'
    for _ in range(100):
        answer = node.raw("POST", "enrol", body)
        if answer[0] == 429:
            break
    refused(answer, "too_many_requests", status=429, transient=True)


# ---- who calls ----------------------------------------------------------------------------------------------------------


def test_a_request_without_signature(flow):
    refused(flow.provider.raw("GET", "orders"), "request_malformed")


def test_a_node_nobody_enrolled(plane):
    node = plane.node()
    refused(node.call("GET", "orders", node_id=uuid.uuid4()), "node_unknown", status=401)


def test_a_signature_of_another_key(flow):
    refused(flow.provider.call("GET", "orders", signer=generate()), "signature_wrong", status=401)


def test_a_body_other_than_the_signed_one(flow):
    headers = sign_request(
        signer=flow.provider.key, node_id=flow.provider.node_id, method="POST", path="/x/v1/facts", body=b"{}", at=now()
    )
    refused(flow.provider.raw("POST", "facts", b'{"facts":[]}', headers), "signature_wrong")


def test_a_skewed_clock_is_told_both_times(plane, flow):
    at = now() - timedelta(minutes=9)
    error = refused(flow.provider.call("GET", "orders", at=at), "clock_skewed", transient=True)
    assert error["node_time"] in error["message"]
    assert error["gateway_time"] in error["message"]
    plane.wait_for_fact("data_refused", code="clock_skewed", party=str(flow.provider.node_id))


def test_a_replayed_request(plane, flow):
    headers = sign_request(signer=flow.provider.key, node_id=flow.provider.node_id, method="GET", path="/x/v1/orders", at=now())
    assert flow.provider.raw("GET", "orders", headers=headers)[0] == 200
    refused(flow.provider.raw("GET", "orders", headers=headers), "request_replayed", status=409)
    plane.wait_for_fact("data_refused", code="request_replayed")


def test_a_request_from_before_the_gateway_started_cannot_be_replayed(own_plane):
    node = own_plane.node()
    headers = sign_request(signer=node.key, node_id=node.node_id, method="GET", path="/x/v1/orders", at=now())
    assert node.raw("GET", "orders", headers=headers)[0] == 200
    own_plane.stop()
    own_plane.start()
    refused(node.raw("GET", "orders", headers=headers), "request_replayed", transient=True)


def test_a_revoked_key(plane, flow):
    flow.load(AREA)
    plane.order(RevokeNode(node_id=flow.provider.node_id, reason="stolen"))
    answer = eventually(lambda: flow.send(flow.seal(SegmentKind.CHANGES, [AREA])), lambda got: got[0] != 200)
    error = refused(answer, "node_revoked", status=403, transient=False)
    assert error["reason"] == "stolen"
    plane.wait_for_fact("data_refused", code="node_revoked", party=str(flow.provider.node_id))


def test_a_node_that_is_not_admitted(plane):
    node = plane.node(admitted=False)
    assert node.call("GET", "orders")[0] == 200
    refused(node.call("GET", f"streams/{uuid.uuid4()}/head"), "node_not_admitted", status=403, transient=True)


def test_a_key_that_is_not_admitted_reads_no_orders_and_speaks_of_no_data(plane):
    node, other = plane.node(admitted=False), plane.node()
    flow = plane.flow(other, other)
    order = OpenGrant(terms=flow.terms(), provider_node_id=node.node_id, consumer_node_id=node.node_id, exchange_table="r")
    number = plane.order(order, node.node_id, other.node_id)
    eventually(lambda: handed(other), lambda found: number in found)
    value = node.call("GET", "orders?after=0")[2]["orders"]
    assert [json.loads(found["body"])["kind"] for found in value] == ["lease"]
    seen = NodeSeen(node_id=node.node_id, software="1", checks={}, at=now())
    alarm = Alarm(code="source_down", node_id=node.node_id, resource_id=None, detail="x", at=now())
    assert told(node, seen, alarm)[2] == {"taken": 1}
    state = FlowState(grant_id=flow.grant_id, revision=1, state="live", epoch=1, detail="", at=now())
    refused(told(node, seen, state), "fact_refused", status=422)
    admitted = plane.order(
        AdmitNode(node_id=node.node_id, department_id=node.department_id, public_key=node.key.public_key), node.node_id
    )
    eventually(lambda: handed(node), lambda found: {number, admitted} <= set(found))


def test_a_code_of_a_revoked_node(plane, offer):
    code, node = offer()
    observer = plane.node()
    number = plane.order(RevokeNode(node_id=node.node_id, reason="stolen"), node.node_id, observer.node_id)
    eventually(lambda: handed(observer), lambda found: number in found)
    assert "revoked" in refused(node.enrol(code), "code_expired")["message"]


def test_an_address_that_does_not_exist(flow):
    refused(flow.provider.call("GET", "secrets"), "no_such_door", status=404)
    assert flow.plane.people("GET", f"grants/{flow.grant_id}/segments")[0] == 404


def test_only_nodes_are_listened_to_from_elsewhere(own_plane):
    own_plane.stop()
    own_plane.start(GONGXIANG_GATEWAY_HOST="0.0.0.0")
    with socket.create_connection(("127.0.0.2", own_plane.port + 3), timeout=5):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", own_plane.port + 2), timeout=5)


# ---- segments -----------------------------------------------------------------------------------------------------------


def sent(flow, segment):
    return flow.provider.call("POST", f"streams/{flow.resource_id}/segments", segment.data())


def test_a_segment_out_of_order(plane, flow):
    flow.load(AREA)
    skipping = flow.seal(SegmentKind.CHANGES, [AREA], seq=9)
    error = refused(sent(flow, skipping), "segment_out_of_order", status=409, transient=True)
    assert error["expected"] == 4
    plane.wait_for_fact("data_refused", code="segment_out_of_order", resource_id=str(flow.resource_id))
    flow.push(SegmentKind.CHANGES, [AREA])


def test_a_repeated_segment_gets_the_same_receipt_and_is_kept_once(plane, flow):
    flow.load(AREA)
    segment = flow.seal(SegmentKind.CHANGES, [AREA])
    first, again = sent(flow, segment), sent(flow, segment)
    assert (first[2].pop("repeat"), again[2].pop("repeat")) == (False, True)
    assert first[2] == again[2] == {"epoch": 1, "seq": 4, "digest": segment.digest}
    with psycopg.connect(plane.database.url) as connection:
        query = "SELECT count(*) FROM exchange.segments WHERE resource_id = %s"
        assert connection.execute(query, [flow.resource_id]).fetchone() == (4,)


def test_another_segment_at_a_taken_sequence(flow):
    flow.load(AREA)
    other = flow.seal(SegmentKind.LOAD, [AREA, {**AREA, "code": "1"}], seq=2)
    refused(sent(flow, other), "segment_out_of_order")


def test_a_tampered_segment(plane, flow):
    flow.load(AREA)
    good = flow.seal(SegmentKind.CHANGES, [AREA])
    body = bytes([*good.body[:-9], good.body[-9] ^ 1, *good.body[-8:]])
    changed = encode(good.header_bytes, good.signature, body)
    path = f"streams/{flow.resource_id}/segments"
    refused(flow.provider.call("POST", path, changed), "segment_altered", status=422, transient=False)
    header = good.header_bytes.replace(b'"rows":1', b'"rows":2')
    refused(flow.provider.call("POST", path, encode(header, good.signature, good.body)), "segment_altered")
    refused(flow.provider.call("POST", path, good.data()[:-1]), "segment_altered")
    refused(flow.provider.call("POST", path, b"hello"), "segment_altered")
    refused(flow.provider.call("POST", path, b""), "segment_altered")
    refused(sent(flow, flow.seal(SegmentKind.CHANGES, [AREA], signer=generate())), "segment_altered")
    refused(sent(flow, flow.seal(SegmentKind.CHANGES, [AREA], stream_id=uuid.uuid4())), "segment_altered")
    refused(sent(flow, flow.seal(SegmentKind.CHANGES, [AREA], prev_digest="sha256:00")), "segment_out_of_order")
    plane.wait_for_fact("data_refused", code="segment_altered", resource_id=str(flow.resource_id))
    flow.push(SegmentKind.CHANGES, [AREA])


def test_a_segment_of_another_schema(plane, flow):
    flow.load(AREA)
    refused(sent(flow, flow.seal(SegmentKind.CHANGES, [AREA], schema_version=2)), "segment_of_other_schema", transient=False)
    wider = (*ELEMENTS, ElementSpec(code="phone", type=DataType.TEXT))
    refused(sent(flow, flow.seal(SegmentKind.CHANGES, [AREA], elements=wider)), "segment_of_other_schema")
    plane.wait_for_fact("data_refused", code="segment_of_other_schema", resource_id=str(flow.resource_id))


def test_a_new_version_of_the_elements_starts_with_a_load(flow):
    flow.load(AREA)
    wider = (*ELEMENTS, ElementSpec(code="phone", type=DataType.TEXT))
    flow.schema_version = 2
    flow.open_stream(wider)
    refused(sent(flow, flow.seal(SegmentKind.CHANGES, [AREA], elements=wider)), "segment_of_other_schema")
    eventually(lambda: flow.send(flow.seal(SegmentKind.BEGIN, elements=wider)), lambda got: got[0] == 200)
    flow.push(SegmentKind.LOAD, [{**AREA, "phone": "1"}], elements=wider)
    assert set(flow.rows(flow.pull()[2])[0]) == {"_op", "code", "name"}


@pytest.mark.parametrize("epoch", [0, 2, 7])
def test_a_segment_of_another_epoch(flow, epoch):
    flow.load(AREA)
    error = refused(sent(flow, flow.seal(SegmentKind.CHANGES, [AREA], epoch=epoch)), "segment_of_other_epoch", transient=False)
    assert error["expected"] == 1


def test_a_stream_that_has_not_begun(flow):
    refused(sent(flow, flow.seal(SegmentKind.CHANGES, [AREA])), "segment_of_other_epoch")
    refused(flow.provider.call("GET", f"streams/{flow.resource_id}/head"), "stream_empty", status=404)


def test_a_stream_that_is_not_open(plane, flow):
    flow.load(AREA)
    plane.order(CloseStream(resource_id=flow.resource_id, node_id=flow.provider.node_id, reason="withdrawn"))
    answer = eventually(lambda: flow.send(flow.seal(SegmentKind.CHANGES, [AREA])), lambda got: got[0] != 200)
    refused(answer, "stream_not_open", transient=True)


def test_a_stream_of_another_node(plane, flow):
    other = plane.node()
    refused(other.call("GET", f"streams/{flow.resource_id}/head"), "not_yours", status=403)
    flow.provider = other
    refused(sent(flow, flow.seal(SegmentKind.BEGIN)), "not_yours", status=403)


def test_a_body_that_is_too_large(flow):
    refused(flow.provider.call("POST", "facts", b"x" * (3 << 20)), "body_too_large", status=413)
    path = f"streams/{flow.resource_id}/segments"
    refused(flow.provider.call("POST", path, b"x" * (3 << 20)), "segment_altered")
    refused(flow.provider.call("POST", path, b"x" * (17 << 20)), "body_too_large", status=413)


# ---- grants -------------------------------------------------------------------------------------------------------------


def test_a_grant_of_another_node_is_as_unknown_as_none(plane, flow):
    flow.load(AREA)
    other = plane.node()
    for grant_id in (flow.grant_id, uuid.uuid4()):
        refused(other.call("GET", f"grants/{grant_id}/segments"), "grant_unknown", status=404)
        refused(other.call("GET", f"grants/{grant_id}/digests?request_id={uuid.uuid4()}"), "grant_unknown", status=404)


def test_an_ended_grant(plane, flow):
    flow.load(AREA)
    plane.order(EndGrant(grant_id=flow.grant_id, reason="over"))
    answer = eventually(flow.pull, lambda got: got[0] != 200)
    refused(answer, "grant_ended", status=410, transient=False)


def test_a_grant_whose_period_is_over_or_not_begun(plane):
    provider, consumer = plane.node(), plane.node()
    over = plane.flow(provider, consumer, valid_until=now() - timedelta(seconds=1))
    refused(over.pull(), "grant_ended")
    early = plane.flow(provider, consumer, valid_from=now() + timedelta(hours=1))
    refused(early.pull(), "grant_not_yet_valid", transient=True)


def test_terms_that_do_not_fit_the_elements(plane):
    flow = plane.flow(plane.node(), plane.node(), elements=("code", "wages"))
    flow.load(AREA)
    error = refused(flow.pull(), "terms_not_compilable", transient=False)
    assert "wages" in error["message"]
    plane.wait_for_fact("data_refused", code="terms_not_compilable", grant_id=str(flow.grant_id))


def test_a_cursor_nobody_gave(flow):
    flow.load(AREA)
    flow.push(SegmentKind.CHANGES, [AREA])
    refused(flow.pull(after=99, epoch=1), "history_trimmed", status=410)


@pytest.mark.parametrize("query", ["after=x", "after=-1", "wait=nan%20"])
def test_a_parameter_that_cannot_be_read(flow, query):
    refused(flow.consumer.call("GET", f"grants/{flow.grant_id}/segments?{query}"), "request_malformed")


def test_a_receipt_that_is_not_the_consumer_s_or_not_of_what_was_given(plane, flow):
    flow.load(AREA)
    _, _, segments = flow.pull()
    refused(flow.receipt(segments[0], signer=generate()), "receipt_refused", status=422)
    refused(flow.receipt(segments[0], digest="sha256:00"), "receipt_refused")
    path = f"grants/{flow.grant_id}/receipts"
    refused(flow.consumer.call("POST", path, canonical({"seq": 1})), "receipt_refused")
    plane.wait_for_fact("data_refused", code="receipt_refused", grant_id=str(flow.grant_id))


# ---- facts --------------------------------------------------------------------------------------------------------------


def told(node, *facts):
    return node.call("POST", "facts", canonical({"facts": [fact.to_json() for fact in facts]}))


def test_facts_of_one_s_own_things_are_taken_and_others_refused(plane, flow):
    provider, consumer, at = flow.provider, flow.consumer, now()
    seen = NodeSeen(node_id=provider.node_id, software="1", checks={"source": "ok"}, at=at)
    stream = StreamState(
        resource_id=flow.resource_id, node_id=provider.node_id, state="live", epoch=1, seq=1, rows_loaded=1, changes=0,
        lag_ms=0, detail="", at=at,
    )  # fmt: skip
    state = FlowState(grant_id=flow.grant_id, revision=1, state="live", epoch=1, detail="", at=at)
    alarm = Alarm(code="source_down", node_id=provider.node_id, resource_id=flow.resource_id, detail="x", at=at)
    assert told(provider, seen, stream, alarm)[2] == {"taken": 3}
    assert told(consumer, state)[2] == {"taken": 1}
    refused(told(provider, state), "fact_refused")
    plane.wait_for_fact("alarm", code="source_down", node_id=str(provider.node_id))
    for fact in (seen, stream, alarm):
        refused(told(consumer, fact), "fact_refused", status=422)
    refused(told(plane.node(), state), "fact_refused")
    refused(provider.call("POST", "facts", b'{"facts":[{"kind":"gossip"}]}'), "fact_refused")
    refused(provider.call("POST", "facts", b"7"), "fact_refused")


@pytest.mark.parametrize(
    "wrong",
    [{"detail": "a\0b"}, {"detail": "x" * 20_001}, {"state": "x" * 21}, {"seq": 2**63}, {"epoch": 2**31}],
    ids=["nul", "long", "long state", "big", "big epoch"],
)
def test_a_fact_nobody_could_keep(flow, wrong):
    refused(flow.provider.call("POST", "facts", stream_state_with(flow, wrong)), "fact_refused", status=422)


def test_half_a_surrogate_is_no_text(flow):
    refused(flow.provider.call("POST", "facts", stream_state_with(flow, {"detail": "\ud800"})), "request_malformed", status=400)


def stream_state_with(flow, wrong):
    """The body of a call that tells one stream state, with some of its fields replaced."""
    fact = {
        "kind": "stream_state", "resource_id": str(flow.resource_id), "node_id": str(flow.provider.node_id), "state": "live",
        "epoch": 1, "seq": 1, "rows_loaded": 1, "changes": 0, "lag_ms": 0, "detail": "", "at": instant(now()),
    }  # fmt: skip
    return json.dumps({"facts": [fact | wrong]}).encode()


def test_a_fact_of_tomorrow(flow):
    state = FlowState(
        grant_id=flow.grant_id, revision=1, state="live", epoch=1, detail="", at=now() + timedelta(minutes=3)
    )  # fmt: skip
    refused(told(flow.consumer, state), "fact_refused", status=422)


def test_a_flood_of_refusals_is_one_record(plane, flow):
    for _ in range(30):
        refused(flow.provider.call("GET", "orders", signer=generate()), "signature_wrong")
        refused(flow.provider.call("GET", "orders", node_id=uuid.uuid4()), "node_unknown")
        refused(flow.provider.call("GET", f"streams/{uuid.uuid4()}/head", signer=generate()), "signature_wrong")
        refused(flow.provider.call("GET", f"streams/{uuid.uuid4()}/head", node_id=uuid.uuid4()), "node_unknown")
        flow.provider.call("GET", f"grants/{uuid.uuid4()}/segments")
    own = plane.wait_for_fact("data_refused", code="grant_unknown", party=str(flow.provider.node_id))
    assert own["grant_id"] is None
    for code in ("signature_wrong", "node_unknown"):
        plane.wait_for_fact("data_refused", code=code, party="127.0.0.1")
        found = [f for f in plane.facts("data_refused") if f["code"] == code]
        assert len(found) == 1, found


def test_one_address_cannot_keep_the_gateway_busy(own_plane):
    own_plane.stop()
    own_plane.start(GONGXIANG_GATEWAY_RATE="5")
    node = Node(plane=own_plane, node_id=uuid.uuid4(), department_id=uuid.uuid4(), key=generate())
    own_plane.nodes.append(node)
    for _ in range(100):
        answer = node.call("GET", "orders")
        if answer[0] != 401:
            break
    refused(answer, "too_many_requests", status=429, transient=True)
    own_plane.wait_for_fact("data_refused", code="too_many_requests", party="127.0.0.1")


# ---- the gateway's own troubles -----------------------------------------------------------------------------------------


def test_a_full_disk_acknowledges_nothing_and_loses_nothing(own_plane):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.push(SegmentKind.BEGIN)
    rows = [{"code": f"{n:09d}", "name": os.urandom(60).hex(), "level": 1} for n in range(30_000)]
    segment = flow.seal(SegmentKind.LOAD, rows)
    _, hard = resource.prlimit(own_plane.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(own_plane.process.pid, resource.RLIMIT_FSIZE, (100_000, hard))
    refused(flow.send(segment), "disk_full", status=507, transient=True)
    own_plane.wait_for_fact("alarm", code="disk_full")
    assert flow.provider.call("GET", f"streams/{flow.resource_id}/head")[2]["seq"] == 1
    resource.prlimit(own_plane.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    assert flow.send(segment)[0] == 200
    assert len(flow.rows(flow.pull()[2])) == 30_000


def test_a_database_that_is_down_is_named_and_everything_goes_on_after(own_plane):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.load(AREA)
    segment, name = flow.seal(SegmentKind.CHANGES, [AREA]), own_plane.database.name
    with psycopg.connect(start_server(), autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        answer = flow.send(segment)
        refused(answer, "database_down", status=503, transient=True)
        assert answer[1]["retry-after"] == "5"
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    eventually(lambda: flow.send(segment), lambda got: got[0] == 200, seconds=15)
    assert [s.header.kind for s in flow.pull()[2]][-1] == "changes"


def test_a_segment_damaged_on_the_gateway_s_disk_is_not_handed_out(own_plane, tmp_path):
    flow = own_plane.flow(own_plane.node(), own_plane.node())
    flow.push(SegmentKind.BEGIN)
    flow.push(SegmentKind.LOAD, [{"code": f"{n:09d}", "name": os.urandom(60).hex(), "level": 1} for n in range(30_000)])
    own_plane.stop()
    (path,) = (path for path in (tmp_path / "objects").glob("**/*") if path.is_file())
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    own_plane.start()
    refused(flow.pull(), "segment_altered")
