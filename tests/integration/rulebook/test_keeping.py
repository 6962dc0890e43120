from datetime import date, datetime

import pytest

from gongxiang.law.deadlines import BEIJING
from gongxiang.law.instruments import Rank, chinese_number
from gongxiang.law.rules import SITE, WITHHOLDING_RANKS
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Shortfalls
from gongxiang.platform.rulebook import actions, queries
from gongxiang.platform.rulebook.errors import ArticlesMissing, CodeTableUnknown, CodeTaken, CodeUnusable, ParameterOutOfRange
from tests.integration.rulebook.people import ADMIN, CLERK, LEADER, OFFICER

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 9, tzinfo=BEIJING)
TODAY = AT.date()


def invented(count: int = 33) -> str:
    return "乌政办发﹝2021﹞60号\n" + "\n".join(f"第{chinese_number(n)}条  第{n}点。" for n in range(1, count + 1))


def statute(rank: Rank = Rank.LAW, **changes) -> queries.StatuteRef:
    values = {
        "title": "《某某法》", "number": "主席令第1号", "rank": rank, "article": "第八条", "in_force_from": date(2020, 1, 1),
        "by": OFFICER, "at": AT,
    }  # fmt: skip
    return actions.register_statute(**{**values, **changes})


# ---- texts


def test_a_text_is_imported_split_and_replaced():
    first = actions.import_text(instrument_id="wushen-2021-60", text=invented(), file_name="办法.txt", by=OFFICER, at=AT)
    assert queries.article_text("wushen-2021-60", 21) == "第21点。"
    second = actions.import_text(instrument_id="wushen-2021-60", text=invented() + "\n（附）", by=OFFICER, at=AT)
    assert first.digest != second.digest == queries.texts()["wushen-2021-60"].digest
    records = EvidenceRecord.objects.filter(kind="instrument:text_imported").order_by("id")
    assert [r.before["digest"] for r in records] == ["", first.digest]
    assert queries.article_text("cn-809", 1) == ""


def test_a_text_without_all_articles_is_refused():
    with pytest.raises(ArticlesMissing) as refusal:
        actions.import_text(instrument_id="wushen-2021-60", text=invented(31), by=OFFICER, at=AT)
    assert "32、33" in refusal.value.message
    assert not queries.texts()


def test_only_the_authority_imports():
    with pytest.raises(NotPermitted):
        actions.import_text(instrument_id="wushen-2021-60", text=invented(), by=CLERK, at=AT)


# ---- rules


@pytest.mark.article("cn-809:21.1", "wushen-2021-60:33")
def test_a_chosen_instrument_counts_from_its_day_on_and_is_an_override():
    made = actions.choose_rule(
        rule="reply_conditional", instrument_id="cn-809", since=date(2026, 12, 1), reason="数据量大", by=LEADER, at=AT
    )
    assert made.is_override
    before = queries.deadline("reply_conditional", start=AT)
    after = queries.deadline("reply_conditional", start=datetime(2026, 12, 1, 9, tzinfo=BEIJING))
    assert (before.working_days, after.working_days) == (5, 10)
    assert (after.basis, after.rule) == ("cn-809:21.1", "reply_conditional=10@2025-08-01")
    old_case = queries.deadline("reply_conditional", start=datetime(2026, 12, 1, 9, tzinfo=BEIJING), on=TODAY)
    assert old_case.working_days == 5
    record = EvidenceRecord.objects.get(kind="rule:chosen")
    assert (record.after["override"], record.detail["reason"]) == (True, "数据量大")


@pytest.mark.article("cn-809:23")
def test_the_authority_may_shorten_but_not_lengthen():
    made = actions.choose_rule(
        rule="reply_conditional", instrument_id=SITE, days=3, since=TODAY, reason="提速", by=LEADER, at=AT
    )
    assert not made.is_override
    found = queries.deadline("reply_conditional", start=AT)
    assert (found.working_days, found.rule) == (3, "reply_conditional=3@2026-11-23")
    assert found.basis == "wushen-2021-60:21(2)"
    with pytest.raises(Shortfalls):
        actions.choose_rule(rule="reply_conditional", instrument_id=SITE, days=11, since=TODAY, reason="慢", by=LEADER, at=AT)


def test_the_last_choice_of_a_day_counts():
    for days in (7, 8):
        actions.choose_rule(rule="mediation", instrument_id=SITE, days=days, since=TODAY, reason="试", by=LEADER, at=AT)
    assert queries.deadline("mediation", start=AT).working_days == 8
    assert len(queries.choices_of("mediation")) == 2


def test_only_the_leader_chooses_and_only_known_rules():
    with pytest.raises(NotPermitted):
        actions.choose_rule(rule="mediation", instrument_id=SITE, days=5, since=TODAY, reason="试", by=OFFICER, at=AT)
    with pytest.raises(NotFound):
        actions.choose_rule(rule="tea", instrument_id=SITE, days=5, since=TODAY, reason="试", by=LEADER, at=AT)


