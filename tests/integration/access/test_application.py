"""What stands around a request: handlers, ban, files, notice by field, messages, copies, renewals, changed circumstances."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from gongxiang.platform.access import (
    actions,
    attaching,
    ban,
    batches,
    combining,
    comparing,
    copying,
    errors,
    queries,
    states,
    talking,
)
from gongxiang.platform.access.circumstances import circumstances
from gongxiang.platform.access.models import AccessRequest, RequestMessage
from gongxiang.platform.catalogue.actions import withdraw_resource
from gongxiang.platform.documents.errors import UploadTypeUnknown
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants.actions import expire_grant
from gongxiang.platform.kernel.actors import Role, System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties.actions import close_account
from gongxiang.protocol.evidence import sm3
from gongxiang.protocol.terms import Mask, MaskKind, Purpose
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner, make_person
from tests.factories.procedure import answer, give_reply, make_request, reply_fields
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 \xe4\xb8\x89\xe5\xae\x9a"


@pytest.fixture
def banner() -> Banner:
    return make_banner()


def view(request: AccessRequest, banner: Banner) -> queries.AccessRequestView:
    return queries.get_access_request(request.pk, actor=banner.consumer.clerk)


def whole(request: AccessRequest, **changes: Any) -> dict[str, Any]:
    """A reply that gives everything that was asked."""
    given = {"elements": tuple(request.elements), "masks": {}, "conditions": (), "until": request.until}
    return reply_fields(**{**given, **changes})


@pytest.mark.article("wushen-2021-60:22", "cn-809:20", "cn-809:25")
def test_handlers_and_the_ban_of_today_stand_in_each_application(banner: Banner) -> None:
    resource = make_conditional(banner=banner)
    draft = make_request(states.DRAFT, banner=banner, resource_id=resource.id)
    key: dict[str, Any] = {"access_request_id": draft.pk, "by": banner.consumer.clerk, "at": banner.at}
    assert draft.handlers == [banner.consumer.clerk.id], "who drafts handles, until others are named"
    assert draft.ban_version == ban.text_on(banner.at).version == "2"
    for handlers, refusal in (([], "handlers_missing"), ([banner.provider.clerk.id], "handler_unknown")):
        actions.save_draft(fields={"handlers": handlers}, **key)
        with pytest.raises(Shortfalls) as refused:
            actions.present_access_request(**key)
        assert [(one.code, one.field) for one in refused.value.shortfalls] == [(refusal, "handlers")]
    actions.save_draft(fields={"handlers": [banner.consumer.clerk.id]}, **key)
    # A text that was accepted and is no longer the one in force has to be accepted anew.
    AccessRequest.objects.filter(pk=draft.pk).update(ban_version="1")
    with pytest.raises(Shortfalls) as refused:
        actions.present_access_request(**key)
    assert [one.code for one in refused.value.shortfalls] == ["ban_text_changed"]
    assert [one.code for one in circumstances(view(draft, banner), banner.at)] == ["ban_changed"]
    actions.save_draft(fields={}, ban_accepted=True, **key)
    actions.present_access_request(**key)
    asked = EvidenceRecord.objects.get(kind="access_request:presented").after["asked"]
    assert (asked["third_party_ban_version"], asked["handlers"]) == ("2", [str(banner.consumer.clerk.id)])
    copy = copying.copy_access_request(**key)
    assert (copy.copied_from_id, copy.use_case, copy.ban_accepted_at) == (draft.pk, draft.use_case, None)
    assert queries.relatives(view(draft, banner), actor=banner.consumer.clerk)["after"][0].id == copy.pk
    assert ban.text_of("1") is not None
    assert all(not set(one.zh) & set(" \n") for one in ban.versions()), "lines of Chinese are joined without a space"
    assert ban.text_of("0") is None


@pytest.mark.article("cn-809:21")
def test_a_notice_names_fields_and_only_those_are_written_anew(banner: Banner) -> None:
    request = make_request(banner=banner, resource_id=make_conditional(banner=banner).id)
    kept = attaching  # files come with the completion
    key: dict[str, Any] = {"access_request_id": request.pk, "at": banner.at}
    with pytest.raises(errors.FieldUnknown):
        actions.notify_incomplete(missing=["依据"], fields=["status"], by=banner.provider.clerk, **key)
    actions.notify_incomplete(
        missing=["依据不具体", "缺三定规定"], fields=["legal_basis", "scope"], by=banner.provider.clerk, **key
    )
    clerk = banner.consumer.clerk
    with pytest.raises(errors.FieldUnknown):
        actions.complete_access_request(completion="已补充。", fields={"elements": ["name"]}, by=clerk, **key)
    with pytest.raises(Shortfalls) as refused:
        actions.complete_access_request(completion="已补充。", fields={"scope": ""}, by=clerk, **key)
    assert [one.field for one in refused.value.shortfalls] == ["scope"]
    with pytest.raises(UploadTypeUnknown):
        kept.attach_material(name="三定规定.exe", content=b"MZ", by=clerk, **key)
    with pytest.raises(NotPermitted):
        kept.attach_material(name="三定规定.pdf", content=PDF, by=banner.provider.clerk, **key)
    file = kept.attach_material(name="三定规定.pdf", content=PDF, by=clerk, **key)
    actions.complete_access_request(completion="已补充。", fields={"legal_basis": "《条例》第七条第二款"}, by=clerk, **key)
    request.refresh_from_db()
    assert (request.status, request.legal_basis, request.material_ids) == (states.SUBMITTED, "《条例》第七条第二款", [file.id])
    # The provider reads what was sent; a stranger does not find it, and nobody finds another request's file here.
    assert talking.file_of(request.pk, file.id, actor=banner.provider.reviewer).content == PDF
    for reader in (banner.stranger.officer, banner.site.system_admin):
        with pytest.raises(NotFound):
            talking.file_of(request.pk, file.id, actor=reader)
    other = make_request(states.DRAFT, banner=banner, resource_id=request.resource_id)
    with pytest.raises(NotFound):
        talking.file_of(other.pk, file.id, actor=clerk)
    with pytest.raises(WrongState):
        kept.attach_material(name="又一.pdf", content=PDF, by=clerk, **key)
    mine = kept.attach_material(access_request_id=other.pk, name="一.pdf", content=PDF, by=clerk, at=banner.at)
    kept.detach_material(access_request_id=other.pk, upload_id=mine.id, by=clerk, at=banner.at)
    assert kept.materials_of(view(other, banner)) == []
    # What was left out goes to nobody by its address, neither now nor once the request is submitted.
    with pytest.raises(NotFound):
        talking.file_of(other.pk, mine.id, actor=clerk)


@pytest.mark.article("cn-809:20")
def test_messages_are_kept_read_and_told_and_change_nothing(banner: Banner) -> None:
    draft = make_request(states.DRAFT, banner=banner, resource_id=make_conditional(banner=banner).id)
    with pytest.raises(errors.ThreadClosed):
        talking.send_message(access_request_id=draft.pk, text="在吗", by=banner.consumer.clerk, at=banner.at)
    request = make_request(banner=banner, resource_id=draft.resource_id)
    key: dict[str, Any] = {"access_request_id": request.pk, "at": banner.at}
    before = view(request, banner)
    talking.send_message(text="需要哪一年的数据？", attached=[("说明.pdf", PDF)], by=banner.provider.reviewer, **key)
    assert view(request, banner) == before
    for by, text, refusal in (
        (banner.stranger.clerk, "问", NotPermitted), (banner.auditor, "问", NotPermitted),
        (banner.consumer.clerk, "  ", errors.MessageEmpty), (banner.consumer.clerk, "长" * 4001, errors.MessageEmpty),
    ):  # fmt: skip
        with pytest.raises(refusal):
            talking.send_message(text=text, by=by, **key)
    clerk = banner.consumer.clerk
    assert [(one.id, n) for one, n in talking.unread_requests(clerk)] == [(request.pk, 1)]
    assert talking.unread_requests(banner.provider.clerk) == []
    (said,) = talking.views_of(request.pk, talking.messages_of(request.pk, actor=clerk), actor=clerk)
    assert (said.side, said.unread, [one.name for one in said.uploads]) == ("provider", True, ["说明.pdf"])
    talking.mark_read(by=clerk, **key)
    assert talking.unread_requests(clerk) == []
    record = EvidenceRecord.objects.get(kind="access_request:message_sent")
    assert record.after["digest"] == sm3("需要哪一年的数据？".encode()).hex()
    assert "需要" not in str(record.after), "the text stands with the request, its digest in evidence"
    talking.send_message(text="主管部门提示：请按期答复。", by=banner.authority_officer, **key)
    answer(request, banner=banner, at=banner.at)
    with pytest.raises(errors.ThreadClosed):
        talking.send_message(text="谢谢", by=clerk, **key)
    assert RequestMessage.objects.count() == 2
    file = said.uploads[0].id
    assert talking.file_of(request.pk, file, actor=banner.authority_officer).content == PDF


def test_a_long_thread_is_read_page_by_page(banner: Banner) -> None:
    request = make_request(banner=banner, resource_id=make_conditional(banner=banner).id)
    for n in range(51):
        talking.send_message(
            access_request_id=request.pk, text=f"第{n:02}问", by=banner.provider.reviewer, at=banner.at + timedelta(minutes=n)
        )
    browser = signed_in(banner.consumer.clerk)
    older, newest = (browser.get(reverse("access:thread", args=[request.pk]) + f"?page={n}").content.decode() for n in (2, 1))
    assert ("第00问" in older, "第01问" in older) == (True, False)
    assert "notice-warning" in newest, "an older page leaves what came since unread"
    assert "第00问" not in newest
    assert newest.index("第01问") < newest.index("第50问")


@pytest.mark.article("wushen-2021-60:22", "cn-809:20")
def test_a_renewal_leaves_the_old_terms_alone_and_goes_on_without_a_gap(banner: Banner) -> None:
    resource = make_conditional(banner=banner)
    old = make_request(banner=banner, resource_id=resource.id, until=date(2026, 12, 31))
    given = answer(old, banner=banner, at=banner.at, until=date(2026, 12, 31))
    assert given.grant_id is not None
    at, clerk = banner.at + timedelta(days=1), banner.consumer.clerk
    with pytest.raises((errors.NothingToRenew, NotFound)):
        copying.renew_grant(grant_id=given.grant_id, by=banner.stranger.clerk, at=at)
    terms = grants.current_terms(given.grant_id)
    draft = copying.renew_grant(grant_id=given.grant_id, by=clerk, at=at)
    assert (draft.kind, draft.changes_grant_id, draft.until) == ("renewal", given.grant_id, None)
    assert tuple(draft.elements) == terms.elements
    new = _submitted(draft, banner, until=date(2027, 12, 31))
    assert grants.current_terms(given.grant_id) == terms, "asked for is not granted"
    assert [one.id for one in queries.changing(given.grant_id, actor=clerk)] == [new.pk]
    answered = answer(new, banner=banner, at=at, until=date(2027, 12, 31))
    assert answered.grant_id == given.grant_id
    assert grants.current_terms(given.grant_id).revision == 2
    # Once more, but the grant runs out before the reply: a new grant, and nothing revived.
    last = _submitted(copying.renew_grant(grant_id=given.grant_id, by=clerk, at=at), banner, until=date(2029, 12, 31))
    late = banner.at + timedelta(days=500)
    expire_grant(grant_id=given.grant_id, by=System(name="grant-expirer"), at=late)
    assert [one.code for one in circumstances(view(last, banner), at)] == ["grant_ran_out"]
    again = answer(last, banner=banner, at=at, until=date(2029, 12, 31))
    assert again.grant_id not in (None, given.grant_id)


def _submitted(draft: AccessRequest, banner: Banner, **fields: Any) -> AccessRequest:
    key: dict[str, Any] = {"access_request_id": draft.pk, "at": banner.at + timedelta(days=1)}
    actions.save_draft(fields=fields, ban_accepted=True, by=banner.consumer.clerk, **key)
    actions.present_access_request(by=banner.consumer.clerk, **key)
    actions.consent_access_request(by=banner.consumer.officer, **key)
    actions.submit_access_request(by=banner.consumer.clerk, **key)
    draft.refresh_from_db()
    return draft


@pytest.mark.article("cn-809:25")
def test_grants_that_reveal_more_together_need_a_reason(banner: Banner) -> None:
    first, second = make_conditional(banner=banner), make_conditional(banner=banner, name="高龄津贴发放信息")
    leader = banner.authority_leader
    traits = [("身份", ["id_number"]), ("电话", ["phone"]), ("住址", ["township"])]
    with pytest.raises(NotPermitted):
        combining.add_combination(title="三项", traits=traits, reason="可定位个人。", by=banner.provider.officer, at=banner.at)
    with pytest.raises(Shortfalls):
        combining.add_combination(title="", traits=traits[:1], reason="", by=leader, at=banner.at)
    row = combining.add_combination(title="三项", traits=traits, reason="可定位个人。", by=leader, at=banner.at)
    one = make_request(banner=banner, resource_id=first.id, elements=["id_number", "phone"])
    answered = answer(one, banner=banner, at=banner.at, **whole(one))
    assert answered.prepared["aggregation"] == [], "one grant alone is no combination"
    two = make_request(banner=banner, resource_id=second.id, elements=["id_number", "township"])
    key: dict[str, Any] = {"access_request_id": two.pk, "at": banner.at}
    look: dict[str, Any] = {"consumer_id": two.consumer_id, "resource_id": second.id, "at": banner.at}
    (found,) = combining.findings(elements=two.elements, masks={}, **look)
    assert (found.title, {part[0] for part in found.parts}) == ("三项", {"身份", "电话", "住址"})
    assert found.join_keys
    hidden = {"township": Mask(kind=MaskKind.BLANK)}
    assert combining.findings(elements=two.elements, masks=hidden, **look) == [], "what cannot be read completes nothing"
    actions.prepare_reply(by=banner.provider.reviewer, **whole(two), **key)
    with pytest.raises(errors.AggregationUnjustified):
        give_reply(by=banner.provider.officer, **key)
    why = "使用单位已落实分级授权，核验后不留存。"
    give_reply(by=banner.provider.officer, aggregation_reason=why, **key)
    two.refresh_from_db()
    assert two.prepared["aggregation_reason"] == why
    said = EvidenceRecord.objects.filter(kind="access_request:granted").order_by("id").last()
    assert said is not None
    assert said.after["reply"]["aggregation"][0]["title"] == "三项"
    combining.end_combination(combination_id=row.pk, by=leader, at=banner.at)
    assert combining.findings(elements=two.elements, masks={}, **look) == []
    with pytest.raises(NotFound):
        combining.end_combination(combination_id=row.pk, by=leader, at=banner.at)


def each(act, ids, **said):
    """The code of what refused each; empty where it was done."""
    found = []
    for key in ids:
        try:
            act(access_request_id=key, **said)
        except Refusal as refusal:
            found.append(refusal.code)
        else:
            found.append("")
    return found


@pytest.mark.article("cn-809:20", "cn-809:23")
def test_several_are_answered_in_one_go_and_one_wrong_one_undoes_nothing(banner: Banner) -> None:
    resource = make_conditional(banner=banner)
    earlier = make_request(banner=banner, resource_id=resource.id, purposes=["decision"], purpose_note="行政许可审查依据")
    answer(earlier, banner=banner, at=banner.at, purposes=(Purpose.DECISION,))
    several = [
        make_request(banner=banner, resource_id=resource.id, purposes=[purpose], purpose_note="说明用途")
        for purpose in ("verification", "reference", "joint_handling")
    ]
    ids = [one.pk for one in several]
    actions.withdraw_access_request(access_request_id=ids[1], reason="不需要了", by=banner.consumer.officer, at=banner.at)
    reviewer, officer = banner.provider.reviewer, banner.provider.officer
    alike = comparing.similar_requests(queries.get_access_request(ids[0], actor=reviewer), actor=reviewer)
    assert [(one.request.id, one.same_resource) for one in alike] == [(earlier.pk, True)]
    assert alike[0].refused_elements == ("phone",)
    assert comparing.similar_requests(view(several[0], banner), actor=banner.stranger.clerk) == []
    like = {"outcome": "grant", "like": earlier.pk}
    assert each(batches.prepare_one, ids, by=reviewer, at=banner.at, **like) == ["", "wrong_state", ""]
    # The earlier reply was for another purpose, so it has no purpose to give here: each is refused on its own terms.
    assert each(batches.consent_one, ids[:1], read_at=None, by=reviewer, at=banner.at) == ["not_permitted"]
    assert each(batches.prepare_one, [ids[0], ids[2]], outcome="grant", by=reviewer, at=banner.at) == ["", ""]
    given = each(batches.consent_one, ids, read_at=banner.at, by=officer, at=banner.at)
    assert [not code for code in given] == [True, False, True]
    for one in (several[0], several[2]):
        one.refresh_from_db()
        assert one.status == states.GRANTED
        trail = evidence.trail_of(f"access_request:{one.pk}", by=officer)
        assert [news.kind for news in trail][-3:] == ["grant:issued", "provision:opened", "access_request:granted"]


def test_several_replies_are_given_as_they_were_read(banner: Banner) -> None:
    resource, at = make_conditional(banner=banner), banner.at
    requests = [
        make_request(banner=banner, resource_id=resource.id, purposes=[one], purpose_note="说明用途")
        for one in ("verification", "reference")
    ]
    reviewer, officer = banner.provider.reviewer, banner.provider.officer
    ids = [one.pk for one in requests]
    assert each(batches.prepare_one, ids, outcome="grant", by=reviewer, at=at) == ["", ""]
    browser = signed_in(officer)
    page = browser.post(reverse("access:give_many"), {"chosen": ids}).content.decode()
    sent = dict(re.findall(r'name="(read_[^"]+)" value="([^"]+)"', page))
    assert sorted(sent) == sorted(f"read_{key}" for key in ids)
    actions.prepare_reply(
        access_request_id=ids[0], by=reviewer, at=at + timedelta(seconds=1), **reply_fields(elements=("id_number",), masks={})
    )
    browser.post(reverse("access:give_many"), {"chosen": ids, "confirmed": "yes", **sent})
    for one in requests:
        one.refresh_from_db()
    assert [one.status for one in requests] == [states.SUBMITTED, states.GRANTED]
    many = browser.post(reverse("access:give_many"), {"chosen": [*ids, *(uuid4() for _ in range(batches.MOST))], **sent})
    assert (many.status_code, f"{batches.MOST}" in many.content.decode()) == (409, True), (
        "more than one go: nothing is left out unsaid"
    )
    browser.post(reverse("access:give_many"), {"chosen": ids[:1], "confirmed": "yes"})
    requests[0].refresh_from_db()
    assert requests[0].status == states.SUBMITTED, "what was not read is not given"


def test_a_reply_changed_since_it_was_read_is_not_given(banner: Banner) -> None:
    request = make_request(banner=banner, resource_id=make_conditional(banner=banner).id)
    key: dict[str, Any] = {"access_request_id": request.pk}
    first = actions.prepare_reply(by=banner.provider.reviewer, at=banner.at, **reply_fields(), **key)
    read_at = first.prepared_at
    later = banner.at + timedelta(minutes=5)
    actions.prepare_reply(by=banner.provider.clerk, at=later, **reply_fields(elements=("name",), masks={}), **key)
    with pytest.raises(errors.ReplyChanged):
        actions.consent_reply(by=banner.provider.officer, read_at=read_at, at=later, **key)
    with pytest.raises(errors.ReplyChanged):
        actions.consent_reply(by=banner.provider.officer, read_at=None, at=later, **key)
    given = actions.consent_reply(by=banner.provider.officer, read_at=later, at=later, **key)
    assert given.status == states.PARTLY_GRANTED
    with pytest.raises(Refusal):
        actions.consent_reply(by=banner.provider.officer, read_at=later, at=later, **key)


def test_what_changes_in_between_is_said_and_enforced(banner: Banner) -> None:
    resource = make_conditional(banner=banner)
    drafter = make_person(banner.consumer.department, Role.CLERK)
    key: dict[str, Any] = {"at": banner.at}
    draft = actions.draft_access_request(resource_id=resource.id, by=drafter, **key)
    request = make_request(banner=banner, resource_id=resource.id)
    close_account(person_id=drafter.id, reason="调离", by=banner.site.system_admin, at=banner.at)
    assert [one.code for one in circumstances(view(draft, banner), banner.at)] == ["drafter_left"]
    actions.save_draft(access_request_id=draft.pk, fields={"use_case": "接手"}, by=banner.consumer.clerk, **key)
    withdraw_resource(resource_id=resource.id, reason="目录整合，停止共享。", by=banner.provider.officer, at=banner.at)
    assert [one.code for one in circumstances(view(request, banner), banner.at)] == ["resource_withdrawn"]
    actions.prepare_reply(access_request_id=request.pk, by=banner.provider.reviewer, **reply_fields(), **key)
    with pytest.raises(errors.NotPublished):
        give_reply(access_request_id=request.pk, by=banner.provider.officer, **key)
    close_account(person_id=banner.provider.reviewer.id, reason="调离", by=banner.site.system_admin, at=banner.at)
    close_account(person_id=banner.provider.officer.id, reason="退休", by=banner.site.system_admin, at=banner.at)
    codes = {one.code for one in circumstances(view(request, banner), banner.at)}
    assert codes == {"preparer_left", "provider_officer", "resource_withdrawn"}
    second = make_person(banner.provider.department, Role.ACCOUNTABLE_OFFICER)
    refusal = {"outcome": "refuse", "ground": "purpose_unfit", "text": "该资源已停止共享，不予提供。"}
    actions.prepare_reply(access_request_id=request.pk, by=banner.provider.clerk, **refusal, **key)
    give_reply(access_request_id=request.pk, by=second, **key)
    assert circumstances(view(request, banner), banner.at) == []
