"""The demo's disputes, and what does not exist: one in consultation, one settled by mediation, one filing with its plan."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import actions, answers, collecting, disputing, mediating, queries_dispute
from gongxiang.platform.demands import queries as demands
from gongxiang.protocol import clock
from gongxiang.protocol.terms import Purpose


def _day(days: int) -> Any:
    return beijing_date(clock.now()) + timedelta(days=days)


def settle_by_mediation(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> None:
    """A refusal that the consultation did not mend: both were heard, both accepted the opinion, it was carried out."""
    provider, consumer = banner.offices["minzheng"], banner.offices["yibao"]
    fields: dict[str, Any] = {
        "legal_basis": "《医疗保障基金使用监督管理条例》第十三条", "purposes": ["verification"],
        "use_case": "核对高龄参保人员待遇状态，防止重复享受。", "scope": "待遇保障股", "elements": ["bh", "mc"], "mode": "file",
        "until": _day(330), "materials": [],
    }  # fmt: skip
    asked = actions.draft_access_request(resource_id=resources["gaoling"], fields=fields, by=consumer.clerk, at=clock.now()).pk
    actions.save_draft(access_request_id=asked, fields={}, ban_accepted=True, by=consumer.clerk, at=clock.now())
    actions.present_access_request(access_request_id=asked, by=consumer.clerk, at=clock.now())
    travel.pass_minutes(10)
    actions.consent_access_request(access_request_id=asked, by=consumer.officer, at=clock.now())
    actions.submit_access_request(access_request_id=asked, by=consumer.clerk, at=clock.now())
    travel.pass_minutes(30)
    reply = answers.prepare_reply(
        access_request_id=asked, outcome="refuse", ground="purpose_unfit", text="高龄津贴信息与医保待遇核对无关。",
        by=provider.reviewer, at=clock.now(),
    )  # fmt: skip
    answers.consent_reply(access_request_id=asked, read_at=reply.prepared_at, by=provider.officer, at=clock.now())
    travel.pass_minutes(30)
    dispute = disputing.open_dispute(
        access_request_id=asked,
        grounds="防止已故人员继续享受待遇是法定监管职责，须定期核对。",
        by=consumer.officer,
        at=clock.now(),
    )
    key: dict[str, Any] = {"dispute_id": dispute.pk}
    travel.pass_minutes(30)
    disputing.ask_mediation(access_request_id=asked, statement="对用途是否适当意见不一。", by=consumer.officer, at=clock.now())
    mediating.open_hearing(handler_id=banner.authority_officer.id, by=banner.authority_officer, at=clock.now(), **key)
    travel.pass_minutes(20)
    mediating.make_statement(text="依照基金监管职责，只需编号和名称两项。", by=consumer.officer, at=clock.now(), **key)
    mediating.make_statement(text="如限于核对且不留存，可以考虑提供。", by=provider.officer, at=clock.now(), **key)
    travel.pass_minutes(20)
    terms = {
        "outcome": "grant", "elements": ("bh", "mc"), "purposes": (Purpose.VERIFICATION,), "until": _day(300),
        "text": "仅用于待遇状态核对。",
    }  # fmt: skip
    reasons = "核对属于使用部门法定职责，用途为数据校核，所需信息项最少；核对后按规定处置。"
    mediating.prepare_opinion(terms=terms, reasons=reasons, by=banner.authority_officer, at=clock.now(), **key)
    mediating.give_opinion(by=banner.authority_leader, at=clock.now(), **key)
    travel.pass_minutes(20)
    for side in (consumer, provider):
        mediating.answer_opinion(accepts=True, by=side.officer, at=clock.now(), **key)
    mediating.carry_out(by=banner.authority_leader, at=clock.now(), **key)


def hold_meeting(travel: TimeTravel, banner: Banner) -> None:
    """The first meeting of the dispute that is still in consultation; its minutes wait for confirmation."""
    consumer = banner.offices["yibao"]
    found = queries_dispute.find_disputes(actor=consumer.officer, box="open").first()
    if found is None:
        return
    travel.pass_minutes(5)
    people = (
        {"name": "高娃", "post": "待遇保障股股长", "side": "consumer"},
        {"name": "白云", "post": "社会救助股股长", "side": "provider"},
    )
    disputing.record_meeting(
        dispute_id=found.pk, held_at=clock.now() - timedelta(minutes=2), place="旗民政局会议室", participants=people,
        consumer_proposal="提供编号和名称用于身份核验。", provider_proposal="请先补充法律依据的具体条款。",
        minutes="双方同意由使用部门补充法律依据条款后再次协商。", by=consumer.clerk, at=clock.now(),
    )  # fmt: skip


def file_and_plan(travel: TimeTravel, banner: Banner) -> None:
    """What nobody registers: searched, confirmed, filed, planned for collection and approved."""
    provider, consumer = banner.offices["minzheng"], banner.offices["yibao"]
    demand = demands.find_demands(actor=consumer.clerk, text="殡葬火化登记信息").first()
    if demand is None:
        return
    step = partial(travel.pass_minutes, 10)
    step()
    search = "查询社会事务股业务系统全部库表及2015年以来纸质档案，均无火化登记；火化业务由市级系统登记。"
    absence = collecting.state_search(demand_id=demand.pk, search=search, by=provider.reviewer, at=clock.now())
    step()
    collecting.answer_absence(absence_id=absence.id, confirms=True, by=consumer.officer, at=clock.now())
    step()
    hits = collecting.entries_alike(absence.id)
    collecting.file_absence(
        absence_id=absence.id, opinion="检索全旗目录，未发现火化登记信息；相近目录不含火化日期，予以备案。", answered_hits=hits,
        by=banner.authority_officer, at=clock.now(),
    )  # fmt: skip
    step()
    plan = collecting.draft_plan(
        absence_id=absence.id, title="参保人员火化信息采集计划", items=["姓名", "火化日期"], collected_from="殡仪服务机构",
        legal_basis="《医疗保障基金使用监督管理条例》第十三条", method="每月由殡仪服务机构报送", update_cycle="MONTHLY",
        starts_on=_day(60), by=consumer.clerk, at=clock.now(),
    )  # fmt: skip
    said = {collecting.hit_key(hit): ("JUSTIFIED", "该目录对象不是死亡参保人员。") for hit in plan.hits}
    collecting.answer_plan_hits(plan_id=plan.id, answers=said, by=consumer.clerk, at=clock.now())
    step()
    collecting.propose_plan(plan_id=plan.id, by=consumer.officer, at=clock.now())
    step()
    collecting.review_plan(
        plan_id=plan.id, approves=True, opinion="同意采集，采集后及时编入目录。", by=banner.authority_officer, at=clock.now()
    )
