"""The demo's access requests: two that were granted and flow, and one waiting at every other step."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from gongxiang.demo.banner import Banner, Office
from gongxiang.demo.entries import DIVISION_ELEMENTS, HARDSHIP_ELEMENTS
from gongxiang.demo.progress import TimeTravel, wait_for
from gongxiang.platform.access import actions, answers
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.grants import actions as grants
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind, Purpose

#: What the market bureau was granted of 特困人员: fewer elements, three townships, identity number and telephone masked.
GRANTED = ("rybh", "xm", "sfzh", "lxdh", "szsm", "gyfs", "znl", "zyx", "gxsj")
MASKS = {
    "sfzh": Mask(kind=MaskKind.KEEP, prefix=6, suffix=4),
    "lxdh": Mask(kind=MaskKind.KEEP, prefix=3, suffix=2),
}
CONDITIONS = (
    Condition(element="szsm", operator=Comparison.IN, values=("嘎鲁图镇", "乌审召镇", "图克镇")),
    Condition(element="zyx", operator=Comparison.EQ, values=("true",)),
)


def grant_and_open(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> dict[str, UUID]:
    """Two requests with their whole history; gives the grants by key."""
    provider, consumer = banner.offices["minzheng"], banner.offices["shijian"]
    travel.go(40)
    made = _draft(
        consumer,
        resources["xzqh"],
        elements=[e.code for e in DIVISION_ELEMENTS],
        days=1000,
        use_case="企业住所登记时校核行政区划。",
    )
    result = {"xzqh": _submit(travel, consumer, made)}
    travel.go(30)
    asked = [e.code for e in HARDSHIP_ELEMENTS]
    made = _draft(
        consumer,
        resources["tkry"],
        elements=asked,
        days=360,
        use_case="办理特困人员开办个体工商户时核验救助身份，减免相关费用。",
    )
    _submit(travel, consumer, made)
    travel.go(28)
    answers.notify_incomplete(
        access_request_id=made, missing=["请附减免费用的政策文件", "请说明使用人员范围"], by=provider.reviewer, at=clock.now()
    )
    travel.go(27)
    actions.complete_access_request(
        access_request_id=made, completion="已附减免政策文件；使用人员为登记窗口三名工作人员。", materials=["减免政策文件.pdf"],
        by=consumer.clerk, at=clock.now(),
    )  # fmt: skip
    travel.go(25)
    prepared = answers.prepare_reply(
        access_request_id=made, outcome="grant", elements=GRANTED, masks=MASKS, conditions=CONDITIONS,
        purposes=[Purpose.VERIFICATION], until=_day(330), text="按最小必要提供，证件号码和电话脱敏。",
        by=provider.reviewer, at=clock.now(),
    )  # fmt: skip
    travel.pass_minutes(90)
    reply = answers.consent_reply(access_request_id=made, read_at=prepared.prepared_at, by=provider.officer, at=clock.now())
    result["tkry"] = reply.grant_id
    for key, grant_id in result.items():
        wait_for(f"the flow of {key}", partial(_is_live, grant_id, consumer))
    return {key: value for key, value in result.items() if value}


def _is_live(grant_id: UUID | None, office: Office) -> bool:
    flow = delivery.flow_of(grant_id, actor=office.clerk) if grant_id else None
    return bool(flow and flow.receipt_at)


def leave_cases_waiting(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> None:
    """One request at every step that waits for somebody, one grant that ended and one that is suspended."""
    provider = banner.offices["minzheng"]
    yibao, renshe, shijian = (banner.offices[key] for key in ("yibao", "renshe", "shijian"))
    files: dict[str, Any] = {"elements": ["bh", "mc"], "mode": "file"}

    travel.go(24)
    short = _draft(yibao, resources["shehui"], days=14, use_case="一次性核对定点机构登记情况。", **files)
    _submit(travel, yibao, short)

    travel.go(18)
    refused = _submitted(travel, renshe, resources["dibao"], use_case="拟用于就业帮扶对象摸底。", **files)
    travel.go(16)
    _refuse(travel, provider, refused, "purpose_unfit", "申请用途超出社会救助信息的共享范围，请明确履职依据。")
    travel.go(15)
    consulted = _submitted(travel, yibao, resources["dibao"], use_case="认定医疗救助对象。", **files)
    travel.go(14)
    _refuse(travel, provider, consulted, "no_legal_basis", "所附依据不能说明需要全部信息项，请说明理由。")
    travel.go(13)
    _suspend_one(travel, provider, renshe, resources["shehui"], **files)
    overdue = _submitted(
        travel, yibao, resources["tkry"], elements=["rybh", "xm", "szsm", "zyx"], use_case="参保资助对象身份核验。"
    )
    travel.go(4, hour=8)
    wait_for("the passing of the unanswered request to the authority", lambda: _status(overdue) == "REPLY_OVERDUE")

    travel.go(4)
    incomplete = _submitted(travel, renshe, resources["gaoling"], use_case="核对养老待遇领取资格。", **files)
    travel.go(3)
    answers.notify_incomplete(
        access_request_id=incomplete, missing=["请补充履职依据的条款"], by=provider.reviewer, at=clock.now()
    )
    actions.open_consultation(
        access_request_id=consulted,
        grounds="医疗救助对象认定须核对低保身份，缺此信息无法履行职责。",
        by=yibao.officer,
        at=clock.now(),
    )
    prepared = _submitted(travel, shijian, resources["gaoling"], use_case="核验老年人食堂补贴对象。", **files)
    travel.go(2)
    answers.prepare_reply(
        access_request_id=prepared, outcome="grant", elements=["bh", "mc"], purposes=[Purpose.VERIFICATION], until=_day(300),
        text="同意按月提供。", by=provider.reviewer, at=clock.now(),
    )  # fmt: skip
    _submitted(travel, renshe, resources["tkry"], elements=["rybh", "xm", "szsm", "gyfs"], use_case="公益性岗位安置对象核验。")
    travel.go(1)
    _draft(shijian, resources["dibao"], days=200, use_case="", **files)
    presented = _draft(yibao, resources["gaoling"], days=300, use_case="核对高龄参保人员信息。", **files)
    actions.present_access_request(access_request_id=presented, by=yibao.clerk, at=clock.now())


def _suspend_one(travel: TimeTravel, provider: Office, consumer: Office, resource_id: UUID, **files: Any) -> None:
    made = _draft(consumer, resource_id, days=300, use_case="核对社会组织用工登记情况。", **files)
    grant_id = _submit(travel, consumer, made)
    assert grant_id is not None
    grants.suspend_grant(
        grant_id=grant_id, reason="security", statement="使用方终端发现弱口令，整改完成前暂停。",
        by=provider.officer, at=clock.now(),
    )  # fmt: skip


def _status(access_request_id: UUID) -> str:
    from gongxiang.platform.access import queries
    from gongxiang.platform.kernel.actors import System

    return queries.get_access_request(access_request_id, actor=System(name="demo")).status


def _draft(office: Office, resource_id: UUID, *, elements: list[str], days: int, use_case: str, mode: str = "table") -> UUID:
    fields: dict[str, Any] = {
        "legal_basis": "本部门“三定”规定及相关法律法规规定的职责", "purposes": ["verification"], "use_case": use_case,
        "scope": "本部门相关业务股室", "elements": elements, "mode": mode, "until": _day(days), "materials": [],
    }  # fmt: skip
    made = actions.draft_access_request(resource_id=resource_id, fields=fields, by=office.clerk, at=clock.now())
    actions.save_draft(access_request_id=made.pk, fields={}, ban_accepted=True, by=office.clerk, at=clock.now())
    return made.pk


def _submit(travel: TimeTravel, office: Office, access_request_id: UUID, *, read: int = 60) -> UUID | None:
    """Presented, read by the own officer, submitted; the grant where there is one at once."""
    actions.present_access_request(access_request_id=access_request_id, by=office.clerk, at=clock.now())
    travel.pass_minutes(read)
    actions.consent_access_request(access_request_id=access_request_id, by=office.officer, at=clock.now())
    travel.pass_minutes(5)
    return actions.submit_access_request(access_request_id=access_request_id, by=office.clerk, at=clock.now()).grant_id


def _submitted(
    travel: TimeTravel, office: Office, resource_id: UUID, *, elements: list[str], use_case: str, mode: str = "table"
) -> UUID:
    made = _draft(office, resource_id, elements=elements, days=330, use_case=use_case, mode=mode)
    _submit(travel, office, made)
    return made


def _refuse(travel: TimeTravel, provider: Office, access_request_id: UUID, ground: str, text: str) -> None:
    reply = answers.prepare_reply(
        access_request_id=access_request_id, outcome="refuse", ground=ground, text=text, by=provider.reviewer, at=clock.now()
    )
    travel.pass_minutes(30)
    answers.consent_reply(access_request_id=access_request_id, read_at=reply.prepared_at, by=provider.officer, at=clock.now())


def _day(days: int) -> Any:
    return (clock.now() + timedelta(days=days)).astimezone(BEIJING).date()
