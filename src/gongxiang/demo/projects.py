"""The demo's IT projects: one at each interesting step, from the register to the certificate for acceptance."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from gongxiang.demo.banner import Banner, Office
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import actions, queries
from gongxiang.platform.projects.planned import Planned, PlannedElement
from gongxiang.platform.projects.values import ProjectFields
from gongxiang.protocol import clock

_APPROVER = "乌审旗发展和改革委员会"
_REASON = "共享数据按月更新，本项目须在办理时逐户核实。"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A project of the demo."""

    office: str
    name: str
    kind: str = "NEW"
    purpose: str = ""
    entries: tuple[Planned, ...] = ()
    #: (source, planned, actual) in yuan for this year.
    money: tuple[tuple[str, int, int | None], ...] = field(default_factory=tuple)


def _planned(name: str, summary: str, *elements: str, **more: str) -> Planned:
    values = {"source_kind": "COLLECTED", "collects": "由经办人员在办理业务时填写。", **more}
    return Planned(name=name, summary=summary, elements=tuple(PlannedElement(name=one, type="C") for one in elements), **values)


PLANS = {
    "accepted": Plan(
        office="minzheng", name="智慧救助一体化平台", purpose="整合临时救助、走访、资金发放业务。",
        entries=(
            _planned("救助家庭走访记录", "工作人员走访救助家庭的记录。", "走访编号", "走访日期", "走访结论", "家庭困难情况"),
            _planned("救助资金社会化发放明细", "救助资金通过金融机构发放的明细。", "发放批次", "发放日期", "发放金额",
                     source_kind="SYSTEM", collects=""),
        ),
        money=(("FIXED_ASSET", 2_860_000, 2_791_500), ("BUDGET", 240_000, None)),
    ),
    "acceptance": Plan(
        office="yibao", name="医保基金智能监管系统", kind="UPGRADE", purpose="增加就诊行为分析和预警。",
        entries=(_planned("医保违规线索", "智能审核发现的违规线索及处理结果。", "线索编号", "违规类型", "处理结果",
                          source_kind="SYSTEM", collects="", sharing_type="CONDITIONAL", sharing_reason="涉及未办结线索。"),),
        money=(("FIXED_ASSET", 1_350_000, 620_000),),
    ),
    "passed": Plan(
        office="jiaotong", name="货运车辆治超信息平台", purpose="超限检测站与源头企业数据联网。",
        entries=(_planned("货运车辆超限检测记录", "固定站点和动态称重的检测记录。", "检测编号", "检测时间", "轴数", "总质量",
                          source_kind="SYSTEM", collects=""),),
        money=(("FIXED_ASSET", 3_200_000, None),),
    ),
    "review": Plan(
        office="renshe", name="零工市场信息平台", purpose="发布零工岗位，登记求职意愿。",
        entries=(
            _planned("零工求职登记", "求职人员的技能、意愿和联系方式。", "姓名", "身份证号", "联系电话", "技能特长", "意愿"),
            _planned("零工岗位信息", "用工单位发布的零工岗位。", "岗位名称", "用工时间", "薪酬标准"),
        ),
        money=(("BUDGET", 480_000, None),),
    ),
    "returned": Plan(
        office="nengyuan", name="煤矿产能监测系统", purpose="汇聚煤矿生产数据。",
        entries=(_planned("煤矿产量日报", "煤矿每日产量和库存。", "煤矿名称", "日期", "产量", "库存"),),
    ),
    "presented": Plan(
        office="minzheng", name="养老服务综合平台", purpose="养老机构和居家养老服务管理。",
        entries=(_planned("居家养老服务工单", "服务派单、上门和评价。", "工单编号", "服务项目", "上门时间", "满意度"),),
        money=(("FIXED_ASSET", 960_000, None),),
    ),
    "compiling": Plan(
        office="shijian", name="经营主体信用监管平台", purpose="经营者信用信息归集和分级分类监管。",
        entries=(_planned("经营者基本信息采集", "个体工商户经营者的基本信息。", "姓名", "身份证号", "联系电话", "经营地址"),),
    ),
    "operation": Plan(office="shijian", name="12315 热线平台运行维护", kind="OPERATION", purpose="年度运行维护。",
                      money=(("BUDGET", 180_000, 90_000),)),
}  # fmt: skip


def begin_projects(travel: TimeTravel, banner: Banner) -> dict[str, UUID]:
    """Projects that began weeks ago and have their certificate: they are being built now."""
    travel.go(45)
    made = {key: _registered(banner, key) for key in ("accepted", "acceptance")}
    for key, project_id in made.items():
        _to_review(travel, banner, key, project_id)
    travel.pass_minutes(200)
    for key, project_id in made.items():
        actions.pass_catalogue(
            project_id=project_id, opinion="目录完整，未发现重复采集。", by=banner.authority_officer, at=clock.now()
        )
        actions.start_building(
            project_id=project_id, approval_number=f"乌发改审批〔2026〕{118 if key == 'accepted' else 121}号",
            approved_on=queries.beijing_day(clock.now()), by=_office(banner, key).clerk, at=clock.now(),
        )  # fmt: skip
    return made


