"""Pages of corrections: lists, reporting, verifying, what follows a verdict."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.corrections import actions, complaints, errors, permissions, policies, queries, states
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import done_or_form
from gongxiang.platform.web.corrections import forms
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import possible
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

_EXPORT = 10_000
_BOXES = {
    "all": gettext_lazy("Corrections"),
    "mine": gettext_lazy("Reported by my department"),
    "to_verify": gettext_lazy("For my department to verify"),
    "to_decide": gettext_lazy("Corrections before the authority"),
}
_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Number"), lambda one: one.number),
    (gettext_lazy("Kind"), lambda one: labels.code("correction_kind", one.kind)),
    (gettext_lazy("Origin"), lambda one: labels.code("correction_origin", one.origin)),
    (gettext_lazy("Resource"), lambda one: one.resource_name),
    (gettext_lazy("Under the grant"), lambda one: one.grant_number),
    (gettext_lazy("Elements"), lambda one: "、".join(one.elements)),
    (gettext_lazy("Reported by"), lambda one: one.consumer_name),
    (gettext_lazy("Verified by"), lambda one: one.provider_name),
    (gettext_lazy("State"), lambda one: labels.state("correction", one.status)[0]),
    (gettext_lazy("Verdict"), lambda one: labels.code("correction_outcome", one.outcome) if one.outcome else ""),
    (gettext_lazy("Working days"), lambda one: "" if one.working_days is None else one.working_days),
    (gettext_lazy("Overdue"), lambda one: _("yes") if one.late else ""),
    (gettext_lazy("Reported at"), lambda one: instant(one.reported_at)),
    (gettext_lazy("Whose turn"), lambda one: str(labels.code("turn", one.turn)) if one.turn else ""),
    (gettext_lazy("Due"), lambda one: instant(one.due_at) if one.due_at else ""),
]


def uuid_of(text: str) -> UUID | None:
    """The id in a query, None for nonsense."""
    try:
        return UUID(text)
    except ValueError:
        return None


def element_names(resource_id: UUID) -> dict[str, str]:
    """Names of a resource's elements by code."""
    return {one.code: one.name or one.code for one in catalogue.get_resource(resource_id).elements if one.code}


