"""Pages of the authority's part of a dispute: hearing, opinion, government, carrying out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.platform.access import mediating
from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access import queries_dispute as queries
from gongxiang.platform.access.queries import read_reply
from gongxiang.platform.web.disputes.forms import (
    AnswerForm,
    DecisionForm,
    HearingForm,
    MediationOpinionForm,
    ReferForm,
    SubmitForm,
    TextForm,
)
from gongxiang.platform.web.disputes.views import act_page, terms_kwargs
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.grants.forms import initial_fields
from gongxiang.protocol import clock

_BASIS = ("wushen-2021-60:21(2)", "cn-809:28.2")


@door(permissions.MEDIATE)
@require_http_methods(["GET", "HEAD", "POST"])
def hearing(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Name the handler and hear both sides."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    people = [(str(one.id), one.name) for one in queries.handlers()]
    form = HearingForm(request.POST or None, people=people, initial={"handler_id": str(request.actor.id)})
    return act_page(
        request, dispute, form, title=_("Hear both sides"), button=_("Open the hearing"), basis=_BASIS,
        act=lambda: mediating.open_hearing(
            dispute_id=dispute_id, handler_id=UUID(form.cleaned_data["handler_id"]), by=request.actor, at=clock.now()
        ),
        done=_("Both sides are asked for their statements."),
        happens=_("Both accountable officers are asked for a statement within the period; then you write the opinion."),
    )  # fmt: skip


@door(permissions.CONFIRM)
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """My side's case, once."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    form = TextForm(
        request.POST if request.method == "POST" else None, name="text", label=_("What your side asks for, and why"), rows=6
    )
    return act_page(
        request, dispute, form, title=_("State your side's case"), button=_("Make the statement"), basis=_BASIS,
        act=lambda: mediating.make_statement(dispute_id=dispute_id, by=request.actor, at=clock.now(), **form.cleaned_data),
        done=_("Your statement is in the case."), happens=_("It is made once; the other side and the authority read it."),
    )  # fmt: skip


@door(permissions.MEDIATE)
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Write the opinion."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    more = terms_kwargs(dispute, request)
    more["initial"] |= {"outcome": "grant"}
    if dispute.opinion is not None:
        reply = read_reply(dispute.opinion)
        more["initial"] = {
            **initial_fields(reply.elements, reply.masks, reply.conditions, reply.purposes, reply.until, reply.volume),
            "outcome": reply.outcome, "ground": reply.ground, "text": reply.text, "reasons": dispute.opinion_reasons,
        }  # fmt: skip
    form = MediationOpinionForm(request.POST or None, **more)
    return act_page(
        request, dispute, form, template="disputes/opinion.html", title=_("Opinion of the mediation"), button=_("Prepare"),
        act=lambda: mediating.prepare_opinion(
            dispute_id=dispute_id, terms=form.result(), reasons=form.cleaned_data["reasons"], by=request.actor, at=clock.now()
        ),
        done=_("Prepared. The authority's leader gives it."), basis=_BASIS, lead=("reasons",),
        happens=_("Your leader gives the opinion; both sides accept it or not. What was granted before must stay in it."),
    )  # fmt: skip


@door(permissions.LEAD)
@require_POST
def give_opinion(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """The leader gives the opinion."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    mediating.give_opinion(dispute_id=dispute.id, by=request.actor, at=clock.now())
    messages.success(request, _("The opinion is given; both sides have their days to answer."))
    return redirect("disputes:detail", dispute_id)


@door(permissions.CONFIRM)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Accept the opinion or not."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    return act_page(
        request, dispute, form, title=_("Answer the opinion"), button=_("Answer"), basis=("cn-809:28.2",), done=_("Answered."),
        act=lambda: mediating.answer_opinion(dispute_id=dispute_id, by=request.actor, at=clock.now(), **form.values()),
        happens=_("Accepted by both it binds and is carried out; if one side does not accept, the government decides."),
    )  # fmt: skip


@door(permissions.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Submit the case to the government."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    form = SubmitForm(request.POST or None, initial={"government": mediating.GOVERNMENT})
    return act_page(
        request, dispute, form, title=_("Submit to the government"), button=_("Submit"), basis=("cn-809:28.2",),
        act=lambda: mediating.submit_to_government(
            dispute_id=dispute_id, by=request.actor, at=clock.now(), **form.cleaned_data
        ),
        done=_("Submitted; the submission can be printed from the case."),
        happens=_("The submission with your opinion is issued as a document; you record the decision when it arrives."),
    )  # fmt: skip


@door(permissions.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Across levels or areas."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    form = ReferForm(request.POST if request.method == "POST" else None)
    return act_page(
        request, dispute, form, title=_("Refer to the common superior authority"), button=_("Refer"), basis=("cn-809:28.2",),
        act=lambda: mediating.refer_dispute(dispute_id=dispute_id, by=request.actor, at=clock.now(), **form.cleaned_data),
        done=_("Referred; record the decision when it arrives."),
        happens=_("The case leaves the banner; the platform keeps the path and, later, the decision."),
    )  # fmt: skip


@door(permissions.MEDIATE)
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Record the decision from its document."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    more = terms_kwargs(dispute, request)
    more["initial"] |= {"outcome": "grant"}
    form = DecisionForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)), **more)

    def act() -> None:
        data = form.cleaned_data
        scan = (data["scan"].name, data["scan"].read()) if data["scan"] else None
        mediating.record_decision(
            dispute_id=dispute_id, number=data["number"], decided_on=data["decided_on"], content=data["content"],
            terms=form.result(), scan=scan, by=request.actor, at=clock.now(),
        )  # fmt: skip

    return act_page(
        request, dispute, form, template="disputes/opinion.html", title=_("Record the decision"), button=_("Record"), act=act,
        done=_("Recorded. The authority's leader carries it out."), basis=("cn-809:28.2",),
        lead=("number", "decided_on", "content", "scan"), body=dispute.decision_body,
        happens=_("Your leader carries the decision out: the reply cites it, and it is final on these facts."),
    )  # fmt: skip


@door(permissions.LEAD)
@require_POST
def carry_out(request: ActingRequest, dispute_id: UUID) -> HttpResponse:
    """Answer the request by what binds."""
    dispute = queries.get_dispute(dispute_id, actor=request.actor)
    mediating.carry_out(dispute_id=dispute.id, by=request.actor, at=clock.now())
    messages.success(request, _("Carried out: the request is answered and the reply cites the paper."))
    return redirect("disputes:detail", dispute_id)
