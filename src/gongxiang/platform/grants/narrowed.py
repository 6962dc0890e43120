"""What a narrowing takes away, kept apart from the terms it was announced against. Pure.

Terms may change between the announcement and the day; what was announced is then taken from the terms of that day, so that
carrying it out never gives back what was taken meanwhile.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from gongxiang.platform.grants.policies import implies
from gongxiang.protocol.canonical import instant, parse_instant, plain
from gongxiang.protocol.terms import VOLUME_LIMITS, Comparison, Condition, Mask, MaskKind, Terms, Volume


def taken_away(old: Terms, new: Terms) -> dict[str, Any]:
    """What `new` no longer gives, as JSON; `new` must be nowhere wider than `old`."""
    shorter = new.valid_until < old.valid_until
    return {
        "elements": [code for code in old.elements if code not in new.elements],
        "masks": {code: plain(mask) for code, mask in new.masks.items() if old.masks.get(code) != mask},
        "conditions": [plain(one) for one in new.conditions if one not in old.conditions],
        "purposes": [one.value for one in old.purposes if one not in new.purposes],
        "valid_until": instant(new.valid_until) if shorter else None,
        "volume": plain(new.volume) if new.volume != old.volume else None,
    }


def elements_taken(terms: Terms, codes: tuple[str, ...]) -> dict[str, Any]:
    """Those of the elements that the terms give, as `taken_away` writes it."""
    gone = [code for code in terms.elements if code in codes]
    return {"elements": gone, "masks": {}, "conditions": [], "purposes": [], "valid_until": None, "volume": None}


def narrowed(terms: Terms, taken: dict[str, Any]) -> Terms:
    """The terms without what is taken away; their revision and everything else stay as they are."""
    elements = tuple(code for code in terms.elements if code not in taken["elements"])
    masks = {**terms.masks, **{code: mask_of(value) for code, value in taken["masks"].items()}}
    added = tuple(condition_of(value) for value in taken["conditions"])
    kept = tuple(one for one in terms.conditions if not any(implies(new, one) for new in added))
    until = parse_instant(taken["valid_until"]) if taken["valid_until"] else terms.valid_until
    return replace(
        terms,
        elements=elements,
        masks={code: mask for code, mask in masks.items() if code in elements},
        conditions=(*kept, *added),
        purposes=tuple(one for one in terms.purposes if one.value not in taken["purposes"]),
        valid_until=min(until, terms.valid_until),
        volume=_smaller(terms.volume, Volume.from_json(taken.get("volume"))),
    )


def _smaller(one: Volume, other: Volume) -> Volume:
    """The stricter of two volumes, limit by limit."""
    limits = {name: [v for v in (getattr(one, name), getattr(other, name)) if v is not None] for name in VOLUME_LIMITS}
    return Volume(**{name: min(values, default=None) for name, values in limits.items()})


def mask_of(value: dict[str, Any]) -> Mask:
    """A mask from its JSON."""
    return Mask(kind=MaskKind(value["kind"]), prefix=value.get("prefix", 0), suffix=value.get("suffix", 0))


def condition_of(value: dict[str, Any]) -> Condition:
    """A row filter from its JSON."""
    return Condition(element=value["element"], operator=Comparison(value["operator"]), values=tuple(value.get("values", ())))


def until_of(taken: dict[str, Any]) -> datetime | None:
    """The earlier end, where the period is shortened."""
    return parse_instant(taken["valid_until"]) if taken["valid_until"] else None
