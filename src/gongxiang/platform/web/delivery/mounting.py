"""Mounting a table: describe it, map its columns to elements, see whether it can be carried."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.platform.catalogue import actions as catalogue_actions
from gongxiang.platform.catalogue import permissions as catalogue_permissions
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.catalogue.states import EDITABLE
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.catalogue.vocabulary import DistributionKind
from gongxiang.platform.delivery import actions, files, permissions, queries
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import lists
from gongxiang.platform.web.delivery.forms import MappingForm, TableForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock


@door(permissions.VIEW)
@require_safe
def mounts(request: ActingRequest) -> HttpResponse:
    """Captured tables, and the department's entries that could be mounted."""
    found = queries.find_streams(actor=request.actor, text=request.GET.get("q", "").strip()[:200])
    page = lists.paginate(request, found, sorts={"name": ["resource_name"], "new": ["-ordered_at"]})
    page.rows = [queries.stream_view(row) for row in page.rows]
    may_check = permissions.CHECK_TABLE.allows(request.actor)
    entries = catalogue.own_entries(request.actor, text=page.query, order="name") if may_check else ()
    shown = {
        "page": page,
        "filed": files.find_deliveries(actor=request.actor, text=page.query).order_by("resource_name")[:50],
        "checks": queries.table_checks(actor=request.actor, limit=10),
        "entries": entries[:50],
        "more": max(0, len(entries) - 50),
        "node_names": queries.node_names(row.node_id for row in page.rows),
        "may_check": may_check,
        "surveyable": queries.admitted_nodes(request.actor.department_id) if permissions.SURVEY.allows(request.actor) else (),
    }
    return render(request, "delivery/mounts.html", shown)


@door(permissions.CHECK_TABLE)
@require_http_methods(["GET", "POST"])
def mount(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Choose node and table for an entry, and ask the node what the table looks like."""
    draft = catalogue.get_draft(resource_id, actor=request.actor)
    nodes = [(n.id, n.name) for n in queries.admitted_nodes(draft.provider_id)]
    table = _table_of(draft)
    initial = {"node": str(table.node_id) if table else "", "table": table.source_table if table else ""}
    form = TableForm(request.POST or None, nodes=nodes, initial=initial)
    if form.is_bound and form.is_valid():
        same = table is not None and (str(table.node_id), table.source_table) == (
            form.cleaned_data["node"],
            form.cleaned_data["table"],
        )
        try:
            asked = actions.ask_for_table(
                node_id=UUID(form.cleaned_data["node"]), table=form.cleaned_data["table"], resource_id=resource_id,
                distribution_id=table.id if table and same else None, by=request.actor, at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            return redirect("delivery:check", asked.pk)
    shown = {"form": form, "draft": draft, "nodes": nodes}
    return render(request, "delivery/mount.html", shown, status=422 if form.is_bound else 200)


def _table_of(draft: DraftRef) -> DistributionContent | None:
    return next((d for d in draft.content.distributions if d.kind == DistributionKind.TABLE), None)


def _shown(request: ActingRequest, check_id: UUID) -> dict[str, Any]:
    found = queries.table_check(check_id, actor=request.actor)
    refused = [column for column in found.columns if column["type"] is None]
    return {"check": found, "refused": refused, "node_names": queries.node_names([found.node_id])}


@door(permissions.VIEW)
@require_safe
def check(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """A question to a node and its answer."""
    shown = _shown(request, check_id)
    shown["may_map"] = shown["check"].resource_id and catalogue_permissions.COMPILE.allows(request.actor)
    return render(request, "delivery/check.html", shown)


@door(permissions.VIEW)
@require_safe
def check_live(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """The live part of a question's page."""
    shown = _shown(request, check_id)
    shown["may_map"] = shown["check"].resource_id and catalogue_permissions.COMPILE.allows(request.actor)
    return render(request, "delivery/parts/check_live.html", shown)


@door(catalogue_permissions.COMPILE)
@require_http_methods(["GET", "POST"])
def map_columns(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """Map the table's columns to the elements of the entry's draft."""
    found = queries.table_check(check_id, actor=request.actor)
    assert found.resource_id is not None
    draft = catalogue.get_draft(found.resource_id, actor=request.actor)
    columns = [(c["column"], f"{c['column']} · {c['source_type']}") for c in found.columns if c["type"] is not None]
    form = MappingForm(
        request.POST or None,
        elements=draft.content.elements,
        columns=columns,
        initial=_suggested(draft, [c for c, _w in columns]),
    )
    if form.is_bound and form.is_valid():
        try:
            _save(draft, found, form.mapped(), request)
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            said = _("The draft delivers this table now. Test the connection, and look at some masked rows.")
            messages.success(request, said)
            return redirect("delivery:trial", draft.id)
    shown = {"form": form, "check": found, "draft": draft, "editable": draft.status in EDITABLE}
    return render(request, "delivery/map.html", shown, status=422 if form.is_bound else 200)


def _suggested(draft: DraftRef, columns: list[str]) -> dict[str, str]:
    """What is mapped already, else columns named as the element."""
    table = _table_of(draft)
    known = table.columns if table else {}
    found = {}
    for element in draft.content.elements:
        column = known.get(element.code) or next((c for c in columns if c.lower() == element.code), "")
        found[f"column_{element.code}"] = column if column in columns else ""
    return found


def _save(draft: DraftRef, found: queries.TableCheckView, mapped: dict[str, str], request: ActingRequest) -> None:
    table = _table_of(draft) or DistributionContent(kind=DistributionKind.TABLE)
    changed = replace(table, node_id=found.node_id, source_table=found.table, columns=mapped)
    others = tuple(d for d in draft.content.distributions if d.id != table.id or d.kind != DistributionKind.TABLE)
    content = replace(draft.content, distributions=(changed, *others))
    catalogue_actions.save_draft(resource_id=draft.id, content=content, seen=draft.revision, by=request.actor, at=clock.now())
