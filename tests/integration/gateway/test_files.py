"""Article 19(3): a file goes from the provider's node to the consumer's, through a real gateway, as far as a grant says."""

import hashlib
import http.client
import json
import ssl
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from gongxiang import cli
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.files import STATEMENT, AcceptFiles, CloseFiles, OpenFiles, WithdrawFile
from gongxiang.protocol.keyring import write_private
from gongxiang.protocol.messages import EndGrant, ResumeGrant, SuspendGrant
from gongxiang.protocol.segments import digest
from gongxiang.protocol.services import ServiceHandler
from gongxiang.protocol.terms import Comparison, Condition, DataType, ElementSpec, Mask, MaskKind, Purpose, Terms, Volume
from tests.support.dataplane import Node, Plane, eventually, now

ELEMENTS = (
    ElementSpec(code="code", type=DataType.TEXT, key=True, nullable=False),
    ElementSpec(code="name", type=DataType.TEXT),
    ElementSpec(code="level", type=DataType.INTEGER),
)
TABLE = "代码,name,level\r\n150626000000000001,白音,1\r\n150626000000000002,其其格,9\r\n".encode()
PDF = b"%PDF-1.7 plan"
CLERK = uuid.uuid4()
WHOLE = {"elements": ("code", "name", "level"), "masks": {}, "conditions": ()}


@dataclass
class Filed:
    """One resource that is delivered by file, and one grant of it: code and masked name of rows up to level 5."""

    plane: Plane
    provider: Node
    consumer: Node
    resource_id: uuid.UUID = field(default_factory=uuid.uuid4)
    terms: Terms = field(init=False)

    def __post_init__(self) -> None:
        at = now()
        self.terms = Terms(
            grant_id=uuid.uuid4(), revision=1, resource_id=self.resource_id, provider_id=self.provider.department_id,
            consumer_id=self.consumer.department_id, elements=("code", "name"), valid_from=at - timedelta(days=1),
            valid_until=at + timedelta(days=1), masks={"name": Mask(kind=MaskKind.KEEP, prefix=1)},
            conditions=(Condition(element="level", operator=Comparison.LE, values=("5",)),),
            purposes=(Purpose.VERIFICATION,),
        )  # fmt: skip

    def accept(self, elements: tuple[ElementSpec, ...] = ELEMENTS, node: Node | None = None) -> None:
        order = AcceptFiles(
            resource_id=self.resource_id, resource_name="people", node_id=(node or self.provider).node_id, elements=elements,
            names={"code": "代码"},
        )  # fmt: skip
        self.plane.order(order, self.provider.node_id)

    def grant(self, handlers: tuple[ServiceHandler, ...] | None = None, **terms: Any) -> None:
        """Issue the order about the grant, and wait until the gateway has read it."""
        self.terms = replace(self.terms, **terms)
        named = (ServiceHandler(person_id=CLERK, from_at=now() - timedelta(hours=1)),) if handlers is None else handlers
        self.plane.order(OpenFiles(terms=self.terms, handlers=named, resource_name="people"))
        eventually(lambda: self.listed()[0], lambda status: status == 200)

    def deposit(
        self, body: bytes = TABLE, form: str = "csv", statement: str = STATEMENT, node: Node | None = None, **more: Any
    ) -> tuple[int, Any]:
        path = f"resources/{self.resource_id}/files?" + urlencode({"form": form, "statement": statement, **more})
        status, _, value = (node or self.provider).call("POST", path, body)
        return status, value

    def put(self, body: bytes = TABLE, form: str = "csv") -> str:
        """Deposit a version that must be taken; gives its id."""
        status, value = eventually(lambda: self.deposit(body, form), lambda got: got[0] in (200, 422))
        assert status == 200, value
        return str(value["file"])

    def listed(self, node: Node | None = None) -> tuple[int, Any]:
        status, _, value = (node or self.consumer).call("GET", f"grants/{self.terms.grant_id}/files")
        return status, value

    def fetch(self, file: str, node: Node | None = None, **more: Any) -> tuple[int, dict[str, str], Any]:
        use = {"person": str(CLERK), "purpose": "verification", "matter": "乌民登2026-00017", **more}
        body = canonical({name: value for name, value in use.items() if value is not None})
        return (node or self.consumer).call("POST", f"grants/{self.terms.grant_id}/files/{file}", body)

    def code(self, file: str, node: Node | None = None, **more: Any) -> str:
        """The name of the refusal."""
        status, _, value = self.fetch(file, node, **more)
        assert status >= 400, value
        return str(value["error"]["code"])


