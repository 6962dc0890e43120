"""Pages of provision, from consent until data flow, and of acknowledging a disposal."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.grants import disposing, permissions, providing, queries, queries_use, states, states_use
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.web import labels
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.use import forms as f
from gongxiang.platform.web.use.shown import Act, Case, Cell, Column, run, show_case
from gongxiang.platform.web.use.views_cases import act_of, begin, grant_facts, listed, may


@door(permissions.VIEW)
@require_safe
def provisions(request: ActingRequest) -> HttpResponse:
    """From consent until data flow."""
    return listed(
        request, subject="provision", table=states_use.PROVISION, title=_("Provision"), basis=("cn-809:22.1",),
        intro=_("From the consenting reply until the first data arrive, measured from the flow itself."),
        find=queries_use.find_provisions, page="use:provision", when=(_("Due"), "due_at"),
        open_states=providing.RUNNING, export="provision",
        empty=(_("Nothing to provide"), _("A period opens with each consenting reply.")),
        more=[
            Column(label=_("Way of sharing"), cell=lambda r: Cell(text=labels.code("mode", r.grant.mode))),
            Column(label=_("Provided on"), cell=lambda r: Cell(moment=r.provided_at)),
        ],
    )  # fmt: skip


@door(permissions.VIEW)
@require_safe
def provision(request: ActingRequest, key: UUID) -> HttpResponse:
    """One of them."""
    return _provision(request, key)


@door(permissions.DECLARE_PROVISION)
@require_POST
def declare_provision(request: ActingRequest, key: UUID) -> HttpResponse:
    """The provider says how it gave what does not pass here."""
    return _on_provision(
        request, key, "declare", f.StatementForm, _("Declared: the consumer confirms."), providing.declare_provision
    )


@door(permissions.CONFIRM_PROVISION)
@require_POST
def answer_provision(request: ActingRequest, key: UUID) -> HttpResponse:
    """The consumer confirms or denies."""

    def act(*, received: str, **given: Any) -> object:
        return providing.answer_provision(received=received == "yes", **given)

    return _on_provision(request, key, "answer", f.ReceivedForm, _("Answered."), act)


def _on_provision(request: ActingRequest, key: UUID, name: str, form: type[Form], said: Any, act: Any) -> HttpResponse:
    one, filled = queries_use.get_provision(key, actor=request.actor), f.bound(form, request, name)
    return run(
        request, filled, lambda who: act(grant_id=one.grant.id, **filled.cleaned_data, **who), said=said,
        back=lambda _made: reverse("use:provision", args=[key]),
        again=lambda wrong: _provision(request, key, forms={name: wrong}, status=422),
    )  # fmt: skip


def _provision(request: ActingRequest, key: UUID, *, forms: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
    one, forms = queries_use.get_provision(key, actor=request.actor), forms or {}
    measured = labels.code("measured_by", one.measured_by) if one.measured_by else ""
    sections = [(_("Provision"), [
        *grant_facts(one), (_("Way of sharing"), Cell(text=labels.code("mode", one.grant.mode))),
        (_("Running since"), Cell(moment=one.opened_at)), (_("Due"), Cell(until=one.due_at, article=one.due_basis)),
        (_("Provided on"), Cell(moment=one.provided_at)), (_("Known from"), Cell(text=measured)),
        (_("How it was provided"), Cell(text=one.statement, said=True)),
    ])]  # fmt: skip
    can, acts = states_use.PROVISION.can, []
    mine = may(permissions.DECLARE_PROVISION, request, one.grant.provider_id)
    if mine and can("declare", one.status):
        if providing.is_measured(one.grant):
            why = _("The data of this grant pass here: provision is measured from the flow.")
            acts.append(Act(name="declare", label=_("Declare as provided"), url="", why_not=why))
        else:
            declare = forms.get("declare") or f.StatementForm(prefix="declare")
            acts.append(act_of("use:declare_provision", key, "declare", _("Declare as provided"), declare))
    if may(permissions.CONFIRM_PROVISION, request, one.grant.consumer_id) and can("deny", one.status):
        answer = forms.get("answer") or f.ReceivedForm(prefix="answer")
        acts.append(act_of("use:answer_provision", key, "answer", _("Confirm or deny"), answer))
    case = Case(
        title=one.grant.resource_name, number=one.grant.number, state=("provision", one.status), basis=("cn-809:22.1",),
        crumb=(_("Provision"), reverse("use:provisions")), sections=sections, acts=acts, trail=f"provision:{key}",
        due=one.due_at if one.status in providing.RUNNING else None, due_label=_("To be provided"),
    )  # fmt: skip
    return show_case(request, case, status=status)


# ---- disposal -----------------------------------------------------------------------------------------------------------


@door(permissions.ACKNOWLEDGE_DISPOSAL)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """The provider acknowledges the certificate of disposal."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    permissions.check_own_department(permissions.ACKNOWLEDGE_DISPOSAL, request.actor, grant.provider_id)

    def certified() -> None:
        duty = next(iter(queries.disposals(actor=request.actor, grant_id=grant_id)), None)
        if duty is None:
            raise WrongState(state=grant.status, subject="grant", basis=("cn-809:27.1",))
        states.DISPOSAL.find("acknowledge", duty.status)

    def page(wrong: Form | None, status: int = 200) -> HttpResponse:
        form = wrong or f.AcknowledgeForm(prefix="ack")
        return begin(
            request,
            grant,
            _("Acknowledge the disposal"),
            ("cn-809:27.1",),
            "use:acknowledge",
            form,
            status=status,
            check=certified,
        )

    if request.method != "POST":
        return page(None)
    form = f.bound(f.AcknowledgeForm, request, "ack")
    return run(
        request, form, lambda who: disposing.acknowledge_disposal(grant_id=grant_id, **form.cleaned_data, **who),
        said=_("Acknowledged."), back=lambda _made: reverse("grants:detail", args=[grant_id]),
        again=lambda wrong: page(wrong, 422),
    )  # fmt: skip
