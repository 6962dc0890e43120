"""PostgreSQL's binary wire forms to Arrow columns, whole columns at a time; for capture and loads (the way back: `copybinary`).

A row of ten columns costs half a microsecond: numpy walks all rows of a batch at once; never decode row by row,
except decimals of more than 18 digits. What Arrow cannot hold (NaN, infinity, years beyond 9999) is marked, never guessed.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import arrow_type

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

#: Lengths that are no lengths.
NULL, UNCHANGED = -1, -2

#: Wire form of each carried type once it stands in an exchange table.
CANONICAL: dict[DataType, str] = {
    DataType.TEXT: "text",
    DataType.INTEGER: "int8",
    DataType.DECIMAL: "numeric",
    DataType.DOUBLE: "float8",
    DataType.BOOLEAN: "bool",
    DataType.DATE: "date",
    DataType.TIMESTAMP: "timestamp",
    DataType.INSTANT: "timestamptz",
    DataType.BYTES: "bytea",
    DataType.UUID: "uuid",
    DataType.JSON: "jsonb",
}

_TEXTS = {"text", "varchar", "name", "enum", "xml", "json", "bytea", "char"}
_INTEGERS = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "oid": ">u4"}
#: PostgreSQL counts from 2000-01-01, Arrow from 1970-01-01.
EPOCH_DAYS = 10957
EPOCH_MICROS = EPOCH_DAYS * 86_400_000_000
_FIRST_DAY, _LAST_DAY = -719162, 2932896  # 0001-01-01 and 9999-12-31
_DAY_MICROS = 86_400_000_000
_TENS = np.array([10**k for k in range(19)], dtype=np.int64)
_GROUPS = np.array([10000**k for k in range(5)], dtype=np.int64)
#: Bytes that follow the last message of a buffer, so that wide reads stay inside it.
PADDING = 32
#: Wire forms whose values have one length.
_WIDTHS = {"int8": 8, "float8": 8, "bool": 1, "date": 4, "timestamp": 8, "timestamptz": 8, "uuid": 16}


@dataclass(frozen=True)
class Fields:
    """Where the fields of one column lie in a buffer: `length` is NULL or UNCHANGED where there are none."""

    at: Ints
    length: Ints
    #: Values of one width, none of them NULL, gathered side by side: (records, offset of the value in its record).
    packed: tuple[Bytes, int] | None = None

    def where(self, rows: Any) -> "Fields":
        """The fields of some rows."""
        return Fields(self.at[rows], self.length[rows])


@dataclass(frozen=True)
class Column:
    """One decoded column; `bad` marks values that cannot be carried (they stand as NULL), None if there are none."""

    values: pa.Array
    bad: Flags | None = None


def join(messages: Sequence[bytes]) -> tuple[Bytes, Ints]:
    """The messages in one buffer, padded for wide reads at its end, and where each begins."""
    lengths = np.fromiter(map(len, messages), dtype=np.int64, count=len(messages))
    starts = np.zeros(len(messages), dtype=np.int64)
    np.cumsum(lengths[:-1], out=starts[1:])
    return np.frombuffer(b"".join((*messages, bytes(PADDING))), dtype=np.uint8), starts


def at_every_byte(buffer: Bytes, dtype: str) -> npt.NDArray[Any]:
    """`buffer` read as `dtype` at every byte offset, aligned or not."""
    width = np.dtype(dtype).itemsize
    return np.ndarray((buffer.size - width + 1,), dtype, buffer.data, 0, (1,))


def copy_order(elements: Sequence[ElementSpec]) -> list[int]:
    """In which order COPY had best give the elements: values of one width first, for where they lie is known by itself."""
    return sorted(range(len(elements)), key=lambda index: (CANONICAL[elements[index].type] not in _WIDTHS, index))


def walk_copy(buffer: Bytes, starts: Ints, forms: Sequence[str]) -> list[Fields]:
    """The fields of COPY rows with columns of these wire forms; `starts` point at each row's count of fields."""
    found = _packed(buffer, starts + 2, forms)
    lengths = at_every_byte(buffer, ">i4")
    at = starts + 2 + sum(4 + _WIDTHS[form] for form in forms[: len(found)])
    for _ in forms[len(found) :]:
        length = lengths[at].astype(np.int64)
        at = at + 4
        found.append(Fields(at, length))
        at = at + (length if len(length) and length.min() >= 0 else np.maximum(length, 0))
    return found


