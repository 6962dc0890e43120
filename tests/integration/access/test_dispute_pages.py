"""The pages of disputes, filings and collection plans, as people go through them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongxiang.platform.access import states_dispute as steps
from gongxiang.platform.access.models import Absence, AccessRequest, CollectionPlan, Dispute
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING
from tests.factories.catalogue import make_conditional
from tests.factories.disputes import ABSENT, GROUNDS, SCAN, make_absence, make_dispute, plan_fields, refused_request
from tests.factories.parties import Banner, make_banner
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force, now."""
    return make_banner(at=clock.now() - timedelta(hours=12))


@pytest.fixture
def resource(banner: Banner) -> ResourceRef:
    """A published conditional resource."""
    return make_conditional(banner=banner)


@pytest.fixture
def refused(banner: Banner, resource: ResourceRef) -> AccessRequest:
    """A request that was refused, with reasons."""
    return refused_request(banner, resource.id)


def get(client: Client, name: str, *arguments: object, **query: str) -> str:
    """The page's text, in Chinese; in English it is there too."""
    address = reverse(name, args=arguments)
    assert client.get(address, query, headers={"accept-language": "en"}).status_code == 200
    answer = client.get(address, query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def post(client: Client, name: str, *arguments: object, status: int = 302, **fields: Any) -> str:
    """Send a form."""
    answer = client.post(reverse(name, args=arguments), fields)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:3000])
    return answer.content.decode()


def granted(*elements: str, **more: Any) -> dict[str, Any]:
    """The fields of the editor of terms."""
    return {**{f"grant_{one}": "on" for one in elements}, "purposes": ["verification"], "until": "2027-10-31", **more}


def test_from_refusal_to_the_decision_carried_out(banner: Banner, refused: AccessRequest) -> None:
    mine, theirs = client_of(banner.consumer.officer), client_of(banner.provider.officer)
    officer, leader = client_of(banner.authority_officer), client_of(banner.authority_leader)
    assert reverse("disputes:open", args=[refused.pk]) in get(mine, "access:detail", refused.pk)
    assert "理由" in post(mine, "disputes:open", refused.pk, status=422, grounds="要")
    scan = SimpleUploadedFile("三定规定.pdf", SCAN[1])
    post(mine, "disputes:open", refused.pk, grounds=GROUNDS, new_facts="", file=scan, file_not_secret="on")
    dispute = Dispute.objects.get()
    here = dispute.pk
    assert "三定规定.pdf" in get(theirs, "disputes:detail", here)
    assert dispute.number in get(theirs, "disputes:list", box="mine")
    assert dispute.number in get(mine, "disputes:list", export="csv")
    get(mine, "disputes:meeting", here)
    held = clock.now().astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")
    wrong = post(mine, "disputes:meeting", here, status=422, held_at=held, minutes="", outcome="AGREED", **granted())
    assert "各方至少一人" in wrong
    minutes = {"consumer_people": "甲，股长", "provider_people": "乙，股长", "minutes": "双方未能就信息项范围达成一致。"}
    held = (clock.now() - timedelta(seconds=1)).astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")
    Dispute.objects.filter(pk=here).update(opened_at=clock.now() - timedelta(hours=1))
    clerk = client_of(banner.consumer.clerk)
    post(clerk, "disputes:meeting", here, held_at=held, outcome="FAILED", **minutes, **granted())
    (meeting,) = dispute.meetings.all()
    post(mine, "disputes:confirm", meeting.pk)
    post(theirs, "disputes:confirm", meeting.pk)
    assert dispute.number in get(officer, "disputes:list", box="mine")
    get(officer, "disputes:hearing", here)
    post(officer, "disputes:hearing", here, handler_id=str(banner.authority_officer.id))
    for side in (mine, theirs):
        get(side, "disputes:statement", here)
        post(side, "disputes:statement", here, text="本部门的意见和理由如下。")
    get(officer, "disputes:opinion", here)
    opinion = granted(
        "id_number", "name", outcome="grant", text="按最小必要提供。", reasons="职责明确，应当提供核验所需信息项。"
    )
    post(officer, "disputes:opinion", here, **opinion)
    assert "职责明确" in get(leader, "disputes:detail", here)
    assert "职责明确" not in get(theirs, "disputes:detail", here)
    post(leader, "disputes:give_opinion", here)
    get(theirs, "disputes:answer", here)
    assert "说明不接受的理由" in post(theirs, "disputes:answer", here, status=422, accepts="", reason="")
    post(theirs, "disputes:answer", here, accepts="no", reason="仍认为超出提供范围。")
    get(leader, "disputes:refer", here)
    get(leader, "disputes:submit", here)
    post(leader, "disputes:submit", here, government="乌审旗人民政府")
    get(officer, "disputes:decision", here)
    today = clock.now().astimezone(BEIJING).date().isoformat()
    decided = granted("id_number", "name", outcome="grant", text="请抓紧提供。", decided_on=today)
    assert "扫描件" in post(officer, "disputes:decision", here, status=422, **decided)
    decided |= {"number": "乌政字〔2026〕18号", "content": "提供部门应当提供核验所需的信息项。"}
    post(officer, "disputes:decision", here, scan=SimpleUploadedFile(*SCAN), scan_not_secret="on", **decided)
    post(leader, "disputes:carry_out", here)
    page = get(mine, "access:detail", refused.pk)
    assert "乌政字〔2026〕18号" in page
    assert "政数争请" in get(theirs, "disputes:detail", here)
    assert dispute.number in get(mine, "disputes:list", box="ended")
    assert client_of(banner.stranger.officer).get(reverse("disputes:detail", args=[here])).status_code == 404


