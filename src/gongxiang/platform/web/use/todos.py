"""What waits for a person in the use of what was granted."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.grants import queries_rectify
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Todo


def todos(actor: Person, at: datetime) -> list[Todo]:
    """One line for each case whose next act is this person's."""
    kinds = {
        "DEMANDED": _("Put right and report"), "OVERDUE": _("Not put right in time"),
        "REPORTED": _("Answer what was put right"),
        "DECLINED": _("Not put right: end, or set another day"),
    }  # fmt: skip
    return [
        Todo(
            kind=kinds[one.status],
            title=f"{one.resource_name} · {one.consumer_name}",
            url=reverse("use:rectification", args=[one.id]),
            due_at=one.due_at if one.status in ("DEMANDED", "OVERDUE") else None,
            basis=("cn-809:27.2",),
        )
        for one in queries_rectify.waiting_rectifications(actor)
    ]
