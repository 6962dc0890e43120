"""The acts of the room: each one transaction, permission and policy first, state and evidence together."""

from gongxiang.platform.projects.actions.accepting import (
    accept_project,
    record_check,
    request_acceptance,
    return_acceptance,
)
from gongxiang.platform.projects.actions.compiling import (
    answer_hit,
    consent_to_catalogue,
    discard_revision,
    present_catalogue,
    remove_entry,
    revise_catalogue,
    save_entry,
    send_back,
    submit_catalogue,
)
from gongxiang.platform.projects.actions.forms import answer_form_hits, check_form
from gongxiang.platform.projects.actions.registering import (
    cancel_project,
    note_cost,
    register_project,
    save_project,
    start_building,
)
from gongxiang.platform.projects.actions.reviewing import pass_catalogue, recount_deadline, return_catalogue

__all__ = [
    "accept_project",
    "answer_form_hits",
    "answer_hit",
    "cancel_project",
    "check_form",
    "consent_to_catalogue",
    "discard_revision",
    "note_cost",
    "pass_catalogue",
    "present_catalogue",
    "record_check",
    "recount_deadline",
    "register_project",
    "remove_entry",
    "request_acceptance",
    "return_acceptance",
    "return_catalogue",
    "revise_catalogue",
    "save_entry",
    "save_project",
    "send_back",
    "start_building",
    "submit_catalogue",
]
