"""What the standing consent covers, and what it never does: change a person's grant, or go around a suspension."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from gongxiang.platform.access import actions, errors, states
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.grants import actions as grants
from gongxiang.platform.grants import queries as grant_queries
from gongxiang.platform.grants import tasks as grant_tasks
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from tests.factories.catalogue import make_conditional, make_published
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant, request_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force."""
    return make_banner()


@pytest.fixture
def resource(banner: Banner) -> ResourceRef:
    """A published unconditional resource."""
    return make_published(banner=banner)


def draft(banner: Banner, resource: ResourceRef, *, changes_grant_id: UUID | None = None, **fields: Any) -> AccessRequest:
    """A complete draft for the unconditional resource."""
    return actions.save_draft(
        access_request_id=actions.draft_access_request(
            resource_id=resource.id, changes_grant_id=changes_grant_id, by=banner.consumer.clerk, at=banner.at
        ).pk,
        fields=request_fields(**{"elements": ["code", "name"], **fields}), ban_accepted=True, by=banner.consumer.clerk,
        at=banner.at,
    )  # fmt: skip


def submit(banner: Banner, request: AccessRequest) -> AccessRequest:
    """The own officer consents, the clerk submits (条例 20.2)."""
    key: dict[str, Any] = {"access_request_id": request.pk, "at": banner.at}
    actions.present_access_request(by=banner.consumer.clerk, **key)
    actions.consent_access_request(by=banner.consumer.officer, **key)
    return actions.submit_access_request(access_request_id=request.pk, by=banner.consumer.clerk, at=banner.at)


@pytest.mark.article("wushen-2021-60:22")
def test_another_resources_grant_is_not_changed(banner: Banner, resource: ResourceRef) -> None:
    masked = make_grant(banner=banner, resource_id=make_conditional(banner=banner).id)
    before = grant_queries.current_terms(masked)
    for grant_id in (masked, uuid4()):
        with pytest.raises(errors.GrantNotChangeable):
            draft(banner, resource, changes_grant_id=grant_id)
    # Even a draft that named it by another way goes nowhere.
    request = draft(banner, resource)
    AccessRequest.objects.filter(pk=request.pk).update(changes_grant_id=masked)
    with pytest.raises(Shortfalls) as refused:
        submit(banner, request)
    assert [s.code for s in refused.value.shortfalls] == ["grant_not_changeable"]
    assert grant_queries.current_terms(masked) == before
    with pytest.raises(NotPermitted):
        grants.revise_grant(
            grant_id=masked, elements=before.elements, masks={}, conditions=(), purposes=before.purposes,
            valid_until=before.valid_until, reason="", access_request_id=request.pk, by=System(name="standing-consent"),
            at=banner.at,
        )  # fmt: skip


@pytest.mark.article("wushen-2021-60:22")
def test_another_departments_grant_is_not_changed(banner: Banner) -> None:
    conditional = make_conditional(banner=banner)
    grant_id = make_grant(banner=banner, resource_id=conditional.id)
    with pytest.raises(errors.GrantNotChangeable):
        actions.draft_access_request(
            resource_id=conditional.id, changes_grant_id=grant_id, by=banner.stranger.clerk, at=banner.at
        )


@pytest.mark.article("wushen-2021-60:21(1)")
def test_standing_consent_changes_what_it_gave_itself(banner: Banner, resource: ResourceRef) -> None:
    first = submit(banner, draft(banner, resource, elements=["code"]))
    assert first.grant_id is not None
    second = submit(banner, draft(banner, resource, changes_grant_id=first.grant_id))
    assert (second.status, second.grant_id) == (states.GRANTED, first.grant_id)
    assert set(grant_queries.current_terms(first.grant_id).elements) == {"code", "name"}


@pytest.mark.article("cn-809:27")
@pytest.mark.parametrize("how", ["suspended", "ended"])
def test_a_held_grant_is_not_replaced_by_applying_again(banner: Banner, resource: ResourceRef, how: str) -> None:
    first = submit(banner, draft(banner, resource))
    assert first.grant_id is not None
    later = banner.at + timedelta(hours=1)
    found = {"grant_id": first.grant_id, "reason": "misuse", "statement": "发现超范围使用。", "by": banner.provider.officer}
    grants.suspend_grant(**found, at=later)
    if how == "ended":
        over = later + timedelta(days=30)
        grant_tasks.lapse_rectifications(over)
        grants.end_grant(**found, at=over)
    again = draft(banner, resource)
    assert not again.unconditional
    asked = submit(banner, again)
    assert (asked.status, asked.turn, asked.grant_id) == (states.SUBMITTED, "provider", None)


@pytest.mark.article("cn-809:20.2")
def test_no_type_of_resource_spares_the_own_officers_consent(banner: Banner, resource: ResourceRef) -> None:
    request = draft(banner, resource)
    key: dict[str, Any] = {"access_request_id": request.pk, "at": banner.at}
    for step in (actions.present_access_request, actions.consent_access_request):
        for person in (banner.consumer.clerk, banner.consumer.officer):
            with pytest.raises(errors.OfficerConsentMissing) as refused:
                actions.submit_access_request(by=person, **key)
            assert refused.value.articles == ("cn-809:20.2",)
        step(by=banner.consumer.clerk if step is actions.present_access_request else banner.consumer.officer, **key)
    assert actions.submit_access_request(by=banner.consumer.clerk, **key).status == states.GRANTED
