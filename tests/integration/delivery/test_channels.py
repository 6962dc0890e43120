"""Exchanges outside the platform: every arrow with everybody who may and may not, plans, proof, exemptions, findings."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from gongxiang.platform.delivery import channels as actions
from gongxiang.platform.delivery import errors_channels as errors
from gongxiang.platform.delivery import opening, tasks
from gongxiang.platform.delivery import queries_channels as queries
from gongxiang.platform.delivery import states as flow_states
from gongxiang.platform.delivery import states_channels as states
from gongxiang.platform.delivery.models import Flow, OutsideChannel
from gongxiang.platform.evidence import queries as trail
from gongxiang.platform.evidence.actions import transition
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.rulebook import queries as rulebook
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant

pytestmark = pytest.mark.django_db
WATCHER = System(name="channel-watcher")


@pytest.fixture
def banner() -> Banner:
    return make_banner()


def declared(banner: Banner, by: Any = None, **changes: Any) -> OutsideChannel:
    fields = {
        "provider_id": banner.provider.id, "consumer_id": banner.consumer.id, "title": "救助对象名册", "kind": "usb",
        "items": ["姓名", "金额"], "basis": "双方会议纪要", "frequency": "MONTHLY", **changes,
    }  # fmt: skip
    return actions.declare_channel(**fields, by=by or banner.consumer.clerk, at=banner.at)


def steps(banner: Banner) -> dict[str, Callable[[Any, Any], Any]]:
    """Act -> call with the channel's key and the person."""
    at = banner.at
    plan = [(at.date() + timedelta(days=20), "挂接库表"), (at.date() + timedelta(days=40), "停用移动介质")]
    return {
        "confirm": lambda key, by: actions.confirm_channel(channel_id=key, by=by, at=at),
        "dismiss": lambda key, by: actions.dismiss_channel(channel_id=key, reason="经核实并未交换。", by=by, at=at),
        "plan": lambda key, by: actions.plan_channel(channel_id=key, steps=plan, note="按期接入平台", by=by, at=at),
        "migrate": lambda key, by: actions.migrate_channel(channel_id=key, grant_id=GRANTED[0], by=by, at=at),
        "ask_exemption": lambda key, by: actions.ask_exemption(
            channel_id=key, ground="LAW", basis="《统计法》第九条", by=by, at=at
        ),
        "exempt": lambda key, by: actions.exempt_channel(channel_id=key, by=by, at=at),
        "decline": lambda key, by: actions.decline_exemption(channel_id=key, reason="依据不足。", by=by, at=at),
        "close": lambda key, by: actions.close_channel(channel_id=key, reason="已停止交换。", by=by, at=at),
        "reopen": lambda key, by: actions.reopen_channel(channel_id=key, reason="检查发现仍在使用。", by=by, at=at),
    }


#: The grant of the present test whose data flow.
GRANTED: list[Any] = []


def flowing(banner: Banner) -> Flow:
    """A grant between the two departments with its flow requested."""
    resource = make.make_published(content=conditional_content("救助对象基本信息"), banner=banner)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    GRANTED[:] = [grant_id]
    opening.request_flow(grant_id, at=banner.at)
    return Flow.objects.get(grant_id=grant_id)


def arrived(flow: Flow, banner: Banner) -> None:
    """The first rows are there, as the data plane reports it; how it does is shown in test_delivery."""
    transition(
        flow, table=flow_states.FLOW, act="start", by=System(name="fact-intake"), at=banner.at,
        changes={"started_at": banner.at, "waiting_for": ""},
    )  # fmt: skip
    Flow.objects.filter(pk=flow.pk).update(receipt_at=banner.at, receipts=1)


