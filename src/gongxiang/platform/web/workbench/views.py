"""The workbench page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.permissions import SIGNED_IN
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.todos import figures_of, todos_of
from gongxiang.protocol import clock


@door(SIGNED_IN)
@require_safe
def home(request: ActingRequest) -> HttpResponse:
    """What waits for me, my department in figures, what happened lately."""
    actor = request.actor
    at = clock.now()
    return render(
        request,
        "workbench/home.html",
        {"todos": todos_of(actor, at), "figures": figures_of(actor, at), "recent": evidence.recent(by=actor, limit=8)},
    )
