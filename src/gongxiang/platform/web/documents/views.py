"""Issued documents: the public page behind a verification code, the list of those I may open, their files."""

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.documents import actions, permissions, queries
from gongxiang.platform.documents.errors import CodeUnknown
from gongxiang.platform.documents.permissions import READ, WITHDRAW
from gongxiang.platform.documents.policies import LARGEST
from gongxiang.platform.documents.rendering import fonts
from gongxiang.platform.documents.states import DOCUMENT, VALID
from gongxiang.platform.grants.paper import standing_of_paper
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.kernel.permissions import PUBLIC
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.documents.forms import VerifyForm, WithdrawForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock
from gongxiang.protocol.evidence import sm3


@door(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: ActingRequest) -> HttpResponse:
    """Enter a code from paper; with the file, its digest is compared as well. The file is not kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            found = queries.resolve(form.cleaned_data["code"])
        except CodeUnknown as refusal:
            refusal.field = "code"
            form.show_refusal(refusal)
        else:
            if sent is None:
                return redirect("documents:verified", code=queries.plain_code(found.code))
            if sent.size > LARGEST:
                form.add_error("file", _("This file is larger than any document that was issued here."))
            else:
                same = sm3(sent.read()).hex() in {digest for _format, digest in found.digests}
                return _verified(request, found, compared=True, same=same)
    return render(request, "documents/verify.html", {"form": form}, status=422 if form.is_bound else 200)


@door(PUBLIC)
@require_safe
def verified(request: ActingRequest, code: str) -> HttpResponse:
    """What anybody may know who holds the code: title, number, issuer, date, digest, valid or withdrawn."""
    try:
        return _verified(request, queries.resolve(code))
    except CodeUnknown as refusal:
        return render(request, "documents/verify.html", {"form": VerifyForm(), "refusal": refusal}, status=404)


def _verified(request: ActingRequest, found: queries.PublicDocument, **compared: bool) -> HttpResponse:
    standing = standing_of_paper(kind=found.kind, trail=found.trail)
    return render(request, "documents/verified.html", {"document": found, "grant": standing, **compared})


@door(READ)
@require_safe
def issued(request: ActingRequest) -> HttpResponse:
    """The documents that concern my department."""
    text, status = request.GET.get("q", "").replace("\x00", "").strip()[:200], request.GET.get("status", "")
    rows = queries.documents(request.actor, text=text, status=status)
    if request.GET.get("export") == "csv":
        columns = [
            (_("Number"), lambda d: d.number),
            (_("Title"), lambda d: d.title),
            (_("Issuer"), lambda d: d.issuer),
            (_("Date of issue"), lambda d: d.issued_at.astimezone(clock.BEIJING).date().isoformat()),
            (_("State"), lambda d: labels.state("document", d.status)[0]),
        ]
        return lists.export_csv("documents", columns, rows.iterator())
    page = lists.paginate(request, rows, filters=("status",))
    states = [(name, labels.state("document", name)[0]) for name in DOCUMENT.states]
    return render(request, "documents/list.html", {"page": page, "states": states})


@door(READ)
@require_safe
def document(request: ActingRequest, document_id: UUID) -> HttpResponse:
    """One document with its files, its code, and its withdrawal."""
    return _page(request, document_id, WithdrawForm())


@door(WITHDRAW)
@require_POST
def withdraw(request: ActingRequest, document_id: UUID) -> HttpResponse:
    """Declare it no longer valid."""
    queries.get_document(document_id, actor=request.actor)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions.withdraw_document(document_id=document_id, reason=reason, by=request.actor, at=clock.now())
        except NotFound:
            raise
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The document is withdrawn; its public page says so from now on."))
            return redirect("documents:document", document_id=document_id)
    return _page(request, document_id, form, status=422)


@door(READ)
@require_safe
def as_pdf(request: ActingRequest, document_id: UUID) -> HttpResponse:
    """The PDF, byte for byte as issued."""
    return _file(queries.content(document_id, "pdf", actor=request.actor))


@door(READ)
@require_safe
def as_word(request: ActingRequest, document_id: UUID) -> HttpResponse:
    """The Word file, byte for byte as issued."""
    return _file(queries.content(document_id, "docx", actor=request.actor))


@door(READ)
@require_safe
def upload(request: ActingRequest, upload_id: UUID) -> HttpResponse:
    """An attached file, always as a download: what somebody sent is never shown inside the site."""
    return _file(queries.upload_content(upload_id, actor=request.actor))


def _file(file: queries.Content) -> HttpResponse:
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _page(request: ActingRequest, document_id: UUID, form: WithdrawForm, *, status: int = 200) -> HttpResponse:
    found = queries.get_document(document_id, actor=request.actor)
    mine = found.issued_department == request.actor.department_id and permissions.WITHDRAW.allows(request.actor)
    context = {"document": found, "form": form, "may_withdraw": mine and found.status == VALID}
    context["stand_ins"] = fonts.stand_ins()
    return render(request, "documents/document.html", context, status=status)