@pytest.fixture(scope="module")
def people(plane: Plane) -> Filed:
    """A resource with one deposited table, and the grant of it."""
    made = Filed(plane, plane.node(), plane.node())
    made.accept()
    made.put()
    made.grant()
    return made


@pytest.fixture
def filed(people: Filed) -> Filed:
    """A resource of its own."""
    made = Filed(people.plane, people.provider, people.consumer)
    made.accept()
    return made


@pytest.mark.article("wushen-2021-60:19(3)", "wushen-2021-60:21(2)")
def test_a_grant_gets_its_elements_rows_and_masks_and_nothing_else(people: Filed) -> None:
    (version,) = people.listed()[1]["files"]
    assert (version["version"], version["rows"], version["whole"], version["digest"]) == (1, 2, False, digest(TABLE))
    status, headers, body = people.fetch(version["file"])
    assert status == 200, body
    assert body.decode() == "code,name\r\n150626000000000001,白*\r\n"
    assert headers["gx-digest"] == digest(body)
    fact = people.plane.wait_for_fact("file_fetched", fetch_id=headers["gx-fetch"])
    said = {
        "person": str(CLERK), "purpose": "verification", "matter": "乌民登2026-00017", "rows": 1, "whole": False, "version": 1,
        "digest": digest(body), "size": len(body), "elements": ["code", "name"],
    }  # fmt: skip
    assert fact.items() >= said.items()
    deposited = people.plane.wait_for_fact("file_deposited", file_id=version["file"])
    assert deposited.items() >= {"rows": 2, "statement": STATEMENT, "size": len(TABLE), "form": "csv"}.items()
    assert "150626000000000001" not in str((fact, deposited)), "values are told to nobody"


@pytest.mark.article("wushen-2021-60:9", "wushen-2021-60:19(3)")
def test_a_grant_of_all_gets_the_file_as_it_was_deposited(filed: Filed) -> None:
    table, plan = filed.put(), filed.put(PDF, "pdf")
    filed.grant()
    assert filed.code(plan) == "file_not_divisible", "only a table can be narrowed"
    filed.grant(revision=2, **WHOLE)
    for file, content in ((table, TABLE), (plan, PDF)):
        _, headers, body = eventually(lambda file=file: filed.fetch(file), lambda got: got[1].get("gx-whole") == "1")
        assert (body, headers["gx-whole"], headers["gx-digest"]) == (content, "1", digest(content))
    assert [one["form"] for one in filed.listed()[1]["files"]] == ["pdf", "csv"]


def test_rows_without_a_key_are_narrowed_too(people: Filed) -> None:
    filed = Filed(people.plane, people.provider, people.consumer)
    filed.accept(elements=(replace(ELEMENTS[0], key=False), *ELEMENTS[1:]))
    file = filed.put()
    filed.grant(elements=("name",))
    assert filed.fetch(file)[2].decode() == "name\r\n白*\r\n"


