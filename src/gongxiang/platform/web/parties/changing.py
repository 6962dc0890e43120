"""Somebody leaves, a department is renamed or merged: what is open is shown first, then it is one act."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.parties import actions, changes, permissions, queries, queries_changes, tokens
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.notices.views import PAGES
from gongxiang.protocol import clock


class LeavingForm(Form):
    """Who takes over, and why the account is closed."""

    successor = forms.ChoiceField(label=gettext_lazy("Who takes over"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class RenameForm(Form):
    """The new name and the document that gives it."""

    name = forms.CharField(label=gettext_lazy("New full name"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("New short name"), max_length=60)
    document = forms.CharField(label=gettext_lazy("Document that decides it"), max_length=200)


class MergeForm(Form):
    """Into which department, by which document, and what was seen."""

    into = forms.ChoiceField(label=gettext_lazy("Department that takes over"))
    document = forms.CharField(label=gettext_lazy("Document that decides it"), max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def _places(standing: Any) -> list[tuple[changes.Standing, str]]:
    found = []
    for one in standing:
        kind, _colon, key = one.subject.partition(":")
        try:
            place = reverse(PAGES[kind], args=[UUID(key)]) if kind in PAGES else ""
        except (NoReverseMatch, ValueError):
            place = ""
        found.append((one, place))
    return found


@door(permissions.CLOSE_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: ActingRequest, person_id: UUID) -> HttpResponse:
    """What somebody who leaves has in hand, and closing the account with a successor."""
    person, at = queries.person_ref(person_id), clock.now()
    if person.status == "LEFT" or person_id == request.actor.id:
        raise NotFound()
    form = LeavingForm(request.POST or None)
    colleagues = [one for one in queries.people(request.actor, department_id=person.department_id) if one.status == "ACTIVE"]
    names = [(str(one.id), f"{one.name} {one.post}".strip()) for one in colleagues if one.id != person_id]
    form.fields["successor"].choices = [("", "—"), *names]  # type: ignore[attr-defined]
    if form.is_valid():
        chosen = form.cleaned_data["successor"]
        try:
            actions.leave_and_hand_over(
                person_id=person_id,
                successor_id=UUID(chosen) if chosen else None,
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=at,
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The account is closed and the work handed over."))
            return redirect("parties:person", person_id)
    officer = queries.officer_of(person.department_id)
    context = {
        "person": person,
        "form": form,
        "work": _places(changes.open_work_of(person_id)),
        "sole": queries_changes.sole_roles(person_id),
        "roles": sorted(person.roles),
        "on_file": officer is not None and officer.id == person_id,
        "keys": [key for key in queries.signing_keys(person_id) if key.retired_at is None],
        "tokens": tokens.in_use_of(person_id, at),
        "deputies": queries.deputyships_of(person_id, at),
    }
    return render(request, "parties/leaving.html", context, status=422 if form.is_bound else 200)


@door(permissions.CHANGE_DEPARTMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ActingRequest, department_id: UUID) -> HttpResponse:
    """Give a department another name."""
    department = queries.department_ref(department_id)
    if department.status != "ACTIVE":
        raise NotFound()
    form = RenameForm(request.POST or None, initial={"name": department.name, "short_name": department.short_name})
    if form.is_valid():
        try:
            actions.rename_department(department_id=department_id, **form.cleaned_data, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The department is renamed; old records keep the name of their day."))
            return redirect("parties:department", department_id)
    context = {"department": department, "form": form, "former": queries_changes.former_names(department_id)}
    return render(request, "parties/rename.html", context, status=422 if form.is_bound else 200)


def _merge_form(department: queries.DepartmentRef, data: Any = None, **initial: Any) -> MergeForm:
    form = MergeForm(data, initial=initial)
    others = [one for one in queries.all_departments() if one.id != department.id]
    form.fields["into"].choices = [("", "—"), *((str(one.id), one.name) for one in others)]  # type: ignore[attr-defined]
    return form


@door(permissions.CHANGE_DEPARTMENT)
@require_http_methods(["GET", "HEAD"])
def merge(request: ActingRequest, department_id: UUID) -> HttpResponse:
    """What has to be settled before a department is merged, what would pass, and the question."""
    department = _mergeable(department_id)
    chosen = _merge_form(department, {"into": request.GET["into"]}) if request.GET.get("into") else None
    into = UUID(chosen.cleaned_data["into"]) if chosen is not None and chosen.is_valid() else None
    return _show_merge(request, department, into)


@door(permissions.CHANGE_DEPARTMENT)
@require_POST
def carry_out_merge(request: ActingRequest, department_id: UUID) -> HttpResponse:
    """Merge it, as was shown."""
    department = _mergeable(department_id)
    form = _merge_form(department, request.POST)
    if not form.is_valid():
        return _show_merge(request, department, None, form=form)
    into = UUID(form.cleaned_data["into"])
    try:
        actions.merge_department(
            department_id=department_id,
            into_id=into,
            document=form.cleaned_data["document"],
            seen=form.cleaned_data["seen"],
            by=request.actor,
            at=clock.now(),
        )
    except Refusal as refusal:
        form.show_refusal(refusal)
        return _show_merge(request, department, into, form=form)
    messages.success(request, _("The department is merged; what passed stands with the other one."))
    return redirect("parties:department", into)


def _mergeable(department_id: UUID) -> queries.DepartmentRef:
    department = queries.department_ref(department_id)
    if department.status != "ACTIVE":
        raise NotFound()
    return department


def _show_merge(
    request: ActingRequest, department: queries.DepartmentRef, into: UUID | None, *, form: MergeForm | None = None
) -> HttpResponse:
    preview = queries_changes.merge_preview(department.id, into) if into else None
    standing = preview.standing if preview else changes.standing_of(department.id)
    fresh = _merge_form(department, None, into=str(into or ""), seen=preview.seen if preview else "")
    if form is not None:
        # What is confirmed is what this page shows now, not what an older one showed.
        form.data = {**form.data.dict(), "seen": preview.seen if preview else ""}  # type: ignore[attr-defined]
    context = {
        "department": department,
        "form": form or fresh,
        "into": queries.department_ref(into) if into else None,
        "standing": _places(standing),
        "passing": sorted(preview.passing.items()) if preview else [],
        "chooser": fresh,
    }
    return render(request, "parties/merge.html", context, status=422 if form is not None else 200)
