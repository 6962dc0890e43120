"""Pages of disputes: the list, opening one, its page, and what both sides do while they consult."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.access import disputing, states
from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access import queries as requests
from gongxiang.platform.access import queries_dispute as queries
from gongxiang.platform.access.queries_dispute import DisputeView
from gongxiang.platform.access.states_dispute import DISPUTE
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.access.views import offered_now
from gongxiang.platform.web.acting import close_if_impossible, done_or_form
from gongxiang.platform.web.dates import period_in_words
from gongxiang.platform.web.disputes.forms import FileForm, MeetingForm, OpenForm, TextForm
from gongxiang.platform.web.disputes.shown import acts_of, confirmable, sentences
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.grants.forms import initial_fields
from gongxiang.platform.web.grants.views import element_names
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant
from gongxiang.protocol.terms import Volume

_EXPORT = 10_000
_BOXES = {
    "": gettext_lazy("Every dispute"),
    "mine": gettext_lazy("Waiting for us"),
    "open": gettext_lazy("Not over yet"),
    "ended": gettext_lazy("Disputes that are over"),
}
_COLUMNS: list[tuple[Any, Callable[[Any], Any]]] = [
    (gettext_lazy("Number"), lambda one: one.number),
    (gettext_lazy("Resource"), lambda one: one.resource_name),
    (gettext_lazy("Applicant"), lambda one: one.consumer_name),
    (gettext_lazy("Provider"), lambda one: one.provider_name),
    (gettext_lazy("State"), lambda one: labels.state("dispute", one.status)[0]),
    (gettext_lazy("Turn"), lambda one: labels.code("turn", one.turn) if one.turn else ""),
    (gettext_lazy("Outcome of the consultation"), lambda one: labels.code("consulted", one.consulted) if one.consulted else ""),
    (gettext_lazy("Put forward"), lambda one: instant(one.opened_at)),
    (gettext_lazy("Due"), lambda one: instant(one.due_at) if one.due_at else ""),
    (gettext_lazy("Decision on the dispute"), lambda one: one.decision_number),
    (gettext_lazy("Over since"), lambda one: instant(one.ended_at) if one.ended_at else ""),
]


@door(permissions.VIEW)
@require_safe
def disputes(request: ActingRequest) -> HttpResponse:
    """The disputes of my department; all for authority and audit."""
    box = request.GET.get("box", "")
    box = box if box in _BOXES else ""
    status = request.GET.get("status", "")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = queries.find_disputes(actor=request.actor, box=box, text=text, statuses=(status,))
    if request.GET.get("export") == "csv":
        return lists.export_csv("disputes", _COLUMNS, found[:_EXPORT])
    sorts = {"new": ["-opened_at", "-number"], "due": ["due_at", "-opened_at"], "name": ["resource_name", "-opened_at"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status", "box"))
    page.rows = [queries.view_of(row) for row in page.rows]
    shown = {"page": page, "box": box, "boxes": _BOXES.items(), "statuses": DISPUTE.states}
    return render(request, "disputes/list.html", shown)


@door(permissions.OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def open_one(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """What of the refusal is disputed, and why."""
    asked = requests.get_access_request(access_request_id, actor=request.actor)
    names = element_names(catalogue.get_resource(asked.resource_id))
    whole, elements, purposes = asked.status == states.REFUSED, asked.elements, asked.purposes
    if not whole and asked.grant_id is not None and grants.live_grant(asked.grant_id) is not None:
        terms = grants.current_terms(asked.grant_id)
        given = {p.value for p in terms.purposes}
        elements = [code for code in elements if code not in terms.elements or code in terms.masks]
        purposes = [p for p in purposes if p not in given]
    form = OpenForm(
        *_posted(request), elements=[(code, names.get(code, code)) for code in elements], purposes=purposes, whole=whole,
        initial={"elements": elements, "purposes": purposes},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        data, at = form.cleaned_data, clock.now()
        part = {} if whole else {"elements": data.get("elements", []), "purposes": data.get("purposes", [])}
        try:
            made = disputing.open_dispute(
                access_request_id=access_request_id, grounds=data["grounds"], rest=data.get("rest", ""),
                new_facts=data["new_facts"], by=request.actor, at=at, **part,
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            days = period_in_words("consultation")
            messages.success(request, _("The dispute is open. Both sides have %(days)s to agree.") % {"days": days})
            _attach(request, made.pk, data["file"])
            return redirect("disputes:detail", made.pk)
    close_if_impossible(request, form, offered_now(request, asked), to=("access:detail", access_request_id), offer="consult")
    shown = {"form": form, "access_request": asked, "whole": whole}
    return render(request, "disputes/open.html", shown, status=422 if form.is_bound else 200)


@door(permissions.VIEW)
@require_safe
def detail(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute: what it is about, whose turn, meetings, statements, opinion, decision, papers, everything that happened."""
    dispute, actor = queries.get_dispute(dispute_id, actor=request.actor), request.actor
    asked = requests.get_access_request(dispute.access_request_id, actor=actor)
    names = element_names(catalogue.get_resource(dispute.resource_id))
    case = f"dispute:{dispute.id}"
    shown = {
        "dispute": dispute,
        "access_request": asked,
        "elements": [names.get(code, code) for code in dispute.elements],
        "meetings": [(one, confirmable(dispute, one, actor), sentences(one.terms, names)) for one in dispute.meetings],
        "opinion": sentences(dispute.opinion, names),
        "decision": sentences(dispute.decision, names),
        "shows_opinion": dispute.opinion and (dispute.opinion_given_at or permissions.MEDIATE.allows(actor)),
        "acts": acts_of(dispute, actor),
        "papers": documents.documents_of(case, actor=actor),
        "files": documents.uploads_of(case),
        "news": [one for one in evidence.trail_of(case, by=actor) if one.kind.startswith("dispute:")],
    }
    return render(request, "disputes/detail.html", shown)


