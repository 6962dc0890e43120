"""Canonical bytes: the one text form over which digests and signatures are taken; never pretty-printed.

JSON with sorted keys, no spaces, UTF-8 unescaped; instants as UTC with microseconds; enums by value; UUIDs as text.
"""

import base64
import dataclasses
import enum
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from gongxiang.protocol.clock import check_aware

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def instant(at: datetime) -> str:
    """`2026-11-22T06:05:00.000000Z`; raises ValueError for a naive datetime."""
    return f"{check_aware(at).astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def parse_instant(text: str) -> datetime:
    """The aware datetime of `instant`'s text; raises ValueError for anything else."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is not an instant")
    return datetime.fromisoformat(text)


def plain(value: Any) -> Any:
    """`value` as JSON's own types; raises TypeError for what has no canonical form (floats among them)."""
    if value is None or isinstance(value, (str, bool)):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    """The canonical bytes of `value`."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
