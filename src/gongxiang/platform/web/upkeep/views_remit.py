"""Changes of remit: the list, the form, one change with its entries and acts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.law.deadlines import last_day
from gongxiang.platform.catalogue import actions, queries_remit
from gongxiang.platform.catalogue import permissions_upkeep as permissions
from gongxiang.platform.catalogue.permissions import COMPILE, WITHDRAW
from gongxiang.platform.catalogue.queries_remit import RemitTask, RemitView
from gongxiang.platform.catalogue.states import EXTENSION_ASKED, OPEN, REMIT_CHANGE
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.possible import possible
from gongxiang.platform.web.upkeep.forms import DecisionForm, ExtensionForm, MoreForm, NewEntryForm, ReasonForm, RemitForm
from gongxiang.protocol import clock

SORTS = {"due": ["due_at", "number"], "new": ["-registered_at"], "changed": ["-changed_on"]}


@door(permissions.VIEW_REMITS)
@require_safe
def remits(request: ActingRequest) -> HttpResponse:
    """Changes of remit that I may see, by time left; as CSV with `export=csv`."""
    status, kind = request.GET.get("status", ""), request.GET.get("kind", "")
    rows = queries_remit.find_remit_changes(
        actor=request.actor,
        text=request.GET.get("q", "").replace("\x00", "").strip()[:200],
        status=status if status == "running" or status in REMIT_CHANGE.states else "",
        kind=kind if kind in queries_remit.KINDS else "",
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("remit-changes", _columns(), queries_remit.remit_views(rows[:5000]))
    page = lists.paginate(request, rows, sorts=SORTS, filters=("status", "kind"))
    page.rows = queries_remit.remit_views(page.rows)
    context = {
        "page": page,
        "states": [("running", _("Not completed")), *((s, labels.state("remit_change", s)[0]) for s in REMIT_CHANGE.states)],
        "kinds": list(queries_remit.KINDS.items()),
        "figures": queries_remit.remit_figures(request.actor),
        "may_register": permissions.REGISTER_REMIT.allows(request.actor),
        "every": permissions.sees_every_department(request.actor),
    }
    return render(request, "upkeep/remits.html", context)


def _columns() -> list[tuple[Any, Callable[[RemitView], Any]]]:
    return [
        (_("Number"), lambda r: r.number),
        (_("Department"), lambda r: r.department_name),
        (_("Document"), lambda r: f"{r.title}（{r.document_number}）"),
        (_("What changed"), lambda r: labels.code("remit_kind", r.kind)),
        (_("Day of the change"), lambda r: r.changed_on.isoformat()),
        (_("Last day"), lambda r: r.last_day.isoformat()),
        (_("The banner's outer limit"), lambda r: last_day(r.outer_due_at).isoformat()),
        (_("State"), lambda r: labels.state("remit_change", r.status)[0]),
        (_("Dealt with"), lambda r: f"{r.done}/{r.total}"),
        (_("In time"), lambda r: {True: _("Yes"), False: _("No"), None: ""}[r.in_time]),
    ]


@door(permissions.REGISTER_REMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: ActingRequest) -> HttpResponse:
    """Register a change: mine, or as the authority that of a department chosen first."""
    actor = request.actor
    department_id = _department(request)
    if department_id is None:
        return render(request, "upkeep/choose_department.html", {"departments": parties.all_departments()})
    form = RemitForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = actions.register_remit_change(
                department_id=department_id, document=form.document(), by=actor, at=clock.now(), **form.entries(),
                attachment=(file.name, file.read()) if file else None,
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Registered: the period for the update runs."))
            return redirect("upkeep:remit", change_id=made.id)
    context = {
        "form": form,
        "department": parties.department_ref(department_id),
        "entries": [
            (key, name, code, form.tasks.get(key, "")) for key, name, code in queries_remit.published_entries_of(department_id)
        ],
        "wrong": form["update"].errors if form.is_bound else (),
    }
    return render(request, "upkeep/register.html", context, status=422 if form.is_bound else 200)


def _department(request: ActingRequest) -> UUID | None:
    """My own department; for the authority's officer the one that the address names."""
    actor: Person = request.actor
    named = request.GET.get("department", "")
    if not actor.has(Role.AUTHORITY_OFFICER):
        return actor.department_id
    try:
        return parties.department_ref(UUID(named)).id if named else None
    except (ValueError, NotFound):
        return None


