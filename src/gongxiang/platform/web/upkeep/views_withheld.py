"""The yearly re-check of withheld entries: the list with what is due, one round with its acts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import actions, queries_withheld
from gongxiang.platform.catalogue import permissions_upkeep as permissions
from gongxiang.platform.catalogue.permissions import COMPILE
from gongxiang.platform.catalogue.queries_withheld import CheckView
from gongxiang.platform.catalogue.states import DUE, REPORTED
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.upkeep.forms import DecisionForm, StatementForm
from gongxiang.protocol import clock

WHICH = {
    "soon": _("Due within thirty days"),
    "overdue": _("Overdue"),
    "lapsed": _("Without basis"),
    "reported": _("Reported, to be confirmed"),
    "past": _("Earlier rounds"),
}


@door(permissions.VIEW_WITHHELD)
@require_safe
def withheld(request: ActingRequest) -> HttpResponse:
    """Withheld entries with the date of their next re-check; as CSV with `export=csv`."""
    at, which = clock.now(), request.GET.get("which", "")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = queries_withheld.find_checks(actor=request.actor, at=at, text=text, which=which if which in WHICH else "")
    if statute := _statute(request.GET.get("statute", "")):
        rows = queries_withheld.resting_on(statute, actor=request.actor)
    if request.GET.get("export") == "csv":
        return lists.export_csv("withheld", _columns(), queries_withheld.check_views(rows[:5000]))
    page = lists.paginate(request, rows, sorts={"due": ["due_at", "id"], "new": ["-opened_at", "id"]}, filters=("which",))
    page.rows = queries_withheld.check_views(page.rows)
    context = {
        "page": page,
        "which": list(WHICH.items()),
        "figures": queries_withheld.check_figures(request.actor, at),
        "every": permissions.sees_every_department(request.actor),
    }
    return render(request, "upkeep/withheld.html", context)


def _statute(named: str) -> UUID | None:
    """The statute that the address names, on which the listed entries rest."""
    try:
        return UUID(named) if named else None
    except ValueError:
        return None


def _columns() -> list[tuple[Any, Callable[[CheckView], Any]]]:
    return [
        (_("Code"), lambda r: r.resource_code),
        (_("Name of the resource"), lambda r: r.resource_name),
        (_("Provider"), lambda r: r.provider_name),
        (_("Basis"), lambda r: r.citation),
        (_("Last day"), lambda r: r.last_day.isoformat()),
        (_("State"), lambda r: labels.state("withheld_check", r.status)[0]),
        (_("Why the basis fell"), lambda r: labels.code("withheld_lapsed", r.lapsed_why) if r.lapsed_why else ""),
    ]


@door(permissions.VIEW_WITHHELD)
@require_safe
def check(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """One round: entry, basis, statement, decision, acts, earlier rounds."""
    return _page(request, check_id)


@door(permissions.REPORT_WITHHELD)
@require_POST
def report(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """Still withheld, basis unchanged."""
    form = StatementForm(request.POST)
    return _act(request, check_id, "report", form, _("Reported: the authority confirms or returns it."), lambda who: (
        actions.report_still_withheld(statement=form.cleaned_data["statement"], **who)
    ))  # fmt: skip


@door(permissions.CONFIRM_WITHHELD)
@require_POST
def decide(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """Confirm for another year, or return."""
    form, confirm = DecisionForm(request.POST), request.POST.get("decision") == "confirm"
    act = actions.confirm_still_withheld if confirm else actions.return_withheld_check
    said = _("Confirmed: the next re-check is due in a year.") if confirm else _("Returned with your reason.")
    return _act(request, check_id, "decide", form, said, lambda who: act(opinion=form.cleaned_data["opinion"], **who))


def _act(
    request: ActingRequest, check_id: UUID, name: str, form: Any, said: Any, act: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    queries_withheld.get_check(check_id, actor=request.actor)
    if form.is_valid():
        try:
            act({"check_id": check_id, "by": request.actor, "at": clock.now()})
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, said)
            return redirect("upkeep:check", check_id=check_id)
    return _page(request, check_id, forms={name: form}, status=422)


def _page(request: ActingRequest, check_id: UUID, *, forms: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    actor, at, forms = request.actor, clock.now(), forms or {}
    found = queries_withheld.get_check(check_id, actor=actor)
    own = actor.department_id == found.provider_id
    reports = own and found.status == DUE and permissions.REPORT_WITHHELD.allows(actor)
    decides = found.status == REPORTED and permissions.CONFIRM_WITHHELD.allows(actor)
    why_not: Any = ""
    if found.lapsed_why or (found.statute_until and found.statute_until < beijing_date(at)):
        why_not = _("The basis no longer carries the withholding: name another or share the resource.")
    elif found.resource_status != "PUBLISHED":
        why_not = _("The entry is being revised.")
    context = {
        "check": found,
        "own": own,
        "report": (forms.get("report") or StatementForm()) if reports else None,
        "decide": (forms.get("decide") or DecisionForm()) if decides else None,
        "why_not": why_not,
        "may_revise": own and found.running and found.resource_status == "PUBLISHED" and COMPILE.allows(actor),
        "rounds": [one for one in queries_withheld.rounds_of(found.resource_id, actor=actor) if one.id != found.id],
        "news": evidence.trail_of(f"withheld_check:{found.id}", by=actor)[-40:],
    }
    return render(request, "upkeep/check.html", context, status=status)
