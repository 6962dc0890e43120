"""Several grants together may reveal more than each alone (条例 25): what a new one completes, and by which key it joins.

Whoever prepares a reply sees of other providers' grants the resource, its provider and the elements that take part, all of
which stand in the catalogue; never the number, the purposes, the row filter or the use of a grant not its own (our choice).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import errors, permissions
from gongxiang.platform.access.models import SensitiveCombination
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound, Refusal, Shortfalls
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.terms import Mask, MaskKind

#: Grants of one consumer that are looked at; more than this is a case of its own.
_MOST = 200
#: Masks that leave nothing of a value's meaning, and those by which equal values can still be found.
_HIDDEN = (MaskKind.BLANK, MaskKind.PSEUDONYM)


@dataclass(frozen=True, kw_only=True)
class Held:
    """One set of elements that the consumer has or would have."""

    grant_id: UUID | None
    resource_id: UUID
    resource_name: str
    provider_id: UUID
    provider_name: str
    #: Whether the entry is in the catalogue, where everybody may read what stands in it.
    published: bool
    #: Code -> name, of everything granted.
    elements: Mapping[str, str]
    #: Codes whose values can be read; the others are hidden by a mask.
    readable: frozenset[str]
    #: Codes by which rows can be told apart and joined: keys, masked or not, and identifiers of persons.
    joining: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A sensitive combination that the reply would complete."""

    title: str
    reason: str
    #: (trait, resource, provider, element) for each part.
    parts: tuple[tuple[str, str, str, str], ...]
    #: Elements by which the sets join, by name; empty where none is common.
    join_keys: tuple[str, ...]


@implements("cn-809:25.2")
def findings(
    *, consumer_id: UUID, resource_id: UUID, elements: Sequence[str], masks: Mapping[str, Mask], at: datetime,
    besides: UUID | None = None,
) -> list[Finding]:  # fmt: skip
    """Which combinations the consumer would hold with these elements, that no single set of them gives."""
    new = _new_set(resource_id, elements, masks)
    others = held_by(consumer_id, besides=besides)
    return [
        found
        for row in combinations_on(beijing_date(at))
        if (found := _completed(row.title, row.reason, row.traits, new, others))
    ]


def held_by(consumer_id: UUID, *, besides: UUID | None = None) -> list[Held]:
    """What the consumer holds under live grants, of every provider; for the room, which shows less to each reader."""
    live = [g for g in grants.live_grants(consumer_id=consumer_id) if g.id != besides]
    found = []
    for grant in live[:_MOST]:
        terms = grants.current_terms(grant.id)
        found.append(_set(grant.resource_id, terms.elements, terms.masks, grant_id=grant.id))
    return found


def common_keys(new: Held, other: Held) -> tuple[str, ...]:
    """Names of the elements by which the two sets join."""
    return tuple(sorted({new.elements.get(code, code) for code in new.joining & other.joining}))


def set_of_reply(resource_id: UUID, elements: Sequence[str], masks: Mapping[str, Mask]) -> Held:
    """The set that a reply would give."""
    return _new_set(resource_id, elements, masks)


def _new_set(resource_id: UUID, elements: Sequence[str], masks: Mapping[str, Mask]) -> Held:
    return _set(resource_id, elements, masks, grant_id=None)


def _set(resource_id: UUID, elements: Sequence[str], masks: Mapping[str, Mask], *, grant_id: UUID | None) -> Held:
    resource = catalogue.get_resource(resource_id)
    known = {one.code: one for one in resource.elements}
    names = {code: (known[code].name or code) if code in known else code for code in elements}
    hidden = {code for code, mask in masks.items() if mask.kind in _HIDDEN}
    blank = {code for code, mask in masks.items() if mask.kind is MaskKind.BLANK}
    keys = {one.code for one in resource.elements if one.key}
    persons = {code for code in elements if code not in blank and _has_word((names[code], code), _PERSON_WORDS)}
    return Held(
        grant_id=grant_id,
        resource_id=resource_id,
        resource_name=resource.name,
        provider_id=resource.provider_id,
        provider_name=resource.provider_name,
        published=resource.is_published,
        elements=names,
        readable=frozenset(set(elements) - hidden),
        # A key that is masked or left out stays as gx_key, which is one for all grants of a consumer.
        joining=frozenset(keys | persons),
    )


#: Words by which an identifier of a person is known in an element's name or code.
_PERSON_WORDS = ("身份证", "证件号", "公民身份号码", "社会保障号", "sfzh", "zjhm", "id_number", "id_card")


