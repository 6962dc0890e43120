"""Words of the agenda."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, Promise] = {
    "calendar_feed:issued": _("Calendar address made"),
    "calendar_feed:revoked": _("Calendar address ended"),
    "webhook:set": _("Address of the office system entered"),
    "webhook:stopped": _("Messages to the office system are stopped"),
    "webhook:resent": _("Message to the office system sent again"),
}

CODES: dict[str, Promise] = {
    "actor:notices": _("The product, by its rules of notices"),
    "algorithm:sm3": _("HMAC-SM3"),
    "algorithm:sha256": _("HMAC-SHA-256"),
    "problem:forbidden": _("Address not allowed"),
    "problem:unknown_host": _("Name not known"),
    "problem:timeout": _("No answer in time"),
    "problem:certificate": _("Certificate not right"),
    "problem:no_connection": _("No connection"),
    "problem:refused": _("Answered, but not taken"),
    "problem:stopped": _("Sending was stopped"),
    "rule:grant_end": _("End of a grant"),
    "rule:agreement_end": _("End of an agreement"),
}

#: Areas as the filter names them.
AREAS: dict[str, Promise] = {
    "access": _("Access requests"),
    "catalogue": _("Catalogue"),
    "demands": _("Demands"),
    "grants": _("Grants"),
    "agreements": _("Agreements"),
    "projects": _("Projects"),
    "delivery": _("Exchange"),
    "upkeep": _("Upkeep of the catalogue"),
    "quality": _("State of the catalogue"),
    "parties": _("Departments and people"),
    "rules": _("Rules and calendar"),
    "corrections": _("Doubts and errors"),
    "disputes": _("Disputes"),
    "use": _("Use of what was granted"),
    "collection": _("Collection plans"),
    "superiors": _("Line superiors"),
    "channels": _("Outside channels"),
    "documents": _("Documents"),
}

URGENCY: dict[str, Promise] = {
    "overdue": _("Overdue"),
    "today": _("Due today"),
    "soon": _("Within three working days"),
    "later": _("Later"),
    "open": _("Without a day"),
}
