"""Pages of a resource that is delivered by file: its versions, how they come and go, and the withdrawal of one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.delivery import files, permissions
from gongxiang.platform.delivery.models_files import FileDelivery, FileVersion
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web import labels, lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.possible import possible
from gongxiang.protocol import clock


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
    return {
        "delivery": delivery,
        "page": page,
        "own": request.actor.department_id == delivery.provider_id,
        "may_withdraw": possible(
            lambda: permissions.check_for_department(permissions.WITHDRAW_FILE, request.actor, delivery.provider_id)
        ),
    }


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
