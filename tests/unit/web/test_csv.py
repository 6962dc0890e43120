"""A list as a CSV: nothing in it is run by the program that opens it."""

import csv
from io import StringIO

import pytest

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
