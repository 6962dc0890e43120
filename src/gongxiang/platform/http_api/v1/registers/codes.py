"""Code lists: what the fields of an entry take, and the codes of the rulebook."""

from typing import Any

from django.utils.translation import get_language
from ninja import Path, Schema

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import vocabulary
from gongxiang.platform.catalogue.classification import CATEGORIES
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.rulebook import mappings
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol import clock

_OF_FIELDS: dict[str, Any] = {
    "sharing_type": vocabulary.SharingType,
    "distribution_kind": vocabulary.DistributionKind,
    "source_kind": vocabulary.SourceKind,
    "format_class": vocabulary.FormatClass,
    "update_cycle": vocabulary.UpdateCycle,
    "sharing_mode": vocabulary.SharingMode,
    "data_class": vocabulary.DataClass,
    "sensitivity": vocabulary.Sensitivity,
    "system_tier": vocabulary.SystemTier,
    "scene": vocabulary.Scene,
    "channel": vocabulary.Channel,
    "subject_kind": vocabulary.SubjectKind,
    "element_type": vocabulary.ElementType,
}


class CodeOut(Schema):
    """One code, its words, and what outside interfaces call it today."""

    code: str
    label: str
    outside: dict[str, str]


class CodeList(Schema):
    """A list of codes."""

    name: str
    codes: list[CodeOut]


class CodeLists(Schema):
    """The names of all lists."""

    names: list[str]


def _names() -> list[str]:
    return sorted({*_OF_FIELDS, "purpose", "classification", *rulebook.code_tables()})


def _codes(name: str) -> list[dict[str, Any]]:
    if name in _OF_FIELDS:
        pairs = [(str(value), str(label)) for value, label in _OF_FIELDS[name].choices]
    elif name == "purpose":
        pairs = [(purpose.value, str(label)) for purpose, label in vocabulary.PURPOSE_LABELS.items()]
    elif name == "classification":
        pairs = [(one.code, f"{one.group} · {one.label}") for one in CATEGORIES.values()]
    elif name in rulebook.code_tables():
        language = get_language() or ""
        pairs = [(one.code, rulebook.code_label(name, one.code, language)) for one in rulebook.codes(name)]
    else:
        raise NotFound()
    outside = _outside(name)
    return [{"code": code, "label": label, "outside": outside.get(code, {})} for code, label in pairs]


def _outside(name: str) -> dict[str, dict[str, str]]:
    """Value -> interface -> what it is called there."""
    found: dict[str, dict[str, str]] = {}
    today = beijing_date(clock.now())
    for interface in mappings.interfaces():
        for one in mappings.mappings_of(interface, on=today):
            if one.list == name:
                found.setdefault(one.value, {})[interface] = one.outside
    return found


@endpoint("GET", "/code-lists", door=SEARCH, name="list_code_lists", tag="Registers", answer=CodeLists)
def code_lists(request: Called) -> dict[str, Any]:
    """The names of all code lists."""
    return {"names": _names()}


@endpoint("GET", "/code-lists/{name}", door=SEARCH, name="get_code_list", tag="Registers", answer=CodeList)
def code_list(request: Called, name: str = Path(max_length=60)) -> dict[str, Any]:
    """One code list, its words in the caller's language."""
    return {"name": name, "codes": _codes(name)}