def brought_to(status: str, banner: Banner, **changes: Any) -> OutsideChannel:
    row, do = declared(banner, **changes), steps(banner)
    who = {"confirm": banner.authority_officer, "exempt": banner.authority_leader}
    paths = {
        states.DECLARED: (), states.CONFIRMED: ("confirm",), states.PLANNED: ("confirm", "plan"),
        states.OVERDUE: ("confirm", "lapse"), states.EXEMPTION_ASKED: ("confirm", "ask_exemption"),
        states.EXEMPT: ("confirm", "ask_exemption", "exempt"), states.MIGRATED: ("confirm", "migrate"),
        states.CLOSED: ("confirm", "close"),
    }  # fmt: skip
    for act in paths[status]:
        row.refresh_from_db()
        if act == "lapse":
            actions.lapse_channel(channel_id=row.pk, by=WATCHER, at=row.due_at)
        else:
            do[act](row.pk, who.get(act, banner.consumer.officer))
    row.refresh_from_db()
    assert row.status == status
    return row


SIDES = {"provider.officer", "consumer.officer"}
DESK = {f"{side}.{role}" for side in ("provider", "consumer") for role in ("clerk", "reviewer", "officer")}
EVERYBODY = (
    "provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator", "consumer.clerk", "consumer.officer",
    "stranger.officer", "stranger.clerk", "authority_officer", "authority_leader", "auditor", "site.system_admin",
    "site.security_admin", "site.audit_admin",
)  # fmt: skip
#: act, from, who may, state afterwards, whose turn, event.
ARROWS = [
    ("confirm", states.DECLARED, {"authority_officer"}, states.CONFIRMED, "provider", "confirmed"),
    ("dismiss", states.DECLARED, {"authority_officer"}, states.CLOSED, "", "dismissed"),
    *[("plan", s, SIDES, states.PLANNED, "provider", "planned") for s in states.MOVABLE],
    *[("migrate", s, DESK, states.MIGRATED, "", "migrated") for s in states.MOVABLE],
    *[("ask_exemption", s, SIDES, states.EXEMPTION_ASKED, "authority", "exemption_asked") for s in states.MOVABLE],
    *[("close", s, SIDES, states.CLOSED, "", "closed") for s in states.MOVABLE],
    ("exempt", states.EXEMPTION_ASKED, {"authority_leader"}, states.EXEMPT, "", "exempted"),
    ("decline", states.EXEMPTION_ASKED, {"authority_leader"}, states.CONFIRMED, "provider", "exemption_declined"),
    *[("reopen", s, {"authority_officer"}, states.CONFIRMED, "provider", "reopened")
      for s in (states.EXEMPT, states.MIGRATED, states.CLOSED)],
]  # fmt: skip


def person(banner: Banner, name: str) -> Any:
    found: Any = banner
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_every_arrow_is_gone_by_whom_it_names_and_by_nobody_else(banner):
    arrived(flowing(banner), banner)
    do = steps(banner)
    known = {(arrow.act, source) for arrow in states.OUTSIDE_CHANNEL.transitions for source in arrow.sources}
    assert {(act, source) for act, source, *_ in ARROWS} == {one for one in known if one[0] != "lapse"}
    for number, status in enumerate(states.OUTSIDE_CHANNEL.states):
        row = brought_to(status, banner, title=f"救助对象名册{number}")
        for act, _source, may, after, turn, event in [arrow for arrow in ARROWS if arrow[1] == status]:
            for name in EVERYBODY:
                if name not in may:
                    with pytest.raises((NotPermitted, NotFound)):
                        do[act](row.pk, person(banner, name))
            point, so_far = transaction.savepoint(), len(trail.trail_of(f"outside_channel:{row.pk}", by=banner.auditor))
            done = do[act](row.pk, person(banner, sorted(may)[0]))
            assert (done.status, done.turn) == (after, turn), (act, status)
            news = trail.trail_of(f"outside_channel:{row.pk}", by=banner.auditor)
            (latest,) = [one for one in news if one.kind == f"outside_channel:{event}"][-1:]
            assert len(news) > so_far
            assert set(states.OUTSIDE_CHANNEL.find(act, status).basis) <= set(latest.basis)
            transaction.savepoint_rollback(point)
        for act in do:
            if (act, status) not in known:
                who = {"confirm": banner.authority_officer, "dismiss": banner.authority_officer}
                who |= {"exempt": banner.authority_leader, "decline": banner.authority_leader}
                with pytest.raises(WrongState):
                    do[act](row.pk, who.get(act, banner.authority_officer if act == "reopen" else banner.consumer.officer))


