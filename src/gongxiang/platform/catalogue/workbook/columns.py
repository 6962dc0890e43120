"""The columns of the workbook, derived from the fields of `content.Content`: a new field appears here by itself.

`HEADERS` gives each its words in Chinese and English; a field without words is headed by its own name until somebody adds them.
"""

import dataclasses
import functools
import types
import typing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.vocabulary import (
    PURPOSE_LABELS,
    SURVEY_FIGURES,
    Channel,
    DataClass,
    DistributionKind,
    ElementType,
    FormatClass,
    Scene,
    Sensitivity,
    SharingMode,
    SharingType,
    SourceKind,
    SubjectKind,
    SystemTier,
    UpdateCycle,
)

ENTRIES = "entries"


class Kind(Enum):
    """How a cell is read and written."""

    TEXT = "text"
    CODE = "code"
    YES = "yes"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    REFERENCE = "reference"
    TEXTS = "texts"
    CODES = "codes"
    REFERENCES = "references"
    PAIRS = "pairs"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `path` is the field within its sheet's value, e.g. `withholding.statute`."""

    path: str
    kind: Kind
    zh: str
    en: str
    #: What it refers to: `department`, `resource`, `system`, `statute`; empty where ids are written as they are.
    refers_to: str = ""
    #: Longest text that a cell may hold.
    longest: int = 10_000


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: `name` is the field of Content that it fills, or ENTRIES."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class Extra:
    """A column that is no field of the content: the row's key, what identifies the entry, what is only shown."""

    name: str
    zh: str
    en: str
    #: Whether import looks at it.
    read: bool


SHEETS = {ENTRIES: ("目录", "Entries"), "elements": ("信息项", "Elements"), "distributions": ("共享方式", "Distributions")}
CODES_SHEET = ("代码表", "Codes")
HELP_SHEET = ("填写说明", "Help")
KEY = Extra(name="key", zh="序号", en="No.", read=True)
PARENT = Extra(name="parent", zh="目录序号", en="Entry no.", read=True)
EXTRAS = (
    KEY,
    Extra(name="id", zh="系统标识", en="Identifier", read=True),
    Extra(name="code", zh="信息资源代码", en="Resource code", read=True),
    Extra(name="provider", zh="提供部门", en="Provider", read=False),
    Extra(name="provider_code", zh="提供部门代码", en="Provider's credit code", read=False),
    Extra(name="status", zh="状态", en="State", read=False),
    Extra(name="version", zh="版本", en="Version", read=False),
    Extra(name="published_on", zh="发布日期", en="Date of publication", read=False),
)

#: Sheet and field -> Chinese and English head of the column, as the national guide and 条例 13 call it.
HEADERS: dict[str, tuple[str, str]] = {
    "name": ("信息资源名称", "Name of the resource"),
    "classification": ("信息资源分类", "Classification"),
    "summary": ("信息资源摘要", "Summary"),
    "format_class": ("信息资源格式", "Format"),
    "format_type": ("格式类型", "Format in detail"),
    "format_note": ("格式说明", "What the format is"),
    "source_kind": ("数据来源方式", "Source of the data"),
    "source_system": ("来源系统", "Source system"),
    "systems": ("关联业务系统", "Registered systems"),
    "system_tier": ("系统建设层级", "Who runs the system"),
    "derived_from": ("来源资源", "Derived from"),
    "source_department": ("数源部门", "Source department"),
    "subject_kind": ("数据对象", "What it is about"),
    "sharing_type": ("共享类型", "Sharing type"),
    "sharing_reason": ("共享类型理由", "Reason for this type"),
    "conditions": ("共享条件", "Conditions of sharing"),
    "condition_basis": ("共享条件依据", "Basis of the conditions"),
    "scope": ("共享范围", "Scope of sharing"),
    "scope_departments": ("限定共享部门", "Departments in scope"),
    "purposes": ("使用用途", "Purposes"),
    "purpose_note": ("使用用途说明", "Purposes explained"),
    "withholding.statute": ("不予共享依据", "Statute"),
    "withholding.article": ("依据条款", "Article"),
    "withholding.text": ("依据原文", "Words relied on"),
    "sharing_mode": ("共享途径", "Mode of sharing"),
    "open_to_society": ("是否向社会开放", "Open to society"),
    "open_conditions": ("开放条件", "Conditions of opening"),
    "update_cycle": ("更新周期", "Update cycle"),
    "update_note": ("更新说明", "When it is updated"),
    "scenes": ("应用场景", "Scenes of use"),
    "channel": ("提供渠道", "Channel"),
    "electronic_licence": ("是否电子证照", "Electronic licence"),
    "matters": ("关联事项", "Business matters"),
    "keywords": ("关键词", "Keywords"),
    "area": ("数据区域范围", "Area covered"),
    "period_from": ("数据起始日期", "Period covered, from"),
    "period_to": ("数据截止日期", "Period covered, to"),
    "related": ("关联资源", "Related resources"),
    "storage_gb": ("数据存储总量（GB）", "Data stored (GB)"),
    "records_10k": ("结构化记录总数（万条）", "Structured records (ten thousand)"),
    "shared_storage_gb": ("已共享存储量（GB）", "Storage shared (GB)"),
    "shared_records_10k": ("已共享记录数（万条）", "Records shared (ten thousand)"),
    "open_storage_gb": ("已开放存储量（GB）", "Storage opened (GB)"),
    "open_records_10k": ("已开放记录数（万条）", "Records opened (ten thousand)"),
    "elements.name": ("信息项名称", "Element"),
    "elements.code": ("信息项代码", "Code in exchange tables"),
    "elements.type": ("数据类型", "Data type"),
    "elements.length": ("长度", "Length"),
    "elements.scale": ("小数位数", "Decimal places"),
    "elements.key": ("是否主键", "Part of the key"),
    "elements.nullable": ("可否为空", "May be empty"),
    "elements.data_class": ("数据分级", "Level"),
    "elements.sensitivity": ("敏感程度", "Sensitivity"),
    "elements.sharing_type": ("信息项共享类型", "Sharing of the element"),
    "elements.description": ("说明", "Description"),
    "elements.source_department": ("信息项数源部门", "Source department"),
    "distributions.id": ("方式标识", "Identifier of the distribution"),
    "distributions.kind": ("方式类型", "Kind"),
    "distributions.title": ("名称", "Title"),
    "distributions.node_id": ("前置机", "Exchange node"),
    "distributions.source_table": ("来源库表", "Source table (schema.table)"),
    "distributions.columns": ("字段对应", "Columns (element = column)"),
    "distributions.description": ("方式说明", "Description"),
}

