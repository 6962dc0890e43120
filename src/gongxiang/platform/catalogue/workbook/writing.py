"""Entries as a workbook: three sheets of data, the code lists, and a page that explains every column.

Texts stay texts: a cell that begins like a formula is written as text and marked as such, so that no program carries it out.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineWorkbook

from gongxiang.platform.catalogue.classification import CATEGORIES
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.workbook import columns as layout
from gongxiang.platform.catalogue.workbook.cells import CONTROL, Directory, written
from gongxiang.platform.catalogue.workbook.columns import Column, Extra, Kind, Sheet
from gongxiang.platform.catalogue.workbook.findings import ERROR, Finding, letters

#: What Excel would read as a coded character, although somebody typed it so.
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
#: Beginnings that some program takes for a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r")
_HEAD = Font(bold=True)
_READ_ONLY = PatternFill("solid", fgColor="E7E6E6")
_EDITABLE = PatternFill("solid", fgColor="DDEBF7")
_WRONG = PatternFill("solid", fgColor="FFC7CE")
_LACKING = PatternFill("solid", fgColor="FFEB9C")
_WRAP = Alignment(wrap_text=True, vertical="top")
#: Cells that carry a comment; more make a file that no program opens quickly. The list of problems has them all.
MOST_COMMENTS = 20_000


@dataclass(frozen=True, kw_only=True)
class BookRow:
    """One entry as it is exported."""

    id: UUID | None
    code: str
    provider: str
    provider_code: str
    status: str
    version: int
    published_on: date | None
    content: Content

    def extra(self, name: str, number: int) -> Any:
        """The cell of a column that is no field of the content."""
        values = {
            "key": number, "id": str(self.id) if self.id else None, "code": self.code or None, "provider": self.provider,
            "provider_code": self.provider_code, "status": self.status, "version": self.version or None,
            "published_on": self.published_on.isoformat() if self.published_on else None,
        }  # fmt: skip
        return values[name]


def write_book(rows: Iterable[BookRow], directory: Directory, *, language: str = "zh-hans") -> bytes:
    """The workbook of these entries; without entries it is the blank standard layout."""
    with translation.override(language):
        book = Workbook(write_only=True)
        pages = {sheet.name: _Page(book, sheet, language) for sheet in layout.sheets()}
        for number, row in enumerate(rows, start=1):
            value = row.content.to_json()
            extras = [row.extra(extra.name, number) for extra in layout.EXTRAS]
            pages[layout.ENTRIES].add(extras, value, directory)
            for name, page in pages.items():
                if name != layout.ENTRIES:
                    for item in value[name]:
                        page.add([number], item, directory)
        for page in pages.values():
            page.finish()
        _codes(book, language)
        _help(book, language)
        return _saved(book)


class _Page:
    """One sheet being written."""

    def __init__(self, book: Workbook, sheet: Sheet, language: str) -> None:
        self.sheet = sheet
        self.prefix = "" if sheet.name == layout.ENTRIES else f"{sheet.name}."
        self.target = book.create_sheet(sheet.en if language == "en" else sheet.zh)
        self.target.freeze_panes = "C2" if sheet.name == layout.ENTRIES else "B2"
        extras = layout.EXTRAS if sheet.name == layout.ENTRIES else (layout.PARENT,)
        heads: list[tuple[Extra | Column, PatternFill]] = [
            (e, _READ_ONLY if not e.read or e.name == "id" else _EDITABLE) for e in extras
        ]
        heads += [(column, _EDITABLE) for column in sheet.columns]
        self.width = len(heads)
        self.first = len(extras)
        self.count = 1
        for index, (head, _fill) in enumerate(heads, start=1):
            self.target.column_dimensions[letters(index)].width = _width(head)
        for index, column in enumerate(sheet.columns, start=self.first + 1):
            self._offer(index, column)
        self.target.append([_head(self.target, head.en if language == "en" else head.zh, fill) for head, fill in heads])

    def _offer(self, index: int, column: Column) -> None:
        """A list to choose from, where one fits into the 255 characters that Excel allows."""
        if column.kind is Kind.CODE:
            words = [str(label) for label in layout.coded(self.prefix + column.path).values()]
        elif column.kind is Kind.YES:
            words = [_("Yes"), _("No")]
        else:
            return
        listed = ",".join(words)
        if len(listed) < 250 and not any("," in word for word in words):
            rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
            rule.add(f"{letters(index)}2:{letters(index)}10001")
            self.target.data_validations.append(rule)

    def add(self, extras: list[Any], value: Mapping[str, Any], directory: Directory) -> None:
        """One row."""
        cells = [safe(self.target, extra) for extra in extras]
        for column in self.sheet.columns:
            inner: Any = value
            for part in column.path.split("."):
                inner = inner[part]
            cells.append(safe(self.target, written(column, self.prefix + column.path, inner, directory)))
        self.target.append(cells)
        self.count += 1

    def finish(self) -> None:
        """Let the rows be filtered."""
        self.target.auto_filter.ref = f"A1:{letters(self.width)}{max(self.count, 2)}"


def safe(sheet: Any, value: Any) -> Any:
    """A value as a cell; a text is never a formula."""
    if not isinstance(value, str):
        return value
    text = _CODED.sub("_x005F_", CONTROL.sub("", value))
    if not text.startswith(RISKY):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _head(sheet: Any, words: str, fill: PatternFill) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=words)
    cell.font, cell.fill, cell.alignment = _HEAD, fill, _WRAP
    return cell


def _width(head: Any) -> int:
    kind = getattr(head, "kind", None)
    return 26 if kind in (Kind.TEXT, Kind.TEXTS, Kind.PAIRS) or getattr(head, "name", "") in ("code", "provider") else 14


def _codes(book: Workbook, language: str) -> None:
    sheet = book.create_sheet(layout.CODES_SHEET[language == "en"])
    sheet.append([_head(sheet, words, _READ_ONLY) for words in (_("Sheet"), _("Column"), _("Value to write"), _("Code"))])
    for one in layout.sheets():
        prefix = "" if one.name == layout.ENTRIES else f"{one.name}."
        for column in one.columns:
            if column.kind in (Kind.CODE, Kind.CODES):
                for value, label in layout.coded(prefix + column.path).items():
                    sheet.append([*_names(one, column, language), str(label), value])
    classified = next(column for column in layout.sheet(layout.ENTRIES).columns if column.path == "classification")
    for code, category in CATEGORIES.items():
        sheet.append([*_names(layout.sheet(layout.ENTRIES), classified, language), f"{code} {_label(category)}", code])


def _label(category: Any) -> str:
    return str(getattr(category, "label", None) or getattr(category, "name", None) or category)


def _names(sheet: Sheet, column: Column, language: str) -> tuple[str, str]:
    return (sheet.en, column.en) if language == "en" else (sheet.zh, column.zh)


def _help(book: Workbook, language: str) -> None:
    sheet = book.create_sheet(layout.HELP_SHEET[language == "en"])
    for letter, width in zip("ABCD", (18, 28, 70, 34), strict=True):
        sheet.column_dimensions[letter].width = width
    for words in (
        _("One line for each entry in the first sheet."),
        _("Data elements and ways of delivery stand in the next two sheets, each beside the number of its entry."),
        _("The order of sheets and columns does not matter; heads may be Chinese or English."),
        _("Columns that are left out keep what they have."),
        _("Leave identifier and code empty for a new entry; with one of them the row changes that entry."),
        _("Nothing is saved before you confirm."),
        _("Grey columns are only shown. Formulas are not carried out; merged cells are not read."),
    ):
        sheet.append([safe(sheet, words)])
    sheet.append([])
    sheet.append(
        [_head(sheet, words, _READ_ONLY) for words in (_("Sheet"), _("Column"), _("What to write"), _("English head"))]
    )
    kinds: dict[Kind, Callable[[], str]] = {
        Kind.TEXT: lambda: _("Text"),
        Kind.CODE: lambda: _("One value of the code list"),
        Kind.CODES: lambda: _("Values of the code list, separated by ；"),
        Kind.YES: lambda: _("Yes or no (是 / 否)"),
        Kind.INTEGER: lambda: _("A whole number"),
        Kind.DECIMAL: lambda: _("A number"),
        Kind.DATE: lambda: _("A date such as 2026-11-22"),
        Kind.TEXTS: lambda: _("Several texts, one a line (Alt+Enter)"),
        Kind.REFERENCE: lambda: _("Name, code or identifier as in the register"),
        Kind.REFERENCES: lambda: _("Names, codes or identifiers, one a line (Alt+Enter)"),
        Kind.PAIRS: lambda: _("Code of the element = column of the table, one a line (Alt+Enter)"),
    }
    for one in layout.sheets():
        for column in one.columns:
            sheet.append([*_names(one, column, language), kinds[column.kind](), column.en])


# ---- annotated copy -----------------------------------------------------------------------------------------------------


def annotate(content: bytes, findings: Iterable[Finding]) -> bytes:
    """The sent workbook's values with every finding in its cell (colour and comment), and all of them in a list at the end."""
    found = list(findings)
    at: dict[tuple[str, int], dict[int, list[Finding]]] = {}
    for one in found:
        if one.place.sheet:
            row = at.setdefault((one.place.sheet, max(one.place.row, 1)), {})
            row.setdefault(max(one.place.column, 1), []).append(one)
    book, comments = Workbook(write_only=True), 0
    source = CalamineWorkbook.from_filelike(BytesIO(content))
    for name in source.sheet_names:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, raw in enumerate(_rows(source, name), start=1):
            marks = at.get((name, number))
            if marks is None:
                sheet.append([safe(sheet, _shown(value)) for value in raw])
                continue
            cells = []
            for index in range(1, max(len(raw), *marks) + 1):
                value = _shown(raw[index - 1]) if index <= len(raw) else None
                if index not in marks:
                    cells.append(safe(sheet, value))
                    continue
                cells.append(_marked(sheet, value, marks[index], comment=comments < MOST_COMMENTS))
                comments += 1
            sheet.append(cells)
    _list_problems(book, found, set(source.sheet_names))
    return _saved(book)


