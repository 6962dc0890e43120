"""Pages of messages and files of a request."""

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.access import attaching, permissions, queries, states, talking
from gongxiang.platform.documents.policies import LARGEST
from gongxiang.platform.kernel.errors import NotPermitted, Refusal
from gongxiang.platform.web import lists
from gongxiang.platform.web.access.forms import MessageForm
from gongxiang.platform.web.declared import BOX, DeclaredFile
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.possible import possible
from gongxiang.protocol import clock

#: Messages on one page; the first page has the newest.
PAGE_SIZE = 50


def _bytes(sent: list[UploadedFile]) -> list[tuple[str, bytes]]:
    """Names and bytes; of a file too large no more than shows that it is."""
    return [(one.name or "", one.read(LARGEST + 1)) for one in sent[: talking.MOST_FILES + 1]]


@door(permissions.VIEW)
@require_http_methods(["GET", "POST"])
def thread(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """What both sides wrote to each other, and room for one more message."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    form = MessageForm(request.POST or None, request.FILES or None)
    at = clock.now()
    if form.is_bound and form.is_valid():
        try:
            talking.send_message(
                access_request_id=access_request_id, text=form.cleaned_data["text"],
                attached=_bytes(request.FILES.getlist("attached")), by=request.actor, at=at,
            )  # fmt: skip
        except NotPermitted:
            raise
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Sent; the other side is told."))
            return redirect("access:thread", access_request_id)
    page = lists.paginate(request, talking.messages_of(access_request_id, actor=request.actor), size=PAGE_SIZE)
    said = talking.views_of(access_request_id, page.rows, actor=request.actor)
    # Whoever opens the thread sees its newest page; looking into older ones leaves what came since unread.
    if request.method == "GET" and said and page.number == 1:
        talking.mark_read(access_request_id=access_request_id, by=request.actor, at=at)
    open_ = access_request.submitted_at is not None and access_request.status in states.OPEN
    may = possible(lambda: permissions.TALK.check(request.actor), lambda: talking.side_of(access_request, request.actor))
    shown = {"access_request": access_request, "said": said, "page": page, "form": form, "open": open_, "may": may}
    return render(request, "access/thread.html", shown, status=422 if form.is_bound else 200)


@door(permissions.VIEW)
@require_safe
def file(request: ActingRequest, access_request_id: UUID, upload_id: UUID) -> HttpResponse:
    """A file of the request, always as a download."""
    found = talking.file_of(access_request_id, upload_id, actor=request.actor)
    response = HttpResponse(found.content, content_type=found.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@door(permissions.APPLY)
@require_POST
def attach(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """Send a file as material of a draft, or of a request that is being completed."""
    back = "access:complete" if request.POST.get("back") == "complete" else "access:edit"
    queries.get_access_request(access_request_id, actor=request.actor)
    sent = request.FILES.get("file")
    if sent is not None and BOX.format("file") not in request.POST:
        messages.error(request, DeclaredFile.default_error_messages["declared"])
        return redirect(back, access_request_id)
    content = sent.read(LARGEST + 1) if sent is not None else b""
    try:
        kept = attaching.attach_material(
            access_request_id=access_request_id, name=sent.name or "" if sent is not None else "", content=content,
            by=request.actor, at=clock.now(),
        )  # fmt: skip
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.message} {refusal.advice}")
    else:
        messages.success(request, _("Attached: %(name)s") % {"name": kept.name})
    return redirect(back, access_request_id)


@door(permissions.APPLY)
@require_POST
def detach(request: ActingRequest, access_request_id: UUID, upload_id: UUID) -> HttpResponse:
    """Leave a file out of the draft again."""
    queries.get_access_request(access_request_id, actor=request.actor)
    attaching.detach_material(access_request_id=access_request_id, upload_id=upload_id, by=request.actor, at=clock.now())
    messages.success(request, _("Left out of the request."))
    return redirect("access:edit", access_request_id)
