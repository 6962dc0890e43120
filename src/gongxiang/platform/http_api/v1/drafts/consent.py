"""The accountable officer's consent."""

from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.permissions import CONSENT
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Draft, draft_body
from gongxiang.protocol import clock


class Impact(Schema):
    """The impact on persons, where an element is personal information."""

    purpose: str = Field("", max_length=2000)
    effect: str = Field("", max_length=2000)
    measures: str = Field("", max_length=2000)


class Statement(Schema):
    """What the officer declares."""

    secrecy_statement: str = Field(max_length=2000)
    impact_assessment: Impact = Impact(purpose="", effect="", measures="")
    standing: bool = Field(False, description="Requests for an unconditional entry are granted at once under this consent.")


@endpoint("POST", "/drafts/{uuid:resource_id}/consent", door=CONSENT, name="consent_to_resource", tag="Drafts", answer=Draft)
def consent(request: Called, resource_id: UUID, sent: Statement) -> dict[str, Any]:
    """The accountable officer consents to exactly this content: in a session of the site, never with a token."""
    done = actions.consent_to_resource(
        resource_id=resource_id,
        secrecy_statement=sent.secrecy_statement,
        impact_assessment=sent.impact_assessment.model_dump(),
        standing=sent.standing,
        by=request.actor,
        at=clock.now(),
    )
    return draft_body(done)
