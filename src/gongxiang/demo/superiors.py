"""The demo's requests to line superiors: one agreed whose data come back, one that waits and was reminded."""

from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import states_superior as states
from gongxiang.platform.access import superiors
from gongxiang.protocol import clock


def ask_superiors(travel: TimeTravel, banner: Banner) -> tuple[UUID, UUID]:
    """Two letters go out."""
    travel.pass_minutes(20)
    minzheng, renshe = banner.offices["minzheng"], banner.offices["renshe"]
    funerals = superiors.draft_superior_request(
        superior="鄂尔多斯市民政局", level="CITY", system_name="市殡葬管理服务平台", title="殡葬火化登记信息",
        items=["姓名", "证件号码", "火化日期", "殡仪馆"], reason="《殡葬管理条例》规定的服务管理，及停止发放各类待遇的核验。",
        mode="file", frequency="MONTHLY", by=minzheng.clerk, at=clock.now(),
    )  # fmt: skip
    insured = superiors.draft_superior_request(
        superior="内蒙古自治区人力资源和社会保障厅", level="REGIONAL", system_name="全区社会保险一体化信息系统",
        title="城乡居民养老保险参保信息", items=["姓名", "证件号码", "参保状态", "待遇领取状态"],
        reason="《社会保险法》规定的待遇资格核验，现只能逐人登录上级系统查询。", mode="table", frequency="DAILY",
        by=renshe.clerk, at=clock.now(),
    )  # fmt: skip
    for office, row, unit in ((minzheng, funerals, "社会事务科"), (renshe, insured, "信息中心")):
        superiors.issue_letter(superior_request_id=row.pk, by=office.officer, at=clock.now())
        superiors.send_letter(
            superior_request_id=row.pk, sent_on=beijing_date(clock.now()), way="oa", to=unit, by=office.clerk, at=clock.now()
        )
    return funerals.pk, insured.pk


def hear_from_superiors(travel: TimeTravel, banner: Banner, asked: tuple[UUID, UUID]) -> None:
    """The city agreed and sent a first file; the region was reminded."""
    travel.pass_minutes(15)
    minzheng, renshe = banner.offices["minzheng"], banner.offices["renshe"]
    today, at = beijing_date(clock.now()), clock.now()
    superiors.record_answer(
        superior_request_id=asked[0], outcome=states.PARTLY, answered_on=today, number="鄂民函〔2026〕58号",
        text="同意按月回流本旗火化登记信息。", agreed_mode="file", agreed_frequency="MONTHLY",
        extra_conditions="仅限民政部门内部使用。", by=minzheng.clerk, at=at,
    )  # fmt: skip
    superiors.record_return(
        superior_request_id=asked[0],
        arrived_on=today,
        way="file",
        rows=312,
        note="历史数据一次性导入。",
        by=minzheng.clerk,
        at=at,
    )
    superiors.remind_superior(
        superior_request_id=asked[1], reminded_on=today, way="fax", note="电话告知正在研究。", by=renshe.clerk, at=at
    )
