"""Every target holds to one contract: rows and cursor together, converging loads, whole swaps, named errors."""

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pyarrow as pa
import pytest

from gongxiang.node import errors
from gongxiang.node.apply.postgresql import PostgresTarget
from gongxiang.node.apply.target import Cursor
from gongxiang.node.collapse import collapse
from gongxiang.protocol.batches import DELETE, TRUNCATE, UPSERT
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import arrow_type
from tests.support.databases import Database

GRANT = UUID("0b0b0b0b-0000-4000-8000-000000000001")
TABLE = "r_test"
NARROW = (
    ElementSpec(code="id", type=DataType.INTEGER, key=True, nullable=False),
    ElementSpec(code="name", type=DataType.TEXT),
)
WIDE = (
    *NARROW,
    ElementSpec(code="amount", type=DataType.DECIMAL, precision=38, scale=10),
    ElementSpec(code="share", type=DataType.DOUBLE),
    ElementSpec(code="alive", type=DataType.BOOLEAN),
    ElementSpec(code="born", type=DataType.DATE),
    ElementSpec(code="noted", type=DataType.TIMESTAMP),
    ElementSpec(code="at", type=DataType.INSTANT),
    ElementSpec(code="photo", type=DataType.BYTES),
    ElementSpec(code="ref", type=DataType.UUID),
    ElementSpec(code="more", type=DataType.JSON),
)


