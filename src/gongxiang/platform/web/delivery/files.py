"""Pages of a resource that is delivered by file: its versions, how they come and go, and the withdrawal of one.

Content goes between browser and gateway by tickets; neither it nor the name of a file comes here.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.delivery import files, filetickets, permissions
from gongxiang.platform.delivery.models_files import FileDelivery, FileVersion
from gongxiang.platform.grants import handlers
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants.serving import FILE
from gongxiang.platform.grants.states import ACTIVE
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.delivery import reports
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.grants.sample import DOOR
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.protocol import clock
from gongxiang.protocol.files import FORMS, STATEMENT
from gongxiang.protocol.sentences import parts_from

#: Characters of a refusal that are read.
LONGEST_PROBLEM = 20_000


@door(permissions.VIEW)
@require_safe
def versions(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """The versions of a resource's file, the newest first."""
    delivery = files.get_delivery(resource_id, actor=request.actor)
    found = files.versions_of(resource_id)
    if request.GET.get("export") == "csv":
        return lists.export_csv("file-versions", _columns(), found[:10_000])
    return render(request, "delivery/files.html", _shown(request, delivery))


def _shown(request: ActingRequest, delivery: FileDelivery) -> dict[str, Any]:
    page = lists.paginate(request, files.versions_of(delivery.resource_id), sorts={"new": ["-version"]})
    own = request.actor.department_id == delivery.provider_id
    return {
        "delivery": delivery,
        "page": page,
        "own": own,
        "forms": list(FORMS),
        "statement": STATEMENT,
        "most": settings.FILE_BYTES,
        "may_deposit": possible(
            lambda: permissions.check_for_department(permissions.DEPOSIT_FILE, request.actor, delivery.provider_id)
        ),
        "fetching": [] if own or delivery.closed_at else list(_fetching(request, delivery)),
        "kept": files.versions_of(delivery.resource_id).filter(destroyed_at=None, withdrawn_at=None)[:20],
        "may_withdraw": possible(
            lambda: permissions.check_for_department(permissions.WITHDRAW_FILE, request.actor, delivery.provider_id)
        ),
    }


def _fetching(request: ActingRequest, delivery: FileDelivery) -> Iterator[dict[str, Any]]:
    """The grants in force under which the actor's department fetches it, and whether the actor may."""
    held = grants.find_grants(actor=request.actor, side="consumer").filter(mode=FILE, resource_id=delivery.resource_id)
    for grant in held.filter(status=ACTIVE):
        yield {
            "grant": grant,
            "purposes": [one.value for one in grants.current_terms(grant.pk).purposes],
            "may": _may_fetch(request, grant),
        }


def _may_fetch(request: ActingRequest, grant: Any) -> Possible:
    return possible(
        lambda: permissions.check_for_department(permissions.FETCH_FILE, request.actor, grant.consumer_id),
        lambda: handlers.check_handler(request.actor, grant.pk, clock.now()),
    )


@door(permissions.DEPOSIT_FILE)
@require_POST
def deposit_ticket(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """The address at the gateway to which the browser brings a version."""
    stated = request.POST.get("no_state_secrets") == "on"
    return _address(
        lambda: filetickets.ask_to_deposit(resource_id=resource_id, no_state_secrets=stated, by=request.actor, at=clock.now())
    )


@door(permissions.FETCH_FILE)
@require_POST
def fetch_ticket(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """The address at the gateway where the browser takes a version."""
    said = {name: request.POST.get(name, "") for name in ("purpose", "matter")}
    try:
        file_id = UUID(request.POST.get("version", ""))
    except ValueError as error:
        raise NotFound() from error
    return _address(
        lambda: filetickets.ask_to_fetch(grant_id=grant_id, file_id=file_id, by=request.actor, at=clock.now(), **said)
    )


def _address(ask: Callable[[], str]) -> HttpResponse:
    try:
        return JsonResponse({"address": f"{DOOR}{ask()}"})
    except Refusal as refusal:
        return JsonResponse({"problem": refusal.message, "advice": refusal.advice}, status=refusal.status)


@door(permissions.VIEW)
@require_POST
def explain(request: ActingRequest) -> HttpResponse:
    """What the gateway refused, in the reader's language: the browser alone heard it."""
    try:
        error = json.loads(request.POST.get("problem", "")[:LONGEST_PROBLEM])["error"]
        code, parts = str(error["code"]), [{"form": one.form, "values": one.values} for one in parts_from(error["parts"])]
        message, advice = str(error["message"]), str(error["advice"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"problem": str(labels.code("refused", "gateway_fault")), "advice": ""})
    if (get_language() or "").startswith("en"):
        return JsonResponse({"problem": message, "advice": advice})
    known = gettext(advice) if advice else ""
    return JsonResponse(
        {"problem": reports.in_language(parts) or str(labels.code("refused", code)), "advice": known if known != advice else ""}
    )


@door(permissions.WITHDRAW_FILE)
@require_POST
def withdraw(request: ActingRequest, resource_id: UUID, file_id: UUID) -> HttpResponse:
    """Take a version back, with a reason."""
    delivery = files.get_delivery(resource_id, actor=request.actor)
    files.check_version_of(file_id, resource_id)
    reason = request.POST.get("reason", "")[:1000]
    try:
        row = files.withdraw_version(file_id=file_id, reason=reason, by=request.actor, at=clock.now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        shown = {**_shown(request, delivery), "refusal": refusal, "wrong": file_id, "reason": reason}
        return render(request, "delivery/files.html", shown, status=422)
    messages.success(request, _("Version %(n)s is given to nobody any more.") % {"n": row.version})
    return redirect("delivery:files", resource_id)


def _columns() -> list[tuple[Any, Any]]:
    def when(moment: Any) -> str:
        return moment.isoformat() if moment else ""

    return [
        (_("Version"), lambda v: v.version),
        (_("Form"), lambda v: v.form),
        (_("Bytes"), lambda v: v.size),
        (_("Records"), lambda v: "" if v.rows is None else v.rows),
        (_("Digest"), lambda v: v.digest),
        (_("Deposited on"), lambda v: when(v.deposited_at)),
        (_("State"), state_of),
        (_("Since"), lambda v: when(v.destroyed_at or v.withdrawn_at)),
        (_("Reason"), lambda v: v.reason),
    ]


def state_of(version: FileVersion) -> str:
    """What became of a version, in words."""
    if version.destroyed_at is None and version.withdrawn_at is None:
        return str(labels.code("file_state", "kept"))
    return str(labels.code("file_state", version.why or "withdrawn"))