#: Fields whose values come from a code list: value -> label.
CODED: dict[str, dict[str, Any]] = {
    "format_class": dict(FormatClass.choices),
    "source_kind": dict(SourceKind.choices),
    "system_tier": dict(SystemTier.choices),
    "subject_kind": dict(SubjectKind.choices),
    "sharing_type": dict(SharingType.choices),
    "purposes": {purpose.value: label for purpose, label in PURPOSE_LABELS.items()},
    "sharing_mode": dict(SharingMode.choices),
    "update_cycle": dict(UpdateCycle.choices),
    "scenes": dict(Scene.choices),
    "channel": dict(Channel.choices),
    "elements.type": dict(ElementType.choices),
    "elements.data_class": dict(DataClass.choices),
    "elements.sensitivity": dict(Sensitivity.choices),
    "elements.sharing_type": dict(SharingType.choices),
    "distributions.kind": dict(DistributionKind.choices),
}
REFERENCES = {
    "source_department": "department",
    "scope_departments": "department",
    "elements.source_department": "department",
    "derived_from": "resource",
    "related": "resource",
    "systems": "system",
    "withholding.statute": "statute",
    "distributions.node_id": "node",
}
#: Longest texts, where they are other than usual: as the compile form has them.
_LONGEST = {"name": 500, "elements.name": 200, "elements.code": 48, "format_type": 60, "area": 200, "source_system": 200}


@functools.cache
def sheets() -> tuple[Sheet, ...]:
    """Entries first, then one sheet for every field that is a list of records."""
    nested = []
    for field in dataclasses.fields(Content):
        inner = _record_of(typing.get_type_hints(Content)[field.name])
        if inner is not None:
            zh, en = SHEETS.get(field.name, (field.name, field.name))
            nested.append(Sheet(name=field.name, zh=zh, en=en, columns=tuple(_columns(inner, f"{field.name}."))))
    zh, en = SHEETS[ENTRIES]
    return (Sheet(name=ENTRIES, zh=zh, en=en, columns=tuple(_columns(Content, ""))), *nested)


def sheet(name: str) -> Sheet:
    """The sheet of that name."""
    return next(one for one in sheets() if one.name == name)


def coded(full: str) -> dict[str, Any]:
    """The code list of a field, by sheet and field."""
    return CODED[full]


def record_class(name: str) -> type:
    """The class of the records in a further sheet."""
    found = _record_of(typing.get_type_hints(Content)[name])
    if found is None:
        raise KeyError(name)
    return found


def _record_of(hint: Any) -> type | None:
    """The record class of a field that holds a list of records."""
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        if dataclasses.is_dataclass(inner):
            return typing.cast(type, inner)
    return None


def _columns(cls: type, sheet_prefix: str, within: str = "") -> "typing.Iterator[Column]":
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        if _record_of(hint) is not None:
            continue
        path = f"{within}{field.name}"
        if dataclasses.is_dataclass(hint):
            yield from _columns(typing.cast(type, hint), sheet_prefix, f"{path}.")
            continue
        full = f"{sheet_prefix}{path}"
        zh, en = HEADERS.get(full, (full, full))
        yield Column(
            path=path,
            kind=_kind(hint, full),
            zh=zh,
            en=en,
            refers_to=REFERENCES.get(full, ""),
            longest=_LONGEST.get(full, 10_000),
        )


def _kind(hint: Any, full: str) -> Kind:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _kind(next(a for a in typing.get_args(hint) if a is not type(None)), full)
    if origin is tuple:
        inner = typing.get_args(hint)[0]
        return Kind.REFERENCES if inner is UUID else Kind.CODES if full in CODED else Kind.TEXTS
    if origin is dict:
        return Kind.PAIRS
    if hint is UUID or full in REFERENCES:
        return Kind.REFERENCE
    if full in CODED:
        return Kind.CODE
    kinds = {str: Kind.TEXT, bool: Kind.YES, int: Kind.INTEGER, Decimal: Kind.DECIMAL, date: Kind.DATE}
    return kinds[hint]


def is_figure(full: str) -> bool:
    """Whether a field is one of the six survey figures."""
    return full in SURVEY_FIGURES
