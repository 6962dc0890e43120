"""Pages of nodes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.delivery import actions, permissions, queries, states
from gongxiang.platform.delivery.queries import NodeView
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import done_or_form
from gongxiang.platform.web.delivery.forms import AdmitForm, NodeForm, ReasonForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.once import show_once
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant


@door(permissions.VIEW)
@require_safe
def nodes(request: ActingRequest) -> HttpResponse:
    """The nodes that I may see."""
    status = request.GET.get("status", "")
    found = queries.find_nodes(
        actor=request.actor,
        text=request.GET.get("q", "").strip()[:200],
        statuses=(status,) if status in states.NODE.states else (),
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("nodes", _columns(), (queries.node_view(row) for row in found[:10_000]))
    sorts = {"department": ["department_name", "name"], "seen": ["-seen_at"], "new": ["-offered_at"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status",))
    page.rows = [queries.node_view(row) for row in page.rows]
    shown = {"page": page, "statuses": states.NODE.states, "may_offer": permissions.OFFER.allows(request.actor)}
    return render(request, "delivery/nodes.html", shown)


def _columns() -> list[tuple[Any, Callable[[NodeView], Any]]]:
    return [
        (gettext_lazy("Department"), lambda n: n.department_name),
        (gettext_lazy("Node"), lambda n: n.name),
        (gettext_lazy("State"), lambda n: labels.state("node", n.status)[0]),
        (gettext_lazy("Machine"), lambda n: n.host),
        (gettext_lazy("Last seen"), lambda n: instant(n.seen_at) if n.seen_at else ""),
    ]


@door(permissions.OFFER)
@require_http_methods(["GET", "POST"])
def offer(request: ActingRequest) -> HttpResponse:
    """Enter a node; its one-time code is shown on the answer to this very request and never again."""
    operator = request.actor.has(Role.PLATFORM_OPERATOR)
    departments = [(d.id, d.name) for d in parties.all_departments()] if operator else [(request.actor.department_id, "")]
    form = NodeForm(request.POST or None, departments=departments)
    if form.is_bound and form.is_valid():
        department_id = UUID(form.cleaned_data.get("department") or str(request.actor.department_id))
        try:
            made, code = actions.offer_node(
                department_id=department_id, name=form.cleaned_data["name"], by=request.actor, at=clock.now()
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            return _show_code(request, made.pk, code)
    return render(request, "delivery/offer.html", {"form": form}, status=422 if form.is_bound else 200)


def _show_code(request: ActingRequest, node_id: UUID, code: str) -> HttpResponse:
    shown = {
        "node": queries.get_node(node_id, actor=request.actor),
        "code": code,
        "fingerprint": queries.gateway_fingerprint(),
    }
    return show_once(request, "delivery/code.html", shown)


def _shown(request: ActingRequest, node_id: UUID) -> dict[str, Any]:
    found = queries.get_node(node_id, actor=request.actor)
    flows = queries.find_flows(actor=request.actor, node_id=node_id)[:50]
    mounted = catalogue.mounted_on(node_id)
    return {
        "node": found,
        "flows": [queries.flow_view(row) for row in flows],
        "streams": [s for resource_id in mounted if (s := queries.stream_of(resource_id, actor=request.actor)) is not None],
    }


@door(permissions.VIEW)
@require_safe
def node(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """One node: its state, checks, what runs over it, what may be done."""
    shown = _shown(request, node_id)
    shown |= {
        "acts": _acts(shown["node"], request),
        "fingerprint": queries.gateway_fingerprint(),
        # Not before the admission: what is typed there must come from the machine, not from this page.
        "key": queries.key_name(shown["node"]) if shown["node"].admitted_at else "",
        "news": evidence.trail_of(f"node:{node_id}", by=request.actor),
        "sees_source": permissions.VIEW_SOURCE.allows(request.actor)
        and permissions.sees_source(request.actor, shown["node"].department_id),
    }
    return render(request, "delivery/node.html", shown)


@door(permissions.VIEW)
@require_safe
def node_live(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """The live part of a node's page."""
    return render(request, "delivery/parts/node_live.html", _shown(request, node_id))


