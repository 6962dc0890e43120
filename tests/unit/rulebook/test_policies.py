from dataclasses import replace
from datetime import date

import pytest

from gongxiang.law.articles import instrument
from gongxiang.law.calendar import DayKind, shipped_calendar
from gongxiang.law.instruments import Period, Unit
from gongxiang.law.notices import NoticeDay
from gongxiang.law.rules import CHOICE, SITE, WITHHOLDING_RANKS, default_rules
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.rulebook import policies

TODAY = date(2026, 11, 22)
OFF, MAKEUP = DayKind.OFF, DayKind.MAKEUP


def days_of_2026() -> tuple[NoticeDay, ...]:
    return tuple(NoticeDay(on=on, kind=kind) for on, kind in shipped_calendar().days(2026) if kind in (OFF, MAKEUP))


def refused(check, **values) -> list[tuple[str, str]]:
    with pytest.raises(Shortfalls) as shortfalls:
        check(**values)
    return [(s.code, s.field) for s in shortfalls.value.shortfalls]


GOOD = {"year": 2026, "scope": "state", "number": "国办发明电〔2025〕7号", "title": "通知", "days": days_of_2026()}


def test_a_whole_notice_may_be_entered():
    policies.check_notice(**GOOD)


def test_the_local_government_may_add_a_single_day():
    policies.check_notice(**{**GOOD, "scope": "local", "days": (NoticeDay(on=date(2026, 7, 10), kind=OFF),)})


def test_a_notice_may_begin_in_the_december_before():
    policies.check_notice(**{**GOOD, "days": (*days_of_2026(), NoticeDay(on=date(2025, 12, 27), kind=MAKEUP))})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"number": " "}, [("notice_without_number", "number")]),
        ({"title": ""}, [("notice_without_title", "title")]),
        ({"days": ()}, [("notice_without_days", "days")]),
        ({"days": (*days_of_2026(), NoticeDay(on=date(2027, 1, 1), kind=OFF))}, [("day_outside_year", "days")]),
        ({"days": (*days_of_2026(), NoticeDay(on=date(2025, 12, 1), kind=OFF))}, [("day_outside_year", "days")]),
        ({"days": (*days_of_2026(), NoticeDay(on=date(2026, 3, 2), kind=MAKEUP))}, [("makeup_day_on_weekday", "days")]),
        ({"days": (*days_of_2026(), NoticeDay(on=date(2026, 2, 14), kind=OFF))}, [("day_twice", "days")]),
        (
            {"days": tuple(d for d in days_of_2026() if d.on != date(2026, 10, 2))},
            [("statutory_day_missing", "days")],
        ),
        (
            {"number": "", "title": "", "days": ()},
            [("notice_without_number", "number"), ("notice_without_title", "title"), ("notice_without_days", "days")],
        ),
    ],
)
def test_every_shortfall_of_a_notice_is_named_at_once(change, expected):
    assert refused(policies.check_notice, **{**GOOD, **change}) == expected


def test_files_in_both_chinese_encodings_are_read():
    assert policies.decode_text("第一条".encode()) == "第一条"
    assert policies.decode_text("\ufeff第一条".encode()) == "第一条"
    assert policies.decode_text("第一条".encode("gb18030")) == "第一条"


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", "第一条".encode("utf-16"), b"PK\x03\x04\x00\x00"])
def test_other_files_are_refused(data):
    with pytest.raises(Refusal, match="GB18030"):
        policies.decode_text(data)


def test_a_text_must_name_its_instrument():
    policies.check_text_belongs("乌政办发〔2021〕60号 ……", instrument("wushen-2021-60"))
    policies.check_text_belongs("政务数据\n共享条例", instrument("cn-809"))
    with pytest.raises(Refusal) as refusal:
        policies.check_text_belongs("政务数据共享条例", instrument("wushen-2021-60"))
    assert "乌政办发〔2021〕60号" in str(refusal.value)


