"""Measures art. 10, Regulation art. 14: withheld only on a sufficient basis, and only once the authority has ratified it."""

from datetime import date

import pytest

from gongxiang.law.instruments import Rank
from gongxiang.platform.catalogue import actions, errors, queries
from gongxiang.platform.catalogue.content import WithholdingBasis
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.rulebook import actions as rulebook
from tests.factories import catalogue as make
from tests.factories.contents import withheld_content
from tests.factories.parties import make_banner

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:10", "cn-809:14(3)")]


@pytest.fixture
def banner():
    return make_banner()


def register(banner, rank: Rank, title: str) -> str:
    statute = rulebook.register_statute(
        title=title, number="第1号", rank=rank, issuer="", article="第一条", text="", url="", in_force_from=date(2020, 1, 1),
        in_force_until=None, by=banner.authority_officer, at=banner.at,
    )  # fmt: skip
    return str(statute.id)


def refused(entry, banner) -> list[tuple[str, tuple[str, ...]]]:
    with pytest.raises(Shortfalls) as refusal:
        actions.send_for_review(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)
    return [(s.code, s.articles) for s in refusal.value.shortfalls]


def draft(banner, statute: str):
    return make.make_draft_entry(banner.provider, withheld_content(statute=statute), at=banner.at)


@pytest.mark.parametrize("statute", ["", "not-an-id", "00000000-0000-7000-8000-000000000000"])
def test_without_a_basis_nothing_becomes_withheld(banner, statute):
    codes = refused(draft(banner, statute), banner)
    assert codes == [("basis_missing", errors.BasisMissing.basis)]
    assert {"wushen-2021-60:10", "cn-809:14(3)"} <= set(codes[0][1])


def test_a_document_of_a_department_is_no_basis_and_no_exception_makes_it_one(banner):
    statute = register(banner, Rank.NORMATIVE_DOCUMENT, "某局文件")
    entry = draft(banner, statute)
    assert [code for code, _ in refused(entry, banner)] == ["basis_insufficient"]
    actions.allow_lower_basis(resource_id=entry.id, statute=statute, reason="请求", by=banner.authority_leader, at=banner.at)
    assert [code for code, _ in refused(entry, banner)] == ["basis_insufficient"]


def test_what_the_measures_allow_and_the_regulation_does_not_needs_a_recorded_exception(banner):
    statute = register(banner, Rank.LOCAL_REGULATION, "某地方性法规")
    entry = draft(banner, statute)
    assert refused(entry, banner) == [("basis_below_regulation", ("cn-809:14(3)", "wushen-2021-60:10"))]
    with pytest.raises(NotPermitted):
        actions.allow_lower_basis(
            resource_id=entry.id, statute=statute, reason="理由", by=banner.authority_officer, at=banner.at
        )
    actions.allow_lower_basis(
        resource_id=entry.id, statute=statute, reason="旗司法局意见", by=banner.authority_leader, at=banner.at
    )
    actions.send_for_review(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)
    record = EvidenceRecord.objects.get(kind="resource:lower_basis_allowed")
    assert record.detail["reason"] == "旗司法局意见"
    assert "cn-809:14(3)" in record.basis


def test_an_exception_holds_for_its_statute_only(banner):
    statute = register(banner, Rank.LOCAL_REGULATION, "某地方性法规")
    other = register(banner, Rank.CENTRAL_POLICY, "某政策")
    entry = draft(banner, other)
    actions.allow_lower_basis(resource_id=entry.id, statute=statute, reason="x", by=banner.authority_leader, at=banner.at)
    assert [code for code, _ in refused(entry, banner)] == ["basis_below_regulation"]


def test_with_a_law_it_waits_for_ratification_and_is_published_only_then(banner):
    statute = register(banner, Rank.LAW, "中华人民共和国民法典")
    entry = make.make_entry_at("SUBMITTED", banner=banner, content=withheld_content(statute=statute))
    assert [row.id for row in queries.waiting_for_ratification(banner.authority_officer)] == [entry.id]
    with pytest.raises(Shortfalls) as refusal:
        actions.publish_resource(resource_id=entry.id, by=banner.authority_officer, at=banner.at)
    assert [s.code for s in refusal.value.shortfalls] == ["not_ratified"]
    with pytest.raises(NotPermitted):
        actions.ratify_withholding(resource_id=entry.id, opinion="同意", by=banner.provider.officer, at=banner.at)
    actions.ratify_withholding(resource_id=entry.id, opinion="同意", by=banner.authority_leader, at=banner.at)
    resource = actions.publish_resource(resource_id=entry.id, by=banner.authority_officer, at=banner.at)
    assert resource.standing_consent is None
    record = EvidenceRecord.objects.get(kind="resource:withholding_ratified")
    assert record.rule_version == "withholding_ranks=cn-809@2025-08-01"
    assert record.detail["statute"] == "中华人民共和国民法典"
    assert [row.id for row in queries.withheld_entries(banner.authority_officer)] == [resource.id]


def test_an_unbased_withholding_is_returned(banner):
    statute = register(banner, Rank.LAW, "某法")
    entry = make.make_entry_at("SUBMITTED", banner=banner, content=withheld_content(statute=statute))
    remarks = [{"field": "withholding.statute", "text": "该条未规定不得共享，应予共享。"}]
    returned = actions.return_resource(resource_id=entry.id, remarks=remarks, by=banner.authority_officer, at=banner.at)
    assert returned.status == "RETURNED"
    content = returned.content
    assert content.withholding == WithholdingBasis(statute=statute, text="不得泄露其秘密。")
