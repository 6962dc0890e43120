"""What pages and rooms above ask of the search: pages of hits, suggestions, synonyms, saved searches."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from gongxiang.platform.catalogue import search as searching
from gongxiang.platform.catalogue.models import SavedSearch, SearchEntry, SynonymGroup
from gongxiang.platform.catalogue.values import SavedSearchRef, SearchPage, Suggestion, SynonymsRef
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound


def visible_to(actor: Actor | None) -> QuerySet[SearchEntry]:
    """The entries the actor may find: what is published is for everybody who is signed in."""
    return SearchEntry.objects.none() if actor is None else SearchEntry.objects.all()


def search(
    text: str,
    *,
    actor: Actor | None,
    facets: Mapping[str, Iterable[str]] | None = None,
    sort: str = "relevance",
    page: int = 1,
    size: int = searching.PAGE_SIZE,
    with_synonyms: bool = True,
    published_after: datetime | None = None,
    keywords: Iterable[Iterable[str]] = (),
) -> SearchPage:
    """The published entries that contain every word of `text` (in characters, pinyin, initials or a synonym), with facets.

    `keywords`: the entry has one of each of these sets.
    """
    if actor is None:
        return SearchPage(hits=(), total=0, exact=True, page=1, pages=1, facets=dict.fromkeys(searching.FACETS, ()))
    wanted = [list(words) for words in keywords]
    entries = searching.with_keywords(visible_to(actor), wanted)
    if published_after is not None:
        entries = entries.filter(published_at__gt=published_after)
    return searching.find(
        entries,
        text,
        facets=facets or {},
        sort=sort,
        page=page,
        size=size,
        synonyms=_groups() if with_synonyms else (),
        side_index=published_after is None and not wanted,
    )


def keyword_counts(
    text: str,
    *,
    actor: Actor | None,
    facets: Mapping[str, Iterable[str]] | None = None,
    keywords: Iterable[Iterable[str]] = (),
    most: int | None = None,
) -> dict[str, int]:
    """How many of the entries that `search` finds have each keyword, the most frequent first."""
    entries = searching.with_keywords(visible_to(actor), keywords)
    return searching.count_keywords(entries, text, facets=facets or {}, synonyms=_groups(), most=most)


def entry_count() -> int:
    """How many entries can be found."""
    return SearchEntry.objects.count()


def suggestions(text: str, *, actor: Actor | None) -> tuple[Suggestion, ...]:
    """For a query that found nothing: queries that do find something."""
    return searching.suggest(visible_to(actor), text, synonyms=_groups())


def _groups() -> tuple[tuple[str, ...], ...]:
    live = SynonymGroup.objects.filter(ended_at=None).order_by("id")
    return tuple(tuple(words) for words in live.values_list("words", flat=True))


def synonyms(*, text: str = "", ended: bool = False) -> tuple[SynonymsRef, ...]:
    """The groups that hold (or those that were ended), newest first; those with `text` in a word or the note."""
    rows = SynonymGroup.objects.filter(ended_at__isnull=not ended).order_by("-entered_at", "-id")
    found = (_synonyms(row) for row in rows)
    return tuple(one for one in found if not text or any(text in word for word in (*one.words, one.note)))


def synonyms_of(group_id: UUID) -> SynonymsRef:
    """One group; raises NotFound."""
    row = SynonymGroup.objects.filter(pk=group_id).first()
    if row is None:
        raise NotFound()
    return _synonyms(row)


def saved_searches(person: Person) -> tuple[SavedSearchRef, ...]:
    """The searches that the person keeps, by name."""
    return tuple(_saved(row) for row in SavedSearch.objects.filter(person_id=person.id).order_by("name"))


def searches_to_tell(before: datetime) -> tuple[SavedSearchRef, ...]:
    """Kept searches whose owner wants to hear of new hits, last told before the instant."""
    return tuple(_saved(row) for row in SavedSearch.objects.filter(notify=True, told_until__lt=before).order_by("id"))


def _synonyms(row: SynonymGroup) -> SynonymsRef:
    return SynonymsRef(
        id=row.pk, words=tuple(row.words), note=row.note, entered_at=row.entered_at, entered_by=row.entered_by,
        changed_at=row.changed_at, changed_by=row.changed_by, ended_at=row.ended_at, ended_by=row.ended_by,
    )  # fmt: skip


def _saved(row: SavedSearch) -> SavedSearchRef:
    return SavedSearchRef(
        id=row.pk, person_id=row.person_id, name=row.name, query=row.query, notify=row.notify, saved_at=row.saved_at,
        told_until=row.told_until,
    )  # fmt: skip
