"""What waits for a person in this area."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.agreements import permissions, policies, queries
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Todo

_BASIS = ("wushen-2021-60:18",)


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Drafts to sign, returned ones to change, signed ones to countersign; and a department without an agreement."""
    found: list[Todo] = []
    own = [one for one in queries.agreements(actor) if one.department_id == actor.department_id]
    if permissions.SIGN.allows(actor):
        found += [_todo(_("Sign"), one) for one in own if one.status == "DRAFTED"]
    if permissions.DRAFT.allows(actor):
        found += [_todo(_("Change"), one) for one in own if one.status == "RETURNED"]
        if not policies.can_share(actor.department_id, at) and not any(one.status in policies.OPEN for one in own):
            title = str(_("Sharing agreement with the competent authority"))
            found.append(Todo(kind=_("Draft it"), title=title, url=reverse("agreements:new"), basis=_BASIS))
    if permissions.ISSUE_TEMPLATE.allows(actor) and not queries.templates():
        title = str(_("The text from which agreements are made"))
        found.append(Todo(kind=_("Issue it"), title=title, url=reverse("agreements:template"), basis=_BASIS))
    if permissions.COUNTERSIGN.allows(actor):
        found += [_todo(_("Sign"), one) for one in queries.agreements(actor, status="SIGNED_BY_DEPARTMENT")]
    return found


def _todo(kind: object, one: queries.AgreementRef) -> Todo:
    url = reverse("agreements:agreement", args=[one.id])
    return Todo(kind=kind, title=f"{one.department} · {one.number}", url=url, basis=_BASIS)  # type: ignore[arg-type]
