"""Digests and Merkle trees of evidence (RFC 9162 shape, SM3); the same for the sealer, the verifier and the witness."""

import hashlib
from collections.abc import Mapping
from typing import Any

from gongxiang.protocol.canonical import canonical


def sm3(data: bytes) -> bytes:
    """The SM3 digest (GB/T 32905-2016), 32 bytes."""
    return hashlib.new("sm3", data).digest()


def record_digest(content: Mapping[str, Any]) -> bytes:
    """The leaf digest of one record: SM3 over 0x00 and its canonical bytes."""
    return sm3(b"\x00" + canonical(content))
