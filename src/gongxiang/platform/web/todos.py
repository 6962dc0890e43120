"""To-dos: each area's `todos.py` gives what waits for a person (`todos`) and figures of a department (`figures`)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.utils.functional import Promise

from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.areas import AREAS


@dataclass(frozen=True, kw_only=True)
class Todo:
    """One thing that waits for a person: `kind` is what to do in two or three words."""

    kind: str | Promise
    title: str
    url: str
    due_at: datetime | None = None
    basis: tuple[str, ...] = ()
    #: The area it comes from; filled in where the areas are gathered.
    area: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number with its words and where its rows are."""

    label: str | Promise
    value: int
    url: str
    icon: str
    note: str | Promise = ""


@cache
def _sources(name: str) -> tuple[tuple[str, Callable[..., list[Any]]], ...]:
    found = []
    for area in AREAS:
        module = f"gongxiang.platform.web.{area}"
        if find_spec(module) and find_spec(f"{module}.todos"):
            source = getattr(import_module(f"{module}.todos"), name, None)
            if source:
                found.append((area, source))
    return tuple(found)


def todos_of(actor: Person, at: datetime) -> list[Todo]:
    """Everything that waits for the person, least time left first."""
    every = [replace(todo, area=area) for area, source in _sources("todos") for todo in source(actor, at)]
    return sorted(every, key=lambda todo: (todo.due_at is None, todo.due_at or at, todo.title))


def figures_of(actor: Person, at: datetime) -> list[Figure]:
    """The figures of the person's department."""
    return [figure for _area, source in _sources("figures") for figure in source(actor, at)]