@pytest.mark.article("wushen-2021-60:20", "wushen-2021-60:4(1)")
@pytest.mark.parametrize(
    ("body", "form", "said"),
    [
        (b"", "csv", "empty"),
        (b"code,name,level,phone\r\n", "csv", "The columns 4 of the first line"),
        ("150626199001011234,白音,1\r\n".encode(), "csv", "The columns 1, 2, 3 of the first line"),
        (b"code,name\r\n", "csv", "The header lacks level"),
        (b"code,name,level,name\r\n", "csv", "The header names name twice"),
        (b"code,name,level\r\n1,a,x\r\n2,b,2\r\n,c,3\r\n2,d,4\r\n5,e\r\n", "csv", "2: level; 4: code; 5: code; 6: ?"),
        (b'code,name,level\r\n1,"a,1\r\n', "csv", "no CSV"),
        (b"code,name,level\r\n1,\xff\xff,1\r\n", "csv", "neither UTF-8 nor GB 18030"),
        (b"code,name,level\r\n1,a\x00,1\r\n", "csv", "no text"),
        ("code,name,level\r\n1,机密★1年,1\r\n".encode(), "csv", "marking of secrecy"),
        (b"MZ\x90", "pdf", "not of the form pdf"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_the_entry_says_is_refused_whole(people: Filed, body: bytes, form: str, said: str) -> None:
    status, value = people.deposit(body, form)
    assert (status, value["error"]["code"]) == (422, "file_refused")
    assert said in value["error"]["message"]
    assert "白音" not in value["error"]["message"], "what is wrong is told by place, never by value"
    assert [one["version"] for one in people.listed()[1]["files"]] == [1]


@pytest.mark.article("wushen-2021-60:14", "wushen-2021-60:22.1", "wushen-2021-60:22.3")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"purpose": None}, "purpose_missing"),
        ({"purpose": "decision"}, "purpose_outside_grant"),
        ({"matter": " "}, "matter_missing"),
        ({"matter": "150626199001011234"}, "matter_missing"),
        ({"person": str(uuid.uuid4())}, "not_named_as_handler"),
        ({"person": ["x"]}, "not_named_as_handler"),
    ],
)  # fmt: skip
def test_what_a_fetch_must_say(people: Filed, more: dict[str, Any], code: str) -> None:
    file = people.listed()[1]["files"][0]["file"]
    before = len(people.plane.facts("file_fetched"))
    assert people.code(file, **more) == code
    assert len(people.plane.facts("file_fetched")) == before, "what is refused is not recorded as given"


@pytest.mark.article("wushen-2021-60:14")
def test_who_may_not(people: Filed, filed: Filed) -> None:
    file, stranger = people.listed()[1]["files"][0]["file"], people.plane.node()
    other = filed.put(b"code,name,level\r\n7,g,1\r\n")
    assert people.code(file, node=stranger) == "grant_unknown"
    assert people.code(file, node=people.provider) == "grant_unknown"
    assert people.listed(stranger)[1]["error"]["code"] == "grant_unknown"
    assert people.code(other) == "file_unknown", "a file of another resource is none of this grant's"
    assert people.code(str(uuid.uuid4())) == "file_unknown"
    for node in (stranger, people.consumer):
        assert people.deposit(node=node)[1]["error"]["code"] == "not_yours"
    assert people.deposit(statement="")[1]["error"]["code"] == "request_malformed"
    assert people.deposit(form="exe")[1]["error"]["code"] == "request_malformed"
    unheard = Filed(people.plane, people.provider, people.consumer)
    assert unheard.deposit()[1]["error"]["code"] == "files_not_open"
    assert people.deposit(b"x" * (17 << 20))[1]["error"]["code"] == "body_too_large"
    path = f"grants/{people.terms.grant_id}/files/../files/{file}"
    assert people.consumer.call("POST", path, b"{}")[2]["error"]["code"] == "no_such_door"


@pytest.mark.article("wushen-2021-60:19(3)", "cn-809:27.2")
def test_what_closes_it(filed: Filed) -> None:
    plane, first = filed.plane, filed.put()
    filed.grant()
    assert filed.fetch(first)[0] == 200
    plane.order(SuspendGrant(grant_id=filed.terms.grant_id, reason="overreach"))
    eventually(lambda: filed.fetch(first), lambda got: got[0] == 409)
    assert filed.code(first) == "grant_suspended"
    plane.order(ResumeGrant(grant_id=filed.terms.grant_id))
    eventually(lambda: filed.fetch(first), lambda got: got[0] == 200)
    second = filed.put(b"code,name,level\r\n8,h,1\r\n")
    plane.order(WithdrawFile(file_id=uuid.UUID(first), resource_id=filed.resource_id, reason="error"))
    eventually(lambda: filed.fetch(first), lambda got: got[0] == 404)
    plane.wait_for_fact("file_destroyed", file_id=first, why="withdrawn", version=1)
    assert filed.fetch(second)[0] == 200
    plane.order(CloseFiles(resource_id=filed.resource_id, reason="withdrawn"))
    eventually(lambda: filed.fetch(second), lambda got: got[0] == 403)
    assert filed.deposit()[1]["error"]["code"] == "files_not_open"
    plane.wait_for_fact("file_destroyed", file_id=second, why="closed", version=2)
    with psycopg.connect(plane.database.url) as connection:
        left = "SELECT count(object) FROM exchange.files WHERE resource_id = %s"
        eventually(lambda: connection.execute(left, [filed.resource_id]).fetchone()[0], lambda count: count == 0)
    assert not list(_folder(filed).iterdir())
    plane.order(EndGrant(grant_id=filed.terms.grant_id, reason="purpose_met"))
    assert eventually(lambda: filed.listed(), lambda got: got[0] == 410)[1]["error"]["code"] == "grant_ended"