def act_page(
    request: ActingRequest, dispute: DisputeView, form: Form, *, template: str = "disputes/act.html", **shown: Any
) -> HttpResponse:
    """The page of one act on a dispute."""
    offered = acts_of(dispute, request.actor)
    return done_or_form(
        request, form, to=("disputes:detail", dispute.id), template=template, dispute=dispute, offered=offered, **shown
    )


def terms_kwargs(dispute: DisputeView, request: ActingRequest) -> dict[str, Any]:
    """What the editor of terms is told: the resource's elements, what was asked, what is granted already."""
    asked = requests.get_access_request(dispute.access_request_id, actor=request.actor)
    initial = initial_fields(asked.elements, {}, (), asked.purposes, asked.until, Volume.from_json(asked.volume))
    return {
        "elements": catalogue.get_resource(dispute.resource_id).elements, "asked": asked.elements, "purposes": asked.purposes,
        "initial": initial,
    }  # fmt: skip


@door(permissions.RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Minutes of a meeting, with the terms where something was agreed."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    form = MeetingForm(*_posted(request), **terms_kwargs(dispute, request))

    def act() -> None:
        disputing.record_meeting(dispute_id=dispute_id, by=request.actor, at=clock.now(), **form.values())
        _attach(request, dispute_id, form.cleaned_data["file"])

    return act_page(
        request, dispute, form, act=act, done=_("The minutes are written; the accountable officer of each side confirms them."),
        template="disputes/meeting.html",
    )  # fmt: skip


@door(permissions.CONFIRM)
@require_POST
def confirm(request: ActingRequest, meeting_id: UUID) -> HttpResponse:
    """My side confirms the minutes."""
    dispute = queries.get_dispute(queries.dispute_of_meeting(meeting_id), actor=request.actor)
    made = disputing.confirm_minutes(meeting_id=meeting_id, by=request.actor, at=clock.now())
    if made.document_id and made.terms:
        messages.success(request, _("Confirmed by both sides. The reply lies ready: the provider's officer gives it."))
    else:
        messages.success(request, _("Confirmed."))
    return redirect("disputes:detail", dispute.id)


@door(permissions.ATTACH)
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """A file for both sides and the authority."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    form = FileForm(*_posted(request))

    def act() -> None:
        file = form.cleaned_data["file"]
        disputing.attach_file(dispute_id=dispute_id, name=file.name, content=file.read(), by=request.actor, at=clock.now())

    return act_page(
        request, dispute, form, act=act, done=_("Attached."), title=_("Attach a file"), button=_("Attach"),
        happens=_("Both sides and the authority can read it; it stays in the case."),
    )  # fmt: skip


@door(permissions.CONFIRM)
@require_http_methods(["GET", "HEAD", "POST"])
def mediate(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Bring the consultation before the authority."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    form = TextForm(request.POST if request.method == "POST" else None, name="statement", label=_("What could not be agreed"))
    return act_page(
        request, dispute, form, title=_("Bring before the authority"), button=_("Bring before the authority"),
        act=lambda: disputing.ask_mediation(
            access_request_id=dispute.access_request_id, by=request.actor, at=clock.now(), **form.cleaned_data
        ),
        done=_("The authority has the turn."),
        happens=_("The authority hears both and gives an opinion; accepted by both it binds, else the government decides."),
        basis=("wushen-2021-60:21(2)", "cn-809:28.2"),
    )  # fmt: skip


@door(permissions.OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """The applicant no longer disputes."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    form = TextForm(request.POST if request.method == "POST" else None, name="reason", label=_("Why it is withdrawn"))
    return act_page(
        request, dispute, form, title=_("Withdraw the dispute"), button=_("Withdraw"), danger=True, done=_("Withdrawn."),
        act=lambda: disputing.withdraw_dispute(dispute_id=dispute_id, by=request.actor, at=clock.now(), **form.cleaned_data),
        happens=_("The reply stands as it was given; a part that was granted stays granted."),
    )  # fmt: skip


def _posted(request: ActingRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _attach(request: ActingRequest, dispute_id: UUID, file: Any) -> None:
    """The file of a form, if there is one; what is wrong with it does not undo the act."""
    if not file:
        return
    try:
        disputing.attach_file(dispute_id=dispute_id, name=file.name, content=file.read(), by=request.actor, at=clock.now())
    except Refusal as refusal:
        messages.warning(request, _("The file was not attached: %(why)s") % {"why": refusal.message})
