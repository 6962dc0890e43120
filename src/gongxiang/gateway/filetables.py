"""A deposited table (CSV): read whole against the entry's elements, and given out through a grant's policy.

Words about what is wrong name lines and elements, never a value.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from gongxiang.protocol.batches import batch_schema
from gongxiang.protocol.errors import FileRefused
from gongxiang.protocol.policy import Policy
from gongxiang.protocol.terms import ElementSpec
from gongxiang.protocol.types import arrow_type, texts, value_of

#: Records of one file, and wrong places that are named.
MOST_ROWS, MOST_NAMED = 500_000, 20


@dataclass(frozen=True, kw_only=True)
class FileTable:
    """What a file holds: one list of values per element, in the order of `elements`."""

    elements: tuple[ElementSpec, ...]
    columns: list[list[Any]] = field(repr=False)

    @property
    def rows(self) -> int:
        """How many records."""
        return len(self.columns[0])


def read_table(body: bytes, elements: tuple[ElementSpec, ...], names: Mapping[str, str]) -> FileTable:
    """The table in a file, in UTF-8 or GB 18030; raises FileRefused that names every wrong place (at most twenty of them).

    Each element of the entry has one column, headed by its code or its name; a column that the entry does not share is
    refused, for what is not in the entry is not shared.
    """
    lines = _lines(body)
    header = next(lines, None)
    if header is None:
        raise FileRefused("The file is empty.")
    places = _places(header, elements, names)
    table = FileTable(elements=elements, columns=[[] for _ in elements])
    keys = [index for index, spec in enumerate(elements) if spec.key]
    seen: set[tuple[Any, ...]] = set()
    wrong: list[str] = []
    count = 0
    for number, line in enumerate(lines, 2):
        if not any(line):
            continue
        if table.rows >= MOST_ROWS:
            raise FileRefused("The file has more than {most} records.", most=MOST_ROWS)
        found: list[str] = [] if len(line) == len(header) else ["?"]
        for index, (spec, place) in enumerate(zip(elements, places, strict=True)):
            value, good = _value(line[place] if place < len(line) else "", spec)
            table.columns[index].append(value)
            if not good:
                found.append(spec.code)
        key = tuple(table.columns[index][-1] for index in keys)
        if key and None not in key:
            if key in seen:
                found.append(elements[keys[0]].code)
            seen.add(key)
        count += len(found)
        wrong += [f"{number}: {code}" for code in found[: MOST_NAMED - len(wrong)]]
    if count:
        raise FileRefused(
            "{count} places of the file are wrong: a value is missing, not of its type, or a key that stands twice."
            " Line and element: {places}.",
            count=count,
            places="; ".join(wrong),
        )
    return table


def narrowed(table: FileTable, policy: Policy) -> tuple[bytes, int]:
    """The file that a grant gives, as CSV in UTF-8 headed by codes, and how many records it has."""
    arrays = [pa.repeat(pa.scalar(1, pa.int8()), table.rows)]
    arrays += [pa.array(values, arrow_type(spec)) for spec, values in zip(table.elements, table.columns, strict=True)]
    batch = policy.project_load(pa.RecordBatch.from_arrays(arrays, schema=batch_schema(table.elements)))
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([spec.code for spec in policy.schema])
    columns = [texts(batch.column(spec.code), spec).to_pylist() for spec in policy.schema]
    writer.writerows(zip(*columns, strict=True))
    return written.getvalue().encode("utf-8"), batch.num_rows


def _lines(body: bytes) -> Iterator[list[str]]:
    for name in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(name)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FileRefused("The text of the file is neither UTF-8 nor GB 18030.")
    if "\x00" in text:
        raise FileRefused("The file is no text.")
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise FileRefused("The file is no CSV: a quotation mark is not closed, or a value is too long.") from error


def _places(header: list[str], elements: tuple[ElementSpec, ...], names: Mapping[str, str]) -> list[int]:
    """In which column each element stands. A strange head is told by its number: in a file without heads it is a value."""
    codes = {name: spec.code for spec in elements for name in (names.get(spec.code, spec.code), spec.code)}
    named = [codes.get(head.strip(), "") for head in header]
    if strange := [str(number) for number, code in enumerate(named, 1) if not code]:
        raise FileRefused(
            "The columns {columns} of the first line are headed by no element that the entry shares.",
            columns=", ".join(strange[:MOST_NAMED]),
        )
    if twice := sorted({code for code in named if named.count(code) > 1}):
        raise FileRefused("The header names {columns} twice.", columns=", ".join(twice[:MOST_NAMED]))
    if lacking := [spec.code for spec in elements if spec.code not in named]:
        raise FileRefused("The header lacks {columns}.", columns=", ".join(lacking[:MOST_NAMED]))
    return [named.index(spec.code) for spec in elements]


def _value(text: str, spec: ElementSpec) -> tuple[Any, bool]:
    """The value of a cell and whether it may stand there; an empty cell is no value."""
    if not text.strip():
        return None, spec.nullable and not spec.key
    try:
        value = value_of(text, spec)
        pa.scalar(value, arrow_type(spec))
    except (ValueError, ArithmeticError, pa.ArrowException):
        return None, False
    return value, True
