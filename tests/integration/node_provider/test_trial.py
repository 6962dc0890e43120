"""A table is tried at mounting: what fails is named step by step, and the rows that leave are masked."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from gongxiang.node.trial import LONGEST_VALUE, try_mount
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.messages import MappedColumn, TryMount
from gongxiang.protocol.terms import DataType, ElementSpec, Mask, MaskKind
from tests.support import databases


@pytest.fixture(scope="module")
def source() -> Iterator[databases.Database]:
    made = databases.create_empty()
    with psycopg.connect(made.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (sfzh varchar(18) PRIMARY KEY, xm text, csrq date, bz text, je numeric(12,2))")
        connection.execute(
            "INSERT INTO person SELECT '15062619900101' || lpad(n::text, 4, '0'), '张三' || n, '1990-05-06',"
            " repeat('长', 300), n FROM generate_series(1, 30) n"
        )
        connection.execute("CREATE TABLE empty (sfzh varchar(18) PRIMARY KEY, xm text)")
        connection.execute("CREATE TABLE keyless (sfzh varchar(18), xm text)")
        connection.execute("CREATE TABLE odd (sfzh varchar(18) PRIMARY KEY, xm text)")
        connection.execute("ALTER TABLE odd REPLICA IDENTITY FULL")
    yield made
    databases.drop(made)


def column(name: str, kind: DataType = DataType.TEXT, **more: Any) -> MappedColumn:
    return MappedColumn(column=name, element=ElementSpec(code=name, type=kind, **more))


KEY = column("sfzh", key=True, nullable=False)
ORDER = TryMount(
    request_id=uuid4(), resource_id=uuid4(), node_id=uuid4(), table="public.person",
    columns=(
        KEY, column("xm"), column("csrq", DataType.DATE), column("bz"),
        column("je", DataType.DECIMAL, precision=12, scale=2),
    ),
    masks={
        "sfzh": Mask(kind=MaskKind.KEEP), "xm": Mask(kind=MaskKind.KEEP, prefix=1), "csrq": Mask(kind=MaskKind.YEAR),
        "je": Mask(kind=MaskKind.BLANK),
    },
)  # fmt: skip


def run(url: str, order: TryMount) -> tuple[list[tuple[str, str]], int, list[Any]]:
    given: list[Any] = []
    steps, rows = try_mount(url, order, given.append)
    return [(step.step, str(step.problem)) for step in steps], rows, given


@pytest.mark.article("wushen-2021-60:21(1)", "wushen-2021-60:15")
def test_rows_are_masked_before_they_leave_the_node(source):
    steps, rows, (given,) = run(source.url, ORDER)
    assert [name for name, problem in steps if not problem] == ["reachable", "table", "key", "rights", "columns", "sample"]
    assert (rows, len(given["rows"])) == (10, 10)
    assert [one["code"] for one in given["columns"]] == ["sfzh", "xm", "csrq", "bz", "je"]
    assert given["rows"][0] == ["*" * 18, "张**", "1990-01-01", "长" * LONGEST_VALUE + "…", None]
    assert b"150626" not in canonical(given)
    assert run(source.url, replace(ORDER, rows=10_000))[1] == 10, "whatever an order says"


@pytest.mark.parametrize(
    ("change", "failed", "word"),
    [
        ({"table": "public.nobody"}, "table", "no table"),
        ({"table": "public.keyless", "columns": (KEY,)}, "key", "no primary key"),
        ({"table": "public.odd", "columns": (KEY,)}, "rights", "REPLICA IDENTITY"),
        ({"columns": (KEY, column("gone"))}, "columns", "is gone"),
        ({"columns": (KEY, column("csrq", DataType.INTEGER))}, "columns", "is now date"),
        ({"columns": (column("xm"),)}, "columns", "not catalogued"),
    ],
    ids=["table", "key", "settings", "column", "type", "key column"],
)  # fmt: skip
def test_the_first_step_that_fails_is_named_and_nothing_leaves(source, change, failed, word):
    steps, rows, given = run(source.url, replace(ORDER, masks={}, **change))
    assert steps[-1][0] == failed
    assert word in steps[-1][1]
    assert (rows, given) == (0, [])


def test_a_database_out_of_reach_and_an_empty_table(source):
    steps, rows, given = run("postgresql://nobody:secret@127.0.0.1:1/none?connect_timeout=2", ORDER)
    assert [name for name, _ in steps] == ["reachable"]
    assert "secret" not in steps[0][1]
    ((name, problem),), _rows, _given = run("host=127.0.0.1 password secret", ORDER)
    assert (name, "cannot be read" in problem, "secret" in problem) == ("reachable", True, False)
    steps, rows, (given,) = run(source.url, replace(ORDER, table="public.empty", columns=(KEY, column("xm"))))
    assert (steps[-1], rows, given["rows"]) == (("sample", ""), 0, [])
