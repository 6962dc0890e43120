"""Demands: stated, assigned, answered; who may what; what silence leads to."""

from datetime import date, timedelta
from typing import Any

import pytest

from gongxiang.platform.demands import actions, errors, queries, states, tasks
from gongxiang.platform.demands.models import Demand
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.evidence import queries as trail
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from tests.factories import catalogue as make
from tests.factories.parties import Banner, make_banner

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    return make_banner()


def stated(banner: Banner, **changes: Any) -> Demand:
    fields = {"title": "残疾人证信息", "items": ["姓名", "残疾类别"], "duty": "《残疾人保障法》规定的补贴审核", **changes}
    return actions.state_demand(**fields, by=banner.consumer.clerk, at=banner.at)


def assigned(banner: Banner, **changes: Any) -> Demand:
    demand = stated(banner, **changes)
    return actions.assign_demand(
        demand_id=demand.pk, provider_id=banner.provider.id, note="请核实", by=banner.authority_officer, at=banner.at
    )


def answered(banner: Banner, outcome: str = states.WILL_BE_COMPILED, **changes: Any) -> Demand:
    demand = assigned(banner)
    fields = {"text": "已列入编目计划。", "planned_on": date(2026, 12, 1), **changes}
    return actions.answer_demand(demand_id=demand.pk, outcome=outcome, by=banner.provider.officer, at=banner.at, **fields)


@pytest.mark.article("wushen-2021-60:4(2)")
def test_a_demand_is_passed_to_a_likely_provider_within_its_period_and_answered(banner):
    demand = stated(banner)
    assert (demand.status, demand.turn, demand.number) == (states.STATED, "authority", "XQ-2026-0001")
    assert demand.due_rule.startswith("demand_assignment=2")
    demand = actions.assign_demand(
        demand_id=demand.pk, provider_id=banner.provider.id, by=banner.authority_officer, at=banner.at
    )
    assert (demand.status, demand.turn) == (states.ASSIGNED, "provider")
    assert demand.due_rule.startswith("demand_answer=5")
    resource = make.make_published(banner=banner)
    demand = actions.answer_demand(
        demand_id=demand.pk, outcome=states.EXISTS, text="已有资源可用。", resource_id=resource.id, by=banner.provider.reviewer,
        at=banner.at,
    )  # fmt: skip
    assert (demand.status, demand.turn, demand.resource_name, demand.due_at) == ("ANSWERED", "consumer", resource.name, None)
    demand = actions.close_demand(demand_id=demand.pk, by=banner.consumer.officer, at=banner.at)
    assert demand.status == states.CLOSED
    kinds = [one.kind for one in trail.trail_of(f"demand:{demand.pk}", by=banner.auditor)]
    assert kinds == ["demand:stated", "demand:assigned", "demand:answered", "demand:closed"]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"title": "某"}, {"TitleMissing"}),
        ({"items": ["", " "]}, {"ItemsMissing"}),
        ({"duty": ""}, {"DutyMissing"}),
        ({"urgent": True}, {"UrgencyUnexplained"}),
        ({"title": "", "items": [], "duty": ""}, {"TitleMissing", "ItemsMissing", "DutyMissing"}),
    ],
)
def test_everything_that_is_missing_is_said_at_once(banner, changes, missing):
    with pytest.raises(Shortfalls) as refused:
        stated(banner, **changes)
    assert {type(one).__name__ for one in refused.value.shortfalls} == missing
    assert all(one.articles and one.todo and one.field for one in refused.value.shortfalls)


