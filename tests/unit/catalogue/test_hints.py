"""What auditors find in complete entries: one table, each case with exactly the hint it earns."""
# ruff: noqa: E501

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from gongxiang.law.articles import article
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.hints import Hint, Near, Surroundings, hints
from gongxiang.platform.catalogue.policies import Case
from gongxiang.platform.catalogue.upkeep import name_key
from tests.factories.contents import complete_content, conditional_content, element

US = UUID("00000000-0000-7000-8000-000000000001")
THEM = UUID("00000000-0000-7000-8000-000000000002")
AROUND = Surroundings(department_id=US, systems=frozenset({"区划系统"}))
#: An entry nothing is to be said about.
GOOD = complete_content(
    elements=(
        element("code", name="区划代码", length=12, key=True, nullable=False, description="十二位统计用区划代码"),
        element("name", name="区划名称", length=60, description="全称"),
    ),
    source_system="区划系统",
    records_10k=Decimal("1.6"),
)
COND = replace(
    conditional_content(), condition_basis="《社会救助暂行办法》第五十九条", source_system="区划系统", records_10k=Decimal(1)
)
COND = replace(COND, elements=tuple(replace(e, description="说明") for e in COND.elements))


def found(content: Content, around: Surroundings = AROUND) -> set[tuple[str, str]]:
    return {(hint.code, hint.field) for hint in hints(Case(content=content), around)}


@pytest.mark.parametrize("content", [GOOD, COND], ids=["unconditional", "conditional"])
def test_nothing_is_said_about_a_good_entry(content):
    assert found(content) == set()


def with_elements(*changes: dict[str, object]) -> Content:
    elements = [replace(one, **change) for one, change in zip(GOOD.elements, changes, strict=False)]
    return replace(GOOD, elements=tuple(elements))


CASES = {
    "own-near-name": (GOOD, {"near": (Near(name="行政区划代码表", code="1/1", department="我局", own=True),)}, {("name_near", "name")}),
    "near-name-elsewhere": (GOOD, {"near": (Near(name="行政区划代码", code="1/1", department="他局", own=False),)},
                            {("name_elsewhere", "name")}),
    "short-summary": (replace(GOOD, summary="区划"), {}, {("summary_short", "summary")}),
    "format-of-another-class": (replace(GOOD, format_type="PDF"), {}, {("format_unknown", "format_type")}),
    "no-format-in-detail": (replace(GOOD, format_type=""), {}, {("format_unknown", "format_type")}),
    "no-figures": (replace(GOOD, records_10k=None), {}, {("figures_missing", "storage_gb")}),
    "no-length": (with_elements({"length": None}, {}), {}, {("length_missing", "elements")}),
    "no-description": (with_elements({}, {"description": ""}), {}, {("description_missing", "elements")}),
    "name-is-code": (with_elements({}, {"name": "NAME"}), {}, {("name_is_code", "elements.1.name")}),
    "no-key": (
        replace(with_elements({"key": False}, {}), distributions=(replace(GOOD.distributions[0], kind="API"),)), {},
        {("key_unmarked", "elements")},
    ),
    "looks-personal": (with_elements({}, {"name": "手机号码", "description": ""}), {},
                       {("seems_personal", "elements.1.sensitivity"), ("description_missing", "elements")}),
    "no-system": (replace(GOOD, source_system=""), {}, {("system_missing", "source_system")}),
    "system-not-registered": (replace(GOOD, source_system="老系统"), {}, {("system_unregistered", "source_system")}),
    "system-chosen": (replace(GOOD, source_system="", systems=(uuid4(),)), {}, set()),
    "collected-by-hand-needs-no-system": (replace(GOOD, source_system="", source_kind="COLLECTED"), {}, set()),
    "conditions-without-basis": (replace(COND, condition_basis=""), {}, {("condition_unbased", "condition_basis")}),
    "vague-conditions": (replace(COND, conditions="按需提供"), {}, {("condition_vague", "conditions")}),
    "open-and-personal": (replace(COND, open_to_society=True, open_conditions="登记"), {}, {("open_personal", "open_to_society")}),
    "file-format-as-table": (replace(GOOD, format_class="SPREADSHEET", format_type="xlsx"), {}, {("delivery_unfit", "format_class")}),
    "real-time-by-files": (
        replace(GOOD, update_cycle="REALTIME", distributions=(replace(GOOD.distributions[0], kind="FILE"),)), {},
        {("cycle_unfit", "update_cycle")},
    ),
    "level-below-its-source": (GOOD, {"source_levels": ("GENERAL", "CORE")}, {("level_below_source", "derived_from")}),
    "level-as-its-source": (GOOD, {"source_levels": ("GENERAL",)}, set()),
    "another-department-is-the-source": (GOOD, {"sources": {"区划名称": (THEM, "他局")}}, {("source_elsewhere", "elements.1.name")}),
    "we-are-the-source": (GOOD, {"sources": {"区划名称": (US, "我局")}}, set()),
    "the-source-is-named": (with_elements({}, {"source_department": THEM}), {"sources": {"区划名称": (THEM, "他局")}}, set()),
}  # fmt: skip


@pytest.mark.parametrize(("content", "around", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_earns_its_hint(content, around, expected):
    assert found(content, replace(AROUND, **around)) == expected


def test_every_hint_is_in_the_table_cites_an_article_and_says_what_to_do():
    tried = {code for _, _, expected in CASES.values() for code, _ in expected}
    for kind in Hint.__subclasses__():
        assert "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(kind.__name__)) in tried
        assert all(article(one) for one in kind.basis)
        assert kind.next_step


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("婚姻登记信息", "婚姻登记数据", True),
        ("婚姻 登记信息", "婚姻登记信息", True),
        ("特困人员基本信息", "特困人员信息", True),
        ("重大项目清单（2026）", "重大项目清单（2025）", False),
        ("结婚登记信息", "离婚登记信息", False),
        ("信息", "数据", False),
    ],
)
def test_which_names_are_nearly_the_same(one, other, same):
    assert (name_key(one) == name_key(other)) is same


def test_dates_are_not_needed():
    assert found(replace(GOOD, period_from=date(2020, 1, 1))) == set()