CHOICE_OK = {
    "rules": default_rules(), "rule": "reply_conditional", "instrument": "cn-809", "days": None, "since": TODAY,
    "today": TODAY, "reason": "数据量大",
}  # fmt: skip


@pytest.mark.article("cn-809:23", "wushen-2021-60:33")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"instrument": SITE, "days": 3}, None),
        ({"instrument": SITE, "days": 10}, None),
        ({"rule": "mediation", "instrument": SITE, "days": 60}, None),
        ({"rule": "mediation", "instrument": CHOICE}, None),
        ({"rule": WITHHOLDING_RANKS, "instrument": "wushen-2021-60"}, None),
        ({"reason": " "}, [("reason_missing", "reason")]),
        ({"since": date(2026, 11, 21)}, [("choice_in_the_past", "since")]),
        ({"instrument": SITE, "days": 11}, [("period_not_lawful", "days")]),
        ({"instrument": SITE}, [("period_not_lawful", "days")]),
        ({"rule": "mediation", "instrument": SITE, "days": 61}, [("period_not_lawful", "days")]),
        ({"rule": "use_record_retention", "instrument": SITE, "days": 1}, [("period_not_lawful", "days")]),
        ({"rule": WITHHOLDING_RANKS, "instrument": SITE, "days": 1}, [("period_not_lawful", "days")]),
        ({"rule": "provision", "instrument": CHOICE}, [("instrument_gives_none", "instrument")]),
        ({"rule": "mediation", "instrument": "cn-809"}, [("instrument_gives_none", "instrument")]),
    ],
)
def test_which_rules_the_authority_may_choose(change, expected):
    values = {**CHOICE_OK, **change}
    if expected is None:
        policies.check_rule_choice(**values)
    else:
        assert refused(policies.check_rule_choice, **values) == expected


@pytest.mark.parametrize(
    ("rule", "instrument_id", "days", "laxer"),
    [
        ("reply_conditional", "cn-809", None, True),
        ("reply_conditional", "wushen-2021-60", None, False),
        ("reply_conditional", SITE, 3, False),
        ("reply_conditional", SITE, 6, True),
        ("catalogue_update", "wushen-2021-60", None, True),
        (WITHHOLDING_RANKS, "wushen-2021-60", None, True),
        (WITHHOLDING_RANKS, "cn-809", None, False),
        ("use_record_retention", "cn-809", None, False),
    ],
)
def test_what_is_laxer_than_the_default_is_an_override(rule, instrument_id, days, laxer):
    assert policies.is_laxer(default_rules(), rule, instrument_id, days, TODAY) is laxer


def test_a_rule_the_default_does_not_know_yet_is_no_override():
    early = Period(
        rule="reply_extension", instrument=SITE, article="cn-809:21.1", since=date(2021, 1, 1), value=3, unit=Unit.WORKING_DAYS
    )
    rules = replace(default_rules(), periods=(early,))
    assert not policies.is_laxer(rules, "reply_extension", SITE, 3, date(2024, 1, 1))


STATUTE_OK = {
    "title": "保守国家秘密法", "number": "主席令第二十号", "article": "第十三条", "url": "", "in_force_from": date(2024, 5, 1),
    "in_force_until": None,
}  # fmt: skip


@pytest.mark.article("wushen-2021-60:10", "cn-809:15.2")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"url": "https://flk.npc.gov.cn/"}, None),
        ({"in_force_until": date(2030, 1, 1)}, None),
        ({"title": " ", "number": "", "article": ""}, ["title", "number", "article"]),
        ({"in_force_from": None}, ["in_force_from"]),
        ({"in_force_until": date(2024, 4, 30)}, ["in_force_until"]),
        ({"url": "javascript:alert(1)"}, ["url"]),
    ],
)
def test_a_statute_can_be_found_by_its_citation(change, expected):
    values = {**STATUTE_OK, **change}
    if expected is None:
        policies.check_statute(**values)
    else:
        assert [field for _, field in refused(policies.check_statute, **values)] == expected
