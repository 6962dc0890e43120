"""The catalogue's pages, as people use them: search, compile, review, decide, cite."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from gongxiang.law.instruments import Rank
from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.rulebook import actions as rulebook
from gongxiang.platform.web.catalogue.labels import field_label
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.contents import complete_content, conditional_content, element, withheld_content
from tests.factories.parties import make_banner
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def sign_in():
    """A person's browser; a code of the authenticator works once, so each signs in once."""
    browsers = {}

    def of(person):
        if person.id not in browsers:
            browsers[person.id] = signed_in(person)
        return browsers[person.id]

    return of


def text_of(answer) -> str:
    return answer.content.decode()


def form_of(answer) -> dict[str, str | list[str]]:
    """What a browser would send of the compile form as it stands."""
    values: dict[str, str | list[str]] = {}
    body = text_of(answer).partition("novalidate>")[2]
    for tag in re.findall(r"<input[^>]*>", body):
        name = re.search(r'name="([^"]+)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if not name or (kind and kind[1] in ("checkbox", "radio") and "checked" not in tag):
            continue
        given = value[1] if value else ("on" if kind and kind[1] == "checkbox" else "")
        values.setdefault(name[1], []).append(given)
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body, re.S):
        values[name] = [inner.removeprefix("\n")]
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        values[name] = re.findall(r'<option value="([^"]*)" selected', inner)
    return values


def test_search_finds_narrows_and_exports(banner, sign_in):
    resource = make.make_published(banner=banner)
    make.make_published(banner=banner, content=conditional_content())
    browser = sign_in(banner.consumer.clerk)
    page = text_of(browser.get("/catalogue/", {"q": "xzqh"}))
    assert "行政区划代码" in page
    assert "特困人员基本信息" not in page
    assert resource.code in page
    narrowed = text_of(browser.get("/catalogue/", {"sharing_type": "CONDITIONAL"}))
    assert "特困人员基本信息" in narrowed
    assert "行政区划代码" not in narrowed
    csv = text_of(browser.get("/catalogue/", {"export": "csv"}))
    assert len(csv.strip().splitlines()) == 3
    sheet = openpyxl.load_workbook(BytesIO(browser.get("/catalogue/", {"export": "xlsx"}).content)).active
    assert sheet.max_row == 3
    assert {sheet.cell(row, 2).value for row in (2, 3)} == {"行政区划代码", "特困人员基本信息"}
    assert browser.get("/catalogue/", {"q": "没有的词", "page": "9", "department": "x", "sort": "?"}).status_code == 200


def test_an_entry_is_shown_whole_and_cited_by_version(banner, sign_in):
    resource = make.make_published(banner=banner, content=conditional_content())
    browser = sign_in(banner.consumer.clerk)
    page = text_of(browser.get(reverse("catalogue:resource", args=[resource.id])))
    for words in ("特困人员基本信息", "公民身份号码", "id_number", "敏感个人信息", resource.code, "依法履行救助"):
        assert words in page
    assert "public.person" not in page
    cited = browser.get(f"/catalogue/{resource.code}/versions/1/")
    assert cited.status_code == 200
    assert queries.get_version(resource.id, 1).content_digest in text_of(cited)
    assert browser.get(f"/catalogue/{resource.code}/").status_code == 200
    assert browser.get(f"/catalogue/{resource.code}/versions/2/").status_code == 404


def test_a_draft_is_nobody_elses(banner, sign_in):
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    browser = sign_in(banner.consumer.clerk)
    assert browser.get(reverse("catalogue:entry", args=[entry.id])).status_code == 404
    assert browser.get(reverse("catalogue:resource", args=[entry.id])).status_code == 404
    assert browser.get(reverse("catalogue:edit", args=[entry.id])).status_code == 404


def test_the_form_gives_back_exactly_what_was_saved(banner, sign_in):
    statute = rulebook.register_statute(
        title="某法", number="第1号", rank=Rank.LAW, article="第一条", in_force_from=date(2020, 1, 1),
        by=banner.authority_officer, at=banner.at,
    )  # fmt: skip
    content = replace(
        withheld_content(statute=str(statute.id)),
        distributions=conditional_content().distributions,
        elements=conditional_content().elements,
        purposes=("decision", "verification"), scenes=("SERVICE",), keywords=("甲", "乙"), matters=("事项",),
        period_from=date(2020, 1, 1), open_to_society=True, open_conditions="条件", scope_departments=(banner.consumer.id,),
        source_department=banner.provider.id,
    )  # fmt: skip
    entry = make.make_draft_entry(banner.provider, content, at=banner.at)
    browser = sign_in(banner.provider.clerk)
    address = reverse("catalogue:edit", args=[entry.id])
    sent = form_of(browser.get(address))
    answer = browser.post(address, {**sent, "act": "save"})
    assert answer.status_code == 302, text_of(answer)
    again = queries.get_draft(entry.id)
    assert again.content == entry.content
    assert again.revision == entry.revision


