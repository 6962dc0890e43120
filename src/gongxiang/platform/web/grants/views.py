"""Pages of grants."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.law.deadlines import end_of_day, last_day
from gongxiang.platform.access import dispute_papers, queries_dispute
from gongxiang.platform.access import queries as access
from gongxiang.platform.access.circumstances import of_parties
from gongxiang.platform.access.permissions import APPLY
from gongxiang.platform.access.permissions_dispute import VIEW as VIEW_DISPUTES
from gongxiang.platform.access.queries import renewable
from gongxiang.platform.access.queries_dispute import DisputeView
from gongxiang.platform.access.states_dispute import FINAL
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.delivery import permissions as exchange
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import (
    actions,
    destroying,
    disposing,
    narrowing,
    paper,
    permissions,
    policies,
    queries,
    queries_stop,
    serving,
    states,
)
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import close_if_impossible, done_or_form
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.grants import words
from gongxiang.platform.web.grants.forms import DisposalForm, ReasonForm, ReviseForm, StatementForm, SuspendForm, initial_of
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.platform.web.use import panels as use_panels
from gongxiang.protocol import clock

_EXPORT = 10_000


@door(permissions.VIEW)
@require_safe
def grants(request: ActingRequest) -> HttpResponse:
    """The grants that I may see: given and received."""
    status, side = request.GET.get("status", ""), request.GET.get("side", "")
    found = queries.find_grants(
        actor=request.actor,
        text=request.GET.get("q", "").strip()[:200],
        statuses=(status,) if status in states.GRANT.states else (),
        side=side,
        resource_id=_uuid(request.GET.get("resource", "")),
        consumer_id=_uuid(request.GET.get("consumer", "")),
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("grants", _columns(), (queries.view_of(row) for row in found[:_EXPORT]))
    sorts = {"new": ["-issued_at", "-number"], "until": ["valid_until"], "name": ["resource_name"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status", "side"))
    page.rows = [queries.view_of(row) for row in page.rows]
    return render(request, "grants/list.html", {"page": page, "statuses": states.GRANT.states})


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


def _columns() -> list[tuple[Any, Callable[[GrantView], Any]]]:
    return [
        (gettext_lazy("Number"), lambda g: g.number),
        (gettext_lazy("Resource"), lambda g: g.resource_name),
        (gettext_lazy("Provider"), lambda g: g.provider_name),
        (gettext_lazy("Consumer"), lambda g: g.consumer_name),
        (gettext_lazy("State"), lambda g: labels.state("grant", g.status)[0]),
        (gettext_lazy("Revision number"), lambda g: g.revision),
        (gettext_lazy("From"), lambda g: g.valid_from.isoformat()),
        (gettext_lazy("Last day"), lambda g: last_day(g.valid_until).isoformat()),
    ]


@door(permissions.VIEW)
@require_safe
def detail(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """One grant: its terms in words, its flow, what may be done, everything that happened."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    terms = queries.current_terms(grant_id)
    names = element_names(catalogue.get_resource(grant.resource_id))
    purposes = [p.value for p in terms.purposes]
    said = words.sentences(
        elements=terms.elements,
        masks=terms.masks,
        conditions=terms.conditions,
        purposes=purposes,
        names=names,
        volume=terms.volume,
    )
    disposals = queries.disposals(actor=request.actor, grant_id=grant_id)
    shown = {
        "grant": grant,
        "terms": terms,
        "sentences": said,
        "elements": words.granted_elements(terms.elements, terms.masks, names),
        "last_day": last_day(grant.valid_until),
        "revisions": queries.revisions(grant_id),
        "filings": queries.filings(actor=request.actor, grant_id=grant_id),
        "disposal": disposals[0] if disposals else None,
        "served": serving.is_served(grant),
        "filed": serving.is_filed(grant),
        "flow": delivery.flow_of(grant_id, actor=request.actor),
        "news": evidence.trail_of(*case_of(grant), by=request.actor),
        "changing": access.changing(grant_id, actor=request.actor),
        "may_renew": grant.consumer_id == request.actor.department_id and APPLY.allows(request.actor) and renewable(grant),
        "acts": _acts(grant, request.actor, disposals[0] if disposals else None),
        "changes": queries_stop.running_changes(grant_id, actor=request.actor),
        "panels": list(use_panels.grant_panels(request, grant)),
        "may_sample": possible(
            lambda: exchange.check_for_department(exchange.SAMPLE, request.actor, grant.provider_id, grant.consumer_id)
        ),
        "purposes": purposes,
        "papers": [one for one in documents.documents_of(f"grant:{grant_id}", actor=request.actor) if one.kind == paper.KIND],
        "circumstances": [] if grant.status == states.ENDED else of_parties(grant, clock.now()),
        "disputes": _disputes_of(grant, request.actor),
        "may_issue_paper": grant.status != states.ENDED
        and possible(lambda: permissions.check_actor_can_issue_paper(request.actor, grant.provider_id)).yes,
    }
    return render(request, "grants/detail.html", shown)


