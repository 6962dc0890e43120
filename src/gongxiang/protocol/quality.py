"""What a provider's node counts inside a table it shares: empty values, doubled rows. Counts, never a value (办法 20)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from gongxiang.protocol.message import Message


@dataclass(frozen=True, kw_only=True)
class EmptyValues:
    """In how many rows an element is NULL, or a text of blanks."""

    element: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class TableMeasured(Message):
    """Counted in the exchange table of a stream, after segment `seq` of `epoch`; each row that repeats another counts once."""

    kind: ClassVar[str] = "table_measured"
    resource_id: UUID
    node_id: UUID
    epoch: int
    seq: int
    rows: int
    #: Of every element, in the order of the table.
    empty: tuple[EmptyValues, ...]
    #: Rows whose key an earlier row has.
    doubled_keys: int
    #: Rows that are as an earlier row in everything but the key.
    doubled_rows: int
    at: datetime
