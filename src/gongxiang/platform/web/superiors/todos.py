"""What waits for a person among the requests to superiors."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access import queries_superior as queries
from gongxiang.platform.access import states_superior as states
from gongxiang.platform.access.permissions import ASK_SUPERIOR, ISSUE_LETTER
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Figure, Todo

_KINDS = {
    states.DRAFT: _("Issue the letter to the superior"),
    states.ISSUED: _("Send the letter to the superior"),
    states.OVERDUE: _("Remind the superior"),
    states.AGREED: _("Take over the data from above"),
    states.REFUSED: _("Close or go on asking above"),
    states.NO_ANSWER: _("Close or go on asking above"),
}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Steps of running requests, and what has still to be asked above."""
    found = [
        Todo(
            kind=_("Finish the letter to the superior") if _is_mine(row, actor) else _KINDS[row.status],
            title=f"{row.title} · {row.superior}",
            url=reverse("superiors:detail", args=[row.pk]),
            basis=("wushen-2021-60:21(3)",),
        )
        for row in queries.waiting_for(actor)
    ]
    if ASK_SUPERIOR.allows(actor):
        found += [
            Todo(
                kind=_("Ask the line superior"),
                title=one.name,
                url=f"{reverse('superiors:new')}?{one.kind}={one.id}",
                due_at=one.due_at,
                basis=("wushen-2021-60:21(3)",),
            )
            for one in queries.to_ask(actor)
            if one.department_id == actor.department_id
        ]
    return found


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Requests of the department that run."""
    if not ASK_SUPERIOR.allows(actor):
        return []
    rows = queries.find_superior_requests(actor=actor, statuses=states.OPEN).filter(department_id=actor.department_id)
    return [Figure(label=_("Requests to superiors"), value=rows.count(), url=reverse("superiors:list"), icon="send")]


def count(actor: Person) -> int:
    """How many wait, for the menu."""
    return len(queries.waiting_for(actor))


def _is_mine(row: Any, actor: Person) -> bool:
    """A draft of one's own, which another has to issue."""
    return row.status == states.DRAFT and (row.drafted_by_id == actor.id or not ISSUE_LETTER.allows(actor))
