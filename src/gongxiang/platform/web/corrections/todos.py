"""What waits for a person among the corrections."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.corrections import queries, states
from gongxiang.platform.corrections.permissions import REPORT
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Figure, Todo

KINDS = {
    "authority": _("Decide on a correction"),
    "provider": _("Verify a doubtful record"),
    "consumer": _("Look at an answered correction"),
}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """One line for each correction whose next act is this person's, and each complaint to answer."""
    found = [
        Todo(
            kind=_("Take up a proposed correction") if row.status == states.PROPOSED else KINDS[row.turn],
            title=f"{row.number} {row.resource_name}",
            url=reverse("corrections:detail", args=[row.pk]),
            due_at=row.due_at,
            basis=(row.due_basis,) if row.due_basis else ("wushen-2021-60:23",),
        )
        for row in queries.waiting_for(actor)
    ]
    return found + [
        Todo(
            kind=_("Answer a complaint about a counter"),
            title=f"{one.number} {one.department_name}",
            url=reverse("corrections:answer_complaint", args=[one.pk]),
            basis=("wushen-2021-60:23",),
        )
        for one in queries.open_complaints(actor)
    ]


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Corrections of the department that are open."""
    if not REPORT.allows(actor):
        return []
    rows = queries.find_corrections(actor=actor, box="mine", statuses=states.OPEN)
    return [
        Figure(
            label=_("Open corrections"), value=rows.count(), url=f"{reverse('corrections:list')}?box=mine&status=OPEN",
            icon="checklist",
        )
    ]  # fmt: skip
