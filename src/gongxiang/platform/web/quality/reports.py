"""What of the catalogue is to be reported to the city, and what was."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import actions, reporting
from gongxiang.platform.catalogue.permissions import REPORT, REPORTS
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.catalogue.export import export_xlsx
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.protocol import clock

COLUMNS: list[Any] = [
    (gettext_lazy("Kind of change"), lambda row: labels.code("city_change", row.change)),
    (gettext_lazy("Code"), lambda row: row.code),
    (gettext_lazy("Name"), lambda row: row.name),
    (gettext_lazy("Department"), lambda row: row.provider),
    (gettext_lazy("Version"), lambda row: row.version),
]


class ReportForm(Form):
    """Under which number the list was reported."""

    number = forms.CharField(label=gettext_lazy("Number of the report"), max_length=80)
    reported_on = forms.DateField(
        label=gettext_lazy("Reported on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


@door(REPORTS)
@require_safe
def reports(request: ActingRequest) -> HttpResponse:
    """New versions and withdrawals not yet reported, and the reports made; exports of the list."""
    changes = reporting.pending()
    export = request.GET.get("export", "")
    if export:
        return _export(export, changes)
    form = ReportForm(initial={"seen": reporting.seen(changes), "reported_on": beijing_date(clock.now())})
    return _show(request, form)


@door(REPORT)
@require_POST
def record(request: ActingRequest) -> HttpResponse:
    """Record that the list was reported."""
    form = ReportForm(request.POST)
    if form.is_valid():
        try:
            made = actions.record_city_report(**form.cleaned_data, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The report is on record."))
            return redirect("quality:report", made)
    return _show(request, form)


class ReceiptForm(Form):
    """What the city answered."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Answer of the city"), widget=forms.RadioSelect,
        choices=((reporting.TAKEN, gettext_lazy("Taken")), (reporting.RETURNED, gettext_lazy("Returned"))),
    )  # fmt: skip
    number = forms.CharField(label=gettext_lazy("Number of the receipt"), max_length=80, required=False)
    received_on = forms.DateField(
        label=gettext_lazy("Received on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    note = forms.CharField(label=gettext_lazy("Why it was returned, or a note"), max_length=500, required=False)


@door(REPORTS)
@require_safe
def report(request: ActingRequest, report_id: UUID) -> HttpResponse:
    """One report with exactly the versions it named, and the city's answer."""
    found, changes = reporting.get_report(report_id)
    if request.GET.get("export") == "json" and found.digest:
        return _json(reporting.file_of(report_id))
    if request.GET.get("export"):
        return _export(request.GET["export"], changes)
    return _report(request, found, changes, ReceiptForm(initial={"received_on": beijing_date(clock.now())}))


@door(REPORT)
@require_POST
def receipt(request: ActingRequest, report_id: UUID) -> HttpResponse:
    """Record the city's answer."""
    form = ReceiptForm(request.POST)
    if form.is_valid():
        try:
            actions.record_city_receipt(report_id=report_id, **form.cleaned_data, by=request.actor, at=clock.now())
        except NotFound:
            raise
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The city's answer is on record."))
            return redirect("quality:report", report_id)
    found, changes = reporting.get_report(report_id)
    return _report(request, found, changes, form)


def _report(request: ActingRequest, found: reporting.ReportRef, changes: Any, form: ReceiptForm) -> HttpResponse:
    context = {
        "report": found, "page": lists.paginate(request, changes), "form": form,
        "may_answer": REPORT.allows(request.actor) and found.receipt is None,
    }  # fmt: skip
    return render(request, "quality/report.html", context, status=422 if form.is_bound else 200)


def _show(request: ActingRequest, form: ReportForm) -> HttpResponse:
    changes = reporting.pending()
    context = {
        "page": lists.paginate(request, changes),
        "reports": reporting.reports()[:50],
        "form": form,
        "may_report": REPORT.allows(request.actor),
    }
    return render(request, "quality/reports.html", context, status=422 if form.is_bound else 200)


def _export(kind: str, changes: Any) -> HttpResponse:
    if kind == "xlsx":
        return export_xlsx("city-report", COLUMNS, changes)
    if kind == "json":
        return _json(reporting.file_from(changes))
    return lists.export_csv("city-report", COLUMNS, changes)


def _json(text: bytes) -> HttpResponse:
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="city-report.json"'
    return response
