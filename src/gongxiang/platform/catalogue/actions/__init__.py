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
from gongxiang.platform.catalogue.actions.notes import note_data, note_granted_until, note_used, record_distribution_check
from gongxiang.platform.catalogue.actions.words import (
    change_saved_search,
    change_synonyms,
    end_synonyms,
    enter_synonyms,
    note_told,
    remove_saved_search,
    save_search,
)

__all__ = [
    "allow_lower_basis",
    "change_saved_search",
    "change_synonyms",
    "consent_to_resource",
    "discard_revision",
    "draft_resource",
    "end_synonyms",
    "enter_synonyms",
    "note_data",
    "note_granted_until",
    "note_told",
    "note_used",
    "pass_review",
    "publish_resource",
    "ratify_withholding",
    "record_distribution_check",
    "recount_review",
    "remove_saved_search",
    "return_resource",
    "revise_resource",
    "save_draft",
    "save_search",
    "send_for_review",
    "submit_resource",
    "withdraw_resource",
]
