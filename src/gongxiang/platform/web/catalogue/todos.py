"""What waits for a person in the catalogue, and the department's figures."""

from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.permissions import OWN
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Figure, Todo

KINDS: dict[str, str | Promise] = {
    "RETURNED": _("Mend a returned entry"),
    "IN_REVIEW": _("Review an entry"),
    "REVIEWED": _("Consent to an entry"),
    "CONSENTED": _("Submit an entry"),
    "SUBMITTED": _("Review and publish an entry"),
    "RATIFIED": _("Publish a ratified entry"),
}
BASIS = {
    "RETURNED": ("wushen-2021-60:7",),
    "IN_REVIEW": ("wushen-2021-60:25",),
    "REVIEWED": ("cn-809:13.1",),
    "CONSENTED": ("cn-809:16.1",),
    "SUBMITTED": ("cn-809:17.3",),
    "RATIFIED": ("wushen-2021-60:10",),
}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """One line for every entry whose next act is this person's."""
    return [
        Todo(
            kind=KINDS[row.status],
            title=row.name,
            url=reverse("catalogue:entry", args=[row.id]),
            due_at=row.due_at,
            basis=(row.due_basis,) if row.due_basis else BASIS[row.status],
        )
        for row in queries.waiting_for(actor)
    ]


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Published and unfinished entries of the department."""
    if not OWN.allows(actor):
        return []
    count, url = queries.figures_of(actor.department_id), reverse("catalogue:mine")
    return [
        Figure(label=_("Published entries"), value=count["published"], url=f"{url}?status=PUBLISHED", icon="book"),
        Figure(label=_("Entries under way"), value=count["under_way"], url=url, icon="edit"),
    ]
