"""Doubts through the whole machine: real gateway, three real nodes, a source database; the site's jobs are run by hand."""

import http.client
import io
import json
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from gongxiang import cli
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.corrections import actions, queries, states, tasks, tickets
from gongxiang.platform.corrections.errors import CallUnknown, ClaimRemoved
from gongxiang.platform.corrections.models import CorrectedCopy, Correction
from gongxiang.platform.delivery import actions as delivery_actions
from gongxiang.platform.delivery import calls
from gongxiang.platform.delivery import tasks as delivery
from gongxiang.platform.delivery.models import Flow, Node, RefusedAttempt
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import actions as grant_acts
from gongxiang.platform.grants import handlers, queries_use
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.notices import tasks as notices
from gongxiang.platform.notices.queries import inbox
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web.grants.todos import todos
from gongxiang.protocol import clock
from gongxiang.protocol.terms import Mask, MaskKind, Volume
from gongxiang.protocol.tickets import LIFETIME
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, Office, make_agreement, make_banner, make_office
from tests.factories.procedure import answer, make_operator, make_request
from tests.support import databases
from tests.support.chain import NodeProcess, drop_slots, until
from tests.support.dataplane import Plane, running_plane

#: What must never reach the site: the row's key, its values, the words and the file of the claim.
SECRET = ("150626199001011234", "张三丰", "张三封", "13900000001", "户口簿第三页", "ZmlsZQ")
HERE, OTHER, MATTER = "嘎鲁图镇", "150626199101011235", "乌市监登2026-00017"
#: What the second consumer sees of a name.
LAST_SIGN = {"name": Mask(kind=MaskKind.KEEP, suffix=1)}


def pump() -> None:
    """What the worker does, once."""
    delivery.ingest_facts()
    delivery.on_news()
    tasks.on_news()
    tasks.follow_copies(clock.now())
    notices.on_news()


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


@dataclass(kw_only=True)
class Scene:
    """A gateway on the site's own database; one provider, two consumers by table, one of them by interface too."""

    plane: Plane
    banner: Banner
    provider: NodeProcess
    consumer: NodeProcess
    second: NodeProcess
    office: Office
    resource_id: UUID = field(default_factory=uuid4)
    grants: dict[str, UUID] = field(default_factory=dict)

    def received(self, node: NodeProcess, grant: str) -> dict[str, str]:
        """Names by key in a consumer's table."""
        table = Flow.objects.get(grant_id=self.grants[grant]).exchange_table
        return dict(run(node.exchange, f'SELECT gx_key, name FROM received."{table}"'))

    def loaded(self, grant: str, rows: int) -> None:
        """Wait for the first load."""
        found = Flow.objects.filter(grant_id=self.grants[grant], rows_in_table=rows)
        settled(found.exists, f"the first load of {grant}")

    def call(self, *more: str, how: str = "lookup", purpose: str = "verification") -> tuple[int, Any, str]:
        """`gongxiang call` with the key of the consumer's node: its status, its answer, the name of its refusal."""
        words = [
            "call", how, "--config", str(self.consumer.config), "--grant", str(self.grants["interface"]), "--person",
            str(self.banner.consumer.clerk.id), "--purpose", purpose, "--matter", MATTER, "--key", f"id_number={SECRET[0]}",
        ]  # fmt: skip
        said, refused = io.StringIO(), io.StringIO()
        with redirect_stdout(said), redirect_stderr(refused):
            status = cli.main([*words, *more])
        return status, json.loads(said.getvalue() or "null"), refused.getvalue()

    def refused(self, code: str) -> str:
        """Ask without a purpose, which counts nothing, until the gateway refuses for this reason; its words."""
        return until(lambda: (said := self.call(purpose="")[2]).startswith(f"{code}: ") and said, words=code)