@pytest.mark.article("wushen-2021-60:19(3)", "cn-809:27.3")
def test_what_was_closed_stays_closed_when_the_resource_is_opened_anew(filed: Filed) -> None:
    old = filed.put()
    filed.grant(**WHOLE)
    assert filed.fetch(old)[0] == 200
    filed.plane.order(CloseFiles(resource_id=filed.resource_id, reason="withdrawn"))
    filed.accept()
    filed.plane.wait_for_fact("file_destroyed", file_id=old, why="closed", version=1)
    again = filed.put()
    assert again != old, "the same content is a new version, and needs a new statement"
    assert [one["file"] for one in filed.listed()[1]["files"]] == [again]
    assert filed.code(old) == "file_unknown"
    assert filed.fetch(again)[0] == 200


def test_the_newest_versions_are_kept_and_two_at_once_are_two(filed: Filed) -> None:
    bodies = [f"code,name,level\r\n{n},n,1\r\n".encode() for n in range(5)]
    filed.put(bodies[0])
    assert filed.deposit(bodies[0])[1]["repeat"] is True, "the same content is the same version"
    nodes = [replace(filed.provider, connection=None) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda pair: filed.deposit(pair[0], node=pair[1]), zip(bodies[1:], nodes, strict=True)))
    for node in nodes:
        node.hang_up()
    assert sorted(value["version"] for _, value in answers) == [2, 3, 4, 5]
    filed.grant()
    assert [one["version"] for one in filed.listed()[1]["files"]] == [5, 4, 3]
    gone = [fact["version"] for fact in filed.plane.facts("file_destroyed") if fact["resource_id"] == str(filed.resource_id)]
    assert sorted(gone) == [1, 2]


def test_a_deposit_that_is_repeated_after_another_is_taken_once(filed: Filed) -> None:
    """The answer to the older file was lost; given again, it must not become the newest."""
    old, new = (f"code,name,level\r\n{n},n,1\r\n".encode() for n in (1, 2))
    attempt = str(uuid.uuid4())
    eventually(lambda: filed.deposit(old, deposit=attempt), lambda got: got[0] == 200)
    filed.put(new)
    again = filed.deposit(old, deposit=attempt)[1]
    assert (again["version"], again["repeat"]) == (1, True)
    filed.grant()
    assert [one["version"] for one in filed.listed()[1]["files"]] == [2, 1]
    assert filed.deposit(old, deposit=str(uuid.uuid4()))[1]["version"] == 3, "on purpose the older file is a new version"
    assert filed.deposit(new, deposit=attempt)[1]["error"]["code"] == "request_malformed"
    assert filed.deposit(old, deposit="x")[1]["error"]["code"] == "request_malformed"
    assert len([f for f in filed.plane.facts("file_deposited") if f["resource_id"] == str(filed.resource_id)]) == 3


def test_the_same_file_by_many_at_once_is_one_version(filed: Filed) -> None:
    filed.put(b"code,name,level\r\n0,n,1\r\n")
    nodes = [replace(filed.provider, connection=None) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda node: filed.deposit(node=node)[1], nodes))
    for node in nodes:
        node.hang_up()
    assert {value["version"] for value in answers} == {2}
    assert [value["repeat"] for value in answers].count(False) == 1
    eventually(lambda: len(list(_folder(filed).iterdir())), lambda count: count == 2)