def batch(specs: tuple[ElementSpec, ...], *rows: tuple[Any, ...]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) or [()] * len(specs)
    arrays = [pa.array(values, arrow_type(spec)) for spec, values in zip(specs, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[spec.code for spec in specs])


def changes(specs: tuple[ElementSpec, ...], *rows: tuple[Any, ...]) -> Any:
    """Rows are (op, values…)."""
    operations = pa.array([row[0] for row in rows], pa.int8())
    data = batch(specs, *[(*row[1:], *([None] * (len(specs) - len(row) + 1))) for row in rows])
    whole = pa.RecordBatch.from_arrays([operations, *data.columns], names=["_op", *data.schema.names])
    return collapse([whole], [s.code for s in specs], [s.code for s in specs if s.key])


@dataclasses.dataclass
class Bench:
    """A target under test, and a way to look at its tables from outside."""

    make: Callable[[], Any]
    query: Callable[[str], list[tuple[Any, ...]]]
    target: Any = None
    cursor: Cursor | None = None
    seq: int = 0

    def step(self, **more: Any) -> Cursor:
        """The cursor of the next segment."""
        self.seq += 1
        before = self.cursor or Cursor(
            grant_id=GRANT, revision=1, schema_version=1, epoch=1, seq=0, digest="", position="", table=TABLE
        )
        return dataclasses.replace(before, seq=self.seq, digest=f"sha256:{self.seq}", **more)

    def begin(self, specs: tuple[ElementSpec, ...], epoch: int = 1) -> None:
        self.cursor = self.target.begin_load(self.cursor, self.step(epoch=epoch, loading=epoch, loading_elements=specs))

    def load(self, *rows: tuple[Any, ...]) -> None:
        assert self.cursor is not None
        self.cursor = self.target.add_load(self.cursor, self.step(), [batch(self.cursor.loading_elements, *rows)])

    def change(self, *rows: tuple[Any, ...]) -> None:
        assert self.cursor is not None
        specs = self.cursor.loading_elements if self.cursor.loading else self.cursor.elements
        self.cursor = self.target.add_changes(self.cursor, self.step(), changes(specs, *rows))

    def finish(self) -> None:
        assert self.cursor is not None
        self.cursor = self.target.finish_load(self.cursor, self.step())
        assert self.cursor == self.target.cursor(GRANT)

    def rows(self) -> list[tuple[Any, ...]]:
        return self.query(f"SELECT * FROM received.{TABLE} ORDER BY 1")

    def restart(self) -> None:
        """As after a crash: all memory is gone, the cursor comes from the database."""
        self.target.close()
        self.target = self.make()
        self.target.open()
        self.cursor = self.target.cursor(GRANT)
        self.seq = self.cursor.seq if self.cursor else 0


@pytest.fixture(params=["postgresql"])
def bench(make_database: Callable[[], Database]) -> Iterator[Bench]:
    database = make_database()

    def query(text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(database.url, autocommit=True) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    made = Bench(make=lambda: PostgresTarget(database.url), query=query)
    made.target = made.make()
    made.target.open()
    yield made
    made.target.close()


def test_nothing_is_known_before_the_first_load(bench: Bench) -> None:
    assert bench.target.cursors() == []
    assert bench.target.cursor(GRANT) is None


def test_a_load_becomes_visible_whole(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "张三"), (2, None))
    bench.load((3, "🙂"))
    assert bench.query(f"SELECT to_regclass('received.{TABLE}')") == [(None,)]
    bench.finish()
    assert bench.rows() == [(1, "张三"), (2, None), (3, "🙂")]
    assert bench.cursor is not None
    assert (bench.cursor.rows, bench.cursor.loading, bench.cursor.elements) == (3, 0, NARROW)
    assert bench.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'received'") == [(1,)]


def test_every_type_arrives_as_it_left(bench: Bench) -> None:
    whole = (
        7, "嘎鲁图镇\t\\N\n", Decimal("-1234567890123456789012345678.0123456789"), 0.1, True, date(1958, 2, 28),
        datetime.fromisoformat("1949-10-01T15:00:00.000001"), datetime(2026, 11, 22, 6, 5, tzinfo=UTC), b"\x00\xff",
        str(uuid.UUID(int=5)), '{"a": "中"}',
    )  # fmt: skip
    bench.begin(WIDE)
    bench.load(whole, (8, *[None] * 10))
    bench.change((UPSERT, 9, *whole[1:]))
    bench.finish()
    bench.change((UPSERT, 10, *whole[1:]))
    expected = (*whole[1:9], uuid.UUID(int=5), {"a": "中"})
    assert bench.rows() == [(7, *expected), (8, *[None] * 10), (9, *expected), (10, *expected)]
    snapshot = bench.target.snapshot(bench.cursor)
    read = pa.Table.from_batches(snapshot.batches()).to_pylist()
    assert sorted(tuple(r.values()) for r in read if r["id"] == 7) == [(7, *whole[1:])]
    snapshot.close()


def test_changes_insert_update_delete_and_count(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "a"), (2, "b"))
    bench.finish()
    bench.change((UPSERT, 3, "c"), (UPSERT, 1, "a2"), (DELETE, 2), (DELETE, 99), (UPSERT, 3, "c2"))
    assert bench.rows() == [(1, "a2"), (3, "c2")]
    assert bench.cursor is not None
    assert (bench.cursor.rows, bench.cursor.upserts, bench.cursor.deletes) == (2, 5, 2)
    bench.change((UPSERT, 4, "d"), (TRUNCATE,), (UPSERT, 5, "e"))
    assert bench.rows() == [(5, "e")]
    assert bench.cursor.rows == 1
    bench.change((UPSERT, 5, "f"), (DELETE, 5))
    assert (bench.rows(), bench.cursor.rows) == ([], 0)


def test_changes_between_load_chunks_converge(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "old"), (2, "old"), (3, "old"))
    bench.change((UPSERT, 1, "new"), (DELETE, 2), (UPSERT, 5, "early"), (DELETE, 6), (UPSERT, 9, "beyond"))
    bench.load((4, "x"), (5, "chunk is newer"), (6, "came back"))
    bench.change((UPSERT, 4, "y"), (UPSERT, 2, "again"))
    bench.finish()
    assert bench.rows() == [
        (1, "new"),
        (2, "again"),
        (3, "old"),
        (4, "y"),
        (5, "chunk is newer"),
        (6, "came back"),
        (9, "beyond"),
    ]
    assert bench.cursor is not None
    assert bench.cursor.rows == 7