def test_small_acts_have_their_pages(banner: Banner, refused: AccessRequest) -> None:
    dispute = make_dispute(banner=banner, request=refused)
    mine = client_of(banner.consumer.officer)
    for name in ("attach", "mediate", "withdraw"):
        get(mine, f"disputes:{name}", dispute.pk)
    post(mine, "disputes:attach", dispute.pk, file=SimpleUploadedFile("说明.pdf", SCAN[1]), file_not_secret="on")
    post(mine, "disputes:mediate", dispute.pk, statement="范围未能一致。")
    post(mine, "disputes:withdraw", dispute.pk, reason="改用其他资源。")
    dispute.refresh_from_db()
    assert dispute.status == steps.WITHDRAWN
    # Sent again it is refused with the reason, never a broken page.
    again = mine.post(reverse("disputes:withdraw", args=[dispute.pk]), {"reason": "再撤一次。"})
    assert again.status_code == 422


@pytest.mark.article("wushen-2021-60:22.5", "cn-809:19")
def test_from_does_not_exist_to_the_plan_in_the_register(banner: Banner, resource: ResourceRef) -> None:
    request = refused_request(banner, resource.id, **ABSENT)
    mine, theirs = client_of(banner.consumer.officer), client_of(banner.provider.officer)
    clerk, officer = client_of(banner.consumer.clerk), client_of(banner.authority_officer)
    assert "collection/absences/state" in get(theirs, "access:detail", request.pk)
    get(theirs, "collection:state", "request", request.pk)
    get(mine, "collection:report", "request", request.pk)
    assert theirs.get(reverse("collection:state", args=["nonsense", request.pk])).status_code == 409
    search = "查询了救助系统全部表和历年档案，均无。"
    said = theirs.post(reverse("collection:state", args=["request", request.pk]), {"search": search})
    absence = Absence.objects.get()
    assert said["Location"] == reverse("collection:absence", args=[absence.pk])
    get(mine, "collection:answer", absence.pk)
    get(mine, "collection:drop", absence.pk)
    assert absence.number in get(mine, "collection:absences", q=absence.number)
    post(mine, "collection:answer", absence.pk, confirms="yes", reason="")
    get(officer, "collection:find", absence.pk)
    get(officer, "collection:file", absence.pk)
    post(officer, "collection:file", absence.pk, opinion="检索目录未发现相应信息项，予以备案。")
    absence.refresh_from_db()
    assert absence.filing_number.startswith("CB-")
    get(clerk, "collection:draft", absence.pk)
    fields = {**plan_fields(), "items": "姓名\n苏木镇", "starts_on": "2027-01-04"}
    wrong = post(clerk, "collection:draft", absence.pk, status=422, **{**fields, "items": "血型", "legal_basis": ""})
    assert "血型" in wrong
    post(clerk, "collection:draft", absence.pk, **fields)
    plan = CollectionPlan.objects.get()
    assert resource.name in get(clerk, "collection:hits", plan.pk)
    assert post(clerk, "collection:hits", plan.pk, status=422).count("field-error") >= len(plan.hits)
    answers = {f"answer-{n}": "JUSTIFIED" for n in range(len(plan.hits))}
    answers |= {f"reason-{n}": "该资源经核查不含本部门对象。" for n in range(len(plan.hits))}
    post(clerk, "collection:hits", plan.pk, **answers)
    get(clerk, "collection:edit", plan.pk)
    post(clerk, "collection:edit", plan.pk, **fields)
    post(mine, "collection:propose", plan.pk)
    get(officer, "collection:review", plan.pk)
    post(officer, "collection:review", plan.pk, approves="yes", opinion="同意采集。")
    assert plan.number in get(client_of(banner.stranger.clerk), "collection:list", status="APPROVED")
    assert plan.number in get(client_of(banner.stranger.clerk), "collection:list", department=str(banner.consumer.id))
    get(clerk, "collection:finish", plan.pk)
    get(mine, "collection:cancel", plan.pk)
    assert "本部门" in post(clerk, "collection:finish", plan.pk, status=422, code=resource.code)
    assert plan.number in get(mine, "access:detail", request.pk)
    assert plan.number in get(theirs, "collection:list", export="csv")


