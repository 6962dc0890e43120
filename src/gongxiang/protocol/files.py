"""Delivery by file (文件): the orders that open it, the facts of what was deposited, fetched and destroyed, and the forms.

Carries no value of a record and no name of a file: a fact holds versions, sizes, counts and digests.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from gongxiang.protocol.message import Message
from gongxiang.protocol.services import ServiceHandler
from gongxiang.protocol.terms import ElementSpec, Terms

#: What a depositor states: the file holds no state secret (wushen-2021-60:4(1)). New words are a new version.
STATEMENT: Final = "file-no-secrets@2026-11-23"
#: The form that is read as a table, so that a grant's elements, rows and masks can be put on it.
TABLE_FORM: Final = "csv"
#: Forms that are taken, and how their first bytes are; "" where nothing is fixed.
FORMS: Final[dict[str, bytes]] = {
    "csv": b"", "txt": b"", "json": b"", "xml": b"",
    "xlsx": b"PK\x03\x04", "docx": b"PK\x03\x04", "ofd": b"PK\x03\x04", "zip": b"PK\x03\x04", "pdf": b"%PDF-",
    "jpg": b"\xff\xd8\xff", "png": b"\x89PNG", "tif": b"", "mp3": b"", "wav": b"RIFF", "mp4": b"", "gz": b"\x1f\x8b",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AcceptFiles(Message):
    """Versions of the resource may be deposited, by this node of the provider or by its people with a ticket.

    A later order for the resource replaces it.
    """

    kind: ClassVar[str] = "accept_files"
    resource_id: UUID
    resource_name: str
    #: None where the provider has no admitted node for it: then only people deposit.
    node_id: UUID | None
    #: What a table may hold, in the catalogue's order: nothing else is taken.
    elements: tuple[ElementSpec, ...]
    #: Names of elements by code: the head of a column may be either.
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CloseFiles(Message):
    """Nothing is deposited or fetched of the resource any more, and what is kept is destroyed."""

    kind: ClassVar[str] = "close_files"
    resource_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpenFiles(Message):
    """These terms let files be fetched by the consumer's admitted nodes, for these persons; a later order replaces it."""

    kind: ClassVar[str] = "open_files"
    terms: Terms
    handlers: tuple[ServiceHandler, ...] = ()
    resource_name: str = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawFile(Message):
    """This version is given to nobody any more and destroyed."""

    kind: ClassVar[str] = "withdraw_file"
    file_id: UUID
    resource_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class FileDeposited(Message):
    """A version was taken; written in one commit with it."""

    kind: ClassVar[str] = "file_deposited"
    file_id: UUID
    resource_id: UUID
    #: None where a person deposited it, with a ticket.
    node_id: UUID | None
    #: From 1, without gaps, per resource.
    version: int
    form: str
    #: Bytes.
    size: int
    digest: str
    #: Records of a table; None for other forms.
    rows: int | None
    statement: str
    at: datetime
    #: The person with the ticket: an id.
    person: str = ""


@dataclass(frozen=True, kw_only=True)
class FileFetched(Message):
    """A version was given to a consumer; written before its first byte leaves."""

    kind: ClassVar[str] = "file_fetched"
    fetch_id: UUID
    file_id: UUID
    version: int
    grant_id: UUID
    revision: int
    resource_id: UUID
    #: None where the person fetched it, with a ticket.
    node_id: UUID | None
    person: str
    purpose: str
    matter: str
    elements: tuple[str, ...]
    #: Records given; None for a form that has none.
    rows: int | None
    #: As it was deposited; else narrowed to the grant.
    whole: bool
    size: int
    #: Of what was given.
    digest: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class FileDestroyed(Message):
    """A version's content is gone; `why` is withdrawn, superseded or closed."""

    kind: ClassVar[str] = "file_destroyed"
    file_id: UUID
    resource_id: UUID
    version: int
    why: str
    at: datetime
