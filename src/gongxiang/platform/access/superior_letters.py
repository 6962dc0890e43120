"""The words of the letters to a line superior: the request and the reminder, in Chinese, as they go out on paper."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access.models import SuperiorRequest
from gongxiang.platform.catalogue.vocabulary import DistributionKind, UpdateCycle
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents.queries import IssuedDocument
from gongxiang.platform.documents.rendering.official import OfficialText
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties

_LEVELS = {"NATIONAL": "国家", "REGIONAL": "自治区", "CITY": "市"}
_CYCLES = {
    UpdateCycle.REALTIME: "实时", UpdateCycle.DAILY: "每日", UpdateCycle.WEEKLY: "每周", UpdateCycle.MONTHLY: "每月",
    UpdateCycle.QUARTERLY: "每季度", UpdateCycle.HALF_YEARLY: "每半年", UpdateCycle.YEARLY: "每年",
    UpdateCycle.IRREGULAR: "不定期",
}  # fmt: skip
_MODES = {DistributionKind.TABLE: "库表交换", DistributionKind.API: "服务接口", DistributionKind.FILE: "文件"}


def issue_request(
    row: SuperiorRequest, *, concerns: Iterable[UUID], trail: Iterable[str], by: Actor, at: datetime
) -> IssuedDocument:
    """The letter that asks for the banner's own data."""
    mode, cycle = _MODES[DistributionKind(row.mode.upper())], _CYCLES[UpdateCycle(row.frequency)]
    text = (
        f"根据《政务数据共享条例》第二十四条关于上级政府部门向下级回流数据的规定和《乌审旗政务信息资源共享管理办法》"
        f"第二十一条第（三）项，现就“{row.system_name}”（{_LEVELS[row.level]}建系统）中存储的我旗政务数据，申请共享回流。",
        "一、申请事项",
        f"{row.title}。数据范围为乌审旗行政区域内的数据，数据项为：{'、'.join(row.items)}。",
        "二、用途和依据",
        row.reason,
        "三、方式和频率",
        f"建议以{mode}方式提供，更新频率为{cycle}；具体以贵单位意见为准。",
        "我单位将按照国家有关规定使用和保护数据，不超范围使用，不擅自提供给第三方。请予支持并函复。",
    )
    title = f"关于申请回流{row.title}的函"
    return _issue(row, "superior_request", "共享函", title, text, concerns=concerns, trail=trail, by=by, at=at)


def issue_reminder(
    row: SuperiorRequest, *, serial: int, concerns: Iterable[UUID], trail: Iterable[str], by: Actor, at: datetime
) -> IssuedDocument:
    """The letter that reminds of one that was not answered."""
    assert row.sent_on is not None
    sent, today = row.sent_on, beijing_date(at)
    text = (
        f"我单位于{sent.year}年{sent.month}月{sent.day}日以《关于申请回流{row.title}的函》（{row.letter_number}）申请回流"
        f"“{row.system_name}”中存储的我旗政务数据。截至{today.year}年{today.month}月{today.day}日，尚未收到答复。",
        f"上述数据为我旗履行职责所需。现作第{serial}次催办，请予研究并函复；如需补充材料或另行对接，请告知。",
    )
    title = f"关于商请答复{row.title}回流申请的函"
    return _issue(row, "superior_reminder", "催办函", title, text, concerns=concerns, trail=trail, by=by, at=at)


def _issue(
    row: SuperiorRequest, kind: str, series: str, title: str, text: tuple[str, ...], *, concerns: Iterable[UUID],
    trail: Iterable[str], by: Actor, at: datetime,
) -> IssuedDocument:  # fmt: skip
    short = parties.department_ref(row.department_id).short_name
    return documents.issue_letter(
        kind=kind, number_prefix=f"{short}{series}", said=OfficialText(title=title, addressees=(row.superior,), text=text),
        concerns=concerns, trail=trail, basis=("wushen-2021-60:21(3)",), issuer=row.department_name, by=by, at=at,
    )  # fmt: skip
