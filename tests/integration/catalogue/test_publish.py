"""From draft to published, by four people; every refusal leaves things as they were."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from gongxiang.platform.catalogue import actions, errors, policies, queries
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.catalogue.models import Resource, ResourceVersion
from gongxiang.platform.catalogue.states import RESOURCE
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions as grants
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import answer, make_grant, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


def kinds(resource_id) -> list[str]:
    rows = EvidenceRecord.objects.filter(subject_type="resource", subject_id=str(resource_id)).order_by("id")
    return [kind.partition(":")[2] for kind in rows.values_list("kind", flat=True)]


def test_four_people_bring_an_entry_to_publication(banner):
    resource = make.make_published(banner=banner)
    assert (resource.status, resource.version, resource.code) == ("PUBLISHED", 1, "103000/000001")
    assert resource.standing_consent is not None
    assert resource.standing_consent.given_by == banner.provider.officer.id
    assert [spec.code for spec in queries.element_specs(resource.id)] == ["code", "name"]
    assert queries.get_resource(resource.code) == resource
    assert kinds(resource.id) == [
        "drafted", "sent_for_review", "reviewed", "consented", "submitted", "published", "standing_consent_recorded",
    ]  # fmt: skip
    record = EvidenceRecord.objects.get(kind="resource:published")
    assert record.concerns == [banner.provider.id]
    assert f"resource:{resource.id}" in record.trail


def test_a_broken_evidence_write_leaves_the_entry_submitted(banner, monkeypatch):
    entry = make.make_entry_at("SUBMITTED", banner=banner)

    def broken(**_values):
        raise RuntimeError("the record cannot be written")

    monkeypatch.setattr(evidence, "record_act", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.publish_resource(resource_id=entry.id, by=banner.authority_officer, at=banner.at)
    row = Resource.objects.get(pk=entry.id)
    assert (row.status, row.version, row.code) == ("SUBMITTED", None, None)
    assert not ResourceVersion.objects.exists()
    assert queries.search("行政区划", actor=banner.consumer.clerk).total == 0


@pytest.mark.parametrize("status", ["DRAFT", "IN_REVIEW", "REVIEWED", "CONSENTED", "PUBLISHED", "RETURNED", "WITHDRAWN"])
def test_only_what_was_submitted_is_published(banner, status):
    entry = make.make_entry_at(status, banner=banner)
    with pytest.raises(WrongState):
        actions.publish_resource(resource_id=entry.id, by=banner.authority_officer, at=banner.at)


def test_every_state_of_the_table_is_reached_by_real_acts(banner):
    assert set(RESOURCE.states) == {
        make.make_entry_at(s, banner=banner, content=complete_content(f"资源{s}")).status
        for s in RESOURCE.states
        if s != "RATIFIED"
    } | {"RATIFIED"}


def test_nobody_approves_what_they_drafted_or_reviewed(banner):
    office = banner.provider
    both = replace(office.clerk, roles=office.clerk.roles | office.reviewer.roles | office.officer.roles)
    entry = actions.draft_resource(content=complete_content(), by=both, at=banner.at)
    actions.send_for_review(resource_id=entry.id, by=both, at=banner.at)
    with pytest.raises(errors.SamePerson):
        actions.pass_review(resource_id=entry.id, by=both, at=banner.at)
    reviewing = replace(office.reviewer, roles=office.reviewer.roles | office.officer.roles)
    actions.pass_review(resource_id=entry.id, by=reviewing, at=banner.at)
    for same in (both, reviewing):
        with pytest.raises(errors.SamePerson):
            actions.consent_to_resource(
                resource_id=entry.id, secrecy_statement=make.SECRECY, standing=True, by=same, at=banner.at
            )


def test_who_worked_on_a_draft_cannot_publish_it_for_the_authority(banner):
    entry = make.make_entry_at("SUBMITTED", banner=banner)
    turned = replace(banner.provider.clerk, roles=banner.authority_officer.roles)
    with pytest.raises(errors.SamePerson):
        actions.publish_resource(resource_id=entry.id, by=turned, at=banner.at)


def test_another_department_cannot_touch_it(banner):
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    with pytest.raises(errors.NotYourDepartment):
        actions.save_draft(resource_id=entry.id, content=complete_content("x"), seen=1, by=banner.consumer.clerk, at=banner.at)
    with pytest.raises(errors.ResourceNotFound):
        queries.get_draft(entry.id, actor=banner.consumer.clerk)
    with pytest.raises(errors.ResourceNotFound):
        queries.get_resource(entry.id, actor=banner.consumer.clerk)


def test_the_clerk_does_not_publish(banner):
    entry = make.make_entry_at("SUBMITTED", banner=banner)
    with pytest.raises(NotPermitted):
        actions.publish_resource(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)


@pytest.mark.article("wushen-2021-60:18")
def test_without_an_agreement_nothing_is_submitted():
    banner = make_banner(agreements=False)
    entry = make.make_entry_at("CONSENTED", banner=banner)
    with pytest.raises(Shortfalls) as refused:
        actions.submit_resource(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)
    assert any("wushen-2021-60:18" in s.articles for s in refused.value.shortfalls)


def test_two_people_do_not_write_over_each_other(banner):
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    first = actions.save_draft(
        resource_id=entry.id, content=complete_content("甲"), seen=entry.revision, by=banner.provider.clerk, at=banner.at
    )
    with pytest.raises(errors.DraftChangedMeanwhile):
        actions.save_draft(
            resource_id=entry.id, content=complete_content("乙"), seen=entry.revision, by=banner.provider.reviewer, at=banner.at
        )
    assert queries.get_draft(entry.id).name == "甲"
    again = actions.save_draft(
        resource_id=entry.id, content=first.content, seen=first.revision, by=banner.provider.clerk, at=banner.at
    )
    assert again.revision == first.revision
    assert kinds(entry.id) == ["drafted", "draft_saved"]


def test_remarks_come_back_with_the_entry_and_undo_consent(banner):
    entry = make.make_entry_at("RETURNED", banner=banner)
    assert entry.remarks == (("name", "名称应与业务一致。"),)
    assert entry.consent is None
    assert entry.due_at is None
    make.bring_to("PUBLISHED", banner=banner, resource_id=entry.id, at=banner.at + timedelta(hours=1))
    assert queries.get_draft(entry.id).remarks == ()


def test_a_return_without_a_remark_is_refused(banner):
    entry = make.make_entry_at("SUBMITTED", banner=banner)
    with pytest.raises(errors.RemarkMissing):
        actions.return_resource(
            resource_id=entry.id, remarks=[{"field": "name", "text": "  "}], by=banner.authority_officer, at=banner.at
        )


@pytest.mark.article("cn-809:17.3")
def test_the_authority_has_two_working_days(banner):
    entry = make.make_entry_at("SUBMITTED", banner=banner)
    assert entry.due_basis == "cn-809:17.3"
    assert entry.due_rule.startswith("catalogue_review=2@")
    assert [row.id for row in queries.waiting_for(banner.authority_officer)] == [entry.id]


def test_a_revision_leaves_the_published_version_in_force(banner):
    resource = make.make_published(banner=banner)
    later = banner.at + timedelta(days=1)
    draft = actions.revise_resource(resource_id=resource.id, by=banner.provider.clerk, at=later)
    changed = replace(draft.content, summary="新的摘要。")
    actions.save_draft(resource_id=resource.id, content=changed, seen=draft.revision, by=banner.provider.clerk, at=later)
    assert queries.get_resource(resource.id) == resource
    assert [d.field for d in queries.changes_of_draft(resource.id)] == ["summary"]
    make.bring_to("PUBLISHED", banner=banner, resource_id=resource.id, at=later + timedelta(hours=1))
    now = queries.get_resource(resource.id)
    assert (now.version, now.code, now.content.summary) == (2, resource.code, "新的摘要。")
    assert queries.get_version(resource.id, 1).content == resource.content
    assert [d.field for d in queries.compare_versions(resource.id, 1, 2)] == ["summary"]


def test_a_discarded_revision_changes_nothing(banner):
    resource = make.make_published(banner=banner)
    draft = actions.revise_resource(resource_id=resource.id, by=banner.provider.clerk, at=banner.at)
    actions.save_draft(
        resource_id=resource.id, content=complete_content("另名"), seen=draft.revision, by=banner.provider.clerk, at=banner.at
    )
    actions.discard_revision(resource_id=resource.id, by=banner.provider.clerk, at=banner.at)
    assert queries.get_resource(resource.id) == resource
    assert queries.get_draft(resource.id).content == resource.content


def test_codes_count_up_and_never_come_twice(banner):
    first = make.make_published(banner=banner, content=complete_content("甲"))
    actions.withdraw_resource(resource_id=first.id, reason="停用", by=banner.provider.officer, at=banner.at)
    second = make.make_published(banner=banner, content=complete_content("乙"))
    other = make.make_published(banner=banner, content=conditional_content())
    assert (first.code, second.code, other.code) == ("103000/000001", "103000/000002", "307001/000001")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_resourceversion SET content = '{}'",
        "DELETE FROM catalogue_resourceversion",
        "UPDATE catalogue_consent SET standing = false",
        "UPDATE catalogue_resource SET code = 'x'",
        "UPDATE catalogue_codecounter SET last = 0",
        "DELETE FROM catalogue_codecounter",
    ],
)
def test_the_database_itself_keeps_versions_consents_and_codes(banner, statement):
    make.make_published(banner=banner)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_withdrawn_entry_is_not_found_but_stays_citable(banner):
    resource = make.make_published(banner=banner)
    assert queries.search("区划", actor=banner.consumer.clerk).total == 1
    actions.withdraw_resource(resource_id=resource.id, reason="停用", by=banner.provider.officer, at=banner.at)
    assert queries.search("区划", actor=banner.consumer.clerk).total == 0
    assert queries.get_resource(resource.id).status == "WITHDRAWN"
    assert queries.get_version(resource.id, 1).content == resource.content


@pytest.mark.article("cn-809:27.3")
def test_not_withdrawn_under_live_grants(banner):
    resource = make.make_published(banner=banner)
    until = banner.at + timedelta(days=1)
    actions.note_granted_until(resource_id=resource.id, until=until, by=banner.provider.officer, at=banner.at)
    with pytest.raises(errors.UnderLiveGrants):
        actions.withdraw_resource(resource_id=resource.id, reason="停用", by=banner.provider.officer, at=banner.at)
    actions.withdraw_resource(resource_id=resource.id, reason="停用", by=banner.provider.officer, at=until)


@pytest.mark.article("cn-809:27")
def test_a_revision_takes_nothing_away_that_a_live_grant_needs(banner):
    resource = make.make_conditional(banner=banner)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    at = banner.at + timedelta(days=1)
    content = resource.content
    thinner = replace(content, elements=tuple(e for e in content.elements if e.code not in ("township", "amount")))
    withheld = replace(content, sharing_type="WITHHELD", distributions=())
    unmounted = replace(content, distributions=(DistributionContent(kind="FILE", description="每月一次，Excel。"),))
    for changed, field in ((thinner, "elements"), (withheld, "sharing_type"), (unmounted, "distributions")):
        case = queries.case(resource.id, at=at, content=changed)
        assert [s.field for s in policies.grant_shortfalls(case)] == [field]
    # `amount` was not granted: it may go.
    harmless = replace(content, elements=tuple(e for e in content.elements if e.code != "amount"))
    assert not [*policies.grant_shortfalls(queries.case(resource.id, at=at, content=harmless))]
    # And the act refuses: the authority's publication is not reached.
    actions.revise_resource(resource_id=resource.id, by=banner.provider.clerk, at=at)
    seen = queries.get_draft(resource.id).revision
    actions.save_draft(resource_id=resource.id, content=thinner, seen=seen, by=banner.provider.clerk, at=at)
    with pytest.raises(Shortfalls) as refused:
        make.bring_to("PUBLISHED", banner=banner, resource_id=resource.id, at=at + timedelta(hours=1))
    assert "needed_by_grants" in {s.code for s in refused.value.shortfalls}
    grants.end_grant(grant_id=grant_id, reason="not_needed", statement="不再需要。", by=banner.consumer.officer, at=at)
    assert not [*policies.grant_shortfalls(queries.case(resource.id, at=at, content=thinner))]


@pytest.mark.article("cn-809:27")
@pytest.mark.parametrize(
    ("code", "changes", "refused"),
    [
        ("id_number", {"type": "I", "length": None}, "type_changed_under_grants"),
        ("id_number", {"length": 17}, "narrowed_under_grants"),
        ("id_number", {"length": 20}, ""),
        ("name", {"length": None}, ""),
        ("name", {"type": "M"}, ""),
        ("township", {"key": True}, "key_changed_under_grants"),
        ("id_number", {"key": False}, "key_changed_under_grants"),
        ("amount", {"type": "C"}, ""),
        ("amount", {"length": 4, "scale": 0}, ""),
    ],
)
def test_a_revision_keeps_the_shape_of_what_a_live_grant_receives(banner, code, changes, refused):
    """`amount` was granted to nobody: it may change as it likes; the others keep type, size and key, or grow."""
    resource = make.make_conditional(banner=banner)
    make_grant(banner=banner, resource_id=resource.id)
    at = banner.at + timedelta(days=1)
    elements = tuple(replace(e, **changes) if e.code == code else e for e in resource.content.elements)
    if not any(e.key for e in elements):
        elements = tuple(replace(e, key=e.code == "township") for e in elements)
    changed = replace(resource.content, elements=elements)
    found = [*policies.grant_shortfalls(queries.case(resource.id, at=at, content=changed))]
    assert [s.code for s in found] == ([refused] if refused else [])
    if refused:
        actions.revise_resource(resource_id=resource.id, by=banner.provider.clerk, at=at)
        seen = queries.get_draft(resource.id).revision
        actions.save_draft(resource_id=resource.id, content=changed, seen=seen, by=banner.provider.clerk, at=at)
        with pytest.raises(Shortfalls) as why:
            make.bring_to("PUBLISHED", banner=banner, resource_id=resource.id, at=at + timedelta(hours=1))
        assert refused in {s.code for s in why.value.shortfalls}
        assert "cn-809:27.3" in why.value.articles


@pytest.mark.article("cn-809:27")
def test_an_exact_number_under_a_live_grant_only_grows(banner):
    resource = make.make_conditional(banner=banner)
    request = make_request(banner=banner, resource_id=resource.id, elements=["id_number", "amount"])
    answer(request, banner=banner, at=banner.at, elements=("id_number", "amount"), masks={}, conditions=())
    at = banner.at + timedelta(days=1)
    sizes = {(12, 2): True, (11, 3): True, (10, 3): False, (10, 1): False, (9, 2): False, (None, 2): True}
    for (length, scale), fits in sizes.items():
        elements = tuple(replace(e, length=length, scale=scale) if e.code == "amount" else e for e in resource.content.elements)
        case = queries.case(resource.id, at=at, content=replace(resource.content, elements=elements))
        assert (not [*policies.grant_shortfalls(case)]) is fits, (length, scale)


def test_a_name_is_unique_within_the_department_only(banner):
    make.make_published(banner=banner)
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    with pytest.raises(Shortfalls) as refused:
        actions.send_for_review(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)
    assert [s.code for s in refused.value.shortfalls] == ["name_taken"]
    other = make.make_draft_entry(banner.consumer, at=banner.at)
    actions.send_for_review(resource_id=other.id, by=banner.consumer.clerk, at=banner.at)


def test_circular_derivation_is_found(banner):
    first = make.make_draft_entry(banner.provider, complete_content("甲"), at=banner.at)
    second = make.make_draft_entry(
        banner.provider, complete_content("乙", source_kind="DERIVED", derived_from=(first.id,)), at=banner.at
    )
    actions.save_draft(
        resource_id=first.id, content=complete_content("甲", source_kind="DERIVED", derived_from=(second.id,)), seen=1,
        by=banner.provider.clerk, at=banner.at,
    )  # fmt: skip
    with pytest.raises(Shortfalls) as refused:
        actions.send_for_review(resource_id=first.id, by=banner.provider.clerk, at=banner.at)
    assert [s.code for s in refused.value.shortfalls] == ["derivation_circular"]


def test_distributions_in_force_are_found_by_node(banner):
    node = uuid4()
    resource = make.make_published(banner=banner, content=complete_content(node_id=node))
    assert queries.mounted_on(node) == (resource.id,)
    assert resource.table is not None
    assert resource.table.node_id == node
