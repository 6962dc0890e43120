"""A list as a CSV or an Excel file: nothing in it is run by the program that opens it."""

import csv
import zipfile
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from gongxiang.platform.web.catalogue.export import export_xlsx
from gongxiang.platform.web.lists import export_csv


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        (" =1", "' =1"),
        ("\u3000＋1", "'\u3000＋1"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("a=1", "a=1"),
        ("2026-11-23", "2026-11-23"),
        ('a",=1', 'a",=1'),
        (None, ""),
        (0, "0"),
    ],
)
def test_a_cell_is_never_a_formula(text: object, cell: str) -> None:
    answer = export_csv("a list", [("Head", lambda row: row), ("=Head", lambda _row: "b")], [text])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a-list.csv"'
    (_, row) = csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert row == [cell, "b"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("+1", "+1"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("\t=1", "\t=1"),
        ("名\ufffe称\uffff\x0b", "名称"),
        ("_x0041_", "_x005F_x0041_"),
        (-2, -2),
    ],
)
def test_a_cell_of_a_workbook_is_a_text_that_xml_can_carry(value: object, cell: object) -> None:
    content = export_xlsx("a-list", [("Head", lambda row: row)], [value]).content
    found = load_workbook(BytesIO(content)).active["A2"]
    assert (found.value, found.data_type) == (cell, "n" if isinstance(value, int) else "s")
    with zipfile.ZipFile(BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
