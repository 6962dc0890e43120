"""What waits for a person among filings and collection plans."""

from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access import permissions_dispute, queries_collection
from gongxiang.platform.access import states_dispute as states
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Figure, Todo

_BASIS = ("wushen-2021-60:21(2)",)
_ABSENCES: dict[str, Promise] = {
    states.STATED: _("Answer whether the data do not exist"),
    states.CONFIRMED: _("File that data do not exist"),
    states.DISPUTED: _("Check whether data do not exist"),
    states.FILED: _("Plan the collection"),
}
_PLANS: dict[str, Promise] = {
    states.DRAFT: _("Finish the collection plan"),
    states.RETURNED: _("Mend the collection plan"),
    states.PROPOSED: _("Review a collection plan"),
    states.APPROVED: _("Collect and catalogue the data"),
}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Searches to be stated, statements to be answered or filed, plans to go on with."""
    found = [
        Todo(
            kind=_ABSENCES[row.status],
            title=f"{row.number} {row.title}",
            url=reverse("collection:absence", args=[row.id]),
            due_at=row.due_at,
            basis=(row.due_basis,) if row.due_basis else _BASIS,
        )
        for row in queries_collection.absences_waiting(actor)
    ]
    found += [
        Todo(
            kind=_PLANS[row.status],
            title=f"{row.number} {row.title}",
            url=reverse("collection:plan", args=[row.id]),
            due_at=row.due_at,
            basis=(row.due_basis,) if row.due_basis else _BASIS,
        )
        for row in queries_collection.plans_waiting(actor)
    ]
    if permissions_dispute.STATE_SEARCH.allows(actor):
        found += [
            Todo(
                kind=_("State the search made"),
                title=f"{case.number} {case.title}",
                url=reverse("collection:state", args=[case.kind, case.id]),
                basis=_BASIS,
            )
            for case in queries_collection.unstated_cases(actor.department_id)
        ]
    return found


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Approved plans of the department."""
    if not permissions_dispute.PLAN.allows(actor):
        return []
    rows = queries_collection.find_plans(actor=actor, status=states.APPROVED, department_id=actor.department_id)
    url = f"{reverse('collection:list')}?status={states.APPROVED}&department={actor.department_id}"
    return [Figure(label=_("Running collection plans"), value=rows.count(), url=url, icon="list-numbers")]
