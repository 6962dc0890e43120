"""Article 19(3) without nodes: a person of the provider deposits a version, a named handler fetches it, each by a ticket."""

import http.client
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.files import STATEMENT, AcceptFiles, CloseFiles
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.messages import SuspendGrant
from gongxiang.protocol.segments import digest
from gongxiang.protocol.signing import generate
from gongxiang.protocol.terms import Purpose, Volume
from gongxiang.protocol.tickets import FILE_DEPOSIT, FILE_FETCH, SAMPLE, Ticket, issue_ticket
from tests.integration.gateway.test_files import CLERK, ELEMENTS, PDF, TABLE, Filed
from tests.support.dataplane import Plane, eventually, now

pytestmark = pytest.mark.article("wushen-2021-60:19(3)", "wushen-2021-60:17")
UPLOADER = uuid4()


@pytest.fixture
def filed(plane: Plane) -> Filed:
    """A resource whose provider has no node for it, and the grant of it."""
    made = Filed(plane, plane.node(), plane.node())
    order = AcceptFiles(
        resource_id=made.resource_id, resource_name="people", node_id=None, elements=ELEMENTS, names={"code": "代码"}
    )
    plane.order(order)
    made.grant()
    return made


def deposit_ticket(filed: Filed, **changes: Any) -> Ticket:
    ticket = Ticket(
        ticket_id=uuid4(), kind=FILE_DEPOSIT, person=str(UPLOADER), resource_id=filed.resource_id, grant_id=None,
        purpose=Purpose.REFERENCE, terms=None, issued_at=now(),
    )  # fmt: skip
    return replace(ticket, **changes)


def fetch_ticket(filed: Filed, file: str, **changes: Any) -> Ticket:
    ticket = Ticket(
        ticket_id=uuid4(), kind=FILE_FETCH, person=str(CLERK), resource_id=filed.resource_id, grant_id=filed.terms.grant_id,
        purpose=Purpose.VERIFICATION, terms=None, issued_at=now(), matter="乌民登2026-00017", subject=UUID(file),
    )  # fmt: skip
    return replace(ticket, **changes)


