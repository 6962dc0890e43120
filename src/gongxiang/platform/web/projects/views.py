"""The register of projects, and the page of one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import actions, permissions, policies, queries, states
from gongxiang.platform.projects.values import ProjectView
from gongxiang.platform.projects.vocabulary import ProjectKind
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import close_if_impossible
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.numbers import whole
from gongxiang.platform.web.projects.common import posted, seen_project
from gongxiang.platform.web.projects.forms import ProjectForm
from gongxiang.platform.web.projects.reuse import followed
from gongxiang.platform.web.projects.shown import acts_of, facts_of
from gongxiang.protocol import clock

_EXPORT = 10_000
_SORTS = {
    "new": ["-registered_at", "-number"], "due": ["due_at", "-registered_at"], "name": ["name", "number"],
    "department": ["department_name", "name"], "start": ["planned_start", "number"],
}  # fmt: skip


def _columns() -> list[tuple[Any, Callable[[ProjectView], Any]]]:
    return [
        (gettext_lazy("Number"), lambda p: p.number),
        (gettext_lazy("Name of the project"), lambda p: p.name),
        (gettext_lazy("Department"), lambda p: p.department_name),
        (gettext_lazy("Kind of project"), lambda p: labels.code("project_kind", p.kind)),
        (gettext_lazy("State"), lambda p: labels.state("project", p.status)[0]),
        (gettext_lazy("Approving body"), lambda p: p.approving_body),
        (gettext_lazy("Number of the approval"), lambda p: p.approval_number),
        (gettext_lazy("Planned start"), lambda p: p.planned_start),
        (gettext_lazy("Planned end"), lambda p: p.planned_end),
        (gettext_lazy("Actual start"), lambda p: p.actual_start),
        (gettext_lazy("Actual end"), lambda p: p.actual_end),
        (gettext_lazy("Who runs the system"), lambda p: labels.code("system_tier", p.tier)),
    ]


def _list(request: ActingRequest, *, box: str, title: str) -> HttpResponse:
    chosen = request.GET
    year = chosen.get("year", "")
    found = queries.find_projects(
        actor=request.actor,
        text=chosen.get("q", "").strip()[:200].replace("\x00", ""),
        status=chosen.get("status", ""),
        kind=chosen.get("kind", "") if chosen.get("kind") in ProjectKind.values else "",
        department_id=_department(chosen.get("department", "")),
        year=whole(year, most=9999) or None,
        box=box,
    )
    if chosen.get("export") == "csv":
        return lists.export_csv("projects", _columns(), (queries.view_of(row) for row in found.order_by("number")[:_EXPORT]))
    sorts = _SORTS if not box else {"due": _SORTS["due"], **_SORTS}
    page = lists.paginate(request, found, sorts=sorts, filters=("status", "kind", "department", "year"))
    page.rows = [queries.view_of(row) for row in page.rows]
    shown = {
        "page": page, "title": title, "box": box, "statuses": states.PROJECT.states, "kinds": ProjectKind.choices,
        "departments": parties.all_departments() if permissions.sees_all(request.actor) else [],
        "may_register": permissions.KEEP.allows(request.actor), "now": clock.now(),
    }  # fmt: skip
    return render(request, "projects/list.html", shown)


def _department(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


@door(permissions.VIEW)
@require_safe
def register(request: ActingRequest) -> HttpResponse:
    """The register: the own department's projects, or everybody's for those who oversee them."""
    return _list(request, box="", title=_("Register of projects"))


@door(permissions.QUEUES)
@require_safe
def queue(request: ActingRequest) -> HttpResponse:
    """What waits for the authority, or is to be tested by the operator."""
    if not request.actor.has(Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER):
        return _list(request, box="to_test", title=_("Interfaces to test"))
    if request.GET.get("box") == "acceptance":
        return _list(request, box="to_accept", title=_("Acceptances"))
    return _list(request, box="to_review", title=_("Pre-compiled catalogues to review"))


@door(permissions.KEEP)
@require_http_methods(["GET", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Enter a project."""
    form = ProjectForm(posted(request), systems=_systems(request.actor.department_id))
    if form.is_bound and form.is_valid():
        try:
            made = actions.register_project(fields=form.written(), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The project is in the register. Next: pre-compile its catalogue."))
            return redirect("projects:detail", made.id)
    return render(request, "projects/edit.html", {"form": form}, status=422 if form.is_bound else 200)


@door(permissions.KEEP)
@require_http_methods(["GET", "POST"])
def edit(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Keep the register entry."""
    project = seen_project(request, project_id)
    fields = project.fields
    initial = {name: getattr(fields, name) for name in type(fields).__dataclass_fields__}
    initial |= {"systems": [str(one) for one in fields.systems], "seen": project.revision}
    form = ProjectForm(posted(request), initial=initial, systems=_systems(project.department_id))
    if form.is_bound and form.is_valid():
        try:
            actions.save_project(
                project_id=project_id, fields=form.written(), seen=form.cleaned_data["seen"] or 0, by=request.actor,
                at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("projects:detail", project_id)
    close_if_impossible(request, form, acts_of(project, request.actor), to=("projects:detail", project_id))
    return render(request, "projects/edit.html", {"form": form, "project": project}, status=422 if form.is_bound else 200)


def _systems(department_id: UUID) -> list[parties.SystemRef]:
    return [one for one in parties.systems(department_id) if one.ended_at is None]


@door(permissions.VIEW)
@require_safe
def detail(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """One project: state and turn, what may be done, catalogue, certificates, interface, money, what happened."""
    project = seen_project(request, project_id)
    at = clock.now()
    editable = project.status in (*states.EDITABLE, states.PRESENTED, states.CONSENTED, states.IN_REVIEW)
    hits = queries.hits_of(project_id) if editable else ()
    checks = queries.checks_of(project_id, on=queries.beijing_day(at))
    systems = {one.id: one for one in parties.systems(project.department_id)}
    entries = queries.entries_of(project_id)
    lacking = policies.catalogue_shortfalls([one.planned for one in entries], hits) if editable and entries else ()
    tests = project.status in states.TESTABLE and request.actor.has(Role.PLATFORM_OPERATOR)
    shown = {
        "project": project, "entries": entries, "hits": hits, "unanswered": sum(not hit.answer for hit in hits),
        "lacking": tuple(lacking), "checks": checks, "results": queries.results_of(project_id),
        "certificates": queries.certificates_of(project_id), "costs": queries.costs_of(project_id),
        "versions": queries.versions_of(project_id), "systems": [systems[one] for one in project.systems if one in systems],
        "facts": facts_of(project, request.actor) if tests else {}, "publication": queries.publication_of(project),
        "acts": acts_of(project, request.actor, hits=hits, checks=checks), "now": at,
        "news": evidence.trail_of(f"project:{project_id}", by=request.actor), "english": get_language() != "zh-hans",
        "needs_catalogue": policies.needs_catalogue(project.kind), "certified": queries.certified(project_id),
        "promises": followed(project, actor=request.actor),
        "shows_checks": project.status in (*states.TESTABLE, states.ACCEPTED),
    }  # fmt: skip
    return render(request, "projects/detail.html", shown)


@door(permissions.VIEW)
@require_safe
def version(request: ActingRequest, project_id: UUID, number: int) -> HttpResponse:
    """A pre-compiled catalogue as it passed, with the answers given then; beside it what differs from the one before."""
    project = seen_project(request, project_id)
    found = queries.get_version(project_id, number)
    changes = queries.compare_versions(project_id, number - 1, number) if number > 1 else ()
    shown = {"project": project, "version": found, "changes": changes, "entries": list(found.content.values())}
    return render(request, "projects/version.html", shown)


@door(permissions.VIEW)
@require_safe
def compare(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """What the present entries change against the version that passed last."""
    project = seen_project(request, project_id)
    changes = queries.changes_since_passed(project_id)
    shown = {"project": project, "changes": changes, "material": any(one.material for one in changes)}
    return render(request, "projects/compare.html", shown)
