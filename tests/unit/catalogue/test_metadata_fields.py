"""The field table of the national guide and of cn-809:13, row by row, against what an entry holds and its form asks for."""

from dataclasses import fields, replace
from uuid import uuid4

import pytest

from gongxiang.platform.catalogue import vocabulary
from gongxiang.platform.catalogue.content import Content, ElementContent
from gongxiang.platform.catalogue.values import ResourceRef, VersionRef
from gongxiang.platform.web.catalogue.forms import ElementForm, EntryForm
from gongxiang.platform.web.catalogue.labels import ELEMENT_FIELDS, FIELDS
from tests.factories.contents import complete_content, conditional_content, element

CONTENT = {f.name for f in fields(Content)}
ELEMENT = {f.name for f in fields(ElementContent)}
#: Row of the guide -> fields of the content; what is made, not typed, stands in GIVEN.
GUIDE = {
    "1 信息资源分类": ("classification",),
    "2 信息资源名称": ("name",),
    "6 信息资源摘要": ("summary",),
    "7 信息资源格式": ("format_class", "format_type", "format_note"),
    "8 信息项信息": ("elements",),
    "9 共享类型": ("sharing_type", "sharing_reason"),
    "10 共享条件": ("conditions", "condition_basis", "scope", "scope_departments", "purposes", "withholding"),
    "11 共享方式": ("sharing_mode", "distributions"),
    "12 是否向社会开放": ("open_to_society", "open_conditions"),
    "13 更新周期": ("update_cycle", "update_note"),
    "15 关联资源代码": ("related",),
    "六项普查数": tuple(vocabulary.SURVEY_FIGURES),
    "来源系统": ("source_system", "systems"),
    "系统层级 国建/区建/市建/自建": ("system_tier",),
    "应用场景": ("scenes",),
    "提供渠道": ("channel",),
    "是否电子证照": ("electronic_licence",),
    "关联事项": ("matters",),
    "数据区域/时间范围": ("area", "period_from", "period_to"),
    "来源方式": ("source_kind",),
    "次生信息": ("derived_from",),
    "数源部门": ("source_department",),
}
GIVEN = {
    "3 信息资源代码": (ResourceRef, "code"),
    "4 信息资源提供方": (ResourceRef, "provider_name"),
    "5 信息资源提供方代码": (ResourceRef, "provider_credit_code"),
    "14 发布日期": (ResourceRef, "published_at"),
    "版本号": (VersionRef, "number"),
}
#: cn-809:13: 目录名称、数据项、提供单位、数据格式、更新频率、共享属性、共享方式、使用条件、数据分类分级.
ARTICLE_13 = {
    "name",
    "elements",
    "format_class",
    "update_cycle",
    "sharing_type",
    "sharing_mode",
    "conditions",
    "classification",
}


@pytest.mark.parametrize(("row", "names"), GUIDE.items(), ids=GUIDE)
def test_an_entry_holds_shows_and_asks_for_every_row_of_the_guide(row, names):
    assert set(names) <= CONTENT
    for name in names:
        assert name in FIELDS
        if name not in ("elements", "distributions", "withholding"):
            assert name in EntryForm.base_fields


@pytest.mark.parametrize(("row", "where"), GIVEN.items(), ids=GIVEN)
def test_what_is_given_is_not_typed(row, where):
    kind, name = where
    assert name in {f.name for f in fields(kind)}
    assert name not in EntryForm.base_fields


@pytest.mark.article("cn-809:13.2")
def test_the_nine_of_article_13_are_there():
    assert ARTICLE_13 <= CONTENT
    assert {"data_class", "sensitivity"} <= ELEMENT


def test_no_field_is_without_a_label():
    assert CONTENT - set(FIELDS) == {"withholding"} - set(FIELDS)
    assert set(ElementForm.base_fields) <= ELEMENT
    assert set(ELEMENT_FIELDS) >= ELEMENT


@pytest.mark.article("cn-809:13.2")
@pytest.mark.parametrize(
    ("levels", "level"),
    [
        ((), "GENERAL"),
        (("GENERAL",), "GENERAL"),
        (("GENERAL", "IMPORTANT"), "IMPORTANT"),
        (("CORE", "GENERAL", "IMPORTANT"), "CORE"),
        (("", "IMPORTANT"), "IMPORTANT"),
    ],
)
def test_the_resource_takes_the_highest_level_of_its_elements(levels, level):
    elements = tuple(element(f"e{n}", data_class=one) for n, one in enumerate(levels))
    assert replace(Content(), elements=elements).data_class == level


def test_the_resources_level_cannot_be_stated_lower():
    assert "data_class" not in CONTENT
    assert "data_class" not in EntryForm.base_fields


def test_a_new_entry_is_unconditional():
    assert Content().sharing_type == "UNCONDITIONAL"


@pytest.mark.parametrize(
    ("tier", "line_run"), [("NATIONAL", True), ("REGIONAL", True), ("CITY", True), ("OWN", False), ("", False)]
)
def test_line_run_follows_from_who_runs_the_system(tier, line_run):
    assert Content(system_tier=tier).line_run is line_run


@pytest.mark.parametrize("content", [complete_content(), conditional_content()], ids=["unconditional", "conditional"])
@pytest.mark.parametrize("left_out", sorted(CONTENT))
def test_a_version_from_before_a_field_was_there_stays_readable(content, left_out):
    old = content.to_json()
    del old[left_out]
    assert getattr(Content.from_json(old), left_out) == getattr(Content(), left_out)


def test_a_version_from_after_this_programme_stays_readable():
    content = complete_content()
    assert Content.from_json({**content.to_json(), "of_the_future": 1}) == content


def test_everything_survives_being_stored():
    full = conditional_content(systems=(uuid4(),), derived_from=(uuid4(),), related=(uuid4(),), scenes=("SERVICE",))
    assert Content.from_json(full.to_json()) == full
