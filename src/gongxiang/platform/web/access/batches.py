"""Several similar requests answered in one go: choose in the list, one reply for all, one result for each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongxiang.platform.access import batches, permissions, queries
from gongxiang.platform.access.comparing import similar_requests
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.batches.actions import Wanted
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.web.access.forms import BatchForm, ReasonForm
from gongxiang.platform.web.batches.asking import ask
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol.canonical import instant


def _chosen(request: ActingRequest) -> list[AccessRequestView]:
    """The requests whose boxes were ticked, as far as the person sees them; raises TooManyAnswered."""
    found = []
    for text in batches.within_one_go(request.POST.getlist("chosen")):
        try:
            found.append(queries.get_access_request(UUID(text), actor=request.actor))
        except (ValueError, NotFound):
            continue
    return found


def _called(one: AccessRequestView) -> str:
    return f"{one.number} {one.consumer_name}"


def _read(request: ActingRequest, one: AccessRequestView) -> dict[str, str]:
    """When the reply that was read had been prepared, as the page said it."""
    return {"read": request.POST.get(f"read_{one.id}", "")[:40]}


@door(permissions.PREPARE)
@require_POST
def prepare_many(request: ActingRequest) -> HttpResponse:
    """One reply for all that were ticked; first the form, then the result for each."""
    chosen = _chosen(request)
    if not chosen:
        messages.error(request, _("Tick at least one request."))
        return redirect("access:replies")
    earlier = [one.request for one in similar_requests(chosen[0], actor=request.actor) if one.reply and one.reply.elements]
    form = BatchForm(request.POST if "outcome" in request.POST else None, earlier=earlier, initial={"outcome": "grant"})
    if form.is_bound and form.is_valid():
        like = form.cleaned_data["like"]
        said = {name: form.cleaned_data[name] for name in ("outcome", "ground", "text")} | {"like": str(like or "")}
        items = [Wanted(subject_id=one.id, name=_called(one)) for one in chosen]
        return ask(request, kind="replies", act="prepare", items=items, said=said, back="access:replies")
    shown = {"form": form, "chosen": chosen, "consenting": False, "title": _("Answer several requests")}
    return render(request, "access/batch.html", shown, status=422 if form.is_bound else 200)


@door(permissions.REPLY)
@require_POST
def give_many(request: ActingRequest) -> HttpResponse:
    """Consent to all prepared replies that were ticked; first what they say, then the result for each."""
    chosen = [one for one in _chosen(request) if one.prepared is not None and one.replied_at is None]
    if not chosen:
        messages.error(request, _("Tick at least one request with a prepared reply."))
        return redirect("access:consents")
    form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    if form.is_bound and form.is_valid():
        items = [Wanted(subject_id=one.id, name=_called(one), said=_read(request, one)) for one in chosen]
        said = {"aggregation_reason": form.cleaned_data["aggregation_reason"]}
        return ask(request, kind="replies", act="give", items=items, said=said, back="access:consents")
    read = [(f"read_{one.id}", instant(one.prepared_at)) for one in chosen if one.prepared_at is not None]
    shown = {"form": form, "chosen": chosen, "consenting": True, "title": _("Consent to several replies"), "read": read}
    return render(request, "access/batch.html", shown)
