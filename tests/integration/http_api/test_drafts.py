"""A department's system compiles drafts through the JSON interface; people decide on them."""

import json
from dataclasses import replace

import pytest
from django.test import Client

from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.states import CONSENTED, DRAFT, SUBMITTED
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.catalogue import ASSESSMENT, SECRECY, make_entry_at, make_published
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.support.calling import bearer, own_token, system_token
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner(at=clock.now())


@pytest.fixture
def system(banner):
    return bearer(system_token(banner.provider, Scope.READ, Scope.COMPILE))


def send(method, address, head, body=None, **headers):
    client = Client()
    extra = {"headers": {**head["headers"], **headers}}
    return getattr(client, method)(address, json.dumps(body) if body is not None else "", "application/json", **extra)


@pytest.mark.article("wushen-2021-60:7")
def test_a_system_begins_an_entry_and_changes_it(banner, system):
    content = complete_content()
    made = send("post", "/api/v1/drafts", system, {"content": content.to_json()})
    assert made.status_code == 201, made.content
    draft = made.json()
    assert (draft["status"], draft["provider_id"], draft["revision"]) == ("DRAFT", str(banner.provider.id), 1)
    changed = send("patch", f"/api/v1/drafts/{draft['id']}", system, {"content": {"summary": "新的摘要"}}, if_match='"1"')
    assert changed.status_code == 200, changed.content
    kept = queries.get_draft(queries.own_entries(banner.provider.clerk)[0].id).content
    assert kept.summary == "新的摘要"
    assert replace(kept, summary="", distributions=()) == replace(content, summary="", distributions=())
    record = evidence.visible_to(banner.provider.officer).filter(kind="resource:draft_saved").first()
    assert (record.actor_kind, record.actor_department) == ("system", banner.provider.id)
    assert record.actor_name.startswith("数据对接系统")


def test_content_goes_out_and_comes_in_unchanged(banner, system):
    content = conditional_content(keywords=("救助",), storage_gb="1.5")
    content = Content.from_json(content.to_json())
    draft = send("post", "/api/v1/drafts", system, {"content": content.to_json()}).json()
    again = send("put", f"/api/v1/drafts/{draft['id']}", system, {"content": draft["content"], "revision": 1})
    assert again.json()["content"] == draft["content"]
    assert again.json()["revision"] == 1, "what changes nothing saves nothing"


def test_two_do_not_write_over_each_other(banner, system):
    draft = send("post", "/api/v1/drafts", system, {"content": {"name": "甲"}}).json()
    address = f"/api/v1/drafts/{draft['id']}"
    send("patch", address, system, {"content": {"name": "乙"}, "revision": 1})
    answer = send("patch", address, system, {"content": {"name": "丙"}, "revision": 1})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "draft_changed_meanwhile")
    assert "数据对接系统" in error["message"]
    assert error["next_step"]
    missing = send("put", address, system, {"content": {}})
    assert missing.json()["error"]["code"] == "revision_missing"


def test_everything_missing_comes_at_once_with_its_articles(system):
    draft = send("post", "/api/v1/drafts", system, {"content": {}}).json()
    checked = send("get", f"/api/v1/drafts/{draft['id']}/check", system).json()
    refused = send("post", f"/api/v1/drafts/{draft['id']}/send", system)
    assert not checked["complete"]
    assert refused.status_code == 409
    assert [f["field"] for f in refused.json()["error"]["fields"]] == [f["field"] for f in checked["shortfalls"]]
    assert all(f["articles"] for f in checked["shortfalls"])


def test_words_follow_accept_language(system):
    draft = send("post", "/api/v1/drafts", system, {"content": {}}).json()
    said = {
        language: send("post", f"/api/v1/drafts/{draft['id']}/submit", system, accept_language=language).json()["error"]
        for language in ("en-GB", "zh-CN", "fr", "de, en;q=0.5")
    }
    assert said["en-GB"] == said["de, en;q=0.5"]
    assert said["zh-CN"] == said["fr"]
    assert said["en-GB"]["message"] != said["zh-CN"]["message"]
    assert said["en-GB"]["message"].isascii()