def _packed(buffer: Bytes, at: Ints, forms: Sequence[str]) -> list[Fields]:
    """The leading fields of one width, if they are so in every row: a single gather instead of two for each."""
    widths = [_WIDTHS[form] for form in itertools.takewhile(_WIDTHS.__contains__, forms)]
    if not widths or not len(at):
        return []
    whole = sum(widths) + 4 * len(widths)
    if int(at[-1]) + whole > buffer.size:
        return []
    records = at_every_byte(buffer, f"V{whole}")[at].view(np.uint8).reshape(len(at), whole)
    found, offset = [], 0
    for width in widths:
        if not (records[:, offset : offset + 4] == np.frombuffer(width.to_bytes(4, "big"), np.uint8)).all():
            return []
        found.append(Fields(at + (offset + 4), np.full(len(at), width), (records, offset + 4)))
        offset += 4 + width
    return found


def walk_tuples(buffer: Bytes, starts: Ints, columns: int) -> tuple[list[Fields], Ints]:
    """The fields of pgoutput tuples, and where each tuple ends; `starts` point at each tuple's count of columns."""
    lengths = at_every_byte(buffer, ">i4")
    at, found = starts + 2, []
    for _ in range(columns):
        kind = buffer[at]
        present = (kind == 98) | (kind == 116)  # b, t
        length = np.where(present, lengths[at + 1], np.where(kind == 110, NULL, UNCHANGED)).astype(np.int64)
        at = at + np.where(present, 5, 1)
        found.append(Fields(at, length))
        at = at + np.maximum(length, 0)
    return found, at


def decode(form: str, element: ElementSpec, buffer: Bytes, fields: Fields) -> Column:
    """The column's values as the element's Arrow type; NULL and UNCHANGED fields become NULL."""
    absent = fields.length < 0
    nulls = absent if absent.any() else None
    if form in _TEXTS:
        return Column(_texts(arrow_type(element), buffer, fields, nulls))
    if form == "bpchar":  # The cast to text, by which loads read it, drops the padding too.
        return Column(pc.utf8_rtrim(_texts(pa.string(), buffer, fields, nulls), " "))
    if form == "jsonb":  # One byte of version stands before the text.
        shifted = Fields(fields.at + ~absent, np.where(absent, fields.length, fields.length - 1))
        return Column(_texts(arrow_type(element), buffer, shifted, nulls))
    at = np.where(absent, 0, fields.at) if nulls is not None else fields.at

    def read(dtype: str) -> npt.NDArray[Any]:
        if fields.packed is not None:
            records, offset = fields.packed
            return np.ndarray((len(at),), dtype, records.data, offset, (records.shape[1],))
        return at_every_byte(buffer, dtype)[at]

    if form in _INTEGERS:
        return Column(_fixed(pa.int64(), read(_INTEGERS[form]).astype(np.int64), nulls))
    if form in ("float4", "float8"):
        return Column(_fixed(pa.float64(), read(">f" + form[-1]).astype(np.float64), nulls))
    if form == "bool":
        bits = pa.py_buffer(np.packbits(read("u1") != 0, bitorder="little"))
        return Column(pa.Array.from_buffers(pa.bool_(), len(at), [_validity(nulls), bits]))
    if form == "date":
        days = read(">i4").astype(np.int64) + EPOCH_DAYS
        bad = _outside(days, _FIRST_DAY, _LAST_DAY, nulls)
        return Column(_fixed(pa.date32(), days.astype(np.int32), _either(nulls, bad)), bad)
    if form in ("timestamp", "timestamptz"):
        micros = read(">i8").astype(np.int64)
        bad = _outside(micros, _FIRST_DAY * _DAY_MICROS - EPOCH_MICROS, (_LAST_DAY + 1) * _DAY_MICROS - 1 - EPOCH_MICROS, nulls)
        if bad is not None:
            micros = np.where(bad, 0, micros)
        return Column(_fixed(arrow_type(element), micros + EPOCH_MICROS, _either(nulls, bad)), bad)
    if form == "uuid":
        return Column(_uuids(arrow_type(element), read("V16"), nulls))
    if form == "numeric":
        return _decimals(element, buffer, at, nulls)
    if form == "time":
        micros = at_every_byte(buffer, ">i8")[at].astype(np.int64)
        texts = [None if gone else _time_text(int(value)) for value, gone in zip(micros, absent, strict=True)]
        return Column(pa.array(texts, pa.string()))
    raise ValueError(f"no decoder for {form}")


