"""Published entries of the demo that are complete, and of which each has several of the points that audits find.

Two departments have in them what the civil affairs bureau collects too, so that a source department can be named.
"""

from decimal import Decimal
from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.demo.entries import consented
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.content import Content, DistributionContent, ElementContent
from gongxiang.protocol import clock


def _e(code: str, name: str, length: int | None = 50, **more: object) -> ElementContent:
    values: dict[str, object] = {"data_class": "GENERAL", "sensitivity": "GENERAL", **more}
    return ElementContent(code=code, name=name, type="C", length=length, **values)  # type: ignore[arg-type]


_PERSONAL = {"data_class": "IMPORTANT", "sensitivity": "PERSONAL"}
_FILE = DistributionContent(kind="FILE", title="电子文件", description="每月 5 日前导出上月数据。")
_API = DistributionContent(kind="API", title="查询接口", description="由本部门系统提供，联调时告知地址。")


def _contents(resources: dict[str, UUID]) -> tuple[tuple[str, Content], ...]:
    """(office, content): what is wrong with each stands before it."""
    return (
        # Nearly the name of another department's entry, short summary, vague conditions without basis, real time by files,
        # an unknown system, a lower level than its source's, no key, no lengths, a name that is a code.
        ("yibao", Content(
            name="特困人员信息", classification="307", summary="特困人员参保。", format_class="DATABASE", format_type="自建库",
            update_cycle="REALTIME", area="乌审旗", source_system="医保经办小程序", derived_from=(resources["tkry"],),
            sharing_type="CONDITIONAL", sharing_reason="涉及参保人员。", conditions="按需提供。", scope="旗直有关部门",
            purposes=("verification",),
            elements=(
                _e("xm", "姓名", None), _e("sfzh", "公民身份号码", 18), _e("szsm", "所在苏木镇", None), _e("lxdh", "lxdh", 20),
            ),
            distributions=(_FILE,),
        )),
        # Open to society with personal information, a file format delivered by an API, no system named.
        ("shijian", Content(
            name="经营者登记信息", classification="307", summary="在本旗登记的个体工商户经营者的基本情况和联系方式。",
            format_class="SPREADSHEET", format_type="XLSX", update_cycle="MONTHLY", area="乌审旗", open_to_society=True,
            open_conditions="无", elements=(
                _e("bh", "编号", 20, key=True, nullable=False), _e("xm", "姓名", 50, **_PERSONAL),
                _e("lxdh", "联系电话", 20, **_PERSONAL),
            ),
            distributions=(_API,),
        )),
        # Nearly the name of the department's own entry.
        ("shijian", Content(
            name="经营者登记数据", classification="307", summary="个体工商户经营者登记、变更、注销的办理情况。",
            format_class="SPREADSHEET", format_type="XLSX", update_cycle="YEARLY", area="乌审旗",
            source_system="市场主体登记系统",
            elements=(_e("bh", "编号", 20, key=True, nullable=False), _e("ywlx", "业务类型", 20)),
            distributions=(_FILE,), storage_gb=Decimal("0.2"),
        )),
    )  # fmt: skip


def publish_doubtful(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> None:
    """Publish them, by everybody who has to act."""
    for key, content in _contents(resources):
        office = banner.offices[key]
        made = actions.draft_resource(content=content, by=office.clerk, at=clock.now()).id
        consented(travel, office, made, content)
        actions.submit_resource(resource_id=made, by=office.officer, at=clock.now())
        travel.pass_minutes(60)
        actions.publish_resource(resource_id=made, by=banner.authority_officer, at=clock.now())
