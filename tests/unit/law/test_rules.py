from dataclasses import replace
from datetime import date

import pytest

from gongxiang.law.articles import article
from gongxiang.law.instruments import Period, Rank, Unit
from gongxiang.law.rules import (
    CHOICE,
    SITE,
    WITHHOLDING_RANKS,
    RuleNotInForce,
    Selection,
    UnknownRule,
    default_rules,
    rank_is_sufficient,
)

TODAY = date(2026, 11, 22)

#: facts of the two texts: rule, value today, article.
DEFAULTS = [
    ("reply_unconditional", 1, "cn-809:21.1"),
    ("reply_conditional", 5, "wushen-2021-60:21(2)"),
    ("reply_extension", 10, "cn-809:21.1"),
    ("consultation", 5, "wushen-2021-60:21(2)"),
    ("catalogue_update", 10, "cn-809:17.2"),
    ("catalogue_update_extension", 5, "cn-809:17.2"),
    ("catalogue_update_outer", 15, "wushen-2021-60:7"),
    ("catalogue_review", 2, "cn-809:17.3"),
    ("provision", 20, "cn-809:22.1"),
    ("correction", 10, "cn-809:26.2"),
    ("use_record_retention", 3, "cn-809:29.2"),
]


@pytest.mark.parametrize(("rule", "value", "basis"), DEFAULTS, ids=[d[0] for d in DEFAULTS])
def test_the_default_profile(rule, value, basis):
    period = default_rules().period(rule, TODAY)
    assert (period.value, period.article) == (value, basis)


@pytest.mark.parametrize("on", [date(2021, 10, 12), date(2025, 7, 31), date(2025, 8, 1), TODAY])
def test_the_default_is_the_stricter_one_in_force(on):
    rules = default_rules()
    for rule, info in rules.info.items():
        lawful = [p for p in rules.candidates(rule, on) if p.instrument != CHOICE]
        if lawful and not info.limit:
            chosen = rules.period(rule, on)
            better = max if chosen.unit is not Unit.WORKING_DAYS else min
            assert chosen.value == better(p.value for p in lawful), rule


def test_every_rule_has_words_and_an_article():
    rules = default_rules()
    for rule, info in rules.info.items():
        assert all((info.title.zh, info.title.en, info.why.zh, info.why.en))
        if rule != WITHHOLDING_RANKS:
            article(rules.period(rule, TODAY).article)


def test_a_choice_of_our_own_says_so():
    assert default_rules().period("mediation", TODAY).instrument == CHOICE


def test_the_authority_s_choice_beats_the_default():
    mine = default_rules().with_overrides(
        selections=[
            Selection(rule="reply_conditional", instrument="cn-809", since=date(2026, 12, 1)),
            Selection(rule="mediation", instrument=CHOICE, since=date(2026, 12, 1)),
            Selection(rule="mediation", instrument=SITE, since=date(2026, 12, 1)),
        ],
        periods=[
            Period(
                rule="mediation",
                instrument=SITE,
                article="cn-809:28.2",
                since=date(2026, 12, 1),
                value=7,
                unit=Unit.WORKING_DAYS,
            )
        ],
    )
    assert mine.period("reply_conditional", TODAY).value == 5
    assert mine.period("reply_conditional", date(2026, 12, 1)).version == "reply_conditional=10@2025-08-01"
    assert mine.period("mediation", date(2026, 12, 1)).value == 7


def test_unknown_and_not_yet_in_force():
    rules = default_rules()
    with pytest.raises(UnknownRule, match="reply_conditional"):
        rules.period("reply", TODAY)
    with pytest.raises(RuleNotInForce, match="2021-10-11"):
        rules.period("reply_conditional", date(2021, 10, 11))
    with pytest.raises(RuleNotInForce, match="gives no"):
        replace(rules, periods=()).period("reply_conditional", TODAY)
    with pytest.raises(RuleNotInForce, match="names no ranks"):
        replace(rules, rank_lists=()).withholding_ranks(TODAY)


@pytest.mark.article("wushen-2021-60:10", "cn-809:14(3)")
@pytest.mark.parametrize(
    ("rank", "before", "now"),
    [
        (Rank.LAW, True, True),
        (Rank.ADMINISTRATIVE_REGULATION, True, True),
        (Rank.STATE_COUNCIL_DECISION, True, True),
        (Rank.CENTRAL_POLICY, True, False),
        (Rank.LOCAL_REGULATION, True, False),
        (Rank.DEPARTMENT_RULE, False, False),
        (Rank.LOCAL_RULE, False, False),
        (Rank.NORMATIVE_DOCUMENT, False, False),
    ],
)
def test_which_ranks_carry_a_withholding(rank, before, now):
    assert rank_is_sufficient(rank, on=date(2025, 7, 31)) is before
    assert rank_is_sufficient(rank, on=TODAY, rules=default_rules()) is now
