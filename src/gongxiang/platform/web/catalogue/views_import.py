"""Import and export of entries: send a file, watch it being checked, confirm, undo; download in four forms."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.catalogue import actions, imports, surroundings
from gongxiang.platform.catalogue.permissions import COMPILE, OWN
from gongxiang.platform.catalogue.states_import import CATALOGUE_IMPORT
from gongxiang.platform.catalogue.workbook import writing
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web import lists
from gongxiang.platform.web.catalogue import asked
from gongxiang.platform.web.catalogue.exporting import FORMATS, XLSX, download, export
from gongxiang.platform.web.catalogue.forms_import import ImportForm
from gongxiang.platform.web.catalogue.labels import field_label
from gongxiang.platform.web.catalogue.views_export import offer
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.numbers import whole
from gongxiang.protocol import clock


@door(OWN)
@require_safe
def imported(request: ActingRequest) -> HttpResponse:
    """My department's files, and the form that takes another."""
    return _list(request, ImportForm())


@door(COMPILE)
@require_POST
def send(request: ActingRequest) -> HttpResponse:
    """Take a file; the worker checks it."""
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        nodes = [(str(node.id), node.name) for node in delivery.admitted_nodes(request.actor.department_id)]
        try:
            made = actions.send_import(
                file_name=sent.name, content=sent.read(), language=get_language() or "zh-hans", nodes=nodes,
                by=request.actor, at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            return redirect("catalogue:import", import_id=made)
    return _list(request, form, status=422)


def _list(request: ActingRequest, form: ImportForm, *, status: int = 200) -> HttpResponse:
    page = lists.paginate(request, imports.imports_of(request.actor))
    context = {"form": form, "page": page, "may_compile": COMPILE.allows(request.actor)}
    return render(request, "catalogue/imports.html", context, status=status)


@door(COMPILE)
@require_safe
def template(request: ActingRequest) -> HttpResponse:
    """The blank workbook: every column, the code lists, and what to write."""
    language = get_language() or "zh-hans"
    content = writing.write_book([], surroundings.directory_of(request.actor), language=language)
    return download(content, XLSX, _("Catalogue entries, blank") + ".xlsx")


@door(OWN)
@require_safe
def one(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """One file: how far it is, what it would do, what is wrong with it."""
    found = imports.get_import(import_id, actor=request.actor)
    action = request.GET.get("action", "")
    known = action in ("NEW", "CHANGED", "UNCHANGED", "WRONG")
    rows = imports.lines_of(import_id, actor=request.actor, action=action if known else "")
    page = lists.paginate(request, rows, filters=("action",))
    for line in page.rows:
        line.words = "、".join(field_label(path) for path in line.fields[:12]) + ("…" if len(line.fields) > 12 else "")
    number = request.GET.get("problems", "1")
    problems, shown = found.findings, 50
    start = max(0, whole(number, otherwise=1, most=1000) - 1) * shown
    context = {
        "import": found, "page": page, "problems": problems[start : start + shown], "problems_total": len(problems),
        "problems_page": start // shown + 1, "problems_next": start // shown + 2 if start + shown < len(problems) else 0,
        "may_compile": COMPILE.allows(request.actor) and found.department_id == request.actor.department_id,
        "can_cancel": CATALOGUE_IMPORT.can("cancel", found.status), "can_undo": CATALOGUE_IMPORT.can("undo", found.status),
        "can_confirm": CATALOGUE_IMPORT.can("confirm", found.status) and bool(found.new or found.changed),
    }  # fmt: skip
    return render(request, "catalogue/import.html", context)


@door(OWN)
@require_safe
def progress(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """How far the job is; when it has ended the page is loaded anew."""
    found = imports.get_import(import_id, actor=request.actor)
    if not found.running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "catalogue/parts/import_progress.html", {"import": found})


@door(OWN)
@require_safe
def annotated(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """The copy with every problem in its cell."""
    name, content = imports.annotated_copy(import_id, actor=request.actor)
    return download(content, XLSX, name)


@door(COMPILE)
@require_POST
def confirm(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """Say yes to the preview."""
    return _act(request, import_id, actions.confirm_import, _("Confirmed: the entries are being written."))


@door(COMPILE)
@require_POST
def cancel(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """Give the file up."""
    return _act(request, import_id, actions.cancel_import, _("Given up; nothing was imported."))


@door(COMPILE)
@require_POST
def undo(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """Discard the drafts of this import in one act."""
    kept: tuple[str, ...] = ()
    try:
        kept = actions.undo_import(import_id=import_id, by=request.actor, at=clock.now())
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.message} {refusal.advice}")
    else:
        messages.success(request, _("Undone: the drafts of this import are discarded."))
    if kept:
        words = ngettext(
            "%(n)s entry was worked on since and stays: %(names)s",
            "%(n)s entries were worked on since and stay: %(names)s",
            len(kept),
        )
        messages.warning(request, words % {"n": len(kept), "names": "、".join(kept[:10])})
    return redirect("catalogue:import", import_id=import_id)


def _act(request: ActingRequest, import_id: UUID, act: object, words: str) -> HttpResponse:
    try:
        act(import_id=import_id, by=request.actor, at=clock.now())  # type: ignore[operator]
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.message} {refusal.advice}")
    else:
        messages.success(request, words)
    return redirect("catalogue:import", import_id=import_id)


@door(OWN)
@require_safe
def export_own(request: ActingRequest, kind: str) -> HttpResponse:
    """My department's entries, filtered as in the list: workbook, exchange file, or list."""
    if kind not in FORMATS:
        raise Http404
    listed = asked.own(request.GET, request.actor)
    offered = offer(request, "own", kind, len(listed))
    if offered is not None:
        return offered
    title = _("Catalogue of %(department)s") % {"department": request.actor.department}
    rows = surroundings.own_rows_of(request.actor, [one.id for one in listed])
    return export(request, kind, rows, name=title, title=title)
