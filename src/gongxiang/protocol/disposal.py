"""Destroying what was delivered under an ended grant: the order of the consumer's department, and what its node says it did."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.message import Message

#: Why a node did not destroy: the grant runs, something of the department's hangs on the table, it is busy, or else.
NOT_ENDED, IN_USE, BUSY, FAILED = "not_ended", "in_use", "busy", "failed"


@dataclass(frozen=True, kw_only=True)
class DestroyTable(Message):
    """The consumer's department orders its node to destroy the table received under an ended grant."""

    kind: ClassVar[str] = "destroy_table"
    request_id: UUID
    grant_id: UUID
    node_id: UUID


@dataclass(frozen=True, kw_only=True)
class TableDestroyed(Message):
    """Answer to DestroyTable, signed by the node: the rows counted as they went, or why nothing was destroyed."""

    kind: ClassVar[str] = "table_destroyed"
    request_id: UUID
    grant_id: UUID
    node_id: UUID
    #: Empty where nothing had been received.
    table: str
    rows: int
    #: Empty if it was done; else one of the reasons above.
    problem: str
    detail: str
    at: datetime
    signature: str = field(default="", repr=False)

    def signed_bytes(self) -> bytes:
        """The canonical bytes of everything but the signature."""
        said = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "signature"}
        return canonical({"kind": self.kind, **said})
