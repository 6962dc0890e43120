"""The one clock: what time the product says it is, for every program; never read the machine's clock elsewhere.

The offset (`GONGXIANG_CLOCK_OFFSET`, seconds, or `@FILE` holding seconds) moves the product's clock, not the machine's,
and is refused unless `GONGXIANG_PROFILE` is `demo` or `test`.
"""

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

#: Beijing time, in which every period of the instruments is counted.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

_cached: tuple[str, int, float] = ("", 0, 0.0)


class ClockOffsetRefused(RuntimeError):
    """GONGXIANG_CLOCK_OFFSET is set outside the demo or test profile: unset it, or set GONGXIANG_PROFILE=demo."""


def offset_seconds() -> float:
    """Seconds by which the product's clock differs from the machine's; 0.0 in production."""
    global _cached
    setting = os.environ.get("GONGXIANG_CLOCK_OFFSET", "")
    if not setting:
        return 0.0
    if os.environ.get("GONGXIANG_PROFILE") not in ("demo", "test"):
        raise ClockOffsetRefused(ClockOffsetRefused.__doc__)
    if not setting.startswith("@"):
        return float(setting)
    path = Path(setting[1:])
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0.0
    if _cached[:2] != (setting, stamp):
        _cached = (setting, stamp, float(path.read_text().strip() or 0))
    return _cached[2]


def now() -> datetime:
    """The product's present instant, aware, in UTC."""
    return datetime.now(UTC) + timedelta(seconds=offset_seconds())


def check_aware(at: datetime) -> datetime:
    """Give `at` back if it carries a time zone; raise ValueError if it is naive."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"naive datetime {at!r}: every instant needs its time zone")
    return at
