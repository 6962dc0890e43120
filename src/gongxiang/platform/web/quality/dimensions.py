"""The quality of one entry's data in the four dimensions of 办法 20, each with where its rows stand."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongxiang.platform.catalogue import freshness, queries
from gongxiang.platform.catalogue.permissions import QUALITY
from gongxiang.platform.corrections import figures
from gongxiang.platform.delivery import measures
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.protocol import clock


@door(QUALITY)
@require_safe
def dimensions(request: ActingRequest, resource_id: UUID) -> HttpResponse:
    """Completeness, accuracy, timeliness, usability of a published entry, as far as the person may see each."""
    resource = queries.get_resource(resource_id, actor=request.actor)
    if not resource.is_published:
        raise NotFound()
    at = clock.now()
    found = measures.measured(resource_id, actor=request.actor)
    elements = {one.code: one for one in resource.elements}
    counted = found.counted
    empty = sorted(counted.empty.items(), key=lambda one: (-one[1], one[0])) if counted and counted.rows else []
    context = {
        "empty": [(elements.get(code), code, rows, 100 * rows / counted.rows) for code, rows in empty if counted],
        "answers": next(iter(parties.filings(resource.provider_id, status="FILED")), None),
        "resource": resource, "facts": freshness.facts_of(resource, at), "now": at,
        "measured": found,
        "doubts": figures.accuracy_of(resource_id, actor=request.actor),
    }  # fmt: skip
    return render(request, "quality/dimensions.html", context)
