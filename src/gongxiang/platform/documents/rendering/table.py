"""A list as PDF or Word: title, what it shows, columns with widths, rows of texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from gongxiang.platform.documents.rendering import fonts, pdf, word


@dataclass(frozen=True, kw_only=True)
class Table:
    """Everything the list shows; `widths` are shares of the page."""

    title: str
    subtitle: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: Sequence[tuple[str, ...]]


def to_pdf(table: Table) -> bytes:
    """As PDF/A across, the head on every page."""
    rows = [[word.clean(cell) for cell in row] for row in table.rows]
    data = {
        "title": table.title, "subtitle": table.subtitle, "head": list(table.head), "widths": list(table.widths), "rows": rows,
    }  # fmt: skip
    return pdf.fill("table", data)


def to_word(table: Table) -> bytes:
    """As Word across, the head on every page."""
    document = word.page(across=True)
    document.core_properties.title = word.clean(table.title)[:255]
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    word.say(title, table.title, font=fonts.WORD_TITLE, size=18)
    below = document.add_paragraph()
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    word.say(below, table.subtitle)
    grid = document.add_table(rows=len(table.rows) + 1, cols=len(table.head))
    grid.style = "Table Grid"
    grid.autofit = False
    whole = sum(table.widths)
    lengths = [Mm(261 * width / whole) for width in table.widths]
    # Rows are walked once: python-docx finds a cell by counting from the beginning each time.
    for number, line in enumerate(grid.rows):
        words = table.head if number == 0 else table.rows[number - 1]
        for cell, text, length in zip(line.cells, words, lengths, strict=True):
            cell.width = length
            word.say(cell.paragraphs[0], text, font=fonts.WORD_HEADING if number == 0 else "", size=9)
        if number == 0:
            properties = line._tr.get_or_add_trPr()
            again = OxmlElement("w:tblHeader")
            again.set(qn("w:val"), "true")
            properties.append(again)
    return word.saved(document)
