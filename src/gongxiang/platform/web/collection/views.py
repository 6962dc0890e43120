"""Pages of what does not exist: the list, stating and reporting it, the answer, the authority's filing."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.platform.access import collecting, states_dispute
from gongxiang.platform.access import errors_dispute as refusals
from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access import queries_collection as queries
from gongxiang.platform.access.queries_collection import AbsenceView, Case, PlanView
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import done_or_form
from gongxiang.platform.web.collection.forms import AnswerForm, FileForm, FindForm, ReasonForm, SearchForm
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

_EXPORT = 10_000
_COLUMNS: list[tuple[Any, Callable[[Any], Any]]] = [
    (gettext_lazy("Number"), lambda one: one.number),
    (gettext_lazy("Data"), lambda one: one.title),
    (gettext_lazy("Data items"), lambda one: "、".join(one.items)),
    (gettext_lazy("Department that needs it"), lambda one: one.consumer_name),
    (gettext_lazy("Provider"), lambda one: one.provider_name),
    (gettext_lazy("State"), lambda one: labels.state("absence", one.status)[0]),
    (gettext_lazy("Filing number"), lambda one: one.filing_number),
    (gettext_lazy("Stated"), lambda one: instant(one.stated_at)),
    (gettext_lazy("Whose turn"), lambda one: str(labels.code("turn", one.turn)) if one.turn else ""),
    (gettext_lazy("Due"), lambda one: instant(one.due_at) if one.due_at else ""),
]


@door(permissions.VIEW_PLANS)
@require_safe
def absences(request: ActingRequest) -> HttpResponse:
    """What is said, or filed, not to exist."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = queries.find_absences(actor=request.actor, text=text, status=request.GET.get("status", ""))
    if request.GET.get("export") == "csv":
        return lists.export_csv("does-not-exist", _COLUMNS, found[:_EXPORT])
    sorts = {"new": ["-stated_at", "-number"], "due": ["due_at", "-stated_at"], "name": ["title", "-stated_at"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status",))
    page.rows = [queries.absence_view(row) for row in page.rows]
    return render(request, "collection/absences.html", {"page": page, "statuses": states_dispute.ABSENCE.states})


def _case(request: ActingRequest, kind: str, key: UUID) -> tuple[dict[str, UUID], Case]:
    """The request or demand that the address names."""
    case = queries.case_of_request(key) if kind == "request" else queries.case_of_demand(key) if kind == "demand" else None
    if case is None or request.actor.department_id not in (case.consumer_id, case.provider_id):
        raise refusals.CaseNotOpenToThis()
    return {"access_request_id" if kind == "request" else "demand_id": key}, case


def _say(
    request: ActingRequest, named: tuple[str, UUID], *, act: Callable[..., AbsenceView], title: str, button: str, happens: str
) -> HttpResponse:
    key, case = _case(request, *named)
    form = SearchForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = act(search=form.cleaned_data["search"], by=request.actor, at=clock.now(), **key)
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("It is in the case now."))
            return redirect("collection:absence", made.id)
    shown = {"case": case, "form": form, "title": title, "button": button, "happens": happens}
    return render(request, "collection/say.html", shown, status=422 if form.is_bound else 200)


@door(permissions.STATE_SEARCH)
@require_http_methods(["GET", "HEAD", "POST"])
def state(request: ActingRequest, kind: str, key: UUID) -> HttpResponse:
    """The provider says where it looked."""
    return _say(
        request, (kind, key), act=collecting.state_search, title=_("State the search made"), button=_("State it"),
        happens=_("The department that needs the data confirms or doubts it; then the authority checks and files it."),
    )  # fmt: skip


@door(permissions.ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: ActingRequest, kind: str, key: UUID) -> HttpResponse:
    """The applicant reports it itself."""
    return _say(
        request, (kind, key), act=collecting.report_absence, title=_("Report that the data do not exist"),
        button=_("Report the absence"),
        happens=_("The authority checks it against the catalogue and files it, or names the entry that has the data."),
    )  # fmt: skip


@door(permissions.VIEW_PLANS)
@require_safe
def absence(request: ActingRequest, absence_id: UUID) -> HttpResponse:
    """One record: what was searched, what was answered, what the authority found and filed."""
    row, actor = queries.get_absence(absence_id, actor=request.actor), request.actor
    plans = queries.plans_of(row.id, actor=actor)
    shown = {
        "row": row,
        "plans": plans,
        "acts": acts_of(row, actor, plans),
        "linked": permissions.sees_all(actor) or actor.department_id in (row.consumer_id, row.provider_id),
        "waits": row.status in states_dispute.TO_FILE,
        "papers": documents.documents_of(f"absence:{row.id}", actor=actor),
        "news": evidence.trail_of(f"absence:{row.id}", by=actor),
    }
    return render(request, "collection/absence.html", shown)


def acts_of(row: AbsenceView, actor: Person, plans: Sequence[PlanView]) -> dict[str, Possible]:
    """What may be done now with a record, judged by the functions that refuse."""

    def arrow(act: str) -> None:
        states_dispute.ABSENCE.find(act, row.status)

    def own(permission: Any) -> None:
        permissions.check_own(permission, actor, row.consumer_id)

    def files() -> None:
        permissions.check_neutral(permissions.FILE, actor, row.consumer_id, row.provider_id)

    def plans_it() -> None:
        own(permissions.PLAN)
        if row.status != states_dispute.FILED:
            raise refusals.NotFiled()
        running = [one for one in plans if one.status != states_dispute.CANCELLED]
        if running:
            raise refusals.PlanOpen(number=running[0].number)

    return {
        "answer": possible(lambda: own(permissions.ANSWER), lambda: arrow("confirm")),
        "file": possible(files, lambda: arrow("file")),
        "find": possible(files, lambda: arrow("find")),
        "drop": possible(lambda: own(permissions.ANSWER), lambda: arrow("drop")),
        "plan": possible(plans_it),
    }


def _act(
    request: ActingRequest, row: AbsenceView, form: Form, *, act: Callable[[dict[str, Any]], object],
    template: str = "collection/act.html", **shown: Any,
) -> HttpResponse:  # fmt: skip
    to = ("collection:absence", row.id)
    offered = acts_of(row, request.actor, queries.plans_of(row.id, actor=request.actor))
    return done_or_form(
        request, form, act=lambda: act(form.cleaned_data), to=to, template=template, row=row, offered=offered, **shown
    )


@door(permissions.ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActingRequest, absence_id: UUID) -> HttpResponse:
    """Confirm or doubt."""
    row = queries.get_absence(absence_id, actor=request.actor)
    return _act(
        request, row, AnswerForm(request.POST or None), title=_("Answer the statement"), button=_("Answer"),
        act=lambda v: collecting.answer_absence(
            absence_id=absence_id, confirms=v["confirms"] == "yes", reason=v["reason"], by=request.actor, at=clock.now()
        ),
        done=_("Answered; the authority has the turn."),
        happens=_("The authority checks it against the catalogue: it files it, or names the entry that has the data."),
    )  # fmt: skip


@door(permissions.FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: ActingRequest, absence_id: UUID) -> HttpResponse:
    """The authority's check and filing."""
    row = queries.get_absence(absence_id, actor=request.actor)
    hits = queries.find_existing(row.title, row.items, department_id=row.consumer_id)
    entries = {hit["target_id"]: f"{hit['target_name']} · {hit['owner']}" for hit in hits if hit["available"]}
    form = FileForm(request.POST if request.method == "POST" else None, entries=list(entries.items()))
    return _act(
        request, row, form, title=_("File that the data do not exist"), button=_("File the absence"),
        template="collection/file.html",
        act=lambda v: collecting.file_absence(
            absence_id=absence_id, opinion=v["opinion"], answered_hits=v.get("answered_hits", ()), by=request.actor,
            at=clock.now(),
        ),
        done=_("Filed under its number; the department may plan to collect the data."), hits=hits,
        happens=_("It gets its filing number; the department may then plan to collect the data itself."),
    )  # fmt: skip


@door(permissions.FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: ActingRequest, absence_id: UUID) -> HttpResponse:
    """The data are there after all."""
    row = queries.get_absence(absence_id, actor=request.actor)

    def act(values: dict[str, Any]) -> None:
        try:
            entry = catalogue.get_resource(values["code"].strip(), actor=request.actor).id if values["code"].strip() else None
        except NotFound:
            entry = None
        collecting.find_entry(
            absence_id=absence_id, resource_id=entry, opinion=values["opinion"], by=request.actor, at=clock.now()
        )

    return _act(
        request, row, FindForm(request.POST if request.method == "POST" else None), title=_("Name the entry that has the data"),
        button=_("Name it"), act=act, done=_("The department is told where the data are."),
        happens=_("The record ends; the department applies for the entry."),
    )  # fmt: skip


@door(permissions.ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: ActingRequest, absence_id: UUID) -> HttpResponse:
    """No longer to be filed."""
    row = queries.get_absence(absence_id, actor=request.actor)
    return _act(
        request, row, ReasonForm(request.POST if request.method == "POST" else None), title=_("Drop the record"), danger=True,
        act=lambda v: collecting.drop_absence(absence_id=absence_id, reason=v["reason"], by=request.actor, at=clock.now()),
        button=_("Drop"), done=_("Dropped."), happens=_("The record ends without a filing; nothing can be planned on it."),
    )  # fmt: skip