def test_every_error_stands_beside_its_field_at_once(banner, sign_in):
    browser = sign_in(banner.provider.clerk)
    begun = browser.post(reverse("catalogue:begin"))
    sent = form_of(browser.get(begun["Location"]))
    sent |= {"act": "send", "name": "名称。", "sharing_type": "CONDITIONAL", "period_from": "昨天", "storage_gb": "-1"}
    wrong = browser.post(begun["Location"], sent)
    assert wrong.status_code == 422
    page = text_of(wrong)
    assert 'id="id_period_from_error"' in page
    assert 'id="id_storage_gb_error"' in page
    sent |= {"period_from": "", "storage_gb": "", "revision": form_of(wrong)["revision"]}
    refused = browser.post(begun["Location"], sent)
    assert refused.status_code == 422
    page = text_of(refused)
    for name in ("name", "summary", "classification", "format_class", "update_cycle", "sharing_reason", "conditions", "scope",
                 "purposes"):  # fmt: skip
        assert f'id="id_{name}_error"' in page, name
    assert "办法第21条(2)" in page or "第二十一条" in page or "21" in page
    assert "名称。" in page


def test_rows_come_back_with_what_was_typed(banner, sign_in):
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    browser = sign_in(banner.provider.clerk)
    sent = form_of(browser.get(reverse("catalogue:edit", args=[entry.id])))
    rows = reverse("catalogue:rows", args=[entry.id])
    added = text_of(browser.post(rows, {**sent, "elements-0-name": "改过的名称", "op": "add-element"}))
    assert 'name="elements-2-name"' in added
    assert "改过的名称" in added
    moved = text_of(browser.post(rows, {**sent, "op": "down-element-0"}))
    assert moved.index('value="区划名称"') < moved.index('value="区划代码"')
    removed = text_of(browser.post(rows, {**sent, "op": "remove-element-1"}))
    assert 'name="elements-1-name"' not in removed
    for kind in ("table", "file", "api"):
        assert 'name="distributions-1-kind"' in text_of(browser.post(rows, {**sent, "op": f"add-{kind}"}))
    filled = text_of(browser.post(rows, {**sent, "distributions-0-column-name": "", "op": "fill-0"}))
    assert 'name="distributions-0-column-name" value="name"' in filled
    for hostile in ("remove-element-99", "up-element-0", "x", "fill-9", "remove-distribution--1"):
        assert browser.post(rows, {**sent, "op": hostile}).status_code == 200
    assert queries.get_draft(entry.id).revision == entry.revision


def test_autosave_keeps_what_can_be_read_and_says_who_was_faster(banner, sign_in):
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    clerk, reviewer = sign_in(banner.provider.clerk), sign_in(banner.provider.reviewer)
    sent = form_of(clerk.get(reverse("catalogue:edit", args=[entry.id])))
    autosave = reverse("catalogue:autosave", args=[entry.id])
    saved = clerk.post(autosave, {**sent, "summary": "新摘要", "storage_gb": "很多"})
    assert 'name="revision" value="2"' in text_of(saved)
    assert queries.get_draft(entry.id).content.summary == "新摘要"
    other = reviewer.post(autosave, {**sent, "summary": "别的"})
    assert banner.provider.clerk.name in text_of(other)
    assert queries.get_draft(entry.id).content.summary == "新摘要"


