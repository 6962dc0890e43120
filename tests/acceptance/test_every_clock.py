"""Every running clock of every room: reminded of at half time and on the last day, moved when the holiday notice comes."""

from datetime import date, datetime, timedelta

import pytest

from gongxiang.law.deadlines import last_day
from gongxiang.law.notices import read_notice
from gongxiang.platform.access import states
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.demands import actions as demands
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import stopping
from gongxiang.platform.grants.models import Provision
from gongxiang.platform.notices import queries as notices
from gongxiang.platform.notices import tasks
from gongxiang.platform.notices.models import Notice, Reminder
from gongxiang.platform.projects.states import IN_REVIEW
from gongxiang.platform.rulebook import actions, clocks, queries
from gongxiang.platform.rulebook import tasks as rulebook
from gongxiang.protocol.clock import BEIJING
from tests.acceptance.test_walk_holiday_notice import NOTICE
from tests.factories import catalogue as make
from tests.factories import projects
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_agreement, make_banner
from tests.factories.procedure import answer, make_grant, make_request

pytestmark = pytest.mark.django_db

#: Wednesday before the Spring Festival of a year whose notice is not out.
START = datetime(2027, 2, 3, 9, tzinfo=BEIJING)
ENTERED = START + timedelta(hours=6)

#: Clock -> (rule, who is reminded, kind of act that moves it; "" where a fixed day stays).
TABLE = {
    "access_request:reply": ("reply_conditional", "provider.clerk", "access_request:deadline_recomputed"),
    "provision": ("provision", "provider.officer", "provision:deadline_recounted"),
    "demand:stated": ("demand_assignment", "authority_officer", "demand:deadline_recounted"),
    "demand:assigned": ("demand_answer", "provider.reviewer", "demand:deadline_recounted"),
    "resource:review": ("catalogue_review", "authority_leader", "resource:review_recounted"),
    "stop_notice": ("stop_objection", "consumer.officer", "stop_notice:deadline_recounted"),
    "remit_change": ("catalogue_update", "", "remit_change:recounted"),
    "project": ("project_review", "authority_officer", "project:deadline_recounted"),
    "grant": ("grant_end", "consumer.clerk", ""),
    "agreement": ("agreement_end", "stranger.officer", ""),
}


@pytest.fixture
def banner():
    return make_banner(at=START)


@pytest.fixture
def running(banner):
    """One clock of each kind, by its name in the table."""
    make_agreement(banner.stranger, at=START, valid_until=date(2027, 2, 25))
    one = make.make_published(banner=banner, content=conditional_content("甲"), at=START)
    two = make.make_published(banner=banner, content=conditional_content("乙"), at=START)
    three = make.make_published(banner=banner, content=conditional_content("丙"), at=START)
    four = make.make_published(banner=banner, content=complete_content("丁"), at=START)
    reply = make_request(states.SUBMITTED, banner=banner, resource_id=one.id, at=START)
    provided = make_request(states.SUBMITTED, banner=banner, resource_id=two.id, at=START - timedelta(hours=1))
    provided = answer(provided, banner=banner, at=START)
    grant = make_grant(banner=banner, resource_id=three.id, at=START - timedelta(hours=1), until=date(2027, 2, 26))
    stop = stopping.announce_stop(
        resource_id=three.id, reason="source_retired", statement="业务系统停用，数据不再更新。", stops_on=date(2027, 2, 24),
        by=banner.provider.officer, at=START,
    )  # fmt: skip
    fields = {"items": ["姓名"], "duty": "《残疾人保障法》规定的补贴审核"}
    stated = demands.state_demand(title="残疾人证信息", **fields, by=banner.consumer.clerk, at=START)
    assigned = demands.state_demand(title="低保金发放信息", **fields, by=banner.consumer.clerk, at=START)
    demands.assign_demand(demand_id=assigned.pk, provider_id=banner.provider.id, by=banner.authority_officer, at=START)
    entry = make.make_entry_at("SUBMITTED", banner=banner, content=complete_content("戊"), at=START)
    changed = Document(
        kind="DUTY",
        title="职能规定",
        number="乌党办发〔2027〕1号",
        dated=START.date(),
        changed_on=START.date(),
        description="调整。",
    )
    remit = catalogue.register_remit_change(
        department_id=banner.provider.id, document=changed, update=[four.id], by=banner.provider.clerk, at=START
    )
    project = projects.make_project_at(IN_REVIEW, banner=banner, at=START)
    provision = Provision.objects.get(grant_id=provided.grant_id)
    agreement = next(c.subject for c in clocks.running(START) if c.subject.startswith("agreement:"))
    return {
        "access_request:reply": f"access_request:{reply.pk}", "provision": f"provision:{provision.pk}",
        "demand:stated": f"demand:{stated.pk}", "demand:assigned": f"demand:{assigned.pk}",
        "resource:review": f"resource:{entry.id}", "stop_notice": f"stop_notice:{stop.id}",
        "remit_change": f"remit_change:{remit.id}", "project": f"project:{project.id}", "grant": f"grant:{grant}",
        "agreement": agreement,
    }  # fmt: skip


def clock_of(running, name, at=START):
    return next(c for c in clocks.running(at) if c.subject == running[name] and clocks.rule_name(c) == TABLE[name][0])