# ---- statutes


@pytest.mark.article("wushen-2021-60:10", "cn-809:14(3)")
def test_a_withholding_needs_a_basis_of_sufficient_rank():
    law, local = statute(), statute(Rank.LOCAL_REGULATION, title="某某条例")
    assert queries.rank_is_sufficient(law, on=TODAY)
    assert queries.rank_is_sufficient(law.id, on=TODAY)
    assert not queries.rank_is_sufficient(local, on=TODAY)
    assert queries.withholding_basis(TODAY) == "cn-809:14(3)"
    assert queries.withholding_version(TODAY) == "withholding_ranks=cn-809@2025-08-01"
    actions.choose_rule(
        rule=WITHHOLDING_RANKS, instrument_id="wushen-2021-60", since=TODAY, reason="暂按办法", by=LEADER, at=AT
    )
    assert queries.rank_is_sufficient(local, on=TODAY)
    assert Rank.LOCAL_REGULATION in queries.sufficient_ranks(TODAY)
    assert queries.choices_of()[0].is_override


def test_a_statute_carries_nothing_outside_its_time():
    law = statute(in_force_from=date(2026, 12, 1))
    assert not queries.rank_is_sufficient(law, on=TODAY)
    ended = actions.end_statute(statute_id=law.id, in_force_until=date(2026, 12, 31), reason="废止", by=OFFICER, at=AT)
    assert queries.rank_is_sufficient(ended, on=date(2026, 12, 31))
    assert not queries.rank_is_sufficient(ended, on=date(2027, 1, 1))
    assert [s.id for s in queries.statutes(on=date(2026, 12, 5))] == [law.id]
    assert queries.statutes(rank=Rank.LOCAL_RULE) == ()
    assert EvidenceRecord.objects.filter(subject_type="statute").count() == 2


def test_a_statute_is_cited_without_doubled_brackets():
    assert statute().citation == "《某某法》（主席令第1号）第八条"


def test_ending_a_statute_needs_a_reason_and_a_later_day():
    law = statute()
    with pytest.raises(Shortfalls) as refusal:
        actions.end_statute(statute_id=law.id, in_force_until=date(2019, 1, 1), reason="", by=OFFICER, at=AT)
    assert [s.field for s in refusal.value.shortfalls] == ["reason", "in_force_until"]
    with pytest.raises(NotFound):
        actions.end_statute(statute_id=OFFICER.id, in_force_until=TODAY, reason="废止", by=OFFICER, at=AT)


# ---- codes and parameters


def test_every_shipped_table_has_codes_with_both_names():
    for name, table in queries.code_tables().items():
        codes = queries.codes(name)
        assert codes, name
        assert all(c.label.zh and c.label.en for c in codes)
        assert table.basis
        assert {c.parent for c in codes} - {""} <= {c.code for c in codes}


def test_codes_are_added_and_retired():
    added = actions.add_code(table="update_cycle", code="7", label_zh="每半年", label_en="Half-yearly", by=OFFICER, at=AT)
    assert queries.codes("update_cycle", on=TODAY)[-1] == added
    assert queries.code_label("update_cycle", "7", "zh-hans") == "每半年"
    assert queries.code_label("update_cycle", "99", "en") == "99"
    actions.retire_code(table="update_cycle", code="7", by=OFFICER, at=AT)
    assert added.code in [c.code for c in queries.codes("update_cycle", on=TODAY)]
    assert added.code not in [c.code for c in queries.codes("update_cycle", on=date(2026, 11, 24))]
    with pytest.raises(NotFound):
        actions.retire_code(table="update_cycle", code="7", by=OFFICER, at=AT)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"table": "sharing_type"}, CodeTableUnknown),
        ({"table": "tea"}, CodeTableUnknown),
        ({"code": "1"}, CodeTaken),
        ({"code": " ", "label_en": ""}, Shortfalls),
        ({"code": "接口 日志"}, CodeUnusable),
        ({"code": "a/b"}, CodeUnusable),
    ],
)
def test_bad_codes_are_refused(values, refusal):
    good = {"table": "update_cycle", "code": "7", "label_zh": "每半年", "label_en": "Half-yearly"}
    with pytest.raises(refusal):
        actions.add_code(**{**good, **values}, by=OFFICER, at=AT)


def test_fixed_codes_are_not_retired():
    with pytest.raises(CodeTableUnknown):
        actions.retire_code(table="sharing_type", code="1", by=OFFICER, at=AT)


def test_a_parameter_is_set_within_its_range():
    assert queries.parameter("urgent_working_days") == 1
    actions.set_parameter(name="urgent_working_days", value=3, by=ADMIN, at=AT)
    assert queries.parameter("urgent_working_days") == 3
    with pytest.raises(ParameterOutOfRange):
        actions.set_parameter(name="urgent_working_days", value=99, by=ADMIN, at=AT)
    with pytest.raises(NotFound):
        actions.set_parameter(name="tea", value=1, by=ADMIN, at=AT)
