"""GB/T 9704-2012 measured in what is rendered: paper, text area, grid, fonts, mark, number, lines, title, date, imprint.

Lengths in millimetres. `PITCH` is a line of the standard, 225 mm in 22; so many empty lines lie between two elements when so
many pitches and less than one more do.
"""

import io
import re
from functools import cache
from typing import Any

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

from gongxiang.platform.documents.rendering import fonts, official, official_word
from gongxiang.platform.documents.rendering.official import Annex, LetterForm, OfficialLetter
from tests.integration.documents.test_official_letters import _letter
from tests.support.pdf_places import Places, Words, places

LEFT, RIGHT, TOP, BOTTOM = 28.0, 184.0, 37.0, 262.0
PITCH = 225 / 22
CHARACTER = 156 / 28
EM = 16 * 25.4 / 72
#: How far apart two measures may be that are the same: a fifth of a millimetre.
SAME = 0.2
_BODY = "经核查该项目已编制政务信息资源预编目录未发现重复采集符合管理办法第八条的规定" * 40
DOCUMENT, LETTER, MINUTES = LetterForm


@cache
def letter(form: LetterForm, *, signer: str = "") -> OfficialLetter:
    return _letter(
        form, title="关于共享争议的协调意见", text=("一、争议的由来", "（一）理由", _BODY), signer=signer, rows=(), attended=(),
        annexes=(Annex(title="信息项清单", text=("清单正文。",)),),
    )  # fmt: skip


@cache
def pdf(form: LetterForm, *, signer: str = "") -> Places:
    return places(official.to_pdf(letter(form, signer=signer)))


@cache
def word(form: LetterForm) -> Any:
    return docx.Document(io.BytesIO(official_word.to_word(letter(form))))


def same(found: float, wanted: float, within: float = SAME) -> bool:
    return abs(found - wanted) <= within


def size(points: float) -> float:
    return points * 25.4 / 72


def top(words: Words) -> float:
    return words.y - 0.8 * size(words.size)


def bottom(words: Words) -> float:
    return words.y + 0.2 * size(words.size)


def empty_lines(upper: float, lower: float) -> int:
    return int((lower - upper) / PITCH)


def set_in(words: Words, wanted: tuple[str, ...]) -> bool:
    """Whether the words are set in the first font of the list that this machine has."""
    return re.sub(r"[^a-z]", "", fonts.known(wanted)[0].lower())[:12] in re.sub(r"[^a-z]", "", words.font.lower())


