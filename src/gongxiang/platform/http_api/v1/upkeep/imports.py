"""Files with entries: sent, checked in the background, confirmed or given up."""

from base64 import b64decode
from binascii import Error as Base64Wrong
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from gongxiang.platform.catalogue import actions, imports
from gongxiang.platform.catalogue.errors_import import FileEmpty
from gongxiang.platform.catalogue.permissions import IMPORT, OWN_IMPORTS
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Order, page_of
from gongxiang.protocol import clock


class ImportFile(Schema):
    """A workbook or an exchange file, in base64, with the statement that it holds no state secret and no work secret."""

    file_name: str = Field(min_length=1, max_length=200)
    content: str = Field(max_length=14_000_000)
    holds_no_secrets: Literal[True]


class ImportFinding(Schema):
    """One thing found, with its place in the file."""

    sheet: str
    cell: str
    severity: str
    message: str
    advice: str


class CatalogueFile(Schema):
    """One file and how far it is; `findings` are the first two hundred."""

    id: UUID
    status: str
    file_name: str
    format: str
    sent_at: datetime
    sent_by_name: str
    new: int
    changed: int
    unchanged: int
    wrong: int
    errors: int
    shortfalls: int
    findings: list[ImportFinding]


class ImportLineSent(Schema):
    """A file in the list."""

    id: UUID
    status: str
    file_name: str
    sent_at: datetime
    sent_by_name: str


class Wanted(Schema):
    """Which page."""

    page: int = Field(1, ge=1, le=100_000)
    sort: Order = ""
    size: int = Field(50, ge=1, le=200)


class CatalogueFiles(Schema):
    """One page, the newest first."""

    imports: list[ImportLineSent]
    total: int
    page: int
    pages: int


def _body(request: Called, import_id: UUID) -> dict[str, Any]:
    found = imports.get_import(import_id, actor=request.actor)
    names = [name for name in CatalogueFile.model_fields if name != "findings"]
    said = [
        {
            "sheet": one.place.sheet, "cell": one.place.cell, "severity": one.severity, "message": one.message,
            "advice": one.advice,
        }
        for one in found.findings[:200]
    ]  # fmt: skip
    return {**{name: getattr(found, name) for name in names}, "findings": said}


@endpoint("GET", "/imports", door=OWN_IMPORTS, name="list_imports", tag="Drafts", answer=CatalogueFiles)
def listed(request: Called, wanted: Query[Wanted]) -> dict[str, Any]:
    """Files of the own department."""
    shown, numbers = page_of(
        imports.imports_of(request.actor), page=wanted.page, size=wanted.size, sort=wanted.sort, since="sent_at"
    )
    return {"imports": [{n: getattr(row, n) for n in ImportLineSent.model_fields} for row in shown], **numbers}


@endpoint("POST", "/imports", door=IMPORT, name="send_import", tag="Drafts", answer=CatalogueFile, status=201)
def send(request: Called, sent: ImportFile) -> Status[Any]:
    """Send a file for the own department; checked whole in the background, then confirmed."""
    try:
        content = b64decode(sent.content, validate=True)
    except (Base64Wrong, ValueError):
        raise FileEmpty(field="content") from None
    made = actions.send_import(file_name=sent.file_name, content=content, by=request.actor, at=clock.now())
    return Status(201, _body(request, made))


@endpoint("GET", "/imports/{uuid:import_id}", door=OWN_IMPORTS, name="get_import", tag="Drafts", answer=CatalogueFile)
def one(request: Called, import_id: UUID) -> dict[str, Any]:
    """One file, what it would do or did, and what is wrong with it."""
    return _body(request, import_id)


@endpoint("POST", "/imports/{uuid:import_id}/confirm", door=IMPORT, name="confirm_import", tag="Drafts", answer=CatalogueFile)
def confirm(request: Called, import_id: UUID) -> dict[str, Any]:
    """Say yes to what the file would do; it is carried out whole in the background."""
    actions.confirm_import(import_id=import_id, by=request.actor, at=clock.now())
    return _body(request, import_id)


@endpoint("POST", "/imports/{uuid:import_id}/cancel", door=IMPORT, name="cancel_import", tag="Drafts", answer=CatalogueFile)
def cancel(request: Called, import_id: UUID) -> dict[str, Any]:
    """Give the file up."""
    actions.cancel_import(import_id=import_id, by=request.actor, at=clock.now())
    return _body(request, import_id)


class UndoneImport(Schema):
    """What an undone import leaves."""

    stays: list[str] = Field(description="Names of entries that were worked on since: they stay as they are.")


@endpoint("POST", "/imports/{uuid:import_id}/undo", door=IMPORT, name="undo_import", tag="Drafts", answer=UndoneImport)
def undo(request: Called, import_id: UUID) -> dict[str, Any]:
    """Discard the drafts of an import and restore what it changed."""
    imports.get_import(import_id, actor=request.actor)
    return {"stays": list(actions.undo_import(import_id=import_id, by=request.actor, at=clock.now()))}
