"""What the page of a catalogue entry shows of projects: the one from whose pre-compiled catalogue it came."""

from collections.abc import Iterator

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.projects import queries
from gongxiang.platform.web.doors import ActingRequest


def resource_panels(request: ActingRequest, resource: ResourceRef) -> Iterator[SafeString]:
    """The source project, for those who may see it."""
    project = queries.project_of_resource(resource.id, actor=request.actor)
    if project is not None:
        yield SafeString(render_to_string("projects/parts/resource_panel.html", {"project": project}, request))
