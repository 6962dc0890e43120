"""The policy lets through what the terms name and nothing else, in every order of events."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongxiang.protocol.batches import (
    DELETE,
    KNOWN_OLD,
    OLD,
    OP,
    TRUNCATE,
    UPSERT,
    batch_schema,
    decode_batch,
    elements_of,
    encode_batch,
)
from gongxiang.protocol.errors import FilterNotCovered, SegmentOfOtherSchema, TermsNotCompilable
from gongxiang.protocol.masking import apply_mask, element_secret
from gongxiang.protocol.policy import GX_KEY, compile_terms, needs_new_load, secret_names
from gongxiang.protocol.terms import Comparison, Condition, DataType, ElementSpec, Mask, MaskKind, Purpose, Terms

C, K, T = Comparison, MaskKind, DataType
SECRET = b"s" * 32
PEOPLE = (
    ElementSpec(code="id_number", type=T.TEXT, key=True, nullable=False),
    ElementSpec(code="name", type=T.TEXT),
    ElementSpec(code="area", type=T.TEXT),
    ElementSpec(code="amount", type=T.DECIMAL, precision=12, scale=2),
    ElementSpec(code="born_on", type=T.DATE),
)


def terms(elements=("id_number", "name"), *, masks=None, conditions=(), **more):
    ids = [uuid.UUID(int=n) for n in range(1, 5)]
    return Terms(
        grant_id=ids[0], revision=1, resource_id=ids[1], provider_id=ids[2], consumer_id=ids[3], elements=tuple(elements),
        masks=masks or {}, conditions=tuple(conditions), valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=datetime(2027, 1, 1, tzinfo=UTC), **more,
    )  # fmt: skip


def where(element, operator, *values):
    return Condition(element=element, operator=operator, values=values)


def people(*rows):
    schema = batch_schema(PEOPLE)
    names = [spec.code for spec in PEOPLE]
    return pa.RecordBatch.from_pylist([{OP: UPSERT, **dict(zip(names, row, strict=True))} for row in rows], schema=schema)


ROWS = people(
    ("150626190001010016", "阿拉坦其其格", "150626", Decimal("100.00"), date(1900, 1, 1)),
    ("150627190002020024", "王😀", "150627", Decimal("99.99"), date(1900, 2, 2)),
    ("150626190003030032", None, None, None, None),
)


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (where("area", C.EQ, "150626"), [0]),
        (where("area", C.NE, "150626"), [1]),
        (where("amount", C.LT, "100"), [1]),
        (where("amount", C.LE, "100.00"), [0, 1]),
        (where("amount", C.GT, "99.99"), [0]),
        (where("born_on", C.GE, "1900-02-02"), [1]),
        (where("area", C.IN, "150627", "150699"), [1]),
        (where("id_number", C.STARTS_WITH, "150626"), [0, 2]),
        (where("name", C.IS_NULL), [2]),
        (where("name", C.NOT_NULL), [0, 1]),
    ],
    ids=lambda v: str(v.operator) if isinstance(v, Condition) else "",
)
def test_a_filter_keeps_what_satisfies_it(condition, kept):
    policy = compile_terms(terms(conditions=[condition]), PEOPLE, SECRET)
    ids = ROWS.column("id_number").to_pylist()
    assert policy.project_load(ROWS).column("id_number").to_pylist() == [ids[i] for i in kept]


def test_conditions_are_joined_by_and():
    policy = compile_terms(terms(conditions=[where("area", C.NOT_NULL), where("amount", C.LT, "100")]), PEOPLE, SECRET)
    assert policy.project_load(ROWS).num_rows == 1
    assert policy.filter_elements == ("amount", "area")


def test_an_element_the_terms_do_not_name_is_dropped_even_if_added_yesterday():
    policy = compile_terms(terms(["id_number"]), PEOPLE, SECRET)
    added = ROWS.append_column("phone", pa.array(["13800000000"] * 3))
    assert policy.project_load(added).schema.names == [OP, "id_number"]


@pytest.mark.parametrize(
    ("code", "mask", "seen"),
    [
        ("name", Mask(kind=K.KEEP, prefix=1), ["阿*****", "王*", None]),
        ("name", Mask(kind=K.KEEP, suffix=1), ["*****格", "*😀", None]),
        ("name", Mask(kind=K.KEEP), ["******", "**", None]),
        ("name", Mask(kind=K.KEEP, prefix=1, suffix=1), ["阿****格", "**", None]),
        ("area", Mask(kind=K.BLANK), [None, None, None]),
        ("born_on", Mask(kind=K.YEAR), [date(1900, 1, 1), date(1900, 1, 1), None]),
        ("amount", Mask(kind=K.KEEP, prefix=1), ["1*****", "9****", None]),
    ],
)
def test_a_mask_hides_what_it_should(code, mask, seen):
    policy = compile_terms(terms(["id_number", code], masks={code: mask}), PEOPLE, SECRET)
    assert policy.project_load(ROWS).column(code).to_pylist() == seen


def test_the_year_of_an_instant_is_beijing_s():
    element = ElementSpec(code="at", type=T.INSTANT)
    late = datetime(2025, 12, 31, 17, tzinfo=UTC)
    masked = apply_mask(pa.array([late, None], pa.timestamp("us", "UTC")), element, Mask(kind=K.YEAR), b"")
    assert masked.to_pylist() == [datetime(2025, 12, 31, 16, tzinfo=UTC), None]


def test_equal_values_have_equal_pseudonyms_and_other_secrets_give_others():
    masks = {"area": Mask(kind=K.PSEUDONYM)}
    batch = people(*[(str(n), None, area, None, None) for n, area in enumerate(["a", "b", "a", None])])
    one = compile_terms(terms(["id_number", "area"], masks=masks), PEOPLE, SECRET).project_load(batch).column("area")
    two = compile_terms(terms(["id_number", "area"], masks=masks), PEOPLE, b"t" * 32).project_load(batch).column("area")
    first, other, again, null = one.to_pylist()
    assert first == again != other
    assert null is None
    assert first != two.to_pylist()[0]
    assert len(first) == 32


def test_a_masked_key_is_replaced_by_gx_key_that_joins_two_grants():
    masks = {"id_number": Mask(kind=K.KEEP, prefix=6, suffix=2)}
    masked = compile_terms(terms(["id_number", "name"], masks=masks), PEOPLE, SECRET)
    withheld = compile_terms(terms(["name"]), PEOPLE, SECRET)
    assert [s.code for s in masked.schema if s.key] == [GX_KEY]
    assert [s.code for s in withheld.schema] == ["name", GX_KEY]
    one, two = masked.project_load(ROWS), withheld.project_load(ROWS)
    assert one.column(GX_KEY).equals(two.column(GX_KEY))
    assert one.column("id_number")[0].as_py() == "150626**********16"
    assert len(set(one.column(GX_KEY).to_pylist())) == 3


def test_the_hidden_parts_of_a_composite_key_cannot_be_shifted_into_each_other():
    pair = (
        ElementSpec(code="a", type=T.TEXT, key=True),
        ElementSpec(code="b", type=T.TEXT, key=True),
        ElementSpec(code="c", type=T.INTEGER, key=True),
    )
    rows = [{OP: 1, "a": "ab", "b": "c", "c": 1}, {OP: 1, "a": "a", "b": "bc", "c": 1}]
    policy = compile_terms(terms(["c"]), pair, SECRET)
    seen = policy.project_load(pa.RecordBatch.from_pylist(rows, schema=batch_schema(pair)))
    assert [s.code for s in policy.schema if s.key] == ["c", GX_KEY]
    assert len(set(seen.column(GX_KEY).to_pylist())) == 2


def test_a_provider_s_node_compiles_with_the_secrets_of_this_grant_only():
    masks = {"id_number": Mask(kind=K.PSEUDONYM), "area": Mask(kind=K.PSEUDONYM), "born_on": Mask(kind=K.BLANK)}
    given_terms = terms(["id_number", "area"], masks=masks)
    names = secret_names(given_terms, PEOPLE)
    assert names == ("area", "id_number")
    own = {name: element_secret(SECRET, name) for name in names}
    assert (
        compile_terms(given_terms, PEOPLE, own)
        .project_load(ROWS)
        .equals(compile_terms(given_terms, PEOPLE, SECRET).project_load(ROWS))
    )
    assert secret_names(terms(["name"]), PEOPLE) == ("id_number",)
    assert secret_names(terms(["id_number"]), PEOPLE) == ()
    with pytest.raises(TermsNotCompilable, match="secret of"):
        compile_terms(given_terms, PEOPLE, {})


@pytest.mark.parametrize(
    ("given_terms", "words"),
    [
        (terms(["id_number", "wages"]), "no element wages"),
        (terms(conditions=[where("wages", C.EQ, "1")]), "no element wages"),
        (terms([]), "name no element"),
        (terms(conditions=[where("area", C.EQ)]), "0 values"),
        (terms(conditions=[where("area", C.IN)]), "0 values"),
        (terms(conditions=[where("area", C.IS_NULL, "x")]), "1 values"),
        (terms(conditions=[where("amount", C.STARTS_WITH, "1")]), "needs a text"),
        (terms(conditions=[where("amount", C.EQ, "a lot")]), "cannot be read"),
        (terms(conditions=[where("amount", C.EQ, "1.001")]), "cannot be read"),
        (terms(["name"], masks={"name": Mask(kind=K.YEAR)}), "does not fit"),
        (terms(["name"], masks={"name": Mask(kind=K.KEEP, prefix=-1)}), "negative"),
    ],
)
def test_terms_that_do_not_fit_are_refused(given_terms, words):
    with pytest.raises(TermsNotCompilable, match=words):
        compile_terms(given_terms, PEOPLE, SECRET)


@pytest.mark.parametrize(
    ("element", "condition", "words"),
    [
        (ElementSpec(code="x", type=T.UUID), where("x", C.LT, str(uuid.UUID(int=1))), "no order"),
        (ElementSpec(code="x", type=T.JSON), where("x", C.EQ, "{}"), "is JSON"),
        (ElementSpec(code=GX_KEY, type=T.TEXT), where("id_number", C.EQ, "1"), "may not be called"),
    ],
)
def test_types_that_cannot_be_filtered_by_are_refused(element, condition, words):
    with pytest.raises(TermsNotCompilable, match=words):
        compile_terms(terms(conditions=[condition]), (*PEOPLE, element), SECRET)


def test_a_resource_without_a_key_is_refused():
    with pytest.raises(TermsNotCompilable, match="no key"):
        compile_terms(terms(["name"]), PEOPLE[1:], SECRET)


def test_a_batch_of_another_shape_is_refused():
    policy = compile_terms(terms(), PEOPLE, SECRET)
    with pytest.raises(SegmentOfOtherSchema, match="does not carry"):
        policy.project_load(ROWS.select([OP, "id_number"]))
    with pytest.raises(SegmentOfOtherSchema, match="instead of"):
        policy.project_load(pa.RecordBatch.from_pylist([{"id_number": 1, "name": "x"}]))
    bad = ROWS.set_column(0, ROWS.schema.field(OP), pa.array([1, 9, 1], pa.int8()))
    with pytest.raises(SegmentOfOtherSchema, match="operation"):
        policy.project_changes(bad)


def test_changes_without_the_filter_s_old_values_are_refused():
    policy = compile_terms(terms(conditions=[where("area", C.EQ, "150626")]), PEOPLE, SECRET)
    with pytest.raises(FilterNotCovered):
        policy.project_changes(ROWS)
    schema = batch_schema(PEOPLE, ["amount"])
    other = pa.RecordBatch.from_pylist([{OP: UPSERT, "id_number": "1", KNOWN_OLD: True}], schema=schema)
    with pytest.raises(FilterNotCovered):
        policy.project_changes(other)


def test_only_a_change_of_what_flows_needs_a_new_load():
    old = terms()
    assert not needs_new_load(old, replace(old, revision=2, purposes=(Purpose.REFERENCE,)))
    assert needs_new_load(old, terms(["id_number"]))
    assert needs_new_load(old, terms(conditions=[where("area", C.EQ, "1")]))
    assert needs_new_load(old, terms(masks={"name": Mask(kind=K.BLANK)}))
    assert needs_new_load(old, terms(key_version=2))


# ---- any interleaving ---------------------------------------------------------------------------------------------------

KEYS = ["k1", "k2", "k3", "k4"]
value = st.sampled_from([None, "in", "out"])
event = st.one_of(
    st.tuples(st.just(UPSERT), st.sampled_from(KEYS), value, st.integers(0, 9)),
    st.tuples(st.just(DELETE), st.sampled_from(KEYS), st.none(), st.none()),
    st.tuples(st.just(TRUNCATE), st.none(), st.none(), st.none()),
)
TABLE = (
    ElementSpec(code="k", type=T.TEXT, key=True, nullable=False),
    ElementSpec(code="area", type=T.TEXT),
    ElementSpec(code="n", type=T.INTEGER),
)
VIEWS = [
    terms(["k", "area", "n"]),
    terms(["k", "n"], conditions=[where("area", C.EQ, "in")]),
    terms(["k", "n"], conditions=[where("area", C.IS_NULL)]),
    terms(["n"], conditions=[where("area", C.EQ, "in"), where("n", C.GT, "3")]),
    terms(["k", "n"], masks={"k": Mask(kind=K.KEEP, prefix=1)}, conditions=[where("area", C.NE, "in")]),
]


def as_batch(state, events, old):
    """What a provider's node seals: each event with the values its row had in the exchange database before."""
    rows = []
    for op, key, area, n in events:
        before = state.get(key)
        row = {OP: op, "k": key, "area": area, "n": n}
        if old:
            row[KNOWN_OLD] = before is not None
            row |= {OLD + code: before and before[code] for code in old}
        rows.append(row)
        if op == UPSERT:
            state[key] = {"k": key, "area": area, "n": n}
        elif op == DELETE:
            state.pop(key, None)
        else:
            state.clear()
    return pa.RecordBatch.from_pylist(rows, schema=batch_schema(TABLE, old))


