"""Batches and the library of rules over the interface: asked for, followed, stopped, tried again; and who may not."""

from base64 import b64encode
from uuid import uuid4

import pytest

from gongxiang.platform.web.batches.tasks import run_batches
from gongxiang.protocol import clock
from tests.factories.catalogue import make_conditional, make_entry_at
from tests.factories.contents import complete_content
from tests.factories.disputes import SCAN
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_request
from tests.support.api import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner(at=clock.now())


def run() -> None:
    while run_batches():
        continue


@pytest.mark.article("wushen-2021-60:25", "cn-809:11(1)")
def test_entries_are_sent_on_by_the_worker_and_what_was_refused_is_tried_again(banner: Banner) -> None:
    whole = make_entry_at("DRAFT", banner=banner, content=complete_content("特困人员信息"), at=banner.at)
    unfinished = make_entry_at("DRAFT", banner=banner, content=complete_content("临时救助信息", summary=""), at=banner.at)
    clerk, officer = Caller(banner.provider.clerk), Caller(banner.provider.officer)
    sent = {"act": "send", "entries": [{"id": str(whole.id)}, {"id": str(unfinished.id)}, {"id": str(uuid4())}]}
    assert Caller(banner.auditor).refused("post", "/batches/entries", sent) == (403, "not_permitted")
    assert officer.refused("post", "/batches/entries", sent) == (403, "not_permitted"), "the act's own door"
    consent = {**sent, "act": "consent", "secrecy_statement": "已逐项审查。"}
    assert officer.refused("post", "/batches/entries", consent) == (403, "scope_missing"), "no token consents to publication"
    for wrong in ({**sent, "act": "destroy"}, {**sent, "entries": []}, {**sent, "entries": [{"id": "x"}]}):
        assert clerk.refused("post", "/batches/entries", wrong) == (422, "fields_wrong")

    batch = clerk.ok("post", "/batches/entries", sent)
    at = f"/batches/{batch['id']}"
    assert (batch["status"], batch["total"], batch["tried"]) == ("RUNNING", 3, 0)
    assert clerk.refused("post", f"{at}/again", {}) == (409, "wrong_state")
    assert officer.refused("get", at)[0] == officer.refused("post", f"{at}/stop")[0] == 404, "another person's"
    run()
    assert {name: clerk.ok("get", at)[name] for name in ("status", "tried", "refused")} == {
        "status": "FINISHED", "tried": 3, "refused": 2,
    }  # fmt: skip
    lines = {one["subject_id"]: one for one in clerk.ok("get", f"{at}/lines")["lines"]}
    assert (lines[str(whole.id)]["result"], lines[str(whole.id)]["reasons"]) == ("DONE", [])
    (why,) = lines[str(unfinished.id)]["reasons"]
    assert (why["field"], bool(why["message"]), bool(why["articles"])) == ("summary", True, True)
    again = clerk.ok("post", f"{at}/again", {})
    assert (again["total"], again["act"]) == (2, "send")
    assert clerk.ok("post", f"/batches/{again['id']}/stop")["status"] == "STOPPED"
    assert clerk.refused("post", f"/batches/{again['id']}/stop") == (409, "wrong_state")
    assert [one["id"] for one in clerk.ok("get", "/batches?sort=new")["batches"]] == [again["id"], batch["id"]]
    assert officer.ok("get", "/batches")["total"] == 0


@pytest.mark.article("cn-809:20.3")
def test_replies_are_prepared_and_given_only_as_they_were_read(banner: Banner) -> None:
    resource = make_conditional(banner=banner, at=banner.at)
    request = make_request(banner=banner, resource_id=resource.id, at=banner.at)
    reviewer, officer = Caller(banner.provider.reviewer), Caller(banner.provider.officer)
    key = str(request.pk)
    refusal = {"outcome": "refuse", "ground": "outside_remit", "text": "超出登记注册职责，不予同意提供。"}
    sent = {"act": "prepare", "requests": [{"id": key}], **refusal}
    assert Caller(banner.stranger.reviewer).refused("post", "/batches/replies", sent)[0] == 404
    reviewer.ok("post", "/batches/replies", sent)
    run()
    read_at = officer.ok("get", f"/requests/{key}")["prepared_at"]
    give = {"act": "give", "requests": [{"id": key}]}
    assert reviewer.refused("post", "/batches/replies", give) == (403, "not_permitted")
    unread = officer.ok("post", "/batches/replies", give)
    run()
    assert [one["code"] for one in officer.ok("get", f"/batches/{unread['id']}/lines")["lines"][0]["reasons"]] == [
        "reply_changed"
    ]
    officer.ok("post", f"/batches/{unread['id']}/again", {"read_at": {key: read_at}})
    run()
    assert officer.ok("get", f"/requests/{key}")["status"] == "REFUSED"


@pytest.mark.article("wushen-2021-60:12(1)")
def test_rules_of_operation_are_issued_read_replaced_and_ended(banner: Banner) -> None:
    keeper, reader = Caller(banner.authority_officer), Caller(banner.consumer.clerk)
    text = b64encode(SCAN[1]).decode()
    sent = {
        "title": "平台运行管理规定", "kind": "operation", "effective_on": "2026-12-01", "file_name": "规定.pdf",
        "content": text, "holds_no_secrets": True,
    }  # fmt: skip
    assert reader.refused("post", "/operation-rules", sent) == (403, "not_permitted")
    for wrong in ({"holds_no_secrets": False}, {"kind": "poem"}, {"effective_on": "2026-13-01"}):
        assert keeper.refused("post", "/operation-rules", {**sent, **wrong}) == (422, "fields_wrong")
    assert keeper.refused("post", "/operation-rules", {**sent, "content": "%%%"}) == (422, "content_unreadable")
    rule = keeper.ok("post", "/operation-rules", sent)
    assert keeper.refused("post", "/operation-rules", sent) == (409, "rule_title_taken")
    at, first = f"/operation-rules/{rule['id']}", rule["current"]["id"]
    assert reader.ok("get", f"/operation-rules/versions/{first}/content")["content"] == text
    assert reader.ok("post", f"/operation-rules/versions/{first}/read")["current"]["read_at"]
    assert [one["person_name"] for one in keeper.ok("get", f"{at}/versions")["readers"]] == [banner.consumer.clerk.name]
    assert Caller(banner.stranger.clerk).ok("get", f"{at}/versions")["readers"] == [], "another department"

    newer = {name: sent[name] for name in ("effective_on", "file_name", "content", "holds_no_secrets")}
    assert reader.refused("post", f"{at}/versions", {**newer, "changes": "x"}) == (403, "not_permitted")
    assert keeper.refused("post", f"{at}/versions", {**newer, "changes": " "}) == (409, "rule_incomplete")
    keeper.ok("post", f"{at}/versions", {**newer, "changes": "补充值班要求。"})
    assert reader.refused("post", f"/operation-rules/versions/{first}/read") == (409, "rule_replaced")
    assert reader.ok("get", at)["current"]["read_at"] is None
    assert reader.refused("post", f"{at}/end", {"reason": "已由新规定代替。"}) == (403, "not_permitted")
    assert keeper.ok("post", f"{at}/end", {"reason": "已由新规定代替。"})["ended_at"]
    assert keeper.refused("post", f"{at}/end", {"reason": "已由新规定代替。"}) == (409, "rule_over")
    assert reader.ok("get", "/operation-rules")["total"] == 0
    assert reader.ok("get", "/operation-rules?status=ended&q=运行")["total"] == 1
