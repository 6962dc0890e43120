"""Figures of the catalogue: each counts exactly the rows it leads to, and nobody sees more than is theirs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from gongxiang.platform.catalogue import actions, quality, tasks
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.catalogue.models import Distribution
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.parties import actions as parties_actions
from gongxiang.platform.web.quality import todos
from gongxiang.platform.web.quality.labels import CHECKS, GROUPS
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db

INTAKE = System(name="fact-intake")


@pytest.fixture
def banner():
    return make_banner()


def look(at):
    while tasks.keep_upkeep(at=at):
        continue


def system_of(office, name, at):
    return parties_actions.register_system(
        department_id=office.id, name=name, tier="own", network="extranet", by=office.clerk, at=at
    )


def named(check, *, actor, at, **more):
    return [row.name for row in quality.rows(check, actor=actor, at=at, **more)]


@pytest.fixture
def full(banner):
    """Entries, drafts and systems with something to say about each."""
    make.make_published(banner=banner, content=complete_content("行政区划代码", source_system="区划系统"))
    make.make_published(banner=banner, content=conditional_content(conditions="按需提供"))
    make.make_published(banner=banner, office=banner.consumer, content=complete_content("行政区划代码信息"))
    make.make_draft_entry(banner.provider, complete_content("草稿。", summary=""), at=banner.at)
    system_of(banner.provider, "区划系统", banner.at)
    system_of(banner.provider, "救助系统", banner.at)
    system_of(banner.consumer, "登记系统", banner.at)
    look(banner.at)
    return banner


@pytest.mark.parametrize("days", [0, 30, 400])
def test_each_figure_counts_exactly_its_rows(full, days):
    at = full.at + timedelta(days=days)
    for actor in (
        full.authority_officer,
        full.auditor,
        full.provider.clerk,
        full.consumer.officer,
        full.stranger.node_operator,
    ):
        counted = quality.counts(actor=actor, at=at)
        assert set(counted) == set(quality.CHECKS)
        for name, departments in counted.items():
            assert sum(departments.values()) == len(quality.rows(name, actor=actor, at=at)), name
            for department, number in departments.items():
                assert number == len(quality.rows(name, actor=actor, at=at, department_id=department)), name


def test_every_figure_has_its_words_and_stands_in_a_group():
    assert set(CHECKS) == set(quality.CHECKS)
    assert {check.group for check in quality.CHECKS.values()} == set(GROUPS)


def test_the_total_is_the_sum_of_its_parts(full):
    counted = {name: sum(c.values()) for name, c in quality.counts(actor=full.provider.clerk, at=full.at).items()}
    parts = [name for name, check in quality.CHECKS.items() if check.group == "shortfalls"]
    assert counted["all_shortfalls"] == sum(counted[name] for name in parts) > 0
    hints = [name for name, check in quality.CHECKS.items() if check.group == "hints"]
    assert counted["all_hints"] == sum(counted[name] for name in hints) + counted["entry_without_system"]


def test_a_draft_is_counted_for_its_provider_only(full):
    assert "草稿。" in named("all_shortfalls", actor=full.provider.clerk, at=full.at)
    for actor in (full.authority_officer, full.auditor, full.consumer.clerk):
        assert "草稿。" not in named("all_shortfalls", actor=actor, at=full.at)
        assert "草稿。" not in named("name_wrong", actor=actor, at=full.at, department_id=full.provider.id)


def test_a_department_sees_its_own_whatever_it_asks_for(full):
    rows = quality.rows("all_hints", actor=full.consumer.clerk, at=full.at, department_id=full.provider.id)
    assert {row.department_id for row in rows} == {full.consumer.id}


@pytest.mark.article("wushen-2021-60:30(2)")
def test_systems_and_entries_are_reconciled_both_ways(full):
    assert named("system_without_entry", actor=full.authority_officer, at=full.at) == ["登记系统", "救助系统"]
    assert named("system_without_entry", actor=full.provider.clerk, at=full.at) == ["救助系统"]
    assert set(named("entry_without_system", actor=full.provider.clerk, at=full.at)) == {"特困人员基本信息", "草稿。"}
    assert named("department_without_entry", actor=full.stranger.clerk, at=full.at) == ["乌审旗能源局"]


@pytest.mark.article("wushen-2021-60:17")
def test_a_system_has_joined_once_data_of_an_entry_can_be_had(full, product_clock):
    """接入公共信息平台：以目录挂接可用为准。"""
    product_clock.freeze(full.at)
    address = reverse("quality:systems")
    browser = signed_in(full.provider.clerk)
    assert quality.joined_by_system() == {}
    assert "区划系统" in browser.get(address, {"apart": "1"}).content.decode()
    (entry,) = [one for one in quality.rows("unmounted", actor=full.provider.clerk, at=full.at) if one.name == "行政区划代码"]
    with transaction.atomic():
        for line in Distribution.objects.filter(resource_id=entry.resource_id):
            actions.record_distribution_check(distribution_id=line.id, problem="", by=System(name="delivery"), at=full.at)
    assert list(quality.joined_by_system().values()) == [1]
    assert "区划系统" not in browser.get(address, {"apart": "1"}).content.decode()
    assert "已接入，1 条目录" in browser.get(address).content.decode()


@pytest.mark.article("wushen-2021-60:21(1)")
def test_what_is_published_is_to_be_mounted_within_the_period(banner):
    made = make.make_published(banner=banner)
    (row,) = quality.rows("unmounted", actor=banner.provider.clerk, at=banner.at)
    assert row.resource_id == made.id
    assert row.since == banner.at
    assert row.due_at == quality.mounting_due(banner.at)
    assert named("mounting_overdue", actor=banner.authority_officer, at=row.due_at - timedelta(seconds=1)) == []
    assert named("mounting_overdue", actor=banner.authority_officer, at=row.due_at) == [made.name]
    line = Distribution.objects.get(resource_id=made.id)
    with transaction.atomic():
        actions.record_distribution_check(distribution_id=line.id, problem="表不存在", by=System(name="delivery"), at=banner.at)
    assert named("unmounted", actor=banner.provider.clerk, at=banner.at) == [made.name]
    with transaction.atomic():
        actions.record_distribution_check(distribution_id=line.id, problem="", by=System(name="delivery"), at=banner.at)
    assert named("unmounted", actor=banner.provider.clerk, at=banner.at) == []


def test_what_flows_is_mounted_and_what_is_withheld_need_not_be(banner):
    made = make.make_published(banner=banner)
    actions.note_data(resource_id=made.id, in_step_at=banner.at, by=INTAKE, at=banner.at)
    assert named("unmounted", actor=banner.authority_officer, at=banner.at) == []


def test_a_file_in_words_is_listed_as_described_only(banner):
    file = DistributionContent(kind="FILE", description="每年导出。")
    make.make_published(banner=banner, content=complete_content(distributions=(file,)))
    assert named("described_only", actor=banner.authority_officer, at=banner.at) == ["行政区划代码"]
    assert named("unmounted", actor=banner.authority_officer, at=banner.at) == []


@pytest.mark.article("wushen-2021-60:20")
@pytest.mark.parametrize(
    ("cycle", "days", "stale"),
    [("MONTHLY", 34, False), ("MONTHLY", 35, True), ("YEARLY", 300, False), ("YEARLY", 371, True), ("IRREGULAR", 900, False)],
)
def test_data_that_does_not_change_within_its_cycle_is_stale(banner, cycle, days, stale):
    made = make.make_published(banner=banner, content=complete_content(update_cycle=cycle, update_note="按需"))
    look(banner.at)
    at = banner.at + timedelta(days=days)
    assert (named("stale", actor=banner.authority_officer, at=at) == [made.name]) is stale
    actions.note_data(resource_id=made.id, changed_at=at - timedelta(days=1), by=INTAKE, at=at)
    assert named("stale", actor=banner.authority_officer, at=at) == []


def test_real_time_data_is_fresh_while_it_is_in_step(banner):
    made = make.make_published(banner=banner, content=complete_content(update_cycle="REALTIME"))
    look(banner.at)
    at = banner.at + timedelta(days=10)
    actions.note_data(resource_id=made.id, changed_at=banner.at, in_step_at=at, by=INTAKE, at=at)
    assert named("stale", actor=banner.authority_officer, at=at) == []
    assert named("stale", actor=banner.authority_officer, at=at + timedelta(days=5)) == [made.name]


def test_never_used_and_zombies(banner):
    made = make.make_published(banner=banner)
    later = banner.at + timedelta(days=91)
    assert named("unused", actor=banner.authority_officer, at=banner.at) == []
    assert named("unused", actor=banner.authority_officer, at=later) == [made.name]
    actions.note_used(resource_id=made.id, by=INTAKE, at=later)
    assert named("unused", actor=banner.authority_officer, at=later) == []
    year = banner.at + timedelta(days=400)
    assert named("zombie", actor=banner.authority_officer, at=year) == []
    assert named("zombie", actor=banner.authority_officer, at=year + timedelta(days=200)) == [made.name]


def test_an_older_fact_never_takes_the_place_of_a_newer(banner):
    made = make.make_published(banner=banner)
    at = banner.at + timedelta(days=200)
    actions.note_used(resource_id=made.id, by=INTAKE, at=at)
    actions.note_used(resource_id=made.id, by=INTAKE, at=banner.at)
    assert named("zombie", actor=banner.authority_officer, at=at + timedelta(days=300)) == []


@pytest.mark.parametrize("who", ["clerk", "officer"])
def test_people_note_no_facts(banner, who):
    made = make.make_published(banner=banner)
    with pytest.raises(NotPermitted):
        actions.note_used(resource_id=made.id, by=getattr(banner.provider, who), at=banner.at)
    with pytest.raises(NotPermitted):
        actions.note_data(resource_id=made.id, changed_at=banner.at, by=getattr(banner.provider, who), at=banner.at)


def test_an_unknown_figure_is_not_found(banner):
    with pytest.raises(NotFound):
        quality.rows("nonsense", actor=banner.authority_officer, at=banner.at)


def test_todos_name_what_is_to_be_done(full):
    kinds = [str(one.kind) for one in todos.todos(full.provider.clerk, full.at)]
    assert kinds == ["挂接资源", "挂接资源", "编目"]
    assert [one.due_at for one in todos.todos(full.provider.node_operator, full.at)] == [quality.mounting_due(full.at)] * 2
    assert todos.todos(full.authority_officer, full.at) == []
    (late,) = [one for one in todos.todos(full.authority_officer, full.at + timedelta(days=30)) if "quality" in one.url]
    assert "3" in late.title
    assert todos.todos(full.stranger.officer, full.at) == []


def test_pages_show_figures_that_lead_to_their_rows(full, product_clock):
    product_clock.freeze(full.at)
    browser = signed_in(full.authority_officer)
    overview = browser.get(reverse("quality:overview")).content.decode()
    address = f"{reverse('quality:rows', args=['all_hints'])}?department={full.provider.id}"
    assert address in overview
    listed = browser.get(address).content.decode()
    expected = quality.rows("all_hints", actor=full.authority_officer, at=full.at, department_id=full.provider.id)
    assert f"共 {len(expected)} 条" in listed
    csv = browser.get(f"{address}&export=csv").content.decode("utf-8-sig")
    assert len(csv.strip().splitlines()) == 1 + len(expected)
    assert browser.get(f"{address}&export=xlsx").status_code == 200
    assert browser.get(reverse("quality:rows", args=["nonsense"])).status_code == 404
    assert "行政区划代码" not in browser.get(address, {"q": "特困", "department": str(full.provider.id)}).content.decode()
    table = browser.get(reverse("quality:overview"), {"export": "csv"}).content.decode("utf-8-sig")
    assert "乌审旗民政局" in table


def test_pages_of_a_department_show_its_own(full, product_clock):
    product_clock.freeze(full.at)
    browser = signed_in(full.provider.clerk)
    overview = browser.get(reverse("quality:overview")).content.decode()
    assert "乌审旗市场监督管理局" not in overview
    systems = browser.get(reverse("quality:systems"), {"without": "1"}).content.decode()
    assert "救助系统" in systems
    assert "区划系统" not in systems
    assert "登记系统" not in systems
    found = next(s for s in quality.rows("system_without_entry", actor=full.consumer.clerk, at=full.at))
    assert browser.get(reverse("quality:system", args=[found.system_id])).status_code == 404


def test_an_entry_with_nothing_wrong_is_not_counted(banner):
    system_of(banner.provider, "区划系统", banner.at)
    content = complete_content(source_system="区划系统", records_10k=1)
    content = replace(content, elements=tuple(replace(e, description="说明") for e in content.elements))
    make.make_published(banner=banner, content=content)
    look(banner.at)
    counted = quality.counts(actor=banner.provider.clerk, at=banner.at)
    assert {name for name, departments in counted.items() if sum(departments.values())} == {"unmounted"}
