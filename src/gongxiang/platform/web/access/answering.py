"""Pages of the answering side: the notice, the reply's editor with its preview, the officer's consent."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.platform.access import actions, combining, permissions, queries
from gongxiang.platform.access.comparing import similar_requests
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web.access.forms import LinesForm, ReplyForm, TextForm
from gongxiang.platform.web.access.shown import asked_facts
from gongxiang.platform.web.access.views import act_page, offered_now
from gongxiang.platform.web.acting import close_if_impossible
from gongxiang.platform.web.dates import read_instant
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.grants import words
from gongxiang.platform.web.grants.forms import initial_fields
from gongxiang.platform.web.grants.views import element_names
from gongxiang.protocol import clock
from gongxiang.protocol.terms import Mask


def _key(request: ActingRequest, access_request_id: UUID) -> dict[str, Any]:
    return {"access_request_id": access_request_id, "by": request.actor, "at": clock.now()}


@door(permissions.RECEIVE)
@require_http_methods(["GET", "POST"])
def notice(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """Name everything that is missing, once."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    form = LinesForm(request.POST or None)
    return act_page(
        request, access_request, form, title=_("Notice of missing material"), button=_("Give the notice"),
        act=lambda: actions.notify_incomplete(
            missing=form.lines(), fields=form.cleaned_data["fields_named"], **_key(request, access_request_id)
        ),
        done=_("The notice is given; your period of reply stands until the request is completed."),
        happens=_(
            "The applicant is told everything that is missing, once. Your period stands and begins anew on completion. "
            "Missing material is never a ground of refusal."
        ),
        basis=("cn-809:21.2",), offer="notify",
    )  # fmt: skip


def _form(request: ActingRequest, access_request: AccessRequestView, resource: ResourceRef) -> ReplyForm:
    reply = access_request.reply
    if reply is None:
        initial = initial_fields(access_request.elements, {}, (), access_request.purposes, access_request.until)
        initial |= access_request.volume
        initial["outcome"] = "grant"
    else:
        initial = initial_fields(reply.elements, reply.masks, reply.conditions, reply.purposes, reply.until, reply.volume)
        initial |= {"outcome": reply.outcome, "ground": reply.ground, "text": reply.text}
    return ReplyForm(
        request.POST or None,
        initial=initial,
        elements=resource.elements,
        asked=access_request.elements,
        purposes=access_request.purposes,
    )


@door(permissions.PREPARE)
@require_http_methods(["GET", "POST"])
def reply(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """Prepare the reply: elements, masks, filter, purposes, period; or a refusal with its reasons."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    resource = catalogue.get_resource(access_request.resource_id)
    form = _form(request, access_request, resource)
    if form.is_bound and form.is_valid():
        try:
            actions.prepare_reply(**_written(form), **_key(request, access_request_id))
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Prepared. The accountable officer has to consent before it is given."))
            return redirect("access:detail", access_request_id)
    close_if_impossible(request, form, offered_now(request, access_request), to=("access:detail", access_request_id))
    names = element_names(resource)
    shown = {
        "form": form,
        "access_request": access_request,
        "resource": resource,
        "sentences": _sentences(form, resource),
        "elements": [(code, names.get(code, code)) for code in access_request.elements],
        "similar": [
            replace(one, refused_elements=tuple(names.get(code, code) for code in one.refused_elements))
            for one in similar_requests(access_request, actor=request.actor)
        ],
        **_aggregation(request, access_request, form, at=clock.now()),
        **asked_facts(access_request),
    }
    return render(request, "access/reply.html", shown, status=422 if form.is_bound else 200)


def _aggregation(request: ActingRequest, access_request: AccessRequestView, form: ReplyForm, *, at: datetime) -> dict[str, Any]:
    """What else the applicant holds, as far as this reader may know, and what the reply as it stands would complete."""
    elements: tuple[str, ...] = tuple(access_request.elements)
    masks: dict[str, Mask] = {}
    if form.is_bound and form.is_valid():
        terms = form.terms()
        elements, masks = terms["elements"], terms["masks"]
    own = access_request.grant_id or access_request.changes_grant_id
    new = combining.set_of_reply(access_request.resource_id, elements, masks)
    everything = permissions.sees_all(request.actor)
    held = [
        (one, combining.common_keys(new, one), everything or one.provider_id == request.actor.department_id)
        for one in combining.held_by(access_request.consumer_id, besides=own)
    ]
    found = combining.findings(
        consumer_id=access_request.consumer_id, resource_id=access_request.resource_id, elements=elements, masks=masks, at=at,
        besides=own,
    )  # fmt: skip
    return {"held": held, "findings": found}


def _written(form: ReplyForm) -> dict[str, Any]:
    names = ("outcome", "until", "ground", "text")
    return {**form.terms(), **{name: form.cleaned_data[name] for name in names}}


def _sentences(form: ReplyForm, resource: ResourceRef) -> list[str]:
    """The terms as they stand in the form, in words."""
    if form.is_bound:
        if not form.is_valid() or form.cleaned_data["outcome"] != "grant":
            return []
        terms = form.terms()
        purposes = [p.value for p in terms.pop("purposes")]
        return words.sentences(**terms, purposes=purposes, names=element_names(resource))
    return []


@door(permissions.PREPARE)
@require_POST
def preview(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The terms in words while the form is filled in."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    resource = catalogue.get_resource(access_request.resource_id)
    form = _form(request, access_request, resource)
    found = _aggregation(request, access_request, form, at=clock.now())
    return render(request, "access/parts/preview.html", {"sentences": _sentences(form, resource), **found})


@door(permissions.REPLY)
@require_POST
def give(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The accountable officer, or the authority's leader, consents to the prepared reply: it is given."""
    answered = actions.consent_reply(
        read_at=read_instant(request.POST.get("read_at", "")),
        aggregation_reason=request.POST.get("aggregation_reason", "").replace("\x00", "")[:2000],
        **_key(request, access_request_id),
    )
    if answered.grant_id is not None and answered.status != "REFUSED":
        messages.success(request, _("The reply is given and the grant exists; the flow opens within seconds."))
    else:
        messages.success(request, _("The reply is given."))
    return redirect("access:detail", access_request_id)


@door(permissions.REPLY)
@require_http_methods(["GET", "POST"])
def give_back(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The officer does not consent to the prepared reply."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    form = TextForm(request.POST or None, name="comment", label=_("What has to change"))
    return act_page(
        request, access_request, form, title=_("Return the prepared reply"), button=_("Return"), done=_("Returned."),
        act=lambda: actions.return_reply(**form.cleaned_data, **_key(request, access_request_id)),
        happens=_("The unit prepares the reply anew; the period of reply goes on."),
    )  # fmt: skip
