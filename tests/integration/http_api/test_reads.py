"""What the pages show is read over the interface with the same sight, cut into pages, searched and sorted."""

from datetime import timedelta

import pytest

from gongxiang.platform.access import states_dispute as steps
from gongxiang.protocol import clock
from tests.factories.catalogue import make_conditional
from tests.factories.disputes import make_dispute, refused_request
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant
from tests.support.api import Caller

pytestmark = pytest.mark.django_db


def test_each_reads_what_the_pages_show_them_and_nothing_else():
    banner = make_banner(at=clock.now() - timedelta(hours=12))
    resource = make_conditional(banner=banner)
    request = refused_request(banner, resource.id)
    dispute = make_dispute(steps.CONSULTING, banner=banner, request=request)
    other = make_conditional(banner=banner, at=banner.at, name="孤儿基本信息")
    grant = make_grant(banner=banner, resource_id=other.id, at=banner.at)
    giver, taker, authority = Caller(banner.provider.officer), Caller(banner.consumer.officer), Caller(banner.authority_officer)
    stranger, auditor, admin = Caller(banner.stranger.officer), Caller(banner.auditor), Caller(banner.site.system_admin)

    # Lists: who sees how many.
    sees = {
        "/grants": (1, 1, 0, 1), "/provisions": (1, 1, 0, 1), "/flows": (0, 0, 0, 0), "/disputes": (1, 1, 0, 1),
        "/disposals": (0, 0, 0, 0), "/nodes": (0, 0, 0, 0), "/alarms": (0, 0, 0, 0), "/grant-filings": (0, 0, 0, 0),
    }  # fmt: skip
    for path, expected in sees.items():
        got = tuple(who.ok("get", f"{path}?size=1")["total"] for who in (giver, taker, stranger, auditor))
        assert got == expected, path
        assert admin.refused("get", path) == (403, "not_permitted")
    provision = giver.ok("get", "/provisions?sort=old")["provisions"][0]["id"]
    cases = [
        f"/provisions/{provision}", f"/grants/{grant}/handlers", f"/disputes/{dispute.pk}/proceedings",
        f"/requests/{request.id}/messages",
    ]  # fmt: skip
    for path in cases:
        for who in (giver, taker, authority, auditor):
            who.ok("get", path)
        assert stranger.refused("get", path)[0] == 404, path
        assert admin.refused("get", path) == (403, "not_permitted")

    # Everything that waits, in person and for the department.
    waiting = giver.ok("get", "/todos")
    assert waiting["total"] >= 1
    assert {one["area"] for one in waiting["todos"]} >= {"disputes"}
    assert giver.ok("get", "/todos?q=没有这样的待办")["todos"] == []
    clocks = taker.ok("get", "/clocks?sort=later")["clocks"]
    assert f"provision:{provision}" in {one["subject"] for one in clocks}
    assert stranger.ok("get", "/clocks?q=孤儿")["clocks"] == []
    assert taker.refused("get", "/clocks?whose=theirs") == (422, "fields_wrong")

    # What was recorded, and who may know.
    kinds = {one["kind"] for one in taker.ok("get", f"/evidence?q=dispute:{dispute.pk}")["records"]}
    assert "dispute:opened" in kinds
    assert stranger.ok("get", f"/evidence?q=dispute:{dispute.pk}")["total"] == 0
    record = taker.ok("get", f"/evidence?q=dispute:{dispute.pk}&sort=old")["records"][0]["uid"]
    assert auditor.ok("get", f"/evidence/{record}")["trail"]
    assert stranger.refused("get", f"/evidence/{record}")[0] == 404
    assert taker.refused("get", "/evidence?since=yesterday") == (422, "fields_wrong")

    # Registers.
    assert giver.refused("get", "/tokens") == (403, "scope_missing")
    assert admin.ok("get", "/working-calendar?year=2026")["days"]
    assert admin.refused("get", "/working-calendar?year=-1") == (422, "fields_wrong")
    statutes = admin.ok("get", "/statutes?q=保密法&on=2026-11-02")["statutes"]
    assert all(admin.ok("get", f"/statutes/{one['id']}") == one for one in statutes)
    assert admin.refused("get", f"/statutes/{grant}")[0] == 404
    assert any(one["value"] == one["default"] for one in admin.ok("get", "/parameters")["parameters"])


def test_the_older_lists_are_sorted_as_asked():
    banner = make_banner(at=clock.now())
    reader, clerk = Caller(banner.authority_officer), Caller(banner.provider.clerk)
    for title in ("甲", "乙"):
        clerk.ok("post", "/drafts", {"content": {"name": f"{title}信息"}})
    assert [one["name"] for one in clerk.ok("get", "/drafts?sort=old")["entries"]][:2] == ["甲信息", "乙信息"]
    assert [one["name"] for one in clerk.ok("get", "/drafts?sort=new")["entries"]][:2] == ["乙信息", "甲信息"]
    for path in ("requests", "disputes", "filings", "collection-plans", "corrections", "projects", "remit-changes",
                 "superior-requests", "outside-channels"):  # fmt: skip
        for sort in ("new", "due"):
            reader.ok("get", f"/{path}?sort={sort}")
        assert reader.refused("get", f"/{path}?sort=name desc") == (422, "fields_wrong")