def person(banner, path):
    for part in path.split("."):
        banner = getattr(banner, part)
    return banner


@pytest.mark.article("wushen-2021-60:21(2)", "wushen-2021-60:24")
def test_each_clock_is_reminded_of_twice_and_each_moment_once(banner, running):
    found = {name: clock_of(running, name) for name in TABLE}
    everyone = [getattr(getattr(banner, side), one) for side in ("provider", "consumer", "stranger")
                for one in ("clerk", "reviewer", "officer")]  # fmt: skip
    calendar = queries.calendar()
    for name, clock in found.items():
        rule, who, _kind = TABLE[name]
        half = clocks.half_time(clock, calendar)
        assert clock.start < half <= clock.due_at, name
        moments = [half, half + timedelta(hours=1), clock.due_at - timedelta(hours=5), clock.due_at - timedelta(hours=1)]
        for at in moments:
            for due, moment in notices.not_reminded([(c, f"period:{m}") for c, m in clocks.reminders_due([clock], at)]):
                tasks.actions.remind_of(clock=due, kind=moment, by=tasks._JOB, at=at)
                # Another worker with the same list comes a moment later.
                assert tasks.actions.remind_of(clock=due, kind=moment, by=tasks._JOB, at=at + timedelta(seconds=1)) == 0
        told = Notice.objects.filter(topic="period", subject_id=clock.subject.partition(":")[2], values__rule=rule)
        kinds = sorted(set(told.values_list("kind", flat=True)))
        if not who:
            assert kinds == [], f"{name} reminds by acts of its own"
            continue
        assert "period:last_day" in kinds, name
        assert len(kinds) == 2 or (clock.due_at - half) <= timedelta(days=1), name
        assert told.filter(person_id=person(banner, who).id, kind="period:last_day").count() == 1, name
        for stranger in everyone:
            if stranger.department_id not in clock.turn:
                assert not told.filter(person_id=stranger.id).exists(), (name, stranger)

    # The sweep does the same for all rooms at once, and nothing twice after a restart.
    Notice.objects.all().delete()
    Reminder.objects.all().delete()
    at = START + timedelta(days=2)
    first = tasks.remind(at)
    before = (Notice.objects.filter(topic="period").count(), Reminder.objects.count())
    assert first == before[0] > 0
    assert tasks.remind(at + timedelta(minutes=5)) == 0
    assert (Notice.objects.filter(topic="period").count(), Reminder.objects.count()) == before


@pytest.mark.article("wushen-2021-60:21(2)", "cn-809:21.1", "cn-809:22.1", "cn-809:27.3", "cn-809:17")
def test_a_notice_moves_every_clock_in_working_days_as_was_shown_with_evidence(banner, running):
    before = {name: clock_of(running, name) for name in TABLE}
    days = read_notice(NOTICE).days
    preview = queries.preview_notice(year=2027, scope="state", days=days, at=ENTERED)
    moves = {(move.deadline.subject, move.deadline.rule): move.due_at for move in preview.moves}
    actions.enter_notice(
        year=2027, number="国办发明电〔2026〕99号", title="通知", days=days, seen=preview.seen, by=banner.authority_officer,
        at=ENTERED,
    )  # fmt: skip
    rulebook.recount_all(ENTERED)
    rulebook.recount_all(ENTERED)
    for name, (_rule, _who, kind) in TABLE.items():
        clock = clock_of(running, name, ENTERED)
        shown = moves.get((clock.subject, clock.rule), before[name].due_at)
        assert last_day(clock.due_at) == last_day(shown), name
        if not kind:
            assert clock.due_at == before[name].due_at, name
            continue
        assert clock.due_at != before[name].due_at, name
        (record,) = EvidenceRecord.objects.filter(kind=kind, subject_id=clock.subject.partition(":")[2])
        assert record.actor_kind == "system", name
        assert record.basis, name
    # The State Council changes its notice while the cases run: everything moves again, as the second preview shows.
    changed = read_notice(NOTICE.replace("2月5日至11日", "2月5日至9日").replace("2月14日上班。", "")).days
    again = queries.preview_notice(year=2027, scope="state", days=changed, at=ENTERED)
    assert {move.later for move in again.moves} == {False}
    assert again.settled == 0, "they were final already"
    actions.enter_notice(
        year=2027, number="国办发明电〔2027〕1号", title="调整通知", days=changed, seen=again.seen,
        by=banner.authority_officer, at=ENTERED,
    )  # fmt: skip
    rulebook.recount_all(ENTERED)
    shown = {move.deadline.subject: move.due_at for move in again.moves}
    moved = {name: clock_of(running, name, ENTERED).due_at for name in TABLE if running[name] in shown and TABLE[name][2]}
    assert moved == {name: shown[running[name]] for name in moved}
    assert len(moved) > 4
    assert EvidenceRecord.objects.filter(kind="demand:deadline_recounted").count() == 4

    # Whoever joins with a clock in working days says how it is counted anew.
    fixed = {name for name, source in queries.deadline_sources().items() if not any(c.in_working_days for c in source(START))}
    assert set(queries.deadline_sources()) - set(queries.recounts()) <= fixed
