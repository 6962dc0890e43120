"""The demo's upkeep of the catalogue: changes of remit under way, overdue and completed; a withheld entry to go through."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.demo.entries import consented, withheld_entry
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.catalogue import actions, queries, tasks
from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.grants import stopping
from gongxiang.protocol import clock


def leave_remits(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> None:
    """Registered two days ago; the overdue one by the authority, which found it."""
    office = banner.offices["minzheng"]

    def document(kind: str, title: str, number: str, days_ago: int, description: str) -> Document:
        changed: date = travel.today - timedelta(days=days_ago)
        dated = changed - timedelta(days=2)
        return Document(
            kind=kind, title=title, number=number, dated=dated, changed_on=changed, description=description
        )  # fmt: skip

    done = actions.register_remit_change(
        department_id=office.department.id, document=document(
            "LAW", "社会组织登记管理条例（修订）", "国务院令（示例）", 9, "登记事项名称调整。"
        ), update=[resources["shehui"]], by=office.clerk, at=clock.now(),
    )  # fmt: skip
    actions.confirm_unchanged(
        change_id=done.id, entry_id=done.tasks[0].id, reason="修订不涉及本条目的信息项和共享类型。", by=office.officer,
        at=clock.now(),
    )  # fmt: skip
    running = actions.register_remit_change(
        department_id=office.department.id, document=document(
            "DUTY", "乌审旗民政局职能配置、内设机构和人员编制规定", "乌党办发（示例）12号", 5, "承接养老服务监管职责。"
        ), update=[resources["dibao"], resources["gaoling"]], new=["养老服务机构监管信息"], by=office.clerk, at=clock.now(),
    )  # fmt: skip
    actions.ask_remit_extension(
        change_id=running.id, days=3, reason="业务系统改造尚未完成，需与信息中心核对字段。", by=office.officer, at=clock.now()
    )
    actions.register_remit_change(
        department_id=office.department.id, document=document(
            "STATE_COUNCIL", "关于调整行政区划代码编制管理的决定", "国发（示例）8号", 26, "区划代码维护职责调整。"
        ), update=[resources["xzqh"]], by=banner.authority_officer, at=clock.now(),
    )  # fmt: skip


def publish_withheld(travel: TimeTravel, banner: Banner, nodes: dict[str, UUID]) -> None:
    """A withheld entry that was ratified and published: its re-check is due in a year."""
    office = banner.offices["minzheng"]
    content = withheld_entry(nodes, name="收养评估档案信息", summary="收养评估报告和档案的目录信息。")
    resource_id = actions.draft_resource(content=content, by=office.clerk, at=clock.now()).id
    consented(travel, office, resource_id, content)
    actions.submit_resource(resource_id=resource_id, by=office.officer, at=clock.now())
    travel.pass_minutes(30)
    authority = banner.authority_leader
    actions.ratify_withholding(resource_id=resource_id, opinion="依据充分，同意不予共享。", by=authority, at=clock.now())
    actions.publish_resource(resource_id=resource_id, by=banner.authority_officer, at=clock.now())
    tasks.keep_withheld(clock.now())


def call_off_a_stop(travel: TimeTravel, banner: Banner, resources: dict[str, UUID], granted: dict[str, UUID]) -> None:
    """The provider announced the end of sharing, a consumer objected, and sharing goes on."""
    provider, consumer = banner.offices["minzheng"], banner.offices["shijian"]
    notice = stopping.announce_stop(
        resource_id=resources["xzqh"], reason="shared_elsewhere", statement="拟改由自治区平台统一提供区划代码。",
        stops_on=travel.today + timedelta(days=40), by=provider.officer, at=clock.now(),
    )  # fmt: skip
    travel.pass_minutes(45)
    stopping.answer_stop(
        notice_id=notice.id, grant_id=granted["xzqh"], answer="OBJECTED", statement="登记系统尚未接入自治区平台。",
        by=consumer.officer, at=clock.now(),
    )  # fmt: skip
    travel.pass_minutes(30)
    stopping.cancel_stop(
        notice_id=notice.id, reason="待使用部门接入自治区平台后再议，继续共享。", by=provider.officer, at=clock.now()
    )


def leave_two_texts(banner: Banner, key: UUID) -> None:
    """One draft open in two windows: what was saved second is kept until somebody decides."""
    office = banner.offices["minzheng"]
    draft = queries.get_draft(key)
    theirs = replace(draft.content, area="乌审旗各苏木镇", keywords=("临时救助", "救助金"))
    actions.save_draft(resource_id=key, content=theirs, seen=draft.revision, by=office.clerk, at=clock.now())
    mine = replace(draft.content, summary=f"{draft.content.summary}按月更新。")
    actions.keep_copy(resource_id=key, content=mine, seen=draft.revision, by=office.clerk, at=clock.now())
