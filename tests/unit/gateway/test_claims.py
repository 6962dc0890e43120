"""Claims: what a segment shows of a doubted record, what a claim may hold, whose ticket opens it."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from gongxiang.gateway.claims import LARGEST_FILE, check_claim_ticket, read_claim, shows_change
from gongxiang.protocol.batches import DELETE, KNOWN_OLD, OLD, OP, UPSERT, batch_schema, encode_batch
from gongxiang.protocol.errors import FilterNotCovered, RequestMalformed, TicketAltered
from gongxiang.protocol.policy import GX_KEY, Policy, compile_terms
from gongxiang.protocol.segments import Segment, SegmentHeader, SegmentKind, seal_segment
from gongxiang.protocol.signing import generate
from gongxiang.protocol.terms import Comparison, Condition, DataType, ElementSpec, Mask, MaskKind, Purpose, Terms
from gongxiang.protocol.tickets import CLAIM, CLAIM_READ, SAMPLE, Ticket

AT = datetime(2026, 11, 2, tzinfo=UTC)
ELEMENTS = (
    ElementSpec(code="code", type=DataType.TEXT, key=True, nullable=False),
    ElementSpec(code="name", type=DataType.TEXT),
    ElementSpec(code="phone", type=DataType.TEXT),
    ElementSpec(code="level", type=DataType.INTEGER),
)
KEY = generate()
ROW = {"code": "1", "name": "甲", "phone": "13900000001", "level": 3}


def terms(**more: Any) -> Terms:
    values: dict[str, Any] = {
        "grant_id": uuid.UUID(int=1), "revision": 1, "resource_id": uuid.UUID(int=2), "provider_id": uuid.UUID(int=3),
        "consumer_id": uuid.UUID(int=4), "elements": ("code", "name", "phone", "level"), "valid_from": AT - timedelta(days=1),
        "valid_until": AT + timedelta(days=1),
    }  # fmt: skip
    return Terms(**values | more)


def policy(**more: Any) -> Policy:
    return compile_terms(terms(**more), ELEMENTS, b"s" * 32)


def segment(kind: SegmentKind, *rows: dict[str, Any], old: tuple[str, ...] = ()) -> Segment:
    batch = pa.RecordBatch.from_pylist([{OP: UPSERT, **row} for row in rows], schema=batch_schema(ELEMENTS, old))
    header = SegmentHeader(
        stream_id=uuid.UUID(int=2), schema_version=1, seq=5, kind=kind, epoch=1, position="0/5", rows=batch.num_rows,
        upserts=batch.num_rows, committed_at=AT if kind is SegmentKind.CHANGES else None, prev_digest="",
    )  # fmt: skip
    return seal_segment(header, encode_batch(batch), KEY)


def claim(**present: str) -> dict[str, Any]:
    return {"key": {"code": "1"}, "present": present}


CHANGES, LOAD = SegmentKind.CHANGES, SegmentKind.LOAD


@pytest.mark.parametrize(
    ("kind", "row", "doubted", "seen"),
    [
        (CHANGES, {"name": "乙"}, {"name": "甲"}, True),
        (CHANGES, {"name": "甲"}, {"name": "甲"}, False),
        (CHANGES, {"name": " 甲 "}, {"name": "甲"}, False),
        (CHANGES, {"name": None}, {"name": "甲"}, True),
        (CHANGES, {"name": "乙", "code": "2"}, {"name": "甲"}, False),
        (CHANGES, {"level": 4}, {"level": "3"}, True),
        (CHANGES, {"level": 4}, {"name": "甲"}, False),
        (CHANGES, {"level": 4}, {}, True),
        (CHANGES, {OP: DELETE}, {"name": "甲"}, True),
        (LOAD, {"name": "甲"}, {"name": "甲"}, False),
        (LOAD, {"name": "乙"}, {"name": "甲"}, True),
        (LOAD, {"name": "乙"}, {}, False),
    ],
    ids=[
        "corrected", "same", "blanks", "emptied", "another row", "a number", "another element", "nothing quoted", "deleted",
        "loaded as it was", "loaded corrected", "loaded, nothing quoted",
    ],
)  # fmt: skip
def test_what_a_segment_shows_of_a_record(kind: SegmentKind, row: dict[str, Any], doubted: dict[str, str], seen: bool) -> None:
    assert shows_change(policy(), segment(kind, {**ROW, **row}), claim(**doubted)) is seen


def test_behind_masks_any_change_of_the_record_counts() -> None:
    masked = policy(masks={"phone": Mask(kind=MaskKind.KEEP, prefix=3, suffix=2), "code": Mask(kind=MaskKind.KEEP, prefix=1)})
    changed = segment(CHANGES, {**ROW, "phone": "13988888801"}, {**ROW, "code": "2"})
    (key, other) = masked.project_changes(pa.ipc.open_stream(changed.body).read_next_batch()).column(GX_KEY).to_pylist()
    doubted = {"present": {"phone": "139******01"}}
    assert shows_change(masked, changed, {"key": {GX_KEY: key}, **doubted})
    assert shows_change(masked, changed, {"key": {GX_KEY: other}, **doubted})
    assert not shows_change(masked, changed, {"key": {GX_KEY: "0" * 32}, **doubted})
    assert not shows_change(masked, changed, {"key": {"code": "1"}, **doubted})


def test_a_row_that_leaves_the_filter_was_changed_and_an_uncovered_filter_says_nothing() -> None:
    here = (Condition(element="level", operator=Comparison.EQ, values=("3",)),)
    left = segment(CHANGES, {**ROW, "level": 4, OLD + "level": 3, KNOWN_OLD: True}, old=("level",))
    assert shows_change(policy(conditions=here), left, claim(name="甲"))
    with pytest.raises(FilterNotCovered):
        shows_change(policy(conditions=here), segment(CHANGES, ROW), claim(name="甲"))


@pytest.mark.parametrize(
    "value",
    [
        [], None, {}, {"key": {}}, {"key": {"code": ""}}, {"key": {"code": 1}}, {"key": {"code": "1", "name": "甲"}},
        {"key": {"code": "1"}, "present": {"salary": "1"}}, {"key": {"code": "1"}, "believed": [1]},
        {"key": {"code": "1"}, "believed": "x"}, {"key": {"code": "1"}, "words": 7},
        {"key": {"code": "1"}, "words": "长" * 4001},
        {"key": {"code": "\ud800"}}, {"key": {"code": "1"}, "file": {"name": "a", "data": "!"}},
        {"key": {"code": "1"}, "file": {"name": "a", "data": "QUFB" * (LARGEST_FILE // 3 + 2)}},
        {"key": {"code": "1"}, "file": 5},
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_one(value: Any) -> None:
    with pytest.raises(RequestMalformed):
        read_claim(value, policy().schema)


def test_a_file_keeps_its_name_and_no_path() -> None:
    found = read_claim({"key": {"code": "1"}, "file": {"name": "../../etc/passwd", "data": "QQ=="}}, policy().schema)
    assert found["file"] == {"name": "passwd", "data": "QQ=="}


def test_a_ticket_opens_what_it_was_given_for() -> None:
    ticket = Ticket(
        ticket_id=uuid.uuid4(), kind=CLAIM, person="p", resource_id=uuid.UUID(int=2), grant_id=uuid.UUID(int=1),
        purpose=Purpose.VERIFICATION, terms=terms(), issued_at=AT, subject=uuid.UUID(int=9),
    )  # fmt: skip
    assert check_claim_ticket(ticket, CLAIM) == (uuid.UUID(int=9), terms())
    for changes in (
        {"kind": CLAIM_READ}, {"kind": SAMPLE}, {"subject": None}, {"terms": None}, {"resource_id": uuid.uuid4()},
        {"grant_id": uuid.uuid4()}, {"grant_id": None},
    ):  # fmt: skip
        with pytest.raises(TicketAltered):
            check_claim_ticket(replace(ticket, **changes), CLAIM)