def test_a_truncation_during_a_load_empties_both(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "a"))
    bench.change((UPSERT, 2, "b"))
    bench.change((TRUNCATE,), (UPSERT, 3, "c"))
    bench.finish()
    assert bench.rows() == [(3, "c")]


def test_a_new_epoch_is_invisible_until_it_is_whole(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "old"))
    bench.finish()
    bench.begin(NARROW, epoch=2)
    bench.load((1, "new"), (2, "new"))
    assert bench.rows() == [(1, "old")]
    bench.finish()
    assert bench.rows() == [(1, "new"), (2, "new")]
    bench.change((UPSERT, 2, "newer"))
    assert bench.rows() == [(1, "new"), (2, "newer")]


def test_of_a_narrowed_revision_nothing_old_remains(bench: Bench) -> None:
    bench.begin(WIDE)
    bench.load((1, "secret", *[None] * 9), (2, "secret", *[None] * 9))
    bench.finish()
    narrow = (NARROW[0],)
    bench.begin(narrow, epoch=2)
    bench.load((1,))
    bench.finish()
    assert bench.rows() == [(1,)]
    assert bench.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'received'") == [(1,)]
    bench.target.check(bench.cursor)


def test_an_unfinished_load_is_thrown_away_by_the_next(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "a"), (2, "b"))
    bench.change((UPSERT, 3, "c"))
    bench.begin(NARROW, epoch=2)
    bench.load((1, "z"))
    bench.finish()
    assert bench.rows() == [(1, "z")]
    assert bench.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'received'") == [(1,)]


@pytest.mark.parametrize("point", ["consumer.begin.created", "consumer.load.copied", "consumer.load_end.keyed",
                                   "consumer.load_end.built", "consumer.swap.done", "consumer.changes.staged",
                                   "consumer.changes.applied"])  # fmt: skip
def test_a_crash_anywhere_repeats_an_idempotent_step(bench: Bench, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Crash(BaseException):
        pass

    crashed: list[str] = []

    def reach(name: str) -> None:
        if name == point and not crashed:
            crashed.append(name)
            raise Crash

    monkeypatch.setattr("gongxiang.node.killpoints.reach", reach)
    steps: list[Callable[[], None]] = [
        lambda: bench.begin(NARROW),
        lambda: bench.load((1, "a"), (2, "b")),
        lambda: bench.change((UPSERT, 1, "a2"), (UPSERT, 4, "d")),
        lambda: bench.load((3, "c")),
        bench.finish,
        lambda: bench.change((DELETE, 2), (UPSERT, 5, "e")),
    ]
    while bench.seq < len(steps):
        try:
            steps[bench.seq]()
        except Crash:
            bench.restart()
    assert crashed
    assert bench.rows() == [(1, "a2"), (3, "c"), (4, "d"), (5, "e")]
    assert bench.cursor is not None
    assert bench.cursor.rows == 4


def test_a_swap_keeps_privileges_indexes_and_views(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "a"))
    bench.finish()
    bench.query("DROP ROLE IF EXISTS gx_test_reader")
    bench.query("CREATE ROLE gx_test_reader")
    try:
        bench.query(f"GRANT SELECT ON received.{TABLE} TO gx_test_reader")
        bench.query(f"CREATE INDEX by_name ON received.{TABLE} (name)")
        bench.query(f"CREATE VIEW public.shown AS SELECT id, name FROM received.{TABLE}")
        bench.query("CREATE VIEW public.second AS SELECT id FROM public.shown")
        bench.query("GRANT SELECT ON public.shown TO gx_test_reader")
        bench.begin(NARROW, epoch=2)
        bench.load((1, "b"))
        bench.finish()
        assert bench.target.notices == []
        assert bench.query("SELECT * FROM public.shown") == [(1, "b")]
        assert bench.query("SELECT * FROM public.second") == [(1,)]
        assert bench.query("SELECT has_table_privilege('gx_test_reader', 'public.shown', 'SELECT')") == [(True,)]
        assert bench.query(f"SELECT has_table_privilege('gx_test_reader', 'received.{TABLE}', 'SELECT')") == [(True,)]
        assert bench.query("SELECT count(*) FROM pg_indexes WHERE indexname = 'by_name'") == [(1,)]
        bench.begin(NARROW[:1], epoch=3)
        bench.load((1,))
        bench.finish()
        assert len(bench.target.notices) == 3
        assert bench.query("SELECT name FROM gongxiang.set_aside ORDER BY 1") == [
            ("by_name",),
            ("public.second",),
            ("public.shown",),
        ]
    finally:
        bench.query("DROP OWNED BY gx_test_reader")
        bench.query("DROP ROLE gx_test_reader")


