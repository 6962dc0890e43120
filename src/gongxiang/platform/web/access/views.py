"""Pages of access requests: lists, the applicant's form, the request itself."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.access import (
    actions,
    ban,
    errors,
    permissions,
    queries,
    queries_extension,
    queries_superior,
    states,
    talking,
)
from gongxiang.platform.access.circumstances import circumstances
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import queries_use
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.access.forms import CompletionForm, RequestForm, TextForm
from gongxiang.platform.web.access.shown import acts_of, asked_facts, reply_sentences, staff_choices
from gongxiang.platform.web.acting import close_if_impossible, done_or_form
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.grants.views import element_names
from gongxiang.platform.web.possible import Possible
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant, parse_instant

_EXPORT = 10_000
#: Lists in which several are chosen for one act.
_BATCHES = {"to_answer": "access:prepare_many", "to_decide": "access:prepare_many", "reply_to_consent": "access:give_many"}


# ---- lists --------------------------------------------------------------------------------------------------------------


def _list(
    request: ActingRequest, *, box: str, title: Any, advice: Any, kept: Sequence[str] = states.ACCESS_REQUEST.states
) -> HttpResponse:
    status = request.GET.get("status", "")
    found = queries.find_access_requests(
        actor=request.actor,
        box=box,
        text=request.GET.get("q", "").strip()[:200],
        statuses=(status,) if status in kept else (),
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("access-requests", _columns(), (queries.view_of(row) for row in found[:_EXPORT]))
    sorts = {"due": ["due_at", "-drafted_at"], "new": ["-drafted_at", "-number"], "name": ["resource_name"]}
    if box in ("mine", "to_consent"):
        sorts = {"new": sorts["new"], "due": sorts["due"], "name": sorts["name"]}
    page = lists.paginate(request, found, sorts=sorts, filters=("status",))
    page.rows = [queries.view_of(row) for row in page.rows]
    return render(
        request,
        "access/list.html",
        {"page": page, "box": box, "title": title, "advice": advice, "statuses": kept, "batch": _BATCHES.get(box, "")},
    )


def _columns() -> list[tuple[Any, Callable[[AccessRequestView], Any]]]:
    return [
        (gettext_lazy("Number"), lambda r: r.number),
        (gettext_lazy("Resource"), lambda r: r.resource_name),
        (gettext_lazy("Applicant"), lambda r: r.consumer_name),
        (gettext_lazy("Provider"), lambda r: r.provider_name),
        (gettext_lazy("State"), lambda r: labels.state("access_request", r.status)[0]),
        (gettext_lazy("Turn"), lambda r: labels.code("turn", r.turn) if r.turn else ""),
        (gettext_lazy("Submitted"), lambda r: instant(r.submitted_at) if r.submitted_at else ""),
        (gettext_lazy("Due"), lambda r: instant(r.due_at) if r.due_at else ""),
        (gettext_lazy("Replied"), lambda r: instant(r.replied_at) if r.replied_at else ""),
    ]


@door(permissions.VIEW)
@require_safe
def mine(request: ActingRequest) -> HttpResponse:
    """The requests of my department."""
    advice = _("Find what you need in the catalogue and apply there.")
    return _list(request, box="mine", title=_("My requests"), advice=advice)


@door(permissions.CONSENT)
@require_safe
def consents(request: ActingRequest) -> HttpResponse:
    """Requests of my department that wait for the accountable officer, and prepared replies that do."""
    box = "reply_to_consent" if request.GET.get("box") == "replies" else "to_consent"
    advice = _("What a clerk presents to you appears here.")
    return _list(request, box=box, title=_("For my consent"), advice=advice, kept=(states.PRESENTED, *states.ANSWERABLE))


@door(permissions.RECEIVE)
@require_safe
def replies(request: ActingRequest) -> HttpResponse:
    """Requests for resources of my department."""
    box = "answered" if request.GET.get("box") == "answered" else "to_answer"
    return _list(request, box=box, title=_("For my reply"), advice=_("Requests of other departments appear here."))


@door(permissions.MEDIATE)
@require_safe
def mediations(request: ActingRequest) -> HttpResponse:
    """Requests whose turn is the authority's."""
    if request.GET.get("box") == "extensions":
        advice = _("What a provider asks for before its period ends appears here.")
        return _list(request, box="extensions", title=_("Extensions to answer"), advice=advice, kept=(states.SUBMITTED,))
    advice = _("A request comes here when a reply is overdue. What is disputed is under Disputes.")
    return _list(request, box="to_decide", title=_("Overdue replies"), advice=advice, kept=states.DECIDABLE)


# ---- applying -----------------------------------------------------------------------------------------------------------


