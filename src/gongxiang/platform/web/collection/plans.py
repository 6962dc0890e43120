"""Pages of collection plans: the register, drafting, the hits of the check, review, the end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.access import collecting, states_dispute
from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access import queries_collection as queries
from gongxiang.platform.access.errors import OwnDraft
from gongxiang.platform.access.queries_collection import PlanView
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import close_if_impossible, done_or_form
from gongxiang.platform.web.collection.forms import EntryForm, HitsForm, PlanForm, ReasonForm, ReviewForm
from gongxiang.platform.web.collection.views import acts_of as acts_of_absence
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.protocol import clock

_EXPORT = 10_000
_COLUMNS: list[tuple[Any, Callable[[Any], Any]]] = [
    (gettext_lazy("Number"), lambda one: one.number),
    (gettext_lazy("Title of the plan"), lambda one: one.title),
    (gettext_lazy("Department"), lambda one: one.department_name),
    (gettext_lazy("Data items"), lambda one: "、".join(one.items)),
    (gettext_lazy("From whom"), lambda one: one.collected_from),
    (gettext_lazy("Legal basis of the collection"), lambda one: one.legal_basis),
    (gettext_lazy("Collected how often"), lambda one: labels.code("update_cycle", one.update_cycle)),
    (gettext_lazy("Begins on"), lambda one: one.starts_on),
    (gettext_lazy("State"), lambda one: labels.state("collection_plan", one.status)[0]),
    (gettext_lazy("Entry"), lambda one: one.resource_name),
]


@door(permissions.VIEW_PLANS)
@require_safe
def register(request: ActingRequest) -> HttpResponse:
    """The register of collection plans, open to every department that shares."""
    asked = request.GET.get("department", "")
    try:
        department = UUID(asked) if asked else None
    except ValueError:
        department = None
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = queries.find_plans(actor=request.actor, text=text, status=request.GET.get("status", ""), department_id=department)
    if request.GET.get("export") == "csv":
        return lists.export_csv("collection-plans", _COLUMNS, found[:_EXPORT])
    sorts = {
        "new": ["-drafted_at", "-number"], "due": ["due_at", "-drafted_at"], "department": ["department_name", "number"],
        "start": ["starts_on", "number"],
    }  # fmt: skip
    page = lists.paginate(request, found, sorts=sorts, filters=("status", "department"))
    page.rows = [queries.plan_view(row) for row in page.rows]
    shown = {
        "page": page, "statuses": states_dispute.COLLECTION_PLAN.states,
        "departments": [(str(key), name) for key, name in queries.departments_with_plans(request.actor)],
    }  # fmt: skip
    return render(request, "collection/list.html", shown)


@door(permissions.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: ActingRequest, absence_id: UUID) -> HttpResponse:
    """Write a plan under a filing."""
    absence = queries.get_absence(absence_id, actor=request.actor)
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        initial={"title": absence.title[:200], "items": "\n".join(absence.items)},
    )
    if form.is_bound and form.is_valid():
        try:
            made = collecting.draft_plan(absence_id=absence_id, by=request.actor, at=clock.now(), **form.values())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Drafted and checked."))
            return redirect("collection:hits" if made.hits else "collection:plan", made.id)
    plans = queries.plans_of(absence_id, actor=request.actor)
    offered = acts_of_absence(absence, request.actor, plans)
    close_if_impossible(request, form, offered, to=("collection:absence", absence_id), offer="plan")
    shown = {"form": form, "absence": absence}
    return render(request, "collection/edit.html", shown, status=422 if form.is_bound else 200)


@door(permissions.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, plan_id: UUID) -> HttpResponse:
    """Change a draft, or what was returned."""
    plan = queries.get_plan(plan_id, actor=request.actor)
    permissions.check_own(permissions.PLAN, request.actor, plan.department_id)
    names = ("title", "collected_from", "legal_basis", "method", "update_cycle", "starts_on")
    initial = {**{name: getattr(plan, name) for name in names}, "items": "\n".join(plan.items)}
    form = PlanForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = collecting.change_plan(plan_id=plan_id, by=request.actor, at=clock.now(), **form.values())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Saved and checked anew."))
            return redirect("collection:hits" if made.unanswered else "collection:plan", made.id)
    close_if_impossible(request, form, acts_of(plan, request.actor), to=("collection:plan", plan_id))
    shown = {"form": form, "plan": plan, "absence": queries.get_absence(plan.absence_id, actor=request.actor)}
    return render(request, "collection/edit.html", shown, status=422 if form.is_bound else 200)


@door(permissions.VIEW_PLANS)
@require_safe
def plan(request: ActingRequest, plan_id: UUID) -> HttpResponse:
    """One plan: what is collected, what was found that has it, the authority's view, the entry in the end."""
    found, actor = queries.get_plan(plan_id, actor=request.actor), request.actor

    shown = {
        "plan": found,
        "absence": queries.get_absence(found.absence_id, actor=actor),
        "acts": acts_of(found, actor),
        "news": evidence.trail_of(f"collection_plan:{found.id}", by=actor),
    }
    return render(request, "collection/plan.html", shown)


