"""The provider's side of an exchange database: shared tables, where each stream stands, and segments not yet acknowledged.

One connection, used by one stream's thread. Everything of a batch is written in one transaction, so that table, chain and
position never disagree. The department reads `shared.*` and sees exactly what is shared; only this module writes there.
"""

import io
import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import psycopg2
import psycopg2.errors
import pyarrow as pa

from gongxiang.node import copybinary, wire
from gongxiang.node.describe import quote
from gongxiang.node.errors import TargetBusy, TargetDiskFull, TargetDown, TargetRefused, ValueNotCarried
from gongxiang.protocol.batches import DELETE, UPSERT
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import arrow_type, postgres_type

_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS gongxiang;
CREATE SCHEMA IF NOT EXISTS shared;
CREATE TABLE IF NOT EXISTS gongxiang.streams (
  resource_id uuid PRIMARY KEY,
  exchange_table text NOT NULL,
  state jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS gongxiang.outbox (
  resource_id uuid NOT NULL,
  seq bigint NOT NULL,
  segment bytea NOT NULL,
  PRIMARY KEY (resource_id, seq)
);
ALTER TABLE gongxiang.outbox ALTER COLUMN segment SET STORAGE EXTERNAL;
COMMENT ON SCHEMA shared IS 'What this department shares, exactly as it is shared. Written by Gongxiang''s node only.';
"""
#: Any number; names the making of the schema among the threads of all nodes on this database.
_SCHEMA_LOCK = 0x6778_7368
_STAGE = "gx_stage"
#: A read ends early at this many bytes, so that wide rows neither fill the memory nor make a segment the gateway refuses.
READ_BYTES = 10 << 20
#: Up to this many changes are written as values in the statements themselves, which saves roundtrips when few come.
SMALL_ROWS = 64
SMALL_BYTES = 32 << 10


@dataclass(kw_only=True)
class StreamRow:
    """Where one stream stands; everything needed to go on after a crash. Kept as JSON in `gongxiang.streams`."""

    schema_version: int
    #: Fingerprint of the mapped columns: another one is another stream.
    mapping: str
    #: What the capture stands on (`Footing.identity`).
    footing: str = ""
    epoch: int = 0
    seq: int = 0
    prev_digest: str = ""
    #: `Place` of the stream in the source.
    position: str = ""
    transaction: str = ""
    done: int = 0
    #: Table that changes are applied to: a load's own table until it is whole.
    table: str = ""
    #: Step of the source's load: "copy" or "weave", then "catch_up", then "key"; "" when it is over.
    loading: str = "copy"
    #: Last key of the source's load, as texts.
    after: list[str] | None = None
    #: The stream must pass this position before the load is whole.
    high: str = ""
    #: Elements whose old values changes carry.
    filters: list[str] = field(default_factory=list)
    #: Grant -> fingerprint of the projection it was loaded for.
    covered: dict[str, str] = field(default_factory=dict)
    #: Grants of the running load -> fingerprint.
    covering: dict[str, str] = field(default_factory=dict)
    #: A running load from the exchange table: its targets, and its last key as texts.
    targets: list[str] = field(default_factory=list)
    targets_after: list[str] | None = None
    rows_loaded: int = 0
    changes: int = 0

    def place(self, position: str, transaction: str = "", done: int = 0) -> None:
        """Note how far the source has been taken."""
        self.position, self.transaction, self.done = position, transaction, done


class Rows:
    """COPY rows as they come; psycopg2 calls `write` once for each row."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        # The list's own method, not ours: half the cost, and no cycle that would keep the rows until a collection.
        self.write: Callable[[bytes], Any] = self.rows.append

    def read(self, size: int = -1) -> bytes:
        """Never called; psycopg2 asks for it."""
        return b""

    def taken(self) -> list[bytes]:
        """The rows without the stream's header and trailer."""
        rows = self.rows
        if rows and rows[0].startswith(b"PGCOPY\n"):
            rows[0] = rows[0][len(copybinary.HEADER) :]
        if rows and rows[-1] == copybinary.TRAILER:
            rows.pop()
        return [row for row in rows if row]


class Enough(Exception):
    """The reader has as many bytes as it wants."""


class BoundedRows(Rows):
    """As `Rows`, for tables with wide rows: ends the read after `READ_BYTES`."""

    def __init__(self) -> None:
        super().__init__()
        rows, left = self.rows, READ_BYTES

        def count(row: bytes) -> None:
            nonlocal left
            rows.append(row)
            left -= len(row)
            if left < 0:
                raise Enough

        self.write = count


class _Parts(io.RawIOBase):
    """Buffers one after another as a file, for COPY FROM."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self._parts = [memoryview(part).cast("B") for part in parts if len(part)]
        self._index = self._offset = 0

    def read(self, size: int = -1) -> bytes:
        if self._index == len(self._parts):
            return b""
        part = self._parts[self._index]
        piece = part[self._offset :] if size < 0 else part[self._offset : self._offset + size]
        self._offset += len(piece)
        if self._offset == len(part):
            self._index, self._offset = self._index + 1, 0
        return bytes(piece)


@contextmanager
def translated() -> Iterator[None]:
    """Database errors as the node's named ones."""
    try:
        yield
    except (psycopg2.errors.DiskFull, psycopg2.errors.IoError, psycopg2.errors.OutOfMemory) as error:
        raise TargetDiskFull("The exchange database has no space left: {said}", said=_words(error)) from error
    except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected, psycopg2.errors.QueryCanceled) as error:
        raise TargetBusy("The exchange table is held by another session: {said}", said=_words(error)) from error
    except psycopg2.errors.DataError as error:
        raise ValueNotCarried("The exchange database cannot take a value: {said}", said=_words(error)) from error
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        if "No space left" in str(error):
            raise TargetDiskFull("The exchange database has no space left: {said}", said=_words(error)) from error
        raise TargetDown("The exchange database does not answer: {said}", said=_words(error)) from error
    except psycopg2.Error as error:
        if "File too large" in str(error):
            raise TargetDiskFull("The exchange database may not grow any more: {said}", said=_words(error)) from error
        raise TargetRefused("The exchange database refused: {said}", said=_words(error)) from error


