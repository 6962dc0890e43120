"""What a consumer's flow asks of a target database, and the cursor both keep; one module beside this per kind of database.

Each method is one transaction of the target: rows and cursor together, or neither. Whoever implements it holds to
`tests/contract/test_targets.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import pyarrow as pa

from gongxiang.node.collapse import Changes
from gongxiang.protocol.terms import ElementSpec


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """Where a grant's flow stands in the target: everything up to `seq` is in the tables, nothing after it."""

    grant_id: UUID
    #: Revision of the terms and version of the resource the last segment was made under.
    revision: int
    schema_version: int
    epoch: int
    seq: int
    #: Digest of the last segment applied: the next one's `prev_digest`.
    digest: str
    #: Source position after the last segment.
    position: str
    #: The table readers use, without its schema.
    table: str
    #: Its elements; empty until the first load is complete.
    elements: tuple[ElementSpec, ...] = ()
    #: The epoch being loaded beside; 0 if none, and its elements.
    loading: int = 0
    loading_elements: tuple[ElementSpec, ...] = ()
    #: The load's table is complete and has its key: only the swap is left.
    built: bool = False
    #: Totals of what was applied since the grant opened, and what the readers' table holds.
    upserts: int = 0
    deletes: int = 0
    rows: int = 0
    #: Rows loaded beside, and keys changed meanwhile that wait for the end of the load.
    loading_rows: int = 0
    late: int = 0
    #: Latest source commit applied.
    committed_at: datetime | None = None


class Target(Protocol):
    """A consumer's exchange database; not shared between threads."""

    def open(self) -> None:
        """Connect and make sure that the node's own tables exist; raises TargetDown."""

    def close(self) -> None:
        """Give the connection back; whatever was not committed is gone."""

    def cursors(self) -> list[Cursor]:
        """Every flow this database knows."""

    def cursor(self, grant_id: UUID) -> Cursor | None:
        """Where this flow stands; None before its first load began."""

    def check(self, cursor: Cursor) -> None:
        """Raise TableTampered if the readers' table is not the one that was delivered."""

    def begin_load(self, before: Cursor | None, after: Cursor) -> Cursor:
        """Make the table for `after.loading` beside the readers' one; an unfinished load is thrown away."""

    def add_load(self, before: Cursor, after: Cursor, batches: Sequence[pa.RecordBatch]) -> Cursor:
        """Put loaded rows into the table beside."""

    def add_changes(self, before: Cursor, after: Cursor, changes: Changes) -> Cursor:
        """Apply changes: to the readers' table, or while loading so that they are in force when the load is complete."""

    def finish_load(self, before: Cursor, after: Cursor) -> Cursor:
        """Complete the table beside and put it in the readers' table's place, whole; the old one is gone with its rows."""

    def snapshot(self, cursor: Cursor) -> "Snapshot":
        """The readers' table exactly as of `cursor`, whatever is applied meanwhile."""

    def forget(self, cursor: Cursor) -> None:
        """Throw an unfinished load away; the readers' table stays."""


class Snapshot(Protocol):
    """A table at one position."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, in batches with the elements' columns; may be called again."""

    def close(self) -> None:
        """Let the position go."""