@pytest.mark.parametrize("form", LetterForm)
class TestEveryForm:
    def test_paper_and_text_area(self, form: LetterForm) -> None:
        found = pdf(form)
        assert all(same(across, 210) and same(down, 297) for across, down in found.sizes)
        text = [one for one in found.words if one.size in (16, 22)]
        assert all(LEFT - SAME <= one.x < RIGHT and top(one) + SAME > TOP and bottom(one) <= BOTTOM + SAME for one in text)
        section = word(form).sections[0]
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(one.mm) for one in (section.page_width, section.page_height, *margins)] == [210, 297, 37, 35, 28, 26]

    def test_a_full_page_has_22_lines_of_28_characters(self, form: LetterForm) -> None:
        full = [one for one in pdf(form).words if one.page == 2 and one.size == 16]
        assert [len(one.text) for one in full] == [28] * 22
        assert all(same(one.x, LEFT) for one in full)
        assert all(same(one.y, TOP + 0.8 * EM + n * PITCH) for n, one in enumerate(full))
        grid = word(form).sections[0]._sectPr.find(qn("w:docGrid"))
        assert [grid.get(qn(f"w:{name}")) for name in ("type", "linePitch", "charSpace")] == ["linesAndChars", "580", "-847"]
        assert same(int(grid.get(qn("w:linePitch"))) / 20 * 25.4 / 72 * 22, 225, 0.5)
        assert same((16 + int(grid.get(qn("w:charSpace"))) / 4096) * 25.4 / 72 * 28, 156, 0.5)

    def test_text_and_headings(self, form: LetterForm) -> None:
        first = next(one for one in pdf(form).words if one.text.startswith("经核查") and one.page == 1)
        assert (first.size, set_in(first, fonts.TEXT), same(first.x, LEFT + 2 * EM)) == (16, True, True)
        for heading, wanted in (("一、争议的由来", fonts.HEADING), ("（一）理由", fonts.KAI)):
            found = pdf(form).of(heading)
            assert (found.size, set_in(found, wanted), same(found.x, LEFT + 2 * EM)) == (16, True, True), heading
        normal = word(form).styles["Normal"]
        assert (normal.font.name, normal.font.size.pt, normal.paragraph_format.line_spacing.pt) == ("仿宋_GB2312", 16, 28.95)
        named = {
            one.text: one.runs[0]._element.rPr.rFonts for one in word(form).paragraphs if one.runs and one.text[0] in "一（"
        }
        assert named["一、争议的由来"].get(qn("w:eastAsia")) == "黑体"
        assert named["（一）理由"].get(qn("w:eastAsia")) == "楷体_GB2312"

    def test_title_and_addressees(self, form: LetterForm) -> None:
        title, addressees = pdf(form).of("关于共享争议的协调意见"), pdf(form).of("旗民政局、旗公安局：")
        assert (title.size, set_in(title, fonts.TITLE)) == (22, True)
        assert same(title.x + size(22 * 11) / 2, (LEFT + RIGHT) / 2, 0.5), "centred"
        above = max(one.y for one in pdf(form).rules if one.is_red and one.y < top(title))
        above = max(
            above, *(bottom(one) for one in pdf(form).words if one.page == 1 and one.y < title.y - 1 and one.size == 16)
        )
        assert empty_lines(above, top(title)) == 2
        assert (same(addressees.x, LEFT), empty_lines(bottom(title), top(addressees))) == (True, 1)
        line = next(one for one in word(form).paragraphs if one.text == title.text)
        assert (line.runs[0].font.name, line.runs[0].font.size.pt, line.alignment) == (
            "方正小标宋简体", 22, WD_ALIGN_PARAGRAPH.CENTER,
        )  # fmt: skip
        before = [one.text for one in word(form).paragraphs]
        place = before.index(title.text)
        assert before[place - 2 : place] == ["", ""]
        assert before[place + 1 : place + 3] == ["", addressees.text]

    def test_page_numbers(self, form: LetterForm) -> None:
        numbers = {one.page: one for one in pdf(form).words if re.fullmatch(r"— \d+ —", one.text)}
        assert (1 in numbers) is (form is not LETTER), "a letter's first page carries none"
        assert all(one.size == 14 and set_in(one, fonts.SONG) for one in numbers.values())
        # The dash, 0.38 em above the baseline, 7 mm below the text.
        assert all(same(one.y - 0.38 * size(14), BOTTOM + 7) for one in numbers.values())
        assert all(same(one.x, LEFT + size(14)) for page, one in numbers.items() if page % 2 == 0)
        assert all(RIGHT - size(14) - 16 < one.x < RIGHT - size(14) - 8 for page, one in numbers.items() if page % 2)
        section = word(form).sections[0]
        assert word(form).settings.odd_and_even_pages_header_footer
        assert section.different_first_page_header_footer is (form is LETTER)
        for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
            line = footer.paragraphs[0]
            assert (line.alignment, line.runs[0].font.size.pt, line.runs[0].font.name) == (side, 14, "宋体")
            assert (line.paragraph_format.left_indent.pt, line.paragraph_format.right_indent.pt) == (14, 14)

    def test_annex(self, form: LetterForm) -> None:
        label, title = pdf(form).of("附件1"), pdf(form).of("信息项清单")
        assert (same(label.x, LEFT), same(top(label), TOP), set_in(label, fonts.HEADING)) == (True, True, True)
        assert (title.page, title.size, same(title.y, TOP + 0.8 * EM + 2 * PITCH)) == (label.page, 22, True), "third line"
        note = next(one for one in pdf(form).words if one.text == "附件：")
        assert (same(note.x, LEFT + 2 * EM), note.size) == (True, 16)
        above = [bottom(one) for one in pdf(form).words if one.page == note.page and one.y < note.y - 1]
        # One empty line below the text; at the head of a page there is nothing above.
        assert empty_lines(max(above), top(note)) == 1 if above else top(note) < TOP + 2 * PITCH


@pytest.mark.parametrize("form", [DOCUMENT, LETTER])
def test_who_signs_stands_centred_above_the_date_four_characters_from_the_right(form: LetterForm) -> None:
    signs = [one for one in pdf(form).words if one.text == "乌审旗政务服务局" and one.size == 16]
    date = (
        pdf(form).of("2026年11月2日") if form is LETTER else next(one for one in pdf(form).words if one.text == "2026年11月2日")
    )
    right = RIGHT - 4 * EM
    assert same(signs[-1].x + 8 * CHARACTER / 2, (date.x + right) / 2, 0.4)
    assert 0 < date.y - signs[-1].y <= PITCH + SAME
    made = {one.text: one for one in word(form).paragraphs if one.alignment == WD_ALIGN_PARAGRAPH.RIGHT}
    assert made["2026年11月2日"].paragraph_format.right_indent.pt == 64
    # 128 points of name over 104 of date.
    assert made["乌审旗政务服务局"].paragraph_format.right_indent.pt == 52


@pytest.mark.parametrize(
    ("issuer", "day", "places_"),
    [
        ("旗民政局", "2026年1月2日", [80, 64]),
        ("乌审旗" + "人" * 14, "2026年1月2日", [0, 88]),
    ],
    ids=["shorter than the date", "as long as reaches the edge"],
)
def test_where_names_of_other_lengths_stand(issuer: str, day: str, places_: list[float]) -> None:
    class Made:
        signs, day = (issuer,), "2026年1月2日"

    assert [right for _words, right in official_word.signature(Made())] == places_  # type: ignore[arg-type]


