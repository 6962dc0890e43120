"""Reading a source table whole, in key order and in chunks, for the load of a new epoch; for `node.provider`.

Each chunk is a statement of its own, so the business database holds no old snapshot for us. A chunk is read ahead while the one
before is being written.
"""

import queue
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg2
import pyarrow as pa

from gongxiang.node import wire
from gongxiang.node.describe import SourceTable, quote, quote_table, select_list
from gongxiang.node.errors import DataPlaneError, SourceDown, SourceUnfit, ValueNotCarried
from gongxiang.node.exchange import BoundedRows, Enough, Rows, decode_joined, key_texts
from gongxiang.node.seal import Body, load_body
from gongxiang.protocol.messages import MappedColumn

#: Rows of a chunk, unless they are wide: each segment costs some six signatures and checks of them, each row memory.
CHUNK_ROWS = 40_000
#: Average bytes of a row from which reads are bounded by bytes as well.
WIDE_ROW = 256


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """The next rows of a table in key order."""

    #: As COPY gave them, in the exchange table's own binary form; their fields stand in the order `order`.
    rows: memoryview
    order: Sequence[int]
    #: None where only rows and body are wanted, for each costs memory.
    batch: pa.RecordBatch | None
    body: Body
    #: Key of the last row, as texts.
    last: list[str]


class SourceRows:
    """The mapped columns of a source table, read by key; one connection, one thread at a time."""

    def __init__(self, dsn: str, found: SourceTable, columns: Sequence[MappedColumn]) -> None:
        self._dsn, self._found = dsn, found
        self.elements = tuple(c.element for c in columns)
        self._order = wire.copy_order(self.elements)
        self._list = select_list(found, [columns[index] for index in self._order])
        by_element = {c.element.code: found.column(c.column) for c in columns}
        self._keys = [(spec, by_element[spec.code]) for spec in self.elements if spec.key]
        self._connection: Any = None
        self._sink: type[Rows] | None = None

    def close(self) -> None:
        """Let the connection go, also under a read."""
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.cancel()
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None

    def read(self, after: list[str] | None, *, keep: bool = True, most: int | None = None) -> Chunk | None:
        """The rows after a key, with their batch if it is to be kept; None at the end; raises ValueNotCarried, SourceDown."""
        names = ", ".join(quote(have.column) for _, have in self._keys if have)
        where = ""
        if after is not None:
            casts = ", ".join(f"%s::{have.source_type}" for _, have in self._keys if have)
            where = self._filled(f"WHERE ({names}) > ({casts})", after)
        rows = self._copy(f"{where} ORDER BY {names} LIMIT {most or CHUNK_ROWS}", self._fitting_sink())
        if not rows:
            return None
        count, joined = len(rows), wire.join(rows)
        del rows
        batch, bad = decode_joined(joined, self.elements, self._order)
        for index in bad:
            self._refuse(index)
        return Chunk(
            rows=joined[0][: -wire.PADDING].data,
            order=self._order,
            batch=batch if keep else None,
            body=load_body(batch, self.elements),
            last=key_texts(batch, self.elements, count - 1),
        )

    def current(self, batch: pa.RecordBatch, rows: Sequence[int]) -> tuple[list[int], pa.RecordBatch]:
        """For rows of a batch, what the source holds for their keys now: index into the second value, -1 where nothing."""
        names = ", ".join(quote(have.column) for _, have in self._keys if have)
        casts = ", ".join(f"%s::{have.source_type}" for _, have in self._keys if have)
        found, where, parts = 0, [], []
        for row in rows:
            key = key_texts(batch, self.elements, row)
            copied = self._copy(self._filled(f"WHERE ({names}) = ({casts})", key), Rows)
            values, bad = decode_joined(wire.join(copied) if copied else None, self.elements, self._order)
            for index in bad:
                self._refuse(index)
            where.append(found if copied else -1)
            found += len(copied)
            parts.append(values)
        columns = [pa.concat_arrays([part.column(i) for part in parts]) for i in range(len(self.elements))]
        return where, pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

    def _refuse(self, index: int) -> None:
        spec = self.elements[index]
        # Neither value nor key is told or logged: the element and the kinds of value are enough to find the row.
        raise ValueNotCarried(
            "Element {element} of one row of {schema}.{name} holds a value that cannot be carried as {type} (NaN, "
            "infinity, too many digits, or a year outside 1 to 9999).",
            element=spec.code,
            schema=self._found.schema,
            name=self._found.name,
            type=spec.type,
        )

    def _fitting_sink(self) -> type[Rows]:
        if self._sink is None:
            with self._cursor() as cursor:
                cursor.execute("SELECT pg_total_relation_size(%s::oid)::float", (self._found.oid,))
                size = cursor.fetchone()[0]
            self._connection.rollback()
            rows = max(self._found.rows, 1)
            self._sink = BoundedRows if self._found.rows <= 0 or size / rows > WIDE_ROW else Rows
        return self._sink

    def _filled(self, text: str, values: Sequence[str]) -> str:
        with self._cursor() as cursor:
            filled: str = cursor.mogrify(text, list(values)).decode("utf-8")
        return filled

    def _cursor(self) -> Any:
        try:
            if self._connection is None:
                self._connection = psycopg2.connect(self._dsn, connect_timeout=10)
                self._connection.set_session(readonly=True)
                self._connection.set_client_encoding("UTF8")
            return self._connection.cursor()
        except psycopg2.Error as error:
            self._connection = None
            raise SourceDown("The source database does not answer: {said}", said=str(error).strip()) from error

    def _copy(self, rest: str, sink_type: type[Rows]) -> list[bytes]:
        table = quote_table(f"{self._found.schema}.{self._found.name}")
        sink = sink_type()
        try:
            with self._cursor() as cursor:
                query = f"SELECT {self._list} FROM {table} {rest}"  # noqa: S608 (identifiers quoted)
                cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)
            self._connection.rollback()
        except Enough:
            self.close()
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            self._connection = None
            raise SourceDown("The source database does not answer: {said}", said=str(error).strip()) from error
        except psycopg2.Error as error:
            self.close()
            raise SourceUnfit("The source database refused: {said}", said=str(error).strip().partition(chr(10))[0]) from error
        return sink.taken()


class Ahead:
    """Chunks read one ahead of whoever takes them, in a thread of its own."""

    def __init__(self, rows: SourceRows, after: list[str] | None) -> None:
        self._rows = rows
        self._chunks: queue.Queue[Chunk | DataPlaneError | None] = queue.Queue(maxsize=2)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(after,), name="load", daemon=True)
        self._thread.start()

    def next(self, timeout: float) -> Chunk | None:
        """The next chunk, None at the end; raises queue.Empty if none is there yet."""
        chunk = self._chunks.get(timeout=timeout)
        if isinstance(chunk, DataPlaneError):
            raise chunk
        return chunk

    def close(self) -> None:
        """Stop reading."""
        self._stopping.set()
        self._thread.join(timeout=0.3)
        if self._thread.is_alive():
            self._rows.close()
            self._thread.join(timeout=10)
        self._rows.close()

    def _read(self, after: list[str] | None) -> None:
        item: Chunk | DataPlaneError | None
        while True:
            try:
                item = self._rows.read(after, keep=False)
            except DataPlaneError as error:
                item = error
            while not self._stopping.is_set():
                with suppress(queue.Full):
                    self._chunks.put(item, timeout=0.2)
                    break
            if self._stopping.is_set() or not isinstance(item, Chunk):
                return
            after = item.last
