"""Pages of what a revision does to live grants, and of the end of sharing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.grants.models import StopNotice
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("cn-809:27.3")]


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def resource(banner):
    return make.make_conditional(banner=banner)


@pytest.fixture
def grant_id(banner, resource):
    return make_grant(banner=banner, resource_id=resource.id)


def text_of(answer):
    return answer.content.decode()


def revised(banner, resource, **changes):
    from dataclasses import replace

    office, at = banner.provider, clock.now()
    actions.revise_resource(resource_id=resource.id, by=office.clerk, at=at)
    draft = queries.get_draft(resource.id)
    content = replace(draft.content, **changes)
    actions.save_draft(resource_id=resource.id, content=content, seen=draft.revision, by=office.clerk, at=at)


def test_the_effect_is_shown_to_the_drafter_and_to_each_reviewer(banner, resource, grant_id):
    revised(banner, resource, elements=tuple(e for e in resource.content.elements if e.code != "name"))
    page = reverse("catalogue:entry", args=[resource.id])
    drafter = text_of(client_of(banner.provider.clerk).get(page))
    assert "对使用部门的影响" in drafter
    assert banner.consumer.department.name in drafter
    assert "已授权的信息项被删除：姓名" in drafter
    assert "按现状该版本不能发布" in drafter
    actions.send_for_review(resource_id=resource.id, by=banner.provider.clerk, at=clock.now())
    assert "按现状该版本不能发布" in text_of(client_of(banner.provider.reviewer).get(page))
    assert "对使用部门的影响" not in text_of(client_of(banner.stranger.clerk).get(page, follow=True))
    english = text_of(client_of(banner.provider.officer, language="en").get(page))
    assert "Granted elements disappear: 姓名" in english


def test_the_authority_sees_a_harmless_effect_too(banner, resource, grant_id):
    revised(banner, resource, update_cycle="YEARLY")
    at = clock.now()
    make.bring_to("SUBMITTED", banner=banner, resource_id=resource.id, at=at)
    shown = text_of(client_of(banner.authority_officer).get(reverse("catalogue:entry", args=[resource.id])))
    assert "该版本可以发布；下列部门将受影响" in shown
    assert "更新周期改变" in shown


def test_without_grants_there_is_no_effect(banner, resource):
    revised(banner, resource, update_cycle="YEARLY")
    shown = text_of(client_of(banner.provider.clerk).get(reverse("catalogue:entry", args=[resource.id])))
    assert "对使用部门的影响" not in shown


def test_withdrawing_is_greyed_out_and_leads_to_the_announcement(banner, resource, grant_id):
    officer = client_of(banner.provider.officer)
    page = reverse("catalogue:entry", args=[resource.id])
    shown = text_of(officer.get(page))
    assert "通知终止共享" in shown
    assert reverse("upkeep:announce_stop", args=[resource.id]) in shown
    form = reverse("upkeep:announce_stop", args=[resource.id])
    assert banner.consumer.department.name in text_of(officer.get(form))
    wrong = officer.post(form, {"reason": "", "statement": "", "stops_on": ""})
    assert wrong.status_code == 422
    soon = officer.post(
        form, {"reason": "source_retired", "statement": "系统停用。", "stops_on": clock.now().date().isoformat()}
    )
    assert soon.status_code == 422
    assert "早于异议期届满日" in text_of(soon)
    last = clock.now().date() + timedelta(days=60)
    officer.post(form, {"reason": "source_retired", "statement": "系统停用。", "stops_on": last.isoformat()})
    notice = StopNotice.objects.get()
    assert reverse("upkeep:stop", args=[notice.pk]) in text_of(officer.get(page))


def test_the_consumer_objects_and_the_authority_answers_on_the_pages(banner, resource, grant_id):
    officer = client_of(banner.provider.officer)
    last = clock.now().date() + timedelta(days=60)
    sent = {"reason": "duty_moved", "statement": "职责已划转。", "stops_on": last.isoformat()}
    officer.post(reverse("upkeep:announce_stop", args=[resource.id]), sent)
    notice = StopNotice.objects.get()
    page = reverse("upkeep:stop", args=[notice.pk])
    consumer, authority = client_of(banner.consumer.officer), client_of(banner.authority_officer)
    assert "答复：拟终止共享" in text_of(consumer.get(reverse("workbench:home")))
    assert 'aria-disabled="true">予以备案' in text_of(authority.get(page))
    key, address = f"a{grant_id.hex[:8]}", reverse("upkeep:answer_stop", args=[notice.pk, grant_id])
    empty = consumer.post(address, {f"{key}-answer": "OBJECTED", f"{key}-statement": ""})
    assert empty.status_code == 422
    consumer.post(address, {f"{key}-answer": "OBJECTED", f"{key}-statement": "登记业务仍需。"})
    assert "登记业务仍需。" in text_of(authority.get(page))
    assert "终止共享备案" in text_of(authority.get(reverse("workbench:home")))
    bare = authority.post(reverse("upkeep:decide_stop", args=[notice.pk]), {"decision": "file", "opinion": ""})
    assert bare.status_code == 422
    authority.post(reverse("upkeep:decide_stop", args=[notice.pk]), {"decision": "file", "opinion": "已改由接收部门提供。"})
    notice.refresh_from_db()
    assert notice.status == "FILED"
    assert notice.filing_number in text_of(consumer.get(page))
    officer.post(reverse("upkeep:cancel_stop", args=[notice.pk]), {"cancel-reason": "继续共享一年。"})
    assert "已撤回" in text_of(officer.get(page))
    listed = text_of(officer.get(reverse("upkeep:stops"), {"export": "csv"}))
    assert notice.number in listed
    assert client_of(banner.stranger.officer).get(page).status_code == 404
    assert client_of(banner.stranger.officer).get(reverse("upkeep:stops"), {"status": "\x00"}).status_code == 200


def test_only_the_provider_opens_the_announcement(banner, resource, grant_id):
    assert client_of(banner.consumer.officer).get(reverse("upkeep:announce_stop", args=[resource.id])).status_code == 403
