"""The agreement on paper and for machines: print, issue, hand in what was sealed, take the terms as ODRL."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.agreements import paper, permissions, queries, sealing
from gongxiang.platform.documents.queries import MEDIA_TYPES
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import second_factor
from gongxiang.platform.web.agreements.forms import CountersealForm, SealForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock, odrl


def attached(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A download under a Chinese name."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response


@door(permissions.READ)
@require_safe
def as_pdf(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """The text as it stands, as PDF: to be read or sealed."""
    return _text(request, agreement_id, "pdf")


@door(permissions.READ)
@require_safe
def as_word(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """The text as it stands, as Word."""
    return _text(request, agreement_id, "docx")


@door(permissions.READ)
@require_safe
def as_odrl(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """The terms as ODRL 2.2 JSON-LD."""
    agreement = queries.agreement_ref(agreement_id, actor=request.actor)
    content = json.dumps(paper.policy(agreement), ensure_ascii=False, indent=2).encode("utf-8")
    return attached(content, f"{agreement.number}.jsonld", odrl.CONTENT_TYPE)


@door(permissions.PAPER)
@require_POST
def issue(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """Issue the paper with its code of verification, or open the one that was issued."""
    document = paper.issue_paper(agreement_id=agreement_id, by=request.actor, at=clock.now())
    return redirect("documents:document", document.id)


@door(permissions.SEAL)
@require_http_methods(["GET", "POST"])
def seal(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """Hand in the scan of the paper that my department sealed."""
    return _seal(request, agreement_id, SealForm, sealing.seal_for_department, _("Handed in. The authority's leader is next."))


@door(permissions.COUNTERSEAL)
@require_http_methods(["GET", "POST"])
def counterseal(request: ActingRequest, agreement_id: UUID) -> HttpResponse:
    """Hand in the scan of the copy that both sealed: the agreement is in force."""
    return _seal(request, agreement_id, CountersealForm, sealing.seal_for_authority, _("The agreement is in force."))


def _text(request: ActingRequest, agreement_id: UUID, form: str) -> HttpResponse:
    agreement = queries.agreement_ref(agreement_id, actor=request.actor)
    return attached(paper.print_text(agreement, form), f"{agreement.number}.{form}", MEDIA_TYPES[form])


def _seal(
    request: ActingRequest, agreement_id: UUID, kind: type[SealForm], act: Callable[..., object], done: str
) -> HttpResponse:
    agreement = queries.agreement_ref(agreement_id, actor=request.actor)
    # Asked before the file is chosen, so that it need not be chosen twice; the page can be read without it.
    fresh = second_factor.is_fresh(request)
    if request.method == "GET" and "begin" in request.GET and not fresh:
        return second_factor.ask(request)
    form = kind(request.POST, request.FILES) if request.method == "POST" else kind()
    if form.is_valid():
        values: dict[str, Any] = dict(form.cleaned_data)
        sent = values.pop("file")
        try:
            act(
                agreement_id=agreement_id, name=sent.name, content=sent.read(), **values, by=request.actor, at=clock.now()
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, done)
            return redirect("agreements:agreement", agreement_id)
    open_now = agreement.status == ("DRAFTED" if kind is SealForm else "SIGNED_BY_DEPARTMENT")
    why_not = queries.why_not_sign(agreement_id, actor=request.actor, at=clock.now()) if open_now else None
    context = {
        "agreement": agreement, "form": form, "open": open_now, "why_not": why_not, "figures": sealing.FIGURES, "fresh": fresh,
    }  # fmt: skip
    return render(request, "agreements/seal.html", context, status=422 if form.is_bound else 200)