def test_four_people_publish_through_the_pages(banner, sign_in):
    entry = make.make_draft_entry(banner.provider, conditional_content(), at=banner.at)

    def post(person, name: str, data: dict[str, str] | None = None):
        return sign_in(person).post(reverse(f"catalogue:{name}", args=[entry.id]), data or {})

    assert post(banner.provider.clerk, "send").status_code == 302
    assert post(banner.provider.reviewer, "pass_review").status_code == 302
    empty = post(banner.provider.officer, "consent")
    assert empty.status_code == 422
    assert 'id="id_secrecy_statement_error"' in text_of(empty)
    assert 'id="id_impact_effect_error"' in text_of(empty)
    said = {"secrecy_statement": "不涉密", "impact_purpose": "甲", "impact_effect": "乙", "impact_measures": "丙"}
    assert post(banner.provider.officer, "consent", said).status_code == 302
    assert post(banner.provider.clerk, "submit").status_code == 302
    queue = text_of(sign_in(banner.authority_officer).get(reverse("catalogue:reviews")))
    assert "特困人员基本信息" in queue
    published = post(banner.authority_officer, "publish")
    assert published.status_code == 302
    shown = sign_in(banner.authority_officer).get(published["Location"], follow=True)
    assert shown.status_code == 200
    assert "已发布" in text_of(shown)
    assert queries.get_resource(entry.id).version == 1


def test_a_return_shows_its_remarks_beside_the_fields(banner, sign_in):
    entry = make.make_entry_at("SUBMITTED", banner=banner)
    browser = sign_in(banner.authority_officer)
    assert "退回" in text_of(browser.get(reverse("catalogue:entry", args=[entry.id])))
    address = reverse("catalogue:return", args=[entry.id])
    assert browser.post(address, {"field_0": "name", "text_0": " "}).status_code == 422
    sent = {"field_0": "summary", "text_0": "摘要太短。", "field_1": "", "text_1": "请补充。"}
    assert browser.post(address, sent, follow=True).status_code == 200
    page = text_of(sign_in(banner.provider.clerk).get(reverse("catalogue:edit", args=[entry.id])))
    assert "摘要太短。" in page
    assert "请补充。" in page


def test_acts_that_are_not_possible_are_grey_with_the_reason(banner, sign_in):
    elements = tuple(replace(complete_content().elements[0], name=f"项{n}", code=f"x{n}", data_class="") for n in range(9))
    half = Content(name="半成品", elements=elements)
    entry = actions.draft_resource(content=half, by=banner.provider.clerk, at=clock.now())
    page = text_of(sign_in(banner.provider.clerk).get(reverse("catalogue:entry", args=[entry.id])))
    assert 'aria-disabled="true"' in page
    assert "why-not" in page
    (missing,) = re.findall("<p>([^<]+)：此项必填。", page)
    assert {field_label("classification"), field_label("summary")} <= set(missing.split("、")), "the fields are named"
    assert page.count("每个信息项都须有名称、数据类型和分类分级。") == 1, "nine elements without a level are one point"


def test_revision_is_compared_field_by_field(banner, sign_in):
    resource = make.make_published(banner=banner)
    clerk = sign_in(banner.provider.clerk)
    assert clerk.post(reverse("catalogue:revise", args=[resource.id])).status_code == 302
    draft = queries.get_draft(resource.id)
    changed = replace(draft.content, summary="改过的摘要", elements=(*draft.content.elements[:1],))
    changed = replace(changed, distributions=(replace(changed.distributions[0], columns={"code": "code"}),))
    actions.save_draft(resource_id=resource.id, content=changed, seen=draft.revision, by=banner.provider.clerk, at=clock.now())
    page = text_of(clerk.get(reverse("catalogue:entry", args=[resource.id])))
    assert "<ins>改过的摘要</ins>" in page
    make.bring_to("PUBLISHED", banner=banner, resource_id=resource.id, at=clock.now())
    compared = text_of(sign_in(banner.stranger.clerk).get(f"/catalogue/{resource.code}/versions/1/compare/2/"))
    assert "改过的摘要" in compared
    assert "区划名称" in compared
    assert "源表" not in compared
    assert "name ←" not in compared


def test_ratification_asks_for_the_second_factor(banner, sign_in):
    statute = rulebook.register_statute(
        title="某法", number="第1号", rank=Rank.LAW, article="第一条", in_force_from=date(2020, 1, 1),
        by=banner.authority_officer, at=banner.at,
    )  # fmt: skip
    entry = make.make_entry_at("SUBMITTED", banner=banner, content=withheld_content(statute=str(statute.id)))
    browser = sign_in(banner.authority_leader)
    assert "收养登记信息" in text_of(browser.get(reverse("catalogue:ratifications")))
    answer = browser.post(reverse("catalogue:ratify", args=[entry.id]), {"opinion": "同意"})
    assert answer.status_code == 302


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["search", "mine", "reviews"])
def test_lists_open_empty_in_both_languages(banner, sign_in, name, language):
    browser = sign_in(banner.provider.clerk)
    browser.cookies["django_language"] = language
    assert browser.get(reverse(f"catalogue:{name}")).status_code == 200


