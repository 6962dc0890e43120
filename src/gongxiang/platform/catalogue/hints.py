"""What auditors find in entries that are complete all the same: shown to whoever works on one, and counted; never refused.

Pure like `policies`: reads a `Case` and its `Surroundings`, nothing else. The plain words stand in the docstrings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.content import Content, ElementContent
from gongxiang.platform.catalogue.elements import stem
from gongxiang.platform.catalogue.policies import Case
from gongxiang.platform.catalogue.vocabulary import (
    FORMAT_TYPES,
    PERSONAL,
    SURVEY_FIGURES,
    DistributionKind,
    ElementType,
    FormatClass,
    SharingType,
    SourceKind,
    UpdateCycle,
    highest,
)
from gongxiang.platform.kernel.errors import Refusal

#: A summary shorter than this says no more than the name.
SHORTEST_SUMMARY = 10
#: Words that leave the decision open instead of stating a condition (cn-809:15).
VAGUE = ("按需", "依申请", "需申请", "经审批", "需审批", "协商", "视情况", "另行", "原则上")
#: Names, by meaning, that are personal information whoever the table is about.
PERSONAL_NAMES = frozenset(stem(name) for name in ("身份证号", "联系电话", "住址", "户籍地址", "出生日期", "银行账号"))
_FILES = (FormatClass.DOCUMENT, FormatClass.SPREADSHEET, FormatClass.IMAGE, FormatClass.MEDIA)


@dataclass(frozen=True, kw_only=True)
class Near:
    """Another entry whose name is nearly the same."""

    name: str
    code: str
    department: str
    own: bool


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What lies around an entry, as far as the hints look at it."""

    department_id: UUID
    #: Names of the department's systems that are in use.
    systems: frozenset[str] = frozenset()
    near: tuple[Near, ...] = ()
    #: Item by meaning -> (department, its name) that the authority named as its source.
    sources: Mapping[str, tuple[UUID, str]] = field(default_factory=dict)
    #: Data levels of the resources this one is derived from.
    source_levels: tuple[str, ...] = ()


class Hint(Refusal):
    """Something to look at."""

    basis: ClassVar[tuple[str, ...]] = ("cn-809:13.2",)
    next_step = "Look at it again; the entry may be sent all the same."


class NameNear(Hint):
    """Your department's entry “{name}” {code} has nearly the same name."""

    basis = ("cn-809:13.2", "cn-809:19.1")
    next_step = "If it is the same data, keep one entry; else give each the name that tells them apart."


class NameElsewhere(Hint):
    """{department} has an entry of nearly the same name: “{name}” {code}."""

    basis = ("cn-809:19.1",)
    next_step = "Find out whether it is the same data: what another department has is applied for, not collected again."


class SummaryShort(Hint):
    """The summary is too short to tell others what they would get."""

    next_step = "Say whom or what the data is about, what is recorded, and from when on."


class LengthMissing(Hint):
    """{n} text elements have no length."""

    next_step = "Give the length as in the database."


class DescriptionMissing(Hint):
    """{n} of {all} elements have no description."""

    next_step = "Say in a few words what each holds, and which codes it uses."


class NameIsCode(Hint):
    """The element's name is its column's name; others cannot read it."""

    next_step = "Name it in Chinese, as on the form."


class KeyUnmarked(Hint):
    """No element is marked as key: others cannot tell the records apart."""

    basis = ("wushen-2021-60:20",)
    next_step = "Mark the elements that identify a record."


class SeemsPersonal(Hint):
    """“{name}” looks like personal information, but is classified as general."""

    basis = ("cn-809:13.2", "wushen-2021-60:15")
    next_step = "Classify it as personal information, or say in its description why it is none."


class SystemMissing(Hint):
    """The data was formed in a system, but none is named."""

    next_step = "Choose the system from your department's register of systems."


class SystemUnregistered(Hint):
    """The system “{name}” is not in your department's register."""

    next_step = "Enter it into the register of systems, then choose it here."
    basis = ("cn-809:13.2", "wushen-2021-60:17")


class ConditionUnbased(Hint):
    """The conditions name no basis: no department makes up conditions of its own."""

    basis = ("cn-809:15.1",)
    next_step = "Name the law, regulation or State Council decision the conditions rest on."


class ConditionVague(Hint):
    """The conditions leave the decision open (“{word}”) instead of saying what is asked for."""

    basis = ("cn-809:15.1", "wushen-2021-60:21(2)")
    next_step = "State what a department must have or do to be given the data."


class OpenPersonal(Hint):
    """The resource is open to society and holds personal information."""

    basis = ("wushen-2021-60:15",)
    next_step = "Open only what identifies nobody, or take the openness back."


