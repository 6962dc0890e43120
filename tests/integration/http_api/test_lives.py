"""Whole lives through the interface alone: each act by whom it belongs to, and refused to whom it does not."""

from datetime import timedelta

import pytest

from gongxiang.law.deadlines import beijing_date
from gongxiang.protocol import clock
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant
from tests.support.api import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner(at=clock.now())


@pytest.mark.article("wushen-2021-60:4(2)", "cn-809:20.1")
def test_a_demand_from_its_statement_to_its_end(banner: Banner) -> None:
    clerk, reviewer, officer = (
        Caller(banner.consumer.clerk), Caller(banner.provider.reviewer), Caller(banner.authority_officer),
    )  # fmt: skip
    stranger = Caller(banner.stranger.reviewer)
    made = clerk.ok("post", "/demands", {"title": "殡葬信息", "items": ["死亡日期"], "duty": "社会保险待遇核查"})
    at = f"/demands/{made['id']}"
    assert (made["status"], made["turn"]) == ("STATED", "authority")
    assert officer.acts(at) == {"assign_demand": True, "answer_demand": True}
    assert clerk.acts(at) == {"contest_demand": False, "close_demand": False, "withdraw_demand": True}

    for body, code in (({}, "fields_wrong"), ({"provider_id": "x"}, "fields_wrong"), ({"unknown": 1}, "fields_wrong")):
        assert officer.refused("post", f"{at}/assign", body) == (422, code)
    provider = {"provider_id": str(banner.provider.id), "note": "民政业务"}
    assert clerk.refused("post", f"{at}/assign", provider) == (403, "not_permitted")
    assert officer.refused("post", f"{at}/assign", {"provider_id": str(banner.consumer.id)}) == (409, "own_data")
    assert officer.ok("post", f"{at}/assign", provider)["turn"] == "provider"
    assert officer.refused("post", f"{at}/assign", provider) == (409, "wrong_state")

    assert stranger.refused("post", f"{at}/hand-back", {"reason": "此项数据不归我局管"})[0] == 403
    assert reviewer.ok("post", f"{at}/hand-back", {"reason": "此项数据不归我局管"})["status"] == "STATED"
    officer.ok("post", f"{at}/assign", provider)
    absent = {"outcome": "DOES_NOT_EXIST", "text": "没有此项数据。"}
    assert reviewer.refused("post", f"{at}/answer", absent)[1] == "not_your_answer"
    assert reviewer.refused("post", f"{at}/answer", {**absent, "outcome": "MAYBE"}) == (422, "fields_wrong")
    later = {"outcome": "WILL_BE_COMPILED", "text": "明年年初编目。", "planned_on": "2099-01-01"}
    assert reviewer.refused("post", f"{at}/answer", later) == (409, "plan_missing")
    later["planned_on"] = (beijing_date(clock.now()) + timedelta(days=60)).isoformat()
    assert reviewer.ok("post", f"{at}/answer", later)["planned_on"] == later["planned_on"]
    assert clerk.ok("post", f"{at}/contest", {"reason": "时间太晚，等不及"})["turn"] == "authority"
    officer.ok("post", f"{at}/assign", provider)
    reviewer.ok("post", f"{at}/answer", later)
    assert clerk.ok("post", f"{at}/close")["status"] == "CLOSED"
    assert clerk.refused("post", f"{at}/withdraw", {"reason": "业务已不再需要"}) == (409, "wrong_state")
    assert [one["id"] for one in clerk.ok("get", "/demands?box=mine&sort=name&outcome=WILL_BE_COMPILED")["demands"]] == [
        made["id"]
    ]


