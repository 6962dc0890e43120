"""Schemas that several endpoints share; the content of an entry is described from `catalogue.content` itself.

What is sent and what is answered is `Content.to_json()`'s form, and read back by `Content.from_json`: there is no second one.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import F, TextChoices
from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, create_model

from gongxiang.platform.catalogue import vocabulary as v
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.values import DraftRef, ListedResource, VersionRef
from gongxiang.protocol.terms import Purpose

#: Codes that a field takes; an empty text is a field not filled in yet.
_CODES: dict[str, type[TextChoices] | type[Purpose]] = {
    "sharing_type": v.SharingType,
    "format_class": v.FormatClass,
    "source_kind": v.SourceKind,
    "system_tier": v.SystemTier,
    "subject_kind": v.SubjectKind,
    "sharing_mode": v.SharingMode,
    "update_cycle": v.UpdateCycle,
    "channel": v.Channel,
    "data_class": v.DataClass,
    "sensitivity": v.Sensitivity,
    "kind": v.DistributionKind,
    "purposes": Purpose,
    "scenes": v.Scene,
}
_TEXT, _LIST, _NAME = 20_000, 2_000, 500
_MADE: dict[tuple[type, bool], type[BaseModel]] = {}


def schema_of(kind: type, *, sent: bool, called: str = "") -> type[BaseModel]:
    """A model of a frozen value: with limits and closed to unknown fields if it is `sent`, open if it is answered.

    `called`: its name in the description, where two rooms name a value alike.
    """
    if (kind, sent) not in _MADE:
        hints = typing.get_type_hints(kind)
        fields: dict[str, Any] = {}
        for one in dataclasses.fields(kind):
            # `kind` is a code of the catalogue's alone; other rooms have kinds of their own.
            named = one.name if one.name != "kind" or kind.__module__ == Content.__module__ else ""
            hint = _hint(named, hints[one.name], sent)
            default = one.default_factory() if one.default_factory is not dataclasses.MISSING else one.default
            if default is dataclasses.MISSING:
                fields[one.name] = (hint, ...)
            elif dataclasses.is_dataclass(default):
                fields[one.name] = (hint, Field(default_factory=hint))
            else:
                fields[one.name] = (hint, list(default) if isinstance(default, tuple) else default)
        name = called or kind.__name__.removesuffix("View").removesuffix("Ref").removesuffix("Content") or "Content"
        config = ConfigDict(extra="forbid" if sent else "ignore")
        title = f"{name if name != 'Content' else 'Entry'}{'Sent' if sent else ''}"
        _MADE[kind, sent] = create_model(title, __config__=config, __doc__=kind.__doc__, **fields)
    return _MADE[kind, sent]


def _hint(name: str, hint: Any, sent: bool) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _hint(name, next(one for one in inner if one is not type(None)), sent) | None
    if origin is tuple:
        several: Any = list.__class_getitem__(_hint(name, inner[0], sent))
        return Annotated[several, Field(max_length=_LIST)] if sent else several
    if origin in (dict, Mapping) and (not sent or Any in inner):
        return dict[str, Any]
    if origin is dict:
        text = _hint("", str, sent)
        pairs: Any = dict.__class_getitem__((text, text))
        return Annotated[pairs, Field(max_length=_LIST)] if sent else pairs
    if dataclasses.is_dataclass(hint):
        return schema_of(typing.cast(type, hint), sent=sent)
    if not sent:
        return str if hint is Decimal else hint
    if hint is str and name in _CODES:
        empty = () if name in ("purposes", "scenes") else ("",)
        return Literal[(*empty, *(one.value for one in _CODES[name]))]
    if hint is str:
        return Annotated[str, Field(max_length=_NAME if name in ("name", "title", "code", "source_table") else _TEXT)]
    if hint is int:
        return Annotated[int, Field(ge=0, le=1_000_000_000)]
    if hint is Decimal:
        return Annotated[Decimal, Field(ge=0, le=10**15, decimal_places=6, allow_inf_nan=False)]
    return hint


EntrySent = schema_of(Content, sent=True)
Entry = schema_of(Content, sent=False)


def content_from(sent: BaseModel, onto: Content | None = None) -> Content:
    """The content that was sent; with `onto`, only the fields that were sent are changed."""
    given = sent.model_dump(mode="json", exclude_unset=onto is not None)
    return Content.from_json({**(onto.to_json() if onto is not None else {}), **given})


class Article(Schema):
    """A point that is missing."""

    field: str
    code: str
    message: str
    articles: list[str]
    next_step: str


class Remark(Schema):
    """A remark on a field."""

    field: str = Field("", max_length=200, description="Path of the field; empty for the whole entry.")
    text: str = Field(max_length=2000)


class Consent(Schema):
    """The accountable officer's statements."""

    secrecy_statement: str
    impact_assessment: dict[str, str]
    standing: bool
    given_by_name: str
    given_at: datetime