def _has_word(texts: Iterable[str], words: Iterable[str]) -> bool:
    return any(word.casefold() in text.casefold() for text in texts for word in words)


def _completed(
    title: str, reason: str, traits: Sequence[Mapping[str, Any]], new: Held, others: Sequence[Held]
) -> Finding | None:
    """The finding, if the traits are all there, at least one by the new set, and no single set has them all."""
    sets = [new, *(other for other in others if other.joining & new.joining)]
    having = [[(held, code) for held in sets for code in sorted(held.readable) if _fits(held, code, one)] for one in traits]
    if not all(having):
        return None
    by_set = {id(held): sum(any(owner is held for owner, _code in parts) for parts in having) for held in sets}
    if not by_set[id(new)] or max(by_set.values()) == len(traits):
        return None
    parts = []
    for trait, found in zip(traits, having, strict=True):
        held, code = next(((h, c) for h, c in found if h is new), found[0])
        parts.append((str(trait["name"]), held.resource_name, held.provider_name, held.elements[code]))
    taking = {resource for _t, resource, _p, _e in parts if resource != new.resource_name}
    keys = {key for other in others if other.resource_name in taking for key in common_keys(new, other)}
    return Finding(title=title, reason=reason, parts=tuple(parts), join_keys=tuple(sorted(keys)))


def _fits(held: Held, code: str, trait: Mapping[str, Any]) -> bool:
    return _has_word((held.elements[code], code), trait["words"])


# ---- the register that the authority keeps --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CombinationView:
    """A combination as pages see it."""

    id: UUID
    title: str
    traits: list[dict[str, Any]]
    reason: str
    valid_from: date
    ended_on: date | None
    kept_by: str


def combinations_on(day: date) -> list[CombinationView]:
    """The combinations in force on the day."""
    rows = SensitiveCombination.objects.filter(valid_from__lte=day).filter(Q(ended_on=None) | Q(ended_on__gt=day))
    return [_view(row) for row in rows.order_by("title", "id")]


def all_combinations() -> list[CombinationView]:
    """Every combination, those in force first."""
    return [_view(row) for row in SensitiveCombination.objects.order_by("ended_on", "title", "id")]


@implements("cn-809:25.2")
@transaction.atomic
def add_combination(
    *, title: str, traits: Sequence[tuple[str, Sequence[str]]], reason: str, by: Actor, at: datetime
) -> SensitiveCombination:
    """The authority names a combination; it holds from this day on."""
    permissions.KEEP_COMBINATIONS.check(by)
    cleaned = [
        {"name": name.strip()[:40], "words": sorted({word.strip()[:40] for word in words if word.strip()})}
        for name, words in traits
    ]
    cleaned = [one for one in cleaned if one["name"] and one["words"]]
    problems: list[Refusal] = []
    if not title.strip():
        problems.append(errors.CombinationUnclear(field="title"))
    if not 2 <= len(cleaned) <= 8:
        problems.append(errors.CombinationUnclear(field="traits"))
    if not reason.strip():
        problems.append(errors.CombinationUnclear(field="reason"))
    if problems:
        raise Shortfalls(problems)
    row = SensitiveCombination(
        id=new_id(), title=title.strip()[:100], traits=cleaned, reason=reason.strip(), valid_from=beijing_date(at),
        kept_by=by.name,
    )  # fmt: skip
    record_act(
        kind="sensitive_combination:added", subject=("sensitive_combination", row.pk), by=by, at=at, basis=("cn-809:25.2",),
        after={"title": row.title, "traits": row.traits, "reason": row.reason, "valid_from": row.valid_from},
        concerns=(parties.authority().id,),
    )  # fmt: skip
    row.save(force_insert=True)
    return row


@transaction.atomic
def end_combination(*, combination_id: UUID, by: Actor, at: datetime) -> SensitiveCombination:
    """From this day on the combination is looked for no more; it stays in the register."""
    permissions.KEEP_COMBINATIONS.check(by)
    row = SensitiveCombination.objects.select_for_update().filter(pk=combination_id, ended_on=None).first()
    if row is None:
        raise NotFound()
    row.ended_on = beijing_date(at)
    record_act(
        kind="sensitive_combination:ended", subject=("sensitive_combination", row.pk), by=by, at=at, basis=("cn-809:25.2",),
        after={"title": row.title, "ended_on": row.ended_on}, concerns=(parties.authority().id,),
    )  # fmt: skip
    row.save(update_fields=["ended_on"])
    return row


def _view(row: SensitiveCombination) -> CombinationView:
    return CombinationView(**{name: getattr(row, name) for name in CombinationView.__dataclass_fields__})
