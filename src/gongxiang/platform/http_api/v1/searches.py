"""The searches that a person keeps, and is told of."""

from typing import Any
from uuid import UUID

from ninja import Schema

from gongxiang.platform.catalogue import actions, finding
from gongxiang.platform.catalogue.permissions import OWN_SEARCHES
from gongxiang.platform.catalogue.values import SavedSearchRef
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.protocol.canonical import plain

SavedSearch = schema_of(SavedSearchRef, sent=False)


class SavedSearches(Schema):
    """All that the caller keeps."""

    saved_searches: list[SavedSearch]  # type: ignore[valid-type]


def _own(key: UUID, *, actor: Any) -> SavedSearchRef:
    for one in finding.saved_searches(actor):
        if one.id == key:
            return one
    raise NotFound()


@endpoint("GET", "/saved-searches", door=OWN_SEARCHES, name="list_saved_searches", tag="Catalogue", answer=SavedSearches)
def saved(request: Called) -> dict[str, Any]:
    """The searches that the caller keeps."""
    return {"saved_searches": plain(finding.saved_searches(request.actor))}  # type: ignore[arg-type]


enter_acts(
    Area(
        tag="Catalogue", path="/saved-searches", key="saved_search_id", answer=SavedSearch, door=OWN_SEARCHES, see=_own,
        body=plain, name="saved_search",
    ),
    (
        Act(name="save_search", path="", action=actions.save_search, door=OWN_SEARCHES, makes=True),
        Act(name="change_saved_search", path="", action=actions.change_saved_search, door=OWN_SEARCHES, method="PATCH"),
        Act(
            name="remove_saved_search", path="", action=actions.remove_saved_search, door=OWN_SEARCHES, method="DELETE",
            ends=True,
        ),
    ),
)  # fmt: skip
