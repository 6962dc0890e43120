"""What the page of a catalogue entry shows of grants: those of this resource that the person may see."""

from collections.abc import Iterator

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.grants import queries
from gongxiang.platform.web.doors import ActingRequest

SHOWN = 10


def resource_panels(request: ActingRequest, resource: ResourceRef) -> Iterator[SafeString]:
    """The newest grants, given or received; nothing where there are none."""
    found = queries.find_grants(actor=request.actor, resource_id=resource.id)[: SHOWN + 1]
    grants = [queries.view_of(row) for row in found]
    if grants:
        context = {"grants": grants[:SHOWN], "more": len(grants) > SHOWN, "resource": resource}
        yield SafeString(render_to_string("grants/parts/resource_panel.html", context, request))
