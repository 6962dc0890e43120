"""Departments' own systems report, read and answer corrections: with the scope, for their department, without values."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gongxiang.platform.corrections.models import Correction
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.tickets import CLAIM, CLAIM_READ, read_ticket
from tests.factories import corrections as make
from tests.factories.parties import make_banner
from tests.support.calling import bearer, system_token

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/corrections"


@pytest.mark.article("wushen-2021-60:23", "cn-809:26.2")
def test_a_system_reports_and_the_providers_system_answers() -> None:
    scene = make.make_scene(make_banner(at=clock.now() - timedelta(hours=6)))
    banner, client = scene.banner, Client()
    consumer, provider, stranger = (
        bearer(system_token(office, Scope.CORRECT)) for office in (banner.consumer, banner.provider, banner.stranger)
    )
    reader = bearer(system_token(banner.consumer, Scope.READ))

    def post(address: str, sent: dict[str, Any], head: dict[str, str]) -> Any:
        return client.post(address, sent, "application/json", **head)

    sent = {
        "grant_id": str(scene.grant_id),
        "elements": ["name"],
        "description": make.TEXT,
        "origin": "CALL",
        "call_id": "0190-7",
    }
    assert post(ADDRESS, sent, reader).json()["error"]["code"] == "scope_missing"
    assert post(ADDRESS, sent, provider).status_code == 403
    assert post(ADDRESS, sent, stranger).status_code == 404
    wrong = post(ADDRESS, {**sent, "description": "电话13900000001有误"}, consumer)
    assert wrong.status_code in (409, 422)
    assert "values_in_text" in wrong.content.decode()
    for bad in (
        {**sent, "grant_id": "x"},
        {**sent, "elements": "name"},
        {**sent, "kind": "RUMOUR"},
        {**sent, "description": "长" * 9999},
    ):
        assert post(ADDRESS, bad, consumer).status_code == 422, bad
    made = post(ADDRESS, sent, consumer)
    assert made.status_code == 201, made.content
    row = Correction.objects.get()
    (reported,) = evidence.trail_of(f"correction:{row.pk}", by=banner.auditor)
    assert (reported.actor_kind, reported.actor_department) == ("system", banner.consumer.id)
    assert client.get(f"{ADDRESS}?box=to_verify", **provider).json()["corrections"][0]["number"] == row.number
    assert client.get(ADDRESS, **stranger).json()["corrections"] == []
    assert client.get(f"{ADDRESS}/{row.pk}", **stranger).status_code == 404
    # Its system brings key and values itself: to an address that is good once, and never through the platform.
    claim = f"{ADDRESS}/{row.pk}/claim"
    assert post(claim, {}, reader).json()["error"]["code"] == "scope_missing"
    assert (post(claim, {}, provider).status_code, post(claim, {}, stranger).status_code) == (403, 404)
    said = post(claim, {}, consumer).json()["address"].removeprefix("/x/v1/tickets/")
    ticket = read_ticket(said, public_key=Keyring.from_environment().public_key("platform"), at=clock.now())
    assert (ticket.kind, ticket.subject, ticket.grant_id) == (CLAIM, row.pk, scene.grant_id)
    assert post(f"{claim}/read", {}, provider).json()["error"]["code"] == "claim_missing"
    make.deposit(scene, row)
    said = post(f"{claim}/read", {}, provider).json()["address"].removeprefix("/x/v1/tickets/")
    ticket = read_ticket(said, public_key=Keyring.from_environment().public_key("platform"), at=clock.now())
    assert (ticket.kind, ticket.subject) == (CLAIM_READ, row.pk)
    verdict = {"outcome": "REFUTED", "text": "与登记档案一致"}
    assert post(f"{ADDRESS}/{row.pk}/verdict", verdict, consumer).status_code == 403
    assert post(f"{ADDRESS}/{row.pk}/verdict", {**verdict, "outcome": "MAYBE"}, provider).status_code == 422
    done = post(f"{ADDRESS}/{row.pk}/verdict", verdict, provider).json()
    assert (done["status"], done["turn"], done["outcome"]) == ("REFUTED", "consumer", "REFUTED")
    again = post(f"{ADDRESS}/{row.pk}/verdict", verdict, provider)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "wrong_state")
    assert client.get(f"{ADDRESS}/{row.pk}", **consumer).json()["verdict"] == "与登记档案一致"
