"""A ticket shows ten masked rows, once, within a minute; every use is recorded."""

import uuid
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.messages import MappedColumn, TryMount
from gongxiang.protocol.signing import generate
from gongxiang.protocol.terms import DataType, ElementSpec, Mask, MaskKind, Purpose, Volume
from gongxiang.protocol.tickets import Ticket, issue_ticket
from tests.support.dataplane import eventually, now

PEOPLE = [{"code": f"15062619000101{n:04d}", "name": f"张{n}", "level": n} for n in range(15)]


@pytest.fixture
def ticket(flow):
    """A ticket for the flow's resource with masked names."""
    masks = {"name": Mask(kind=MaskKind.KEEP, prefix=1)}
    return Ticket(
        ticket_id=uuid.uuid4(), kind="sample", person="p1", resource_id=flow.resource_id, grant_id=None,
        purpose=Purpose.REFERENCE, terms=flow.terms(masks=masks, purposes=(Purpose.REFERENCE,)), issued_at=now(),
    )  # fmt: skip


def shown(plane, ticket, signer=None):
    text = issue_ticket(ticket, signer or Keyring.from_environment().signer("platform"))
    return plane.people("GET", f"tickets/{text}")


def test_a_ticket_shows_ten_masked_rows_and_is_recorded(plane, flow, ticket):
    flow.load(*PEOPLE)
    status, value = shown(plane, ticket)
    assert status == 200
    assert value["columns"] == [{"code": "code", "type": "text"}, {"code": "name", "type": "text"}]
    assert len(value["rows"]) == 10
    assert value["rows"][0] == [PEOPLE[0]["code"], "张*"]
    fact = plane.wait_for_fact("sample_shown", ticket_id=str(ticket.ticket_id))
    assert (fact["person"], fact["rows"], fact["elements"]) == ("p1", 10, ["code", "name"])


def test_a_ticket_used_twice(plane, flow, ticket):
    flow.load(*PEOPLE)
    assert shown(plane, ticket)[0] == 200
    status, value = shown(plane, ticket)
    assert (status, value["error"]["code"]) == (403, "ticket_used")
    plane.wait_for_fact("data_refused", code="ticket_used")


def test_a_volume_that_is_used_up_gives_nothing(plane, flow, ticket):
    flow.load(*PEOPLE)
    limited = replace(ticket.terms, volume=Volume(calls_per_day=3, rows_in_all=20))
    seen = []
    for _ in range(3):
        mine = replace(ticket, ticket_id=uuid.uuid4(), grant_id=ticket.terms.grant_id, terms=limited)
        seen.append(shown(plane, mine))
    assert [status for status, _ in seen] == [200, 200, 429], "ten rows each, of twenty in all"
    assert seen[-1][1]["error"]["code"] == "volume_spent"
    assert (seen[-1][1]["error"]["which"], "rows" in seen[-1][1]) == ("rows_in_all", False)
    plane.wait_for_fact("data_refused", code="volume_spent")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issued_at": timedelta(seconds=-61)}, "ticket_expired"),
        ({"issued_at": timedelta(hours=2)}, "ticket_expired"),
        ({"purpose": Purpose.DECISION}, "purpose_outside_grant"),
        ({"resource_id": uuid.uuid4()}, "ticket_altered"),
        ({"kind": "upload"}, "ticket_altered"),
        ({"grant_id": uuid.uuid4()}, "grant_unknown"),
    ],
    ids=["late", "early", "purpose", "resource", "kind", "grant"],
)
def test_a_ticket_that_does_not_hold(plane, flow, ticket, change, code):
    flow.load(*PEOPLE)
    if isinstance(change.get("issued_at"), timedelta):
        change = {"issued_at": now() + change["issued_at"]}
    status, value = shown(plane, replace(ticket, **change))
    assert value["error"]["code"] == code
    assert status in (403, 404)
    plane.wait_for_fact("data_refused", code=code)


