"""Words of the interfaces: scopes and events of access tokens."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, Promise | str] = {
    "access_token:issued": _("Access token made"),
    "access_token:revoked": _("Access token revoked"),
}
CODES: dict[str, Promise | str] = {
    "scope:catalogue:read": _("Read the catalogue"),
    "scope:catalogue:compile": _("Compile drafts"),
    "scope:corrections:write": _("Report and answer corrections"),
    "scope:requests:read": _("Read access requests"),
    "scope:catalogue:act": _("Act as I may on the site"),
}
