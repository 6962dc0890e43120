"""The demo's deputy, office system with its history, and letters: what the agenda pages show."""

from datetime import timedelta

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.notices import actions, actions_out
from gongxiang.platform.parties import actions as parties
from gongxiang.protocol import clock


def leave_agenda(travel: TimeTravel, banner: Banner) -> None:
    """A reviewer who is away this week, an office system that listens, one message that waits for it."""
    travel.go(2)
    office, at = banner.offices["minzheng"], clock.now()
    parties.name_deputy(
        person_id=office.reviewer.id, deputy_id=office.node_operator.id, starts_at=at, ends_at=at + timedelta(days=7),
        by=office.officer, at=at,
    )  # fmt: skip
    market = banner.offices["shijian"]
    # The demo sends nothing to anybody: the address is entered and stopped, and shows its history.
    actions_out.set_webhook(address="http://10.150.6.26/oa/gongxiang", algorithm="sm3", anew=True, by=market.officer, at=at)
    actions_out.enqueue(
        [market.department.id], kind="access_request:granted", subject=("access_request", ""), title="SQ 特困人员基本信息",
        basis=("wushen-2021-60:21(2)",), values={}, at=at, source="demo",
    )  # fmt: skip
    actions_out.stop_webhook(by=market.officer, at=at)
    actions.choose_mail(address="shijian@example.org", asked=True, rhythm="binding", by=market.clerk, at=at)
