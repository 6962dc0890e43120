"""Pages of requests to superiors: the register, what comes back, totals by line, one request and its steps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import errors_superior as errors
from gongxiang.platform.access import permissions, superiors
from gongxiang.platform.access import policies_superior as policies
from gongxiang.platform.access import queries as requests
from gongxiang.platform.access import queries_superior as queries
from gongxiang.platform.access import states_superior as states
from gongxiang.platform.catalogue import queries_line
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.acting import close_if_impossible, done_or_form
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.platform.web.superiors import forms
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

_EXPORT = 10_000
_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Number"), lambda one: one.number),
    (gettext_lazy("Department"), lambda one: one.department_name),
    (gettext_lazy("Line superior"), lambda one: one.superior),
    (gettext_lazy("Who runs the system"), lambda one: labels.code("superior_level", one.level)),
    (gettext_lazy("System in which the data lie"), lambda one: one.system_name),
    (gettext_lazy("Data asked for"), lambda one: one.title),
    (gettext_lazy("Data items"), lambda one: "、".join(one.items)),
    (gettext_lazy("State"), lambda one: labels.state("superior_request", one.status)[0]),
    (gettext_lazy("Number of the letter"), lambda one: one.letter_number),
    (gettext_lazy("Day of sending"), lambda one: one.sent_on or ""),
    (gettext_lazy("Reminders"), lambda one: one.reminders),
    (gettext_lazy("Whose turn"), lambda one: one.turn and one.department_name),
    (gettext_lazy("Due"), lambda one: instant(one.due_at) if one.due_at else ""),
    (gettext_lazy("Outcome"), lambda one: labels.code("superior_outcome", one.outcome) if one.outcome else ""),
    (gettext_lazy("Document number of the answer"), lambda one: one.answer_number),
    (gettext_lazy("Limits that the superior added"), lambda one: one.extra_conditions),
    (gettext_lazy("Agreed frequency"), lambda one: labels.code("update_cycle", one.agreed_frequency)),
    (gettext_lazy("Returns"), lambda one: one.returns),
    (gettext_lazy("Last arrival"), lambda one: instant(one.last_return_at) if one.last_return_at else ""),
]


def _text(request: ActingRequest, name: str = "q") -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:200]


def _list(request: ActingRequest, *, returning: bool, template: str, more: dict[str, Any]) -> HttpResponse:
    status, level, superior = request.GET.get("status", ""), request.GET.get("level", ""), _text(request, "superior")
    found = queries.find_superior_requests(
        actor=request.actor, text=_text(request), statuses=(status,), level=level, returning=returning, superior=superior
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("returns" if returning else "superior-requests", _COLUMNS, found[:_EXPORT])
    sorts = {
        "new": ["-drafted_at", "-number"], "due": ["due_at", "-drafted_at"], "superior": ["level", "superior", "number"],
        "arrived": ["-last_return_at", "-number"],
    }  # fmt: skip
    if returning:
        sorts = {"arrived": sorts["arrived"], "superior": sorts["superior"], "new": sorts["new"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status", "level", "superior"))
    now = clock.now()
    context = {
        "page": page,
        "rows": [(row, queries.return_late(row, now)) for row in page.rows],
        "statuses": states.SUPERIOR_REQUEST.states,
        "levels": policies.LEVELS,
        "may_ask": permissions.ASK_SUPERIOR.allows(request.actor),
        "may_count": permissions.SUPERIOR_FIGURES.allows(request.actor),
        **more,
    }
    return render(request, template, context)


@door(permissions.VIEW_SUPERIORS)
@require_safe
def register(request: ActingRequest) -> HttpResponse:
    """Requests to superiors, and what has still to be asked."""
    more = {"to_ask": queries.to_ask(request.actor)[:50], "department_id": request.actor.department_id}
    return _list(request, returning=False, template="superiors/list.html", more=more)


@door(permissions.VIEW_SUPERIORS)
@require_safe
def returns(request: ActingRequest) -> HttpResponse:
    """The register of what comes back: what was asked, the agreed frequency, the last arrival."""
    return _list(request, returning=True, template="superiors/returns.html", more={})


@door(permissions.SUPERIOR_FIGURES)
@require_safe
def lines(request: ActingRequest) -> HttpResponse:
    """Totals by superior."""
    found = queries.lines(request.actor)
    if request.GET.get("export") == "csv":
        columns: list[tuple[Any, Any]] = [
            (gettext_lazy("Line superior"), lambda one: one.superior),
            (gettext_lazy("Who runs the system"), lambda one: labels.code("superior_level", one.level)),
            (gettext_lazy("Requests made"), lambda one: one.asked),
            (gettext_lazy("Before the superior"), lambda one: one.waiting),
            (gettext_lazy("No answer yet: to be reminded"), lambda one: one.overdue),
            (gettext_lazy("Agreed"), lambda one: one.agreed),
            (gettext_lazy("Refused by the superior"), lambda one: one.refused),
            (gettext_lazy("Data come back"), lambda one: one.returning),
            (gettext_lazy("Reminders"), lambda one: one.reminders),
            (gettext_lazy("Returns"), lambda one: one.returns),
            (gettext_lazy("Last arrival"), lambda one: instant(one.last_return_at) if one.last_return_at else ""),
        ]
        return lists.export_csv("superior-lines", columns, found)
    return render(request, "superiors/lines.html", {"lines": found})


def _named(request: ActingRequest, name: str) -> UUID | None:
    """An id in the address; what is none names nothing."""
    given = request.GET.get(name, "")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound() from None


@door(permissions.ASK_SUPERIOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Draft the letter: by hand, for an entry, or for a request that could not be met."""
    resource_id, access_request_id = _named(request, "resource"), _named(request, "access_request")
    initial: dict[str, Any] = {}
    case = requests.get_access_request(access_request_id, actor=request.actor) if access_request_id else None
    if case is not None and resource_id is None:
        resource_id = case.resource_id if queries_line.line_entry(case.resource_id) else None
        initial["title"] = case.resource_name[:200]
    entry = queries_line.line_entry(resource_id) if resource_id else None
    if entry is not None:
        initial |= {
            "level": entry.level, "system_name": entry.system_name, "title": entry.name[:200],
            "items": "\n".join(entry.elements), "frequency": entry.update_cycle,
        }  # fmt: skip
    form = forms.LetterForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = superiors.draft_superior_request(
                **form.values(), resource_id=resource_id, access_request_id=access_request_id, by=request.actor, at=clock.now()
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The letter is drafted; your accountable officer issues it."))
            return redirect("superiors:detail", made.pk)
    context = {"form": form, "case": case, "entry": entry, "row": None}
    return render(request, "superiors/edit.html", context, status=422 if form.is_bound else 200)


@door(permissions.ASK_SUPERIOR)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """Change the draft."""
    row = queries.get_superior_request(superior_request_id, actor=request.actor)
    names = ("superior", "level", "system_name", "title", "reason", "mode", "frequency")
    initial = {**{name: getattr(row, name) for name in names}, "items": "\n".join(row.items)}
    form = forms.LetterForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            superiors.save_superior_request(superior_request_id=row.pk, fields=form.values(), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Draft saved."))
            return redirect("superiors:detail", row.pk)
    close_if_impossible(request, form, acts_of(row, request.actor), to=("superiors:detail", row.pk))
    return render(request, "superiors/edit.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)


@door(permissions.VIEW_SUPERIORS)
@require_safe
def detail(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """One request: what is asked, letters, reminders, the answer, what came back."""
    row, actor = queries.get_superior_request(superior_request_id, actor=request.actor), request.actor

    own_paper = documents.documents_of(f"superior_request:{row.pk}", actor=actor)
    context = {
        "row": row,
        "acts": acts_of(row, actor),
        "mode": row.mode.upper(),
        "agreed_mode": row.agreed_mode.upper(),
        "papers": own_paper,
        "reminders": queries.reminders_of(row.pk),
        "returns": queries.returns_of(row.pk),
        "late_since": queries.return_late(row, clock.now()),
        "news": evidence.trail_of(f"superior_request:{row.pk}", by=actor),
        "sees_request": row.access_request_id is not None and _sees_request(row.access_request_id, request),
    }
    return render(request, "superiors/detail.html", context)


def _sees_request(access_request_id: UUID, request: ActingRequest) -> bool:
    try:
        requests.get_access_request(access_request_id, actor=request.actor)
    except Refusal:
        return False
    return True


def acts_of(row: Any, actor: Person) -> dict[str, Possible]:
    """What may be done now with a request to a superior, judged by the functions that refuse."""

    def arrow(act: str) -> Callable[[], object]:
        return lambda: states.SUPERIOR_REQUEST.find(act, row.status)

    def desk() -> None:
        permissions.check_of_department(permissions.ASK_SUPERIOR, actor, row.department_id)

    def officer() -> None:
        permissions.check_of_department(permissions.ISSUE_LETTER, actor, row.department_id)

    def not_own() -> None:
        if actor.is_hand_of(row.drafted_by_id):
            raise errors.OwnLetter()

    def answers() -> None:
        if row.status not in states.ANSWERABLE:
            states.SUPERIOR_REQUEST.find("agree", row.status)

    def comes() -> None:
        if row.status not in states.COMING:
            states.SUPERIOR_REQUEST.find("receive", row.status)

    discards = officer if row.status == states.ISSUED else desk
    return {
        "edit": possible(desk, arrow("issue")),
        "issue": possible(officer, arrow("issue"), not_own),
        "send": possible(desk, arrow("send")),
        "remind": possible(desk, arrow("remind")),
        "answer": possible(desk, answers),
        "arrived": possible(desk, comes),
        "close": possible(officer, arrow("close")),
        "discard": possible(discards, arrow("discard")),
    }


def _act(
    request: ActingRequest, superior_request_id: UUID, form: Form, *, act: Callable[[dict[str, Any]], object],
    article: str = "wushen-2021-60:21(3)", **shown: Any,
) -> HttpResponse:  # fmt: skip
    row = queries.get_superior_request(superior_request_id, actor=request.actor)
    return done_or_form(
        request, form, act=lambda: act(form.cleaned_data), to=("superiors:detail", row.pk), template="superiors/act.html",
        row=row, article=article, offered=acts_of(row, request.actor), **shown,
    )  # fmt: skip


def _posted(request: ActingRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _key(request: ActingRequest, superior_request_id: UUID) -> dict[str, Any]:
    return {"superior_request_id": superior_request_id, "by": request.actor, "at": clock.now()}


@door(permissions.ISSUE_LETTER)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """The officer issues the letter."""
    return _act(
        request, superior_request_id, forms.NoForm(_posted(request)), title=_("Issue the letter"), button=_("Issue the letter"),
        happens=_("The letter gets its number and verification code, as Word and PDF; its text is fixed."),
        done=_("The letter is issued. Download it, send it, then write down when and how it went."),
        act=lambda _v: superiors.issue_letter(**_key(request, superior_request_id)),
    )  # fmt: skip


@door(permissions.ASK_SUPERIOR)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """When and how it went."""
    form = forms.SendForm(_posted(request), initial={"sent_on": beijing_date(clock.now())})
    return _act(
        request, superior_request_id, form, title=_("Write down the sending"), button=_("Write it down"),
        happens=_("The period for an answer begins; when it is over you are told to remind the superior."),
        done=_("The letter is on its way."),
        act=lambda v: superiors.send_letter(**v, **_key(request, superior_request_id)),
    )  # fmt: skip


@door(permissions.ASK_SUPERIOR)
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """Remind the superior."""
    form = forms.RemindForm(_posted(request), initial={"reminded_on": beijing_date(clock.now())})
    return _act(
        request, superior_request_id, form, title=_("Remind the superior"), button=_("Remind"),
        happens=_("The reminder is kept with its day and its letter; the period begins anew."),
        done=_("The reminder is written down."),
        act=lambda v: superiors.remind_superior(**v, **_key(request, superior_request_id)),
    )  # fmt: skip


@door(permissions.ASK_SUPERIOR)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """What the superior said."""
    files = request.FILES if request.method == "POST" else None
    form = forms.AnswerForm(_posted(request), files, initial={"answered_on": beijing_date(clock.now())})

    def give(values: dict[str, Any]) -> None:
        file = values.pop("file")
        attached = (file.name, file.read()) if file else None
        superiors.record_answer(**values, file=attached, **_key(request, superior_request_id))

    return _act(
        request, superior_request_id, form, title=_("Write down the answer"), button=_("Write it down"),
        happens=_("After an agreement the data are awaited in the agreed frequency; a refusal closes nothing by itself."),
        done=_("The answer is written down."), act=give, article="cn-809:24.1",
    )  # fmt: skip


@door(permissions.ASK_SUPERIOR)
@require_http_methods(["GET", "HEAD", "POST"])
def arrived(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """Data came back."""
    form = forms.ReturnForm(_posted(request), initial={"arrived_on": beijing_date(clock.now())})
    return _act(
        request, superior_request_id, form, title=_("Write down a return"), button=_("Write it down"),
        happens=_("The day of arrival counts for the agreed frequency. What flows through the platform is seen by itself."),
        done=_("The return is written down."), article="cn-809:24.1",
        act=lambda v: superiors.record_return(**v, **_key(request, superior_request_id)),
    )  # fmt: skip


@door(permissions.ISSUE_LETTER)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """It ends."""
    return _act(
        request, superior_request_id, forms.CloseForm(_posted(request)), title=_("Close the request"), button=_("Close"),
        happens=_("The request ends with your reason; the superior may be asked anew later."),
        done=_("The request is closed."), danger=True,
        act=lambda v: superiors.close_superior_request(reason=v["reason"], **_key(request, superior_request_id)),
    )  # fmt: skip


@door(permissions.ASK_SUPERIOR)
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: ActingRequest, superior_request_id: UUID) -> HttpResponse:
    """Never sent."""
    return _act(
        request, superior_request_id, forms.NoForm(_posted(request)), title=_("Discard the letter"), button=_("Discard"),
        happens=_("The letter is not sent; if it was issued, its document is withdrawn."), done=_("The letter is discarded."),
        danger=True, act=lambda _v: superiors.discard_superior_request(**_key(request, superior_request_id)),
    )  # fmt: skip
