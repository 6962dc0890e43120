"""Article 18, at the consumer: both sides sign their agreement with the authority before they share.

"提供部门和使用部门通过公共信息平台开展政务信息资源共享工作前，须与本级政务信息共享工作主管部门签订《乌审旗公共信息平台使用（政务信息资源共享）协议书》。"
"""

import pytest

from gongxiang.platform.access import actions
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.agreements.errors import NoAgreementInForce
from gongxiang.platform.kernel.errors import Shortfalls
from tests.factories.catalogue import make_conditional, make_published
from tests.factories.parties import make_banner
from tests.factories.procedure import make_request, request_fields

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:18")]


def test_without_agreement_nobody_applies() -> None:
    banner = make_banner()
    resource = make_conditional(banner=banner)
    request = make_request("DRAFT", banner=banner, resource_id=resource.id, consumer=banner.stranger)
    with pytest.raises(Shortfalls) as refused:
        actions.present_access_request(access_request_id=request.pk, by=banner.stranger.clerk, at=banner.at)
    (shortfall,) = refused.value.shortfalls
    assert isinstance(shortfall, NoAgreementInForce)
    assert "wushen-2021-60:18" in shortfall.articles
    assert shortfall.advice


def test_not_even_for_an_unconditional_resource() -> None:
    banner = make_banner()
    resource = make_published(banner=banner)
    clerk = banner.stranger.clerk
    request = actions.draft_access_request(
        resource_id=resource.id, fields=request_fields(elements=["code"]), by=clerk, at=banner.at
    )
    actions.save_draft(access_request_id=request.pk, fields={}, ban_accepted=True, by=clerk, at=banner.at)
    with pytest.raises(Shortfalls):
        actions.submit_access_request(access_request_id=request.pk, by=clerk, at=banner.at)
    assert AccessRequest.objects.get().status == "DRAFT"
