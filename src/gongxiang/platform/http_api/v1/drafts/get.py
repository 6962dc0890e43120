"""One draft, and what it still lacks."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Schema

from gongxiang.platform.catalogue import policies, queries
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.http_api.answers import FieldFault, fault_of
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Change, Draft, draft_body
from gongxiang.platform.kernel.errors import Shortfalls
from gongxiang.protocol import clock


class Check(Schema):
    """Whether the content is complete."""

    complete: bool
    shortfalls: list[FieldFault]


class Changes(Schema):
    """What a revision changes."""

    changes: list[Change]


def etag(revision: int) -> str:
    """The tag of a draft's revision."""
    return f'"{revision}"'


@endpoint("GET", "/drafts/{uuid:resource_id}", door=SEARCH, name="get_draft", tag="Drafts", answer=Draft)
def get(request: Called, response: HttpResponse, resource_id: UUID) -> dict[str, Any]:
    """A draft that the caller may see; its ETag is the revision to send back with a change."""
    draft = queries.get_draft(resource_id, actor=request.actor)
    response.headers["ETag"] = etag(draft.revision)
    return draft_body(draft)


@endpoint("GET", "/drafts/{uuid:resource_id}/check", door=SEARCH, name="check_draft", tag="Drafts", answer=Check)
def check(request: Called, resource_id: UUID) -> dict[str, Any]:
    """Everything that the content still lacks before it can be sent for review, each point with its article."""
    queries.get_draft(resource_id, actor=request.actor)
    case = queries.case(resource_id, at=clock.now())
    found = policies.reasons_against(lambda: policies.check_can_send_for_review(case))
    return {"complete": not found, "shortfalls": fault_of(Shortfalls(found))["fields"]}


@endpoint("GET", "/drafts/{uuid:resource_id}/changes", door=SEARCH, name="draft_changes", tag="Drafts", answer=Changes)
def changes(request: Called, resource_id: UUID) -> dict[str, Any]:
    """In which fields the draft differs from the version in force."""
    queries.get_draft(resource_id, actor=request.actor)
    found = queries.changes_of_draft(resource_id)
    return {"changes": [{"field": one.field, "before": one.before, "after": one.after} for one in found]}
