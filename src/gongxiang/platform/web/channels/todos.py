"""What waits for a person among the outside channels."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.delivery import queries_channels as queries
from gongxiang.platform.delivery import states_channels as states
from gongxiang.platform.delivery.permissions import CHANNEL_FIGURES
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Figure, Todo

_KINDS = {
    states.DECLARED: _("Confirm an outside channel"),
    states.CONFIRMED: _("Plan the move of a channel"),
    states.PLANNED: _("Move a channel onto the platform"),
    states.OVERDUE: _("Outside channel overdue"),
    states.EXEMPTION_ASKED: _("Decide on an exemption"),
}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Channels whose next step is this person's."""
    return [
        Todo(
            kind=_KINDS[row.status],
            title=f"{row.title} · {row.provider_name} → {row.consumer_name}",
            url=reverse("channels:detail", args=[row.pk]),
            due_at=row.due_at,
            basis=("wushen-2021-60:17",),
        )
        for row in queries.waiting_for(actor)
    ]


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Channels of the banner that are still outside, for the authority."""
    if not CHANNEL_FIGURES.allows(actor):
        return []
    found = queries.figures(actor)
    url = f"{reverse('channels:list')}?box=open"
    return [Figure(label=_("Channels outside the platform"), value=found.open, url=url, icon="alert-triangle")]


def count(actor: Person) -> int:
    """How many wait, for the menu."""
    return len(queries.waiting_for(actor))
