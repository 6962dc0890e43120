"""The demo's demands: answered in each way, one nobody answered in time, and some that wait for somebody."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from gongxiang.demo.banner import Banner, Office
from gongxiang.demo.progress import TimeTravel
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.demands import actions, states
from gongxiang.protocol import clock


def _stated(office: Office, title: str, items: list[str], duty: str, **more: Any) -> UUID:
    made = actions.state_demand(title=title, items=items, duty=duty, by=office.clerk, at=clock.now(), **more)
    return made.pk


def _assigned(banner: Banner, demand: UUID, note: str = "") -> UUID:
    provider = banner.offices["minzheng"].department.id
    actions.assign_demand(demand_id=demand, provider_id=provider, note=note, by=banner.authority_officer, at=clock.now())
    return demand


def have_demands_answered(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> None:
    """One served by an entry, one to be compiled, one that does not exist, and one left unanswered."""
    minzheng, shijian = banner.offices["minzheng"], banner.offices["shijian"]
    yibao, renshe = banner.offices["yibao"], banner.offices["renshe"]
    travel.pass_minutes(30)
    served = _assigned(banner, _stated(shijian, "社会组织名录", ["名称", "统一社会信用代码"], "企业年报核对社会组织。"))
    planned = _assigned(banner, _stated(renshe, "残疾人两项补贴发放信息", ["姓名", "补贴类别", "发放月份"], "就业困难认定。"))
    missing = _assigned(banner, _stated(yibao, "殡葬火化登记信息", ["姓名", "火化日期"], "及时停止医保待遇，防止冒领。"))
    _assigned(banner, _stated(yibao, "孤儿和事实无人抚养儿童名册", ["姓名", "监护人"], "医疗救助对象认定。"))
    travel.pass_minutes(60)
    day = beijing_date(clock.now()) + timedelta(days=90)
    answers: tuple[tuple[UUID, str, str, dict[str, Any]], ...] = (
        (served, states.EXISTS, "已发布《社会组织登记信息》，可直接申请。", {"resource_id": resources["shehui"]}),
        (planned, states.WILL_BE_COMPILED, "已列入编目计划。", {"planned_on": day}),
        (missing, states.DOES_NOT_EXIST, "火化业务由市级系统登记，本部门未采集。", {}),
    )
    for demand, outcome, text, more in answers:
        actions.answer_demand(demand_id=demand, outcome=outcome, text=text, by=minzheng.officer, at=clock.now(), **more)
    actions.close_demand(demand_id=served, by=shijian.clerk, at=clock.now())


def leave_demands_waiting(travel: TimeTravel, banner: Banner) -> None:
    """One before the provider, one that the authority has still to pass on."""
    travel.pass_minutes(5)
    shijian, renshe = banner.offices["shijian"], banner.offices["renshe"]
    asked = _stated(shijian, "婚姻状况核验", ["证件号码", "婚姻状况"], "不动产抵押登记联办核验。")
    _assigned(banner, asked, "请核实能否以接口提供。")
    _stated(
        renshe, "农牧民转移就业信息", ["姓名", "就业地", "工种"], "就业补助资金审核。", urgent=True,
        urgent_reason="补助资金须在本月底前审核完毕。", mode="api",
    )  # fmt: skip
