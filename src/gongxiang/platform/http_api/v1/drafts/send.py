"""Handing a draft to the department's reviewer, and what it would do to those who use the entry."""

from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.permissions import COMPILE, SEARCH
from gongxiang.platform.grants.effects import effects_of_draft, mark_of
from gongxiang.platform.grants.sending import send_one_seen
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


class EffectOnGrant(Schema):
    """What a draft changes for one live grant that the caller may see."""

    grant_id: UUID
    grant_number: str
    consumer_name: str
    changes: list[str]


class Effects(Schema):
    """What a draft changes for live grants, and the mark that says it was looked at."""

    mark: str
    effects: list[EffectOnGrant]


class SendingDraft(Schema):
    """What was looked at before a draft is sent."""

    seen: str = Field("", max_length=40, description="The mark of the effects, where live grants are changed (条例 27).")


@endpoint("GET", "/drafts/{uuid:resource_id}/effects", door=SEARCH, name="draft_effects", tag="Drafts", answer=Effects)
def effects(request: Called, resource_id: UUID) -> dict[str, Any]:
    """What the draft changes for live grants; its mark is sent with it."""
    draft = queries.get_draft(resource_id, actor=request.actor)
    found = [one for one in effects_of_draft(draft, actor=request.actor, at=clock.now()) if one.consequences]
    shown = [
        {
            "grant_id": one.grant.id, "grant_number": one.grant.number, "consumer_name": one.grant.consumer_name,
            "changes": [" ".join((change.kind, *change.what)) for change in one.consequences],
        }
        for one in found
    ]  # fmt: skip
    return {"mark": mark_of(found), "effects": shown}


@endpoint("POST", "/drafts/{uuid:resource_id}/send", door=COMPILE, name="send_for_review", tag="Drafts", answer=Draft)
def send(request: Called, resource_id: UUID, sent: SendingDraft | None = None) -> dict[str, Any]:
    """Hand the complete draft to the reviewer, stating that it holds no secrets; what is missing comes back all at once."""
    seen = sent.seen if sent else ""
    return draft_body(send_one_seen(resource_id=resource_id, seen=seen, by=request.actor, at=clock.now()))
