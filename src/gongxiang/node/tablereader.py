"""Reads an exchange database at one position, as Arrow batches; for whatever compares what it holds.

Everything is read in one transaction (repeatable read), so that writers go on meanwhile and position and rows belong together.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import adbc_driver_postgresql.dbapi
import pyarrow as pa

from gongxiang.node import errors
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import arrow_type, postgres_type

#: Types the driver has no usable Arrow form for travel as text.
_AS_TEXT = (DataType.DECIMAL, DataType.UUID, DataType.JSON)


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class Reading:
    """One look at a database: whatever is asked belongs to the same moment."""

    def __init__(self, dsn: str) -> None:
        try:
            self._connection = adbc_driver_postgresql.dbapi.connect(dsn)
            cursor: Any = self._connection.cursor()
            cursor.executescript("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.close()
        except adbc_driver_postgresql.dbapi.Error as error:
            raise errors.TargetDown("The database cannot be read: {said}.", said=_words(error)) from error

    def one(self, query: str, *parameters: str) -> tuple[Any, ...] | None:
        """The first row of a query with `$1`… parameters."""
        cursor: Any = self._connection.cursor()
        try:
            cursor.execute(query, parameters or None)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row
        except adbc_driver_postgresql.dbapi.Error as error:
            raise errors.TargetDown("The database cannot be read: {said}.", said=_words(error)) from error
        finally:
            with suppress(Exception):
                cursor.close()

    def batches(
        self, schema: str, table: str, elements: Sequence[ElementSpec], columns: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """All rows of a table with the elements' own types; `columns` are its names for them if they are others."""
        parts = []
        for spec, column in zip(elements, columns or [spec.code for spec in elements], strict=True):
            form = f"{quoted(column)}::{postgres_type(spec)}"
            parts.append(f"{form}::text" if spec.type in _AS_TEXT else form)
        cursor: Any = self._connection.cursor()
        try:
            cursor.execute(f"SELECT {', '.join(parts)} FROM {quoted(schema)}.{quoted(table)}")  # noqa: S608 (names are quoted)
            for batch in cursor.fetch_record_batch():
                arrays = [column.cast(arrow_type(spec)) for column, spec in zip(batch.columns, elements, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, names=[spec.code for spec in elements])
        except adbc_driver_postgresql.dbapi.Error as error:
            raise errors.TargetDown("The database cannot be read: {said}.", said=_words(error)) from error
        finally:
            with suppress(Exception):
                cursor.close()

    def close(self) -> None:
        """Let the moment go."""
        with suppress(Exception):
            self._connection.rollback()
            self._connection.close()


def _words(error: BaseException) -> str:
    # The first line only: what follows may show values of rows.
    return str(error).strip().partition("\n")[0]


class TableSnapshot:
    """The rows of one table within a reading."""

    def __init__(self, reading: Reading, *, schema: str, table: str, elements: Sequence[ElementSpec]) -> None:
        self._reading, self._schema, self._table, self._elements = reading, schema, table, tuple(elements)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, in batches with the elements' columns; may be called again."""
        return self._reading.batches(self._schema, self._table, self._elements)

    def close(self) -> None:
        """Let the position go."""
        self._reading.close()
