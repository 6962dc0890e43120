"""The frozen values that the rulebook gives to other rooms and the pages."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gongxiang.law.calendar import DayKind, YearStatus
from gongxiang.law.instruments import Rank, Text
from gongxiang.platform.kernel.actors import Role


@dataclass(frozen=True, kw_only=True)
class NoticeRef:
    """A holiday notice, or the shipped data of a year."""

    id: UUID
    year: int
    scope: str
    number: str
    title: str
    confirmed: bool
    entered_by: str
    entered_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CalendarStatus:
    """How sure a year is, and where its days come from."""

    year: int
    status: YearStatus
    #: The State Council's arrangement in force, if any is known.
    notice: NoticeRef | None
    #: Days the local government added, if any.
    local: NoticeRef | None

    @property
    def provisional(self) -> bool:
        """Whether deadlines into the year may still move."""
        return self.status is not YearStatus.CONFIRMED


@dataclass(frozen=True, kw_only=True)
class OpenDeadline:
    """A clock that is running in a room above."""

    #: Subject and id of the record, e.g. `access_request:0190...`.
    subject: str
    #: What a person calls it.
    title: str
    #: Rule version it was counted by, `reply_conditional=5@2021-10-12`.
    rule: str
    #: The instant from which it was counted.
    start: datetime
    due_at: datetime
    #: Working days counted, where fewer than the rule's value (an extension).
    working_days: int | None = None
    #: Article of the period.
    basis: str = ""
    #: Departments whose turn it is: their people are reminded. Empty: nobody has to act.
    turn: tuple[UUID, ...] = ()
    #: Which of their people; empty: clerk, reviewer and accountable officer, or the authority's officers.
    roles: tuple[Role, ...] = ()
    #: Departments that see the clock run, besides those whose turn it is.
    concerns: tuple[UUID, ...] = ()
    #: False for months, years and fixed days: a holiday notice moves only what is counted in working days.
    in_working_days: bool = True
    #: False where the room reminds of it by acts of its own.
    reminds: bool = True
    #: Its day passed before the year's notice was out: it still moves, though it no longer runs.
    uncertain: bool = False
    #: When the first reminder falls due, where half of the period would make no sense (the end of an agreement).
    first_reminder_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Move:
    """An open deadline and where a notice would put it."""

    deadline: OpenDeadline
    due_at: datetime

    @property
    def later(self) -> bool:
        """Whether it moves to a later day."""
        return self.due_at > self.deadline.due_at


@dataclass(frozen=True, kw_only=True)
class NoticePreview:
    """What entering a notice would change."""

    year: int
    #: Days that become something else than they are now: (day, before, after).
    changed_days: tuple[tuple[date, DayKind, DayKind], ...]
    working_days_before: int
    working_days_after: int
    moves: tuple[Move, ...]
    #: Open deadlines that stay where they are.
    unmoved: int
    #: Open deadlines that were provisional and are final with this notice, moved or not.
    settled: int
    #: Digest over the notice and the moves: confirming names what was seen.
    seen: str


@dataclass(frozen=True, kw_only=True)
class TextRef:
    """An imported text of an instrument."""

    id: UUID
    instrument: str
    file_name: str
    digest: str
    imported_by: str
    imported_at: datetime


@dataclass(frozen=True, kw_only=True)
class ChoiceRef:
    """A choice the authority made."""

    id: UUID
    rule: str
    instrument: str
    value: int | None
    since: date
    reason: str
    is_override: bool
    chosen_by: str
    chosen_at: datetime


@dataclass(frozen=True, kw_only=True)
class StatuteRef:
    """A statute of the register."""

    id: UUID
    title: str
    number: str
    rank: Rank
    issuer: str
    article: str
    text: str
    url: str
    in_force_from: date
    in_force_until: date | None
    registered_by: str
    registered_at: datetime

    def in_force(self, on: date) -> bool:
        """Whether it was in force on that day."""
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)

    @property
    def citation(self) -> str:
        """How it is cited: 《title》（number）article."""
        return f"《{self.title}》（{self.number}）{self.article}"


@dataclass(frozen=True, kw_only=True)
class Code:
    """One value of a code table."""

    table: str
    code: str
    label: Text
    parent: str
    position: int
    since: date | None
    until: date | None

    def in_force(self, on: date) -> bool:
        """Whether it may be chosen on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, kw_only=True)
class CodeTable:
    """A code table as shipped."""

    name: str
    title: Text
    basis: tuple[str, ...]
    fixed: bool


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A number of the product that an administrator may change."""

    name: str
    title: Text
    default: int
    least: int
    most: int
