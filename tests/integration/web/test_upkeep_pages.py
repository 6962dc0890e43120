"""Pages of keeping the catalogue true: registering a change of remit, its list and acts, what the workbench shows."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from gongxiang.law.instruments import Rank
from gongxiang.platform.catalogue import actions, queries, queries_remit, queries_withheld, tasks
from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import RemitChange, WithheldCheck
from gongxiang.platform.rulebook import actions as rulebook
from gongxiang.platform.web.catalogue.forms import ResourcesField
from gongxiang.platform.web.catalogue.labels import field_label
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, withheld_content
from tests.factories.parties import make_banner
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:7", "cn-809:17")]


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def resource(banner):
    return make.make_published(banner=banner)


def text_of(answer):
    return answer.content.decode()


def filled(**changes):
    return {
        "kind": "DUTY", "title": "旗民政局职能配置规定", "number": "乌党办发〔2026〕12号", "dated": "2026-10-30",
        "changed_on": "2026-11-02", "description": "", "new": "", **changes,
    }  # fmt: skip


def registered(banner, resource, *, changed_on=None, by=None):
    today = changed_on or clock.now().date()
    document = Document(kind="DUTY", title="职能规定", number="1号", dated=today, changed_on=today)
    return actions.register_remit_change(
        department_id=banner.provider.id, document=document, update=[resource.id], by=by or banner.provider.clerk,
        at=clock.now(),
    )  # fmt: skip


def test_a_clerk_registers_a_change_and_sees_its_period(banner, resource):
    browser = client_of(banner.provider.clerk)
    form = browser.get(reverse("upkeep:register"))
    assert resource.name in text_of(form)
    sent = filled(new="养老服务监管信息\n\n养老服务监管信息\n", **{f"task-{resource.id}": "UPDATE", "task-nonsense": "UPDATE"})
    page = browser.post(reverse("upkeep:register"), sent, follow=True)
    assert page.status_code == 200
    change = RemitChange.objects.get()
    assert [(t.task, t.name) for t in queries_remit.remit_view(change).tasks] == [
        ("NEW", "养老服务监管信息"), ("UPDATE", resource.name)
    ]  # fmt: skip
    shown = text_of(page)
    assert "10 个工作日 · 2026年11月16日" in shown
    assert "旗内最迟期限" in shown
    assert "2026年11月23日" in shown
    assert "：10 个工作日（自2025年8月1日起）" in shown, "the rule in words, as it was stored with the case"
    todo = text_of(browser.get(reverse("workbench:home")))
    assert "更新目录" in todo
    assert reverse("upkeep:remit", args=[change.pk]) in todo


def test_every_error_stands_at_its_field_and_what_was_typed_is_kept(banner, resource):
    browser = client_of(banner.provider.clerk)
    wrong = dict.fromkeys(filled(), "") | {"title": "只有名称", f"task-{resource.id}": "WITHDRAW", "dated": "not a day"}
    page = browser.post(reverse("upkeep:register"), wrong)
    shown = text_of(page)
    assert page.status_code == 422
    assert not RemitChange.objects.exists()
    assert "只有名称" in shown
    assert 'value="WITHDRAW" selected' in shown
    page = browser.post(reverse("upkeep:register"), {**filled(), "number": "", "changed_on": ""})
    shown = text_of(page)
    assert "缺少变动之日" in shown
    assert "至少要列出一个受影响的目录条目" in shown
    assert "须有文件依据" in shown


def test_the_authority_chooses_the_department_first(banner, resource):
    browser = client_of(banner.authority_officer)
    assert banner.provider.department.name in text_of(browser.get(reverse("upkeep:register")))
    address = f"{reverse('upkeep:register')}?department={banner.provider.id}"
    browser.post(address, filled(**{f"task-{resource.id}": "UPDATE"}))
    assert RemitChange.objects.get().by_authority
    for nonsense in ("x", "00000000-0000-7000-8000-000000000000"):
        assert browser.get(f"{reverse('upkeep:register')}?department={nonsense}").status_code == 200


def test_more_time_is_asked_for_and_consented_to_on_the_page(banner, resource):
    change = registered(banner, resource)
    page = reverse("upkeep:remit", args=[change.id])
    officer, authority = client_of(banner.provider.officer), client_of(banner.authority_officer)
    refused = officer.post(reverse("upkeep:ask_extension", args=[change.id]), {"days": "6", "reason": "x"})
    assert refused.status_code == 422
    assert "1 至 5 个工作日" in text_of(refused)
    officer.post(reverse("upkeep:ask_extension", args=[change.id]), {"days": "5", "reason": "系统改造"})
    assert "决定是否延长" in text_of(authority.get(reverse("workbench:home")))
    authority.post(reverse("upkeep:decide_extension", args=[change.id]), {"decision": "consent", "opinion": "同意"})
    shown = text_of(officer.get(page))
    assert "15 个工作日" in shown
    assert "延长已作过一次决定" in shown
    # What is left of it stands beside: 15 days too, on a working day.
    english = text_of(client_of(banner.provider.officer, language="en").get(page))
    assert english.count("<dt>Period</dt><dd>15 working days · ") == 1


def test_confirmed_unchanged_on_the_page_closes_it(banner, resource):
    change = registered(banner, resource)
    officer, task = client_of(banner.provider.officer), change.tasks[0]
    address = reverse("upkeep:unchanged", args=[change.id, task.id])
    assert "请写明理由" in text_of(officer.post(address, {f"u{task.id.hex[:8]}-reason": ""}))
    page = officer.post(address, {f"u{task.id.hex[:8]}-reason": "不涉及该信息。"}, follow=True)
    assert "已办结" in text_of(page)
    assert RemitChange.objects.get().status == "COMPLETED"


def test_a_new_entry_is_named_on_the_page(banner, resource):
    today = clock.now().date()
    document = Document(kind="DUTY", title="职能规定", number="1号", dated=today, changed_on=today)
    change = actions.register_remit_change(
        department_id=banner.provider.id, document=document, new=["新条目"], by=banner.provider.clerk, at=clock.now()
    )
    clerk, task = client_of(banner.provider.clerk), change.tasks[0]
    assert "尚未为此编制条目" in text_of(clerk.get(reverse("upkeep:remit", args=[change.id])))
    made = make.make_draft_entry(banner.provider, complete_content("新条目"), at=clock.now())
    address = reverse("upkeep:name_entry", args=[change.id, task.id])
    wrong = clerk.post(address, {f"n{task.id.hex[:8]}-resource_id": str(resource.id)})
    assert wrong.status_code == 422
    clerk.post(address, {f"n{task.id.hex[:8]}-resource_id": str(made.id)})
    assert queries_remit.get_remit_change(change.id, actor=banner.provider.clerk).tasks[0].resource_id == made.id


def test_the_overdue_list_of_the_authority(banner, resource):
    change = registered(banner, resource, changed_on=date(2026, 1, 5))
    tasks.sweep_upkeep(clock.now())
    shown = text_of(client_of(banner.authority_officer).get(reverse("upkeep:remits"), {"status": "OVERDUE"}))
    assert change.number in shown
    assert "逾期未更新目录" in shown
    csv = text_of(client_of(banner.authority_officer).get(reverse("upkeep:remits"), {"export": "csv"}))
    assert "职能规定（1号）" in csv
    assert "2026-01-19" in csv
    assert change.number not in text_of(client_of(banner.consumer.clerk).get(reverse("upkeep:remits")))


def test_what_is_not_mine_does_not_exist(banner, resource):
    change = registered(banner, resource)
    stranger = client_of(banner.consumer.officer)
    assert stranger.get(reverse("upkeep:remit", args=[change.id])).status_code == 404
    task = change.tasks[0]
    assert stranger.post(reverse("upkeep:unchanged", args=[change.id, task.id]), {}).status_code == 404
    assert stranger.post(reverse("upkeep:ask_extension", args=[change.id]), {"days": 1, "reason": "x"}).status_code == 404
    odd = client_of(banner.provider.clerk).get(reverse("upkeep:remits"), {"status": "x", "kind": "\x00", "q": "\x00%"})
    assert odd.status_code == 200


def test_struck_out_on_the_page(banner, resource):
    change = registered(banner, resource)
    browser = client_of(banner.authority_officer)
    browser.post(reverse("upkeep:cancel", args=[change.id]), {"cancel-reason": "误登"})
    assert RemitChange.objects.get().status == "CANCELLED"
    assert "误登" in text_of(browser.get(reverse("upkeep:remit", args=[change.id])))
    assert timedelta(0) <= clock.now() - RemitChange.objects.get().closed_at


class TestWithheld:
    """The yearly re-check, as the department and the authority see it."""

    @pytest.fixture
    def check(self, banner):
        statute = rulebook.register_statute(
            title="中华人民共和国民法典", number="主席令第四十五号", rank=Rank.LAW, article="第一千一百一十条", text="", url="",
            issuer="", in_force_from=date(2021, 1, 1), in_force_until=None, by=banner.authority_officer, at=banner.at,
        )  # fmt: skip
        content = withheld_content(statute=str(statute.id))
        entry = make.make_published(banner=banner, content=content)
        tasks.keep_withheld(banner.at)
        return queries_withheld.check_views(WithheldCheck.objects.filter(resource_id=entry.id).select_related("resource"))[0]

    def test_listed_reported_and_confirmed(self, banner, check):
        officer, authority = client_of(banner.provider.officer), client_of(banner.authority_officer)
        listed = text_of(authority.get(reverse("upkeep:withheld")))
        assert check.resource_name in listed
        assert "2027年11月2日" in listed
        assert check.resource_name not in text_of(authority.get(reverse("upkeep:withheld"), {"which": "overdue"}))
        page = officer.post(reverse("upkeep:report", args=[check.id]), {"statement": ""})
        assert page.status_code == 422
        assert "为什么仍按原依据不予共享" in text_of(page)
        officer.post(reverse("upkeep:report", args=[check.id]), {"statement": "依据未修改，仍禁止公开收养情况。"})
        assert "确认不予共享" in text_of(authority.get(reverse("workbench:home")))
        wrong = authority.post(reverse("upkeep:decide", args=[check.id]), {"decision": "return", "opinion": ""})
        assert wrong.status_code == 422
        authority.post(reverse("upkeep:decide", args=[check.id]), {"decision": "confirm", "opinion": "同意"})
        assert [row.status for row in WithheldCheck.objects.order_by("opened_at")] == ["CONFIRMED", "DUE"]
        assert check.resource_name in text_of(authority.get(reverse("upkeep:withheld"), {"which": "past"}))
        assert check.citation in text_of(authority.get(reverse("upkeep:withheld"), {"export": "csv"}))

    def test_a_fallen_basis_greys_the_report_out_and_shows_everywhere(self, banner, check):
        rulebook.end_statute(
            statute_id=check.statute_id, in_force_until=date(2026, 11, 3), reason="废止", by=banner.authority_officer,
            at=clock.now(),
        )  # fmt: skip
        tasks.keep_withheld(clock.now())
        officer = client_of(banner.provider.officer)
        shown = text_of(officer.get(reverse("upkeep:check", args=[check.id])))
        assert "法规已失效" in shown
        assert 'aria-disabled="true">仍不予共享，依据未变' in shown
        assert "不予共享依据失效" in text_of(officer.get(reverse("workbench:home")))
        assert check.resource_name in text_of(officer.get(reverse("upkeep:withheld"), {"which": "lapsed"}))
        refused = officer.post(reverse("upkeep:report", args=[check.id]), {"statement": "依据未修改。"})
        assert refused.status_code == 422
        assert "不能报告为依据未变" in text_of(refused)

    def test_confirming_asks_for_the_second_factor_and_strangers_see_nothing(self, banner, check):
        officer = client_of(banner.provider.officer)
        officer.post(reverse("upkeep:report", args=[check.id]), {"statement": "依据未修改。"})
        tired = client_of(banner.authority_officer, factor=False)
        tired.post(reverse("upkeep:decide", args=[check.id]), {"decision": "confirm", "opinion": ""})
        assert WithheldCheck.objects.get().status == "REPORTED"
        stranger = client_of(banner.consumer.officer)
        assert stranger.get(reverse("upkeep:check", args=[check.id])).status_code == 404
        assert check.resource_name not in text_of(stranger.get(reverse("upkeep:withheld")))


class TestVersions:
    """Every version is listed, compared, cited and taken away as a file."""

    @pytest.fixture
    def twice(self, banner, resource):
        at = clock.now()
        actions.revise_resource(resource_id=resource.id, by=banner.provider.clerk, at=at)
        draft = queries.get_draft(resource.id)
        content = replace(draft.content, summary="第二版。", update_cycle="MONTHLY")
        actions.save_draft(resource_id=resource.id, content=content, seen=draft.revision, by=banner.provider.clerk, at=at)
        make.bring_to("PUBLISHED", banner=banner, resource_id=resource.id, at=at + timedelta(minutes=20))
        return queries.get_resource(resource.id)

    def test_listed_with_how_much_changed(self, banner, twice):
        page = text_of(client_of(banner.consumer.clerk).get(reverse("catalogue:versions", args=[twice.code])))
        assert "2 个字段" in page
        for number in (1, 2):
            assert reverse("catalogue:version", args=[twice.code, number]) in page
            assert reverse("catalogue:version_file", args=[twice.code, number]) in page
        csv = text_of(client_of(banner.consumer.clerk).get(reverse("catalogue:versions", args=[twice.code]), {"export": "csv"}))
        assert queries.get_version(twice.id, 1).content_digest in csv

    def test_a_file_says_how_it_is_cited_and_hides_the_source_from_others(self, banner, twice):
        address = reverse("catalogue:version_file", args=[twice.code, 1])
        own = client_of(banner.provider.clerk).get(address).json()
        assert own["cite"].endswith(reverse("catalogue:version", args=[twice.code, 1]))
        assert own["digest"]["value"] == queries.content_digest(Content.from_json(own["content"]))
        assert own["content"]["distributions"][0]["source_table"] == "public.division"
        others = client_of(banner.consumer.clerk).get(address)
        assert "public.division" not in text_of(others)
        assert others.json()["whole"] is False
        assert others.json()["content"]["elements"] == own["content"]["elements"]
        assert others.headers["Content-Disposition"].endswith('-v1.json"')
        assert client_of(banner.consumer.clerk).get(reverse("catalogue:version_file", args=[twice.code, 9])).status_code == 404


def test_a_batch_of_nothing_leads_back_to_the_list_and_says_so(banner):
    browser = client_of(banner.provider.reviewer)
    answer = browser.post(reverse("batches:entries"), {"act": "pass", "entry": "nonsense"}, follow=True)
    assert answer.redirect_chain == [(reverse("catalogue:reviews"), 302)]
    assert "没有勾选条目" in text_of(answer)


def test_a_clerk_ticks_the_drafts_of_the_department_and_sends_them(banner):
    for name in ("甲", "乙"):
        make.make_entry_at("DRAFT", banner=banner, content=complete_content(name))
    sent = make.make_entry_at("IN_REVIEW", banner=banner, content=complete_content("丙"))
    browser = client_of(banner.provider.clerk)
    page = browser.get(reverse("catalogue:mine"), {"ticked": "all", "per": "200", "sort": "name"})
    ticked = re.findall(r'name="entry" value="([^"]+)"[^>]* checked', text_of(page))
    assert len(ticked) == 2
    assert str(sent.id) not in ticked
    answer = browser.post(reverse("batches:entries"), {"act": "send", "entry": ticked, "back": "mine"}, follow=True)
    assert reverse("catalogue:mine") in text_of(answer)
    assert {queries.get_draft(UUID(key)).status for key in ticked} == {"IN_REVIEW"}


def test_a_reason_names_the_field_that_is_missing(banner):
    half = make.make_entry_at("DRAFT", banner=banner, content=replace(complete_content("甲"), update_cycle=""))
    sent = {"act": "send", "entry": str(half.id), "back": "mine"}
    page = client_of(banner.provider.clerk).post(reverse("batches:entries"), sent, follow=True)
    assert f"{field_label('update_cycle')}：此项必填。" in text_of(page)


def test_a_queue_is_narrowed_by_department_state_and_words_and_goes_out_as_a_file(banner):
    mine = make.make_entry_at("SUBMITTED", banner=banner, content=complete_content("甲"))
    browser = client_of(banner.authority_officer)
    address = reverse("catalogue:reviews")
    for asked, found in (
        ({"q": mine.name[:2]}, True), ({"q": "没有"}, False), ({"department": str(banner.provider.id)}, True),
        ({"department": str(banner.consumer.id)}, False), ({"department": "x", "sort": "x", "per": "7"}, True),
        ({"status": "RATIFIED"}, False), ({"export": "csv"}, True),
    ):  # fmt: skip
        answer = browser.get(address, asked)
        assert answer.status_code == 200
        assert (mine.saved_by in text_of(answer).partition("<main")[2] or "export" in asked) is found


def test_what_was_not_done_is_said_once_and_can_be_tried_again_as_it_was_typed(banner):
    ticked = [str(make.make_entry_at("REVIEWED", banner=banner, content=complete_content(name)).id) for name in ("甲", "乙")]
    browser = client_of(banner.provider.officer)
    typed = {"act": "consent", "entry": ticked, "secrecy_statement": "逐项核对，不涉密。"}
    page = text_of(browser.post(reverse("batches:entries"), typed, follow=True))
    assert page.count('type="hidden" name="entry"') == 2
    assert "逐项核对，不涉密。" in page
    assert '<span class="badge">2</span>' in page
    browser.post(reverse("batches:entries"), {**typed, "standing": "on"})
    assert {queries.get_draft(UUID(key)).status for key in ticked} == {"CONSENTED"}


def test_the_source_of_derived_data_is_named_by_its_code_or_its_name(banner, resource):
    field = ResourcesField()
    code = queries.get_resource(resource.id).code
    assert field.clean(resource.name) == field.clean(code) == (resource.id,)
    draft = make.make_entry_at("DRAFT", banner=banner, content=complete_content("还是草稿"))
    assert field.clean(field.prepare_value((draft.id,))) == (draft.id,), "what an import named stays as it is"
    for wrong in ("没有这个", "还是草稿"):
        with pytest.raises(ValidationError):
            field.clean(wrong)
