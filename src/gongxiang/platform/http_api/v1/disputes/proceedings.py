"""What happened in a dispute: minutes of consultation and mediation, statements, papers."""

from typing import Any
from uuid import UUID

from ninja import Schema

from gongxiang.platform.access import queries_dispute as queries
from gongxiang.platform.access.permissions_dispute import READ_MINUTES
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.protocol.canonical import plain

_Meeting = schema_of(queries.MeetingView, sent=False)
_Statement = schema_of(queries.StatementView, sent=False)
_Paper = schema_of(documents.IssuedDocument, sent=False)


class Proceedings(Schema):
    """Meetings in their order, statements, papers that the caller may open."""

    meetings: list[_Meeting]  # type: ignore[valid-type]
    statements: list[_Statement]  # type: ignore[valid-type]
    papers: list[_Paper]  # type: ignore[valid-type]


@endpoint(
    "GET", "/disputes/{uuid:dispute_id}/proceedings", door=READ_MINUTES, name="get_dispute_proceedings", tag="Disputes",
    answer=Proceedings,
)  # fmt: skip
def proceedings(request: Called, dispute_id: UUID) -> dict[str, Any]:
    """Minutes, statements and papers of a dispute, for its sides, the authority and the audit office."""
    found = queries.get_dispute(dispute_id, actor=request.actor)
    papers = documents.documents_of(f"dispute:{found.id}", actor=request.actor)
    return {"meetings": plain(found.meetings), "statements": plain(found.statements), "papers": plain(papers)}
