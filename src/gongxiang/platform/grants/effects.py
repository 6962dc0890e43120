"""What a new version of an entry would do to the grants that live on it (条例 27): told before it is sent and to each reviewer.

Reads only. The refusal itself is the catalogue's, which knows what its grants need.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.shapes import carried_differently, key_of, narrower
from gongxiang.platform.catalogue.states import PUBLISHED, WITHDRAWN
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.grants import queries
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.kernel.actors import Actor
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.evidence import sm3
from gongxiang.protocol.terms import Terms

#: What cannot be published while the grant lives: it is negotiated with the consumer, narrowed or ended, and filed first.
REFUSED: Final = (
    "withheld", "element_gone", "element_withheld", "filter_gone", "filter_withheld", "type_changed", "narrowed",
    "key_changed", "delivery_gone",
)  # fmt: skip
#: What may be published, and what the two sides should know of it.
TOLD: Final = (
    "mask_to_review", "conditional_now", "purpose_gone", "outside_scope", "loaded_anew", "wider", "may_be_empty",
    "cycle_changed", "new_elements",
)  # fmt: skip

_LEVELS: Final = {"GENERAL": 0, "IMPORTANT": 1, "PERSONAL": 2, "SENSITIVE_PERSONAL": 3}


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """One thing that would change for the consumer."""

    kind: str
    #: Names of the elements concerned, or other words of the entry; may be empty.
    what: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether publication is refused because of it."""
        return self.kind in REFUSED


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a version would do to one grant."""

    grant: GrantView
    consequences: tuple[Consequence, ...]

    @property
    def refused(self) -> bool:
        """Whether publication is refused until this grant is narrowed or ended."""
        return any(one.refused for one in self.consequences)


def effects_of_draft(draft: DraftRef, *, actor: Actor, at: datetime) -> tuple[Effect, ...]:
    """What the working draft would do to each live grant; empty where nothing is published or nobody uses it."""
    if not draft.version or draft.status in (PUBLISHED, WITHDRAWN):
        return ()
    before = catalogue.published_version(draft.id).content
    return effects_of(draft.id, before=before, after=draft.content, actor=actor, at=at)


def mark_of(effects: Iterable[Effect]) -> str:
    """A short mark of what changes for whom: the same effects have the same mark, no effect has an empty one."""
    told = sorted([str(one.grant.id), [[c.kind, *c.what] for c in one.consequences]] for one in effects if one.consequences)
    return sm3(canonical(told)).hex()[:32] if told else ""


@implements("cn-809:27.3")
def effects_of(resource_id: UUID, *, before: Content, after: Content, actor: Actor, at: datetime) -> tuple[Effect, ...]:
    """Each live grant of the resource that the actor may see, with what would change for it; refused ones first."""
    visible = set(queries.visible_to(actor).filter(resource_id=resource_id).values_list("pk", flat=True))
    live = [grant for grant in queries.live_grants(resource_id=resource_id) if grant.id in visible and grant.valid_until > at]
    found = [
        Effect(grant=grant, consequences=tuple(consequences(queries.current_terms(grant.id), grant, before, after)))
        for grant in live
    ]
    return tuple(sorted(found, key=lambda effect: (not effect.refused, not effect.consequences)))


def consequences(terms: Terms, grant: GrantView, before: Content, after: Content) -> Iterator[Consequence]:
    """What one grant's consumer would notice. Pure."""
    old = {element.code: element for element in before.elements}
    new = {element.code: element for element in after.elements if element.shareable}

    def names(codes: list[str]) -> tuple[str, ...]:
        known = {code: (old.get(code) or new.get(code)) for code in codes}
        return tuple(element.name if element and element.name else code for code, element in known.items())

    filtered = [condition.element for condition in terms.conditions]
    kept = [code for code in dict.fromkeys((*terms.elements, *filtered)) if code in old and code in new]
    if after.sharing_type == "WITHHELD":
        yield Consequence(kind="withheld")
        return
    there = {element.code for element in after.elements}
    for kind, codes in (
        ("element", [code for code in terms.elements if code in old and code not in new]),
        ("filter", [code for code in dict.fromkeys(filtered) if code not in new]),
    ):
        if gone := [code for code in codes if code not in there]:
            yield Consequence(kind=f"{kind}_gone", what=names(gone))
        if withheld := [code for code in codes if code in there]:
            yield Consequence(kind=f"{kind}_withheld", what=names(withheld))
    retyped = [code for code in kept if carried_differently(old[code], new[code])]
    if retyped:
        yield Consequence(kind="type_changed", what=names(retyped))
    if small := [code for code in kept if code not in retyped and narrower(old[code], new[code])]:
        yield Consequence(kind="narrowed", what=names(small))
    if key_of(before) != key_of(after):
        yield Consequence(kind="key_changed", what=names(sorted(key_of(before) ^ key_of(after))))
    if grant.mode.upper() not in after.kinds:
        yield Consequence(kind="delivery_gone")
    yield from _told(terms, grant, before, after, kept=[code for code in kept if code not in retyped])


def _told(terms: Terms, grant: GrantView, before: Content, after: Content, *, kept: list[str]) -> Iterator[Consequence]:
    old = {element.code: element for element in before.elements}
    new = {element.code: element for element in after.elements if element.shareable}

    def names(codes: list[str]) -> tuple[str, ...]:
        return tuple(new[code].name or code for code in codes)

    stricter = [
        code
        for code in kept
        if code in terms.elements
        and code not in terms.masks
        and _LEVELS.get(new[code].sensitivity, 0) > _LEVELS.get(old[code].sensitivity, 0)
    ]
    if stricter:
        yield Consequence(kind="mask_to_review", what=names(stricter))
    if before.sharing_type == "UNCONDITIONAL" and after.sharing_type == "CONDITIONAL":
        yield Consequence(kind="conditional_now")
    if after.purposes and (gone := sorted({p.value for p in terms.purposes} - set(after.purposes))):
        yield Consequence(kind="purpose_gone", what=tuple(gone))
    if after.scope_departments and grant.consumer_id not in after.scope_departments:
        yield Consequence(kind="outside_scope")
    if _mapping(before, kept) != _mapping(after, kept):
        yield Consequence(kind="loaded_anew")
    if wide := [code for code in kept if old[code].length != new[code].length and not narrower(old[code], new[code])]:
        yield Consequence(kind="wider", what=names(wide))
    if empty := [code for code in kept if new[code].nullable and not old[code].nullable]:
        yield Consequence(kind="may_be_empty", what=names(empty))
    if before.update_cycle != after.update_cycle:
        yield Consequence(kind="cycle_changed", what=(before.update_cycle, after.update_cycle))
    if added := [code for code in new if code not in old]:
        yield Consequence(kind="new_elements", what=names(added))


def _mapping(content: Content, codes: list[str]) -> list[tuple[object, ...]]:
    """Where the table stands and which columns the elements come from."""
    return [
        (item.node_id, item.source_table, *(item.columns.get(code, "") for code in codes))
        for item in content.distributions
        if item.kind == "TABLE"
    ]
