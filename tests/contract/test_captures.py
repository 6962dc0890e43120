"""What every way of capture promises; a new method enters `METHODS` and passes all of it."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from gongxiang.node.capture import Capture, Changes, Place
from gongxiang.node.capture.log import LogCapture
from gongxiang.node.errors import SchemaDrift, TableUnfit
from gongxiang.protocol.batches import DELETE, UPSERT
from gongxiang.protocol.messages import MappedColumn
from gongxiang.protocol.terms import DataType, ElementSpec

COLUMNS = (
    MappedColumn(column="id", element=ElementSpec(code="id", type=DataType.INTEGER, key=True, nullable=False)),
    MappedColumn(column="name", element=ElementSpec(code="label", type=DataType.TEXT)),
)
METHODS: dict[str, Callable[[str], Capture]] = {
    "log": lambda dsn: LogCapture(dsn=dsn, table="public.t", columns=COLUMNS, name="gx_contract")
}


class Source:
    """A source table under one method of capture."""

    def __init__(self, dsn: str, make: Callable[[str], Capture]) -> None:
        self.dsn, self._make = dsn, make
        self.sql("CREATE TABLE t (id int PRIMARY KEY, secret text, name text)")
        self.capture = make(dsn)

    def sql(self, *statements: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def again(self) -> Capture:
        """As after a crash: another process over what stands in the source."""
        self.capture.close()
        self.capture = self._make(self.dsn)
        self.capture.check()
        return self.capture

    def take(self, changes: int) -> list[Changes]:
        """Runs until so many row changes came."""
        found: list[Changes] = []
        while sum(run.rows for run in found) < changes:
            run = self.capture.next(10.0)
            assert run is not None, f"{changes} changes were expected, these came: {found}"
            if run.rows or run.truncated:
                found.append(run)
        return found


@pytest.fixture(params=sorted(METHODS))
def source(request: pytest.FixtureRequest, make_database: Callable[[], Any]) -> Iterator[Source]:
    made = Source(make_database().url, METHODS[request.param])
    yield made
    made.capture.drop()


def rows(runs: list[Changes]) -> list[tuple[Any, ...]]:
    """Operation, key and name of each row change."""
    return [
        (int(operation), row["id"], row["label"])
        for run in runs
        for operation, row in zip(run.operations, run.batch.to_pylist(), strict=True)
    ]


def test_changes_come_complete_and_in_order(source: Source) -> None:
    source.capture.check()
    footing = source.capture.create()
    source.capture.start(Place(position=footing.position))
    source.sql(
        "INSERT INTO t VALUES (1, 'x', '一😀'), (2, 'x', NULL)",
        "UPDATE t SET name = '二' WHERE id = 2",
        "UPDATE t SET id = 3 WHERE id = 1",
        "DELETE FROM t WHERE id = 2",
    )
    assert rows(source.take(6)) == [
        (UPSERT, 1, "一😀"), (UPSERT, 2, None), (UPSERT, 2, "二"), (DELETE, 1, None), (UPSERT, 3, "一😀"), (DELETE, 2, None)
    ]  # fmt: skip


def test_only_mapped_columns_are_read(source: Source) -> None:
    source.capture.check()
    source.capture.start(Place(position=source.capture.create().position))
    source.sql("INSERT INTO t VALUES (1, 'secret', 'name')")
    assert source.take(1)[0].batch.schema.names == ["id", "label"]


def test_changes_made_while_nobody_read_are_held(source: Source) -> None:
    source.capture.check()
    position = source.capture.create().position
    source.sql("INSERT INTO t SELECT i, 'x', 'n' || i FROM generate_series(1, 100) i")
    source.again().start(Place(position=position))
    assert len(rows(source.take(100))) == 100


def test_after_a_place_nothing_is_given_twice(source: Source) -> None:
    source.capture.check()
    source.capture.start(Place(position=source.capture.create().position))
    source.sql("INSERT INTO t VALUES (1, 'x', 'a')", "INSERT INTO t VALUES (2, 'x', 'b')")
    last = source.take(2)[-1].place
    source.sql("INSERT INTO t VALUES (3, 'x', 'c')")
    source.again().start(last)
    assert rows(source.take(1)) == [(UPSERT, 3, "c")]


def test_a_part_of_a_transaction_is_not_given_twice(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongxiang.node.capture.log.GROUP_ROWS", 10)
    source.capture.check()
    source.capture.start(Place(position=source.capture.create().position))
    source.sql("INSERT INTO t SELECT i, 'x', 'n' FROM generate_series(1, 35) i")
    first = source.take(20)
    source.again().start(first[-1].place)
    assert [key for _, key, _ in rows(first) + rows(source.take(15))] == list(range(1, 36))


def test_a_truncation_is_told(source: Source) -> None:
    source.capture.check()
    source.capture.start(Place(position=source.capture.create().position))
    source.sql("INSERT INTO t VALUES (1, 'x', 'a')")
    source.take(1)
    source.sql("BEGIN; TRUNCATE t; INSERT INTO t VALUES (2, 'x', 'b'); COMMIT")
    (run,) = source.take(1)
    assert run.truncated
    assert rows([run]) == [(UPSERT, 2, "b")]


def test_positions_move_on_while_the_table_is_quiet(source: Source) -> None:
    source.capture.check()
    footing = source.capture.create()
    source.capture.start(Place(position=footing.position))
    source.sql("CREATE TABLE elsewhere (n int)", "INSERT INTO elsewhere SELECT generate_series(1, 1000)")
    mark = source.capture.now()
    for _ in range(50):
        run = source.capture.next(1.0)
        if run is not None and source.capture.passed(run.place.position, mark):
            break
    else:
        raise AssertionError("the position never passed the mark")


def test_a_changed_table_stops_with_words(source: Source) -> None:
    source.capture.check()
    source.capture.start(Place(position=source.capture.create().position))
    source.sql("ALTER TABLE t RENAME name TO title")
    with pytest.raises(SchemaDrift, match="name"):
        source.capture.footing()


def test_an_unfit_table_is_refused_and_left_alone(source: Source) -> None:
    source.sql("ALTER TABLE t REPLICA IDENTITY FULL")
    with pytest.raises(TableUnfit, match="FULL"):
        source.capture.check()
    source.sql("INSERT INTO t VALUES (1, 'x', 'a')", "UPDATE t SET name = 'b'", "DELETE FROM t")


def test_dropped_nothing_is_held(source: Source) -> None:
    source.capture.check()
    assert source.capture.create().position
    source.capture.drop()
    assert source.again().footing().position == ""


def test_no_business_write_fails(source: Source) -> None:
    """Neither before nor while a table is captured, nor with a reader that is gone, whatever column is written."""
    writes = (
        "INSERT INTO t VALUES (1, 'a', 'b'), (2, NULL, NULL)",
        "UPDATE t SET secret = 'c'", "UPDATE t SET name = 'd', id = id + 10",
        "DELETE FROM t WHERE id = 11", "UPDATE t SET secret = repeat('x', 100000)", "TRUNCATE t",
        "ALTER TABLE t ADD COLUMN more int", "UPDATE t SET more = 1", "ALTER TABLE t DROP COLUMN more",
    )  # fmt: skip
    source.sql(*writes)
    source.capture.check()
    footing = source.capture.create()
    source.sql(*writes)
    source.capture.start(Place(position=footing.position))
    source.sql(*writes)
    source.capture.close()
    source.sql(*writes)
