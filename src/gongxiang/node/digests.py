"""Salted digests of a table's rows, by bucket and by key: two sides compare them without showing each other a value.

A row is the canonical text of its values; a bucket is the SUM of its rows' 60-bit hashes (XOR would let two equal rows cancel).
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.protocol.terms import ElementSpec
from gongxiang.protocol.types import texts

#: Buckets a table is spread over: few enough to send at once, enough to find differing rows among few.
BUCKETS = 4096
#: Rows whose hashes are kept from the first reading; a larger table is read again where it differs.
KEPT_ROWS = 2_000_000

Hashes = npt.NDArray[np.uint64]
#: Gives the table's batches from the beginning, at the same position each time.
Rows = Callable[[], Iterable[pa.RecordBatch]]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """A table's bucket sums and how many rows it has."""

    rows: int
    sums: Hashes

    def to_json(self) -> dict[str, Any]:
        """As it travels."""
        return {"rows": self.rows, "sums": pack(self.sums)}

    @classmethod
    def from_json(cls, value: Any) -> "Sums":
        """The inverse of `to_json`."""
        return cls(rows=int(value["rows"]), sums=unpack(value["sums"]))


class TableDigests:
    """Digests of one table for one comparison."""

    def __init__(self, rows: Rows, elements: Sequence[ElementSpec], salt: str) -> None:
        self._rows, self._elements = rows, tuple(elements)
        self._salt = salt.encode("utf-8")
        self._kept: list[tuple[npt.NDArray[np.uint16], Hashes, Hashes]] | None = []

    def sums(self) -> Sums:
        """Read the table once."""
        total = np.zeros(BUCKETS, np.uint64)
        count = 0
        for batch in self._rows():
            count += batch.num_rows
            if count > KEPT_ROWS:
                self._kept = None
            buckets, keys, hashes = self._hash(batch, with_keys=self._kept is not None)
            np.add.at(total, buckets, hashes)
            if self._kept is not None:
                self._kept.append((buckets, keys, hashes))
        return Sums(rows=count, sums=total)

    def rows_of(self, buckets: Sequence[int]) -> tuple[Hashes, Hashes]:
        """Hashes of keys and rows of some buckets, ordered by key."""
        wanted = np.zeros(BUCKETS, np.bool_)
        wanted[list(buckets)] = True
        keys, hashes = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
        for bucket, key, value in self._kept if self._kept is not None else self._again(wanted):
            chosen = wanted[bucket]
            keys.append(key[chosen])
            hashes.append(value[chosen])
        all_keys, all_hashes = np.concatenate(keys), np.concatenate(hashes)
        order = np.argsort(all_keys, kind="stable")
        return all_keys[order], all_hashes[order]

    def _again(self, wanted: npt.NDArray[np.bool_]) -> Iterator[tuple[npt.NDArray[np.uint16], Hashes, Hashes]]:
        for batch in self._rows():
            buckets = _buckets(self._key_texts(batch))
            part = batch.filter(pa.array(wanted[buckets]))
            if part.num_rows:
                yield self._hash(part, with_keys=True)

    def _hash(self, batch: pa.RecordBatch, *, with_keys: bool) -> tuple[npt.NDArray[np.uint16], Hashes, Hashes]:
        key_texts = self._key_texts(batch)
        keys = self._digest(key_texts) if with_keys else np.zeros(0, np.uint64)
        return _buckets(key_texts), keys, self._digest(_joined(batch, self._elements))

    def _key_texts(self, batch: pa.RecordBatch) -> list[bytes]:
        return _joined(batch, [spec for spec in self._elements if spec.key])

    def _digest(self, values: list[bytes]) -> Hashes:
        """60 bits of a keyed digest of each value."""
        make, salt = hashlib.sha256, self._salt
        whole = np.frombuffer(b"".join([make(salt + value).digest() for value in values]), ">u8")
        return whole[::4].astype(np.uint64) >> np.uint64(4)


def difference(ours: tuple[Hashes, Hashes], theirs: tuple[Hashes, Hashes]) -> tuple[int, int, int]:
    """How many keys only they have, only we have, and both have with other values."""
    (our_keys, our_rows), (their_keys, their_rows) = ours, theirs
    common, at_ours, at_theirs = np.intersect1d(our_keys, their_keys, return_indices=True)
    different = int(np.count_nonzero(our_rows[at_ours] != their_rows[at_theirs]))
    return len(their_keys) - len(common), len(our_keys) - len(common), different


def pack(values: Hashes) -> str:
    """Hashes as text."""
    return base64.b64encode(zlib.compress(values.astype("<u8").tobytes(), 1)).decode("ascii")


def unpack(text: str) -> Hashes:
    """The inverse of `pack`."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), "<u8").astype(np.uint64)


def _buckets(key_texts: list[bytes]) -> npt.NDArray[np.uint16]:
    crc = zlib.crc32
    return (np.fromiter((crc(text) for text in key_texts), np.uint32, len(key_texts)) % BUCKETS).astype(np.uint16)


def _joined(batch: pa.RecordBatch, elements: Sequence[ElementSpec]) -> list[bytes]:
    """Each row's values as one byte string; 0x00 separates and 0xFF is NULL, for neither is in any text."""
    parts = []
    for spec in elements:
        column = texts(batch.column(batch.schema.get_field_index(spec.code)), spec).view(pa.binary())
        parts.append(pc.fill_null(column, b"\xff") if column.null_count else column)
    whole = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, pa.scalar(b"\x00", pa.binary()))
    values: list[bytes] = whole.to_pylist()
    return values
