"""Words of issued documents."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "document:VALID": (_("In force"), "success"),
    "document:WITHDRAWN": (_("Withdrawn"), "danger"),
}
EVENTS = {
    "document:issued": _("Document issued"),
    "document:withdrawn": _("Document withdrawn"),
    "upload:kept": _("File attached"),
}
CODES: dict[str, object] = {}
