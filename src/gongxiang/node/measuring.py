"""Counts empty values and doubled rows in the exchange tables of this department, once a day for each stream (art. 20).

Reads the node's own exchange database, never the business's. What leaves are counts: no value, no key, no hash of either.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from uuid import UUID

import psycopg
from psycopg import sql

from gongxiang.node.errors import trace
from gongxiang.protocol import clock
from gongxiang.protocol.message import Message
from gongxiang.protocol.messages import OpenStream
from gongxiang.protocol.quality import EmptyValues, TableMeasured
from gongxiang.protocol.terms import DataType, ElementSpec

log = logging.getLogger(__name__)

#: Seconds between two countings of a stream, from its being live to the first, and that one counting may take.
EVERY, FIRST, LONGEST = 86_400.0, 3.0, 30
#: What a text may consist of and be empty all the same; the last is the space as wide as a Chinese character.
BLANKS = " \t\r\n\u3000"
_STREAM = "SELECT state->>'table', state->>'loading', (state->>'epoch')::int, (state->>'seq')::bigint"


class Measurer:
    """One table at a time, in a thread of its own; a table that takes too long is left for the next day."""

    def __init__(self, *, dsn: str, node_id: UUID, report: Callable[[Message], None]) -> None:
        self._dsn, self._node_id, self._report = dsn, node_id, report
        self._due: dict[UUID, float] = {}
        self._thread: threading.Thread | None = None

    def look(self, live: Mapping[UUID, OpenStream]) -> None:
        """Begin with the next stream that is due; `live` are those that stand."""
        now = time.monotonic()
        for resource_id in live:
            self._due.setdefault(resource_id, now + FIRST)
        if self._thread is not None and self._thread.is_alive():
            return
        due = [resource_id for resource_id, at in self._due.items() if at <= now and resource_id in live]
        if due:
            self._due[due[0]] = now + EVERY
            self._thread = threading.Thread(target=self._guarded, args=(live[due[0]],), name="measure", daemon=True)
            self._thread.start()

    def _guarded(self, order: OpenStream) -> None:
        try:
            found = measure(self._dsn, order, node_id=self._node_id)
        except psycopg.Error as error:
            log.warning("stream %s was not measured: %s", order.exchange_table, trace(error))
            return
        if found is None:
            # Still loading: looked at again soon.
            self._due[order.resource_id] = time.monotonic() + 60
        else:
            self._report(found)


def measure(dsn: str, order: OpenStream, *, node_id: UUID) -> TableMeasured | None:
    """Count once; None while the stream is being loaded."""
    elements = [mapped.element for mapped in order.columns]
    at = clock.now()
    with psycopg.connect(dsn, connect_timeout=10, application_name="gongxiang node measuring") as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(sql.SQL("SET LOCAL statement_timeout = {}").format(sql.Literal(f"{LONGEST}s")))
        row = connection.execute(f"{_STREAM} FROM gongxiang.streams WHERE resource_id = %s", (order.resource_id,)).fetchone()
        if row is None or row[1]:
            return None
        table = sql.Identifier("shared", row[0])
        counts = sql.SQL(", ").join([sql.SQL("count(*)"), *map(_empty, elements)])
        counted = connection.execute(sql.SQL("SELECT {} FROM {}").format(counts, table)).fetchone()
        assert counted is not None
        keys = [spec for spec in elements if spec.key]
        others = [spec for spec in elements if not spec.key]
        return TableMeasured(
            resource_id=order.resource_id, node_id=node_id, epoch=row[2], seq=row[3], rows=counted[0],
            empty=tuple(EmptyValues(element=one.code, rows=n) for one, n in zip(elements, counted[1:], strict=True)),
            doubled_keys=_doubled(connection, table, keys), doubled_rows=_doubled(connection, table, others), at=at,
        )  # fmt: skip


def _empty(spec: ElementSpec) -> sql.Composed:
    column = sql.Identifier(spec.code)
    if spec.type is DataType.TEXT:
        blanks = sql.Literal(BLANKS)
        return sql.SQL("count(*) FILTER (WHERE {0} IS NULL OR btrim({0}, {1}) = '')").format(column, blanks)
    return sql.SQL("count(*) FILTER (WHERE {0} IS NULL)").format(column)


def _doubled(connection: psycopg.Connection, table: sql.Identifier, specs: list[ElementSpec]) -> int:
    """Rows beyond the first that agree in these elements."""
    if not specs:
        return 0
    row = sql.SQL(", ").join(sql.Identifier(spec.code) for spec in specs)
    groups = sql.SQL("SELECT count(*) AS n FROM {} GROUP BY md5(ROW({})::text)").format(table, row)
    query = sql.SQL("SELECT coalesce(sum(n - 1), 0)::bigint FROM ({}) found").format(groups)
    found = connection.execute(query).fetchone()
    assert found is not None
    return int(found[0])
