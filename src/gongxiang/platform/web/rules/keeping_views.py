"""The statute register, code tables and parameters."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.law.deadlines import beijing_date
from gongxiang.law.instruments import Rank
from gongxiang.platform.documents import statutes as files
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.kernel.permissions import SIGNED_IN
from gongxiang.platform.rulebook import actions, permissions, queries
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.rules.forms import (
    CodeForm,
    EndStatuteForm,
    ParameterForm,
    StatuteFileForm,
    StatuteForm,
    StatuteSearchForm,
)
from gongxiang.protocol import clock


@door(SIGNED_IN)
@require_safe
def statutes(request: ActingRequest) -> HttpResponse:
    """The register of texts that can be cited as basis; as CSV with `export=csv`."""
    today = beijing_date(clock.now())
    form = StatuteSearchForm(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {"q": "", "rank": "", "force": ""}
    by_rank = queries.statutes(rank=Rank(chosen["rank"]) if chosen["rank"] else None)
    found = [s for s in by_rank if chosen["q"].lower() in s.citation.lower()]
    if chosen["force"]:
        found = [s for s in found if s.in_force(today) is (chosen["force"] == "now")]
    if request.GET.get("export") == "csv":
        return lists.export_csv("statutes", _STATUTE_COLUMNS, found)
    page = lists.paginate(request, found, filters=("rank", "force"))
    sufficient = queries.sufficient_ranks(today)
    page.rows = [(s, s.in_force(today), s.rank in sufficient) for s in page.rows]
    return render(
        request,
        "rules/statutes.html",
        {
            "form": form,
            "page": page,
            "basis": queries.withholding_basis(today),
            "ranks": [rank for rank in Rank if rank in sufficient],
            "may_register": permissions.REGISTER_STATUTE.allows(request.actor),
        },
    )


_STATUTE_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Title"), lambda s: s.title),
    (gettext_lazy("Document number"), lambda s: s.number),
    (gettext_lazy("Article"), lambda s: s.article),
    (gettext_lazy("Rank"), lambda s: labels.code("rank", s.rank)),
    (gettext_lazy("In force from"), lambda s: s.in_force_from),
    (gettext_lazy("In force until"), lambda s: s.in_force_until),
]


@door(permissions.REGISTER_STATUTE)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: ActingRequest) -> HttpResponse:
    """Enter a statute."""
    form = StatuteForm(request.POST or None)
    if form.is_bound and form.is_valid():
        values = {**form.cleaned_data, "rank": Rank(form.cleaned_data["rank"])}
        try:
            registered = actions.register_statute(**values, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The statute was registered."))
            return redirect("rules:statute", registered.id)
    return render(request, "rules/register_statute.html", {"form": form}, status=422 if form.is_bound else 200)


@door(SIGNED_IN)
@require_safe
def statute(request: ActingRequest, statute_id: UUID) -> HttpResponse:
    """One statute."""
    return _show_statute(request, statute_id, EndStatuteForm())


@door(permissions.REGISTER_STATUTE)
@require_POST
def end(request: ActingRequest, statute_id: UUID) -> HttpResponse:
    """Note the last day of a statute."""
    form = EndStatuteForm(request.POST)
    if form.is_valid():
        try:
            actions.end_statute(statute_id=statute_id, **form.cleaned_data, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The end was noted."))
            return redirect("rules:statute", statute_id)
    return _show_statute(request, statute_id, form)


@door(permissions.REGISTER_STATUTE)
@require_POST
def attach(request: ActingRequest, statute_id: UUID) -> HttpResponse:
    """Lay the text of a statute beside it as a file."""
    form = StatuteFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            files.keep_statute_file(
                statute_id=statute_id, name=file.name, content=file.read(), by=request.actor, at=clock.now()
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The file is kept with the statute."))
            return redirect("rules:statute", statute_id)
    return _show_statute(request, statute_id, EndStatuteForm(), form)


def _show_statute(
    request: ActingRequest, statute_id: UUID, form: EndStatuteForm, file: StatuteFileForm | None = None
) -> HttpResponse:
    today = beijing_date(clock.now())
    found = queries.statute(statute_id)
    return render(
        request,
        "rules/statute.html",
        {
            "statute": found,
            "in_force": found.in_force(today),
            "sufficient": found.rank in queries.sufficient_ranks(today),
            "basis": queries.withholding_basis(today),
            "form": form,
            "files": files.files_of(statute_id),
            "file_form": file or StatuteFileForm(),
            "may_end": permissions.REGISTER_STATUTE.allows(request.actor),
        },
        status=422 if form.is_bound or file else 200,
    )


@door(SIGNED_IN)
@require_safe
def codes(request: ActingRequest) -> HttpResponse:
    """All code tables."""
    return render(
        request, "rules/codes.html", {"tables": [(t, len(queries.codes(t.name))) for t in queries.code_tables().values()]}
    )


@door(SIGNED_IN)
@require_safe
def code_table(request: ActingRequest, table: str) -> HttpResponse:
    """The codes of one table."""
    return _show_codes(request, table, CodeForm())


@door(permissions.KEEP_CODES)
@require_POST
def add_code(request: ActingRequest, table: str) -> HttpResponse:
    """Add a code to a table."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            actions.add_code(table=table, **form.cleaned_data, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The code was added."))
            return redirect("rules:code_table", table)
    return _show_codes(request, table, form)


def _show_codes(request: ActingRequest, table: str, form: CodeForm) -> HttpResponse:
    known = queries.code_tables().get(table)
    if known is None:
        raise NotFound()
    found = queries.codes(table)
    labels_of = {c.code: c.label for c in found}
    return render(
        request,
        "rules/code_table.html",
        {
            "table": known,
            "codes": [(c, labels_of.get(c.parent)) for c in found],
            "form": form,
            "may_keep": permissions.KEEP_CODES.allows(request.actor) and not known.fixed,
        },
        status=422 if form.is_bound else 200,
    )


@door(permissions.KEEP_CODES)
@require_POST
def retire(request: ActingRequest, table: str) -> HttpResponse:
    """Let a code not be chosen any more."""
    actions.retire_code(table=table, code=request.POST.get("code", ""), by=request.actor, at=clock.now())
    messages.success(request, _("The code can no longer be chosen from tomorrow on."))
    return redirect("rules:code_table", table)


@door(SIGNED_IN)
@require_safe
def parameters(request: ActingRequest) -> HttpResponse:
    """The parameters of the product."""
    return _show_parameters(request, None, "")


@door(permissions.SET_PARAMETER)
@require_POST
def set_parameter(request: ActingRequest, name: str) -> HttpResponse:
    """Set one parameter."""
    form = ParameterForm(request.POST, prefix=name)
    if form.is_valid():
        try:
            actions.set_parameter(name=name, value=form.cleaned_data["value"], by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The parameter was set."))
            return redirect("rules:parameters")
    return _show_parameters(request, form, name)


def _show_parameters(request: ActingRequest, wrong: ParameterForm | None, name: str) -> HttpResponse:
    rows = []
    for known in queries.parameters().values():
        value = queries.parameter(known.name)
        form = wrong if wrong is not None and known.name == name else ParameterForm(prefix=known.name, initial={"value": value})
        rows.append((known, value, form))
    return render(
        request,
        "rules/parameters.html",
        {"rows": rows, "may_set": permissions.SET_PARAMETER.allows(request.actor)},
        status=422 if wrong is not None else 200,
    )
