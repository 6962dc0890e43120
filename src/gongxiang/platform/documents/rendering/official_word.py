"""The official letter of `official` as Word: the same parts in the same order, the standard's fonts by name, its grid."""

from typing import Any

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gongxiang.platform.documents.rendering import fonts, word
from gongxiang.platform.documents.rendering.official import LetterForm, OfficialLetter, Table, level

#: 225 mm in 22 lines, in twentieths of a point; 28 characters of 16 points on 156 mm, in 4096ths of a point.
_LINE_PITCH = 580
_CHAR_SPACE = -847
_RED = "C00000"


def to_word(letter: OfficialLetter) -> bytes:
    """As Word."""
    said = letter.said
    document = word.page()
    _grid(document)
    _page_numbers(document, first=said.form is not LetterForm.LETTER)
    document.core_properties.title = word.clean(said.title)[:255]
    document.core_properties.author = word.clean(letter.issuer)[:255]
    _head(document, letter)
    _blank(document, 2)
    title = _line(document, said.title, font=fonts.WORD_TITLE, size=22, centred=True)
    title.paragraph_format.line_spacing = Pt(34)
    _line(document, "")
    if said.addressees:
        _line(document, "、".join(said.addressees) + "：")
    _text(document, said.text)
    if said.rows:
        _facts(document, said.rows)
    for number, name in enumerate(attached := said.named_attachments(), start=1):
        if number == 1:
            _line(document, "")
        before = "附件：" if number == 1 else "　　　"
        _line(document, f"{before}{number}. {name}" if len(attached) > 1 else f"{before}{name}", indent=32)
    for label, names in said.attended:
        line = _line(document, "", indent=32)
        word.say(line, f"{label}：", font=fonts.WORD_HEADING)
        word.say(line, names)
    _signature(document, letter)
    if said.note:
        _line(document, f"（{said.note}）", indent=32)
    for number, annex in enumerate(said.annexes, start=1):
        head = document.add_paragraph()
        head.add_run().add_break(WD_BREAK.PAGE)
        word.say(head, "附件" if len(attached) == 1 else f"附件{number}", font=fonts.WORD_HEADING)
        _line(document, annex.title, font=fonts.WORD_TITLE, size=22, centred=True).paragraph_format.line_spacing = Pt(34)
        _text(document, annex.text)
    _foot(document, letter)
    return word.saved(document)


def _head(document: WordDocument, letter: OfficialLetter) -> None:
    said = letter.said
    if said.form is LetterForm.LETTER:
        _letter_head(document, letter)
        return
    if said.urgency:
        _line(document, said.urgency, font=fonts.WORD_HEADING)
    mark = _line(document, letter.mark, font=fonts.WORD_TITLE, size=34, red=True, centred=True)
    mark.paragraph_format.line_spacing = Pt(48)
    # 35 mm from the upper edge of the text to the mark.
    mark.paragraph_format.space_before = Mm(35) - Pt(30 if said.urgency else 0)
    _blank(document, 2)
    if said.signer:
        number = _line(document, "", indent=16)
        number.paragraph_format.tab_stops.add_tab_stop(Mm(150), WD_TAB_ALIGNMENT.RIGHT)
        word.say(number, f"{letter.number}\t签发人：")
        word.say(number, said.signer, font=fonts.WORD_KAI)
    else:
        number = _line(document, letter.number, centred=True)
    number.paragraph_format.space_after = Mm(4)
    _edge(number, "bottom", 14, colour=_RED)


