"""Rows of trials at mounting: given by the provider's node, masked there, kept in memory for minutes, shown once by a ticket.

They are never written anywhere: whoever comes too late, or after a restart of the gateway, lets the table be tried again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gongxiang.gateway.book import Book
from gongxiang.protocol.errors import BodyTooLarge, NothingToShow, NotYours, RequestMalformed
from gongxiang.protocol.messages import TryMount

#: How long rows are kept, and how long after the order they are taken.
KEPT = timedelta(minutes=10)
#: Trials whose rows are kept at once, rows of each, and bytes of its body.
MOST, MOST_ROWS, MOST_BYTES = 200, 10, 1 << 18


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a node gave for one trial."""

    value: dict[str, Any]
    at: datetime


class Trials:
    """See the module."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._given: dict[UUID, Given] = {}

    def keep(self, trial_id: UUID, value: Any, *, size: int, node_id: UUID, at: datetime) -> None:
        """Take the rows of a trial that this node was asked for; raises NotYours, BodyTooLarge or RequestMalformed."""
        order, asked_at = self._book.trials.get(trial_id, (None, None))
        if order is None or asked_at is None or order.node_id != node_id or at - asked_at > KEPT:
            raise NotYours
        if size > MOST_BYTES:
            raise BodyTooLarge
        self._forget(at)
        while len(self._given) >= MOST:
            del self._given[next(iter(self._given))]
        self._given[trial_id] = Given(value=_checked(order, value), at=at)

    def take(self, trial_id: UUID | None, *, resource_id: UUID, at: datetime) -> dict[str, Any]:
        """The rows of a trial, which are forgotten with this; raises NothingToShow."""
        self._forget(at)
        order, _ = self._book.trials.get(trial_id, (None, None)) if trial_id else (None, None)
        if trial_id is None or order is None or order.resource_id != resource_id or trial_id not in self._given:
            raise NothingToShow
        return self._given.pop(trial_id).value

    def _forget(self, at: datetime) -> None:
        for trial_id in [one for one, given in self._given.items() if at - given.at > KEPT]:
            del self._given[trial_id]


def _checked(order: TryMount, value: Any) -> dict[str, Any]:
    """Only what was asked for: the mapped elements in their order, and texts."""
    codes = [column.element.code for column in order.columns]
    try:
        columns = [{"code": str(one["code"]), "type": str(one["type"])} for one in value["columns"]]
        rows = [list(row) for row in value["rows"]]
    except (KeyError, TypeError) as error:
        raise RequestMalformed("The rows of the trial cannot be read.") from error
    fitting = [one["code"] for one in columns] == codes and len(rows) <= MOST_ROWS
    if not fitting or any(len(row) != len(codes) or any(not isinstance(v, str | None) for v in row) for row in rows):
        raise RequestMalformed("The rows of the trial are not those that were asked for.")
    return {"resource_id": str(order.resource_id), "columns": columns, "rows": rows}
