"""Time-based one-time codes (RFC 6238, six digits, thirty seconds), as authenticators show them; for sign-in and the demo.

Where the product's clock was moved for a demonstration, codes of the machine's time are right as well: telephones show that.
"""

import base64
import hmac
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from gongxiang.protocol import clock

_STEP_SECONDS = 30
_DIGITS = 6


def code_at(secret: str, at: datetime) -> str:
    """What an authenticator with the Base32 `secret` shows when the product's clock says `at`."""
    return _generator(base64.b32decode(secret)).generate(_step_at(at)).decode("ascii")


def step_of(secret: bytes, code: str, at: datetime) -> int | None:
    """The time step whose code this is: now, or one to either side for a telephone that is a little off; None if wrong."""
    if len(code) != _DIGITS or not code.isascii() or not code.isdigit():
        return None
    generator = _generator(secret)
    for now in dict.fromkeys((_step_at(at), _step_at(at - timedelta(seconds=clock.offset_seconds())))):
        for step in (now, now - 1, now + 1):
            if hmac.compare_digest(generator.generate(step), code.encode("ascii")):
                return step
    return None


def address(secret: str, username: str) -> str:
    """What the QR code says to the authenticator."""
    return f"otpauth://totp/Gongxiang:{username}?secret={secret}&issuer=Gongxiang&digits={_DIGITS}&period={_STEP_SECONDS}"


def _step_at(at: datetime) -> int:
    return int(clock.check_aware(at).timestamp()) // _STEP_SECONDS


def _generator(secret: bytes) -> HOTP:
    return HOTP(secret, _DIGITS, SHA1())