def test_state_and_evidence_stand_or_fall_together(banner, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(evidence, "record_act", broken)
    with pytest.raises(RuntimeError):
        stated(banner)
    assert not Demand.objects.exists()


class TestWho:
    """Everybody who may not."""

    def test_only_the_authority_assigns(self, banner):
        demand = stated(banner)
        for person in (banner.consumer.officer, banner.provider.officer, banner.auditor, banner.authority_leader):
            with pytest.raises(NotPermitted):
                actions.assign_demand(demand_id=demand.pk, provider_id=banner.provider.id, by=person, at=banner.at)

    def test_never_to_who_demands(self, banner):
        with pytest.raises(errors.OwnData):
            actions.assign_demand(
                demand_id=stated(banner).pk, provider_id=banner.consumer.id, by=banner.authority_officer, at=banner.at
            )

    @pytest.mark.parametrize("who", ["stranger", "consumer"])
    def test_only_the_provider_answers(self, banner, who):
        demand = assigned(banner)
        for person in (getattr(banner, who).officer, getattr(banner, who).reviewer, banner.provider.clerk):
            with pytest.raises(NotPermitted):
                actions.answer_demand(
                    demand_id=demand.pk, outcome=states.WILL_BE_COMPILED, text="将编制目录", planned_on=date(2026, 12, 1),
                    by=person, at=banner.at,
                )  # fmt: skip

    def test_that_it_does_not_exist_is_the_officers_word(self, banner):
        demand = assigned(banner)
        fields = {"demand_id": demand.pk, "outcome": states.DOES_NOT_EXIST, "text": "本部门未采集。", "at": banner.at}
        with pytest.raises(errors.NotYourAnswer):
            actions.answer_demand(**fields, by=banner.provider.reviewer)
        assert actions.answer_demand(**fields, by=banner.provider.officer).outcome == states.DOES_NOT_EXIST

    def test_the_authority_may_name_an_entry_and_nothing_else(self, banner):
        demand, resource = stated(banner), make.make_published(banner=banner)
        with pytest.raises(NotPermitted):
            actions.answer_demand(
                demand_id=demand.pk, outcome=states.DOES_NOT_EXIST, text="没有数据", by=banner.authority_officer, at=banner.at
            )
        done = actions.answer_demand(
            demand_id=demand.pk, outcome=states.EXISTS, text="目录已有。", resource_id=resource.id, by=banner.authority_officer,
            at=banner.at,
        )  # fmt: skip
        assert done.status == states.ANSWERED

    @pytest.mark.parametrize("act", [actions.close_demand, actions.contest_answer, actions.withdraw_demand])
    def test_only_who_demanded_closes_contests_or_withdraws(self, banner, act):
        demand = answered(banner)
        more = {} if act is actions.close_demand else {"reason": "不符合需要。"}
        for person in (banner.provider.officer, banner.stranger.clerk, banner.authority_officer):
            with pytest.raises(NotPermitted):
                act(demand_id=demand.pk, by=person, at=banner.at, **more)

    def test_people_do_not_lapse_and_nobody_signed_in_sees_nothing(self, banner):
        demand = assigned(banner)
        with pytest.raises(NotPermitted):
            actions.lapse_answer(demand_id=demand.pk, by=banner.authority_leader, at=demand.due_at)
        assert not queries.visible_to(None).exists()
        with pytest.raises(NotFound):
            queries.get_demand(demand.pk, actor=banner.site.system_admin)


class TestAnswers:
    """What an answer must carry."""

    @pytest.mark.parametrize("planned", [None, date(2026, 11, 2), date(2028, 1, 1)])
    def test_what_will_be_compiled_has_a_day(self, banner, planned):
        with pytest.raises(errors.PlanMissing):
            answered(banner, planned_on=planned)

    def test_what_exists_names_a_published_entry(self, banner):
        with pytest.raises(errors.EntryMissing):
            answered(banner, states.EXISTS)
        draft = make.make_draft_entry(banner.provider, at=banner.at)
        demand = Demand.objects.get()
        with pytest.raises(errors.EntryMissing):
            actions.answer_demand(
                demand_id=demand.pk, outcome=states.EXISTS, text="已有资源。", resource_id=draft.id, by=banner.provider.officer,
                at=banner.at,
            )  # fmt: skip

    def test_the_draft_named_is_the_providers_and_its_publication_serves_the_demand(self, banner):
        foreign = make.make_draft_entry(banner.stranger, at=banner.at)
        with pytest.raises(errors.DraftNotYours):
            answered(banner, draft_id=foreign.id)
        draft, demand = make.make_draft_entry(banner.provider, at=banner.at), Demand.objects.get()
        actions.answer_demand(
            demand_id=demand.pk, outcome=states.WILL_BE_COMPILED, text="将编制目录。", planned_on=date(2026, 12, 1),
            draft_id=draft.id, by=banner.provider.officer, at=banner.at,
        )  # fmt: skip
        assert queries.waiting_for_entry(draft.id) == [demand.pk]
        make.bring_to("PUBLISHED", banner=banner, resource_id=draft.id, at=banner.at)
        job = System(name="demand-fulfiller")
        served = actions.fulfil_demand(demand_id=demand.pk, by=job, at=banner.at)
        assert (served.outcome, served.resource_id) == (states.EXISTS, draft.id)
        assert actions.fulfil_demand(demand_id=demand.pk, by=job, at=banner.at) is None
        with pytest.raises(NotPermitted):
            actions.fulfil_demand(demand_id=demand.pk, by=banner.authority_officer, at=banner.at)

    def test_an_answer_is_contested_and_the_authority_has_the_turn(self, banner):
        demand = answered(banner)
        again = actions.contest_answer(demand_id=demand.pk, reason="时间过晚。", by=banner.consumer.clerk, at=banner.at)
        assert (again.status, again.turn, again.outcome, again.planned_on) == (states.STATED, "authority", "", None)

    def test_handed_back_it_is_the_authoritys_again(self, banner):
        demand = assigned(banner)
        with pytest.raises(errors.ReasonMissing):
            actions.hand_back_demand(demand_id=demand.pk, reason=" ", by=banner.provider.reviewer, at=banner.at)
        back = actions.hand_back_demand(
            demand_id=demand.pk, reason="不属本部门职责。", by=banner.provider.reviewer, at=banner.at
        )
        assert (back.status, back.turn) == (states.STATED, "authority")
        with pytest.raises(WrongState):
            actions.close_demand(demand_id=demand.pk, by=banner.consumer.clerk, at=banner.at)


@pytest.mark.article("wushen-2021-60:24")
def test_silence_passes_the_turn_to_the_authority_once_and_a_late_answer_is_recorded_late(banner):
    demand = assigned(banner)
    assert tasks.sweep_overdue(demand.due_at - timedelta(seconds=1)) == 0
    with pytest.raises(errors.NotOverdue):
        actions.lapse_answer(demand_id=demand.pk, by=System(name="demand-sweeper"), at=demand.due_at - timedelta(seconds=1))
    assert tasks.sweep_overdue(demand.due_at + timedelta(hours=1)) == 1
    assert tasks.sweep_overdue(demand.due_at + timedelta(hours=1)) == 0
    row = Demand.objects.get()
    assert (row.status, row.turn, row.late) == (states.OVERDUE, "authority", True)
    (event,) = [one for one in trail.trail_of(f"demand:{row.pk}", by=banner.auditor) if one.kind == "demand:overdue"]
    assert event.occurred_at == demand.due_at
    late = actions.answer_demand(
        demand_id=row.pk, outcome=states.WILL_BE_COMPILED, text="将编制目录。", planned_on=date(2026, 12, 20),
        by=banner.provider.officer, at=row.due_at + timedelta(days=1),
    )  # fmt: skip
    assert late.late


def test_similar_demands_are_found_and_others_are_not(banner):
    demand = stated(banner)
    stated(banner, title="气象观测数据", items=["气温", "降水量"])
    found = queries.similar(title="残疾人证件", items=["残疾类别"], actor=banner.stranger.clerk)
    assert [one.pk for one in found] == [demand.pk]
    assert queries.similar(title="", items=[], actor=banner.stranger.clerk) == []


def test_lists_and_figures(banner):
    demand = answered(banner)
    stated(banner, title="另一需求数据")
    assert [one.pk for one in queries.responsibilities(banner.stranger.clerk)] == [demand.pk]
    assert queries.find_demands(actor=banner.consumer.clerk, box="mine").count() == 2
    assert queries.find_demands(actor=banner.stranger.clerk, box="mine").count() == 0
    assert queries.find_demands(actor=banner.authority_officer, box="to_assign").count() == 1
    figures = queries.figures(banner.authority_officer)
    assert figures.by_status == {"ANSWERED": 1, "STATED": 1}
    assert figures.by_outcome == {"WILL_BE_COMPILED": 1}
    assert [one.pk for one in queries.waiting_for(banner.consumer.clerk)] == [demand.pk]
    assert len(queries.waiting_for(banner.authority_officer)) == 1
