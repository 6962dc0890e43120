"""A request runs into a year whose holiday notice is not out; the authority enters it; the deadline moves as was shown."""

from datetime import date, datetime, timedelta

import pytest

from gongxiang.law.deadlines import last_day
from gongxiang.law.notices import read_notice
from gongxiang.platform.access import actions as access
from gongxiang.platform.access import queries as requests
from gongxiang.platform.access.permissions import RECALCULATOR
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions as issuing
from gongxiang.platform.grants import providing, questions, stopping
from gongxiang.platform.grants import tasks as grants
from gongxiang.platform.grants.models import DisposalDuty, Grant, Provision, Rectification, StopNotice, UseQuestion, UseReport
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.rulebook import actions, clocks, queries
from gongxiang.platform.rulebook import tasks as rulebook
from gongxiang.protocol.clock import BEIJING
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import answer, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:21(2)", "cn-809:21.1")]

#: Invented: Tuesday to Thursday after the statutory days are off too, Sunday the 14th is worked.
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号
一、元旦：1月1日至3日放假，共3天。
二、春节：2月5日至11日放假调休，共7天。2月14日上班。
三、清明节：4月3日至5日放假，共3天。
四、劳动节：5月1日至5日放假调休，共5天。5月8日上班。
五、端午节：6月9日放假，共1天。
六、中秋节：9月15日放假，共1天。
七、国庆节：10月1日至7日放假调休，共7天。9月26日、10月9日上班。
"""
APPLIED = datetime(2027, 2, 1, 9, tzinfo=BEIJING)
ENTERED = datetime(2027, 2, 3, 9, tzinfo=BEIJING)


@pytest.fixture
def banner():
    return make_banner(at=APPLIED)


@pytest.fixture
def request_(banner):
    resource = make.make_published(banner=banner, content=conditional_content())
    return make_request(banner=banner, resource_id=resource.id, at=APPLIED, until=date(2027, 12, 31))


def test_the_deadline_moves_as_the_preview_showed(banner, request_):
    assert request_.due_provisional
    assert last_day(request_.due_at) == date(2027, 2, 10)

    days = read_notice(NOTICE).days
    preview = queries.preview_notice(year=2027, scope="state", days=days, at=ENTERED)
    assert [(m.deadline.subject, last_day(m.due_at)) for m in preview.moves] == [
        (f"access_request:{request_.pk}", date(2027, 2, 14))
    ]
    actions.enter_notice(
        year=2027, number="国办发明电〔2026〕99号", title="放假通知", days=days, seen=preview.seen, by=banner.authority_officer,
        at=ENTERED,
    )  # fmt: skip

    for access_request_id in requests.with_running_clock():
        access.recompute_deadline(access_request_id=access_request_id, by=System(name=RECALCULATOR), at=ENTERED)
    request_.refresh_from_db()
    assert last_day(request_.due_at) == date(2027, 2, 14)
    assert not request_.due_provisional
    assert request_.due_rule == "reply_conditional=5@2021-10-12"

    kinds = [n.kind for n in evidence.trail_of(f"access_request:{request_.pk}", by=banner.auditor)]
    assert kinds[-2:] == ["calendar:notice_entered", "access_request:deadline_recomputed"]
    seen = [n.kind for n in evidence.trail_of(f"access_request:{request_.pk}", by=banner.consumer.officer)]
    assert seen[-1] == "access_request:deadline_recomputed"


@pytest.mark.article("cn-809:22.1")
@pytest.mark.parametrize(
    ("entered", "status", "then"),
    [
        (ENTERED, "DUE", "DUE"),
        # Entered only after the provisional day had passed: what was overdue by it is not overdue any more.
        (datetime(2027, 3, 4, 9, tzinfo=BEIJING), "OVERDUE", "DUE"),
        # And where the day that it moves to has passed as well, the provision stays overdue, by the right day.
        (datetime(2027, 3, 8, 9, tzinfo=BEIJING), "OVERDUE", "OVERDUE"),
        # What was declared before is judged by the day that it moves to.
        (datetime(2027, 3, 8, 9, tzinfo=BEIJING), "DECLARED", "DECLARED"),
    ],
)
def test_the_period_of_provision_moves_too_also_after_it_passed(banner, request_, entered, status, then):
    granted = answer(request_, banner=banner, at=APPLIED)
    row = Provision.objects.get(grant_id=granted.grant_id)
    assert row.due_provisional
    assert last_day(row.due_at) == date(2027, 3, 3)
    if status == "OVERDUE":
        grants.keep_use_true(entered)
    if status == "DECLARED":
        Grant.objects.filter(pk=granted.grant_id).update(mode="file")
        providing.declare_provision(
            grant_id=granted.grant_id, statement="已交付。", by=banner.provider.clerk, at=row.due_at + timedelta(hours=1)
        )
    days = read_notice(NOTICE).days
    preview = queries.preview_notice(year=2027, scope="state", days=days, at=entered)
    assert [(m.deadline.subject, last_day(m.due_at)) for m in preview.moves] == [(f"provision:{row.pk}", date(2027, 3, 5))]
    actions.enter_notice(
        year=2027, number="国办发明电〔2026〕99号", title="放假通知", days=days, seen=preview.seen, by=banner.authority_officer,
        at=entered,
    )  # fmt: skip
    rulebook.recount_all(entered)
    row.refresh_from_db()
    assert (row.status, last_day(row.due_at), row.due_provisional) == (then, date(2027, 3, 5), False)
    kinds = [n.kind for n in evidence.trail_of(f"grant:{granted.grant_id}", by=banner.auditor)]
    assert ("provision:reopened" in kinds) is (status != then)
    (recounted,) = [n for n in evidence.trail_of(f"provision:{row.pk}", by=banner.auditor) if n.kind.endswith("recounted")]
    assert recounted.basis == ("cn-809:22.1",)
    # Certain now: a later notice leaves it where it is.
    late = datetime(2027, 3, 30, tzinfo=BEIJING)
    assert not [c for c in queries.open_deadlines(late) if c.subject.startswith("provision:")]
    if status == "DECLARED":
        done = providing.answer_provision(grant_id=granted.grant_id, received=True, by=banner.consumer.clerk, at=entered)
        assert done.provided_at < done.due_at, "in time, by the day of the notice"


@pytest.mark.article("cn-809:27.1", "cn-809:27.2", "cn-809:29.2")
@pytest.mark.parametrize("late", [False, True], ids=["still to come", "passed as well"])
@pytest.mark.parametrize(
    ("model", "running"), [(UseReport, "DUE"), (DisposalDuty, "OPEN"), (Rectification, "DEMANDED"), (UseQuestion, "ASKED")]
)
def test_what_was_overdue_by_a_provisional_day_is_not_where_the_notice_moves_it(banner, request_, model, running, late):
    grant_id = answer(request_, banner=banner, at=APPLIED).grant_id
    said = {"grant_id": grant_id, "by": banner.provider.officer, "at": APPLIED}
    if model in (UseReport, DisposalDuty):
        at = APPLIED + timedelta(hours=1)
        statement = "目的已经实现，不再需要。"
        issuing.end_grant(grant_id=grant_id, reason="purpose_met", statement=statement, by=banner.consumer.officer, at=at)
        grants.keep_use_true(at)
    elif model is Rectification:
        issuing.suspend_grant(reason="misuse", statement="有三次查询没有对应的办件。", **said)
    else:
        questions.ask_about_use(sign=questions.BY_HAND[0], question="这些查询用于哪些办件？", **said)
    row = model.objects.get()
    assert row.due_provisional
    grants.keep_use_true(row.due_at)
    grants.lapse_rectifications(row.due_at)
    row.refresh_from_db()
    passed = running if model is UseQuestion else "OVERDUE"
    assert row.status == passed
    provisional = row.due_at
    entered = row.due_at + timedelta(days=5 if late else 0, hours=9)
    days = read_notice(NOTICE).days
    preview = queries.preview_notice(year=2027, scope="state", days=days, at=entered)
    moves = {move.deadline.subject: move.due_at for move in preview.moves}
    actions.enter_notice(
        year=2027, number="国办发明电〔2026〕99号", title="放假通知", days=days, seen=preview.seen, by=banner.authority_officer,
        at=entered,
    )  # fmt: skip
    rulebook.recount_all(entered)
    row.refresh_from_db()
    subject = row._meta.db_table.removeprefix("grants_")
    name = {"usereport": "use_report", "disposalduty": "disposal_duty", "usequestion": "use_question"}.get(subject, subject)
    assert row.due_at == moves[f"{name}:{row.pk}"] > provisional
    assert not row.due_provisional
    assert row.status == (passed if late else running)
    reopened = EvidenceRecord.objects.filter(kind=f"{name}:reopened", subject_id=str(row.pk))
    assert reopened.exists() is (not late and model is not UseQuestion)
    rulebook.recount_all(entered)
    assert EvidenceRecord.objects.filter(kind=f"{name}:deadline_recounted").count() == 1, "counted anew once"


@pytest.mark.article("cn-809:27.3")
def test_the_time_to_object_moves_also_after_it_passed_provisionally(banner, request_):
    granted = answer(request_, banner=banner, at=APPLIED, until=date(2027, 12, 31))
    notice = stopping.announce_stop(
        resource_id=granted.resource_id, reason="source_retired", statement="业务系统停用。", stops_on=date(2027, 6, 30),
        by=banner.provider.officer, at=APPLIED,
    )  # fmt: skip
    row = StopNotice.objects.get(pk=notice.id)
    assert row.due_provisional
    entered = row.due_at + timedelta(hours=9)
    days = read_notice(NOTICE).days
    preview = queries.preview_notice(year=2027, scope="state", days=days, at=entered)
    moves = {move.deadline.subject: move.due_at for move in preview.moves}
    actions.enter_notice(
        year=2027, number="国办发明电〔2026〕99号", title="放假通知", days=days, seen=preview.seen, by=banner.authority_officer,
        at=entered,
    )  # fmt: skip
    rulebook.recount_all(entered)
    before = row.due_at
    row.refresh_from_db()
    assert (row.due_at, row.due_provisional) == (moves[f"stop_notice:{row.pk}"], False)
    assert row.due_at > before
    assert [c.subject for c in clocks.running(entered) if c.subject == f"stop_notice:{row.pk}"]
