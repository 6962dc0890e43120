"""An official letter or certificate: number, title, text, a table of facts, issuer and date, verification code."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from gongxiang.platform.documents.rendering import fonts, pdf, word


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything the paper says."""

    title: str
    number: str
    issuer: str
    issued_on: date
    addressee: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    #: The verification code as printed.
    code: str
    #: Where the code is resolved; empty where the site has no address of its own yet.
    address: str = ""

    @property
    def date_in_words(self) -> str:
        """Arabic figures without leading zeros, as the standard writes dates."""
        return f"{self.issued_on.year}年{self.issued_on.month}月{self.issued_on.day}日"


def to_pdf(letter: Letter) -> bytes:
    """As PDF/A; the date inside the file is the date of issue, so that the same letter gives the same bytes."""
    day = letter.issued_on
    data: dict[str, Any] = {
        "title": letter.title, "number": letter.number, "issuer": letter.issuer, "date": letter.date_in_words,
        "addressee": letter.addressee, "rows": [list(row) for row in letter.rows], "paragraphs": list(letter.paragraphs),
        "code": letter.code, "address": letter.address, "qr": pdf.squares(letter.address),
    }  # fmt: skip
    return pdf.fill("letter", data, at=datetime(day.year, day.month, day.day, tzinfo=UTC))


def to_word(letter: Letter) -> bytes:
    """As Word, with the fonts of the standard by name."""
    document = word.page()
    document.core_properties.title = word.clean(letter.title)[:255]
    document.core_properties.author = word.clean(letter.issuer)[:255]
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.line_spacing = Pt(44)
    word.say(head, letter.issuer, font=fonts.WORD_TITLE, size=30, red=True)
    number = document.add_paragraph()
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    word.say(number, letter.number)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(12)
    title.paragraph_format.line_spacing = Pt(34)
    word.say(title, letter.title, font=fonts.WORD_TITLE, size=22)
    if letter.addressee:
        word.say(document.add_paragraph(), f"{letter.addressee}：")
    for text in letter.paragraphs:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(32)
        word.say(paragraph, text)
    if letter.rows:
        table = document.add_table(rows=0, cols=2)
        table.style = "Table Grid"
        for label, value in letter.rows:
            cells = table.add_row().cells
            word.say(cells[0].paragraphs[0], label, font=fonts.WORD_HEADING, size=14)
            word.say(cells[1].paragraphs[0], value, size=14)
    for words in ("", letter.issuer, letter.date_in_words):
        line = document.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(64)
        word.say(line, words)
    foot = document.add_paragraph()
    foot.paragraph_format.space_before = Pt(14)
    foot.paragraph_format.line_spacing = Pt(16)
    where = f"核验地址：{letter.address}" if letter.address else "在政务信息资源共享平台“文书核验”页核验。"
    word.say(foot, f"核验码：{letter.code}    {where}", size=10.5)
    return word.saved(document)