class Draft(Schema):
    """An entry as it is being worked on."""

    id: UUID
    code: str
    provider_id: UUID
    provider_name: str
    status: str
    version: int = Field(description="The version in force meanwhile; 0 if there is none.")
    revision: int = Field(description="Send it back with a change, as If-Match or in the body.")
    content: Entry  # type: ignore[valid-type]
    content_digest: str
    saved_at: datetime
    saved_by: str
    remarks: list[Remark]
    returned_by: str
    consent: Consent | None
    submitted_at: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    ratified_at: datetime | None


class ListedEntry(Schema):
    """A row of a list of drafts."""

    id: UUID
    code: str
    name: str
    provider_id: UUID
    provider_name: str
    status: str
    sharing_type: str
    version: int
    saved_at: datetime
    saved_by: str
    submitted_at: datetime | None
    due_at: datetime | None
    due_basis: str
    published_at: datetime | None


class Version(Schema):
    """A published version, whole and frozen."""

    resource_id: UUID
    code: str
    number: int
    provider_name: str
    provider_credit_code: str
    content: Entry  # type: ignore[valid-type]
    content_digest: str
    published_at: datetime
    published_by_name: str


class Resource(Schema):
    """A published entry: the version in force."""

    id: UUID
    code: str
    name: str
    provider_id: UUID
    provider_name: str
    provider_credit_code: str
    status: str = Field(description="PUBLISHED or WITHDRAWN.")
    version: int
    published_at: datetime
    content: Entry  # type: ignore[valid-type]


class Change(Schema):
    """One field that two versions state differently."""

    field: str
    before: Any = None
    after: Any = None


#: How lists are sorted: as the room does, the newest or the oldest first, the last day first.
Order = Literal["", "new", "old"]
Urgency = Literal["", "new", "old", "due"]


def page_of(rows: Any, *, page: int, size: int, sort: str = "", since: str = "") -> tuple[list[Any], dict[str, int]]:
    """One page of a queryset or a list, and its numbers; `since` is the moment by which a queryset is sorted."""
    if sort == "due":
        rows = rows.order_by(F("due_at").asc(nulls_last=True), "-pk")
    elif sort:
        rows = rows.order_by(f"-{since}", "-pk") if sort == "new" else rows.order_by(since, "pk")
    total = len(rows) if isinstance(rows, (list, tuple)) else rows.count()
    return list(rows[(page - 1) * size : page * size]), {"total": total, "page": page, "pages": max(1, -(-total // size))}


def draft_body(draft: DraftRef) -> dict[str, Any]:
    """A draft as `Draft`."""
    names = (
        "id", "code", "provider_id", "provider_name", "status", "version", "revision", "content_digest", "saved_at", "saved_by",
        "returned_by", "submitted_at", "due_at", "due_basis", "due_rule", "ratified_at",
    )  # fmt: skip
    consent = draft.consent
    return {
        **{name: getattr(draft, name) for name in names},
        "content": draft.content.to_json(),
        "remarks": [{"field": field, "text": text} for field, text in draft.remarks],
        "consent": None
        if consent is None
        else {
            "secrecy_statement": consent.secrecy_statement,
            "impact_assessment": consent.impact_assessment,
            "standing": consent.standing,
            "given_by_name": consent.given_by_name,
            "given_at": consent.given_at,
        },
    }


def listed(row: ListedResource) -> dict[str, Any]:
    """A row as `ListedEntry`."""
    return {one.name: getattr(row, one.name) for one in dataclasses.fields(row)}


def version_body(version: VersionRef, *, mapping: bool) -> dict[str, Any]:
    """A version as `Version`; how tables are mapped only if the caller may know."""
    names = (
        "resource_id", "code", "number", "provider_name", "provider_credit_code", "content_digest", "published_at",
        "published_by_name",
    )  # fmt: skip
    content = version.content if mapping else version.content.without_mapping()
    return {**{name: getattr(version, name) for name in names}, "content": content.to_json()}
