"""Reading documents: frozen values, under the reader's visibility; what the public page may say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.platform.documents.errors import CodeUnknown, DocumentNotFound
from gongxiang.platform.documents.models import Document, DocumentFile, Upload
from gongxiang.platform.documents.permissions import AUTHORITY
from gongxiang.platform.documents.states import DOCUMENT
from gongxiang.platform.kernel.actors import Actor, Role, System


@dataclass(frozen=True, kw_only=True)
class IssuedDocument:
    """A document as rooms above and pages know it."""

    id: UUID
    kind: str
    number: str
    title: str
    issuer: str
    issued_at: datetime
    issued_by_name: str
    issued_department: UUID | None
    verification_code: str
    #: SM3 (hex) of the PDF.
    digest: str
    status: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    rows: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    addressee: str
    trail: tuple[str, ...]
    #: What official letters have besides; empty for other papers.
    attachments: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    note: str = ""
    sealed_by: tuple[str, ...] = ()

    @property
    def shown_code(self) -> str:
        """The code in groups of four, as printed."""
        return grouped(self.verification_code)


@dataclass(frozen=True, kw_only=True)
class PublicDocument:
    """All that anybody may know who holds the code."""

    number: str
    title: str
    issuer: str
    issued_at: datetime
    digests: tuple[tuple[str, str], ...]
    status: str
    withdrawn_at: datetime | None
    code: str
    #: For the page, which asks the room that issued it whether what it says holds; never shown.
    kind: str
    trail: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Content:
    """One file, byte for byte."""

    name: str
    media_type: str
    digest: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class UploadRef:
    """An attached file without its bytes."""

    id: UUID
    name: str
    media_type: str
    size: int
    digest: str
    kept_at: datetime
    kept_by_name: str


MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def grouped(code: str) -> str:
    """In groups of four."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def plain_code(typed: str) -> str:
    """A code as somebody typed it from paper: no separators, capitals, and figures for the letters they are mistaken for."""
    kept = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())
    return kept.translate(str.maketrans("OILU", "011V"))[:24]


def visible_to(actor: Actor | None) -> QuerySet[Document]:
    """What the actor may open: documents that concern the own department; the authority and the audit office see all."""
    everything = Document.objects.all()
    if isinstance(actor, System):
        return everything
    if actor is None:
        return everything.none()
    if actor.has(Role.AUDITOR, *AUTHORITY):
        return everything
    return everything.filter(Q(concerns__contains=[actor.department_id]) | Q(issued_department=actor.department_id))


def get_document(document_id: UUID, *, actor: Actor | None = None) -> IssuedDocument:
    """The document; without `actor` for rooms above, which ask their own permissions."""
    rows = Document.objects.all() if actor is None else visible_to(actor)
    row = rows.filter(pk=document_id).first()
    if row is None:
        raise DocumentNotFound()
    return document_ref(row)


def documents(actor: Actor, *, text: str = "", kind: str = "", status: str = "") -> QuerySet[Document]:
    """The documents the actor may open, the newest first; pages turn rows into values by `document_refs`."""
    rows = visible_to(actor).order_by("-issued_at", "-id")
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(number__icontains=text) | Q(verification_code=plain_code(text)))
    if kind:
        rows = rows.filter(kind=kind)
    if status in DOCUMENT.states:
        rows = rows.filter(status=status)
    return rows


def documents_of(case: str, *, actor: Actor | None = None) -> tuple[IssuedDocument, ...]:
    """The documents of a case (`project:<id>`), the oldest first."""
    rows = Document.objects.all() if actor is None else visible_to(actor)
    return document_refs(rows.filter(trail__contains=[case]).order_by("issued_at"))


def content(document_id: UUID, format: str = "pdf", *, actor: Actor | None = None) -> Content:  # noqa: A002
    """The file in that form (`pdf` or `docx`)."""
    document = get_document(document_id, actor=actor)
    row = DocumentFile.objects.filter(document_id=document_id, format=format).first()
    if row is None:
        raise DocumentNotFound()
    return Content(
        name=f"{document.number}.{format}", media_type=MEDIA_TYPES[format], digest=row.digest, content=bytes(row.content)
    )


