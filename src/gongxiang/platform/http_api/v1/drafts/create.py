"""Beginning an entry."""

from typing import Any

from ninja import Schema, Status

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import COMPILE
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, EntrySent, content_from, draft_body
from gongxiang.protocol import clock


class NewDraft(Schema):
    """What is known so far; an entry is unconditional unless its content says otherwise."""

    content: EntrySent  # type: ignore[valid-type]


@endpoint("POST", "/drafts", door=COMPILE, name="create_draft", tag="Drafts", answer=Draft, status=201)
def create(request: Called, sent: NewDraft) -> Status[Any]:
    """Begin an entry of the caller's department; it may be incomplete."""
    made = actions.draft_resource(content=content_from(sent.content), by=request.actor, at=clock.now())
    return Status(201, draft_body(made))
