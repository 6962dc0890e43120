"""Article 21(2) and article 28 of the Regulation: what was refused is consulted on, mediated, decided by the government.

“对于有条件共享类中提供部门不予共享的信息资源，使用部门因履行职责确实需要使用并提出充分理由的，由使用部门与提供部门在
5 个工作日内协商解决，协商未果的由旗本级政务信息资源共享工作主管部门协调解决”；条例第二十八条：协调仍不能达成一致的，
由同级人民政府决定。
"""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connections

from gongxiang.platform.access import answers, collecting, disputing, errors, mediating, states, tasks
from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access import states_dispute as steps
from gongxiang.platform.access.models import AccessRequest, Dispute
from gongxiang.platform.access.queries_dispute import get_dispute, over_grant
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.documents.models import Document
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants.models import Grant, GrantRevision
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol.clock import BEIJING
from tests.factories.catalogue import make_conditional
from tests.factories.disputes import ABSENT, GROUNDS, PEOPLE, REFUSAL, decide, make_dispute, papers_of, refused_request, terms
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import FILTER, MASKED, answer, give_reply, make_request, reply_fields
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:21(2)", "cn-809:28.2")]
HOUR = timedelta(hours=1)


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force."""
    return make_banner()


@pytest.fixture
def resource(banner: Banner) -> ResourceRef:
    """A published conditional resource."""
    return make_conditional(banner=banner)


@pytest.fixture
def refused(banner: Banner, resource: ResourceRef) -> AccessRequest:
    """A request that was refused, with reasons."""
    return refused_request(banner, resource.id)


@pytest.fixture
def partly(banner: Banner, resource: ResourceRef) -> AccessRequest:
    """A request of which a part was granted: three elements, one masked, one township."""
    return answer(make_request(banner=banner, resource_id=resource.id), banner=banner, at=banner.at)


def kinds(dispute: Dispute, banner: Banner) -> list[str]:
    """What happened in the dispute."""
    trail = evidence.trail_of(f"dispute:{dispute.pk}", by=banner.auditor)
    return [news.kind.partition(":")[2] for news in trail if news.kind.startswith("dispute:")]


def meet(banner: Banner, dispute: Dispute, **changes: Any) -> Any:
    """A meeting whose minutes a clerk writes."""
    values: dict[str, Any] = {
        "held_at": banner.at + HOUR, "participants": PEOPLE, "minutes": "双方就核验所需的信息项交换了意见。", **changes,
    }  # fmt: skip
    return disputing.record_meeting(dispute_id=dispute.pk, by=banner.consumer.clerk, at=banner.at + 2 * HOUR, **values)


def confirm(banner: Banner, meeting: Any) -> None:
    """Both accountable officers confirm the minutes."""
    for side in (banner.consumer, banner.provider):
        disputing.confirm_minutes(meeting_id=meeting.pk, by=side.officer, at=banner.at + 3 * HOUR)


class TestTheConsumerDisputes:
    def test_with_grounds_and_under_a_number_of_its_own(self, banner: Banner, refused: AccessRequest) -> None:
        with pytest.raises(errors.GroundsMissing):
            disputing.open_dispute(access_request_id=refused.pk, grounds="要用", by=banner.consumer.officer, at=banner.at)
        dispute = make_dispute(banner=banner, request=refused)
        refused.refresh_from_db()
        assert dispute.number.startswith("ZY-2026-")
        assert (dispute.whole, dispute.turn, dispute.due_rule) == (True, "both", "consultation=5@2021-10-12")
        assert (refused.status, refused.due_at) == (states.IN_CONSULTATION, dispute.due_at)
        with pytest.raises(refusals.DisputeOpen):
            disputing.open_dispute(access_request_id=refused.pk, grounds=GROUNDS, by=banner.consumer.officer, at=banner.at)

    def test_of_a_partial_grant_only_what_was_not_granted(self, banner: Banner, partly: AccessRequest) -> None:
        key: dict[str, Any] = {
            "access_request_id": partly.pk,
            "grounds": GROUNDS,
            "by": banner.consumer.officer,
            "at": banner.at,
        }
        with pytest.raises(refusals.NotRefused):
            disputing.open_dispute(elements=["name"], **key)
        with pytest.raises(refusals.NothingDisputed):
            disputing.open_dispute(elements=[], purposes=[], **key)
        dispute = disputing.open_dispute(elements=["phone"], rest="需要全旗的行，不限于一个苏木镇。", **key)
        assert (dispute.whole, dispute.elements) == (False, ["phone"])

    def test_evidence_is_attached_and_both_sides_read_it(self, banner: Banner, refused: AccessRequest) -> None:
        from gongxiang.platform.documents import queries as documents

        dispute = make_dispute(banner=banner, request=refused)
        disputing.attach_file(
            dispute_id=dispute.pk, name="三定规定.pdf", content=b"%PDF-1.4\n%%EOF\n", by=banner.consumer.clerk, at=banner.at
        )
        (kept,) = documents.uploads_of(f"dispute:{dispute.pk}")
        assert documents.upload_ref(kept.id, actor=banner.provider.clerk).name == "三定规定.pdf"
        assert not documents.uploads_visible_to(banner.stranger.officer).exists()

    def test_what_was_granted_goes_on_during_the_dispute(self, banner: Banner, partly: AccessRequest) -> None:
        make_dispute(steps.IN_MEDIATION, banner=banner, request=partly)
        assert partly.grant_id is not None
        assert Grant.objects.get(pk=partly.grant_id).status == "ACTIVE"

    def test_it_may_be_withdrawn_and_the_refusal_stands(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(banner=banner, request=refused)
        disputing.withdraw_dispute(dispute_id=dispute.pk, reason="改用其他资源。", by=banner.consumer.officer, at=banner.at)
        refused.refresh_from_db()
        assert (refused.status, refused.turn, refused.due_at) == (states.REFUSED, "", None)


class TestBothConsultForFiveWorkingDays:
    def test_minutes_name_people_of_both_sides_and_what_was_said(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(banner=banner, request=refused)
        with pytest.raises(Shortfalls) as lacks:
            meet(banner, dispute, participants=PEOPLE[:1], minutes="", held_at=banner.at + timedelta(days=9), outcome="maybe")
        assert [one.field for one in lacks.value.shortfalls] == ["provider_people", "minutes", "outcome", "held_at"]

    def test_agreed_and_confirmed_the_reply_lies_ready_with_the_terms(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(banner=banner, request=refused)
        meeting = meet(banner, dispute, outcome="AGREED", terms=terms())
        with pytest.raises(refusals.MinutesUnconfirmed):
            meet(banner, dispute, outcome="FAILED")
        confirm(banner, meeting)
        with pytest.raises(refusals.ConfirmedAlready):
            disputing.confirm_minutes(meeting_id=meeting.pk, by=banner.consumer.officer, at=banner.at + 3 * HOUR)
        page = client_of(banner.provider.officer).get(f"/requests/{refused.pk}/").content.decode()
        assert 'name="read_at"' in page, "given where it is read, also while both consult"
        assert 'name="read_at"' not in client_of(banner.consumer.officer).get(f"/requests/{refused.pk}/").content.decode()
        give_reply(access_request_id=refused.pk, by=banner.provider.officer, at=banner.at + 4 * HOUR)
        refused.refresh_from_db()
        dispute.refresh_from_db()
        assert (refused.status, dispute.status, dispute.consulted) == (states.PARTLY_GRANTED, steps.SETTLED, "AGREED")
        assert grants.current_terms(refused.grant_id).elements == ("id_number", "name")
        assert papers_of(dispute) == ["dispute_minutes"]
        assert kinds(dispute, banner) == ["opened", "meeting_recorded", "minutes_confirmed", "minutes_confirmed", "settled"]

    def test_the_reply_says_what_the_minutes_say(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(banner=banner, request=refused)
        confirm(banner, meet(banner, dispute, outcome="AGREED", terms=terms()))
        key: dict[str, Any] = {"access_request_id": refused.pk, "at": banner.at + 4 * HOUR}
        answers.prepare_reply(by=banner.provider.reviewer, **reply_fields(elements=("name",), masks={}, conditions=()), **key)
        with pytest.raises(refusals.MinutesDiffer):
            give_reply(by=banner.provider.officer, **key)

    def test_agreed_in_part_the_part_is_granted_and_the_rest_goes_on(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(banner=banner, request=refused)
        confirm(banner, meet(banner, dispute, outcome="PARTLY", terms=terms()))
        give_reply(access_request_id=refused.pk, by=banner.provider.officer, at=banner.at + 4 * HOUR)
        refused.refresh_from_db()
        dispute.refresh_from_db()
        assert (refused.status, refused.turn, dispute.status) == (states.IN_MEDIATION, "authority", steps.IN_MEDIATION)
        assert refused.grant_id is not None
        disputing.withdraw_dispute(
            dispute_id=dispute.pk, reason="已够用。", by=banner.consumer.officer, at=banner.at + 5 * HOUR
        )
        refused.refresh_from_db()
        assert refused.status == states.PARTLY_GRANTED

    def test_without_result_the_authority_has_the_turn(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(banner=banner, request=refused)
        confirm(banner, meet(banner, dispute, outcome="FAILED"))
        dispute.refresh_from_db()
        assert (dispute.status, dispute.turn, dispute.consulted) == (steps.IN_MEDIATION, "authority", "FAILED")
        assert dispute.due_rule.startswith("mediation=10@")

    @pytest.mark.article("wushen-2021-60:24")
    def test_after_five_working_days_too(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(banner=banner, request=refused)
        due = dispute.due_at
        assert due is not None
        assert tasks.sweep_overdue(due - timedelta(microseconds=1)) == 0
        tasks.sweep_overdue(due + HOUR)
        dispute.refresh_from_db()
        assert (dispute.status, dispute.mediation_from, dispute.consulted) == (steps.IN_MEDIATION, due, "LAPSED")


class TestTheAuthorityMediates:
    def test_it_answers_the_request_by_nothing_else(self, banner: Banner, refused: AccessRequest) -> None:
        make_dispute(steps.IN_MEDIATION, banner=banner, request=refused)
        with pytest.raises(refusals.MediationNotOver):
            answers.prepare_reply(
                access_request_id=refused.pk, by=banner.authority_officer, at=banner.at + 2 * HOUR, **reply_fields()
            )

    def test_both_are_heard_once_and_silence_ends_the_hearing(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(steps.HEARING, banner=banner, request=refused)
        key: dict[str, Any] = {"dispute_id": dispute.pk, "at": banner.at + 3 * HOUR, "by": banner.consumer.officer}
        with pytest.raises(refusals.StatementMissing):
            mediating.make_statement(text="要", **key)
        mediating.make_statement(text="没有这些信息无法核验。", **key)
        with pytest.raises(refusals.StatedAlready):
            mediating.make_statement(text="没有这些信息无法核验。", **key)
        assert dispute.due_rule.startswith("mediation_hearing=3@")
        assert dispute.due_at is not None
        tasks.sweep_overdue(dispute.due_at)
        dispute.refresh_from_db()
        assert (dispute.status, dispute.turn) == (steps.HEARD, "authority")
        assert dispute.due_rule.startswith("mediation=10@")

    def test_accepted_by_both_the_opinion_binds_and_is_cited(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(steps.MEDIATED, banner=banner, request=refused)
        refused.refresh_from_db()
        assert (refused.status, refused.decided_by_authority) == (states.PARTLY_GRANTED, True)
        assert "政数协调〔2026〕" in GrantRevision.objects.get(grant_id=refused.grant_id).reason
        assert papers_of(dispute) == ["dispute_opinion"]
        assert [one.id for one in over_grant(refused.pk)] == [dispute.pk]
        page = client_of(banner.consumer.officer).get(f"/grants/{refused.grant_id}/").content.decode()
        assert dispute.number in page
        assert "政数协调〔2026〕" in page
        with pytest.raises(refusals.SameFacts):
            disputing.open_dispute(
                access_request_id=refused.pk, grounds=GROUNDS, by=banner.consumer.officer, at=banner.at + 20 * HOUR
            )

    def test_a_party_does_not_mediate(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(steps.IN_MEDIATION, banner=banner, request=refused)
        Dispute.objects.filter(pk=dispute.pk).update(provider_id=banner.authority.id)
        with pytest.raises(refusals.NotNeutral):
            mediating.open_hearing(
                dispute_id=dispute.pk, handler_id=banner.authority_officer.id, by=banner.authority_officer, at=banner.at
            )

    def test_the_opinion_says_on_paper_all_that_it_grants_and_what_silence_means(
        self, banner: Banner, refused: AccessRequest
    ) -> None:
        dispute = make_dispute(steps.HEARD, banner=banner, request=refused)
        limited = terms(elements=("id_number", "name", "township"), masks={"id_number": MASKED["id_number"]}, conditions=FILTER)
        key: dict[str, Any] = {"dispute_id": dispute.pk, "at": banner.at + 5 * HOUR}
        mediating.prepare_opinion(terms=limited, reasons="职责明确，按最小必要提供。", by=banner.authority_officer, **key)
        given = mediating.give_opinion(by=banner.authority_leader, **key)
        paper = Document.objects.get(pk=given.opinion_document_id)
        said = "".join(paper.body["paragraphs"])
        assert "脱敏：" in said
        assert "行范围：" in said
        assert FILTER[0].values[0] in said
        assert "期限至2027年10月31日" in said
        assert "第二十八条" in said
        assert "逾期未答复的，视为未达成一致" in said
        last = (given.due_at - timedelta(seconds=1)).astimezone(BEIJING)
        assert f"请双方于{last.year}年{last.month}月{last.day}日24时前答复" in said
        (issued,) = evidence.trail_of(f"document:{paper.pk}", by=banner.auditor)
        assert set(issued.basis) == {"wushen-2021-60:21(2)", "cn-809:28.2"}

    @pytest.mark.article("cn-809:27.3")
    def test_nothing_that_runs_is_taken_away_not_by_filter_mask_or_period_either(
        self, banner: Banner, resource: ResourceRef
    ) -> None:
        whole = answer(
            make_request(banner=banner, resource_id=resource.id), banner=banner, at=banner.at,
            elements=("name", "township"), masks={}, conditions=(),
        )  # fmt: skip
        dispute = make_dispute(steps.HEARD, banner=banner, request=whole)
        key: dict[str, Any] = {
            "dispute_id": dispute.pk,
            "reasons": "职责明确，按最小必要提供。",
            "by": banner.authority_officer,
        }
        kept = terms(elements=("id_number", "name", "township"))
        for less in ({"conditions": FILTER}, {"until": date(2027, 6, 30)}, {"masks": {"name": MASKED["id_number"]}}):
            with pytest.raises(refusals.TakesAway):
                mediating.prepare_opinion(terms={**kept, **less}, at=banner.at + 4 * HOUR, **key)
        mediating.prepare_opinion(terms=kept, at=banner.at + 4 * HOUR, **key)

    def test_silence_accepts_nothing(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(steps.OPINION_GIVEN, banner=banner, request=refused)
        assert dispute.due_at is not None
        tasks.sweep_overdue(dispute.due_at + HOUR)
        dispute.refresh_from_db()
        assert (dispute.status, dispute.turn) == (steps.NOT_ACCEPTED, "authority")
        assert dispute.due_rule.startswith("government_submission=5@")


@pytest.mark.article("cn-809:28.2")
class TestTheGovernmentDecides:
    def test_the_decision_is_carried_out_as_a_grant_that_cites_it(self, banner: Banner, partly: AccessRequest) -> None:
        dispute = make_dispute(steps.BEFORE_GOVERNMENT, banner=banner, request=partly)
        assert dispute.due_rule.startswith("government_decision=20@")
        assert papers_of(dispute) == ["dispute_opinion", "dispute_submission"]
        asked = Document.objects.get(kind="dispute_submission")
        assert (asked.body["form"], asked.body["addressee"]) == ("document", mediating.GOVERNMENT)
        assert asked.body["attachments"][0].startswith("协调意见（政数协调〔2026〕")
        assert set(asked.files.values_list("format", flat=True)) == {"pdf", "docx"}
        at = banner.at + 8 * HOUR
        with pytest.raises(refusals.TakesAway):
            decide(banner, dispute, at=at)
        wider = terms(elements=("id_number", "name", "phone", "township"))
        with pytest.raises(Shortfalls) as lacks:
            decide(banner, dispute, at=at, terms=wider, number="", content="", decided_on=None, scan=None)
        assert {one.field for one in lacks.value.shortfalls} == {"number", "content", "decided_on", "scan"}
        decide(banner, dispute, at=at, terms=wider)
        mediating.carry_out(dispute_id=dispute.pk, by=banner.authority_leader, at=at + HOUR)
        partly.refresh_from_db()
        revision = GrantRevision.objects.filter(grant_id=partly.grant_id).order_by("revision").last()
        assert (partly.status, revision.revision) == (states.GRANTED, 2)
        assert "乌政字〔2026〕18号" in revision.reason
        assert "乌政字〔2026〕18号" in partly.reply_text
        assert get_dispute(dispute.pk, actor=banner.provider.clerk).status == steps.DECIDED

    def test_a_decision_to_refuse_leaves_what_was_granted(self, banner: Banner, partly: AccessRequest) -> None:
        dispute = make_dispute(steps.BEFORE_GOVERNMENT, banner=banner, request=partly)
        decide(banner, dispute, at=banner.at + 8 * HOUR, terms=REFUSAL)
        mediating.carry_out(dispute_id=dispute.pk, by=banner.authority_leader, at=banner.at + 9 * HOUR)
        partly.refresh_from_db()
        assert partly.status == states.PARTLY_GRANTED
        assert Grant.objects.get(pk=partly.grant_id).status == "ACTIVE"

    def test_it_is_final_on_the_same_facts(self, banner: Banner, resource: ResourceRef, refused: AccessRequest) -> None:
        dispute = make_dispute(steps.BEFORE_GOVERNMENT, banner=banner, request=refused)
        decide(banner, dispute, at=banner.at + 8 * HOUR, terms=REFUSAL)
        with pytest.raises(refusals.TooLateToWithdraw):
            disputing.withdraw_dispute(dispute_id=dispute.pk, reason="不再要求", by=banner.consumer.officer, at=banner.at)
        mediating.carry_out(dispute_id=dispute.pk, by=banner.authority_leader, at=banner.at + 9 * HOUR)
        again = refused_request(banner, resource.id)
        key: dict[str, Any] = {
            "access_request_id": again.pk,
            "grounds": GROUNDS,
            "by": banner.consumer.officer,
            "at": banner.at,
        }
        with pytest.raises(refusals.SameFacts) as refusal:
            disputing.open_dispute(**key)
        assert "乌政字〔2026〕18号" in refusal.value.message
        assert disputing.open_dispute(new_facts="2026年12月起法规新增了核验职责。", **key).new_facts

    def test_across_levels_the_common_superior_authority_is_asked(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(steps.REFERRED, banner=banner, request=refused)
        assert (dispute.turn, dispute.decision_body, dispute.due_at) == ("superior", "鄂尔多斯市数据局", None)
        decide(banner, dispute, at=banner.at + 8 * HOUR, number="鄂数函〔2026〕7号")
        mediating.carry_out(dispute_id=dispute.pk, by=banner.authority_leader, at=banner.at + 9 * HOUR)
        refused.refresh_from_db()
        assert "鄂数函〔2026〕7号" in refused.reply_text

    def test_nothing_is_decided_twice(self, banner: Banner, refused: AccessRequest) -> None:
        dispute = make_dispute(steps.DECIDED, banner=banner, request=refused)
        with pytest.raises(WrongState):
            mediating.carry_out(dispute_id=dispute.pk, by=banner.authority_leader, at=banner.at + 10 * HOUR)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_open_one_dispute_and_state_one_search() -> None:
    banner = make_banner()
    resource = make_conditional(banner=banner)
    asked = refused_request(banner, resource.id)
    absent = refused_request(banner, resource.id, **ABSENT)
    search = "查询了救助系统全部表和历年纸质档案，均无。"
    acts = {
        "open": lambda: disputing.open_dispute(
            access_request_id=asked.pk, grounds=GROUNDS, by=banner.consumer.officer, at=banner.at
        ),
        "state": lambda: collecting.state_search(
            access_request_id=absent.pk, search=search, by=banner.provider.reviewer, at=banner.at
        ),
    }
    gate, said = threading.Barrier(4), []

    def run(name: str) -> None:
        try:
            gate.wait()
            acts[name]()
            said.append(f"{name}: done")
        except Refusal as refusal:
            said.append(f"{name}: {refusal.code}")
        finally:
            close_old_connections()
            connections.close_all()

    threads = [threading.Thread(target=run, args=(name,)) for name in acts for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["open: dispute_open", "open: done", "state: absence_open", "state: done"]
