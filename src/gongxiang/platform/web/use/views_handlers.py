"""Named handlers of a grant."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.grants import handlers as acts
from gongxiang.platform.grants import permissions, queries, queries_use
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web import labels
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.use.forms import HandlerForm, ReasonForm, bound
from gongxiang.platform.web.use.shown import Act, Case, Cell, Column, run, show_case


@door(permissions.VIEW)
@require_safe
def handlers(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Who may look things up under the grant, who might and when."""
    return _page(request, grant_id)


@door(permissions.NAME_HANDLER)
@require_POST
def name(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Name one."""
    queries.get_grant(grant_id, actor=request.actor)
    form = bound(HandlerForm, request, "name", people=_people(request))
    return run(
        request, form, lambda who: acts.name_handler(
            grant_id=grant_id, **{**form.cleaned_data, "person_id": UUID(form.cleaned_data["person_id"])}, **who
        ),
        said=_("Named: the person can look things up under this grant."),
        back=lambda _made: reverse("use:handlers", args=[grant_id]),
        again=lambda wrong: _page(request, grant_id, forms={"name": wrong}, status=422),
    )  # fmt: skip


@door(permissions.END_HANDLER)
@require_POST
def end(request: ActingRequest, grant_id: UUID, handler_id: UUID) -> HttpResponse:
    """Remove one."""
    if handler_id not in {one.id for one in queries_use.handlers_of(grant_id, actor=request.actor)}:
        raise NotFound()
    form = bound(ReasonForm, request, f"end{handler_id.hex[:8]}")
    return run(
        request, form, lambda who: acts.end_handler(handler_id=handler_id, reason=form.cleaned_data["reason"], **who),
        said=_("Removed: the person gets no ticket any more."), back=lambda _made: reverse("use:handlers", args=[grant_id]),
        again=lambda wrong: _page(request, grant_id, forms={f"end{handler_id.hex[:8]}": wrong}, status=422),
    )  # fmt: skip


def _people(request: ActingRequest) -> list[tuple[str, str]]:
    """The active people of the actor's department."""
    found = parties.people(request.actor, department_id=request.actor.department_id)
    return [(str(one.id), one.name) for one in found if one.status == "ACTIVE"]


def _page(request: ActingRequest, grant_id: UUID, *, forms: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
    grant, forms = queries.get_grant(grant_id, actor=request.actor), forms or {}
    found = queries_use.handlers_of(grant_id, actor=request.actor)
    mine = permissions.NAME_HANDLER.allows(request.actor) and request.actor.department_id == grant.consumer_id
    shown: list[Act] = []
    if mine and grant.status in ("ACTIVE", "SUSPENDED"):
        shown.append(Act(
            name="name", label=_("Name a handler"), url=reverse("use:name_handler", args=[grant_id]),
            form=forms.get("name") or HandlerForm(prefix="name", people=_people(request)),
        ))  # fmt: skip
    for one in found if mine else ():
        if one.ended_at is None:
            key = f"end{one.id.hex[:8]}"
            shown.append(Act(
                name=key, label=_("Remove %(name)s") % {"name": one.person_name}, danger=True,
                url=reverse("use:end_handler", args=[grant_id, one.id]), form=forms.get(key) or ReasonForm(prefix=key),
            ))  # fmt: skip
    columns = [
        Column(label=_("Person"), cell=lambda r: Cell(text=r.person_name)),
        Column(label=_("Duty"), cell=lambda r: Cell(text=r.duty)),
        Column(label=_("From"), cell=lambda r: Cell(moment=r.from_at)),
        Column(
            label=_("Until"),
            cell=lambda r: Cell(moment=r.ended_at) if r.ended_at else Cell(until=r.until_at or grant.valid_until),
        ),
        Column(label=_("Named by"), cell=lambda r: Cell(text=r.named_by)),
        Column(label=_("Reason of the end"), cell=lambda r: Cell(text=_reason(r.end_reason))),
    ]
    case = Case(
        title=_("Handlers"), number=f"{grant.number} {grant.resource_name}", state=("grant", grant.status),
        crumb=(grant.number, reverse("grants:detail", args=[grant_id])), basis=("wushen-2021-60:22.1", "wushen-2021-60:14"),
        sections=[], acts=shown, columns=columns, rows=found, rows_title=_("Who may look things up"),
        note=_("Only a named handler gets a ticket; whoever leaves the department loses it by itself.") if found
        else _("Nobody is named yet: nothing can be looked up under this grant by a person."),
    )  # fmt: skip
    return show_case(request, case, status=status)


def _reason(reason: str) -> Any:
    return labels.code("handler_end", reason) if reason in ("left", "period_over", "grant_over") else reason
