"""The node tells which tables its source database has: names, comments, types and keys of all of them, never a value."""

from collections.abc import Iterator

import psycopg
import pytest

from gongxiang.node.errors import SourceDown
from gongxiang.node.survey import LONGEST_COMMENT, PART_COLUMNS, parts, survey
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.messages import SurveyedTable
from gongxiang.protocol.terms import DataType
from tests.support import databases


@pytest.fixture
def source() -> Iterator[databases.Database]:
    made = databases.create_empty()
    yield made
    databases.drop(made)


def run(source: databases.Database, *statements: str) -> None:
    with psycopg.connect(source.url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def found(source: databases.Database) -> dict[str, SurveyedTable]:
    return {table.table: table for table in survey(source.url).tables}


def test_names_comments_types_and_keys_are_told(source):
    run(
        source,
        "CREATE TABLE person (sfzh varchar(18), xm text, ye numeric(12, 2), xj bool, bq text[], PRIMARY KEY (sfzh))",
        "COMMENT ON TABLE person IS '特困人员'",
        "COMMENT ON COLUMN person.sfzh IS '公民身份号码'",
        "INSERT INTO person VALUES ('15062619000101001X', '张三', 1, true, NULL)",
    )
    table = found(source)["public.person"]
    assert (table.comment, table.problem) == ("特困人员", "")
    key, name, amount, alive, labels = table.columns
    assert (key.column, key.comment, key.type, key.length, key.key) == ("sfzh", "公民身份号码", DataType.TEXT, 18, True)
    assert (name.length, amount.precision, amount.scale, alive.type) == (0, 12, 2, DataType.BOOLEAN)
    assert labels.type is None
    assert "array" in labels.refusal
    assert "张三" not in canonical(table).decode(), "no value ever"
    assert "15062619000101001X" not in canonical(table).decode()


def test_what_is_no_table_of_the_business_is_left_out(source):
    run(
        source,
        "CREATE SCHEMA biz",
        "CREATE TABLE biz.plain (id int PRIMARY KEY)",
        "CREATE TABLE biz.parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE biz.parted_1 PARTITION OF biz.parted FOR VALUES FROM (1) TO (9)",
        "CREATE VIEW biz.seen AS SELECT 1 AS one",
        "CREATE SCHEMA gongxiang",
        "CREATE TABLE gongxiang.streams (id int PRIMARY KEY)",
        "CREATE TEMP TABLE passing (id int)",
    )
    assert set(found(source)) == {"biz.plain", "biz.parted"}


def test_tables_that_cannot_be_captured_say_why(source):
    run(
        source,
        "CREATE TABLE keyless (a int)",
        "CREATE UNLOGGED TABLE passing (a int PRIMARY KEY)",
        'CREATE TABLE "odd.name" (a int PRIMARY KEY)',
    )
    tables = found(source)
    assert "no primary key" in tables["public.keyless"].problem
    assert "unlogged" in tables["public.passing"].problem
    assert "full stop" in tables["public.odd.name"].problem
    assert all(table.words for table in tables.values())


def test_three_hundred_tables_come_in_parts_that_a_call_carries(source):
    columns = ", ".join(f"c{n} varchar(100)" for n in range(40))
    run(source, *(f"CREATE TABLE t{n:03} (id int PRIMARY KEY, {columns})" for n in range(300)))
    run(source, f"COMMENT ON TABLE t000 IS '{'长' * 1000}'", "CREATE TABLE wide AS SELECT 1 AS a")
    whole = survey(source.url)
    told = list(parts(whole))
    assert whole.total == 301
    assert [table.table for part in told for table in part] == sorted(table.table for table in whole.tables)
    assert all(sum(len(table.columns) for table in part) <= PART_COLUMNS for part in told)
    assert max(len(canonical(part)) for part in told) < 1 << 19
    assert len(whole.tables[0].comment) == LONGEST_COMMENT


def test_an_empty_database_is_one_empty_part(source):
    assert list(parts(survey(source.url))) == [()]


def test_a_database_that_is_down_is_named():
    with pytest.raises(SourceDown):
        survey("postgresql://nobody@127.0.0.1:1/nothing")
