"""Sending many: what changes the data of live grants is set apart until somebody has looked at it (条例 27)."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants.errors import EffectNotSeen
from gongxiang.platform.grants.sending import send_one_seen
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("cn-809:27.3")]


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def revision(banner):
    """A revision of a published entry from which one grant lives."""
    resource = make.make_conditional(banner=banner)
    make_grant(banner=banner, resource_id=resource.id)
    return actions.revise_resource(resource_id=resource.id, by=banner.provider.clerk, at=clock.now())


def saved(draft, banner, **changes):
    now = queries.get_draft(draft.id)
    content = replace(now.content, **changes)
    return actions.save_draft(
        resource_id=draft.id, content=content, seen=now.revision, by=banner.provider.clerk, at=clock.now()
    )  # fmt: skip


def test_a_revision_that_changes_what_a_grant_gets_is_set_apart_until_it_was_looked_at(banner, revision):
    saved(revision, banner, update_cycle="YEARLY")
    plain = make.make_draft_entry(banner.provider, complete_content("没有人在用"), at=banner.at)
    browser, address = client_of(banner.provider.clerk), reverse("batches:entries")
    both = {"act": "send", "entry": [str(revision.id), str(plain.id)], "back": "mine"}
    page = browser.post(address, both, follow=True).content.decode()
    assert [queries.get_draft(key).status for key in (revision.id, plain.id)] == ["DRAFT", "IN_REVIEW"]
    apart = page.partition('id="apart"')[2]
    assert banner.consumer.department.name in apart
    assert "更新周期" in apart, "what changes, and for whom"
    ((key, mark),) = re.findall(r'name="seen_([^"]+)" value="([^"]+)"', apart)
    assert key == str(revision.id)
    # It changed again after it was looked at: what was seen is not what would be sent.
    saved(revision, banner, update_cycle="QUARTERLY")
    again = {"act": "send", "entry": [key], f"seen_{key}": mark, "back": "mine"}
    page = browser.post(address, again, follow=True).content.decode()
    assert queries.get_draft(revision.id).status == "DRAFT"
    ((_key, mark),) = re.findall(r'name="seen_([^"]+)" value="([^"]+)"', page)
    page = browser.post(address, {**again, f"seen_{key}": mark}, follow=True).content.decode()
    assert queries.get_draft(revision.id).status == "IN_REVIEW"
    assert 'id="apart"' not in page


def test_a_revision_that_nobody_notices_goes_with_the_others(banner, revision):
    saved(revision, banner, summary="更新的摘要。")
    assert send_one_seen(resource_id=revision.id, seen="", by=banner.provider.clerk, at=clock.now()).status == "IN_REVIEW"


def test_what_is_refused_leaves_nothing_behind(banner, revision):
    saved(revision, banner, update_cycle="YEARLY")
    for seen in ("", "x", "0" * 32):
        with pytest.raises(EffectNotSeen):
            send_one_seen(resource_id=revision.id, seen=seen, by=banner.provider.clerk, at=clock.now())
    with pytest.raises(NotPermitted):
        send_one_seen(resource_id=revision.id, seen="", by=banner.provider.officer, at=clock.now())
    assert queries.get_draft(revision.id).status == "DRAFT"


def test_the_page_of_one_asks_for_it_too_and_keeps_what_was_seen(banner, revision):
    saved(revision, banner, update_cycle="YEARLY")
    browser = client_of(banner.provider.clerk)
    page, send = reverse("catalogue:entry", args=[revision.id]), reverse("catalogue:send", args=[revision.id])
    (mark,) = re.findall(r'name="seen" value="([0-9a-f]{32})"', browser.get(page).content.decode())
    for said in ({}, {"seen": mark}, {"seen": "0" * 32, "looked": "on"}):
        refused = browser.post(send, said)
        assert refused.status_code == 422
        assert "第二十七条" in refused.content.decode()
    assert queries.get_draft(revision.id).status == "DRAFT"
    assert browser.post(send, {"seen": mark, "looked": "on"}).status_code == 302
    assert queries.get_draft(revision.id).status == "IN_REVIEW"
    (act,) = (
        one for one in evidence.trail_of(f"resource:{revision.id}", by=banner.auditor) if one.kind == "resource:effect_seen"
    )
    assert act.after["effect"] == mark
    assert len(act.after["grants"]) == 1


def test_nothing_is_asked_where_nothing_changes(banner, revision):
    saved(revision, banner, summary="更新的摘要。")
    browser = client_of(banner.provider.clerk)
    assert 'name="seen"' not in browser.get(reverse("catalogue:entry", args=[revision.id])).content.decode()
    assert browser.post(reverse("catalogue:send", args=[revision.id])).status_code == 302
