"""Somebody leaves, a department gets another name, a department becomes part of another."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse

from gongxiang.platform.access import actions as access
from gongxiang.platform.access import states
from gongxiang.platform.agreements.models import Agreement
from gongxiang.platform.catalogue import finding
from gongxiang.platform.catalogue.models import Resource, ResourceVersion
from gongxiang.platform.delivery import channels
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import handlers
from gongxiang.platform.grants.models import Handler
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import NotPermitted, Refusal
from gongxiang.platform.notices import actions_out as notices_out
from gongxiang.platform.notices.models import Dispatch, Webhook
from gongxiang.platform.parties import actions, changes, errors, queries, queries_changes
from tests.factories import catalogue as make
from tests.factories import corrections, disputes
from tests.factories.contents import conditional_content
from tests.factories.parties import AT, make_agreement, make_banner, make_credit_code, make_site
from tests.factories.procedure import make_grant, make_request
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


def leave(banner, successor=None, *, by=None, person=None):
    return actions.leave_and_hand_over(
        person_id=(person or banner.consumer.clerk).id, successor_id=successor.id if successor else None, reason="调离",
        by=by or banner.site.system_admin, at=banner.at + timedelta(hours=1),
    )  # fmt: skip


@pytest.mark.article("wushen-2021-60:25")
def test_who_leaves_hands_drafts_to_a_successor_in_the_same_act(banner):
    office = banner.consumer
    resource = make.make_published(banner=banner, content=conditional_content())
    draft = make_request(states.PRESENTED, banner=banner, resource_id=resource.id, at=banner.at)
    assert [one.subject for one in changes.open_work_of(office.clerk.id)] == [f"access_request:{draft.pk}"]
    with pytest.raises(errors.SuccessorMissing):
        leave(banner)
    for wrong in (office.clerk, banner.provider.clerk):
        with pytest.raises(errors.SuccessorWrong):
            leave(banner, wrong)
    for person in (office.officer, banner.authority_leader, banner.site.security_admin):
        with pytest.raises(NotPermitted):
            leave(banner, office.reviewer, by=person)
    assert queries.person_ref(office.clerk.id).status == "ACTIVE"
    leave(banner, office.reviewer)
    draft.refresh_from_db()
    assert (draft.drafted_by_id, draft.drafted_by) == (office.reviewer.id, office.reviewer.name)
    record = EvidenceRecord.objects.get(kind="person:work_handed_over")
    assert (record.after["cases"], record.after["successor"]) == (1, str(office.reviewer.id))
    handed = EvidenceRecord.objects.get(kind="access_request:handed_over")
    assert handed.before["drafted_by"] == office.clerk.name
    first = EvidenceRecord.objects.filter(subject_id=str(draft.pk)).order_by("id").first()
    assert first.actor_name == office.clerk.name, "what was done stays under the name of who did it"
    assert draft.handlers == [office.reviewer.id]
    access.consent_access_request(access_request_id=draft.pk, by=office.officer, at=banner.at + timedelta(hours=2))


@pytest.mark.article("wushen-2021-60:22.1")
def test_who_leaves_handles_no_grant_any_more(banner):
    office = banner.consumer
    resource = make.make_published(banner=banner, content=conditional_content())
    grant = make_grant(banner=banner, resource_id=resource.id)
    key = {"duty": "登记核验", "by": office.officer, "at": banner.at + timedelta(hours=1)}
    named = handlers.name_handler(grant_id=grant, person_id=office.clerk.id, **key)
    assert [(one.kind, one.subject) for one in changes.open_work_of(office.clerk.id)] == [("handler", f"grant:{grant}")]
    with pytest.raises(errors.SuccessorMissing):
        leave(banner)
    leave(banner, office.reviewer)
    named.refresh_from_db()
    assert (named.end_reason, named.ended_by) == ("left", banner.site.system_admin.name)
    assert EvidenceRecord.objects.get(kind="grant:handler_ended").after["successor"] == str(office.reviewer.id)
    assert not Handler.objects.filter(grant_id=grant, ended_at=None).exists(), "the officer names who follows"


def test_the_page_shows_what_is_open_and_who_is_missed(banner):
    office = banner.consumer
    browser = signed_in(banner.site.system_admin)
    page = browser.get(f"/parties/people/{office.officer.id}/leaving/").content.decode()
    assert "责任领导" in page
    assert "不能签署" in page
    answer = browser.post(f"/parties/people/{office.clerk.id}/leaving/", {"reason": "调离", "successor": ""})
    assert answer["Location"].startswith("/account/confirm/"), "closing asks for the second factor"
    assert signed_in(office.officer).get(f"/parties/people/{office.clerk.id}/leaving/").status_code == 403


@pytest.mark.article("wushen-2021-60:2")
def test_a_new_name_stands_from_now_on_and_old_records_keep_theirs(banner):
    office = banner.consumer
    resource = make.make_published(banner=banner, content=conditional_content())
    old = make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, at=banner.at)
    given = {"name": "乌审旗市场监管和知识产权局", "short_name": "旗市监局", "document": "乌党发〔2026〕8号", "at": banner.at}
    for person in (banner.authority_officer, office.officer, banner.site.system_admin):
        with pytest.raises(NotPermitted):
            actions.rename_department(department_id=office.id, **given, by=person)
    leader = banner.authority_leader
    with pytest.raises(errors.NameTaken):
        actions.rename_department(department_id=office.id, **{**given, "name": banner.provider.department.name}, by=leader)
    with pytest.raises(Refusal):
        actions.rename_department(department_id=office.id, **{**given, "document": " "}, by=leader)
    renamed = actions.rename_department(department_id=office.id, **given, by=leader)
    assert renamed.name == given["name"]
    ((name, until, document),) = queries_changes.former_names(office.id)
    assert (name, until, document) == (office.department.name, banner.at, "乌党发〔2026〕8号")
    old.refresh_from_db()
    assert old.consumer_name == office.department.name
    new = make_request(states.DRAFT, banner=banner, resource_id=resource.id, at=banner.at, purposes=["reference"])
    assert new.consumer_name == given["name"]
    assert queries.actor_of(office.clerk.id).department == given["name"]
    assert EvidenceRecord.objects.get(kind="department:renamed").before["name"] == office.department.name


def merge(banner, *, by=None, seen=None, into=None):
    away, to = banner.provider.id, into or banner.stranger.id
    return actions.merge_department(
        department_id=away, into_id=to, document="乌党发〔2026〕9号",
        seen=queries_changes.merge_preview(away, to).seen if seen is None else seen, by=by or banner.authority_leader,
        at=banner.at + timedelta(days=1),
    )  # fmt: skip


@pytest.mark.article("wushen-2021-60:2", "cn-809:27.3")
def test_a_department_with_something_under_way_is_not_merged(banner):
    resource = make.make_published(banner=banner, content=conditional_content())
    make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, at=banner.at)
    make_grant(banner=banner, resource_id=make.make_published(banner=banner, content=conditional_content("乙")).id)
    kinds = {one.kind for one in queries_changes.merge_preview(banner.provider.id, banner.stranger.id).standing}
    # Periods are those running now: that of provision ends on a day of its own.
    assert kinds - {"period"} == {"access_request", "grant"}
    (request,) = [one for one in queries_changes.merge_preview(banner.consumer.id, banner.stranger.id).standing
                  if one.kind == "access_request"]  # fmt: skip
    assert request.subject.startswith("access_request:")
    with pytest.raises(errors.NotSettled):
        merge(banner)
    assert queries.department_ref(banner.provider.id).status == "ACTIVE"


@pytest.mark.article("wushen-2021-60:2", "wushen-2021-60:17", "wushen-2021-60:23", "cn-809:28.2")
def test_a_case_without_a_running_period_keeps_a_department_from_being_merged(banner):
    scene = corrections.make_scene(banner)
    correction = corrections.bring(scene, "REFUTED")
    refused = disputes.refused_request(banner, make.make_published(banner=banner, content=conditional_content("丙")).id)
    dispute = disputes.make_dispute(banner=banner, request=refused)
    channel = channels.declare_channel(
        provider_id=banner.provider.id, consumer_id=banner.consumer.id, title="低保名单", kind="usb",
        by=banner.provider.clerk, at=banner.at,
    )  # fmt: skip
    wanted = {f"correction:{correction.pk}", f"dispute:{dispute.pk}", f"outside_channel:{channel.pk}"}
    for office in (banner.provider, banner.consumer):
        found = {one.subject for one in changes.standing_of(office.id) if one.kind != "period"}
        assert wanted <= found
        assert not wanted & {one.subject for one in changes.standing_of(banner.stranger.id)}


@pytest.mark.article("wushen-2021-60:2")
def test_what_passes_is_shown_confirmed_and_names_of_old_stay(banner):
    away, into = banner.provider, banner.stranger
    make_agreement(into, at=banner.at + timedelta(hours=2))
    resource = make.make_published(banner=banner, content=conditional_content())
    fields = {"tier": "own", "network": "extranet", "at": banner.at}
    for office in (away, into):
        actions.register_system(department_id=office.id, name="一体化平台", by=office.clerk, **fields)
        actions.register_matter(department_id=office.id, name="救助", code="S-1", by=office.clerk, at=banner.at)
    preview = queries_changes.merge_preview(away.id, into.id)
    assert preview.standing == ()
    assert preview.passing == {"agreements": 1, "entries": 1, "people": 4, "systems": 1, "matters": 1, "webhooks": 0}
    for person in (banner.authority_officer, into.officer, banner.site.system_admin):
        with pytest.raises(NotPermitted):
            merge(banner, by=person)
    with pytest.raises(errors.MergeOutdated):
        merge(banner, seen="x")
    for wrong in (away.id,):
        with pytest.raises(errors.MergeRefused):
            merge(banner, into=wrong, seen="x")
    merged = merge(banner)
    assert merged.status == "MERGED"
    assert queries_changes.successor_of(away.id).id == into.id
    row = Resource.objects.get(pk=resource.id)
    assert row.provider_id == into.id
    assert ResourceVersion.objects.get(resource_id=resource.id).provider_name == away.department.name
    hits = finding.search("", actor=banner.consumer.clerk, size=5).hits
    assert [hit.name for hit in hits] == [resource.name]
    clerk = queries.actor_of(away.clerk.id)
    assert (clerk.department_id, clerk.roles) == (into.id, {Role.CLERK})
    assert queries.actor_of(away.officer.id).roles == set(), "accountable officer of one department only"
    assert sorted(one.name for one in queries.systems(into.id)) == [
        "一体化平台",
        f"一体化平台（原{away.department.short_name}）",
    ]
    assert len(queries.matters(into.id)) == 2
    assert Agreement.objects.get(department_id=away.id).status == "TERMINATED"
    assert Agreement.objects.get(department_id=into.id).status == "IN_FORCE"
    old = Agreement.objects.get(department_id=away.id)
    page = signed_in(banner.authority_leader).get(f"/agreements/{old.pk}/").content.decode()
    assert f"{away.department.name}已并入{into.department.name}" in page, "who reads an old record is told whom to turn to"
    frozen = signed_in(banner.consumer.clerk).get(reverse("catalogue:version", args=[row.code, 1])).content.decode()
    assert away.department.name in frozen
    assert f"现为{into.department.name}" in frozen
    assert queries.officer_of(away.id) is None
    record = EvidenceRecord.objects.get(kind="department:merged")
    assert record.detail["passed"]["entries"] == 1
    assert EvidenceRecord.objects.filter(kind="resource:provider_changed").count() == 1
    with pytest.raises(Refusal):
        merge(banner)


def test_the_pages_ask_before(banner):
    browser = signed_in(banner.authority_leader)
    base = f"/parties/departments/{banner.provider.id}"
    assert "改名" in browser.get(f"{base}/rename/").content.decode()
    shown = browser.get(f"{base}/merge/", {"into": str(banner.stranger.id)}).content.decode()
    assert "并入" in shown
    assert browser.get(f"{base}/merge/", {"into": "x"}).status_code == 200
    assert signed_in(banner.provider.officer).get(f"{base}/merge/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_equal_submissions_at_once_leave_one_record_and_a_named_refusal(transactional_db):
    site, code = make_site(at=AT), [make_credit_code(), make_credit_code()]
    together, said = threading.Barrier(2), []

    def register(n):
        try:
            together.wait()
            actions.register_department(
                name="乌审旗统计局", short_name="旗统计局", credit_code=code[n], by=site.system_admin, at=AT
            )
            said.append("entered")
        except Refusal as refusal:
            found = getattr(refusal, "shortfalls", (refusal,))
            said.append(type(found[0]).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=register, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["NameTaken", "entered"]


@pytest.mark.article("wushen-2021-60:2")
def test_nothing_is_sent_any_more_to_the_office_system_of_a_department_that_is_no_more(banner):
    away = banner.provider
    notices_out.set_webhook(address="http://10.1.2.3/oa", algorithm="sm3", anew=True, by=away.officer, at=banner.at)
    message = {"kind": "resource:published", "subject": ("resource", "1"), "title": "甲", "basis": (), "values": {}}
    notices_out.enqueue([away.id], **message, at=banner.at, source="one")
    make_agreement(banner.stranger, at=banner.at + timedelta(hours=2))
    assert queries_changes.merge_preview(away.id, banner.stranger.id).passing["webhooks"] == 1, "it is shown beforehand"
    merge(banner)
    assert Webhook.objects.get(pk=away.id).stopped_why == "merged"
    assert Dispatch.objects.get().next_at is None, "what waited is not sent either"
    assert EvidenceRecord.objects.get(kind="webhook:stopped").after["why"] == "merged"
    notices_out.enqueue([away.id], **message, at=banner.at + timedelta(days=2), source="two")
    assert Dispatch.objects.count() == 1
