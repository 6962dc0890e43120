"""Article 10: what is withheld names its basis; the register holds the statute's article, address and file.

不予共享类：须有法律、行政法规或党中央、国务院政策依据。
"""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gongxiang.law.instruments import Rank
from gongxiang.platform.documents import statutes
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.rulebook import actions as rulebook
from tests.factories import catalogue as make
from tests.factories.contents import withheld_content
from tests.factories.parties import make_banner
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:10")]
PDF = b"%PDF-1.7 the statute"


def test_the_file_of_a_statute_is_opened_by_everybody_from_the_basis():
    banner = make_banner(agreements=False)
    officer = banner.authority_officer
    statute = rulebook.register_statute(
        title="某某法", number="主席令第1号", rank=Rank.LAW, article="第八条", in_force_from=date(2020, 1, 1), by=officer,
        at=banner.at,
    )  # fmt: skip
    page, address = reverse("rules:statute", args=[statute.id]), reverse("rules:attach_statute", args=[statute.id])
    desk = client_of(officer)

    def sent(**more: str) -> int:
        file = SimpleUploadedFile("某某法.pdf", PDF, content_type="application/pdf")
        return desk.post(address, {"file": file, **more}).status_code

    assert sent() == 422, "only with the statement that it holds no secrets"
    assert desk.post(address, {"file_not_secret": "on"}).status_code == 422
    bad = SimpleUploadedFile("某某法.exe", b"MZ", content_type="application/pdf")
    assert desk.post(address, {"file": bad, "file_not_secret": "on"}).status_code == 422
    assert sent(file_not_secret="on") == 302
    (kept,) = statutes.files_of(statute.id)
    told = [one.kind for one in evidence.trail_of(f"statute:{statute.id}", by=officer)]
    assert "upload:kept" in told

    entry = make.make_draft_entry(banner.provider, withheld_content(statute=str(statute.id)), at=banner.at)
    clerk = client_of(banner.provider.clerk)
    assert page in clerk.get(reverse("catalogue:entry", args=[entry.id])).content.decode(), "the basis leads to the statute"
    for person in (banner.provider.clerk, banner.consumer.clerk):
        reader = client_of(person)
        shown = reader.get(page).content.decode()
        assert reverse("documents:upload", args=[kept.id]) in shown
        assert address not in shown
        assert reader.post(address, {}).status_code == 403
        answer = reader.get(reverse("documents:upload", args=[kept.id]))
        assert b"".join(answer) == PDF


def test_only_the_authority_keeps_it_and_only_of_a_statute_of_the_register():
    banner = make_banner(agreements=False)
    with pytest.raises(NotPermitted):
        statutes.keep_statute_file(statute_id=uuid4(), name="a.pdf", content=PDF,
                                   by=banner.provider.clerk, at=banner.at)  # fmt: skip
    with pytest.raises(NotFound):
        statutes.keep_statute_file(statute_id=uuid4(), name="a.pdf", content=PDF,
                                   by=banner.authority_officer, at=banner.at)  # fmt: skip
