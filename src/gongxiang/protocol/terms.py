"""The terms of a grant: exactly what may flow, to whom, for what, until when. What they do not name does not flow.

Frozen values; `to_json`/`from_json` round-trip through canonical JSON. The policy compiler (`protocol.policy`) is the only
reader that turns them into data operations.
"""

import enum
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.protocol.canonical import parse_instant, plain


class Purpose(enum.StrEnum):
    """使用用途 (wushen-2021-60:21(2))."""

    DECISION = "decision"
    REFERENCE = "reference"
    VERIFICATION = "verification"
    JOINT_HANDLING = "joint_handling"


class MaskKind(enum.StrEnum):
    """How a value is masked before it leaves the gateway."""

    #: Keep `prefix` first and `suffix` last characters, each other character becomes `*`.
    KEEP = "keep"
    #: The whole value becomes NULL.
    BLANK = "blank"
    #: A keyed digest under a secret per consumer and element: equal values stay equal, nothing else is seen.
    PSEUDONYM = "pseudonym"
    #: A date becomes the first of January of its year.
    YEAR = "year"


@dataclass(frozen=True, kw_only=True)
class Mask:
    """One mask; `prefix` and `suffix` count characters and matter to KEEP only."""

    kind: MaskKind
    prefix: int = 0
    suffix: int = 0


class DataType(enum.StrEnum):
    """Element types that are carried; each has one Arrow and one PostgreSQL form (`protocol.types`)."""

    TEXT = "text"
    INTEGER = "integer"  # 64 bits
    DECIMAL = "decimal"  # up to 38 digits; precision and scale in the element
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"  # without zone
    INSTANT = "instant"  # with zone
    BYTES = "bytes"
    UUID = "uuid"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class ElementSpec:
    """One catalogued element as the data plane knows it: `code` is its name in exchange tables (ASCII, <= 48 bytes)."""

    code: str
    type: DataType
    key: bool = False
    nullable: bool = True
    precision: int = 0
    scale: int = 0


class Comparison(enum.StrEnum):
    """Operators of a row filter."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    STARTS_WITH = "starts_with"
    IS_NULL = "is_null"
    NOT_NULL = "not_null"


#: Operators that take no value, and those that need an order.
NO_VALUE = (Comparison.IS_NULL, Comparison.NOT_NULL)
ORDER = (Comparison.LT, Comparison.LE, Comparison.GT, Comparison.GE)
#: Types whose values have no order to compare by.
UNORDERED = (DataType.BOOLEAN, DataType.JSON, DataType.BYTES, DataType.UUID)
#: Which types a mask has a meaning for.
MASK_FITS: dict[MaskKind, tuple[DataType, ...]] = {
    MaskKind.KEEP: (DataType.TEXT, DataType.INTEGER, DataType.DECIMAL, DataType.DATE, DataType.UUID),
    MaskKind.BLANK: tuple(DataType),
    # JSON has many texts for one value, so equal values would not stay equal.
    MaskKind.PSEUDONYM: tuple(t for t in DataType if t is not DataType.JSON),
    MaskKind.YEAR: (DataType.DATE, DataType.TIMESTAMP, DataType.INSTANT),
}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`element operator values`; values are texts in the element's canonical text form. NULL never satisfies a comparison."""

    element: str
    operator: Comparison
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Volume:
    """How much may be taken; None is no limit.

    Counted by the gateway where somebody asks and is answered: services, files, samples. A table exchange has none, for a
    copy that lacks rows is no copy: there the row filter is the limit.
    """

    calls_per_day: int | None = None
    rows_per_day: int | None = None
    rows_in_all: int | None = None

    @property
    def limited(self) -> bool:
        """Whether there is any limit."""
        return any(limit is not None for limit in (self.calls_per_day, self.rows_per_day, self.rows_in_all))

    def widenings(self, new: "Volume") -> list[str]:
        """The limits that `new` raises or drops."""
        return [
            name
            for name in VOLUME_LIMITS
            if (old := getattr(self, name)) is not None and ((limit := getattr(new, name)) is None or limit > old)
        ]

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> "Volume":
        """The inverse of its canonical form; what was written before there were limits has none."""
        given = value or {}
        return cls(**{name: None if given.get(name) is None else int(given[name]) for name in VOLUME_LIMITS})


#: The limits by name.
VOLUME_LIMITS = ("calls_per_day", "rows_per_day", "rows_in_all")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What one revision of one grant lets through; conditions are joined by AND; an empty tuple lets every row through."""

    grant_id: UUID
    revision: int
    resource_id: UUID
    provider_id: UUID
    consumer_id: UUID
    elements: tuple[str, ...]
    masks: dict[str, Mask] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    valid_from: datetime
    valid_until: datetime
    #: Version of the secret behind pseudonyms and `gx_key`; kept across revisions.
    key_version: int = 1
    volume: Volume = Volume()

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        value: dict[str, Any] = plain(self)
        return value

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Terms":
        """The inverse of `to_json`; raises KeyError or ValueError for anything else."""
        return cls(
            grant_id=UUID(value["grant_id"]),
            revision=int(value["revision"]),
            resource_id=UUID(value["resource_id"]),
            provider_id=UUID(value["provider_id"]),
            consumer_id=UUID(value["consumer_id"]),
            elements=tuple(value["elements"]),
            masks={
                k: Mask(kind=MaskKind(m["kind"]), prefix=m["prefix"], suffix=m["suffix"]) for k, m in value["masks"].items()
            },
            conditions=tuple(
                Condition(element=c["element"], operator=Comparison(c["operator"]), values=tuple(c["values"]))
                for c in value["conditions"]
            ),
            purposes=tuple(Purpose(p) for p in value["purposes"]),
            valid_from=parse_instant(value["valid_from"]),
            valid_until=parse_instant(value["valid_until"]),
            key_version=int(value["key_version"]),
            volume=Volume.from_json(value.get("volume")),
        )