def _letter_head(document: WordDocument, letter: OfficialLetter) -> None:
    """The mark 30 mm and the second double line 20 mm from the edges of the paper: both outside the text, on the first page."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance, section.footer_distance = Mm(30), Mm(20)
    head, foot = section.first_page_header.paragraphs[0], section.first_page_footer.paragraphs[0]
    for paragraph in (head, foot):
        # 170 mm, centred on the paper.
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = Mm(-8), Mm(-6)
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.line_spacing = Pt(36)
    word.say(head, letter.mark, font=fonts.WORD_TITLE, size=30, red=True)
    _edge(head, "bottom", 18, colour=_RED, kind="thickThinSmallGap", space=11)
    foot.paragraph_format.line_spacing = Pt(4)
    _edge(foot, "bottom", 18, colour=_RED, kind="thinThickSmallGap")
    number = _line(document, "")
    # 7/8 of a character below the line.
    number.paragraph_format.space_before = Pt(14)
    number.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    word.say(number, letter.said.urgency, font=fonts.WORD_HEADING)
    word.say(number, f"\t{letter.number}")


def _text(document: WordDocument, text: tuple[str | Table, ...]) -> None:
    named = {0: "", 1: fonts.WORD_HEADING, 2: fonts.WORD_KAI}
    for part in text:
        if isinstance(part, Table):
            _table(document, part)
        else:
            depth = level(part)
            _line(document, part, font=named[depth], indent=32).paragraph_format.keep_with_next = depth > 0


def _table(document: WordDocument, table: Table) -> None:
    widths = table.widths or (1.0,) * len(table.head)
    lengths = [Mm(156 * width / sum(widths)) for width in widths]
    made = document.add_table(rows=len(table.rows) + 1, cols=len(table.head))
    made.style, made.autofit = "Table Grid", False
    for number, line in enumerate(made.rows):
        words = table.head if number == 0 else table.rows[number - 1]
        for cell, text, length in zip(line.cells, words, lengths, strict=True):
            cell.width = length
            _cell(cell, text, font=fonts.WORD_HEADING if number == 0 else "", size=12)
        if number == 0:
            again = OxmlElement("w:tblHeader")
            again.set(qn("w:val"), "true")
            line._tr.get_or_add_trPr().append(again)


def _facts(document: WordDocument, rows: tuple[tuple[str, str], ...]) -> None:
    table = document.add_table(rows=0, cols=2)
    table.style, table.autofit = "Table Grid", False
    for label, value in rows:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Mm(46), Mm(110)
        _cell(cells[0], label, font=fonts.WORD_HEADING, size=14)
        _cell(cells[1], value, size=14)


def _cell(cell: Any, text: str, *, font: str = "", size: float) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = Pt(size + 8)
    word.say(paragraph, text, font=font, size=size)


def _signature(document: WordDocument, letter: OfficialLetter) -> None:
    _line(document, "")
    if letter.said.seal and letter.signs:
        _line(document, "（印章）", size=9, right=96)
    for words, right in signature(letter):
        _line(document, words, right=right)


def signature(letter: OfficialLetter) -> list[tuple[str, float]]:
    """Who signs and the date, each with its distance from the right in points: date four characters, names centred on it."""
    date, widest = _width(letter.day), max(map(_width, (*letter.signs, letter.day)))
    beside = max(64.0, (widest - date) / 2)
    return [(words, beside + (date - _width(words)) / 2) for words in (*letter.signs, letter.day)]


def _width(words: str) -> float:
    """In points of 3号: figures and Latin letters are half as wide."""
    return sum(8 if one.isascii() else 16 for one in words)


def _foot(document: WordDocument, letter: OfficialLetter) -> None:
    _line(document, "")
    for words in (*letter.sealed_by, f"核验码：{letter.code}", letter.how_to_verify):
        _line(document, words, size=10.5).paragraph_format.line_spacing = Pt(16)
    copies = "，".join(letter.said.copies)
    if letter.said.form is LetterForm.LETTER:
        if copies:
            _line(document, f"抄送：{copies}。", size=14, indent=14)
        return
    if copies:
        first = _line(document, f"抄送：{copies}。", size=14, indent=14)
        _edge(first, "top", 8)
    last = _line(document, "", size=14, indent=14)
    last.paragraph_format.tab_stops.add_tab_stop(Mm(151), WD_TAB_ALIGNMENT.RIGHT)
    word.say(last, f"{letter.issuer}\t{letter.day}印发", size=14)
    _edge(last, "top", 6 if copies else 8)
    _edge(last, "bottom", 8)


def _blank(document: WordDocument, lines: int) -> None:
    for _number in range(lines):
        _line(document, "")


def _line(
    document: WordDocument, words: str, *, font: str = "", size: float = 0, red: bool = False, centred: bool = False,
    indent: float = 0, right: float | None = None,
) -> Any:  # fmt: skip
    """One paragraph; `indent` and `right` in points."""
    paragraph = document.add_paragraph()
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if right is not None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(right)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(indent)
    if words:
        word.say(paragraph, words, font=font, size=size, red=red)
    return paragraph


def _edge(paragraph: Any, side: str, eighths: int, *, colour: str = "000000", kind: str = "single", space: int = 1) -> None:
    """A line above or below a paragraph, as thick as so many eighths of a point."""
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", str(eighths)), ("space", str(space)), ("color", colour)):
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)


def _grid(document: WordDocument) -> None:
    """22 lines of 28 characters."""
    properties = document.sections[0]._sectPr
    grid = properties.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        properties.append(grid)
    for name, value in (("type", "linesAndChars"), ("linePitch", str(_LINE_PITCH)), ("charSpace", str(_CHAR_SPACE))):
        grid.set(qn(f"w:{name}"), value)


def _page_numbers(document: WordDocument, *, first: bool) -> None:
    """“— 1 —” in 4号, odd pages right, even pages left, one character in; a letter's first page carries none."""
    section = document.sections[0]
    if first:
        section.footer_distance = Mm(24)
    document.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = not first
    for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        paragraph: Any = footer.paragraphs[0]
        paragraph.alignment = side
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        if not first:
            # Below it a letter's first page has its line; the number stands where other papers have it.
            paragraph.paragraph_format.space_after = Mm(4)
        word.say(paragraph, "— ", font=fonts.WORD_SONG, size=14)
        run = paragraph.add_run()
        run.font.name, run.font.size = fonts.WORD_SONG, Pt(14)
        for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.text = words
            run._r.append(part)
        word.say(paragraph, " —", font=fonts.WORD_SONG, size=14)
