"""One-time codes against the vectors of RFC 6238, appendix B (its eight digits cut to six)."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from gongxiang.platform.parties import totp

SECRET = b"12345678901234567890"
TEXT = base64.b32encode(SECRET).decode("ascii")


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(TEXT, at) == code
    assert totp.step_of(SECRET, code, at) == seconds // 30


@pytest.mark.parametrize(("off", "right"), [(-61, False), (-30, True), (30, True), (61, False)])
def test_a_telephone_may_be_half_a_minute_off(off: int, right: bool) -> None:
    at = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    assert (totp.step_of(SECRET, totp.code_at(TEXT, at + timedelta(seconds=off)), at) is not None) == right


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "287 82"])
def test_nonsense_is_no_code(code: str) -> None:
    assert totp.step_of(SECRET, code, datetime.fromtimestamp(59, UTC)) is None


def test_with_the_clock_moved_the_telephone_is_right_as_well(product_clock) -> None:
    product_clock.advance(timedelta(days=7))
    from gongxiang.protocol import clock

    at = clock.now()
    assert totp.step_of(SECRET, totp.code_at(TEXT, at), at) is not None
    assert totp.step_of(SECRET, totp.code_at(TEXT, at - timedelta(days=7)), at) is not None


def test_the_address_names_the_account() -> None:
    assert totp.address(TEXT, "li.si") == f"otpauth://totp/Gongxiang:li.si?secret={TEXT}&issuer=Gongxiang&digits=6&period=30"
