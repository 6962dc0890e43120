"""Pages of the use of what was granted: each as a user of each side opens and sends it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from gongxiang.platform.grants import queries, use_records
from gongxiang.platform.grants.models import (
    Handler,
    Inspection,
    Provision,
    Rectification,
    StopNotice,
    ThirdPartyConsent,
    UseQuestion,
)
from gongxiang.platform.grants.permissions import USE_NOTER
from gongxiang.platform.kernel.actors import System
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def grant_id(banner):
    return make_grant(banner=banner, resource_id=make.make_conditional(banner=banner).id)


def text_of(answer):
    return answer.content.decode()


@pytest.mark.article("cn-809:27.2")
def test_suspend_report_and_accept_as_the_two_sides_do_it(banner, grant_id):
    provider, consumer = client_of(banner.provider.officer), client_of(banner.consumer.officer)
    sent = provider.post(
        reverse("grants:suspend", args=[grant_id]),
        {"reason": "misuse", "statement": "发现超范围使用。", "demand": "停止批量核验。", "rectify_on": "0001-01-01"},
    )
    assert sent.status_code == 422
    assert "整改日期应在今天之后" in text_of(sent)
    assert provider.post(
        reverse("grants:suspend", args=[grant_id]),
        {"reason": "misuse", "statement": "发现超范围使用。", "demand": "停止批量核验。", "rectify_on": ""},
    ).status_code == 302  # fmt: skip
    row = Rectification.objects.get()
    page = reverse("use:rectification", args=[row.pk])
    assert row.number in text_of(consumer.get(reverse("use:rectifications")))
    assert "报告整改情况" in text_of(consumer.get(page))
    assert "报告整改情况" not in text_of(provider.get(page))
    assert "Report what was put right" in text_of(client_of(banner.consumer.officer, language="en").get(page))
    empty = consumer.post(reverse("use:rectification_report", args=[row.pk]), {"report-report": ""})
    assert empty.status_code == 422
    done = consumer.post(reverse("use:rectification_report", args=[row.pk]), {"report-report": "已停用批量脚本。"})
    assert (done.status_code, done["Location"]) == (302, page)
    assert client_of(banner.stranger.officer).get(page).status_code == 404
    assert provider.post(
        reverse("use:rectification_accept", args=[row.pk]), {"accept-opinion": "整改到位。"}
    ).status_code == 302  # fmt: skip
    assert queries.get_grant(grant_id, actor=banner.auditor).status == "ACTIVE"
    assert row.number in text_of(provider.get(reverse("grants:detail", args=[grant_id])))
    export = client_of(banner.auditor).get(reverse("use:rectifications"), {"export": "csv", "status": "nonsense"})
    assert row.number in text_of(export)


@pytest.mark.article("cn-809:27.3")
@pytest.mark.parametrize(("reason", "kind"), [("not_needed", "NARROW"), ("security", "PROTECT")])
def test_narrowing_on_the_page_is_announced_or_holds_at_once(banner, grant_id, reason, kind):
    officer, terms = client_of(banner.provider.officer), queries.current_terms(grant_id)
    page = reverse("grants:revise", args=[grant_id])
    assert text_of(officer.get(page)).count("现行条件最后一日") >= 1
    until = (terms.valid_until - timedelta(hours=1)).date().isoformat()
    form = {
        "grant_id_number": "on", "grant_township": "on", "mask_id_number": "keep", "prefix_id_number": "3",
        "suffix_id_number": "2", "element_0": "township", "operator_0": "eq", "values_0": "嘎鲁图镇",
        "purposes": "verification", "until": until, "reason": reason, "statement": "核验不需要姓名。", "narrows_on": "",
    }  # fmt: skip
    if kind == "NARROW":
        missing = officer.post(page, form)
        assert missing.status_code == 422
        assert "请填写现行条件最后一日" in text_of(missing)
        form["narrows_on"] = (clock.now() + timedelta(days=40)).date().isoformat()
    assert officer.post(page, form).status_code == 302
    notice = StopNotice.objects.get()
    assert notice.kind == kind
    shown = text_of(client_of(banner.consumer.officer).get(reverse("upkeep:stop", args=[notice.pk])))
    assert "不再提供：姓名" in shown
    assert notice.number in text_of(officer.get(reverse("upkeep:stops"), {"kind": kind}))
    assert notice.number not in text_of(officer.get(reverse("upkeep:stops"), {"kind": "END"}))
    assert "备案" in text_of(client_of(banner.authority_officer).get(reverse("upkeep:stop", args=[notice.pk])))
    assert client_of(banner.stranger.officer).get(page).status_code == 404


def sent(person, name, args, **form):
    """Where the form of a page leads; a refusal fails."""
    answer = client_of(person).post(reverse(name, args=args), form)
    assert answer.status_code == 302, text_of(answer)
    return answer["Location"]


@pytest.mark.article("wushen-2021-60:22.2", "cn-809:29.2", "cn-809:25.1")
def test_each_case_of_use_is_begun_and_answered_on_its_page(banner, grant_id):
    provider, consumer, authority = banner.provider.officer, banner.consumer.officer, banner.authority_officer
    day = (clock.now() + timedelta(days=30)).date().isoformat()
    named = {"name-person_id": str(banner.consumer.clerk.id), "name-duty": "核验"}
    page = sent(consumer, "use:name_handler", [grant_id], **named)
    assert "核验" in text_of(client_of(provider).get(page))
    wrong = client_of(consumer).post(reverse("use:name_handler", args=[grant_id]), {"name-person_id": "x", "name-duty": ""})
    assert wrong.status_code == 422
    assert client_of(consumer).post(reverse("use:name_handler", args=[grant_id]), named).status_code == 422
    key = Handler.objects.get().pk
    sent(consumer, "use:end_handler", [grant_id, key], **{f"end{key.hex[:8]}-reason": "调岗"})

    page = sent(authority, "use:ask", [grant_id], **{"ask-sign": "storage", "ask-question": "存放在何处？"})
    key = UseQuestion.objects.get().pk
    assert "存放在何处" in text_of(client_of(consumer).get(page))
    sent(consumer, "use:answer_question", [key], **{"answer-answer": "前置交换库。"})
    sent(provider, "use:ask_again", [key], **{"again-question": "请附截图。"})
    sent(consumer, "use:answer_question", [key], **{"answer-answer": "已附截图。"})
    sent(provider, "use:settle_question", [key], **{"settle-opinion": "情况属实。"})

    sent(provider, "use:inspect", [grant_id], **{"inspect-scope": "核对台账。", "inspect-inspected_on": day})
    key = Inspection.objects.get().pk
    sent(provider, "use:conclude", [key], **{"conclude-result": "defects", "conclude-findings": "未登记事项。"})
    sent(consumer, "use:reply", [key], **{"reply-reply": "已补登。"})
    page = sent(provider, "use:close", [key], **{"close-accepted": "yes", "close-opinion": "予以办结。"})
    assert "检查办结" in text_of(client_of(authority).get(page))

    ask = {"third_party": "不动产登记中心", "elements": "name", "purpose": "联办登记。", "legal_basis": "登记条例"}
    ask["safeguards"] = "专线传输"
    sent(consumer, "use:ask_third_party", [grant_id], **{f"ask-{k}": v for k, v in ask.items()}, **{"ask-until_on": day})
    key = ThirdPartyConsent.objects.get().pk
    sent(provider, "use:decide_third_party", [key], **{"decide-consents": "yes", "decide-opinion": "依据充分。"})
    sent(authority, "use:revoke_third_party", [key], **{"revoke-reason": "用途已变。"})

    names = ("records", "reports", "questions", "inspections", "third_parties", "provisions", "rectifications")
    for reader in (provider, consumer, authority, banner.auditor):
        client = client_of(reader)
        for name in names:
            assert client.get(reverse(f"use:{name}"), {"q": "a\x00", "status": "open", "page": "9"}).status_code == 200
            assert client.get(reverse(f"use:{name}"), {"export": "csv"}).status_code == 200
        assert client.get(reverse("grants:detail", args=[grant_id])).status_code == 200
        packed = client.get(reverse("use:pack", args=[grant_id, "json"])).json()
        assert [one["number"] for one in packed["inspections"]] == ["JC-2026-0001"]
        assert client.get(reverse("use:pack", args=[grant_id, "exe"])).status_code == 404
    assert client_of(provider).get(reverse("use:pack", args=[grant_id, "pdf"])).content.startswith(b"%PDF")
    assert client_of(banner.stranger.officer).get(reverse("use:pack", args=[grant_id, "pdf"])).status_code == 404
    english = client_of(consumer, language="en").get(reverse("use:provision", args=[Provision.objects.get().pk]))
    assert "To be provided" in text_of(english)
    # The list says the deadline as the page of the case does: as 24:00 of its last day.
    assert "24:00" in text_of(client_of(consumer).get(reverse("use:provisions")))
    assert client_of(banner.provider.clerk).get(reverse("workbench:home")).status_code == 200


@pytest.mark.article("cn-809:27.1")
def test_disposal_is_certified_and_acknowledged_on_the_pages(banner, grant_id):
    provider, consumer = banner.provider.officer, banner.consumer.officer
    sent(consumer, "grants:end", [grant_id], reason="purpose_met", statement="业务已办结。")
    form = {"method": "deleted", "rows_disposed": "12", "statement": "已删除并清空备份。"}
    refused = client_of(consumer).post(reverse("grants:dispose", args=[grant_id]), {**form, "witness": ""})
    assert refused.status_code == 422
    page = sent(consumer, "grants:dispose", [grant_id], **form, witness="李华，股长")
    assert "销毁证〔2026〕1号" in text_of(client_of(provider).get(page))
    sent(provider, "use:acknowledge", [grant_id], **{"ack-opinion": "已收悉。"})
    assert "处置已确认" in text_of(client_of(consumer).get(reverse("grants:disposals")))


@pytest.mark.article("cn-809:29.2")
def test_lines_of_use_are_read_by_machines_of_the_two_departments_only(banner, grant_id):
    use_records.note_use(
        grant_id=grant_id, channel="lookup", purposes=["verification"], matter="SJ-1", rows=2, elements=("name",),
        by=System(name=USE_NOTER), at=banner.at,
    )  # fmt: skip
    readers = {banner.provider.clerk: 1, banner.consumer.officer: 1, banner.auditor: 1, banner.stranger.clerk: 0}
    for reader, lines in readers.items():
        answer = client_of(reader).get("/api/v1/use-records", {"grant": str(grant_id), "channel": "lookup"})
        assert [one["matter"] for one in answer.json()["records"]] == ["SJ-1"] * lines
    assert client_of(banner.consumer.clerk).get("/api/v1/use-records", {"since": "never"}).status_code in (400, 422)
