"""Article 19(2): the consumer looks up and checks by interface, against a real gateway, under the terms and nothing beyond."""

import hashlib
import json
import ssl
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gongxiang import cli
from gongxiang.protocol.batches import DELETE, OP, UPSERT
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.keyring import write_private
from gongxiang.protocol.messages import CloseStream, EndGrant, ResumeGrant, SuspendGrant
from gongxiang.protocol.segments import SegmentKind
from gongxiang.protocol.services import OpenService, ServiceHandler
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind, Purpose, Terms, Volume
from tests.support.dataplane import Flow, Node, Plane, eventually, now

PEOPLE = [
    {"code": "150626000000000001", "name": "白音", "level": 1},
    {"code": "150626000000000002", "name": "其其格", "level": 2},
    {"code": "150626000000000003", "name": "白音", "level": 9},
]
CLERK = uuid.uuid4()


@dataclass
class Service:
    """One resource's stream and a grant of it by interface."""

    flow: Flow
    terms: Terms

    @property
    def plane(self) -> Plane:
        return self.flow.plane

    def order(self, *, handlers: tuple[ServiceHandler, ...] | None = None, **terms: Any) -> None:
        """Issue the order anew."""
        self.terms = replace(self.terms, **terms)
        named = (ServiceHandler(person_id=CLERK, from_at=now() - timedelta(hours=1)),) if handlers is None else handlers
        self.plane.order(OpenService(terms=self.terms, handlers=named, resource_name="people"))

    def ask(self, how: str = "lookup", node: Node | None = None, **more: Any) -> tuple[int, Any]:
        body = {"person": str(CLERK), "purpose": "verification", "matter": "乌民登2026-00017", **more}
        body = {name: value for name, value in body.items() if value is not None}
        path = f"grants/{self.terms.grant_id}/{how}"
        status, _, value = (node or self.flow.consumer).call("POST", path, canonical(body))
        return status, value

    def code(self, how: str = "lookup", **more: Any) -> str:
        """The name of the refusal."""
        status, value = self.ask(how, **more)
        assert status >= 400, value
        return str(value["error"]["code"])

    def until(self, good: Any, how: str = "lookup", **more: Any) -> Any:
        return eventually(lambda: self.ask(how, **more), lambda got: good(*got))[1]


ONE = {"code": PEOPLE[0]["code"]}


@pytest.fixture(scope="module")
def people(plane: Plane) -> Flow:
    """A loaded resource between two nodes; asked before its load was whole, it said so."""
    flow = Flow(plane=plane, provider=plane.node(), consumer=plane.node(), resource_id=uuid.uuid4())
    flow.open_stream()
    early = served(flow)
    eventually(lambda: flow.send(flow.seal(SegmentKind.BEGIN))[0], lambda status: status == 200)
    refused = early.until(lambda status, _: status == 503, key=ONE)
    assert refused["error"]["code"] == "service_not_ready"
    flow.push(SegmentKind.LOAD, PEOPLE)
    flow.push(SegmentKind.LOAD_END)
    early.until(lambda status, _: status == 200, key=ONE)
    return flow


def served(flow: Flow, **terms: Any) -> Service:
    """A grant by interface of its own: rows up to level 5 may be seen; code and name, the name masked."""
    masks = {"name": Mask(kind=MaskKind.KEEP, prefix=1)}
    level = Condition(element="level", operator=Comparison.LE, values=("5",))
    usual: dict[str, Any] = {
        "revision": 1, "grant_id": uuid.uuid4(), "masks": masks, "conditions": (level,), "purposes": (Purpose.VERIFICATION,),
    }  # fmt: skip
    made = Service(flow=flow, terms=flow.terms(**{**usual, **terms}))
    made.order()
    return made


@pytest.fixture
def service(people: Flow) -> Service:
    """Known to the gateway, nothing counted yet."""
    made = served(people)
    made.until(lambda status, _: status == 403, purpose=None)
    return made