@door(permissions.VIEW)
@require_safe
def corrections(request: ActingRequest) -> HttpResponse:
    """The list, with every filter in the address."""
    asked = request.GET
    box = asked.get("box", "all")
    box = box if box in _BOXES else "all"
    status, late = asked.get("status", ""), asked.get("late", "")
    resource, provider = uuid_of(asked.get("resource", "")), uuid_of(asked.get("provider", ""))
    found = queries.find_corrections(
        actor=request.actor,
        box=box,
        text=asked.get("q", "").replace("\x00", "").strip()[:200],
        statuses=states.OPEN if status == "OPEN" else (status,),
        outcome=asked.get("outcome", ""),
        resource_id=resource,
        provider_id=provider,
        grant_id=uuid_of(asked.get("grant", "")),
        late=True if late == "yes" else None,
    )
    if asked.get("counted") == "yes":
        found = found.exclude(status=states.PROPOSED)
    if asked.get("export") == "csv":
        return lists.export_csv("corrections", _COLUMNS, found[:_EXPORT])
    sorts = {"new": ["-reported_at", "-number"], "due": ["due_at", "-reported_at"], "name": ["resource_name", "-reported_at"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status", "outcome", "box", "late", "resource", "provider"))
    context = {
        "page": page,
        "box": box,
        "title": _BOXES[box],
        "boxes": _BOXES.items(),
        "statuses": states.CORRECTION.states,
        "outcomes": states.OUTCOMES,
        "may_report": permissions.REPORT.allows(request.actor),
        "may_count": permissions.FIGURES.allows(request.actor),
    }
    return render(request, "corrections/list.html", context)


@door(permissions.REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: ActingRequest) -> HttpResponse:
    """Report a doubt: choose the grant, then say what is doubtful; deep links bring grant, call or comparison."""
    actor = request.actor
    mine = [grants.view_of(one) for one in grants.find_grants(actor=actor, side="consumer")[:500]]
    grant_id = uuid_of(request.GET.get("grant", ""))
    grant = next((one for one in mine if one.id == grant_id), None)
    if grant is None:
        choose = forms.ChooseGrantForm(grants=[(str(one.id), f"{one.resource_name} · {one.number}") for one in mine])
        asked = request.GET.get("origin", "").upper()
        carried = {"origin": asked if asked == states.CALL else states.HAND, "call": request.GET.get("call", "")[:64]}
        return render(request, "corrections/choose.html", {"form": choose, "none": not mine, **carried})
    origin = request.GET.get("origin", "").upper()
    origin = origin if origin in states.ORIGINS else states.ROW
    compared = uuid_of(request.GET.get("reconciliation", "")) if origin == states.RECONCILIATION else None
    names, granted = element_names(grant.resource_id), grants.current_terms(grant.id).elements
    choices = [(code, names.get(code, code)) for code in granted]
    form = forms.ReportForm(
        request.POST or None, elements=choices, origin=origin, initial={"call_id": request.GET.get("call", "")[:64]}
    )
    if form.is_bound and form.is_valid():
        try:
            made = actions.report_correction(
                grant_id=grant.id, origin=origin, reconciliation_id=compared, by=actor, at=clock.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Reported: the provider verifies it within its period."))
            return redirect("corrections:detail", made.pk)
    context = {"form": form, "grant": grant, "origin": origin}
    return render(request, "corrections/report.html", context, status=422 if form.is_bound else 200)


@door(permissions.VIEW)
@require_safe
def detail(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """One correction: the record by reference, whose turn, the verdict, the way of the corrected row, counters."""
    row, actor = queries.get_correction(correction_id, actor=request.actor), request.actor
    part = queries.takes_part(row, actor)
    own = actor.department_id == row.consumer_id
    names = element_names(row.resource_id)
    flowing = actions.flows_of(row)
    context = {
        "row": row,
        "part": part,
        "own": own,
        "elements": [(code, names.get(code, code)) for code in row.elements],
        "names": names,
        "acts": _acts(row, request),
        "copies": queries.copies_of(row.pk, actor=actor),
        "alike": queries.same_row(row, actor=actor) if part else [],
        "complaints": queries.complaints_of(row.pk, actor=actor),
        "news": evidence.trail_of(f"correction:{row.pk}", by=actor) if part else [],
        "key_codes": queries.key_codes(row) if part and own else (),
        "proof": rulebook.code_label(complaints.PROOFS, row.proof_kind, get_language() or "zh-hans") if row.proof_kind else "",
        # Where the arrival cannot be seen, the page says what counts instead.
        "seen_to_arrive": policies.seen_to_arrive(row, flowing=flowing),
        "late_key": row.claim_at is not None and flowing,
        "removed": row.status in states.ENDED,
        "sees_claim": part and permissions.CARRY.allows(actor),
    }
    return render(request, "corrections/detail.html", context)


def _acts(row: Any, request: ActingRequest) -> dict[str, Any]:
    actor = request.actor

    def arrow(act: str) -> Callable[[], object]:
        return lambda: states.CORRECTION.find(act, row.status)

    def of(permission: Any, *departments: UUID | None) -> Callable[[], object]:
        return lambda: permissions.check_of_department(permission, actor, *departments)

    def may_forward() -> None:
        permissions.FORWARD.check(actor)
        if not actor.has(*permissions.AUTHORITY):
            permissions.check_of_department(permissions.FORWARD, actor, row.provider_id)
            if row.forwarded_at is not None:
                raise errors.ForwardedAlready()

    def before_provider() -> None:
        permissions.DECIDE.check(actor)
        if row.status not in (*states.VERIFYING, states.OVERDUE):
            raise NotPermitted()

    consumer, provider = row.consumer_id, row.provider_id
    settle, verify = of(permissions.SETTLE, consumer), of(permissions.VERIFY, provider)
    return {
        "adopt": possible(of(permissions.REPORT, consumer), arrow("adopt")),
        "assign": possible(verify, arrow("assign")),
        "verdict": possible(verify, arrow("correct")),
        "forward": possible(may_forward, arrow("forward")),
        "accept": possible(settle, arrow("accept"), lambda: policies.check_can_accept(row, flowing=actions.flows_of(row))),
        "object": possible(settle, arrow("object"), lambda: policies.check_can_object(row)),
        "uphold": possible(lambda: permissions.DECIDE.check(actor), arrow("uphold")),
        "remind": possible(before_provider),
        "withdraw": possible(settle, arrow("withdraw")),
        "usage": possible(settle),
        "complain": possible(lambda: permissions.COMPLAIN.check(actor)),
        "deposit": possible(of(permissions.CARRY, consumer), arrow("assign")),
        "read": possible(
            of(permissions.CARRY, consumer, provider, row.forwarded_from_id), lambda: policies.check_claim_kept(row.status)
        ),
    }


def act_page(
    request: ActingRequest, correction_id: UUID, form: Form, *, act: Callable[[dict[str, Any]], object],
    basis: str = "cn-809:26.2", **shown: Any,
) -> HttpResponse:  # fmt: skip
    """The page of one act on a case, for the two departments and the authority."""
    row = queries.get_correction(correction_id, actor=request.actor)
    if not queries.takes_part(row, request.actor):
        raise NotFound()
    return done_or_form(
        request, form, act=lambda: act(form.cleaned_data), to=("corrections:detail", correction_id),
        template="corrections/act.html", row=row, basis=basis, asks=True,
        offered=_acts(row, request), **shown,
    )  # fmt: skip


@door(permissions.REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """Take up what a comparison showed."""
    row = queries.get_correction(correction_id, actor=request.actor)
    names, granted = element_names(row.resource_id), grants.current_terms(row.grant_id).elements
    form = forms.ReportForm(
        request.POST or None, elements=[(code, names.get(code, code)) for code in granted], origin=states.RECONCILIATION,
        initial={"kind": states.ERROR, "elements": list(granted)},
    )  # fmt: skip
    return act_page(
        request, correction_id, form, title=_("Take up the proposed correction"), button=_("Report the doubt"),
        happens=_("The provider has its period to verify, correct and report back, beginning now."),
        done=_("Reported: the provider verifies it within its period."),
        act=lambda v: actions.adopt_proposal(correction_id=correction_id, by=request.actor, at=clock.now(), **v),
    )  # fmt: skip


@door(permissions.VERIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """Who verifies."""
    people = [
        (str(one.id), one.name)
        for one in parties.people(request.actor, department_id=request.actor.department_id)
        if one.status == "ACTIVE" and permissions.DESK & one.roles
    ]
    return act_page(
        request, correction_id, forms.AssignForm(request.POST or None, people=people), title=_("Assign the verification"),
        button=_("Assign the verification"), happens=_("The person finds the case among the to-dos; the period goes on."),
        done=_("The verification was assigned."),
        act=lambda v: actions.assign_correction(
            correction_id=correction_id, person_id=UUID(v["person_id"]), by=request.actor, at=clock.now()
        ),
    )  # fmt: skip


@door(permissions.FORWARD)
@require_http_methods(["GET", "HEAD", "POST"])
def forward(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """Hand over to the source department."""
    return act_page(
        request, correction_id, forms.ForwardForm(request.POST or None), title=_("Hand over to the source department"),
        button=_("Hand over"), happens=_("The source department has the whole period, beginning now; both sides are told."),
        done=_("The case was handed over."),
        act=lambda v: actions.forward_correction(
            correction_id=correction_id, provider_id=UUID(v["provider_id"]), reason=v["reason"], by=request.actor,
            at=clock.now(),
        ),
    )  # fmt: skip


@door(permissions.VERIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def verdict(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """What the verification found."""
    return act_page(
        request, correction_id, forms.VerdictForm(request.POST or None), title=_("Give the verdict"), button=_("Report back"),
        happens=_("First correct the record in your business database: the exchange node carries it to every copy by itself."
                  " Every department that holds the record is told."),
        done=_("The verdict was given."),
        act=lambda v: actions.give_verdict(correction_id=correction_id, by=request.actor, at=clock.now(), **v),
    )  # fmt: skip


@door(permissions.SETTLE)
@require_POST
def accept(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """The consumer is content."""
    actions.accept_verdict(correction_id=correction_id, by=request.actor, at=clock.now())
    messages.success(request, _("The case is closed."))
    return redirect("corrections:detail", correction_id)


@door(permissions.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """Object to a verdict, once."""
    return act_page(
        request, correction_id, forms.ReasonForm(request.POST or None), title=_("Object to the verdict"), button=_("Object"),
        happens=_("The authority gives its opinion; a second objection is not possible."), done=_("The objection was sent."),
        act=lambda v: actions.object_to_verdict(
            correction_id=correction_id, reason=v["reason"], by=request.actor, at=clock.now()
        ),
        basis="wushen-2021-60:24",
    )  # fmt: skip


@door(permissions.DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """The authority's opinion."""
    return act_page(
        request, correction_id, forms.OpinionForm(request.POST or None), title=_("Decide on the correction"),
        button=_("Decide on the correction"),
        happens=_("Both sides are told; if the provider verifies again, a new period begins."),
        done=_("The opinion was given."), offer="uphold",
        act=lambda v: actions.decide_correction(
            correction_id=correction_id, uphold=v["decision"] == "uphold", opinion=v["opinion"], by=request.actor,
            at=clock.now(),
        ),
        basis="wushen-2021-60:24",
    )  # fmt: skip


@door(permissions.DECIDE)
@require_POST
def remind(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """Remind the verifying department."""
    actions.remind_provider(correction_id=correction_id, by=request.actor, at=clock.now())
    messages.success(request, _("The provider was reminded."))
    return redirect("corrections:detail", correction_id)


@door(permissions.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """Take the report back."""
    return act_page(
        request, correction_id, forms.ReasonForm(request.POST or None), title=_("Withdraw the report"), button=_("Withdraw"),
        happens=_("The case ends; it stays in the list."), done=_("The report was withdrawn."),
        act=lambda v: actions.withdraw_correction(
            correction_id=correction_id, reason=v["reason"], by=request.actor, at=clock.now()
        ),
        basis="wushen-2021-60:23",
    )  # fmt: skip


@door(permissions.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def usage(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """What the department does with the record meanwhile."""
    row = queries.get_correction(correction_id, actor=request.actor)
    initial = {"usage": row.usage, "note": row.usage_note}
    return act_page(
        request, correction_id, forms.UsageForm(request.POST or None, initial=initial), title=_("Note the state of use"),
        button=_("Save"), happens=_("Both sides see what is done with the record while it is verified."),
        done=_("The state of use was noted."),
        act=lambda v: actions.note_usage(correction_id=correction_id, by=request.actor, at=clock.now(), **v),
        basis="cn-809:26.2",
    )  # fmt: skip
