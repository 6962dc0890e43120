"""Synonyms for search, kept by the authority; and the searches that a person keeps."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import errors, indexing, permissions
from gongxiang.platform.catalogue.models import SavedSearch, SynonymGroup
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.locks import one_at_a_time

#: Searches that one person may keep.
MOST_SEARCHES = 50
_BASIS = ("wushen-2021-60:6",)


@implements("wushen-2021-60:6")
@transaction.atomic
def enter_synonyms(*, words: Iterable[str], note: str = "", by: Actor, at: datetime) -> SynonymGroup:
    """Let words be found for each other from now on."""
    permissions.KEEP_SYNONYMS.check(by)
    one_at_a_time("synonyms")
    group = SynonymGroup(words=_checked(words), note=note.strip(), entered_at=at, entered_by=by.name)
    group.save(force_insert=True)
    evidence.record_act(
        kind="synonyms:entered", subject=("synonyms", group.pk), by=by, at=at, basis=_BASIS, after={"words": group.words}
    )
    return group


@implements("wushen-2021-60:6")
@transaction.atomic
def change_synonyms(*, group_id: UUID, words: Iterable[str], note: str = "", by: Actor, at: datetime) -> SynonymGroup:
    """Change the words of a group."""
    permissions.KEEP_SYNONYMS.check(by)
    one_at_a_time("synonyms")
    group = _live(group_id)
    before = group.words
    group.words, group.note = _checked(words, besides=group_id), note.strip()
    group.changed_at, group.changed_by = at, by.name
    group.save()
    evidence.record_act(
        kind="synonyms:changed", subject=("synonyms", group.pk), by=by, at=at, basis=_BASIS, before={"words": before},
        after={"words": group.words},
    )  # fmt: skip
    return group


@implements("wushen-2021-60:6")
@transaction.atomic
def end_synonyms(*, group_id: UUID, by: Actor, at: datetime) -> SynonymGroup:
    """Let the words of a group no longer be found for each other; the group stays readable."""
    permissions.KEEP_SYNONYMS.check(by)
    group = _live(group_id)
    group.ended_at, group.ended_by = at, by.name
    group.save(update_fields=["ended_at", "ended_by"])
    evidence.record_act(
        kind="synonyms:ended", subject=("synonyms", group.pk), by=by, at=at, basis=_BASIS, before={"words": group.words}
    )
    return group


@transaction.atomic
def save_search(*, name: str, query: str, notify: bool = False, by: Actor, at: datetime) -> SavedSearch:
    """Keep a search under a name. No act in law, so no evidence: it is the person's own."""
    person = _own(by)
    name = name.strip()
    one_at_a_time("saved searches", person.id)
    kept = SavedSearch.objects.filter(person_id=person.id)
    if not name or kept.filter(name=name).exists():
        raise errors.SearchNameTaken(field="name")
    if kept.count() >= MOST_SEARCHES:
        raise errors.TooManySearches(most=MOST_SEARCHES)
    return SavedSearch.objects.create(
        person_id=person.id, name=name[:60], query=query[:600], notify=notify, saved_at=at, told_until=at
    )


@transaction.atomic
def change_saved_search(*, saved_search_id: UUID, notify: bool, by: Actor, at: datetime) -> SavedSearch:
    """Be told of new hits each day, or no longer; only what is published from now on counts as new."""
    row = SavedSearch.objects.select_for_update().filter(pk=saved_search_id, person_id=_own(by).id).first()
    if row is None:
        raise NotFound()
    if notify and not row.notify:
        row.told_until = at
    row.notify = notify
    row.save()
    return row


@transaction.atomic
def remove_saved_search(*, saved_search_id: UUID, by: Actor, at: datetime) -> None:
    """Keep it no longer."""
    removed, _rows = SavedSearch.objects.filter(pk=saved_search_id, person_id=_own(by).id).delete()
    if not removed:
        raise NotFound()


@transaction.atomic
def note_told(*, saved_search_id: UUID, by: Actor, at: datetime) -> None:
    """Hits up to `at` were told."""
    permissions.TELL.check(by)
    SavedSearch.objects.filter(pk=saved_search_id, told_until__lt=at).update(told_until=at)


def _own(by: Actor) -> Person:
    permissions.SEARCH.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    return by


def _live(group_id: UUID) -> SynonymGroup:
    group = SynonymGroup.objects.select_for_update().filter(pk=group_id).first()
    if group is None:
        raise NotFound()
    if group.ended_at is not None:
        raise errors.SynonymsEnded()
    return group


def _checked(words: Iterable[str], *, besides: UUID | None = None) -> list[str]:
    kept = list(dict.fromkeys(indexing.normalise(word) for word in words if word.strip()))
    if len(kept) < 2 or any(not 2 <= len(word) <= 60 or " " in word for word in kept):
        raise errors.SynonymsTooFew(field="words")
    others = SynonymGroup.objects.filter(ended_at=None, words__overlap=kept)
    if besides is not None:
        others = others.exclude(pk=besides)
    if taken := others.first():
        raise errors.WordInAnotherGroup(field="words", word=next(word for word in kept if word in taken.words))
    return kept
