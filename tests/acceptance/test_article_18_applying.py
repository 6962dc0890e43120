"""Article 18, at the consumer: both sides sign their agreement with the authority before they share.

"提供部门和使用部门通过公共信息平台开展政务信息资源共享工作前，须与本级政务信息共享工作主管部门签订《乌审旗公共信息平台使用（政务信息资源共享）协议书》。"
"""

from datetime import timedelta

import pytest

from gongxiang.platform.access import actions
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.agreements import actions as agreement_actions
from gongxiang.platform.agreements import policies
from gongxiang.platform.agreements import queries as agreements
from gongxiang.platform.agreements.errors import AgreementOfOtherSide, NoAgreementInForce
from gongxiang.platform.kernel.errors import Shortfalls
from tests.factories.catalogue import make_conditional, make_published
from tests.factories.parties import make_agreement, make_banner
from tests.factories.procedure import answer, make_request, request_fields

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
        actions.present_access_request(access_request_id=request.pk, by=clerk, at=banner.at)
    assert AccessRequest.objects.get().status == "DRAFT"


@pytest.mark.article("wushen-2021-60:3")
def test_each_side_needs_an_agreement_signed_for_that_side() -> None:
    banner = make_banner(agreements=False)
    make_agreement(banner.provider, at=banner.at - timedelta(hours=3), role="consumer")
    with pytest.raises(Shortfalls) as refused:
        make_conditional(banner=banner)
    assert "agreement_of_other_side" in {shortfall.code for shortfall in refused.value.shortfalls}
    policies.check_in_force(banner.provider.id, banner.at, side="consumer")
    make_agreement(banner.consumer, at=banner.at - timedelta(hours=2), role="provider")
    with pytest.raises(AgreementOfOtherSide) as other:
        policies.check_in_force(banner.consumer.id, banner.at, side="consumer")
    assert other.value.articles == ("wushen-2021-60:18",)


def test_nothing_is_granted_after_the_providers_agreement_has_ended() -> None:
    banner = make_banner()
    request = make_request(banner=banner, resource_id=make_conditional(banner=banner).id)
    leader, at = banner.authority_leader, banner.at + timedelta(hours=1)
    standing = agreements.in_force(banner.provider.id, banner.at)
    assert standing is not None
    agreement_actions.terminate_agreement(agreement_id=standing.id, reason="职能已划转。", by=leader, at=at)
    with pytest.raises(NoAgreementInForce):
        answer(request, banner=banner, at=at + timedelta(hours=1))


@pytest.mark.article("wushen-2021-60:9")
def test_a_department_outside_the_named_scope_does_not_apply() -> None:
    banner = make_banner()
    resource = make_conditional(banner=banner, scope_departments=(banner.stranger.id,))
    request = make_request("DRAFT", banner=banner, resource_id=resource.id)
    with pytest.raises(Shortfalls) as refused:
        actions.present_access_request(access_request_id=request.pk, by=banner.consumer.clerk, at=banner.at)
    assert [shortfall.code for shortfall in refused.value.shortfalls] == ["outside_scope"]
