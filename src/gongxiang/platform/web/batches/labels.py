"""Words of the pages of batches."""

from typing import Any

from django.utils.translation import gettext_lazy as _

STATES = {
    "batch:RUNNING": (_("Batch under way"), "primary"),
    "batch:FINISHED": (_("Batch finished"), "success"),
    "batch:STOPPED": (_("Batch stopped"), "secondary"),
    "batch_item:DONE": (_("done"), "success"),
    "batch_item:REFUSED": (_("not done"), "danger"),
    "batch_item:": (_("not tried"), "secondary"),
}

EVENTS = {
    "batch:asked": _("Asked for one act on many records"),
    "batch:finished": _("Act done to many records, or refused"),
    "batch:stopped": _("Act on many records stopped"),
}

CODES: dict[str, Any] = {
    "evidence_subject:batch": _("Batch"),
    "actor:batch-runner": _("Acts on many records (automatic)"),
    "batch_act:send": _("Send for review"),
    "batch_act:pass": _("Review passed"),
    "batch_act:consent": _("Consent"),
    "batch_act:submit": _("Submit to the authority"),
    "batch_act:publish": _("Publish"),
    "batch_act:return": _("Return with one remark"),
    "batch_act:prepare": _("Prepare replies"),
    "batch_act:give": _("Give replies"),
}
