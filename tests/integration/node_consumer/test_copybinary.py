"""COPY BINARY of every type, digits and NULLs included: PostgreSQL reads what was written."""

import math
import random
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

import psycopg
import pyarrow as pa
import pytest

from gongxiang.node import copybinary
from tests.support.databases import Database

CHANCE = random.Random(7)
ROWS = 400


def decimals(precision: int, scale: int) -> Callable[[], Decimal]:
    def make() -> Decimal:
        with localcontext() as context:
            context.prec = 60
            digits = CHANCE.randrange(precision + 1)
            value = CHANCE.randrange(10**digits) if digits else 0
            return Decimal(CHANCE.choice((1, -1)) * value).scaleb(-scale)

    return make


MOMENT = datetime.fromisoformat("1700-01-01T00:00:00")
CASES: dict[str, tuple[Any, str, Callable[[], Any]]] = {
    "bigint": (pa.int64(), "bigint", lambda: CHANCE.randrange(-(2**63), 2**63)),
    "text": (pa.string(), "text", lambda: CHANCE.choice(["", "嘎鲁图镇", "🙂\\N\t\n", "a" * 3000])),
    "numeric_38_0": (pa.decimal128(38, 0), "numeric", decimals(38, 0)),
    "numeric_38_10": (pa.decimal128(38, 10), "numeric(38,10)", decimals(38, 10)),
    "numeric_38_38": (pa.decimal128(38, 38), "numeric(38,38)", decimals(38, 38)),
    "numeric_9_2": (pa.decimal128(9, 2), "numeric(9,2)", decimals(9, 2)),
    "double": (pa.float64(), "double precision", lambda: CHANCE.choice([0.1, -1e300, math.inf, 0.0])),
    "boolean": (pa.bool_(), "boolean", lambda: CHANCE.random() < 0.5),
    "date": (pa.date32(), "date", lambda: date(1, 1, 1) + timedelta(days=CHANCE.randrange(3_600_000))),
    "timestamp": (pa.timestamp("us"), "timestamp", lambda: MOMENT + timedelta(microseconds=CHANCE.randrange(10**16))),
    "instant": (
        pa.timestamp("us", "UTC"), "timestamptz",
        lambda: MOMENT.replace(tzinfo=UTC) + timedelta(microseconds=CHANCE.randrange(10**16)),
    ),
    "bytes": (pa.binary(), "bytea", lambda: CHANCE.randbytes(CHANCE.randrange(20))),
    "uuid": (pa.string(), "uuid", lambda: str(uuid.UUID(int=CHANCE.getrandbits(128)))),
    "json": (pa.string(), "jsonb", lambda: '{"a": "中"}'),
}  # fmt: skip


@pytest.mark.parametrize("nulls", [0.0, 0.3, 1.0])
def test_every_type_is_read_as_it_was_written(make_database: Callable[[], Database], nulls: float) -> None:
    columns = {
        name: pa.array([None if CHANCE.random() < nulls else make() for _ in range(ROWS)], kind)
        for name, (kind, _, make) in CASES.items()
    }
    batch = pa.record_batch(columns).slice(3, ROWS - 10)
    types = [pg_type for _, pg_type, _ in CASES.values()]
    with psycopg.connect(make_database().url) as connection:
        connection.execute("SET timezone TO 'UTC'")
        definition = ", ".join(f'"{name}" {pg_type}' for name, pg_type in zip(CASES, types, strict=True))
        connection.execute(f"CREATE TABLE t ({definition})".encode())
        copied = copybinary.copy_into(connection.cursor(), "COPY t FROM STDIN (FORMAT BINARY)", [batch], types)
        found = connection.execute("SELECT * FROM t").fetchall()
    expected = [tuple(row.values()) for row in batch.to_pylist()]
    assert copied == len(expected)
    for got, wanted in zip(found, expected, strict=True):
        for name, value, want in zip(CASES, got, wanted, strict=True):
            if name == "uuid" and want is not None:
                want = uuid.UUID(want)
            if name == "json" and want is not None:
                want = {"a": "中"}
            assert value == want, name
