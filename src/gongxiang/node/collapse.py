"""Many changes in order become at most one per key: the last wins; for whatever applies changes to a table.

Vectorised over Arrow; pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.protocol.batches import DELETE, OP, TRUNCATE, UPSERT


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a table has to become: first emptied if `truncate`, then without `deletes`, then with `upserts`."""

    truncate: bool
    #: The last image of every key that stays, with the elements' columns only.
    upserts: pa.RecordBatch
    #: The keys that go, with the elements' columns (only keys count).
    deletes: pa.RecordBatch
    #: How many changes came in: inserts and updates, deletions.
    upserts_seen: int = 0
    deletes_seen: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing has to be done."""
        return not (self.truncate or self.upserts.num_rows or self.deletes.num_rows)


def collapse(batches: Sequence[pa.RecordBatch], codes: Sequence[str], key: Sequence[str]) -> Changes:
    """The net effect of `batches` in order; columns besides `_op` and `codes` are dropped."""
    batch = batches[0] if len(batches) == 1 else _concatenate(batches)
    operations = batch.column(OP).to_numpy(zero_copy_only=False)
    batch = batch.select(list(codes))
    upserts_seen, deletes_seen = int(np.count_nonzero(operations == UPSERT)), int(np.count_nonzero(operations == DELETE))
    cuts = np.flatnonzero(operations == TRUNCATE)
    if len(cuts):
        start = int(cuts[-1]) + 1
        batch, operations = batch.slice(start), operations[start:]
    last = _last_of_each_key(batch, key)
    if last is not None:
        batch, operations = batch.take(pa.array(last)), operations[last]
    stays = operations == UPSERT
    everything = bool(stays.all())
    return Changes(
        truncate=bool(len(cuts)),
        upserts=batch if everything else batch.filter(pa.array(stays)),
        deletes=batch.slice(0, 0) if everything else batch.filter(pa.array(~stays)),
        upserts_seen=upserts_seen,
        deletes_seen=deletes_seen,
    )


def _concatenate(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    names = batches[0].schema.names
    arrays = [pa.concat_arrays([batch.column(name) for batch in batches]) for name in names]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _last_of_each_key(batch: pa.RecordBatch, key: Sequence[str]) -> npt.NDArray[np.int64] | None:
    """Positions of the last row of every key, in order; None if no key comes twice."""
    n = batch.num_rows
    if n < 2:
        return None
    codes, count = _codes(batch.column(key[0]))
    for name in key[1:]:
        more, more_count = _codes(batch.column(name))
        combined = codes * more_count + more
        unique, codes = np.unique(combined, return_inverse=True)
        count = len(unique)
    if count == n:
        return None
    last = np.empty(count, np.int64)
    last[codes] = np.arange(n)
    last.sort()
    return last


def _codes(column: pa.Array) -> tuple[npt.NDArray[np.int64], int]:
    encoded: Any = pc.dictionary_encode(column, null_encoding="encode")
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), len(encoded.dictionary)
