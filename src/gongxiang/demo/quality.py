"""The demo's state of the catalogue: a system without entries, matters with form items, a source, a report to the city."""

from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.platform.catalogue import actions, matters, reporting, sources
from gongxiang.platform.parties import actions as parties_actions
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING

FORMS = {
    "SJ-DJ-01": ("经营者姓名", "姓名", "身份证号码", "联系电话", "行政区划代码", "经营场所", "经营范围"),
    "YB-JZ-01": ("姓名", "身份证号", "所在苏木镇", "自理能力", "病种"),
}


def report_first_entries(banner: Banner) -> None:
    """What was published in the first weeks is reported to the city; a system is registered for which nothing is compiled."""
    clerk = banner.offices["renshe"].clerk
    parties_actions.register_system(
        department_id=clerk.department_id, name="就业服务管理系统", tier="regional", network="dedicated", hosting="自治区统建",
        by=clerk, at=clock.now(),
    )  # fmt: skip
    changes = reporting.pending()
    if changes:
        made = actions.record_city_report(
            number="乌政数报〔示例〕1号", reported_on=clock.now().astimezone(BEIJING).date(), note="首批目录",
            seen=reporting.seen(changes), by=banner.authority_officer, at=clock.now(),
        )  # fmt: skip
        actions.record_city_receipt(
            report_id=made, outcome=reporting.TAKEN, number="鄂数收〔示例〕1号",
            received_on=clock.now().astimezone(BEIJING).date(), by=banner.authority_officer, at=clock.now(),
        )  # fmt: skip


def check_forms(banner: Banner, resources: dict[str, UUID]) -> None:
    """Two matters state what their forms ask for: one item is taken from a resource, one is asked for with a reason."""
    known = {one.code: one for one in parties.matters()}
    for code, names in FORMS.items():
        office = next(o for o in banner.offices.values() if o.department.id == known[code].department_id)
        actions.list_form_items(matter_id=known[code].id, names=names, by=office.clerk, at=clock.now())
    office = banner.offices["shijian"]
    matter = known["SJ-DJ-01"]
    actions.link_matter(
        matter_id=matter.id, resource_id=resources["xzqh"], benefit="登记住所时不再由申请人填写区划代码。", by=office.clerk,
        at=clock.now(),
    )  # fmt: skip
    item = next(one for one in matters.state_of(matter.id, actor=office.clerk).items if one.name == "联系电话")
    if item.status == matters.AVAILABLE:
        actions.justify_item(
            item_id=item.id, justification="须由申请人确认接收登记通知的电话。", by=office.clerk, at=clock.now()
        )


def name_source(banner: Banner) -> None:
    """The authority names the source of what most departments have; the others find it in their entries."""
    for row in sources.items()[:1]:
        actions.name_source(
            item=row["stem"], department_id=sources.holders(row["stem"])[0], reason="依法履行该项数据的管理职责。",
            by=banner.authority_officer, at=clock.now(),
        )  # fmt: skip
