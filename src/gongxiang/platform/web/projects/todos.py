"""What waits for a person in projects."""

from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.projects import queries, states
from gongxiang.platform.projects.permissions import AUTHORITY, DEPARTMENT
from gongxiang.platform.projects.values import ProjectView
from gongxiang.platform.web.todos import Figure, Todo

_WORDS: dict[str, Promise] = {
    states.PRECOMPILING: _("Finish the pre-compiled catalogue"),
    states.RETURNED: _("Mend the pre-compiled catalogue"),
    states.CONSENTED: _("Submit the pre-compiled catalogue"),
    states.PRESENTED: _("Consent to the pre-compiled catalogue"),
    states.IN_REVIEW: _("Review the pre-compiled catalogue"),
    states.ACCEPTANCE_RETURNED: _("Mend the interface and request acceptance again"),
    states.ACCEPTANCE_REQUESTED: _("Certificate for acceptance"),
}


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Projects whose next act is this person's, and accepted ones whose entries are to be published."""
    found = [_todo(project, actor) for project in queries.waiting_for(actor) if _is_mine(project, actor)]
    if actor.has(Role.CLERK):
        for one in queries.unpublished(actor):
            if one.project.department_id != actor.department_id:
                continue
            title = _("%(name)s: %(published)d of %(total)d published")
            found.append(
                Todo(
                    kind=_("Publish the project's entries"),
                    title=str(title) % {"name": one.project.name, "published": one.published, "total": one.total},
                    url=reverse("projects:detail", args=[one.project.id]), due_at=one.project.publish_due_at,
                    basis=(one.project.publish_basis,),
                )
            )  # fmt: skip
    return found


def _is_mine(project: ProjectView, actor: Person) -> bool:
    """Whoever worked on it does not consent to it or review it."""
    if project.status in (states.PRESENTED, states.IN_REVIEW):
        return actor.id not in project.drafters
    return True


def _todo(project: ProjectView, actor: Person) -> Todo:
    kind = _WORDS[project.status]
    if project.status == states.ACCEPTANCE_REQUESTED and not actor.has(Role.AUTHORITY_OFFICER):
        kind = _("Test the interface")
    return Todo(
        kind=kind,
        title=f"{project.number} {project.name} · {project.department_name}",
        url=reverse("projects:detail", args=[project.id]),
        due_at=project.due_at,
        basis=(project.due_basis,) if project.due_basis and project.due_at else (),
    )


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Open projects of the department, or those that wait for the authority."""
    if actor.has(*AUTHORITY):
        waiting = queries.find_projects(actor=actor, box="to_review").count()
        waiting += queries.find_projects(actor=actor, box="to_accept").count()
        return [
            Figure(label=_("Projects before the authority"), value=waiting, url=reverse("projects:queue"), icon="checklist")
        ]
    if not actor.has(*DEPARTMENT):
        return []
    rows = queries.find_projects(actor=actor, department_id=actor.department_id).filter(status__in=states.OPEN)
    return [Figure(label=_("Our open projects"), value=rows.count(), url=reverse("projects:list"), icon="building")]


def _waiting(actor: Person) -> int:
    if actor.has(*AUTHORITY):
        boxes = ("to_review", "to_accept")
        return sum(queries.find_projects(actor=actor, box=box).count() for box in boxes)
    return queries.find_projects(actor=actor, status=states.ACCEPTANCE_REQUESTED).count()


#: Counts beside the entries of the menu.
COUNTED = {"projects:queue": _waiting}
