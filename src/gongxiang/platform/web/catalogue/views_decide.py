"""The working page of an entry with its acts, and the queues of reviewer, officer and authority."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.catalogue import actions, queries, queries_editing, upkeep
from gongxiang.platform.catalogue.permissions import (
    COMPILE,
    CONSENT,
    DECIDE,
    EXCEPT,
    QUEUES,
    RATIFY,
    RETURN,
    REVIEW,
    SEARCH,
    SUBMIT,
    WITHDRAW,
)  # fmt: skip
from gongxiang.platform.catalogue.states import RESOURCE
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import queries_stop
from gongxiang.platform.grants.effects import effects_of_draft, mark_of
from gongxiang.platform.grants.sending import send_one_seen
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.batches.forms import BatchForm
from gongxiang.platform.web.batches.offered import SIZES, offered
from gongxiang.platform.web.catalogue import asked, columns
from gongxiang.platform.web.catalogue.acts import offers_for
from gongxiang.platform.web.catalogue.forms import ConsentForm, OpinionForm, ReasonForm, RemarksForm
from gongxiang.platform.web.catalogue.labels import ELEMENT_FIELDS, FIELDS, field_label
from gongxiang.platform.web.catalogue.present import ShownDifference, differences_in_words
from gongxiang.platform.web.catalogue.views_search import content_context
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.upkeep.effects import in_words
from gongxiang.protocol import clock


@door(SEARCH)
@require_safe
def entry(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """The entry as it is being worked on: content, remarks, what differs, whose turn it is, what I may do."""
    draft = queries.find_draft(resource_id, actor=request.actor)
    if draft is None and queries.get_resource(resource_id, actor=request.actor).version:
        return redirect("catalogue:resource", resource_id=resource_id)
    return _page(request, draft or queries.get_draft(resource_id, actor=request.actor))


@door(QUEUES)
@require_safe
def reviews(request: ActingRequest) -> HttpResponse:
    """What waits for an act of mine, the most urgent first."""
    rows = asked.waiting(request.GET, request.actor)
    if request.GET.get("export") == "csv":
        return lists.export_csv("waiting", columns.of_waiting(), rows)
    page = lists.paginate(request, rows, filters=("status", "department"), sizes=SIZES)
    batch = {"acts": offered(request.actor), "form": BatchForm(), "all": request.GET.get("ticked") == "all"}
    context = {
        "page": page,
        "batch": batch,
        "states": [(name, labels.state("resource", name)[0]) for name in RESOURCE.states],
        "providers": queries.waiting_providers(request.actor),
        "narrowed": any(request.GET.get(name) for name in ("q", "status", "department")),
        "sort": request.GET.get("sort", ""),
    }
    return render(request, "catalogue/reviews.html", context)


@door(RATIFY)
@require_safe
def ratifications(request: ActingRequest) -> HttpResponse:
    """Withholdings that wait for ratification, and those in force, gone through again each year."""
    waiting = queries.waiting_for_ratification(request.actor)
    page = lists.paginate(request, queries.withheld_entries(request.actor))
    return render(request, "catalogue/ratifications.html", {"waiting": waiting, "page": page})


@door(COMPILE)
@require_POST
def send(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Send a complete draft for review, from its page, where what it does to live grants stands (条例 27)."""
    seen = request.POST.get("seen", "") if request.POST.get("looked") == "on" else ""
    return _act(request, resource_id, "plain", None, lambda _form: partial(send_one_seen, seen=seen), _("Sent for review."))


