"""What waits for the caller, and the periods that run."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from gongxiang.law.deadlines import beijing_date
from gongxiang.law.notices import NoticeDay
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import page_of, schema_of
from gongxiang.platform.http_api.waiting import waiting_for
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.notices.permissions import READ
from gongxiang.platform.parties.permissions import READ_REGISTERS
from gongxiang.platform.rulebook import clocks as running
from gongxiang.platform.rulebook import queries, values
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain


class Todo(Schema):
    """One thing that waits for the caller; `page` is where a person does it."""

    kind: str
    title: str
    area: str
    page: str
    due_at: datetime | None
    basis: list[str]


class TodosWanted(Schema):
    """Which to-dos."""

    q: str = Field("", max_length=200)
    area: str = Field("", max_length=40)
    sort: Literal["due", "title"] = "due"
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class Todos(Schema):
    """One page, the least time left first."""

    todos: list[Todo]
    total: int
    page: int
    pages: int


class RunningClock(Schema):
    """A period that runs; `subject` names the case, `turn` the departments that have to act."""

    subject: str
    title: str
    rule: str
    basis: str
    start: datetime
    due_at: datetime
    turn: list[UUID]
    ours: bool


class ClocksWanted(Schema):
    """Which periods."""

    q: str = Field("", max_length=200)
    whose: Literal["", "ours", "others"] = ""
    rule: str = Field("", max_length=60)
    sort: Literal["due", "later"] = "due"
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class RunningClocks(Schema):
    """One page, the soonest first."""

    clocks: list[RunningClock]
    total: int
    page: int
    pages: int


_Day = schema_of(NoticeDay, sent=False, called="CalendarDay")
_Notice = schema_of(values.NoticeRef, sent=False, called="HolidayNotice")


class WorkingYear(Schema):
    """A year of the working calendar: days named by notices; other Saturdays and Sundays rest."""

    year: int
    status: str
    state: _Notice | None  # type: ignore[valid-type]
    local: _Notice | None  # type: ignore[valid-type]
    days: list[_Day]  # type: ignore[valid-type]


@endpoint("GET", "/todos", door=READ, name="list_todos", tag="Agenda", answer=Todos)
def todos(request: Called, wanted: Query[TodosWanted]) -> dict[str, Any]:
    """What waits for the caller in person, from all areas."""
    text = wanted.q.strip().lower()
    every = [
        Todo(kind=str(one.kind), title=one.title, area=one.area, page=one.url, due_at=one.due_at, basis=list(one.basis))
        for one in waiting_for(request.actor, clock.now())
    ]
    found = [
        one for one in every
        if (not wanted.area or one.area == wanted.area) and (not text or text in f"{one.title} {one.kind}".lower())
    ]  # fmt: skip
    if wanted.sort == "title":
        found.sort(key=lambda one: one.title)
    shown, numbers = page_of(found, page=wanted.page, size=wanted.size)
    return {"todos": shown, **numbers}


@endpoint("GET", "/clocks", door=READ, name="list_clocks", tag="Agenda", answer=RunningClocks)
def clocks(request: Called, wanted: Query[ClocksWanted]) -> dict[str, Any]:
    """The periods that run for the caller's department; all for authority and audit."""
    at, actor, text = clock.now(), request.actor, wanted.q.strip().lower()
    overseer = actor.has(Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER, Role.AUDITOR)
    every = running.running(at) if overseer else running.of_department(actor.department_id, at)
    found = [
        one for one in every
        if (not wanted.rule or running.rule_name(one) == wanted.rule) and (not text or text in one.title.lower())
        and (not wanted.whose or (actor.department_id in one.turn) == (wanted.whose == "ours"))
    ]  # fmt: skip
    if wanted.sort == "later":
        found.reverse()
    shown, numbers = page_of(found, page=wanted.page, size=wanted.size)
    names = [name for name in RunningClock.model_fields if name != "ours"]
    rows = [{**{name: getattr(one, name) for name in names}, "ours": actor.department_id in one.turn} for one in shown]
    return {"clocks": rows, **numbers}


@endpoint("GET", "/working-calendar", door=READ_REGISTERS, name="get_working_year", tag="Agenda", answer=WorkingYear)
def working_year(request: Called, year: int = Query(0, ge=0, le=2200)) -> dict[str, Any]:
    """A year of the working calendar (this one unless it is said): its notices, and whether it may still move."""
    found = queries.calendar_status(year or beijing_date(clock.now()).year)
    days = [day for notice in (found.notice, found.local) if notice for day in queries.days_of(notice.id)]
    return {
        "year": found.year, "status": str(found.status), "state": plain(found.notice), "local": plain(found.local),
        "days": plain(days),
    }  # fmt: skip
