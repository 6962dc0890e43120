"""Identifiers of records: time-ordered UUIDs (RFC 9562, version 7), so that indexes grow at one end."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A new version-7 UUID."""
    milliseconds = time.time_ns() // 1_000_000
    value = int.from_bytes(milliseconds.to_bytes(6, "big") + os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)
