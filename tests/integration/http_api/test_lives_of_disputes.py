"""Procedures between departments through the interface alone: each act by whom it belongs to, refused to somebody else."""

from datetime import timedelta

import pytest

from gongxiang.law.deadlines import beijing_date
from gongxiang.protocol import clock
from tests.factories import corrections
from tests.factories.catalogue import make_conditional
from tests.factories.disputes import ABSENT, plan_fields, refused_request
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant
from tests.support.api import Caller
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
TEXT = "经核实，情况属实，理由如上。"


@pytest.fixture
def banner() -> Banner:
    return make_banner(at=clock.now())


@pytest.mark.article("wushen-2021-60:21(2)", "cn-809:28")
def test_a_dispute_from_its_opening_to_the_government(banner: Banner) -> None:
    resource = make_conditional(banner=banner, at=banner.at)
    request = refused_request(banner, resource.id)
    consumer, provider, stranger = (
        Caller(office.officer) for office in (banner.consumer, banner.provider, banner.stranger)
    )  # fmt: skip
    handler, leader = Caller(banner.authority_officer), Caller(banner.authority_leader)
    opened = {"access_request_id": str(request.pk), "grounds": "法定职责需要核验经营者身份。"}
    assert provider.refused("post", "/disputes", opened) == (403, "not_permitted")
    made = consumer.ok("post", "/disputes", opened)
    at = f"/disputes/{made['id']}"
    assert (made["status"], stranger.refused("get", at)[0]) == ("CONSULTING", 404)
    assert consumer.acts(at)["answer_opinion"] is False
    asked = {"statement": "对信息项范围未能一致。"}
    assert handler.refused("post", f"/requests/{request.pk}/mediation", asked) == (403, "not_permitted")
    consumer.ok("post", f"/requests/{request.pk}/mediation", asked)
    hearing = {"handler_id": str(banner.authority_officer.id)}
    assert consumer.refused("post", f"{at}/hearing", hearing) == (403, "not_permitted")
    assert handler.ok("post", f"{at}/hearing", hearing)["status"] == "HEARING"
    assert leader.refused("post", f"{at}/statement", {"text": TEXT}) == (403, "not_permitted")
    for side in (consumer, provider):
        assert side.acts(at)["make_statement"]
        side.ok("post", f"{at}/statement", {"text": TEXT})
    assert consumer.ok("get", at)["status"] == "HEARD"
    # The opinion's terms are written on its page; until it is given, nothing can be answered.
    assert leader.acts(at)["give_opinion"] is False
    assert leader.refused("post", f"{at}/opinion/give") == (409, "opinion_missing")
    letter = {"to": "鄂尔多斯市数据局", "letter": "乌政数函〔2026〕3号", "reason": "提供部门为垂直管理单位。"}
    assert handler.refused("post", f"{at}/refer", letter) == (403, "not_permitted")
    assert leader.ok("post", f"{at}/refer", letter)["status"] == "REFERRED"
    assert provider.refused("post", f"{at}/withdraw", {"reason": "不再需要。"}) == (403, "not_permitted")
    assert consumer.ok("post", f"{at}/withdraw", {"reason": "不再需要。"})["ended_at"]


