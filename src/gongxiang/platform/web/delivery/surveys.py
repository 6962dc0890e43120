"""Pages of reverse compilation (反向编目): the tables of a node's source database, and drafts made of chosen ones."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.catalogue import permissions as catalogue_permissions
from gongxiang.platform.delivery import permissions, policies, surveying, surveys
from gongxiang.platform.delivery.queries import NodeView
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.possible import possible
from gongxiang.protocol import clock

PAGE = 50


@door(permissions.VIEW_SOURCE)
@require_safe
def tables(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """The tables of the source database as the node last told them."""
    node = surveys.node_with_source(node_id, actor=request.actor)
    if request.GET.get("export") == "csv":
        answered = surveys.latest_answered(node_id)
        return lists.export_csv("tables", _columns(), surveys.tables(answered.id, node_id=node_id) if answered else [])
    return _tables(request, node)


def _tables(request: ActingRequest, node: NodeView, *, refusal: Refusal | None = None) -> HttpResponse:
    newest, answered = surveys.latest(node.id), surveys.latest_answered(node.id)
    choice = request.GET.get("show", "")
    found = (
        surveys.tables(answered.id, node_id=node.id, text=request.GET.get("q", "").strip()[:200], choice=choice)
        if answered
        else []
    )
    if request.GET.get("sort") == "rows":
        found.sort(key=lambda one: -one.rows)
    page = lists.paginate(request, found, filters=("show",), size=PAGE)
    known = request.GET.get("known", "")
    shown = {
        "node": node,
        "newest": newest,
        "fresh": bool(known) and answered is not None and str(answered.id) != known,
        "ticks": {"all": request.GET.get("ticked") == "all"},
        "answered": answered,
        "waiting": newest is not None
        and newest.answered_at is None
        and clock.now() - newest.asked_at < policies.SURVEY_PATIENCE,
        "page": page,
        "left_out": answered.total - surveying.MOST_TABLES if answered and answered.total > surveying.MOST_TABLES else 0,
        "may_ask": possible(lambda: permissions.check_for_department(permissions.SURVEY, request.actor, node.department_id)),
        "may_draft": catalogue_permissions.COMPILE.allows(request.actor) and node.department_id == request.actor.department_id,
        "refusal": refusal,
        "most": policies.MOST_DRAFTS,
    }
    return render(request, "delivery/tables.html", shown, status=422 if refusal else 200)


@door(permissions.SURVEY)
@require_POST
def ask(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """Ask the node for its tables."""
    node = surveys.node_with_source(node_id, actor=request.actor)
    try:
        surveying.ask_for_tables(node_id=node_id, by=request.actor, at=clock.now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _tables(request, node, refusal=refusal)
    return redirect("delivery:tables", node_id)


@door(permissions.VIEW_SOURCE)
@require_safe
def table(request: ActingRequest, node_id: UUID, table_id: UUID) -> HttpResponse:
    """One table and the draft it proposes."""
    node = surveys.node_with_source(node_id, actor=request.actor)
    found = surveys.table(table_id, node_id=node_id)
    shown = {
        "node": node,
        "table": found,
        "proposal": surveys.proposal(found, node_id=node_id),
        "may_draft": catalogue_permissions.COMPILE.allows(request.actor) and node.department_id == request.actor.department_id,
    }
    return render(request, "delivery/source_table.html", shown)


@door(catalogue_permissions.COMPILE)
@require_POST
def draft(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """Make drafts of the ticked tables."""
    node = surveys.node_with_source(node_id, actor=request.actor)
    try:
        drafts = surveying.draft_from_tables(
            node_id=node_id, table_ids=_ids(request.POST.getlist("table")), by=request.actor, at=clock.now()
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _tables(request, node, refusal=refusal)
    said = ngettext(
        "%(n)d draft was made. Complete it: nothing is published by itself.",
        "%(n)d drafts were made. Complete them: nothing is published by itself.",
        len(drafts),
    )
    messages.success(request, said % {"n": len(drafts)})
    if len(drafts) == 1:
        return redirect("catalogue:entry", drafts[0].id)
    return redirect("catalogue:mine")


def _ids(texts: list[str]) -> list[UUID]:
    """Those that are ids; anything else nobody ticked."""
    found = []
    for text in texts[: 10 * PAGE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _columns() -> list[Any]:
    return [
        (gettext_lazy("Database table"), lambda t: t.table),
        (gettext_lazy("Comment"), lambda t: t.comment),
        (gettext_lazy("Columns"), lambda t: len(t.columns)),
        (gettext_lazy("Rows (estimate)"), lambda t: t.rows),
        (gettext_lazy("Entry"), lambda t: t.entry_name),
    ]
