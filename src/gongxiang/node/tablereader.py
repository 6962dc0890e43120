"""A table of an exchange database at one position, as Arrow batches; for whatever compares or hands out what it holds.

Reads in a transaction of its own (repeatable read), so that writers go on meanwhile.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import adbc_driver_postgresql.dbapi
import pyarrow as pa

from gongxiang.node import errors
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import arrow_type

#: Types the driver has no usable Arrow form for travel as text.
_AS_TEXT = (DataType.DECIMAL, DataType.UUID, DataType.JSON)


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def select_list(elements: Sequence[ElementSpec]) -> str:
    """The elements' columns as the driver can bring them."""
    return ", ".join(
        f"{quoted(spec.code)}::text AS {quoted(spec.code)}" if spec.type in _AS_TEXT else quoted(spec.code) for spec in elements
    )


def as_elements(batch: pa.RecordBatch, elements: Sequence[ElementSpec]) -> pa.RecordBatch:
    """The batch the driver brought with the elements' own Arrow types."""
    arrays = [batch.column(index).cast(arrow_type(spec)) for index, spec in enumerate(elements)]
    return pa.RecordBatch.from_arrays(arrays, names=[spec.code for spec in elements])


class TableSnapshot:
    """All rows of one table as of the moment this was made."""

    def __init__(
        self, dsn: str, *, schema: str, table: str, elements: Sequence[ElementSpec], proof: tuple[str, str, int] | None = None
    ) -> None:
        """`proof` is (query, parameter, expected): raise TargetBusy unless the position is the expected one."""
        self.elements = tuple(elements)
        self._query = f"SELECT {select_list(elements)} FROM {quoted(schema)}.{quoted(table)}"  # noqa: S608 (identifiers quoted)
        try:
            self._connection = adbc_driver_postgresql.dbapi.connect(dsn)
            self._run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self.position = self._prove(*proof) if proof else 0
        except adbc_driver_postgresql.dbapi.Error as error:
            raise errors.TargetDown(f"The exchange database cannot be read: {error}.") from error

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, in batches with the elements' columns."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(self._query)
            for batch in cursor.fetch_record_batch():
                yield as_elements(batch, self.elements)
        except adbc_driver_postgresql.dbapi.Error as error:
            raise errors.TargetDown(f"The exchange database cannot be read: {error}.") from error
        finally:
            with suppress(Exception):
                cursor.close()

    def close(self) -> None:
        """Let the position go."""
        with suppress(Exception):
            self._connection.rollback()
            self._connection.close()

    def _run(self, statement: str) -> None:
        cursor: Any = self._connection.cursor()
        cursor.executescript(statement)
        cursor.close()

    def _prove(self, query: str, parameter: str, expected: int) -> int:
        cursor: Any = self._connection.cursor()
        cursor.execute(query, (parameter,))
        row = cursor.fetchone()
        cursor.close()
        if row is None or int(row[0]) != expected:
            self.close()
            raise errors.TargetBusy(f"The table moved on from position {expected} before it could be read.")
        return expected