@pytest.mark.article("wushen-2021-60:21(2)", "wushen-2021-60:22.5")
def test_what_does_not_exist_becomes_a_collection_plan(banner: Banner) -> None:
    resource = make_conditional(banner=banner, at=banner.at)
    request = refused_request(banner, resource.id, **ABSENT)
    reviewer, consumer = Caller(banner.provider.reviewer), Caller(banner.consumer.officer)
    clerk, authority = Caller(banner.consumer.clerk), Caller(banner.authority_officer)
    search = {"access_request_id": str(request.pk), "search": "查询了救助系统全部表和纸质档案，均无。"}
    assert clerk.refused("post", "/filings/searches", search) == (403, "not_permitted")
    filing = reviewer.ok("post", "/filings/searches", search)
    at = f"/filings/{filing['id']}"
    assert reviewer.refused("post", f"{at}/answer", {"confirms": True})[0] == 403
    assert consumer.acts(at)["answer_absence"]
    assert consumer.ok("post", f"{at}/answer", {"confirms": True})["status"] == "CONFIRMED"
    opinion = {"opinion": "检索目录未发现相应信息项，准予备案。", "answered_hits": [str(resource.id)]}
    assert consumer.refused("post", f"{at}/file", opinion) == (403, "not_permitted")
    assert authority.ok("post", f"{at}/file", opinion)["filing_number"]

    fields = {**plan_fields(), "starts_on": "2027-01-04", "absence_id": filing["id"]}
    assert reviewer.refused("post", "/collection-plans", fields)[0] in (403, 404)
    plan = clerk.ok("post", "/collection-plans", fields)
    at = f"/collection-plans/{plan['id']}"
    assert clerk.refused("post", f"{at}/propose") == (403, "not_permitted")
    hits = clerk.ok("get", f"{at}/hits")["hits"]
    assert authority.refused("get", f"{at}/hits") == (403, "not_permitted")
    assert consumer.acts(at)["propose_collection_plan"] is False
    assert consumer.refused("post", f"{at}/propose")[1] == "hit_unanswered"
    said = {one["key"]: {"answer": "JUSTIFIED", "reason": "核验用途不同，须自行采集。"} for one in hits}
    assert reviewer.refused("post", f"{at}/hits", {"answers": said})[0] in (403, 404)
    clerk.ok("post", f"{at}/hits", {"answers": said})
    assert consumer.acts(at)["propose_collection_plan"]
    assert consumer.ok("post", f"{at}/propose")["turn"] == "authority"
    assert consumer.refused("post", f"{at}/review", {"approves": True, "opinion": TEXT}) == (403, "not_permitted")
    assert authority.ok("post", f"{at}/review", {"approves": True, "opinion": TEXT})["status"] == "APPROVED"
    assert clerk.refused("post", f"{at}/cancel", {"reason": "已由上级回流取得。"}) == (403, "not_permitted")
    assert consumer.ok("post", f"{at}/cancel", {"reason": "已由上级回流取得。"})["status"] == "CANCELLED"


@pytest.mark.article("wushen-2021-60:21(3)", "cn-809:24.1")
def test_what_is_asked_of_the_superior_comes_back(banner: Banner) -> None:
    clerk, officer, stranger = Caller(banner.provider.clerk), Caller(banner.provider.officer), Caller(banner.stranger.officer)
    today = beijing_date(clock.now()).isoformat()
    fields = {
        "superior": "内蒙古自治区民政厅", "level": "REGIONAL", "system_name": "全区社会救助信息系统", "title": "低保对象信息",
        "items": ["姓名", "救助金额"], "reason": "《社会救助暂行办法》规定的复核需要本旗数据。", "frequency": "MONTHLY",
    }  # fmt: skip
    made = clerk.ok("post", "/superior-requests", fields)
    at = f"/superior-requests/{made['id']}"
    sent = {"sent_on": today, "way": "oa", "to": "社会救助处"}
    assert clerk.refused("post", f"{at}/issue") == (403, "not_permitted")
    assert stranger.refused("post", f"{at}/issue")[0] in (403, 404)
    assert clerk.refused("post", f"{at}/send", sent) == (409, "wrong_state")
    assert officer.ok("post", f"{at}/issue")["status"] == "ISSUED"
    assert clerk.ok("post", f"{at}/send", sent)["status"] == "SENT"
    agreed = {
        "outcome": "GRANTED", "answered_on": today, "text": "同意按月回流。", "agreed_mode": "table",
        "agreed_frequency": "MONTHLY",
    }  # fmt: skip
    assert clerk.acts(at)["record_data_return"] is False
    assert clerk.ok("post", f"{at}/answer", agreed)["status"] == "AGREED"
    back = {"arrived_on": today, "way": "file", "rows": 4210}
    assert stranger.refused("post", f"{at}/returns", back)[0] in (403, 404)
    assert clerk.ok("post", f"{at}/returns", back)["status"] == "RETURNING"
    assert clerk.refused("post", f"{at}/close", {"reason": "已另行取得。"}) == (403, "not_permitted")
    assert officer.ok("post", f"{at}/close", {"reason": "已另行取得。"})["status"] == "CLOSED"


