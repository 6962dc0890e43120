"""Every element type has one Arrow form, one PostgreSQL form and one text, and they agree."""

import math
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import (
    arrow_type,
    double_text,
    postgres_type,
    schema_fingerprint,
    text_of,
    texts,
    value_of,
)
from tests.support.databases import start_server

T = DataType


def spec(kind, **more):
    return ElementSpec(code="x", type=kind, **more)


MONEY = spec(T.DECIMAL, precision=12, scale=2)
TINY = spec(T.DECIMAL, precision=38, scale=10)
CASES = [
    (spec(T.TEXT), "乌审旗 😀", "乌审旗 😀"),
    (spec(T.INTEGER), -(2**63), "-9223372036854775808"),
    (MONEY, Decimal("1.50"), "1.50"),
    (MONEY, Decimal("-0.05"), "-0.05"),
    (TINY, Decimal("0.0000000001"), "0.0000000001"),
    (TINY, Decimal("0E-10"), "0.0000000000"),
    (spec(T.DECIMAL), Decimal("9" * 38), "9" * 38),
    (spec(T.DOUBLE), 0.1, "0.1"),
    (spec(T.BOOLEAN), True, "true"),
    (spec(T.DATE), date(2026, 11, 22), "2026-11-22"),
    (spec(T.TIMESTAMP), datetime(2026, 11, 22, 6, 5), "2026-11-22T06:05:00.000000"),  # noqa: DTZ001
    (spec(T.INSTANT), datetime(2026, 11, 22, 6, 5, tzinfo=UTC), "2026-11-22T06:05:00.000000Z"),
    (spec(T.BYTES), b"\x00\xff", "00ff"),
    (spec(T.UUID), "0188a1b2-0000-7000-8000-000000000001", "0188a1b2-0000-7000-8000-000000000001"),
    (spec(T.JSON), '{"a": 1}', '{"a": 1}'),
]


@pytest.mark.parametrize(("element", "value", "text"), CASES, ids=[f"{case[0].type}-{case[2]:.12}" for case in CASES])
def test_value_and_text_are_each_other_s(element, value, text):
    assert text_of(value, element) == text
    assert value_of(text, element) == value
    array = pa.array([value, None], arrow_type(element))
    assert texts(array, element).to_pylist() == [text, None]


def test_every_type_is_covered():
    assert {element.type for element, _, _ in CASES} == set(DataType)
    assert len({postgres_type(element) for element, _, _ in CASES}) == len(DataType) + 2


@pytest.mark.parametrize(
    ("element", "text"),
    [
        (spec(T.INTEGER), "1.5"),
        (spec(T.INTEGER), str(2**63)),
        (MONEY, "1.234"),
        (MONEY, "12345678901.00"),
        (MONEY, "NaN"),
        (MONEY, "Infinity"),
        (spec(T.DOUBLE), "much"),
        (spec(T.BOOLEAN), "yes"),
        (spec(T.DATE), "22.11.2026"),
        (spec(T.TIMESTAMP), "2026-11-22T06:05:00Z"),
        (spec(T.INSTANT), "2026-11-22T06:05:00"),
        (spec(T.BYTES), "xyz"),
        (spec(T.UUID), "1"),
    ],
)
def test_what_is_no_value_of_the_type_is_refused_in_words(element, text):
    with pytest.raises(ValueError, match="is not a value of type"):
        value_of(text, element)


@pytest.mark.parametrize(
    ("element", "text", "value"),
    [
        (spec(T.BYTES), "\\x00ff", b"\x00\xff"),
        (spec(T.INSTANT), "2026-11-22T14:05:00+08:00", datetime(2026, 11, 22, 6, 5, tzinfo=UTC)),
        (MONEY, "7", Decimal("7.00")),
        (spec(T.BOOLEAN), " TRUE ", True),
    ],
)
def test_usual_spellings_are_read(element, text, value):
    assert value_of(text, element) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, -0.0, 1e15, 1e14, 1e-5, 1e-4, 5e-324, -1.5e300])
def test_edges_of_double(value):
    again = float(double_text(value))
    assert again == value or (math.isnan(again) and math.isnan(value))


def test_doubles_print_as_postgresql_prints_them():
    values = [0.1, -0.0, 1e15, 999999999999999.0, 1e14, 1e-5, 1.25e-4, 1 / 3, 1e22, 123456.75, 5e-324, 1.7976931348623157e308]
    with psycopg.connect(start_server()) as connection:
        for value in values:
            row = connection.execute("SELECT %s::float8::text", [repr(value)]).fetchone()
            assert row == (double_text(value),)


@settings(max_examples=200)
@given(st.floats())
def test_a_double_survives_its_text(value):
    again = float(double_text(value))
    assert again == value or math.isnan(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**20), max_value=10**20))
def test_a_decimal_survives_its_text(value):
    assert value_of(text_of(value, TINY), TINY) == value


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
def test_an_instant_is_one_text_in_every_zone(value):
    beijing = value.replace(tzinfo=timezone(timedelta(hours=8)))
    assert text_of(beijing, spec(T.INSTANT)) == text_of(beijing.astimezone(UTC), spec(T.INSTANT))


def test_a_fingerprint_names_exactly_these_elements():
    one = (spec(T.TEXT), ElementSpec(code="y", type=T.UUID))
    assert schema_fingerprint(one) == schema_fingerprint(list(one))
    assert schema_fingerprint(one) != schema_fingerprint(reversed(one))
    assert schema_fingerprint(one) != schema_fingerprint((spec(T.TEXT), ElementSpec(code="y", type=T.TEXT)))
    assert str(uuid.UUID(int=0))
