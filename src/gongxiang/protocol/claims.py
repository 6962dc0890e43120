"""Facts about claims: key and values of a doubtful record at the gateway. Sizes, digests and numbers only, never a value."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from gongxiang.protocol.message import Message


@dataclass(frozen=True, kw_only=True)
class ClaimTaken(Message):
    """Key and values of a doubtful record were deposited at the gateway; only sizes and digests are told."""

    kind: ClassVar[str] = "claim_taken"
    claim_id: UUID
    ticket_id: UUID
    person: str
    resource_id: UUID
    grant_id: UUID
    elements: tuple[str, ...]
    size: int
    digest: str
    #: Of the record's key, under the consumer's secret: equal for one record, nobody else can try keys.
    key_digest: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ClaimRead(Message):
    """A person read a claim at the gateway."""

    kind: ClassVar[str] = "claim_read"
    claim_id: UUID
    ticket_id: UUID
    person: str
    resource_id: UUID
    grant_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CorrectedRowSealed(Message):
    """The record of a claim changed in its provider's stream: the segment, and the grants whose projection of it has rows."""

    kind: ClassVar[str] = "corrected_row_sealed"
    claim_id: UUID
    resource_id: UUID
    grant_id: UUID
    seq: int
    grant_ids: tuple[UUID, ...]
    at: datetime