def test_a_reader_holding_the_table_delays_the_swap_by_name(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "old"))
    bench.finish()
    bench.begin(NARROW, epoch=2)
    bench.load((1, "new"))
    with psycopg.connect(bench.target._dsn) as reader:
        assert reader.execute(f"SELECT name FROM received.{TABLE}").fetchall() == [("old",)]
        with pytest.raises(errors.TargetBusy):
            bench.finish()
    bench.restart()
    assert bench.cursor is not None
    assert bench.cursor.built
    bench.finish()
    assert bench.rows() == [(1, "new")]


@pytest.mark.parametrize(
    "tampering",
    ["ALTER TABLE {} ADD COLUMN extra int", "ALTER TABLE {} DROP COLUMN name", "DROP TABLE {}",
     "ALTER TABLE {} ALTER COLUMN name TYPE varchar(3)", "ALTER TABLE {} DROP CONSTRAINT r_test_pkey"],
)  # fmt: skip
def test_a_table_changed_by_hand_is_named(bench: Bench, tampering: str) -> None:
    bench.begin(NARROW)
    bench.load((1, "a"))
    bench.finish()
    bench.target.check(bench.cursor)
    bench.query(tampering.format(f"received.{TABLE}"))
    with pytest.raises(errors.TableTampered):
        bench.target.check(bench.cursor)


def test_a_stranger_s_table_is_never_replaced(bench: Bench) -> None:
    bench.query(f"CREATE TABLE received.{TABLE} (mine text)")
    with pytest.raises(errors.TableTampered):
        bench.begin(NARROW)
    assert bench.query(f"SELECT * FROM received.{TABLE}") == []


def test_two_hands_on_one_cursor_are_noticed(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "a"))
    bench.finish()
    stale = bench.cursor
    bench.change((UPSERT, 2, "b"))
    bench.cursor = stale
    with pytest.raises(errors.TargetRefused):
        bench.change((UPSERT, 3, "c"))
    assert bench.rows() == [(1, "a"), (2, "b")]


def test_a_snapshot_stays_where_it_was_taken(bench: Bench) -> None:
    bench.begin(NARROW)
    bench.load((1, "a"), (2, "b"))
    bench.finish()
    snapshot = bench.target.snapshot(bench.cursor)
    stale = bench.cursor
    bench.change((DELETE, 1))
    assert [r["id"] for r in pa.Table.from_batches(snapshot.batches()).to_pylist()] == [1, 2]
    assert [r["id"] for r in pa.Table.from_batches(snapshot.batches()).to_pylist()] == [1, 2]
    snapshot.close()
    with pytest.raises(errors.TargetBusy):
        bench.target.snapshot(stale)


def test_a_database_out_of_reach_is_transient() -> None:
    target = PostgresTarget("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(errors.TargetDown) as caught:
        target.open()
    assert isinstance(caught.value, errors.Transient)
