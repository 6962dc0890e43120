"""Issuing, verifying and withdrawing documents; keeping what people attach."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import docx
import pypdf
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from gongxiang.platform.documents import actions, errors, queries
from gongxiang.platform.documents.models import Document, DocumentFile, Upload
from gongxiang.platform.documents.rendering import fonts
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.protocol.evidence import sm3
from tests.factories.parties import Banner, make_banner
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
PREFIX = "乌政服项证"


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def issue(banner: Banner, **changes: object) -> queries.IssuedDocument:
    values: dict[str, object] = {
        "kind": "approval",
        "number_prefix": PREFIX,
        "title": "信息化项目立项资源共享证明",
        "rows": [("项目名称", "智慧民政 #strong[x]"), ("建设单位", "乌审旗民政局"), ("公式", "=1+1")],
        "paragraphs": ["经核查，该项目已编制政务信息资源预编目录，未发现重复采集。"],
        "addressee": "旗发展和改革委员会",
        "concerns": (banner.provider.id,),
        "trail": ("project:1",),
        "by": banner.authority_officer,
        "at": banner.at,
    }
    return actions.issue_document(**{**values, **changes})  # type: ignore[arg-type]


def test_a_document_is_numbered_filled_and_kept(banner: Banner) -> None:
    document = issue(banner)
    assert document.number == f"{PREFIX}〔2026〕1号"
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", document.shown_code)
    kept = queries.content(document.id)
    assert kept.content.startswith(b"%PDF-")
    assert kept.digest == document.digest == sm3(kept.content).hex()
    pages = pypdf.PdfReader(io.BytesIO(kept.content)).pages
    text = "".join(page.extract_text() for page in pages).replace(" ", "").replace("\n", "")
    for words in (
        "信息化项目立项资源共享证明",
        "智慧民政#strong[x]",
        "=1+1",
        "旗发展和改革委员会：",
        document.shown_code,
        "2026年11月2日",
    ):
        assert words in text
    box = pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert (
        b"pdfaid:part" in kept.content or b"pdfaid" in pypdf.PdfReader(io.BytesIO(kept.content)).xmp_metadata.stream.get_data()
    )
    word = docx.Document(io.BytesIO(queries.content(document.id, "docx").content))
    assert "信息化项目立项资源共享证明" in [paragraph.text for paragraph in word.paragraphs]
    assert [cell.text for cell in word.tables[0].columns[1].cells] == ["智慧民政 #strong[x]", "乌审旗民政局", "=1+1"]
    section = word.sections[0]
    assert [round(side.mm) for side in (section.top_margin, section.left_margin, section.page_width)] == [37, 28, 210]


def test_chinese_is_embedded_in_the_pdf(banner: Banner) -> None:
    """On a machine without Chinese fonts the wheel's is taken; one of the two is always there."""
    assert fonts.known(fonts.TEXT)
    reader = pypdf.PdfReader(io.BytesIO(queries.content(issue(banner).id).content))
    embedded = [font["/BaseFont"] for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert embedded
    assert any("CJK" in name or "Song" in name or "Hei" in name for name in embedded)


def test_the_digest_is_in_evidence_and_the_code_is_not(banner: Banner) -> None:
    document = issue(banner)
    record = EvidenceRecord.objects.get(kind="document:issued")
    assert record.after["digests"]["pdf"] == document.digest
    assert set(record.concerns) == {banner.provider.id, banner.authority.id}
    assert "project:1" in record.trail
    for part in (record.after, record.detail, record.before):
        assert document.verification_code not in str(part)


def test_numbers_count_for_each_prefix_and_year(banner: Banner) -> None:
    assert [issue(banner).number, issue(banner).number] == [f"{PREFIX}〔2026〕1号", f"{PREFIX}〔2026〕2号"]
    assert issue(banner, number_prefix="乌政服函").number == "乌政服函〔2026〕1号"
    assert issue(banner, at=banner.at + timedelta(days=365)).number == f"{PREFIX}〔2027〕1号"


def test_without_evidence_nothing_is_issued(banner: Banner, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("gongxiang.platform.evidence.actions.record_act", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        issue(banner)
    assert not Document.objects.exists()


@pytest.mark.parametrize("model", [DocumentFile, Upload], ids=lambda model: model.__name__)
def test_files_never_change(banner: Banner, model: type) -> None:
    issue(banner)
    actions.keep_upload(name="依据.pdf", content=b"%PDF-1.7", by=banner.provider.clerk, at=banner.at)
    for statement in ("UPDATE {} SET digest = 'x'", "DELETE FROM {}"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(model._meta.db_table))


PEOPLE: dict[str, Callable[[Banner], object]] = {
    "authority": lambda b: b.authority_officer, "concerned": lambda b: b.provider.clerk, "auditor": lambda b: b.auditor,
    "stranger": lambda b: b.stranger.clerk, "other": lambda b: b.consumer.officer,
}  # fmt: skip


@pytest.mark.parametrize(
    ("who", "may"), [("authority", True), ("concerned", True), ("auditor", True), ("stranger", False), ("other", False)]
)
def test_who_may_open_it(banner: Banner, who: str, may: bool) -> None:
    document, actor = issue(banner), PEOPLE[who](banner)
    assert document.id in {row.id for row in queries.documents(actor)} or not may
    if may:
        assert queries.content(document.id, actor=actor).content
    else:
        with pytest.raises(NotFound):
            queries.content(document.id, actor=actor)


def test_who_may_issue(banner: Banner) -> None:
    for by in (System(name="job"), banner.site.system_admin, banner.provider.node_operator):
        with pytest.raises(NotPermitted):
            issue(banner, by=by)


def test_only_its_issuer_withdraws_it_and_says_why(banner: Banner) -> None:
    document = issue(banner)
    for by in (banner.provider.officer, banner.provider.clerk, banner.auditor):
        with pytest.raises(NotPermitted):
            actions.withdraw_document(document_id=document.id, reason="误发", by=by, at=banner.at)
    with pytest.raises(errors.WithdrawalWithoutReason):
        actions.withdraw_document(document_id=document.id, reason=" ", by=banner.authority_officer, at=banner.at)
    gone = actions.withdraw_document(document_id=document.id, reason="误发", by=banner.authority_officer, at=banner.at)
    assert gone.status == "WITHDRAWN"
    assert queries.resolve(document.verification_code).status == "WITHDRAWN"
    assert queries.content(document.id).digest == document.digest


# ---- the public page ----------------------------------------------------------------------------------------------------


def test_anybody_resolves_a_code_as_typed_from_paper(banner: Banner) -> None:
    document = issue(banner)
    typed = document.shown_code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    page = Client().post(reverse("documents:verify"), {"code": typed}, follow=True)
    text = page.content.decode()
    for words in (document.title, document.number, document.issuer, document.digest, "2026年11月2日"):
        assert words in text
    assert page.status_code == 200
    for private in (banner.authority_officer.name, "智慧民政"):
        assert private not in text


def test_a_withdrawn_document_says_so(banner: Banner) -> None:
    document = issue(banner)
    actions.withdraw_document(document_id=document.id, reason="内部理由", by=banner.authority_officer, at=banner.at)
    text = (
        Client(headers={"accept-language": "zh-hans"})
        .get(reverse("documents:verified", args=[document.verification_code]))
        .content.decode()
    )
    assert "不再有效" in text
    assert "内部理由" not in text


@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "x", "../..", "％"])
def test_an_unknown_code_is_no_document(db: None, code: str) -> None:
    page = Client(headers={"accept-language": "zh-hans"}).post(reverse("documents:verify"), {"code": code})
    assert page.status_code == 422
    assert "没有使用该核验码的文书" in page.content.decode()
    assert Client().get(reverse("documents:verified", args=["NOCODE"])).status_code == 404


@pytest.mark.parametrize(("changed", "words"), [(False, "逐字节一致"), (True, "与出具时的文书不一致")])
def test_a_file_is_compared(banner: Banner, changed: bool, words: str) -> None:
    document = issue(banner)
    content = queries.content(document.id).content + (b" " if changed else b"")
    sent = io.BytesIO(content)
    sent.name = "a.pdf"
    page = Client(headers={"accept-language": "zh-hans"}).post(
        reverse("documents:verify"), {"code": document.verification_code, "file": sent}
    )
    assert words in page.content.decode()


def test_the_pages_of_those_it_concerns(banner: Banner) -> None:
    document = issue(banner)
    client = client_of(banner.provider.officer)
    assert document.number in client.get(reverse("documents:list")).content.decode()
    assert document.number in client.get(reverse("documents:list") + "?export=csv").content.decode()
    page = client.get(reverse("documents:document", args=[document.id])).content.decode()
    assert document.shown_code in page
    assert reverse("documents:withdraw", args=[document.id]) not in page
    download = client.get(reverse("documents:pdf", args=[document.id]))
    assert download["Content-Type"] == "application/pdf"
    assert download["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert client_of(banner.stranger.clerk).get(reverse("documents:word", args=[document.id])).status_code == 404


def test_withdrawing_on_the_page(banner: Banner) -> None:
    document = issue(banner)
    client = client_of(banner.authority_officer)
    address = reverse("documents:withdraw", args=[document.id])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "误发"}).status_code == 302
    assert "误发" in client.get(reverse("documents:document", args=[document.id])).content.decode()


