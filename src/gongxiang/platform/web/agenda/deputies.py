"""Deputies of the department: who stands in for whom, named by the person or by the accountable officer, ended before time."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.law.deadlines import last_day
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import actions, permissions, queries
from gongxiang.platform.web import lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING


def _picker() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DeputyForm(Form):
    """Who stands in for whom, from when to when."""

    person = forms.ChoiceField(label=gettext_lazy("Who is away"))
    deputy = forms.ChoiceField(label=gettext_lazy("Who stands in"))
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=_picker())
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=_picker())

    def clean_ends_on(self) -> Any:
        """A day within the calendar."""
        on = self.cleaned_data["ends_on"]
        if not 2000 <= on.year <= 2100:
            raise forms.ValidationError(_("Enter a valid date."))
        return on

    def clean_starts_on(self) -> Any:
        """A day within the calendar."""
        on = self.cleaned_data["starts_on"]
        if not 2000 <= on.year <= 2100:
            raise forms.ValidationError(_("Enter a valid date."))
        return on


def _form(request: ActingRequest, data: Any = None) -> DeputyForm:
    form, actor = DeputyForm(data, initial={"person": str(request.actor.id)}), request.actor
    there = queries.people(actor, department_id=actor.department_id)
    colleagues = [(str(one.id), f"{one.name} {one.post}".strip()) for one in there if one.status == "ACTIVE"]
    for_others = Role.ACCOUNTABLE_OFFICER in actor.own_roles
    form.fields["person"].choices = [c for c in colleagues if for_others or c[0] == str(actor.id)]  # type: ignore[attr-defined]
    others = colleagues if for_others else [c for c in colleagues if c[0] != str(actor.id)]
    form.fields["deputy"].choices = [("", "—"), *others]  # type: ignore[attr-defined]
    return form


@door(permissions.READ_DEPUTIES)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: ActingRequest) -> HttpResponse:
    """The department's deputyships, and naming one; as CSV with `export=csv`."""
    at, actor = clock.now(), request.actor
    form = _form(request)
    if request.method == "POST":
        permissions.NAME_DEPUTY.check(actor)
        form = _form(request, request.POST)
        if form.is_valid() and _name(request, form, at):
            messages.success(request, _("The deputy is named and told."))
            return redirect("agenda:deputies")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    which = request.GET.get("which", "")
    rows = queries.deputyships(actor, at, which=which, search=text)
    if request.GET.get("export") == "csv":
        return lists.export_csv("deputies", _COLUMNS, rows)
    officer = Role.ACCOUNTABLE_OFFICER in actor.own_roles
    context = {
        "page": lists.paginate(request, rows, filters=("which",)),
        "form": form,
        "at": at,
        "may_name": permissions.NAME_DEPUTY.allows(actor),
        "endable": {one.id for one in rows if one.ends_at > at and (officer or actor.id in (one.person_id, one.deputy_id))},
        "stands_for": actor.stands_for,
    }
    return render(request, "agenda/deputies.html", context, status=422 if form.is_bound else 200)


def _name(request: ActingRequest, form: DeputyForm, at: datetime) -> bool:
    sent = form.cleaned_data
    try:
        actions.name_deputy(
            person_id=UUID(sent["person"]),
            deputy_id=UUID(sent["deputy"]),
            starts_at=max(datetime.combine(sent["starts_on"], time.min, BEIJING), at - timedelta(seconds=1)),
            ends_at=datetime.combine(sent["ends_on"] + timedelta(days=1), time.min, BEIJING),
            by=request.actor,
            at=at,
        )
    except Refusal as refusal:
        form.show_refusal(refusal)
        return False
    return True


_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Who is away"), lambda one: one.person),
    (gettext_lazy("Who stands in"), lambda one: one.deputy),
    (gettext_lazy("From"), lambda one: one.starts_at.astimezone(BEIJING).date()),
    (gettext_lazy("Last day"), lambda one: last_day(one.ends_at)),
]


@door(permissions.NAME_DEPUTY)
@require_POST
def end(request: ActingRequest, deputy_id: UUID) -> HttpResponse:
    """Back before the time."""
    actions.end_deputy(deputy_row_id=deputy_id, by=request.actor, at=clock.now())
    messages.success(request, _("The deputyship has ended."))
    return redirect("agenda:deputies")