def _rows(source: CalamineWorkbook, name: str) -> Iterable[list[Any]]:
    sheet = source.get_sheet_by_name(name)
    if sheet.start is None:
        return []
    return sheet.to_python(skip_empty_area=False)


def _shown(value: Any) -> Any:
    """A value as it is written back; an overlong text is cut, since no cell holds it."""
    if isinstance(value, str):
        return value[:32_000] or None
    return value


def _marked(sheet: Any, value: Any, marks: list[Finding], *, comment: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=CONTROL.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(RISKY)
    cell.fill = _WRONG if any(mark.severity == ERROR for mark in marks) else _LACKING
    if comment:
        words = "\n".join(f"{mark.message} {mark.advice}".strip() for mark in marks)[:2000]
        cell.comment = Comment(CONTROL.sub("", words), _("Check of the import"), width=360, height=120)
    return cell


def _list_problems(book: Workbook, found: list[Finding], taken: set[str]) -> None:
    name = _("Problems")
    while name in taken:
        name += "_"
    sheet = book.create_sheet(name[:31])
    for letter, width in zip("ABCDEFG", (14, 8, 22, 10, 50, 50, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    heads = (_("Sheet"), _("Cell"), _("Column"), _("Kind"), _("Problem"), _("What to do"), _("Basis"))
    sheet.append([_head(sheet, words, _READ_ONLY) for words in heads])
    for one in found:
        kind = _("Error") if one.severity == ERROR else _("Still missing")
        line = (one.place.sheet, one.place.cell, one.place.header, kind, one.message, one.advice, "；".join(one.basis))
        sheet.append([safe(sheet, words) for words in line])


def _saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()
