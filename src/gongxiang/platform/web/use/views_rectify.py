"""Pages of rectifications: what a suspended consumer has to put right, its report, and the answer."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.documents import queries as documents
from gongxiang.platform.grants import actions, permissions, queries_rectify, rectifying
from gongxiang.platform.grants.queries_rectify import RectificationView
from gongxiang.platform.grants.states import RECTIFICATION
from gongxiang.platform.web import labels
from gongxiang.platform.web.dates import rule_in_words
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import possible
from gongxiang.platform.web.use.forms import DemandForm, OpinionForm, RectifyForm, bound
from gongxiang.platform.web.use.shown import Act, Case, Cell, Choice, Column, Link, run, show_case, show_list, text, wanted

_CRUMB = _("Agreements and grants")


@door(permissions.VIEW)
@require_safe
def rectifications(request: ActingRequest) -> HttpResponse:
    """Those that I may see."""
    states = [("running", _("Not over")), *((s, labels.state("rectification", s)[0]) for s in RECTIFICATION.states)]
    status = wanted(request, "status", [code for code, _word in states])
    return show_list(
        request,
        title=_("Rectifications"),
        crumb=_CRUMB,
        basis=("cn-809:27.2",),
        intro=_("A grant that is suspended for misuse or a security risk is resumed when that is put right, and ended if not."),
        rows=queries_rectify.find_rectifications(actor=request.actor, text=text(request), status=status),
        columns=_columns(),
        to_view=queries_rectify.view_of,
        sorts={"new": (_("Newest first"), ["-demanded_at", "-id"]), "due": (_("Due soonest"), ["due_at", "id"])},
        choices=[Choice(name="status", label=_("Every state"), values=states)],
        export="rectifications",
        empty=(_("Nothing to put right"), _("A rectification opens when a grant is suspended for misuse or a security risk.")),
    )


def _columns() -> list[Column]:
    return [
        Column(label=_("Number"), cell=lambda r: Cell(text=r.number, url=reverse("use:rectification", args=[r.id]))),
        Column(label=_("Resource"), cell=lambda r: Cell(text=r.resource_name)),
        Column(label=_("Grant"), cell=lambda r: Cell(text=r.grant_number, url=reverse("grants:detail", args=[r.grant_id]))),
        Column(label=_("Consumer"), cell=lambda r: Cell(text=r.consumer_name)),
        Column(label=_("Provider"), cell=lambda r: Cell(text=r.provider_name)),
        Column(label=_("To be put right by"), cell=lambda r: Cell(due=r.due_at) if r.running else Cell(until=r.due_at)),
        Column(label=_("State"), cell=lambda r: Cell(state=("rectification", r.status))),
    ]


@door(permissions.VIEW)
@require_safe
def rectification(request: ActingRequest, rectification_id: UUID) -> HttpResponse:
    """One of them, with what may be done now."""
    return _page(request, rectification_id)


@door(permissions.REPORT_RECTIFICATION)
@require_POST
def report(request: ActingRequest, rectification_id: UUID) -> HttpResponse:
    """The consumer reports."""
    form = bound(RectifyForm, request, "report")
    return _run(request, rectification_id, "report", form, _("Reported: it is now to be answered."), lambda who: (
        rectifying.report_rectification(
            rectification_id=rectification_id, report=form.cleaned_data["report"], files=form.attached(), **who
        )
    ))  # fmt: skip


@door(permissions.RESUME)
@require_POST
def accept(request: ActingRequest, rectification_id: UUID) -> HttpResponse:
    """What was put right is accepted, and the grant resumed."""
    found, form = (
        queries_rectify.get_rectification(rectification_id, actor=request.actor),
        bound(OpinionForm, request, "accept"),
    )
    return _run(request, rectification_id, "accept", form, _("Accepted: the flow goes on within seconds."), lambda who: (
        actions.accept_rectification(grant_id=found.grant_id, opinion=form.cleaned_data["opinion"], **who)
    ))  # fmt: skip


@door(permissions.RESUME)
@require_POST
def decline(request: ActingRequest, rectification_id: UUID) -> HttpResponse:
    """It does not suffice."""
    form = bound(OpinionForm, request, "decline")
    return _run(request, rectification_id, "decline", form, _("Not accepted: end the grant, or set another day."), lambda who: (
        rectifying.decline_rectification(rectification_id=rectification_id, opinion=form.cleaned_data["opinion"], **who)
    ))  # fmt: skip


@door(permissions.RESUME)
@require_POST
def demand(request: ActingRequest, rectification_id: UUID) -> HttpResponse:
    """Another day instead of the end."""
    form = bound(DemandForm, request, "demand")
    return _run(request, rectification_id, "demand", form, _("Demanded again, with a new day."), lambda who: (
        rectifying.demand_again(rectification_id=rectification_id, **form.cleaned_data, **who)
    ))  # fmt: skip


def _run(request: ActingRequest, key: UUID, name: str, form: Form, said: Any, act: Any) -> HttpResponse:
    queries_rectify.get_rectification(key, actor=request.actor)
    return run(
        request, form, act, said=said, back=lambda _made: reverse("use:rectification", args=[key]),
        again=lambda wrong: _page(request, key, forms={name: wrong}, status=422),
    )  # fmt: skip


def _page(request: ActingRequest, key: UUID, *, forms: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
    one = queries_rectify.get_rectification(key, actor=request.actor)
    uploads = [documents.upload_ref(upload, actor=request.actor) for upload in one.uploads]
    attached = [(_("What shows it"), Cell(text=u.name, url=reverse("documents:upload", args=[u.id]))) for u in uploads]
    sections: list[tuple[Any, list[tuple[Any, Cell]]]] = [
        (_("The demand"), [
            (_("Resource"), Cell(text=one.resource_name)),
            (_("Consumer"), Cell(text=one.consumer_name)),
            (_("Provider"), Cell(text=one.provider_name)),
            (_("Reason"), Cell(text=labels.code("suspend_reason", one.reason))),
            (_("What is to be put right"), Cell(text=one.demand, said=True)),
            (_("Demanded"), Cell(text=one.demanded_by)),
            (_("Running since"), Cell(moment=one.demanded_at)),
            (_("To be put right by"), Cell(until=one.due_at, article=one.due_basis)),
            (_("Rule"), Cell(text=rule_in_words(one.due_rule))),
            (_("Times demanded"), Cell(number=one.times)),
        ]),
    ]  # fmt: skip
    if one.reported_at:
        sections.append((_("The report"), [
            (_("What was put right"), Cell(text=one.report, said=True)), *attached,
            (_("Reported by the person"), Cell(text=one.reported_by)), (_("On"), Cell(moment=one.reported_at)),
        ]))  # fmt: skip
    if one.decided_at:
        sections.append((_("The answer"), [
            (_("Opinion"), Cell(text=one.opinion, said=True)),
            (_("By"), Cell(text=one.decided_by)), (_("On"), Cell(moment=one.decided_at)),
        ]))  # fmt: skip
    links = [Link(label=_("Open the grant"), url=reverse("grants:detail", args=[one.grant_id]), icon="key")]
    case = Case(
        title=one.resource_name, number=one.number, state=("rectification", one.status), basis=("cn-809:27.2",),
        crumb=(_("Rectifications"), reverse("use:rectifications")), sections=sections, acts=_acts(request, one, forms or {}),
        links=links, trail=f"rectification:{one.id}", due=one.due_at if one.status in ("DEMANDED", "OVERDUE") else None,
        due_label=_("To be put right"), note=_("Nothing flows meanwhile; nothing is lost.") if one.running else "",
    )  # fmt: skip
    return show_case(request, case, status=status)


def _acts(request: ActingRequest, one: RectificationView, forms: dict[str, Form]) -> list[Act]:
    actor, can = request.actor, RECTIFICATION.can
    reports = possible(lambda: permissions.check_own_department(permissions.REPORT_RECTIFICATION, actor, one.consumer_id))
    decides = possible(
        lambda: permissions.check_actor_can_resume(actor, one.provider_id, suspended_by_authority=one.by_authority)
    )

    def act(name: str, label: Any, form: type[Form], **more: Any) -> Act:
        url = reverse(f"use:rectification_{name}", args=[one.id])
        return Act(name=name, label=label, url=url, form=forms.get(name) or form(prefix=name), **more)

    found = []
    if reports.yes and can("report", one.status):
        found.append(act("report", _("Report what was put right"), RectifyForm, files=True))
    if decides.shown and one.running:
        if not decides.yes:
            return [Act(name="accept", label=_("Accept and resume"), url="", why_not=decides.why_not)]
        if can("accept", one.status):
            found.append(act("accept", _("Accept and resume"), OpinionForm, confirm=_("Resume the grant?")))
            found.append(act("decline", _("Do not accept"), OpinionForm, danger=True))
        if can("demand_again", one.status):
            found.append(act("demand", _("Set another day"), DemandForm))
            end = reverse("grants:end", args=[one.grant_id])
            found.append(Act(name="end", label=_("End the grant"), url=end, danger=True))
    return found
