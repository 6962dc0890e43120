"""The end of sharing a resource: announced, answered by the consumers, filed, called off."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import permissions, queries, queries_stop, stopping
from gongxiang.platform.grants.queries_stop import StopView
from gongxiang.platform.grants.states import ANNOUNCED, STOP_NOTICE
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.grants.views import element_names
from gongxiang.platform.web.grants.words import taken_words
from gongxiang.platform.web.upkeep.forms import AnnounceForm, AnswerForm, DecisionForm, ReasonForm
from gongxiang.protocol import clock

KINDS = ("END", "NARROW", "PROTECT")


@door(permissions.VIEW)
@require_safe
def stops(request: ActingRequest) -> HttpResponse:
    """Notices that I may see; as CSV with `export=csv`."""
    status = request.GET.get("status", "")
    rows = queries_stop.find_stops(
        actor=request.actor,
        text=request.GET.get("q", "").replace("\x00", "").strip()[:200],
        status=status if status == "running" or status in STOP_NOTICE.states else "",
        kind=kind if (kind := request.GET.get("kind", "")) in KINDS else "",
    )
    if request.GET.get("export") == "csv":
        return lists.export_csv("ends-of-sharing", _columns(), queries_stop.stop_views(rows[:5000]))
    page = lists.paginate(
        request, rows, sorts={"new": ["-announced_at", "-id"], "day": ["stops_at", "id"]}, filters=("status", "kind")
    )
    page.rows = queries_stop.stop_views(page.rows)
    states = [("running", _("Not over")), *((s, labels.state("stop_notice", s)[0]) for s in STOP_NOTICE.states)]
    return render(request, "upkeep/stops.html", {"page": page, "states": states, "kinds": KINDS})


def _columns() -> list[tuple[Any, Callable[[StopView], Any]]]:
    return [
        (_("Number"), lambda n: n.number),
        (_("Name of the resource"), lambda n: n.resource_name),
        (_("Provider"), lambda n: n.provider_name),
        (_("Kind"), lambda n: labels.code("stop_kind", n.kind)),
        (_("Reason"), lambda n: labels.code("stop_reason" if n.kind == "END" else "narrow_reason", n.reason)),
        (_("Last day of sharing"), lambda n: n.last_day.isoformat()),
        (_("Objections"), lambda n: len(n.objections)),
        (_("Number of the filing"), lambda n: n.filing_number),
        (_("State"), lambda n: labels.state("stop_notice", n.status)[0]),
    ]


@door(permissions.ANNOUNCE_STOP)
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Announce the last day of sharing to everybody who uses the resource."""
    resource, at = catalogue.get_resource(resource_id, actor=request.actor), clock.now()
    permissions.check_own_department(permissions.ANNOUNCE_STOP, request.actor, resource.provider_id)
    form = AnnounceForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            made = stopping.announce_stop(resource_id=resource_id, by=request.actor, at=at, **form.cleaned_data)
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Announced: every department that uses it is asked."))
            return redirect("upkeep:stop", notice_id=made.id)
    context = {
        "form": form,
        "resource": resource,
        "grants": queries.live_grants(resource_id=resource_id),
        "running": queries_stop.running_stop(resource_id, actor=request.actor),
        "hearing": rulebook.deadline("stop_objection", start=at),
    }
    return render(request, "upkeep/announce_stop.html", context, status=422 if form.is_bound else 200)


@door(permissions.VIEW)
@require_safe
def stop(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """One notice with its answers and acts."""
    return _page(request, notice_id)


@door(permissions.ANSWER_STOP)
@require_POST
def answer(request: ActingRequest, notice_id: UUID, grant_id: UUID) -> HttpResponse:
    """Agree or object."""
    form = AnswerForm(request.POST, prefix=f"a{grant_id.hex[:8]}")
    return _act(request, notice_id, f"answer-{grant_id}", form, _("Your answer is on record."), lambda who: (
        stopping.answer_stop(grant_id=grant_id, **form.cleaned_data, **who)
    ))  # fmt: skip


@door(permissions.DECIDE_STOP)
@require_POST
def decide(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """File it, or uphold an objection."""
    form, files = DecisionForm(request.POST), request.POST.get("decision") == "file"
    act = stopping.file_stop if files else stopping.reject_stop
    said = _("Filed: it takes effect on its day.") if files else _("Objection upheld: sharing goes on as it was.")
    return _act(request, notice_id, "decide", form, said, lambda who: act(opinion=form.cleaned_data["opinion"], **who))


@door(permissions.ANNOUNCE_STOP)
@require_POST
def cancel(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Go on sharing after all."""
    form = ReasonForm(request.POST, prefix="cancel")
    return _act(request, notice_id, "cancel", form, _("Called off: sharing goes on as it was."), lambda who: (
        stopping.cancel_stop(reason=form.cleaned_data["reason"], **who)
    ))  # fmt: skip


def _act(
    request: ActingRequest, notice_id: UUID, name: str, form: Any, said: Any, act: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    queries_stop.get_stop(notice_id, actor=request.actor)
    if form.is_valid():
        try:
            act({"notice_id": notice_id, "by": request.actor, "at": clock.now()})
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, said)
            return redirect("upkeep:stop", notice_id=notice_id)
    return _page(request, notice_id, forms={name: form}, status=422)


def _page(request: ActingRequest, notice_id: UUID, *, forms: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    actor, at, forms = request.actor, clock.now(), forms or {}
    notice = queries_stop.get_stop(notice_id, actor=actor)
    asked = notice.status == ANNOUNCED and permissions.ANSWER_STOP.allows(actor)
    names = element_names(catalogue.get_resource(notice.resource_id))
    rows = [
        (
            one,
            taken_words(one.taken, names) if one.taken is not None else [],
            (forms.get(f"answer-{one.grant_id}") or AnswerForm(prefix=f"a{one.grant_id.hex[:8]}"))
            if asked and not one.answer and one.consumer_id == actor.department_id
            else None,
        )
        for one in notice.answers
    ]
    decides = notice.status == ANNOUNCED and permissions.DECIDE_STOP.allows(actor)
    context = {
        "notice": notice,
        "rows": rows,
        "decide": (forms.get("decide") or DecisionForm()) if decides else None,
        "heard": notice.heard(at),
        "ends": notice.kind == "END",
        "cancel": (forms.get("cancel") or ReasonForm(prefix="cancel"))
        if notice.running and queries_stop.may_announce(actor, notice.provider_id)
        else None,
        "withdraw": (notice.kind, notice.status) == ("END", "CARRIED_OUT")
        and queries_stop.may_announce(actor, notice.provider_id)
        and catalogue.get_resource(notice.resource_id).is_published,
        "news": evidence.trail_of(f"stop_notice:{notice.id}", by=actor)[-40:],
    }  # fmt: skip
    return render(request, "upkeep/stop.html", context, status=status)