@pytest.mark.article("wushen-2021-60:19(2)")
def test_a_lookup_gives_the_granted_elements_and_is_recorded(service: Service) -> None:
    status, value = service.ask(key=ONE)
    assert status == 200
    assert value["records"] == [{"code": PEOPLE[0]["code"], "name": "白*"}], "the level is not granted, the name is masked"
    fact = service.plane.wait_for_fact("call_answered", call_id=value["call"])
    said = {"person": str(CLERK), "purpose": "verification", "matter": "乌民登2026-00017", "channel": "lookup", "rows": 1}
    assert fact.items() >= said.items()
    assert fact["elements"] == ["code", "name"]
    assert PEOPLE[0]["code"] not in str(fact), "values are told to nobody"
    again = service.ask(key=ONE)[1]
    other = service.ask(key={"code": PEOPLE[1]["code"]})[1]
    digests = [service.plane.wait_for_fact("call_answered", call_id=v["call"])["key_digests"] for v in (value, again, other)]
    assert digests[0] == digests[1] != digests[2], "one record has one digest"


@pytest.mark.article("wushen-2021-60:19(2)")
def test_a_match_says_only_whether_values_agree(people: Flow) -> None:
    service = served(people, masks={}, elements=("code", "name", "level"))
    service.until(lambda status, _: status == 200, "match", key=ONE, values={"name": "白音"})
    equal = service.ask("match", key=ONE, values={"name": "白音", "level": "1"})[1]
    assert (equal["found"], equal["equal"], equal["differing"]) == (True, True, [])
    differs = service.ask("match", key=ONE, values={"name": "白音", "level": "3"})[1]
    assert (differs["found"], differs["equal"], differs["differing"]) == (True, False, ["level"])
    assert {"records", "name"} & differs.keys() == set()


@pytest.mark.article("wushen-2021-60:14")
def test_a_row_outside_the_filter_is_no_row(service: Service) -> None:
    outside, nobody = {"code": PEOPLE[2]["code"]}, {"code": "150626000000009999"}
    for key in (outside, nobody):
        seen = service.ask(key=key)[1]
        assert (seen["rows"], seen["records"]) == (0, [])
        matched = service.ask("match", key=key, values=key)[1]
        assert (matched["found"], matched["equal"], matched["differing"]) == (False, False, [])


@pytest.mark.article("wushen-2021-60:22.3", "wushen-2021-60:14")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"purpose": None}, "purpose_missing"),
        ({"purpose": " "}, "purpose_missing"),
        ({"purpose": "decision"}, "purpose_outside_grant"),
        ({"purpose": "curiosity"}, "purpose_outside_grant"),
        ({"matter": None}, "matter_missing"),
        ({"matter": "  "}, "matter_missing"),
        ({"matter": "150626199001011234"}, "matter_missing"),
        ({"matter": "电话13900000001"}, "matter_missing"),
        ({"person": None}, "not_named_as_handler"),
        ({"person": str(uuid.uuid4())}, "not_named_as_handler"),
        ({"key": {"name": "白音"}}, "element_not_open"),
        ({"key": {"level": "1"}}, "element_not_open"),
        ({"key": {"nothing": "1"}}, "element_not_open"),
        ({"elements": ["level"]}, "element_not_open"),
        ({"key": {}}, "request_malformed"),
        ({"key": ["code"]}, "request_malformed"),
        ({"key": {"code": 1}}, "request_malformed"),
        ({"key": {"code": "\x00"}}, "request_malformed"),
        ({"matter": "9" * 61}, "request_malformed"),
    ],
)  # fmt: skip
def test_what_is_refused(service: Service, more: dict[str, Any], code: str) -> None:
    before = len(service.plane.facts("call_answered"))
    assert service.code(**{"key": ONE, **more}) == code
    if "elements" not in more:
        assert service.code("match", **{"key": ONE, "values": ONE, **more}) == code
    assert len(service.plane.facts("call_answered")) == before, "what is refused is not recorded as answered"


def test_a_masked_element_is_not_compared_either(service: Service) -> None:
    assert service.code("match", key=ONE, values={"name": "白*"}) == "element_not_open"
    assert service.code("match", key=ONE, values={"level": "1"}) == "element_not_open"
    assert service.code("match", key=ONE) == "request_malformed"


