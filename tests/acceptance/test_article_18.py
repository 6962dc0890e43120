"""Art. 18: before sharing through the platform, provider and consumer sign the agreement with the authority.

Read beside the text: without an agreement in force a department neither publishes nor applies; with it, it does.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gongxiang.platform.agreements import actions, policies, queries, terms
from gongxiang.platform.agreements.errors import NoAgreementInForce
from gongxiang.platform.agreements.models import Role
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.rulebook import queries as rulebook
from tests.factories.parties import Banner, make_agreement, make_banner, make_draft, make_template, signing

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:18")]


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def test_before_the_agreement_the_gate_is_closed_and_says_why(banner: Banner) -> None:
    for office in (banner.provider, banner.consumer):
        with pytest.raises(NoAgreementInForce) as refused:
            policies.check_in_force(office.id, banner.at)
        assert refused.value.articles == ("wushen-2021-60:18",)
        assert office.department.name in refused.value.message
        assert refused.value.advice


def test_the_department_and_the_authority_sign_in_turn_and_the_gate_opens(banner: Banner) -> None:
    office, at = banner.provider, banner.at
    make_template(at=at)
    drafted = actions.draft_agreement(department_id=office.id, draft=make_draft(at=at), by=office.clerk, at=at)
    assert not policies.can_share(office.id, at)
    signed = actions.sign_for_department(agreement_id=drafted.id, by=office.officer, at=at, **signing(office.officer, at))
    assert signed.status == "SIGNED_BY_DEPARTMENT"
    assert not policies.can_share(office.id, at)
    leader, later = banner.authority_leader, at + timedelta(hours=1)
    actions.sign_for_authority(agreement_id=drafted.id, by=leader, at=later, **signing(leader, later))
    assert policies.can_share(office.id, later)
    # It names both parties, the scope, purposes, ways and the period, and both signatures verify over the whole text.
    text = queries.in_force(office.id, later).text
    for said in (
        "乌审旗政务服务局",
        "乌审旗民政局",
        "本部门目录内全部资源",
        "行政依据、数据校核",
        "前置机库表、接口",
        "2026年11月2日",
    ):
        assert said in text
    assert [one.good for one in queries.agreement_ref(drafted.id, actor=banner.auditor).signatures] == [True, True]
    assert [one.kind for one in evidence.trail_of(f"agreement:{drafted.id}", by=banner.auditor)] == [
        "agreement:drafted", "agreement:signed_by_department", "agreement:in_force",
    ]  # fmt: skip


def test_one_departments_agreement_opens_nothing_for_another(banner: Banner) -> None:
    make_agreement(banner.provider, at=banner.at)
    assert policies.can_share(banner.provider.id, banner.at)
    assert not policies.can_share(banner.consumer.id, banner.at)


def test_after_the_last_day_the_gate_is_closed_again(banner: Banner) -> None:
    made = make_agreement(banner.provider, at=banner.at)
    end = banner.at.replace(year=made.valid_until.year, month=made.valid_until.month, day=made.valid_until.day)
    assert policies.can_share(banner.provider.id, end)
    assert not policies.can_share(banner.provider.id, end + timedelta(days=1))


@pytest.mark.article("cn-809:29.2", "wushen-2021-60:22.2")
def test_the_agreement_says_how_long_use_stays_on_record_by_the_rule_of_its_first_day() -> None:
    rules, office = rulebook.rules(), {"authority": "政务服务局", "department": "民政局", "supplement": ""}
    filled = {"role": Role.CONSUMER, "scope": "全部目录", "purposes": ["decision"], "modes": ["table"]}
    for first, article in ((date(2022, 3, 1), "wushen-2021-60:22.2"), (date(2026, 3, 1), "cn-809:29.2")):
        kept = rules.period("use_record_retention", first)
        found = terms.terms_of(**filled, **office, valid_from=first, valid_until=date(2027, 2, 28), kept=kept)
        (line,) = (one for one in found if one.action == "gx:recordUse")
        assert ("不少于三年" in line.words, line.articles, line.right["@value"]) == (True, (article,), "P3Y")
        longer = terms.terms_of(
            **filled, **office, valid_from=first, valid_until=date(2027, 2, 28), kept=replace(kept, value=5)
        )  # fmt: skip
        assert any("不少于五年" in one.words for one in longer)
