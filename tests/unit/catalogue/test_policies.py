"""What an entry lacks: one table of shortfalls, success and refusal sharing their set-up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gongxiang.law.articles import article
from gongxiang.law.instruments import Rank
from gongxiang.platform.catalogue import errors, policies
from gongxiang.platform.catalogue.content import Content, DistributionContent
from gongxiang.platform.catalogue.policies import Case, Consented, Statute
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from tests.factories.contents import complete_content, conditional_content, element, table_for, withheld_content

REGULATION = frozenset({Rank.LAW, Rank.ADMINISTRATIVE_REGULATION, Rank.STATE_COUNCIL_DECISION})
MEASURES = REGULATION | {Rank.CENTRAL_POLICY, Rank.LOCAL_REGULATION}
LAW = Statute(title="某法", rank=Rank.LAW)


def case(content: Content, **changes: object) -> Case:
    consent = Consented(
        content_digest="d",
        secrecy_statement="不涉及国家秘密、工作秘密",
        impact_assessment={"purpose": "必要", "effect": "可控", "measures": "脱敏"},
        standing=True,
    )
    base = Case(content=content, content_digest="d", ranks=REGULATION, ranks_of_measures=MEASURES, consent=consent)
    return replace(base, **changes)


def found(case: Case, check=policies.check_can_publish) -> set[tuple[str, str]]:
    return {(type(s).__name__, s.field) for s in policies.reasons_against(lambda: check(case))}


def ranked(rank: Rank) -> Statute:
    return Statute(title="某文件", rank=rank)


U, C, W = complete_content, conditional_content, withheld_content


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        pytest.param(U(), {}, id="unconditional"),
        pytest.param(U("重大项目清单（2026）"), {}, id="name-with-a-year"),
        pytest.param(U("重大项目清单(2026)"), {}, id="name-with-a-year-in-narrow-brackets"),
        pytest.param(C(), {}, id="conditional"),
        pytest.param(W(), {"statute": LAW, "ratified": True}, id="withheld"),
    ],
)
def test_a_complete_entry_of_each_type_may_be_published(content, changes):
    policies.check_can_publish(case(content, **changes))


SHORTFALLS = {
    "no-name": (replace(U(), name=""), {("FieldMissing", "name")}),
    "no-summary": (replace(U(), summary=""), {("FieldMissing", "summary")}),
    "no-format": (replace(U(), format_class=""), {("FieldMissing", "format_class")}),
    "unknown-format": (replace(U(), format_class="X"), {("FieldUnknown", "format_class")}),
    "self-described-without-words": (replace(U(), format_class="SELF_DESCRIBED"), {("FieldMissing", "format_note")}),
    "no-cycle": (replace(U(), update_cycle=""), {("FieldMissing", "update_cycle")}),
    "irregular-without-words": (replace(U(), update_cycle="IRREGULAR"), {("FieldMissing", "update_note")}),
    "no-source-kind": (replace(U(), source_kind=""), {("FieldMissing", "source_kind")}),
    "no-classification": (replace(U(), classification=""), {("FieldMissing", "classification")}),
    "unknown-classification": (replace(U(), classification="999"), {("FieldUnknown", "classification")}),
    "stray-punctuation": (replace(U(), name="行政区划代码。"), {("NameMalformed", "name")}),
    "copy-number": (replace(U(), name="行政区划代码(2)"), {("NameMalformed", "name")}),
    "copy-number-like-a-date": (replace(U(), name="行政区划代码（20261）"), {("NameMalformed", "name")}),
    "copy-number-that-is-no-year": (replace(U(), name="行政区划代码（1026）"), {("NameMalformed", "name")}),
    "double-space": (replace(U(), name="行政  区划"), {("NameMalformed", "name")}),
    "open-without-conditions": (replace(U(), open_to_society=True), {("FieldMissing", "open_conditions")}),
    "derived-from-nothing": (replace(U(), source_kind="DERIVED"), {("FieldMissing", "derived_from")}),
    "type-without-reason": (replace(C(), sharing_reason=""), {("ReasonForTypeMissing", "sharing_reason")}),
    "unknown-type": (replace(U(), sharing_type="SOME", sharing_reason="x"), {("FieldUnknown", "sharing_type")}),
    "conditional-without-anything": (
        replace(C(), conditions="", scope="", purposes=()),
        {("ConditionMissing", "conditions"), ("ConditionMissing", "scope"), ("ConditionMissing", "purposes")},
    ),
    "unknown-purpose": (replace(C(), purposes=("fun",)), {("FieldUnknown", "purposes")}),
    "unconditional-with-a-restricted-element": (
        replace(U(), elements=(*U().elements, element("extra", sharing_type="CONDITIONAL")), distributions=(
            table_for((*U().elements, element("extra"))),)),
        {("RestrictedElement", "elements.2.sharing_type")},
    ),
    "no-elements": (replace(U(), elements=()), {("ElementsMissing", "elements")}),
    "element-incomplete": (
        replace(U(), elements=(element("code", key=True, name="", data_class="", sensitivity=""), element("name"))),
        {("ElementIncomplete", f"elements.0.{f}") for f in ("name", "data_class", "sensitivity")},
    ),
    "element-of-unknown-type": (
        replace(U(), elements=(element("code", key=True, type="Q"), element("name"))), {("FieldUnknown", "elements.0.type")},
    ),
    "element-code-malformed": (
        replace(U(), elements=(element("Code", key=True),), distributions=(table_for((element("Code"),)),)),
        {("ElementCodeMalformed", "elements.0.code")},
    ),
    "element-code-reserved": (
        replace(U(), elements=(element("gx_key", key=True),), distributions=(table_for((element("gx_key"),)),)),
        {("ElementCodeMalformed", "elements.0.code")},
    ),
    "element-twice": (
        replace(U(), elements=(element("code", key=True), element("code", name="别名"))), {("ElementTwice", "elements.1.code")},
    ),
    "element-of-unknown-sharing": (
        replace(
            C(), elements=(element("code", key=True, sharing_type="MAYBE"),), distributions=(table_for((element("code"),)),)
        ),
        {("FieldUnknown", "elements.0.sharing_type")},
    ),
    "element-name-twice": (
        replace(U(), elements=(element("code", key=True, name="同名"), element("name", name="同名"))),
        {("ElementTwice", "elements.1.name")},
    ),
    "too-many-digits": (
        replace(U(), elements=(element("code", key=True), element("name", type="N", length=39))),
        {("ElementSizeWrong", "elements.1.length")},
    ),
    "more-places-than-digits": (
        replace(U(), elements=(element("code", key=True), element("name", type="N", length=2, scale=3))),
        {("ElementSizeWrong", "elements.1.length")},
    ),
    "no-distribution": (replace(U(), distributions=()), {("DistributionMissing", "distributions")}),
    "distribution-of-no-kind": (
        replace(U(), distributions=(DistributionContent(),)), {("FieldMissing", "distributions.0.kind")},
    ),
    "file-without-words": (
        replace(U(), distributions=(DistributionContent(kind="FILE"),)), {("FieldMissing", "distributions.0.description")},
    ),
    "table-unmapped": (
        replace(U(), distributions=(DistributionContent(kind="TABLE", columns={"code": "c"}),)),
        {("TableUnmapped", f"distributions.0.{f}") for f in ("node_id", "source_table", "columns.name")},
    ),
    "one-column-for-two-elements": (
        replace(U(), distributions=(replace(table_for(U().elements), columns={"code": "c", "name": "c"}),)),
        {("TableUnmapped", "distributions.0.columns.code"), ("TableUnmapped", "distributions.0.columns.name")},
    ),
    "table-without-key": (replace(U(), elements=(element("code"), element("name"))), {("KeyMissing", "elements")}),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), SHORTFALLS.values(), ids=SHORTFALLS)
def test_shortfalls_of_content(content, expected):
    assert found(case(content)) == expected


@pytest.mark.article("wushen-2021-60:10", "cn-809:14(3)")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"statute": None}, {"BasisMissing"}, id="no-statute"),
        pytest.param({"statute": ranked(Rank.NORMATIVE_DOCUMENT)}, {"BasisInsufficient"}, id="a-mere-document"),
        pytest.param({"statute": ranked(Rank.LOCAL_RULE)}, {"BasisInsufficient"}, id="a-rule"),
        pytest.param({"statute": ranked(Rank.LOCAL_RULE), "exception": True}, {"BasisInsufficient"}, id="no-exception"),
        pytest.param({"statute": ranked(Rank.LOCAL_REGULATION)}, {"BasisBelowRegulation"}, id="below-the-regulation"),
        pytest.param({"statute": ranked(Rank.CENTRAL_POLICY)}, {"BasisBelowRegulation"}, id="policy"),
        pytest.param({"statute": ranked(Rank.LOCAL_REGULATION), "exception": True}, set(), id="exception-recorded"),
        pytest.param({"statute": ranked(Rank.STATE_COUNCIL_DECISION)}, set(), id="sufficient"),
    ],
)  # fmt: skip
def test_basis_of_a_withholding(changes, expected):
    with_refusals = policies.reasons_against(lambda: policies.check_can_ratify(case(W(), **changes)))
    assert {type(r).__name__ for r in with_refusals} == expected
    assert all({"wushen-2021-60:10", "cn-809:14(3)"} & set(r.articles) for r in with_refusals)


def test_withheld_needs_ratification_but_no_distribution():
    assert found(case(replace(W(), distributions=()), statute=LAW)) == {("NotRatified", "sharing_type")}
    policies.check_can_submit(case(W(), statute=LAW))


def test_only_the_withheld_is_ratified():
    with pytest.raises(errors.NotWithheld):
        policies.check_can_ratify(case(U()))


CONSENT = {
    "none": (U(), None, {("ConsentMissing", "consent")}),
    "other-content": (U(), {"content_digest": "other"}, {("ConsentMissing", "consent")}),
    "no-secrecy-statement": (U(), {"secrecy_statement": ""}, {("SecrecyStatementMissing", "secrecy_statement")}),
    "unconditional-without-standing": (U(), {"standing": False}, {("StandingConsentMissing", "standing")}),
    "conditional-without-standing": (C(), {"standing": False}, set()),
    "personal-without-assessment": (
        C(), {"impact_assessment": {"purpose": "x"}},
        {("ImpactAssessmentMissing", "impact_effect"), ("ImpactAssessmentMissing", "impact_measures")},
    ),
    "impersonal-without-assessment": (U(), {"impact_assessment": {}}, set()),
}  # fmt: skip


@pytest.mark.article("cn-809:13.1")
@pytest.mark.parametrize(("content", "changes", "expected"), CONSENT.values(), ids=CONSENT)
def test_consent(content, changes, expected):
    base = case(content)
    consent = None if changes is None else replace(base.consent, **changes)
    assert found(replace(base, consent=consent), policies.check_can_submit) == expected


class NoAgreement(Refusal):
    """No agreement."""


def test_everything_missing_is_said_at_once_and_each_point_cites_an_article():
    agreement = NoAgreement(basis=("wushen-2021-60:18",))
    content = Content(sharing_type="CONDITIONAL")
    empty = case(content, agreement=agreement, consent=None, name_taken=True, cycle=("甲", "乙", "甲"))
    with pytest.raises(Shortfalls) as refused:
        policies.check_can_publish(empty)
    names = {type(s).__name__ for s in refused.value.shortfalls}
    assert names == {
        "NoAgreement", "FieldMissing", "NameTaken", "ConditionMissing", "ElementsMissing", "DistributionMissing",
        "ConsentMissing", "ReasonForTypeMissing", "DerivationCircular",
    }  # fmt: skip
    for shortfall in refused.value.shortfalls:
        assert shortfall.articles
        for cited in shortfall.articles:
            article(cited)


@pytest.mark.parametrize("error", [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Refusal)])
def test_every_refusal_speaks_and_cites_what_exists(error):
    assert (error.__doc__ or "").strip()
    for cited in error.basis:
        article(cited)


def test_same_check_greys_out_the_button():
    assert policies.reasons_against(lambda: policies.check_reason(" "))[0].code == "reason_missing"
    assert policies.reasons_against(lambda: policies.check_reason("x")) == ()
    with pytest.raises(errors.RemarkMissing):
        policies.check_remarks(({"field": "name", "text": " "},))


def test_node_is_optional_for_nothing():
    content = replace(U(), distributions=(replace(table_for(U().elements), node_id=uuid4()),))
    policies.check_can_send_for_review(case(content))


def test_withdrawal_waits_for_the_last_grant():
    day = datetime(2026, 11, 2, tzinfo=UTC)
    policies.check_can_withdraw(granted_until=None, at=day)
    policies.check_can_withdraw(granted_until=day, at=day)
    with pytest.raises(errors.UnderLiveGrants):
        policies.check_can_withdraw(granted_until=day, at=day - timedelta(seconds=1))


def test_consent_is_checked_with_the_content():
    base = case(U())
    assert base.consent is not None
    policies.check_can_consent(base, base.consent)
    with pytest.raises(Shortfalls):
        policies.check_can_consent(case(replace(U(), name="")), base.consent)


def test_remarks_that_say_something_pass():
    policies.check_remarks(({"field": "", "text": "改"},))
