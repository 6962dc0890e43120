"""Agreements: list, text with signatures, draft, renew, sign, return, end."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.agreements import actions, overview, permissions, policies, queries
from gongxiang.platform.agreements.queries import AgreementRef
from gongxiang.platform.agreements.states import AGREEMENT
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import close_if_impossible
from gongxiang.platform.web.agreements.forms import DraftForm, ReasonForm, SignForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.possible import possible
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.odrl import Term


@door(permissions.READ)
@require_safe
def index(request: ActingRequest) -> HttpResponse:
    """The agreements I may see, and whether mine is in force."""
    status = request.GET.get("status", "")
    rows = queries.agreements(
        request.actor, search=request.GET.get("q", "").replace("\x00", "").strip()[:100], status=status[:30],
        sort=request.GET.get("sort", ""),
    )  # fmt: skip
    if request.GET.get("export") == "csv":
        columns = [
            (gettext_lazy("Number"), lambda row: row.number),
            (gettext_lazy("Department"), lambda row: row.department),
            (gettext_lazy("First day"), lambda row: row.valid_from),
            (gettext_lazy("Last day"), lambda row: row.valid_until),
            (gettext_lazy("State"), lambda row: labels.state("agreement", row.status)[0]),
        ]
        return lists.export_csv("agreements", columns, rows)
    at = clock.now()
    context = {
        "page": lists.paginate(request, rows, filters=("status",)),
        "states": [(state, labels.state("agreement", state)[0]) for state in AGREEMENT.states],
        "in_force": queries.in_force(request.actor.department_id, at),
        "may_draft": permissions.DRAFT.allows(request.actor),
        "why_not": _why_not(lambda: policies.check_can_draft(request.actor.department_id)),
        "may_issue": permissions.ISSUE_TEMPLATE.allows(request.actor),
        "may_oversee": permissions.OVERVIEW.allows(request.actor),
        "needs_none": policies.can_share(request.actor.department_id, at)
        and not queries.in_force(request.actor.department_id, at),
    }
    return render(request, "agreements/list.html", context)


@door(permissions.READ)
@require_safe
def detail(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """The text, both signatures, what happened, and what I may do now."""
    return _detail(request, agreement_id)


@door(permissions.DRAFT)
@require_http_methods(["GET", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Draft an agreement of my department."""
    today = clock.now().astimezone(BEIJING).date()
    last_year = today.year + rulebook.parameter("agreement_years")
    initial: dict[str, object] = {
        "valid_from": today,
        "valid_until": today.replace(year=last_year, day=min(today.day, 28)) - timedelta(days=1),
    }
    old = _renewed(request)
    if old is not None:
        initial = overview.renewal_of(old, clock.now())
    form = DraftForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            made = actions.draft_agreement(
                department_id=request.actor.department_id, draft=form.draft(), by=request.actor, at=clock.now()
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The draft is made. The accountable officer signs it next."))
            return redirect("agreements:agreement", made.id)
    offered = {"new": possible(queries.current_template, lambda: policies.check_can_draft(request.actor.department_id))}
    close_if_impossible(request, form, offered, to=("agreements:list",), offer="new")
    return render(
        request,
        "agreements/draft.html",
        {"form": form, "key": f"renew-{old.id}" if old else "new", "old": old},
        status=422 if form.is_bound else 200,
    )


@door(permissions.DRAFT)
@require_http_methods(["GET", "POST"])
def revise(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """Change a draft, or what the authority returned."""
    agreement = queries.agreement_ref(agreement_id, actor=request.actor)
    initial = {name: getattr(agreement, name) for name in DraftForm.base_fields}
    form = DraftForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            actions.revise_agreement(agreement_id=agreement_id, draft=form.draft(), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The draft is changed. The accountable officer signs it next."))
            return redirect("agreements:agreement", agreement_id)
    own = partial(permissions.check_own, request.actor, agreement.department_id)
    offered = {"revise": possible(own, lambda: AGREEMENT.find("revise", agreement.status))}
    close_if_impossible(request, form, offered, to=("agreements:agreement", agreement_id))
    context = {"form": form, "agreement": agreement, "key": agreement_id}
    return render(request, "agreements/draft.html", context, status=422 if form.is_bound else 200)


@door(permissions.SIGN)
@sensitive_post_parameters("password", "code")
@require_POST
def sign(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """Sign for the department."""
    return _sign(request, agreement_id, actions.sign_for_department, _("Signed. The authority's leader signs next."))


@door(permissions.COUNTERSIGN)
@sensitive_post_parameters("password", "code")
@require_POST
def countersign(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """Sign for the authority."""
    return _sign(request, agreement_id, actions.sign_for_authority, _("Signed: the agreement is in force."))


@door(permissions.RETURN)
@require_POST
def give_back(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """Return a signed agreement to be changed."""
    return _with_reason(request, agreement_id, actions.return_agreement, _("Returned to the department."))


@door(permissions.TERMINATE)
@require_POST
def terminate(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """End an agreement before its time."""
    return _with_reason(request, agreement_id, actions.terminate_agreement, _("The agreement has ended."))


def _renewed(request: ActingRequest) -> AgreementRef | None:
    """The agreement that the address asks to renew: of my own department, else none."""
    try:
        old = queries.agreement_ref(UUID(request.GET.get("renew", "")), actor=request.actor)
    except (ValueError, NotFound):
        return None
    return old if old.department_id == request.actor.department_id else None


def _sign(request: ActingRequest, agreement_id: UUID, act: Callable[..., object], done: str) -> HttpResponse:
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            act(agreement_id=agreement_id, **form.cleaned_data, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, done)
            return redirect("agreements:agreement", agreement_id)
    return _detail(request, agreement_id, sign_form=form, status=422)


def _with_reason(request: ActingRequest, agreement_id: UUID, act: Callable[..., object], done: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            act(agreement_id=agreement_id, reason=form.cleaned_data["reason"], by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, done)
            return redirect("agreements:agreement", agreement_id)
    return _detail(request, agreement_id, reason_form=form, status=422)


def _detail(
    request: ActingRequest,
    agreement_id: UUID,
    *,
    sign_form: SignForm | None = None,
    reason_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    agreement, actor = queries.agreement_ref(agreement_id, actor=request.actor), request.actor
    own, state = agreement.department_id == actor.department_id, agreement.status
    signing = state == "DRAFTED" and own and permissions.SIGN.allows(actor)
    at = clock.now()
    renewable = state in ("IN_FORCE", "EXPIRED", "TERMINATED") and own and permissions.DRAFT.allows(actor)
    countersigning = state == "SIGNED_BY_DEPARTMENT" and permissions.COUNTERSIGN.allows(actor)
    context = {
        "agreement": agreement,
        "sign_form": sign_form or SignForm(),
        "reason_form": reason_form or ReasonForm(),
        "signing": signing,
        "countersigning": countersigning,
        "why_not": queries.why_not_sign(agreement_id, actor=actor, at=clock.now()) if signing or countersigning else None,
        "may_issue_paper": permissions.PAPER.allows(actor) and (own or actor.has(*permissions.AUTHORITY)),
        "renewable": renewable,
        "why_not_renew": _why_not(lambda: policies.check_can_draft(agreement.department_id)) if renewable else None,
        "days_left": (agreement.valid_until - at.astimezone(BEIJING).date()).days if state == "IN_FORCE" else None,
        "live_grants": grants.count_live(agreement.department_id) if state == "IN_FORCE" else 0,
        "terms": [Term.from_json(one) for one in agreement.terms],
        "may_revise": state in ("DRAFTED", "RETURNED") and own and permissions.DRAFT.allows(actor),
        "may_return": state == "SIGNED_BY_DEPARTMENT" and permissions.RETURN.allows(actor),
        "may_terminate": state == "IN_FORCE" and permissions.TERMINATE.allows(actor),
        "news": evidence.trail_of(f"agreement:{agreement_id}", by=actor),
    }
    return render(request, "agreements/detail.html", context, status=status)


def _why_not(check: Callable[[], None]) -> Refusal | None:
    try:
        check()
    except Refusal as refusal:
        return refusal
    return None