@pytest.mark.article("wushen-2021-60:17")
def test_what_is_not_secret_comes_onto_the_platform_and_the_move_is_proven_by_rows(banner):
    """政务部门间非涉密政务信息资源共享必须通过公共信息平台实现: declared, confirmed, planned, moved, proven."""
    row = brought_to(states.CONFIRMED, banner)
    assert (row.number, row.found_by, row.turn) == ("QD-2026-0001", states.SELF, "provider")
    assert row.due_rule.startswith("channel_plan=20")
    assert queries.channels_findings(actor=banner.authority_officer) == [], "who reports its own in time is no finding"
    row = steps(banner)["plan"](row.pk, banner.provider.officer)
    assert [one.what for one in queries.steps_of(row)] == ["挂接库表", "停用移动介质"]
    actions.finish_step(channel_id=row.pk, serial=1, by=banner.provider.clerk, at=banner.at)
    for serial in (1, 7, -1, 10**9):
        with pytest.raises(errors.StepUnknown):
            actions.finish_step(channel_id=row.pk, serial=serial, by=banner.provider.clerk, at=banner.at)
    flow = flowing(banner)
    with pytest.raises(errors.NothingFlowsYet):
        steps(banner)["migrate"](row.pk, banner.consumer.clerk)
    arrived(flow, banner)
    other = declared(banner, title="反向名册", provider_id=banner.consumer.id, consumer_id=banner.provider.id)
    steps(banner)["confirm"](other.pk, banner.authority_officer)
    with pytest.raises(errors.GrantOfOthers):
        steps(banner)["migrate"](other.pk, banner.consumer.clerk)
    with pytest.raises(NotFound):
        actions.migrate_channel(channel_id=row.pk, grant_id=uuid4(), by=banner.consumer.clerk, at=banner.at)
    row = steps(banner)["migrate"](row.pk, banner.consumer.clerk)
    assert (row.status, row.proven_at, row.due_at) == (states.MIGRATED, banner.at, None)


@pytest.mark.article("wushen-2021-60:17")
def test_what_is_late_or_was_hidden_is_a_dated_finding_until_it_is_settled(banner):
    row = brought_to(states.CONFIRMED, banner)
    due = row.due_at
    assert tasks.sweep_channels(due - timedelta(seconds=1)) == 0
    assert tasks.sweep_channels(due + timedelta(hours=3)) == 1
    assert tasks.sweep_channels(due + timedelta(hours=3)) == 0, "two sweepers make one finding"
    (found,) = queries.channels_findings(actor=banner.authority_officer)
    assert (found.kind, found.found_at, found.status) == (states.UNPLANNED, due, states.OVERDUE)
    assert found.basis == ("wushen-2021-60:17", "wushen-2021-60:30(6)")
    with pytest.raises(errors.ChannelReasonMissing):
        actions.plan_channel(
            channel_id=row.pk, steps=[(date(2026, 12, 30), "接入")], by=banner.provider.officer, at=due + timedelta(hours=4)
        )
    later = due + timedelta(hours=4)
    row = actions.plan_channel(
        channel_id=row.pk, steps=[(later.date() + timedelta(days=5), "接入平台")], note="人员变动", by=banner.provider.officer,
        at=later,
    )  # fmt: skip
    assert tasks.sweep_channels(row.due_at) == 1
    assert {one.kind for one in queries.channels_findings(actor=banner.auditor)} == {states.UNPLANNED, states.LATE}
    assert queries.channels_findings(actor=banner.stranger.officer) == []
    assert len(queries.channels_findings(actor=banner.provider.clerk)) == 2
    actions.close_channel(channel_id=row.pk, reason="不再交换。", by=banner.provider.officer, at=row.due_at)
    assert queries.channels_findings(actor=banner.authority_officer) == []
    settled = queries.channels_findings(actor=banner.authority_officer, open_only=False)
    assert {one.settled_how for one in settled} == {states.CLOSED}
    hidden = declared(banner, banner.authority_officer, title="直连数据库", kind="database")
    assert hidden.found_by == states.AUTHORITY
    steps(banner)["confirm"](hidden.pk, banner.authority_officer)
    (found,) = queries.channels_findings(actor=banner.authority_officer)
    assert found.kind == states.FOUND
    figures = queries.figures(banner.authority_officer)
    assert (figures.open, figures.findings, figures.by_kind) == (1, 1, {"database": 1})


