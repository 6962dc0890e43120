"""The demo's access requests beyond the plain way: an extension asked for, messages with a file."""

from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.access import actions, queries, states, talking
from gongxiang.protocol import clock


def leave_requests_waiting(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> None:
    """The provider asks for more time on one request that waits, and both sides write to each other on another."""
    travel.go(1, hour=15)
    provider = banner.offices["minzheng"]
    found = queries.find_access_requests(actor=provider.officer, box="to_answer", statuses=(states.SUBMITTED,))
    waiting = found.filter(prepared__isnull=True, resource_id=resources["tkry"]).first()
    if waiting is not None:
        actions.ask_extension(
            access_request_id=waiting.pk, working_days=5, reason="特困人员动态管理复核正在进行，结果出来后方能确定可提供范围。",
            by=provider.officer, at=clock.now(),
        )  # fmt: skip
    shijian = banner.offices["shijian"]
    written = found.filter(consumer_id=shijian.clerk.department_id).first()
    if written is not None:
        talking.send_message(
            access_request_id=written.pk, text="请说明核验频次，以及是否需要历史名单。", by=provider.reviewer, at=clock.now()
        )
        travel.pass_minutes(20)
        talking.send_message(
            access_request_id=written.pk, text="每季度核验一次，只需当前名单。说明材料见附件。",
            attached=[("核验说明.pdf", b"%PDF-1.4\n% \xe6\xa0\xb8\xe9\xaa\x8c\xe8\xaf\xb4\xe6\x98\x8e\n%%EOF\n")],
            by=shijian.clerk, at=clock.now(),
        )  # fmt: skip
