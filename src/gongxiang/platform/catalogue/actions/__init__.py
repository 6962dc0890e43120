"""The acts of the room: each one transaction, permission and policy first, state and evidence together."""

from gongxiang.platform.catalogue.actions.compiling import (
    consent_to_resource,
    discard_revision,
    draft_resource,
    pass_review,
    return_resource,
    revise_resource,
    save_draft,
    send_for_review,
    submit_resource,
    withdraw_resource,
)
from gongxiang.platform.catalogue.actions.deciding import (
    allow_lower_basis,
    publish_resource,
    ratify_withholding,
    recount_review,
)
from gongxiang.platform.catalogue.actions.notes import note_granted_until, record_distribution_check

__all__ = [
    "allow_lower_basis",
    "consent_to_resource",
    "discard_revision",
    "draft_resource",
    "note_granted_until",
    "pass_review",
    "publish_resource",
    "ratify_withholding",
    "record_distribution_check",
    "recount_review",
    "return_resource",
    "revise_resource",
    "save_draft",
    "send_for_review",
    "submit_resource",
    "withdraw_resource",
]
