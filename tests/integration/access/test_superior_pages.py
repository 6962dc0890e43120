"""The pages of requests to superiors, as people go through them, from a refused request to data that came back."""

from datetime import timedelta

import pytest

from gongxiang.platform.access import answers
from gongxiang.platform.access.models import SuperiorRequest
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import give_reply, make_request
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db
LETTER = {
    "superior": "内蒙古自治区民政厅", "level": "REGIONAL", "system_name": "全区社会救助信息系统", "title": "特困人员信息",
    "items": "姓名\n金额", "reason": "救助审核需要本旗数据。", "mode": "table", "frequency": "DAILY",
}  # fmt: skip


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.article("wushen-2021-60:21(3)")
def test_from_a_request_that_cannot_be_met_to_data_that_come_back():
    """涉及国建、区建、市建系统存储的资源, the provider asks its line superior; the applicant follows it on its own page."""
    at = clock.now() - timedelta(days=1)
    banner = make_banner(at=at)
    entry = make.make_published(
        content=conditional_content(system_tier="REGIONAL", source_system="全区社会救助信息系统"), banner=banner, at=at
    )
    request = make_request(banner=banner, resource_id=entry.id, at=at)
    key = {"access_request_id": request.pk, "at": at + timedelta(hours=1)}
    reasons = "数据存储在自治区系统，本部门尚未取得，已向上级申请。"
    answers.prepare_reply(outcome="refuse", ground="held_above", text=reasons, by=banner.provider.reviewer, **key)
    give_reply(by=banner.provider.officer, **key)

    clerk, officer = signed_in(banner.provider.clerk), signed_in(banner.provider.officer)
    applicant, authority = signed_in(banner.consumer.clerk), signed_in(banner.authority_officer)
    assert "应向上级对口部门提出申请" in text_of(applicant.get(f"/requests/{request.pk}/"))
    assert f"?access_request={request.pk}" in text_of(clerk.get("/superiors/"))
    assert "向上级对口部门申请" in text_of(clerk.get("/"))
    form = text_of(clerk.get(f"/superiors/ask/?access_request={request.pk}"))
    assert "全区社会救助信息系统" in form
    wrong = clerk.post(f"/superiors/ask/?access_request={request.pk}", {**LETTER, "reason": "无"})
    assert wrong.status_code == 422
    assert "请说明本旗为何需要回流数据" in text_of(wrong)
    made = clerk.post(f"/superiors/ask/?access_request={request.pk}", LETTER)
    row = SuperiorRequest.objects.get()
    assert made["Location"] == f"/superiors/{row.pk}/"
    assert (row.resource_id, row.access_request_id) == (entry.id, request.pk)
    again = clerk.post(f"/superiors/ask/?access_request={request.pk}", LETTER)
    assert again.status_code == 422
    assert row.number in text_of(again)
    assert "由本部门责任领导签发" in text_of(clerk.get(f"/superiors/{row.pk}/"))
    assert authority.get(f"/superiors/{row.pk}/").status_code == 404

    assert officer.post(f"/superiors/{row.pk}/issue/").status_code == 302
    page = text_of(clerk.get(f"/superiors/{row.pk}/"))
    assert "document.docx" in page
    today = clock.now().astimezone().date().isoformat()
    assert clerk.post(f"/superiors/{row.pk}/send/", {"sent_on": "2999-01-01", "way": "oa", "to": "救助处"}).status_code == 422
    assert clerk.post(f"/superiors/{row.pk}/send/", {"sent_on": today, "way": "oa", "to": "救助处"}).status_code == 302
    assert row.number in text_of(applicant.get(f"/requests/{request.pk}/"))
    assert applicant.get(f"/superiors/{row.pk}/").status_code == 404
    answer = {
        "outcome": "GRANTED",
        "answered_on": today,
        "text": "同意按日回流。",
        "agreed_mode": "table",
        "agreed_frequency": "",
    }
    assert clerk.post(f"/superiors/{row.pk}/answer/", answer).status_code == 422
    assert clerk.post(f"/superiors/{row.pk}/answer/", {**answer, "agreed_frequency": "DAILY"}).status_code == 302
    for bad in ({"rows": "-3"}, {"rows": "9" * 30}, {"arrived_on": "x"}, {"way": "flow"}):
        sent = {"arrived_on": today, "way": "table", **bad}
        assert clerk.post(f"/superiors/{row.pk}/arrived/", sent).status_code == 422
    assert clerk.post(f"/superiors/{row.pk}/arrived/", {"arrived_on": today, "way": "table", "rows": "77"}).status_code == 302
    assert "数据现已到提供部门" in text_of(applicant.get(f"/requests/{request.pk}/"))
    assert row.number in text_of(authority.get("/superiors/returns/", {"q": "救助"}))
    assert "内蒙古自治区民政厅" in text_of(authority.get("/superiors/lines/"))
    assert "REGIONAL" not in text_of(authority.get("/superiors/", {"export": "csv", "level": "REGIONAL"}))
    assert "没有上级数据申请" in text_of(clerk.get("/superiors/", {"q": "没有这样的", "page": "9" * 20}))
    assert clerk.get("/superiors/ask/?resource=nonsense").status_code == 404