@pytest.mark.article("wushen-2021-60:25", "cn-809:13")
def test_people_lead_it_to_publication_with_their_own_sessions(banner, system):
    office = banner.provider
    draft = send("post", "/api/v1/drafts", system, {"content": complete_content().to_json()}).json()
    address = f"/api/v1/drafts/{draft['id']}"
    assert send("post", f"{address}/send", system).json()["status"] == "IN_REVIEW"
    for act in ("review", "consent", "publish", "return", "ratify"):
        assert send("post", f"{address}/{act}", system).json()["error"]["code"] == "needs_person"
    reviewer = bearer(own_token(office.reviewer, Scope.ACT))
    assert send("post", f"{address}/review", reviewer).json()["status"] == "REVIEWED"
    officer = signed_in(office.officer)
    statement = {"secrecy_statement": SECRECY, "impact_assessment": ASSESSMENT, "standing": True}
    assert officer.post(f"{address}/consent", statement, "application/json").json()["status"] == "CONSENTED"
    submitted = send("post", f"{address}/submit", system).json()
    assert submitted["status"] == "SUBMITTED"
    assert submitted["due_at"]
    authority = bearer(own_token(banner.authority_officer, Scope.ACT))
    published = send("post", f"{address}/publish", authority).json()
    assert (published["status"], published["version"]) == ("PUBLISHED", 1)
    found = send("get", f"/api/v1/resources/by-code?code={published['code']}", system).json()
    assert found["id"] == draft["id"]


def test_remarks_come_back_on_their_fields(banner, system):
    entry = make_entry_at(SUBMITTED, banner=banner)
    authority = bearer(own_token(banner.authority_officer, Scope.ACT))
    remarks = {"remarks": [{"field": "name", "text": "名称应与业务一致。"}]}
    send("post", f"/api/v1/drafts/{entry.id}/return", authority, remarks)
    draft = send("get", f"/api/v1/drafts/{entry.id}", system).json()
    assert (draft["status"], draft["remarks"]) == ("RETURNED", remarks["remarks"])


def test_a_second_factor_is_no_tokens_to_give(banner):
    entry = make_entry_at(CONSENTED, banner=banner)
    leader = banner.authority_leader
    refused = send("post", f"/api/v1/drafts/{entry.id}/ratify", bearer(own_token(leader, *Scope)), {"opinion": "同意"})
    assert refused.json()["error"]["code"] == "needs_second_factor"
    session = signed_in(leader).post(f"/api/v1/drafts/{entry.id}/ratify", {"opinion": "同意"}, "application/json")
    assert session.json()["error"]["code"] == "factor_not_fresh"


def test_a_session_without_its_csrf_token_changes_nothing(banner):
    signed = signed_in(banner.provider.clerk)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed.cookies
    assert client.get("/api/v1/drafts").status_code == 200
    refused = client.post("/api/v1/drafts", {"content": {}}, "application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "csrf_missing")
    page = client.get("/catalogue/entries/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    made = client.post("/api/v1/drafts", {"content": {}}, "application/json", headers={"x-csrftoken": token})
    assert made.status_code == 201, made.content


@pytest.mark.article("wushen-2021-60:25")
class TestOthers:
    """What other departments and their systems do not see."""

    def test_drafts_are_the_providers_own(self, banner):
        entry = make_entry_at(DRAFT, banner=banner)
        other = bearer(system_token(banner.consumer, Scope.READ, Scope.COMPILE))
        assert send("get", f"/api/v1/drafts/{entry.id}", other).status_code == 404
        assert send("get", f"/api/v1/resources/{entry.id}", other).status_code == 404
        assert send("get", "/api/v1/drafts", other).json()["entries"] == []
        assert send("patch", f"/api/v1/drafts/{entry.id}", other, {"content": {}, "revision": 1}).status_code == 404
        assert send("post", f"/api/v1/drafts/{entry.id}/send", other).status_code == 403

    def test_a_revision_under_way_stays_the_providers(self, banner, system):
        entry = make_published(banner=banner)
        actions.revise_resource(resource_id=entry.id, by=banner.provider.clerk, at=clock.now())
        other = bearer(system_token(banner.consumer, Scope.READ))
        assert send("get", f"/api/v1/drafts/{entry.id}", other).status_code == 404
        assert send("get", f"/api/v1/drafts/{entry.id}", system).json()["status"] == "DRAFT"

    def test_how_tables_are_mapped_is_not_told(self, banner, system):
        entry = make_published(banner=banner)
        other = bearer(system_token(banner.consumer, Scope.READ))
        for address in (f"/api/v1/resources/{entry.id}", f"/api/v1/resources/{entry.id}/versions/1"):
            assert send("get", address, system).json()["content"]["distributions"][0]["source_table"] == "public.division"
            seen = send("get", address, other).json()["content"]["distributions"][0]
            assert (seen["source_table"], seen["node_id"], seen["columns"]) == ("", None, {})
        assert "public.division" not in send("get", "/api/v1/resources", other).content.decode()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "body_unreadable"),
        ('{"content": {"name": "a\\u0000b"}}', 422, "text_unusable"),
        ('{"content": {"name": "\\ud800"}}', 422, "text_unusable"),
        ('{"content": {"nmae": "x"}}', 422, "fields_wrong"),
        ('{"content": {"sharing_type": "SECRET"}}', 422, "fields_wrong"),
        ('{"content": {"storage_gb": NaN}}', 400, "body_unreadable"),
        ('{"content": {"storage_gb": "NaN"}}', 422, "fields_wrong"),
        ('{"content": {"period_from": "2026-13-01"}}', 422, "fields_wrong"),
        ('{"content": {"name": "%s"}}' % ("长" * 501), 422, "fields_wrong"),
        ('{"content": {"summary": "%s"}}' % ("x" * 3_000_000), 413, "body_too_large"),
        ("[" * 100_000, 400, "body_unreadable"),
        ('[]', 422, "fields_wrong"),
        ("null", 422, "fields_wrong"),
    ],
    ids=[
        "not JSON", "NUL", "half a pair", "unknown field", "unknown code", "not a number", "NaN as text", "no such day",
        "too long", "too large", "too deep", "a list", "nothing",
    ],
)  # fmt: skip
def test_bad_bodies_are_refused_by_name(system, body, status, code):
    answer = Client().post("/api/v1/drafts", body, "application/json", **system)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["next_step"]