@door(permissions.VIEW_REMITS)
@require_safe
def remit(request: ActingRequest, change_id: UUID) -> HttpResponse:
    """One change: document, periods, entries with what became of them, acts, what happened."""
    return _page(request, change_id)


@door(permissions.REGISTER_REMIT)
@require_POST
def add_entries(request: ActingRequest, change_id: UUID) -> HttpResponse:
    """Add entries to the list."""
    form = MoreForm(request.POST)
    valid = form.is_valid()
    return _act(request, change_id, "more", form, _("Added to the list."), lambda who: actions.add_remit_entries(
        **(form.entries() if valid else {}), **who
    ))  # fmt: skip


@door(permissions.ASK_EXTENSION)
@require_POST
def ask_extension(request: ActingRequest, change_id: UUID) -> HttpResponse:
    """Ask for more time."""
    form = ExtensionForm(request.POST)
    return _act(request, change_id, "extension", form, _("Asked: the authority decides."), lambda who: (
        actions.ask_remit_extension(days=form.cleaned_data["days"], reason=form.cleaned_data["reason"], **who)
    ))  # fmt: skip


@door(permissions.DECIDE_EXTENSION)
@require_POST
def decide_extension(request: ActingRequest, change_id: UUID) -> HttpResponse:
    """Consent to more time, or decline."""
    form, consent = DecisionForm(request.POST), request.POST.get("decision") == "consent"
    said = _("Consented: the period ends later.") if consent else _("Declined: the period stays as it was.")
    return _act(request, change_id, "decision", form, said, lambda who: (
        actions.decide_remit_extension(consent=consent, opinion=form.cleaned_data["opinion"], **who)
    ))  # fmt: skip


@door(permissions.CONFIRM_UNCHANGED)
@require_POST
def unchanged(request: ActingRequest, change_id: UUID, entry_id: UUID) -> HttpResponse:
    """Confirm that an entry stays as it is."""
    form = ReasonForm(request.POST, prefix=f"u{entry_id.hex[:8]}")
    return _act(request, change_id, f"unchanged-{entry_id}", form, _("Confirmed unchanged."), lambda who: (
        actions.confirm_unchanged(entry_id=entry_id, reason=form.cleaned_data["reason"], **who)
    ))  # fmt: skip


@door(permissions.NAME_NEW_ENTRY)
@require_POST
def name_entry(request: ActingRequest, change_id: UUID, entry_id: UUID) -> HttpResponse:
    """Say which entry answers the need."""
    candidates = queries_remit.candidates_for_new(queries_remit.get_remit_change(change_id, actor=request.actor))
    form = NewEntryForm(request.POST, candidates=candidates, prefix=f"n{entry_id.hex[:8]}")
    return _act(request, change_id, f"name-{entry_id}", form, _("Named: done once the entry is published."), lambda who: (
        actions.name_new_entry(entry_id=entry_id, resource_id=UUID(form.cleaned_data["resource_id"]), **who)
    ))  # fmt: skip


@door(permissions.CANCEL_REMIT)
@require_POST
def cancel(request: ActingRequest, change_id: UUID) -> HttpResponse:
    """Strike out what was registered in error."""
    form = ReasonForm(request.POST, prefix="cancel")
    return _act(request, change_id, "cancel", form, _("Struck out, with your reason on record."), lambda who: (
        actions.cancel_remit_change(reason=form.cleaned_data["reason"], **who)
    ))  # fmt: skip