def test_a_call_counts_once_and_is_never_repeated(people: Flow) -> None:
    service = served(people, volume=Volume(calls_per_day=2, rows_in_all=100))
    service.until(lambda status, _: status == 403, purpose=None)
    body = canonical({"person": str(CLERK), "purpose": "verification", "matter": "1", "key": ONE})
    path, nonce = f"grants/{service.terms.grant_id}/lookup", uuid.uuid4().hex
    consumer, at = service.flow.consumer, now()
    first = consumer.call("POST", path, body, nonce=nonce, at=at)
    assert first[0] == 200, first
    assert consumer.call("POST", path, body, nonce=nonce, at=at)[2]["error"]["code"] == "request_replayed"
    nobody = {"code": "150626000000009999"}
    eventually(lambda: service.ask(key=nobody), lambda got: got[0] == 429)
    with psycopg.connect(service.plane.database.url) as connection:
        grant = [service.terms.grant_id]
        used = connection.execute("SELECT calls, rows FROM exchange.volume_used WHERE grant_id = %s", grant).fetchone()
    assert used == (2, 2), "to learn that there is no such record counts as one"
    service.plane.wait_for_fact("data_refused", code="volume_spent", grant_id=str(service.terms.grant_id))


def _own(flow: Flow, **terms: Any) -> Service:
    """A service on a stream of its own, which a test may change."""
    flow.open_stream()
    service = served(flow, **terms)
    eventually(lambda: flow.send(flow.seal(SegmentKind.BEGIN))[0], lambda status: status == 200)
    flow.push(SegmentKind.LOAD, PEOPLE)
    flow.push(SegmentKind.LOAD_END)
    service.until(lambda status, _: status == 200, key=ONE)
    return service


@pytest.mark.article("wushen-2021-60:14", "cn-809:27.2")
def test_who_may_not_and_when_it_is_closed(people: Flow) -> None:
    plane, stranger = people.plane, people.plane.node()
    flow = Flow(plane=plane, provider=people.provider, consumer=people.consumer, resource_id=uuid.uuid4())
    service = _own(flow)
    assert service.code(node=stranger, key=ONE) == "grant_unknown"
    assert service.code(node=service.flow.provider, key=ONE) == "grant_unknown"
    plane.order(SuspendGrant(grant_id=service.terms.grant_id, reason="overreach"))
    refused = service.until(lambda status, _: status == 409, key=ONE)
    assert refused["error"]["code"] == "grant_suspended"
    plane.order(ResumeGrant(grant_id=service.terms.grant_id))
    service.until(lambda status, _: status == 200, key=ONE)
    service.order(handlers=())
    assert service.until(lambda status, _: status == 403, key=ONE)["error"]["code"] == "not_named_as_handler"
    service.order(handlers=(ServiceHandler(person_id=CLERK, from_at=now() - timedelta(2), until_at=now() - timedelta(1)),))
    assert service.code(key=ONE) == "not_named_as_handler"
    service.order()
    service.until(lambda status, _: status == 200, key=ONE)
    plane.order(CloseStream(resource_id=service.flow.resource_id, node_id=service.flow.provider.node_id, reason="withdrawn"))
    assert service.until(lambda status, _: status == 409, key=ONE)["error"]["code"] == "stream_not_open"
    plane.order(EndGrant(grant_id=service.terms.grant_id, reason="purpose_met"))
    assert service.until(lambda status, _: status == 410, key=ONE)["error"]["code"] == "grant_ended"
    plane.wait_for_fact("data_refused", code="grant_ended", grant_id=str(service.terms.grant_id))
    with psycopg.connect(plane.database.url) as connection:
        count = "SELECT count(*) FROM exchange.service_rows WHERE resource_id = %s"
        mine = [service.flow.resource_id]
        eventually(lambda: connection.execute(count, mine).fetchone()[0], lambda rows: rows == 0)


