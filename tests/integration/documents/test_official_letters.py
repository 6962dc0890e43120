"""Official letters in the form of GB/T 9704: every part in PDF and Word, the grid, the fonts by name, what the page shows."""

import io
from datetime import date

import docx
import pypdf
import pytest
from docx.oxml.ns import qn

from gongxiang.platform.documents import actions, queries
from gongxiang.platform.documents.rendering import fonts, official, official_word
from gongxiang.platform.documents.rendering.official import Annex, LetterForm, OfficialLetter, OfficialText, Table
from tests.factories.parties import Banner, make_banner
from tests.support.pages import client_of

_LONG = "经核查该项目已编制政务信息资源预编目录未发现重复采集符合管理办法第八条的规定" * 24


def _letter(form: LetterForm, **changes: object) -> OfficialLetter:
    said = {
        "form": form, "title": "关于共享争议的协调意见 #x", "addressees": ("旗民政局", "旗公安局"), "urgency": "加急",
        "text": ("一、争议的由来", "应当共享。", "（一）理由", Table(head=("信息项", "处理"), rows=(("姓名", "原样"),))),
        "signer": "巴特尔", "rows": (("编号", "甲一"),), "attachments": ("协商纪要",),
        "annexes": (Annex(title="信息项清单", text=("清单正文。",)),),
        "note": "此件公开发布", "copies": ("旗审计局", "旗政府办公室"), "attended": (("出席", "各方代表"),), **changes,
    }  # fmt: skip
    return OfficialLetter(
        said=OfficialText(**said), issuer="乌审旗政务服务局", number="乌政服函〔2026〕1号", issued_on=date(2026, 11, 2),
        code="ABCD-EFGH", address="https://gx.example/v/", sealed_by=("文本摘要（SM3）：0a1b",),
    )  # fmt: skip


def _pdf(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "".join(page.extract_text() for page in pages).replace(" ", "").replace("\n", "")


def _word(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join([*(paragraph.text for paragraph in document.paragraphs), *cells]).replace(" ", "").replace("\n", "")


_COMMON = (
    "乌政服函〔2026〕1号", "关于共享争议的协调意见#x", "旗民政局、旗公安局：", "一、争议的由来", "（一）理由",
    "信息项", "原样", "甲一", "附件：1.信息项清单", "2.协商纪要", "清单正文。", "2026年11月2日", "（此件公开发布）", "抄送：",
    "旗审计局，旗政府办公室。", "核验码：ABCD-EFGH",
    "https://gx.example/v/", "文本摘要（SM3）：0a1b", "出席：各方代表", "加急",
)  # fmt: skip


@pytest.mark.parametrize(
    ("form", "also", "never"),
    [
        (LetterForm.DOCUMENT, ("乌审旗政务服务局文件", "签发人：巴特尔", "2026年11月2日印发", "（印章）"), ()),
        (LetterForm.LETTER, ("乌审旗政务服务局", "（印章）"), ("印发", "文件", "签发人")),
        (LetterForm.MINUTES, ("乌审旗政务服务局纪要", "2026年11月2日印发"), ("（印章）",)),
    ],
    ids=lambda value: value.value if isinstance(value, LetterForm) else "",
)
def test_every_part_stands_in_both_files(form: LetterForm, also: tuple[str, ...], never: tuple[str, ...]) -> None:
    letter = _letter(form)
    for text in (_pdf(official.to_pdf(letter)), _word(official_word.to_word(letter))):
        assert [words for words in (*_COMMON, *also) if words not in text] == []
        assert [words for words in never if words in text] == []


def test_a_page_holds_twenty_two_lines_of_twenty_eight_characters() -> None:
    letter = _letter(LetterForm.LETTER, text=(_LONG,), rows=(), annexes=(), attachments=())
    lines = pypdf.PdfReader(io.BytesIO(official.to_pdf(letter))).pages[1].extract_text().split("\n")
    full = [line for line in lines if len(line) == 28]
    assert len(full) >= 10
    assert max(len(line) for line in lines if "核验" not in line and "http" not in line) == 28
    grid = docx.Document(io.BytesIO(official_word.to_word(letter))).sections[0]._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("linesAndChars", "580")


def test_word_names_the_fonts_and_the_pdf_says_what_stands_in() -> None:
    document = docx.Document(io.BytesIO(official_word.to_word(_letter(LetterForm.DOCUMENT))))
    named = {
        run._element.rPr.rFonts.get(qn("w:eastAsia")): paragraph.text
        for paragraph in document.paragraphs
        for run in paragraph.runs
        if run._element.rPr is not None and run._element.rPr.rFonts is not None
    }
    assert {fonts.WORD_TITLE, fonts.WORD_HEADING, fonts.WORD_KAI} <= named.keys()
    missing = dict(fonts.stand_ins())
    assert set(missing) <= {name for name, _wanted in fonts.ASKED}
    assert all(taken != "—" for taken in missing.values())


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("ᠮᠣᠩᠭᠣᠯ 名", "〓", id="a script no font here has"),
        pytest.param("签𠀀\ue000字", "签〓〓字", id="signs outside the fonts"),
        pytest.param("一二三四五六七".join("😀👍🏽🎉🚀⚑☣🦄🐎"), "一二三四五六七", id="more of them than are named one by one"),
        pytest.param("上\x01\x0b\x7f\ufffe下", "上下", id="no signs at all"),
        pytest.param('#read("/etc/passwd") $x$ *b* <lab>', '#read("/etc/passwd")$x$*b*<lab>', id="markup"),
        pytest.param("x" * 40_000, "x" * 20, id="a word longer than a string of a PDF"),
    ],
)
def test_whatever_was_typed_there_is_a_paper(typed: str, shown: str) -> None:
    letter = _letter(LetterForm.LETTER, title=typed[:60], text=(typed,), rows=((typed[:60], typed[:60]),), annexes=())
    assert shown in _pdf(official.to_pdf(letter)).replace("\u200b", "")
    assert official_word.to_word(letter).startswith(b"PK")


def test_the_same_letter_gives_the_same_pdf() -> None:
    letter = _letter(LetterForm.LETTER)
    assert official.to_pdf(letter) == official.to_pdf(letter)


@pytest.mark.django_db
def test_a_letter_is_numbered_kept_shown_and_verifiable() -> None:
    banner: Banner = make_banner(agreements=False)
    document = actions.issue_letter(
        kind="opinion", number_prefix="乌政服函", said=_letter(LetterForm.LETTER).said, concerns=(banner.provider.id,),
        trail=("case:1",), basis=("wushen-2021-60:21(2)",), sealed_by=("摘要：00",), by=banner.authority_officer, at=banner.at,
    )  # fmt: skip
    assert document.number == "乌政服函〔2026〕1号"
    assert queries.resolve(document.verification_code).title == document.title
    assert [one.id for one in queries.documents_of("case:1", actor=banner.provider.clerk)] == [document.id]
    page = client_of(banner.provider.clerk).get(f"/documents/{document.id}/").content.decode()
    for words in ("信息项　处理", "附件：1. 信息项清单", "（此件公开发布）", "抄送：旗审计局", "摘要：00"):
        assert words in page
