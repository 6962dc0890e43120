"""Sealing: rows and changes become the next segment of a resource's chain; for `node.provider`.

Pure: keeps nothing. The caller stores the sealed bytes and the advanced chain in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gongxiang.protocol.batches import (
    DELETE,
    KNOWN_OLD,
    TRUNCATE,
    UPSERT,
    batch_schema,
    empty_batch,
    encode_batch,
)
from gongxiang.protocol.segments import Segment, SegmentHeader, SegmentKind, seal_segment
from gongxiang.protocol.signing import Signer
from gongxiang.protocol.terms import ElementSpec
from gongxiang.protocol.types import arrow_type


@dataclass(frozen=True, kw_only=True)
class Body:
    """A segment's body with its counts, before it has its place in the chain."""

    data: bytes
    rows: int = 0
    upserts: int = 0
    deletes: int = 0


@dataclass(frozen=True, kw_only=True)
class OldValues:
    """What the rows of a batch held before it, for the elements that live filters use."""

    #: Numbers of the rows that were there before.
    rows: npt.NDArray[np.int64]
    #: Their values, one column per filter element.
    batch: pa.RecordBatch


def empty_body(elements: Sequence[ElementSpec]) -> Body:
    """The schema and no rows."""
    return Body(data=encode_batch(empty_batch(batch_schema(elements))))


def load_body(batch: pa.RecordBatch, elements: Sequence[ElementSpec]) -> Body:
    """A load's rows."""
    operations = pa.repeat(pa.scalar(UPSERT, pa.int8()), batch.num_rows)
    whole = pa.RecordBatch.from_arrays([operations, *batch.columns], schema=batch_schema(elements))
    return Body(data=encode_batch(whole), rows=batch.num_rows, upserts=batch.num_rows)


def changes_body(
    *,
    truncated: bool,
    operations: pa.Array,
    batch: pa.RecordBatch,
    elements: Sequence[ElementSpec],
    filters: Sequence[str] = (),
    old: OldValues | None = None,
) -> Body:
    """The changes of a batch, a truncation first; `old` are the values before, for the elements coded `filters`."""
    columns: list[pa.Array] = [operations, *batch.columns]
    if filters:
        columns += _old_columns(batch.num_rows, elements, filters, old)
    schema = batch_schema(elements, filters)
    counts: Mapping[Any, int] = {v["values"]: v["counts"] for v in operations.value_counts().to_pylist()}
    if truncated:
        # The truncation stands before the rows: a row of its own, otherwise empty.
        first = [pa.array([TRUNCATE], pa.int8())]
        first += [pa.array([False] if field.name == KNOWN_OLD else [None], field.type) for field in list(schema)[1:]]
        columns = [pa.concat_arrays([head, rest]) for head, rest in zip(first, columns, strict=True)]
    whole = pa.RecordBatch.from_arrays(columns, schema=schema)
    return Body(data=encode_batch(whole), rows=whole.num_rows, upserts=counts.get(UPSERT, 0), deletes=counts.get(DELETE, 0))


def _old_columns(rows: int, elements: Sequence[ElementSpec], filters: Sequence[str], old: OldValues | None) -> list[pa.Array]:
    by_code = {spec.code: spec for spec in elements}
    if old is None or not len(old.rows):
        nothing = [pa.nulls(rows, arrow_type(by_code[code])) for code in filters]
        return [*nothing, pa.array(np.zeros(rows, dtype=np.bool_))]
    known = np.zeros(rows, dtype=np.bool_)
    known[old.rows] = True
    where = np.zeros(rows, dtype=np.int64)
    where[old.rows] = np.arange(len(old.rows))
    taken = pa.array(where, mask=~known)
    return [*(old.batch.column(code).take(taken) for code in filters), pa.array(known)]


def seal(
    *,
    resource_id: UUID,
    schema_version: int,
    epoch: int,
    seq: int,
    prev_digest: str,
    kind: SegmentKind,
    body: Body,
    position: str,
    signer: Signer,
    targets: Sequence[str] = (),
    committed_at: datetime | None = None,
) -> Segment:
    """The segment with this place in the chain, signed by the node."""
    header = SegmentHeader(
        stream_id=resource_id,
        schema_version=schema_version,
        epoch=epoch,
        seq=seq,
        kind=kind,
        targets=tuple(targets),
        position=position,
        rows=body.rows,
        upserts=body.upserts,
        deletes=body.deletes,
        committed_at=committed_at,
        prev_digest=prev_digest,
    )
    return seal_segment(header, body.data, signer)
