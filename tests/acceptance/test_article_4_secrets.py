"""办法 4(1), 条例 3: what is secret follows its own law; each file and each sending states that it holds none."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.documents import actions, secrecy
from gongxiang.platform.documents.errors import MarkedSecret
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.web.declared import DeclaredFile
from tests.factories import catalogue as make
from tests.factories.parties import make_banner

pytestmark = pytest.mark.article("wushen-2021-60:4(1)")
WEB = Path(secrecy.__file__).parents[1] / "web"
PDF = b"%PDF-1.7 test"


def packed(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("word/document.xml", f"<w:document>{text}</w:document>")
    return file.getvalue()


MARKED = {
    "in the name": ("（机密）名单.pdf", PDF),
    "with a star": ("秘密★3年 名单.pdf", PDF),
    "in the text": ("名单.docx", packed("<w:t>绝密★</w:t>")),
    "over two runs": ("名单.docx", packed("<w:t>机密</w:t></w:r><w:r><w:t>★1年</w:t>")),
}
UNMARKED = {
    "a law on secrets": ("保守国家秘密法.docx", packed("<w:t>国家秘密、商业秘密和机密信息</w:t>")),
    "a torn file": ("名单.docx", b"PK\x03\x04" + bytes(40)),
    "a picture": ("照片.png", b"\x89PNG\r\n\x1a\n" + bytes(8)),
}


@pytest.mark.parametrize(("name", "content"), MARKED.values(), ids=MARKED)
def test_a_marked_file_is_kept_out(name, content):
    with pytest.raises(MarkedSecret) as refused:
        secrecy.check_unmarked(name, content)
    assert refused.value.articles == ("wushen-2021-60:4(1)", "cn-809:3.1")


@pytest.mark.parametrize(("name", "content"), UNMARKED.values(), ids=UNMARKED)
def test_speaking_of_secrets_is_no_marking(name, content):
    secrecy.check_unmarked(name, content)


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
    for kind in ("upload:kept", "resource:sent_for_review", "catalogue_import:received"):
        assert EvidenceRecord.objects.get(kind=kind).detail["declared"] == secrecy.VERSION, kind
    assert kept.name == "三定.pdf"


#: Files that stay with nobody: a holiday notice or a law that is published, a PDF that is compared and let go.
PUBLISHED = {"rules/forms.py", "documents/forms.py"}


def test_every_file_field_of_the_site_asks_for_the_statement():
    with_files = [path for path in WEB.glob("*/*.py") if re.search(r"forms\.FileField\(", path.read_text("utf-8"))]
    bare = {str(path.relative_to(WEB)) for path in with_files}
    assert bare == PUBLISHED
    assert DeclaredFile.default_error_messages["declared"]
