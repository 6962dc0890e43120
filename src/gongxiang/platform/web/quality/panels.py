"""What the quality pages show beside an entry: sources of its items, matters that use it, the quality of its data."""

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gongxiang.platform.catalogue import matters, sources
from gongxiang.platform.catalogue.permissions import QUALITY
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.web.doors import ActingRequest


def resource_panels(request: ActingRequest, resource: ResourceRef) -> Iterable[SafeString]:
    """One panel where there is something to say, and the way to the four dimensions of what is shared."""
    named = sources.of_content(resource.content)
    using = matters.matters_using(resource.id)
    if named or using:
        context = {"named": named, "using": using, "resource": resource}
        yield render_to_string("quality/parts/panel.html", context, request=request)
    if QUALITY.allows(request.actor) and resource.is_published and resource.sharing_type != "WITHHELD":
        yield render_to_string("quality/parts/dimensions_panel.html", {"resource": resource}, request=request)
