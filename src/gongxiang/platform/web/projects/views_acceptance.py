"""Pages of building and acceptance: approval, interface checks, acceptance, the end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.platform.projects import actions, permissions, queries
from gongxiang.platform.projects.errors import UnknownCheckItem
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.projects.common import act_page, key, posted, seen_project
from gongxiang.platform.web.projects.forms import ApprovalForm, CheckForm, RemarksForm, TextForm
from gongxiang.platform.web.projects.shown import facts_of
from gongxiang.protocol import clock


@door(permissions.KEEP)
@require_http_methods(["GET", "POST"])
def approval(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Record the project's approval."""
    project = seen_project(request, project_id)
    form = ApprovalForm(posted(request))
    return act_page(
        request, project, form, title=_("Record the approval"), button=_("Record"), done=_("Recorded."),
        act=lambda: actions.start_building(**form.cleaned_data, **key(request, project_id)),
        happens=_("The project counts as approved; its interface for the platform is made and tested while it is built."),
        basis=("wushen-2021-60:8",), offer="approve",
    )  # fmt: skip


@door(permissions.TEST)
@require_http_methods(["GET", "POST"])
def check(request: ActingRequest, project_id: UUID, item: str) -> HttpResponse:
    """The operator records the result of one point; what the platform itself knows is offered as the record."""
    project = seen_project(request, project_id)
    points = {one.item: one for one in queries.checks_of(project_id, on=queries.beijing_day(clock.now()))}
    if item not in points:
        raise UnknownCheckItem(field="item")
    fact = facts_of(project, request.actor).get(item)
    initial = (
        {"passed": "yes" if fact.holds else "no", "reference": fact.words, "by_facts": True} if fact else {"passed": "yes"}
    )
    form = CheckForm(posted(request), request.FILES if request.method == "POST" else None, initial=initial)
    label = points[item].label_zh if get_language() == "zh-hans" else points[item].label_en

    def act() -> None:
        values, file = form.cleaned_data, form.cleaned_data["file"]
        actions.record_check(
            item=item, passed=values["passed"] == "yes", reference=values["reference"], note=values["note"],
            attachment=(file.name, file.read()) if file else None,
            # By facts only while the record still says what the platform knows.
            by_facts=bool(fact and values["by_facts"] and values["reference"].strip() == fact.words.strip()),
            **key(request, project_id),
        )  # fmt: skip

    return act_page(
        request, project, form, title=_("Interface check") + _(": ") + label, button=_("Record the result"),
        done=_("Recorded."),
        act=act, happens=_("The result is kept with your name; a later result of the same point counts instead."),
        basis=("wushen-2021-60:8",), fact=fact, offer="test",
    )  # fmt: skip


@door(permissions.SUBMIT)
@require_POST
def request_acceptance(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Ask for the certificate that acceptance needs."""
    seen_project(request, project_id)
    actions.request_acceptance(**key(request, project_id))
    messages.success(request, _("Requested. The operator tests the interface, the authority issues the certificate."))
    return redirect("projects:detail", project_id)


@door(permissions.ACCEPT)
@require_POST
def accept(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Issue the certificate for acceptance; the pre-catalogue becomes catalogue."""
    seen_project(request, project_id)
    actions.accept_project(**key(request, project_id))
    messages.success(request, _("The certificate is issued; the planned entries are drafts of the catalogue now."))
    return redirect("projects:detail", project_id)


@door(permissions.ACCEPT)
@require_http_methods(["GET", "POST"])
def return_acceptance(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Return the request with remarks on the points of the check list."""
    project = seen_project(request, project_id)
    chinese = get_language() == "zh-hans"
    found = queries.checks_of(project_id, on=queries.beijing_day(clock.now()))
    form = RemarksForm(posted(request), points=[(one.item, one.label_zh if chinese else one.label_en) for one in found])
    return act_page(
        request, project, form, title=_("Return the acceptance"), button=_("Return"), done=_("Returned."),
        act=lambda: actions.return_acceptance(remarks=form.remarks(), **key(request, project_id)),
        happens=_("The department mends what you name and requests acceptance again."), basis=("wushen-2021-60:8",),
    )  # fmt: skip


@door(permissions.CANCEL)
@require_http_methods(["GET", "POST"])
def cancel(request: ActingRequest, project_id: UUID) -> HttpResponse:
    """Give the project up."""
    project = seen_project(request, project_id)
    form = TextForm(posted(request), name="reason", label=_("Why it is cancelled"))
    return act_page(
        request, project, form, title=_("Cancel the project"), button=_("Cancel the project"), danger=True,
        act=lambda: actions.cancel_project(**form.cleaned_data, **key(request, project_id)), done=_("Cancelled."),
        happens=_("The project ends and its certificate is no longer valid; everything stays in the records."),
        basis=("wushen-2021-60:8",),
    )  # fmt: skip
