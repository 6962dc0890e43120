"""Whatever is put into an address or a form: never a 500. Every page that links lead to, every form on it, seeded at random.

Each form is sent as a person would send it, with some of its fields hostile, and undone; each page is opened with hostile
values of every parameter that any page reads.
"""

import html
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote

import pytest
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.demands import actions as demands
from gongxiang.protocol import clock
from tests.acceptance.test_doors import NOBODY, address, every_door
from tests.factories.catalogue import make_draft_entry, make_entry_at, make_published
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant, make_node, make_request
from tests.factories.projects import make_project_at
from tests.support.pages import client_of

SEED = 809
HOSTILE: tuple[bytes, ...] = tuple(
    value if isinstance(value, bytes) else value.encode("utf-8")
    for value in (
        "9" * 5000, "-1", "0", "1e999", "NaN", "٣²", "99999999999999999999", "\x00", "a\x00b", b"\xed\xa0\x80", b"\xff\xfe",
        "<script>alert(1)</script>", "not-a-uuid", str(NOBODY), "' OR 1=1 --", "%_\\", "长" * 30_000, "2026-13-45",
        "0001-01-01", "9999-12-31", "../../etc/passwd", "[]", '{"a":', "true", "\r\nSet-Cookie: x=1", "\u202e\ufeff",
        "{0.__class__}", "%(n)d",
    )
)  # fmt: skip
#: Rounds of hostile values per page, and of posts per form; more of them find no more, at a price.
PAGES, POSTS = 1, 1
#: Doors that end the session with which the others are knocked at.
NOT_SENT = ("accounts:logout",)
WEB = Path(__file__).parents[2] / "src/gongxiang/platform/web"


