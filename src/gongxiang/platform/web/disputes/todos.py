"""What waits for a person in disputes."""

from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access import queries_dispute
from gongxiang.platform.access.permissions_dispute import VIEW
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Figure, Todo

KINDS: dict[str, Promise] = {
    "CONSULTING": _("Consult with the other side"),
    "IN_MEDIATION": _("Open the hearing"),
    "HEARING": _("State your side's case"),
    "HEARD": _("Give the opinion"),
    "OPINION_GIVEN": _("Answer the opinion"),
    "OPINION_ACCEPTED": _("Carry out the opinion"),
    "NOT_ACCEPTED": _("Submit to the government"),
    "BEFORE_GOVERNMENT": _("Record the decision"),
    "REFERRED": _("Record the decision"),
    "DECISION_RECORDED": _("Carry out the decision"),
}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """One line for each dispute in which the person has a move."""
    return [
        Todo(
            kind=KINDS[row.status],
            title=f"{row.number} {row.resource_name}",
            url=reverse("disputes:detail", args=[row.id]),
            due_at=row.due_at,
            basis=(row.due_basis,) if row.due_basis else ("cn-809:28.2",),
        )
        for row in queries_dispute.waiting_for(actor)
    ]


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Open disputes of the department, or of everybody for the authority."""
    if not VIEW.allows(actor):
        return []
    rows = queries_dispute.find_disputes(actor=actor, box="open")
    return [Figure(label=_("Open disputes"), value=rows.count(), url=f"{reverse('disputes:list')}?box=open", icon="scale")]
