"""Pages of a trial at mounting: the connection tested step by step, and a look at masked rows."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.vocabulary import DistributionKind
from gongxiang.platform.delivery import permissions, policies, trying
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.grants.sample import DOOR
from gongxiang.platform.web.numbers import whole
from gongxiang.platform.web.possible import possible
from gongxiang.platform.web.tracing import trace_of
from gongxiang.protocol import clock

#: In the order in which a node tries them (`protocol.messages.MountStep`).
STEPS = {
    DistributionKind.TABLE: ("reachable", "table", "key", "rights", "columns", "sample"),
    DistributionKind.API: ("place", "answering", "records", "columns", "sample"),
    DistributionKind.FILE: ("place", "there", "header", "columns", "sample"),
}


def _shown(request: ActingRequest, resource_id: UUID) -> dict[str, Any]:
    draft = catalogue.get_draft(resource_id, actor=request.actor)
    places = [(n, one) for n, one in enumerate(draft.content.distributions, start=1) if one.kind in STEPS]
    return {
        "draft": draft,
        "places": [_place(request, resource_id, number, place) for number, place in places],
        "may_try": possible(
            lambda: permissions.check_for_department(permissions.CHECK_TABLE, request.actor, draft.provider_id)
        ),
        "may_look": permissions.SAMPLE_MOUNT.allows(request.actor) and request.actor.department_id == draft.provider_id,
        "elements": [
            (one, policies.mask_at_mounting(one, one.spec()))
            for one in draft.content.elements
            if one.code and one.shareable and one.type
        ],
    }


def _place(request: ActingRequest, resource_id: UUID, number: int, place: Any) -> dict[str, Any]:
    """One delivery of the draft, and what came of its newest trial."""
    trial = trying.latest_trial(resource_id, place=place, actor=request.actor)
    at = clock.now()
    found = {step["step"]: step for step in trial.steps} if trial else {}
    is_table = place.kind == DistributionKind.TABLE
    return {
        "number": number,
        "place": place,
        "is_table": is_table,
        "ready": bool(place.node_id and place.source_table and (place.columns or not is_table)),
        "trial": trial,
        "steps": [(name, found.get(name)) for name in STEPS[place.kind]],
        "failed": [name for name, step in found.items() if step["problem"]],
        "silent": trial is not None and trial.answered_at is None and at - trial.asked_at > policies.TRIAL_PATIENCE,
        "rows_kept": trial is not None
        and trial.answered_at is not None
        and trial.rows > 0
        and trial.shown_at is None
        and at - trial.answered_at <= policies.TRIAL_ROWS_KEPT,
    }


@door(permissions.CHECK_TABLE)
@require_http_methods(["GET", "POST"])
def trial(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Test what an entry delivers, each way by itself, and see what came of it."""
    refusal = None
    if request.method == "POST":
        number = whole(request.POST.get("number", ""), otherwise=0) or None
        try:
            trying.try_mount(resource_id=resource_id, number=number, by=request.actor, at=clock.now())
        except Refusal as caught:
            if caught.status in (403, 404):
                raise
            refusal = caught
        else:
            return redirect("delivery:trial", resource_id)
    shown = {**_shown(request, resource_id), "refusal": refusal}
    return render(request, "delivery/trial.html", shown, status=422 if refusal else 200)


@door(permissions.CHECK_TABLE)
@require_safe
def trial_live(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """The part of the page that waits for the node."""
    shown = _shown(request, resource_id)
    number = whole(request.GET.get("number", ""), otherwise=0)
    one = next((one for one in shown["places"] if not number or one["number"] == number), None)
    if one is None:
        raise NotFound()
    return render(request, "delivery/parts/trial_live.html", {**shown, "one": one})


@door(permissions.SAMPLE_MOUNT)
@require_POST
def trial_rows(request: ActingRequest, resource_id: UUID, trial_id: UUID) -> HttpResponse:
    """The part in which the rows appear: the browser takes a ticket to the gateway."""
    draft = catalogue.get_draft(resource_id, actor=request.actor)
    try:
        ticket = trying.ask_for_trial_rows(trial_id=trial_id, by=request.actor, at=clock.now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        # 200, because htmx leaves the page as it is after anything else.
        return render(request, "delivery/parts/trial_rows.html", {"refusal": refusal})
    names = {one.code: one.name or one.code for one in draft.content.elements if one.code}
    context = {"address": f"{DOOR}{ticket}", "names": names, **trace_of(ticket, request.actor)}
    return render(request, "delivery/parts/trial_rows.html", context)
