"""Pages of the use of what was granted: each as a user of each side opens and sends it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from gongxiang.platform.grants import queries
from gongxiang.platform.grants.models import Rectification, StopNotice
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
