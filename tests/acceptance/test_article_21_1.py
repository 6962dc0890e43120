"""Measures art. 21(1), Regulation art. 20, 21: the unconditional is published with its delivery and a standing consent."""

from dataclasses import replace

import pytest

from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.errors import Shortfalls
from tests.factories import catalogue as make
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:21(1)")]


@pytest.fixture
def banner():
    return make_banner()


def test_published_with_the_table_api_or_file_it_is_delivered_by(banner):
    entry = make.make_draft_entry(banner.provider, complete_content(distributions=()), at=banner.at)
    with pytest.raises(Shortfalls) as refusal:
        actions.send_for_review(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)
    assert [(s.field, s.articles[0]) for s in refusal.value.shortfalls] == [("distributions", "wushen-2021-60:21(1)")]


@pytest.mark.article("wushen-2021-60:19(1)", "wushen-2021-60:13")
def test_a_table_names_its_node_table_and_a_column_for_each_element(banner):
    content = complete_content()
    half = replace(content.distributions[0], node_id=None, source_table="division", columns={"code": "code"})
    entry = make.make_draft_entry(banner.provider, replace(content, distributions=(half,)), at=banner.at)
    with pytest.raises(Shortfalls) as refusal:
        actions.send_for_review(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)
    assert {s.field for s in refusal.value.shortfalls} == {
        "distributions.0.node_id", "distributions.0.source_table", "distributions.0.columns.name",
    }  # fmt: skip


@pytest.mark.article("cn-809:20.3", "cn-809:21.1")
def test_the_officers_standing_consent_is_recorded_at_publication(banner):
    resource = make.make_published(banner=banner)
    consent = queries.get_resource(resource.id).standing_consent
    assert consent is not None
    assert consent.given_by_name == banner.provider.officer.name
    record = EvidenceRecord.objects.get(kind="resource:standing_consent_recorded")
    assert record.detail["given_by"] == str(banner.provider.officer.id)
    assert set(record.basis) == {"cn-809:20.3", "cn-809:21.1"}


@pytest.mark.article("cn-809:20.3")
def test_without_standing_consent_an_unconditional_resource_goes_no_further(banner):
    entry = make.make_entry_at("REVIEWED", banner=banner)
    with pytest.raises(Shortfalls) as refusal:
        actions.consent_to_resource(
            resource_id=entry.id, secrecy_statement=make.SECRECY, standing=False, by=banner.provider.officer, at=banner.at
        )
    assert [s.code for s in refusal.value.shortfalls] == ["standing_consent_missing"]


@pytest.mark.article("cn-809:13.1")
def test_personal_information_is_assessed_before(banner):
    content = complete_content()
    personal = replace(content.elements[1], sensitivity="PERSONAL")
    content = replace(content, elements=(content.elements[0], personal))
    entry = make.make_entry_at("REVIEWED", banner=banner, content=content)
    with pytest.raises(Shortfalls) as refusal:
        actions.consent_to_resource(
            resource_id=entry.id, secrecy_statement="", standing=True, by=banner.provider.officer, at=banner.at
        )
    assert {s.field for s in refusal.value.shortfalls} == {
        "secrecy_statement", "impact_purpose", "impact_effect", "impact_measures",
    }  # fmt: skip


@pytest.mark.article("cn-809:16.1")
def test_every_department_sees_what_is_published_and_nothing_before(banner):
    entry = make.make_entry_at("SUBMITTED", banner=banner)
    assert queries.search("", actor=banner.consumer.clerk).total == 0
    resource = actions.publish_resource(resource_id=entry.id, by=banner.authority_officer, at=banner.at)
    assert [hit.id for hit in queries.search("", actor=banner.consumer.clerk).hits] == [resource.id]
