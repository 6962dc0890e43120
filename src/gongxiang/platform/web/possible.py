"""What a page offers: an act, and if it is not possible now, why; judged by the functions that would refuse it."""

from collections.abc import Callable
from dataclasses import dataclass

from gongxiang.platform.kernel.errors import NotPermitted, Refusal


@dataclass(frozen=True, kw_only=True)
class Possible:
    """Whether an act is possible now; `shown` is False where it is none of the person's business."""

    yes: bool
    shown: bool
    why_not: str = ""
    refusal: Refusal | None = None


def possible(*checks: Callable[[], object]) -> Possible:
    """Run the checks in order; the first refusal says why not."""
    try:
        for check in checks:
            check()
    except NotPermitted as refusal:
        return Possible(yes=False, shown=False, why_not=refusal.message, refusal=refusal)
    except Refusal as refusal:
        return Possible(yes=False, shown=True, why_not=refusal.message, refusal=refusal)
    return Possible(yes=True, shown=True)
