"""Pages of reports, questions, inspections and consents to pass on: four kinds of case, lists and pages alike."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.grants import (
    drift,
    inspections,
    permissions,
    queries,
    queries_use,
    questions,
    states,
    states_use,
    third_parties,
    use_reports,
)
from gongxiang.platform.grants import errors_use as errors
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.kernel.transitions import TransitionTable
from gongxiang.platform.web import labels
from gongxiang.platform.web.acting import close_if_impossible
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import possible
from gongxiang.platform.web.use import forms as f
from gongxiang.platform.web.use.shown import Act, Case, Cell, Choice, Column, Link, run, show_case, show_list, text, wanted

_CRUMB = _("Agreements and grants")


def element_names(resource: ResourceRef) -> dict[str, str]:
    """Names of the elements that may flow, by code."""
    return {element.code: element.name or element.code for element in resource.elements if element.shareable}


_NEWEST = _("Newest first")


def listed(
    request: ActingRequest, *, subject: str, table: TransitionTable, title: Any, basis: Sequence[str], intro: Any,
    find: Callable[..., Any], page: str, when: tuple[Any, str], open_states: Sequence[str], export: str, empty: tuple[Any, Any],
    more: Sequence[Column] = (),
) -> HttpResponse:  # fmt: skip
    """The list of one kind of case."""
    states = [("open", _("Not over")), *((s, labels.state(subject, s)[0]) for s in table.states)]
    status = wanted(request, "status", [code for code, _word in states])
    label, field = when
    columns = [
        Column(
            label=_("Number"),
            cell=lambda r: Cell(text=getattr(r, "number", "") or r.grant.number, url=reverse(page, args=[r.id])),
        ),
        Column(label=_("Resource"), cell=lambda r: Cell(text=r.grant.resource_name)),
        Column(label=_("Consumer"), cell=lambda r: Cell(text=r.grant.consumer_name)),
        Column(label=_("Provider"), cell=lambda r: Cell(text=r.grant.provider_name)),
        *more,
        Column(label=label, cell=lambda r: _when(field, getattr(r, field))),
        Column(label=_("State"), cell=lambda r: Cell(state=(subject, r.status))),
    ]
    return show_list(
        request, title=title, crumb=_CRUMB, basis=basis, intro=intro,
        rows=find(
            actor=request.actor, text=text(request),
            statuses=open_states if status == "open" else (status,) if status else (),
        ),
        columns=columns, to_view=queries_use.case_view,
        sorts={"new": (_NEWEST, [f"-{field}", "-id"]), "old": (_("Oldest first"), [field, "id"])},
        choices=[Choice(name="status", label=_("Every state"), values=states)], export=export, empty=empty,
    )  # fmt: skip


def _when(field: str, at: datetime | None) -> Cell:
    """A deadline is said as on every other page, as 24:00 of its last day; what happened, as the moment it did."""
    return Cell(until=at) if field == "due_at" else Cell(moment=at)


def grant_facts(one: Any) -> list[tuple[Any, Cell]]:
    """The facts of a case that are its grant's."""
    grant = one.grant
    return [
        (_("Grant"), Cell(text=grant.number, url=reverse("grants:detail", args=[grant.id]))),
        (_("Resource"), Cell(text=grant.resource_name)),
        (_("Consumer"), Cell(text=grant.consumer_name)),
        (_("Provider"), Cell(text=grant.provider_name)),
    ]


def may(permission: Permission, request: ActingRequest, department_id: UUID) -> bool:
    """Whether the person holds the permission in that very department."""
    return permission.allows(request.actor) and request.actor.department_id == department_id


def _may_ask(permission: Permission, request: ActingRequest, one: Any) -> bool:
    """Whether the person holds it for the provider or as the authority."""
    mine = permissions.is_authority(request.actor) or request.actor.department_id == one.grant.provider_id
    return permission.allows(request.actor) and mine


