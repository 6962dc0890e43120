"""From a captured run of changes to what it means for a table: complete rows, each key once; for `node.provider`.

A row changed several times in one run is sealed once, with its last state; its old values are then exactly what the exchange
table held before the run. Pure but for the one function that is given in to read earlier rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gongxiang.node.capture import Changes
from gongxiang.protocol.batches import DELETE, UPSERT
from gongxiang.protocol.terms import ElementSpec

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: For the keys of a batch: which of its rows the exchange table has, and these rows.
Fetch = Callable[[pa.RecordBatch], tuple[Ints, pa.RecordBatch]]
#: For some rows of a batch: what the source holds for their keys now, and -1 where it holds nothing.
Current = Callable[[pa.RecordBatch, Sequence[int]], tuple[list[int], pa.RecordBatch]]


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Each key of a run once, in the order of its last change."""

    operations: pa.Array
    batch: pa.RecordBatch
    #: Whether the row was not in the source before the run.
    fresh: Flags
    #: Rows left out because their unchanged values are nowhere to be had.
    incomplete: int = 0


def bad_rows(changes: Changes) -> Ints:
    """The upserts that hold a value which cannot be carried."""
    marked = np.zeros(changes.rows, dtype=np.bool_)
    for flags in changes.bad.values():
        marked |= flags
    found: Ints = np.flatnonzero(marked & (changes.operations == UPSERT))
    return found


def with_rows(changes: Changes, rows: Ints, instead: pa.RecordBatch, of: Ints) -> Changes:
    """The run with other values for `rows`: the row `of` each in `instead`, or no row at all where that is -1."""
    assert changes.batch is not None
    take = np.arange(changes.rows, dtype=np.int64)
    take[rows] = np.where(of >= 0, changes.rows + of, -1)
    unchanged = {index: flags.copy() for index, flags in changes.unchanged.items()}
    for flags in unchanged.values():
        flags[rows] = False
    return _kept(replace(changes, unchanged=unchanged, bad={}), _concatenated(changes.batch, instead), take)


def _kept(changes: Changes, source: pa.RecordBatch, take: Ints) -> Changes:
    kept = take >= 0
    return replace(
        changes,
        batch=source.take(pa.array(take[kept])),
        operations=changes.operations[kept],
        inserted=changes.inserted[kept],
        unchanged={index: flags[kept] for index, flags in changes.unchanged.items()},
        moved=None if changes.moved is None else changes.moved[kept],
    )


def settle(changes: Changes, elements: Sequence[ElementSpec], fetch: Fetch, current: Current | None = None) -> Settled:
    """Complete rows, each key once.

    During a load `current` reads rows from the source itself: a row that changed its key from a stretch not yet read into
    one already read would come by no chunk, and its unchanged values stand in no table of ours.
    """
    batch: pa.RecordBatch = changes.batch
    keys = [index for index, spec in enumerate(elements) if spec.key]
    ids = key_ids(batch, keys)
    gone = np.zeros(changes.rows, dtype=np.bool_)
    if changes.unchanged:
        batch, gone = _completed(changes, keys, ids, fetch)
        moved = changes.moved if changes.moved is not None else np.zeros(changes.rows, dtype=np.bool_)
        lost: Ints = np.flatnonzero(gone & moved)
        if current is not None and len(lost):
            found, instead = current(changes.batch, lost.tolist())
            changes = with_rows(changes, lost, instead, np.array(found))
            return settle(changes, elements, fetch)
    last = np.zeros(int(ids.max()) + 1, dtype=np.int64)
    order = np.arange(changes.rows, dtype=np.int64)
    last[ids] = order
    first = np.zeros(len(last), dtype=np.int64)
    first[ids[::-1]] = order[::-1]
    kept = last if len(last) < changes.rows else order
    if len(last) < changes.rows:
        kept = np.sort(last)
    fresh = changes.inserted[first[ids[kept]]]
    operations = changes.operations[kept]
    # A row that came and went within the run never was.
    visible = ~(fresh & (operations == DELETE)) & ~gone[kept]
    if not visible.all():
        kept, fresh, operations = kept[visible], fresh[visible], operations[visible]
    whole = len(kept) == changes.rows
    return Settled(
        operations=pa.array(operations, pa.int8()),
        batch=batch if whole else batch.take(pa.array(kept)),
        fresh=fresh,
        incomplete=int(gone.sum()),
    )


def key_ids(batch: pa.RecordBatch, keys: Sequence[int]) -> Ints:
    """A number for each row, equal for equal keys, from 0 without gaps."""
    ids: Ints | None = None
    for index in keys:
        encoded = batch.column(index).dictionary_encode()
        part = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        if ids is None:
            ids = part
        else:
            _, ids = np.unique(ids * len(encoded.dictionary) + part, return_inverse=True)
    assert ids is not None
    return ids


def _completed(changes: Changes, keys: Sequence[int], ids: Ints, fetch: Fetch) -> tuple[pa.RecordBatch, Flags]:
    """The batch with unchanged values filled in from the row's earlier state, and which rows have none."""
    batch: pa.RecordBatch = changes.batch
    marked = np.zeros(changes.rows, dtype=np.bool_)
    for flags in changes.unchanged.values():
        marked |= flags
    moved = changes.moved if changes.moved is not None else np.zeros(changes.rows, dtype=np.bool_)
    latest: dict[int, int] = {}
    earlier: dict[int, int] = {}  # row -> the row in this run that holds its earlier state
    wanted: dict[int, int] = {}  # row -> the row whose key is to be fetched
    for row in range(changes.rows):
        if marked[row]:
            key_row = row - 1 if moved[row] else row
            before = latest.get(int(ids[key_row]))
            if before is None:
                wanted[row] = key_row
            else:
                earlier[row] = before
        # The first half of a key change is a delete, but what it deletes is what the second half is completed from.
        if row + 1 == changes.rows or not (moved[row + 1] and marked[row + 1]):
            latest[int(ids[row])] = row
    gone = np.zeros(changes.rows, dtype=np.bool_)
    place: dict[int, int] = {}
    existing = batch.slice(0, 0)
    if wanted:
        found, existing = fetch(batch.take(pa.array(list(wanted.values()))))
        rows = list(wanted)
        place = {rows[int(number)]: index for index, number in enumerate(found)}
    columns: list[Any] = list(batch.columns)
    for index, flags in changes.unchanged.items():
        take = np.arange(changes.rows, dtype=np.int64)
        for row in np.flatnonzero(flags).tolist():
            if row in earlier:
                take[row], gone[row] = take[earlier[row]], gone[earlier[row]]
            elif row in place:
                take[row] = changes.rows + place[row]
            else:
                gone[row] = True
        both = pa.concat_arrays([columns[index], existing.column(index)])
        columns[index] = both.take(pa.array(take))
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names), gone


def _concatenated(first: pa.RecordBatch, second: pa.RecordBatch) -> pa.RecordBatch:
    columns = [pa.concat_arrays([one, two]) for one, two in zip(first.columns, second.columns, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=first.schema.names)
