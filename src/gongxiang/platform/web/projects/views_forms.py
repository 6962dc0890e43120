"""Checking a form or collection plan before citizens are asked for what sharing gives (22.5)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import actions, permissions, queries
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.projects.common import posted
from gongxiang.platform.web.projects.forms import CollectAnswerForm, CollectForm
from gongxiang.protocol import clock


@door(permissions.READ_CHECKS)
@require_safe
def checks(request: ActingRequest) -> HttpResponse:
    """The checks made: the own department's, or everybody's for authority and audit."""
    found = queries.find_form_checks(
        actor=request.actor,
        text=request.GET.get("q", "").strip()[:200].replace("\x00", ""),
        open_only=request.GET.get("open") == "1",
    )
    page = lists.paginate(
        request, found, sorts={"new": ["-checked_at"], "title": ["title"], "department": ["department_name"]}, filters=("open",)
    )
    page.rows = [queries.form_check_view(row) for row in page.rows]
    shown = {"page": page, "may": permissions.CHECK_FORM.allows(request.actor)}
    return render(request, "projects/form_checks.html", shown)


@door(permissions.CHECK_FORM)
@require_http_methods(["GET", "POST"])
def check_new(request: ActingRequest) -> HttpResponse:
    """Hold the items of a form against the catalogue."""
    matters = [one for one in parties.matters(request.actor.department_id) if one.ended_at is None]
    asked = request.GET.get("matter", "")
    form = CollectForm(posted(request), matters=matters, initial={"matter": asked})
    if form.is_bound and form.is_valid():
        matter = form.cleaned_data["matter"]
        try:
            made = actions.check_form(
                title=form.cleaned_data["title"], items=form.lines(), matter_id=UUID(matter) if matter else None,
                by=request.actor, at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            return redirect("projects:form_check", made.id)
    return render(request, "projects/form_check_new.html", {"form": form}, status=422 if form.is_bound else 200)


@door(permissions.READ_CHECKS)
@require_http_methods(["GET", "POST"])
def check(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """What was found for each item, and what the department says to it."""
    found = queries.get_form_check(check_id, actor=request.actor)
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Item"), lambda h: h["item"]),
            (gettext_lazy("Resource"), lambda h: h["target_name"]),
            (gettext_lazy("Code"), lambda h: h["code"]),
            (gettext_lazy("Provider"), lambda h: h["owner"]),
            (gettext_lazy("Element"), lambda h: h["element"]),
            (gettext_lazy("Answer"), lambda h: labels.state("answer", str(h["answer"]))[0] if h["answer"] else ""),
            (gettext_lazy("Reason"), lambda h: h["reason"]),
        ]
        return lists.export_csv("form-check", columns, found.hits)
    items: dict[str, list[dict[str, object]]] = {}
    for hit in found.hits:
        items.setdefault(str(hit["item"]), []).append(hit)
    initial = {f"answer-{n}": of_item[0]["answer"] or "REUSE" for n, of_item in enumerate(items.values())}
    initial |= {f"reason-{n}": of_item[0]["reason"] for n, of_item in enumerate(items.values())}
    form = CollectAnswerForm(posted(request), items=items, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            actions.answer_form_hits(check_id=check_id, answers=form.answers(), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Answered."))
            return redirect("projects:form_check", check_id)
    own = request.actor.department_id == found.department_id and permissions.CHECK_FORM.allows(request.actor)
    groups = [(item, hits, form[f"answer-{n}"], form[f"reason-{n}"]) for n, (item, hits) in enumerate(items.items())]
    shown = {"check": found, "groups": groups, "form": form, "may": own}
    return render(request, "projects/form_check.html", shown, status=422 if form.is_bound else 200)
