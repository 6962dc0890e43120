"""Words of the rulebook."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "calendar:confirmed": (_("Confirmed"), "success"),
    "calendar:provisional": (_("Provisional"), "warning"),
    "calendar:absent": (_("Nothing entered"), "danger"),
}
EVENTS = {
    "calendar:seeded": _("Calendar as shipped"),
    "calendar:notice_entered": _("Holiday notice entered"),
    "code:seeded": _("Codes as shipped"),
    "code:added": _("Code added"),
    "code:mapped": _("Counterpart at an interface entered"),
    "code:mappings_seeded": _("Counterparts as shipped"),
    "code:retired": _("Code retired"),
    "instrument:text_imported": _("Text of an instrument imported"),
    "parameter:set": _("Parameter set"),
    "rule:chosen": _("Rule chosen"),
    "statute:registered": _("Statute registered"),
    "statute:ended": _("End of a statute noted"),
}
CODES = {
    "rank:law": _("Law"),
    "rank:administrative_regulation": _("Administrative regulation"),
    "rank:state_council_decision": _("State Council decision"),
    "rank:central_policy": _("Policy of the Party's centre or the State Council"),
    "rank:local_regulation": _("Local regulation"),
    "rank:department_rule": _("Departmental rule"),
    "rank:local_rule": _("Local government rule"),
    "rank:normative_document": _("Normative document"),
    "unit:working_days": _("working days"),
    "unit:months": _("months"),
    "unit:years": _("years"),
    "scope:state": _("State Council's arrangement"),
    "scope:local": _("Days added by the local government"),
    "day:working": _("Working day"),
    "day:weekend": _("Weekend"),
    "day:off": _("Day off"),
    "day:makeup": _("Make-up working day"),
    "duty:system": _("Done by the product"),
    "duty:mixed": _("Done by people with the product"),
    "duty:organisation": _("Done by people; the product supports"),
}
