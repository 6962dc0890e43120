"""Panels that other areas add to an entry's page: an area's `panels.py` gives `resource_panels(request, resource)`."""

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.utils.safestring import SafeString

from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.web.areas import AREAS
from gongxiang.platform.web.doors import ActingRequest

Source = Callable[[ActingRequest, ResourceRef], Iterable[SafeString]]


@cache
def _sources() -> tuple[Source, ...]:
    found = []
    for area in AREAS:
        module = f"gongxiang.platform.web.{area}"
        if area != "catalogue" and find_spec(module) and find_spec(f"{module}.panels"):
            source = getattr(import_module(f"{module}.panels"), "resource_panels", None)
            if source:
                found.append(source)
    return tuple(found)


def panels_for(request: ActingRequest, resource: ResourceRef) -> list[SafeString]:
    """What the other areas show beside this entry, e.g. the grants that this person may see."""
    return [panel for source in _sources() for panel in source(request, resource)]
