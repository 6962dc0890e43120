"""Hostile text in an entry's fields: every form of the catalogue stays readable for its parsers, and says nothing but text."""

import json

import pytest
from django.test import Client
from rdflib import Graph
from rdflib.namespace import DCTERMS

from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.catalogue import make_published
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner
from tests.support.calling import bearer, own_token

pytestmark = pytest.mark.django_db
HOSTILE = "</script><script>alert(1)</script> \" ' \\ \u202e\u200f倒置 <http://x> javascript:alert(1) ]]> \t行\n二 {{7*7}}"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
def test_every_form_of_the_catalogue_stays_readable_and_gives_the_text_as_it_is() -> None:
    banner = make_banner(at=clock.now())
    entry = make_published(
        banner=banner, content=complete_content("低保<b>名册", summary=HOSTILE, keywords=("<script>", '"@id":', "\\u0022")),
        at=banner.at,
    )  # fmt: skip
    head = bearer(own_token(banner.consumer.clerk, *Scope))
    client = Client()
    kept = client.get(f"/api/v1/resources/{entry.id}", **head).json()
    summary = json.dumps(kept, ensure_ascii=False)
    assert "<script>alert(1)</script>" in summary
    for address, form in (("/catalog.ttl", "turtle"), ("/catalog.jsonld", "json-ld")):
        answer = client.get(address, **head)
        assert answer.status_code == 200
        assert not answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        said = {str(value) for value in Graph().parse(data=answer.content, format=form).objects(None, DCTERMS.description)}
        assert any("alert(1)" in one and "\u202e" in one and "{{7*7}}" in one for one in said), address
    shown = client.get(f"/api/3/action/package_show?id={entry.id}", **head)
    assert shown.headers["Content-Type"].startswith("application/json")
    assert "alert(1)" in shown.json()["result"]["notes"]


@pytest.mark.parametrize(
    ("words", "code"), [("\x00", "text_unusable"), ("\ud800", "text_unusable"), ("长" * 30_000, "fields_wrong")]
)
def test_what_no_text_may_hold_is_refused_by_name(words: str, code: str) -> None:
    banner = make_banner(at=clock.now())
    head = bearer(own_token(banner.consumer.clerk, *Scope))
    body = json.dumps({"title": f"殡葬{words}", "items": ["死亡日期"], "duty": "社会保险待遇核查"})
    answer = Client().post("/api/v1/demands", body, content_type="application/json", **head)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
