"""The demo's provider lets its node read the tables of its business database, so that drafts can be made of them."""

from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.platform.delivery import surveying
from gongxiang.protocol import clock

#: Whose tables are read; the node answers by itself within seconds.
READ_BY = "minzheng"


def read_tables(banner: Banner, nodes: dict[str, UUID]) -> None:
    """The clerk asks; the answer is not waited for."""
    if READ_BY in nodes:
        surveying.ask_for_tables(node_id=nodes[READ_BY], by=banner.offices[READ_BY].clerk, at=clock.now())
