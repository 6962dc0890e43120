"""Departments: list, entry, head, and the accountable officer on file."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import actions, permissions, queries, queries_changes
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.parties.forms import DepartmentForm, HeadForm, OfficerForm
from gongxiang.platform.web.parties.labels import choices
from gongxiang.protocol import clock


@door(permissions.READ_DEPARTMENTS)
@require_safe
def index(request: ActingRequest) -> HttpResponse:
    """All departments with head and officer on file."""
    rows = queries.all_departments(active_only=False, search=request.GET.get("q", "").strip()[:200])
    kind = request.GET.get("kind", "")
    rows = [row for row in rows if not kind or row.kind == kind]
    officers = {filing.department_id: filing for filing in queries.filings(status="FILED")}
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Full name"), lambda row: row.name),
            (gettext_lazy("Unified social credit code"), lambda row: row.credit_code),
            (gettext_lazy("Kind"), lambda row: labels.code("department_kind", row.kind)),
            (gettext_lazy("Head accountable"), lambda row: row.head_name),
            (gettext_lazy("Accountable officer"), lambda row: officers[row.id].officer if row.id in officers else ""),
            (gettext_lazy("Responsible unit"), lambda row: officers[row.id].unit if row.id in officers else ""),
        ]
        return lists.export_csv("departments", columns, rows)
    page = lists.paginate(request, rows, filters=("kind",))
    page.rows = [(row, officers.get(row.id)) for row in page.rows]
    context = {
        "page": page,
        "kinds": choices("department_kind"),
        "may_register": permissions.REGISTER_DEPARTMENT.allows(request.actor),
        "waiting": len(queries.filings(status="REPORTED")) if permissions.FILE_OFFICER.allows(request.actor) else 0,
    }
    return render(request, "parties/departments.html", context)


@door(permissions.REGISTER_DEPARTMENT)
@require_http_methods(["GET", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Enter a department into the register."""
    form = DepartmentForm(request.POST or None)
    if form.is_valid():
        try:
            department = actions.register_department(**form.cleaned_data, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("%(name)s is in the register.") % {"name": department.name})
            return redirect("parties:department", department.id)
    return render(request, "parties/department_new.html", {"form": form}, status=422 if form.is_bound else 200)


@door(permissions.READ_DEPARTMENTS)
@require_safe
def detail(request: ActingRequest, department_id: UUID) -> HttpResponse:
    """One department: what it is, who answers for it, what it runs and does."""
    return _detail(request, department_id)


@door(permissions.SET_HEAD)
@require_POST
def set_head(request: ActingRequest, department_id: UUID) -> HttpResponse:
    """Name the first person responsible (art. 26)."""
    form = HeadForm(request.POST)
    if form.is_valid():
        try:
            actions.set_head(
                department_id=department_id,
                name=form.cleaned_data["head_name"],
                post=form.cleaned_data["head_post"],
                by=request.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The head accountable is named."))
            return redirect("parties:department", department_id)
    return _detail(request, department_id, head_form=form, status=422)


@door(permissions.REPORT_OFFICER)
@require_POST
def report_officer(request: ActingRequest, department_id: UUID) -> HttpResponse:
    """Report accountable officer and responsible unit (art. 25)."""
    form = _officer_form(department_id, request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            actions.report_officer(
                department_id=department_id,
                officer_id=UUID(values["officer"]),
                unit=values["unit"],
                unit_contact=values["unit_contact"],
                unit_telephone=values["unit_telephone"],
                by=request.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Reported to the competent authority, which files it."))
            return redirect("parties:department", department_id)
    return _detail(request, department_id, officer_form=form, status=422)


@door(permissions.FILE_OFFICER)
@require_safe
def filings(request: ActingRequest) -> HttpResponse:
    """Reports that wait for the authority, then those on file."""
    waiting = queries.filings(status="REPORTED")
    return render(request, "parties/filings.html", {"waiting": waiting, "filed": queries.filings(status="FILED")})


@door(permissions.FILE_OFFICER)
@require_POST
def file_officer(request: ActingRequest, filing_id: UUID) -> HttpResponse:
    """File a report."""
    filing = actions.file_officer(filing_id=filing_id, by=request.actor, at=clock.now())
    messages.success(
        request, _("%(name)s is on file for %(department)s.") % {"name": filing.officer, "department": filing.department}
    )
    return redirect("parties:filings")


def _detail(
    request: ActingRequest,
    department_id: UUID,
    *,
    head_form: HeadForm | None = None,
    officer_form: OfficerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    department = queries.department_ref(department_id)
    own = request.actor.department_id == department_id
    may_head = permissions.SET_HEAD.allows(request.actor) and (own or request.actor.has(Role.AUTHORITY_OFFICER))
    history = queries.filings(department_id)
    context = {
        "department": department,
        "history": history,
        "filed": next((one for one in history if one.status == "FILED"), None),
        "people": queries.people(request.actor, department_id=department_id),
        "systems": [one for one in queries.systems(department_id) if one.ended_at is None],
        "matters": [one for one in queries.matters(department_id) if one.ended_at is None],
        "head_form": head_form or HeadForm(initial={"head_name": department.head_name, "head_post": department.head_post}),
        "officer_form": officer_form or _officer_form(department_id),
        "may_head": may_head,
        "may_report": own and permissions.REPORT_OFFICER.allows(request.actor),
        "may_file": permissions.FILE_OFFICER.allows(request.actor),
        "may_change": permissions.CHANGE_DEPARTMENT.allows(request.actor) and department.status == "ACTIVE",
        "former": queries_changes.former_names(department_id),
        "successor": queries_changes.successor_of(department_id),
        "news": evidence.trail_of(f"department:{department_id}", by=request.actor)[-20:],
    }
    return render(request, "parties/department.html", context, status=status)


def _officer_form(department_id: UUID, data: object = None) -> OfficerForm:
    form = OfficerForm(data)
    holders = queries.people_with(Role.ACCOUNTABLE_OFFICER, department_id)
    form.fields["officer"].choices = [(str(one.id), f"{one.name} {one.post}".strip()) for one in holders]  # type: ignore[attr-defined]
    return form
