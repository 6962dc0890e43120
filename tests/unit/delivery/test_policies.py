"""Names that fit the data plane."""

import pytest

from gongxiang.platform.delivery import errors, policies


@pytest.mark.parametrize(
    ("code", "copy", "name"),
    [
        ("307001/000001", 1, "r_307001_000001"),
        ("307001/000001", 3, "r_307001_000001_g3"),
        ("A-1/乌审 x", 1, "r_a_1_x"),
    ],
)
def test_exchange_tables_are_named_after_the_code(code: str, copy: int, name: str) -> None:
    assert policies.exchange_table_name(code, copy=copy) == name


def test_long_codes_are_cut_and_stay_apart() -> None:
    names = {policies.exchange_table_name("9" * 60 + tail, copy=copy) for tail in "ab" for copy in (1, 12)}
    assert len(names) == 4
    assert all(len(name) <= policies.LONGEST_NAME and name.isascii() for name in names)


@pytest.mark.parametrize("table", ["area", "public.", "public.a b", 'public."area"', "a.b.c", "public.x;drop"])
def test_odd_table_names_are_refused(table: str) -> None:
    with pytest.raises(errors.TableNameUnfit):
        policies.check_table_name(table)


def test_plain_table_names_pass() -> None:
    policies.check_table_name("minzheng.tkry")
    policies.check_table_name("public.特困人员")
