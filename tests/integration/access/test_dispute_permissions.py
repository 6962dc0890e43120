"""Who may do what in a dispute, a filing and a plan: every transition, every role of each side, turn, article and event."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from gongxiang.platform.access import collecting, disputing, mediating
from gongxiang.platform.access import errors as request_errors
from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access import states_dispute as steps
from gongxiang.platform.access.models import AccessRequest, CollectionPlan, Dispute, DisputeMeeting
from gongxiang.platform.access.permissions import SWEEPER
from gongxiang.platform.access.permissions_dispute import PLAN_FINISHER
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted
from tests.factories.catalogue import make_conditional
from tests.factories.disputes import (
    ABSENT,
    GROUNDS,
    PEOPLE,
    REFUSAL,
    SCAN,
    file,
    plan_fields,
    refused_request,
    terms,
)
from tests.factories.parties import Banner, make_banner
from tests.integration.access.test_permissions import EVERYBODY, actor_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
OFFICERS = {"consumer.officer", "provider.officer"}
DESKS = {f"{side}.{one}" for side in ("consumer", "provider") for one in ("clerk", "reviewer", "officer")}
AUTHORITY = {"authority_officer", "authority_leader"}
LEADER = {"authority_leader"}
#: Four eyes refuse a person who holds the role.
SAME_HAND = (refusals.OwnMinutes, refusals.OwnOpinion, request_errors.OwnDraft)


def may(
    banner: Banner, act: Callable[..., Any], allowed: set[str], *, same_hand: set[str] = frozenset(), **arguments: Any
) -> None:  # type: ignore[assignment]
    """Exactly these may do it now; nobody else does, and nothing of the trying stays."""
    done, hands = set(), set()
    for who in EVERYBODY:
        try:
            with transaction.atomic():
                act(by=actor_of(banner, who), **arguments)
                done.add(who)
                transaction.set_rollback(True)
        except NotPermitted:
            pass
        except SAME_HAND:
            hands.add(who)
    assert (done, hands) == (allowed, set(same_hand)), act.__name__
    with pytest.raises(NotPermitted):
        act(by=System(name="another-job"), **arguments)


def last(banner: Banner, row: Any, subject: str) -> tuple[str, set[str]]:
    """The newest event of the record and its articles."""
    news = [one for one in evidence.trail_of(f"{subject}:{row.pk}", by=banner.auditor) if one.kind.startswith(f"{subject}:")]
    return news[-1].kind.partition(":")[2], set(news[-1].basis)


def stands(banner: Banner, row: Any, subject: str, status: str, turn: str, event: str, article: str) -> None:
    """The record is there, it is that side's turn, and the act cites its article."""
    row.refresh_from_db()
    assert (row.status, row.turn) == (status, turn)
    said, basis = last(banner, row, subject)
    assert said == event
    assert article in basis


