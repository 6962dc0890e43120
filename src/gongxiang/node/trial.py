"""Trying a table at mounting: is the database there, the table, its key, the rights, the columns; and a few masked rows.

The rows are masked here, before they leave the department, and go to the gateway alone; nothing of them is kept or logged.
"""

import secrets
from collections.abc import Callable
from typing import Any

import psycopg

from gongxiang.node.describe import SourceTable, missing_table, read_table, unfit_columns
from gongxiang.node.errors import DataPlaneError, SourceDown, in_words
from gongxiang.node.load import SourceRows
from gongxiang.protocol.masking import apply_mask, element_secret, masked_spec
from gongxiang.protocol.messages import MountStep, TryMount
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.types import texts

#: Characters shown of one value.
LONGEST_VALUE = 60
#: Rows at most, whatever an order says.
MOST_ROWS = 10


def try_mount(dsn: str, order: TryMount, give: Callable[[Any], None]) -> tuple[tuple[MountStep, ...], int]:
    """The steps up to the first that failed, and how many rows `give` was given; raises nothing of the data plane."""
    steps: list[MountStep] = []

    def passed(step: str, problem: str = "") -> bool:
        steps.append(MountStep(step=step, problem=problem))
        return not problem

    try:
        found = _read(dsn, order.table)
    except DataPlaneError as error:
        passed("reachable", in_words(error))
        return tuple(steps), 0
    passed("reachable")
    if not passed("table", "" if found else missing_table(order.table)) or found is None:
        return tuple(steps), 0
    keyed = any(column.key for column in found.columns)
    if not passed("key", "" if keyed else found.problem) or not passed("rights", found.problem):
        return tuple(steps), 0
    if not passed("columns", Sentence.joined(*unfit_columns(found, order.columns))):
        return tuple(steps), 0
    try:
        rows = _masked_rows(dsn, found, order)
        give(rows)
    except DataPlaneError as error:
        passed("sample", in_words(error))
        return tuple(steps), 0
    passed("sample")
    return tuple(steps), len(rows["rows"])


def _read(dsn: str, table: str) -> SourceTable | None:
    try:
        with psycopg.connect(dsn, connect_timeout=10, autocommit=True, application_name="gongxiang node trial") as connection:
            connection.execute("SET statement_timeout = '20s'")
            return read_table(connection, table)
    except psycopg.OperationalError as error:
        raise SourceDown("The source database does not answer: {said}", said=str(error).strip()) from error
    except psycopg.ProgrammingError as error:
        # What the driver says of an address repeats it, with its password.
        raise SourceDown("The address of the source database in the node's configuration cannot be read.") from error


def _masked_rows(dsn: str, found: SourceTable, order: TryMount) -> dict[str, Any]:
    """Columns and rows as a ticket shows them: texts, masked as ordered; pseudonyms under a secret that is forgotten."""
    source, secret = SourceRows(dsn, found, order.columns), secrets.token_bytes(32)
    try:
        chunk = source.read(None, most=min(MOST_ROWS, max(order.rows, 0)))
    finally:
        source.close()
    columns, shown = [], []
    for place, spec in enumerate(source.elements):
        mask = order.masks.get(spec.code)
        seen = masked_spec(spec, mask)
        columns.append({"code": spec.code, "type": seen.type.value})
        if chunk is None or chunk.batch is None:
            continue
        values = chunk.batch.column(place)
        if mask is not None:
            values = apply_mask(values, spec, mask, element_secret(secret, spec.code))
        shown.append([_short(value) for value in texts(values, seen).to_pylist()])
    return {"columns": columns, "rows": [list(row) for row in zip(*shown, strict=True)]}


def _short(value: str | None) -> str | None:
    return value if value is None or len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"