@pytest.mark.article("wushen-2021-60:19(3)")
def test_a_closing_waits_for_the_deposit_that_was_let_in_before_it(filed: Filed) -> None:
    """What is being committed while the order arrives is destroyed by it, not kept unseen for ever."""
    plane = filed.plane
    filed.put(b"code,name,level\r\n0,n,1\r\n")
    mine = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    telling = (
        "SELECT count(*) FROM pg_locks AS held JOIN pg_locks AS wanted USING (pid, database) WHERE held.locktype = 'advisory'"
        f" AND held.granted AND wanted.locktype = 'relation' AND NOT wanted.granted AND {mine}"
    )
    waiting = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {mine}"
    with psycopg.connect(plane.database.url) as holding, psycopg.connect(plane.database.url, autocommit=True) as looking:

        def count(query: str) -> int:
            return int(looking.execute(query).fetchone()[0])

        holding.execute("LOCK TABLE link.facts IN SHARE MODE")
        with ThreadPoolExecutor(1) as pool:
            deposit = pool.submit(filed.deposit)
            # It has its number, and hangs in telling so.
            eventually(lambda: count(telling), lambda found: found == 1)
            plane.order(CloseFiles(resource_id=filed.resource_id, reason="withdrawn"))
            eventually(lambda: count(waiting), lambda found: found == 1)
            holding.rollback()
            status, value = deposit.result(60)
    assert (status, value["version"]) == (200, 2)
    for version in (1, 2):
        plane.wait_for_fact("file_destroyed", resource_id=str(filed.resource_id), why="closed", version=version)
    eventually(lambda: list(_folder(filed).iterdir()), lambda left: not left)


def test_volume_is_counted_with_the_fact(filed: Filed) -> None:
    file = filed.put()
    filed.grant(volume=Volume(calls_per_day=2))
    body = canonical({"person": str(CLERK), "purpose": "verification", "matter": "1"})
    path, nonce, at = f"grants/{filed.terms.grant_id}/files/{file}", uuid.uuid4().hex, now()
    assert filed.consumer.call("POST", path, body, nonce=nonce, at=at)[0] == 200
    assert filed.consumer.call("POST", path, body, nonce=nonce, at=at)[2]["error"]["code"] == "request_replayed"
    assert filed.fetch(file)[0] == 200
    assert filed.code(file) == "volume_spent"
    given = [f for f in filed.plane.facts("file_fetched") if f["grant_id"] == str(filed.terms.grant_id)]
    assert len(given) == 2


def test_a_damaged_file_is_given_to_nobody(filed: Filed) -> None:
    file = filed.put()
    filed.grant()
    folder = _folder(filed)
    (stored,) = folder.iterdir()
    assert "白音".encode() not in stored.read_bytes(), "at rest the content is sealed"
    stored.write_bytes(stored.read_bytes()[:-1] + b"x")
    assert filed.code(file) == "segment_altered"
    assert not [f for f in filed.plane.facts("file_fetched") if f["file_id"] == file]


@pytest.mark.faults
@pytest.mark.parametrize(
    ("place", "taken"), [("gateway.file_announced", 0), ("gateway.file_written", 0), ("gateway.file_committed", 1)]
)
def test_killed_while_a_file_is_taken(own_plane: Plane, place: str, taken: int) -> None:
    filed = Filed(own_plane, own_plane.node(), own_plane.node())
    filed.accept()
    own_plane.stop()
    own_plane.start(GONGXIANG_KILL_AT=place)
    with pytest.raises((OSError, http.client.HTTPException)):
        filed.put()
    assert own_plane.process is not None
    assert own_plane.process.wait(60) == -9
    own_plane.start()
    assert len(own_plane.facts("file_deposited")) == taken
    filed.put()
    filed.grant()
    assert [one["version"] for one in filed.listed()[1]["files"]] == [1], "the repeat is the same version"
    assert len(own_plane.facts("file_deposited")) == 1
    # What the killed deposit left is no version; an hour later it is removed, content and line.
    with psycopg.connect(own_plane.database.url, autocommit=True) as connection:
        connection.execute("UPDATE exchange.files SET taken_at = taken_at - interval '2 hours' WHERE version IS NULL")
        own_plane.stop()
        own_plane.start()
        left = "SELECT count(*) FROM exchange.files WHERE version IS NULL"
        eventually(lambda: connection.execute(left).fetchone()[0], lambda count: count == 0)
    assert len(list(_folder(filed).iterdir())) == 1


