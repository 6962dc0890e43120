"""Which acts a person may do to many entries at once."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue import permissions
from gongxiang.platform.kernel.actors import Person

ACTS: dict[str, str | Promise] = {
    "pass": _("Review passed"),
    "consent": _("Consent"),
    "submit": _("Submit to the authority"),
    "publish": _("Publish"),
    "return": _("Return with one remark"),
}
_NEEDED = {
    "pass": permissions.REVIEW,
    "consent": permissions.CONSENT,
    "submit": permissions.SUBMIT,
    "publish": permissions.DECIDE,
    "return": permissions.RETURN,
}


def offered(actor: Person) -> dict[str, str | Promise]:
    """The acts that the person's roles allow, in the order of the work."""
    return {act: label for act, label in ACTS.items() if _NEEDED[act].allows(actor)}