def _act(
    request: ActingRequest, change_id: UUID, name: str, form: Any, said: Any, act: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Call the act; a refusal comes back at its field with what was typed."""
    queries_remit.get_remit_change(change_id, actor=request.actor)
    if form.is_valid():
        try:
            act({"change_id": change_id, "by": request.actor, "at": clock.now()})
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, said)
            return redirect("upkeep:remit", change_id=change_id)
    return _page(request, change_id, forms={name: form}, status=422)


def _page(request: ActingRequest, change_id: UUID, *, forms: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    actor, at, forms = request.actor, clock.now(), forms or {}
    change = queries_remit.get_remit_change(change_id, actor=actor)
    own = actor.department_id == change.department_id
    candidates = queries_remit.candidates_for_new(change) if own and change.running else []

    def row(task: RemitTask) -> dict[str, Any]:
        left = change.running and not task.outcome and own
        confirm = left and permissions.CONFIRM_UNCHANGED.allows(actor)
        name = left and task.task == "NEW" and task.resource_id is None and permissions.NAME_NEW_ENTRY.allows(actor)
        return {
            "task": task,
            "revise": left and task.task == "UPDATE" and task.status == "PUBLISHED" and COMPILE.allows(actor),
            "withdraw": left and task.task == "WITHDRAW" and task.status == "PUBLISHED" and WITHDRAW.allows(actor),
            "unchanged": (forms.get(f"unchanged-{task.id}") or ReasonForm(prefix=f"u{task.id.hex[:8]}")) if confirm else None,
            "name": (
                forms.get(f"name-{task.id}") or NewEntryForm(candidates=candidates, prefix=f"n{task.id.hex[:8]}")
            ) if name else None,
        }  # fmt: skip

    asks = own and permissions.ASK_EXTENSION.allows(actor) and change.status == OPEN
    decides = change.status == EXTENSION_ASKED and permissions.DECIDE_EXTENSION.allows(actor)
    known = {task.resource_id for task in change.tasks}
    context: dict[str, Any] = {
        "change": change,
        "outer": last_day(change.outer_due_at),
        "faults": queries_remit.overdue_basis(change, at),
        "rows": [row(task) for task in change.tasks],
        "no_candidates": not candidates,
        "own": own,
        "ask": (forms.get("extension") or ExtensionForm(initial={"days": 5})) if asks else None,
        "why_no_extension": _why_no_extension(change, at=at) if asks else "",
        "decide": (forms.get("decision") or DecisionForm()) if decides else None,
        "may_decide": possible(
            lambda: permissions.check_decides_extension(
                actor, department_id=change.department_id, asked_by=change.extension_asked_id
            )
        )
        if decides
        else None,
        "files": documents.uploads_of(f"remit_change:{change.id}"),
        "more": (forms.get("more") or MoreForm())
        if change.running and permissions.REGISTER_REMIT.allows(actor) and (own or actor.has(Role.AUTHORITY_OFFICER))
        else None,
        "cancel": (forms.get("cancel") or ReasonForm(prefix="cancel"))
        if change.running and permissions.CANCEL_REMIT.allows(actor)
        else None,
        "news": evidence.trail_of(f"remit_change:{change.id}", by=actor)[-40:],
    }
    if context["more"] is not None:
        chosen = context["more"].tasks
        context["entries"] = [
            (key, name, code, chosen.get(key, ""))
            for key, name, code in queries_remit.published_entries_of(change.department_id)
            if key not in known
        ]
    return render(request, "upkeep/remit.html", context, status=status)


def _why_no_extension(change: RemitView, *, at: Any) -> Any:
    """Why more time cannot be asked for now; empty if it can."""
    if change.extension_decided_at is not None:
        return _("More time has been decided on once; it cannot be asked for again.")
    if at >= change.due_at:
        return _("The period is over; it can no longer be extended.")
    if not queries_remit.extension_allowed(change.changed_on):
        return _("On the day of this change no instrument allowed more time.")
    return ""
