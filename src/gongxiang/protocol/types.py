"""The element types that are carried: one Arrow type, one PostgreSQL type and one canonical text form each.

Text forms are what filters compare with, what pseudonyms and digests are taken over and what samples show. They are
PostgreSQL's own where it has one form only, else ISO 8601 with six digits and lower-case hexadecimal.
"""

import hashlib
import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.terms import DataType, ElementSpec

#: Digits a decimal may have.
MAX_PRECISION = 38

_ARROW: dict[DataType, Any] = {
    DataType.TEXT: pa.string(),
    DataType.INTEGER: pa.int64(),
    DataType.DOUBLE: pa.float64(),
    DataType.BOOLEAN: pa.bool_(),
    DataType.DATE: pa.date32(),
    DataType.TIMESTAMP: pa.timestamp("us"),
    DataType.INSTANT: pa.timestamp("us", "UTC"),
    DataType.BYTES: pa.binary(),
    # As text: every driver gives and takes it, and a front-end machine's reader sees what the source shows.
    DataType.UUID: pa.string(),
    DataType.JSON: pa.string(),
}
_POSTGRES: dict[DataType, str] = {
    DataType.TEXT: "text",
    DataType.INTEGER: "bigint",
    DataType.DOUBLE: "double precision",
    DataType.BOOLEAN: "boolean",
    DataType.DATE: "date",
    DataType.TIMESTAMP: "timestamp",
    DataType.INSTANT: "timestamptz",
    DataType.BYTES: "bytea",
    DataType.UUID: "uuid",
    DataType.JSON: "jsonb",
}


def arrow_type(spec: ElementSpec) -> Any:
    """The Arrow type of the element; a decimal without precision has 38 digits."""
    if spec.type is DataType.DECIMAL:
        return pa.decimal128(spec.precision or MAX_PRECISION, spec.scale)
    return _ARROW[spec.type]


def postgres_type(spec: ElementSpec) -> str:
    """The PostgreSQL type of the element in exchange databases."""
    if spec.type is DataType.DECIMAL:
        return f"numeric({spec.precision or MAX_PRECISION},{spec.scale})"
    return _POSTGRES[spec.type]


def schema_fingerprint(elements: Iterable[ElementSpec]) -> str:
    """A name (SHA-256, hex) for exactly these elements in this order."""
    return hashlib.sha256(canonical(list(elements))).hexdigest()


def double_text(value: float) -> str:
    """PostgreSQL's shortest text of a double, so that both sides print the same digits."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    if digits == (0,):
        return "-0" if sign else "0"
    text, power = "".join(map(str, digits)), len(digits) + int(exponent) - 1
    if power < -4 or power >= 15:
        body = text[0] + ("." + text[1:] if len(text) > 1 else "") + f"e{power:+03d}"
    elif power < 0:
        body = "0." + "0" * (-power - 1) + text
    elif len(text) > power + 1:
        body = text[: power + 1] + "." + text[power + 1 :]
    else:
        body = text + "0" * (power + 1 - len(text))
    return "-" + body if sign else body


def texts(array: Any, spec: ElementSpec) -> Any:
    """The canonical text of each value of an Arrow array, as an Arrow string array; NULL stays NULL."""
    match spec.type:
        case DataType.TEXT | DataType.JSON | DataType.UUID:
            return array
        case DataType.INTEGER | DataType.BOOLEAN | DataType.DATE:
            return array.cast(pa.string())
        case DataType.TIMESTAMP | DataType.INSTANT:
            return pc.replace_substring(array.cast(pa.string()), " ", "T", max_replacements=1)
        case DataType.DECIMAL if spec.scale <= 6:
            return array.cast(pa.string())
        case DataType.DECIMAL:
            # Arrow writes small values with an exponent ("1E-7") once the scale is beyond six.
            return pa.array([None if v is None else format(v, "f") for v in array.to_pylist()], pa.string())
        case DataType.DOUBLE:
            return pa.array([None if v is None else double_text(v) for v in array.to_pylist()], pa.string())
        case _:
            return pa.array([None if v is None else v.hex() for v in array.to_pylist()], pa.string())


def text_of(value: Any, spec: ElementSpec) -> str | None:
    """The canonical text of one Python value."""
    text: str | None = texts(pa.array([value], arrow_type(spec)), spec)[0].as_py()
    return text


def value_of(text: str, spec: ElementSpec) -> Any:
    """The Python value a text stands for; accepts every usual spelling; raises ValueError with words for a reader."""
    try:
        return _value_of(text, spec)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"{text!r} is not a value of type {spec.type} ({postgres_type(spec)})") from error


def _value_of(text: str, spec: ElementSpec) -> Any:
    match spec.type:
        case DataType.TEXT | DataType.JSON:
            return text
        case DataType.INTEGER:
            number = int(text)
            if not -(2**63) <= number < 2**63:
                raise ValueError("beyond 64 bits")
            return number
        case DataType.DECIMAL:
            return _decimal(text, spec)
        case DataType.DOUBLE:
            return float(text)
        case DataType.BOOLEAN:
            return ("false", "true").index(text.strip().lower()) == 1
        case DataType.DATE:
            return date.fromisoformat(text.strip())
        case DataType.TIMESTAMP:
            return _moment(text, zoned=False)
        case DataType.INSTANT:
            return _moment(text, zoned=True).astimezone(UTC)
        case DataType.BYTES:
            return bytes.fromhex(text.removeprefix("\\x"))
        case _:
            return str(UUID(text.strip()))


def _decimal(text: str, spec: ElementSpec) -> Decimal:
    number = Decimal(text)
    step = Decimal(1).scaleb(-spec.scale)
    with localcontext() as context:
        # Beyond 38 digits only to notice what does not fit instead of rounding it away.
        context.prec = 2 * MAX_PRECISION
        exact = number.quantize(step)
        if exact != number or len(exact.as_tuple().digits) > (spec.precision or MAX_PRECISION):
            raise ValueError("does not fit precision and scale")
    return exact


def _moment(text: str, *, zoned: bool) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    if (moment.tzinfo is not None) != zoned:
        raise ValueError("a time zone is needed" if zoned else "no time zone can be kept")
    return moment
