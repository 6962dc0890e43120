"""The workbook as a layout: every field has a column, and what is exported comes back unchanged."""

import dataclasses
import io
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from types import UnionType
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongxiang.platform.catalogue import errors_import as errors
from gongxiang.platform.catalogue.content import Content, DistributionContent, ElementContent, differences
from gongxiang.platform.catalogue.workbook import cells, exchange, reading, writing
from gongxiang.platform.catalogue.workbook import columns as layout
from gongxiang.platform.catalogue.workbook.cells import Directory, Register
from gongxiang.platform.catalogue.workbook.columns import Kind
from gongxiang.platform.catalogue.workbook.writing import BookRow
from tests.factories.contents import complete_content, conditional_content

AT = datetime(2026, 11, 22, tzinfo=UTC)


def row(content: Content, **changes: Any) -> BookRow:
    values: dict[str, Any] = {
        "id": uuid4(), "code": "307001/000001", "provider": "民政局", "provider_code": "11150626MB0000001X", "status": "草稿",
        "version": 0, "published_on": None, "content": content,
    }  # fmt: skip
    return BookRow(**{**values, **changes})


def back(book: bytes, base: Content | None = None, directory: Directory | None = None) -> Content:
    parsed = reading.read_book(book, directory or Directory())
    assert [one.message for one in parsed.findings] == []
    return reading.compose(parsed.rows[0], base, parsed)


# ---- every field has a column ---------------------------------------------------------------------------------------------


def leaves(cls: type, within: str = "") -> list[str]:
    found = []
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        inner = typing.get_args(hint)[0] if typing.get_origin(hint) is tuple else hint
        if dataclasses.is_dataclass(inner):
            found += leaves(typing.cast(type, inner), f"{within}{field.name}.")
        else:
            found.append(f"{within}{field.name}")
    return found


def columns() -> dict[str, layout.Column]:
    return {
        (column.path if sheet.name == layout.ENTRIES else f"{sheet.name}.{column.path}"): column
        for sheet in layout.sheets()
        for column in sheet.columns
    }


def test_every_field_of_a_content_has_a_column():
    assert sorted(columns()) == sorted(leaves(Content))


def test_every_column_has_its_own_words_in_both_languages():
    """A field without words is headed by its own name: add them to `columns.HEADERS`."""
    assert [path for path in columns() if path not in layout.HEADERS] == []
    for sheet in layout.sheets():
        extras = layout.EXTRAS if sheet.name == layout.ENTRIES else (layout.PARENT,)
        for words in ("zh", "en"):
            heads = [getattr(one, words) for one in (*extras, *sheet.columns)]
            assert len(heads) == len(set(heads))


def test_every_coded_field_has_a_list():
    for path, column in columns().items():
        if column.kind in (Kind.CODE, Kind.CODES):
            assert layout.coded(path), path


# ---- exact round trip -----------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.sampled_from(
    [
        "=1+1",
        "+86",
        "-",
        "@x",
        "'x",
        "a\nb",
        "a\r\nb",
        " 前后 ",
        "\t",
        "a；b;c=d\\n",
        "000123",
        "1.50",
        "2026-11-22",
        "是",
        "_x000D_",
        "TRUE",
    ]
)
CODE = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)


