"""A workbook as rows of values, with everything that is wrong in it: all errors at once, none of them ending the reading.

References stay words here; `compose` turns a row into a whole content over what the entry says now.
"""

import difflib
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from gongxiang.platform.catalogue import errors_import as errors
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.workbook import cells, guard, probe
from gongxiang.platform.catalogue.workbook import columns as layout
from gongxiang.platform.catalogue.workbook.cells import CUT_SHORT, Directory
from gongxiang.platform.catalogue.workbook.columns import Column, Extra, Sheet
from gongxiang.platform.catalogue.workbook.findings import NOTE, Finding, Place, finding, letters
from gongxiang.protocol.canonical import plain

MOST_ENTRIES = 10_000
#: Rows of one entry in a further sheet: as the compile form.
MOST_ROWS = 500
#: Problems after which the reading ends: nobody mends so many one by one, and each takes memory.
MOST_PROBLEMS = 20_000
#: Lines at the top among which the heads are looked for.
_HEAD_LINES = 10
_REQUIRED = {layout.ENTRIES: "name", "elements": "name", "distributions": "kind"}


@dataclass
class Record:
    """One row: values by path as JSON's own types, their places, the paths that are to stay as they are."""

    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    #: Path -> column of its sheet.
    columns: dict[str, int] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def at(self, path: str, sheet: Sheet) -> Place:
        """The cell of a field; the row where the sheet has no such column."""
        column = self.columns.get(path, 0)
        head = next((c.zh for c in sheet.columns if c.path == path), "")
        return Place(sheet=self.place.sheet, row=self.place.row, column=column, header=head)


@dataclass
class Row(Record):
    """One entry of the file with its records in the further sheets."""

    key: str = ""
    id: str = ""
    code: str = ""
    nested: dict[str, list[Record]] = field(default_factory=dict)


class _Enough(Exception):
    """There are more problems than anybody reads."""


