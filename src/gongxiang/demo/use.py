"""The demo's use of what was granted: handlers, a rectification, questions, an inspection, a certificate of disposal."""

from datetime import timedelta
from uuid import UUID

from gongxiang.demo import cases
from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.grants import (
    actions,
    disposing,
    entered_use,
    handlers,
    inspections,
    narrowing,
    providing,
    queries,
    queries_rectify,
    queries_use,
    questions,
    rectifying,
    tasks,
    third_parties,
)
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING


def leave_use(travel: TimeTravel, banner: Banner, resources: dict[str, UUID], granted: dict[str, UUID]) -> None:
    """Something at every step of the use, on the grants that flow and on one that has ended."""
    provider, consumer, renshe = (banner.offices[key] for key in ("minzheng", "shijian", "renshe"))
    grant, today = granted["tkry"], clock.now().astimezone(BEIJING).date()
    for person, duty in ((consumer.clerk, "登记窗口核验"), (consumer.officer, "复核")):
        handlers.name_handler(grant_id=grant, person_id=person.id, duty=duty, by=consumer.officer, at=clock.now())
    (named, *_) = queries_use.handlers_of(grant, actor=consumer.clerk)
    entered_use.enter_use(
        grant_id=grant, handler_id=named.id, used_on=today, way="paper", purpose=queries.current_terms(grant).purposes[0].value,
        matter="SJ-DJ-2026-118", rows=3, storage="登记档案，随案卷保存。", by=consumer.clerk, at=clock.now(),
    )  # fmt: skip
    asked = questions.ask_about_use(
        grant_id=grant, sign="storage", question="接收的数据存放在哪些库中，谁可以访问？", by=provider.officer, at=clock.now()
    )
    questions.answer_question(
        question_id=asked.pk, answer="仅存于前置交换库，登记窗口三名经办人凭账号访问。", by=consumer.officer, at=clock.now()
    )
    inspections.announce_inspection(
        grant_id=grant, scope="核对使用记录与登记事项台账。", inspected_on=today + timedelta(days=20),
        by=banner.authority_officer, at=clock.now(),
    )  # fmt: skip
    third_parties.ask_third_party(
        grant_id=grant, third_party="旗政务服务大厅联办窗口", elements=["rybh", "xm"], purpose="联办减免费用事项。",
        legal_basis="《社会救助暂行办法》", safeguards="仅窗口内网可见，办结即删。", until_on=today + timedelta(days=90),
        by=consumer.officer, at=clock.now(),
    )  # fmt: skip
    (running,) = queries_rectify.find_rectifications(actor=renshe.officer, status="running")[:1]
    rectifying.report_rectification(
        rectification_id=running.pk, report="已更换弱口令、启用双因子登录，并排查全部终端。", by=renshe.officer, at=clock.now()
    )
    terms = queries.current_terms(running.grant_id)
    narrowing.announce_narrowing(
        grant_id=running.grant_id, elements=terms.elements[:1], masks={}, conditions=(), purposes=terms.purposes,
        valid_until=terms.valid_until, reason="not_needed", statement="核对用工登记只需编号。",
        narrows_on=today + timedelta(days=30), by=provider.officer, at=clock.now(),
    )  # fmt: skip
    _end_one(travel, banner, resources)
    tasks.keep_use_true(clock.now())


def _end_one(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> None:
    """An interface of the provider's own that was provided, used, and what was taken disposed of with a certificate."""
    provider, consumer = banner.offices["minzheng"], banner.offices["shijian"]
    made = cases._draft(
        consumer, resources["shehui"], elements=["bh", "mc"], mode="api", days=200, use_case="一次性核对社会组织名称。"
    )
    grant_id = cases._submit(travel, consumer, made, read=10)
    assert grant_id is not None
    travel.pass_minutes(20)
    providing.declare_provision(grant_id=grant_id, statement="已在登记系统开通查询账号。", by=provider.clerk, at=clock.now())
    providing.answer_provision(grant_id=grant_id, received=True, by=consumer.clerk, at=clock.now())
    travel.pass_minutes(60)
    actions.end_grant(
        grant_id=grant_id, reason="purpose_met", statement="名称核对已完成。", by=consumer.officer, at=clock.now()
    )
    disposing.certify_disposal(
        grant_id=grant_id, method="deleted", statement="已从工作电脑和备份盘删除。", rows_disposed=186,
        witness="王敏，办公室主任", by=consumer.officer, at=clock.now(),
    )  # fmt: skip
    disposing.acknowledge_disposal(grant_id=grant_id, opinion="已收悉。", by=provider.officer, at=clock.now())
