"""What waits for a person after a change of remit, and the figures."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue import permissions_upkeep as permissions
from gongxiang.platform.catalogue import queries_remit, queries_withheld
from gongxiang.platform.catalogue.states import EXTENSION_ASKED, REPORTED
from gongxiang.platform.grants import queries_stop
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Figure, Todo


def todos(actor: Person, at: datetime) -> list[Todo]:
    """The department's changes with entries left; the authority's requests for more time."""
    found = []
    for one in queries_remit.waiting_remits(actor):
        asked = one.status == EXTENSION_ASKED and permissions.DECIDE_EXTENSION.allows(actor)
        found.append(
            Todo(
                kind=_("Decide on more time") if asked else _("Update the catalogue"),
                title=f"{one.title}（{one.done}/{one.total}）",
                url=reverse("upkeep:remit", args=[one.id]),
                due_at=one.due_at,
                basis=("cn-809:17.2",) if asked else (one.due_basis,),
            )
        )
    for check in queries_withheld.waiting_checks(actor, at):
        confirms = check.status == REPORTED and permissions.CONFIRM_WITHHELD.allows(actor)
        kind = _("Confirm a withholding") if confirms else _("Go through a withheld entry")
        found.append(
            Todo(
                kind=_("Withheld without basis") if check.lapsed_why and not confirms else kind,
                title=check.resource_name,
                url=reverse("upkeep:check", args=[check.id]),
                due_at=check.due_at,
                basis=("cn-809:14(3)",) if check.lapsed_why else (check.due_basis,),
            )
        )
    for notice in queries_stop.waiting_stops(actor, at):
        asked = any(one.consumer_id == actor.department_id and not one.answer for one in notice.answers)
        found.append(
            Todo(
                kind=_("Answer: sharing is to end") if asked else _("File the end of sharing"),
                title=notice.resource_name,
                url=reverse("upkeep:stop", args=[notice.id]),
                due_at=notice.due_at if asked else None,
                basis=("cn-809:27.3",),
            )
        )
    return found


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Running and overdue changes, where there are any."""
    if not permissions.VIEW_REMITS.allows(actor):
        return []
    counts, url = queries_remit.remit_figures(actor), reverse("upkeep:remits")
    found = []
    if counts["running"]:
        found.append(
            Figure(
                label=_("Changes of remit under way"),
                value=counts["running"],
                url=f"{url}?status=running",
                icon="gavel",
                note=_("%(n)s overdue") % {"n": counts["overdue"]} if counts["overdue"] else "",
            )
        )
    checks = queries_withheld.check_figures(actor, at)
    if checks["withheld"]:
        wrong = checks["overdue"] + checks["lapsed"]
        found.append(
            Figure(
                label=_("Withheld entries"),
                value=checks["withheld"],
                url=reverse("upkeep:withheld"),
                icon="lock",
                note=_("%(n)s overdue or without basis") % {"n": wrong} if wrong else "",
            )
        )
    return found