class Forms(HTMLParser):
    """The forms of a page: (action, [(name, value)]), filled as they stand, empty fields with something likely."""

    LIKELY = {"date": "2026-11-20", "datetime-local": "2026-11-20T10:00", "number": "1", "time": "10:00", "email": "a@b.cn"}

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []
        self._fields: list[tuple[str, str]] | None = None
        self._select = self._area = ""
        self._ticked: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {key: value or "" for key, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._fields = [] if given.get("method", "").lower() == "post" else None
            if self._fields is not None:
                self.found.append((given.get("action", ""), self._fields))
        elif self._fields is None or not (name or tag == "option"):
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and given.get("value"):
            self._fields.append((self._select, given["value"]))
            self._select = ""
        elif tag == "textarea":
            self._fields.append((name, "依法履行职责所必需。"))
        elif tag in ("input", "button") and given.get("type") not in ("file", "search"):
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox") and name in self._ticked:
                return
            self._ticked.add(name)
            self._fields.append((name, given.get("value") or self.LIKELY.get(kind, "办理事项")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "select":
            self._select = ""


@cache
def parameters() -> tuple[str, ...]:
    """Every name that any page reads from its address."""
    texts = [path.read_text("utf-8") for path in WEB.rglob("*.py")]
    named = {name for text in texts for name in re.findall(r'request\.GET\.get(?:list)?\(\s*"([\w-]+)"', text)}
    return tuple(sorted(named | {"q", "page", "sort", "export", "status", "next"} - {"format"}))


def pages(client: Client, known: set[str]) -> Iterator[tuple[str, str, str]]:
    """(door, address, text) of one page of each kind that links lead to and that nobody before has opened."""
    waiting, seen = ["/"], known - {"workbench:home"}
    while waiting:
        path = waiting.pop(0)
        try:
            door = resolve(path).view_name
        except Resolver404:
            continue
        if door in seen:
            continue
        seen.add(door)
        response = client.get(path)
        if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
            continue
        text = response.content.decode()
        yield door, path, text
        links = re.findall(r'(?:href|hx-get)="(/[^"#?]*)', text)
        waiting += [unquote(html.unescape(link)) for link in links if "/static/" not in link]


@pytest.fixture
def banner(tmp_path):
    made = make_banner(at=clock.now() - timedelta(days=2))
    office, at = made.provider, made.at
    node = make_node(banner=made, office=office)
    resource = make_published(banner=made, content=conditional_content(node_id=node.pk))
    make_node(banner=made, office=made.consumer)
    make_draft_entry(office, complete_content("草稿一"), at=at)
    make_entry_at("SUBMITTED", banner=made, content=complete_content("待审一"))
    other = make_published(banner=made, content=conditional_content("低保对象", node_id=node.pk))
    make_request(banner=made, resource_id=other.id, status="SUBMITTED")
    make_grant(banner=made, resource_id=resource.id, at=at)
    demands.state_demand(title="养老金领取资格", items=["姓名"], duty="核定待遇所需。", by=made.consumer.clerk, at=at)
    document = Document(
        kind="DUTY", title="职能调整", number="12号", dated=at.date(), changed_on=at.date() - timedelta(days=1)
    )  # fmt: skip
    catalogue.register_remit_change(department_id=office.id, document=document, update=[resource.id], by=office.clerk, at=at)
    make_project_at("PRECOMPILING", banner=made)
    return made


@pytest.mark.django_db
@pytest.mark.slow
def test_no_input_leads_to_a_500(banner):
    rng, wrong, counted = random.Random(SEED), [], {"pages": 0, "forms": 0}
    faults: list[str] = []

    def note(sender: Any, **_more: Any) -> None:
        import traceback

        faults.append(traceback.format_exc().strip().splitlines()[-1][:200])

    def send(client: Client, what: str, path: str, body: bytes | None = None, query: bytes = b"") -> None:
        with transaction.atomic():
            if body is None:
                answer = client.generic("GET", path, QUERY_STRING=query.decode("latin-1"))
            else:
                answer = client.generic("POST", path, body, "application/x-www-form-urlencoded")
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            wrong.append(f"{what}: {answer.status_code} {faults[-1] if faults else ''} {(body or query)[:120]!r}")

    got_request_exception.connect(note)
    office, authority = banner.provider, banner.authority_officer
    people = (office.clerk, banner.consumer.officer, authority)
    known: set[str] = set()
    try:
        for person in people:
            client = client_of(person)
            client.raise_request_exception = False
            found = list(pages(client, set(known)))
            if person is authority:
                linked = known | {door for door, *_rest in found}
                plain = [door for door, pattern in every_door().items() if not pattern.pattern.converters]
                found += [(door, address(door), "") for door in plain if door not in linked and door not in NOT_SENT]
            for door, path, text in found:
                # Lists read most of what an address can say; of the pages of one thing a part is enough.
                if door not in known and (not every_door()[door].pattern.converters or rng.random() < 0.2):
                    for _round in range(PAGES):
                        chosen = {name: quote_from_bytes(rng.choice(HOSTILE)[:3000]) for name in parameters()}
                        query = "&".join(f"{name}={value}" for name, value in chosen.items())
                        send(client, f"GET {door}", path, query=query.encode())
                    counted["pages"] += 1
                reader = Forms()
                reader.feed(text)
                for action, fields in reader.found:
                    target = resolve(unquote(action or path).split("?")[0]).view_name
                    kind = f"{target} {sorted({name for name, _ in fields})[:6]}"
                    if target in NOT_SENT or kind in known:
                        continue
                    known.add(kind)
                    for _round in range(POSTS):
                        send(client, f"POST {target}", action or path, body=_spoilt(rng, fields))
                    counted["forms"] += 1
                known.add(door)
    finally:
        got_request_exception.disconnect(note)
    assert not wrong, f"{len(wrong)} of {counted}\n" + "\n".join(dict.fromkeys(wrong))
    assert counted["pages"] > 60
    assert counted["forms"] > 30


def _spoilt(rng: random.Random, fields: list[tuple[str, str]]) -> bytes:
    """The form as a person would send it, a third of its fields hostile."""
    parts = []
    for name, value in fields:
        kept = name in ("once", "csrfmiddlewaretoken") or rng.random() < 0.66
        data = value.encode("utf-8") if kept else rng.choice(HOSTILE)
        parts.append(quote_from_bytes(name.encode("utf-8")).encode() + b"=" + quote_from_bytes(data).encode())
    return b"&".join(parts)
