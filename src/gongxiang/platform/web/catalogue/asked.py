"""What an address of a list asks for: words, filters and order, read in one way for the page, a direct file and the worker."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import QueryDict

from gongxiang.platform.catalogue import finding, queries
from gongxiang.platform.catalogue.search import EXPORT_LIMIT, FACETS, SORTS
from gongxiang.platform.catalogue.states import RESOURCE
from gongxiang.platform.catalogue.values import ListedResource, SearchPage
from gongxiang.platform.kernel.actors import Actor


def words(query: QueryDict) -> str:
    """What was typed."""
    return query.get("q", "").replace("\x00", "").strip()[:200]


def found(query: QueryDict, actor: Actor, *, page: int = 1, size: int = EXPORT_LIMIT) -> SearchPage:
    """One page of a search of the catalogue."""
    return finding.search(
        words(query),
        actor=actor,
        facets=facets(query),
        sort=sort(query),
        with_synonyms=not exactly(query),
        page=page,
        size=size,
    )


def facets(query: QueryDict) -> dict[str, list[str]]:
    """The chosen values of each facet."""
    return {name: [value for value in query.getlist(name)[:20] if value] for name in FACETS}


def sort(query: QueryDict) -> str:
    """The order asked for, or the best match."""
    named = query.get("sort", "")
    return named if named in SORTS else "relevance"


def exactly(query: QueryDict) -> bool:
    """Whether synonyms are left out."""
    return query.get("exact") == "1"


def own(query: QueryDict, actor: Actor) -> Sequence[ListedResource]:
    """The department's own entries."""
    return queries.own_entries(actor, text=words(query), status=status(query), order=order(query, otherwise="new"))


def waiting(query: QueryDict, actor: Actor) -> Sequence[ListedResource]:
    """What waits for the actor's act, narrowed to a department, a state or words."""
    return queries.waiting_for(
        actor, text=words(query), status=status(query), provider=provider(query), order=order(query, otherwise="due")
    )


def provider(query: QueryDict) -> UUID | None:
    """The department asked for."""
    try:
        return UUID(query.get("department", ""))
    except ValueError:
        return None


def order(query: QueryDict, *, otherwise: str) -> str:
    """The order asked for, if it is one."""
    named = query.get("sort", "")
    return named if named in queries.ORDERS else otherwise


def status(query: QueryDict) -> str:
    """The state asked for, if it is one."""
    named = query.get("status", "")
    return named if named in RESOURCE.states else ""


def count(scope: str, query: QueryDict, actor: Actor) -> int:
    """How many entries a file would hold."""
    number: Any = len(own(query, actor)) if scope == "own" else found(query, actor, size=1).total
    return min(int(number), EXPORT_LIMIT)
