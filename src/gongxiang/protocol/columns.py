"""A compressed body column by column, without unpacking it: what passes a projection as it is keeps its bytes; for `policy`.

Arrow compresses each buffer of a batch by itself, so columns can be taken from one body and put into another. Reads and writes
nothing but the places of buffers in the message's own description (a flatbuffer, Arrow's format 1.0).
"""

import functools
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from gongxiang.protocol.errors import SegmentAltered

_U16, _I32, _I64, _PAIR = struct.Struct("<H"), struct.Struct("<i"), struct.Struct("<q"), struct.Struct("<qq")
#: Of a message: its header and the body's length; of a record batch: its rows, nodes, buffers and compression.
_HEADER, _BODY_LENGTH, _ROWS, _NODES, _BUFFERS, _COMPRESSION = 2, 3, 0, 1, 2, 3
_CONTINUES, _END = b"\xff\xff\xff\xff", b"\xff\xff\xff\xff\x00\x00\x00\x00"
_ZSTD = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1))


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column as it stands in a body."""

    nulls: int
    buffers: tuple[memoryview, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Packed:
    """The columns of one compressed body."""

    schema: Any
    rows: int
    columns: Mapping[str, Column]


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """Where in a record batch's description its numbers stand."""

    body_length: int
    rows: int
    nodes: int
    node_count: int
    buffers: int
    buffer_count: int


def unpack(body: bytes) -> Packed | None:
    """The columns of a body, still compressed; None if it is not compressed. Raises SegmentAltered."""
    try:
        reader = pa.ipc.MessageReader.open_stream(pa.py_buffer(body))
        head, batch = reader.read_next_message(), reader.read_next_message()
        if head.type != "schema" or batch.type != "record batch":
            raise _altered("it is no table")
        with pa.ipc.open_stream(pa.py_buffer(body)) as stream:
            schema = stream.schema
        metadata, content = memoryview(batch.metadata), memoryview(batch.body)
        layout = _layout(metadata)
        if layout is None:
            return None
        (rows,) = _I64.unpack_from(metadata, layout.rows)
        columns: dict[str, Column] = {}
        at = layout.buffers
        if layout.node_count != len(schema) or layout.buffer_count != sum(_buffers_of(f.type) for f in schema):
            raise _altered("it is not laid out like its schema")
        for index, item in enumerate(schema):
            length, nulls = _PAIR.unpack_from(metadata, layout.nodes + 16 * index)
            found = []
            for _ in range(_buffers_of(item.type)):
                start, size = _PAIR.unpack_from(metadata, at)
                at += 16
                if start < 0 or size < 0 or start + size > len(content) or length != rows:
                    raise _altered("it is cut off")
                found.append(content[start : start + size])
            columns[item.name] = Column(nulls=nulls, buffers=tuple(found))
        return Packed(schema=schema, rows=rows, columns=columns)
    except (pa.ArrowException, OSError, StopIteration, struct.error) as error:
        raise _altered(error) from error


def pack(schema: Any, rows: int, columns: Mapping[str, Column]) -> bytes:
    """A body with this schema, made of compressed columns."""
    head, description, layout = _template(schema.serialize().to_pybytes())
    metadata = bytearray(description)
    parts: list[bytes | memoryview] = []
    at, size = layout.buffers, 0
    for index, item in enumerate(schema):
        column = columns[item.name]
        _PAIR.pack_into(metadata, layout.nodes + 16 * index, rows, column.nulls)
        for buffer in column.buffers:
            _PAIR.pack_into(metadata, at, size, len(buffer))
            at += 16
            parts.append(buffer)
            if spare := -len(buffer) % 8:
                parts.append(bytes(spare))
            size += len(buffer) + spare
    _I64.pack_into(metadata, layout.rows, rows)
    _I64.pack_into(metadata, layout.body_length, size)
    return b"".join((head, _CONTINUES, _I32.pack(len(metadata)), metadata, *parts, _END))


def compressed(batch: Any) -> Packed:
    """The columns of a batch, compressed whatever its size."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=_ZSTD) as writer:
        writer.write_batch(batch)
    packed = unpack(sink.getvalue().to_pybytes())
    assert packed is not None
    return packed


def decode_columns(body: bytes, names: list[str], schema: Any) -> Any:
    """The one batch of a body with some of its columns only; the others stay as they are."""
    chosen = sorted(schema.get_field_index(name) for name in names)
    try:
        with pa.ipc.open_stream(pa.py_buffer(body), options=pa.ipc.IpcReadOptions(included_fields=chosen)) as reader:
            return reader.read_next_batch()
    except (pa.ArrowException, OSError, StopIteration) as error:
        raise _altered(error) from error


@functools.lru_cache(maxsize=256)
def _template(serialized: bytes) -> tuple[bytes, bytes, _Layout]:
    """The schema message of a body, and the description of a batch of one row to write numbers into."""
    schema = pa.ipc.read_schema(pa.py_buffer(serialized))
    arrays = [pa.array([0], f.type) if not f.nullable and f.type == pa.int8() else pa.nulls(1, f.type) for f in schema]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=_ZSTD) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    whole = sink.getvalue()
    reader = pa.ipc.MessageReader.open_stream(whole)
    head, batch = reader.read_next_message(), reader.read_next_message()
    layout = _layout(memoryview(batch.metadata))
    assert layout is not None
    return head.serialize().to_pybytes(), batch.metadata.to_pybytes(), layout


def _layout(metadata: memoryview) -> _Layout | None:
    """Where the numbers stand; None if the batch is not compressed."""
    (root,) = _I32.unpack_from(metadata, 0)
    header, body_length = _field(metadata, root, _HEADER), _field(metadata, root, _BODY_LENGTH)
    if not header or not body_length:
        return None
    batch = header + _I32.unpack_from(metadata, header)[0]
    rows, nodes, buffers = (_field(metadata, batch, number) for number in (_ROWS, _NODES, _BUFFERS))
    if not rows or not nodes or not buffers or not _field(metadata, batch, _COMPRESSION):
        return None
    nodes += _I32.unpack_from(metadata, nodes)[0]
    buffers += _I32.unpack_from(metadata, buffers)[0]
    return _Layout(
        body_length=body_length, rows=rows,
        nodes=nodes + 4, node_count=_I32.unpack_from(metadata, nodes)[0],
        buffers=buffers + 4, buffer_count=_I32.unpack_from(metadata, buffers)[0],
    )  # fmt: skip


def _field(metadata: memoryview, table: int, number: int) -> int:
    """Where a table's field stands; 0 if it has none."""
    directory = table - _I32.unpack_from(metadata, table)[0]
    (size,) = _U16.unpack_from(metadata, directory)
    if 4 + 2 * number >= size:
        return 0
    (offset,) = _U16.unpack_from(metadata, directory + 4 + 2 * number)
    return table + offset if offset else 0


def _altered(said: object) -> SegmentAltered:
    return SegmentAltered("The segment's body cannot be read: {said}", said=said)


def _buffers_of(kind: Any) -> int:
    return 3 if pa.types.is_string(kind) or pa.types.is_binary(kind) else 2
