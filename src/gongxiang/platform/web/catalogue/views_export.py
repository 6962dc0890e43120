"""Files of many entries: offered where a list is too long to answer at once, made by the worker, fetched for a day."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.catalogue import actions, exports
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.catalogue.search import EXPORT_LIMIT
from gongxiang.platform.catalogue.states_export import ASKED, READY
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import lists
from gongxiang.platform.web.catalogue import asked
from gongxiang.platform.web.catalogue.exporting import DIRECT, download
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock


def offer(request: ActingRequest, scope: str, kind: str, total: int) -> HttpResponse | None:
    """The page that offers to make the file, or None where it is answered at once."""
    if total <= DIRECT[kind]:
        return None
    query = request.GET.copy()
    for name in ("export", "page"):
        query.pop(name, None)
    context = {"scope": scope, "kind": kind, "query": query.urlencode(), "total": min(total, EXPORT_LIMIT)}
    context["left_out"] = max(0, total - EXPORT_LIMIT)
    return render(request, "catalogue/export_offer.html", context)


@door(SEARCH)
@require_POST
def ask(request: ActingRequest) -> HttpResponse:
    """Have the file made."""
    scope, kind = request.POST.get("scope", ""), request.POST.get("kind", "")
    if scope not in ("own", "search") or kind not in DIRECT:
        raise Http404
    query = QueryDict(request.POST.get("query", "").replace("\x00", "")[:2000], mutable=True)
    try:
        made = actions.ask_export(
            scope=scope, kind=kind, query=query.urlencode(), total=asked.count(scope, query, request.actor),
            language=get_language() or "zh-hans", by=request.actor, at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, f"{refusal.message} {refusal.advice}")
        return redirect("catalogue:exports")
    return redirect("catalogue:export", made)


@door(SEARCH)
@require_safe
def mine(request: ActingRequest) -> HttpResponse:
    """My files, the newest first."""
    page = lists.paginate(request, exports.exports_of(request.actor))
    return render(request, "catalogue/exports.html", {"page": page, "at": clock.now()})


@door(SEARCH)
@require_safe
def one(request: ActingRequest, export_id: UUID) -> HttpResponse:
    """How far one file is, and where to fetch it."""
    return render(request, "catalogue/export.html", _shown(request, export_id))


@door(SEARCH)
@require_safe
def progress(request: ActingRequest, export_id: UUID) -> HttpResponse:
    """The part that waits; when the file has been made the page is loaded anew."""
    shown = _shown(request, export_id)
    if not shown["running"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "catalogue/parts/export_progress.html", shown)


@door(SEARCH)
@require_safe
def file(request: ActingRequest, export_id: UUID) -> HttpResponse:
    """The file itself, while I may see what it holds."""
    found = exports.fetch_export(export_id, actor=request.actor, at=clock.now())
    return download(bytes(found.content or b""), found.media_type, found.file_name)


def _shown(request: ActingRequest, export_id: UUID) -> dict[str, object]:
    found = exports.get_export(export_id, actor=request.actor)
    at = clock.now()
    ready = found.status == READY and found.expires_at is not None and found.expires_at > at
    again = "catalogue:mine" if found.scope == "own" else "catalogue:search"
    percent = min(99, found.done * 100 // found.total) if found.total else 0
    return {
        "export": found, "running": found.status == ASKED, "ready": ready, "again": again, "percent": percent,
        "gathered": found.done >= found.total,
    }  # fmt: skip
