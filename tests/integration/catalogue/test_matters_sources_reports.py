"""Matters and what they ask for, source departments, reports to the city: the acts, their refusals, their pages."""

import json
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import actions, errors, matters, reporting, sources, tasks, upkeep
from gongxiang.platform.catalogue.errors import ReceiptTaken
from gongxiang.platform.catalogue.models import CityReportLine
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Shortfalls
from gongxiang.platform.parties import actions as parties_actions
from gongxiang.protocol.evidence import sm3
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


def make_matter(office, at, name="个体工商户开办"):
    return parties_actions.register_matter(
        department_id=office.id, name=name, code=f"M-{name}", legal_basis="", systems=[], by=office.clerk, at=at
    )


@pytest.fixture
def resource(banner):
    return make.make_published(banner=banner, content=conditional_content())


@pytest.fixture
def matter(banner):
    return make_matter(banner.consumer, banner.at)


def states(matter, actor):
    return {item.name: item.status for item in matters.state_of(matter.id, actor=actor).items}


def listed(matter, banner, *names):
    return actions.list_form_items(matter_id=matter.id, names=names, by=banner.consumer.clerk, at=banner.at)


# ---- matters (art. 5, 22.5)


@pytest.mark.article("wushen-2021-60:22.5", "wushen-2021-60:5")
def test_what_the_platform_has_is_not_asked_for_again(banner, resource, matter):
    clerk = banner.consumer.clerk
    assert listed(matter, banner, "姓名", "身份证号码", "爱好", "", "姓名") == 3
    assert states(matter, clerk) == {"姓名": "available", "身份证号码": "available", "爱好": "no_hit"}
    assert matters.state_of(matter.id, actor=clerk).missing == 2
    item = next(i for i in matters.state_of(matter.id, actor=clerk).items if i.name == "姓名")
    assert item.hits[0].resource_id == resource.id
    actions.justify_item(item_id=item.id, justification="须本人签名确认。", by=clerk, at=banner.at)
    assert states(matter, clerk)["姓名"] == "justified"
    actions.link_matter(matter_id=matter.id, resource_id=resource.id, benefit="免交身份证复印件", by=clerk, at=banner.at)
    assert states(matter, clerk) == {"姓名": "linked", "身份证号码": "linked", "爱好": "no_hit"}
    (link,) = matters.state_of(matter.id, actor=clerk).links
    assert (link.resource_id, link.benefit) == (resource.id, "免交身份证复印件")
    assert [one.id for one in matters.matters_using(resource.id)] == [matter.id]
    actions.unlink_matter(link_id=link.id, by=clerk, at=banner.at)
    assert states(matter, clerk)["身份证号码"] == "available"
    kinds = EvidenceRecord.objects.filter(subject_type="matter", subject_id=str(matter.id)).values_list("kind", flat=True)
    assert {"matter:items_listed", "matter:item_justified", "matter:resource_linked", "matter:resource_unlinked"} <= set(kinds)


def test_a_stated_list_replaces_the_one_before_and_keeps_reasons(banner, resource, matter):
    clerk = banner.consumer.clerk
    listed(matter, banner, "姓名", "爱好")
    item = matters.state_of(matter.id, actor=clerk).items[0]
    actions.justify_item(item_id=item.id, justification="签名。", by=clerk, at=banner.at)
    listed(matter, banner, "电话", "姓名")
    assert states(matter, clerk) == {"电话": "available", "姓名": "justified"}


def test_linking_twice_is_linking_once(banner, resource, matter):
    for _again in range(2):
        actions.link_matter(matter_id=matter.id, resource_id=resource.id, by=banner.consumer.clerk, at=banner.at)
    assert len(matters.state_of(matter.id, actor=banner.consumer.clerk).links) == 1
    assert EvidenceRecord.objects.filter(kind="matter:resource_linked").count() == 1