def bring(
    filed: Filed, ticket: Ticket, body: bytes = b"", *, method: str = "POST", signer: Any = None, **query: str
) -> tuple[int, Any, Any]:
    """What the browser does with a ticket."""
    text = issue_ticket(ticket, signer or Keyring.from_environment().signer("platform"))
    connection = http.client.HTTPConnection("127.0.0.1", filed.plane.port + 2, timeout=60)
    try:
        connection.request(method, f"/x/v1/tickets/{text}?{urlencode(query)}", body=body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def deposited(filed: Filed, body: bytes = TABLE, form: str = "csv") -> str:
    status, _, said = bring(filed, deposit_ticket(filed), body, form=form, statement=STATEMENT)
    assert status == 200, said
    return str(json.loads(said)["file"])


def refusal(got: tuple[int, Any, Any]) -> str:
    assert got[0] >= 400, got[2]
    return str(json.loads(got[2])["error"]["code"])


def test_a_department_without_a_node_gives_a_file_and_another_takes_it(filed: Filed) -> None:
    file = deposited(filed)
    fact = filed.plane.wait_for_fact("file_deposited", file_id=file)
    assert (fact["node_id"], fact["person"], fact["version"], fact["rows"]) == (None, str(UPLOADER), 1, 2)
    assert [one["version"] for one in filed.listed()[1]["files"]] == [1], "nodes of the consumer have it too"
    ticket = fetch_ticket(filed, file)
    status, headers, body = bring(filed, ticket)
    assert (status, body.decode()) == (200, "code,name\r\n150626000000000001,白*\r\n"), "elements, rows and masks of the grant"
    assert (headers["gx-form"], headers["gx-version"], headers["gx-digest"]) == ("csv", "1", digest(body))
    fetched = filed.plane.wait_for_fact("file_fetched", fetch_id=headers["gx-fetch"])
    said = {"node_id": None, "person": str(CLERK), "purpose": "verification", "matter": "乌民登2026-00017", "rows": 1}
    assert fetched.items() >= said.items()
    assert refusal(bring(filed, ticket)) == "ticket_used"


def test_the_same_ticket_deposits_once_and_the_same_content_is_one_version(filed: Filed) -> None:
    ticket = deposit_ticket(filed)
    assert bring(filed, ticket, PDF, form="pdf", statement=STATEMENT)[0] == 200
    assert refusal(bring(filed, ticket, PDF + b"2", form="pdf", statement=STATEMENT)) == "ticket_used"
    status, _, said = bring(filed, deposit_ticket(filed), PDF, form="pdf", statement=STATEMENT)
    assert (status, json.loads(said)["version"], json.loads(said)["repeat"]) == (200, 1, True)
    assert len(filed.listed()[1]["files"]) == 1


def test_large_files_come_with_a_ticket_for_a_file_and_with_nothing_else(filed: Filed) -> None:
    large = PDF + b"0" * (3 << 20)
    assert bring(filed, deposit_ticket(filed), large, form="pdf", statement=STATEMENT)[0] == 200
    assert refusal(bring(filed, deposit_ticket(filed, kind=SAMPLE), large, form="pdf")) == "body_too_large"
    assert refusal(bring(filed, deposit_ticket(filed), large, form="pdf", signer=generate())) == "body_too_large"
    old = deposit_ticket(filed, issued_at=now() - timedelta(minutes=3))
    assert refusal(bring(filed, old, large, form="pdf")) == "body_too_large"


def test_who_may_not_deposit(filed: Filed) -> None:
    stated = {"form": "csv", "statement": STATEMENT}
    node = filed.deposit()
    assert node[1]["error"]["code"] == "not_yours", "the order names no node"
    for ticket, query, code in (
        (deposit_ticket(filed, issued_at=now() - timedelta(minutes=3)), stated, "ticket_expired"),
        (deposit_ticket(filed, resource_id=uuid4()), stated, "files_not_open"),
        (fetch_ticket(filed, str(uuid4())), stated, "file_unknown"),
        (deposit_ticket(filed), {"form": "csv"}, "request_malformed"),
        (deposit_ticket(filed), {**stated, "form": "exe"}, "request_malformed"),
    ):
        assert refusal(bring(filed, ticket, TABLE, **query)) == code
    assert refusal(bring(filed, deposit_ticket(filed), TABLE, signer=generate(), **stated)) == "ticket_altered"
    assert refusal(bring(filed, deposit_ticket(filed), method="GET", **stated)) == "ticket_altered"
    secret = deposit_ticket(filed)
    marked = TABLE + "150626000000000003,机密★1年,1\r\n".encode()
    assert refusal(bring(filed, secret, marked, **stated)) == "file_refused"
    assert filed.listed()[1]["files"] == []
    assert bring(filed, secret, TABLE, **stated)[0] == 200, "a ticket that brought nothing is not used up"


def test_who_may_not_fetch(filed: Filed) -> None:
    table, plan = deposited(filed), deposited(filed, PDF, "pdf")
    for changes, code in (
        ({"person": str(uuid4())}, "not_named_as_handler"),
        ({"purpose": Purpose.REFERENCE}, "purpose_outside_grant"),
        ({"matter": ""}, "matter_missing"),
        ({"grant_id": uuid4()}, "grant_unknown"),
        ({"grant_id": None}, "ticket_altered"),
        ({"subject": None}, "ticket_altered"),
        ({"subject": uuid4()}, "file_unknown"),
        ({"subject": UUID(plan)}, "file_not_divisible"),
        ({"issued_at": now() - timedelta(minutes=3)}, "ticket_expired"),
    ):
        assert refusal(bring(filed, fetch_ticket(filed, table, **changes))) == code
    assert refusal(bring(filed, fetch_ticket(filed, table), method="GET")) == "ticket_altered"


def test_volume_suspension_and_closing_hold_for_people_too(filed: Filed) -> None:
    file = deposited(filed)
    filed.grant(volume=Volume(rows_in_all=1), revision=2)
    eventually(lambda: bring(filed, fetch_ticket(filed, file)), lambda got: got[0] == 429 and refusal(got) == "volume_spent")
    filed.plane.order(SuspendGrant(grant_id=filed.terms.grant_id, reason="test"))
    eventually(lambda: refusal(bring(filed, fetch_ticket(filed, file))), lambda code: code == "grant_suspended")
    filed.plane.order(CloseFiles(resource_id=filed.resource_id, reason="withdrawn"))
    stated = {"form": "csv", "statement": STATEMENT}
    other = TABLE + canonical("x")
    eventually(lambda: refusal(bring(filed, deposit_ticket(filed), other, **stated)), lambda code: code == "files_not_open")
