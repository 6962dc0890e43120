"""Who has an element already: found by name and by meaning, among published entries only (22.5)."""

import pytest

from gongxiang.platform.catalogue import actions, elements, queries, tasks
from gongxiang.platform.catalogue.models import PublishedElement
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content, element
from tests.factories.parties import make_banner

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("身份证号码", "公民身份号码"),
        ("申请人姓名", "姓名"),
        ("手机号", "联系电话"),
        ("本人联系方式", "电话号码"),
        ("月收入（元）", "月收入"),
        ("ＩＤ 编号", "id编号"),
    ],
)
def test_names_that_mean_the_same_have_one_stem(one, other):
    assert elements.stem(one) == elements.stem(other)


@pytest.mark.parametrize(("one", "other"), [("姓名", "性别"), ("户籍地址", "现住址"), ("企业名称", "姓名"), ("", "姓名")])
def test_names_that_differ_do_not(one, other):
    assert elements.stem(one) != elements.stem(other)


@pytest.mark.article("wushen-2021-60:22.5")
def test_what_the_platform_has_is_found_by_name_and_by_meaning(banner):
    resource = make.make_published(banner=banner, content=conditional_content())
    hits = queries.similar_elements(["姓名", "身份证号码", "手机号", "爱好", "", "姓名"], actor=banner.consumer.clerk)
    assert [(h.asked, h.element_name, h.exact) for h in hits] == [
        ("姓名", "姓名", True),
        ("身份证号码", "公民身份号码", False),
        ("手机号", "联系电话", False),
    ]
    assert {(h.resource_id, h.resource_code, h.provider_id) for h in hits} == {(resource.id, resource.code, banner.provider.id)}
    assert all(h.available for h in hits)


def test_drafts_withdrawn_entries_and_nobody_find_nothing(banner):
    make.make_draft_entry(banner.provider, conditional_content(), at=banner.at)
    make.make_entry_at("WITHDRAWN", banner=banner, content=conditional_content("低保人员信息"))
    assert queries.similar_elements(["姓名"], actor=banner.consumer.clerk) == ()
    make.make_published(banner=banner, content=conditional_content("优抚对象信息"))
    assert queries.similar_elements(["姓名"], actor=None) == ()
    assert len(queries.similar_elements(["姓名"], actor=banner.auditor)) == 1


def test_a_withheld_element_is_found_but_not_available(banner):
    content = conditional_content(
        elements=(element("id", name="编号", key=True), element("note", name="病史", sharing_type="WITHHELD"))
    )
    make.make_published(banner=banner, content=content)
    (hit,) = queries.similar_elements(["病史"], actor=banner.consumer.clerk)
    assert not hit.available


def test_entries_published_before_the_index_are_indexed_by_the_worker(banner):
    made = make.make_published(banner=banner, content=conditional_content())
    PublishedElement.objects.all().delete()
    assert tasks.index_elements(at=banner.at) == 1
    assert tasks.index_elements(at=banner.at) == 0
    assert queries.similar_elements(["姓名"], actor=banner.consumer.clerk)[0].resource_id == made.id


def test_a_revision_replaces_what_was_indexed(banner):
    made = make.make_published(banner=banner, content=conditional_content())
    draft = actions.revise_resource(resource_id=made.id, by=banner.provider.clerk, at=banner.at)
    from dataclasses import replace

    fewer = replace(draft.content, elements=tuple(e for e in draft.content.elements if e.code != "phone"))
    actions.save_draft(resource_id=made.id, content=fewer, seen=draft.revision, by=banner.provider.clerk, at=banner.at)
    assert queries.similar_elements(["联系电话"], actor=banner.consumer.clerk)
    make.bring_to("PUBLISHED", banner=banner, resource_id=made.id, at=banner.at)
    assert queries.similar_elements(["联系电话"], actor=banner.consumer.clerk) == ()


@pytest.mark.article("wushen-2021-60:22.5", "cn-809:19")
def test_the_authoritys_synonyms_count_for_elements_too(banner):
    make.make_published(banner=banner, content=conditional_content())
    clerk = banner.consumer.clerk
    assert queries.similar_elements(["所在乡镇"], actor=clerk) == ()
    group = actions.enter_synonyms(words=["苏木镇", "所在乡镇"], by=banner.authority_officer, at=banner.at)
    (hit,) = queries.similar_elements(["所在乡镇"], actor=clerk)
    assert (hit.element_name, hit.exact) == ("苏木镇", False)
    actions.end_synonyms(group_id=group.pk, by=banner.authority_officer, at=banner.at)
    assert queries.similar_elements(["所在乡镇"], actor=clerk) == ()