@door(permissions.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def hits(request: ActingRequest, plan_id: UUID) -> HttpResponse:
    """Answer what has these items already."""
    found = queries.get_plan(plan_id, actor=request.actor)
    permissions.check_own(permissions.PLAN, request.actor, found.department_id)
    form = HitsForm(request.POST if request.method == "POST" else None, hits=found.hits)
    if form.is_bound and form.is_valid():
        try:
            collecting.answer_plan_hits(plan_id=plan_id, answers=form.answers(), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Answered."))
            return redirect("collection:plan", plan_id)
    close_if_impossible(request, form, acts_of(found, request.actor), to=("collection:plan", plan_id))
    return render(request, "collection/hits.html", {"form": form, "plan": found}, status=422 if form.is_bound else 200)


@door(permissions.PROPOSE)
@require_POST
def propose(request: ActingRequest, plan_id: UUID) -> HttpResponse:
    """Lay the plan before the authority."""
    try:
        collecting.propose_plan(plan_id=plan_id, by=request.actor, at=clock.now())
    except refusals.CheckOutdated:
        # What is new is kept with the plan, so that it can be answered.
        collecting.check_anew(plan_id=plan_id, by=request.actor, at=clock.now())
        messages.warning(request, refusals.CheckOutdated().message)
        return redirect("collection:hits", plan_id)
    messages.success(request, _("The plan lies before the authority."))
    return redirect("collection:plan", plan_id)


def acts_of(found: PlanView, actor: Person) -> dict[str, Possible]:
    """What may be done now with a plan, judged by the functions that refuse."""

    def arrow(act: str) -> None:
        states_dispute.COLLECTION_PLAN.find(act, found.status)

    def own(permission: Any) -> None:
        permissions.check_own(permission, actor, found.department_id)

    def proposes() -> None:
        own(permissions.PROPOSE)
        arrow("propose")
        if actor.is_hand_of(found.drafted_by_id):
            raise OwnDraft()
        if found.unanswered:
            raise refusals.HitUnanswered(what=next(hit["target_name"] for hit in found.hits if not hit["answer"]))

    def reviews() -> None:
        permissions.check_neutral(permissions.FILE, actor, found.department_id)
        arrow("approve")

    return {
        "edit": possible(lambda: own(permissions.PLAN), lambda: arrow("propose")),
        "propose": possible(proposes),
        "review": possible(reviews),
        "finish": possible(lambda: own(permissions.FINISH), lambda: arrow("finish")),
        "cancel": possible(lambda: own(permissions.PROPOSE), lambda: arrow("cancel")),
        "hits": possible(lambda: own(permissions.PLAN), lambda: arrow("propose")),
    }


def _act(
    request: ActingRequest, found: PlanView, form: Form, *, act: Callable[[dict[str, Any]], object], **shown: Any
) -> HttpResponse:
    return done_or_form(
        request, form, act=lambda: act(form.cleaned_data), to=("collection:plan", found.id),
        template="collection/act_plan.html", plan=found, offered=acts_of(found, request.actor), **shown,
    )  # fmt: skip


@door(permissions.FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: ActingRequest, plan_id: UUID) -> HttpResponse:
    """Approve or return."""
    found = queries.get_plan(plan_id, actor=request.actor)
    return _act(
        request, found, ReviewForm(request.POST or None), title=_("Review the collection plan"), button=_("Decide on the plan"),
        act=lambda v: collecting.review_plan(
            plan_id=plan_id, approves=v["approves"] == "yes", opinion=v["opinion"], by=request.actor, at=clock.now()
        ),
        done=_("Decided."), happens=_("An approved plan may be carried out; it ends when the data are catalogued."),
    )  # fmt: skip


@door(permissions.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: ActingRequest, plan_id: UUID) -> HttpResponse:
    """The data are catalogued."""
    found = queries.get_plan(plan_id, actor=request.actor)

    def act(values: dict[str, Any]) -> None:
        code = values["code"].strip()
        try:
            entry = catalogue.get_resource(code, actor=request.actor).id if code else None
        except NotFound:
            entry = None
        collecting.finish_plan(plan_id=plan_id, resource_id=entry, by=request.actor, at=clock.now())

    return _act(
        request, found, EntryForm(request.POST if request.method == "POST" else None), title=_("End the collection plan"),
        button=_("End the plan"), act=act, done=_("The plan is done; its page links to the entry."),
        happens=_("The plan is done and linked to the entry. It ends by itself too when an entry with all items is published."),
    )  # fmt: skip


@door(permissions.PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: ActingRequest, plan_id: UUID) -> HttpResponse:
    """No longer collected."""
    found = queries.get_plan(plan_id, actor=request.actor)
    return _act(
        request, found, ReasonForm(request.POST if request.method == "POST" else None), title=_("Cancel the collection plan"),
        act=lambda v: collecting.cancel_plan(plan_id=plan_id, reason=v["reason"], by=request.actor, at=clock.now()),
        button=_("Cancel the plan"), done=_("Cancelled."), danger=True,
        happens=_("The plan ends; the filing stays and may carry another plan."),
    )  # fmt: skip
