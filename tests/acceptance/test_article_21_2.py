"""Article 21(2): a conditional resource is asked for, answered in five working days, consulted on, decided.

“在使用部门提出申请后，提供部门应在 5 个工作日内予以答复，使用部门按答复意见使用共享信息，
对于有条件共享类中提供部门不予共享的信息资源，使用部门因履行职责确实需要使用并提出充分理由的，
由使用部门与提供部门在 5 个工作日内协商解决，协商未果的由旗本级政务信息资源共享工作主管部门协调解决”。
"""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import close_old_connections, connections

from gongxiang.platform.access import actions, errors, states, tasks
from gongxiang.platform.access.errors_dispute import MediationNotOver
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants.models import Grant
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner, make_person
from tests.factories.procedure import answer, give_reply, make_request, reply_fields

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:21(2)")]
#: Monday 2 November 2026 plus five working days: Monday 9 November, 24:00 Beijing time.
DUE = datetime(2026, 11, 9, 16, 0, tzinfo=UTC)


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force."""
    return make_banner()


@pytest.fixture
def resource(banner: Banner) -> ResourceRef:
    """A published conditional resource."""
    return make_conditional(banner=banner)


@pytest.fixture
def request_(banner: Banner, resource: ResourceRef) -> AccessRequest:
    """A request that waits for its reply."""
    return make_request(banner=banner, resource_id=resource.id)


def kinds(request: AccessRequest, banner: Banner) -> list[str]:
    """What happened, as the auditor sees it."""
    return [news.kind.partition(":")[2] for news in evidence.trail_of(f"access_request:{request.pk}", by=banner.auditor)]


class TestTheProviderAnswersInFiveWorkingDays:
    def test_the_period_ends_after_the_fifth_working_day(self, request_: AccessRequest) -> None:
        assert request_.due_at == DUE
        assert request_.due_basis == "wushen-2021-60:21(2)"

    def test_one_microsecond_before_the_end_nothing_has_lapsed(self, request_: AccessRequest) -> None:
        assert tasks.sweep_overdue(DUE - timedelta(microseconds=1)) == 0

    @pytest.mark.article("wushen-2021-60:24", "cn-809:39")
    def test_silence_passes_the_turn_and_grants_nothing(self, banner: Banner, request_: AccessRequest) -> None:
        later = DUE + timedelta(hours=9)
        assert tasks.sweep_overdue(later) == 1
        request_.refresh_from_db()
        assert (request_.status, request_.turn, request_.grant_id) == (states.REPLY_OVERDUE, "authority", None)
        assert not Grant.objects.exists()
        for reader in (banner.consumer.officer, banner.provider.officer, banner.authority_officer):
            lapsed = evidence.trail_of(f"access_request:{request_.pk}", by=reader)[-1]
            assert lapsed.kind == "access_request:reply_overdue"
            assert {"wushen-2021-60:21(2)", "wushen-2021-60:24"} <= set(lapsed.basis)
            # The event lies at the end of the period, whenever it was noticed; nobody with rights did it.
            assert lapsed.occurred_at == DUE
            assert (lapsed.actor_kind, lapsed.actor_id) == ("system", "deadline-sweeper")

    def test_a_late_reply_is_a_reply_and_says_so(self, banner: Banner, request_: AccessRequest) -> None:
        tasks.sweep_overdue(DUE)
        answered = answer(request_, banner=banner, at=DUE + timedelta(days=1))
        assert (answered.status, answered.late) == (states.PARTLY_GRANTED, True)

    def test_a_reply_before_the_sweeper_but_after_the_period_is_late_too(self, banner: Banner, request_: AccessRequest) -> None:
        actions.prepare_reply(
            access_request_id=request_.pk, by=banner.provider.reviewer, at=DUE - timedelta(hours=1), **reply_fields()
        )
        give_reply(access_request_id=request_.pk, by=banner.provider.officer, at=DUE + timedelta(seconds=1))
        request_.refresh_from_db()
        assert request_.late
        assert kinds(request_, banner)[-4:] == ["reply_overdue", "issued", "opened", "partly_granted"]

    def test_old_cases_keep_old_rules_but_follow_the_calendar(self, banner: Banner, request_: AccessRequest) -> None:
        from gongxiang.platform.rulebook import queries as rulebook
        from gongxiang.protocol.clock import BEIJING

        assert [one.title for one in rulebook.open_deadlines(banner.at)] == [f"{request_.number} {request_.resource_name}"]
        assert DUE.astimezone(BEIJING).isoformat() == "2026-11-10T00:00:00+08:00"


@pytest.mark.article("cn-809:21")
class TestTheRequestIsIncomplete:
    def test_the_notice_stops_the_clock_and_completion_starts_it_anew(self, banner: Banner, request_: AccessRequest) -> None:
        day = banner.at + timedelta(days=1)
        actions.notify_incomplete(
            access_request_id=request_.pk, missing=["三定规定", "用途说明"], by=banner.provider.clerk, at=day
        )
        request_.refresh_from_db()
        assert (request_.status, request_.turn, request_.due_at) == (states.INCOMPLETE, "consumer", None)
        assert tasks.sweep_overdue(DUE + timedelta(days=30)) == 0
        actions.complete_access_request(
            access_request_id=request_.pk, completion="已补充。", by=banner.consumer.clerk, at=day + timedelta(days=1)
        )
        request_.refresh_from_db()
        assert request_.due_at == DUE + timedelta(days=2)

    def test_there_is_no_second_notice(self, banner: Banner, request_: AccessRequest) -> None:
        at = banner.at + timedelta(days=1)
        actions.notify_incomplete(access_request_id=request_.pk, missing=["材料"], by=banner.provider.clerk, at=at)
        actions.complete_access_request(access_request_id=request_.pk, completion="已补充。", by=banner.consumer.clerk, at=at)
        with pytest.raises(errors.AlreadyNotified):
            actions.notify_incomplete(access_request_id=request_.pk, missing=["又缺"], by=banner.provider.clerk, at=at)

    def test_an_incomplete_request_is_not_refused(self, banner: Banner, request_: AccessRequest) -> None:
        at = banner.at + timedelta(days=1)
        actions.notify_incomplete(access_request_id=request_.pk, missing=["材料"], by=banner.provider.clerk, at=at)
        refusal = {"outcome": "refuse", "ground": "outside_remit", "text": "材料不齐全，不予同意提供。"}
        with pytest.raises(WrongState):
            actions.prepare_reply(access_request_id=request_.pk, by=banner.provider.reviewer, at=at, **refusal)


class TestTheReply:
    @pytest.mark.article("cn-809:21")
    def test_a_refusal_states_its_reasons(self, banner: Banner, request_: AccessRequest) -> None:
        with pytest.raises(Shortfalls) as refused:
            actions.prepare_reply(
                access_request_id=request_.pk,
                outcome="refuse",
                ground="",
                text="不行",
                by=banner.provider.reviewer,
                at=banner.at,
            )
        assert {s.field for s in refused.value.shortfalls} == {"ground", "text"}

    @pytest.mark.article("cn-809:20")
    def test_an_accountable_officer_consents_who_did_not_prepare_it(self, banner: Banner, request_: AccessRequest) -> None:
        office = banner.provider
        key = {"access_request_id": request_.pk, "at": banner.at}
        actions.prepare_reply(by=office.officer, **reply_fields(), **key)
        with pytest.raises(errors.OwnReply):
            give_reply(by=office.officer, **key)
        with pytest.raises(NotPermitted):
            give_reply(by=office.reviewer, **key)

    def test_a_reply_stays_within_the_request(self, banner: Banner, request_: AccessRequest) -> None:
        with pytest.raises(errors.GrantsTooMuch):
            actions.prepare_reply(
                access_request_id=request_.pk, by=banner.provider.reviewer, at=banner.at,
                **reply_fields(elements=("id_number", "amount")),
            )  # fmt: skip

    def test_the_whole_is_granted_or_a_part(self, banner: Banner, request_: AccessRequest) -> None:
        whole = reply_fields(elements=("id_number", "name", "phone", "township"), masks={}, conditions=())
        assert answer(request_, banner=banner, at=banner.at, **whole).status == states.GRANTED


class TestConsultationAndMediation:
    @pytest.fixture
    def refused(self, banner: Banner, request_: AccessRequest) -> AccessRequest:
        """A request that was refused, with reasons."""
        refusal = {"outcome": "refuse", "ground": "outside_remit", "text": "超出登记注册职责，不予同意提供。"}
        return answer(request_, banner=banner, at=banner.at, **refusal)

    @pytest.mark.article("cn-809:28.2")
    def test_the_consumer_opens_it_with_grounds(self, banner: Banner, refused: AccessRequest) -> None:
        with pytest.raises(errors.GroundsMissing):
            actions.open_consultation(access_request_id=refused.pk, grounds="要用", by=banner.consumer.officer, at=banner.at)
        actions.open_consultation(
            access_request_id=refused.pk, grounds="登记实名核验为法定职责，确需使用。", by=banner.consumer.officer, at=banner.at
        )
        refused.refresh_from_db()
        assert (refused.status, refused.due_at, refused.due_basis) == (states.IN_CONSULTATION, DUE, "wushen-2021-60:21(2)")
        # Both can still agree.
        assert answer(refused, banner=banner, at=banner.at + timedelta(days=1)).status == states.PARTLY_GRANTED

    @pytest.mark.article("cn-809:28.2")
    def test_a_refusal_in_consultation_brings_it_before_the_authority(self, banner: Banner, refused: AccessRequest) -> None:
        actions.open_consultation(
            access_request_id=refused.pk, grounds="登记实名核验为法定职责，确需使用。", by=banner.consumer.officer, at=banner.at
        )
        refusal = {"outcome": "refuse", "ground": "outside_remit", "text": "协商后仍认为超出职责，不予同意提供。"}
        again = answer(refused, banner=banner, at=banner.at + timedelta(days=1), **refusal)
        assert (again.status, again.turn, again.due_at) == (states.IN_MEDIATION, "authority", None)
        assert again.prepared is None
        failed = evidence.trail_of(f"access_request:{again.pk}", by=banner.consumer.officer)[-1]
        assert failed.kind == "access_request:consultation_failed"
        assert {"wushen-2021-60:21(2)", "cn-809:28.2"} <= set(failed.basis)

    @pytest.mark.article("wushen-2021-60:24", "cn-809:28.2")
    def test_only_the_leader_decides_for_the_authority(self, banner: Banner, request_: AccessRequest) -> None:
        """Where the provider did not answer at all, the authority decides (our choice)."""
        tasks.sweep_overdue(DUE)
        key = {"access_request_id": request_.pk, "at": DUE + timedelta(days=1)}
        actions.prepare_reply(by=banner.authority_officer, **reply_fields(), **key)
        # An officer of the authority who is its accountable officer too gives its own answers, not this decision.
        officer = make_person(banner.authority, Role.AUTHORITY_OFFICER, Role.ACCOUNTABLE_OFFICER)
        for act in (give_reply, partial(actions.return_reply, comment="再议")):
            with pytest.raises(NotPermitted):
                act(by=officer, **key)
        give_reply(by=banner.authority_leader, **key)
        request_.refresh_from_db()
        assert (request_.status, request_.decided_by_authority) == (states.PARTLY_GRANTED, True)

    @pytest.mark.article("wushen-2021-60:24", "cn-809:28.2")
    def test_without_result_the_authority_mediates(self, banner: Banner, refused: AccessRequest) -> None:
        actions.open_consultation(
            access_request_id=refused.pk, grounds="登记实名核验为法定职责，确需使用。", by=banner.consumer.officer, at=banner.at
        )
        assert tasks.sweep_overdue(DUE) == 1
        refused.refresh_from_db()
        assert (refused.status, refused.turn) == (states.IN_MEDIATION, "authority")
        key = {"access_request_id": refused.pk, "at": DUE + timedelta(days=1)}
        with pytest.raises(WrongState):
            actions.prepare_reply(by=banner.provider.reviewer, **reply_fields(), **key)
        # It mediates first, and the government decides: see test_article_21_2_disputes.
        with pytest.raises(MediationNotOver):
            actions.prepare_reply(by=banner.authority_officer, **reply_fields(), **key)


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_make_one_event(banner: Banner, resource: ResourceRef) -> None:
    requests = [
        make_request(banner=banner, resource_id=resource.id, purposes=[purpose]) for purpose in ("decision", "verification")
    ]
    gate, found = threading.Barrier(2), []

    def sweep() -> None:
        try:
            gate.wait()
            found.append(tasks.sweep_overdue(DUE))
        finally:
            close_old_connections()
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 2
    for request in requests:
        assert kinds(request, banner).count("reply_overdue") == 1
