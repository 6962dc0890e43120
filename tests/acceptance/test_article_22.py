"""Article 22: who uses is responsible; only for the stated purpose; a change is applied for anew; nothing to third parties.

"使用部门对从公共信息平台获取的信息，只能按照申请填报用途进行使用，严禁超范围使用，用途发生变更的需重新申请。
使用部门不得将获取的共享信息直接或以改变数据形式的方式提供给第三方。"
"""

from datetime import timedelta
from typing import Any

import pytest

from gongxiang.platform.access import actions as access
from gongxiang.platform.access import errors as access_errors
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.grants import actions, errors, queries
from gongxiang.platform.kernel.errors import Shortfalls
from gongxiang.protocol.terms import Purpose
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import answer, make_grant, make_request, reply_fields, request_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force."""
    return make_banner()


@pytest.fixture
def resource(banner: Banner) -> ResourceRef:
    """A published conditional resource."""
    return make_conditional(banner=banner)


@pytest.mark.article("wushen-2021-60:22.3")
def test_purposes_stand_in_the_terms_and_change_on_a_new_request_only(banner: Banner, resource: ResourceRef) -> None:
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    terms = queries.current_terms(grant_id)
    assert terms.purposes == (Purpose.VERIFICATION,)
    wider: dict[str, Any] = {
        "elements": terms.elements, "masks": terms.masks, "conditions": terms.conditions, "valid_until": terms.valid_until,
        "purposes": (Purpose.VERIFICATION, Purpose.DECISION), "reason": "使用部门要求",
    }  # fmt: skip
    with pytest.raises(errors.WideningNeedsApplication):
        actions.revise_grant(grant_id=grant_id, by=banner.provider.officer, at=banner.at, **wider)

    at = banner.at + timedelta(days=1)
    made = access.draft_access_request(
        resource_id=resource.id, changes_grant_id=grant_id, by=banner.consumer.clerk, at=at,
        fields=request_fields(purposes=["verification", "decision"]),
    )  # fmt: skip
    key: dict[str, Any] = {"access_request_id": made.pk, "at": at}
    access.save_draft(fields={}, ban_accepted=True, by=banner.consumer.clerk, **key)
    access.present_access_request(by=banner.consumer.clerk, **key)
    access.consent_access_request(by=banner.consumer.officer, **key)
    access.submit_access_request(by=banner.consumer.clerk, **key)
    made.refresh_from_db()
    answered = answer(made, banner=banner, at=at, purposes=(Purpose.VERIFICATION, Purpose.DECISION))
    assert answered.grant_id == grant_id
    assert queries.current_terms(grant_id).purposes == (Purpose.VERIFICATION, Purpose.DECISION)
    assert [revision.revision for revision in queries.revisions(grant_id)] == [2, 1]


@pytest.mark.article("wushen-2021-60:22.4", "cn-809:25")
def test_nothing_is_granted_before_the_ban_on_third_parties_is_accepted(banner: Banner, resource: ResourceRef) -> None:
    made = access.draft_access_request(resource_id=resource.id, fields=request_fields(), by=banner.consumer.clerk, at=banner.at)
    with pytest.raises(Shortfalls) as refused:
        access.present_access_request(access_request_id=made.pk, by=banner.consumer.clerk, at=banner.at)
    (shortfall,) = refused.value.shortfalls
    assert isinstance(shortfall, access_errors.BanNotAccepted)


@pytest.mark.article("wushen-2021-60:21(2)", "wushen-2021-60:22.1")
def test_an_undeclared_purpose_is_explained_or_refused(banner: Banner, resource: ResourceRef) -> None:
    made = make_request("DRAFT", banner=banner, resource_id=resource.id, purposes=["joint_handling"])
    with pytest.raises(Shortfalls) as refused:
        access.present_access_request(access_request_id=made.pk, by=banner.consumer.clerk, at=banner.at)
    assert isinstance(refused.value.shortfalls[0], access_errors.PurposeNotDeclared)
    access.save_draft(
        access_request_id=made.pk, fields={"purpose_note": "联合救助一件事"}, by=banner.consumer.clerk, at=banner.at
    )
    presented = access.present_access_request(access_request_id=made.pk, by=banner.consumer.clerk, at=banner.at)
    assert presented.status == "PRESENTED"


@pytest.mark.article("wushen-2021-60:22.1")
def test_one_open_request_for_one_purpose(banner: Banner, resource: ResourceRef) -> None:
    first = make_request(banner=banner, resource_id=resource.id)
    second = make_request("DRAFT", banner=banner, resource_id=resource.id)
    with pytest.raises(Shortfalls) as refused:
        access.present_access_request(access_request_id=second.pk, by=banner.consumer.clerk, at=banner.at)
    (shortfall,) = refused.value.shortfalls
    assert isinstance(shortfall, access_errors.TwinOpen)
    assert first.number in shortfall.message
    assert AccessRequest.objects.count() == 2


@pytest.mark.article("wushen-2021-60:4(2)")
def test_a_request_states_need_and_purpose_and_costs_nothing(banner: Banner, resource: ResourceRef) -> None:
    made = make_request(banner=banner, resource_id=resource.id)
    assert made.purposes == ["verification"]
    assert not any("fee" in field.name or "price" in field.name for field in AccessRequest._meta.get_fields())
    assert reply_fields()["purposes"] == (Purpose.VERIFICATION,)
