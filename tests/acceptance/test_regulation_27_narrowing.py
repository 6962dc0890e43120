"""Regulation art. 27: a service is not changed without good reason: less is negotiated with those who use it and filed first.

"政务数据提供部门无正当理由，不得终止或者变更已提供的政务数据共享服务；确需终止或者变更的，应当与使用部门协商，并报主管部门备案。"
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import errors, narrowing, queries, queries_stop, stopping, tasks
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind, Purpose
from tests.factories import catalogue as make
from tests.factories.parties import make_agreement, make_banner
from tests.factories.procedure import FILTER, MASKED, answer, make_grant, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.article("cn-809:27.3")]

NARROWS_ON = date(2026, 11, 30)
TERMS = {
    "elements": ("id_number", "township"), "masks": {"id_number": MASKED["id_number"]}, "conditions": FILTER,
    "purposes": (Purpose.VERIFICATION,),
}  # fmt: skip


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def resource(banner):
    return make.make_conditional(banner=banner)


@pytest.fixture
def grant_id(banner, resource):
    return make_grant(banner=banner, resource_id=resource.id)


def announce(banner, grant_id, **changes):
    values = {
        "grant_id": grant_id, "reason": "not_needed", "statement": "登记核验不需要姓名。", "narrows_on": NARROWS_ON, **TERMS,
        "valid_until": queries.current_terms(grant_id).valid_until, "by": banner.provider.officer,
        "at": banner.at + timedelta(hours=3),
    }  # fmt: skip
    return narrowing.announce_narrowing(**{**values, **changes})


def protect(banner, grant_id, **changes):
    values = {
        "grant_id": grant_id, "ground": "security", "statement": "姓名字段发现泄露风险。", **TERMS,
        "valid_until": queries.current_terms(grant_id).valid_until, "by": banner.provider.officer,
        "at": banner.at + timedelta(hours=3),
    }  # fmt: skip
    return narrowing.protect_now(**{**values, **changes})


def say(banner, notice, grant_id, said, statement="窗口仍需核对姓名。"):
    return stopping.answer_stop(
        notice_id=notice.id, grant_id=grant_id, answer=said, statement=statement, by=banner.consumer.officer,
        at=banner.at + timedelta(days=1),
    )  # fmt: skip


def test_less_is_announced_heard_filed_and_taken_on_its_day(banner, grant_id):
    notice = announce(banner, grant_id)
    assert (notice.kind, notice.number, notice.status) == ("NARROW", "BG-2026-0001", "ANNOUNCED")
    assert notice.answers[0].taken["elements"] == ["name"]
    assert "name" in queries.current_terms(grant_id).elements
    say(banner, notice, grant_id, "AGREED")
    filed = stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=banner.at + timedelta(days=2))
    assert (filed.status, filed.filing_number) == ("FILED", "BA-2026-0001")
    assert tasks.stop_sharing(notice.stops_at - timedelta(seconds=1)) == 0
    assert "name" in queries.current_terms(grant_id).elements
    assert tasks.stop_sharing(notice.stops_at) == 1
    assert queries.current_terms(grant_id).elements == ("id_number", "township")
    assert queries.get_grant(grant_id, actor=banner.consumer.officer).status == "ACTIVE"
    assert [(f.act, f.reason) for f in queries.filings(actor=banner.auditor, grant_id=grant_id)] == [("narrowed", "not_needed")]
    assert queries_stop.get_stop(notice.id, actor=banner.provider.clerk).status == "CARRIED_OUT"


def test_an_objection_upheld_leaves_the_terms_as_they_are(banner, grant_id):
    notice = announce(banner, grant_id)
    say(banner, notice, grant_id, "OBJECTED")
    decide = {"notice_id": notice.id, "by": banner.authority_officer, "at": banner.at + timedelta(days=2)}
    with pytest.raises(errors.ObjectionsUnanswered):
        stopping.file_stop(opinion="", **decide)
    assert stopping.reject_stop(opinion="核验业务确需姓名。", **decide).status == "REJECTED"
    assert tasks.stop_sharing(notice.stops_at) == 0
    assert "name" in queries.current_terms(grant_id).elements


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": "no_wish"}, errors.ReasonNeeded),
        ({"statement": "少"}, errors.ReasonNeeded),
        ({"elements": ("id_number", "name", "township")}, errors.NothingChanges),
        ({"elements": ("id_number", "name", "phone", "township")}, errors.WideningNeedsApplication),
        ({"masks": {}}, errors.WideningNeedsApplication),
        ({"elements": (), "masks": {}}, Shortfalls),
        ({"narrows_on": date(2026, 11, 6)}, errors.StopsTooSoon),
        ({"narrows_on": date(1999, 1, 1)}, errors.StopsTooSoon),
    ],
    ids=["not on the list", "says nothing", "nothing less", "more", "weaker mask", "nothing left", "too soon", "in the past"],
)
def test_what_is_no_narrowing(banner, grant_id, changes, refusal):
    with pytest.raises(refusal):
        announce(banner, grant_id, **changes)


@pytest.mark.parametrize("act", [announce, protect])
def test_who_may_not_give_less(banner, grant_id, act):
    others = (banner.provider.clerk, banner.provider.reviewer, banner.consumer.officer, banner.stranger.officer)
    for who in (*others, banner.authority_officer, banner.authority_leader, banner.auditor, banner.provider.node_operator):
        with pytest.raises(NotPermitted):
            act(banner, grant_id, by=who)
    act(banner, grant_id)
    with pytest.raises(errors.ChangeAnnouncedAlready):
        announce(banner, grant_id, elements=("id_number",))


def test_a_security_risk_does_not_wait_and_is_confirmed_afterwards(banner, grant_id):
    for ground in ("not_needed", "", "basis_lapsed"):
        with pytest.raises(errors.ReasonNeeded):
            protect(banner, grant_id, ground=ground)
    notice = protect(banner, grant_id)
    assert (notice.kind, notice.number) == ("PROTECT", "BH-2026-0001")
    assert queries.current_terms(grant_id).elements == ("id_number", "township")
    assert [n.id for n in queries_stop.waiting_stops(banner.consumer.officer, banner.at + timedelta(hours=4))] == [notice.id]
    with pytest.raises(errors.ConsumersNotHeard):
        stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=banner.at + timedelta(days=1))
    done = stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=notice.due_at)
    assert (done.status, bool(done.filing_number)) == ("CARRIED_OUT", True)
    assert EvidenceRecord.objects.filter(kind="stop_notice:confirmed").count() == 1
    assert tasks.stop_sharing(notice.due_at) == 0


@pytest.mark.parametrize("how", ["upheld", "called off"])
def test_what_was_taken_at_once_is_given_back(banner, grant_id, how):
    before = queries.current_terms(grant_id)
    notice = protect(banner, grant_id)
    say(banner, notice, grant_id, "OBJECTED")
    at = banner.at + timedelta(days=2)
    if how == "upheld":
        stopping.reject_stop(notice_id=notice.id, opinion="风险已排除，恢复提供。", by=banner.authority_leader, at=at)
    else:
        stopping.cancel_stop(notice_id=notice.id, reason="风险已排除。", by=banner.provider.officer, at=at)
    assert queries.current_terms(grant_id) == replace(before, revision=3)
    assert queries.filings(actor=banner.auditor, grant_id=grant_id)[0].act == "restored"


def test_what_was_announced_is_taken_from_the_terms_of_the_day(banner, grant_id):
    stricter = {"id_number": Mask(kind=MaskKind.BLANK)}
    village = Condition(element="township", operator=Comparison.EQ, values=("嘎鲁图镇",))
    notice = announce(banner, grant_id, elements=("id_number", "name", "township"), masks=stricter, conditions=(village,))
    stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=notice.due_at)
    # Meanwhile the authority's leader took away the name.
    from gongxiang.platform.grants import actions

    terms = queries.current_terms(grant_id)
    actions.revise_grant(
        grant_id=grant_id, elements=("id_number", "township"), masks=terms.masks, conditions=terms.conditions,
        purposes=terms.purposes, valid_until=terms.valid_until, reason="裁定不再提供姓名。", by=banner.authority_leader,
        at=notice.due_at,
    )  # fmt: skip
    tasks.stop_sharing(notice.stops_at)
    now = queries.current_terms(grant_id)
    assert (now.elements, now.masks, now.revision) == (("id_number", "township"), stricter, 3)


def test_a_shorter_period_goes_the_same_way_and_ends_the_grant_on_the_day(banner, grant_id):
    terms = queries.current_terms(grant_id)
    notice = announce(
        banner, grant_id, elements=terms.elements, reason="duty_moved",
        valid_until=terms.valid_until - timedelta(days=100),
    )  # fmt: skip
    stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=notice.due_at)
    tasks.stop_sharing(notice.stops_at)
    assert queries.current_terms(grant_id).valid_until == terms.valid_until - timedelta(days=100)


def test_the_same_elements_are_taken_from_every_grant_of_the_resource(banner, resource, grant_id):
    make_agreement(banner.stranger, at=banner.at + timedelta(hours=2))
    request = make_request(banner=banner, resource_id=resource.id, consumer=banner.stranger, at=banner.at + timedelta(hours=3))
    second = answer(request, banner=banner, at=banner.at + timedelta(hours=4)).grant_id
    notice = announce(banner, grant_id, everywhere=True, reason="source_changed", at=banner.at + timedelta(hours=5))
    assert {one.grant_id for one in notice.answers} == {grant_id, second}
    stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=notice.due_at)
    tasks.stop_sharing(notice.stops_at)
    assert "name" not in queries.current_terms(grant_id).elements
    assert "name" not in queries.current_terms(second).elements


def test_a_narrowing_does_not_stand_in_the_way_of_the_end_of_sharing(banner, resource, grant_id):
    narrow = announce(banner, grant_id)
    end = stopping.announce_stop(
        resource_id=resource.id, reason="source_retired", statement="业务系统停用。", stops_on=NARROWS_ON,
        by=banner.provider.officer, at=banner.at + timedelta(hours=4),
    )  # fmt: skip
    for notice in (narrow, end):
        stopping.file_stop(notice_id=notice.id, opinion="", by=banner.authority_officer, at=end.due_at)
    assert tasks.stop_sharing(end.stops_at) == 2
    assert queries.live_grant(grant_id) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM link.orders WHERE kind = 'end_grant'")
        assert cursor.fetchone() == (1,)