@pytest.mark.article("wushen-2021-60:21(2)", "cn-809:28.2")
def test_every_step_of_a_dispute() -> None:
    banner = make_banner()
    request: AccessRequest = refused_request(banner, make_conditional(banner=banner).id)
    at = banner.at
    asked: dict[str, Any] = {"access_request_id": request.pk, "at": at}
    may(banner, disputing.open_dispute, {"consumer.officer"}, grounds=GROUNDS, **asked)
    row = disputing.open_dispute(grounds=GROUNDS, by=banner.consumer.officer, **asked)
    key: dict[str, Any] = {"dispute_id": row.pk, "at": at + HOUR}

    def now(status: str, turn: str, event: str, article: str = "cn-809:28.2") -> None:
        stands(banner, row, "dispute", status, turn, event, article)

    now(steps.CONSULTING, "both", "opened")
    meeting: dict[str, Any] = {
        "held_at": at, "participants": PEOPLE, "minutes": "双方交换了意见，未能一致。", "outcome": "FAILED", **key,
    }  # fmt: skip
    may(banner, disputing.record_meeting, DESKS, **meeting)
    may(banner, disputing.withdraw_dispute, {"consumer.officer"}, reason="不再要求", **key)
    may(banner, disputing.attach_file, DESKS | AUTHORITY, name=SCAN[0], content=SCAN[1], **key)
    may(banner, disputing.ask_mediation, OFFICERS, access_request_id=request.pk, statement="未能一致", at=at + HOUR)
    made: DisputeMeeting = disputing.record_meeting(by=banner.provider.officer, **meeting)
    confirm: dict[str, Any] = {"meeting_id": made.pk, "at": at + HOUR}
    may(banner, disputing.confirm_minutes, {"consumer.officer"}, same_hand={"provider.officer"}, **confirm)
    disputing.ask_mediation(access_request_id=request.pk, statement="未能一致", by=banner.provider.officer, at=at + HOUR)
    now(steps.IN_MEDIATION, "authority", "mediation_asked", "wushen-2021-60:21(2)")

    handler = banner.authority_officer.id
    may(banner, mediating.open_hearing, AUTHORITY, handler_id=handler, **key)
    referral: dict[str, Any] = {"to": "鄂尔多斯市数据局", "letter": "乌政数函〔2026〕3号", "reason": "垂直管理单位。", **key}
    may(banner, mediating.refer_dispute, LEADER, **referral)
    with pytest.raises(refusals.HandlerUnknown):
        mediating.open_hearing(handler_id=banner.provider.officer.id, by=banner.authority_officer, **key)
    mediating.open_hearing(handler_id=handler, by=banner.authority_officer, **key)
    now(steps.HEARING, "both", "hearing_opened")

    may(banner, mediating.make_statement, OFFICERS, text="本部门的意见和理由如下。", **key)
    mediating.make_statement(text="本部门的意见和理由如下。", by=banner.consumer.officer, **key)
    assert row.due_at is not None
    for act in (mediating.lapse_step,):
        may(banner, act, set(), **key)
    row.refresh_from_db()
    mediating.make_statement(text="本部门的意见和理由如下。", by=banner.provider.officer, **key)
    now(steps.HEARD, "authority", "heard")

    opinion: dict[str, Any] = {"terms": terms(), "reasons": "职责明确，应当提供核验所需信息项。", **key}
    may(banner, mediating.prepare_opinion, AUTHORITY, **opinion)
    mediating.prepare_opinion(by=banner.authority_leader, **opinion)
    may(banner, mediating.give_opinion, set(), same_hand=LEADER, **key)
    mediating.prepare_opinion(by=banner.authority_officer, **opinion)
    mediating.give_opinion(by=banner.authority_leader, **key)
    now(steps.OPINION_GIVEN, "both", "opinion_given")

    may(banner, mediating.answer_opinion, OFFICERS, accepts=True, **key)
    mediating.answer_opinion(accepts=True, by=banner.consumer.officer, **key)
    mediating.answer_opinion(accepts=False, reason="仍认为超出提供范围。", by=banner.provider.officer, **key)
    now(steps.NOT_ACCEPTED, "authority", "opinion_rejected")

    may(banner, mediating.submit_to_government, LEADER, **key)
    mediating.submit_to_government(by=banner.authority_leader, **key)
    now(steps.BEFORE_GOVERNMENT, "government", "submitted_to_government")

    decision: dict[str, Any] = {
        "number": "乌政字〔2026〕18号", "decided_on": at.date(), "content": "维持提供部门的答复意见。", "terms": REFUSAL,
        "scan": SCAN, **key,
    }  # fmt: skip
    may(banner, mediating.record_decision, AUTHORITY, **decision)
    with transaction.atomic():
        mediating.record_decision(by=banner.authority_leader, **decision)
        may(banner, mediating.carry_out, set(), same_hand=LEADER, **key)
        transaction.set_rollback(True)
    mediating.record_decision(by=banner.authority_officer, **decision)
    now(steps.DECISION_RECORDED, "authority", "decision_recorded")
    may(banner, mediating.carry_out, LEADER, **key)
    mediating.carry_out(by=banner.authority_leader, **key)
    now(steps.DECIDED, "", "decided")
    request.refresh_from_db()
    assert request.status == "REFUSED"
    assert not Dispute.objects.filter(status__in=steps.OPEN).exists()


