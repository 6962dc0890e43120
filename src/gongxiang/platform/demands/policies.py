"""What a demand must say, and whether an answer holds."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from gongxiang.platform.demands import errors, states
from gongxiang.platform.kernel.errors import Refusal, Shortfalls

SHORTEST_TITLE, SHORTEST_DUTY, SHORTEST_REASON = 4, 6, 4


def check_stated(*, title: str, items: Sequence[str], duty: str, urgent: bool, urgent_reason: str) -> None:
    """Raise Shortfalls with everything that is missing."""
    problems: list[Refusal] = []
    if len(title.strip()) < SHORTEST_TITLE:
        problems.append(errors.TitleMissing(field="title"))
    if not items:
        problems.append(errors.ItemsMissing(field="items"))
    if len(duty.strip()) < SHORTEST_DUTY:
        problems.append(errors.DutyMissing(field="duty"))
    if urgent and len(urgent_reason.strip()) < SHORTEST_REASON:
        problems.append(errors.UrgencyUnexplained(field="urgent_reason"))
    if problems:
        raise Shortfalls(problems)


def check_reason(text: str, field: str) -> str:
    """The reason without blanks around it; raises ReasonMissing."""
    if len(text.strip()) < SHORTEST_REASON:
        raise errors.ReasonMissing(field=field)
    return text.strip()


def check_planned(outcome: str, planned_on: date | None, today: date, *, longest: int) -> None:
    """Raise PlanMissing unless an entry to come has a day within `longest` days."""
    last = today + timedelta(days=longest)
    if outcome == states.WILL_BE_COMPILED and (planned_on is None or not today < planned_on <= last):
        raise errors.PlanMissing(field="planned_on", days=longest)


def check_lapsed(due_at: datetime | None, at: datetime) -> datetime:
    """The instant at which the period ended; raises NotOverdue."""
    if due_at is None or at < due_at:
        raise errors.NotOverdue()
    return due_at