@pytest.mark.article("wushen-2021-60:8")
def test_a_project_from_the_register_to_its_certificate(banner: Banner) -> None:
    clerk, officer, stranger = Caller(banner.provider.clerk), Caller(banner.provider.officer), Caller(banner.stranger.clerk)
    authority = Caller(banner.authority_officer)
    fields = {
        "name": "智慧救助一体化平台", "kind": "NEW", "purpose": "整合救助业务。", "approving_body": "乌审旗发展和改革委员会",
        "contact": "信息股 张某", "telephone": "0477-0000000", "planned_start": "2026-11-16", "planned_end": "2027-06-30",
    }  # fmt: skip
    assert authority.refused("post", "/projects", {"fields": fields}) == (403, "not_permitted")
    assert clerk.refused("post", "/projects", {"fields": {**fields, "kind": "X"}}) == (422, "fields_wrong")
    made = clerk.ok("post", "/projects", {"fields": fields})
    at = f"/projects/{made['id']}"
    assert (made["status"], made["turn"]) == ("REGISTERED", "department")
    assert stranger.refused("get", at)[0] == 404
    assert stranger.refused("post", f"{at}/present")[0] == 404
    saved = clerk.ok("put", at, {"fields": {**fields, "purpose": "整合全旗救助业务。"}, "seen": made["revision"]})
    assert saved["purpose"] == "整合全旗救助业务。"
    assert clerk.refused("put", at, {"fields": fields, "seen": made["revision"]})[0] == 409, "somebody saved meanwhile"

    planned = {
        "name": "救助家庭走访记录", "summary": "社区工作人员走访救助家庭的记录。", "source_kind": "COLLECTED",
        "subject_kind": "NATURAL_PERSON", "collects": "由社区工作人员走访时填写。",
        "elements": [{"name": "走访编号", "type": "C"}, {"name": "走访结论", "type": "C"}],
    }  # fmt: skip
    seen = clerk.ok("get", f"{at}/work")["catalogue_revision"]
    work = clerk.ok("post", f"{at}/entries", {"planned": planned, "seen": seen})
    assert [one["planned"]["name"] for one in work["entries"]] == ["救助家庭走访记录"]
    assert clerk.ok("post", f"{at}/present")["status"] == "PRESENTED"
    assert clerk.refused("post", f"{at}/consent") == (403, "not_permitted")
    assert officer.acts(at)["consent_to_project_catalogue"]
    assert officer.ok("post", f"{at}/consent")["status"] == "CONSENTED"
    assert clerk.ok("post", f"{at}/submit")["turn"] == "authority"
    remarks = [{"field": "", "text": "请补充采集依据。"}]
    assert authority.ok("post", f"{at}/return", {"remarks": remarks})["remarks"][0]["text"] == "请补充采集依据。"
    clerk.ok("post", f"{at}/present")
    officer.ok("post", f"{at}/consent")
    clerk.ok("post", f"{at}/submit")
    assert authority.ok("post", f"{at}/pass", {"opinion": "目录完整。"})["status"] == "PASSED"
    assert [one["kind"] for one in clerk.ok("get", f"{at}/work")["certificates"]] == ["APPROVAL"]
    assert officer.ok("post", f"{at}/cancel", {"reason": "项目并入旗一体化平台。"})["status"] == "CANCELLED"


def test_what_is_ones_own_is_nobody_elses(banner: Banner) -> None:
    clerk, other = Caller(banner.consumer.clerk), Caller(banner.provider.clerk)
    kept = clerk.ok("post", "/saved-searches", {"name": "婚姻登记", "query": "q=婚姻", "notify": True})
    at = f"/saved-searches/{kept['id']}"
    assert clerk.refused("post", "/saved-searches", {"name": "婚姻登记", "query": "q=婚姻"})[1] == "search_name_taken"
    for method, body in (("patch", {"notify": False}), ("delete", None)):
        assert other.refused(method, at, body)[0] == 404
    assert clerk.ok("patch", at, {"notify": False})["notify"] is False
    assert clerk.ok("delete", at) == {"done": True}
    assert clerk.ok("get", "/saved-searches") == {"saved_searches": []}

    officer = Caller(banner.authority_officer)
    clerk.ok("post", "/demands", {"title": "殡葬信息", "items": ["死亡日期"], "duty": "社会保险待遇核查"})
    assert officer.ok("get", "/notices?sort=old")["page"] == 1
    assert officer.ok("post", "/notices/read") == {"read": 0}
    assert officer.ok("put", "/notices/settings", {"muted": ["demand"]})["muted"] == ["demand"]