def _words(error: BaseException) -> str:
    # The first line only: DETAIL and CONTEXT may show values of rows.
    return str(error).strip().partition("\n")[0]


class Work:
    """One transaction's statements; those whose answer nobody needs wait and travel with the next one, or with the commit."""

    def __init__(self, connection: Any) -> None:
        self._cursor = connection.cursor()
        self._waiting = ["BEGIN"]

    def later(self, statement: str, values: Sequence[Any] | None = None) -> None:
        """Run this before whatever comes next."""
        self._waiting.append(statement if values is None else self.mogrify(statement, values))

    def execute(self, statement: str, values: Sequence[Any] | None = None) -> None:
        """Run this now."""
        self.later(statement, values)
        text, self._waiting = "; ".join(self._waiting), []
        self._cursor.execute(text)

    def copy_expert(self, statement: str, file: Any, size: int = 8192) -> None:
        """Run a COPY now."""
        if self._waiting:
            self.execute("SELECT")
        self._cursor.copy_expert(statement, file, size)

    def commit(self) -> None:
        """Make it all hold."""
        if self._waiting != ["BEGIN"]:
            self.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo it all."""
        self._waiting = []
        self._cursor.execute("ROLLBACK")

    def mogrify(self, statement: str, values: Sequence[Any]) -> str:
        """The statement with its values written in."""
        text: str = self._cursor.mogrify(statement, values).decode("utf-8")
        return text

    def fetchone(self) -> Any:
        """The next row of the last answer."""
        return self._cursor.fetchone()

    def fetchall(self) -> Any:
        """All rows of the last answer."""
        return self._cursor.fetchall()


class Exchange:
    """The exchange database as one stream uses it."""

    def __init__(self, dsn: str, resource_id: UUID, elements: Sequence[ElementSpec]) -> None:
        self._dsn, self._id, self.elements = dsn, str(resource_id), tuple(elements)
        self.keys = tuple(spec for spec in elements if spec.key)
        self._types = [postgres_type(spec) for spec in elements]
        self._connection: Any = None
        self._staged = False
        #: What staged changes are read from: the stage, or few changes as values.
        self._beside = f"{_STAGE} s"
        self._kinds: set[int | None] = set()

    # ---- connection and state ----------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect and make sure the node's own tables are there."""
        self.close()
        with translated():
            self._connection = psycopg2.connect(self._dsn, connect_timeout=10)
            self._connection.set_session(autocommit=True)
            with self.transaction() as cursor:
                # Joins start from the few staged rows: a plan over the whole table would stop the stream.
                cursor.execute(
                    "SET lock_timeout = '20s'; SET enable_hashjoin = off; SET enable_mergejoin = off; "
                    "SET client_encoding = 'UTF8'; SET maintenance_work_mem = '96MB'; SET timezone = 'UTC'"
                )
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
                cursor.execute("SELECT to_regclass('gongxiang.outbox')")
                if cursor.fetchone()[0] is None:
                    cursor.execute(_SCHEMA)
        self._staged = False

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """One transaction; everything in it or nothing."""
        with translated():
            work = Work(self._connection)
            try:
                yield work
                work.commit()
            except BaseException:
                with suppress(psycopg2.Error):
                    work.roll_back()
                raise

    def read_state(self) -> StreamRow | None:
        """Where the stream stands; None if it never began here."""
        with self.transaction() as cursor:
            cursor.execute("SELECT state FROM gongxiang.streams WHERE resource_id = %s", (self._id,))
            row = cursor.fetchone()
        return None if row is None else StreamRow(**row[0])

    def write_state(self, cursor: Work, state: StreamRow, exchange_table: str) -> None:
        """Note where the stream stands, in the caller's transaction."""
        cursor.later(
            "INSERT INTO gongxiang.streams VALUES (%s, %s, %s) ON CONFLICT (resource_id) DO UPDATE "
            "SET exchange_table = excluded.exchange_table, state = excluded.state",
            (self._id, exchange_table, json.dumps(asdict(state))),
        )

    def put_out(self, cursor: Work, seq: int, segment: bytes) -> None:
        """Put a sealed segment into the outbox, in the caller's transaction."""
        if len(segment) <= SMALL_BYTES:
            statement = "INSERT INTO gongxiang.outbox (resource_id, seq, segment) VALUES (%s, %s, %s)"
            cursor.later(statement, (self._id, seq, psycopg2.Binary(segment)))
            return
        key = UUID(self._id).bytes
        row = struct.pack(">hi16siqi", 3, 16, key, 8, seq, len(segment))
        self._copy(cursor, "gongxiang.outbox (resource_id, seq, segment)", (row, segment))

    def clear_outbox(self, cursor: Work) -> None:
        """Forget segments that will never be sent."""
        cursor.execute("DELETE FROM gongxiang.outbox WHERE resource_id = %s", (self._id,))

    # ---- tables ------------------------------------------------------------------------------------------------------

    def make_table(self, cursor: Work, table: str, *, comment: str) -> None:
        """Make an empty shared table without its key."""
        # Where keys may not be NULL, making the primary key need not look for NULLs first.
        columns = ", ".join(
            f"{quote(s.code)} {t}{' NOT NULL' if s.key else ''}" for s, t in zip(self.elements, self._types, strict=True)
        )
        cursor.execute(f"DROP TABLE IF EXISTS {shared(table)}")
        cursor.execute(f"CREATE TABLE {shared(table)} ({columns})")
        cursor.execute(f"COMMENT ON TABLE {shared(table)} IS %s", (comment,))

    def add_key(self, cursor: Work, table: str) -> None:
        """Give the table its primary key, unless it has it."""
        cursor.execute("SELECT 1 FROM pg_index WHERE indrelid = %s::regclass AND indisprimary", (shared(table),))
        if cursor.fetchone() is None:
            cursor.execute(f"ALTER TABLE {shared(table)} ADD PRIMARY KEY ({self._key_list()})")

    def swap(self, cursor: Work, table: str, exchange_table: str) -> None:
        """Let a load's own table take the place of the exchange table."""
        if table == exchange_table:
            return
        cursor.execute(f"DROP TABLE IF EXISTS {shared(exchange_table)}")
        cursor.execute(f"ALTER TABLE {shared(table)} RENAME TO {quote(exchange_table)}")

    def analyse(self, table: str) -> None:
        """Let the planner know the table."""
        with self.transaction() as cursor:
            cursor.execute(f"ANALYZE {shared(table)}")

    def drop_leftovers(self, cursor: Work, exchange_table: str, keep: str) -> None:
        """Drop tables of loads that were given up."""
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'shared' AND tablename ~ %s AND tablename <> %s",
            (f"^{exchange_table}__e[0-9]+$", keep),
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {shared(name)}")

    # ---- rows in -----------------------------------------------------------------------------------------------------

    def copy_rows(self, cursor: Work, table: str, rows: Sequence[Any], order: Sequence[int] = ()) -> None:
        """Append rows that are in COPY form already, their fields in another order of the elements if so said."""
        names = ", ".join(quote(self.elements[index].code) for index in order or range(len(self.elements)))
        self._copy(cursor, f"{shared(table)} ({names})", rows)

    def insert(self, cursor: Work, table: str, batch: pa.RecordBatch) -> bool:
        """Append new rows; False, with nothing done, if one of them is there already."""
        cursor.execute("SAVEPOINT gx_insert")
        try:
            self.copy_rows(cursor, table, list(copybinary.rows(batch, self._types)))
        except psycopg2.errors.UniqueViolation:
            cursor.execute("ROLLBACK TO SAVEPOINT gx_insert")
            return False
        return True

    def stage(self, cursor: Work, operations: pa.Array, batch: pa.RecordBatch) -> None:
        """Lay changes beside the table, numbered from 0, until the transaction's end."""
        self._kinds = set(operations.unique().to_pylist())
        if batch.num_rows <= SMALL_ROWS:
            self._beside = self._written_out(cursor, operations, batch)
            return
        self._beside = f"{_STAGE} s"
        if not self._staged:
            columns = ", ".join(f"{quote(s.code)} {t}" for s, t in zip(self.elements, self._types, strict=True))
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {_STAGE} (_n int, _op smallint, {columns}) ON COMMIT DELETE ROWS")
            self._staged = True
        numbers = pa.array(np.arange(batch.num_rows, dtype=np.int32))
        names = ["_n", "_op", *(spec.code for spec in self.elements)]
        whole = pa.RecordBatch.from_arrays([numbers, operations.cast(pa.int16()), *batch.columns], names=names)
        rows = list(copybinary.rows(whole, ["integer", "smallint", *self._types]))
        self._copy(cursor, f"{_STAGE} ({', '.join(map(quote, names))})", rows)

    def _written_out(self, cursor: Work, operations: pa.Array, batch: pa.RecordBatch) -> str:
        """Few changes as a table of values."""
        columns = [column.to_pylist() for column in batch.columns]
        casts = "(%s::int, %s::smallint, " + ", ".join(f"%s::{name}" for name in self._types) + ")"
        rows = zip(operations.to_pylist(), *columns, strict=True)
        values = ", ".join(cursor.mogrify(casts, (number, *row)) for number, row in enumerate(rows))
        names = ", ".join(quote(spec.code) for spec in self.elements)
        return f"(VALUES {values}) AS s (_n, _op, {names})"

    def merge_stage(self, cursor: Work, table: str) -> None:
        """Apply the staged changes; each key stands there once."""
        if DELETE in self._kinds:
            cursor.later(
                f"DELETE FROM {shared(table)} t USING {self._beside} WHERE s._op = 2 AND {self._same_key()}"  # noqa: S608 (quoted)
            )
        if UPSERT not in self._kinds:
            return
        names = ", ".join(quote(spec.code) for spec in self.elements)
        sets = ", ".join(f"{quote(s.code)} = excluded.{quote(s.code)}" for s in self.elements if not s.key)
        cursor.later(
            f"INSERT INTO {shared(table)} ({names}) SELECT {names} FROM {self._beside} WHERE _op = 1 "  # noqa: S608 (identifiers quoted)
            f"ON CONFLICT ({self._key_list()}) DO {f'UPDATE SET {sets}' if sets else 'NOTHING'}"
        )

    def unstage(self, cursor: Work) -> None:
        """Forget what is staged."""
        if self._beside == f"{_STAGE} s":
            cursor.execute(f"TRUNCATE {_STAGE}")

    def truncate(self, cursor: Work, table: str) -> None:
        """Empty the table."""
        cursor.execute(f"TRUNCATE {shared(table)}")

    def _copy(self, cursor: Work, into: str, rows: Sequence[Any]) -> None:
        parts = _Parts((copybinary.HEADER, *rows, copybinary.TRAILER))
        cursor.copy_expert(f"COPY {into} FROM STDIN (FORMAT binary)", parts, 1 << 20)

    # ---- rows out ----------------------------------------------------------------------------------------------------

    def staged_rows(self, cursor: Work, table: str, elements: Sequence[ElementSpec]) -> tuple[Any, pa.RecordBatch]:
        """For staged changes whose row is in the table: their numbers, and the row's values of `elements` before the change."""
        number = ElementSpec(code="_n", type=DataType.INTEGER)
        names = ", ".join(f"t.{quote(spec.code)}" for spec in elements)
        batch = self._read(
            cursor,
            f"SELECT s._n::bigint, {names} FROM {self._beside} JOIN {shared(table)} t ON {self._same_key()} ORDER BY s._n",  # noqa: S608 (identifiers quoted)
            (number, *elements),
            Rows(),
        )
        found = batch.column(0).to_numpy(zero_copy_only=False)
        return found, pa.RecordBatch.from_arrays(batch.columns[1:], names=[spec.code for spec in elements])

    def read_chunk(self, cursor: Work, table: str, after: list[str] | None, limit: int) -> pa.RecordBatch:
        """The next rows of the table in key order after a key; fewer than `limit` only at the end or if they are wide."""
        order = wire.copy_order(self.elements)
        names = ", ".join(quote(self.elements[index].code) for index in order)
        where = ""
        if after is not None:
            types = ", ".join(f"%s::{postgres_type(spec)}" for spec in self.keys)
            where = cursor.mogrify(f"WHERE ({self._key_list()}) > ({types})", after)
        rest = f"{where} ORDER BY {self._key_list()} LIMIT {limit}"
        query = f"SELECT {names} FROM {shared(table)} {rest}"  # noqa: S608 (identifiers quoted)
        return self._read(cursor, query, self.elements, BoundedRows(), order)

    def _read(
        self, cursor: Work, query: str, elements: Sequence[ElementSpec], sink: Rows, order: Sequence[int] = ()
    ) -> pa.RecordBatch:
        try:
            cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)
        except Enough:
            # Only loads read boundedly, in a transaction in which nothing was written.
            cursor.execute("ROLLBACK; BEGIN")
        rows = sink.taken()
        return decode_joined(wire.join(rows) if rows else None, elements, order or range(len(elements)))[0]

    def _key_list(self) -> str:
        return ", ".join(quote(spec.code) for spec in self.keys)

    def _same_key(self) -> str:
        return " AND ".join(f"t.{quote(spec.code)} = s.{quote(spec.code)}" for spec in self.keys)