def values(hint: Any, path: str) -> st.SearchStrategy[Any]:
    """Any value of a field's type that a draft may hold."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, UnionType):
        inner = next(a for a in typing.get_args(hint) if a is not type(None))
        return st.none() | values(inner, path)
    if path in layout.CODED:
        codes = st.sampled_from(sorted(layout.CODED[path]))
        return st.lists(codes, unique=True, max_size=3).map(tuple) if origin is tuple else codes | st.just("")
    if path in ("elements", "distributions"):
        record, key = (ElementContent, "code") if path == "elements" else (DistributionContent, "id")
        one = st.builds(record, **{**fields(record, f"{path}."), key: CODE if key == "code" else st.uuids()})
        return st.lists(one, max_size=3, unique_by=lambda item: getattr(item, key)).map(tuple)
    if origin is tuple:
        inner = typing.get_args(hint)[0]
        if inner is UUID:
            return st.lists(st.uuids(), unique=True, max_size=3).map(tuple)
        return st.lists(TEXT, max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(CODE, TEXT.filter(str.strip), max_size=3)
    if dataclasses.is_dataclass(hint):
        return st.builds(hint, **fields(typing.cast(type, hint), f"{path}."))
    if path == "withholding.statute":
        return st.uuids().map(str) | st.just("")
    if path == "classification":
        return st.sampled_from(["", "101", "307", "307015"])
    kinds: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXT, bool: st.booleans(), int: st.integers(-(10**17), 10**17), UUID: st.uuids(),
        date: st.dates(min_value=date(1000, 1, 1)),
        Decimal: st.decimals(min_value=0, max_value=10**14, places=4, allow_nan=False),
    }  # fmt: skip
    return kinds[hint]


def fields(cls: type, within: str = "") -> dict[str, st.SearchStrategy[Any]]:
    hints = typing.get_type_hints(cls)
    return {field.name: values(hints[field.name], f"{within}{field.name}") for field in dataclasses.fields(cls)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.builds(Content, **fields(Content)), st.sampled_from(["zh-hans", "en"]))
def test_an_export_imported_again_changes_nothing(content: Content, language: str):
    again = back(writing.write_book([row(content)], Directory(), language=language), content)
    assert differences(content, reading.settle(content, again)) == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.builds(Content, **fields(Content)))
def test_the_exchange_file_is_exact(content: Content):
    clean = Content.from_json(_clean(content.to_json()))
    entries, findings = exchange.read_exchange(exchange.write_exchange([row(clean)], at=AT))
    assert findings == []
    assert entries[0].content == clean


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return cells.CONTROL.sub("", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {key: _clean(item) for key, item in value.items()} if isinstance(value, dict) else value


def test_a_complete_entry_comes_back_without_knowing_it():
    """Into another installation: nothing is kept from an entry that was there before."""
    content = conditional_content(
        sharing_reason="理由\n第二行", keywords=("救助", "a；b"), period_from=date(1999, 1, 2), storage_gb=Decimal("1.25")
    )
    assert back(writing.write_book([row(content, id=None, code="")], Directory())) == content


def test_references_are_written_as_words_and_read_back():
    register = Register(what="departments")
    one, two, three = uuid4(), uuid4(), uuid4()
    register.add(one, "民政局", "旗民政局", "11150626MB0000001X")
    register.add(two, "能源局")
    register.add(three, "能源局")
    directory = Directory(registers={"department": register})
    content = complete_content(scope_departments=(one, two), source_department=one)
    book = writing.write_book([row(content)], directory)
    page = openpyxl.load_workbook(io.BytesIO(book))["目录"]
    heads = [cell.value for cell in page[1]]
    assert page.cell(2, heads.index("限定共享部门") + 1).value == f"民政局\n{two}"
    assert back(book, directory=directory) == content
    with pytest.raises(errors.ReferenceAmbiguous):
        register.find("能源局")
    assert register.find("旗民政局") == str(one)


def test_a_text_too_long_for_a_cell_stays_as_it_was():
    content = complete_content(summary="长" * 40_000)
    book = writing.write_book([row(content)], Directory())
    assert reading.settle(content, back(book, content)) == content


def test_cells_that_look_like_formulas_stay_texts():
    content = complete_content(summary='=cmd|" /C calc"!A0', conditions="+1", scope="-1", area="@SUM(A1)")
    page = openpyxl.load_workbook(io.BytesIO(writing.write_book([row(content)], Directory())))["目录"]
    risky = [cell for cell in page[2] if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))]
    assert len(risky) == 4
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in risky)


# ---- what people write ----------------------------------------------------------------------------------------------------


def column(path: str) -> layout.Column:
    return columns()[path]


READ = {
    "a number that Excel made of a code": ("classification", 307.0, "307"),
    "a classification with its name": ("classification", "307 部门信息资源", "307"),
    "a label": ("sharing_type", "有条件共享", "CONDITIONAL"),
    "an English label": ("sharing_type", "Conditional", "CONDITIONAL"),
    "our own word": ("sharing_type", "CONDITIONAL", "CONDITIONAL"),
    "the national guide's figure": ("sharing_type", 2.0, "CONDITIONAL"),
    "a letter": ("elements.type", "C", "C"),
    "several codes": ("purposes", "行政依据、数据校核", ["decision", "verification"]),
    "yes": ("open_to_society", "是", True),
    "one": ("open_to_society", 1.0, True),
    "a tick": ("open_to_society", "√", True),
    "Excel's own true": ("open_to_society", True, True),
    "a date of Excel": ("period_from", date(2026, 11, 22), "2026-11-22"),
    "a date in Chinese": ("period_from", "2026年1月2日", "2026-01-02"),
    "a date with slashes": ("period_from", "2026/1/2", "2026-01-02"),
    "eight figures": ("period_from", "20260102", "2026-01-02"),
    "thousands": ("storage_gb", "1,234.5", "1234.5"),
    "a float": ("storage_gb", 0.1, "0.1"),
    "a length as text": ("elements.length", "50", 50),
    "keywords in one line": ("keywords", "救助；低保; 特困", ["救助", "低保", "特困"]),
    "columns": ("distributions.columns", "id_number = sfzh\nname=xm", {"id_number": "sfzh", "name": "xm"}),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_what_people_write_is_understood(case: str):
    path, raw, expected = READ[case]
    directory = Directory(figures={"sharing_type": {"2": "CONDITIONAL"}})
    assert cells.read(column(path), path, raw, directory) == expected


WRONG = {
    "an unknown code": ("sharing_type", "随便共享", errors.CodeNotListed),
    "one of several codes unknown": ("purposes", "行政依据、好玩", errors.CodeNotListed),
    "neither yes nor no": ("open_to_society", "也许", errors.CellNoYesOrNo),
    "a day that is not": ("period_from", "2026-02-30", errors.CellNoDate),
    "a number as date": ("period_from", 46000.0, errors.CellNoDate),
    "no number": ("elements.length", "五十", errors.CellNoNumber),
    "half a length": ("elements.length", 50.5, errors.CellNoNumber),
    "not finite": ("storage_gb", "NaN", errors.CellNoNumber),
    "a huge exponent": ("storage_gb", "1e999999", errors.CellNoNumber),
    "figures lost": ("summary", 1.10105194912310e17, errors.CellNumberTooLong),
    "NUL": ("summary", "a\x00b", errors.CellControlCharacters),
    "an escape character": ("name", "\x1b[31m", errors.CellControlCharacters),
    "half a character": ("name", "\ud800", errors.CellControlCharacters),
    "10 MB": ("summary", "长" * 10_000_000, errors.CellTooLong),
    "a name too long": ("name", "长" * 501, errors.CellTooLong),
    "an id that is none": ("distributions.node_id", "前置机一号", errors.ReferenceUnknown),
    "no pair": ("distributions.columns", "sfzh", errors.CellNoPairs),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_understood_is_named(case: str):
    path, raw, refusal = WRONG[case]
    with pytest.raises(refusal) as caught:
        cells.read(column(path), path, raw, Directory())
    assert caught.value.message
    assert caught.value.advice
