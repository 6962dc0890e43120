"""The versions of an entry: all, one, and two against each other."""

from typing import Any
from uuid import UUID

from ninja import Path, Query, Schema

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import Change, Version, version_body

_TAG = "Published entries"
_LAST = 1_000_000


class Versions(Schema):
    """All versions."""

    versions: list[Version]


class Changes(Schema):
    """What two versions state differently."""

    changes: list[Change]


def _mapping(request: Called, resource_id: UUID) -> bool:
    queries.get_resource(resource_id, actor=request.actor)
    return queries.find_draft(resource_id, actor=request.actor) is not None


@endpoint("GET", "/resources/{uuid:resource_id}/versions", door=SEARCH, name="list_versions", tag=_TAG, answer=Versions)
def versions(request: Called, resource_id: UUID) -> dict[str, Any]:
    """Every published version, the newest first."""
    mapping = _mapping(request, resource_id)
    return {"versions": [version_body(one, mapping=mapping) for one in queries.versions_of(resource_id)]}


@endpoint("GET", "/resources/{uuid:resource_id}/versions/{number}", door=SEARCH, name="get_version", tag=_TAG, answer=Version)
def version(request: Called, resource_id: UUID, number: int = Path(ge=1, le=_LAST)) -> dict[str, Any]:
    """A version as it was published, for ever."""
    mapping = _mapping(request, resource_id)
    return version_body(queries.get_version(resource_id, number), mapping=mapping)


@endpoint("GET", "/resources/{uuid:resource_id}/compare", door=SEARCH, name="compare_versions", tag=_TAG, answer=Changes)
def compare(
    request: Called, resource_id: UUID, before: int = Query(ge=1, le=_LAST), after: int = Query(ge=1, le=_LAST)
) -> dict[str, Any]:
    """Two versions, field by field."""
    mapping = _mapping(request, resource_id)
    found = queries.compare_versions(resource_id, before, after)
    shown = [one for one in found if mapping or not one.field.startswith("distributions.")]
    return {"changes": [{"field": one.field, "before": one.before, "after": one.after} for one in shown]}