@pytest.mark.article("wushen-2021-60:21(2)", "wushen-2021-60:22.5", "cn-809:19")
def test_every_step_from_absence_to_the_end_of_the_plan() -> None:
    banner = make_banner()
    resource = make_conditional(banner=banner)
    request = refused_request(banner, resource.id, **ABSENT)
    at = banner.at
    search = "查询了救助系统全部表和2019年以来纸质档案，均无。"
    asked: dict[str, Any] = {"access_request_id": request.pk, "search": search, "at": at}
    may(banner, collecting.state_search, {"provider.reviewer", "provider.officer"}, **asked)
    may(banner, collecting.report_absence, {"consumer.officer"}, **asked)
    made = collecting.state_search(by=banner.provider.reviewer, **asked)
    with pytest.raises(refusals.AbsenceOpen):
        collecting.report_absence(by=banner.consumer.officer, **asked)
    from gongxiang.platform.access.models import Absence

    absence = Absence.objects.get(pk=made.id)
    key: dict[str, Any] = {"absence_id": made.id, "at": at + HOUR}
    article = "wushen-2021-60:21(2)"
    stands(banner, absence, "absence", steps.STATED, "consumer", "stated", article)
    assert collecting.lapse_absence(by=System(name=SWEEPER), **key) is None
    with transaction.atomic():
        assert absence.due_at is not None
        collecting.lapse_absence(absence_id=made.id, by=System(name=SWEEPER), at=absence.due_at)
        stands(banner, absence, "absence", steps.DISPUTED, "authority", "unanswered", "wushen-2021-60:24")
        transaction.set_rollback(True)
    may(banner, collecting.answer_absence, {"consumer.officer"}, confirms=True, **key)
    may(banner, collecting.drop_absence, {"consumer.officer"}, reason="不再需要", **key)
    collecting.answer_absence(confirms=True, by=banner.consumer.officer, **key)
    stands(banner, absence, "absence", steps.CONFIRMED, "authority", "confirmed", article)
    opinion = "检索目录未发现相应信息项，予以备案。"
    hits = collecting.entries_alike(made.id)
    may(banner, collecting.file_absence, AUTHORITY, opinion=opinion, answered_hits=hits, **key)
    may(banner, collecting.find_entry, AUTHORITY, opinion=opinion, resource_id=resource.id, **key)
    filed = file(banner, made, at=at + HOUR)
    stands(banner, absence, "absence", steps.FILED, "consumer", "filed", article)
    assert filed.filing_number.startswith("CB-2026-")
    (certificate,) = documents.documents_of(f"absence:{made.id}", actor=banner.consumer.clerk)
    assert certificate.kind == "absence_filing"
    assert ("备案编号", filed.filing_number) in certificate.rows
    assert documents.resolve(certificate.verification_code).status == "VALID"
    assert documents.content(certificate.id, "docx").content[:2] == b"PK"

    desk = {"consumer.clerk", "consumer.reviewer", "consumer.officer"}
    may(banner, collecting.draft_plan, desk, **plan_fields(), **key)
    plan_id = collecting.draft_plan(by=banner.consumer.officer, **plan_fields(), **key).id
    plan = CollectionPlan.objects.get(pk=plan_id)
    stands(banner, plan, "collection_plan", steps.DRAFT, "consumer", "drafted", "cn-809:19.1")
    on: dict[str, Any] = {"plan_id": plan_id, "at": at + 2 * HOUR}
    # The entry that was asked for has these items by name: collecting them all the same needs a reason for each.
    assert {hit["item"] for hit in plan.hits} == {"姓名", "苏木镇"}
    with pytest.raises(refusals.HitUnanswered):
        collecting.propose_plan(**on, by=_other_officer(banner))
    said = {collecting.hit_key(hit): ("JUSTIFIED", "该目录不含本部门对象。") for hit in plan.hits}
    may(banner, collecting.answer_plan_hits, desk, answers=said, **on)
    collecting.answer_plan_hits(answers=said, by=banner.consumer.clerk, **on)
    may(banner, collecting.propose_plan, set(), same_hand={"consumer.officer"}, **on)
    collecting.change_plan(by=banner.consumer.clerk, **plan_fields(), **on)
    may(banner, collecting.propose_plan, {"consumer.officer"}, **on)
    collecting.propose_plan(by=banner.consumer.officer, **on)
    stands(banner, plan, "collection_plan", steps.PROPOSED, "authority", "proposed", "cn-809:19.1")
    may(banner, collecting.review_plan, AUTHORITY, approves=True, opinion="同意。", **on)
    collecting.review_plan(approves=False, opinion="请说明采集对象的范围和告知方式。", by=banner.authority_officer, **on)
    stands(banner, plan, "collection_plan", steps.RETURNED, "consumer", "returned", "cn-809:19.1")
    collecting.propose_plan(by=banner.consumer.officer, **on)
    may(banner, collecting.cancel_plan, {"consumer.officer"}, reason="不再采集", **on)
    collecting.review_plan(approves=True, opinion="", by=banner.authority_leader, **on)
    stands(banner, plan, "collection_plan", steps.APPROVED, "consumer", "approved", "wushen-2021-60:22.5")
    _catalogue_and_finish(banner, plan, on, desk)


def _catalogue_and_finish(banner: Banner, plan: CollectionPlan, on: dict[str, Any], desk: set[str]) -> None:
    from tests.factories.catalogue import make_published
    from tests.factories.contents import complete_content, element

    name, town = element("xm", name="姓名", key=True, nullable=False), element("sm", name="苏木镇")
    half = make_published(banner=banner, office=banner.consumer, content=complete_content("经营者名录", elements=(name,)))
    with pytest.raises(refusals.EntryLacksItems, match="苏木镇"):
        collecting.finish_plan(resource_id=half.id, by=banner.consumer.clerk, **on)
    with pytest.raises(refusals.EntryNotOwn):
        collecting.finish_plan(resource_id=None, by=banner.consumer.clerk, **on)
    content = complete_content("经营场所名录", elements=(name, town), source_table="public.shop")
    whole = make_published(banner=banner, office=banner.consumer, content=content)
    may(banner, collecting.finish_plan, desk, resource_id=whole.id, **on)
    # Publishing ends it by itself; the product's job does what the desk could have done.
    collecting.finish_plan(resource_id=whole.id, by=System(name=PLAN_FINISHER), **on)
    stands(banner, plan, "collection_plan", steps.DONE, "", "done", "wushen-2021-60:7")
    assert plan.resource_name == "经营场所名录"


def _other_officer(banner: Banner) -> Any:
    from gongxiang.platform.kernel.actors import Role
    from tests.factories.parties import make_person

    return make_person(banner.consumer.department, Role.ACCOUNTABLE_OFFICER)
