"""The demo's access requests beyond the plain way: an extension asked for."""

from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.access import actions, queries, states
from gongxiang.protocol import clock


def leave_requests_waiting(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> None:
    """The provider asks for more time on the newest request that waits for its reply."""
    travel.go(1, hour=15)
    provider = banner.offices["minzheng"]
    found = queries.find_access_requests(actor=provider.officer, box="to_answer", statuses=(states.SUBMITTED,))
    waiting = found.filter(prepared__isnull=True, resource_id=resources["tkry"]).first()
    if waiting is not None:
        actions.ask_extension(
            access_request_id=waiting.pk, working_days=5, reason="特困人员动态管理复核正在进行，结果出来后方能确定可提供范围。",
            by=provider.officer, at=clock.now(),
        )  # fmt: skip