# ---- uploads ------------------------------------------------------------------------------------------------------------

BAD_FILES = {
    "empty": ("a.pdf", b"", errors.UploadEmpty),
    "too large": ("a.pdf", b"%PDF-" + b"0" * (20 * 2**20), errors.UploadTooLarge),
    "a program": ("a.exe", b"MZ", errors.UploadTypeUnknown),
    "a program named pdf": ("a.pdf", b"MZ\x90", errors.UploadTypeUnknown),
    "a page": ("a.html", b"<html>", errors.UploadTypeUnknown),
    "no ending": ("pdf", b"hello", errors.UploadTypeUnknown),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_files_that_are_not_kept(banner: Banner, case: str) -> None:
    name, content, refusal = BAD_FILES[case]
    with pytest.raises(refusal):
        actions.keep_upload(name=name, content=content, by=banner.provider.clerk, at=banner.at)
    assert not Upload.objects.exists()


def test_a_file_is_kept_and_opened_by_those_it_concerns(banner: Banner) -> None:
    kept = actions.keep_upload(
        name="C:\\文件\\依据\x00.pdf", content=b"%PDF-1.7 x", concerns=(banner.consumer.id,), trail=("resource:1",),
        by=banner.provider.clerk, at=banner.at,
    )  # fmt: skip
    assert kept.name == "依据.pdf"
    assert [one.id for one in queries.uploads_of("resource:1")] == [kept.id]
    page = client_of(banner.consumer.clerk).get(reverse("documents:upload", args=[kept.id]))
    assert page.content == b"%PDF-1.7 x"
    assert page["Content-Disposition"].startswith("attachment")
    assert client_of(banner.stranger.clerk).get(reverse("documents:upload", args=[kept.id])).status_code == 404
    assert client_of(banner.auditor).get(reverse("documents:upload", args=[kept.id])).status_code == 200
