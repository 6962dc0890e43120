"""The pages of projects, as people use them: the whole way from the register to acceptance, by sending its forms."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants import use_records
from gongxiang.platform.grants.permissions import USE_NOTER
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.projects import actions, queries, states
from gongxiang.platform.web.projects.reuse import followed
from gongxiang.platform.web.projects.todos import todos
from gongxiang.protocol import clock
from tests.factories import procedure
from tests.factories import projects as make
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner(at=clock.now() - timedelta(hours=6))


def text_of(answer) -> str:
    return answer.content.decode()


def send(person, name, *args, **values):
    return client_of(person).post(reverse(f"projects:{name}", args=args), values, follow=True)


def test_the_whole_way_by_its_forms(banner):
    office = banner.consumer
    make_published(banner=banner, content=conditional_content(), at=banner.at)
    clerk = client_of(office.clerk)
    empty = clerk.post(reverse("projects:new"), {})
    assert empty.status_code == 422
    assert empty.content.count(b"field-error") >= 4
    values = {
        "name": "零工市场信息平台", "kind": "NEW", "approving_body": "旗发改委", "planned_start": "2026-11-20",
        "planned_end": "2027-10-01", "tier": "own", "contact": "信息股", "telephone": "",
    }  # fmt: skip
    page = clerk.post(reverse("projects:new"), values, follow=True)
    (project,) = queries.find_projects(actor=office.clerk)
    key = project.pk
    assert project.number in text_of(page)

    planned = {
        "name": "零工求职登记", "summary": "求职人员登记。", "elements": "姓名 | C\n身份证号\n技能特长 | C | 自填",
        "source_kind": "COLLECTED", "collects": "由本人填写。", "sharing_type": "UNCONDITIONAL", "seen": "0",
    }  # fmt: skip
    page = clerk.post(reverse("projects:entry_new", args=[key]), planned, follow=True)
    assert "零工求职登记" in text_of(page)
    assert 'aria-disabled="true">提交' in text_of(page) or "why-not" in text_of(page)
    stale = clerk.post(reverse("projects:entry_new", args=[key]), {**planned, "name": "另一条"})
    assert (stale.status_code, "已有他人保存" in text_of(stale)) == (422, True)

    (hit,) = queries.hits_of(key)
    name = f"{hit.entry_id}.{hit.found.target_id}"
    page = clerk.get(reverse("projects:hits", args=[key]))
    assert "特困人员基本信息" in text_of(page)
    refused = clerk.post(reverse("projects:hits", args=[key]), {"hit": name, f"{name}-answer": "JUSTIFIED"})
    assert (refused.status_code, "须说明理由" in text_of(refused)) == (422, True)
    clerk.post(reverse("projects:hits", args=[key]), {"hit": name, f"{name}-answer": "REUSE"})
    assert send(office.clerk, "present", key).status_code == 200
    assert [todo.url for todo in todos(office.officer, clock.now())] == [reverse("projects:detail", args=[key])]
    send(office.officer, "consent", key, submit="yes")
    assert queries.get_project(key, actor=office.clerk).status == states.IN_REVIEW
    assert project.name in text_of(client_of(banner.authority_officer).get(reverse("projects:queue")))

    returned = client_of(banner.authority_officer).post(reverse("projects:return", args=[key]), {"remark": ""})
    assert returned.status_code == 422
    page = send(banner.authority_officer, "pass", key, opinion="同意。")
    assert "证明已出具" in text_of(page)
    (certificate,) = queries.certificates_of(key)
    pdf = clerk.get(reverse("documents:pdf", args=[certificate.document_id]))
    assert b"".join(pdf.streaming_content if pdf.streaming else [pdf.content])[:5] == b"%PDF-"

    wrong = clerk.post(reverse("projects:approval", args=[key]), {"approval_number": "", "approved_on": ""})
    assert wrong.status_code == 422
    day = queries.beijing_day(clock.now()).isoformat()
    send(office.clerk, "approval", key, approval_number="发改〔2026〕1号", approved_on=day)
    send(office.clerk, "request_acceptance", key)
    operator = make.operator_of(banner)
    for check in queries.checks_of(key, on=queries.beijing_day(clock.now())):
        done = send(operator, "check", key, check.item, passed="yes", reference="联调记录")
        assert done.status_code == 200
    page = send(banner.authority_officer, "accept", key)
    assert queries.get_project(key, actor=office.clerk).status == states.ACCEPTED
    assert "已发布 0 条" in text_of(page)
    (todo,) = todos(office.clerk, clock.now())
    assert "0 / 1" in todo.title
    (entry,) = queries.entries_of(key)
    assert entry.resource_id is not None
    assert client_of(office.clerk).get(reverse("catalogue:entry", args=[entry.resource_id])).status_code == 200
    assert "尚未申请" in text_of(clerk.get(reverse("projects:use", args=[key])))


@pytest.mark.article("wushen-2021-60:22.5")
def test_promised_reuse_is_followed_to_request_grant_and_use(banner):
    entry = make_published(banner=banner, content=conditional_content(), at=banner.at)
    project = make.make_project_at(states.PRECOMPILING, banner=banner, office=banner.consumer)
    planned = make.planned_entry("零工求职登记", "姓名", "身份证号")
    make.add(project.id, planned, office=banner.consumer, at=clock.now())
    hit = next(one for one in queries.hits_of(project.id) if one.found.target_id == entry.id)
    actions.answer_hit(
        project_id=project.id, entry_id=hit.entry_id, target_kind="RESOURCE", target_id=entry.id, answer="REUSE", reason="",
        by=banner.consumer.clerk, at=clock.now(),
    )  # fmt: skip

    def seen(person) -> tuple[str, list[str]]:
        (one,) = followed(queries.get_project(project.id, actor=person), actor=person)
        return one.kept, [link for link in (one.request and one.request.url, one.grant and one.grant.url, one.used_url) if link]

    clerk = banner.consumer.clerk
    assert seen(clerk) == ("open", [])
    request = procedure.make_request(banner=banner, resource_id=entry.id)
    assert seen(clerk) == ("requested", [reverse("access:detail", args=[request.pk])])
    procedure.answer(request, banner=banner, at=banner.at + timedelta(minutes=10))
    (grant,) = grants.find_grants(actor=clerk, resource_id=entry.id)
    assert seen(clerk)[0] == "granted"
    use_records.note_use(
        grant_id=grant.pk, channel="lookup", rows=3, by=System(name=USE_NOTER), at=clock.now(), purposes=("verification",)
    )  # fmt: skip
    kept, links = seen(clerk)
    assert (kept, len(links)) == ("used", 3)
    for link in links:
        assert client_of(clerk).get(link).status_code == 200
    assert "特困人员基本信息" in text_of(client_of(clerk).get(links[-1]))
    operator = make.operator_of(banner)
    assert seen(operator)[0] == "used", "who may open neither request nor grant still sees how far it is"
    page = text_of(client_of(clerk).get(reverse("projects:detail", args=[project.id])))
    assert links[-1].replace("&", "&amp;") in page


def test_a_test_record_is_attached_and_a_disguised_one_refused(banner):
    project = make.make_project_at(states.BUILDING, banner=banner)
    operator = client_of(make.operator_of(banner))
    address = reverse("projects:check", args=[project.id, "network"])
    disguised = SimpleUploadedFile("记录.pdf", b"MZ\x90\x00", content_type="application/pdf")
    refused = operator.post(address, {"passed": "yes", "reference": "记录 3", "file": disguised, "file_not_secret": "on"})
    assert refused.status_code == 422
    day = queries.beijing_day(clock.now())
    assert all(one.passed is None for one in queries.checks_of(project.id, on=day))
    record = SimpleUploadedFile("记录.pdf", b"%PDF-1.7 test", content_type="application/pdf")
    sent = {"passed": "no", "reference": "记录 3", "file": record, "file_not_secret": "on"}
    assert operator.post(address, sent).status_code == 302
    (found,) = [one for one in queries.checks_of(project.id, on=day) if one.item == "network"]
    assert (found.passed, found.reference) == (False, "记录 3")
    for person in (banner.provider.clerk, banner.authority_officer):
        assert client_of(person).get(reverse("documents:upload", args=[found.upload_id])).status_code == 200
    assert client_of(banner.consumer.clerk).get(reverse("documents:upload", args=[found.upload_id])).status_code == 404


def test_money_and_its_export(banner):
    project = make.make_project_at(states.REGISTERED, banner=banner)
    clerk = client_of(banner.provider.clerk)
    wrong = clerk.post(reverse("projects:costs", args=[project.id]), {"year": "2026", "source": "BUDGET", "planned": "1.234"})
    assert wrong.status_code == 422
    clerk.post(
        reverse("projects:costs", args=[project.id]), {"year": "2026", "source": "BUDGET", "planned": "1234.50", "actual": ""}
    )
    assert queries.costs_of(project.id)[0].planned_cents == 123450
    exported = client_of(banner.authority_officer).get(reverse("projects:funding"), {"export": "csv"})
    assert "1234.50" in exported.content.decode()
    assert "1,234.50" in text_of(clerk.get(reverse("projects:funding")))


def test_lists_search_filter_and_export_what_is_shown(banner):
    make.make_project_at(states.REGISTERED, banner=banner, fields=make.project_fields("=cmd|' /C calc'!A1"))
    make.make_project_at(states.REGISTERED, banner=banner, office=banner.consumer)
    authority = client_of(banner.authority_officer)
    both = text_of(authority.get(reverse("projects:list")))
    assert "XM-2026-0001" in both or "-0001" in both
    one = text_of(authority.get(reverse("projects:list"), {"q": "智慧", "department": str(banner.consumer.id), "year": "2026"}))
    assert one.count("-0002</a>") == 1
    assert "-0001</a>" not in one
    exported = authority.get(reverse("projects:list"), {"export": "csv"}).content.decode()
    assert "'=cmd" in exported
    own = text_of(client_of(banner.consumer.clerk).get(reverse("projects:list")))
    assert "-0001</a>" not in own
    for nonsense in ({"page": "999"}, {"page": "x"}, {"department": "x"}, {"status": "x"}, {"year": "二〇"}, {"q": "\x00"}):
        assert authority.get(reverse("projects:list"), nonsense).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_in_both_languages(banner, language):
    accepted = make.make_project_at(states.ACCEPTED, banner=banner)
    passed = make.make_project_at(states.PASSED, banner=banner, fields=make.project_fields("二期"))
    office = banner.provider
    check = actions.check_form(title="表", items=["姓名"], by=office.clerk, at=banner.at)
    clerk = client_of(office.clerk, language=language)
    for name, args in (
        ("list", []), ("new", []), ("funding", []), ("form_checks", []), ("form_check_new", []), ("form_check", [check.id]),
        ("detail", [accepted.id]), ("detail", [passed.id]), ("edit", [passed.id]), ("version", [accepted.id, 1]),
        ("changes", [passed.id]), ("hits", [passed.id]), ("costs", [accepted.id]), ("use", [accepted.id]),
        ("approval", [passed.id]),
    ):  # fmt: skip
        assert clerk.get(reverse(f"projects:{name}", args=args)).status_code == 200, name
    for person in (banner.authority_officer, make.operator_of(banner)):
        assert client_of(person, language=language).get(reverse("projects:queue")).status_code == 200


def test_other_departments_find_nothing(banner):
    project = make.make_project_at(states.PASSED, banner=banner)
    stranger = client_of(banner.consumer.clerk)
    for name in ("detail", "hits", "changes", "use", "costs", "edit", "approval", "entry_new"):
        assert stranger.get(reverse(f"projects:{name}", args=[project.id])).status_code == 404, name
    for name in ("revise", "present", "submit", "request_acceptance"):
        assert stranger.post(reverse(f"projects:{name}", args=[project.id])).status_code == 404, name


def test_hostile_text_is_shown_as_text(banner):
    hostile = make.planned_entry("<script>alert(1)</script>", "<b>项</b>", "{{ 7|add:7 }}")
    project = make.make_project_at(states.PRECOMPILING, banner=banner, entries=(hostile,))
    page = text_of(client_of(banner.provider.clerk).get(reverse("projects:detail", args=[project.id])))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_form_is_checked_and_answered(banner):
    make_published(banner=banner, content=conditional_content(), at=banner.at)
    clerk = client_of(banner.consumer.clerk)
    assert clerk.post(reverse("projects:form_check_new"), {"title": "", "items": ""}).status_code == 422
    page = clerk.post(reverse("projects:form_check_new"), {"title": "开业登记表", "items": "申请人姓名\n经营面积"}, follow=True)
    assert "特困人员基本信息" in text_of(page)
    (check,) = queries.find_form_checks(actor=banner.consumer.clerk)
    address = reverse("projects:form_check", args=[check.pk])
    refused = clerk.post(address, {"answer-0": "JUSTIFIED", "reason-0": ""})
    assert (refused.status_code, "须说明理由" in text_of(refused)) == (422, True)
    assert clerk.post(address, {"answer-0": "REUSE"}).status_code == 302
    assert client_of(banner.provider.clerk).get(address).status_code == 404
    assert "特困人员基本信息" in clerk.get(address, {"export": "csv"}).content.decode()