class DeliveryUnfit(Hint):
    """The format is a file, the delivery is not."""

    basis = ("wushen-2021-60:19(1)", "wushen-2021-60:19(3)")
    next_step = "Files are delivered as files, databases as tables or by an API."


class CycleUnfit(Hint):
    """The data is said to change in real time, but is delivered as files only."""

    basis = ("wushen-2021-60:19(3)", "wushen-2021-60:20")
    next_step = "Mount a table or an API, or state the cycle at which files are made."


class FormatUnknown(Hint):
    """The format in detail is none of the usual ones of its class."""

    next_step = "Name the type as the list has it, e.g. PostgreSQL or XLSX."


class FiguresMissing(Hint):
    """None of the six survey figures is given."""

    next_step = "Give at least the storage and the number of records."


class LevelBelowSource(Hint):
    """The data level is lower than that of a resource this one is derived from."""

    basis = ("cn-809:13.2", "wushen-2021-60:15")
    next_step = "Take the higher level, unless the derived data really tells less."


class SourceElsewhere(Hint):
    """{department} is the source department of “{name}”."""

    basis = ("cn-809:19.2",)
    next_step = "Use its data instead of collecting your own; differences are cleared there."


@implements("cn-809:13.2", "cn-809:15.2", "cn-809:18", "wushen-2021-60:20", "cn-809:15.1", "cn-809:11(3)")
def hints(case: Case, around: Surroundings) -> Iterator[Hint]:
    """Everything worth a second look."""
    content = case.content
    yield from _of_names(content, around)
    yield from _of_elements(content, around)
    yield from _of_sharing(content)
    yield from _of_source(content, around)


def _of_names(content: Content, around: Surroundings) -> Iterator[Hint]:
    for other in around.near:
        if other.own:
            yield NameNear(field="name", name=other.name, code=other.code)
        else:
            yield NameElsewhere(field="name", name=other.name, code=other.code, department=other.department)
    if content.summary and len(content.summary.strip()) < SHORTEST_SUMMARY:
        yield SummaryShort(field="summary")
    known = FORMAT_TYPES.get(content.format_class, ())
    if known and content.format_type.lower() not in {one.lower() for one in known}:
        yield FormatUnknown(field="format_type")
    if all(getattr(content, name) is None for name in SURVEY_FIGURES):
        yield FiguresMissing(field="storage_gb")


def _of_elements(content: Content, around: Surroundings) -> Iterator[Hint]:
    elements = content.elements
    without_length = [e for e in elements if e.type == ElementType.C and e.length is None]
    if without_length:
        yield LengthMissing(field="elements", n=len(without_length))
    undescribed = [e for e in elements if not e.description]
    if undescribed:
        yield DescriptionMissing(field="elements", n=len(undescribed), all=len(elements))
    if elements and not any(e.key for e in elements) and DistributionKind.TABLE not in content.kinds:
        yield KeyUnmarked(field="elements")
    for index, element in enumerate(elements):
        yield from _of_element(index, element, around)


def _of_element(index: int, element: ElementContent, around: Surroundings) -> Iterator[Hint]:
    path = f"elements.{index}"
    if element.name and element.name.isascii() and element.name.lower() == element.code:
        yield NameIsCode(field=f"{path}.name")
    meaning = stem(element.name)
    if meaning in PERSONAL_NAMES and element.sensitivity not in PERSONAL and not element.description:
        yield SeemsPersonal(field=f"{path}.sensitivity", name=element.name)
    source = around.sources.get(meaning)
    if source is not None and source[0] != around.department_id and element.source_department != source[0]:
        yield SourceElsewhere(field=f"{path}.name", name=element.name, department=source[1])


def _of_sharing(content: Content) -> Iterator[Hint]:
    if content.sharing_type == SharingType.CONDITIONAL and content.conditions:
        if not content.condition_basis:
            yield ConditionUnbased(field="condition_basis")
        vague = next((word for word in VAGUE if word in content.conditions and len(content.conditions) < 30), "")
        if vague:
            yield ConditionVague(field="conditions", word=vague)
    if content.open_to_society and content.personal:
        yield OpenPersonal(field="open_to_society")
    if content.format_class in _FILES and content.kinds and DistributionKind.FILE not in content.kinds:
        yield DeliveryUnfit(field="format_class")
    if content.update_cycle == UpdateCycle.REALTIME and content.kinds == (DistributionKind.FILE,):
        yield CycleUnfit(field="update_cycle")


def _of_source(content: Content, around: Surroundings) -> Iterator[Hint]:
    named = content.source_system.strip()
    if content.source_kind == SourceKind.SYSTEM and not content.systems:
        if not named:
            yield SystemMissing(field="source_system")
        elif named not in around.systems:
            yield SystemUnregistered(field="source_system", name=named)
    if around.source_levels and highest([*around.source_levels, content.data_class]) != content.data_class:
        yield LevelBelowSource(field="derived_from")