@door(REVIEW)
@require_POST
def pass_review(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """The reviewer finds it right."""
    said = _("Reviewed: the accountable officer goes on.")
    return _act(request, resource_id, "plain", None, lambda _form: actions.pass_review, said)


@door(CONSENT)
@require_POST
def consent(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """The accountable officer's statements and consent."""
    draft = queries.get_draft(resource_id, actor=request.actor)
    form = ConsentForm(request.POST, content=draft.content)

    def act(_form: Any) -> Callable[..., DraftRef]:
        return lambda **who: actions.consent_to_resource(
            secrecy_statement=form.cleaned_data["secrecy_statement"],
            impact_assessment=form.assessment(),
            standing=form.cleaned_data.get("standing", False),
            **who,
        )

    return _act(request, resource_id, "consent", form, act, _("Consented: the entry can be submitted."))


@door(SUBMIT)
@require_POST
def submit(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Submit to the authority."""
    said = _("Submitted: the authority's period of review runs.")
    return _act(request, resource_id, "plain", None, lambda _form: actions.submit_resource, said)


@door(RETURN)
@require_POST
def send_back(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Return with remarks on fields."""
    draft = queries.get_draft(resource_id, actor=request.actor)
    form = RemarksForm(request.POST, choices=_fields_of(draft))

    def act(_form: Any) -> Callable[..., DraftRef]:
        return lambda **who: actions.return_resource(remarks=form.remarks(), **who)

    return _act(request, resource_id, "remarks", form, act, _("Returned with your remarks."))


@door(RATIFY)
@require_POST
def ratify(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Ratify a withholding."""
    form = OpinionForm(request.POST)

    def act(_form: Any) -> Callable[..., DraftRef]:
        return lambda **who: actions.ratify_withholding(opinion=form.cleaned_data["opinion"], **who)

    return _act(request, resource_id, "opinion", form, act, _("Withholding ratified: the entry can be published."))


@door(EXCEPT)
@require_POST
def allow_lower_basis(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Record an exception for a basis below the Regulation's rank."""
    form = ReasonForm(request.POST, auto_id="exception_%s")
    statute = queries.get_draft(resource_id, actor=request.actor).content.withholding.statute

    def act(_form: Any) -> Callable[..., None]:
        return lambda **who: actions.allow_lower_basis(statute=statute, reason=form.cleaned_data["reason"], **who)

    return _act(request, resource_id, "exception", form, act, _("Exception recorded."))


@door(DECIDE)
@require_POST
def publish(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Publish."""
    said = _("Published: every department finds the entry now.")
    return _act(request, resource_id, "plain", None, lambda _form: actions.publish_resource, said)


@door(COMPILE)
@require_POST
def revise(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Begin a new version and open its form."""
    actions.revise_resource(resource_id=resource_id, by=request.actor, at=clock.now())
    return redirect("catalogue:edit", resource_id=resource_id)


@door(COMPILE)
@require_POST
def discard(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Give a revision up."""
    return _act(request, resource_id, "plain", None, lambda _form: actions.discard_revision, _("Revision discarded."))


@door(WITHDRAW)
@require_POST
def withdraw(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Take the entry out of the catalogue."""
    form = ReasonForm(request.POST, auto_id="withdrawal_%s")

    def act(_form: Any) -> Callable[..., DraftRef]:
        return lambda **who: actions.withdraw_resource(reason=form.cleaned_data["reason"], **who)

    return _act(request, resource_id, "withdrawal", form, act, _("Withdrawn: its versions stay citable."))


def _act(
    request: ActingRequest, resource_id: UUID, name: str, form: Any, act: Callable[[Any], Callable[..., Any]], said: Any
) -> HttpResponse:
    """Call the act with what was typed; a refusal comes back at its field, with the form as it was."""
    refusal: Refusal | None = None
    if form is None or form.is_valid():
        try:
            act(form)(resource_id=resource_id, by=request.actor, at=clock.now())
        except Refusal as refused:
            refusal = refused
            if form is not None:
                form.show_refusal(refused)
        else:
            messages.success(request, said)
            if queries.find_draft(resource_id, actor=request.actor) is None and name == "remarks":
                return redirect("catalogue:reviews")
            return redirect("catalogue:entry", resource_id=resource_id)
    draft = queries.find_draft(resource_id, actor=request.actor)
    if draft is None:
        assert refusal is not None
        raise refusal
    return _page(request, draft, forms={name: form} if form is not None else {}, refusal=refusal, status=422)


def _page(
    request: ActingRequest,
    draft: DraftRef,
    *,
    forms: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, at = request.actor, clock.now()
    shown: dict[str, Any] = {
        "consent": ConsentForm(content=draft.content),
        "remarks": RemarksForm(choices=_fields_of(draft)),
        "opinion": OpinionForm(),
        "exception": ReasonForm(auto_id="exception_%s"),
        "withdrawal": ReasonForm(auto_id="withdrawal_%s"),
        **(forms or {}),
    }
    differences: tuple[ShownDifference, ...] = ()
    if draft.version and draft.status not in ("PUBLISHED", "WITHDRAWN"):
        before = queries.published_version(draft.id).content
        differences = differences_in_words(queries.changes_of_draft(draft.id), before, draft.content)
    effects = effects_of_draft(draft, actor=actor, at=at)
    context = {
        "draft": draft,
        "effects": in_words(effects),
        "effects_refused": any(effect.refused for effect in effects),
        "effects_touched": any(effect.consequences for effect in effects),
        "effects_mark": mark_of(effects),
        "others": queries_editing.editing_now(draft.id, actor=actor, at=at),
        "copies": queries_editing.copies_of(draft.id, actor=actor),
        "stop": queries_stop.running_stop(draft.id, actor=actor) if draft.version else None,
        "offers": offers_for(actor, draft, at=at),
        "forms": shown,
        "refusals": getattr(refusal, "shortfalls", (refusal,)) if refusal and not forms else (),
        "remarks": [(field_label(path) if path else "", text) for path, text in draft.remarks],
        "differences": differences,
        "hints": hints_on(draft, at=at) if draft.status != "WITHDRAWN" else (),
        "news": evidence.trail_of(f"resource:{draft.id}", by=actor)[-30:],
        **content_context(draft.content),
    }
    return render(request, "catalogue/entry.html", context, status=status)


def hints_on(draft: DraftRef, *, at: datetime) -> list[tuple[str, Refusal]]:
    """Points worth a second look, each with its field in words."""
    return [(field_label(h.field) if h.field else "", h) for h in upkeep.hints_for(draft.id, draft.content, at=at)]


def _fields_of(draft: DraftRef) -> list[tuple[str, Any]]:
    """What a remark can be on: every field, every element by name."""
    fields: list[tuple[str, Any]] = [(path, label) for path, label in FIELDS.items() if path != "withholding"]
    fields += [
        (
            f"elements.{number}.{name}",
            f"{FIELDS['elements']} · {element.name or element.code or number + 1} · {ELEMENT_FIELDS[name]}",
        )
        for number, element in enumerate(draft.content.elements)
        for name in ("name", "type", "data_class", "sensitivity")
    ]
    return fields
