"""Kept texts: compare, take over, set aside; and who has a form open."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gongxiang.platform.catalogue import actions, permissions, queries, queries_editing
from gongxiang.platform.catalogue.permissions import COMPILE
from gongxiang.platform.catalogue.states import EDITABLE
from gongxiang.platform.web.catalogue.conflicts import compared
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock


@door(COMPILE)
@require_safe
def copy(request: ActingRequest, copy_id: UUID) -> HttpResponse:
    """One kept text beside the draft as it stands."""
    found = queries_editing.get_copy(copy_id, actor=request.actor)
    draft = queries.get_draft(found.resource_id, actor=request.actor)
    context = {"copy": found, "draft": draft, "differences": compared(found), "editable": draft.status in EDITABLE}
    return render(request, "upkeep/copy.html", context)


@door(COMPILE)
@require_POST
def take_over(request: ActingRequest, copy_id: UUID) -> HttpResponse:
    """The kept text becomes the draft; the other is kept in its turn."""
    found = queries_editing.get_copy(copy_id, actor=request.actor)
    actions.take_copy_over(copy_id=copy_id, by=request.actor, at=clock.now())
    messages.success(request, _("Taken over. The text that stood there is kept on the working page."))
    return redirect("catalogue:edit", resource_id=found.resource_id)


@door(COMPILE)
@require_POST
def set_aside(request: ActingRequest, copy_id: UUID) -> HttpResponse:
    """The other text stays."""
    found = queries_editing.get_copy(copy_id, actor=request.actor)
    actions.set_copy_aside(copy_id=copy_id, by=request.actor, at=clock.now())
    messages.success(request, _("The other text stays. Yours can still be read on the working page."))
    return redirect("catalogue:entry", resource_id=found.resource_id)


@door(COMPILE)
@require_safe
def editing(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Who else has the form open; asking says that I have."""
    draft = queries.get_draft(resource_id, actor=request.actor)
    permissions.check_own(request.actor, draft.provider_id)
    actions.note_editing(resource_id=resource_id, by=request.actor, at=clock.now())
    others = queries_editing.editing_now(resource_id, actor=request.actor, at=clock.now())
    return render(request, "upkeep/parts/editing.html", {"draft": draft, "others": others})
