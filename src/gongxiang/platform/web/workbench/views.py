"""The workbench page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.permissions import SIGNED_IN
from gongxiang.platform.notices.subjects import titles_of
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.todos import figures_of, todos_of
from gongxiang.protocol import clock

#: What the data plane and the door say all day long; it stands on the pages of flows and accounts.
QUIET = (*parties.SIGN_IN_KINDS, "flow:state_reported", "stream:state_reported", "stream:counted", "flow:receipt_given")


@door(SIGNED_IN)
@require_safe
def home(request: ActingRequest) -> HttpResponse:
    """What waits for me, my department in figures, what changed since my last visit (or the latest, where nothing did)."""
    actor = request.actor
    at = clock.now()
    since = parties.last_visit(actor.id)
    changed = evidence.recent(by=actor, limit=12, since=since, but=QUIET) if since else []
    recent = changed or evidence.recent(by=actor, limit=8, but=QUIET)
    context = {
        "todos": todos_of(actor, at),
        "figures": figures_of(actor, at),
        "since": since,
        "changed": changed,
        "recent": recent,
        "titles": titles_of(recent),
    }
    return render(request, "workbench/home.html", context)