def leave_projects_waiting(travel: TimeTravel, banner: Banner, made: dict[str, UUID]) -> None:
    """A project at every step that waits for somebody, an accepted one, and a form that was checked."""
    travel.go(1)
    for key in ("accepted", "acceptance"):
        actions.request_acceptance(project_id=made[key], by=_office(banner, key).clerk, at=clock.now())
    items = [check.item for check in queries.checks_of(made["accepted"], on=queries.beijing_day(clock.now()))]
    for item in items:
        _checked(banner, made["accepted"], item, passed=True)
    for item in items[:3]:
        _checked(banner, made["acceptance"], item, passed=item != "network")
    actions.accept_project(project_id=made["accepted"], by=banner.authority_officer, at=clock.now())
    for key in ("passed", "review", "returned", "presented", "compiling", "operation"):
        made[key] = _registered(banner, key)
    for key in ("passed", "review", "returned"):
        _to_review(travel, banner, key, made[key])
    actions.pass_catalogue(project_id=made["passed"], by=banner.authority_officer, at=clock.now())
    actions.return_catalogue(
        project_id=made["returned"],
        remarks=[{"field": "煤矿产量日报", "text": "产量数据已由上级系统汇聚，请说明为何另行采集。"}],
        by=banner.authority_officer, at=clock.now(),
    )  # fmt: skip
    _answered(banner, "presented", made["presented"])
    actions.present_catalogue(project_id=made["presented"], by=_office(banner, "presented").clerk, at=clock.now())
    actions.check_form(
        title="个体工商户开业登记申请表", items=["申请人姓名", "身份证号", "联系电话", "经营场所面积", "从业人数"],
        by=banner.offices["shijian"].clerk, at=clock.now(),
    )  # fmt: skip


def _office(banner: Banner, key: str) -> Office:
    return banner.offices[PLANS[key].office]


def _registered(banner: Banner, key: str) -> UUID:
    plan, office, today = PLANS[key], _office(banner, key), queries.beijing_day(clock.now())
    systems = [one.id for one in parties.systems(office.department.id) if one.ended_at is None]
    fields = ProjectFields(
        name=plan.name, kind=plan.kind, purpose=plan.purpose, approving_body=_APPROVER, planned_start=today,
        planned_end=today + timedelta(days=300), systems=tuple(systems[:1]), contact=f"信息股 {office.reviewer.name}",
        telephone="0477-0000000",
    )  # fmt: skip
    made = actions.register_project(fields=fields, by=office.clerk, at=clock.now())
    for source, planned, actual in plan.money:
        actions.note_cost(
            project_id=made.id, year=today.year, source=source, planned_cents=planned * 100,
            actual_cents=None if actual is None else actual * 100, by=office.clerk, at=clock.now(),
        )  # fmt: skip
    for revision, planned_entry in enumerate(plan.entries):
        actions.save_entry(project_id=made.id, planned=planned_entry, seen=revision, by=office.clerk, at=clock.now())
    return made.id


def _answered(banner: Banner, key: str, project_id: UUID) -> None:
    reused = False
    for hit in queries.hits_of(project_id):
        # The project under review promises to use what the department has a grant of already, and one thing more.
        granted = grants.find_grants(
            actor=_office(banner, key).clerk, side="consumer", resource_id=hit.found.target_id
        ).exists()
        promised = key == "review" and hit.found.available and (granted or not reused)
        reused = reused or promised
        actions.answer_hit(
            project_id=project_id, entry_id=hit.entry_id, target_kind=hit.found.target_kind, target_id=hit.found.target_id,
            answer="REUSE" if promised else "JUSTIFIED", reason="" if promised else _REASON,
            by=_office(banner, key).clerk, at=clock.now(),
        )  # fmt: skip


def _to_review(travel: TimeTravel, banner: Banner, key: str, project_id: UUID) -> None:
    office = _office(banner, key)
    _answered(banner, key, project_id)
    actions.present_catalogue(project_id=project_id, by=office.clerk, at=clock.now())
    travel.pass_minutes(15)
    actions.consent_to_catalogue(project_id=project_id, by=office.officer, at=clock.now())
    actions.submit_catalogue(project_id=project_id, by=office.clerk, at=clock.now())


def _checked(banner: Banner, project_id: UUID, item: str, *, passed: bool) -> None:
    actions.record_check(
        project_id=project_id, item=item, passed=passed, reference="联调测试记录（平台运维）",
        note="" if passed else "系统尚未迁入政务外网。", by=banner.platform_operator, at=clock.now(),
    )  # fmt: skip