def _validity(nulls: Flags | None) -> pa.Buffer | None:
    return None if nulls is None else pa.py_buffer(np.packbits(~nulls, bitorder="little"))


def _fixed(kind: pa.DataType, values: npt.NDArray[Any], nulls: Flags | None) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), [_validity(nulls), pa.py_buffer(np.ascontiguousarray(values))])


def _either(nulls: Flags | None, bad: Flags | None) -> Flags | None:
    if bad is None:
        return nulls
    return bad if nulls is None else nulls | bad


def _outside(values: Ints, first: int, last: int, nulls: Flags | None) -> Flags | None:
    outside: Flags = (values < first) | (values > last)
    if nulls is not None:
        outside &= ~nulls
    return outside if outside.any() else None


def _texts(kind: pa.DataType, buffer: Bytes, fields: Fields, nulls: Flags | None) -> pa.Array:
    # One array over the whole buffer whose even items are our fields and whose odd items are what lies between: taking the even
    # ones copies each field once, in C.
    rows = len(fields.at)
    offsets = np.empty(2 * rows + 1, dtype=np.int32)
    offsets[0 : 2 * rows : 2] = fields.at
    offsets[1 : 2 * rows : 2] = fields.at + np.maximum(fields.length, 0)
    offsets[2 * rows] = offsets[2 * rows - 1] if rows else 0
    whole = pa.Array.from_buffers(kind, 2 * rows, [None, pa.py_buffer(offsets), pa.py_buffer(buffer)])
    return whole.take(pa.array(np.arange(0, 2 * rows, 2, dtype=np.int32), mask=nulls))


def _uuids(kind: pa.DataType, values: npt.NDArray[Any], nulls: Flags | None) -> pa.Array:
    raw = _fixed(pa.binary(16), values, nulls)
    if kind == pa.binary(16):
        return raw
    digits = np.frombuffer(values.tobytes().hex().encode("ascii"), dtype=np.uint8).reshape(-1, 32)
    text = np.full((len(values), 36), ord("-"), dtype=np.uint8)
    for start, stop, shift in ((0, 8, 0), (8, 12, 1), (12, 16, 2), (16, 20, 3), (20, 32, 4)):
        text[:, start + shift : stop + shift] = digits[:, start:stop]
    found = regular(text)
    return pa.Array.from_buffers(kind, len(values), [_validity(nulls), *found.buffers()[1:]])


def _time_text(micros: int) -> str:
    seconds, rest = divmod(micros, 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:06}".rstrip("0") if rest else text


