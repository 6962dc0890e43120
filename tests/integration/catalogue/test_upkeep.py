"""Entries are looked at again when they or their neighbours change; what is found is kept for lists and counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gongxiang.platform.catalogue import actions, queries, tasks, upkeep
from gongxiang.platform.catalogue.models import Finding, Upkeep
from gongxiang.platform.kernel.errors import Shortfalls
from gongxiang.platform.parties import actions as parties_actions
from tests.factories import catalogue as make
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


def kinds(resource_id, about) -> set[str]:
    return set(Finding.objects.filter(resource_id=resource_id, about=about).values_list("kind", flat=True))


def test_each_change_is_looked_at_once(banner):
    made = make.make_published(banner=banner)
    assert tasks.keep_upkeep(at=banner.at) == 1
    assert tasks.keep_upkeep(at=banner.at) == 0
    assert kinds(made.id, "VERSION") == {"description_missing", "figures_missing", "system_missing"}
    assert kinds(made.id, "DRAFT") == set()
    assert not Finding.objects.filter(blocks=True).exists()
    assert tasks.keep_upkeep(at=banner.at + timedelta(days=1)) == 1


def test_a_draft_is_looked_at_beside_the_version_in_force(banner):
    made = make.make_published(banner=banner)
    draft = actions.revise_resource(resource_id=made.id, by=banner.provider.clerk, at=banner.at)
    actions.save_draft(
        resource_id=made.id, content=replace(draft.content, summary="", records_10k=1), seen=draft.revision,
        by=banner.provider.clerk, at=banner.at,
    )  # fmt: skip
    tasks.keep_upkeep(at=banner.at)
    assert "figures_missing" in kinds(made.id, "VERSION")
    assert "figures_missing" not in kinds(made.id, "DRAFT")
    assert Finding.objects.get(kind="field_missing").about == "DRAFT"


def test_neighbours_of_nearly_the_same_name_are_told_of_each_other(banner):
    first = make.make_published(banner=banner)
    tasks.keep_upkeep(at=banner.at)
    second = make.make_published(banner=banner, office=banner.consumer, content=complete_content("行政区划代码信息"))
    while tasks.keep_upkeep(at=banner.at):
        continue
    assert "name_elsewhere" in kinds(first.id, "VERSION")
    assert "name_elsewhere" in kinds(second.id, "VERSION")
    actions.withdraw_resource(resource_id=second.id, reason="重复", by=banner.consumer.officer, at=banner.at)
    while tasks.keep_upkeep(at=banner.at):
        continue
    assert "name_elsewhere" not in kinds(first.id, "VERSION")
    assert kinds(second.id, "VERSION") == set()


def test_another_departments_draft_is_no_neighbour(banner):
    ours = make.make_published(banner=banner)
    make.make_draft_entry(banner.consumer, complete_content("行政区划代码信息"), at=banner.at)
    while tasks.keep_upkeep(at=banner.at):
        continue
    assert "name_elsewhere" not in kinds(ours.id, "VERSION")


def test_a_name_that_is_a_systems_is_refused(banner):
    parties_actions.register_system(
        department_id=banner.provider.id, name="行政区划代码", tier="own", network="extranet", by=banner.provider.clerk,
        at=banner.at,
    )  # fmt: skip
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    with pytest.raises(Shortfalls) as refused:
        actions.send_for_review(resource_id=entry.id, by=banner.provider.clerk, at=banner.at)
    assert [s.code for s in refused.value.shortfalls] == ["name_is_systems"]


def test_systems_are_known_by_choice_and_by_name(banner):
    system = parties_actions.register_system(
        department_id=banner.provider.id,
        name="区划系统",
        tier="own",
        network="extranet",
        by=banner.provider.clerk,
        at=banner.at,
    )
    by_name = make.make_published(banner=banner, content=complete_content("甲目录", source_system="区划系统"))
    chosen = make.make_published(banner=banner, content=complete_content("乙目录", systems=(system.id,)))
    tasks.keep_upkeep(at=banner.at)
    assert {u.resource_id: u.systems for u in Upkeep.objects.all()} == {by_name.id: [system.id], chosen.id: [system.id]}
    assert not kinds(by_name.id, "VERSION") & {"system_missing", "system_unregistered"}


@pytest.mark.article("wushen-2021-60:2.1")
def test_circular_derivation_is_named_step_by_step(banner):
    names = ("甲", "乙", "丙")
    made = [make.make_draft_entry(banner.provider, complete_content(f"{n}资源"), at=banner.at) for n in names]
    for entry, parent in zip(made, (made[1], made[2], made[0]), strict=True):
        content = replace(entry.content, source_kind="DERIVED", derived_from=(parent.id,))
        actions.save_draft(resource_id=entry.id, content=content, seen=1, by=banner.provider.clerk, at=banner.at)
    with pytest.raises(Shortfalls) as refused:
        actions.send_for_review(resource_id=made[0].id, by=banner.provider.clerk, at=banner.at)
    (said,) = refused.value.shortfalls
    assert said.values["cycle"] == "甲资源 → 乙资源 → 丙资源 → 甲资源"


def test_an_entry_derived_from_itself_says_so(banner):
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    content = replace(entry.content, source_kind="DERIVED", derived_from=(entry.id,))
    case = queries.case(entry.id, at=banner.at, content=content)
    assert case.cycle == ("行政区划代码", "行政区划代码")


def test_hints_are_given_for_the_draft_as_it_stands(banner):
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    content = replace(entry.content, summary="短")
    assert "summary_short" in {h.code for h in upkeep.hints_for(entry.id, content, at=banner.at)}
