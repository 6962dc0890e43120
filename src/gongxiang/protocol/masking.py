"""Masks: how a granted value is made unrecognisable before it leaves; vectorised over Arrow arrays.

Masks never fall back to the plain value: what is too short to be masked in part is masked whole, and a mask that does
not fit an element's type is refused when the terms are compiled.
"""

import hashlib
import hmac
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongxiang.protocol.errors import TermsNotCompilable
from gongxiang.protocol.terms import MASK_FITS, DataType, ElementSpec, Mask, MaskKind
from gongxiang.protocol.types import texts

#: Digest behind pseudonyms; a secret belongs to one algorithm, so a change means a new key version.
PSEUDONYM_DIGEST = "sha256"
#: Bytes kept of the HMAC: 128 bits, for which no collision is to be expected in any banner's lifetime.
PSEUDONYM_BYTES = 16

_BLOCK = 64


def element_secret(base: bytes, code: str) -> bytes:
    """The secret of one element under a consumer's base secret, so that no provider's node ever holds another's."""
    return hmac.digest(base, b"gx_key\x00" + code.encode("utf-8"), "sm3")


def masked_spec(spec: ElementSpec, mask: Mask | None) -> ElementSpec:
    """The element as the consumer sees it (a masked one identifies nothing); raises TermsNotCompilable."""
    if mask is None:
        return spec
    if spec.type not in MASK_FITS[mask.kind]:
        raise TermsNotCompilable(
            "The mask {kind} does not fit the element {element} of type {type}.",
            kind=mask.kind,
            element=spec.code,
            type=spec.type,
        )
    if mask.prefix < 0 or mask.suffix < 0:
        raise TermsNotCompilable("The mask of the element {element} keeps a negative number of characters.", element=spec.code)
    match mask.kind:
        case MaskKind.BLANK:
            return replace(spec, key=False, nullable=True)
        case MaskKind.YEAR:
            return replace(spec, key=False)
        case _:
            return replace(spec, type=DataType.TEXT, key=False, precision=0, scale=0)


def apply_mask(array: Any, spec: ElementSpec, mask: Mask, secret: bytes) -> Any:
    """The masked values; NULL stays NULL."""
    match mask.kind:
        case MaskKind.BLANK:
            return pa.nulls(len(array), array.type)
        case MaskKind.YEAR:
            return year_of(array, spec)
        case MaskKind.PSEUDONYM:
            return pseudonyms(texts(array, spec), secret)
        case _:
            return keep(texts(array, spec), mask.prefix, mask.suffix)


def keep(values: Any, prefix: int, suffix: int) -> Any:
    """First `prefix` and last `suffix` characters stay, each other becomes `*`; a text not longer than both is all `*`."""
    quick = _kept_alike(values, prefix, suffix)
    if quick is not None:
        return quick
    length = pc.utf8_length(values)
    short = pc.less_equal(length, prefix + suffix)
    stars = pc.binary_repeat("*", pc.if_else(short, length, pc.subtract(length, prefix + suffix)))
    if prefix:
        head = pc.if_else(short, "", pc.utf8_slice_codeunits(values, 0, prefix))
        stars = pc.binary_join_element_wise(head, stars, "")
    if suffix:
        tail = pc.if_else(short, "", pc.utf8_slice_codeunits(values, -suffix))
        stars = pc.binary_join_element_wise(stars, tail, "")
    return stars


def _kept_alike(values: Any, prefix: int, suffix: int) -> Any | None:
    """As `keep`, for texts of one length in ASCII, as numbers of persons and phones are; None for any other."""
    rows = len(values)
    if not rows or values.null_count:
        return None
    ends = np.frombuffer(values.buffers()[1], np.int32, count=rows + 1, offset=values.offset * 4)
    length = int(ends[1] - ends[0])
    if length == 0 or ends[0] + rows * length != ends[-1] or not (np.diff(ends) == length).all():
        return None
    data = np.frombuffer(values.buffers()[2], np.uint8, count=rows * length, offset=int(ends[0]))
    if int(data.max()) >= 0x80:
        return None
    masked = data.reshape(rows, length).copy()
    masked[:, prefix if length > prefix + suffix else 0 : length - suffix if length > prefix + suffix else length] = ord("*")
    offsets = np.arange(0, (rows + 1) * length, length, dtype=np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(masked))


def year_of(array: Any, spec: ElementSpec) -> Any:
    """Each date or time as the first moment of its year; an instant's year is Beijing's."""
    if spec.type is DataType.INSTANT:
        return pc.floor_temporal(array.cast(pa.timestamp("us", "+08:00")), unit="year").cast(array.type)
    return pc.floor_temporal(array, unit="year")


def pseudonyms(values: Any, secret: bytes) -> Any:
    """The HMAC of each text under `secret`, 32 hex digits; equal texts are computed once; NULL stays NULL."""
    coded = values.dictionary_encode()
    key = secret.ljust(_BLOCK, b"\x00")
    # HMAC spelled out: its two keyed states are made once and copied per value, which more than doubles the rate.
    inner = hashlib.new(PSEUDONYM_DIGEST, bytes(b ^ 0x36 for b in key))
    outer = hashlib.new(PSEUDONYM_DIGEST, bytes(b ^ 0x5C for b in key))
    parts = []
    for value in coded.dictionary.cast(pa.binary()).to_pylist():
        first, second = inner.copy(), outer.copy()
        first.update(value)
        second.update(first.digest())
        parts.append(second.digest()[:PSEUDONYM_BYTES])
    width = 2 * PSEUDONYM_BYTES
    hexed = b"".join(parts).hex().encode("ascii")
    offsets = pa.array(range(0, len(hexed) + 1, width), pa.int32())
    found = pa.StringArray.from_buffers(len(parts), offsets.buffers()[1], pa.py_buffer(hexed))
    return found.take(coded.indices)
