"""Pages of demands."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import finding
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.demands import actions, errors, permissions, queries, states
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import done_or_form
from gongxiang.platform.web.demands.forms import AnswerForm, AssignForm, DemandForm, ReasonForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

_EXPORT = 10_000
_BOXES = {
    "all": gettext_lazy("List of demands"),
    "mine": gettext_lazy("Demands of my department"),
    "to_answer": gettext_lazy("Demands for my department to answer"),
    "to_assign": gettext_lazy("Demands before the authority"),
    "supply": gettext_lazy("List of supply"),
}
_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Number"), lambda one: one.number),
    (gettext_lazy("Demand"), lambda one: one.title),
    (gettext_lazy("Data items"), lambda one: "、".join(one.items)),
    (gettext_lazy("Legal duty and purpose"), lambda one: one.duty),
    (gettext_lazy("Demanding department"), lambda one: one.consumer_name),
    (gettext_lazy("Provider"), lambda one: one.provider_name),
    (gettext_lazy("State"), lambda one: labels.state("demand", one.status)[0]),
    (gettext_lazy("Answer"), lambda one: labels.code("demand_outcome", one.outcome) if one.outcome else ""),
    (gettext_lazy("Resource"), lambda one: one.resource_name),
    (gettext_lazy("Planned day of publication"), lambda one: one.planned_on or ""),
    (gettext_lazy("Stated"), lambda one: instant(one.stated_at)),
    (gettext_lazy("Due"), lambda one: instant(one.due_at) if one.due_at else ""),
]


@door(permissions.VIEW)
@require_safe
def demands(request: ActingRequest) -> HttpResponse:
    """The list of demands, my department's, those that wait; what was answered with an entry is the list of supply."""
    box = request.GET.get("box", "all")
    box = box if box in _BOXES else "all"
    status = request.GET.get("status", "")
    found = queries.find_demands(
        actor=request.actor,
        box=box,
        text=request.GET.get("q", "").replace("\x00", "").strip()[:200],
        statuses=(status,),
        outcome=states.EXISTS if box == "supply" else request.GET.get("outcome", ""),
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("demands", _COLUMNS, found[:_EXPORT])
    sorts = {"new": ["-stated_at", "-number"], "due": ["due_at", "-stated_at"], "name": ["title"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status", "outcome", "box"))
    context = {
        "page": page,
        "box": box,
        "title": _BOXES[box],
        "boxes": _BOXES.items(),
        "statuses": states.DEMAND.states,
        "may_state": permissions.STATE.allows(request.actor),
        "may_count": permissions.FIGURES.allows(request.actor),
    }
    return render(request, "demands/list.html", context)


@door(permissions.VIEW)
@require_safe
def responsibilities(request: ActingRequest) -> HttpResponse:
    """By provider: what is to be answered, and what will be compiled by which day."""
    found = queries.responsibilities(request.actor)
    if request.GET.get("export") == "csv":
        return lists.export_csv("responsibilities", _COLUMNS, found[:_EXPORT])
    return render(request, "demands/responsibilities.html", {"page": lists.paginate(request, found)})


@door(permissions.FIGURES)
@require_safe
def figures(request: ActingRequest) -> HttpResponse:
    """How demands stand."""
    found = queries.figures(request.actor)
    context = {
        "by_status": [(status, found.by_status.get(status, 0)) for status in states.DEMAND.states],
        "by_outcome": [(outcome, found.by_outcome.get(outcome, 0)) for outcome in states.OUTCOMES],
        "figures": found,
    }
    return render(request, "demands/figures.html", context)


@door(permissions.STATE)
@require_http_methods(["GET", "HEAD", "POST"])
def state(request: ActingRequest) -> HttpResponse:
    """Write a demand; what the catalogue and others' demands offer already is shown before it is sent."""
    if request.method != "POST":
        title = request.GET.get("title", "").replace("\x00", "").strip()[:200]
        return render(request, "demands/state.html", {"form": DemandForm(initial={"title": title}), "compared": False})
    form = DemandForm(request.POST)
    if not form.is_valid():
        return render(request, "demands/state.html", {"form": form, "compared": False}, status=422)
    values = form.values()
    if request.POST.get("send") == "yes":
        try:
            made = actions.state_demand(**values, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
            return render(request, "demands/state.html", {"form": form, "compared": False}, status=422)
        messages.success(request, _("The demand was stated; the authority passes it on."))
        return redirect("demands:detail", made.pk)
    items = [item.strip() for item in values["items"] if item.strip()]
    context = {
        "form": form,
        "compared": True,
        "entries": finding.search(values["title"], actor=request.actor, size=5).hits,
        "elements": catalogue.similar_elements(items, actor=request.actor)[:10],
        "alike": queries.similar(title=values["title"], items=items, actor=request.actor),
    }
    return render(request, "demands/state.html", context)


@door(permissions.VIEW)
@require_safe
def detail(request: ActingRequest, demand_id: UUID) -> HttpResponse:
    """One demand: what is needed, whose turn, the answer, what happened."""
    demand, actor = queries.get_demand(demand_id, actor=request.actor), request.actor

    alike = queries.similar(title=demand.title, items=demand.items, actor=actor)
    context = {
        "demand": demand,
        "mode": demand.mode.upper(),
        "acts": acts_of(demand, actor),
        "alike": [one for one in alike if one.pk != demand.pk],
        "news": evidence.trail_of(f"demand:{demand.pk}", by=actor),
    }
    return render(request, "demands/detail.html", context)


def acts_of(demand: Any, actor: Person) -> dict[str, Possible]:
    """What may be done now with a demand, judged by the functions that refuse."""

    def arrow(act: str) -> None:
        states.DEMAND.find(act, demand.status)

    def own() -> None:
        permissions.check_of_department(permissions.STATE, actor, demand.consumer_id)

    def provides() -> None:
        permissions.check_of_department(permissions.HAND_BACK, actor, demand.provider_id)

    return {
        "assign": possible(lambda: permissions.ASSIGN.check(actor), lambda: arrow("assign")),
        "hand_back": possible(provides, lambda: arrow("hand_back")),
        "answer": possible(lambda: permissions.answering_side(actor, demand.provider_id), lambda: arrow("answer")),
        "contest": possible(own, lambda: arrow("contest")),
        "close": possible(own, lambda: arrow("close")),
        "withdraw": possible(own, lambda: arrow("withdraw")),
    }


def _act(
    request: ActingRequest, demand_id: UUID, form: Form, *, act: Callable[[dict[str, Any]], object], **shown: Any
) -> HttpResponse:
    demand = queries.get_demand(demand_id, actor=request.actor)
    return done_or_form(
        request, form, act=lambda: act(form.cleaned_data), to=("demands:detail", demand_id), template="demands/act.html",
        demand=demand, offered=acts_of(demand, request.actor), **shown,
    )  # fmt: skip


@door(permissions.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: ActingRequest, demand_id: UUID) -> HttpResponse:
    """Pass it to a likely provider."""
    return _act(
        request, demand_id, AssignForm(request.POST or None), title=_("Assign the demand"), button=_("Assign"),
        happens=_("The provider has its period to answer, beginning now."), done=_("The demand was assigned."),
        act=lambda v: actions.assign_demand(
            demand_id=demand_id, provider_id=UUID(v["provider_id"]), note=v["note"], by=request.actor, at=clock.now()
        ),
    )  # fmt: skip


@door(permissions.HAND_BACK)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_back(request: ActingRequest, demand_id: UUID) -> HttpResponse:
    """Not ours: back to the authority."""
    return _act(
        request, demand_id, ReasonForm(request.POST or None), title=_("Hand the demand back"), button=_("Hand back"),
        happens=_("The authority looks for another department."), done=_("The demand was handed back."),
        act=lambda v: actions.hand_back_demand(demand_id=demand_id, reason=v["reason"], by=request.actor, at=clock.now()),
    )  # fmt: skip


@door(permissions.ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActingRequest, demand_id: UUID) -> HttpResponse:
    """It exists, it will be compiled, or it does not exist."""
    drafts = [(str(one.id), one.name) for one in catalogue.own_entries(request.actor) if not one.published_at]
    form = AnswerForm(request.POST or None, drafts=drafts)
    if not request.actor.has(Role.ACCOUNTABLE_OFFICER, Role.REVIEWER):
        form.fields["outcome"].choices = form.fields["outcome"].choices[:1]  # type: ignore[attr-defined]

    def give(values: dict[str, Any]) -> None:
        code, draft = values.pop("code").strip(), values.pop("draft_id")
        try:
            resource_id = catalogue.get_resource(code, actor=request.actor).id if code else None
        except Refusal as refusal:
            raise errors.EntryMissing(field="code") from refusal
        if values["outcome"] == states.EXISTS and resource_id is None:
            raise errors.EntryMissing(field="code")
        actions.answer_demand(
            demand_id=demand_id,
            resource_id=resource_id,
            draft_id=UUID(draft) if draft else None,
            by=request.actor,
            at=clock.now(),
            **values,
        )

    return _act(
        request, demand_id, form, title=_("Answer the demand"), button=_("Give the answer"), done=_("The demand was answered."),
        happens=_("The demanding department is told; it closes the demand or contests the answer."), act=give,
    )  # fmt: skip


@door(permissions.STATE)
@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: ActingRequest, demand_id: UUID) -> HttpResponse:
    """The answer does not meet the need."""
    return _act(
        request, demand_id, ReasonForm(request.POST or None), title=_("Contest the answer"), button=_("Contest"),
        happens=_("The authority looks at the demand again."), done=_("The answer was contested."),
        act=lambda v: actions.contest_answer(demand_id=demand_id, reason=v["reason"], by=request.actor, at=clock.now()),
    )  # fmt: skip


@door(permissions.STATE)
@require_POST
def close(request: ActingRequest, demand_id: UUID) -> HttpResponse:
    """The demander is answered."""
    actions.close_demand(demand_id=demand_id, by=request.actor, at=clock.now())
    messages.success(request, _("The demand is closed."))
    return redirect("demands:detail", demand_id)


@door(permissions.STATE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: ActingRequest, demand_id: UUID) -> HttpResponse:
    """No longer needed."""
    return _act(
        request, demand_id, ReasonForm(request.POST or None), title=_("Withdraw the demand"), button=_("Withdraw"),
        happens=_("The demand ends; it stays in the list."), done=_("The demand was withdrawn."),
        act=lambda v: actions.withdraw_demand(demand_id=demand_id, reason=v["reason"], by=request.actor, at=clock.now()),
    )  # fmt: skip
