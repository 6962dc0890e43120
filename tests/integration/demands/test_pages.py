"""The pages of demands, as people go through them."""

import pytest

from gongxiang.platform.demands import queries
from gongxiang.platform.demands.models import Demand
from tests.factories import catalogue as make
from tests.factories.parties import make_banner
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db
FIELDS = {
    "title": "行政区划代码历史版本", "items": "区划代码\n撤并日期", "duty": "地址校核需要历史代码", "mode": "table",
    "update_cycle": "MONTHLY",
}  # fmt: skip


@pytest.fixture
def banner():
    return make_banner()


def text_of(answer) -> str:
    return answer.content.decode()


def test_from_an_empty_search_to_a_closed_demand(banner):
    resource = make.make_published(banner=banner)
    clerk = signed_in(banner.consumer.clerk)
    found = text_of(clerk.get("/catalogue/", {"q": "历史版本"}))
    assert "/demands/state/?title=" in found
    assert "历史版本" in text_of(clerk.get("/demands/state/", {"title": "历史版本"}))
    compared = text_of(clerk.post("/demands/state/", FIELDS))
    assert "区划代码" in compared
    assert resource.name in compared
    assert not Demand.objects.exists()
    answer = clerk.post("/demands/state/", {**FIELDS, "send": "yes"})
    demand = Demand.objects.get()
    assert answer["Location"] == f"/demands/{demand.pk}/"
    assert "XQ-" in text_of(clerk.get("/demands/", {"q": "历史"}))

    officer = signed_in(banner.authority_officer)
    assert demand.title in text_of(officer.get("/"))
    officer.post(f"/demands/{demand.pk}/assign/", {"provider_id": str(banner.provider.id), "note": ""})
    reviewer = signed_in(banner.provider.reviewer)
    assert "demands" in text_of(reviewer.get(f"/demands/{demand.pk}/"))
    wrong = reviewer.post(f"/demands/{demand.pk}/answer/", {"outcome": "EXISTS", "code": "000000/1", "text": "目录中已有。"})
    assert wrong.status_code == 422
    assert "指明已发布的目录" in text_of(wrong)
    reviewer.post(f"/demands/{demand.pk}/answer/", {"outcome": "EXISTS", "code": resource.code, "text": "目录中已有。"})
    page = text_of(clerk.get(f"/demands/{demand.pk}/"))
    assert resource.name in page
    clerk.post(f"/demands/{demand.pk}/close/")
    demand.refresh_from_db()
    assert demand.status == "CLOSED"
    assert resource.name in text_of(clerk.get("/demands/", {"box": "supply"}))
    assert "行政区划" in text_of(clerk.get("/demands/", {"export": "csv"}))


def test_what_is_missing_is_said_beside_its_field(banner):
    clerk = signed_in(banner.consumer.clerk)
    answer = clerk.post("/demands/state/", {**FIELDS, "title": "某", "urgent": "on", "send": "yes"})
    assert answer.status_code == 422
    assert "紧急需求应说明理由" in text_of(answer)


def test_contesting_handing_back_and_withdrawing(banner):
    clerk = signed_in(banner.consumer.clerk)
    clerk.post("/demands/state/", {**FIELDS, "send": "yes"})
    demand = Demand.objects.get()
    officer, reviewer = signed_in(banner.authority_officer), signed_in(banner.provider.reviewer)
    officer.post(f"/demands/{demand.pk}/assign/", {"provider_id": str(banner.provider.id)})
    assert reviewer.get("/demands/responsibilities/").status_code == 200
    assert reviewer.post(f"/demands/{demand.pk}/hand-back/", {"reason": "不属本部门职责。"}).status_code == 302
    assert clerk.post(f"/demands/{demand.pk}/contest/", {"reason": "不同意答复。"}).status_code == 422
    assert clerk.post(f"/demands/{demand.pk}/withdraw/", {"reason": "已由其他途径解决。"}).status_code == 302
    assert queries.get_demand(demand.pk, actor=banner.stranger.clerk).status == "WITHDRAWN"
    assert "需求已撤回" in text_of(officer.get("/demands/figures/"))
    assert clerk.get("/demands/figures/").status_code == 403