def act_of(url_name: str, key: UUID, name: str, label: Any, form: Form, **more: Any) -> Act:
    """An act of a case."""
    return Act(name=name, label=label, url=reverse(url_name, args=[key]), form=form, **more)


# ---- reports ------------------------------------------------------------------------------------------------------------

_PARTS = {
    "scenario": _("Scenario of use"), "process": _("How it was used"), "effect": _("Effect"),
    "storage": _("Where it is stored"), "destruction": _("What was destroyed"),
}  # fmt: skip


@door(permissions.VIEW)
@require_safe
def reports(request: ActingRequest) -> HttpResponse:
    """Reports of use."""
    return listed(
        request, subject="use_report", table=states_use.USE_REPORT, title=_("Reports of use"), basis=("cn-809:29.2",),
        intro=_("For each half-year and at the end the consumer reports scenario, use, effect, storage and destruction."),
        find=queries_use.find_reports, page="use:report", when=(_("Due"), "due_at"), open_states=("DUE", "OVERDUE"),
        export="use-reports", empty=(_("No reports here"), _("A report opens by itself when its period is over.")),
    )  # fmt: skip


@door(permissions.VIEW)
@require_safe
def report(request: ActingRequest, key: UUID) -> HttpResponse:
    """One report."""
    return _report(request, key)


@door(permissions.REPORT_USE)
@require_POST
def report_use(request: ActingRequest, key: UUID) -> HttpResponse:
    """Report."""
    queries_use.get_report(key, actor=request.actor)
    form = f.bound(f.ReportForm, request, "report")
    return run(
        request, form, lambda who: use_reports.report_use(report_id=key, parts=form.cleaned_data, **who),
        said=_("Reported."), back=lambda _made: reverse("use:report", args=[key]),
        again=lambda wrong: _report(request, key, form=wrong, status=422),
    )  # fmt: skip


def _report(request: ActingRequest, key: UUID, *, form: Form | None = None, status: int = 200) -> HttpResponse:
    one = queries_use.get_report(key, actor=request.actor)
    counted = one.facts or queries_use.summary(one.grant.id, since=one.period_from, until=one.period_to)
    channels = counted.get("channels", {})
    facts = [
        *grant_facts(one), (_("From"), Cell(moment=one.period_from)), (_("Until"), Cell(until=one.period_to)),
        (_("Due"), Cell(until=one.due_at, article=one.due_basis)),
    ]  # fmt: skip
    seen = [
        (_("Days with use"), Cell(number=counted.get("days", 0))), (_("Persons"), Cell(number=counted.get("people", 0))),
        (_("Matters"), Cell(number=counted.get("matters", 0))),
        *((labels.code("use_channel", name), Cell(text=f"{n['times']} / {n['rows']}")) for name, n in channels.items()),
    ]  # fmt: skip
    sections = [(_("The period"), facts), (_("What the records say (times / rows)"), seen)]
    if one.reported_at:
        said = [(label, Cell(text=getattr(one, name), said=True)) for name, label in _PARTS.items()]
        said += [(_("Reported by the person"), Cell(text=one.reported_by)), (_("On"), Cell(moment=one.reported_at))]
        sections.append((_("The report"), said))
    acts = []
    if may(permissions.REPORT_USE, request, one.grant.consumer_id) and states_use.USE_REPORT.can("report", one.status):
        acts.append(act_of("use:report_use", key, "report", _("Report the use"), form or f.ReportForm(prefix="report")))
    records = f"{reverse('use:records')}?grant={one.grant.id}"
    case = Case(
        title=_("Report of use"), number=one.number, state=("use_report", one.status), basis=("cn-809:29.2",),
        crumb=(_("Reports of use"), reverse("use:reports")), sections=sections, acts=acts, trail=f"use_report:{key}",
        links=[Link(label=_("Use records"), url=records, icon="list-numbers")],
        due=one.due_at if one.status != "REPORTED" else None, due_label=_("To be reported"),
    )  # fmt: skip
    return show_case(request, case, status=status)