def _acts(found: NodeView, request: ActingRequest) -> dict[str, Possible]:
    def allowed(act: str, permission: Permission, *, own: bool = False) -> Possible:
        def may() -> None:
            if own:
                permissions.check_for_department(permission, request.actor, found.department_id)
            else:
                permission.check(request.actor)

        return possible(may, lambda: states.NODE.find(act, found.status))

    return {
        "renew": allowed("renew_code", permissions.OFFER, own=True),
        "admit": allowed("admit", permissions.ADMIT),
        "suspend": allowed("suspend", permissions.REVOKE),
        "readmit": allowed("readmit", permissions.ADMIT),
        "revoke": allowed("revoke", permissions.REVOKE),
    }


@door(permissions.OFFER)
@require_POST
def renew(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """Give a new one-time code; the old one is void."""
    made, code = actions.renew_code(node_id=node_id, by=request.actor, at=clock.now())
    return _show_code(request, made.pk, code)


def _act(request: ActingRequest, node_id: UUID, form: Form, **shown: Any) -> HttpResponse:
    found = queries.get_node(node_id, actor=request.actor)
    offer = "suspend" if request.path.endswith("/suspend/") else ""
    return done_or_form(
        request, form, to=("delivery:node", node_id), template="delivery/node_act.html", node=found,
        offered=_acts(found, request), offer=offer, **shown,
    )  # fmt: skip


@door(permissions.ADMIT)
@require_http_methods(["GET", "POST"])
def admit(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """Admit an enrolled node after its key was compared."""
    form = AdmitForm(request.POST or None)

    def act() -> None:
        key = form.cleaned_data["confirmed_key"]
        actions.admit_node(node_id=node_id, confirmed_key=key, by=request.actor, at=clock.now())

    return _act(
        request,
        node_id,
        form,
        act=act,
        title=_("Admit the node"),
        button=_("Admit"),
        done=_("Admitted; what waited for it opens."),
        happens=_(
            "The machine with this key may exchange. Compare the key with what the machine shows, by telephone or in person."
        ),
    )


@door(permissions.REVOKE)
@require_http_methods(["GET", "POST"])
def suspend(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """Bar a node for the time being."""
    form = ReasonForm(request.POST or None)
    return _act(
        request,
        node_id,
        form,
        title=_("Suspend the node"),
        button=_("Suspend"),
        done=_("Suspended."),
        danger=True,
        act=lambda: actions.suspend_node(node_id=node_id, by=request.actor, at=clock.now(), **form.cleaned_data),
        happens=_("Its flows stand still until it is admitted again; nothing is lost."),
    )


@door(permissions.ADMIT)
@require_http_methods(["GET", "POST"])
def readmit(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """Let a suspended node exchange again."""
    form = Form(request.POST if request.method == "POST" else None)
    return _act(
        request,
        node_id,
        form,
        title=_("Admit the node again"),
        button=_("Admit again"),
        done=_("Admitted again."),
        act=lambda: actions.readmit_node(node_id=node_id, by=request.actor, at=clock.now()),
        happens=_("Its flows go on from where they stood."),
    )


@door(permissions.REVOKE)
@require_http_methods(["GET", "POST"])
def revoke(request: ActingRequest, node_id: UUID) -> HttpResponse:
    """Make a node's key void for good."""
    form = ReasonForm(request.POST or None)
    return _act(
        request,
        node_id,
        form,
        title=_("Revoke the node"),
        button=_("Revoke for good"),
        done=_("Revoked."),
        danger=True,
        act=lambda: actions.revoke_node(node_id=node_id, by=request.actor, at=clock.now(), **form.cleaned_data),
        happens=_("Its key is void for good and its flows stand still. The machine can only come back as a new node."),
    )
