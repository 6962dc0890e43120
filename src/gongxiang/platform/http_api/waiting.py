"""What waits for a person, gathered by the site's pages and told here too: `wiring.joints` joins the two."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from gongxiang.platform.kernel.actors import CallingSystem, Person


class Waiting(Protocol):
    """One thing that waits."""

    @property
    def kind(self) -> Any:
        """What to do."""

    @property
    def title(self) -> str:
        """What it is about."""

    @property
    def url(self) -> str:
        """Where a person does it."""

    @property
    def due_at(self) -> datetime | None:
        """When it must be done."""

    @property
    def basis(self) -> tuple[str, ...]:
        """The articles behind it."""

    @property
    def area(self) -> str:
        """The part of the site it comes from."""


#: Filled where pages and interfaces are put together; neither imports the other.
SOURCES: list[Callable[[Person, datetime], Sequence[Waiting]]] = []


def waiting_for(actor: Person | CallingSystem, at: datetime) -> list[Waiting]:
    """Everything that waits for the person, least time left first; nothing waits for a system."""
    return [one for source in SOURCES for one in source(actor, at)] if isinstance(actor, Person) else []
