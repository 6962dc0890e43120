"""What waits for a person in this area."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.parties import permissions, queries
from gongxiang.platform.web.todos import Figure, Todo


def todos(actor: Person, at: datetime) -> list[Todo]:
    """The authority files reports; a department without an officer on file reports one; administrators set people up."""
    found = _first_steps(actor)
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


def _first_steps(actor: Person) -> list[Todo]:
    """What an installation still lacks before anybody can share: departments, accounts, roles."""
    found: list[Todo] = []
    if permissions.CREATE_ACCOUNT.allows(actor):
        known = queries.all_departments()
        new, basis = reverse("parties:new_department"), ("wushen-2021-60:2.2",)
        if not any(one.is_authority for one in known):
            found.append(Todo(kind=_("Enter a department"), title=str(_("The competent authority")), url=new, basis=basis))
        if not any(one.is_audit_office for one in known):
            found.append(Todo(kind=_("Enter a department"), title=str(_("The audit office")), url=new, basis=basis))
        if all(one.is_authority or one.is_audit_office or one.is_operator for one in known):
            title = str(_("The departments that share: each with its code"))
            found.append(Todo(kind=_("Enter a department"), title=title, url=new, basis=basis))
        account = reverse("parties:new_person")
        found += [
            Todo(
                kind=_("Make accounts"), title=one.name, url=f"{account}?department={one.id}", basis=("wushen-2021-60:25",)
            )
            for one in queries.departments_without_accounts()
        ]  # fmt: skip
    if permissions.GRANT_ROLE.allows(actor):
        found += [
            Todo(
                kind=_("Give roles"), title=f"{one.name} · {one.department}", url=reverse("parties:person", args=[one.id]),
                basis=("wushen-2021-60:25",),
            )
            for one in queries.people_without_role()
        ]  # fmt: skip
    return found


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Systems whose planned day passed, for the authority."""
    if not permissions.FILE_OFFICER.allows(actor):
        return []
    late = [one for one in queries.systems() if queries.system_move_state(one, beijing_date(at)) == "late"]
    url = f"{reverse('parties:systems')}?move=late"
    return [Figure(label=_("Moves to the extranet overdue"), value=len(late), url=url, icon="database")]
