"""Receipts: a consumer's node states, signed, how far it has applied a grant's segments and what its table holds then."""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.protocol.canonical import canonical, parse_instant, plain
from gongxiang.protocol.errors import ReceiptRefused
from gongxiang.protocol.signing import Signer, verify


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One receipt; `upserts` and `deletes` are totals since the grant opened, `digest` is the last applied segment's."""

    grant_id: UUID
    revision: int
    epoch: int
    seq: int
    upserts: int
    deletes: int
    rows_in_table: int
    lag_ms: int
    digest: str
    at: datetime
    signature: str = field(default="", repr=False)

    def signed_bytes(self) -> bytes:
        """The canonical bytes of everything but the signature."""
        return canonical({f.name: getattr(self, f.name) for f in fields(self) if f.name != "signature"})

    def signed(self, signer: Signer) -> "Receipt":
        """The receipt with the signer's signature."""
        return replace(self, signature=signer.sign(self.signed_bytes()))

    def to_json(self) -> dict[str, Any]:
        """As it travels."""
        value: dict[str, Any] = plain(self)
        return value

    @classmethod
    def from_json(cls, value: Any, *, grant_id: UUID) -> "Receipt":
        """The receipt for `grant_id` in a request's JSON; raises ReceiptRefused."""
        try:
            return cls(
                grant_id=grant_id,
                revision=int(value["revision"]),
                epoch=int(value["epoch"]),
                seq=int(value["seq"]),
                upserts=int(value["upserts"]),
                deletes=int(value["deletes"]),
                rows_in_table=int(value["rows_in_table"]),
                lag_ms=int(value["lag_ms"]),
                digest=str(value["digest"]),
                at=parse_instant(value["at"]),
                signature=str(value["signature"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ReceiptRefused("The receipt cannot be read: {said}", said=error) from error

    def check(self, public_key: str) -> "Receipt":
        """Give the receipt back if the key's holder signed it; raise ReceiptRefused."""
        if not verify(public_key, self.signed_bytes(), self.signature):
            raise ReceiptRefused("The receipt's signature is not of the consumer's node.")
        return self