@pytest.mark.parametrize("who", ["provider.clerk", "consumer.officer", "authority_officer", "auditor"])
def test_only_the_departments_own_cataloguers_keep_its_matters(banner, resource, matter, who):
    actor = banner
    for part in who.split("."):
        actor = getattr(actor, part)
    listed(matter, banner, "姓名")
    item = matters.state_of(matter.id, actor=banner.consumer.clerk).items[0]
    for act in (
        lambda: actions.link_matter(matter_id=matter.id, resource_id=resource.id, by=actor, at=banner.at),
        lambda: actions.list_form_items(matter_id=matter.id, names=["姓名"], by=actor, at=banner.at),
        lambda: actions.justify_item(item_id=item.id, justification="x", by=actor, at=banner.at),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_bad_input_is_refused_by_name(banner, matter):
    clerk, at = banner.consumer.clerk, banner.at
    draft = make.make_draft_entry(banner.provider, at=at)
    with pytest.raises(errors.ResourceNotFound):
        actions.link_matter(matter_id=matter.id, resource_id=draft.id, by=clerk, at=at)
    with pytest.raises(errors.ItemsMissing):
        listed(matter, banner, " ", "。")
    with pytest.raises(errors.ItemsMissing):
        listed(matter, banner, *(f"第{n}项" for n in range(301)))
    listed(matter, banner, "姓名")
    item = matters.state_of(matter.id, actor=clerk).items[0]
    with pytest.raises(errors.JustificationMissing):
        actions.justify_item(item_id=item.id, justification="  ", by=clerk, at=at)
    with pytest.raises(NotFound):
        actions.justify_item(item_id=uuid4(), justification="x", by=clerk, at=at)
    with pytest.raises(NotFound):
        actions.unlink_matter(link_id=uuid4(), by=clerk, at=at)


def test_the_pages_of_matters(banner, resource, matter):
    clerk, other = signed_in(banner.consumer.clerk), signed_in(banner.provider.clerk)
    address = reverse("quality:matter", args=[matter.id])
    assert clerk.post(reverse("quality:items", args=[matter.id]), {"names": "姓名\n爱好"}).status_code == 302
    page = clerk.get(address).content.decode()
    assert "平台已有" in page
    assert reverse("access:apply", args=[resource.id]) in page
    assert clerk.post(reverse("quality:link", args=[matter.id]), {"resource": "999/1"}).status_code == 422
    assert clerk.post(reverse("quality:link", args=[matter.id]), {"resource": resource.code}).status_code == 302
    assert "特困人员基本信息" in clerk.get(address).content.decode()
    assert "使用本资源的事项" in other.get(reverse("catalogue:resource", args=[resource.id])).content.decode()
    assert reverse("quality:items", args=[matter.id]) not in other.get(address).content.decode()
    assert clerk.post(reverse("quality:items", args=[matter.id]), {"names": " "}).status_code == 422
    csv = other.get(reverse("quality:matters"), {"export": "csv"}).content.decode("utf-8-sig")
    assert "个体工商户开办" in csv
    assert address not in other.get(reverse("quality:matters"), {"missing": "1"}).content.decode()
    assert address in other.get(reverse("quality:matters")).content.decode()


# ---- source departments (cn-809:19)


@pytest.mark.article("cn-809:19")
def test_the_authority_names_the_source_of_what_several_collect(banner, resource):
    other = make.make_published(banner=banner, office=banner.consumer, content=conditional_content("经营者信息"))
    stems = [row["stem"] for row in sources.items()]
    assert "姓名" in stems
    (item,) = sources.shared_items(["姓名"])
    assert {holder[0] for holder in item.holders} == {banner.provider.id, banner.consumer.id}
    assert item.source is None
    actions.name_source(
        item="姓名", department_id=banner.provider.id, reason="户籍管理职责", by=banner.authority_officer, at=banner.at
    )
    (item,) = sources.shared_items(["姓名"])
    assert item.source is not None
    assert item.source.department_id == banner.provider.id
    assert "姓名" not in [row["stem"] for row in sources.items(unnamed=True)]
    warned = {hint.code for hint in upkeep.hints_for(other.id, other.content, at=banner.at)}
    assert "source_elsewhere" in warned
    assert "source_elsewhere" not in {hint.code for hint in upkeep.hints_for(resource.id, resource.content, at=banner.at)}
    while tasks.keep_upkeep(at=banner.at):
        continue
    page = signed_in(banner.consumer.clerk).get(reverse("quality:rows", args=["source_elsewhere"])).content.decode()
    assert "经营者信息" in page


def test_naming_another_ends_the_one_before(banner, resource):
    make.make_published(banner=banner, office=banner.consumer, content=conditional_content("经营者信息"))
    for office in (banner.provider, banner.consumer):
        actions.name_source(item="姓名", department_id=office.id, reason="职责", by=banner.authority_officer, at=banner.at)
    assert sources.current(["姓名"])["姓名"].department_id == banner.consumer.id
    assert EvidenceRecord.objects.filter(kind="source:named").count() == 2


def test_a_source_has_the_item_and_a_reason(banner, resource):
    with pytest.raises(Shortfalls) as refused:
        actions.name_source(
            item="姓名", department_id=banner.stranger.id, reason=" ", by=banner.authority_officer, at=banner.at
        )
    assert [s.code for s in refused.value.shortfalls] == ["source_has_not_it", "source_reason_missing"]
    for actor in (banner.provider.officer, banner.auditor, banner.authority_leader):
        with pytest.raises(NotPermitted):
            actions.name_source(item="姓名", department_id=banner.provider.id, reason="x", by=actor, at=banner.at)


def test_the_page_of_sources(banner, resource):
    make.make_published(banner=banner, office=banner.consumer, content=conditional_content("经营者信息"))
    officer = signed_in(banner.authority_officer)
    page = officer.get(reverse("quality:sources"), {"q": "姓名"}).content.decode()
    assert "经营者信息" in page
    values = {"item": "姓名", "department": str(banner.provider.id), "reason": ""}
    assert officer.post(reverse("quality:name_source"), values).status_code == 422
    assert officer.post(reverse("quality:name_source"), {**values, "reason": "职责"}).status_code == 302
    assert officer.post(reverse("quality:name_source"), {**values, "department": "x"}).status_code == 422
    assert "职责" in officer.get(reverse("quality:sources"), {"export": "csv"}).content.decode("utf-8-sig")
    assert "数源部门" in officer.get(reverse("catalogue:resource", args=[resource.id])).content.decode()


# ---- reports to the city


def report(banner, number="乌政数〔2026〕1号", **more):
    values = {"number": number, "reported_on": beijing_date(banner.at), "seen": reporting.seen(reporting.pending())}
    return actions.record_city_report(**{**values, "by": banner.authority_officer, "at": banner.at, **more})


@pytest.mark.article("wushen-2021-60:7")
def test_every_new_version_and_withdrawal_is_reported_once(banner, resource):
    assert [(one.code, one.version, one.change) for one in reporting.pending()] == [(resource.code, 1, "NEW")]
    made = report(banner)
    assert reporting.pending() == ()
    found, lines = reporting.get_report(made)
    assert (found.number, found.lines, len(lines)) == ("乌政数〔2026〕1号", 1, 1)
    revised = actions.revise_resource(resource_id=resource.id, by=banner.provider.clerk, at=banner.at)
    assert reporting.pending() == ()
    content = conditional_content(summary="修改后的摘要，说明更为详尽。")
    actions.save_draft(resource_id=resource.id, content=content, seen=revised.revision, by=banner.provider.clerk, at=banner.at)
    make.bring_to("PUBLISHED", banner=banner, resource_id=resource.id, at=banner.at)
    assert [(one.version, one.change) for one in reporting.pending()] == [(2, "CHANGED")]
    report(banner, "2号")
    actions.withdraw_resource(resource_id=resource.id, reason="职能划转", by=banner.provider.officer, at=banner.at)
    assert [(one.version, one.change) for one in reporting.pending()] == [(2, "WITHDRAWN")]
    report(banner, "3号")
    assert reporting.pending() == ()
    assert [one.number for one in reporting.reports()] == ["3号", "2号", "乌政数〔2026〕1号"]


def answer(banner, report_id, **more):
    values = {"outcome": "TAKEN", "number": "鄂数收1号", "received_on": beijing_date(banner.at), "note": ""}
    values |= {"by": banner.authority_officer, "at": banner.at, **more}
    return actions.record_city_receipt(report_id=report_id, **values)


@pytest.mark.article("wushen-2021-60:7", "wushen-2021-60:11")
def test_the_city_answers_once_and_what_it_returns_is_reported_again(banner, resource):
    first = report(banner)
    kept, (ref, _) = reporting.file_of(first), reporting.get_report(first)
    assert json.loads(kept)[0]["code"] == resource.code
    assert (ref.digest, ref.receipt, reporting.unanswered()) == (sm3(kept).hex(), None, 1)
    yesterday = beijing_date(banner.at) - timedelta(days=1)
    for wrong, field in (({"number": " "}, "number"), ({"outcome": "RETURNED"}, "note"), ({"outcome": "?"}, "outcome"),
                         ({"received_on": yesterday}, "received_on")):  # fmt: skip
        with pytest.raises(Shortfalls) as refused:
            answer(banner, first, **wrong)
        assert [s.field for s in refused.value.shortfalls] == [field]
    for actor in (banner.provider.officer, banner.authority_leader, banner.auditor):
        with pytest.raises(NotPermitted):
            answer(banner, first, by=actor)
    with pytest.raises(NotFound):
        answer(banner, uuid4())
    answer(banner, first, outcome="RETURNED", number="", note="编码缺失")
    with pytest.raises(ReceiptTaken):
        answer(banner, first)
    assert [(one.version, one.change) for one in reporting.pending()] == [(1, "NEW")]
    second = report(banner, "2号")
    answer(banner, second)
    assert (reporting.pending(), reporting.unanswered()) == ((), 0)
    told = {one.number: one.receipt.outcome for one in reporting.reports()}
    assert told == {"2号": "TAKEN", "乌政数〔2026〕1号": "RETURNED"}


def test_what_was_never_reported_need_not_be_withdrawn_there(banner):
    make.make_entry_at("WITHDRAWN", banner=banner)
    assert reporting.pending() == ()


def test_a_report_is_refused_with_every_reason_at_once(banner, resource):
    tomorrow = beijing_date(banner.at) + timedelta(days=1)
    with pytest.raises(Shortfalls) as refused:
        report(banner, number=" ", reported_on=tomorrow, seen="old")
    assert [s.code for s in refused.value.shortfalls] == ["report_number_missing", "report_of_tomorrow", "report_changed"]
    report(banner)
    with pytest.raises(Shortfalls) as refused:
        report(banner)
    assert [s.code for s in refused.value.shortfalls] == ["report_number_taken", "nothing_to_report"]
    for actor in (banner.provider.officer, banner.authority_leader, banner.auditor):
        with pytest.raises(NotPermitted):
            report(banner, number="x", by=actor)


NEVER = [
    "UPDATE catalogue_cityreport SET number = 'x'",
    "DELETE FROM catalogue_cityreportline",
    "DELETE FROM catalogue_cityreceipt",
]


@pytest.mark.parametrize("statement", NEVER)
def test_a_report_is_never_changed(banner, resource, statement):
    answer(banner, report(banner))
    assert CityReportLine.objects.count() == 1
    with pytest.raises((DatabaseError, psycopg.Error)), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_pages_and_exports_of_reports(banner, resource, product_clock):
    product_clock.freeze(banner.at)
    officer = signed_in(banner.authority_officer)
    page = officer.get(reverse("quality:reports")).content.decode()
    assert resource.code in page
    (entry,) = json.loads(officer.get(reverse("quality:reports"), {"export": "json"}).content)
    assert (entry["code"], entry["version"], entry["change"]) == (resource.code, 1, "NEW")
    assert entry["codes"]["sharing_type"] == "2"
    assert entry["entry"]["name"] == resource.name
    assert "source_table" not in json.dumps(entry)
    assert officer.get(reverse("quality:reports"), {"export": "xlsx"}).status_code == 200
    seen = reporting.seen(reporting.pending())
    values = {"number": "1号", "reported_on": "2026-11-02", "note": "", "seen": seen}
    assert officer.post(reverse("quality:record_report"), {**values, "seen": "x"}).status_code == 422
    sent = officer.post(reverse("quality:record_report"), values)
    assert sent.status_code == 302
    assert resource.code in officer.get(sent["Location"]).content.decode()
    assert len(json.loads(officer.get(sent["Location"], {"export": "json"}).content)) == 1
    assert officer.get(reverse("quality:report", args=[uuid4()])).status_code == 404
    wrong = officer.post(f"{sent['Location']}receipt/", {"outcome": "TAKEN", "received_on": "2026-11-02", "number": ""})
    assert (wrong.status_code, "回执编号" in wrong.content.decode()) == (422, True)
    taken = officer.post(f"{sent['Location']}receipt/", {"outcome": "TAKEN", "received_on": "2026-11-02", "number": "收1"})
    assert taken.status_code == 302
    assert "收1" in officer.get(sent["Location"]).content.decode()
    assert "收1" in officer.get(reverse("quality:reports")).content.decode()


def test_an_entry_of_another_name_is_not_touched(banner):
    made = make.make_published(banner=banner, content=complete_content())
    assert sources.of_content(made.content) == ()
