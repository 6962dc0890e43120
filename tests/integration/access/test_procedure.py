"""The procedure of an access request, by its acts."""

from datetime import date, timedelta
from typing import Any

import pytest

from gongxiang.platform.access import actions, errors, queries, states
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.protocol.terms import Purpose
from tests.factories.catalogue import make_conditional, make_published
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import FILTER, answer, make_request, reply_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force."""
    return make_banner()


@pytest.mark.article("wushen-2021-60:21(2)", "cn-809:20", "cn-809:21")
def test_request_is_answered_within_its_period(banner: Banner) -> None:
    resource = make_conditional(banner=banner)
    request = make_request(banner=banner, resource_id=resource.id)
    assert (request.status, request.turn) == (states.SUBMITTED, "provider")
    # Monday 2 November; five working days: until Monday 9 November, 24:00.
    assert request.due_at is not None
    assert request.due_at.isoformat() == "2026-11-09T16:00:00+00:00"
    assert (request.due_basis, request.due_rule) == ("wushen-2021-60:21(2)", "reply_conditional=5@2021-10-12")

    answered = answer(request, banner=banner, at=banner.at + timedelta(hours=2))
    assert answered.status == states.PARTLY_GRANTED
    assert answered.due_at is None
    assert answered.grant_id is not None
    kinds = [news.kind for news in evidence.trail_of(f"access_request:{request.pk}", by=banner.auditor)]
    assert kinds == [
        "access_request:drafted", "access_request:presented", "access_request:consented", "access_request:submitted",
        "access_request:reply_prepared", "grant:issued", "provision:opened", "access_request:partly_granted",
    ]  # fmt: skip


@pytest.mark.article("wushen-2021-60:21(1)", "cn-809:20.2", "cn-809:20.3")
def test_unconditional_resource_is_granted_at_once_under_the_standing_consent(banner: Banner) -> None:
    resource = make_published(banner=banner)
    request = make_request(states.CONSENTED, banner=banner, resource_id=resource.id, elements=["code", "name"])
    actions.submit_access_request(access_request_id=request.pk, by=banner.consumer.clerk, at=banner.at)
    request.refresh_from_db()
    assert request.status == states.GRANTED
    assert request.replied_at == banner.at
    granted = evidence.trail_of(f"access_request:{request.pk}", by=banner.auditor)[-1]
    assert (granted.kind, granted.actor_kind, granted.actor_id) == ("access_request:granted", "system", "standing-consent")


def test_own_officer_consents_and_never_to_an_own_draft(banner: Banner) -> None:
    resource = make_conditional(banner=banner)
    request = make_request(states.DRAFT, banner=banner, resource_id=resource.id)
    with pytest.raises(errors.OfficerConsentMissing):
        actions.submit_access_request(access_request_id=request.pk, by=banner.consumer.clerk, at=banner.at)
    actions.present_access_request(access_request_id=request.pk, by=banner.consumer.clerk, at=banner.at)
    for other in (banner.consumer.clerk, banner.provider.officer):
        with pytest.raises(NotPermitted):
            actions.consent_access_request(access_request_id=request.pk, by=other, at=banner.at)


def test_a_form_with_everything_missing_says_everything_at_once(banner: Banner) -> None:
    resource = make_conditional(banner=banner)
    request = actions.draft_access_request(resource_id=resource.id, by=banner.consumer.clerk, at=banner.at)
    with pytest.raises(Shortfalls) as refused:
        actions.present_access_request(access_request_id=request.pk, by=banner.consumer.clerk, at=banner.at)
    assert {shortfall.field for shortfall in refused.value.shortfalls} == {
        "legal_basis", "purposes", "use_case", "scope", "elements", "until", "ban",
    }  # fmt: skip
    assert all(shortfall.articles for shortfall in refused.value.shortfalls)


def test_provider_sees_a_request_only_when_it_is_submitted(banner: Banner) -> None:
    resource = make_conditional(banner=banner)
    request = make_request(states.CONSENTED, banner=banner, resource_id=resource.id)
    assert not queries.visible_to(banner.provider.officer).filter(pk=request.pk).exists()
    actions.submit_access_request(access_request_id=request.pk, by=banner.consumer.clerk, at=banner.at)
    assert queries.visible_to(banner.provider.officer).filter(pk=request.pk).exists()
    assert not queries.visible_to(banner.stranger.officer).filter(pk=request.pk).exists()


@pytest.mark.article("cn-809:21.2")
def test_who_grants_less_than_was_asked_says_why(banner: Banner) -> None:
    request = make_request(states.SUBMITTED, banner=banner, resource_id=make_conditional(banner=banner).id)
    key: dict[str, Any] = {"access_request_id": request.pk, "by": banner.provider.reviewer, "at": banner.at}
    whole = {"elements": tuple(request.elements), "masks": {}, "conditions": (), "until": request.until}
    whole["purposes"] = tuple(Purpose(one) for one in request.purposes)
    for less in ({}, {**whole, "conditions": FILTER}, {**whole, "until": date(2026, 12, 31)}):
        with pytest.raises(errors.PartUnexplained) as refused:
            actions.prepare_reply(**{**reply_fields(text=""), **less}, **key)
        assert refused.value.field == "text"
    actions.prepare_reply(**{**reply_fields(text=""), **whole}, **key)
