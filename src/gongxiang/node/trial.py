"""Trying a table, an API or a file at mounting: is it there, do its columns or fields fit; and a few masked rows.

The rows are masked here, before they leave the department, and go to the gateway alone; nothing of them is kept or logged.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pyarrow as pa

from gongxiang.node.config import NodeConfig
from gongxiang.node.describe import SourceTable, missing_table, read_table, unfit_columns
from gongxiang.node.errors import ConfigurationWrong, DataPlaneError, SourceDown, in_words
from gongxiang.node.load import SourceRows
from gongxiang.node.places import PlaceRefused, Records, read_api, read_file
from gongxiang.protocol.masking import apply_mask, element_secret, masked_spec
from gongxiang.protocol.messages import MountStep, TryMount
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import arrow_type, postgres_type, texts, value_of

#: Characters shown of one value.
LONGEST_VALUE = 60
#: Rows at most, whatever an order says.
MOST_ROWS = 10


#: The steps of a place that is no table, and how its first records are read.
PLACES = {"api": (("place", "answering", "records"), read_api), "file": (("place", "there", "header"), read_file)}
#: Day zero of the numbers that workbooks keep for days.
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001


def try_place(config: NodeConfig, order: TryMount, give: Callable[[Any], None]) -> tuple[tuple[MountStep, ...], int]:
    """Try what the order names; the steps up to the first that failed, and how many rows `give` was given."""
    if order.way not in PLACES:
        if config.source_dsn is None:
            raise ConfigurationWrong("{path} names no [source] dsn.", path=config.path)
        return try_mount(config.source_dsn, order, give)
    names, read = PLACES[order.way]
    most = min(MOST_ROWS, max(order.rows, 0))
    try:
        found = read(config, order.table, most)
    except PlaceRefused as refused:
        passed = [MountStep(step=name) for name in names[: names.index(refused.step)]]
        return (*passed, MountStep(step=refused.step, problem=refused.words)), 0
    steps = [MountStep(step=name, found=found.said.get(name, "")) for name in names]
    given, problems = _typed_columns(found, order)
    steps.append(MountStep(step="columns", problem=Sentence.joined(*problems)))
    if problems:
        return tuple(steps), 0
    try:
        give(_masked_records(given, order))
    except DataPlaneError as error:
        return (*steps, MountStep(step="sample", problem=in_words(error))), 0
    return (*steps, MountStep(step="sample")), len(found.rows)


def _typed_columns(found: Records, order: TryMount) -> tuple[list[list[Any]], list[str]]:
    """The values of each mapped element, and why some do not fit; a value itself is never said."""
    columns: list[list[Any]] = []
    problems: list[str] = []
    plain = {name.casefold(): name for name in found.names}
    for mapped in order.columns:
        spec = mapped.element
        asked = (mapped.column, order.names.get(spec.code, ""), spec.code)
        name = next((plain[one.casefold()] for one in asked if one and one.casefold() in plain), None)
        if name is None:
            if found.names:
                problems.append(
                    Sentence("There is no field or column {column} for element {element}.", column=asked[0], element=spec.code)
                )
            columns.append([])
            continue
        values: list[Any] = []
        for number, row in enumerate(found.rows, start=1):
            text = row.get(name)
            try:
                if text is None and spec.key:
                    problems.append(Sentence("Record {number} has no value of the key {column}.", number=number, column=name))
                    break
                values.append(None if text is None else _value(text, spec))
            except (ValueError, ArithmeticError):
                problems.append(
                    Sentence(
                        "The value of {column} in record {number} is no {type}, as element {element} is catalogued.",
                        column=name, number=number, type=postgres_type(spec), element=spec.code,
                    )
                )  # fmt: skip
                break
        columns.append(values)
    return columns, problems


def _value(text: str, spec: ElementSpec) -> Any:
    """As `value_of`, of a day in a workbook too, which is a number there."""
    try:
        return value_of(text, spec)
    except ValueError:
        if spec.type not in (DataType.DATE, DataType.TIMESTAMP):
            raise
        moment = _DAY_ZERO + timedelta(days=float(text))
        return moment.date() if spec.type is DataType.DATE else moment


def _masked_records(given: list[list[Any]], order: TryMount) -> dict[str, Any]:
    secret = secrets.token_bytes(32)
    columns, shown = [], []
    for values, mapped in zip(given, order.columns, strict=True):
        column, cells = _shown(pa.array(values, arrow_type(mapped.element)), mapped.element, order, secret)
        columns.append(column)
        shown.append(cells)
    return {"columns": columns, "rows": [list(row) for row in zip(*shown, strict=True)]}


def _shown(values: Any, spec: ElementSpec, order: TryMount, secret: bytes) -> tuple[dict[str, str], list[str | None]]:
    """A column's head and its values as texts, masked as ordered."""
    mask = order.masks.get(spec.code)
    seen = masked_spec(spec, mask)
    if mask is not None:
        values = apply_mask(values, spec, mask, element_secret(secret, spec.code))
    return {"code": spec.code, "type": seen.type.value}, [_short(value) for value in texts(values, seen).to_pylist()]


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
        batch = None if chunk is None else chunk.batch
        values = pa.array([], arrow_type(spec)) if batch is None else batch.column(place)
        column, cells = _shown(values, spec, order, secret)
        columns.append(column)
        shown.append(cells)
    return {"columns": columns, "rows": [list(row) for row in zip(*shown, strict=True)]}


def _short(value: str | None) -> str | None:
    return value if value is None or len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"
