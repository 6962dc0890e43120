"""The credit code, position by position (GB 32100-2015)."""

import pytest

from gongxiang.platform.parties.credit_code import check_credit_code, complete_credit_code
from gongxiang.platform.parties.errors import CreditCodeWrong

REAL = ["11150000MB1604391C", "11150621MB1688871X"]


@pytest.mark.parametrize("code", REAL)
def test_codes_of_living_bodies_pass(code: str) -> None:
    assert check_credit_code(f" {code[:9]} {code[9:].lower()}") == code
    assert complete_credit_code(code[:16]) == code


@pytest.mark.parametrize(
    ("code", "says"),
    [
        pytest.param("11150000MB160439", "has 18 characters; this one has 16", id="too short"),
        pytest.param("", "this one has 0", id="empty"),
        pytest.param("1115000OMB1604391C", "Position 8 of the credit code is “O”", id="letter O for nought"),
        pytest.param("11150000MB16O4391C", "Position 13 of the credit code is “O”", id="letter that does not occur"),
        pytest.param("11A50000MB1604391C", "positions 3 to 8 are the digits", id="letter in the division code"),
        pytest.param("11150000MB1604491C", "Position 17 of the credit code does not fit", id="organisation digit mistyped"),
        pytest.param("12150000MB1604391C", "Position 18 of the credit code does not fit", id="first part mistyped"),
        pytest.param("11150000MB16043918", "Position 18 of the credit code does not fit", id="check character wrong"),
        pytest.param("11150000MB160439中C", "Position 17 of the credit code is “中”", id="Chinese character"),
    ],
)
def test_a_wrong_code_is_refused_with_its_position(code: str, says: str) -> None:
    with pytest.raises(CreditCodeWrong, match=says) as refused:
        check_credit_code(code)
    assert refused.value.field == "credit_code"
