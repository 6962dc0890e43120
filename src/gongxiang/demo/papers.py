"""The demo's papers and warnings: an agreement issued with its code, a renewal, a reply that reveals more than it says."""

from datetime import timedelta
from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.access import actions, answers, combining, copying
from gongxiang.platform.agreements import paper, queries
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.terms import Purpose


def leave_papers(travel: TimeTravel, banner: Banner, resources: dict[str, UUID], granted: dict[str, UUID]) -> None:
    """One of each; every act is its own person's."""
    provider, consumer = banner.offices["minzheng"], banner.offices["shijian"]
    travel.pass_minutes(5)
    agreement = queries.in_force(provider.department.id, at=clock.now())
    if agreement is not None:
        paper.issue_paper(agreement_id=agreement.id, by=provider.clerk, at=clock.now())

    today = clock.now().astimezone(BEIJING).date()
    renewal = copying.renew_grant(grant_id=granted["xzqh"], by=consumer.clerk, at=clock.now()).pk
    actions.save_draft(
        access_request_id=renewal, fields={"until": today + timedelta(days=1090)}, ban_accepted=True, by=consumer.clerk,
        at=clock.now(),
    )  # fmt: skip
    _submit(travel, banner, renewal)

    combining.add_combination(
        title="姓名与经济状况", traits=[("姓名", ["姓名"]), ("经济状况", ["补助金额"])],
        reason="合并后可知特定个人领取的救助金额，属于敏感个人信息。", by=banner.authority_leader, at=clock.now(),
    )  # fmt: skip
    fields = {
        "legal_basis": "《促进个体工商户发展条例》第三条、本部门“三定”规定", "purposes": ["reference"],
        "purpose_note": "测算减免费用所需资金。", "use_case": "测算特困人员开办个体工商户的扶持资金。", "scope": "登记注册股",
        "elements": ["rybh", "bzje"], "mode": "table", "until": today + timedelta(days=300), "materials": [],
    }  # fmt: skip
    asked = actions.draft_access_request(resource_id=resources["tkry"], fields=fields, by=consumer.clerk, at=clock.now()).pk
    actions.save_draft(access_request_id=asked, fields={}, ban_accepted=True, by=consumer.clerk, at=clock.now())
    _submit(travel, banner, asked)
    travel.pass_minutes(20)
    answers.prepare_reply(
        access_request_id=asked, outcome="grant", elements=["rybh", "bzje"], purposes=[Purpose.REFERENCE],
        until=today + timedelta(days=300), text="测算所需，同意提供。", by=provider.reviewer, at=clock.now(),
    )  # fmt: skip


def _submit(travel: TimeTravel, banner: Banner, access_request_id: UUID) -> None:
    consumer = banner.offices["shijian"]
    actions.present_access_request(access_request_id=access_request_id, by=consumer.clerk, at=clock.now())
    travel.pass_minutes(10)
    actions.consent_access_request(access_request_id=access_request_id, by=consumer.officer, at=clock.now())
    travel.pass_minutes(2)
    actions.submit_access_request(access_request_id=access_request_id, by=consumer.clerk, at=clock.now())
