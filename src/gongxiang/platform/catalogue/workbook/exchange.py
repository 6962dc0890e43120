"""Entries as an exchange file (JSON): every content whole, so that what is read is exactly what was written."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongxiang.platform.catalogue import errors_import as errors
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.workbook import columns as layout
from gongxiang.platform.catalogue.workbook import guard
from gongxiang.platform.catalogue.workbook.cells import CONTROL
from gongxiang.platform.catalogue.workbook.columns import Kind
from gongxiang.platform.catalogue.workbook.findings import Finding, Place, finding
from gongxiang.platform.catalogue.workbook.reading import MOST_ENTRIES, MOST_ROWS
from gongxiang.platform.catalogue.workbook.writing import BookRow

FORMAT = "gongxiang-catalogue/1"


@dataclass(frozen=True, kw_only=True)
class ExchangeEntry:
    """One entry of the file."""

    number: int
    id: str
    code: str
    content: Content

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(sheet="JSON", row=self.number)

    def at(self, path: str) -> Place:
        """Where one of its fields stands."""
        return Place(sheet="JSON", row=self.number, header=path)


def exchange_parts(rows: Iterable[BookRow], *, at: datetime) -> Iterator[str]:
    """The exchange file of these entries piece by piece, however many they are."""
    yield f'{{\n "format": {json.dumps(FORMAT)},\n "exported_at": {json.dumps(at.isoformat())},\n "entries": ['
    between = "\n"
    for row in rows:
        entry = {
            "id": str(row.id) if row.id else None, "code": row.code, "provider": row.provider,
            "provider_code": row.provider_code, "version": row.version, "content": row.content.to_json(),
        }  # fmt: skip
        # Split at line feeds alone: a text may hold other signs that end a line.
        yield between + "\n".join(f"  {line}" for line in json.dumps(entry, ensure_ascii=False, indent=1).split("\n"))
        between = ",\n"
    yield "\n ]\n}\n" if between == ",\n" else "]\n}\n"


def write_exchange(rows: Iterable[BookRow], *, at: datetime) -> bytes:
    """The exchange file of these entries."""
    return "".join(exchange_parts(rows, at=at)).encode()


def read_exchange(content: bytes) -> tuple[list[ExchangeEntry], list[Finding]]:
    """Read an exchange file; raises an ImportProblem only where the file as a whole cannot be read."""
    if len(content) > guard.LARGEST:
        raise errors.FileTooLarge(megabytes=-(-len(content) // 2**20), most=guard.LARGEST // 2**20)
    try:
        whole = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise errors.ExchangeNotUtf8() from error
    except (ValueError, RecursionError) as error:
        raise errors.ExchangeUnreadable(problem=str(error)[:120]) from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT or not isinstance(whole.get("entries"), list):
        raise errors.ExchangeUnreadable(problem=f"format ≠ {FORMAT}")
    if len(whole["entries"]) > MOST_ENTRIES:
        raise errors.TooManyEntries(count=len(whole["entries"]), most=MOST_ENTRIES)
    entries, findings = [], []
    for number, item in enumerate(whole["entries"], start=1):
        try:
            entries.append(_entry(number, item))
        except errors.ImportProblem as problem:
            findings.append(finding(problem, Place(sheet="JSON", row=number)))
    if not whole["entries"]:
        findings.append(finding(errors.NoEntries(), Place(sheet="JSON")))
    return entries, findings


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _entry(number: int, item: Any) -> ExchangeEntry:
    if not isinstance(item, dict) or not isinstance(item.get("content"), dict):
        raise errors.ExchangeUnreadable(problem="content")
    value = item["content"]
    try:
        content = Content.from_json(value)
        built = content.to_json()
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise errors.ExchangeUnreadable(problem=str(error)[:120]) from error
    path = _unlike(value, built)
    if path:
        raise errors.ExchangeUnreadable(problem=path)
    _check(built)
    return ExchangeEntry(number=number, id=str(item.get("id") or "").lower(), code=str(item.get("code") or ""), content=content)


def _unlike(given: Any, built: Any, path: str = "content") -> str:
    """The first field that was not understood as it stands: another type, an unknown name; empty if there is none."""
    if isinstance(built, dict) and isinstance(given, dict):
        for key, value in given.items():
            if key not in built:
                return f"{path}.{key}"
            if found := _unlike(value, built[key], f"{path}.{key}"):
                return found
        return ""
    if isinstance(built, list) and isinstance(given, list) and len(built) == len(given):
        return next((found for n, one in enumerate(given) if (found := _unlike(one, built[n], f"{path}[{n}]"))), "")
    if given == built and type(given) is type(built):
        return ""
    return "" if isinstance(built, str) and isinstance(given, str) and given.lower() == built.lower() else path


def _check(value: dict[str, Any]) -> None:
    """Lengths, control characters and code lists, as in a workbook."""
    for text in _texts(value):
        if wrong := CONTROL.search(text):
            raise errors.CellControlCharacters(character=f"U+{ord(wrong[0]):04X}")
    for sheet in layout.sheets():
        prefix = "" if sheet.name == layout.ENTRIES else f"{sheet.name}."
        records = [value] if sheet.name == layout.ENTRIES else value[sheet.name]
        if sheet.name != layout.ENTRIES and len(records) > MOST_ROWS:
            raise errors.TooManyElements(count=len(records), most=MOST_ROWS)
        for record in records:
            for column in sheet.columns:
                inner: Any = record
                for part in column.path.split("."):
                    inner = inner[part]
                _check_value(column, prefix + column.path, inner)


def _texts(value: Any) -> Iterator[str]:
    """Every text, also the names in a mapping."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in (*value.keys(), *value.values()):
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _check_value(column: layout.Column, full: str, value: Any) -> None:
    texts = [str(t) for t in (value.items() if isinstance(value, dict) else value if isinstance(value, list) else [value])]
    for text in texts:
        if len(text) > column.longest:
            raise errors.CellTooLong(length=len(text), most=column.longest)
    if column.kind in (Kind.CODE, Kind.CODES):
        for one in value if isinstance(value, list) else [value] if value else []:
            if one not in layout.coded(full):
                raise errors.CodeNotListed(value=str(one)[:80], choices="、".join(layout.coded(full)))
