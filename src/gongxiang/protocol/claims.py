"""Claims: key and values of a doubtful record at the gateway; facts with sizes, digests and numbers only, and one order."""

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


@dataclass(frozen=True, kw_only=True)
class CorrectedRowAnswered(Message):
    """The changed record stands in what the gateway answers from: the grants by interface whose view of it has rows."""

    kind: ClassVar[str] = "corrected_row_answered"
    claim_id: UUID
    resource_id: UUID
    grant_id: UUID
    #: The segment that carries the changed record, as `CorrectedRowSealed` named it.
    seq: int
    grant_ids: tuple[UUID, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ForgetClaim(Message):
    """Order: the case is over, so the gateway keeps key and values of its record no longer."""

    kind: ClassVar[str] = "forget_claim"
    claim_id: UUID
