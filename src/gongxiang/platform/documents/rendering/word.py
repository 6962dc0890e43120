"""What every Word file of ours shares: page of GB/T 9704, fonts named for Chinese text, texts without control characters."""

import re
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gongxiang.platform.documents.rendering import fonts

#: What XML cannot carry.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: object) -> str:
    """Text that XML can carry."""
    return _CONTROL.sub("", str(text))


def page(*, across: bool = False) -> WordDocument:
    """An empty A4 document with the margins of an official letter, or a list across."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    if across:
        section.top_margin = section.bottom_margin = section.left_margin = section.right_margin = Mm(18)
    else:
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = fonts.WORD_TEXT, Pt(9 if across else 16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), fonts.WORD_TEXT)
    style.paragraph_format.space_after = Pt(0)
    if not across:
        # 22 lines on 225 mm.
        style.paragraph_format.line_spacing = Pt(28.95)
    return document


def say(paragraph: Any, text: object, *, font: str = "", size: float = 0, red: bool = False, bold: bool = False) -> None:
    """Add words to a paragraph."""
    run = paragraph.add_run(clean(text))
    if font:
        run.font.name = font
        run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    if size:
        run.font.size = Pt(size)
    if red:
        run.font.color.rgb = RGBColor(0xC0, 0, 0)
    run.font.bold = bold


def saved(document: WordDocument) -> bytes:
    """As bytes."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()
