"""Catalogue entries for tests, brought to any state by the real acts of four different people."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.states import (
    CONSENTED,
    DRAFT,
    IN_REVIEW,
    PUBLISHED,
    RATIFIED,
    RETURNED,
    REVIEWED,
    SUBMITTED,
    WITHDRAWN,
)
from gongxiang.platform.catalogue.values import DraftRef, ResourceRef
from tests.factories.contents import complete_content, conditional_content
from tests.factories.kept import kept
from tests.factories.parties import Banner, Office

SECRECY = "经审查，不涉及国家秘密、工作秘密。"
ASSESSMENT = {
    "purpose": "履职所需，最小必要。",
    "effect": "泄露会影响个人权益，风险可控。",
    "measures": "脱敏、限定用途、留痕。",
}


@kept()
def make_draft_entry(office: Office, content: Content | None = None, *, at: datetime) -> DraftRef:
    """A draft by the office's clerk."""
    return actions.draft_resource(content=content or complete_content(), by=office.clerk, at=at)


@kept()
def bring_to(status: str, *, banner: Banner, resource_id: UUID, office: Office | None = None, at: datetime) -> None:
    """Walk a DRAFT to `status` by real acts, a minute apart, ending at `at`."""
    office = office or banner.provider
    withheld = queries.get_draft(resource_id).content.sharing_type == "WITHHELD"
    unconditional = queries.get_draft(resource_id).content.sharing_type == "UNCONDITIONAL"

    def minutes(number: int) -> datetime:
        return at - timedelta(minutes=10 - number)

    steps = {
        IN_REVIEW: lambda: actions.send_for_review(resource_id=resource_id, by=office.clerk, at=minutes(1)),
        REVIEWED: lambda: actions.pass_review(resource_id=resource_id, by=office.reviewer, at=minutes(2)),
        CONSENTED: lambda: actions.consent_to_resource(
            resource_id=resource_id, secrecy_statement=SECRECY, impact_assessment=ASSESSMENT, standing=unconditional,
            by=office.officer, at=minutes(3),
        ),
        SUBMITTED: lambda: actions.submit_resource(resource_id=resource_id, by=office.clerk, at=minutes(4)),
        RATIFIED: lambda: withheld and actions.ratify_withholding(
            resource_id=resource_id, opinion="依据充分，同意不予共享。", by=banner.authority_officer, at=minutes(5)
        ),
        PUBLISHED: lambda: actions.publish_resource(resource_id=resource_id, by=banner.authority_officer, at=at),
    }  # fmt: skip
    if status == DRAFT:
        return
    if status == RETURNED:
        bring_to(SUBMITTED, banner=banner, resource_id=resource_id, office=office, at=at)
        remarks = [{"field": "name", "text": "名称应与业务一致。"}]
        actions.return_resource(resource_id=resource_id, remarks=remarks, by=banner.authority_officer, at=at)
        return
    if status == WITHDRAWN:
        bring_to(PUBLISHED, banner=banner, resource_id=resource_id, office=office, at=at)
        actions.withdraw_resource(resource_id=resource_id, reason="职能已划转。", by=office.officer, at=at)
        return
    for reached, step in steps.items():
        step()
        if reached == status:
            return
    raise LookupError(status)


@kept()
def make_entry_at(
    status: str, *, banner: Banner, content: Content | None = None, office: Office | None = None, at: datetime | None = None
) -> DraftRef:
    """An entry in that state."""
    at = at or banner.at
    office = office or banner.provider
    made = make_draft_entry(office, content, at=at - timedelta(minutes=30))
    bring_to(status, banner=banner, resource_id=made.id, office=office, at=at)
    return queries.get_draft(made.id)


@kept()
def make_published(
    *, banner: Banner, content: Content | None = None, office: Office | None = None, at: datetime | None = None
) -> ResourceRef:
    """A published entry, by draft, review, consent, submission and publication."""
    return queries.get_resource(make_entry_at(PUBLISHED, banner=banner, content=content, office=office, at=at).id)


@kept()
def make_conditional(*, banner: Banner, at: datetime | None = None, **changes: Any) -> ResourceRef:
    """A published conditional entry."""
    return make_published(banner=banner, content=replace(conditional_content(), **changes), at=at)
