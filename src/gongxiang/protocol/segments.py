"""Segments: the sealed unit that moves between nodes and gateway, and the only form in which shared data travel.

Pure bytes: nothing here knows a database. `docs/explanation/segments.md` tells the semantics at length; in short:

* One chain per resource. `seq` counts from 1 without gaps over all epochs; `prev_digest` is the digest of the segment
  before, "" for the first. `epoch` rises by one with each `begin` and never falls; `changes` carry the current epoch.
* `begin` (no rows) opens a load epoch for `targets` (`()` is everyone), `load` carries rows in key order, `load_end` (no
  rows) closes it. `changes` go to everyone. A target is a grant's id, or `target(grant_id, revision)`.
* A grant has a chain of its own, signed by the gateway: `stream_id` is the grant, `revision` its revision, `seq` the
  *source's* seq. Sequences are skipped there: what is for other targets, and changes of which nothing is left after the
  projection, are not handed out (except each 64th source seq, which is handed out empty so that the cursor moves on).
  `prev_digest` links what was handed out; it is "" in the `begin` with which the grant's view starts. The projection is
  a function of the source's segment, the terms and the secret, so a repeat after a crash gives the same digests.
* Body: one Arrow IPC stream (zstd) with one record batch of `protocol.batches.batch_schema`; `begin` and `load_end` carry a
  batch of no rows, so the consumer can make its table at once.
"""

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from gongxiang.protocol import canonical as canonical_form
from gongxiang.protocol.errors import SegmentAltered
from gongxiang.protocol.signing import Signer, verify

#: Digest of bodies and headers unless another is asked for; SM3 is the other (docs/decisions).
DEFAULT_DIGEST = "sha256"
DIGESTS = ("sha256", "sm3")
#: Every so many source sequences a grant gets a segment even if nothing is left of it.
EMPTY_EVERY = 64

_MAGIC = b"GXS1"
_LENGTHS = struct.Struct(">4sIIQ")


class SegmentKind(StrEnum):
    """What a segment does in its stream."""

    BEGIN = "begin"
    LOAD = "load"
    LOAD_END = "load_end"
    CHANGES = "changes"


