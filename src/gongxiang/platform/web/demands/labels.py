"""Words of the pages of demands."""

from typing import Any

from django.utils.translation import gettext_lazy as _

STATES = {
    "demand:STATED": (_("Stated, to be assigned"), "warning"),
    "demand:ASSIGNED": (_("Before the provider"), "primary"),
    "demand:OVERDUE": (_("Answer overdue"), "danger"),
    "demand:ANSWERED": (_("Demand answered"), "success"),
    "demand:CLOSED": (_("Demand closed"), "secondary"),
    "demand:WITHDRAWN": (_("Demand withdrawn"), "secondary"),
}

EVENTS = {
    "demand:stated": _("Demand stated"),
    "demand:assigned": _("Demand assigned to a likely provider"),
    "demand:returned": _("Demand handed back to the authority"),
    "demand:answered": _("Demand answered"),
    "demand:entry_published": _("Entry demanded was published"),
    "demand:contested": _("Answer to a demand contested"),
    "demand:overdue": _("Period of answer to a demand is over"),
    "demand:deadline_recounted": _("Deadline counted anew after a holiday notice"),
    "demand:closed": _("Demand closed"),
    "demand:withdrawn": _("Demand withdrawn"),
}

CODES: dict[str, Any] = {
    "actor:demand-sweeper": _("Answers to demands (automatic)"),
    "actor:demand-fulfiller": _("Demands that are met (automatic)"),
    "demand_outcome:EXISTS": (_("Exists: an entry serves"), "success"),
    "demand_outcome:WILL_BE_COMPILED": (_("Will be compiled"), "info"),
    "demand_outcome:DOES_NOT_EXIST": (_("Does not exist"), "warning"),
}