@dataclass
class Parsed:
    """Everything a file says."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    #: Further sheets that the file has: of these, an entry without rows has none.
    sheets: set[str] = field(default_factory=set)

    def note(self, refusal: errors.ImportProblem, place: Place, *, shown: object = "", severity: str = "error") -> None:
        """Write down what is wrong; raises _Enough where there is too much of it."""
        if len(self.findings) >= MOST_PROBLEMS:
            raise _Enough
        self.findings.append(finding(refusal, place, shown=shown, severity=severity))


@dataclass(frozen=True)
class _Head:
    """The heads of one sheet: column number -> what it is."""

    line: int
    extras: dict[int, Extra]
    fields: dict[int, Column]


def read_book(content: bytes, directory: Directory) -> Parsed:
    """Read a workbook; raises an ImportProblem only where the file as a whole cannot be read."""
    formulas = guard.check(content)
    probe.check_sizes(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return _Reader(book, directory, _by_sheet(content, formulas)).read()
    except (CalamineError, ValueError, KeyError, OSError) as error:
        raise errors.FileBroken() from error
    except BaseException as error:
        # The reader's own panic is no Exception.
        if type(error).__name__ == "PanicException":
            raise errors.FileBroken() from error
        raise


class _Reader:
    def __init__(self, book: CalamineWorkbook, directory: Directory, formulas: dict[str, set[str]]) -> None:
        self.book, self.directory, self.formulas = book, directory, formulas
        self.parsed = Parsed()
        self.by_key: dict[str, Row] = {}

    def read(self) -> Parsed:
        """Entries first, then what belongs to them."""
        try:
            return self._read()
        except _Enough:
            self.parsed.findings.insert(0, finding(errors.TooManyProblems(most=MOST_PROBLEMS), Place()))
            return self.parsed

    def _read(self) -> Parsed:
        names = self._named()
        for name in self.book.sheet_names:
            known = {*names.values(), *layout.CODES_SHEET, *layout.HELP_SHEET}
            if name not in known:
                self.parsed.note(errors.SheetIgnored(sheet=name), Place(sheet=name), severity=NOTE)
        for sheet in layout.sheets():
            title = names.get(sheet.name)
            if title is None:
                if sheet.name == layout.ENTRIES:
                    self.parsed.note(errors.SheetMissing(sheet=sheet.zh), Place())
                    return self.parsed
                continue
            self._sheet(sheet, title)
            if sheet.name == layout.ENTRIES and len(self.parsed.rows) > MOST_ENTRIES:
                # Nobody mends so many by a list: the rest is not read.
                raise errors.TooManyEntries(count=len(self.parsed.rows), most=MOST_ENTRIES)
        if not self.parsed.rows and not self.parsed.findings:
            self.parsed.note(errors.NoEntries(), Place(sheet=names[layout.ENTRIES]))
        return self.parsed

    def _named(self) -> dict[str, str]:
        """Sheet of ours -> its name in the file."""
        there = {re.sub(r"\s+", "", name).lower(): name for name in self.book.sheet_names}
        found = {}
        for sheet in layout.sheets():
            for word in (sheet.zh, sheet.en.lower(), sheet.name):
                if word in there:
                    found[sheet.name] = there[word]
                    break
        return found

    def _sheet(self, sheet: Sheet, title: str) -> None:
        page = self.book.get_sheet_by_name(title)
        lines = page.to_python(skip_empty_area=False) if page.start is not None else []
        merged = page.merged_cell_ranges or []
        head = self._head(sheet, title, lines)
        if head is None:
            return
        if sheet.name != layout.ENTRIES:
            self.parsed.sheets.add(sheet.name)
        for (top, left), (bottom, right) in merged:
            if bottom + 1 >= head.line:
                shown = f"{letters(left + 1)}{top + 1}:{letters(right + 1)}{bottom + 1}"
                self.parsed.note(errors.CellsMerged(cells=shown), Place(sheet=title, row=top + 1, column=left + 1))
        formulas = self.formulas.get(title, set())
        for number, line in enumerate(lines[head.line :], start=head.line + 1):
            with_formula = {n for n in range(1, len(line) + 1) if f"{letters(n)}{number}" in formulas} if formulas else set()
            if with_formula or any(value not in ("", None) for value in line):
                self._line(sheet, title, head, number, line, with_formula)

    # ---- heads ----------------------------------------------------------------------------------------------------------

    def _head(self, sheet: Sheet, title: str, lines: list[list[Any]]) -> _Head | None:
        extras = layout.EXTRAS if sheet.name == layout.ENTRIES else (layout.PARENT,)
        words: dict[str, Extra | Column] = {}
        for column in sheet.columns:
            words |= {_word(word): column for word in (f"{sheet.name}.{column.path}", column.path, column.en, column.zh)}
        for extra in extras:
            words |= {_word(word): extra for word in (extra.en, extra.zh)}
        best, most = -1, 0
        for index, line in enumerate(lines[:_HEAD_LINES]):
            known = sum(1 for value in line if _word(value) in words)
            if known > most:
                best, most = index, known
        if most < 2:
            self.parsed.note(errors.HeadersMissing(), Place(sheet=title))
            return None
        return self._columns(sheet, title, lines[best], best + 1, words, extras)

    def _columns(
        self, sheet: Sheet, title: str, line: list[Any], number: int, words: dict[str, Extra | Column], extras: Iterable[Extra]
    ) -> _Head | None:
        found_extras: dict[int, Extra] = {}
        found: dict[int, Column] = {}
        seen: set[tuple[str, str]] = set()
        wrong = False
        for index, value in enumerate(line, start=1):
            if value in ("", None):
                continue
            place = Place(sheet=title, row=number, column=index, header=str(value)[:60])
            what = words.get(_word(value))
            if what is None:
                near = difflib.get_close_matches(
                    str(value), [*(e.zh for e in extras), *(c.zh for c in sheet.columns)], n=1, cutoff=0.4
                )
                self.parsed.note(
                    errors.HeaderUnknown(header=str(value)[:60], near=near[0] if near else sheet.columns[0].zh), place
                )
                continue
            name = what.name if isinstance(what, Extra) else what.path
            if (name, type(what).__name__) in seen:
                self.parsed.note(errors.HeaderTwice(header=str(value)[:60]), place)
                continue
            seen.add((name, type(what).__name__))
            if isinstance(what, Extra):
                found_extras[index] = what
            else:
                found[index] = what
        required = _REQUIRED.get(sheet.name, "")
        for path, zh in ((c.path, c.zh) for c in sheet.columns if c.path == required):
            if path not in {column.path for column in found.values()}:
                self.parsed.note(errors.HeaderMissing(header=zh), Place(sheet=title, row=number))
                wrong = True
        needed = layout.PARENT if sheet.name != layout.ENTRIES else None
        if needed and needed not in found_extras.values():
            self.parsed.note(errors.HeaderMissing(header=needed.zh), Place(sheet=title, row=number))
            wrong = True
        return None if wrong else _Head(line=number, extras=found_extras, fields=found)

    # ---- rows -----------------------------------------------------------------------------------------------------------

    def _line(self, sheet: Sheet, title: str, head: _Head, number: int, line: list[Any], formulas: set[int]) -> None:
        place = Place(sheet=title, row=number)
        known: dict[str, str] = {}
        for index, extra in head.extras.items():
            if extra.read and index <= len(line):
                try:
                    known[extra.name] = cells.as_text(line[index - 1])
                except errors.ImportProblem as problem:
                    self.parsed.note(problem, Place(sheet=title, row=number, column=index, header=extra.zh))
        record: Record
        if sheet.name == layout.ENTRIES:
            row = Row(place=place, key=known.get("key", ""), id=known.get("id", "").lower(), code=known.get("code", ""))
            if len(self.parsed.rows) <= MOST_ENTRIES:
                self._enter(row, head)
            record = row
        else:
            record = Record(place=place)
            self._attach(sheet, record, known.get("parent", ""), head)
        prefix = "" if sheet.name == layout.ENTRIES else f"{sheet.name}."
        for index, column in head.fields.items():
            raw = line[index - 1] if index <= len(line) else None
            record.columns[column.path] = index
            cell = Place(sheet=title, row=number, column=index, header=column.zh)
            if index in formulas:
                self.parsed.note(errors.CellFormula(), cell, shown=raw)
                continue
            if raw == CUT_SHORT:
                record.kept.add(column.path)
                continue
            try:
                record.values[column.path] = cells.read(column, prefix + column.path, raw, self.directory)
            except errors.ReferenceUnknown as problem:
                record.values[f"?{column.path}"] = Unknown(
                    record, column, prefix + column.path, cells.as_text(raw), problem, cell
                )
            except errors.ImportProblem as problem:
                self.parsed.note(problem, cell, shown=raw)

    def _enter(self, row: Row, head: _Head) -> None:
        self.parsed.rows.append(row)
        index = next((n for n, extra in head.extras.items() if extra is layout.KEY), 0)
        place = Place(sheet=row.place.sheet, row=row.place.row, column=index, header=layout.KEY.zh)
        if not row.key:
            # Without a column of numbers the rows are numbered as they stand.
            if index:
                self.parsed.note(errors.RowWithoutKey(), place)
                return
            row.key = str(len(self.parsed.rows))
        first = self.by_key.setdefault(row.key, row)
        if first is not row:
            self.parsed.note(errors.KeyTwice(value=row.key[:40], rows=f"{first.place.row}、{row.place.row}"), place)

    def _attach(self, sheet: Sheet, record: Record, parent: str, head: _Head) -> None:
        owner = self.by_key.get(parent)
        index = next((n for n, extra in head.extras.items() if extra is layout.PARENT), 0)
        place = Place(sheet=record.place.sheet, row=record.place.row, column=index, header=layout.PARENT.zh)
        if owner is None:
            self.parsed.note(errors.ParentUnknown(value=parent[:40]), place)
            return
        listed = owner.nested.setdefault(sheet.name, [])
        listed.append(record)
        if len(listed) == MOST_ROWS + 1:
            self.parsed.note(errors.TooManyElements(count=len(listed), most=MOST_ROWS), place)


@dataclass(frozen=True)
class Unknown:
    """References in a cell that the registers do not know: perhaps to another entry of the same file."""

    record: Record
    column: Column
    full: str
    text: str
    problem: errors.ImportProblem
    place: Place

    def resolve(self, directory: Directory) -> None:
        """Read the cell again with a directory that knows more; raises an ImportProblem."""
        self.record.values[self.column.path] = cells.read(self.column, self.full, self.text, directory)


def _word(value: Any) -> str:
    return re.sub(r"[\s*＊]+", "", str(value)).lower().replace("(", "（").replace(")", "）")


def _by_sheet(content: bytes, formulas: dict[str, set[str]]) -> dict[str, set[str]]:
    """The cells with formulas by name of sheet instead of name of part."""
    if not formulas:
        return {}
    space = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        try:
            book = ElementTree.fromstring(package.read("xl/workbook.xml"))
            links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        except (KeyError, ElementTree.ParseError) as error:
            raise errors.FileBroken() from error
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for one in book.iter():
        if one.tag.endswith("}sheet"):
            target = targets.get(one.get(f"{space}id"), "").lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            found[one.get("name", "")] = formulas.get(part, set())
    return found


def is_identifier(text: str) -> bool:
    """Whether the text is one of our ids."""
    return bool(cells.IDENTIFIER.fullmatch(text))


# ---- whole contents -----------------------------------------------------------------------------------------------------


def compose(row: Row, base: Content | None, parsed: Parsed) -> Content:
    """The content that the row asks for: what it does not speak of stays as in `base`, or takes its default."""
    value = (base or Content()).to_json()
    _lay(value, row)
    for sheet in layout.sheets()[1:]:
        if sheet.name not in parsed.sheets:
            continue
        before = {_identity(sheet.name, item): item for item in value[sheet.name]}
        fresh = _fresh(sheet.name)
        items = []
        for record in row.nested.get(sheet.name, []):
            item = {**fresh, **before.get(_identity(sheet.name, record.values), {})}
            _lay(item, record)
            items.append(item)
        value[sheet.name] = items
    return Content.from_json(value)


def _fresh(name: str) -> dict[str, Any]:
    """A record of that sheet with nothing said."""
    made: dict[str, Any] = plain(layout.record_class(name)())
    return made


def _identity(name: str, item: dict[str, Any]) -> Any:
    if name == "distributions":
        return item.get("id")
    return item.get("code") or item.get("name")


def _lay(value: dict[str, Any], record: Record) -> None:
    for path, new in record.values.items():
        if path.startswith("?"):
            continue
        inner, (*way, last) = value, path.split(".")
        for part in way:
            inner = inner[part]
        # An empty cell says nothing of yes or no: the default or what was there stays.
        if new is None and isinstance(inner.get(last), bool):
            continue
        inner[last] = new


def records_of(row: Row) -> tuple[Record, ...]:
    """A row with everything that belongs to it."""
    return (row, *(one for records in row.nested.values() for one in records))


def unknown_references(row: Row) -> list[Unknown]:
    """Cells of a row, and of what belongs to it, with references that no register knows."""
    return [value for record in records_of(row) for path, value in record.values.items() if path.startswith("?")]


# ---- export, then import: nothing changed ---------------------------------------------------------------------------------


def settle(before: Content, after: Content) -> Content:
    """`after`, except that whatever differs from `before` only in what a cell cannot hold stays as it was."""
    return Content.from_json(_settled(before.to_json(), after.to_json()))


def _settled(old: Any, new: Any) -> Any:
    if old == new:
        return old
    if isinstance(old, str) and isinstance(new, str):
        return old if _loose(old) == _loose(new) else new
    if isinstance(old, dict) and isinstance(new, dict):
        if _loose(old) == _loose(new):
            return old
        return {
            key: old[key] if layout.is_figure(key) and _same_number(old.get(key), value) else _settled(old.get(key), value)
            for key, value in new.items()
        }
    if isinstance(old, list) and isinstance(new, list):
        if _loose(old) == _loose(new):
            return old
        if all(isinstance(item, dict) for item in (*old, *new)):
            return _settled_records(old, new)
    return new


def _settled_records(old: list[Any], new: list[Any]) -> list[Any]:
    known = {item.get("id") or cells.plain_text(str(item.get("code") or item.get("name"))): item for item in old}
    out = []
    for index, item in enumerate(new):
        before = known.get(item.get("id") or cells.plain_text(str(item.get("code") or item.get("name"))))
        if before is None and "id" in item and item["id"] is None and index < len(old):
            before = old[index]
        out.append(_settled(before, item) if before is not None else item)
    return out


def _loose(value: Any) -> Any:
    """A value as a cell holds it."""
    if isinstance(value, str):
        return cells.plain_text(cells.CONTROL.sub("", value).replace("\r\n", "\n"))
    if isinstance(value, list):
        return [kept for item in value if (kept := _loose(item)) != ""]
    if isinstance(value, dict):
        return {_loose(key): _loose(item) for key, item in value.items()}
    return value


def _same_number(old: Any, new: Any) -> bool:
    """Whether two decimals are the same number (1.50 and 1.5)."""
    return old is not None and new is not None and Decimal(str(old)) == Decimal(str(new))
