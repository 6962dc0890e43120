"""Business matters: the resources they use, and what they still ask of people."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.catalogue import actions, matters, queries
from gongxiang.platform.catalogue.permissions import COMPILE, QUALITY
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import queries as projects
from gongxiang.platform.web import lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.quality.views import asked_department, words_in
from gongxiang.protocol import clock


class LinkForm(Form):
    """A resource that the matter uses."""

    resource = forms.CharField(
        label=gettext_lazy("Code of the resource"),
        max_length=64,
        help_text=gettext_lazy("As the catalogue shows it, e.g. 307001/000001."),
    )
    benefit = forms.CharField(
        label=gettext_lazy("What people need no longer bring"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ItemsForm(Form):
    """What the form asks for."""

    names = forms.CharField(
        label=gettext_lazy("Items of the form, one a line"), max_length=60_000, widget=forms.Textarea(attrs={"rows": 8})
    )


class JustificationForm(Form):
    """Why an item is asked for all the same."""

    justification = forms.CharField(label=gettext_lazy("Why it is asked for all the same"), max_length=2000)


@door(QUALITY)
@require_safe
def matters_list(request: ActingRequest) -> HttpResponse:
    """All matters with what they use and what they ask for though the platform has it; as CSV with `export=csv`."""
    actor, own, missing = request.actor, request.GET.get("own", ""), request.GET.get("missing", "")
    department = actor.department_id if own else asked_department(request)
    known = [one for one in parties.matters(department, search=words_in(request)) if one.ended_at is None]
    found = [one for one in matters.states(known, actor=actor) if not missing or one.missing]
    if request.GET.get("export") == "csv":
        columns: list[Any] = [
            (gettext_lazy("Department"), lambda row: row.matter.department),
            (gettext_lazy("Code of the matter"), lambda row: row.matter.code),
            (gettext_lazy("Name of the matter"), lambda row: row.matter.name),
            (gettext_lazy("Resources used"), lambda row: "、".join(link.name for link in row.links)),
            (gettext_lazy("Items asked for"), lambda row: len(row.items)),
            (
                gettext_lazy("Available, still asked for"),
                lambda row: "、".join(i.name for i in row.items if i.status == "available"),
            ),
        ]
        return lists.export_csv("matters-and-resources", columns, found)
    page = lists.paginate(request, found, filters=("own", "missing"))
    return render(request, "quality/matters.html", {"page": page})


@door(QUALITY)
@require_safe
def matter(request: ActingRequest, matter_id: UUID) -> HttpResponse:
    """One matter."""
    return _show(request, matter_id)


@door(COMPILE)
@require_POST
def link(request: ActingRequest, matter_id: UUID) -> HttpResponse:
    """Note that the matter uses a resource, named by its code."""
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            resource = queries.get_resource(form.cleaned_data["resource"].strip(), actor=request.actor)
            actions.link_matter(
                matter_id=matter_id,
                resource_id=resource.id,
                benefit=form.cleaned_data["benefit"],
                by=request.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            refusal.field = refusal.field or "resource"
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Noted: the matter uses this resource."))
            return redirect("quality:matter", matter_id)
    return _show(request, matter_id, link=form)


@door(COMPILE)
@require_POST
def unlink(request: ActingRequest, link_id: UUID) -> HttpResponse:
    """The matter no longer uses a resource."""
    matter_id = actions.unlink_matter(link_id=link_id, by=request.actor, at=clock.now())
    messages.success(request, _("Noted: the matter no longer uses this resource."))
    return redirect("quality:matter", matter_id)


@door(COMPILE)
@require_POST
def items(request: ActingRequest, matter_id: UUID) -> HttpResponse:
    """State what the form asks for."""
    form = ItemsForm(request.POST)
    if form.is_valid():
        try:
            actions.list_form_items(
                matter_id=matter_id, names=form.cleaned_data["names"].splitlines(), by=request.actor, at=clock.now()
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The items were checked against the catalogue."))
            return redirect("quality:matter", matter_id)
    return _show(request, matter_id, items=form)


@door(COMPILE)
@require_POST
def justify(request: ActingRequest, item_id: UUID) -> HttpResponse:
    """Record why an item is asked for although the platform has it."""
    form = JustificationForm(request.POST)
    reason = form.cleaned_data["justification"] if form.is_valid() else ""
    matter_id = actions.justify_item(item_id=item_id, justification=reason, by=request.actor, at=clock.now())
    messages.success(request, _("The reason is on record."))
    return redirect("quality:matter", matter_id)


def _show(request: ActingRequest, matter_id: UUID, **typed: Form) -> HttpResponse:
    state = matters.state_of(matter_id, actor=request.actor)
    own = state.matter.department_id == request.actor.department_id
    names = "\n".join(item.name for item in state.items)
    providers = {hit.provider_id for item in state.items for hit in item.hits} | {one.provider_id for one in state.links}
    context = {
        "state": state,
        "own": own,
        "may_keep": own and COMPILE.allows(request.actor) and state.matter.ended_at is None,
        "link_form": typed.get("link") or LinkForm(initial={"resource": request.GET.get("resource", "")}),
        "items_form": typed.get("items") or ItemsForm(initial={"names": names}),
        "providers": parties.department_names(providers),
        "checks": projects.form_checks_of(matter_id, actor=request.actor),
    }
    return render(request, "quality/matter.html", context, status=422 if typed else 200)
