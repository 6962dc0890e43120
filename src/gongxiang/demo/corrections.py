"""The demo's doubts: one corrected and arrived, one refuted and contested, one overdue, one before the provider."""

import http.client
import json
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import DemoStuck, Notes, TimeTravel, wait_for
from gongxiang.machine.home import Home
from gongxiang.platform.corrections import actions, complaints, queries, states, tickets
from gongxiang.platform.kernel.actors import Actor
from gongxiang.protocol import clock

#: The gateway's door for people, beside the front door's port.
_DOOR = 2


def have_doubts(home: Home, notes: Notes, travel: TimeTravel, banner: Banner, granted: dict[str, UUID]) -> None:
    """An error that is corrected in the business database and flows out again; a refutation; one nobody answers."""
    provider, clerk = banner.offices["minzheng"], banner.offices["shijian"].clerk
    travel.pass_minutes(10)
    wrong = _report(granted["tkry"], states.ERROR, ["znl"], "自理能力登记与本人实际情况不符，请核实。", clerk)
    actions.note_usage(correction_id=wrong, usage="ON_PROOF", note="已按本人证明材料办理。", by=clerk, at=clock.now())
    _have_corrected(home, notes, wrong, provider.reviewer, clerk)
    refuted = _report(granted["xzqh"], states.DOUBT, ["name"], "一处嘎查村名称与民政地名公告写法不同。", clerk)
    actions.give_verdict(
        correction_id=refuted, outcome=states.REFUSED, text="以国家统计用区划代码名称为准，登记无误。", by=provider.officer,
        at=clock.now(),
    )  # fmt: skip
    actions.object_to_verdict(
        correction_id=refuted, reason="地名公告在后，应以公告为准，请主管部门协调。", by=clerk, at=clock.now()
    )
    _report(granted["tkry"], states.DOUBT, ["gyfs"], "供养方式与敬老院名册不一致，请核实。", clerk)


def leave_doubts_waiting(travel: TimeTravel, banner: Banner, granted: dict[str, UUID]) -> None:
    """One before the provider; its matter goes on as usual, and a counter that refused is complained of."""
    travel.pass_minutes(5)
    consumer = banner.offices["shijian"]
    key: dict[str, Any] = {
        "correction_id": _report(
            granted["tkry"], states.DOUBT, ["xm"], "姓名用字与身份证不一致，疑为录入错误。", consumer.clerk
        ),
        "by": consumer.clerk,
        "at": clock.now(),
    }
    complaints.keep_serving(proof_kind="identity", matter_number="SJ-2026-000318", **key)
    complaints.record_complaint(
        department_id=consumer.department.id, matter_number="SJ-2026-000319",
        statement="登记窗口要求当事人先到民政部门更正姓名，未照常办理。", **key,
    )  # fmt: skip


def _report(grant_id: UUID, kind: str, elements: list[str], text: str, by: Actor) -> UUID:
    made = actions.report_correction(
        grant_id=grant_id, kind=kind, origin=states.ROW, elements=elements, description=text, by=by, at=clock.now()
    )
    return made.pk


def _have_corrected(home: Home, notes: Notes, correction_id: UUID, reviewer: Actor, clerk: Actor) -> None:
    """Key and values go to the gateway as a browser takes them there; the bureau corrects its own table; the rest happens."""
    dsn = notes.kept["dsn"]["minzheng"]["source"]
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(
            "SELECT rybh, znl, (SELECT min(o.znl) FROM minzheng.tkry o WHERE o.znl <> t.znl) FROM minzheng.tkry t"
            " WHERE zyx AND szsm = '嘎鲁图镇' ORDER BY rybh LIMIT 1"
        ).fetchone()
        assert row is not None
        number, present, believed = row
        claim = {"key": {"rybh": number}, "present": {"znl": present}, "believed": {"znl": believed}, "words": "窗口核对原件。"}
        _deposit(home, tickets.ask_to_deposit(correction_id=correction_id, by=clerk, at=clock.now()), claim)
        wait_for("the deposit of a claim", partial(_is_claimed, correction_id, clerk))
        connection.execute("UPDATE minzheng.tkry SET znl = %s, gxsj = now() WHERE rybh = %s", (believed, number))
    actions.give_verdict(
        correction_id=correction_id, outcome=states.AS_BELIEVED, text="经核查评估档案属录入错误，已在业务系统更正。",
        by=reviewer, at=clock.now(),
    )  # fmt: skip


def _is_claimed(correction_id: UUID, by: Actor) -> bool:
    return queries.get_correction(correction_id, actor=by).claim_at is not None


def _deposit(home: Home, ticket: str, claim: dict[str, Any]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", home.port + _DOOR, timeout=10)
    try:
        connection.request("POST", f"/x/v1/tickets/{ticket}", body=json.dumps(claim).encode("utf-8"))
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise DemoStuck(f"the gateway did not take a claim: {said.decode('utf-8', 'replace')[:200]}")
    finally:
        connection.close()
