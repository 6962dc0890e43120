"""Article 19(2): delivery by interface, by which the consumer looks up and checks: what the platform orders and keeps.

"接口方式……使用部门通过接口直接对业务数据进行查询和比对"。
What the gateway answers is in `integration/gateway/test_services.py`.
"""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse

from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.corrections import actions as corrections
from gongxiang.platform.corrections import errors as correction_errors
from gongxiang.platform.corrections import states as correction_states
from gongxiang.platform.delivery import intake
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions, errors_use, handlers, providing, queries, serving
from gongxiang.platform.grants.models import Grant, Provision, UseRecord
from gongxiang.protocol.services import CallAnswered
from tests.factories.catalogue import make_conditional, make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import answer, make_grant, make_request
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:19(2)")]


@pytest.fixture
def banner() -> Banner:
    return make_banner()


@pytest.fixture
def grant(banner: Banner) -> Grant:
    """A grant by interface of a table that is exchanged."""
    content = conditional_content()
    interface = DistributionContent(kind="API", description="按身份号码查询和核对")
    content = replace(content, distributions=(*content.distributions, interface))
    resource = make_published(banner=banner, content=content)
    request = make_request(banner=banner, resource_id=resource.id, mode="api")
    answered = answer(request, banner=banner, at=banner.at + timedelta(hours=1))
    return Grant.objects.get(pk=answered.grant_id)


