"""The demo's catalogue: two mounted tables, files, and an entry waiting at every step of publication."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from gongxiang.demo.banner import Banner, Office
from gongxiang.demo.progress import TimeTravel, wait_for
from gongxiang.law.instruments import Rank
from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.content import Content, DistributionContent, ElementContent, WithholdingBasis
from gongxiang.platform.delivery import actions as delivery
from gongxiang.platform.delivery import queries as delivery_queries
from gongxiang.platform.delivery.queries import TableCheckView
from gongxiang.platform.rulebook import actions as rulebook
from gongxiang.platform.rulebook import queries as rules
from gongxiang.protocol import clock

SECRECY = "经逐项核对，本资源不含国家秘密、工作秘密。"
ASSESSMENT = {
    "purpose": "用于依法认定救助、监管对象，目的明确、合法、必要。",
    "effect": "含身份证号码和联系电话，泄露可能影响个人权益，按最小必要提供。",
    "measures": "按授权逐项提供，身份证号和电话脱敏，全程留痕。",
}


def _e(code: str, name: str, letter: str = "C", length: int | None = 50, **more: object) -> ElementContent:
    values: dict[str, object] = {"data_class": "GENERAL", "sensitivity": "GENERAL", **more}
    return ElementContent(code=code, name=name, type=letter, length=length, **values)  # type: ignore[arg-type]


DIVISION_ELEMENTS = (
    _e("code", "区划代码", length=12, key=True, nullable=False),
    _e("name", "区划名称", length=80, nullable=False),
    _e("level", "层级", "I", None, nullable=False),
    _e("parent", "上级区划代码", length=12, nullable=False),
    _e("updated_at", "更新时间", "Z", None, nullable=False),
)
_PERSONAL = {"data_class": "IMPORTANT", "sensitivity": "SENSITIVE_PERSONAL"}
HARDSHIP_ELEMENTS = (
    _e("rybh", "人员编号", length=12, key=True, nullable=False),
    _e("xm", "姓名", nullable=False, data_class="IMPORTANT", sensitivity="PERSONAL"),
    _e("sfzh", "公民身份号码", length=18, nullable=False, **_PERSONAL),
    _e("xb", "性别", length=2, nullable=False),
    _e("mz", "民族", length=20, nullable=False),
    _e("csnf", "出生年份", "I", None, nullable=False),
    _e("lxdh", "联系电话", length=20, data_class="IMPORTANT", sensitivity="PERSONAL"),
    _e("szsm", "所在苏木镇", nullable=False),
    _e("szgc", "所在嘎查村", length=80, nullable=False),
    _e("gyfs", "供养方式", length=20, nullable=False),
    _e("znl", "自理能力", length=20, nullable=False),
    _e("bzje", "补助金额（元/月）", "N", 10, scale=2, nullable=False),
    _e("zyx", "是否在供养", "L", None, nullable=False),
    _e("gxsj", "更新时间", "Z", None, nullable=False),
    _e("bz", "备注", "M", None),
)


_FILE = DistributionContent(kind="FILE", title="电子文件", description="每月 5 日前导出上月数据。")


def _table(node: UUID, table: str, elements: tuple[ElementContent, ...]) -> DistributionContent:
    return DistributionContent(
        kind="TABLE", title="前置机库表", node_id=node, source_table=table, columns={e.code: e.code for e in elements}
    )


def _content(name: str, classification: str, summary: str, **more: object) -> Content:
    values: dict[str, object] = {
        "name": name, "classification": classification, "summary": summary, "format_class": "DATABASE",
        "format_type": "PostgreSQL", "update_cycle": "MONTHLY", "area": "乌审旗", "source_system": "社会救助管理系统",
        "elements": (_e("bh", "编号", length=20, key=True, nullable=False), _e("mc", "名称", length=80)),
        "distributions": (_FILE,),
    }  # fmt: skip
    return Content(**{**values, **more})  # type: ignore[arg-type]


_CONDITIONAL = {
    "sharing_type": "CONDITIONAL",
    "sharing_reason": "含个人信息，仅能提供给履职确需的部门。",
    "conditions": "依法履行救助、保障、监管职责所必需，按最小必要提供。",
    "condition_basis": "《中华人民共和国个人信息保护法》第三十四条",
    "scope": "旗直有关部门",
    "purposes": ("decision", "verification", "joint_handling"),
}


def contents(node: UUID) -> dict[str, Content]:
    """Every entry of the demo by its key."""
    return {
        "xzqh": _content(
            "行政区划代码", "103",
            "内蒙古自治区旗县区、苏木乡镇街道、嘎查村社区的统计用区划代码和名称。",
            update_cycle="YEARLY", area="内蒙古自治区", elements=DIVISION_ELEMENTS,
            distributions=(
                _table(node, "minzheng.xzqh", DIVISION_ELEMENTS),
                DistributionContent(kind="API", title="查询和比对接口", description="按区划代码或名称逐条查询、比对。"),
            ),
            keywords=("区划", "地址"), period_from=date(2023, 1, 1), records_10k="1.5925",
        ),
        "tkry": _content(
            "特困人员基本信息", "307", "全旗特困供养人员的基本情况、供养方式和补助金额。", update_cycle="REALTIME",
            elements=HARDSHIP_ELEMENTS, distributions=(_table(node, "minzheng.tkry", HARDSHIP_ELEMENTS),),
            subject_kind="NATURAL_PERSON", keywords=("社会救助", "特困"), **_CONDITIONAL,
        ),
        "dibao": _content("最低生活保障对象信息", "307", "城乡最低生活保障对象及其家庭的保障情况。", **_CONDITIONAL),
        "gaoling": _content("高龄津贴发放信息", "307", "八十周岁以上老年人高龄津贴的发放情况。", **_CONDITIONAL),
        "shehui": _content(
            "社会组织登记信息", "102", "在旗民政局登记的社会团体、民办非企业单位和基金会。",
            distributions=(
                _FILE, DistributionContent(kind="API", title="登记系统查询接口", description="按登记编号逐条查询。"),
            ),
        ),
        "hunyin": _content("婚姻登记信息", "307", "在本旗办理的结婚、离婚登记情况。", **_CONDITIONAL),
        "yanglao": _content("养老机构备案信息", "203", "已备案养老机构的名称、地址、床位和负责人。"),
        "linshi": _content("临时救助对象信息", "307", "临时救助对象的救助原因、金额和时间。", **_CONDITIONAL),
        "shouyang": _content(
            "收养登记信息", "307", "收养登记的当事人和登记情况。", sharing_type="WITHHELD",
            sharing_reason="法律规定应当尊重收养人与送养人保守收养秘密的意愿。", distributions=(),
        ),
    }  # fmt: skip


def publish_entries(travel: TimeTravel, banner: Banner, nodes: dict[str, UUID]) -> dict[str, UUID]:
    """Publish what is in use, and leave one entry waiting at every step; gives the resources by key."""
    office, ids = banner.offices["minzheng"], {}
    every = contents(nodes["minzheng"])
    for key in ("xzqh", "tkry"):
        _check_table(office, nodes["minzheng"], every[key].distributions[0].source_table)
    for day, key in zip((50, 49, 48, 47, 46), ("xzqh", "tkry", "dibao", "gaoling", "shehui"), strict=True):
        travel.go(day)
        ids[key] = _draft(office, every[key])
        consented(travel, office, ids[key], every[key])
        actions.submit_resource(resource_id=ids[key], by=office.officer, at=clock.now())
        travel.pass_minutes(120)
        actions.publish_resource(resource_id=ids[key], by=banner.authority_officer, at=clock.now())
    return ids


def leave_entries_waiting(travel: TimeTravel, banner: Banner, nodes: dict[str, UUID]) -> UUID:
    """One entry in each state before publication, and a withheld one waiting for its ratification; gives the draft."""
    office = banner.offices["minzheng"]
    every = contents(nodes["minzheng"])
    travel.go(6)
    rulebook.register_statute(
        title="中华人民共和国民法典", number="中华人民共和国主席令第四十五号", rank=Rank.LAW, article="第一千一百一十条",
        in_force_from=date(2021, 1, 1), issuer="全国人民代表大会", by=banner.authority_officer, at=clock.now(),
    )  # fmt: skip
    held = withheld_entry(nodes)
    travel.go(4)
    drafted = _draft(office, every["linshi"])
    in_review = _draft(office, every["yanglao"])
    actions.send_for_review(resource_id=in_review, by=office.clerk, at=clock.now())
    travel.pass_minutes(10)
    waiting = _draft(office, held)
    consented(travel, office, waiting, held)
    actions.submit_resource(resource_id=waiting, by=office.officer, at=clock.now())
    travel.go(2)
    submitted = _draft(office, every["hunyin"])
    consented(travel, office, submitted, every["hunyin"])
    actions.submit_resource(resource_id=submitted, by=office.officer, at=clock.now())
    return drafted


def withheld_entry(nodes: dict[str, UUID], **changes: Any) -> Content:
    """The withheld entry, or one like it, on the statute that was registered."""
    statute = next(one for one in rules.statutes() if one.title == "中华人民共和国民法典")
    basis = WithholdingBasis(
        statute=str(statute.id), article="第一千一百一十条", text="收养人、送养人要求保守收养秘密的，其他人应当尊重其意愿。"
    )
    return replace(contents(nodes["minzheng"])["shouyang"], withholding=basis, **changes)


def _draft(office: Office, content: Content) -> UUID:
    return actions.draft_resource(content=content, by=office.clerk, at=clock.now()).id


def consented(travel: TimeTravel, office: Office, resource_id: UUID, content: Content) -> None:
    """Reviewed by one colleague and consented to by the accountable officer."""
    actions.send_for_review(resource_id=resource_id, by=office.clerk, at=clock.now())
    travel.pass_minutes(40)
    actions.pass_review(resource_id=resource_id, by=office.reviewer, at=clock.now())
    travel.pass_minutes(50)
    actions.consent_to_resource(
        resource_id=resource_id,
        secrecy_statement=SECRECY,
        impact_assessment=ASSESSMENT if content.personal else None,
        standing=content.sharing_type == "UNCONDITIONAL",
        by=office.officer,
        at=clock.now(),
    )


def _check_table(office: Office, node: UUID, table: str) -> None:
    """The node operator lets the node describe the table before it is catalogued."""
    check = delivery.ask_for_table(node_id=node, table=table, by=office.node_operator, at=clock.now())
    answered = wait_for(f"the description of {table}", partial(_answered, check.pk, office))
    if answered.problem:
        raise RuntimeError(f"{table}: {answered.problem}")


def _answered(check_id: UUID, office: Office) -> TableCheckView | None:
    check = delivery_queries.table_check(check_id, actor=office.node_operator)
    return check if check.answered_at else None