def shared(table: str) -> str:
    """The table in schema shared as SQL."""
    return f"shared.{quote(table)}"


def decode_rows(rows: Sequence[bytes], elements: Sequence[ElementSpec]) -> tuple[pa.RecordBatch, Mapping[int, Any]]:
    """COPY rows as a batch, and which values cannot be carried (column index -> rows)."""
    if not rows:
        return decode_joined(None, elements, range(len(elements)))
    return decode_joined(wire.join(rows), elements, range(len(elements)))


def decode_joined(
    joined: tuple[wire.Bytes, wire.Ints] | None, elements: Sequence[ElementSpec], order: Sequence[int]
) -> tuple[pa.RecordBatch, Mapping[int, Any]]:
    """As `decode_rows`, of rows that were joined already and whose fields stand in another order than the elements."""
    names = [spec.code for spec in elements]
    if joined is None:
        return pa.RecordBatch.from_arrays([pa.array([], arrow_type(spec)) for spec in elements], names=names), {}
    buffer, starts = joined
    fields = dict(zip(order, wire.walk_copy(buffer, starts, [wire.CANONICAL[elements[i].type] for i in order]), strict=True))
    columns = [wire.decode(wire.CANONICAL[spec.type], spec, buffer, fields[i]) for i, spec in enumerate(elements)]
    bad = {index: column.bad for index, column in enumerate(columns) if column.bad is not None}
    return pa.RecordBatch.from_arrays([column.values for column in columns], names=names), bad


def key_texts(batch: pa.RecordBatch, elements: Sequence[ElementSpec], row: int) -> list[str]:
    """The key of one row as texts that PostgreSQL reads back exactly."""
    texts = []
    for spec in elements:
        if spec.key:
            value = batch.column(batch.schema.get_field_index(spec.code))[row].as_py()
            texts.append(
                f"\\x{value.hex()}"
                if isinstance(value, bytes)
                else format(value, "f")
                if spec.type is DataType.DECIMAL
                else str(value)
            )
    return texts