def orders() -> list[dict[str, Any]]:
    """The orders that serve, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM link.orders WHERE kind = 'open_service' ORDER BY id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


def call(grant: Grant, person: UUID, at: Any, **changes: Any) -> CallAnswered:
    """What the gateway tells of one answered call."""
    values: dict[str, Any] = {
        "call_id": uuid4(), "channel": "lookup", "node_id": uuid4(), "person": str(person), "grant_id": grant.pk, "revision": 1,
        "resource_id": grant.resource_id, "purpose": "verification", "matter": "乌市监2026-0117",
        "elements": ("name", "township"), "rows": 1, "key_digests": ("hmac-sm3:00",), "seq": 7, "at": at,
    }  # fmt: skip
    return CallAnswered(**{**values, **changes})


@pytest.mark.article("wushen-2021-60:22.1", "wushen-2021-60:14")
def test_the_order_says_on_which_terms_and_for_whom(banner: Banner, grant: Grant) -> None:
    at, office = banner.at + timedelta(hours=2), banner.consumer
    (first,) = orders()
    assert first["terms"] == queries.current_terms(grant.pk).to_json()
    assert first["handlers"] == [], "nobody is answered before the officer has named who handles it"
    row = handlers.name_handler(grant_id=grant.pk, person_id=office.clerk.id, duty="登记窗口核验", by=office.officer, at=at)
    (named,) = orders()[-1]["handlers"]
    assert (named["person_id"], named["until_at"]) == (str(office.clerk.id), None)
    handlers.end_handler(handler_id=row.pk, reason="调岗", by=office.officer, at=at + timedelta(hours=1))
    assert orders()[-1]["handlers"] == []
    assert len(orders()) == 3


@pytest.mark.article("wushen-2021-60:22.3")
def test_what_is_no_longer_granted_stops_in_the_same_act(banner: Banner, grant: Grant) -> None:
    terms, at = queries.current_terms(grant.pk), banner.at + timedelta(hours=2)
    actions.revise_grant(
        grant_id=grant.pk, elements=("name",), masks={}, conditions=terms.conditions, purposes=terms.purposes,
        valid_until=terms.valid_until, reason="仅需姓名。", by=banner.authority_leader, at=at,
    )  # fmt: skip
    assert (orders()[-1]["terms"]["revision"], orders()[-1]["terms"]["elements"]) == (2, ["name"])


def test_what_was_granted_before_there_were_interfaces_is_served(banner: Banner) -> None:
    grant = Grant.objects.get(pk=make_grant(banner=banner, resource_id=make_conditional(banner=banner).id))
    assert (serving.order_missing(banner.at), orders()) == (0, [])
    Grant.objects.filter(pk=grant.pk).update(mode="api")
    assert serving.order_missing(banner.at) == 1
    assert serving.order_missing(banner.at) == 0
    assert [one["terms"]["grant_id"] for one in orders()] == [str(grant.pk)]


@pytest.mark.article("cn-809:22.1", "wushen-2021-60:22.2", "cn-809:29.2")
def test_the_first_call_ends_the_period_of_provision_and_every_call_is_kept(banner: Banner, grant: Grant) -> None:
    at, person = banner.at + timedelta(days=1), banner.consumer.clerk.id
    with pytest.raises(errors_use.ProvisionIsMeasured):
        providing.declare_provision(grant_id=grant.pk, statement="接口已开通。", by=banner.provider.clerk, at=at)
    first = call(grant, person, at)
    intake.take(first, at=at)
    provision = Provision.objects.get(grant=grant)
    assert (provision.status, provision.measured_by, provision.provided_at) == ("PROVIDED", "call", at)
    intake.take(call(grant, person, at + timedelta(minutes=1), rows=0), at=at + timedelta(minutes=1))
    matched = call(grant, person, at + timedelta(minutes=2), channel="match", elements=("name",))
    intake.take(matched, at=at + timedelta(minutes=2))
    lines = {line.channel: line for line in UseRecord.objects.filter(grant=grant)}
    looked = lines["lookup"]
    assert (looked.person, looked.purposes, looked.matter) == (str(person), ["verification"], "乌市监2026-0117")
    assert (looked.times, looked.rows, lines["match"].times) == (2, 1, 1)
    assert Provision.objects.get(grant=grant).provided_at == at
    record = EvidenceRecord.objects.get(kind="data:call_answered", subject_id=str(first.call_id))
    assert set(record.concerns) >= {grant.provider_id, grant.consumer_id}
    assert f"grant:{grant.pk}" not in record.trail, "calls do not bury what was decided about the grant"


@pytest.mark.article("wushen-2021-60:23", "cn-809:26.2")
def test_a_doubt_is_raised_from_a_call_by_its_reference(banner: Banner, grant: Grant) -> None:
    at, clerk = banner.at + timedelta(days=1), banner.consumer.clerk
    answered = call(grant, clerk.id, at)
    intake.take(answered, at=at)
    act = {
        "grant_id": grant.pk, "kind": correction_states.DOUBT, "origin": correction_states.CALL, "elements": ["name"],
        "description": "姓名与证件不一致。", "by": clerk, "at": at + timedelta(hours=1),
    }  # fmt: skip
    for reference in (str(uuid4()), "0190-7"):
        with pytest.raises(correction_errors.CallUnknown):
            corrections.report_correction(**act, call_id=reference)
    made = corrections.report_correction(**act, call_id=str(answered.call_id))
    assert made.call_id == str(answered.call_id)


@pytest.mark.article("wushen-2021-60:22.2")
def test_the_pages_say_how_to_ask_and_who_asked(banner: Banner, grant: Grant) -> None:
    at, office = banner.at + timedelta(days=1), banner.consumer
    handlers.name_handler(grant_id=grant.pk, person_id=office.clerk.id, duty="登记窗口核验", by=office.officer, at=at)
    answered = call(grant, office.clerk.id, at)
    intake.take(answered, at=at)
    client = client_of(office.clerk)
    page = client.get(reverse("grants:detail", args=[grant.pk])).content.decode()
    assert str(office.clerk.id) in page, "the handler's number stands beside the name"
    assert reverse("use:calls", args=[grant.pk]) in page
    listed = client.get(reverse("use:calls", args=[grant.pk])).content.decode()
    for said in ("乌市监2026-0117", office.clerk.name, str(answered.call_id)):
        assert said in listed
    assert f"call={answered.call_id}" in listed, "a doubt is one step from the call"
    provider = client_of(banner.provider.clerk).get(reverse("use:calls", args=[grant.pk])).content.decode()
    assert str(answered.call_id) in provider
    assert f"call={answered.call_id}" not in provider, "only the consumer doubts what it received"
    assert client_of(banner.stranger.clerk).get(reverse("use:calls", args=[grant.pk])).status_code == 404
    exported = client.get(reverse("use:calls", args=[grant.pk]) + "?export=csv")
    assert str(answered.call_id) in b"".join(exported).decode("utf-8-sig")
