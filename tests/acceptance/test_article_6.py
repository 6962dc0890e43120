"""Article 6: the catalogue is what sharing rests on; what is not in it, or no longer, is not applied for, and not granted.

政务信息资源目录是实现政务信息资源共享和业务协同的基础，是政务部门信息资源共享的依据。
"""

from datetime import date, timedelta

import pytest

from gongxiang.law.instruments import Rank
from gongxiang.platform.access import actions, errors
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.rulebook import actions as rulebook
from tests.factories import catalogue as make
from tests.factories.contents import withheld_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import answer, make_request
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:6")]


@pytest.fixture
def banner() -> Banner:
    return make_banner()


def test_what_is_not_published_or_not_any_more_is_not_applied_for(banner: Banner) -> None:
    clerk, at = banner.consumer.clerk, banner.at
    draft = make.make_draft_entry(banner.provider, at=at)
    with pytest.raises(NotFound):
        actions.draft_access_request(resource_id=draft.id, by=clerk, at=at)
    resource = make.make_conditional(banner=banner)
    catalogue.withdraw_resource(resource_id=resource.id, reason="目录整合，停止共享。", by=banner.provider.officer, at=at)
    with pytest.raises(errors.NotPublished) as refused:
        actions.draft_access_request(resource_id=resource.id, by=clerk, at=at + timedelta(minutes=1))
    assert "wushen-2021-60:6" in refused.value.articles
    assert refused.value.advice
    assert not AccessRequest.objects.exists()


@pytest.mark.article("wushen-2021-60:9.4")
def test_what_is_withheld_is_not_applied_for(banner: Banner) -> None:
    statute = rulebook.register_statute(
        title="中华人民共和国民法典", number="主席令第45号", rank=Rank.LAW, article="第一千一百一十条",
        in_force_from=date(2021, 1, 1),
        by=banner.authority_officer, at=banner.at,
    )  # fmt: skip
    resource = make.make_published(banner=banner, content=withheld_content(statute=str(statute.id)))
    with pytest.raises(errors.ResourceWithheld):
        actions.draft_access_request(resource_id=resource.id, by=banner.consumer.clerk, at=banner.at)


def test_nothing_is_granted_that_the_entry_does_not_list(banner: Banner) -> None:
    request = make_request(banner=banner, resource_id=make.make_conditional(banner=banner).id)
    with pytest.raises(errors.GrantsTooMuch):
        answer(request, banner=banner, at=banner.at + timedelta(hours=1), elements=["not_in_the_entry"])
    request.refresh_from_db()
    assert request.grant_id is None


def test_a_need_that_the_catalogue_does_not_meet_is_stated_as_a_demand(banner: Banner) -> None:
    page = client_of(banner.consumer.clerk).get("/catalogue/", {"q": "查无此项的资源"}).content.decode()
    assert "/demands/state/" in page
