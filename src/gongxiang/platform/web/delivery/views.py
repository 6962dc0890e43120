"""Pages of flows and alarms."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.delivery import actions, permissions, queries, states
from gongxiang.platform.delivery.queries import FlowView
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.possible import possible
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant


@door(permissions.VIEW)
@require_safe
def flows(request: ActingRequest) -> HttpResponse:
    """The flows from and to my department."""
    status = request.GET.get("status", "")
    found = queries.find_flows(
        actor=request.actor,
        text=request.GET.get("q", "").strip()[:200],
        statuses=(status,) if status in states.FLOW.states else (),
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("flows", _columns(), (queries.flow_view(row) for row in found[:10_000]))
    sorts = {"new": ["-requested_at"], "name": ["resource_name"], "lag": ["-lag_ms"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status",))
    page.rows = [queries.flow_view(row) for row in page.rows]
    return render(request, "delivery/flows.html", {"page": page, "statuses": states.FLOW.states})


def _columns() -> list[tuple[Any, Callable[[FlowView], Any]]]:
    return [
        (gettext_lazy("Grant"), lambda f: f.grant_number),
        (gettext_lazy("Resource"), lambda f: f.resource_name),
        (gettext_lazy("Provider"), lambda f: f.provider_name),
        (gettext_lazy("Consumer"), lambda f: f.consumer_name),
        (gettext_lazy("State"), lambda f: labels.state("flow", f.status)[0]),
        (gettext_lazy("Rows"), lambda f: f.rows_in_table),
        (gettext_lazy("Lag (ms)"), lambda f: f.lag_ms),
        (gettext_lazy("Last receipt"), lambda f: instant(f.receipt_at) if f.receipt_at else ""),
    ]


def _shown(request: ActingRequest, grant_id: UUID) -> dict[str, Any]:
    found = queries.get_flow(grant_id, actor=request.actor)
    return {
        "flow": found,
        "stream": queries.stream_of(found.resource_id, actor=request.actor),
        "receipts": queries.receipts_of(grant_id, actor=request.actor, limit=10),
        "reconciliations": queries.reconciliations_of(grant_id, actor=request.actor, limit=5),
        "node_names": queries.node_names([found.provider_node_id, found.consumer_node_id]),
    }


@door(permissions.VIEW)
@require_safe
def flow(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """One flow, live."""
    shown = _shown(request, grant_id)
    found: FlowView = shown["flow"]

    def reconcilable() -> None:
        permissions.check_for_department(permissions.RECONCILE, request.actor, found.provider_id, found.consumer_id)

    shown |= {
        "grant": grants.get_grant(grant_id, actor=request.actor),
        "may_reconcile": possible(reconcilable, lambda: states.FLOW.find("suspend", found.status)),
        "news": evidence.trail_of(f"flow:{found.id}", by=request.actor)[-30:],
    }
    return render(request, "delivery/flow.html", shown)


@door(permissions.VIEW)
@require_safe
def flow_live(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """The live part of a flow's page."""
    return render(request, "delivery/parts/flow_live.html", _shown(request, grant_id))


@door(permissions.RECONCILE)
@require_POST
def reconcile(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Let both nodes compare now."""
    queries.get_flow(grant_id, actor=request.actor)
    actions.ask_reconciliation(grant_id=grant_id, by=request.actor, at=clock.now())
    messages.success(request, _("Both nodes compare now; the result appears below."))
    return redirect("delivery:flow", grant_id)


@door(permissions.VIEW)
@require_safe
def alarms(request: ActingRequest) -> HttpResponse:
    """What a person must look at, and attempts that were refused."""
    found = queries.alarms_visible_to(request.actor)
    shown_only = request.GET.get("status", "open")
    if shown_only == "open":
        found = found.filter(closed_at=None)
    text = request.GET.get("q", "").strip()[:200]
    if text:
        found = found.filter(detail__icontains=text)
    page = lists.paginate(request, found, sorts={"new": ["-last_at"], "old": ["first_at"]}, filters=("status",))
    refused = [(one, _uuid_of(one.party)) for one in queries.refused_visible_to(request.actor)[:20]]
    names = queries.node_names(node for _one, node in refused)
    shown = {
        "page": page,
        "status": shown_only,
        "refused": [(one, names.get(node, "") if node else "") for one, node in refused],
        "may_close": permissions.CLOSE_ALARM.allows(request.actor),
    }
    return render(request, "delivery/alarms.html", shown)


def _uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@door(permissions.CLOSE_ALARM)
@require_POST
def close_alarm(request: ActingRequest, alarm_id: UUID) -> HttpResponse:
    """Note that an alarm was looked at."""
    if not queries.alarms_visible_to(request.actor).filter(pk=alarm_id).exists():
        raise NotFound()
    statement = request.POST.get("statement", "")
    actions.close_alarm(alarm_id=alarm_id, statement=statement, by=request.actor, at=clock.now())
    messages.success(request, _("Closed."))
    return redirect("delivery:alarms")
