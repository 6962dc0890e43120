"""The Arrow form of a segment's body: operations, elements, old values; the same for nodes, gateway and policy.

Columns: `_op`, the elements by code in catalogue order, then for elements that live filters use `_old_CODE` (the value
before the change) and one `_known_old`. The elements themselves stand in the schema's metadata, so a reader needs
nothing else to make its table.

`_known_old` is true if and only if the row was in the provider's exchange database before the change; then every
`_old_CODE` is that row's value. For an insert of a new row it is false and the old values are NULL.
"""

import functools
import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.errors import SegmentAltered, SegmentOfOtherSchema
from gongxiang.protocol.terms import DataType, ElementSpec
from gongxiang.protocol.types import arrow_type

UPSERT, DELETE, TRUNCATE = 1, 2, 3
OP, KNOWN_OLD, OLD = "_op", "_known_old", "_old_"

_ELEMENTS = b"gx.elements"
#: Below this many bytes a batch travels as it is: setting up the compressor costs 0.3 ms and more than it saves.
_COMPRESSED_FROM = 16 << 10
#: Below this many bytes handing columns to other threads costs more than it saves.
_THREADS_FROM = 256 << 10
_ZSTD = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1))
_PLAIN = pa.ipc.IpcWriteOptions()


def batch_schema(elements: Iterable[ElementSpec], old: Iterable[str] = ()) -> Any:
    """The Arrow schema of a body with these elements and old values of the elements coded `old`."""
    specs = tuple(elements)
    by_code = {spec.code: spec for spec in specs}
    olds = [pa.field(OLD + code, arrow_type(by_code[code])) for code in old]
    fields = [pa.field(OP, pa.int8(), nullable=False)]
    fields += [pa.field(spec.code, arrow_type(spec)) for spec in specs]
    fields += [*olds, pa.field(KNOWN_OLD, pa.bool_(), nullable=False)] if olds else []
    return pa.schema(fields, metadata={_ELEMENTS: canonical(list(specs))})


def elements_of(schema: Any) -> tuple[ElementSpec, ...]:
    """The elements a body's schema was made of; raises SegmentOfOtherSchema."""
    return _elements_of(schema.serialize().to_pybytes())


@functools.lru_cache(maxsize=256)
def _elements_of(serialized: bytes) -> tuple[ElementSpec, ...]:
    """Remembered, for each segment of a stream has the same schema."""
    schema = pa.ipc.read_schema(pa.py_buffer(serialized))
    try:
        found = json.loads((schema.metadata or {})[_ELEMENTS])
        specs = tuple(
            ElementSpec(
                code=str(e["code"]), type=DataType(e["type"]), key=bool(e["key"]), nullable=bool(e["nullable"]),
                precision=int(e["precision"]), scale=int(e["scale"]),
            )
            for e in found
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise SegmentOfOtherSchema("The segment's body does not say which elements it carries.") from error
    codes = {spec.code for spec in specs}
    old = [n.removeprefix(OLD) for n in schema.names if n.startswith(OLD) and n not in codes]
    if not set(old) <= codes or not schema.equals(batch_schema(specs, old)):
        raise SegmentOfOtherSchema("The segment's columns are not those of the elements it names.")
    return specs


def empty_batch(schema: Any) -> Any:
    """A batch of no rows."""
    return pa.RecordBatch.from_pylist([], schema=schema)


def encode_batch(batch: Any) -> bytes:
    """The body of a segment: one Arrow IPC stream with this one batch, zstd unless it is small."""
    sink = pa.BufferOutputStream()
    options = _PLAIN if batch.nbytes < _COMPRESSED_FROM else _ZSTD
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def decode_schema(body: bytes) -> Any:
    """The Arrow schema of a body; raises SegmentAltered."""
    try:
        with pa.ipc.open_stream(pa.py_buffer(body)) as reader:
            return reader.schema
    except (pa.ArrowException, OSError) as error:
        raise SegmentAltered("The segment's body cannot be read: {said}", said=error) from error


def decode_batch(body: bytes) -> Any:
    """The one record batch of a body; raises SegmentAltered."""
    options = pa.ipc.IpcReadOptions(use_threads=len(body) >= _THREADS_FROM)
    try:
        with pa.ipc.open_stream(pa.py_buffer(body), options=options) as reader:
            batches = list(reader)
    except (pa.ArrowException, OSError) as error:
        raise SegmentAltered("The segment's body cannot be read: {said}", said=error) from error
    if len(batches) != 1:
        raise SegmentAltered("The segment's body holds {count} batches instead of one.", count=len(batches))
    return batches[0]
