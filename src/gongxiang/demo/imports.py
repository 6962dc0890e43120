"""A clerk's workbook in the demo, entries that wait for a person's confirmation; and a file asked for: by public acts."""

from gongxiang.demo.banner import Banner
from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.catalogue.content import Content, ElementContent
from gongxiang.platform.catalogue.workbook import writing
from gongxiang.platform.catalogue.workbook.cells import Directory
from gongxiang.platform.catalogue.workbook.writing import BookRow
from gongxiang.protocol import clock

#: Entry -> its elements, as a clerk types them.
_ENTRIES = {
    "嘎查村基本信息": (("village_code", "嘎查村代码"), ("village_name", "嘎查村名称"), ("township", "所属苏木镇")),
    "救助管理站信息": (("station_code", "站点代码"), ("station_name", "站点名称"), ("address", "地址")),
    "婚姻登记机关信息": (("office_code", "机关代码"), ("office_name", "机关名称")),
}


def send_workbook(banner: Banner) -> None:
    """Send three entries of the civil affairs bureau; the worker checks them, and the page offers to confirm."""
    rows = [_row(name, elements) for name, elements in _ENTRIES.items()]
    content = writing.write_book(rows, Directory())
    actions.send_import(
        file_name="民政局目录（补充）.xlsx", content=content, by=banner.offices["minzheng"].clerk, at=clock.now()
    )


def ask_for_file(banner: Banner) -> None:
    """A file of the bureau's entries, as a long list's export is asked for: the worker makes it, the clerk fetches it."""
    clerk = banner.offices["minzheng"].clerk
    total = len(queries.own_entries(clerk))
    actions.ask_export(scope="own", kind="book", query="", total=total, language="zh-hans", by=clerk, at=clock.now())


def _row(name: str, elements: tuple[tuple[str, str], ...]) -> BookRow:
    content = Content(
        name=name, classification="307", summary=f"全旗{name}。", format_class="DATABASE", format_type="PostgreSQL",
        update_cycle="MONTHLY",
        elements=tuple(
            ElementContent(
                code=code, name=words, type="C", length=60, key=number == 0, nullable=number > 0, data_class="GENERAL",
                sensitivity="GENERAL",
            )
            for number, (code, words) in enumerate(elements)
        ),
    )  # fmt: skip
    return BookRow(id=None, code="", provider="", provider_code="", status="", version=0, published_on=None, content=content)
