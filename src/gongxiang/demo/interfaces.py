"""The demo's calling systems: one token in use, one revoked; the one in use is told by `gongxiang demo info --json`."""

from datetime import timedelta

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import Notes, TimeTravel
from gongxiang.platform.kernel.actors import Scope
from gongxiang.platform.parties import actions, queries
from gongxiang.protocol import clock


def leave_tokens(notes: Notes, travel: TimeTravel, banner: Banner) -> None:
    """Tokens of the market bureau's system."""
    travel.go(3)
    office = banner.offices["shijian"]
    system = next(one for one in queries.systems(office.department.id) if one.ended_at is None)
    scopes = [Scope.READ, Scope.COMPILE]
    old, _ = actions.issue_system_token(
        system_id=system.id, label="目录同步（试运行）", scopes=[Scope.READ], days=30, by=office.officer, at=clock.now()
    )
    actions.revoke_token(token_id=old.id, by=office.officer, at=clock.now() + timedelta(minutes=1))
    _, notes.kept["token"] = actions.issue_system_token(
        system_id=system.id, label="目录编制与同步", scopes=scopes, days=180, by=office.officer, at=clock.now()
    )
