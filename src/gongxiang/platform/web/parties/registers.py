"""The registers of business systems and business matters."""

from datetime import date
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import actions, permissions, queries
from gongxiang.platform.projects.permissions import CHECK_FORM
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.parties.forms import MatterForm, SystemForm, SystemPlanForm
from gongxiang.protocol import clock

#: How the move of a system to the extranet can stand (art. 17).
MOVES: Final = ("late", "unplanned", "planned", "done")


@door(permissions.READ_REGISTERS)
@require_http_methods(["GET", "POST"])
def systems(request: ActingRequest) -> HttpResponse:
    """Systems of all departments; a new one of mine is entered at the side."""
    form = SystemForm(request.POST or None)
    may = permissions.KEEP_REGISTERS.allows(request.actor)
    if form.is_bound and form.is_valid():
        try:
            actions.register_system(
                department_id=request.actor.department_id, **form.cleaned_data, by=request.actor, at=clock.now()
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The system is in the register."))
            return redirect("parties:systems")
    rows = queries.systems(search=request.GET.get("q", "").strip()[:200])
    tier, own = request.GET.get("tier", ""), request.GET.get("own", "")
    rows = [
        row for row in rows if (not tier or row.tier == tier) and (not own or row.department_id == request.actor.department_id)
    ]
    today, wanted = beijing_date(clock.now()), request.GET.get("move", "")
    if wanted in MOVES:
        rows = [row for row in rows if queries.system_move_state(row, today) == wanted]
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Department"), lambda row: row.department),
            (gettext_lazy("Name of the system"), lambda row: row.name),
            (gettext_lazy("Who runs it"), lambda row: labels.code("system_tier", row.tier)),
            (gettext_lazy("Network"), lambda row: labels.code("network", row.network)),
            (gettext_lazy("Where it is hosted"), lambda row: row.hosting),
            (gettext_lazy("On the extranet by"), lambda row: row.extranet_by),
            (gettext_lazy("Move to the extranet"), lambda row: _move_in_words(row, today)),
        ]
        return lists.export_csv("systems", columns, rows)
    page = lists.paginate(request, rows, filters=("tier", "own", "move"))
    page.rows = [(row, queries.system_move_state(row, today)) for row in page.rows]
    context = {"page": page, "form": form, "may": may, "moves": MOVES, "tiers": SystemForm.base_fields["tier"].choices}  # type: ignore[attr-defined]
    return render(request, "parties/systems.html", context, status=422 if form.is_bound else 200)


def _move_in_words(row: queries.SystemRef, today: date) -> object:
    state = queries.system_move_state(row, today)
    return labels.code("system_move", state) if state else ""


@door(permissions.KEEP_REGISTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_system(request: ActingRequest, system_id: UUID) -> HttpResponse:
    """Where it runs, and by which day it moves to the extranet."""
    system = queries.system_ref(system_id)
    permissions.check_own_department(request.actor, system.department_id)
    initial = {name: getattr(system, name) for name in ("network", "hosting", "extranet_by")}
    form = SystemPlanForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            actions.plan_system(system_id=system_id, **form.cleaned_data, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Noted."))
            return redirect("parties:systems")
    context = {"form": form, "system": system}
    return render(request, "parties/plan_system.html", context, status=422 if form.is_bound else 200)


@door(permissions.KEEP_REGISTERS)
@require_POST
def end_system(request: ActingRequest, system_id: UUID) -> HttpResponse:
    """A system is out of use."""
    actions.end_system(system_id=system_id, by=request.actor, at=clock.now())
    messages.success(request, _("Noted: the system is out of use."))
    return redirect("parties:systems")


@door(permissions.READ_REGISTERS)
@require_http_methods(["GET", "POST"])
def matters(request: ActingRequest) -> HttpResponse:
    """Business matters of all departments; a new one of mine is entered at the side."""
    form = MatterForm(request.POST or None)
    mine = [(str(one.id), one.name) for one in queries.systems(request.actor.department_id) if one.ended_at is None]
    form.fields["systems"].choices = mine  # type: ignore[attr-defined]
    may = permissions.KEEP_REGISTERS.allows(request.actor)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            actions.register_matter(
                department_id=request.actor.department_id,
                name=values["name"],
                code=values["code"],
                legal_basis=values["legal_basis"],
                systems=[UUID(one) for one in values["systems"]],
                by=request.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The matter is in the register."))
            return redirect("parties:matters")
    rows = queries.matters(search=request.GET.get("q", "").strip()[:200])
    own = request.GET.get("own", "")
    rows = [row for row in rows if not own or row.department_id == request.actor.department_id]
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Department"), lambda row: row.department),
            (gettext_lazy("Code of the matter"), lambda row: row.code),
            (gettext_lazy("Name of the matter"), lambda row: row.name),
            (gettext_lazy("Legal basis"), lambda row: row.legal_basis),
        ]
        return lists.export_csv("matters", columns, rows)
    page = lists.paginate(request, rows, filters=("own",))
    context = {"page": page, "form": form, "may": may, "has_systems": bool(mine), "may_check": CHECK_FORM.allows(request.actor)}
    return render(request, "parties/matters.html", context, status=422 if form.is_bound else 200)


@door(permissions.KEEP_REGISTERS)
@require_POST
def end_matter(request: ActingRequest, matter_id: UUID) -> HttpResponse:
    """A matter is no longer handled."""
    actions.end_matter(matter_id=matter_id, by=request.actor, at=clock.now())
    messages.success(request, _("Noted: the matter is no longer handled."))
    return redirect("parties:matters")
