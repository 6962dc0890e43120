"""Acts on changes of remit, files with entries and figures over the interface: the same rules as on the pages."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import Client

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import tasks
from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.catalogue import make_published
from tests.factories.parties import make_banner
from tests.support.calling import own_token, system_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner(at=clock.now() - timedelta(days=1))


def call(token, method, path, body=None):
    answer = Client().generic(
        method, f"/api/v1{path}", json.dumps(body) if body is not None else "", "application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    return answer.status_code, answer.json()


@pytest.mark.article("wushen-2021-60:7", "cn-809:17.2")
def test_a_change_of_remit_from_registration_to_the_authoritys_answer(banner):
    entry = make_published(banner=banner)
    clerk, officer = own_token(banner.provider.clerk, Scope.ACT, Scope.READ), own_token(banner.provider.officer, *Scope)
    today = beijing_date(clock.now()).isoformat()
    sent = {
        "kind": "DUTY", "title": "职能调整", "number": "12号", "dated": today, "changed_on": today,
        "update": [str(entry.id)],
    }  # fmt: skip
    status, change = call(clerk, "POST", "/remit-changes", sent)
    assert (status, [one["task"] for one in change["tasks"]]) == (201, ["UPDATE"])
    assert call(clerk, "POST", "/remit-changes", sent)[1]["error"]["code"] == "remit_registered_already"
    path = f"/remit-changes/{change['id']}"
    assert call(own_token(banner.consumer.officer, *Scope), "POST", f"{path}/extension", {"days": 5, "reason": "x"})[0] == 404
    assert call(officer, "POST", f"{path}/extension", {"days": 5, "reason": "人手不足"})[0] == 200
    authority = own_token(banner.authority_officer, *Scope)
    status, answered = call(authority, "POST", f"{path}/extension/decision", {"consent": True})
    assert (status, answered["extension_consented"]) == (200, True)
    done = call(officer, "POST", f"{path}/entries/{change['tasks'][0]['id']}/unchanged", {"reason": "不涉及"})[1]
    assert done["status"] == "COMPLETED"
    assert call(system_token(banner.provider, Scope.READ), "POST", "/remit-changes", sent)[0] == 403


def test_a_file_is_sent_checked_and_confirmed(banner):
    token = own_token(banner.provider.clerk, *Scope)
    book = {"format": "gongxiang-catalogue/1", "exported_at": "2026-11-20T00:00:00Z", "entries": []}
    sent = {"file_name": "目录.json", "content": b64encode(json.dumps(book).encode()).decode()}
    for declared in ({}, {"holds_no_secrets": False}):
        fault = call(token, "POST", "/imports", {**sent, **declared})[1]["error"]["fields"][0]
        assert fault["field"] == "sent.holds_no_secrets"
    sent["holds_no_secrets"] = True
    status, made = call(token, "POST", "/imports", sent)
    assert (status, made["status"]) == (201, "RECEIVED")
    assert call(token, "POST", "/imports", {**sent, "content": "%%%"})[1]["error"]["code"] == "file_empty"
    tasks.run_imports()
    found = call(token, "GET", f"/imports/{made['id']}")[1]
    assert found["status"] in ("CHECKED", "REFUSED")
    assert call(own_token(banner.consumer.clerk, *Scope), "GET", f"/imports/{made['id']}")[0] == 404
    assert call(token, "GET", "/imports")[1]["total"] == 1


def test_figures_and_their_rows(banner):
    make_published(banner=banner)
    mine = own_token(banner.provider.clerk, Scope.READ)
    figures = call(mine, "GET", "/quality")[1]["figures"]
    assert {"unmounted", "stale"} <= {one["name"] for one in figures}
    shown = next(one for one in figures if one["total"])
    rows = call(mine, "GET", f"/quality/{shown['name']}?size=1")[1]
    assert (rows["total"], len(rows["rows"])) == (shown["total"], 1)
    assert call(system_token(banner.provider, Scope.READ), "GET", "/quality")[0] == 200
    assert call(mine, "GET", "/quality/nothing-of-the-kind")[0] == 404
