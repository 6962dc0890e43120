"""Destroys the table received under an ended grant, on the order of its department alone; for the agent.

Table, unfinished load and cursor go in one transaction with the note of what went, so that an order repeated after a crash is
answered as it was done. Nothing of the department's own is ever taken along: a view on the table hinders, and is named.
"""

from datetime import datetime
from uuid import UUID

import psycopg
from psycopg import sql

from gongxiang.node import errors, killpoints
from gongxiang.node.apply.postgresql import SCHEMA, named
from gongxiang.protocol import clock
from gongxiang.protocol.disposal import BUSY, FAILED, IN_USE, DestroyTable, TableDestroyed

_NOTE = """
CREATE SCHEMA IF NOT EXISTS gongxiang;
CREATE TABLE IF NOT EXISTS gongxiang.destroyed (
  grant_id uuid PRIMARY KEY, "table" text NOT NULL, rows bigint NOT NULL, at timestamptz NOT NULL
);
"""
_PATIENCE = "10s"


def destroy(dsn: str, order: DestroyTable) -> TableDestroyed:
    """Do it, or say why not; the answer is still to be signed."""
    try:
        table, rows, at = _destroy(dsn, order.grant_id)
    except psycopg.errors.DependentObjectsStillExist as error:
        # Names of the department's own objects, no values.
        return _answer(order, problem=IN_USE, detail=(error.diag.message_detail or "").strip()[:1000])
    except psycopg.Error as error:
        found = named(error)
        return _answer(order, problem=BUSY if isinstance(found, errors.TargetBusy) else FAILED, detail=errors.in_words(found))
    return _answer(order, table=table, rows=rows, at=at)


def _destroy(dsn: str, grant_id: UUID) -> tuple[str, int, datetime]:
    with psycopg.connect(dsn, connect_timeout=5, application_name="gongxiang node disposal") as connection:
        connection.execute("SET LOCAL search_path TO pg_catalog, pg_temp")
        connection.execute(f"SET LOCAL lock_timeout TO '{_PATIENCE}'")
        connection.execute(_NOTE)
        known = connection.execute(
            'SELECT "table", rows, at FROM gongxiang.destroyed WHERE grant_id = %s', (grant_id,)
        ).fetchone()
        if known is not None:
            return str(known[0]), int(known[1]), known[2]
        table, rows, at = "", 0, clock.now()
        there = connection.execute("SELECT to_regclass('gongxiang.flows') IS NOT NULL").fetchone()
        if there is not None and there[0]:
            flow = connection.execute(
                'SELECT "table", loading FROM gongxiang.flows WHERE grant_id = %s FOR UPDATE', (grant_id,)
            ).fetchone()
            if flow is not None:
                table = str(flow[0])
                beside = f"{table}__e{flow[1]}"
                rows = _drop(connection, table)
                for name in (beside, f"{beside}_late") if flow[1] else ():
                    _drop(connection, name)
                connection.execute("DELETE FROM gongxiang.flows WHERE grant_id = %s", (grant_id,))
        connection.execute(
            'INSERT INTO gongxiang.destroyed (grant_id, "table", rows, at) VALUES (%s, %s, %s, %s)', (grant_id, table, rows, at)
        )
        killpoints.reach("consumer.destroy.done")
    killpoints.reach("consumer.destroy.committed")
    return table, rows, at


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> int:
    """Drop one received table; how many rows went with it."""
    there = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (f'{SCHEMA}."{name}"',)).fetchone()
    if there is None or not there[0]:
        return 0
    table = sql.Identifier(SCHEMA, name)
    connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table))
    counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
    connection.execute(sql.SQL("DROP TABLE {} RESTRICT").format(table))
    return int(str(counted[0])) if counted else 0


def _answer(
    order: DestroyTable, *, table: str = "", rows: int = 0, problem: str = "", detail: str = "", at: datetime | None = None
) -> TableDestroyed:
    return TableDestroyed(
        request_id=order.request_id, grant_id=order.grant_id, node_id=order.node_id, table=table, rows=rows, problem=problem,
        detail=detail, at=at or clock.now(),
    )  # fmt: skip