def test_what_changes_at_the_source_is_answered(people: Flow) -> None:
    flow = Flow(plane=people.plane, provider=people.provider, consumer=people.consumer, resource_id=uuid.uuid4())
    service = _own(flow)
    moved = {"code": PEOPLE[0]["code"], "name": "赛音", "level": 1}
    back = {**PEOPLE[2], "level": 3}
    flow.push(SegmentKind.CHANGES, [{**moved, OP: UPSERT}, {**PEOPLE[1], OP: DELETE}, {**back, OP: UPSERT}])
    seen = service.until(lambda _, value: value.get("records", [{}])[0].get("name") == "赛*", key=ONE)
    assert seen["rows"] == 1
    assert service.ask(key={"code": PEOPLE[1]["code"]})[1]["rows"] == 0
    assert service.ask(key={"code": PEOPLE[2]["code"]})[1]["rows"] == 1, "it came within the filter"
    # A later load for everyone takes the place of the earlier state when it is whole, not before.
    flow.push(SegmentKind.BEGIN)
    flow.push(SegmentKind.LOAD, [PEOPLE[1]])
    assert service.ask(key=ONE)[1]["rows"] == 1
    flow.push(SegmentKind.LOAD_END)
    service.until(lambda _, value: value["rows"] == 0, key=ONE)
    assert service.ask(key={"code": PEOPLE[1]["code"]})[1]["rows"] == 1


def test_the_command_asks_as_the_consumers_node(people: Flow, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service, consumer = served(people), people.consumer
    service.until(lambda status, _: status == 403, purpose=None)
    home = tmp_path / "home"
    home.mkdir()
    write_private(home / "node.key", consumer.key.export())
    known = {"node_id": str(consumer.node_id), "department_id": str(consumer.department_id)}
    names = dict.fromkeys(("node_name", "platform_key", "gateway_key"), "-")
    (home / "node.json").write_text(json.dumps({**known, **names}), "utf-8")
    pem = (Path(people.plane.environment["GONGXIANG_HOME"]) / "keys" / "gateway.crt").read_text("ascii")
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    file = tmp_path / "node.toml"
    file.write_text(
        f'[node]\nname = "n"\nhome = "home"\n[gateway]\nurl = "https://127.0.0.1:{people.plane.port + 3}"\n'
        f'fingerprint = "{digest}"\n[exchange]\ndsn = "postgresql://nowhere"\n',
        "utf-8",
    )
    usual = ["--config", str(file), "--grant", str(service.terms.grant_id), "--person", str(CLERK), "--purpose", "verification"]
    key = ["--key", f"code={PEOPLE[0]['code']}"]
    assert cli.main(["call", "lookup", *usual, "--matter", "17", *key]) == 0
    assert json.loads(capsys.readouterr().out)["records"] == [{"code": PEOPLE[0]["code"], "name": "白*"}]
    assert cli.main(["call", "match", *usual, "--matter", "17", *key, "--value", "code=150626000000000002"]) == 1
    assert json.loads(capsys.readouterr().out)["differing"] == ["code"]
    assert cli.main(["call", "lookup", *usual, *key]) == 2
    assert capsys.readouterr().err.startswith("matter_missing: ")


def test_a_start_goes_on_where_the_rows_stand(own_plane: Plane) -> None:
    flow = Flow(plane=own_plane, provider=own_plane.node(), consumer=own_plane.node(), resource_id=uuid.uuid4())
    service = _own(flow, elements=("code", "name", "level"), masks={}, conditions=())
    many = service.ask(key={"name": "白音"})[1]
    assert [record["code"] for record in many["records"]] == [PEOPLE[0]["code"], PEOPLE[2]["code"]]
    assert service.code("match", key={"name": "白音"}, values={"level": "1"}) == "too_many_rows"
    own_plane.stop()
    own_plane.start()
    flow.push(SegmentKind.CHANGES, [{**PEOPLE[0], "level": 7}])
    seen = service.until(lambda status, value: status == 200 and value["records"][0]["level"] == "7", key=ONE)
    assert seen["rows"] == 1
