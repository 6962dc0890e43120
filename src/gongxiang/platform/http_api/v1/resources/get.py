"""One published entry, by id or by code."""

from typing import Any
from uuid import UUID

from ninja import Query

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.errors import NeverPublished
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Resource


def body(request: Called, found: ResourceRef) -> dict[str, Any]:
    """An entry as `Resource`; how tables are mapped is shown to the provider and the authority only."""
    if not found.version:
        raise NeverPublished()
    mapping = queries.find_draft(found.id, actor=request.actor) is not None
    content = found.content if mapping else found.content.without_mapping()
    names = [name for name in Resource.model_fields if name != "content"]
    return {**{name: getattr(found, name) for name in names}, "content": content.to_json()}


@endpoint("GET", "/resources/by-code", door=SEARCH, name="get_resource_by_code", tag="Published entries", answer=Resource)
def get_by_code(request: Called, code: str = Query(max_length=64)) -> dict[str, Any]:
    """The entry that has this code, as it is in force."""
    return body(request, queries.get_resource(code, actor=request.actor))


@endpoint("GET", "/resources/{uuid:resource_id}", door=SEARCH, name="get_resource", tag="Published entries", answer=Resource)
def get(request: Called, resource_id: UUID) -> dict[str, Any]:
    """An entry as it is in force."""
    return body(request, queries.get_resource(resource_id, actor=request.actor))
