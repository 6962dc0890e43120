"""Changing a draft: whole or in part, never over somebody else's work."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Schema
from pydantic import Field

from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.catalogue.permissions import COMPILE
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.errors import RevisionMissing
from gongxiang.platform.http_api.schemas import Draft, EntrySent, content_from, draft_body
from gongxiang.platform.http_api.v1.drafts.get import etag
from gongxiang.protocol import clock

IfMatch = Header("", alias="If-Match", max_length=20)


class Changed(Schema):
    """The content, and the revision it was made from (or the header If-Match)."""

    content: EntrySent  # type: ignore[valid-type]
    revision: int | None = Field(None, ge=1, le=2_000_000_000)


def _seen(sent: Changed, if_match: str) -> int:
    tag = if_match.removeprefix("W/").strip('" ')
    if tag.isascii() and tag.isdigit() and len(tag) < 10:
        return int(tag)
    if sent.revision is None:
        raise RevisionMissing(field="revision")
    return sent.revision


@endpoint("PUT", "/drafts/{uuid:resource_id}", door=COMPILE, name="save_draft", tag="Drafts", answer=Draft)
def save(request: Called, response: HttpResponse, resource_id: UUID, sent: Changed, if_match: str = IfMatch) -> dict[str, Any]:
    """Save the whole content; refused with 409 if somebody saved meanwhile."""
    saved = actions.save_draft(
        resource_id=resource_id,
        content=content_from(sent.content),
        seen=_seen(sent, if_match),
        by=request.actor,
        at=clock.now(),
    )
    response.headers["ETag"] = etag(saved.revision)
    return draft_body(saved)


@endpoint("PATCH", "/drafts/{uuid:resource_id}", door=COMPILE, name="change_draft", tag="Drafts", answer=Draft)
def change(
    request: Called, response: HttpResponse, resource_id: UUID, sent: Changed, if_match: str = IfMatch
) -> dict[str, Any]:
    """Save only the fields that are sent; lists are replaced whole. Refused with 409 if somebody saved meanwhile."""
    seen = _seen(sent, if_match)
    before = queries.get_draft(resource_id, actor=request.actor).content
    saved = actions.save_draft(
        resource_id=resource_id, content=content_from(sent.content, before), seen=seen, by=request.actor, at=clock.now()
    )
    response.headers["ETag"] = etag(saved.revision)
    return draft_body(saved)