def test_a_matter_is_registered_and_its_form_held_against_the_platform(banner: Banner) -> None:
    clerk, other = Caller(banner.consumer.clerk), Caller(banner.provider.clerk)
    sent = {"department_id": str(banner.consumer.id), "name": "养老金领取资格核查", "code": "SB-01"}
    assert other.refused("post", "/matters", sent)[0] == 403
    matter = clerk.ok("post", "/matters", sent)
    at = f"/matters/{matter['id']}"
    state = clerk.ok("post", f"{at}/items", {"names": ["死亡日期"]})
    assert [one["name"] for one in state["items"]] == ["死亡日期"]
    assert other.refused("post", f"{at}/items", {"names": ["死亡日期"]})[0] == 403
    assert clerk.ok("post", f"{at}/end")["ended_at"]


@pytest.mark.article("wushen-2021-60:22.1")
def test_a_grant_is_read_asked_about_inspected_and_suspended_in_person_only(banner: Banner) -> None:
    resource = make_conditional(banner=banner, at=banner.at)
    grant = make_grant(banner=banner, resource_id=resource.id, at=banner.at)
    giver, taker = Caller(banner.provider.officer), Caller(banner.consumer.officer)
    stranger = Caller(banner.stranger.officer)
    assert [one["id"] for one in taker.ok("get", "/grants?sort=until")["grants"]] == [str(grant)]
    assert stranger.ok("get", "/grants")["total"] == 0
    assert stranger.refused("get", f"/grants/{grant}")[0] == 404
    body = {"reason": "security", "statement": "发现超范围使用的迹象。"}
    assert giver.refused("post", f"/grants/{grant}/suspend", body) == (403, "needs_second_factor")
    today = beijing_date(clock.now()).isoformat()
    sent = {"grant_id": str(grant), "scope": "使用登记与存储", "inspected_on": today}
    assert stranger("post", "/inspections", sent)[0] in (403, 404)
    made = giver.ok("post", "/inspections", sent)
    assert taker.ok("get", f"/inspections/{made['id']}")["grant"]["id"] == str(grant)
    assert stranger.refused("get", f"/inspections/{made['id']}")[0] == 404
    assert taker.acts(f"/inspections/{made['id']}")["reply_to_inspection"] is False
    assert giver.refused("post", "/inspections", {**sent, "inspected_on": "2026-13-40"}) == (422, "fields_wrong")


@pytest.mark.article("wushen-2021-60:17")
def test_an_exchange_outside_the_platform_is_declared_confirmed_and_planned(banner: Banner) -> None:
    clerk, officer, authority = (
        Caller(banner.provider.clerk), Caller(banner.provider.officer), Caller(banner.authority_officer),
    )  # fmt: skip
    sent = {
        "provider_id": str(banner.provider.id), "consumer_id": str(banner.consumer.id), "title": "低保名单纸质交换",
        "kind": "paper", "items": ["低保名单"], "basis": "联席会议纪要", "frequency": "MONTHLY",
    }  # fmt: skip
    made = clerk.ok("post", "/outside-channels", sent)
    at = f"/outside-channels/{made['id']}"
    assert authority.acts(at)["confirm_channel"]
    assert clerk.refused("post", f"{at}/confirm") == (403, "not_permitted")
    authority.ok("post", f"{at}/confirm")
    later = (beijing_date(clock.now()) + timedelta(days=30)).isoformat()
    assert officer.refused("post", f"{at}/plan", {"steps": []}) == (422, "fields_wrong")
    planned = officer.ok("post", f"{at}/plan", {"steps": [{"day": later, "step": "编目并挂接"}]})
    assert planned["plan_until"] == later
