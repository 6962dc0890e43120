"""The demo's interface: the market bureau looks divisions up and checks one, through its own node, as the grant allows."""

from uuid import UUID

from gongxiang.demo import cases
from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel, wait_for
from gongxiang.machine.home import Home
from gongxiang.node import config as configuration
from gongxiang.node import identity
from gongxiang.node.client import GatewayClient
from gongxiang.platform.grants import handlers, providing, queries_use
from gongxiang.protocol import clock
from gongxiang.protocol.errors import DataPlaneError


def grant_interface(travel: TimeTravel, banner: Banner, resources: dict[str, UUID]) -> UUID:
    """A grant by interface and its handler; the gateway makes its rows ready meanwhile."""
    office = banner.offices["shijian"]
    elements = ["code", "name", "level", "parent"]
    use_case = "登记窗口逐笔核对住所所在行政区划。"
    made = cases._draft(office, resources["xzqh"], elements=elements, days=300, use_case=use_case, mode="api")
    grant_id = cases._submit(travel, office, made, read=10)
    assert grant_id is not None
    handlers.name_handler(grant_id=grant_id, person_id=office.clerk.id, duty="登记窗口核对", by=office.officer, at=clock.now())
    return grant_id


def ask_by_interface(home: Home, banner: Banner, grant_id: UUID) -> None:
    """Some answered calls: the first ends the period of provision."""
    office = banner.offices["shijian"]
    config = configuration.load(home.path / "nodes" / f"{office.key}.toml")
    known, key = identity.load(config)
    client = GatewayClient(config.gateway_url, config.fingerprint, node_id=known.node_id, key=key)
    said = {"person": str(office.clerk.id), "purpose": "verification", "matter": "SJ-DJ-01-2026-0117"}

    def asked() -> bool:
        try:
            return bool(client.post_json(f"grants/{grant_id}/lookup", {**said, "key": {"name": "嘎鲁图镇"}}))
        except DataPlaneError:
            return False

    try:
        wait_for("the first answer of the interface", asked)
        for name in ("图克镇", "乌审召镇"):
            found = client.post_json(f"grants/{grant_id}/lookup", {**said, "key": {"name": name}, "elements": ["code"]})
            for record in found["records"][:1]:
                values = {"key": {"code": record["code"]}, "values": {"name": name}}
                client.post_json(f"grants/{grant_id}/match", {**said, "matter": "SJ-DJ-01-2026-0118", **values})
    finally:
        client.hang_up()
        client.close()

    def measured() -> bool:
        provision = queries_use.cases_of(grant_id, actor=office.clerk)["provision"]
        return all(one.status not in providing.RUNNING for one in provision)

    wait_for("the end of the provision by its first call", measured)
