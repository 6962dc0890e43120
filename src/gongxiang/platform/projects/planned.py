"""What a planned entry says, as one frozen value: a light content that an accepted project turns into a draft of the catalogue.

For forms, versions and comparisons. Must never hold values of shared data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gongxiang.platform.catalogue.content import Content, Difference, ElementContent
from gongxiang.platform.catalogue.elements import plain as plain_name
from gongxiang.platform.catalogue.vocabulary import ElementType
from gongxiang.protocol.canonical import canonical, plain
from gongxiang.protocol.evidence import sm3

#: Fields whose change makes another pre-catalogue of it; the others are wording.
MATERIAL = ("name", "sharing_type", "source_kind", "subject_kind")


@dataclass(frozen=True, kw_only=True)
class PlannedElement:
    """One data element that the project will hold."""

    name: str = ""
    #: Letter of the national guide; empty while it is not known.
    type: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One planned entry of a pre-compiled catalogue."""

    name: str = ""
    summary: str = ""
    elements: tuple[PlannedElement, ...] = ()
    sharing_type: str = "UNCONDITIONAL"
    sharing_reason: str = ""
    source_kind: str = "COLLECTED"
    subject_kind: str = ""
    #: What will be collected, from whom and how.
    collects: str = ""
    update_cycle: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        value: dict[str, Any] = plain(self)
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Planned":
        """The inverse of `to_json`; fields that an older version did not know take their defaults."""
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value and name != "elements"}
        return cls(**known, elements=tuple(PlannedElement(**one) for one in value.get("elements", ())))

    def element_names(self) -> tuple[str, ...]:
        """The names of its elements."""
        return tuple(element.name for element in self.elements)

    def as_content(self, *, source_system: str = "", system_tier: str = "OWN") -> Content:
        """The draft of the catalogue that it becomes; what a catalogue entry needs besides is filled in there."""
        return Content(
            name=self.name,
            summary=self.summary,
            sharing_type=self.sharing_type,
            sharing_reason=self.sharing_reason,
            source_kind=self.source_kind,
            subject_kind=self.subject_kind,
            update_cycle=self.update_cycle,
            source_system=source_system,
            system_tier=system_tier,
            elements=tuple(ElementContent(name=e.name, type=e.type, description=e.note) for e in self.elements),
        )


def key_of(name: str) -> str:
    """A name without case, width, blanks and punctuation."""
    return plain_name(name)


def read_elements(text: str) -> tuple[PlannedElement, ...]:
    """Elements written one a line: `name | type letter | note`; the last two may be missing."""
    found = []
    for line in text.splitlines():
        name, _, rest = line.replace("｜", "|").partition("|")
        letter, _, note = rest.partition("|")
        if name.strip():
            found.append(PlannedElement(name=name.strip(), type=letter.strip().upper(), note=note.strip()))
    return tuple(found)


def write_elements(elements: Iterable[PlannedElement]) -> str:
    """The inverse of `read_elements`."""
    return "\n".join(" | ".join(part for part in (e.name, e.type, e.note)).rstrip(" |") for e in elements)


def known_type(letter: str) -> bool:
    """Whether the letter is one of the national guide's (or none)."""
    return not letter or letter in ElementType.values


def digest_of(entries: Mapping[str, Planned]) -> str:
    """SM3 (hex) over a whole pre-catalogue, by entry id."""
    return sm3(canonical({key: entries[key].to_json() for key in sorted(entries)})).hex()


@dataclass(frozen=True, kw_only=True)
class Change:
    """One planned entry as it was and as it is; `before` or `after` is None where it is new or gone."""

    key: str
    name: str
    before: Planned | None
    after: Planned | None
    differences: tuple[Difference, ...] = field(default_factory=tuple)

    @property
    def material(self) -> bool:
        """Whether another catalogue results: an entry more or less, another type or source, other elements."""
        if self.before is None or self.after is None:
            return True
        if any(getattr(self.before, name) != getattr(self.after, name) for name in MATERIAL):
            return True
        return {key_of(n) for n in self.before.element_names()} != {key_of(n) for n in self.after.element_names()}


def changes_between(before: Mapping[str, Planned], after: Mapping[str, Planned]) -> tuple[Change, ...]:
    """What differs between two states of a pre-catalogue, entry by entry."""
    found = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        shown = new or old
        assert shown is not None
        found.append(Change(key=key, name=shown.name, before=old, after=new, differences=_fields(old, new)))
    return tuple(found)


def _fields(old: Planned | None, new: Planned | None) -> tuple[Difference, ...]:
    if old is None or new is None:
        return ()
    found = [
        Difference(field=name, before=getattr(old, name), after=getattr(new, name))
        for name in Planned.__dataclass_fields__
        if name != "elements" and getattr(old, name) != getattr(new, name)
    ]
    if old.elements != new.elements:
        found.append(Difference(field="elements", before=write_elements(old.elements), after=write_elements(new.elements)))
    return tuple(found)
