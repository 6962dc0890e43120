"""Pages of outside channels: the register, findings, figures, one channel and its steps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.delivery import channels, errors_channels, permissions
from gongxiang.platform.delivery import policies_channels as policies
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.delivery import queries_channels as queries
from gongxiang.platform.delivery import states_channels as states
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotPermitted, Refusal
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import done_or_form
from gongxiang.platform.web.channels import forms
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

_EXPORT = 10_000
_BOXES = {
    "": gettext_lazy("Every channel"),
    "open": gettext_lazy("Still outside the platform"),
    "late": gettext_lazy("Plan or move overdue"),
}
#: Both departments plan the move and make it.
_TURNS = {"authority": "authority", "provider": "both"}
_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Number"), lambda one: one.number),
    (gettext_lazy("Giving department"), lambda one: one.provider_name),
    (gettext_lazy("Receiving department"), lambda one: one.consumer_name),
    (gettext_lazy("Data exchanged"), lambda one: one.title),
    (gettext_lazy("By which way"), lambda one: labels.code("channel_kind", one.kind)),
    (gettext_lazy("How often"), lambda one: labels.code("update_cycle", one.frequency)),
    (gettext_lazy("In use since"), lambda one: one.since or ""),
    (gettext_lazy("On which basis"), lambda one: one.basis),
    (gettext_lazy("Holds state or work secrets"), lambda one: _("yes") if one.secret else _("no")),
    (gettext_lazy("Who found it"), lambda one: labels.code("channel_found", one.found_by)),
    (gettext_lazy("State"), lambda one: labels.state("outside_channel", one.status)[0]),
    (gettext_lazy("Planned day"), lambda one: one.plan_until or ""),
    (gettext_lazy("Whose turn"), lambda one: one.turn and str(labels.code("turn", _TURNS[one.turn]))),
    (gettext_lazy("Due"), lambda one: instant(one.due_at) if one.due_at else ""),
    (gettext_lazy("Grant"), lambda one: one.grant_number),
]


@door(permissions.VIEW_CHANNELS)
@require_safe
def register(request: ActingRequest) -> HttpResponse:
    """The register of channels outside the platform."""
    box = request.GET.get("box", "")
    kind = request.GET.get("kind", "")
    found = queries.find_channels(
        actor=request.actor,
        box=box,
        text=request.GET.get("q", "").replace("\x00", "").strip()[:200],
        statuses=(request.GET.get("status", ""),),
        kind=kind if kind in policies.KINDS else "",
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("outside-channels", _COLUMNS, found[:_EXPORT])
    sorts = {"new": ["-declared_at", "-number"], "due": ["due_at", "-declared_at"], "name": ["title"]}
    context = {
        "page": lists.paginate(request, found, sorts=sorts, filters=("status", "kind", "box")),
        "boxes": _BOXES.items(),
        "statuses": states.OUTSIDE_CHANNEL.states,
        "kinds": policies.KINDS,
        "may_declare": permissions.DECLARE_CHANNEL.allows(request.actor),
        "may_count": permissions.CHANNEL_FIGURES.allows(request.actor),
        "findings": queries.find_findings(actor=request.actor).count(),
    }
    return render(request, "channels/list.html", context)


@door(permissions.VIEW_CHANNELS)
@require_safe
def findings(request: ActingRequest) -> HttpResponse:
    """平台外共享: what was found, open or settled."""
    every = request.GET.get("all") == "1"
    found = queries.find_findings(actor=request.actor, open_only=not every)
    if request.GET.get("export") == "csv":
        columns: list[tuple[Any, Any]] = [
            (gettext_lazy("Found"), lambda one: instant(one.found_at)),
            (gettext_lazy("Finding"), lambda one: labels.code("channel_finding", one.kind)),
            (gettext_lazy("Number"), lambda one: one.channel_number),
            (gettext_lazy("Data exchanged"), lambda one: one.title),
            (gettext_lazy("Giving department"), lambda one: one.provider_name),
            (gettext_lazy("Receiving department"), lambda one: one.consumer_name),
            (gettext_lazy("Settled"), lambda one: instant(one.settled_at) if one.settled_at else ""),
        ]
        return lists.export_csv("findings-outside-channels", columns, map(queries.finding_view, found[:_EXPORT]))
    page = lists.paginate(request, found)
    page.rows = [queries.finding_view(row) for row in page.rows]
    return render(request, "channels/findings.html", {"page": page, "every": every})


@door(permissions.CHANNEL_FIGURES)
@require_safe
def figures(request: ActingRequest) -> HttpResponse:
    """How the channels of the banner stand."""
    found = queries.figures(request.actor)
    context = {
        "figures": found,
        "by_status": [(one, found.by_status.get(one, 0)) for one in states.OUTSIDE_CHANNEL.states],
        "by_kind": [(one, found.by_kind.get(one, 0)) for one in policies.KINDS],
    }
    return render(request, "channels/figures.html", context)


@door(permissions.DECLARE_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: ActingRequest) -> HttpResponse:
    """Report a channel."""
    form = forms.DeclareForm(request.POST or None, initial={"provider_id": str(request.actor.department_id)})
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        ids: dict[str, Any] = {name: UUID(values.pop(name)) for name in ("provider_id", "consumer_id")}
        items = values.pop("items").splitlines()
        try:
            made = channels.declare_channel(**ids, **values, items=items, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The channel is declared; the authority confirms it."))
            return redirect("channels:detail", made.pk)
    return render(request, "channels/declare.html", {"form": form}, status=422 if form.is_bound else 200)


@door(permissions.VIEW_CHANNELS)
@require_safe
def detail(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """One channel: who, what, by which way, the plan, the proof."""
    row, actor = queries.get_channel(channel_id, actor=request.actor), request.actor

    context = {
        "row": row,
        "acts": acts_of(row, actor),
        "steps": queries.steps_of(row),
        "today": beijing_date(clock.now()),
        "findings": queries.findings_of(row),
        "news": evidence.trail_of(f"outside_channel:{row.pk}", by=actor),
    }
    return render(request, "channels/detail.html", context)


def acts_of(row: Any, actor: Person) -> dict[str, Possible]:
    """What may be done now with a channel, judged by the functions that refuse."""

    def arrow(act: str) -> Callable[[], object]:
        return lambda: states.OUTSIDE_CHANNEL.find(act, row.status)

    def side(permission: Permission) -> Callable[[], None]:
        def check() -> None:
            permission.check(actor)
            if actor.department_id not in (row.provider_id, row.consumer_id):
                raise NotPermitted()

        return check

    def other() -> None:
        if actor.name == row.exemption_asked_by:
            raise errors_channels.OwnExemption()

    return {
        "confirm": possible(lambda: permissions.CONFIRM_CHANNEL.check(actor), arrow("confirm")),
        "dismiss": possible(lambda: permissions.CONFIRM_CHANNEL.check(actor), arrow("dismiss")),
        "plan": possible(side(permissions.PLAN_CHANNEL), arrow("plan")),
        "move": possible(side(permissions.MOVE_CHANNEL), arrow("migrate")),
        "exemption": possible(side(permissions.PLAN_CHANNEL), arrow("ask_exemption")),
        "exempt": possible(lambda: permissions.EXEMPT_CHANNEL.check(actor), arrow("exempt"), other),
        "decline": possible(lambda: permissions.EXEMPT_CHANNEL.check(actor), arrow("decline"), other),
        "close": possible(side(permissions.PLAN_CHANNEL), arrow("close")),
        "reopen": possible(lambda: permissions.CONFIRM_CHANNEL.check(actor), arrow("reopen")),
    }


def _act(
    request: ActingRequest, channel_id: UUID, form: Form, *, act: Callable[[dict[str, Any]], object], **shown: Any
) -> HttpResponse:
    row = queries.get_channel(channel_id, actor=request.actor)
    return done_or_form(
        request, form, act=lambda: act(form.cleaned_data), to=("channels:detail", row.pk), template="channels/act.html",
        row=row, offered=acts_of(row, request.actor), **shown,
    )  # fmt: skip


def _posted(request: ActingRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _key(request: ActingRequest, channel_id: UUID) -> dict[str, Any]:
    return {"channel_id": channel_id, "by": request.actor, "at": clock.now()}


@door(permissions.CONFIRM_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """It is a channel."""
    return _act(
        request, channel_id, forms.NoForm(_posted(request)), title=_("Confirm the channel"), button=_("Confirm"),
        happens=_("Both departments are told and have their period for a plan; one that nobody reported is a finding."),
        done=_("The channel is confirmed."), act=lambda _v: channels.confirm_channel(**_key(request, channel_id)),
    )  # fmt: skip


@door(permissions.CONFIRM_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """It is none."""
    return _act(
        request, channel_id, forms.ReasonForm(_posted(request)), title=_("Dismiss the declaration"), button=_("Dismiss"),
        happens=_("The declaration stays in the register with your reason."), done=_("The declaration is dismissed."),
        danger=True, act=lambda v: channels.dismiss_channel(reason=v["reason"], **_key(request, channel_id)),
    )  # fmt: skip


@door(permissions.PLAN_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """Steps and days."""
    row = queries.get_channel(channel_id, actor=request.actor)
    known = "\n".join(f"{one.by_day.isoformat()} {one.what}" for one in queries.steps_of(row) if one.done_on is None)
    return _act(
        request, channel_id, forms.PlanForm(_posted(request), initial={"steps": known}), title=_("Plan the move"),
        button=_("Lay down the plan"), done=_("The plan is laid down."),
        happens=_("The last day is the day of the move; when it passes without proof it is a finding."),
        act=lambda v: channels.plan_channel(steps=v["steps"], note=v["note"], **_key(request, channel_id)),
    )  # fmt: skip


@door(permissions.MOVE_CHANNEL)
@require_POST
def step_done(request: ActingRequest, channel_id: UUID, serial: int) -> HttpResponse:
    """A step is done."""
    queries.get_channel(channel_id, actor=request.actor)
    channels.finish_step(serial=serial, **_key(request, channel_id))
    messages.success(request, _("The step is done."))
    return redirect("channels:detail", channel_id)


@door(permissions.MOVE_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """It goes through the platform now."""
    row = queries.get_channel(channel_id, actor=request.actor)
    choices = []
    for one in grants.live_grants(consumer_id=row.consumer_id):
        if one.provider_id == row.provider_id:
            flow = delivery.flow_of(one.id, actor=request.actor)
            flows = _("data flow") if flow is not None and flow.receipt_at else _("nothing has arrived yet")
            choices.append((str(one.id), f"{one.number} {one.resource_name} · {flows}"))
    return _act(
        request, channel_id, forms.MoveForm(_posted(request), grants=choices), title=_("Prove the move"),
        button=_("It is moved"),
        happens=_("The proof is taken from the flow itself: rows have arrived under the grant."), done=_("The move is proven."),
        act=lambda v: channels.migrate_channel(grant_id=UUID(v["grant_id"]), **_key(request, channel_id)),
    )  # fmt: skip


@door(permissions.PLAN_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def exemption(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """It must stay outside."""
    return _act(
        request, channel_id, forms.ExemptionForm(_posted(request)), title=_("Ask for an exemption"), button=_("Ask"),
        happens=_("The authority's leader decides; until then no period runs."), done=_("The exemption is asked for."),
        act=lambda v: channels.ask_exemption(ground=v["ground"], basis=v["basis"], **_key(request, channel_id)),
    )  # fmt: skip


@door(permissions.EXEMPT_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def exempt(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """The leader consents."""
    return _act(
        request, channel_id, forms.NoForm(_posted(request)), title=_("Consent to the exemption"), button=_("Consent"),
        happens=_("The channel stays outside the platform on the basis stated; it may be taken up again later."),
        done=_("The channel is exempt."), act=lambda _v: channels.exempt_channel(**_key(request, channel_id)),
    )  # fmt: skip


@door(permissions.EXEMPT_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """The leader does not."""
    return _act(
        request, channel_id, forms.ReasonForm(_posted(request)), title=_("Decline the exemption"), button=_("Decline"),
        happens=_("The departments plan the move, with a new period."), done=_("The exemption is declined."), danger=True,
        act=lambda v: channels.decline_exemption(reason=v["reason"], **_key(request, channel_id)),
    )  # fmt: skip


@door(permissions.PLAN_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """Nothing is exchanged any more."""
    return _act(
        request, channel_id, forms.ReasonForm(_posted(request)), title=_("End the channel"), button=_("End it"), danger=True,
        happens=_("You state that nothing is exchanged this way any more; the authority is told."),
        done=_("The channel is ended."), act=lambda v: channels.close_channel(reason=v["reason"], **_key(request, channel_id)),
    )  # fmt: skip


@door(permissions.CONFIRM_CHANNEL)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: ActingRequest, channel_id: UUID) -> HttpResponse:
    """It goes on outside after all."""
    return _act(
        request, channel_id, forms.ReasonForm(_posted(request)), title=_("Take the channel up again"), button=_("Take it up"),
        happens=_("It is a finding, and both departments have a new period for a plan."), danger=True,
        done=_("The channel is taken up again."),
        act=lambda v: channels.reopen_channel(reason=v["reason"], **_key(request, channel_id)),
    )  # fmt: skip
