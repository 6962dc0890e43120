"""Regulation art. 27: sharing does not stop silently: it is negotiated with those who use it, filed, and ends on its day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue.errors import UnderLiveGrants
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import errors, queries, queries_stop, stopping, tasks
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol.clock import BEIJING
from tests.factories import catalogue as make
from tests.factories.parties import make_agreement, make_banner
from tests.factories.procedure import make_grant

pytestmark = [pytest.mark.django_db, pytest.mark.article("cn-809:27.3")]

#: Announced on Monday 2 November 2026: five working days to object, until Monday the ninth.
LAST_TO_OBJECT = date(2026, 11, 9)
STOPS_ON = date(2026, 11, 30)


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def resource(banner):
    return make.make_conditional(banner=banner)


@pytest.fixture
def grant_id(banner, resource):
    return make_grant(banner=banner, resource_id=resource.id)


def beijing(on, hour=0):
    return datetime.combine(on, datetime.min.time(), BEIJING).astimezone(UTC) + timedelta(hours=hour)


def announce(banner, resource, **changes):
    values = {
        "resource_id": resource.id, "reason": "source_retired", "statement": "业务系统停用，数据不再更新。",
        "stops_on": STOPS_ON,
        "by": banner.provider.officer, "at": banner.at + timedelta(hours=3),
    }  # fmt: skip
    return stopping.announce_stop(**{**values, **changes})


def answer(banner, notice, grant_id, said, *, at=None, by=None, statement="登记窗口仍需核验。"):
    return stopping.answer_stop(
        notice_id=notice.id, grant_id=grant_id, answer=said, statement=statement, by=by or banner.consumer.officer,
        at=at or banner.at + timedelta(days=1),
    )  # fmt: skip


def test_agreed_filed_ended_on_its_day_and_withdrawn_only_then(banner, resource, grant_id):
    with pytest.raises(UnderLiveGrants):
        catalogue.withdraw_resource(
            resource_id=resource.id, reason="系统停用", by=banner.provider.officer, at=banner.at + timedelta(hours=2)
        )
    notice = announce(banner, resource)
    assert (notice.status, notice.number, notice.last_day) == ("ANNOUNCED", "ZZ-2026-0001", STOPS_ON)
    assert queries_stop.last_day(notice.due_at) == LAST_TO_OBJECT
    assert (notice.due_basis, notice.due_rule) == ("cn-809:27.3", "stop_objection=5@2025-08-01")
    announced = EvidenceRecord.objects.get(kind="stop_notice:announced")
    assert set(announced.concerns) == {banner.provider.id, banner.consumer.id, banner.authority.id}
    assert f"grant:{grant_id}" in announced.trail
    file = {"notice_id": notice.id, "opinion": "", "by": banner.authority_officer}
    with pytest.raises(errors.ConsumersNotHeard):
        stopping.file_stop(at=banner.at + timedelta(days=1), **file)
    answer(banner, notice, grant_id, "AGREED", statement="")
    filed = stopping.file_stop(at=banner.at + timedelta(days=2), **file)
    assert (filed.status, filed.filing_number) == ("FILED", "BA-2026-0001")
    # Until the day the data go on flowing, and the entry stays.
    before = beijing(STOPS_ON, 23)
    assert tasks.stop_sharing(before) == 0
    assert queries.live_grant(grant_id) is not None
    with pytest.raises(UnderLiveGrants):
        catalogue.withdraw_resource(resource_id=resource.id, reason="系统停用", by=banner.provider.officer, at=before)
    after = beijing(STOPS_ON + timedelta(days=1), 6)
    assert tasks.stop_sharing(after) == 1
    assert tasks.stop_sharing(after) == 0
    ended = queries.get_grant(grant_id, actor=banner.consumer.officer)
    assert (ended.status, ended.end_reason) == ("ENDED", "source_retired")
    assert ended.ended_at == beijing(STOPS_ON + timedelta(days=1))
    assert "ZZ-2026-0001 · BA-2026-0001" in ended.end_statement
    assert [f.act for f in queries.filings(actor=banner.authority_officer, grant_id=grant_id)] == ["ended"]
    assert queries.disposals(actor=banner.consumer.officer, status="OPEN")[0].grant_id == grant_id
    assert queries_stop.get_stop(notice.id, actor=banner.provider.clerk).status == "CARRIED_OUT"
    catalogue.withdraw_resource(resource_id=resource.id, reason="系统停用", by=banner.provider.officer, at=after)


def test_silence_until_the_end_of_the_period_is_no_objection(banner, resource, grant_id):
    notice = announce(banner, resource)
    file = {"notice_id": notice.id, "opinion": "", "by": banner.authority_officer}
    with pytest.raises(errors.ConsumersNotHeard):
        stopping.file_stop(at=notice.due_at - timedelta(seconds=1), **file)
    assert queries_stop.waiting_stops(banner.authority_officer, notice.due_at - timedelta(seconds=1)) == []
    assert [n.id for n in queries_stop.waiting_stops(banner.authority_officer, notice.due_at)] == [notice.id]
    assert stopping.file_stop(at=notice.due_at, **file).status == "FILED"


def test_an_objection_is_answered_or_upheld(banner, resource, grant_id):
    notice = announce(banner, resource)
    with pytest.raises(errors.ReasonNeeded):
        answer(banner, notice, grant_id, "OBJECTED", statement=" ")
    answer(banner, notice, grant_id, "OBJECTED")
    decide = {"notice_id": notice.id, "by": banner.authority_officer, "at": banner.at + timedelta(days=2)}
    with pytest.raises(errors.ObjectionsUnanswered):
        stopping.file_stop(opinion="", **decide)
    rejected = stopping.reject_stop(opinion="登记业务仍需该数据，应继续共享。", **decide)
    assert rejected.status == "REJECTED"
    assert tasks.stop_sharing(beijing(STOPS_ON + timedelta(days=2))) == 0
    assert queries.live_grant(grant_id) is not None
    assert "cn-809:28.2" in EvidenceRecord.objects.get(kind="stop_notice:rejected").basis
    # The provider may announce anew, with better grounds.
    again = announce(banner, resource, at=banner.at + timedelta(days=3))
    answer(banner, again, grant_id, "OBJECTED", at=banner.at + timedelta(days=4))
    filed = stopping.file_stop(
        notice_id=again.id, opinion="改由区平台提供，使用部门已接入。", by=banner.authority_leader,
        at=banner.at + timedelta(days=5),
    )  # fmt: skip
    assert filed.status == "FILED"
    record = EvidenceRecord.objects.get(kind="stop_notice:filed")
    assert record.detail["objections"][0]["statement"] == "登记窗口仍需核验。"


def test_nothing_to_uphold_without_an_objection(banner, resource, grant_id):
    notice = announce(banner, resource)
    with pytest.raises(errors.NoObjection):
        stopping.reject_stop(notice_id=notice.id, opinion="继续共享。", by=banner.authority_officer, at=banner.at)


def test_reason_from_the_list_statement_and_a_day_after_the_hearing(banner, resource, grant_id):
    for wrong in ({"reason": "no_wish"}, {"reason": ""}, {"statement": "停"}):
        with pytest.raises(errors.ReasonNeeded):
            announce(banner, resource, **wrong)
    with pytest.raises(errors.StopsTooSoon):
        announce(banner, resource, stops_on=LAST_TO_OBJECT - timedelta(days=1))
    announce(banner, resource, stops_on=LAST_TO_OBJECT)
    with pytest.raises(errors.StopAnnouncedAlready):
        announce(banner, resource)


def test_nobody_to_negotiate_with(banner, resource):
    with pytest.raises(errors.NobodyToNegotiateWith):
        announce(banner, resource)


def test_who_may_not(banner, resource, grant_id):
    for who in (banner.provider.clerk, banner.provider.reviewer, banner.consumer.officer, banner.authority_officer):
        with pytest.raises(NotPermitted):
            announce(banner, resource, by=who)
    notice = announce(banner, resource)
    for who in (banner.consumer.clerk, banner.provider.officer, banner.stranger.officer, banner.authority_leader):
        with pytest.raises(NotPermitted):
            answer(banner, notice, grant_id, "AGREED", by=who)
    with pytest.raises(errors.AnswerUnknown):
        answer(banner, notice, grant_id, "PERHAPS")
    answer(banner, notice, grant_id, "AGREED", statement="")
    with pytest.raises(errors.AnsweredAlready):
        answer(banner, notice, grant_id, "OBJECTED")
    for who in (banner.provider.officer, banner.consumer.officer, banner.auditor):
        with pytest.raises(NotPermitted):
            stopping.file_stop(notice_id=notice.id, opinion="", by=who, at=banner.at + timedelta(days=2))
        with pytest.raises(NotPermitted):
            stopping.carry_out_stop(notice_id=notice.id, by=who, at=notice.stops_at)
    with pytest.raises(NotPermitted):
        stopping.cancel_stop(notice_id=notice.id, reason="继续共享。", by=banner.consumer.officer, at=banner.at)
    for reader in (banner.provider.clerk, banner.consumer.clerk, banner.authority_leader, banner.auditor):
        assert queries_stop.get_stop(notice.id, actor=reader)
    with pytest.raises(NotFound):
        queries_stop.get_stop(notice.id, actor=banner.stranger.officer)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE grants_stopanswer SET answer = 'OBJECTED', statement = 'x'")


def test_too_late_to_object_and_cancelled_by_the_provider(banner, resource, grant_id):
    notice = announce(banner, resource)
    with pytest.raises(errors.ObjectionTooLate):
        answer(banner, notice, grant_id, "OBJECTED", at=notice.due_at)
    gone = stopping.cancel_stop(
        notice_id=notice.id, reason="系统延期停用，继续共享。", by=banner.provider.officer, at=notice.due_at
    )
    assert gone.status == "CANCELLED"
    with pytest.raises(WrongState):
        stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=notice.due_at)


@pytest.mark.parametrize("asked", [True, False], ids=["while-consumers-are-heard", "after-that"])
def test_who_is_granted_meanwhile_is_asked_too_and_who_was_not_asked_keeps_its_grant(banner, resource, grant_id, asked):
    make_agreement(banner.stranger, at=banner.at + timedelta(hours=2))
    from tests.factories.procedure import answer as grant_to
    from tests.factories.procedure import make_request

    notice = announce(banner, resource)
    at = banner.at + timedelta(hours=4) if asked else notice.due_at + timedelta(hours=9)
    request = make_request(banner=banner, resource_id=resource.id, consumer=banner.stranger, at=at)
    meanwhile = grant_to(request, banner=banner, at=at + timedelta(hours=1)).grant_id
    seen = queries_stop.get_stop(notice.id, actor=banner.provider.officer)
    assert {one.grant_id for one in seen.answers} == ({grant_id, meanwhile} if asked else {grant_id})
    stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=notice.due_at + timedelta(hours=12))
    tasks.stop_sharing(notice.stops_at)
    assert [grant.id for grant in queries.live_grants(resource_id=resource.id)] == ([] if asked else [meanwhile])


def test_every_consumer_is_asked_and_every_grant_ends(banner, resource, grant_id):
    make_agreement(banner.stranger, at=banner.at + timedelta(hours=2))
    from tests.factories.procedure import answer as grant_to
    from tests.factories.procedure import make_request

    request = make_request(banner=banner, resource_id=resource.id, consumer=banner.stranger, at=banner.at + timedelta(hours=3))
    second = grant_to(request, banner=banner, at=banner.at + timedelta(hours=4)).grant_id
    notice = announce(banner, resource, at=banner.at + timedelta(hours=5))
    assert {one.consumer_id for one in notice.answers} == {banner.consumer.id, banner.stranger.id}
    answer(banner, notice, grant_id, "AGREED", statement="")
    with pytest.raises(errors.ConsumersNotHeard):
        stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=banner.at + timedelta(days=2))
    stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=notice.due_at)
    tasks.stop_sharing(notice.stops_at)
    assert queries.live_grants(resource_id=resource.id) == []
    assert second is not None
