"""A segment is exactly what was sealed, or it is refused."""

import uuid
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from gongxiang.protocol import errors
from gongxiang.protocol.batches import (
    KNOWN_OLD,
    OP,
    batch_schema,
    decode_batch,
    decode_schema,
    elements_of,
    empty_batch,
    encode_batch,
)
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.errors import (
    ERRORS,
    ClockSkewed,
    DataPlaneError,
    RequestMalformed,
    SegmentAltered,
    SegmentOfOtherSchema,
    SignatureWrong,
    Terminal,
    Transient,
    error_from,
)
from gongxiang.protocol.receipts import Receipt
from gongxiang.protocol.requests import WINDOW, read_request, sign_request, verify_request
from gongxiang.protocol.segments import (
    SegmentHeader,
    SegmentKind,
    encode,
    open_segment,
    open_segments,
    seal,
    seal_segment,
    split,
    target,
)
from gongxiang.protocol.signing import Algorithm, generate
from gongxiang.protocol.terms import DataType, ElementSpec

KEY, OTHER = generate(Algorithm.ED25519), generate(Algorithm.ED25519)
AT = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
HEADER = SegmentHeader(
    stream_id=uuid.UUID(int=1), schema_version=1, epoch=1, seq=1, kind=SegmentKind.CHANGES, targets=("a",), position="0/1",
    rows=1, upserts=1, committed_at=AT,
)  # fmt: skip
ELEMENTS = (
    ElementSpec(code="k", type=DataType.TEXT, key=True),
    ElementSpec(code="n", type=DataType.DECIMAL, precision=5, scale=1),
)


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_what_was_sealed_comes_out(algorithm):
    data = seal(HEADER, b"body", KEY, algorithm=algorithm)
    segment = open_segment(data, KEY.public_key)
    assert segment.body == b"body"
    assert segment.digest.startswith(f"{algorithm}:")
    assert segment.header.key_id == KEY.key_id
    assert segment.data() == data
    assert (segment.header.targets, segment.header.committed_at) == (("a",), AT)


def test_segments_stand_one_after_another():
    one, two = seal(HEADER, b"1", KEY), seal(HEADER, b"", KEY)
    assert [s.body for s in open_segments(one + two, KEY.public_key)] == [b"1", b""]
    with pytest.raises(SegmentAltered, match="One segment"):
        open_segment(one + two, KEY.public_key)


def test_every_changed_byte_is_found():
    data = seal(HEADER, b"some body", KEY)
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]
        with pytest.raises(SegmentAltered):
            open_segment(changed, KEY.public_key)
    for length in range(1, len(data)):
        with pytest.raises(SegmentAltered):
            list(split(data[:length]))


def test_another_key_is_refused():
    with pytest.raises(SegmentAltered, match="signature"):
        open_segment(seal(HEADER, b"", KEY), OTHER.public_key)


@pytest.mark.parametrize("header", [b"[]", b"{", b"{}", b'{"stream_id":1}'])
def test_a_header_of_another_shape_is_refused(header):
    with pytest.raises(SegmentAltered, match="header"):
        list(split(encode(header, KEY.sign(header), b"")))


def test_a_signature_that_is_no_text_is_refused():
    made = seal_segment(HEADER, b"x", KEY)
    data = encode(made.header_bytes, "A" * 88, b"x").replace(b"A" * 88, b"\xff" * 88)
    with pytest.raises(SegmentAltered, match="signature cannot be read"):
        list(split(data))


def test_an_unknown_digest_is_refused():
    made = seal_segment(HEADER, b"x", KEY)
    header = made.header_bytes.replace(b"sha256:", b"md5:")
    with pytest.raises(SegmentAltered, match="unknown digest"):
        open_segment(encode(header, KEY.sign(header), b"x"), KEY.public_key)


def test_a_target_names_grant_and_revision():
    assert target(uuid.UUID(int=1), 3) == f"{uuid.UUID(int=1)}@3"


# ---- bodies -------------------------------------------------------------------------------------------------------------


def test_a_batch_survives_its_body():
    schema = batch_schema(ELEMENTS, ["k"])
    batch = pa.RecordBatch.from_pylist([{OP: 1, "k": "a", "n": None, "_old_k": None, KNOWN_OLD: False}], schema=schema)
    body = encode_batch(batch)
    assert decode_batch(body).equals(batch)
    assert elements_of(decode_schema(body)) == ELEMENTS
    assert encode_batch(batch) == body
    assert decode_batch(encode_batch(empty_batch(schema))).num_rows == 0


