"""What waits for a person in grants."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.grants import queries, states
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.web.todos import Figure, Todo

_OFFICE = (Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, Role.NODE_OPERATOR)


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Disposals to certify, and own suspensions to look at."""
    if not actor.has(Role.ACCOUNTABLE_OFFICER):
        return []
    found = [
        Todo(
            kind=_("Certify the disposal"),
            title=f"{duty.resource_name} · {duty.grant_number}",
            url=reverse("grants:dispose", args=[duty.grant_id]),
            due_at=duty.due_at,
            basis=("cn-809:27.1",),
        )
        for duty in queries.disposals(actor=actor)
        if duty.consumer_id == actor.department_id and duty.status in (states.OPEN, states.OVERDUE)
    ]
    found += [
        Todo(
            kind=_("Acknowledge the disposal"),
            title=f"{duty.resource_name} · {duty.grant_number}",
            url=reverse("use:acknowledge", args=[duty.grant_id]),
            basis=("cn-809:27.1",),
        )
        for duty in queries.disposals(actor=actor, status=states.DISCHARGED)
        if duty.provider_id == actor.department_id
    ]
    suspended = queries.find_grants(actor=actor, statuses=(states.SUSPENDED,), side="provider")[:50]
    for grant in suspended:
        found.append(
            Todo(
                kind=_("Suspended: resume or end"),
                title=f"{grant.resource_name} · {grant.consumer_name}",
                url=reverse("grants:detail", args=[grant.pk]),
                basis=("cn-809:27.2",),
            )
        )
    return found


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Grants in force, given and received."""
    if not actor.has(*_OFFICE):
        return []
    address = reverse("grants:list")
    return [
        Figure(
            label=label,
            value=queries.find_grants(actor=actor, statuses=(states.ACTIVE,), side=side).count(),
            url=f"{address}?side={side}&status={states.ACTIVE}",
            icon="key",
        )
        for side, label in (("consumer", _("Grants we received")), ("provider", _("Grants we gave")))
    ]