def test_exemption_needs_a_ground_that_fits_a_basis_and_the_leader(banner):
    row = brought_to(states.CONFIRMED, banner)
    for ground, basis, refusal in (
        ("SECRET", "涉密网", errors.NotSecret), ("LAW", " ", errors.ExemptionWithoutBasis),
        ("HABIT", "一直如此", errors.ExemptionWithoutBasis),
    ):  # fmt: skip
        with pytest.raises(refusal):
            actions.ask_exemption(channel_id=row.pk, ground=ground, basis=basis, by=banner.consumer.officer, at=banner.at)
    secret = brought_to(states.CONFIRMED, banner, title="涉密渠道登记", secret=True)
    actions.ask_exemption(
        channel_id=secret.pk, ground="SECRET", basis="经批准的涉密网", by=banner.consumer.officer, at=banner.at
    )
    done = steps(banner)["exempt"](secret.pk, banner.authority_leader)
    assert (done.status, done.exempt_by) == (states.EXEMPT, banner.authority_leader.name)


def test_what_a_declaration_must_say_and_who_may_make_it(banner):
    for changes, refusal in (
        ({"title": "某"}, Shortfalls), ({"kind": "pigeon"}, Shortfalls), ({"frequency": "OFTEN"}, Shortfalls),
        ({"since": date(2999, 1, 1)}, Shortfalls), ({"since": date(1, 1, 1)}, Shortfalls),
        ({"consumer_id": banner.provider.id}, errors.ChannelOneSided),
    ):  # fmt: skip
        with pytest.raises(refusal):
            declared(banner, **changes)
    with pytest.raises(errors.ChannelOneSided):
        declared(banner, banner.stranger.clerk)
    for name in ("authority_leader", "auditor", "provider.node_operator", "site.system_admin"):
        with pytest.raises(NotPermitted):
            declared(banner, person(banner, name))
    row = declared(banner)
    with pytest.raises(errors.ChannelKnown) as refused:
        declared(banner, banner.provider.clerk)
    assert row.number in refused.value.message
    with pytest.raises(NotFound):
        queries.get_channel(row.pk, actor=banner.stranger.officer)
    assert queries.get_channel(row.pk, actor=banner.auditor).pk == row.pk
    for steps_ in ([], [(banner.at.date(), "今天")], [(date(2035, 1, 1), "太远")], [(date(2026, 12, 1), " ")]):
        with pytest.raises(Refusal):
            actions.policies.check_plan(steps_, banner.at, longest=366)


def test_live_grants_of_entries_delivered_otherwise_are_found_once_by_the_product(banner):
    content = conditional_content("邮件交换的名册", sharing_mode="OTHER")
    resource = make.make_published(content=content, banner=banner)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    assert tasks.sweep_channels(banner.at) == 1
    assert tasks.sweep_channels(banner.at) == 0
    row = OutsideChannel.objects.get()
    assert (row.found_by, row.source, row.turn) == (states.AUTOMATIC, f"grant:{grant_id}", "authority")
    assert [one.pk for one in queries.waiting_for(banner.authority_officer)] == [row.pk]


def test_people_neither_watch_nor_find_and_the_period_may_move(banner):
    row = brought_to(states.CONFIRMED, banner)
    for act in (actions.lapse_channel, actions.recount_plan):
        with pytest.raises(NotPermitted):
            act(channel_id=row.pk, by=banner.authority_leader, at=banner.at)
    with pytest.raises(NotPermitted):
        actions.declare_found(
            provider_id=banner.provider.id, consumer_id=banner.consumer.id, title="名册名册", source="x", frequency="DAILY",
            by=banner.authority_officer, at=banner.at,
        )  # fmt: skip
    subjects = [one.subject for one in rulebook.open_deadlines(banner.at)]
    assert f"outside_channel:{row.pk}" in subjects
    assert actions.recount_plan(channel_id=row.pk, by=WATCHER, at=banner.at) is None