def test_the_authority_names_the_entry_that_has_the_data(banner: Banner, resource: ResourceRef) -> None:
    request = refused_request(banner, resource.id, **ABSENT)
    absence = make_absence(steps.DISPUTED, banner=banner, request=request)
    officer = client_of(banner.authority_officer)
    assert "已发布的目录" in post(officer, "collection:find", absence.id, status=422, code="x/1", opinion="就是这一条目录。")
    post(officer, "collection:find", absence.id, code=resource.code, opinion="该目录已含全部信息项，请直接申请。")
    assert resource.name in get(client_of(banner.consumer.officer), "collection:absence", absence.id)


def check_closed(client: Client, name: str, key: object, *, back: str) -> None:
    """The form says why it is not possible now, takes nothing, and leads back."""
    page = get(client, name, key)
    told = page[page.index("form-closed") :]
    assert "现在不能办理" in told, name
    assert f'href="{back}"' in told, name
    assert " disabled" in told, name


def test_forms_of_a_dispute_opened_before_or_after_their_time_say_so(banner: Banner, refused: AccessRequest) -> None:
    mine = client_of(banner.consumer.officer)
    officer, leader = client_of(banner.authority_officer), client_of(banner.authority_leader)
    assert "form-closed" not in get(mine, "disputes:open", refused.pk)
    dispute = make_dispute(banner=banner, request=refused)
    case = reverse("disputes:detail", args=[dispute.pk])
    check_closed(mine, "disputes:open", refused.pk, back=reverse("access:detail", args=[refused.pk]))
    check_closed(officer, "disputes:hearing", dispute.pk, back=case)
    check_closed(officer, "disputes:opinion", dispute.pk, back=case)
    check_closed(leader, "disputes:submit", dispute.pk, back=case)
    check_closed(mine, "disputes:statement", dispute.pk, back=case)
    assert "form-closed" not in get(mine, "disputes:mediate", dispute.pk)


def test_forms_of_a_filing_opened_before_or_after_their_time_say_so(banner: Banner, resource: ResourceRef) -> None:
    absence = make_absence(steps.DISPUTED, banner=banner, request=refused_request(banner, resource.id, **ABSENT))
    record = reverse("collection:absence", args=[absence.id])
    check_closed(client_of(banner.consumer.officer), "collection:answer", absence.id, back=record)
    check_closed(client_of(banner.consumer.clerk), "collection:draft", absence.id, back=record)
    assert "form-closed" not in get(client_of(banner.authority_officer), "collection:file", absence.id)
