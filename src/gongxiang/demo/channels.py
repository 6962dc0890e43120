"""The demo's outside channels: one planned, one found by the authority, one whose exemption is asked for."""

from datetime import timedelta

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.delivery import channels
from gongxiang.protocol import clock


def report_channels(travel: TimeTravel, banner: Banner) -> None:
    """Three channels at three steps."""
    travel.pass_minutes(10)
    minzheng, shijian, yibao, renshe = (banner.offices[key] for key in ("minzheng", "shijian", "yibao", "renshe"))
    at, today = clock.now(), beijing_date(clock.now())
    roster = channels.declare_channel(
        provider_id=minzheng.department.id, consumer_id=yibao.department.id, title="医疗救助对象名册", kind="usb",
        items=["姓名", "证件号码", "救助类别"], basis="双方工作会议纪要", since=today - timedelta(days=900),
        frequency="MONTHLY", personal=True, by=yibao.clerk, at=at,
    )  # fmt: skip
    links = channels.declare_channel(
        provider_id=shijian.department.id, consumer_id=renshe.department.id, title="企业登记数据库直连", kind="database",
        frequency="DAILY", by=banner.authority_officer, at=at,
    )  # fmt: skip
    statistics = channels.declare_channel(
        provider_id=renshe.department.id, consumer_id=minzheng.department.id, title="劳动力抽样调查原始问卷", kind="paper",
        basis="年度抽样调查方案", frequency="YEARLY", personal=True, by=renshe.clerk, at=at,
    )  # fmt: skip
    for row in (roster, links, statistics):
        channels.confirm_channel(channel_id=row.pk, by=banner.authority_officer, at=at)
    channels.plan_channel(
        channel_id=roster.pk, by=minzheng.officer, at=at,
        steps=[(today + timedelta(days=15), "编制目录并挂接库表"), (today + timedelta(days=45), "申请授权，停用移动介质")],
    )  # fmt: skip
    channels.ask_exemption(
        channel_id=statistics.pk,
        ground="LAW",
        basis="《统计法》关于能够识别单个调查对象资料保密的规定",
        by=renshe.officer,
        at=at,
    )
