"""Ways of learning what changed in a source table: one small interface, one module per method; for `node.provider`.

A capture gives runs of changes in the source's order, complete as far as the method can tell, each with the position after it.
It never writes to the business tables, and after `confirm` it may forget what lies before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from gongxiang.node.describe import SourceTable


@dataclass(frozen=True, kw_only=True)
class Place:
    """How far a stream has been taken: whole transactions up to `position`, and `done` row changes of `transaction`."""

    #: Position in the source's own text, e.g. an LSN; everything before it is done.
    position: str
    #: Names a transaction of which only a part is done; "" where none is.
    transaction: str = ""
    done: int = 0


@dataclass(frozen=True, kw_only=True)
class Changes:
    """A run of row changes in source order; without rows it only says that nothing happened up to `place`."""

    #: The table was emptied before these rows.
    truncated: bool = False
    #: UPSERT or DELETE (`protocol.batches`) for each row.
    operations: npt.NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    #: Whether the row is new in the source (an insert).
    inserted: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    #: One column per element in the order's order; deletes carry the key only. None without rows.
    batch: Any = None
    #: Column index -> rows whose value the method did not give because it did not change.
    unchanged: Mapping[int, npt.NDArray[np.bool_]] = field(default_factory=dict)
    #: Column index -> rows whose value cannot be carried.
    bad: Mapping[int, npt.NDArray[np.bool_]] = field(default_factory=dict)
    #: For the second half of a key change (delete old, upsert new): the first half is the row before it.
    moved: npt.NDArray[np.bool_] | None = None
    place: Place
    #: The latest commit in it, in the source's clock; None without rows.
    committed_at: datetime | None = None

    @property
    def rows(self) -> int:
        """Row changes in it."""
        return len(self.operations)


@dataclass(frozen=True, kw_only=True)
class Footing:
    """What a capture stands on in the source: if it is another one than was kept, changes may have been missed."""

    #: Names the source database and what was made in it.
    identity: str
    #: Changes before this position are no longer held; "" if nothing is held at all.
    position: str
    #: Bytes of log the source keeps for us.
    retained: int = 0
    #: What a person should know, name -> words.
    warnings: Mapping[str, str] = field(default_factory=dict)


class Capture(Protocol):
    """One method of capture over one table."""

    def check(self) -> SourceTable:
        """Probe everything the method needs, without changing anything; raises SourceUnfit, TableUnfit, SchemaDrift."""

    def create(self) -> Footing:
        """Make in the source what the method needs, anew; changes from its position on are held."""

    def footing(self) -> Footing:
        """What is there now."""

    def start(self, place: Place) -> None:
        """Begin to read after `place`."""

    def next(self, timeout: float) -> Changes | None:
        """The next run of changes; None if none came in time; raises SourceDown, SchemaDrift."""

    def waiting(self) -> bool:
        """Whether a run is ready to be taken."""

    def now(self) -> str:
        """A position at or after everything that is committed now."""

    def passed(self, position: str, mark: str) -> bool:
        """Whether `position` is at or after `mark`."""

    def confirm(self, position: str) -> None:
        """Everything up to `position` is kept elsewhere; the source may forget it."""

    def close(self) -> None:
        """Stop reading; what was made in the source stays."""

    def drop(self) -> None:
        """Remove what was made in the source, so that it holds nothing for us."""