@dataclass(frozen=True, kw_only=True)
class SegmentHeader:
    """What is signed of a segment; `body_digest` and `key_id` are filled in by `seal`."""

    #: The resource for a provider's stream, the grant for a projection.
    stream_id: UUID
    #: Revision of the grant's terms; 0 in a provider's stream.
    revision: int = 0
    schema_version: int
    epoch: int
    seq: int
    kind: SegmentKind
    #: Grants a load is for, as text; empty is everyone.
    targets: tuple[str, ...] = ()
    #: Source position after this segment, e.g. an LSN's text.
    position: str = ""
    rows: int = 0
    upserts: int = 0
    deletes: int = 0
    #: The latest source commit in it; None for loads.
    committed_at: datetime | None = None
    body_digest: str = ""
    prev_digest: str = ""
    key_id: str = ""

    def encode(self) -> bytes:
        """The canonical bytes that are digested and signed."""
        return canonical_form.canonical(self)

    @classmethod
    def decode(cls, data: bytes) -> "SegmentHeader":
        """The inverse of `encode`; raises SegmentAltered."""
        value = _header_json(data)
        try:
            committed_at = value.get("committed_at")
            return cls(
                stream_id=UUID(value["stream_id"]),
                revision=int(value["revision"]),
                schema_version=int(value["schema_version"]),
                epoch=int(value["epoch"]),
                seq=int(value["seq"]),
                kind=SegmentKind(value["kind"]),
                targets=tuple(str(target) for target in value["targets"]),
                position=str(value["position"]),
                rows=int(value["rows"]),
                upserts=int(value["upserts"]),
                deletes=int(value["deletes"]),
                committed_at=canonical_form.parse_instant(committed_at) if committed_at else None,
                body_digest=str(value["body_digest"]),
                prev_digest=str(value["prev_digest"]),
                key_id=str(value["key_id"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SegmentAltered("The segment's header cannot be read: {said}", said=error) from error


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One segment; `header_bytes` are exactly what was signed."""

    header: SegmentHeader
    body: bytes = field(repr=False)
    header_bytes: bytes = field(repr=False)
    signature: str = field(repr=False)

    @property
    def digest(self) -> str:
        """The segment's digest, `ALGORITHM:HEX` over the header, in the algorithm the body's digest names."""
        return digest(self.header_bytes, self.header.body_digest.partition(":")[0])

    def data(self) -> bytes:
        """The segment as it travels."""
        return encode(self.header_bytes, self.signature, self.body)


def digest(data: bytes, algorithm: str = DEFAULT_DIGEST) -> str:
    """`ALGORITHM:HEX` of `data`; raises SegmentAltered for an algorithm that is not one of ours."""
    if algorithm not in DIGESTS:
        raise SegmentAltered("The segment names an unknown digest {algorithm}.", algorithm=f"{algorithm!r}")
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def target(grant_id: UUID, revision: int) -> str:
    """The text by which a load names a grant's revision, so that a load made for older terms never serves newer ones."""
    return f"{grant_id}@{revision}"


def seal(header: SegmentHeader, body: bytes, signer: Signer, *, algorithm: str = DEFAULT_DIGEST) -> bytes:
    """The segment's bytes; digest and key id of `header` are filled in here."""
    return seal_segment(header, body, signer, algorithm=algorithm).data()


def seal_segment(header: SegmentHeader, body: bytes, signer: Signer, *, algorithm: str = DEFAULT_DIGEST) -> Segment:
    """As `seal`, as a value (its `digest` is the next segment's `prev_digest`)."""
    whole = replace(header, body_digest=digest(body, algorithm), key_id=signer.key_id)
    header_bytes = whole.encode()
    return Segment(header=whole, body=body, header_bytes=header_bytes, signature=signer.sign(header_bytes))


def encode(header_bytes: bytes, signature: str, body: bytes) -> bytes:
    """A segment's bytes from its stored parts."""
    signed = signature.encode("ascii")
    return b"".join((_LENGTHS.pack(_MAGIC, len(header_bytes), len(signed), len(body)), header_bytes, signed, body))


def split(data: bytes) -> Iterator[Segment]:
    """The segments that stand one after another in `data`, *not verified*; raises SegmentAltered where one is cut off."""
    offset = 0
    while offset < len(data):
        if len(data) - offset < _LENGTHS.size:
            raise SegmentAltered("The segment is cut off.")
        magic, header_length, signature_length, body_length = _LENGTHS.unpack_from(data, offset)
        if magic != _MAGIC:
            raise SegmentAltered("These bytes are not a segment.")
        start = offset + _LENGTHS.size
        middle, after = start + header_length, start + header_length + signature_length
        offset = after + body_length
        if offset > len(data):
            raise SegmentAltered("The segment is cut off.")
        header_bytes = data[start:middle]
        try:
            signature = data[middle:after].decode("ascii")
        except UnicodeDecodeError as error:
            raise SegmentAltered("The segment's signature cannot be read.") from error
        yield Segment(
            header=SegmentHeader.decode(header_bytes),
            body=data[after:offset],
            header_bytes=header_bytes,
            signature=signature,
        )


def check(segment: Segment, public_key: str) -> Segment:
    """Give `segment` back if body digest and signature hold; raise SegmentAltered."""
    if digest(segment.body, segment.header.body_digest.partition(":")[0]) != segment.header.body_digest:
        raise SegmentAltered("The segment's body does not match its digest.")
    if not verify(public_key, segment.header_bytes, segment.signature):
        raise SegmentAltered("The segment's signature is not of the sender's key.")
    return segment


def open_segment(data: bytes, public_key: str) -> Segment:
    """The one segment in `data`, verified; raises SegmentAltered."""
    found = list(split(data))
    if len(found) != 1:
        raise SegmentAltered("One segment was expected here.")
    return check(found[0], public_key)


def open_segments(data: bytes, public_key: str) -> Iterator[Segment]:
    """The segments in `data`, each verified when it is reached; raises SegmentAltered."""
    for segment in split(data):
        yield check(segment, public_key)


def _header_json(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise SegmentAltered("The segment's header cannot be read.") from error
    if not isinstance(value, dict):
        raise SegmentAltered("The segment's header cannot be read.")
    return value
