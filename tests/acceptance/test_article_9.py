"""Measures art. 9: unconditional for all, conditional for some or in part, withheld; sharing is the rule (art. 4)."""

from dataclasses import replace

import pytest

from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.kernel.errors import Shortfalls
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, conditional_content, element
from tests.factories.parties import make_banner

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:9")]


@pytest.fixture
def banner():
    return make_banner()


def refused(entry, banner) -> dict[str, tuple[str, ...]]:
    """What `send_for_review` refuses: field to articles."""
    with pytest.raises(Shortfalls) as refusal:
        actions.send_for_review(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)
    return {s.field: s.articles for s in refusal.value.shortfalls}


@pytest.mark.article("wushen-2021-60:4(1)", "wushen-2021-60:9.1")
def test_a_new_entry_is_unconditional_unless_a_reason_is_given(banner):
    begun = actions.draft_resource(by=banner.provider.clerk, at=banner.at)
    assert begun.content.sharing_type == "UNCONDITIONAL"
    entry = make.make_draft_entry(banner.provider, replace(conditional_content(), sharing_reason=""), at=banner.at)
    assert refused(entry, banner) == {"sharing_reason": ("wushen-2021-60:4(1)", "wushen-2021-60:9.2")}


@pytest.mark.article("wushen-2021-60:9.2")
def test_what_every_department_may_have_in_full_is_unconditional(banner):
    resource = make.make_published(banner=banner)
    assert resource.sharing_type == "UNCONDITIONAL"
    assert {hit.id for hit in queries.search("区划", actor=banner.stranger.clerk).hits} == {resource.id}


@pytest.mark.article("wushen-2021-60:9.3")
def test_what_can_be_had_only_in_part_is_conditional(banner):
    elements = (*complete_content().elements, element("inner", name="内部标识", sharing_type="WITHHELD"))
    entry = make.make_draft_entry(banner.provider, complete_content(elements=elements), at=banner.at)
    assert "wushen-2021-60:9.3" in refused(entry, banner)["elements.2.sharing_type"]


def test_an_element_that_is_not_shared_never_leaves_the_catalogue(banner):
    content = conditional_content()
    content = replace(content, elements=(*content.elements, element("note", name="内部备注", sharing_type="WITHHELD")))
    resource = make.make_published(banner=banner, content=content)
    assert resource.element("note") is not None
    assert "note" not in [spec.code for spec in queries.element_specs(resource.id)]


@pytest.mark.article("wushen-2021-60:21(2)", "cn-809:15.2")
def test_the_conditional_states_conditions_scope_and_purposes(banner):
    content = replace(conditional_content(), conditions="", scope="", purposes=())
    entry = make.make_draft_entry(banner.provider, content, at=banner.at)
    missing = refused(entry, banner)
    assert set(missing) == {"conditions", "scope", "purposes"}
    assert all("wushen-2021-60:21(2)" in articles for articles in missing.values())


def test_an_empty_entry_is_told_everything_at_once(banner):
    entry = make.make_draft_entry(banner.provider, Content(), at=banner.at)
    assert {"name", "summary", "classification", "format_class", "update_cycle", "elements", "distributions"} <= set(
        refused(entry, banner)
    )
