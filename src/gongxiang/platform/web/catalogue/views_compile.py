"""Compiling: my department's entries, the form with drafts saved while typing, rows added and moved without script."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import actions, permissions, queries, queries_editing
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.errors import DraftChangedMeanwhile
from gongxiang.platform.catalogue.permissions import COMPILE, OWN
from gongxiang.platform.catalogue.states import CONSENTED, EDITABLE, RESOURCE
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.grants.errors import EffectNotSeen
from gongxiang.platform.grants.sending import send_one_seen
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.batches.offered import SIZES, offered
from gongxiang.platform.web.catalogue import asked, columns
from gongxiang.platform.web.catalogue.conflicts import Conflict, conflict_of, keep_what_was_typed
from gongxiang.platform.web.catalogue.editing import Editor
from gongxiang.platform.web.catalogue.labels import field_label
from gongxiang.platform.web.catalogue.views_decide import hints_on
from gongxiang.platform.web.catalogue.views_export import offer
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.numbers import whole
from gongxiang.protocol import clock


@door(OWN)
@require_safe
def mine(request: ActingRequest) -> HttpResponse:
    """My department's entries, filtered by name, code and state; as CSV with `export=csv`."""
    rows = asked.own(request.GET, request.actor)
    if request.GET.get("export") == "csv":
        return offer(request, "own", "csv", len(rows)) or lists.export_csv("entries", columns.of_own(), rows)
    page = lists.paginate(request, rows, filters=("status",), sizes=SIZES)
    states = [(name, labels.state("resource", name)[0]) for name in RESOURCE.states]
    may_compile = COMPILE.allows(request.actor)
    acts = {act: label for act, label in offered(request.actor).items() if act in ("send", "submit")}
    batch = {"acts": acts, "all": request.GET.get("ticked") == "all", "states": (*EDITABLE, CONSENTED), "back": "mine"}
    context = {"page": page, "states": states, "may_compile": may_compile, "batch": batch, "sort": request.GET.get("sort", "")}
    return render(request, "catalogue/mine.html", context)


@door(COMPILE)
@require_POST
def begin(request: ActingRequest) -> HttpResponse:
    """Begin an entry and open its form."""
    draft = actions.draft_resource(by=request.actor, at=clock.now())
    return redirect("catalogue:edit", resource_id=draft.id)


@door(COMPILE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """The form of an entry; POST saves what can be read, and with `act=send` sends it for review."""
    draft = _editable(request, resource_id)
    if draft is None:
        if request.method == "POST":
            keep_what_was_typed(request, resource_id)
        return redirect("catalogue:entry", resource_id=resource_id)
    actions.note_editing(resource_id=resource_id, by=request.actor, at=clock.now())
    if request.method != "POST":
        return _page(request, draft, Editor(before=draft.content, provider_id=draft.provider_id, actor=request.actor))
    editor = Editor(before=draft.content, provider_id=draft.provider_id, actor=request.actor, data=request.POST)
    try:
        readable = editor.is_valid
        draft = _save(request, draft, editor.content())
        if readable and request.POST.get("act") == "send":
            send_one_seen(resource_id=resource_id, seen="", by=request.actor, at=clock.now())
            messages.success(request, _("Sent for review: your department's reviewer goes on."))
            return redirect("catalogue:entry", resource_id=resource_id)
    except EffectNotSeen:
        messages.warning(request, _("Saved. Look at what it does to those who use the resource, then send it."))
        return redirect(f"{reverse('catalogue:entry', args=[resource_id])}#effects")
    except DraftChangedMeanwhile as refusal:
        return _page(request, draft, editor, status=422, conflict=conflict_of(request, draft, editor.content(), refusal))
    except Refusal as refusal:
        editor.show(refusal)
        return _page(request, draft, editor, status=422)
    if not readable:
        return _page(request, draft, editor, status=422)
    messages.success(request, _("Draft saved."))
    return redirect("catalogue:edit", resource_id=resource_id)


@door(COMPILE)
@require_POST
def autosave(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Save while typing; the answer is the line that says so and carries the new revision."""
    draft = _editable(request, resource_id)
    if draft is None:
        keep_what_was_typed(request, resource_id)
        raise WrongState(state=queries.get_draft(resource_id, actor=request.actor).status, subject="resource")
    actions.note_editing(resource_id=resource_id, by=request.actor, at=clock.now())
    editor = Editor(before=draft.content, provider_id=draft.provider_id, actor=request.actor, data=request.POST)
    problem: Refusal | None = None
    kept: UUID | None = None
    try:
        draft = _save(request, draft, editor.content())
    except DraftChangedMeanwhile as refusal:
        problem = refusal
        kept = conflict_of(request, draft, editor.content(), refusal).copy.id
    except Refusal as refusal:
        problem = refusal
    revision = request.POST.get("revision", "0") if problem else draft.revision
    context = {"draft": draft, "revision": revision, "problem": problem, "kept": kept}
    return render(request, "catalogue/parts/saved.html", context)


@door(COMPILE)
@require_POST
def rows(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Add, remove or move rows: the tables come back with everything that was typed."""
    draft = _editable(request, resource_id)
    if draft is None:
        raise WrongState(state=queries.get_draft(resource_id, actor=request.actor).status, subject="resource")
    editor = Editor(before=draft.content, provider_id=draft.provider_id, actor=request.actor, data=request.POST)
    editor.change_rows(request.POST.get("op", ""))
    return render(request, "catalogue/parts/rows.html", {"draft": draft, "editor": editor})


def _editable(request: ActingRequest, resource_id: UUID) -> DraftRef | None:
    """My department's draft if it may still be changed."""
    draft = queries.get_draft(resource_id, actor=request.actor)
    permissions.check_own(request.actor, draft.provider_id)
    return draft if draft.status in EDITABLE else None


def _save(request: ActingRequest, draft: DraftRef, content: Content) -> DraftRef:
    """Save over the revision that was shown; a save of my own that overtook this one is no conflict."""
    typed = request.POST.get("revision", "")
    seen = whole(typed)
    try:
        return actions.save_draft(resource_id=draft.id, content=content, seen=seen, by=request.actor, at=clock.now())
    except DraftChangedMeanwhile:
        if draft.saved_by != request.actor.name or seen != draft.revision - 1:
            raise
        return actions.save_draft(resource_id=draft.id, content=content, seen=draft.revision, by=request.actor, at=clock.now())


def _page(
    request: ActingRequest, draft: DraftRef, editor: Editor, *, status: int = 200, conflict: Conflict | None = None
) -> HttpResponse:
    remarks = {path: text for path, text in draft.remarks if path in editor.entry.fields}
    other = [(field_label(path) if path else "", text) for path, text in draft.remarks if path not in editor.entry.fields]
    sections = [
        (key, title, [(field, remarks.get(field.name, "")) for field in fields]) for key, title, fields in editor.entry.sections
    ]
    hints = hints_on(draft, at=clock.now())
    context = {
        "hints": hints,
        "draft": draft,
        "editor": editor,
        "sections": sections,
        "remarks": other,
        # After a conflict the page stays on the revision it showed: a second save does not write over the other's text.
        "revision": conflict.copy.seen if conflict else draft.revision,
        "conflict": conflict,
        "others": queries_editing.editing_now(draft.id, actor=request.actor, at=clock.now()),
    }
    return render(request, "catalogue/edit.html", context, status=status)
