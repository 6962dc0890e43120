"""What waits for a person among the demands."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.demands import queries, states
from gongxiang.platform.demands.permissions import STATE
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Figure, Todo

KINDS = {"authority": _("Assign a demand"), "provider": _("Answer a demand"), "consumer": _("Look at an answered demand")}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """One line for each demand whose next act is this person's."""
    return [
        Todo(
            kind=KINDS[row.turn],
            title=row.title,
            url=reverse("demands:detail", args=[row.pk]),
            due_at=row.due_at,
            basis=(row.due_basis,) if row.due_basis else ("wushen-2021-60:4(2)",),
        )
        for row in queries.waiting_for(actor)
    ]


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Demands of the department that are open."""
    if not STATE.allows(actor):
        return []
    mine = queries.find_demands(actor=actor, box="mine", statuses=states.OPEN).count()
    theirs = queries.find_demands(actor=actor, box="to_answer").count()
    address = reverse("demands:list")
    found = [Figure(label=_("Our open demands"), value=mine, url=f"{address}?box=mine", icon="send")]
    if theirs:
        found.append(Figure(label=_("Demands to answer"), value=theirs, url=f"{address}?box=to_answer", icon="inbox"))
    return found
