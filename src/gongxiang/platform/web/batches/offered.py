"""Which acts a person may do to many entries at once."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.batches.actions import MOST
from gongxiang.platform.catalogue import permissions
from gongxiang.platform.kernel.actors import Person

#: Rows on a page of a list that is worked through; the last is as many as one act takes.
SIZES: Final = (20, 50, 100, MOST)
ACTS: dict[str, str | Promise] = {
    "send": _("Send for review"),
    "pass": _("Review passed"),
    "consent": _("Consent"),
    "submit": _("Submit to the authority"),
    "publish": _("Publish"),
    "return": _("Return with one remark"),
}
_NEEDED = {
    "send": permissions.COMPILE,
    "pass": permissions.REVIEW,
    "consent": permissions.CONSENT,
    "submit": permissions.SUBMIT,
    "publish": permissions.DECIDE,
    "return": permissions.RETURN,
}


def offered(actor: Person) -> dict[str, str | Promise]:
    """The acts that the person's roles allow, in the order of the work."""
    return {act: label for act, label in ACTS.items() if _NEEDED[act].allows(actor)}
