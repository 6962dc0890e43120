"""A sample: a ticket for the person's browser, which takes it to the gateway; no row passes through the site."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.corrections import permissions as corrections
from gongxiang.platform.delivery import actions, permissions
from gongxiang.platform.grants import queries
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.tracing import trace_of
from gongxiang.protocol import clock

#: The gateway's door for people, in the site's own origin.
DOOR = "/x/v1/tickets/"


@door(permissions.SAMPLE)
@require_POST
def sample(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """The part of the grant's page in which the rows appear."""
    grant = queries.get_grant(grant_id, actor=request.actor)
    try:
        ticket = actions.ask_for_sample(
            grant_id=grant_id, purpose=request.POST.get("purpose", ""), matter=request.POST.get("matter", ""),
            by=request.actor, at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        # 200, because htmx leaves the page as it is after anything else.
        return render(request, "grants/parts/sample.html", {"refusal": refusal})
    names = {one.code: one.name or one.code for one in catalogue.get_resource(grant.resource_id).elements if one.code}
    # A row that looks wrong leads to the report of a doubt; the browser carries its key there, not the site.
    mine = request.actor.department_id == grant.consumer_id and corrections.REPORT.allows(request.actor)
    doubt = f"{reverse('corrections:report')}?grant={grant.id}&origin=ROW" if mine else ""
    context = {"address": f"{DOOR}{ticket}", "names": names, "doubt": doubt, "grant_id": grant.id}
    return render(request, "grants/parts/sample.html", {**context, **trace_of(ticket, request.actor)})