# ---- questions ----------------------------------------------------------------------------------------------------------


def _signs() -> list[tuple[str, Any]]:
    return [(one, labels.code("use_sign", one)) for one in (*questions.BY_HAND, *drift.ASKED, *drift.SHOWN)]


@door(permissions.VIEW)
@require_safe
def question_list(request: ActingRequest) -> HttpResponse:
    """Questions about use."""
    return listed(
        request, subject="use_question", table=states_use.USE_QUESTION, title=_("Questions about use"),
        basis=("wushen-2021-60:22.3", "cn-809:25.1"),
        intro=_("Where the real use differs from what was stated, the consumer is asked; a sign is no verdict."),
        find=queries_use.find_questions, page="use:question", when=(_("Asked on"), "asked_at"),
        open_states=("ASKED", "ANSWERED"), export="use-questions",
        empty=(_("No questions here"), _("They open by themselves on a sign, or are asked on the page of a grant.")),
        more=[Column(label=_("About"), cell=lambda r: Cell(text=labels.code("use_sign", r.sign)))],
    )  # fmt: skip


@door(permissions.VIEW)
@require_safe
def question(request: ActingRequest, key: UUID) -> HttpResponse:
    """One question."""
    return _question(request, key)


@door(permissions.ASK_ABOUT_USE)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Ask the consumer, with the signs that are to be seen."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    permissions.check_provider_or_authority(permissions.ASK_ABOUT_USE, request.actor, grant.provider_id)
    form = f.bound(f.AskForm, request, "ask", signs=_signs()) if request.method == "POST" else None

    def page(wrong: Form | None, status: int = 200) -> HttpResponse:
        return begin(
            request, grant, _("Ask about the use"), ("wushen-2021-60:22.3",), "use:ask",
            wrong or f.AskForm(prefix="ask", signs=_signs()), status=status,
        )  # fmt: skip

    if form is None:
        return page(None)
    return run(
        request, form, lambda who: questions.ask_about_use(grant_id=grant_id, **form.cleaned_data, **who),
        said=_("Asked."), back=lambda made: reverse("use:question", args=[made.pk]), again=lambda wrong: page(wrong, 422),
    )  # fmt: skip


@door(permissions.REPORT_USE)
@require_POST
def answer_question(request: ActingRequest, key: UUID) -> HttpResponse:
    """The consumer answers."""
    return _on_question(request, key, "answer", f.AnswerForm, _("Answered."), questions.answer_question)


@door(permissions.ASK_ABOUT_USE)
@require_POST
def settle_question(request: ActingRequest, key: UUID) -> HttpResponse:
    """The answer suffices."""
    return _on_question(request, key, "settle", f.OpinionForm, _("Settled."), questions.settle_question)


@door(permissions.ASK_ABOUT_USE)
@require_POST
def ask_again(request: ActingRequest, key: UUID) -> HttpResponse:
    """The answer does not suffice."""
    return _on_question(request, key, "again", f.QuestionForm, _("Asked again."), questions.ask_again)


def _on_question(request: ActingRequest, key: UUID, name: str, form: type[Form], said: Any, act: Any) -> HttpResponse:
    queries_use.get_question(key, actor=request.actor)
    filled = f.bound(form, request, name)
    return run(
        request, filled, lambda who: act(question_id=key, **filled.cleaned_data, **who), said=said,
        back=lambda _made: reverse("use:question", args=[key]),
        again=lambda wrong: _question(request, key, forms={name: wrong}, status=422),
    )  # fmt: skip


