"""What waits for a person in the use of what was granted."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.grants import queries_rectify, queries_use
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web.todos import Todo

_KINDS = {
    "use_report": (_("Report the use"), "use:report", "cn-809:29.2"),
    "use_question": (_("Question about use"), "use:question", "wushen-2021-60:22.3"),
    "inspection": (_("Inspection of use"), "use:inspection", "cn-809:29.2"),
    "third_party_consent": (_("Decide on passing on"), "use:third_party", "cn-809:25.1"),
    "provision": (_("Provide the data, or confirm them"), "use:provision", "cn-809:22.1"),
}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """One line for each case whose next act is this person's."""
    kinds = {
        "DEMANDED": _("Put right and report"), "OVERDUE": _("Not put right in time"),
        "REPORTED": _("Answer what was put right"),
        "DECLINED": _("Not put right: end, or set another day"),
    }  # fmt: skip
    found = [
        Todo(
            kind=kinds[one.status],
            title=f"{one.resource_name} · {one.consumer_name}",
            url=reverse("use:rectification", args=[one.id]),
            due_at=one.due_at if one.status in ("DEMANDED", "OVERDUE") else None,
            basis=("cn-809:27.2",),
        )
        for one in queries_rectify.waiting_rectifications(actor)
    ]
    for kind, one in queries_use.waiting_use(actor):
        word, page, basis = _KINDS[kind]
        found.append(
            Todo(
                kind=word,
                title=f"{one.grant.resource_name} · {one.grant.consumer_name}",
                url=reverse(page, args=[one.id]),
                due_at=getattr(one, "due_at", None) if one.status in ("DUE", "OVERDUE", "ASKED") else None,
                basis=(basis,),
            )
        )
    return found