@pytest.fixture
def scene(site_database: databases.Database, tmp_path: Path) -> Iterator[Scene]:
    """Everything enrolled, nothing granted yet."""
    made = [databases.create_empty() for _ in range(4)]
    banner = make_banner(at=clock.now() - timedelta(hours=6))
    office = make_office("乌审旗医疗保障局", at=banner.at - timedelta(hours=4))
    make_agreement(office, at=banner.at - timedelta(hours=1))
    with running_plane(site_database, tmp_path) as plane:
        provider = NodeProcess(plane=plane, name="provider", folder=tmp_path / "p", source=made[0], exchange=made[1])
        consumer = NodeProcess(plane=plane, name="consumer", folder=tmp_path / "c", exchange=made[2])
        second = NodeProcess(plane=plane, name="second", folder=tmp_path / "s", exchange=made[3])
        scene = Scene(plane=plane, banner=banner, provider=provider, consumer=consumer, second=second, office=office)
        try:
            delivery.issue_lease(clock.now())
            run(
                provider.source,
                "CREATE TABLE person (id_number varchar(18) PRIMARY KEY, name varchar(50), phone varchar(20),"
                " township varchar(50), amount numeric(10,2), changed_on date)",
            )
            insert = "INSERT INTO person VALUES (%s, %s, %s, %s, 1, '2026-01-01')"
            run(provider.source, insert, SECRET[0], SECRET[1], SECRET[3], HERE)
            run(provider.source, insert, OTHER, "李四", None, HERE)
            for owner, node in ((banner.provider, provider), (banner.consumer, consumer), (office, second)):
                enrol(banner, owner, node)
            content = conditional_content(node_id=provider.node_id)
            interface = DistributionContent(kind="API", description="按公民身份号码查询、比对")
            content = replace(content, distributions=(*content.distributions, interface))
            scene.resource_id = make_published(banner=banner, content=content).id
            yield scene
        finally:
            for node in (provider, consumer, second):
                node.stop(signal.SIGKILL)
            drop_slots(made[0])
            for database in made:
                databases.drop(database)


def grant(scene: Scene, office: Office, *, mode: str = "table", **changes: Any) -> UUID:
    """A grant to this office by the whole procedure."""
    at = scene.banner.at
    request = make_request(banner=scene.banner, resource_id=scene.resource_id, consumer=office, at=at, mode=mode)
    answered = answer(request, banner=scene.banner, at=at + timedelta(hours=1), **changes)
    assert answered.grant_id is not None
    return answered.grant_id


def run(database: databases.Database | None, statement: str, *values: Any) -> list[Any]:
    assert database is not None
    with psycopg.connect(database.url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def bring(plane: Plane, ticket: str, value: Any = None) -> tuple[int, Any]:
    """What the browser does with a ticket."""
    connection = http.client.HTTPConnection("127.0.0.1", plane.port + 2, timeout=60)
    try:
        body = json.dumps(value).encode() if value is not None else None
        connection.request("POST", f"/x/v1/tickets/{ticket}", body=body)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def everything_the_site_holds(database: databases.Database) -> str:
    """Every row of every table of the site and of the one-way tables, as text; bytes as hexadecimal digits."""
    tables = run(
        database, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'link')"
    )
    return "\n".join(str(run(database, f'SELECT t::text FROM "{schema}"."{name}" t')) for schema, name in tables)


def told_of(person: Person, kind: str, number: str) -> bool:
    """Whether the person's inbox has a notice of this kind about the case."""
    return inbox(person).filter(kind=kind, title__icontains=number).exists()


