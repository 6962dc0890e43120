"""The header and first rows of a table in a file: CSV and TSV in UTF-8 or GB 18030, and the first sheet of a workbook.

Reads no more than the head; a workbook is read as it lies, nothing in it is computed or followed.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from gongxiang.protocol.sentences import Sentence

#: Bytes of a text that are looked at, and decompressed bytes of a part of a workbook.
HEAD, MOST_INSIDE = 1 << 18, 64 << 20
#: Most columns and most characters of a value.
MOST_COLUMNS, LONGEST = 500, 4000
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class SheetUnreadable(Exception):
    """There is no table to be read; `words` says why."""

    def __init__(self, words: Sentence) -> None:
        super().__init__("no table")
        self.words = words


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The head of a table; an empty cell is None."""

    form: str
    header: tuple[str, ...]
    rows: list[dict[str, Any]] = field(repr=False)


def read_sheet(path: Path, most: int) -> Sheet:
    """The header and up to `most` rows; raises SheetUnreadable or OSError."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        form, lines = ("XLSX", _workbook(file, most + 1)) if start == b"PK\x03\x04" else _text_table(file.read(HEAD), most + 1)
    if not lines or not any(lines[0]):
        raise SheetUnreadable(Sentence("The file has no header in its first line."))
    header = [name.strip() for name in lines[0]][:MOST_COLUMNS]
    named = [name for name in header if name]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise SheetUnreadable(Sentence("The header names {columns} twice.", columns=", ".join(twice)[:200]))
    rows = [
        {name: (cell.strip()[:LONGEST] or None) for name, cell in zip(header, line, strict=False) if name} for line in lines[1:]
    ]
    return Sheet(form=form, header=tuple(named), rows=[row for row in rows if any(row.values())])


def _text_table(head: bytes, most: int) -> tuple[str, list[list[str]]]:
    if b"\x00" in head:
        raise SheetUnreadable(Sentence("The file is no table that the node reads: CSV, TSV or XLSX."))
    whole = len(head) < HEAD
    # A last line that was cut is left out, and with it a sign that was.
    head = head if whole else head[: head.rfind(b"\n") + 1]
    for name in ("utf-8-sig", "gb18030"):
        try:
            text = head.decode(name)
        except UnicodeDecodeError:
            continue
        first = text.partition("\n")[0]
        delimiter = max("\t,;|", key=first.count)
        try:
            lines = [line for _, line in zip(range(most), csv.reader(io.StringIO(text), delimiter=delimiter), strict=False)]
        except csv.Error as error:
            raise SheetUnreadable(Sentence("The file is no table that the node reads: CSV, TSV or XLSX.")) from error
        form = "TSV" if delimiter == "\t" else "CSV"
        return f"{form} {'UTF-8' if name == 'utf-8-sig' else 'GB 18030'}", lines
    raise SheetUnreadable(Sentence("The text of the file is neither UTF-8 nor GB 18030."))


# ---- workbooks --------------------------------------------------------------------------------------------------------------


def _workbook(file: IO[bytes], most: int) -> list[list[str]]:
    try:
        with zipfile.ZipFile(file) as archive:
            sheets = sorted(name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
            if not sheets:
                raise SheetUnreadable(Sentence("The file is no table that the node reads: CSV, TSV or XLSX."))
            cells = _cells(_part(archive, sheets[0]), most)
            wanted = {int(text) for line in cells for kind, text in line.values() if kind == "s" and text.isdecimal()}
            shared = _shared(archive, wanted)
    except (zipfile.BadZipFile, ElementTree.ParseError, NotImplementedError, RuntimeError, EOFError) as error:
        raise SheetUnreadable(Sentence("The workbook is damaged or locked.")) from error
    width = max((max(line, default=-1) for line in cells), default=-1) + 1
    lines = []
    for line in cells:
        found = {place: shared.get(int(text), "") if kind == "s" else text for place, (kind, text) in line.items()}
        lines.append([found.get(place, "") for place in range(min(width, MOST_COLUMNS))])
    return lines


def _part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    if archive.getinfo(name).file_size > MOST_INSIDE:
        raise SheetUnreadable(Sentence("The workbook is too large to be looked into."))
    with archive.open(name) as part:
        if b"<!DOCTYPE" in part.read(2000):
            raise SheetUnreadable(Sentence("The workbook is damaged or locked."))
    return archive.open(name)


def _cells(part: IO[bytes], most: int) -> list[dict[int, tuple[str, str]]]:
    """Kind and text of each cell by its column, for the first rows."""
    lines: list[dict[int, tuple[str, str]]] = []
    with part:
        for _, row in ElementTree.iterparse(part):
            if row.tag != f"{_NAMESPACE}row":
                continue
            line = {}
            for number, cell in enumerate(row.iter(f"{_NAMESPACE}c")):
                text = "".join(one.text or "" for one in cell.iter() if one.tag in (f"{_NAMESPACE}v", f"{_NAMESPACE}t"))
                line[_column(cell.get("r", ""), number)] = (cell.get("t", "n"), text)
            lines.append(line)
            row.clear()
            if len(lines) >= most:
                break
    return lines


def _column(reference: str, otherwise: int) -> int:
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return otherwise
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _shared(archive: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    if not wanted or "xl/sharedStrings.xml" not in archive.namelist():
        return found
    number = 0
    with _part(archive, "xl/sharedStrings.xml") as part:
        for _, item in ElementTree.iterparse(part):
            if item.tag == f"{_NAMESPACE}si":
                if number in wanted:
                    found[number] = "".join(one.text or "" for one in item.iter(f"{_NAMESPACE}t"))
                number += 1
                item.clear()
                if number > max(wanted):
                    break
    return found