def test_unknown_addresses_and_methods_answer_in_the_same_shape(system):
    assert Client().get("/api/v1/nothing", **system).json()["error"]["code"] == "no_such_address"
    refused = Client().delete("/api/v1/drafts", **system)
    assert (refused.status_code, refused.json()["error"]["code"]) == (405, "method_wrong")
    assert "GET" in refused.headers["Allow"]


def test_everything_published_is_gone_through_page_by_page(banner, system):
    made = {str(make_published(banner=banner, content=complete_content(f"目录{n}")).id) for n in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        page = send("get", f"/api/v1/resources?size=2&cursor={cursor}", system).json()
        seen += [one["id"] for one in page["entries"]]
        cursor = page["next_cursor"]
    assert len(seen) == 5
    assert set(seen) == made
    wrong = send("get", "/api/v1/resources?cursor=abc", system)
    assert wrong.json()["error"]["code"] == "cursor_wrong"


def test_withdrawn_entries_are_told_only_to_who_follows(banner, system):
    entry = make_published(banner=banner)
    actions.withdraw_resource(resource_id=entry.id, reason="职能已划转。", by=banner.provider.officer, at=clock.now())
    assert send("get", "/api/v1/resources", system).json()["entries"] == []
    followed = send("get", "/api/v1/resources?withdrawn=true", system).json()["entries"]
    assert [(one["id"], one["status"]) for one in followed] == [(str(entry.id), "WITHDRAWN")]


def test_search_gives_hits_and_counts(banner, system):
    make_published(banner=banner)
    found = send("get", "/api/v1/search?q=xzqh&sharing_type=UNCONDITIONAL", system).json()
    assert [hit["name"] for hit in found["hits"]] == ["行政区划代码"]
    assert found["facets"]["sharing_type"][0]["count"] == 1


def test_registers_and_code_lists_are_read(banner, system):
    lists = send("get", "/api/v1/code-lists", system).json()["names"]
    for name in lists:
        assert send("get", f"/api/v1/code-lists/{name}", system).json()["codes"], name
    assert send("get", "/api/v1/code-lists/nothing", system).status_code == 404
    named = send("get", "/api/v1/departments?q=民政", system).json()["departments"]
    assert [one["name"] for one in named] == ["乌审旗民政局"]
    assert send("get", f"/api/v1/departments/{named[0]['id']}", system).json() == named[0]
    assert send("get", "/api/v1/systems", system).json()["systems"]


def test_the_description_is_a_page_too(banner):
    assert Client().get("/api/v1/openapi.json").json()["openapi"].startswith("3.")
    assert "/api/v1/drafts" in Client().get("/api/v1/docs").content.decode()
    assert "/api/v1/drafts" in signed_in(banner.provider.clerk).get("/api/v1/docs").content.decode()
