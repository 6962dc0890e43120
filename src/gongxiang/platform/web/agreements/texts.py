"""The authority's pages: the text in versions with comparison and preview; every department and its agreement."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.platform.agreements import actions, overview, permissions, queries
from gongxiang.platform.agreements.errors import NoTemplate
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.agreements.forms import DraftForm, TemplateForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock

#: What stands at each place: what the department fills in, in its form's words, and what the platform knows.
PLACES = {
    "number": gettext_lazy("Number of the agreement"),
    "authority": gettext_lazy("Name of the authority"),
    "authority_code": gettext_lazy("Unified social credit code of the authority"),
    "department": gettext_lazy("Name of the department"),
    "department_code": gettext_lazy("Unified social credit code of the department"),
    **{name: field.label for name, field in DraftForm.base_fields.items()},
    "terms": gettext_lazy("List of terms"),
}


@door(permissions.ISSUE_TEMPLATE)
@require_http_methods(["GET", "POST"])
def template(request: ActingRequest) -> HttpResponse:
    """Issue the text that new agreements are made from; look at it filled and compared before."""
    try:
        current = queries.current_template()
        initial = {"title": current.title, "body": current.body}
    except NoTemplate:
        current = None
        initial = {"title": "乌审旗公共信息平台使用（政务信息资源共享）协议书", "body": queries.suggested_template()}
    form, at = TemplateForm(request.POST or None, initial=initial), clock.now()
    shown: dict[str, object] = {}
    if form.is_valid():
        try:
            if "preview" in request.POST:
                body = form.cleaned_data["body"].replace("\r\n", "\n")
                shown["preview"] = overview.sample_text(body, by=request.actor, at=at)
                shown["changes"] = overview.compare(current.body if current else "", body) if current else []
            else:
                actions.issue_template(**form.cleaned_data, by=request.actor, at=at)
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            if not shown:
                messages.success(
                    request, _("The text is issued: new agreements are made from it, older ones stay as they are.")
                )
                return redirect("agreements:template")
    context = {
        "form": form, "current": current, "versions": queries.templates(), "uses": queries.uses_of_templates(),
        "places": PLACES, **shown,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "agreements/template.html", context, status=status)


@door(permissions.READ)
@require_safe
def version(request: ActingRequest, number: int) -> HttpResponse:
    """One issued text, and what it changed against the one before it."""
    one, former = queries.template_of(number)
    changes = overview.compare(former.body, one.body) if former else []
    return render(request, "agreements/version.html", {"one": one, "former": former, "changes": changes})


@door(permissions.OVERVIEW)
@require_safe
def departments(request: ActingRequest) -> HttpResponse:
    """Every department: who has no agreement, whose ends soon."""
    standing, at = request.GET.get("standing", ""), clock.now()
    everybody = overview.departments(request.actor, at)
    counts = {name: sum(one.standing == name for one in everybody) for name in overview.STANDINGS}
    chosen = standing if standing in overview.STANDINGS else ""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = overview.departments(request.actor, at, search=text, standing=chosen)
    sort = request.GET.get("sort", "")
    if sort == "name":
        rows = sorted(rows, key=lambda one: one.department.name)
    elif sort == "until":
        rows = sorted(rows, key=lambda one: (one.days_left is None, one.days_left or 0))
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Department"), lambda one: one.department.name),
            (gettext_lazy("Standing"), lambda one: labels.code("agreement_standing", one.standing)),
            (gettext_lazy("Number"), lambda one: one.in_force.number if one.in_force else ""),
            (gettext_lazy("Covered until"), lambda one: one.covered_until or ""),
            (gettext_lazy("Days left"), lambda one: "" if one.days_left is None else one.days_left),
            (gettext_lazy("Under way"), lambda one: one.open.number if one.open else ""),
        ]
        return lists.export_csv("agreements-of-departments", columns, rows)
    context = {
        "page": lists.paginate(request, rows, filters=("standing",)),
        "standings": [(name, labels.code("agreement_standing", name)) for name in overview.STANDINGS],
        "counts": counts,
        "within_60": counts["within_30"] + counts["within_60"],
        "total": len(everybody),
    }
    return render(request, "agreements/departments.html", context)
