"""The acts of the room: issue and withdraw a document, keep an attached file."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from gongxiang.platform.documents import permissions, policies, queries, secrecy
from gongxiang.platform.documents.errors import DocumentNotFound
from gongxiang.platform.documents.models import Document, DocumentFile, Upload
from gongxiang.platform.documents.queries import IssuedDocument, UploadRef
from gongxiang.platform.documents.rendering import official, official_word
from gongxiang.platform.documents.rendering.official import OfficialText
from gongxiang.platform.documents.states import DOCUMENT
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.ids import new_id
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.evidence import sm3

#: Crockford's alphabet: no letter that is mistaken for a figure. Sixteen of them are 80 random bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LOCK = 0x646F6375


@transaction.atomic
def issue_document(
    *,
    kind: str,
    number_prefix: str,
    title: str,
    rows: Sequence[tuple[str, str]] = (),
    paragraphs: Sequence[str] = (),
    addressee: str = "",
    concerns: Iterable[UUID] = (),
    trail: Iterable[str] = (),
    basis: Iterable[str] = (),
    issuer: str = "",
    by: Actor,
    at: datetime,
) -> IssuedDocument:
    """Fill, number and keep a certificate in the form of an official letter, PDF and Word; its digests are in evidence.

    The number is `<prefix>〔<year>〕<n>号`, counted for each prefix and year. Whether `by` may decide what the document says is
    the calling room's question; `issuer` is the department of `by` unless given.
    """
    said = OfficialText(
        title=title, text=tuple(map(str, paragraphs)), rows=tuple((str(label), str(value)) for label, value in rows),
        addressees=(addressee,) if addressee else (),
    )  # fmt: skip
    return issue_letter(
        kind=kind, number_prefix=number_prefix, said=said, concerns=concerns, trail=trail, basis=basis, issuer=issuer, by=by,
        at=at,
    )  # fmt: skip


@transaction.atomic
def issue_letter(
    *,
    kind: str,
    number_prefix: str,
    said: OfficialText,
    concerns: Iterable[UUID] = (),
    trail: Iterable[str] = (),
    basis: Iterable[str] = (),
    issuer: str = "",
    sealed_by: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> IssuedDocument:
    """Issue an official letter, decision, certificate or minutes in the form of GB/T 9704, as PDF/A and Word; see README.

    Numbered, verifiable and kept like every document. `sealed_by` are lines beside the code: who signed, which digest.
    """
    person = _issuer(by)
    place = _place(number_prefix, at)
    paper = official.OfficialLetter(
        said=said, issuer=issuer or person.department, number=place.number, issued_on=at.astimezone(BEIJING).date(),
        code=queries.grouped(place.code), address=place.address, sealed_by=tuple(sealed_by),
    )  # fmt: skip
    texts = [*official.plain(said.text), *(f"{label}：{names}" for label, names in said.attended)]
    for annex in said.annexes:
        texts += [annex.title, *official.plain(annex.text)]
    body = {
        "rows": [list(row) for row in said.rows], "paragraphs": texts, "addressee": "、".join(said.addressees),
        "form": said.form.value, "attachments": list(said.named_attachments()), "copies": list(said.copies),
        "note": said.note, "sealed_by": list(sealed_by),
    }  # fmt: skip
    return _keep(
        place, kind=kind, title=said.title, issuer=paper.issuer, body=body,
        files={"pdf": official.to_pdf(paper), "docx": official_word.to_word(paper)},
        concerns=concerns, trail=trail, basis=basis, by=person, at=at,
    )  # fmt: skip


@transaction.atomic
def withdraw_document(*, document_id: UUID, reason: str, by: Actor, at: datetime) -> IssuedDocument:
    """Declare a document no longer valid; by somebody of the department that issued it. The files stay."""
    permissions.WITHDRAW.check(by)
    row = Document.objects.select_for_update().filter(pk=document_id).first()
    if row is None:
        raise DocumentNotFound()
    permissions.check_issuer(by, row.issued_department)
    policies.check_reason(reason)
    evidence.transition(
        row, table=DOCUMENT, act="withdraw", by=by, at=at, changes={"withdrawn_at": at, "withdrawn_reason": reason.strip()},
        basis=row.body.get("basis", ()), concerns=row.concerns, trail=row.trail,
    )  # fmt: skip
    return queries.document_ref(row)


@transaction.atomic
def keep_upload(
    *, name: str, content: bytes, concerns: Iterable[UUID] = (), trail: Iterable[str] = (), by: Actor, at: datetime
) -> UploadRef:
    """Keep an attached file byte for byte; raises where it is empty, too large, not of the kind it claims, or marked secret.

    Whoever hands it in states that it holds no secrets: the site asks at every file, and the version of the statement is kept.
    """
    permissions.ATTACH.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    shown = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip()[-200:]
    media_type = policies.check_upload(shown, content)
    secrecy.check_unmarked(shown, content)
    row = Upload(
        id=new_id(),
        name=shown,
        media_type=media_type,
        size=len(content),
        digest=sm3(content).hex(),
        content=content,
        kept_at=at,
        kept_by=by.id,
        kept_by_name=by.name,
        department_id=by.department_id,
        concerns=sorted(set(concerns), key=str),
        trail=sorted(set(trail)),
    )
    row.save(force_insert=True)
    evidence.record_act(
        kind="upload:kept", subject=("upload", row.pk), by=by, at=at,
        after={"size": row.size, "media_type": media_type, "digest": row.digest}, detail={"declared": secrecy.VERSION},
        concerns={by.department_id, *row.concerns}, trail=row.trail,
    )  # fmt: skip
    return queries.as_upload_ref(row)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What a document is found by: number and code."""

    prefix: str
    year: int
    serial: int
    code: str

    @property
    def number(self) -> str:
        return f"{self.prefix}〔{self.year}〕{self.serial}号"

    @property
    def address(self) -> str:
        return f"{settings.PUBLIC_ADDRESS}/documents/verify/{self.code}/" if settings.PUBLIC_ADDRESS else ""


