"""Pages of the pre-compiled catalogue: entries, possible repeated collection, consent, review."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.projects import actions, permissions, queries
from gongxiang.platform.projects.errors import ProjectNotFound
from gongxiang.platform.projects.values import Hit
from gongxiang.platform.web.acting import close_if_impossible
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.numbers import whole
from gongxiang.platform.web.projects.common import act_page, key, posted, seen_project
from gongxiang.platform.web.projects.forms import AnswerForm, EntryForm, RemarksForm, TextForm
from gongxiang.platform.web.projects.shown import acts_of


@door(permissions.KEEP)
@require_http_methods(["GET", "POST"])
def entry_new(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Plan an entry."""
    return _entry(request, project_id, None)


@door(permissions.KEEP)
@require_http_methods(["GET", "POST"])
def entry_edit(request: ActingRequest, project_id: UUID, entry_id: UUID) -> HttpResponse:
    """Change a planned entry."""
    return _entry(request, project_id, entry_id)


def _entry(request: ActingRequest, project_id: UUID, entry_id: UUID | None) -> HttpResponse:
    project = seen_project(request, project_id)
    entry = next((one for one in queries.entries_of(project_id) if one.id == entry_id), None)
    if entry_id is not None and entry is None:
        raise ProjectNotFound()
    initial = {"seen": project.catalogue_revision, **(EntryForm.initial_of(entry.planned) if entry else {})}
    form = EntryForm(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            actions.save_entry(
                planned=form.written(), seen=form.cleaned_data["seen"], entry_id=entry_id, **key(request, project_id)
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The planned entry is kept."))
            if request.POST.get("next") == "another":
                return redirect("projects:entry_new", project_id)
            return redirect("projects:detail", project_id)
    to = ("projects:detail", project_id)
    close_if_impossible(request, form, acts_of(project, request.actor), to=to, offer="compile")
    shown = {"form": form, "project": project, "entry": entry}
    return render(request, "projects/entry.html", shown, status=422 if form.is_bound else 200)


@door(permissions.KEEP)
@require_POST
def entry_remove(request: ActingRequest, project_id: UUID, entry_id: UUID) -> HttpResponse:
    """Take a planned entry out."""
    project = seen_project(request, project_id)
    seen = request.POST.get("seen", "")
    number = whole(seen, otherwise=project.catalogue_revision)
    actions.remove_entry(entry_id=entry_id, seen=number, **key(request, project_id))
    messages.success(request, _("The planned entry is taken out."))
    return redirect("projects:detail", project_id)


@door(permissions.VIEW)
@require_http_methods(["GET", "POST"])
def hits(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """What the catalogue, or another project, has already: each hit with its answer."""
    project = seen_project(request, project_id)
    found = queries.hits_of(project_id)
    asked = request.POST.get("hit", "")
    pairs: list[tuple[Hit, AnswerForm]] = []
    status = 200
    for hit in found:
        name = f"{hit.entry_id}.{hit.found.target_id}"
        form = AnswerForm(request.POST if asked == name else None, hit=hit)
        pairs.append((hit, form))
        if not form.is_bound:
            continue
        status = 422
        if not form.is_valid():
            continue
        try:
            actions.answer_hit(
                entry_id=hit.entry_id, target_kind=hit.found.target_kind, target_id=hit.found.target_id,
                **form.cleaned_data, **key(request, project_id),
            )  # fmt: skip
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Answered."))
            return redirect("projects:hits", project_id)
    may = permissions.KEEP.allows(request.actor) and request.actor.department_id == project.department_id
    open_ = project.status in ("REGISTERED", "PRECOMPILING", "RETURNED")
    shown = {"project": project, "pairs": pairs, "may": may and open_, "unanswered": sum(not hit.answer for hit in found)}
    return render(request, "projects/hits.html", shown, status=status)


@door(permissions.KEEP)
@require_POST
def present(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Lay the catalogue before the accountable officer."""
    seen_project(request, project_id)
    actions.present_catalogue(**key(request, project_id))
    messages.success(request, _("Presented to your accountable officer."))
    return redirect("projects:detail", project_id)


@door(permissions.CONSENT)
@require_POST
def consent(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """The accountable officer consents, and submits in the same step if asked to."""
    seen_project(request, project_id)
    after = actions.consent_to_catalogue(**key(request, project_id))
    if request.POST.get("submit") == "yes" and after.status == "CONSENTED":
        actions.submit_catalogue(**key(request, project_id))
        messages.success(request, _("Consented and submitted. The authority's period of review has begun."))
    else:
        messages.success(request, _("Consented."))
    return redirect("projects:detail", project_id)


@door(permissions.CONSENT)
@require_http_methods(["GET", "POST"])
def send_back(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """The officer does not consent yet."""
    project = seen_project(request, project_id)
    form = TextForm(posted(request), name="reason", label=_("What has to change"))
    return act_page(
        request, project, form, title=_("Send back to the clerk"), button=_("Send back"), done=_("Sent back."),
        act=lambda: actions.send_back(comment=form.cleaned_data["reason"], **key(request, project_id)),
        happens=_("The clerk can change the catalogue again and sees your words."), basis=("wushen-2021-60:8",),
    )  # fmt: skip


@door(permissions.SUBMIT)
@require_POST
def submit(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Submit the consented catalogue to the authority."""
    seen_project(request, project_id)
    actions.submit_catalogue(**key(request, project_id))
    messages.success(request, _("Submitted. The authority's period of review has begun."))
    return redirect("projects:detail", project_id)


@door(permissions.REVIEW)
@require_http_methods(["GET", "POST"])
def pass_(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """The authority passes the catalogue and issues the certificate."""
    project = seen_project(request, project_id)
    form = TextForm(posted(request), name="opinion", label=_("Opinion, printed on the certificate"))
    return act_page(
        request, project, form, title=_("Pass the pre-compiled catalogue"), button=_("Pass and issue the certificate"),
        done=_("Passed. The certificate is issued."),
        act=lambda: actions.pass_catalogue(**form.cleaned_data, **key(request, project_id)),
        happens=_("The catalogue is frozen as a version; the certificate for the approving body gets number and code."),
        basis=("wushen-2021-60:8",), offer="review",
    )  # fmt: skip


@door(permissions.REVIEW)
@require_http_methods(["GET", "POST"])
def return_(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """The authority returns the catalogue with remarks on its entries."""
    project = seen_project(request, project_id)
    points = [(str(one.id), one.planned.name) for one in queries.entries_of(project_id)]
    form = RemarksForm(posted(request), points=points, lang="zh-Hans")
    return act_page(
        request, project, form, title=_("Return the pre-compiled catalogue"), button=_("Return"), done=_("Returned."),
        act=lambda: actions.return_catalogue(remarks=form.remarks(), **key(request, project_id)),
        happens=_("The department sees your remarks, changes the catalogue and presents it again."),
        basis=("wushen-2021-60:8",), offer="review",
    )  # fmt: skip


@door(permissions.KEEP)
@require_POST
def revise(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Begin a change after the certificate."""
    seen_project(request, project_id)
    actions.revise_catalogue(**key(request, project_id))
    messages.success(
        request, _("You can change the entries now. A material change ends the certificate once it is consented to.")
    )
    return redirect("projects:detail", project_id)


@door(permissions.KEEP)
@require_POST
def discard(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Give the change up."""
    seen_project(request, project_id)
    actions.discard_revision(**key(request, project_id))
    messages.success(request, _("The entries are again as they passed."))
    return redirect("projects:detail", project_id)