def _question(request: ActingRequest, key: UUID, *, forms: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
    one, forms = queries_use.get_question(key, actor=request.actor), forms or {}
    figures = [(labels.code("use_figure", name), Cell(text=_figure(value))) for name, value in one.detail.items()]
    sections = [(_("The question"), [
        *grant_facts(one), (_("About"), Cell(text=labels.code("use_sign", one.sign))), *figures,
        (_("Question"), Cell(text=one.question, said=True)),
        (_("Asked by"), Cell(text=labels.code("actor", one.asked_by))), (_("Asked on"), Cell(moment=one.asked_at)),
        (_("Due"), Cell(until=one.due_at, article=one.due_basis)),
    ])]  # fmt: skip
    if one.answered_at:
        sections.append((_("The answer"), [
            (_("Answer"), Cell(text=one.answer, said=True)), (_("Answered by"), Cell(text=one.answered_by)),
            (_("On"), Cell(moment=one.answered_at)), (_("Opinion"), Cell(text=one.opinion, said=True)),
        ]))  # fmt: skip
    can, acts = states_use.USE_QUESTION.can, []
    if may(permissions.REPORT_USE, request, one.grant.consumer_id) and can("answer", one.status):
        acts.append(
            act_of("use:answer_question", key, "answer", _("Answer"), forms.get("answer") or f.AnswerForm(prefix="answer"))
        )
    if _may_ask(permissions.ASK_ABOUT_USE, request, one) and can("settle", one.status):
        settle = forms.get("settle") or f.OpinionForm(prefix="settle")
        acts.append(act_of("use:settle_question", key, "settle", _("Settle"), settle))
        if can("ask_again", one.status):
            again = forms.get("again") or f.QuestionForm(prefix="again")
            acts.append(act_of("use:ask_again", key, "again", _("Ask again"), again))
    case = Case(
        title=_("Question about use"), number=one.number, state=("use_question", one.status), basis=("wushen-2021-60:22.3",),
        crumb=(_("Questions about use"), reverse("use:questions")), sections=sections, acts=acts, trail=f"use_question:{key}",
        due=one.due_at if one.status == "ASKED" else None, due_label=_("To be answered"),
        links=[Link(label=_("Use records"), url=f"{reverse('use:records')}?grant={one.grant.id}", icon="list-numbers")],
    )  # fmt: skip
    return show_case(request, case, status=status)


def _figure(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


# ---- inspections --------------------------------------------------------------------------------------------------------


@door(permissions.VIEW)
@require_safe
def inspection_list(request: ActingRequest) -> HttpResponse:
    """Inspections of use."""
    return listed(
        request, subject="inspection", table=states_use.INSPECTION, title=_("Inspections of use"),
        basis=("cn-809:29.1", "cn-809:29.2"), intro=_("Provider and authority may look into the use and its records."),
        find=queries_use.find_inspections, page="use:inspection", when=(_("Announced"), "announced_at"),
        open_states=("ANNOUNCED", "DEFECTS", "REPLIED"), export="inspections",
        empty=(_("No inspections here"), _("One is announced on the page of a grant.")),
        more=[
            Column(label=_("Inspected by"), cell=lambda r: Cell(text=r.inspector_name)),
            Column(label=_("Day of the inspection"), cell=lambda r: Cell(day=r.inspected_on)),
        ],
    )  # fmt: skip


@door(permissions.VIEW)
@require_safe
def inspection(request: ActingRequest, key: UUID) -> HttpResponse:
    """One inspection."""
    return _inspection(request, key)


@door(permissions.INSPECT)
@require_http_methods(["GET", "HEAD", "POST"])
def inspect(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Announce one."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    permissions.check_provider_or_authority(permissions.INSPECT, request.actor, grant.provider_id)

    def page(wrong: Form | None, status: int = 200) -> HttpResponse:
        form = wrong or f.InspectionForm(prefix="inspect")
        return begin(request, grant, _("Announce an inspection"), ("cn-809:29.2",), "use:inspect", form, status=status)

    if request.method != "POST":
        return page(None)
    form = f.bound(f.InspectionForm, request, "inspect")
    return run(
        request, form, lambda who: inspections.announce_inspection(grant_id=grant_id, **form.cleaned_data, **who),
        said=_("Announced to both departments."), back=lambda made: reverse("use:inspection", args=[made.pk]),
        again=lambda wrong: page(wrong, 422),
    )  # fmt: skip


@door(permissions.INSPECT)
@require_POST
def conclude(request: ActingRequest, key: UUID) -> HttpResponse:
    """State the result."""
    return _on_inspection(request, key, "conclude", f.ResultForm, _("Concluded."), inspections.conclude_inspection)


@door(permissions.REPLY_TO_INSPECTION)
@require_POST
def reply(request: ActingRequest, key: UUID) -> HttpResponse:
    """The consumer replies."""
    return _on_inspection(request, key, "reply", f.ReplyForm, _("Replied."), inspections.reply_to_inspection)


@door(permissions.INSPECT)
@require_POST
def close(request: ActingRequest, key: UUID) -> HttpResponse:
    """The reply suffices, or not."""

    def act(*, accepted: str, **given: Any) -> object:
        return inspections.close_inspection(accepted=accepted == "yes", **given)

    return _on_inspection(request, key, "close", f.CloseForm, _("Answered."), act)


def _on_inspection(request: ActingRequest, key: UUID, name: str, form: type[Form], said: Any, act: Any) -> HttpResponse:
    queries_use.get_inspection(key, actor=request.actor)
    filled = f.bound(form, request, name)
    return run(
        request, filled, lambda who: act(inspection_id=key, **filled.cleaned_data, **who), said=said,
        back=lambda _made: reverse("use:inspection", args=[key]),
        again=lambda wrong: _inspection(request, key, forms={name: wrong}, status=422),
    )  # fmt: skip


def _inspection(request: ActingRequest, key: UUID, *, forms: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
    one, forms = queries_use.get_inspection(key, actor=request.actor), forms or {}
    sections = [(_("The inspection"), [
        *grant_facts(one), (_("Inspected by"), Cell(text=one.inspector_name)),
        (_("What is inspected"), Cell(text=one.scope, said=True)), (_("Day of the inspection"), Cell(day=one.inspected_on)),
        (_("Announced"), Cell(moment=one.announced_at)),
    ])]  # fmt: skip
    if one.concluded_at:
        sections.append((_("Result"), [
            (_("Result"), Cell(text=labels.code("inspection_result", one.result))),
            (_("What the inspection found"), Cell(text=one.findings, said=True)), (_("By"), Cell(text=one.concluded_by)),
            (_("On"), Cell(moment=one.concluded_at)),
        ]))  # fmt: skip
    if one.replied_at:
        sections.append((_("Reply"), [
            (_("Reply"), Cell(text=one.reply, said=True)), (_("By"), Cell(text=one.replied_by)),
            (_("On"), Cell(moment=one.replied_at)), (_("Opinion"), Cell(text=one.opinion, said=True)),
        ]))  # fmt: skip
    can, acts = states_use.INSPECTION.can, []
    if may(permissions.INSPECT, request, one.inspector_id):
        if can("find", one.status):
            conclude = forms.get("conclude") or f.ResultForm(prefix="conclude")
            acts.append(act_of("use:conclude", key, "conclude", _("State the result"), conclude))
        if can("close", one.status):
            acts.append(
                act_of("use:close", key, "close", _("Answer the reply"), forms.get("close") or f.CloseForm(prefix="close"))
            )
    if may(permissions.REPLY_TO_INSPECTION, request, one.grant.consumer_id) and can("reply", one.status):
        acts.append(act_of("use:reply", key, "reply", _("Reply"), forms.get("reply") or f.ReplyForm(prefix="reply")))
    case = Case(
        title=_("Inspection of use"), number=one.number, state=("inspection", one.status), basis=("cn-809:29.2",),
        crumb=(_("Inspections of use"), reverse("use:inspections")), sections=sections, acts=acts, trail=f"inspection:{key}",
        links=[
            Link(label=_("Records as PDF"), url=reverse("use:pack", args=[one.grant.id, "pdf"]), icon="download"),
            Link(label=_("Records as JSON"), url=reverse("use:pack", args=[one.grant.id, "json"]), icon="download"),
        ],
    )  # fmt: skip
    return show_case(request, case, status=status)


# ---- third parties ------------------------------------------------------------------------------------------------------


@door(permissions.VIEW)
@require_safe
def third_party_list(request: ActingRequest) -> HttpResponse:
    """Consents to pass on."""
    return listed(
        request, subject="third_party_consent", table=states_use.THIRD_PARTY, title=_("Passing on to third parties"),
        basis=("wushen-2021-60:22.4", "cn-809:25.1"),
        intro=_("Nothing may be passed on, neither as it is nor in another form, unless the provider has consented here."),
        find=queries_use.find_third_parties, page="use:third_party", when=(_("Asked on"), "asked_at"),
        open_states=("ASKED", "CONSENTED"), export="third-parties",
        empty=(_("Nothing is passed on"), _("The consumer's accountable officer asks on the page of a grant.")),
        more=[Column(label=_("Third party"), cell=lambda r: Cell(text=r.third_party))],
    )  # fmt: skip


@door(permissions.VIEW)
@require_safe
def third_party(request: ActingRequest, key: UUID) -> HttpResponse:
    """One of them."""
    return _third_party(request, key)


@door(permissions.ASK_THIRD_PARTY)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_third_party(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Ask for consent."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    permissions.check_own_department(permissions.ASK_THIRD_PARTY, request.actor, grant.consumer_id)
    names = element_names(catalogue.get_resource(grant.resource_id))
    elements = [(code, names.get(code, code)) for code in queries.current_terms(grant_id).elements]

    def live() -> None:
        if grant.status not in (states.ACTIVE, states.SUSPENDED):
            raise errors.GrantNotLive()

    def page(wrong: Form | None, status: int = 200) -> HttpResponse:
        form = wrong or f.ThirdPartyForm(prefix="ask", elements=elements)
        title = _("Ask to pass on to a third party")
        return begin(request, grant, title, ("cn-809:25.1",), "use:ask_third_party", form, status=status, check=live)

    if request.method != "POST":
        return page(None)
    form = f.bound(f.ThirdPartyForm, request, "ask", elements=elements)
    return run(
        request, form, lambda who: third_parties.ask_third_party(grant_id=grant_id, **form.cleaned_data, **who),
        said=_("Asked: the ban stands until the provider consents."),
        back=lambda made: reverse("use:third_party", args=[made.pk]), again=lambda wrong: page(wrong, 422),
    )  # fmt: skip


@door(permissions.DECIDE_THIRD_PARTY)
@require_POST
def decide_third_party(request: ActingRequest, key: UUID) -> HttpResponse:
    """Consent or refuse."""

    def act(*, consents: str, **given: Any) -> object:
        return third_parties.decide_third_party(consents=consents == "yes", **given)

    return _on_third_party(request, key, "decide", f.DecideForm, _("Decided."), act)


@door(permissions.REVOKE_THIRD_PARTY)
@require_POST
def revoke_third_party(request: ActingRequest, key: UUID) -> HttpResponse:
    """Take the consent back."""
    act = third_parties.revoke_third_party
    return _on_third_party(request, key, "revoke", f.ReasonForm, _("Revoked: nothing may be passed on any more."), act)


@door(permissions.ASK_THIRD_PARTY)
@require_POST
def withdraw_third_party(request: ActingRequest, key: UUID) -> HttpResponse:
    """The consumer no longer needs it."""
    return _on_third_party(request, key, "withdraw", f.ReasonForm, _("Withdrawn."), third_parties.withdraw_third_party)


def _on_third_party(request: ActingRequest, key: UUID, name: str, form: type[Form], said: Any, act: Any) -> HttpResponse:
    queries_use.get_third_party(key, actor=request.actor)
    filled = f.bound(form, request, name)
    return run(
        request, filled, lambda who: act(consent_id=key, **filled.cleaned_data, **who), said=said,
        back=lambda _made: reverse("use:third_party", args=[key]),
        again=lambda wrong: _third_party(request, key, forms={name: wrong}, status=422),
    )  # fmt: skip


def _third_party(request: ActingRequest, key: UUID, *, forms: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
    one, forms = queries_use.get_third_party(key, actor=request.actor), forms or {}
    names = element_names(catalogue.get_resource(one.grant.resource_id))
    sections = [(_("What is asked"), [
        *grant_facts(one), (_("Third party"), Cell(text=one.third_party)),
        (_("Elements"), Cell(text="、".join(names.get(code, code) for code in one.elements))),
        (_("Purpose"), Cell(text=one.purpose, said=True)), (_("Legal basis"), Cell(text=one.legal_basis, said=True)),
        (_("Safeguards"), Cell(text=one.safeguards, said=True)), (_("Until"), Cell(until=one.until_at)),
        (_("Asked by"), Cell(text=one.asked_by)), (_("Asked on"), Cell(moment=one.asked_at)),
    ])]  # fmt: skip
    if one.decided_at:
        sections.append((_("Decision"), [
            (_("Reasons"), Cell(text=one.opinion, said=True)), (_("By"), Cell(text=one.decided_by)),
            (_("On"), Cell(moment=one.decided_at)), (_("Reason of the end"), Cell(text=one.closing_reason, said=True)),
        ]))  # fmt: skip
    can, acts = states_use.THIRD_PARTY.can, []
    if may(permissions.DECIDE_THIRD_PARTY, request, one.grant.provider_id) and can("consent", one.status):
        decide = forms.get("decide") or f.DecideForm(prefix="decide")
        acts.append(act_of("use:decide_third_party", key, "decide", _("Decide"), decide))
    if _may_ask(permissions.REVOKE_THIRD_PARTY, request, one) and can("revoke", one.status):
        revoke = forms.get("revoke") or f.ReasonForm(prefix="revoke")
        acts.append(
            act_of(
                "use:revoke_third_party",
                key,
                "revoke",
                _("Revoke the consent"),
                revoke,
                danger=True,
                confirm=_("Revoke the consent?"),
            )
        )
    if may(permissions.ASK_THIRD_PARTY, request, one.grant.consumer_id) and can("withdraw", one.status):
        withdraw = forms.get("withdraw") or f.ReasonForm(prefix="withdraw")
        acts.append(act_of("use:withdraw_third_party", key, "withdraw", _("Withdraw"), withdraw))
    case = Case(
        title=_("Passing on to a third party"), number=one.number, state=("third_party_consent", one.status),
        basis=("cn-809:25.1", "wushen-2021-60:22.4"), crumb=(_("Passing on to third parties"), reverse("use:third_parties")),
        sections=sections, acts=acts, trail=f"third_party_consent:{key}",
    )  # fmt: skip
    return show_case(request, case, status=status)


def begin(
    request: ActingRequest, grant: Any, title: Any, basis: Sequence[str], url: str, form: Form, *, status: int,
    check: Callable[[], object] = lambda: None,
) -> HttpResponse:  # fmt: skip
    """The page on which a case of a grant begins; where `check` refuses it, the form says so when it is opened."""
    to = ("grants:detail", grant.id)
    close_if_impossible(request, form, {"begin": possible(check)}, to=to, offer="begin")
    case = Case(
        title=title, number=grant.number, state=("grant", grant.status), basis=basis,
        crumb=(grant.number, reverse("grants:detail", args=[grant.id])),
        sections=[(_("Grant"), [
            (_("Resource"), Cell(text=grant.resource_name)), (_("Consumer"), Cell(text=grant.consumer_name)),
            (_("Provider"), Cell(text=grant.provider_name)),
        ])],
        acts=[Act(name="begin", label=title, url=reverse(url, args=[grant.id]), form=form)],
    )  # fmt: skip
    return show_case(request, case, status=status)
