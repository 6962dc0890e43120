"""Words of keeping the catalogue true: states, events, codes."""

from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue.queries_remit import KINDS, OUTCOMES, TASKS

STATES = {
    "remit_change:OPEN": (_("Entries to update"), "primary"),
    "remit_change:EXTENSION_ASKED": (_("More time asked for"), "warning"),
    "remit_change:OVERDUE": (_("Overdue"), "danger"),
    "remit_change:COMPLETED": (_("Brought up to date"), "success"),
    "remit_change:CANCELLED": (_("Struck out"), "secondary"),
    "withheld_check:DUE": (_("To be gone through"), "primary"),
    "withheld_check:REPORTED": (_("Reported, to be confirmed"), "warning"),
    "withheld_check:CONFIRMED": (_("Confirmed"), "success"),
    "withheld_check:CLOSED": (_("Closed"), "secondary"),
}

EVENTS = {
    "remit_change:registered": _("Change of remit registered"),
    "remit_change:entries_added": _("Entries added to the change"),
    "remit_change:extension_asked": _("More time asked for"),
    "remit_change:extension_consented": _("Extension consented to"),
    "remit_change:extension_declined": _("Extension declined"),
    "remit_change:entry_named": _("New entry named"),
    "remit_change:entry_done": _("Entry dealt with"),
    "remit_change:overdue": _("Update of the catalogue overdue"),
    "remit_change:reminded_half_time": _("Half of the period has passed"),
    "remit_change:reminded_last_day": _("Last day of the period"),
    "remit_change:recounted": _("Period counted anew"),
    "remit_change:completed": _("Catalogue updated after the change"),
    "remit_change:cancelled": _("Change of remit struck out"),
    "withheld_check:opened": _("Re-check of a withheld entry opened"),
    "withheld_check:reported": _("Reported as still withheld"),
    "withheld_check:confirmed": _("Withholding confirmed for another year"),
    "withheld_check:returned": _("Withholding not confirmed"),
    "withheld_check:closed": _("Re-check closed"),
    "withheld_check:due_soon": _("Re-check due soon"),
    "withheld_check:overdue": _("Re-check overdue"),
    "withheld_check:basis_lapsed": _("Basis of a withholding fell"),
    "withheld_check:basis_restored": _("Basis of a withholding holds again"),
}

CODES = {
    **{f"remit_kind:{value}": label for value, label in KINDS.items()},
    **{f"remit_task:{value}": label for value, label in TASKS.items()},
    **{f"remit_outcome:{value}": label for value, label in OUTCOMES.items()},
    "withheld_lapsed:gone": _("the statute is not in the register"),
    "withheld_lapsed:ended": _("the statute is no longer in force"),
    "withheld_lapsed:rank": _("its rank no longer suffices"),
    "withheld_closed:SHARED": _("the entry is shared now"),
    "withheld_closed:REVISED": _("withheld anew by a new version"),
    "withheld_closed:WITHDRAWN": _("the entry was withdrawn"),
}
