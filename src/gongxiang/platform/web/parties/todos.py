"""What waits for a person in this area."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.parties import permissions, queries
from gongxiang.platform.web.todos import Figure, Todo


def todos(actor: Person, at: datetime) -> list[Todo]:
    """The authority files reports; a department without an officer on file reports one."""
    found: list[Todo] = []
    if permissions.FILE_OFFICER.allows(actor):
        found += [
            Todo(
                kind=_("Put on file"),
                title=f"{one.department} · {one.officer}",
                url=reverse("parties:filings"),
                basis=("wushen-2021-60:25",),
            )
            for one in queries.filings(status="REPORTED")
        ]
    if permissions.REPORT_OFFICER.allows(actor) and not any(
        one.status in ("REPORTED", "FILED") for one in queries.filings(actor.department_id)
    ):
        found.append(
            Todo(
                kind=_("Report"),
                title=str(_("Accountable officer and responsible unit")),
                url=reverse("parties:department", args=[actor.department_id]),
                basis=("wushen-2021-60:25",),
            )
        )
    if permissions.KEEP_REGISTERS.allows(actor):
        today = beijing_date(at)
        found += [
            Todo(
                kind=_("Move the system or plan the move"),
                title=one.name,
                url=reverse("parties:plan_system", args=[one.id]),
                basis=("wushen-2021-60:17",),
            )
            for one in queries.systems(actor.department_id)
            if queries.system_move_state(one, today) in ("late", "unplanned")
        ]
    return found


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Systems whose planned day passed, for the authority."""
    if not permissions.FILE_OFFICER.allows(actor):
        return []
    late = [one for one in queries.systems() if queries.system_move_state(one, beijing_date(at)) == "late"]
    url = f"{reverse('parties:systems')}?move=late"
    return [Figure(label=_("Moves to the extranet overdue"), value=len(late), url=url, icon="database")]
