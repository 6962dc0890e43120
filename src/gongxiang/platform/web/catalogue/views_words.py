"""Pages of what the search knows beside the entries: synonyms kept by the authority, searches kept by each person."""

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import actions, finding
from gongxiang.platform.catalogue.permissions import KEEP_SYNONYMS, SEARCH
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant


class SynonymsForm(Form):
    """One group of words."""

    words = forms.CharField(
        label=gettext_lazy("Words, one a line"),
        help_text=gettext_lazy("Each is found when one of the others is looked for, for example 低保 and 最低生活保障."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)

    def values(self) -> dict[str, Any]:
        """For the acts."""
        return {"words": self.cleaned_data["words"].splitlines(), "note": self.cleaned_data["note"]}


class SaveSearchForm(Form):
    """A name for a search."""

    name = forms.CharField(label=gettext_lazy("Name of the search"), max_length=60)
    notify = forms.BooleanField(label=gettext_lazy("Tell me of new entries each day"), required=False)


_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Words"), lambda one: "、".join(one.words)),
    (gettext_lazy("Note"), lambda one: one.note),
    (gettext_lazy("Entered"), lambda one: instant(one.entered_at)),
    (gettext_lazy("Entered by"), lambda one: one.entered_by),
    (gettext_lazy("Ended"), lambda one: instant(one.ended_at) if one.ended_at else ""),
]


@door(SEARCH)
@require_safe
def synonyms(request: ActingRequest) -> HttpResponse:
    """The groups of words that are found for each other; as CSV with `export=csv`."""
    return _show_synonyms(request, SynonymsForm())


def _show_synonyms(request: ActingRequest, form: SynonymsForm) -> HttpResponse:
    ended = request.GET.get("ended") == "1"
    found = finding.synonyms(text=request.GET.get("q", "").strip()[:60], ended=ended)
    if request.GET.get("export") == "csv":
        return lists.export_csv("synonyms", _COLUMNS, found)
    context = {
        "page": lists.paginate(request, found, filters=("ended",)),
        "form": form,
        "ended": ended,
        "may_keep": KEEP_SYNONYMS.allows(request.actor),
    }
    return render(request, "catalogue/synonyms.html", context, status=422 if form.is_bound else 200)


@door(KEEP_SYNONYMS)
@require_POST
def enter_synonyms(request: ActingRequest) -> HttpResponse:
    """Enter a group."""
    form = SynonymsForm(request.POST)
    if form.is_valid():
        try:
            actions.enter_synonyms(**form.values(), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The words are now found for each other."))
            return redirect("catalogue:synonyms")
    return _show_synonyms(request, form)


@door(KEEP_SYNONYMS)
@require_http_methods(["GET", "HEAD", "POST"])
def change_synonyms(request: ActingRequest, group_id: UUID) -> HttpResponse:
    """Change the words of a group."""
    group = finding.synonyms_of(group_id)
    form = SynonymsForm(request.POST or None, initial={"words": "\n".join(group.words), "note": group.note})
    if form.is_bound and form.is_valid():
        try:
            actions.change_synonyms(group_id=group_id, **form.values(), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The words are now found for each other."))
            return redirect("catalogue:synonyms")
    context = {"form": form, "group": group}
    return render(request, "catalogue/change_synonyms.html", context, status=422 if form.is_bound else 200)


@door(KEEP_SYNONYMS)
@require_POST
def end_synonyms(request: ActingRequest, group_id: UUID) -> HttpResponse:
    """Let the words no longer be found for each other."""
    actions.end_synonyms(group_id=group_id, by=request.actor, at=clock.now())
    messages.success(request, _("The words are no longer found for each other."))
    return redirect("catalogue:synonyms")


@door(SEARCH)
@require_safe
def saved(request: ActingRequest) -> HttpResponse:
    """The searches that I keep."""
    page = lists.paginate(request, finding.saved_searches(request.actor))
    return render(request, "catalogue/saved.html", {"page": page})


@door(SEARCH)
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: ActingRequest) -> HttpResponse:
    """Keep the search that stands in the address."""
    query = kept_query(request.META.get("QUERY_STRING", ""))
    form = SaveSearchForm(request.POST or None, initial={"name": dict(parse_qsl(query)).get("q", "")[:60]})
    if form.is_bound and form.is_valid():
        try:
            actions.save_search(query=query, **form.cleaned_data, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The search is kept."))
            return redirect("catalogue:saved")
    return render(request, "catalogue/save.html", {"form": form, "query": query}, status=422 if form.is_bound else 200)


def kept_query(text: str) -> str:
    """What of an address belongs to a search: words, facets, order; not the page, not an export."""
    return urlencode([(name, value) for name, value in parse_qsl(text) if name not in ("page", "export")])[:600]


@door(SEARCH)
@require_POST
def change_saved(request: ActingRequest, saved_search_id: UUID) -> HttpResponse:
    """Switch the daily notice on or off."""
    notify = request.POST.get("notify") == "1"
    actions.change_saved_search(saved_search_id=saved_search_id, notify=notify, by=request.actor, at=clock.now())
    messages.success(request, _("You will be told of new entries.") if notify else _("You will no longer be told."))
    return redirect("catalogue:saved")


@door(SEARCH)
@require_POST
def remove_saved(request: ActingRequest, saved_search_id: UUID) -> HttpResponse:
    """Keep a search no longer."""
    actions.remove_saved_search(saved_search_id=saved_search_id, by=request.actor, at=clock.now())
    messages.success(request, _("The search is no longer kept."))
    return redirect("catalogue:saved")