def test_a_ticket_somebody_else_signed_or_changed(plane, flow, ticket):
    flow.load(*PEOPLE)
    assert shown(plane, ticket, generate())[1]["error"]["code"] == "ticket_altered"
    assert plane.people("GET", "tickets/abcdefghijklmnopqrstuvwxyz.0123")[1]["error"]["code"] == "ticket_altered"


def test_a_resource_without_rows_yet(plane, flow, ticket):
    status, value = shown(plane, ticket)
    assert (status, value["error"]["code"]) == (404, "nothing_to_show")


def test_uses_and_digests_of_long_ago_are_dropped(own_plane):
    insert = "INSERT INTO exchange.tickets_used (ticket_id, used_at) VALUES (gen_random_uuid(), %s)"
    digests = (
        "INSERT INTO exchange.digests (request_id, node_id, step, grant_id, body, posted_at)"
        " VALUES (gen_random_uuid(), gen_random_uuid(), 's', gen_random_uuid(), '{}', %s)"
    )
    own_plane.stop()
    with psycopg.connect(own_plane.database.url, autocommit=True) as connection:
        for age in (timedelta(hours=1), timedelta(days=2)):
            connection.execute(insert, [now() - age])
            connection.execute(digests, [now() - age])
        own_plane.start()
        count = "SELECT (SELECT count(*) FROM exchange.tickets_used), (SELECT count(*) FROM exchange.digests)"
        eventually(lambda: connection.execute(count).fetchone(), lambda found: found == (1, 1), seconds=15)


def test_rows_of_a_trial_at_mounting_come_from_the_asked_node_and_are_shown_once(plane):
    node, stranger = plane.node(), plane.node()
    order = TryMount(
        request_id=uuid.uuid4(), resource_id=uuid.uuid4(), node_id=node.node_id, table="public.person", masks={},
        columns=(MappedColumn(column="xm", element=ElementSpec(code="xm", type=DataType.TEXT)),),
    )  # fmt: skip
    plane.order(order, node.node_id)
    path, rows = f"trials/{order.request_id}", {"columns": [{"code": "xm", "type": "text"}], "rows": [["张*"], [None]]}

    def said(value, of=node, at=path):
        return of.call("POST", at, canonical(value))[2].get("error", {}).get("code")

    eventually(lambda: said(rows), lambda code: code is None)
    assert said(rows, stranger) == "not_yours"
    assert said(rows, at=f"trials/{uuid.uuid4()}") == "not_yours"
    for wrong in (
        {**rows, "columns": [{"code": "sfzh", "type": "text"}]}, {**rows, "rows": [["张*"]] * 11}, {**rows, "rows": [[1]]},
        {**rows, "rows": [[]]}, {"rows": []}, [], {"columns": 1, "rows": 2},
    ):  # fmt: skip
        assert said(wrong) == "request_malformed", wrong
    assert said({**rows, "rows": [["长" * 100_000]]}) == "body_too_large"
    ticket = Ticket(
        ticket_id=uuid.uuid4(), kind="mount", person="p1", resource_id=order.resource_id, grant_id=None,
        purpose=Purpose.VERIFICATION, terms=None, issued_at=now(), trial_id=order.request_id,
    )  # fmt: skip
    other = replace(ticket, ticket_id=uuid.uuid4(), resource_id=uuid.uuid4())
    assert shown(plane, other)[1]["error"]["code"] == "nothing_to_show"
    status, value = shown(plane, ticket)
    assert (status, value["rows"], value["columns"]) == (200, [["张*"], [None]], rows["columns"])
    fact = plane.wait_for_fact("sample_shown", ticket_id=str(ticket.ticket_id))
    assert (fact["rows"], fact["elements"], fact["grant_id"]) == (2, ["xm"], None)
    assert shown(plane, ticket)[1]["error"]["code"] == "nothing_to_show"
