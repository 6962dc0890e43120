"""Words of accounts: states and events."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: dict[str, tuple[Promise | str, str]] = {
    "person:ACTIVE": (_("Active"), "success"),
    "person:LOCKED": (_("Locked"), "danger"),
    "person:LEFT": (_("Account closed"), "secondary"),
}
EVENTS: dict[str, Promise | str] = {
    "person:account_created": _("Account made"),
    "person:account_locked": _("Account locked"),
    "person:account_unlocked": _("Account unlocked"),
    "person:account_closed": _("Account closed"),
    "person:role_granted": _("Role given"),
    "person:role_withdrawn": _("Role taken back"),
    "person:password_changed": _("Password changed"),
    "person:password_reset": _("Password given anew"),
    "person:factor_enrolled": _("Authenticator set up"),
    "person:factor_reset": _("Authenticator released"),
    "person:recovery_code_used": _("Recovery code used"),
    "person:signing_key_made": _("Signing key made"),
    "person:signed_in": _("Signed in"),
    "person:signed_out": _("Signed out"),
    "person:session_expired": _("Session ended for standing idle"),
    "person:sign_in_failed": _("Sign-in failed"),
    "person:sign_in_blocked": _("Sign-in blocked after too many failures"),
    "person:deputy_named": _("Deputy named"),
    "person:deputy_ended": _("Deputyship ended"),
}
