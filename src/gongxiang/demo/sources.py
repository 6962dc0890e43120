"""The demo's provider lets its node read the tables of its business database, so that drafts can be made of them."""

from contextlib import suppress
from uuid import UUID

from gongxiang.demo.banner import Banner
from gongxiang.platform.delivery import surveying, trying
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.protocol import clock

#: Whose tables are read; the node answers by itself within seconds.
READ_BY = "minzheng"


def read_tables(banner: Banner, nodes: dict[str, UUID]) -> None:
    """The clerk asks; the answer is not waited for."""
    if READ_BY in nodes:
        surveying.ask_for_tables(node_id=nodes[READ_BY], by=banner.offices[READ_BY].clerk, at=clock.now())


def try_table(banner: Banner, resource_id: UUID) -> None:
    """The node operator tests the connection of a published table; its masked rows wait for a look for ten minutes."""
    with suppress(Refusal):
        trying.try_mount(resource_id=resource_id, by=banner.offices[READ_BY].node_operator, at=clock.now())
