"""What the page of a catalogue entry shows of corrections: its accuracy (办法 20), as far as the person may see it."""

from collections.abc import Iterator

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.corrections import figures
from gongxiang.platform.corrections.permissions import VIEW
from gongxiang.platform.web.doors import ActingRequest


def resource_panels(request: ActingRequest, resource: ResourceRef) -> Iterator[SafeString]:
    """Open and confirmed corrections; nothing where nobody doubted it."""
    line = figures.accuracy_of(resource.id, actor=request.actor) if VIEW.allows(request.actor) else None
    if line is not None:
        yield SafeString(render_to_string("corrections/parts/panel.html", {"line": line, "resource": resource}, request))
