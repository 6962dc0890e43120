"""What people keep beside their cases: letters to superiors, messages, reports to the city, alarms, tables, systems, mail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import talking
from gongxiang.platform.delivery import intake
from gongxiang.platform.delivery.intake import raise_alarm
from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock, messages
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import make_node, make_request
from tests.support.calling import bearer, own_token

pytestmark = pytest.mark.django_db
LETTER: dict[str, Any] = {
    "superior": "内蒙古自治区民政厅", "level": "REGIONAL", "system_name": "全区社会救助信息系统", "title": "低保对象信息",
    "items": ["姓名", "救助金额"], "reason": "《社会救助暂行办法》规定的复核需要本旗数据。", "frequency": "MONTHLY",
}  # fmt: skip


@pytest.fixture
def banner():
    return make_banner(at=clock.now() - timedelta(days=2))


def call(person, method, address, sent=None):
    how = getattr(Client(), method.lower())
    named = {} if method == "GET" else {"data": sent, "content_type": "application/json"}
    return how(f"/api/v1/{address}", **named, **bearer(own_token(person, *Scope)))


def possible(person, address):
    return {one["operation"]: one["possible"] for one in call(person, "GET", f"{address}/acts").json()["acts"]}


@pytest.mark.article("wushen-2021-60:21(3)")
def test_a_letter_to_the_superior_is_changed_issued_and_discarded(banner):
    office = banner.provider
    made = call(office.clerk, "POST", "superior-requests", LETTER)
    address = f"superior-requests/{made.json()['id']}"
    assert possible(office.clerk, address)["save_superior_request"]
    assert call(banner.stranger.clerk, "PUT", address, LETTER).status_code == 404
    assert call(office.clerk, "PUT", address, {**LETTER, "items": []}).status_code == 409
    assert call(office.clerk, "PUT", address, {**LETTER, "items": ["救助金额"], "status": "SENT"}).status_code == 422
    assert call(office.clerk, "PUT", address, {**LETTER, "items": ["救助金额"]}).json()["items"] == ["救助金额"]
    assert call(office.officer, "POST", f"{address}/issue").json()["status"] == "ISSUED"
    assert call(office.clerk, "PUT", address, LETTER).json()["error"]["code"] == "wrong_state"
    assert "discard_superior_request" not in possible(office.clerk, address), "what was issued the officer discards"
    assert call(office.clerk, "POST", f"{address}/discard").status_code == 403
    assert possible(office.officer, address) | {"discard_superior_request": True} == possible(office.officer, address)
    assert call(office.officer, "POST", f"{address}/discard").json()["status"] == "DISCARDED"


@pytest.mark.article("cn-809:20")
def test_messages_wait_until_their_reader_says_so(banner):
    resource = make_published(banner=banner, content=conditional_content())
    asked = make_request(banner=banner, resource_id=resource.id)
    reader = banner.consumer.clerk
    talking.send_message(access_request_id=asked.pk, text="需要哪一年的数据？", by=banner.provider.reviewer, at=clock.now())
    address = f"requests/{asked.pk}/messages"
    assert [one["unread"] for one in call(reader, "GET", address).json()["messages"]] == [True]
    assert call(banner.stranger.clerk, "POST", f"{address}/read").status_code == 404
    assert possible(reader, f"requests/{asked.pk}")["read_request_messages"]
    assert call(reader, "POST", f"{address}/read").json()["id"] == str(asked.pk)
    assert [one["unread"] for one in call(reader, "GET", address).json()["messages"]] == [False]


@pytest.mark.article("wushen-2021-60:7", "wushen-2021-60:11")
def test_the_city_is_told_and_answers(banner):
    entry = make_published(banner=banner)
    officer = banner.authority_officer
    due = call(officer, "GET", "city-changes").json()
    assert [(one["resource_id"], one["change"]) for one in due["changes"]] == [(str(entry.id), "NEW")]
    sent = {"number": "乌政数〔2026〕1号", "reported_on": beijing_date(clock.now()).isoformat(), "seen": due["seen"]}
    for person in (banner.provider.clerk, banner.authority_leader):
        assert call(person, "POST", "city-reports", sent).status_code == 403
    assert call(officer, "POST", "city-reports", {**sent, "seen": "0" * 32}).status_code == 409
    report = call(officer, "POST", "city-reports", sent).json()
    assert ([one["code"] for one in report["changes"]], report["receipt"]) == ([entry.code], None)
    assert call(banner.auditor, "GET", "city-changes").json()["total"] == 0
    answer = {"outcome": "RETURNED", "received_on": sent["reported_on"]}
    address = f"city-reports/{report['id']}/receipt"
    assert call(officer, "POST", address, answer).status_code == 409, "what is returned says why"
    told = call(officer, "POST", address, {**answer, "note": "缺少附件"}).json()
    assert told["receipt"]["outcome"] == "RETURNED"
    assert call(officer, "POST", address, {**answer, "note": "缺少附件"}).status_code == 409, "the city answers once"
    assert call(officer, "GET", "city-changes").json()["total"] == 1, "what was returned is reported anew"
    (listed,) = call(banner.auditor, "GET", "city-reports").json()["city_reports"]
    assert listed == {name: value for name, value in told.items() if name != "changes"}
    assert call(banner.provider.clerk, "GET", f"city-reports/{report['id']}").status_code == 403


@pytest.mark.article("wushen-2021-60:12(2)")
def test_an_alarm_is_closed_with_what_was_done(banner):
    node = make_node(banner=banner, office=banner.provider)
    alarm = raise_alarm(code="node_silent", node_id=node.pk, resource_id=None, detail="silent", at=clock.now())
    address, operator = f"alarms/{alarm.pk}/close", banner.provider.node_operator
    said = {"statement": "已重启前置机。"}
    assert call(banner.provider.clerk, "POST", address, said).status_code == 403
    assert call(banner.consumer.node_operator, "POST", address, said).status_code == 404
    assert call(operator, "POST", address, {"statement": " "}).status_code == 409
    assert call(operator, "POST", address, said).json()["closed_by"] == operator.name
    assert call(operator, "GET", "alarms?open=true").json()["alarms"] == []


@pytest.mark.article("wushen-2021-60:19(1)")
def test_a_machine_is_asked_what_a_table_looks_like(banner):
    node = make_node(banner=banner, office=banner.provider)
    address, sent = f"nodes/{node.pk}/table-checks", {"table": "public.person"}
    assert call(banner.consumer.clerk, "POST", address, sent).status_code in (403, 404)
    made = call(banner.provider.clerk, "POST", address, sent)
    assert made.status_code == 201, made.content
    assert call(banner.provider.clerk, "GET", f"table-checks/{made.json()['id']}").json() == made.json()
    assert call(banner.provider.clerk, "POST", address, {"table": "a; drop"}).status_code == 409
    column = messages.DescribedColumn(
        column="id_card", source_type="text", comment="", nullable=False, key=True, type="string", refusal=""
    )
    told = messages.TableDescribed(
        request_id=UUID(made.json()["id"]), node_id=node.pk, table="public.person", columns=(column,), rows=7, problem="",
        at=clock.now(),
    )  # fmt: skip
    intake.take(told, at=clock.now())
    at = f"table-checks/{made.json()['id']}"
    for person in (banner.provider.clerk, banner.authority_officer):
        assert [one["column"] for one in call(person, "GET", at).json()["columns"]] == ["id_card"]
    assert call(banner.auditor, "GET", at).json()["columns"] == [], "names of a source are the department's and the authority's"


@pytest.mark.article("wushen-2021-60:12")
def test_a_system_has_a_day_for_its_move_to_the_extranet(banner):
    office, today = banner.provider, beijing_date(clock.now())
    entered = {"department_id": str(office.id), "name": "婚姻登记系统", "tier": "own", "network": "internet"}
    made = call(office.clerk, "POST", "systems", entered).json()
    address = f"systems/{made['id']}/plan"
    assert call(office.clerk, "PUT", address, {"network": "internet"}).status_code == 409, "by which day?"
    plan = {"network": "internet", "extranet_by": (today + timedelta(days=30)).isoformat()}
    assert call(banner.consumer.clerk, "PUT", address, plan).status_code == 403
    assert call(office.clerk, "PUT", address, plan).json()["extranet_by"] == plan["extranet_by"]
    assert call(office.clerk, "PUT", address, {"network": "extranet"}).json()["extranet_by"] is None


def test_letters_by_mail_are_asked_for_and_stopped(banner):
    clerk, address = banner.provider.clerk, "notices/settings/mail"
    assert call(clerk, "PUT", address, {"asked": True, "address": "not one"}).status_code == 409
    wanted = {"asked": True, "address": "clerk@example.org", "rhythm": "immediate"}
    told = call(clerk, "PUT", address, wanted).json()
    assert (told["mail"], told["mail_asked"], told["rhythm"]) == ("clerk@example.org", True, "immediate")
    assert call(clerk, "GET", "notices/settings").json() == told
    assert not call(clerk, "PUT", address, {"asked": False}).json()["mail_asked"]