def _decimals(element: ElementSpec, buffer: Bytes, at: Ints, nulls: Flags | None) -> Column:
    precision, scale = element.precision or 38, element.scale
    quick = _small_decimals(precision, scale, buffer, at) if nulls is None else None
    if quick is not None:
        return quick
    shorts = at_every_byte(buffer, ">i2")
    count, weight = shorts[at].astype(np.int64), shorts[at + 2].astype(np.int64)
    sign = shorts[at + 4].astype(np.int64) & 0xFFFF
    if nulls is not None:
        count, weight = np.where(nulls, 0, count), np.where(nulls, 0, weight)
    special = sign >= 0xC000
    if nulls is not None:
        special &= ~nulls
    long = (4 * (weight + 1) + scale > 18) & (count > 0) & ~special
    short_count = np.where(long | special, 0, count)
    value = np.zeros(len(at), dtype=np.int64)
    bad = special
    for k in range(int(short_count.max(initial=0))):
        rows = np.flatnonzero(short_count > k)
        digit = shorts[at[rows] + 8 + 2 * k].astype(np.int64)
        power = 4 * (weight[rows] - k) + scale
        value[rows] += np.where(power >= 0, digit * _TENS[np.clip(power, 0, 18)], digit // _TENS[np.clip(-power, 0, 18)])
        lost = (power < 0) & (digit % _TENS[np.clip(-power, 0, 18)] != 0)
        if lost.any():
            bad[rows[lost]] = True
    value = np.where(sign == 0x4000, -value, value)
    if precision <= 18:
        bad |= np.abs(value) >= 10**precision
    words = np.empty((len(at), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = value, value >> 63
    for row in np.flatnonzero(long):
        start, digits = int(at[row]), int(count[row])
        number = 0
        for group in shorts[start + 8 : start + 8 + 2 * digits : 2]:
            number = number * 10000 + int(group)
        shift = 4 * (int(weight[row]) - digits + 1) + scale
        number, rest = (number * 10**shift, 0) if shift >= 0 else divmod(number, 10**-shift)
        if rest or number >= 10**precision:
            bad[row], number = True, 0
        number = -number if sign[row] == 0x4000 else number
        words[row] = np.frombuffer(number.to_bytes(16, "little", signed=True), dtype=np.int64)
    marks = bad if bad.any() else None
    return Column(_fixed(pa.decimal128(precision, scale), words, _either(nulls, marks)), marks)


def _small_decimals(precision: int, scale: int, buffer: Bytes, at: Ints) -> Column | None:
    """Decimals of at most four groups of digits, a whole group at a time; None if there is another or one that does not fit."""
    after = -(-scale // 4)
    if precision > 18 or not len(at) or int(at.max()) + 16 > buffer.size:
        return None
    words = at_every_byte(buffer, "V16")[at].view(">i2").reshape(len(at), 8).astype(np.int64)
    count, weight, sign = words[:, 0], words[:, 1], words[:, 2]
    # Fewer than 18 digits in all, counted to the last group after the point.
    if int(count.max()) > 4 or int(weight.max(initial=0)) + 1 + after > 4 or not np.isin(sign, (0, 0x4000)).all():
        return None
    value = np.zeros(len(at), dtype=np.int64)
    for k in range(int(count.max())):
        place = weight - k + after
        there = count > k
        if ((place < 0) & there).any():
            return None
        value += np.where(there, words[:, 4 + k] * _GROUPS[np.clip(place, 0, 4)], 0)
    spare = 10 ** (after * 4 - scale)
    if spare > 1:
        value, rest = np.divmod(value, spare)
        if rest.any():
            return None
    if int(value.max()) >= 10**precision:
        return None
    value = np.where(sign == 0x4000, -value, value)
    pairs = np.empty((len(at), 2), dtype=np.int64)
    pairs[:, 0], pairs[:, 1] = value, value >> 63
    return Column(_fixed(pa.decimal128(precision, scale), pairs, None))


def regular(matrix: Bytes) -> pa.Array:
    """Each row of a matrix as one binary value."""
    rows, width = matrix.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.Array.from_buffers(pa.binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix))])
