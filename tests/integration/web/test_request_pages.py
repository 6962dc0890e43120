"""The pages of a request as people use them: write, attach, ask, extend, answer several, renew."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongxiang.platform.access import combining, states
from gongxiang.platform.access.models import AccessRequest, ReplyExtension
from gongxiang.protocol import clock
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import answer, make_request, request_fields

pytestmark = pytest.mark.django_db
As = Callable[..., Client]
PDF = b"%PDF-1.7 a"


@pytest.fixture
def banner() -> Banner:
    return make_banner()


@pytest.fixture(autouse=True)
def now(banner: Banner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: banner.at + timedelta(hours=2))


def page(client: Client, path: str, status: int = 200) -> str:
    answered = client.get(path)
    assert answered.status_code == status, (path, answered.status_code)
    return answered.content.decode()


def test_an_applicant_writes_attaches_presents_and_copies(banner: Banner, as_: As) -> None:
    draft = make_request(states.DRAFT, banner=banner, resource_id=make_conditional(banner=banner).id)
    at, clerk = f"/requests/{draft.pk}", as_(banner.consumer.clerk)
    shown = page(clerk, f"{at}/edit/")
    assert "经办人" in shown
    assert "不以任何形式" in shown, "the ban is read where it is accepted"
    assert banner.consumer.reviewer.name in shown
    clerk.post(f"{at}/files/", {"file": SimpleUploadedFile("三定.pdf", PDF)})
    draft.refresh_from_db()
    assert not draft.material_ids, "not without the statement that it holds no secrets"
    clerk.post(f"{at}/files/", {"file": SimpleUploadedFile("三定.pdf", PDF), "file_not_secret": "on"})
    draft.refresh_from_db()
    (file,) = draft.material_ids
    assert clerk.get(f"{at}/files/{file}/").content == PDF
    assert "上传" in page(clerk, f"{at}/edit/")
    wrong = clerk.post(f"{at}/files/", {"file": SimpleUploadedFile("三定.exe", b"MZ"), "file_not_secret": "on"}, follow=True)
    assert wrong.status_code == 200
    fields = {**request_fields(), "materials": "三定规定", "until": "2027-10-31", "act": "present"}
    refused = clerk.post(f"{at}/edit/", {**fields, "ban": "on", "handlers": []})
    assert (refused.status_code, "谁经手" in refused.content.decode()) == (422, True)
    done = clerk.post(f"{at}/edit/", {**fields, "ban": "on", "handlers": [str(banner.consumer.reviewer.id)]})
    assert done.status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.handlers) == (states.PRESENTED, [banner.consumer.reviewer.id])
    copied = clerk.post(f"{at}/copy/")
    assert copied.status_code == 302
    assert "关联申请" in page(clerk, f"{at}/")
    assert as_(banner.provider.clerk).get(f"{at}/files/{file}/").status_code == 404, "not before it is submitted"


def test_both_sides_write_and_the_provider_gains_time(banner: Banner, as_: As) -> None:
    request = make_request(banner=banner, resource_id=make_conditional(banner=banner).id)
    at = f"/requests/{request.pk}"
    sent = as_(banner.provider.reviewer).post(
        f"{at}/messages/", {"text": "请说明年份", "attached": SimpleUploadedFile("a.pdf", PDF), "attached_not_secret": "on"}
    )
    assert sent.status_code == 302
    assert "请说明年份" in page(as_(banner.consumer.clerk), f"{at}/messages/")
    assert as_(banner.consumer.clerk).post(f"{at}/messages/", {"text": " "}).status_code == 422
    for path in (f"{at}/messages/", f"{at}/"):
        page(as_(banner.stranger.clerk), path, 404)
    officer = as_(banner.provider.officer)
    assert "申请延期" in page(officer, f"{at}/")
    assert page(officer, f"{at}/extension/")
    assert officer.post(f"{at}/extension/", {"working_days": "11", "reason": "需要核对历史台账资料。"}).status_code == 422
    assert officer.post(f"{at}/extension/", {"working_days": "9" * 30, "reason": "需要核对历史台账资料。"}).status_code == 422
    assert officer.post(f"{at}/extension/", {"working_days": "5", "reason": "需要核对历史台账资料。"}).status_code == 302
    assert request.number in page(as_(banner.authority_leader), "/requests/mediations/?box=extensions")
    row = ReplyExtension.objects.get()
    assert as_(banner.authority_leader).get(f"/requests/extensions/{row.pk}/").status_code == 302
    assert page(as_(banner.authority_leader), f"{at}/extension/answer/")
    said = as_(banner.authority_leader).post(f"{at}/extension/answer/", {"allow": "yes", "opinion": "理由成立。"})
    assert said.status_code == 302
    assert "已同意" in page(as_(banner.consumer.officer), f"{at}/")
    notice = {"missing": "依据不具体", "fields_named": ["legal_basis"]}
    assert as_(banner.provider.clerk).post(f"{at}/notice/", notice).status_code == 302
    shown = page(as_(banner.consumer.clerk), f"{at}/complete/")
    assert 'name="legal_basis"' in shown
    assert 'name="use_case"' not in shown, "only what the notice named"
    assert as_(banner.consumer.clerk).post(f"{at}/complete/", {"completion": "补", "legal_basis": ""}).status_code == 422
    given = {"completion": "已补充依据。", "legal_basis": "《条例》第七条"}
    assert as_(banner.consumer.clerk).post(f"{at}/complete/", given).status_code == 302


def told(batch) -> list[str]:
    """Records, done and not done, as the page of a batch tells them."""
    return re.findall(r'<div class="tile"><b>([^<]*)</b>', batch.content.decode())


def test_several_are_answered_beside_what_came_before(banner: Banner, as_: As) -> None:
    resource, other = make_conditional(banner=banner), make_conditional(banner=banner, name="高龄津贴发放信息")
    traits = [("身份", ["id_number"]), ("电话", ["phone"]), ("住址", ["township"])]
    combining.add_combination(title="三项", traits=traits, reason="可定位个人。", by=banner.authority_leader, at=banner.at)
    old = make_request(banner=banner, resource_id=other.id, elements=["id_number", "phone"])
    whole = {"elements": ("id_number", "phone"), "masks": {}, "conditions": ()}
    grant_id = answer(old, banner=banner, at=banner.at, **whole).grant_id
    asked = {"elements": ["id_number", "township"]}
    several = [
        make_request(banner=banner, resource_id=resource.id, purposes=[purpose], purpose_note="说明用途", **asked)
        for purpose in ("verification", "reference")
    ]
    reviewer, ids = as_(banner.provider.reviewer), [str(one.pk) for one in several]
    shown = page(reviewer, f"/requests/{ids[0]}/reply/")
    assert "以往类似申请" in shown
    assert "三项" in shown
    assert "申请部门已有的授权" in shown
    assert 'name="chosen"' in page(reviewer, "/requests/replies/")
    form = reviewer.post("/requests/replies/several/", {"chosen": [*ids, "x"]})
    assert form.status_code == 200
    assert reviewer.post("/requests/replies/several/", {"chosen": "x"}).status_code == 302
    done = reviewer.post("/requests/replies/several/", {"chosen": ids, "outcome": "grant", "text": "同意。"}, follow=True)
    assert told(done) == ["2", "2", "0"]
    officer = as_(banner.provider.officer)
    assert "三项" in page(officer, f"/requests/{ids[0]}/")
    asking = officer.post("/requests/consents/several/", {"chosen": ids}).content.decode()
    as_read = dict(re.findall(r'name="(read_[^"]+)" value="([^"]+)"', asking))
    assert len(as_read) == 2
    confirmed = {"chosen": ids, "confirmed": "yes", **as_read}
    refused = officer.post("/requests/consents/several/", confirmed, follow=True)
    assert told(refused) == ["2", "0", "2"]
    why = {"aggregation_reason": "核验后不留存，已分级授权。"}
    given = officer.post("/requests/consents/several/", {**confirmed, **why}, follow=True)
    assert told(given) == ["2", "2", "0"]
    assert AccessRequest.objects.filter(status=states.GRANTED).count() == 3
    clerk = as_(banner.consumer.clerk)
    assert "申请续期" in page(clerk, f"/grants/{grant_id}/")
    assert clerk.post(f"/requests/renew/{grant_id}/").status_code == 302
    assert "变更本授权" in page(clerk, f"/grants/{grant_id}/")
    leader = as_(banner.authority_leader)
    assert "三项" in page(leader, "/requests/combinations/")
    assert leader.post("/requests/combinations/", {"title": "二项", "traits": "无", "reason": "x"}).status_code == 422
    traits_text = "身份：证件号、身份证\n收入: 工资"
    kept = leader.post("/requests/combinations/", {"title": "二项", "traits": traits_text, "reason": "可知收入。"})
    assert kept.status_code == 302
    row = combining.all_combinations()[0]
    assert leader.post(f"/requests/combinations/{row.id}/end/").status_code == 302
