"""Pages of the library of rules: what applies, each version, who has read it."""

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.documents import library, queries_library
from gongxiang.platform.documents.permissions import KEEP_RULES, READ_RULES
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.documents.forms import RuleForm, VersionForm, WithdrawForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock


@door(READ_RULES)
@require_safe
def rules(request: ActingRequest) -> HttpResponse:
    """What applies; with the ended ones if asked for."""
    text, kind = request.GET.get("q", "").replace("\x00", "").strip()[:200], request.GET.get("kind", "")[:20]
    ended, unread = request.GET.get("ended", ""), request.GET.get("unread", "")
    rows = queries_library.rules(request.actor, text=text, kind=kind, ended=bool(ended))
    rows = [one for one in rows if one.is_unread or not unread]
    if request.GET.get("export") == "csv":
        columns = [
            (_("Title"), lambda one: one.title),
            (_("Kind of rule"), lambda one: labels.code("rule_kind", one.kind)),
            (_("Version"), lambda one: one.current.number),
            (_("Applies from"), lambda one: one.current.effective_on),
            (_("Have read it"), lambda one: one.current.readers),
        ]
        return lists.export_csv("rules-of-operation", columns, rows)
    page = lists.paginate(request, rows, filters=("kind", "ended", "unread"))
    shown = {"page": page, "kinds": library.KINDS, "keeps": KEEP_RULES.allows(request.actor)}
    return render(request, "documents/rules.html", shown)


@door(READ_RULES)
@require_safe
def rule(request: ActingRequest, rule_id: UUID) -> HttpResponse:
    """One rule: versions, who has read the one in force, the button for who has not."""
    found = queries_library.rule(rule_id, request.actor)
    receipts = queries_library.receipts(found.current.id, request.actor)
    keeps = KEEP_RULES.allows(request.actor)
    having = {one.department_id for one in receipts}
    silent = [one.name for one in parties.all_departments() if one.id not in having] if keeps else []
    versions = queries_library.versions(rule_id, request.actor)
    shown = {"rule": found, "versions": versions, "receipts": receipts, "keeps": keeps, "silent": silent}
    return render(request, "documents/rule.html", shown)


@door(KEEP_RULES)
@require_http_methods(["GET", "POST"])
def rule_new(request: ActingRequest) -> HttpResponse:
    """Issue a rule."""
    form = RuleForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        values, file = dict(form.cleaned_data), form.cleaned_data["file"]
        values.pop("file")
        try:
            made = library.issue_rule(
                **values, name=file.name, content=file.read(), by=request.actor, at=clock.now()
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Issued. Everybody at work is asked to read it."))
            return redirect("documents:rule", made.rule_id)
    return render(request, "documents/rule_form.html", {"form": form}, status=422 if form.is_bound else 200)


@door(KEEP_RULES)
@require_http_methods(["GET", "POST"])
def rule_version(request: ActingRequest, rule_id: UUID) -> HttpResponse:
    """Issue a new version."""
    found = queries_library.rule(rule_id, request.actor)
    form = VersionForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            library.replace_rule(
                rule_id=rule_id, effective_on=form.cleaned_data["effective_on"], changes=form.cleaned_data["changes"],
                name=file.name, content=file.read(), by=request.actor, at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Issued. Everybody at work is asked to read it."))
            return redirect("documents:rule", rule_id)
    shown = {"form": form, "rule": found}
    return render(request, "documents/rule_form.html", shown, status=422 if form.is_bound else 200)


@door(KEEP_RULES)
@require_http_methods(["GET", "POST"])
def rule_end(request: ActingRequest, rule_id: UUID) -> HttpResponse:
    """A rule applies no more."""
    found = queries_library.rule(rule_id, request.actor)
    form = WithdrawForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            library.end_rule(rule_id=rule_id, reason=form.cleaned_data["reason"], by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Noted: the rule applies no more."))
            return redirect("documents:rule", rule_id)
    shown = {"form": form, "rule": found, "ends": True}
    return render(request, "documents/rule_form.html", shown, status=422 if form.is_bound else 200)


@door(READ_RULES)
@require_POST
def rule_read(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """The person has read it."""
    given = library.confirm_read(version_id=version_id, by=request.actor, at=clock.now())
    messages.success(request, _("Noted that you have read it."))
    return redirect("documents:rule", given.version.rule_id)


@door(READ_RULES)
@require_safe
def rule_file(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """The file of a version."""
    found = queries_library.content(version_id, request.actor)
    answer = HttpResponse(found.content, content_type=found.media_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return answer
