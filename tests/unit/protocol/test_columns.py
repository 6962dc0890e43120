"""Columns that pass a projection as they are keep their bytes, and nothing else about the projection changes."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from gongxiang.protocol import columns
from gongxiang.protocol.batches import OP, UPSERT, batch_schema, decode_batch, encode_batch
from gongxiang.protocol.errors import SegmentAltered, SegmentOfOtherSchema
from gongxiang.protocol.policy import compile_terms
from gongxiang.protocol.terms import Comparison, Condition, DataType, ElementSpec, Mask, MaskKind, Terms

T = DataType
SPECS = (
    ElementSpec(code="number", type=T.INTEGER, key=True, nullable=False),
    ElementSpec(code="name", type=T.TEXT),
    ElementSpec(code="phone", type=T.TEXT),
    ElementSpec(code="amount", type=T.DECIMAL, precision=12, scale=2),
    ElementSpec(code="weight", type=T.DOUBLE),
    ElementSpec(code="alive", type=T.BOOLEAN),
    ElementSpec(code="born", type=T.DATE),
    ElementSpec(code="changed", type=T.INSTANT),
    ElementSpec(code="seen", type=T.TIMESTAMP),
    ElementSpec(code="photo", type=T.BYTES),
    ElementSpec(code="extra", type=T.JSON),
    ElementSpec(code="file", type=T.UUID),
)
CODES = tuple(spec.code for spec in SPECS)
AREA = (ElementSpec(code="area", type=T.TEXT),)


def row(number, *, holes=False):
    values = {
        "number": number, "name": f"张三{number}😀", "phone": f"139{number:08}", "amount": Decimal(number) / 100,
        "weight": number / 3, "alive": number % 2 == 0, "born": date(1950, 1, 1), "changed": datetime(2026, 1, 1, tzinfo=UTC),
        "seen": datetime.fromisoformat("2026-01-01"), "photo": bytes([number % 256]) * 3, "extra": f'{{"n": {number}}}',
        "file": str(uuid.UUID(int=number)), "area": "150626" if number else "150627",
    }  # fmt: skip
    if holes and number % 3 == 0:
        values = {code: value if code in ("number", "area") else None for code, value in values.items()}
    return {OP: UPSERT, **values}


def body(rows, specs=(*SPECS, *AREA)):
    return encode_batch(pa.RecordBatch.from_pylist(rows, schema=batch_schema(specs)))


def policy(elements=CODES, *, masks=None, conditions=(), specs=(*SPECS, *AREA)):
    ids = [uuid.UUID(int=n) for n in range(1, 5)]
    terms = Terms(
        grant_id=ids[0], revision=1, resource_id=ids[1], provider_id=ids[2], consumer_id=ids[3], elements=elements,
        masks=masks or {}, conditions=conditions, valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=datetime(2027, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return compile_terms(terms, specs, b"s" * 32)


IN_AREA = (Condition(element="area", operator=Comparison.EQ, values=("150626",)),)
KEEP = Mask(kind=MaskKind.KEEP, prefix=3, suffix=4)


@pytest.mark.parametrize("holes", [False, True], ids=["whole", "with NULLs"])
@pytest.mark.parametrize("first", [0, 1], ids=["some rows pass", "all rows pass"])
@pytest.mark.parametrize(
    ("elements", "masks", "conditions"),
    [
        (CODES, {}, ()),
        (CODES, {"phone": KEEP}, IN_AREA),
        (("number", "photo", "name"), {"name": Mask(kind=MaskKind.PSEUDONYM)}, IN_AREA),
        (("name", "phone"), {}, ()),
        (CODES, {"number": Mask(kind=MaskKind.PSEUDONYM), "born": Mask(kind=MaskKind.YEAR)}, IN_AREA),
        (CODES, {"photo": Mask(kind=MaskKind.BLANK)}, ()),
    ],
    ids=["everything", "mask and filter", "few", "hidden key", "masked key", "blank"],
)
def test_a_body_s_projection_is_the_projection_of_its_batch(elements, masks, conditions, first, holes):
    given, view = body([row(n, holes=holes) for n in range(first, 600)]), policy(elements, masks=masks, conditions=conditions)
    assert columns.unpack(given) is not None
    made, rows = view.project_load_body(given)
    expected, found = view.project_load(decode_batch(given)), decode_batch(made)
    found.validate(full=True)
    assert rows == found.num_rows == expected.num_rows
    assert found.schema.equals(expected.schema, check_metadata=True)
    assert found.equals(expected)


def test_what_passes_keeps_its_bytes_and_what_is_not_named_is_gone():
    given, view = body([row(n) for n in range(600)]), policy(("number", "name"))
    made, _ = view.project_load_body(given)
    before, after = columns.unpack(given).columns, columns.unpack(made).columns
    assert set(after) == {OP, "number", "name"}
    for code in ("number", "name"):
        assert [bytes(b) for b in after[code].buffers] == [bytes(b) for b in before[code].buffers]
    assert bytes(before["phone"].buffers[-1])[8:] not in made


def test_a_body_that_is_not_compressed_is_projected_as_ever():
    given = body([row(1), row(2)])
    assert columns.unpack(given) is None
    assert policy(("name",)).project_load_body(given)[1] == 2


def test_a_body_of_another_shape_is_refused():
    given = body([row(n) for n in range(600)])
    with pytest.raises(SegmentOfOtherSchema):
        policy(("more",), specs=(*SPECS, ElementSpec(code="more", type=T.TEXT))).project_load_body(given)
    with pytest.raises(SegmentOfOtherSchema):
        policy(("number", "name"), specs=(SPECS[0], ElementSpec(code="name", type=T.INTEGER))).project_load_body(given)
    for damaged in (given[: len(given) // 2], given[:40], b""):
        with pytest.raises(SegmentAltered):
            policy(("name",)).project_load_body(damaged)


@pytest.mark.parametrize(
    ("texts", "prefix", "suffix", "seen"),
    [
        (["13912345678", "13800000000"], 3, 4, ["139****5678", "138****0000"]),
        (["1234567", "7654321"], 3, 4, ["*******", "*******"]),
        (["12345678", "1234567"], 3, 4, ["123*5678", "*******"]),
        (["张三丰老", "李四光明"], 1, 0, ["张***", "李***"]),
        (["abc", None], 1, 1, ["a*c", None]),
        (["", ""], 1, 1, ["", ""]),
        (["abcd", "efgh"], 0, 0, ["****", "****"]),
        (["abcd", "efgh"], 0, 1, ["***d", "***h"]),
    ],
)
def test_texts_of_one_length_are_masked_as_any_others(texts, prefix, suffix, seen):
    from gongxiang.protocol.masking import keep

    assert keep(pa.array(texts, pa.string()), prefix, suffix).to_pylist() == seen
    assert keep(pa.array(["x", *texts], pa.string()).slice(1), prefix, suffix).to_pylist() == seen