@pytest.mark.article("wushen-2021-60:20", "wushen-2021-60:23", "cn-809:26.2", "wushen-2021-60:22.2", "cn-809:27.2")
def test_a_doubted_row_is_corrected_in_the_business_database_and_reaches_every_copy(
    scene: Scene, site_database: databases.Database, as_: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    give_grants(scene)
    row = doubt_a_row(scene)
    correct_at_the_source(scene, row)
    every_copy_has_it(scene, row)
    reference = a_call_meets_the_acts(scene, as_)
    a_call_is_doubted(scene, reference)
    the_grant_closes_and_ends(scene, as_)

    # And nothing of it stands where the platform keeps things.
    held = everything_the_site_holds(site_database) + caplog.text
    assert Correction.objects.get(pk=row.pk).claim_digest in held
    for secret in SECRET:
        assert secret not in held, secret
        assert secret.encode().hex() not in held, secret


def give_grants(scene: Scene) -> None:
    """Two tables and an interface carry the name; one table does not, and one that did is over."""
    banner, made = scene.banner, scene.grants
    pump()
    made["table"] = grant(scene, banner.consumer)
    made["narrower"] = grant(scene, scene.office, elements=("name", "township"), masks=LAST_SIGN)
    plain = {"elements": ("id_number", "name"), "masks": {}, "volume": Volume(calls_per_day=3)}
    made["interface"] = grant(scene, banner.consumer, mode="api", **plain)
    handlers.name_handler(
        grant_id=made["interface"],
        person_id=banner.consumer.clerk.id,
        duty="窗口登记核对",
        by=banner.consumer.officer,
        at=clock.now(),
    )
    make_agreement(banner.stranger, at=banner.at - timedelta(minutes=30))
    made["elsewhere"] = grant(scene, banner.stranger, elements=("township",), masks={})
    former = make_office("乌审旗教育体育局", at=banner.at - timedelta(hours=4))
    make_agreement(former, at=banner.at - timedelta(minutes=20))
    made["over"] = grant(scene, former)
    grant_acts.end_grant(
        grant_id=made["over"], reason="purpose_met", statement="核验工作已办结", by=former.officer, at=clock.now()
    )
    scene.loaded("table", 2)
    scene.loaded("narrower", 2)
    until(lambda: scene.call(purpose="")[2].startswith("purpose_missing"), words="the grant by interface")


def doubt_a_row(scene: Scene) -> Correction:
    """From a delivered row; key and values go to the gateway, once a ticket; nobody else's element, nothing without a key."""
    banner, plane, clerk = scene.banner, scene.plane, scene.banner.consumer.clerk
    gx_key = next(key for key, name in scene.received(scene.consumer, "table").items() if name == SECRET[1])
    row = actions.report_correction(
        grant_id=scene.grants["table"], kind=states.ERROR, origin=states.ROW, elements=["name"],
        description="姓名与证件不一致", by=clerk, at=clock.now(),
    )  # fmt: skip
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
    # As it lies at the gateway, it is sealed.
    kept = str(run(plane.database, "SELECT encode(sealed, 'escape') FROM exchange.claims"))
    assert not [secret for secret in SECRET if secret in kept]

    # The provider reads it there and finds its own row behind the pseudonym.
    reading = tickets.ask_to_read(correction_id=row.pk, by=banner.provider.reviewer, at=clock.now())
    status, shown = bring(plane, reading)
    assert (status, shown["believed"], shown["words"]) == (200, {"name": SECRET[2]}, SECRET[4])
    at_grant = ("find", "--grant", str(scene.grants["table"]), "--key")
    found = scene.provider.command(*at_grant, f"gx_key={gx_key}")
    assert found.stdout.strip() == f"public.person: id_number = {SECRET[0]}", found.stderr
    assert scene.provider.command(*at_grant, "gx_key=00").returncode == 1
    assert "key_unfit" in scene.provider.command(*at_grant, "name=x").stderr
    return row


def correct_at_the_source(scene: Scene, row: Correction) -> None:
    """Another row's change proves nothing; the verdict alone does not either; the row's own change does."""
    source, banner = scene.provider.source, scene.banner
    run(source, "UPDATE person SET name = '李四四' WHERE id_number = %s", OTHER)
    settled(lambda: "李四四" in scene.received(scene.consumer, "table").values(), "the other row's change")
    actions.give_verdict(
        correction_id=row.pk, outcome=states.AS_BELIEVED, text="已在业务系统更正", by=banner.provider.officer, at=clock.now()
    )
    pump()
    assert Correction.objects.get(pk=row.pk).sealed_seq is None
    # Everybody who holds the name is told, by table or by interface; who does not hold it, or not any more, is not.
    copies = {copy.grant_id: copy.reached for copy in CorrectedCopy.objects.filter(correction_id=row.pk)}
    carrying = {scene.grants[name]: "WAITING" for name in ("table", "narrower", "interface")}
    assert copies == carrying
    former = Flow.objects.get(grant_id=scene.grants["over"]).consumer_id
    desk = parties.people_with(Role.CLERK)
    untold = next(parties.actor_of(one.id, clock.now()) for one in desk if one.department_id == former)
    people = (banner.consumer.clerk, scene.office.clerk, banner.stranger.clerk, untold)
    settled(lambda: told_of(people[0], "correction:corrected", row.number), "the notice")
    assert [told_of(one, "correction:corrected", row.number) for one in people] == [True, True, False, False]
    run(source, "UPDATE person SET name = %s WHERE id_number = %s", SECRET[2], SECRET[0])
    settled(lambda: Correction.objects.get(pk=row.pk).status == states.ARRIVED, "the arrival")


def every_copy_has_it(scene: Scene, row: Correction) -> None:
    """In both tables, through the mask of the narrower one, and in the answer of the interface."""
    done = Correction.objects.get(pk=row.pk)
    assert SECRET[2] in scene.received(scene.consumer, "table").values()
    assert sorted(scene.received(scene.second, "narrower").values()) == ["**四", f"**{SECRET[2][-1]}"]
    status, answered, _refusal = scene.call()
    assert (status, answered["records"]) == (0, [{"id_number": SECRET[0], "name": SECRET[2]}])
    copies = CorrectedCopy.objects.filter(correction_id=row.pk)
    assert {copy.reached for copy in copies} == {"ARRIVED"}
    assert all(copy.arrived_seq >= done.sealed_seq for copy in copies)
    kinds = [one.kind for one in evidence.trail_of(f"correction:{row.pk}", by=scene.banner.auditor)]
    expected = {"claim_deposited", "row_sealed", "row_answered", "copy_reached"}
    assert {f"correction:{name}" for name in expected} | {"data:claim_read"} <= set(kinds)
    assert (kinds[-1], kinds.count("correction:copy_reached")) == ("correction:arrived", 3)
    assert queries.same_row(done, actor=scene.banner.consumer.clerk) == []
    # The case is over, and with it what lay at the gateway.
    until(lambda: not run(scene.plane.database, "SELECT 1 FROM exchange.claims"), words="the claim is removed")
    with pytest.raises(ClaimRemoved):
        tickets.ask_to_read(correction_id=row.pk, by=scene.banner.provider.reviewer, at=clock.now())


def a_call_meets_the_acts(scene: Scene, as_: Callable[..., Client]) -> str:
    """The call is a line of use and stands on the page, with the way to a doubt; its reference."""
    grant_id, clerk = scene.grants["interface"], scene.banner.consumer.clerk
    settled(lambda: calls.calls_of(grant_id, actor=clerk).exists(), "the record of the call")
    (call,) = [calls.view_of(one) for one in calls.calls_of(grant_id, actor=clerk)]
    assert (call.channel, call.person, call.purpose, call.matter, call.rows) == (
        "lookup", str(clerk.id), "verification", MATTER, 1,
    )  # fmt: skip
    used = queries_use.use_totals([grant_id])[grant_id]
    assert (used.calls, used.rows) == (1, 1)
    (provision,) = queries_use.cases_of(grant_id, actor=clerk)["provision"]
    assert (provision.status, provision.measured_by) == ("PROVIDED", "call")
    shown = as_(clerk).get(reverse("use:calls", args=[grant_id])).content.decode()
    assert MATTER in shown
    assert f"origin=CALL&amp;call={call.id}" in shown
    assert SECRET[2] not in shown
    return call.id


def a_call_is_doubted(scene: Scene, reference: str) -> None:
    """By its reference alone; the provider refutes it, the consumer accepts."""
    clerk, grant_id = scene.banner.consumer.clerk, scene.grants["interface"]
    doubt: dict[str, Any] = {
        "grant_id": grant_id, "kind": states.DOUBT, "origin": states.CALL, "elements": ["name"],
        "description": "查询结果与申请人所述不同", "by": clerk, "at": clock.now(),
    }  # fmt: skip
    with pytest.raises(CallUnknown):
        actions.report_correction(**doubt, call_id=str(uuid4()))
    row = actions.report_correction(**doubt, call_id=reference)
    actions.give_verdict(
        correction_id=row.pk, outcome=states.REFUSED, text="与登记档案一致", by=scene.banner.provider.officer, at=clock.now()
    )
    actions.accept_verdict(correction_id=row.pk, by=clerk, at=clock.now())
    assert Correction.objects.get(pk=row.pk).status == states.CLOSED


def the_grant_closes_and_ends(scene: Scene, as_: Callable[..., Client]) -> None:
    """Suspended on the site: the next call is refused with words; resumed: answered; used up: refused; ended: disposal."""
    banner, grant_id = scene.banner, scene.grants["interface"]
    officer = banner.provider.officer
    grant_acts.suspend_grant(grant_id=grant_id, reason="source_fault", statement="业务库正在核对", by=officer, at=clock.now())
    assert "until it is resumed" in scene.refused("grant_suspended")
    assert scene.call()[0] == 2
    grant_acts.resume_grant(grant_id=grant_id, statement="业务库已核对完毕", by=officer, at=clock.now())
    settled(lambda: scene.call(purpose="")[2].startswith("purpose_missing"), "the order that opens it again")
    assert scene.call("--value", f"name={SECRET[2]}", how="match")[1]["equal"]
    assert scene.call("--value", "name=李四", how="match")[0] == 1
    spent = scene.call()
    assert (spent[0], spent[2].split(":")[0]) == (2, "volume_spent")
    refused = settled(lambda: RefusedAttempt.objects.filter(grant_id=grant_id, code="volume_spent").first(), "the refusal")
    assert SECRET[0] not in refused.detail
    grant_acts.end_grant(
        grant_id=grant_id, reason="purpose_met", statement="窗口核对工作已结束", by=banner.consumer.officer, at=clock.now()
    )
    assert scene.refused("grant_ended")
    waiting = [
        one for one in todos(banner.consumer.officer, clock.now()) if one.url == reverse("grants:dispose", args=[grant_id])
    ]
    assert waiting
    assert as_(banner.consumer.officer).get(waiting[0].url).status_code == 200
