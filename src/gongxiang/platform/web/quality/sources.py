"""Items that several departments collect, and who is their source."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.catalogue import actions, sources
from gongxiang.platform.catalogue.permissions import NAME_SOURCE, SEARCH
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.quality.views import words_in
from gongxiang.protocol import clock

#: Items in one export.
EXPORTED = 5000


class SourceForm(Form):
    """Who is the source of an item, and why."""

    item = forms.CharField(max_length=200, widget=forms.HiddenInput)
    department = forms.UUIDField(label=gettext_lazy("Source department"))
    reason = forms.CharField(label=gettext_lazy("Why it is the source"), max_length=2000, required=False)


@door(SEARCH)
@require_safe
def items(request: ActingRequest) -> HttpResponse:
    """Items that at least two departments have, with their source; as CSV with `export=csv`."""
    return _show(request)


@door(NAME_SOURCE)
@require_POST
def name(request: ActingRequest) -> HttpResponse:
    """Name the source department of an item."""
    form = SourceForm(request.POST)
    if form.is_valid():
        try:
            actions.name_source(
                item=form.cleaned_data["item"], department_id=form.cleaned_data["department"],
                reason=form.cleaned_data["reason"], by=request.actor, at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The source department was named; the others are told in their entries."))
            return redirect("quality:sources")
    return _show(request, form)


def _show(request: ActingRequest, form: SourceForm | None = None) -> HttpResponse:
    text, unnamed = words_in(request), bool(request.GET.get("unnamed"))
    found = sources.items(text=text, unnamed=unnamed)
    if request.GET.get("export") == "csv":
        rows = sources.shared_items(row["stem"] for row in found[:EXPORTED])
        columns: list[Any] = [
            (gettext_lazy("Item"), lambda row: "、".join(row.names)),
            (gettext_lazy("Departments"), lambda row: "、".join(name for _id, name, _entries in row.holders)),
            (gettext_lazy("Source department"), lambda row: row.source.department if row.source else ""),
            (gettext_lazy("Why it is the source"), lambda row: row.source.reason if row.source else ""),
        ]
        return lists.export_csv("sources", columns, rows)
    page = lists.paginate(request, found, filters=("unnamed",))
    page.rows = sources.shared_items(row["stem"] for row in page.rows)
    typed = form.data.get("item", "") if form else ""
    context = {"page": page, "form": form, "typed": typed, "may_name": NAME_SOURCE.allows(request.actor)}
    return render(request, "quality/sources.html", context, status=422 if form else 200)