def case_of(grant: GrantView) -> tuple[str, ...]:
    """Under which tags evidence keeps the case of a grant: it begins with the request that led to it."""
    return (f"grant:{grant.id}", f"access_request:{grant.access_request_id}")


def _disputes_of(grant: GrantView, actor: Person) -> list[tuple[DisputeView, str, bool]]:
    """The disputes over the grant's request, the paper that the grant rests on by each, and whether the actor may open it."""
    may_open = VIEW_DISPUTES.allows(actor)
    return [
        (one, _paper_of(one) if one.status in FINAL else "", may_open)
        for one in queries_dispute.over_grant(grant.access_request_id)
    ]


def _paper_of(dispute: DisputeView) -> str:
    return dispute.decision_number or dispute_papers.documents_number(dispute.opinion_document_id)


def _acts(grant: GrantView, actor: Person, duty: queries.DisposalView | None) -> dict[str, Possible]:
    """What may be done now, judged by the same functions that refuse."""
    can = states.GRANT.find

    def allowed(act: str, check: Callable[[], None]) -> Possible:
        return possible(check, lambda: can(act, grant.status))

    return {
        "suspend": possible(
            lambda: permissions.check_actor_can_suspend(actor, grant.provider_id),
            lambda: can("suspend", grant.status),
            lambda: policies.check_can_suspend(grant.status, grant.suspend_reason),
        ),
        "resume": allowed(
            "resume",
            lambda: permissions.check_actor_can_resume(
                actor, grant.provider_id, suspended_by_authority=grant.suspended_by_authority
            ),
        ),
        "revise": allowed(
            "revise",
            lambda: permissions.check_own_department(permissions.ANNOUNCE_STOP, actor, grant.provider_id),
        ),
        "end": allowed("end", lambda: permissions.check_actor_can_end(actor, grant.provider_id, grant.consumer_id)),
        "destroy": possible(
            lambda: permissions.check_own_department(permissions.ORDER_DESTRUCTION, actor, grant.consumer_id),
            *([partial(destroying.check_can_order, duty)] if duty else []),
        ),
        "dispose": possible(lambda: permissions.check_actor_can_certify(actor, grant.consumer_id)),
    }


def element_names(resource: ResourceRef) -> dict[str, str]:
    """Names of the elements that may flow, by code, in the catalogue's order."""
    return {element.code: element.name or element.code for element in resource.elements if element.shareable}


def _act(request: ActingRequest, grant: GrantView, form: Form, **shown: Any) -> HttpResponse:
    return done_or_form(
        request, form, to=("grants:detail", grant.id), grant=grant, offered=_acts(grant, request.actor, None), **shown
    )


