"""Words of issued documents."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "document:VALID": (_("In force"), "success"),
    "document:WITHDRAWN": (_("Withdrawn"), "danger"),
}
EVENTS = {
    "document:issued": _("Document issued"),
    "document:withdrawn": _("Document withdrawn"),
    "rule_file:issued": _("Rule of operation issued"),
    "rule_file:replaced": _("New version of a rule of operation"),
    "rule_file:ended": _("Rule of operation applies no more"),
    "rule_file:read": _("Rule of operation read"),
    "upload:kept": _("File attached"),
}
CODES: dict[str, object] = {
    "rule_kind:operation": _("Operation of the platform"),
    "rule_kind:security": _("Security"),
    "rule_kind:use": _("Use of the platform"),
    "rule_kind:other": _("Other"),
}
