"""The demo's delivery by file: the civil affairs bureau deposits a list, the market bureau fetches it as its grant allows."""

import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from uuid import UUID

from gongxiang.cli import main
from gongxiang.demo import cases, entries
from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel, wait_for
from gongxiang.machine.home import Home
from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.delivery import files
from gongxiang.platform.grants import handlers, providing, queries_use
from gongxiang.protocol import clock

_LIST = "编号,名称\r\nBZ-0001,乌审旗殡仪馆\r\nBZ-0002,嘎鲁图镇公益性公墓\r\nBZ-0003,图克镇公益性公墓\r\n"


def deliver_file(home: Home, travel: TimeTravel, banner: Banner, nodes: dict[str, UUID]) -> None:
    """An entry that a node delivers by file, a grant of it, two versions, and one fetched."""
    provider, consumer = banner.offices["minzheng"], banner.offices["shijian"]
    place = DistributionContent(
        kind="FILE", title="名录文件", description="有变动时重新导出。", node_id=nodes["minzheng"], source_table="binzang.csv"
    )
    content = entries._content(
        "殡葬服务机构名录", "203", "全旗殡仪馆、公墓等殡葬服务机构的名称。", format_class="SPREADSHEET", format_type="CSV",
        distributions=(place,),
    )  # fmt: skip
    resource = entries._draft(provider, content)
    entries.consented(travel, provider, resource, content)
    actions.submit_resource(resource_id=resource, by=provider.officer, at=clock.now())
    travel.pass_minutes(30)
    actions.publish_resource(resource_id=resource, by=banner.authority_officer, at=clock.now())
    made = cases._draft(
        consumer, resource, elements=["bh", "mc"], mode="file", days=300, use_case="核对殡葬服务机构的登记名称。"
    )
    grant_id = cases._submit(travel, consumer, made, read=10)
    assert grant_id is not None
    person = consumer.clerk.id
    handlers.name_handler(grant_id=grant_id, person_id=person, duty="登记核对", by=consumer.officer, at=clock.now())
    first, second = home.path / "tmp-binzang-1.csv", home.path / "tmp-binzang.csv"
    to = home.path / "nodes" / f"{consumer.key}-binzang.csv"
    try:
        first.write_text(_LIST[: _LIST.index("BZ-0003")], "utf-8")
        second.write_text(_LIST, "utf-8")
        for path in (first, second):
            said = ("deposit", "--resource", str(resource), "--no-state-secrets", str(path))
            wait_for("the deposit of a file", lambda said=said: _file(home, provider.key, *said))  # type: ignore[misc]
        fetch = ("fetch", "--grant", str(grant_id), "--person", str(person), "--purpose", "verification", "--replace")
        more = ("--matter", "SJ-DJ-01-2026-0121", "--to", str(to))
        wait_for("the fetch of a file", lambda: _file(home, consumer.key, *fetch, *more))
    finally:
        for path in (first, second):
            path.unlink(missing_ok=True)

    def measured() -> bool:
        provision = queries_use.cases_of(grant_id, actor=consumer.clerk)["provision"]
        kept = files.versions_of(resource).count() == 2
        return kept and all(one.status not in providing.RUNNING for one in provision)

    wait_for("the end of the provision by its first file", measured)


def _file(home: Home, key: str, way: str, *arguments: str) -> bool:
    """The node's command, as its operator runs it."""
    config = home.path / "nodes" / f"{key}.toml"
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        return main(["file", way, "--config", str(config), *arguments]) == 0
