"""Regulation art. 27: use beyond the scope is suspended, put right within a time, and ended if it is not put right.

"使用部门超出使用范围……的，提供部门应当暂停其政务数据共享权限，并督促限期整改；拒不整改或者整改不到位的，可以终止共享。"
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions, clocks, errors, queries, queries_rectify, rectifying, states, tasks
from gongxiang.platform.grants.models import Rectification
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from tests.factories import catalogue as make
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant

pytestmark = [pytest.mark.django_db, pytest.mark.article("cn-809:27.2")]

STATEMENT = "发现超出授权用途批量核验。"
REPORT = "已停用批量脚本，重新培训经办人，并逐笔登记事项编号。"


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def grant_id(banner):
    return make_grant(banner=banner, resource_id=make.make_conditional(banner=banner).id)


def suspend(banner, grant_id, *, by=None, **changes) -> Rectification:
    given: dict[str, Any] = {"reason": "misuse", "statement": STATEMENT, "at": banner.at, **changes}
    actions.suspend_grant(grant_id=grant_id, by=by or banner.provider.officer, **given)
    return Rectification.objects.get(grant_id=grant_id, status=states.DEMANDED)


def report(banner, row, *, by=None, text=REPORT, at=None, files=()):
    return rectifying.report_rectification(
        rectification_id=row.pk,
        report=text,
        files=files,
        by=by or banner.consumer.officer,
        at=at or banner.at + timedelta(days=1),
    )


def reach(banner, row, status):
    """Bring the rectification to a state by the acts themselves."""
    at = banner.at + timedelta(days=1)
    if status in ("REPORTED", "DECLINED", "ACCEPTED"):
        report(banner, row)
    if status == "DECLINED":
        rectifying.decline_rectification(rectification_id=row.pk, opinion="未说明范围。", by=banner.provider.officer, at=at)
    if status == "ACCEPTED":
        actions.accept_rectification(grant_id=row.grant_id, opinion="整改到位。", by=banner.provider.officer, at=at)
    if status == "OVERDUE":
        tasks.lapse_rectifications(row.due_at)
    row.refresh_from_db()
    assert row.status == status


def test_suspended_put_right_accepted_and_resumed(banner, grant_id):
    row = suspend(banner, grant_id, demand="停止批量核验，逐笔登记事项编号。")
    assert (row.number, row.due_rule, row.due_basis) == ("ZG-2026-0001", "rectification=10@2025-08-01", "cn-809:27.2")
    seen = queries_rectify.get_rectification(row.pk, actor=banner.consumer.clerk)
    assert (seen.turn, seen.demand) == ("consumer", "停止批量核验，逐笔登记事项编号。")
    assert [r.id for r in queries_rectify.waiting_rectifications(banner.consumer.officer)] == [row.pk]
    reported = report(banner, row, files=[("整改照片.png", b"\x89PNG\r\n\x1a\n" + bytes(40))])
    assert (reported.status, len(reported.uploads)) == ("REPORTED", 1)
    assert [r.id for r in queries_rectify.waiting_rectifications(banner.provider.officer)] == [row.pk]
    assert queries.get_grant(grant_id, actor=banner.consumer.officer).status == "SUSPENDED"
    grant = actions.accept_rectification(
        grant_id=grant_id, opinion="整改到位，恢复共享。", by=banner.provider.officer, at=banner.at + timedelta(days=2)
    )
    row.refresh_from_db()
    assert (grant.status, row.status) == ("ACTIVE", "ACCEPTED")
    assert [f.act for f in queries.filings(actor=banner.auditor, grant_id=grant_id)] == ["resumed", "suspended"]
    assert queries_rectify.waiting_rectifications(banner.provider.officer) == []


@pytest.mark.parametrize("how", ["declined", "overdue"])
def test_only_what_was_not_put_right_ends_the_grant(banner, grant_id, how):
    row = suspend(banner, grant_id)
    end = {"grant_id": grant_id, "reason": "misuse", "statement": "整改不到位，终止共享。", "by": banner.provider.officer}
    with pytest.raises(errors.RectificationRuns):
        actions.end_grant(**end, at=banner.at + timedelta(hours=1))
    if how == "declined":
        report(banner, row)
        with pytest.raises(errors.RectificationRuns):
            actions.end_grant(**end, at=banner.at + timedelta(days=1))
        rectifying.decline_rectification(
            rectification_id=row.pk,
            opinion="未说明已取走数据的去向。",
            by=banner.provider.officer,
            at=banner.at + timedelta(days=2),
        )
        at = banner.at + timedelta(days=3)
    else:
        assert tasks.lapse_rectifications(row.due_at - timedelta(seconds=1)) == 0
        assert tasks.lapse_rectifications(row.due_at) == 1
        assert tasks.lapse_rectifications(row.due_at) == 0
        at = row.due_at
    assert actions.end_grant(**end, at=at).status == "ENDED"
    row.refresh_from_db()
    assert row.status == "CLOSED"


def test_another_day_instead_of_the_end_and_a_late_report(banner, grant_id):
    row = suspend(banner, grant_id, rectify_on=date(2026, 11, 5))
    assert row.due_rule == "as demanded"
    tasks.lapse_rectifications(row.due_at)
    again = rectifying.demand_again(
        rectification_id=row.pk, demand="再给三日。", rectify_on=date(2026, 11, 12), by=banner.provider.officer, at=row.due_at
    )
    assert (again.status, again.times) == ("DEMANDED", 2)
    tasks.lapse_rectifications(again.due_at)
    assert report(banner, row, at=again.due_at + timedelta(hours=1)).status == "REPORTED"
    assert EvidenceRecord.objects.get(kind="rectification:reported").detail == {"late": True}


def test_a_fault_of_the_source_is_not_for_the_consumer_to_put_right(banner, grant_id):
    actions.suspend_grant(
        grant_id=grant_id, reason="source_fault", statement="源库故障。", by=banner.provider.officer, at=banner.at
    )
    assert not Rectification.objects.exists()
    actions.resume_grant(grant_id=grant_id, statement="源库已恢复。", by=banner.provider.officer, at=banner.at)


def test_lifted_without_a_report_closes_it_and_the_authority_decides_its_own(banner, grant_id):
    row = suspend(banner, grant_id, by=banner.authority_officer, reason="security")
    report(banner, row)
    for act in (
        lambda: actions.accept_rectification(grant_id=grant_id, opinion="整改到位。", by=banner.provider.officer, at=banner.at),
        lambda: rectifying.decline_rectification(
            rectification_id=row.pk, opinion="不够。不够。", by=banner.provider.officer, at=banner.at
        ),
    ):
        with pytest.raises(errors.NotYourSuspension):
            act()
    assert queries_rectify.waiting_rectifications(banner.provider.officer) == []
    assert [r.id for r in queries_rectify.waiting_rectifications(banner.authority_leader)] == [row.pk]
    actions.resume_grant(grant_id=grant_id, statement="系误报，恢复。", by=banner.authority_leader, at=banner.at)
    row.refresh_from_db()
    assert row.status == "CLOSED"


#: act, state it starts from, who may, state it leads to, event.
ACTS = [
    ("report", "DEMANDED", {"consumer.officer"}, "REPORTED", "reported"),
    ("report", "OVERDUE", {"consumer.officer"}, "REPORTED", "reported"),
    ("accept", "REPORTED", {"provider.officer", "authority_officer", "authority_leader"}, "ACCEPTED", "accepted"),
    ("decline", "REPORTED", {"provider.officer", "authority_officer", "authority_leader"}, "DECLINED", "declined"),
    ("demand_again", "OVERDUE", {"provider.officer", "authority_officer", "authority_leader"}, "DEMANDED", "demanded_again"),
    ("demand_again", "DECLINED", {"provider.officer", "authority_officer", "authority_leader"}, "DEMANDED", "demanded_again"),
]
EVERYBODY = [
    f"{side}.{role}" for side in ("provider", "consumer", "stranger")
    for role in ("clerk", "reviewer", "officer", "node_operator")
] + ["authority_officer", "authority_leader", "auditor", "site.security_admin"]  # fmt: skip


@pytest.mark.parametrize(("act", "start", "may", "target", "event"), ACTS, ids=[f"{a[0]} from {a[1]}" for a in ACTS])
def test_each_arrow_who_may_and_everyone_who_may_not(banner, grant_id, act, start, may, target, event):
    row = suspend(banner, grant_id)
    reach(banner, row, start)
    at = row.due_at + timedelta(hours=1)
    key = {"rectification_id": row.pk}
    acts = {
        "report": lambda by: rectifying.report_rectification(report=REPORT, by=by, at=at, **key),
        "accept": lambda by: actions.accept_rectification(grant_id=grant_id, opinion="整改到位。", by=by, at=at),
        "decline": lambda by: rectifying.decline_rectification(opinion="仍不到位。", by=by, at=at, **key),
        "demand_again": lambda by: rectifying.demand_again(demand="再限十日。", by=by, at=at, **key),
    }
    arrow = states.RECTIFICATION.find(act, start)
    assert (arrow.target, arrow.event, arrow.basis) == (target, event, ("cn-809:27.2",))
    for name in EVERYBODY:
        who: Any = banner
        for part in name.split("."):
            who = getattr(who, part)
        if name in may:
            point = transaction.savepoint()
            acts[act](who)
            row.refresh_from_db()
            assert row.status == target
            assert EvidenceRecord.objects.filter(kind=f"rectification:{event}").exists()
            transaction.savepoint_rollback(point)
            row.refresh_from_db()
        else:
            with pytest.raises((NotPermitted, NotFound)):
                acts[act](who)
    wrong = next(s for s in ("ACCEPTED", "DEMANDED", "REPORTED") if not states.RECTIFICATION.can(act, s))
    with pytest.raises(WrongState):
        states.RECTIFICATION.find(act, wrong)


def test_bad_input_and_two_at_once(banner, grant_id):
    for day in (date(1, 1, 1), date(2026, 11, 2), date(9999, 12, 31)):
        with pytest.raises(errors.RectifyDayUnfit):
            suspend(banner, grant_id, rectify_on=day)
    row = suspend(banner, grant_id)
    for text in ("", "  ", "改了"):
        with pytest.raises(errors.ReportIncomplete):
            report(banner, row, text=text)
    with pytest.raises(errors.ReportIncomplete):
        report(banner, row, files=[("a.txt", b"x")] * 6)
    report(banner, row)
    with pytest.raises(WrongState):
        report(banner, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rectification.objects.filter(pk=row.pk).update(reported_at=None)
    with pytest.raises(NotFound):
        queries_rectify.get_rectification(row.pk, actor=banner.stranger.officer)


@pytest.mark.article("cn-809:27.2", "wushen-2021-60:21(2)")
def test_the_period_is_known_to_the_preview_of_a_holiday_notice(banner, grant_id):
    row = suspend(banner, grant_id)
    assert f"rectification:{row.pk}" in {one.subject for one in clocks.open_deadlines(banner.at)}
    assert clocks.recount_deadlines(by=tasks.System(name=tasks.RECALCULATOR), at=banner.at) == 0
    with pytest.raises(NotPermitted):
        clocks.recount_deadlines(by=banner.authority_leader, at=banner.at)
