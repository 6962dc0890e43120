"""What hangs on a person who leaves or a department that ceases: rooms above say it, and take part when it happens.

A room joins in its `AppConfig.ready` with one line. Must never know a room: it only asks all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongxiang.platform.kernel.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One thing that stands in the name of a person or department: `kind` is a code with words on the pages."""

    kind: str
    title: str
    #: Subject and id, `access_request:0190...`, so that a page can lead there.
    subject: str


OpenWork = Callable[[UUID], list[Standing]]
HandOver = Callable[[UUID, UUID, Actor, datetime], int]
_of_people: dict[str, tuple[OpenWork, HandOver]] = {}
_ending: dict[str, Callable[[UUID, Actor, datetime], int]] = {}
_standing: dict[str, OpenWork] = {}
_passing: dict[str, tuple[Callable[[UUID], int], HandOver]] = {}


def register_leaving(name: str, open_work: OpenWork, hand_over: HandOver) -> None:
    """What a person has in hand in a room, and its handing over to a successor (each with its evidence)."""
    _of_people[name] = (open_work, hand_over)


def register_ending(name: str, end: Callable[[UUID, Actor, datetime], int]) -> None:
    """What ends in a room with a person's account, handed over or not (with its evidence)."""
    _ending[name] = end


def register_standing(name: str, standing: OpenWork) -> None:
    """What must be settled before a department can be merged into another."""
    _standing[name] = standing


def register_passing(name: str, count: Callable[[UUID], int], carry_out: HandOver) -> None:
    """What passes to the department into which one is merged: how many, and the act (with its evidence)."""
    _passing[name] = (count, carry_out)


def open_work_of(person_id: UUID) -> list[Standing]:
    """Everything that the person has in hand."""
    return [one for open_work, _hand_over in _of_people.values() for one in open_work(person_id)]


def hand_over_work(person_id: UUID, successor_id: UUID, by: Actor, at: datetime) -> int:
    """Hand everything over, in the caller's transaction; gives how many."""
    return sum(hand_over(person_id, successor_id, by, at) for _open_work, hand_over in _of_people.values())


def end_with(person_id: UUID, by: Actor, at: datetime) -> int:
    """Let everything end that ends with the account, in the caller's transaction; gives how many."""
    return sum(end(person_id, by, at) for end in _ending.values())


def standing_of(department_id: UUID) -> list[Standing]:
    """Everything that must be settled before the department can be merged."""
    found = [one for standing in _standing.values() for one in standing(department_id)]
    # A case that its room names itself is not named again for its period.
    named = {one.subject for one in found if one.kind != "period"}
    return [one for one in found if one.kind != "period" or one.subject not in named]


def passing_of(department_id: UUID) -> dict[str, int]:
    """How many of each kind would pass."""
    return {name: count(department_id) for name, (count, _carry_out) in _passing.items()}


def pass_on(department_id: UUID, into_id: UUID, by: Actor, at: datetime) -> dict[str, int]:
    """Let everything pass, in the caller's transaction; gives how many of each kind."""
    return {name: carry_out(department_id, into_id, by, at) for name, (_count, carry_out) in _passing.items()}