@door(permissions.APPLY)
@require_http_methods(["GET", "POST"])
def apply(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Before a request exists: what it is for and what will happen; POST makes the draft."""
    resource = catalogue.get_resource(resource_id, actor=request.actor)
    if request.method == "POST":
        made = actions.draft_access_request(
            resource_id=resource_id, changes_grant_id=_grant_named(request), by=request.actor, at=clock.now()
        )
        return redirect("access:edit", made.pk)
    drafts = queries.find_access_requests(actor=request.actor, box="mine", statuses=(states.DRAFT,), resource_id=resource_id)
    shown = {"resource": resource, "drafts": [queries.view_of(row) for row in drafts[:5]]}
    running = tuple(one for one in states.OPEN if one != states.DRAFT)
    found = queries.find_access_requests(actor=request.actor, box="mine", statuses=running, resource_id=resource_id)
    shown["running"] = [queries.view_of(row) for row in found[:5]]
    return render(request, "access/apply.html", shown)


def _grant_named(request: ActingRequest) -> UUID | None:
    """The grant to be changed, if one is named; what is no id names none of ours."""
    given = request.POST.get("changes_grant") or ""
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound() from None


def _initial(access_request: AccessRequestView) -> dict[str, Any]:
    names = ("legal_basis", "purposes", "purpose_note", "use_case", "scope", "elements", "mode", "until")
    values: dict[str, Any] = {name: getattr(access_request, name) for name in names} | access_request.volume
    accepted = access_request.ban_accepted_at is not None and access_request.ban_version == ban.text_on(clock.now()).version
    handlers = [str(one) for one in access_request.handlers]
    return {**values, "materials": "\n".join(access_request.materials), "handlers": handlers, "ban": accepted}


@door(permissions.APPLY)
@require_http_methods(["GET", "POST"])
def edit(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The applicant's form; what is typed is kept while typing, all errors come at once."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    resource = catalogue.get_resource(access_request.resource_id)
    staff = staff_choices(access_request.consumer_id)
    form = RequestForm(request.POST or None, initial=_initial(access_request), resource=resource, staff=staff)
    if form.is_bound and form.is_valid():
        act = request.POST.get("act", "save")
        key: dict[str, Any] = {"access_request_id": access_request_id, "by": request.actor, "at": clock.now()}
        try:
            actions.save_draft(fields=form.written(), ban_accepted=form.cleaned_data["ban"], **key)
            if act == "present":
                actions.present_access_request(**key)
                messages.success(request, _("Presented to your accountable officer."))
            else:
                messages.success(request, _("Draft saved."))
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            return redirect("access:edit" if act == "save" else "access:detail", access_request_id)
    offered = offered_now(request, access_request)
    close_if_impossible(request, form, offered, to=("access:detail", access_request_id))
    shown = {"form": form, "access_request": access_request, "resource": resource, "ban_now": ban.text_on(clock.now())}
    shown |= asked_facts(access_request)
    return render(request, "access/edit.html", shown, status=422 if form.is_bound else 200)


@door(permissions.APPLY)
@require_POST
def save(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """Keep what was typed so far, quietly."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    staff = staff_choices(access_request.consumer_id)
    form = RequestForm(request.POST, resource=catalogue.get_resource(access_request.resource_id), staff=staff)
    at = clock.now()
    saved = form.is_valid()
    if saved:
        actions.save_draft(
            access_request_id=access_request_id, fields=form.written(), ban_accepted=form.cleaned_data["ban"],
            by=request.actor, at=at,
        )  # fmt: skip
    return render(request, "access/parts/saved.html", {"saved": saved, "at": at})


# ---- the request --------------------------------------------------------------------------------------------------------


@door(permissions.VIEW)
@require_safe
def detail(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """One request: what is asked, whose turn it is and why, what may be done, everything that happened."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    resource = catalogue.get_resource(access_request.resource_id)
    names = element_names(resource)
    extension = queries_extension.extension_of(access_request_id)
    standing = (access_request.prepared or {}).get("standing_consent")
    shown = {
        "access_request": access_request,
        "resource": resource,
        "elements": [(code, names.get(code, code)) for code in access_request.elements],
        "reply": access_request.ready_reply,
        "reply_sentences": reply_sentences(access_request, names),
        "shows_reply": request.actor.department_id != access_request.consumer_id,
        "acts": acts_of(access_request, request.actor, extension, at=clock.now()),
        "extension": extension,
        **asked_facts(access_request),
        "circumstances": circumstances(access_request, clock.now()),
        "relatives": queries.relatives(access_request, actor=request.actor),
        "said": talking.messages_of(access_request_id, actor=request.actor).count(),
        "standing": standing,
        "provision": queries_use.provision_of(access_request.grant_id, actor=request.actor)
        if access_request.grant_id
        else None,
        "standing_at": parse_instant(standing["given_at"]) if standing else None,
        "prepared_at": instant(access_request.prepared_at) if access_request.prepared_at else "",
        "news": evidence.trail_of(f"access_request:{access_request_id}", by=request.actor),
        "superior": queries_superior.of_request(access_request_id),
        "may_ask_superior": access_request.provider_id == request.actor.department_id
        and permissions.ASK_SUPERIOR.allows(request.actor),
    }
    return render(request, "access/detail.html", shown)


def offered_now(request: ActingRequest, access_request: AccessRequestView) -> dict[str, Possible]:
    """The acts on a request, as its page offers them now."""
    extension = queries_extension.extension_of(access_request.id)
    return acts_of(access_request, request.actor, extension, at=clock.now())


def act_page(
    request: ActingRequest, access_request: AccessRequestView, form: Form, *, act: Callable[[], object], named: Any = None,
    **shown: Any,
) -> HttpResponse:  # fmt: skip
    """The page of one act on a request; a refusal stands also beside the fields of `named`, where the page has them."""

    def tell_both() -> None:
        try:
            act()
        except Refusal as refusal:
            if named is not None:
                named.show_refusal(refusal)
            raise

    return done_or_form(
        request, form, act=tell_both, to=("access:detail", access_request.id), template="access/act.html", named=named,
        access_request=access_request, offered=offered_now(request, access_request), **shown,
    )  # fmt: skip


def _key(request: ActingRequest, access_request_id: UUID) -> dict[str, Any]:
    return {"access_request_id": access_request_id, "by": request.actor, "at": clock.now()}


@door(permissions.CONSENT)
@require_POST
def consent(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The accountable officer consents, and submits in the same step if asked to."""
    actions.consent_access_request(**_key(request, access_request_id))
    if request.POST.get("submit") == "yes":
        submitted = actions.submit_access_request(**_key(request, access_request_id))
        messages.success(
            request, _after(submitted.status, _("Consented and submitted. The provider's period of reply has begun."))
        )
    else:
        messages.success(request, _("Consented."))
    return redirect("access:detail", access_request_id)


@door(permissions.APPLY)
@require_POST
def submit(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """Submit a request that has its consent."""
    submitted = actions.submit_access_request(**_key(request, access_request_id))
    messages.success(request, _after(submitted.status, _("Submitted. The provider's period of reply has begun.")))
    return redirect("access:detail", access_request_id)


def _after(status: str, waiting: str) -> str:
    """What is said after a submission: granted at once, or the provider's period runs."""
    if status == states.GRANTED:
        return _("Granted under the standing consent; the flow opens by itself.")
    return waiting


@door(permissions.CONSENT)
@require_http_methods(["GET", "POST"])
def send_back(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The officer does not consent yet."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    form = TextForm(request.POST or None, name="comment", label=_("What has to change"))
    return act_page(
        request, access_request, form, title=_("Send back to the clerk"), button=_("Send back"), done=_("Sent back."),
        act=lambda: actions.send_back(**form.cleaned_data, **_key(request, access_request_id)),
        happens=_("The request becomes a draft again; the clerk sees your words."), offer="consent",
    )  # fmt: skip


@door(permissions.APPLY)
@require_http_methods(["GET", "POST"])
def complete(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """Answer the notice of missing material."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    form = CompletionForm(request.POST or None)
    named = RequestForm(
        request.POST or None,
        initial=_initial(access_request),
        resource=catalogue.get_resource(access_request.resource_id),
        staff=staff_choices(access_request.consumer_id),
        only=access_request.missing_fields or ("none",),
    )

    def act() -> None:
        if not named.is_valid():
            raise errors.CompletionEmpty(field="completion")
        actions.complete_access_request(
            completion=form.cleaned_data["completion"],
            fields=named.written_only(),
            materials=form.cleaned_data["materials"].splitlines(),
            **_key(request, access_request_id),
        )

    return act_page(
        request, access_request, form, title=_("Complete the request"), button=_("Complete"), act=act,
        done=_("Completed. The provider's period of reply has begun anew."), missing=access_request.missing, named=named,
        attachable=access_request.status == states.INCOMPLETE, files=asked_facts(access_request)["files"],
        happens=_("The provider's period of reply begins anew. There is no second notice."), basis=("cn-809:21.2",),
    )  # fmt: skip


@door(permissions.APPLY)
@require_http_methods(["GET", "POST"])
def withdraw(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """The applicant no longer asks."""
    access_request = queries.get_access_request(access_request_id, actor=request.actor)
    form = TextForm(request.POST or None, name="reason", label=_("Why it is withdrawn"))
    return act_page(
        request, access_request, form, title=_("Withdraw the request"), button=_("Withdraw"), danger=True,
        act=lambda: actions.withdraw_access_request(**form.cleaned_data, **_key(request, access_request_id)),
        done=_("Withdrawn."), happens=_("The request is closed; it stays in the records. You can apply anew."),
    )  # fmt: skip