def test_bodies_of_another_shape_are_refused():
    for damaged in (b"", b"no arrow", encode_batch(empty_batch(batch_schema(ELEMENTS)))[:40]):
        with pytest.raises(SegmentAltered):
            decode_batch(damaged)
        with pytest.raises(SegmentAltered):
            decode_schema(damaged)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch_schema(ELEMENTS)):
        pass
    with pytest.raises(SegmentAltered, match="0 batches"):
        decode_batch(sink.getvalue().to_pybytes())


def test_columns_other_than_the_named_elements_are_refused():
    good = batch_schema(ELEMENTS)
    for schema in (
        good.remove_metadata(),
        good.append(pa.field("phone", pa.string())),
        good.remove(1),
        good.append(pa.field("_old_z", pa.string())),
        good.with_metadata({b"gx.elements": b'[{"code":"k"}]'}),
    ):
        with pytest.raises(SegmentOfOtherSchema):
            elements_of(schema)


# ---- requests -----------------------------------------------------------------------------------------------------------

CALL = {"method": "POST", "path": "/x/v1/facts?a=1", "body": b"{}"}


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_a_signed_request_is_its_node_s(algorithm):
    headers = sign_request(signer=KEY, node_id=uuid.UUID(int=7), at=AT, algorithm=algorithm, **CALL)
    if algorithm == "sm3":
        del headers["gx-digest"]
    request = read_request(headers)
    verify_request(request, public_key=KEY.public_key, at=AT + WINDOW, **CALL)
    for change in ({"method": "GET"}, {"path": "/x/v1/facts?a=2"}, {"body": b"[]"}):
        with pytest.raises(SignatureWrong):
            verify_request(request, public_key=KEY.public_key, at=AT, **CALL | change)
    with pytest.raises(SignatureWrong):
        verify_request(request, public_key=OTHER.public_key, at=AT, **CALL)
    with pytest.raises(ClockSkewed, match="2026-11-22T06:05:00"):
        verify_request(request, public_key=KEY.public_key, at=AT + 2 * WINDOW, **CALL)


@pytest.mark.parametrize(
    "change",
    [
        {"gx-node": "x"},
        {"gx-time": "now"},
        {"gx-nonce": "00"},
        {"gx-nonce": "Z" * 20},
        {"gx-digest": "md5"},
        {"gx-signature": None},
    ],
    ids=str,
)
def test_identity_headers_that_cannot_be_read(change):
    headers = sign_request(signer=KEY, node_id=uuid.UUID(int=7), at=AT, **CALL) | change
    with pytest.raises(RequestMalformed):
        read_request({name: value for name, value in headers.items() if value is not None})


# ---- receipts and errors ------------------------------------------------------------------------------------------------


def test_a_receipt_is_its_signer_s():
    grant_id = uuid.UUID(int=3)
    receipt = Receipt(
        grant_id=grant_id, revision=1, epoch=1, seq=2, upserts=3, deletes=0, rows_in_table=3, lag_ms=4, digest="d", at=AT
    ).signed(KEY)
    again = Receipt.from_json(receipt.to_json(), grant_id=grant_id)
    assert again.check(KEY.public_key) == receipt
    with pytest.raises(errors.ReceiptRefused):
        Receipt.from_json(receipt.to_json(), grant_id=uuid.UUID(int=4)).check(KEY.public_key)
    with pytest.raises(errors.ReceiptRefused):
        Receipt.from_json({}, grant_id=grant_id)


@pytest.mark.parametrize("error", ERRORS.values(), ids=list(ERRORS))
def test_every_error_says_what_happened_and_what_to_do(error):
    made = error(place=3)
    body = made.to_json()["error"]
    assert body["code"] == error.code()
    assert body["place"] == 3
    assert made.message.endswith(".")
    assert error in (DataPlaneError, Terminal) or body["advice"]
    again = error_from(made.to_json())
    assert type(again) is error
    assert again.facts == {"place": 3}


def test_an_error_of_a_newer_gateway_keeps_its_words():
    made = error_from({"error": {"code": "brand_new", "message": "New.", "transient": False}})
    assert (type(made), made.message) == (Terminal, "New.")
    assert type(error_from({"error": {"code": "x"}})) is Transient
    assert type(error_from("no json")) is Transient
    assert canonical(made.to_json())