def resolve(code: str) -> PublicDocument:
    """What the public page says of the document with this code; raises CodeUnknown."""
    row = Document.objects.filter(verification_code=plain_code(code)).first()
    if row is None:
        raise CodeUnknown()
    return PublicDocument(
        number=row.number,
        title=row.title,
        issuer=row.issuer,
        issued_at=row.issued_at,
        digests=tuple(row.files.order_by("-format").values_list("format", "digest")),
        status=row.status,
        withdrawn_at=row.withdrawn_at,
        code=grouped(row.verification_code),
        kind=row.kind,
        trail=tuple(row.trail),
    )


def document_refs(rows: Iterable[Document]) -> tuple[IssuedDocument, ...]:
    """Rows as values, their digests fetched at once."""
    found = list(rows)
    files = DocumentFile.objects.filter(document_id__in=[row.pk for row in found], format="pdf")
    digests = dict(files.values_list("document_id", "digest"))
    return tuple(_ref(row, digests.get(row.pk, "")) for row in found)


def document_ref(row: Document) -> IssuedDocument:
    """One row as a value."""
    return document_refs([row])[0]


def _ref(row: Document, digest: str) -> IssuedDocument:
    return IssuedDocument(
        id=row.pk,
        kind=row.kind,
        number=row.number,
        title=row.title,
        issuer=row.issuer,
        issued_at=row.issued_at,
        issued_by_name=row.issued_by_name,
        issued_department=row.issued_department,
        verification_code=row.verification_code,
        digest=digest,
        status=row.status,
        withdrawn_at=row.withdrawn_at,
        withdrawn_reason=row.withdrawn_reason,
        rows=tuple((label, value) for label, value in row.body["rows"]),
        paragraphs=tuple(row.body["paragraphs"]),
        addressee=row.body["addressee"],
        trail=tuple(row.trail),
        attachments=tuple(row.body.get("attachments", ())),
        copies=tuple(row.body.get("copies", ())),
        note=row.body.get("note", ""),
        sealed_by=tuple(row.body.get("sealed_by", ())),
    )


# ---- uploads ------------------------------------------------------------------------------------------------------------


#: Trail of the file of a statute, before its id: such a file is as public as the register.
STATUTE_TRAIL: Final = "statute:"


def uploads_visible_to(actor: Actor | None) -> QuerySet[Upload]:
    """What the own department attached or concerns it, and texts of statutes; the authority and the audit office see all."""
    everything = Upload.objects.all()
    if isinstance(actor, System):
        return everything
    if actor is None:
        return everything.none()
    if actor.has(Role.AUDITOR, *AUTHORITY):
        return everything
    own = Q(concerns__contains=[actor.department_id]) | Q(department_id=actor.department_id)
    return everything.filter(own | Q(trail__0__startswith=STATUTE_TRAIL))


def upload_ref(upload_id: UUID, *, actor: Actor | None = None) -> UploadRef:
    """The attached file without its bytes; without `actor` for rooms above."""
    rows = Upload.objects.all() if actor is None else uploads_visible_to(actor)
    row = rows.defer("content").filter(pk=upload_id).first()
    if row is None:
        raise DocumentNotFound()
    return as_upload_ref(row)


def uploads_of(case: str) -> tuple[UploadRef, ...]:
    """What was attached to a case, the oldest first; for rooms above, which ask their own permissions."""
    return tuple(
        as_upload_ref(row) for row in Upload.objects.defer("content").filter(trail__contains=[case]).order_by("kept_at")
    )


def upload_content(upload_id: UUID, *, actor: Actor) -> Content:
    """The attached file, byte for byte."""
    row = uploads_visible_to(actor).filter(pk=upload_id).first()
    if row is None:
        raise DocumentNotFound()
    return Content(name=row.name, media_type=row.media_type, digest=row.digest, content=bytes(row.content))


def as_upload_ref(row: Upload) -> UploadRef:
    """One row as a value."""
    return UploadRef(
        id=row.pk, name=row.name, media_type=row.media_type, size=row.size, digest=row.digest, kept_at=row.kept_at,
        kept_by_name=row.kept_by_name,
    )  # fmt: skip