@door(permissions.SUSPEND)
@require_http_methods(["GET", "POST"])
def suspend(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Suspend for a reason from the list; filed with the authority in the same act."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    form = SuspendForm(request.POST or None, table="suspend_reason", codes=policies.SUSPEND_REASONS)

    def act() -> None:
        actions.suspend_grant(grant_id=grant_id, **form.cleaned_data, by=request.actor, at=clock.now())

    done = _("Suspended, and filed with the authority. Nothing flows any more; nothing is lost.")
    return _act(request, grant, form, act=act, template="grants/suspend.html", done=done)


@door(permissions.RESUME)
@require_http_methods(["GET", "POST"])
def resume(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Lift a suspension."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    form = StatementForm(request.POST or None)

    def act() -> None:
        actions.resume_grant(grant_id=grant_id, **form.cleaned_data, by=request.actor, at=clock.now())

    done = _("Resumed. The flow goes on from where it stood within seconds.")
    return _act(request, grant, form, act=act, template="grants/resume.html", done=done)


@door(permissions.END)
@require_http_methods(["GET", "POST"])
def end(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """End a grant before its time."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    own = request.actor.department_id == grant.consumer_id
    codes: tuple[str, ...] = policies.CONSUMER_END_REASONS if own else policies.END_REASONS
    if not own and not permissions.is_authority(request.actor):
        codes = policies.PROVIDER_END_REASONS
    form = ReasonForm(request.POST or None, table="end_reason", codes=codes)

    def act() -> None:
        actions.end_grant(grant_id=grant_id, **form.cleaned_data, by=request.actor, at=clock.now())

    done = _("Ended and filed. The flow is closed; the consumer has to certify the disposal of what it received.")
    return _act(request, grant, form, act=act, template="grants/end.html", done=done)


@door(permissions.REVISE)
@require_http_methods(["GET", "POST"])
def revise(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Announce narrower terms, or give less at once where it cannot wait."""
    grant, at = queries.get_grant(grant_id, actor=request.actor), clock.now()
    permissions.check_own_department(permissions.ANNOUNCE_STOP, request.actor, grant.provider_id)
    terms = queries.current_terms(grant_id)
    form = ReviseForm(
        request.POST or None,
        initial=initial_of(terms),
        elements=catalogue.get_resource(grant.resource_id).elements,
        asked=terms.elements,
        purposes=[p.value for p in terms.purposes],
    )
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        given = {"grant_id": grant_id, "valid_until": end_of_day(said["until"]), "statement": said["statement"], **form.terms()}
        try:
            if form.at_once:
                made = narrowing.protect_now(ground=said["reason"], by=request.actor, at=at, **given)
            else:
                made = narrowing.announce_narrowing(
                    **given, reason=said["reason"], narrows_on=said["narrows_on"], everywhere=said["everywhere"],
                    by=request.actor, at=at,
                )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            done = _("In force at once. The consumer is heard, the authority confirms it or gives it back.")
            messages.success(request, done if form.at_once else _("Announced: every department concerned is asked."))
            return redirect("upkeep:stop", notice_id=made.id)
    close_if_impossible(request, form, _acts(grant, request.actor, None), to=("grants:detail", grant_id))
    shown = {
        "form": form,
        "grant": grant,
        "hearing": rulebook.deadline("stop_objection", start=at),
        "changes": queries_stop.running_changes(grant_id, actor=request.actor),
    }
    return render(request, "grants/revise.html", shown, status=422 if form.is_bound else 200)


@door(permissions.CERTIFY_DISPOSAL)
@require_http_methods(["GET", "POST"])
def dispose(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Certify the disposal of what was delivered."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    flow = delivery.flow_of(grant_id, actor=request.actor)
    duty = next(iter(queries.disposals(actor=request.actor, grant_id=grant_id)), None)
    counted = duty.node_rows if duty is not None and duty.node_rows is not None else flow.rows_in_table if flow else None
    form = DisposalForm(request.POST or None, initial={"rows_disposed": counted})

    def act() -> None:
        disposing.certify_disposal(grant_id=grant_id, **form.cleaned_data, by=request.actor, at=clock.now())

    done = _("Certified: the certificate is issued.")
    return _act(request, grant, form, act=act, template="grants/dispose.html", done=done, flow=flow, disposal=duty)


@door(permissions.ORDER_DESTRUCTION)
@require_POST
def destroy(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Order the department's own node to destroy the table."""
    queries.get_grant(grant_id, actor=request.actor)
    destroying.order_destruction(grant_id=grant_id, by=request.actor, at=clock.now())
    messages.success(request, _("Ordered. The node answers with what it did as soon as it is in contact."))
    return redirect("grants:detail", grant_id)


@door(permissions.VIEW)
@require_safe
def disposals(request: ActingRequest) -> HttpResponse:
    """Disposal duties, open ones first."""
    status = request.GET.get("status", "")
    rows = queries.disposals(actor=request.actor, status=status if status in states.DISPOSAL.states else "")
    text = request.GET.get("q", "").strip()
    if text:
        rows = [r for r in rows if text in r.resource_name or text in r.grant_number or text in r.consumer_name]
    page = lists.paginate(request, rows, filters=("status",))
    return render(request, "grants/disposals.html", {"page": page, "statuses": states.DISPOSAL.states})


@door(permissions.VIEW)
@require_safe
def filings(request: ActingRequest) -> HttpResponse:
    """What was filed with the authority."""
    page = lists.paginate(request, queries.filings(actor=request.actor))
    return render(request, "grants/filings.html", {"page": page})
