"""Pages of counters, complaints and figures; tickets to the gateway."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.corrections import complaints, permissions, queries, states, tickets
from gongxiang.platform.corrections import figures as counted
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.corrections import forms
from gongxiang.platform.web.corrections.views import act_page, element_names
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock

#: The gateway's door for people, in the site's own origin.
DOOR = "/x/v1/tickets/"


@door(permissions.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def serve(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """A matter goes on as usual on valid proof."""
    return act_page(
        request, correction_id, forms.ServiceForm(request.POST or None), title=_("The matter goes on as usual"),
        button=_("Note it"),
        happens=_("It is kept with the case that the person was served on valid proof while the record was verified."),
        done=_("It was noted that the matter goes on as usual."),
        act=lambda v: complaints.keep_serving(correction_id=correction_id, by=request.actor, at=clock.now(), **v),
        basis="wushen-2021-60:23",
    )  # fmt: skip


@door(permissions.COMPLAIN)
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """A counter refused somebody."""
    return act_page(
        request, correction_id, forms.ComplaintForm(request.POST or None), title=_("Record a complaint about a counter"),
        button=_("Record"), happens=_("The authority is told and answers; the department named is told too."),
        done=_("The complaint was recorded."),
        act=lambda v: complaints.record_complaint(
            correction_id=correction_id, department_id=UUID(v["department_id"]), matter_number=v["matter_number"],
            statement=v["statement"], by=request.actor, at=clock.now(),
        ),
        basis="wushen-2021-60:23",
    )  # fmt: skip


@door(permissions.VIEW)
@require_safe
def complaint_list(request: ActingRequest) -> HttpResponse:
    """Complaints about counters that the person may see."""
    rows = queries.complaints_visible_to(request.actor)
    status = request.GET.get("status", "")
    if status in states.COMPLAINT.states:
        rows = rows.filter(status=status)
    if text := request.GET.get("q", "").replace("\x00", "").strip()[:200]:
        rows = rows.filter(queries.complaint_words(text))
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Number"), lambda one: one.number),
            (gettext_lazy("Department"), lambda one: one.department_name),
            (gettext_lazy("Number of the matter"), lambda one: one.matter_number),
            (gettext_lazy("What was refused"), lambda one: one.statement),
            (gettext_lazy("State"), lambda one: labels.state("counter_complaint", one.status)[0]),
            (gettext_lazy("Answer"), lambda one: one.answer),
        ]
        return lists.export_csv("complaints", columns, rows[:10_000])
    page = lists.paginate(request, rows, sorts={"new": ["-recorded_at"], "old": ["recorded_at"]}, filters=("status",))
    context = {"page": page, "statuses": states.COMPLAINT.states, "may_answer": permissions.DECIDE.allows(request.actor)}
    return render(request, "corrections/complaints.html", context)


def _complaint_page(one: Any, actor: Person) -> dict[str, Any]:
    """What both pages show; the department complained of need not be one that sees the correction."""
    seen = queries.visible_to(actor).filter(pk=one.correction_id).first()
    return {"complaint": one, "correction": seen, "may_answer": permissions.DECIDE.allows(actor)}


@door(permissions.VIEW)
@require_safe
def complaint(request: ActingRequest, complaint_id: UUID) -> HttpResponse:
    """One complaint: what was refused, and what the authority answered."""
    one = queries.get_complaint(complaint_id, actor=request.actor)
    return render(request, "corrections/complaint.html", _complaint_page(one, request.actor))


@door(permissions.DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_complaint(request: ActingRequest, complaint_id: UUID) -> HttpResponse:
    """The authority answers a complaint."""
    one = queries.get_complaint(complaint_id, actor=request.actor)
    form = forms.AnswerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            complaints.answer_complaint(
                complaint_id=complaint_id, answer=form.cleaned_data["answer"], by=request.actor, at=clock.now()
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The complaint was answered."))
            return redirect("corrections:complaint", complaint_id)
    context = {"form": form, **_complaint_page(one, request.actor)}
    return render(request, "corrections/complaint.html", context, status=422 if form.is_bound else 200)


@door(permissions.VIEW)
@require_safe
def slip(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """A slip for the counter: what is verified, and that the matter goes on; to be printed."""
    row = queries.get_correction(correction_id, actor=request.actor)
    names = element_names(row.resource_id)
    elements = [names.get(code, code) for code in row.elements]
    return render(request, "corrections/slip.html", {"row": row, "elements": elements})


@door(permissions.FIGURES)
@require_safe
def figures(request: ActingRequest) -> HttpResponse:
    """Figures by resource or by department; each leads to its rows."""
    by = "department" if request.GET.get("by") == "department" else "resource"
    lines = counted.figures(actor=request.actor, by_department=by == "department")
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Name"), lambda one: one.name),
            (gettext_lazy("Reports"), lambda one: one.reported),
            (gettext_lazy("Still open"), lambda one: one.open),
            (gettext_lazy("Answered"), lambda one: one.answered),
            (gettext_lazy("Corrected"), lambda one: one.confirmed),
            (gettext_lazy("Corrected, per cent"), lambda one: "" if one.answered == 0 else one.confirmed_share),
            (gettext_lazy("Mean working days"), lambda one: "" if one.mean_days is None else f"{one.mean_days:.1f}"),
            (gettext_lazy("Overdue"), lambda one: one.overdue),
        ]
        return lists.export_csv("correction-figures", columns, lines)
    param = "provider" if by == "department" else "resource"
    context = {"page": lists.paginate(request, lines, filters=("by",)), "by": by, "param": param}
    return render(request, "corrections/figures.html", context)


@door(permissions.VIEW)
@require_safe
def accuracy(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """The accuracy of one entry: its open and confirmed corrections."""
    resource = catalogue.get_resource(resource_id, actor=request.actor)
    rows = queries.find_corrections(actor=request.actor, resource_id=resource_id).exclude(status=states.PROPOSED)
    context = {
        "resource": resource,
        "line": counted.accuracy_of(resource_id, actor=request.actor),
        "page": lists.paginate(request, rows),
    }
    return render(request, "corrections/accuracy.html", context)


@door(permissions.CARRY)
@require_POST
def deposit_ticket(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """The address at the gateway to which the browser takes key and values."""
    try:
        ticket = tickets.ask_to_deposit(correction_id=correction_id, by=request.actor, at=clock.now())
    except Refusal as refusal:
        return JsonResponse({"problem": refusal.message, "advice": refusal.advice}, status=refusal.status)
    return JsonResponse({"address": f"{DOOR}{ticket}"})


@door(permissions.CARRY)
@require_POST
def read_ticket(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """The address at the gateway where the browser reads key and values."""
    try:
        ticket = tickets.ask_to_read(correction_id=correction_id, by=request.actor, at=clock.now())
    except Refusal as refusal:
        return JsonResponse({"problem": refusal.message, "advice": refusal.advice}, status=refusal.status)
    return JsonResponse({"address": f"{DOOR}{ticket}"})