def _issuer(by: Actor) -> Person:
    permissions.ISSUE.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    return by


def _place(prefix: str, at: datetime) -> _Place:
    year = at.astimezone(BEIJING).year
    code = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return _Place(prefix=prefix, year=year, serial=_next_serial(prefix, year), code=code)


def _keep(
    place: _Place, *, kind: str, title: str, issuer: str, body: dict[str, object], files: dict[str, bytes],
    concerns: Iterable[UUID], trail: Iterable[str], basis: Iterable[str], by: Person, at: datetime,
) -> IssuedDocument:  # fmt: skip
    digests = {name: sm3(content).hex() for name, content in files.items()}
    cited = list(dict.fromkeys(basis))
    row = Document(
        id=new_id(),
        kind=kind,
        prefix=place.prefix,
        year=place.year,
        serial=place.serial,
        number=place.number,
        verification_code=place.code,
        title=title,
        issuer=issuer,
        body={**body, "basis": cited},
        issued_at=at,
        issued_by=str(by.id),
        issued_by_name=by.name,
        issued_department=by.department_id,
        concerns=sorted({by.department_id, *concerns}, key=str),
        trail=sorted(set(trail)),
    )
    # The code stays out of evidence: whoever reads a trail would hold every document's public key to its page.
    evidence.open_record(
        row, table=DOCUMENT, act="issue", by=by, at=at, basis=cited, concerns=row.concerns, trail=row.trail,
        after={"kind": kind, "number": place.number, "digests": digests},
    )  # fmt: skip
    DocumentFile.objects.bulk_create(
        DocumentFile(document=row, format=name, digest=digests[name], content=content) for name, content in files.items()
    )
    return queries.document_ref(row)


def _next_serial(prefix: str, year: int) -> int:
    """The next number of the prefix in the year; a lock until the end of the transaction keeps two from taking the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    last = Document.objects.filter(prefix=prefix, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1
