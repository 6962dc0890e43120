"""The pages around an agreement: texts in versions, preview, renewal, who has none, paper and terms to take along."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongxiang.platform.agreements import actions, overview, queries
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.web.agreements import texts
from gongxiang.protocol import clock
from tests.factories.parties import Banner, make_agreement, make_banner
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def test_the_authority_previews_compares_and_issues_a_text(banner: Banner) -> None:
    make_agreement(banner.provider, at=banner.at)
    client = client_of(banner.authority_officer)
    body = queries.suggested_template().replace("期满前续签。", "期满前六十日续签。")
    values = {"title": "协议书", "body": body}
    shown = client.post("/agreements/text/", {**values, "preview": "1"}).content.decode()
    assert "<ins>" in shown
    assert "期满前六十日续签" in shown
    assert "（示例）信息股" in shown
    assert len(queries.templates()) == 1
    wrong = client.post("/agreements/text/", {"title": "协议书", "body": "{department}{departmnt}", "preview": "1"})
    assert wrong.status_code == 422
    assert "{departmnt}" in wrong.content.decode()
    assert client.post("/agreements/text/", values).status_code == 302
    version = page(client_of(banner.provider.clerk), "/agreements/text/2/")
    assert "<del>" in version
    assert "期满前六十日续签" in version
    for number in ("3", "0", "99999999999999999999"):
        page(client, f"/agreements/text/{number}/", 404)


def test_the_authority_reads_what_stands_at_each_place(banner: Banner) -> None:
    shown = page(client_of(banner.authority_officer), "/agreements/text/")
    assert set(texts.PLACES) == actions.PLACES
    for place, words in texts.PLACES.items():
        assert f'<dt>{words}</dt><dd class="code">{{{place}}}</dd>' in shown


def test_paper_word_and_policy_are_taken_from_the_page(banner: Banner) -> None:
    made = make_agreement(banner.provider, at=banner.at)
    client = client_of(banner.provider.clerk)
    assert "T01" in page(client, f"/agreements/{made.id}/")
    assert client.get(f"/agreements/{made.id}/text.pdf").content.startswith(b"%PDF-")
    assert client.get(f"/agreements/{made.id}/text.docx").content.startswith(b"PK")
    answer = client.get(f"/agreements/{made.id}/terms.jsonld")
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert json.loads(answer.content)["dct:identifier"] == made.number
    issued = client.post(f"/agreements/{made.id}/paper/")
    assert made.title in page(client, issued.headers["Location"])
    for name in ("text.pdf", "text.docx", "terms.jsonld"):
        page(client_of(banner.stranger.clerk), f"/agreements/{made.id}/{name}", 404)


def test_a_renewal_is_filled_in_from_the_old_agreement(banner: Banner) -> None:
    made = make_agreement(banner.provider, at=banner.at, scope="仅婚姻登记")
    shown = page(client_of(banner.provider.clerk), f"/agreements/new/?renew={made.id}")
    assert "仅婚姻登记" in shown
    assert (made.valid_until + timedelta(days=1)).isoformat() in shown
    # Another's agreement, or nonsense, fills in nothing.
    for key in (made.id, "nonsense"):
        assert "仅婚姻登记" not in page(client_of(banner.consumer.clerk), f"/agreements/new/?renew={key}")


def test_a_sealed_paper_is_handed_in_on_its_page(banner: Banner) -> None:
    made = make_agreement(banner.provider, status="DRAFTED", at=banner.at)
    client, address = client_of(banner.provider.officer), f"/agreements/{made.id}/seal/"
    session = client.session
    confirmed, session["second_factor_confirmed"] = session["second_factor_confirmed"], 0
    session.save()
    assert 'type="file"' not in page(client, address), "the code comes first, so that the file is chosen once"
    assert "/confirm/" in client.get(f"{address}?begin=1").headers["Location"]
    session["second_factor_confirmed"] = confirmed
    session.save()
    assert "multipart/form-data" in page(client, address)
    declared = {"file_not_secret": "on"}
    refused = client.post(address, {"file": SimpleUploadedFile("a.pdf", b"%PDF-1"), **declared, "figures": "zzzzzzzz"})
    assert refused.status_code == 422
    file = io.BytesIO(b"%PDF-1.7")
    file.name = "盖章.pdf"
    assert client.post(address, {"file": file, **declared, "figures": made.text_digest[:8]}).status_code == 302
    assert queries.agreement_ref(made.id, actor=banner.auditor).status == "SIGNED_BY_DEPARTMENT"


def test_the_authority_sees_who_has_none_and_whose_ends_soon(banner: Banner) -> None:
    at = clock.now()
    last = at.astimezone(clock.BEIJING).date() + timedelta(days=20)
    make_agreement(banner.provider, at=banner.at - timedelta(hours=3), valid_until=last)
    make_agreement(banner.consumer, at=banner.at - timedelta(hours=2))
    found = {one.department.id: one for one in overview.departments(banner.authority_officer, at)}
    assert banner.authority.id not in found
    assert found[banner.provider.id].standing == "within_30"
    assert found[banner.provider.id].days_left == 20
    assert found[banner.consumer.id].standing == "in_force"
    assert found[banner.stranger.id].standing == "none"
    client = client_of(banner.authority_officer)
    for standing, shown, hidden in (
        ("none", banner.stranger, banner.consumer), ("within_60", banner.provider, banner.stranger),
    ):  # fmt: skip
        text = page(client, f"/agreements/departments/?standing={standing}&sort=name").split("<tbody>")[1]
        assert shown.department.name in text
        assert hidden.department.name not in text
    assert banner.stranger.department.name in page(client, "/agreements/departments/?export=csv")
    outsiders: tuple[Person, ...] = (banner.provider.officer, banner.stranger.clerk)
    for by in outsiders:
        with pytest.raises(NotPermitted):
            overview.departments(by, at)
