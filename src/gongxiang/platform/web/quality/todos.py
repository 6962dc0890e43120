"""What the state of the catalogue asks of a person: tables to mount, data to update, systems to catalogue."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gongxiang.platform.catalogue import quality
from gongxiang.platform.catalogue.permissions import COMPILE, DECIDE
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.web.todos import Todo

#: Entries named one by one; of more than that the page tells the number.
NAMED = 5


def todos(actor: Person, at: datetime) -> list[Todo]:
    """For a department its own entries and systems, for the authority's officer what is overdue."""
    found: list[Todo] = []
    if COMPILE.allows(actor) or actor.has(Role.NODE_OPERATOR):
        found += _own(actor, at)
    if DECIDE.allows(actor):
        number = len(quality.rows("mounting_overdue", actor=actor, at=at))
        if number:
            title = ngettext("%(n)d entry is not mounted in time", "%(n)d entries are not mounted in time", number)
            found.append(_todo(_("Remind"), title % {"n": number}, "mounting_overdue"))
    return found


def _own(actor: Person, at: datetime) -> list[Todo]:
    found: list[Todo] = []
    own = actor.department_id
    unmounted = quality.rows("unmounted", actor=actor, at=at, department_id=own)
    for row in unmounted[:NAMED]:
        url = reverse("delivery:mount", args=[row.resource_id])
        found.append(Todo(kind=_("Mount"), title=row.name, url=url, due_at=row.due_at, basis=("wushen-2021-60:21(1)",)))
    if len(unmounted) > NAMED:
        number = len(unmounted) - NAMED
        title = ngettext("%(n)d more entry is to be mounted", "%(n)d more entries are to be mounted", number)
        found.append(_todo(_("Mount"), title % {"n": number}, "unmounted"))
    stale = len(quality.rows("stale", actor=actor, at=at, department_id=own))
    if stale:
        title = ngettext("%(n)d entry is behind its update cycle", "%(n)d entries are behind their update cycle", stale)
        found.append(_todo(_("Update"), title % {"n": stale}, "stale"))
    systems = len(quality.rows("system_without_entry", actor=actor, at=at, department_id=own))
    if systems and COMPILE.allows(actor):
        title = ngettext("%(n)d system has no entry", "%(n)d systems have no entry", systems)
        found.append(_todo(_("Compile"), title % {"n": systems}, "system_without_entry"))
    return found


def _todo(kind: object, title: str, check: str) -> Todo:
    return Todo(kind=kind, title=title, url=reverse("quality:rows", args=[check]), basis=quality.CHECKS[check].basis)  # type: ignore[arg-type]
