"""What an entry says, as one frozen value: drafts are saved as it, versions freeze it, comparisons read it field by field.

Incomplete content is allowed (a draft grows over days); `policies` says what is missing. Never holds values of shared data.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue.vocabulary import CARRIED_AS, PERSONAL, SystemTier, highest
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.terms import DataType, ElementSpec

#: An exact numeric element without a stated precision is carried with the widest one.
WIDEST = 38


@dataclass(frozen=True, kw_only=True)
class ElementContent:
    """One data element (信息项); `code` is its name in exchange tables."""

    name: str = ""
    code: str = ""
    type: str = ""
    length: int | None = None
    scale: int | None = None
    key: bool = False
    nullable: bool = True
    data_class: str = ""
    sensitivity: str = ""
    #: Empty: as the resource; otherwise a SharingType of its own (部分提供, wushen-2021-60:9).
    sharing_type: str = ""
    description: str = ""
    #: Another department's element this one repeats, where one source is named (数源, cn-809:19).
    source_department: UUID | None = None

    @property
    def shareable(self) -> bool:
        """Whether it may flow at all."""
        return self.sharing_type != "WITHHELD"

    def spec(self) -> ElementSpec:
        """As the data plane knows it; raises KeyError for an unknown type letter."""
        carried = CARRIED_AS[self.type]
        exact = carried is DataType.DECIMAL
        return ElementSpec(
            code=self.code,
            type=carried,
            key=self.key,
            nullable=self.nullable and not self.key,
            precision=(self.length or WIDEST) if exact else 0,
            scale=(self.scale or 0) if exact else 0,
        )


@dataclass(frozen=True, kw_only=True)
class DistributionContent:
    """One way the resource is delivered; a TABLE names the node, the source table and a column for each element."""

    id: UUID | None = None
    kind: str = ""
    title: str = ""
    node_id: UUID | None = None
    #: `schema.table` in the source database.
    source_table: str = ""
    #: Element code -> column of the source table.
    columns: dict[str, str] = field(default_factory=dict)
    #: For an API or a file: where and how, in words, until `delivery` mounts it.
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class WithholdingBasis:
    """Why a resource may be withheld: a statute of the register, in it what, in which words (wushen-2021-60:10, cn-809:14)."""

    #: Id in the register of statutes, which knows title, number, rank and article.
    statute: str = ""
    #: A closer place than the register's, where one is meant.
    article: str = ""
    text: str = ""

    @property
    def given(self) -> bool:
        """Whether a statute is named."""
        return bool(self.statute)


@dataclass(frozen=True, kw_only=True)
class Content:
    """A whole entry: core metadata of the national guide, the nine of cn-809:13, survey figures, extensions."""

    name: str = ""
    #: 类 and 项 of the classification, e.g. "307"; 目 and 细目 may follow.
    classification: str = ""
    summary: str = ""
    format_class: str = ""
    format_type: str = ""
    format_note: str = ""
    source_kind: str = "SYSTEM"
    source_system: str = ""
    #: The same in the register of systems: by them systems without entries are found.
    systems: tuple[UUID, ...] = ()
    system_tier: str = "OWN"
    derived_from: tuple[UUID, ...] = ()
    source_department: UUID | None = None
    subject_kind: str = ""
    sharing_type: str = "UNCONDITIONAL"
    sharing_reason: str = ""
    conditions: str = ""
    condition_basis: str = ""
    scope: str = ""
    #: Empty: every department within `scope`; otherwise only these (相关政务部门).
    scope_departments: tuple[UUID, ...] = ()
    purposes: tuple[str, ...] = ()
    purpose_note: str = ""
    withholding: WithholdingBasis = field(default_factory=WithholdingBasis)
    sharing_mode: str = "PLATFORM"
    open_to_society: bool = False
    open_conditions: str = ""
    update_cycle: str = ""
    update_note: str = ""
    scenes: tuple[str, ...] = ()
    channel: str = "EXTRANET"
    electronic_licence: bool = False
    matters: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    area: str = ""
    period_from: date | None = None
    period_to: date | None = None
    related: tuple[UUID, ...] = ()
    storage_gb: Decimal | None = None
    records_10k: Decimal | None = None
    shared_storage_gb: Decimal | None = None
    shared_records_10k: Decimal | None = None
    open_storage_gb: Decimal | None = None
    open_records_10k: Decimal | None = None
    elements: tuple[ElementContent, ...] = ()
    distributions: tuple[DistributionContent, ...] = ()

    @property
    def data_class(self) -> str:
        """The strictest level among the elements (就高从严)."""
        return highest([element.data_class for element in self.elements])

    @property
    def line_run(self) -> bool:
        """Whether the data comes from a system that a superior runs (垂管), not from one of the department's own (自建)."""
        return self.system_tier not in ("", SystemTier.OWN)

    @property
    def personal(self) -> bool:
        """Whether any element is personal information."""
        return any(element.sensitivity in PERSONAL for element in self.elements)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its distributions, each once."""
        return tuple(dict.fromkeys(d.kind for d in self.distributions if d.kind))

    def element_specs(self) -> tuple[ElementSpec, ...]:
        """What may flow, as the data plane knows it: withheld elements are left out."""
        return tuple(element.spec() for element in self.elements if element.shareable)

    def without_mapping(self) -> "Content":
        """As others than the provider and the authority may see it: how tables are mapped is left out."""
        hidden = tuple(dataclasses.replace(one, node_id=None, source_table="", columns={}) for one in self.distributions)
        return dataclasses.replace(self, distributions=hidden)

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types; nothing is left out."""
        value: dict[str, Any] = plain(self)
        return value

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Content":
        """The inverse of `to_json`; fields that an older version did not know take their defaults."""
        content: Content = _build(cls, value)
        return content


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field that two versions state differently; `field` is a path such as `elements.id_number.length`."""

    field: str
    before: Any
    after: Any


def differences(before: Content, after: Content) -> tuple[Difference, ...]:
    """Every field in which two contents differ; elements are matched by code, distributions by id."""
    return tuple(_differences(before, after))


def _differences(before: Content, after: Content) -> Iterator[Difference]:
    for f in fields(Content):
        old, new = getattr(before, f.name), getattr(after, f.name)
        if f.name == "elements":
            yield from _rows("elements", {e.code or e.name: e for e in old}, {e.code or e.name: e for e in new})
            if (order := [e.code for e in new]) != (was := [e.code for e in old]) and sorted(order) == sorted(was):
                yield Difference(field="elements", before=was, after=order)
        elif f.name == "distributions":
            yield from _rows("distributions", {str(d.id): d for d in old}, {str(d.id): d for d in new})
        elif f.name == "withholding":
            yield from _within("withholding", old, new)
        elif old != new:
            yield Difference(field=f.name, before=plain(old), after=plain(new))


def _rows(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys((*old, *new)):
        if key not in new or key not in old:
            yield Difference(field=f"{path}.{key}", before=plain(old.get(key)), after=plain(new.get(key)))
        else:
            yield from _within(f"{path}.{key}", old[key], new[key])


def _within(path: str, old: Any, new: Any) -> Iterator[Difference]:
    for f in fields(old):
        before, after = getattr(old, f.name), getattr(new, f.name)
        if before != after:
            yield Difference(field=f"{path}.{f.name}", before=plain(before), after=plain(after))


def _build(cls: type, value: dict[str, Any]) -> Any:
    hints = _hints(cls)
    return cls(**{name: _read(hints[name], item) for name, item in value.items() if name in hints})


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    """Fields by name with their types, read once: contents are read on every page."""
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


def _read(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = next(a for a in typing.get_args(hint) if a is not type(None))
        return None if value is None else _read(inner, value)
    if origin is tuple:
        return tuple(_read(typing.get_args(hint)[0], item) for item in value)
    if origin is dict:
        return dict(value)
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type, hint), value)
    if hint is date:
        return date.fromisoformat(value)
    if hint is Decimal:
        return _decimal(value)
    return hint(value)


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r}") from error
