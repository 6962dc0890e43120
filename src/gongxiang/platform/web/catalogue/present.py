"""How the content of an entry is shown: fields in groups, differences of versions, values in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.classification import category_of
from gongxiang.platform.catalogue.content import Content, Difference, ElementContent
from gongxiang.platform.catalogue.vocabulary import SURVEY_FIGURES
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.web.catalogue.labels import CHOICES, FIELDS, GROUPS, field_label
from gongxiang.platform.web.dates import day_in_words

NOTHING = "—"


@dataclass(frozen=True)
class Fact:
    """One line: label and value in words."""

    name: str
    label: str | Promise
    value: str
    #: Where what is named stands: the statute of a withholding, with its file.
    url: str = ""


@dataclass(frozen=True)
class Group:
    """A heading with its lines."""

    title: str | Promise
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class ShownDifference:
    """One difference in words."""

    label: str
    before: str
    after: str


@dataclass
class Names:
    """Names of departments and resources that contents mention by id; fetched once."""

    departments: dict[UUID, str] = field(default_factory=dict)
    resources: dict[UUID, str] = field(default_factory=dict)
    systems: dict[UUID, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *contents: Content) -> "Names":
        """Those that the contents mention."""
        departments: set[UUID] = set()
        resources: set[UUID] = set()
        for content in contents:
            departments |= {*content.scope_departments, *(d for d in (content.source_department,) if d)}
            departments |= {e.source_department for e in content.elements if e.source_department}
            resources |= {*content.derived_from, *content.related}
        systems = {system for content in contents for system in content.systems}
        return cls(
            departments=parties.department_names(departments),
            resources=queries.resource_names(resources),
            systems={s.id: s.name for s in parties.systems() if s.id in systems} if systems else {},
        )


def groups_of(content: Content, *, empty: bool = False) -> tuple[Group, ...]:
    """The content in its groups; fields without a value are left out unless `empty`."""
    names = Names.of(content)
    shown = []
    for title, fields in GROUPS:
        facts = []
        for name in fields:
            value = in_words(name, _value(content, name), names)
            if value != NOTHING or empty:
                facts.append(Fact(name=name, label=FIELDS[name], value=value, url=_address(name, _value(content, name), value)))
        if facts:
            shown.append(Group(title=title, facts=tuple(facts)))
    return tuple(shown)


def differences_in_words(found: Iterable[Difference], *contents: Content) -> tuple[ShownDifference, ...]:
    """Differences of two versions, each with its field in words."""
    names = Names.of(*contents)
    return tuple(
        ShownDifference(
            label=field_label(one.field), before=_side(one.field, one.before, names), after=_side(one.field, one.after, names)
        )
        for one in found
    )


def in_words(name: str, value: Any, names: Names | None = None) -> str:
    """A value of the field `name` as a person reads it."""
    names = names or Names()
    if value is None or value == "" or value == () or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "withholding.statute":
        return _statute(str(value))
    if name == "classification":
        category = category_of(str(value))
        return f"{category.group} · {category.label}" if category else str(value)
    if isinstance(value, (tuple, list)):
        return _(", ").join(in_words(name, one, names) for one in value)
    if name in CHOICES and str(value) in CHOICES[name]:
        return str(CHOICES[name][str(value)])
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, Decimal):
        unit = SURVEY_FIGURES[name][1] if name in SURVEY_FIGURES else ""
        return f"{value.normalize():,f} {unit}".strip()
    if isinstance(value, UUID) or name in ("scope_departments", "source_department", "derived_from", "related", "systems"):
        identifier = value if isinstance(value, UUID) else UUID(str(value))
        known = names.departments.get(identifier) or names.resources.get(identifier) or names.systems.get(identifier)
        return known or str(identifier)
    return str(value)


def element_in_words(element: ElementContent) -> str:
    """Type and size: 字符型 C(18)."""
    label = CHOICES["type"].get(element.type, "")
    size = ""
    if element.length:
        size = f"({element.length},{element.scale})" if element.scale else f"({element.length})"
    return f"{label} {element.type}{size}".strip() or NOTHING


def _value(content: Content, name: str) -> Any:
    head, _dot, rest = name.partition(".")
    return getattr(getattr(content, head), rest) if rest else getattr(content, name)


def _side(path: str, value: Any, names: Names) -> str:
    if path == "elements" and isinstance(value, list):
        return " → ".join(str(code) for code in value)
    if isinstance(value, dict):
        if "source_table" in value:
            return " · ".join(str(part) for part in (in_words("kind", value["kind"]), value["source_table"]) if part)
        if path.startswith("distributions"):
            return ", ".join(f"{code} ← {column}" for code, column in value.items())
        return " · ".join(str(value[part]) for part in ("name", "code", "type") if value.get(part))
    if path.startswith("withholding."):
        return in_words(path, value, names)
    return in_words(path.rpartition(".")[2], value, names)


def _address(name: str, value: object, shown: str) -> str:
    """The page of the statute, if the register has it."""
    if name != "withholding.statute" or shown in (NOTHING, str(value)):
        return ""
    return reverse("rules:statute", args=[str(value)])


def _statute(identifier: str) -> str:
    try:
        found = rulebook.statute(UUID(identifier))
    except (ValueError, NotFound):
        return identifier
    return f"{found.title}（{found.number}）{found.article}"