def test_my_entries_are_filtered_and_exported(banner, sign_in):
    make.make_published(banner=banner)
    make.make_draft_entry(banner.provider, complete_content("另一份"), at=banner.at)
    browser = sign_in(banner.provider.clerk)
    assert "另一份" in text_of(browser.get(reverse("catalogue:mine")))
    assert "另一份" not in text_of(browser.get(reverse("catalogue:mine"), {"status": "PUBLISHED"}))
    assert len(text_of(browser.get(reverse("catalogue:mine"), {"export": "csv"})).strip().splitlines()) == 3


def test_hostile_input_is_a_message_never_a_crash(banner, sign_in):
    entry = make.make_draft_entry(banner.provider, at=banner.at)
    browser = sign_in(banner.provider.clerk)
    address = reverse("catalogue:edit", args=[entry.id])
    sent = form_of(browser.get(address))
    foreign = make.make_draft_entry(banner.consumer, at=banner.at)
    hostile = {
        "name": "a\x00b", "distributions-0-column-code": "c\x00ol", "distributions-0-column-\x00": "x",
        "elements-0-length": "9" * 40,
        "distributions-0-id": str(foreign.content.distributions[0].id), "elements-0-type": "?", "purposes": "fun",
        "derived_from": "999/1", "statute": "x", "distributions-0-node_id": "x", "elements-count": "-1", "act": "save",
        "summary": "<script>alert(1)</script>",
    }  # fmt: skip
    answer = browser.post(address, {**sent, **hostile})
    assert answer.status_code == 422
    assert "<script>alert" not in text_of(answer)
    assert browser.post(address, {**sent, "summary": "字" * 6000, "act": "save"}).status_code == 422
    assert browser.post(address, {"act": "send"}).status_code == 422
    assert browser.post(address, {**sent, "elements-count": "99999", "act": "save"}).status_code in (302, 422)
    for q in ("\x00", "%", "'; --", "\\"):
        assert browser.get(reverse("catalogue:search"), {"q": q, "department": q, "page": q}).status_code == 200
        assert browser.get(reverse("catalogue:mine"), {"q": q}).status_code == 200
    assert queries.get_draft(foreign.id).content == foreign.content


def test_a_table_of_two_hundred_elements_is_compiled(banner, sign_in):
    elements = tuple(element(f"e{n}", name=f"信息项{n}", key=n == 0) for n in range(200))
    entry = make.make_draft_entry(banner.provider, complete_content(elements=elements), at=banner.at)
    browser = sign_in(banner.provider.clerk)
    address = reverse("catalogue:edit", args=[entry.id])
    answer = browser.post(address, {**form_of(browser.get(address)), "summary": "新", "act": "save"})
    assert answer.status_code == 302, text_of(answer)[:500]
    assert len(queries.get_draft(entry.id).content.elements) == 200


def test_the_workbench_names_what_waits_for_me(banner, sign_in):
    make.make_entry_at("SUBMITTED", banner=banner)
    make.make_entry_at("RETURNED", banner=banner, content=complete_content("另一份"))
    authority = text_of(sign_in(banner.authority_officer).get("/"))
    assert "审核发布目录" in authority
    clerk = text_of(sign_in(banner.provider.clerk).get("/"))
    assert "修改被退回的目录" in clerk
    assert "已发布目录" in clerk


def test_withdrawal_asks_for_a_reason_and_is_shown(banner, sign_in):
    resource = make.make_published(banner=banner)
    officer = sign_in(banner.provider.officer)
    address = reverse("catalogue:withdraw", args=[resource.id])
    refused = officer.post(address, {"reason": " "})
    assert refused.status_code == 422
    assert 'id="withdrawal_reason_error"' in text_of(refused)
    done = officer.post(address, {"reason": "职能已划转"}, follow=True)
    assert "已撤回" in text_of(done)
    assert "已撤回" in text_of(sign_in(banner.stranger.clerk).get(reverse("catalogue:resource", args=[resource.id])))


def test_a_revision_can_be_discarded_on_its_page(banner, sign_in):
    resource = make.make_published(banner=banner)
    clerk = sign_in(banner.provider.clerk)
    clerk.post(reverse("catalogue:revise", args=[resource.id]))
    done = clerk.post(reverse("catalogue:discard", args=[resource.id]), follow=True)
    assert done.status_code == 200
    assert queries.get_draft(resource.id).status == "PUBLISHED"
