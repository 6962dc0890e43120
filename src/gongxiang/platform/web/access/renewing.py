"""A new request out of an old one, and the renewal of a grant."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongxiang.platform.access import copying, permissions
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock


@door(permissions.APPLY)
@require_POST
def copy(request: ActingRequest, access_request_id: UUID) -> HttpResponse:
    """Begin a new request with the words of this one."""
    made = copying.copy_access_request(access_request_id=access_request_id, by=request.actor, at=clock.now())
    messages.success(request, _("Copied. Look through it: the ban is accepted anew, and files are attached anew."))
    return redirect("access:edit", made.pk)


@door(permissions.APPLY)
@require_POST
def renew(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Begin the renewal of a grant of my department."""
    made = copying.renew_grant(grant_id=grant_id, by=request.actor, at=clock.now())
    messages.success(request, _("The renewal is begun. Say until when; the old terms hold until it is answered."))
    return redirect("access:edit", made.pk)
