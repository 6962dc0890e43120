"""What a request to a superior must say, and whether a step may be written down."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import errors_superior as errors
from gongxiang.platform.access.models import SuperiorRequest
from gongxiang.platform.catalogue.quality import CYCLE_DAYS
from gongxiang.platform.catalogue.vocabulary import UpdateCycle
from gongxiang.platform.kernel.errors import Refusal, Shortfalls

#: Ground of a refusal: the data lie in a system of the superior's; the provider asks there (办法 21(3)).
HELD_ABOVE: Final = "held_above"
LEVELS: Final = ("NATIONAL", "REGIONAL", "CITY")
WAYS: Final = ("oa", "exchange", "post", "courier", "hand", "fax")
MODES: Final = ("table", "api", "file")
SHORTEST: Final = 4
#: No letter is older than the Measures; what comes earlier is a slip of the pen.
EARLIEST: Final = date(2021, 10, 12)
MOST_ROWS: Final = 10**12


@implements("wushen-2021-60:21(3)")
def check_drafted(*, superior: str, system_name: str, level: str, title: str, items: Sequence[str], reason: str) -> None:
    """Raise Shortfalls with everything that is missing."""
    problems: list[Refusal] = []
    problems += [
        errors.SuperiorMissing(field=name)
        for name, value in (("superior", superior), ("system_name", system_name))
        if len(value.strip()) < SHORTEST
    ]
    if level not in LEVELS:
        problems.append(errors.LevelUnknown(field="level"))
    if not items or len(title.strip()) < SHORTEST:
        problems.append(errors.AskedItemsMissing(field="items" if not items else "title"))
    if len(reason.strip()) < SHORTEST:
        problems.append(errors.AskedReasonMissing(field="reason"))
    if problems:
        raise Shortfalls(problems)


def check_day(on: date | None, *, after: date | None, at: datetime, field: str) -> date:
    """The day, neither in the future nor before `after`; raises DayImpossible."""
    if on is None or not max(after or EARLIEST, EARLIEST) <= on <= beijing_date(at):
        raise errors.DayImpossible(field=field)
    return on


def check_sent(*, way: str, to: str) -> None:
    """Raise Shortfalls unless it says by which way it went and to which unit."""
    problems: list[Refusal] = []
    if way not in WAYS:
        problems.append(errors.WayUnknown(field="way"))
    if len(to.strip()) < 2:
        problems.append(errors.AddresseeMissing(field="to"))
    if problems:
        raise Shortfalls(problems)


@implements("cn-809:24.1")
def check_agreed(*, mode: str, frequency: str) -> None:
    """Raise AgreementIncomplete unless way and frequency are agreed."""
    if mode not in MODES:
        raise errors.AgreementIncomplete(field="agreed_mode")
    if frequency not in UpdateCycle.values:
        raise errors.AgreementIncomplete(field="agreed_frequency")


def check_answer(text: str) -> str:
    """What the answer says; raises AnswerIncomplete."""
    if len(text.strip()) < SHORTEST:
        raise errors.AnswerIncomplete(field="text")
    return text.strip()


def check_silence(row: SuperiorRequest) -> None:
    """Raise NotRemindedYet where nobody reminded the superior."""
    if not row.reminders:
        raise errors.NotRemindedYet()


def check_rows(rows: int | None) -> None:
    """Raise NothingReturned for a number of rows that cannot be."""
    if rows is not None and not 0 <= rows <= MOST_ROWS:
        raise errors.NothingReturned(field="rows")


def check_reason(reason: str) -> str:
    """The reason without blanks around it; raises CloseWithoutReason."""
    if len(reason.strip()) < SHORTEST:
        raise errors.CloseWithoutReason(field="reason")
    return reason.strip()


def check_lapsed(due_at: datetime | None, at: datetime) -> datetime:
    """The instant at which the period ended; raises AnswerNotDue."""
    if due_at is None or at < due_at:
        raise errors.AnswerNotDue()
    return due_at


def return_due(frequency: str, last: datetime | None) -> datetime | None:
    """Until when the next return is expected by the agreed frequency."""
    if last is None or frequency not in CYCLE_DAYS:
        return None
    return last + timedelta(days=CYCLE_DAYS[frequency])
