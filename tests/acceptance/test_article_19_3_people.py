"""Article 19(3) for departments without a node: people bring and take files by tickets; the content never comes to the site.

What the gateway takes and gives for a ticket is in `integration/gateway/test_files_people.py`.
"""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from gongxiang.platform.delivery import errors, files, filetickets
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions as grant_actions
from gongxiang.platform.grants import errors_use, handlers
from gongxiang.platform.grants.models import Grant
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal
from gongxiang.protocol.errors import FileRefused
from gongxiang.protocol.files import STATEMENT
from gongxiang.protocol.tickets import FILE_DEPOSIT, FILE_FETCH, Ticket, read_ticket
from tests.acceptance.test_article_19_3 import banner, deposit, grant, opened
from tests.factories.parties import Banner
from tests.support.pages import client_of

__all__ = ["banner", "grant"]
pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:19(3)", "wushen-2021-60:17")]


def read(text: str, at: Any) -> Ticket:
    return read_ticket(text, public_key=link.platform_key().public_key, at=at)


@pytest.fixture
def fetching(banner: Banner, grant: Grant) -> dict[str, Any]:
    """What a named handler asks with for the one version."""
    version, office = deposit(opened(grant, banner.at), banner.at), banner.consumer
    at = banner.at + timedelta(days=1)
    handlers.name_handler(grant_id=grant.pk, person_id=office.clerk.id, duty="核验", by=office.officer, at=at)
    return {
        "grant_id": grant.pk, "file_id": version.file_id, "purpose": "verification", "matter": "乌市监2026-0117",
        "by": office.clerk, "at": at + timedelta(minutes=1),
    }  # fmt: skip


@pytest.mark.article("wushen-2021-60:4(1)")
def test_a_person_of_the_provider_is_given_a_ticket_to_deposit(banner: Banner, grant: Grant) -> None:
    at = banner.at
    opened(grant, at)
    asked = {"resource_id": grant.resource_id, "no_state_secrets": True, "at": at}
    ticket = read(filetickets.ask_to_deposit(**asked, by=banner.provider.clerk), at)
    assert (ticket.kind, ticket.resource_id, ticket.person) == (FILE_DEPOSIT, grant.resource_id, str(banner.provider.clerk.id))
    record = EvidenceRecord.objects.get(kind="file_delivery:deposit_asked")
    assert record.after == {"ticket": str(ticket.ticket_id), "statement": STATEMENT}
    with pytest.raises(errors.SecrecyNotStated):
        filetickets.ask_to_deposit(**{**asked, "no_state_secrets": False}, by=banner.provider.clerk)
    for person in (banner.consumer.clerk, banner.authority_officer, banner.provider.officer):
        with pytest.raises(NotPermitted):
            filetickets.ask_to_deposit(**asked, by=person)
    with pytest.raises(NotFound):
        filetickets.ask_to_deposit(**asked, by=banner.stranger.clerk)
    files.close_files(grant.resource_id, reason="withdrawn", at=at)
    with pytest.raises(errors.FilesClosed):
        filetickets.ask_to_deposit(**asked, by=banner.provider.clerk)
    assert EvidenceRecord.objects.filter(kind="file_delivery:deposit_asked").count() == 1


@pytest.mark.article("wushen-2021-60:22.1", "wushen-2021-60:22.2", "wushen-2021-60:22.3")
def test_a_named_handler_is_given_a_ticket_to_fetch(grant: Grant, fetching: dict[str, Any]) -> None:
    ticket = read(filetickets.ask_to_fetch(**fetching), fetching["at"])
    assert (ticket.kind, ticket.grant_id, ticket.subject) == (FILE_FETCH, grant.pk, fetching["file_id"])
    assert (ticket.person, ticket.purpose, ticket.matter) == (str(fetching["by"].id), "verification", "乌市监2026-0117")
    record = EvidenceRecord.objects.get(kind="file_delivery:fetch_asked")
    assert record.after["matter"] == "乌市监2026-0117"
    assert {grant.provider_id, grant.consumer_id} <= set(record.concerns)