def consume(table, batch, policy):
    keys = [s.code for s in policy.schema if s.key]
    for row in batch.to_pylist():
        op, identity = row.pop(OP), tuple(row[k] for k in keys)
        if op == UPSERT:
            table[identity] = row
        elif op == DELETE:
            assert all(v is None for name, v in row.items() if name not in keys)
            table.pop(identity, None)
        else:
            table.clear()


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(VIEWS), st.lists(st.lists(event, max_size=8), max_size=5))
def test_projected_changes_end_where_the_projected_end_state_is(view, history):
    policy = compile_terms(view, TABLE, SECRET)
    state, table = {}, {}
    for events in history:
        batch = decode_batch(encode_batch(as_batch(state, events, policy.filter_elements)))
        assert elements_of(batch.schema) == TABLE
        consume(table, policy.project_changes(batch), policy)
    end = {}
    whole = pa.RecordBatch.from_pylist([{OP: UPSERT, **row} for row in state.values()], schema=batch_schema(TABLE))
    consume(end, policy.project_load(whole), policy)
    assert table == end


@settings(deadline=None, max_examples=60)
@given(st.lists(event, min_size=1, max_size=12))
def test_a_row_that_was_never_inside_the_filter_never_shows_its_key(events):
    policy = compile_terms(VIEWS[1], TABLE, SECRET)
    inside = {key for op, key, area, _ in events if op == UPSERT and area == "in"}
    seen = policy.project_changes(as_batch({}, events, policy.filter_elements)).column("k").to_pylist()
    assert {key for key in seen if key is not None} <= inside


def test_an_empty_batch_has_the_consumer_s_shape():
    policy = compile_terms(terms(["name"]), PEOPLE, SECRET)
    assert elements_of(policy.empty().schema) == policy.schema
