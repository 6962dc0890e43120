"""办法 4(1), 条例 3: what is secret follows its own law; each file and each sending states that it holds none."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pypdf
import pytest

from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.documents import actions, secrecy
from gongxiang.platform.documents.errors import MarkedSecret
from gongxiang.platform.documents.rendering import official
from gongxiang.platform.documents.rendering.official import LetterForm, OfficialLetter, OfficialText
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.projects import states
from gongxiang.platform.web.declared import DeclaredFile
from tests.factories import catalogue as make
from tests.factories import projects
from tests.factories.parties import make_banner
from tests.support.pages import client_of

pytestmark = pytest.mark.article("wushen-2021-60:4(1)")
WEB = Path(secrecy.__file__).parents[1] / "web"
PDF = b"%PDF-1.7 test"


def packed(text: str, part: str = "word/document.xml", beside: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("xl/sharedStrings.xml", beside)
        made.writestr(part, f"<w:document>{text}</w:document>")
    return file.getvalue()


def about(words: str, part: str = "docProps/core.xml") -> bytes:
    """A file about which somebody said something; its text is longer than what is looked through."""
    return packed(words, part, beside="x" * (4 * 2**20))


def pdf(text: str = "名单", title: str = "名单", **properties: str) -> bytes:
    letter = OfficialLetter(
        said=OfficialText(title=title, text=(text,), form=LetterForm.DOCUMENT, urgency=properties.pop("urgency", "")),
        issuer="旗民政局", number="甲〔2026〕1号", issued_on=date(2026, 11, 2), code="A",
    )  # fmt: skip
    if not properties:
        return official.to_pdf(letter)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(official.to_pdf(letter)))
    writer.add_metadata({f"/{name}": value for name, value in properties.items()})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


MARKED = {
    "in the name": ("（机密）名单.pdf", PDF),
    "with a star": ("秘密★3年 名单.pdf", PDF),
    "in the text": ("名单.docx", packed("<w:t>绝密★</w:t>")),
    "over two runs": ("名单.docx", packed("<w:t>机密</w:t></w:r><w:r><w:t>★1年</w:t>")),
    "among the keywords": ("名单.xlsx", about("<cp:keywords>名单；机密</cp:keywords>")),
    "as a title": ("名单.docx", about("<dc:title>（秘密）名单</dc:title>")),
    "as a property": ("名单.docx", about('<property name="密级"><vt:lpwstr>机密</vt:lpwstr>', "docProps/custom.xml")),
    "in what an OFD says of itself": ("名单.ofd", about("<ofd:Keyword>绝密</ofd:Keyword>", "OFD.xml")),
    "in a file of the older kind": ("名单.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.." + "机密★1年".encode("utf-16-le")),
    "at the head of a PDF": ("名单.pdf", lambda: pdf(urgency="机密★1年")),
    "in a PDF, set apart": ("名单.pdf", lambda: pdf(text="秘 密 ★ 长期")),
    "among a PDF's properties": ("名单.pdf", lambda: pdf(Keywords="机密, 名单")),
}
UNMARKED = {
    "a law on secrets": ("保守国家秘密法.docx", packed("<w:t>国家秘密、商业秘密和机密信息</w:t>")),
    "a law on secrets, as a title": ("办法.docx", about("<dc:title>机密文件管理办法与商业秘密</dc:title>")),
    "a sheet of that name": ("定密事项.xlsx", about("<vt:lpstr>秘密</vt:lpstr>", "docProps/app.xml")),
    "a law on secrets, as a PDF": (
        "办法.pdf",
        lambda: pdf(text="保守国家秘密，★为重点。机密信息另行规定。", title="国家秘密范围"),
    ),
    "a torn PDF": ("名单.pdf", b"%PDF-1.7 /Page startxref 99999 %%EOF"),
    "a torn file": ("名单.docx", b"PK\x03\x04" + bytes(40)),
    "a picture": ("照片.png", b"\x89PNG\r\n\x1a\n" + bytes(8)),
}


@pytest.mark.parametrize(("name", "content"), MARKED.values(), ids=MARKED)
def test_a_marked_file_is_kept_out(name, content):
    with pytest.raises(MarkedSecret) as refused:
        secrecy.check_unmarked(name, content() if callable(content) else content)
    assert refused.value.articles == ("wushen-2021-60:4(1)", "cn-809:3.1")


@pytest.mark.parametrize(("name", "content"), UNMARKED.values(), ids=UNMARKED)
def test_speaking_of_secrets_is_no_marking(name, content):
    secrecy.check_unmarked(name, content() if callable(content) else content)


@pytest.mark.django_db
def test_every_file_and_every_sending_keeps_the_statement_in_evidence():
    banner = make_banner()
    clerk = banner.provider.clerk
    with pytest.raises(MarkedSecret):
        actions.keep_upload(name="秘密★.pdf", content=PDF, by=clerk, at=banner.at)
    kept = actions.keep_upload(name="三定.pdf", content=PDF, by=clerk, at=banner.at)
    draft = make.make_draft_entry(banner.provider, at=banner.at)
    catalogue.send_for_review(resource_id=draft.id, by=clerk, at=banner.at)
    with pytest.raises(MarkedSecret):
        catalogue.send_import(file_name="[秘密]目录.xlsx", content=packed(""), by=clerk, at=banner.at)
    catalogue.send_import(file_name="目录.xlsx", content=packed(""), by=clerk, at=banner.at)
    project = projects.make_project_at(states.IN_REVIEW, banner=banner)
    planned = ("project:presented", "project:consented", "project:submitted")
    for kind in ("upload:kept", "resource:sent_for_review", "catalogue_import:received", *planned):
        assert EvidenceRecord.objects.get(kind=kind).detail["declared"] == secrecy.VERSION, kind
    assert kept.name == "三定.pdf"
    assert "不含国家秘密" not in client_of(clerk).get(f"/projects/{project.id}/").content.decode()


@pytest.mark.django_db
def test_who_sends_a_planned_catalogue_on_is_told_what_that_states():
    banner = make_banner()
    project = projects.make_project_at(states.PRESENTED, banner=banner)
    assert (
        "提交即声明：内容不含国家秘密、工作秘密。"
        in client_of(banner.provider.officer).get(f"/projects/{project.id}/").content.decode()
    )


#: Files that stay with nobody: a holiday notice or a law that is published, a PDF that is compared and let go.
PUBLISHED = {"rules/forms.py", "documents/forms.py"}


def test_every_file_field_of_the_site_asks_for_the_statement():
    with_files = [path for path in WEB.glob("*/*.py") if re.search(r"forms\.FileField\(", path.read_text("utf-8"))]
    bare = {str(path.relative_to(WEB)) for path in with_files}
    assert bare == PUBLISHED
    assert DeclaredFile.default_error_messages["declared"]
