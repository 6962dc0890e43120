"""The node's book of orders: only what the platform signed, kept over a restart, late words heard; and the witness."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from gongxiang.node import errors
from gongxiang.node.orders import OrderBook
from gongxiang.node.witness import Witness
from gongxiang.protocol import signing
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.messages import (
    Alarm,
    EndGrant,
    Lease,
    Message,
    OpenGrant,
    ResumeGrant,
    RootWitnessed,
    SignedOrder,
    SuspendGrant,
    order_bytes,
)
from gongxiang.protocol.terms import Terms

PLATFORM = signing.generate(signing.Algorithm.ED25519)
AT = datetime(2026, 11, 22, tzinfo=UTC)
GRANT, RESOURCE = uuid4(), uuid4()


def signed(number: int, order: Message, key: signing.SoftwareKey = PLATFORM) -> SignedOrder:
    body = canonical(order.to_json()).decode()
    signature = key.sign(order_bytes(number=number, issued_at=AT, body=body))
    return SignedOrder(id=number, issued_at=AT, body=body, key_id=key.key_id, signature=signature)


def grant(revision: int, *elements: str, until: int = 30) -> OpenGrant:
    terms = Terms(
        grant_id=GRANT, revision=revision, resource_id=RESOURCE, provider_id=UUID(int=1), consumer_id=UUID(int=2),
        elements=elements, valid_from=AT, valid_until=AT + timedelta(days=until),
    )  # fmt: skip
    return OpenGrant(terms=terms, provider_node_id=UUID(int=3), consumer_node_id=UUID(int=4), exchange_table="r")


@pytest.fixture
def book(tmp_path: Path) -> OrderBook:
    return OrderBook.load(tmp_path / "orders.json", PLATFORM.public_key)


def again(book: OrderBook) -> OrderBook:
    book.save()
    return OrderBook.load(book.path, PLATFORM.public_key)


def test_what_the_platform_did_not_sign_is_not_followed(book: OrderBook) -> None:
    stranger = signing.generate(signing.Algorithm.ED25519)
    with pytest.raises(errors.OrderForged):
        book.take(signed(1, grant(1, "name"), stranger))
    assert book.grants == {}


def test_an_old_order_under_a_new_number_or_date_is_not_followed(book: OrderBook) -> None:
    resumed = signed(2, ResumeGrant(grant_id=GRANT))
    for number, order in enumerate((grant(1, "name"), SuspendGrant(grant_id=GRANT, reason="misuse")), start=3):
        book.take(signed(number, order))
    for more in ({"id": 9}, {"id": 9, "issued_at": AT + timedelta(days=1)}):
        with pytest.raises(errors.OrderForged):
            book.take(replace(resumed, **more))
    assert book.take(resumed) is None
    assert book.grants[GRANT].suspended == "misuse"


def test_an_order_altered_on_disk_is_asked_for_anew(book: OrderBook) -> None:
    book.take(signed(1, grant(1, "name")))
    book.take(signed(2, SuspendGrant(grant_id=GRANT, reason="misuse")))
    book.after = 2
    book.save()
    book.path.write_text(book.path.read_text().replace("misuse", "minuse"))
    found = OrderBook.load(book.path, PLATFORM.public_key)
    assert (found.after, found.grants[GRANT].suspended) == (0, "")


def test_the_book_outlives_a_restart(book: OrderBook) -> None:
    for number, order in enumerate((grant(1, "name"), SuspendGrant(grant_id=GRANT, reason="misuse")), start=1):
        assert book.take(signed(number, order)) == order
        book.after = number
    book = again(book)
    assert (book.after, book.grants[GRANT].suspended) == (2, "misuse")
    book.take(signed(3, ResumeGrant(grant_id=GRANT)))
    assert again(book).grants[GRANT].suspended == ""
    book.take(signed(4, EndGrant(grant_id=GRANT, reason="over")))
    assert again(book).grants[GRANT].ended == "over"


def test_an_old_order_changes_nothing_and_an_early_one_is_kept(book: OrderBook) -> None:
    assert book.take(signed(5, SuspendGrant(grant_id=GRANT, reason="early"))) is not None
    book.take(signed(4, grant(2, "name")))
    assert book.grants[GRANT].suspended == "early"
    assert book.take(signed(3, grant(1, "name", "phone"))) is None
    assert book.grants[GRANT].order.terms.revision == 2


def test_a_projection_that_was_left_and_came_back_counts_anew(book: OrderBook) -> None:
    since = []
    for number, order in enumerate((grant(1, "a", "b"), grant(2, "a", "b", until=60), grant(3, "a"), grant(4, "a", "b")), 1):
        book.take(signed(number, order))
        since.append(book.grants[GRANT].since)
    assert since == [1, 1, 3, 4]
    assert again(book).grants[GRANT].since == 4


def test_a_damaged_book_is_named(book: OrderBook) -> None:
    book.path.write_text("{")
    with pytest.raises(errors.StateDamaged):
        OrderBook.load(book.path, PLATFORM.public_key)


def lease(size: int, root: str) -> Lease:
    return Lease(order_id=1, valid_until=AT, root_size=size, root=root)


def test_the_witness_keeps_and_countersigns_and_notices(tmp_path: Path) -> None:
    told: list[Message] = []
    key = signing.generate(signing.Algorithm.ED25519)
    witness = Witness(tmp_path / "witness.jsonl", node_id=UUID(int=3), signer=key, report=told.append)
    for size, root in ((5, "aa"), (5, "aa"), (9, "bb")):
        witness.see(lease(size, root))
    assert [fact.root_size for fact in told if isinstance(fact, RootWitnessed)] == [5, 9]
    kept = [json.loads(line) for line in (tmp_path / "witness.jsonl").read_text().splitlines()]
    assert [(line["size"], line["root"]) for line in kept] == [(5, "aa"), (9, "bb")]
    witness = Witness(tmp_path / "witness.jsonl", node_id=UUID(int=3), signer=key, report=told.append)
    for size, root in ((9, "cc"), (7, "dd"), (7, "dd")):
        witness.see(lease(size, root))
    assert [fact.code for fact in told if isinstance(fact, Alarm)] == ["evidence_rewritten", "evidence_cut"]