@pytest.mark.article("wushen-2021-60:22.3", "wushen-2021-60:14")
@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"purpose": "reference"}, errors.PurposeNotGranted),
        ({"purpose": "nothing of ours"}, errors.PurposeNotGranted),
        ({"matter": " "}, errors.MatterMissing),
        ({"matter": "x" * 61}, errors.MatterMissing),
        ({"file_id": uuid4()}, NotFound),
        ({"by": "consumer.reviewer"}, errors_use.NotAHandler),
        ({"by": "provider.clerk"}, NotPermitted),
        ({"by": "stranger.clerk"}, NotFound),
        ({"by": "authority_officer"}, NotPermitted),
    ],
)
def test_who_and_what_is_not_given_one(
    banner: Banner, fetching: dict[str, Any], changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    if isinstance(by := changed.get("by"), str):
        person: Any = banner
        for name in by.split("."):
            person = getattr(person, name)
        changed = {"by": person}
    with pytest.raises(refusal):
        filetickets.ask_to_fetch(**{**fetching, **changed})
    assert not EvidenceRecord.objects.filter(kind="file_delivery:fetch_asked").exists()


@pytest.mark.article("cn-809:27.2")
def test_nothing_is_fetched_of_what_is_withdrawn_closed_or_held(banner: Banner, grant: Grant, fetching: dict[str, Any]) -> None:
    at = fetching["at"]
    files.withdraw_version(file_id=fetching["file_id"], reason="导出有误。", by=banner.provider.clerk, at=at)
    with pytest.raises(errors.FileGone):
        filetickets.ask_to_fetch(**fetching)
    kept = deposit(opened(grant, at), at, version=2).file_id
    grant_actions.suspend_grant(
        grant_id=grant.pk, reason="security", statement="异常访问。", by=banner.authority_officer, at=at
    )
    with pytest.raises(errors.FetchNotPossible):
        filetickets.ask_to_fetch(**{**fetching, "file_id": kept})


def test_the_page_gives_addresses_and_says_what_the_gateway_refused(
    banner: Banner, grant: Grant, fetching: dict[str, Any]
) -> None:
    provider, consumer = client_of(banner.provider.clerk), client_of(banner.consumer.clerk)
    address = reverse("delivery:files", args=[grant.resource_id])
    assert "data-file-deposit" in provider.get(address).content.decode()
    assert "data-file-fetch" not in provider.get(address).content.decode()
    seen = consumer.get(address).content.decode()
    assert "data-file-deposit" not in seen
    assert reverse("delivery:fetch_file", args=[grant.pk]) in seen
    other = client_of(banner.consumer.reviewer).get(address).content.decode()
    assert "data-file-fetch" not in other, "only a named handler fetches"
    put = reverse("delivery:deposit_file", args=[grant.resource_id])
    assert provider.post(put, {"no_state_secrets": "on"}).json()["address"].startswith("/x/v1/tickets/")
    refused = provider.post(put)
    assert (refused.status_code, "国家秘密" in refused.json()["problem"]) == (409, True)
    take = reverse("delivery:fetch_file", args=[grant.pk])
    asked = {"version": str(fetching["file_id"]), "purpose": "verification", "matter": "乌市监2026-0117"}
    assert consumer.post(take, asked).json()["address"].startswith("/x/v1/tickets/")
    assert consumer.post(take, {**asked, "matter": ""}).status_code == 409
    assert consumer.post(take, {**asked, "version": "no"}).status_code == 404
    assert provider.post(take, asked).status_code == 403


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (json.dumps(FileRefused("The header lacks {columns}.", columns="level").to_json()), "level"),
        ('{"error": {"code": "ticket_used", "message": "m", "advice": "", "parts": []}}', "凭据"),
        ('{"error": {"code": "x", "message": "m", "advice": "", "parts": [{"form": "{a.b}", "values": {"a": "1"}}]}}', "x"),
        ("[" * 9000, "网关"),
        ("no json", "网关"),
        ("[1]", "网关"),
        ('{"error": 5}', "网关"),
    ],
)
def test_a_refusal_is_said_in_the_readers_language_whatever_came(banner: Banner, body: str, said: str) -> None:
    answer = client_of(banner.provider.clerk).post(reverse("delivery:explain_file"), {"problem": body})
    assert answer.status_code == 200
    assert said in answer.json()["problem"], answer.json()