def test_the_commands_deposit_and_fetch(people: Filed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filed = Filed(people.plane, people.provider, people.consumer)
    filed.accept()
    filed.put(PDF, "pdf")
    filed.grant()
    provider, consumer = (_configuration(tmp_path / name, node) for name, node in
                          (("p", filed.provider), ("c", filed.consumer)))  # fmt: skip
    table, to = tmp_path / "people.csv", tmp_path / "got.csv"
    table.write_bytes(TABLE)
    deposit = ["file", "deposit", "--config", provider, "--resource", str(filed.resource_id), str(table)]
    assert cli.main(deposit) == 2
    assert capsys.readouterr().err.startswith("file_not_stated: ")
    assert cli.main([*deposit, "--no-state-secrets"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 2
    assert not list((tmp_path / "p" / "home" / "deposits").iterdir()), "the answer ends the attempt"
    grant = ["--config", consumer, "--grant", str(filed.terms.grant_id)]
    assert cli.main(["file", "list", *grant]) == 0
    assert [one["version"] for one in json.loads(capsys.readouterr().out)] == [2, 1]
    fetch = ["file", "fetch", *grant, "--person", str(CLERK), "--purpose", "verification", "--to", str(to)]
    assert cli.main(fetch) == 2
    assert capsys.readouterr().err.startswith("matter_missing: ")
    assert not to.exists()
    assert cli.main([*fetch, "--matter", "17"]) == 0
    assert to.read_text("utf-8") == "code,name\n150626000000000001,白*\n"
    assert json.loads(capsys.readouterr().out)["rows"] == "1"
    assert cli.main([*fetch, "--matter", "17"]) == 2, "a file that is there is not written over"
    assert cli.main([*fetch, "--matter", "17", "--version", "1", "--replace"]) == 2
    assert "file_not_divisible" in capsys.readouterr().err
    assert to.read_text("utf-8").startswith("code"), "what was there stays"


def test_the_command_goes_on_with_the_attempt_whose_answer_was_lost(filed: Filed, tmp_path: Path, capsys: Any) -> None:
    """The gateway took the file, the command never heard of it, and another version came meanwhile."""
    eventually(lambda: filed.deposit(PDF, "pdf"), lambda got: got[0] == 200)
    table = tmp_path / "people.csv"
    table.write_bytes(TABLE)
    provider = _configuration(tmp_path / "p", filed.provider)
    deposit = ["file", "deposit", "--config", provider, "--no-state-secrets", "--resource", str(filed.resource_id), str(table)]
    settings = Path(provider).read_text("utf-8")
    Path(provider).write_text(settings.replace(f":{filed.plane.port + 3}", ":1"), "utf-8")
    assert cli.main(deposit) == 2, "nobody answers"
    (pending,) = (tmp_path / "p" / "home" / "deposits").iterdir()
    number = json.loads(pending.read_bytes())["deposit"]
    assert filed.deposit(deposit=number)[1]["version"] == 2
    filed.put(PDF + b" 2", "pdf")
    Path(provider).write_text(settings, "utf-8")
    capsys.readouterr()
    assert cli.main(deposit) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["version"], said["repeat"]) == (2, True)
    assert cli.main(deposit) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 4, "what was answered is over: the next is a deposit of its own"


def _folder(filed: Filed) -> Path:
    """Where the gateway's store keeps the resource's content."""
    return Path(filed.plane.environment["GONGXIANG_OBJECT_STORE"]) / "files" / str(filed.resource_id)


def _configuration(folder: Path, node: Node) -> str:
    """A node's home and file, as the enrolment leaves them."""
    home = folder / "home"
    home.mkdir(parents=True)
    write_private(home / "node.key", node.key.export())
    known = {"node_id": str(node.node_id), "department_id": str(node.department_id)}
    (home / "node.json").write_text(
        json.dumps({**known, **dict.fromkeys(("node_name", "platform_key", "gateway_key"), "-")}), "utf-8"
    )
    pem = (Path(node.plane.environment["GONGXIANG_HOME"]) / "keys" / "gateway.crt").read_text("ascii")
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    file = folder / "node.toml"
    file.write_text(
        f'[node]\nname = "n"\nhome = "home"\n[gateway]\nurl = "https://127.0.0.1:{node.plane.port + 3}"\n'
        f'fingerprint = "{fingerprint}"\n[exchange]\ndsn = "postgresql://nowhere"\n',
        "utf-8",
    )
    return str(file)
