"""Money of projects (art. 28): figures of one, of all by year, and the record of use as an argument for the budget."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants import queries_use
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import actions, permissions, queries
from gongxiang.platform.projects.vocabulary import MoneySource
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.numbers import whole
from gongxiang.platform.web.projects.common import key, posted, seen_project
from gongxiang.platform.web.projects.forms import CostForm
from gongxiang.platform.web.projects.reuse import followed
from gongxiang.platform.web.templatetags.projects import yuan


@door(permissions.MONEY)
@require_http_methods(["GET", "POST"])
def costs(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Planned and actual money of a project; each figure ever noted stays."""
    project = seen_project(request, project_id)
    form = CostForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            actions.note_cost(**form.cents(), **key(request, project_id))
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Noted."))
            return redirect("projects:costs", project_id)
    shown = {"project": project, "form": form, "costs": queries.costs_of(project_id, history=True)}
    return render(request, "projects/costs.html", shown, status=422 if form.is_bound else 200)


@door(permissions.STATISTICS)
@require_safe
def funding(request: ActingRequest) -> HttpResponse:
    """All figures of the projects the person sees, by year and source, with totals; exported for budget and audit."""
    chosen = request.GET
    year, source, department = chosen.get("year", ""), chosen.get("source", ""), chosen.get("department", "")
    found = queries.find_costs(
        actor=request.actor,
        year=whole(year, most=9999) or None,
        source=source if source in MoneySource.values else "",
        department_id=_uuid(department),
    )
    if chosen.get("export") == "csv":
        return lists.export_csv("project-funding", _columns(), found)
    page = lists.paginate(request, found, filters=("year", "source", "department"))
    shown = {
        "page": page, "totals": queries.totals_by_year(actor=request.actor),
        "figures": queries.figures_by_department(actor=request.actor), "sources": MoneySource.choices,
        "departments": parties.all_departments() if permissions.sees_all(request.actor) else [],
        "planned": sum(one.planned_cents for one in found), "actual": sum(one.actual_cents or 0 for one in found),
    }  # fmt: skip
    return render(request, "projects/funding.html", shown)


def _columns() -> list[tuple[Any, Any]]:
    return [
        (gettext_lazy("Year"), lambda c: c.year),
        (gettext_lazy("Number"), lambda c: c.project_number),
        (gettext_lazy("Name of the project"), lambda c: c.project_name),
        (gettext_lazy("Department"), lambda c: c.department_name),
        (gettext_lazy("Kind of project"), lambda c: labels.code("project_kind", c.kind)),
        (gettext_lazy("State"), lambda c: labels.state("project", c.status)[0]),
        (gettext_lazy("Source of the money"), lambda c: labels.code("money", c.source)),
        (gettext_lazy("Planned (yuan)"), lambda c: yuan(c.planned_cents).replace(",", "")),
        (gettext_lazy("Actual (yuan)"), lambda c: "" if c.actual_cents is None else yuan(c.actual_cents).replace(",", "")),
    ]


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class Use:
    """How one resource of a project is used."""

    name: str
    code: str
    status: str
    resource_id: UUID
    grants: int
    live: int
    consumers: int
    rows: int
    #: Calls of its services and rows handed out, as the lines of use say.
    calls: int
    used: int
    #: Whether the reader sees the grants and lines that are counted.
    linked: bool


@door(permissions.VIEW)
@require_safe
def use(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """What others make of the project's resources: grants, departments, rows delivered; with the money beside it."""
    project = seen_project(request, project_id)
    found = [_use_of(resource_id, request.actor) for resource_id in queries.resources_of(project_id)]
    if request.GET.get("export") == "csv":
        return lists.export_csv(f"use-{project.number}", _use_columns(), found)
    figures = queries.costs_of(project_id)
    shown = {
        "project": project, "found": found, "grants": sum(one.grants for one in found),
        "rows": sum(one.rows for one in found), "calls": sum(one.calls for one in found),
        "promises": followed(project, actor=request.actor), "planned": sum(one.planned_cents for one in figures),
        "actual": sum(one.actual_cents or 0 for one in figures),
        "published": sum(one.status == "PUBLISHED" for one in found),
    }  # fmt: skip
    return render(request, "projects/use.html", shown)


def _use_of(resource_id: UUID, actor: Actor) -> Use:
    reader = System(name="projects")
    resource = catalogue.get_resource(resource_id)
    given = [grants.view_of(row) for row in grants.find_grants(actor=reader, resource_id=resource_id)[:1000]]
    flows = [flow for grant in given if (flow := delivery.flow_of(grant.id, actor=reader)) is not None]
    totals = queries_use.use_totals([grant.id for grant in given])
    seen = grants.find_grants(actor=actor, resource_id=resource_id).count()
    return Use(
        calls=sum(one.calls for one in totals.values()), used=sum(one.rows for one in totals.values()),
        linked=seen == len(given) > 0, name=resource.name, code=resource.code, status=resource.status, resource_id=resource_id,
        grants=len(given),
        live=sum(grant.status == "ACTIVE" for grant in given), consumers=len({grant.consumer_id for grant in given}),
        rows=sum(flow.upserts + flow.deletes for flow in flows),
    )  # fmt: skip


def _use_columns() -> list[tuple[Any, Any]]:
    return [
        (gettext_lazy("Resource"), lambda u: u.name),
        (gettext_lazy("Code"), lambda u: u.code),
        (gettext_lazy("State"), lambda u: labels.state("resource", u.status)[0]),
        (gettext_lazy("Grants given"), lambda u: u.grants),
        (gettext_lazy("Grants in force"), lambda u: u.live),
        (gettext_lazy("Departments using it"), lambda u: u.consumers),
        (gettext_lazy("Rows delivered"), lambda u: u.rows),
        (gettext_lazy("Calls"), lambda u: u.calls),
    ]
