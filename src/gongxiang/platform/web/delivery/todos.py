"""What waits for a person in the exchange."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.delivery import permissions, queries, states
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.web import labels
from gongxiang.platform.web.todos import Figure, Todo


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Nodes to admit, and alarms to look at."""
    found: list[Todo] = []
    if actor.has(Role.PLATFORM_OPERATOR):
        found += [
            Todo(
                kind=_("Admit the node"),
                title=f"{node.department_name} · {node.name}",
                url=reverse("delivery:node", args=[node.pk]),
                basis=("wushen-2021-60:16",),
            )
            for node in queries.find_nodes(actor=actor, statuses=(states.ENROLLED,))[:50]
        ]
    if actor.has(Role.PLATFORM_OPERATOR, Role.NODE_OPERATOR):
        found += [
            Todo(
                kind=_("Look at the alarm"),
                title=f"{labels.code('alarm', alarm.code)} · {alarm.node.name if alarm.node else ''}".rstrip(" ·"),
                url=reverse("delivery:alarms"),
                basis=("wushen-2021-60:12(2)",),
            )
            for alarm in queries.alarms_visible_to(actor).filter(closed_at=None)[:20]
        ]
    return found


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Running flows."""
    if not permissions.VIEW.allows(actor):
        return []
    running = queries.find_flows(actor=actor, statuses=(states.STARTED,)).count()
    address = f"{reverse('delivery:flows')}?status={states.STARTED}"
    return [Figure(label=_("Running flows"), value=running, url=address, icon="arrows-exchange")]


def open_alarms(actor: Person) -> int:
    """How many alarms are open, for the menu."""
    return queries.alarms_visible_to(actor).filter(closed_at=None).count()


def to_admit(actor: Person) -> int:
    """How many nodes wait to be admitted by this person."""
    if not actor.has(Role.PLATFORM_OPERATOR):
        return 0
    return queries.find_nodes(actor=actor, statuses=(states.ENROLLED,)).count()


#: Counts beside the entries of the menu.
COUNTED = {"delivery:alarms": open_alarms, "delivery:nodes": to_admit}
