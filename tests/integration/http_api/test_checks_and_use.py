"""Forms held against the catalogue, an import undone, a use entered: by a person's token, and by nobody else's."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import Client

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.models import Resource
from gongxiang.platform.grants import handlers
from gongxiang.platform.grants.models import UseRecord
from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.catalogue import make_published
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant
from tests.integration.catalogue.test_import import JOB, book_of
from tests.support.calling import bearer, own_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner(at=clock.now() - timedelta(days=2))


def call(person, method, address, sent=None):
    client = Client()
    if method == "GET":
        return client.get(f"/api/v1/{address}", **bearer(own_token(person, Scope.ACT)))
    return client.post(f"/api/v1/{address}", sent, "application/json", **bearer(own_token(person, Scope.ACT)))


@pytest.mark.article("wushen-2021-60:22.5")
def test_a_form_is_held_against_the_catalogue_and_each_hit_answered(banner):
    make_published(banner=banner, content=conditional_content())
    clerk = banner.consumer.clerk
    made = call(clerk, "POST", "form-checks", {"title": "补贴申请表", "items": ["申请人姓名", "银行开户名"]})
    assert made.status_code == 201, made.content
    check = made.json()
    assert (check["free"], {hit["item"] for hit in check["hits"]}) == (["银行开户名"], {"申请人姓名"})
    answers = f"form-checks/{check['id']}/answers"
    said = {"answers": [{"item": "申请人姓名", "answer": "JUSTIFIED"}]}
    assert call(clerk, "POST", answers, said).status_code == 409, "a new collection says why"
    assert call(banner.stranger.clerk, "POST", answers, said).status_code == 404
    said["answers"][0]["reason"] = "办理时须当面核验。"
    assert call(clerk, "POST", answers, said).json()["answered_at"]
    (listed,) = call(clerk, "GET", "form-checks").json()["form_checks"]
    assert listed == call(clerk, "GET", f"form-checks/{check['id']}").json()
    assert call(banner.stranger.clerk, "GET", "form-checks").json()["form_checks"] == []


@pytest.mark.article("wushen-2021-60:7")
def test_an_import_is_undone(banner):
    clerk = banner.provider.clerk
    content = b64encode(book_of(complete_content("甲"), complete_content("乙"))).decode()
    sent = {"file_name": "a.xlsx", "content": content, "holds_no_secrets": True}
    made = call(clerk, "POST", "imports", sent).json()
    assert actions.run_next_import(by=JOB, at=clock.now())
    address = f"imports/{made['id']}"
    assert call(clerk, "POST", f"{address}/undo").status_code == 409, "nothing was carried out yet"
    call(clerk, "POST", f"{address}/confirm")
    assert actions.run_next_import(by=JOB, at=clock.now())
    assert Resource.objects.count() == 2
    assert call(banner.consumer.clerk, "POST", f"{address}/undo").status_code == 404
    assert call(clerk, "POST", f"{address}/undo").json() == {"stays": []}
    assert not Resource.objects.exclude(status="DISCARDED").exists()


@pytest.mark.article("wushen-2021-60:22.2")
def test_a_use_that_no_program_saw_is_entered(banner):
    resource = make_published(banner=banner, content=conditional_content())
    grant = make_grant(banner=banner, resource_id=resource.id)
    office, at = banner.consumer, clock.now()
    row = handlers.name_handler(grant_id=grant, person_id=office.clerk.id, duty="核验", by=office.officer, at=at)
    sent = {
        "handler_id": str(row.pk), "used_on": beijing_date(at).isoformat(), "way": "paper", "purpose": "verification",
        "matter": "乌市监2026-0117", "rows": 3, "storage": "案卷",
    }  # fmt: skip
    address = f"grants/{grant}/use"
    assert call(banner.provider.clerk, "POST", address, sent).status_code == 403
    assert call(banner.stranger.clerk, "POST", address, sent).status_code == 404
    made = call(office.clerk, "POST", address, sent)
    assert made.status_code == 201, made.content
    assert UseRecord.objects.get(pk=made.json()["id"]).rows == 3
