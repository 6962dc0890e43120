"""What was recorded, under the reader's visibility, and the papers that were issued."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from gongxiang.platform.documents import queries as documents
from gongxiang.platform.documents.permissions import READ
from gongxiang.platform.evidence import queries
from gongxiang.platform.evidence.permissions import CAN_SEARCH
from gongxiang.platform.http_api.acts import Area
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.lists import Narrowed, enter_reads, words
from gongxiang.platform.http_api.schemas import page_of, schema_of
from gongxiang.protocol.canonical import plain


class EvidenceRecord(Schema):
    """One act as it stands in the evidence; `trail` names the cases it belongs to."""

    uid: UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    subject_type: str
    subject_id: str
    actor_kind: str
    actor_id: str
    actor_name: str
    actor_department: UUID | None
    basis: list[str]
    rule_version: str
    trail: list[str]
    digest: str


class RecordsWanted(Schema):
    """Which records; `q` is a person, a subject's id, a kind or a case of a trail."""

    q: str = Field("", max_length=200)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    sort: Literal["new", "old"] = "new"
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class EvidenceRecords(Schema):
    """One page, the latest first."""

    records: list[EvidenceRecord]
    total: int
    page: int
    pages: int


def _body(news: queries.News) -> dict[str, Any]:
    return {name: getattr(news, name) for name in EvidenceRecord.model_fields}


@endpoint("GET", "/evidence", door=CAN_SEARCH, name="list_evidence", tag="Evidence", answer=EvidenceRecords)
def records(request: Called, wanted: Query[RecordsWanted]) -> dict[str, Any]:
    """Acts that concern the own department, and one's own; all for the authority and auditors."""
    rows = queries.search(by=request.actor, text=wanted.q.strip(), since=wanted.since, until=wanted.until)
    shown, numbers = page_of(rows, page=wanted.page, size=wanted.size, sort=wanted.sort, since="occurred_at")
    return {"records": [_body(queries.as_news(row)) for row in shown], **numbers}


@endpoint("GET", "/evidence/{uuid:record_id}", door=CAN_SEARCH, name="get_evidence", tag="Evidence", answer=EvidenceRecord)
def record(request: Called, record_id: UUID) -> dict[str, Any]:
    """One act, by its `uid`."""
    return _body(queries.record(record_id, by=request.actor))


class PapersWanted(Narrowed):
    """Which papers."""

    kind: str = Field("", max_length=60)


enter_reads(
    Area(
        tag="Evidence", path="/documents", key="document_id", answer=schema_of(documents.IssuedDocument, sent=False), door=READ,
        see=lambda key, actor: documents.get_document(key, actor=actor), body=plain, name="document",
    ),
    many="documents", said="Letters, certificates and other papers that the platform issued.", wanted=PapersWanted,
    convert=lambda row: documents.document_refs([row])[0],
    find=lambda actor, asked: documents.documents(actor, text=words(asked), kind=asked.kind, status=asked.status),
    sorts={"new": ("-issued_at", "-id"), "old": ("issued_at", "id"), "name": ("title", "id")},
)  # fmt: skip
