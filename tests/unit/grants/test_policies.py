"""Terms that make sense, narrowing told from widening, reasons from the list: one table each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from gongxiang.platform.grants import errors, policies
from gongxiang.platform.grants.shared import lateness
from gongxiang.platform.kernel.errors import Shortfalls
from gongxiang.protocol.terms import Comparison, Condition, DataType, ElementSpec, Mask, MaskKind, Purpose, Terms, Volume

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
SPECS = (
    ElementSpec(code="id", type=DataType.TEXT, key=True, nullable=False),
    ElementSpec(code="town", type=DataType.TEXT),
    ElementSpec(code="amount", type=DataType.DECIMAL, precision=10, scale=2),
    ElementSpec(code="born", type=DataType.DATE),
    ElementSpec(code="active", type=DataType.BOOLEAN),
    ElementSpec(code="note", type=DataType.JSON),
    ElementSpec(code="seen", type=DataType.INSTANT),
    ElementSpec(code="age", type=DataType.INTEGER),
    ElementSpec(code="rate", type=DataType.DOUBLE),
)
KEEP = Mask(kind=MaskKind.KEEP, prefix=3, suffix=2)
_ID = UUID(int=1)


def terms(**changes: Any) -> Terms:
    """Terms with nothing wrong."""
    values: dict[str, Any] = {
        "grant_id": _ID, "revision": 1, "resource_id": _ID, "provider_id": _ID, "consumer_id": _ID, "elements": ("id", "town"),
        "purposes": (Purpose.VERIFICATION,), "valid_from": AT, "valid_until": AT + timedelta(days=30),
    }  # fmt: skip
    return Terms(**{**values, **changes})


def condition(element: str, operator: Comparison, *values: str) -> Condition:
    """One row filter."""
    return Condition(element=element, operator=operator, values=values)


GOOD = {
    "plain": {},
    "masked": {"masks": {"id": KEEP}},
    "pseudonym": {"masks": {"id": Mask(kind=MaskKind.PSEUDONYM)}},
    "year": {"elements": ("born",), "masks": {"born": Mask(kind=MaskKind.YEAR)}},
    "key left out": {"elements": ("town",)},
    "filter on what is not granted": {"conditions": (condition("amount", Comparison.GE, "10.5"),)},
    "one of": {"conditions": (condition("town", Comparison.IN, "a", "b"),)},
    "begins": {"conditions": (condition("town", Comparison.STARTS_WITH, "嘎"),)},
    "null": {"conditions": (condition("note", Comparison.IS_NULL),)},
    "boolean": {"conditions": (condition("active", Comparison.EQ, "true"),)},
    "date": {"conditions": (condition("born", Comparison.LT, "1990-01-31"),)},
    "instant": {"conditions": (condition("seen", Comparison.GT, "2026-01-01T00:00:00+08:00"),)},
    "integer": {"conditions": (condition("age", Comparison.LE, "60"),)},
    "double": {"conditions": (condition("rate", Comparison.NE, "0.5"),)},
}
BAD: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "nothing granted": ({"elements": ()}, errors.NoElements),
    "unknown element": ({"elements": ("id", "gone")}, errors.UnknownElement),
    "mask on what is not granted": ({"masks": {"amount": KEEP}}, errors.MaskWithoutElement),
    "year of a text": ({"masks": {"town": Mask(kind=MaskKind.YEAR)}}, errors.MaskUnfit),
    "negative mask": ({"masks": {"town": Mask(kind=MaskKind.KEEP, prefix=-1)}}, errors.MaskUnfit),
    "keep of a boolean": ({"elements": ("active",), "masks": {"active": KEEP}}, errors.MaskUnfit),
    "pseudonym of JSON": ({"elements": ("note",), "masks": {"note": Mask(kind=MaskKind.PSEUDONYM)}}, errors.MaskUnfit),
    "filter on nothing": ({"conditions": (condition("gone", Comparison.EQ, "1"),)}, errors.UnknownElement),
    "no value": ({"conditions": (condition("town", Comparison.EQ),)}, errors.ConditionUnfit),
    "empty list": ({"conditions": (condition("town", Comparison.IN),)}, errors.ConditionUnfit),
    "value not wanted": ({"conditions": (condition("town", Comparison.IS_NULL, "x"),)}, errors.ConditionUnfit),
    "begins with a number": ({"conditions": (condition("age", Comparison.STARTS_WITH, "1"),)}, errors.ConditionUnfit),
    "order of booleans": ({"conditions": (condition("active", Comparison.LT, "true"),)}, errors.ConditionUnfit),
    "value of JSON": ({"conditions": (condition("note", Comparison.EQ, "{}"),)}, errors.ConditionUnfit),
    "not a number": ({"conditions": (condition("age", Comparison.EQ, "many"),)}, errors.ConditionUnfit),
    "not a decimal": ({"conditions": (condition("amount", Comparison.EQ, "1,5"),)}, errors.ConditionUnfit),
    "not finite": ({"conditions": (condition("amount", Comparison.EQ, "NaN"),)}, errors.ConditionUnfit),
    "not a date": ({"conditions": (condition("born", Comparison.EQ, "31.1.1990"),)}, errors.ConditionUnfit),
    "not a boolean": ({"conditions": (condition("active", Comparison.EQ, "是"),)}, errors.ConditionUnfit),
    "no purpose": ({"purposes": ()}, errors.NoPurpose),
    "ends before it begins": ({"valid_until": AT}, errors.PeriodUnfit),
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_terms_can_stand(changes: dict[str, Any]) -> None:
    assert policies.find_term_problems(terms(**changes), SPECS) == []
    policies.check_terms(terms(**changes), SPECS, at=AT)


@pytest.mark.parametrize(("changes", "refusal"), BAD.values(), ids=BAD)
def test_terms_are_refused(changes: dict[str, Any], refusal: type[Exception]) -> None:
    problems = policies.find_term_problems(terms(**changes), SPECS)
    assert [type(problem) for problem in problems] == [refusal]
    with pytest.raises(Shortfalls):
        policies.check_terms(terms(**changes), SPECS, at=AT)


def test_terms_that_ended_before_now_are_refused() -> None:
    with pytest.raises(Shortfalls):
        policies.check_terms(terms(), SPECS, at=AT + timedelta(days=31))


BASE = terms(
    masks={"id": KEEP},
    conditions=(condition("town", Comparison.IN, "a", "b"), condition("amount", Comparison.GE, "10")),
    purposes=(Purpose.VERIFICATION, Purpose.DECISION),
)
NARROWER: dict[str, dict[str, Any]] = {
    "same": {},
    "fewer elements": {"elements": ("id",)},
    "more masks": {"masks": {"id": KEEP, "town": Mask(kind=MaskKind.BLANK)}},
    "stricter mask": {"masks": {"id": Mask(kind=MaskKind.KEEP, prefix=1, suffix=0)}},
    "blank instead": {"masks": {"id": Mask(kind=MaskKind.BLANK)}},
    "masked element left out": {"elements": ("town",), "masks": {}},
    "one of fewer": {"conditions": (condition("town", Comparison.EQ, "a"), condition("amount", Comparison.GE, "10"))},
    "further condition": {"conditions": (*BASE.conditions, condition("active", Comparison.EQ, "true"))},
    "fewer purposes": {"purposes": (Purpose.DECISION,)},
    "shorter": {"valid_until": AT + timedelta(days=3)},
}
WIDER: dict[str, tuple[dict[str, Any], list[str]]] = {
    "element": ({"elements": ("id", "town", "born")}, ["element:born"]),
    "mask off": ({"masks": {}}, ["mask:id"]),
    "mask weaker": ({"masks": {"id": Mask(kind=MaskKind.KEEP, prefix=6, suffix=2)}}, ["mask:id"]),
    "other mask": ({"masks": {"id": Mask(kind=MaskKind.PSEUDONYM)}}, ["mask:id"]),
    "no conditions": ({"conditions": ()}, ["condition:town", "condition:amount"]),
    "other value": ({"conditions": (condition("town", Comparison.EQ, "c"), BASE.conditions[1])}, ["condition:town"]),
    "more of a number": ({"conditions": (BASE.conditions[0], condition("amount", Comparison.GE, "5"))}, ["condition:amount"]),
    "purpose": ({"purposes": (*BASE.purposes, Purpose.REFERENCE)}, ["purpose:reference"]),
    "longer": ({"valid_until": AT + timedelta(days=31)}, ["period:until"]),
}


@pytest.mark.article("wushen-2021-60:22.3")
@pytest.mark.parametrize("changes", NARROWER.values(), ids=NARROWER)
def test_narrowing_is_no_widening(changes: dict[str, Any]) -> None:
    assert policies.find_widenings(BASE, replace(BASE, **changes)) == []
    assert policies.same_terms(BASE, replace(BASE, **changes)) is (changes == {})


@pytest.mark.article("wushen-2021-60:22.3", "cn-809:25")
@pytest.mark.parametrize(("changes", "widened"), WIDER.values(), ids=WIDER)
def test_widening_is_found(changes: dict[str, Any], widened: list[str]) -> None:
    assert policies.find_widenings(BASE, replace(BASE, **changes)) == widened
    assert len(policies.widening_words(widened).split(";")) == len(widened)


@pytest.mark.parametrize(
    ("old", "new", "implied"),
    [
        (condition("town", Comparison.STARTS_WITH, "嘎"), condition("town", Comparison.STARTS_WITH, "嘎鲁图"), True),
        (condition("town", Comparison.STARTS_WITH, "嘎"), condition("town", Comparison.IN, "嘎鲁图镇", "嘎查"), True),
        (condition("town", Comparison.STARTS_WITH, "嘎"), condition("town", Comparison.EQ, "图克镇"), False),
        (condition("town", Comparison.NOT_NULL), condition("town", Comparison.EQ, "图克镇"), True),
        (condition("town", Comparison.NOT_NULL), condition("town", Comparison.IS_NULL), False),
    ],
)
def test_a_condition_follows_from_a_stricter_one(old: Condition, new: Condition, implied: bool) -> None:
    before, after = replace(BASE, conditions=(old,)), replace(BASE, conditions=(new,))
    assert (policies.find_widenings(before, after) == []) is implied


@pytest.mark.article("cn-809:27")
@pytest.mark.parametrize(
    ("reason", "statement", "may"), [("misuse", "超范围使用", True), ("", "超范围使用", False), ("misuse", "x", False)]
)
def test_reasons_come_from_the_list_with_words(reason: str, statement: str, may: bool) -> None:
    if may:
        policies.check_reasoned(reason, statement, policies.SUSPEND_REASONS)
    else:
        with pytest.raises(errors.ReasonNeeded):
            policies.check_reasoned(reason, statement, policies.SUSPEND_REASONS)


def test_volume_is_limited_where_somebody_asks_and_only_by_numbers() -> None:
    policies.check_volume(Volume(), mode="table")
    policies.check_volume(Volume(calls_per_day=1, rows_in_all=policies.LARGEST_VOLUME), mode="api")
    with pytest.raises(errors.VolumeNotForTables):
        policies.check_volume(Volume(rows_per_day=5), mode="table")
    for wrong in (0, -1, policies.LARGEST_VOLUME + 1):
        with pytest.raises(errors.VolumeUnfit):
            policies.check_volume(Volume(calls_per_day=wrong), mode="file")


@pytest.mark.parametrize(
    ("old", "new", "widened"),
    [
        ({}, {"rows_per_day": 5}, []),
        ({"rows_per_day": 5}, {"rows_per_day": 4, "calls_per_day": 9}, []),
        ({"rows_per_day": 5}, {"rows_per_day": 6}, ["volume:rows_per_day"]),
        ({"rows_per_day": 5, "rows_in_all": 9}, {}, ["volume:rows_per_day", "volume:rows_in_all"]),
    ],
)
def test_a_larger_volume_is_a_widening(old: dict[str, int], new: dict[str, int], widened: list[str]) -> None:
    before, after = terms(volume=Volume(**old)), terms(volume=Volume(**new))
    assert policies.find_widenings(before, after) == widened
    assert Terms.from_json(after.to_json()) == after
    without = {key: value for key, value in before.to_json().items() if key != "volume"}
    assert Terms.from_json(without).volume == Volume(), "terms from before there were limits"


@pytest.mark.parametrize(
    ("after", "provisional", "said"),
    [
        (-1, False, {"late": False}),
        (0, False, {"late": True}),
        (1, True, {"late": False, "after_provisional_day": True}),
        (-1, True, {"late": False}),
    ],
)
def test_late_is_said_of_a_certain_day_only(after: int, provisional: bool, said: dict[str, bool]) -> None:
    due = datetime(2027, 3, 3, tzinfo=UTC)
    row = SimpleNamespace(due_at=due, due_provisional=provisional)
    assert lateness(due + timedelta(minutes=after), row) == said
    assert lateness(due, SimpleNamespace(due_at=None, due_provisional=False)) == {"late": False}