@pytest.mark.parametrize("form", [DOCUMENT, MINUTES])
def test_mark_number_and_line_of_a_document(form: LetterForm) -> None:
    mark = pdf(form).of("乌审旗政务服务局文件" if form is DOCUMENT else "乌审旗政务服务局纪要")
    number = pdf(form).of("乌政服函〔2026〕1号")
    assert mark.colour[0] > 0.6 > 0.2 > max(mark.colour[1:]), "red"
    assert set_in(mark, fonts.TITLE)
    # Ink of Chinese letters is 0.80 to 0.95 of their size above the baseline and a tenth below.
    assert TOP + 35 + 0.78 * size(34) <= mark.y <= TOP + 35 + 0.95 * size(34)
    assert empty_lines(mark.y + 0.1 * size(34), top(number)) == 2
    (line,) = [one for one in pdf(form).rules if one.is_red]
    assert (same(line.x, LEFT), same(line.to_x, RIGHT), same(line.y, bottom(number) + 4)) == (True, True, True)
    assert set_in(number, fonts.TEXT)
    assert same(number.x, (LEFT + RIGHT) / 2 - (number_width(number.text) / 2), 2), "centred"
    paragraphs = word(form).paragraphs
    red = next(one for one in paragraphs if one.text == mark.text)
    assert (red.runs[0].font.name, red.runs[0].font.size.pt, str(red.runs[0].font.color.rgb)) == (
        "方正小标宋简体",
        34,
        "C00000",
    )
    texts = [one.text for one in paragraphs]
    assert texts[texts.index(mark.text) + 1 : texts.index(mark.text) + 4] == ["", "", number.text]
    below = paragraphs[texts.index(number.text)]
    assert (below.alignment, round(below.paragraph_format.space_after.mm)) == (WD_ALIGN_PARAGRAPH.CENTER, 4)
    assert below._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:color")) == "C00000"


def number_width(words: str) -> float:
    return sum(EM / 2 if one.isascii() else EM for one in words)


def test_a_letter_to_a_superior_names_who_signs_it() -> None:
    number, signer = pdf(DOCUMENT, signer="巴特尔").of("乌政服函"), pdf(DOCUMENT, signer="巴特尔").of("巴特尔")
    assert same(number.x, LEFT + EM)
    assert same(signer.x + 3 * CHARACTER, RIGHT - EM, 0.4)
    assert (same(signer.y, number.y), set_in(signer, fonts.KAI)) == (True, True)


def test_mark_and_double_lines_of_a_letter() -> None:
    mark = next(one for one in pdf(LETTER).words if one.size == 30)
    assert 30 + 0.78 * size(30) <= mark.y <= 30 + 0.95 * size(30)
    upper = sorted((one for one in pdf(LETTER).rules if one.is_red and one.y < 100), key=lambda one: one.y)
    lower = sorted((one for one in pdf(LETTER).rules if one.is_red and one.y > 200), key=lambda one: one.y)
    assert [one.width > other.width for one, other in (upper, lower)] == [True, False], "thick above, thin above"
    assert all(same(one.x, 20) and same(one.to_x, 190) for one in (*upper, *lower)), "170 mm, centred"
    assert mark.y < upper[0].y - 4 < mark.y + 0.15 * size(30)
    assert same(lower[1].y, 297 - 20, 0.5)
    number, urgency = pdf(LETTER).of("乌政服函"), pdf(LETTER).of("加急")
    assert same(top(number) - upper[1].y, 7 / 8 * EM, 0.3)
    assert same(number.x + number_width(number.text), RIGHT, 1.5)
    assert (same(urgency.x, LEFT), same(urgency.y, number.y), set_in(urgency, fonts.HEADING)) == (True, True, True)
    section = word(LETTER).sections[0]
    head, foot = section.first_page_header.paragraphs[0], section.first_page_footer.paragraphs[0]
    assert (head.text, head.runs[0].font.size.pt, str(head.runs[0].font.color.rgb)) == ("乌审旗政务服务局", 30, "C00000")
    assert (round(section.header_distance.mm), round(section.footer_distance.mm)) == (30, 20)
    kinds = [one._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:val")) for one in (head, foot)]
    assert kinds == ["thickThinSmallGap", "thinThickSmallGap"]
    assert [round(one.paragraph_format.left_indent.mm) for one in (head, foot)] == [-8, -8]


@pytest.mark.parametrize("form", [DOCUMENT, MINUTES])
def test_imprint_ends_with_the_text_area(form: LetterForm) -> None:
    found = pdf(form)
    last = len(found.sizes)
    flat = [one for one in found.rules if one.page == last and same(one.y, one.to_y) and same(one.to_x - one.x, 156)]
    rules = sorted({(one.y, one.width) for one in flat})
    assert [round(width, 2) for _y, width in rules] == [0.35, 0.25, 0.35]
    assert same(rules[-1][0], BOTTOM, 0.5)
    for words in ("抄送：", "乌审旗政务服务局", "2026年11月2日印发"):
        one = next(one for one in found.words if one.page == last and one.size == 14 and one.text.startswith(words))
        assert set_in(one, fonts.TEXT)
        assert LEFT + size(14) - SAME <= one.x < RIGHT - size(14)
    assert word(form).paragraphs[-1].text.endswith("2026年11月2日印发")