@pytest.mark.article("wushen-2021-60:23", "wushen-2021-60:24", "cn-809:26.2")
def test_a_doubt_is_answered_objected_to_and_decided_and_a_complaint_answered() -> None:
    yesterday = (clock.now() - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    scene = corrections.make_scene(make_banner(at=yesterday))
    found = scene.banner
    clerk, verifier, authority = (
        Caller(found.consumer.clerk), Caller(found.provider.reviewer), Caller(found.authority_officer),
    )  # fmt: skip
    sent = {"grant_id": str(scene.grant_id), "elements": ["name"], "description": "姓名与身份证所载不一致，请核对。"}
    assert verifier.refused("post", "/corrections", sent)[0] in (403, 404)
    made = clerk.ok("post", "/corrections", sent)
    at = f"/corrections/{made['id']}"
    refuted = {"outcome": "REFUTED", "text": "与登记档案一致"}
    assert clerk.refused("post", f"{at}/verdict", refuted) == (403, "not_permitted")
    assert verifier.acts(at)["answer_correction"]
    assert verifier.ok("post", f"{at}/verdict", refuted)["status"] == "REFUTED"
    assert verifier.refused("post", f"{at}/object", {"reason": "当事人持有原件"})[0] == 403
    assert clerk.ok("post", f"{at}/object", {"reason": "当事人持有原件"})["turn"] == "authority"
    decision = {"uphold": True, "opinion": "请再次核对原始档案。"}
    assert clerk.refused("post", f"{at}/decide", decision) == (403, "not_permitted")
    assert authority.ok("post", f"{at}/decide", decision)["turn"] == "provider"
    complaint = {
        "correction_id": made["id"], "department_id": str(found.consumer.id), "matter_number": "2026-0001",
        "statement": "窗口要求当事人自行更正后再来办理。",
    }  # fmt: skip
    told = clerk.ok("post", "/complaints", complaint)
    at_complaint = f"/complaints/{told['id']}"
    assert clerk.refused("post", f"{at_complaint}/answer", {"answer": TEXT}) == (403, "not_permitted")
    assert authority.ok("post", f"{at_complaint}/answer", {"answer": TEXT})["answer"] == TEXT
    assert verifier.ok("post", f"{at}/verdict", {"outcome": "AS_BELIEVED", "text": "已在业务库更正"})["status"] == "CORRECTED"


@pytest.mark.article("cn-809:27.3")
def test_the_end_of_sharing_is_announced_and_decided_in_person_only(banner: Banner) -> None:
    resource = make_conditional(banner=banner, at=banner.at)
    grant = make_grant(banner=banner, resource_id=resource.id, at=banner.at)
    officer, authority = Caller(banner.provider.officer), Caller(banner.authority_officer)
    stops_on = (beijing_date(clock.now()) + timedelta(days=120)).isoformat()
    sent = {
        "resource_id": str(resource.id), "reason": "source_retired", "statement": "业务系统停用，数据不再更新。",
        "stops_on": stops_on,
    }  # fmt: skip
    assert officer.refused("post", "/stop-notices", sent) == (403, "needs_second_factor")
    page = client_of(banner.provider.officer)
    made = page.post("/api/v1/stop-notices", sent, content_type="application/json").json()
    at = f"/stop-notices/{made['id']}"
    answer = {"answer": "AGREED", "statement": "已另有来源。"}
    assert Caller(banner.consumer.clerk).refused("post", f"{at}/grants/{grant}/answer", answer) == (403, "not_permitted")
    assert Caller(banner.stranger.officer).refused("get", at)[0] == 404
    consumer = Caller(banner.consumer.officer)
    assert consumer.acts(at) == {"answer_stop": True}
    consumer.ok("post", f"{at}/grants/{grant}/answer", answer)
    assert consumer.acts(at) == {"answer_stop": False}
    assert authority.refused("post", f"{at}/file", {"opinion": TEXT}) == (403, "needs_second_factor")
    assert authority.acts(at) == {"file_stop": False, "reject_stop": False}
    filed = client_of(banner.authority_officer).post(
        f"/api/v1{at}/file", {"opinion": TEXT}, content_type="application/json"
    )  # fmt: skip
    assert filed.json()["filing_number"]
