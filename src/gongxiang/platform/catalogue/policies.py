"""May this be done now? What an entry still lacks, each point with its article, all at once.

`Case` holds everything the rules look at, gathered by `queries.case_of`; the functions here read nothing else, so that the same
rules refuse an act and grey out its button.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from gongxiang.law.articles import implements
from gongxiang.law.instruments import Rank
from gongxiang.platform.catalogue import errors
from gongxiang.platform.catalogue.classification import category_of
from gongxiang.platform.catalogue.codes import CLASSIFICATION
from gongxiang.platform.catalogue.content import WIDEST, Content, ElementContent
from gongxiang.platform.catalogue.shapes import carried_differently, key_of, narrower
from gongxiang.platform.catalogue.vocabulary import (
    DataClass,
    DistributionKind,
    ElementType,
    FormatClass,
    Sensitivity,
    SharingType,
    SourceKind,
    UpdateCycle,
)
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.protocol.terms import Purpose

ELEMENT_CODE = re.compile(r"[a-z][a-z0-9_]{0,47}")
#: Names the data plane keeps for itself in exchange tables.
RESERVED_PREFIXES = ("gx_", "_")
SOURCE_TABLE = re.compile(r"[^.\s]+\.[^.\s]+")
#: A bracketed year at the end, such as （2026）, is part of a name; any other number there is a copy's.
_STRAY = re.compile(
    r"^[\W_]+|[,，.。;；:：、!！?？_\-—]+$|\s{2,}|\n|[（(](?!(?:19|20)\d{2}[)）])\d+[)）]$|副本$|copy$", re.IGNORECASE
)
MEASURES_10 = "wushen-2021-60:10"


@dataclass(frozen=True, kw_only=True)
class Statute:
    """The statute named as basis of a withholding."""

    title: str
    rank: Rank


@dataclass(frozen=True, kw_only=True)
class Consented:
    """The officer's consent as far as the rules look at it."""

    content_digest: str
    secrecy_statement: str
    impact_assessment: dict[str, str]
    standing: bool


@dataclass(frozen=True, kw_only=True)
class Case:
    """One entry and what surrounds it."""

    content: Content
    content_digest: str = ""
    name_taken: bool = False
    #: The way back to itself, by name, where it is derived from itself.
    cycle: tuple[str, ...] = ()
    #: Names of the department's systems.
    system_names: frozenset[str] = frozenset()
    statute: Statute | None = None
    #: Ranks that the profile in force admits, and those that article 10 of the Measures admits.
    ranks: frozenset[Rank] = field(default_factory=frozenset)
    ranks_of_measures: frozenset[Rank] = field(default_factory=frozenset)
    exception: bool = False
    consent: Consented | None = None
    ratified: bool = False
    #: Until when somebody may use the resource (None: nobody now), and what the grants need of it.
    granted_until: datetime | None = None
    granted_elements: frozenset[str] = frozenset()
    granted_kinds: frozenset[str] = frozenset()
    #: What is in force while grants live, to compare with; None where nobody depends on it.
    in_force: Content | None = None
    #: Nodes named by the content that belong to other departments.
    foreign_nodes: frozenset[UUID] = frozenset()
    #: Why the provider's agreement is not in force; None if it is.
    agreement: Refusal | None = None


# ---- content ------------------------------------------------------------------------------------------------------------


@implements("cn-809:12.2", "cn-809:13.2", "wushen-2021-60:2.1", "wushen-2021-60:7")
def metadata_shortfalls(case: Case) -> Iterator[Refusal]:
    """Name, classification, summary, format, cycle: what every entry states."""
    content = case.content
    for name in ("name", "summary", "format_class", "update_cycle", "source_kind", "classification"):
        if not getattr(content, name):
            yield errors.FieldMissing(field=name)
    known: tuple[tuple[str, type], ...] = (
        ("format_class", FormatClass),
        ("update_cycle", UpdateCycle),
        ("source_kind", SourceKind),
        ("sharing_type", SharingType),
    )
    for name, codes in known:
        value = getattr(content, name)
        if value and value not in codes.values:  # type: ignore[attr-defined]
            yield errors.FieldUnknown(field=name)
    if content.classification and not (
        CLASSIFICATION.fullmatch(content.classification) and category_of(content.classification)
    ):
        yield errors.FieldUnknown(field="classification")
    if content.name and _STRAY.search(content.name.strip()):
        yield errors.NameMalformed(field="name")
    if case.name_taken:
        yield errors.NameTaken(field="name")
    if content.format_class == FormatClass.SELF_DESCRIBED and not content.format_note:
        yield errors.FieldMissing(field="format_note")
    if content.update_cycle == UpdateCycle.IRREGULAR and not content.update_note:
        yield errors.FieldMissing(field="update_note")
    if content.open_to_society and not content.open_conditions:
        yield errors.FieldMissing(field="open_conditions")
    if content.source_kind == SourceKind.DERIVED and not content.derived_from:
        yield errors.FieldMissing(field="derived_from", basis=("wushen-2021-60:2.1",))
    if case.cycle:
        yield errors.DerivationCircular(field="derived_from", cycle=" → ".join(case.cycle))
    if content.name and content.name.strip() in case.system_names | {content.source_system.strip()}:
        yield errors.NameIsSystems(field="name")
    if content.summary and content.summary.strip().strip("。.") == content.name.strip():
        yield errors.SummaryIsName(field="summary")
    if content.period_from and content.period_to and content.period_to < content.period_from:
        yield errors.PeriodReversed(field="period_to")
    yield from _figure_shortfalls(content)


def _figure_shortfalls(content: Content) -> Iterator[Refusal]:
    """What is shared or opened is part of what there is."""
    for kind in ("storage_gb", "records_10k"):
        whole = getattr(content, kind)
        for part in (f"shared_{kind}", f"open_{kind}"):
            value = getattr(content, part)
            if whole is not None and value is not None and value > whole:
                yield errors.FigureTooLarge(field=part)


@implements(
    "wushen-2021-60:4(1)",
    "wushen-2021-60:9.2",
    "wushen-2021-60:9.3",
    "wushen-2021-60:21(2)",
    "cn-809:14(1)",
    "cn-809:14(2)",
    "cn-809:15.2",
    "wushen-2021-60:9.1",
)
def sharing_shortfalls(case: Case) -> Iterator[Refusal]:
    """What each sharing type has to state."""
    content = case.content
    if content.sharing_type != SharingType.UNCONDITIONAL and not content.sharing_reason:
        yield errors.ReasonForTypeMissing(field="sharing_reason")
    if content.sharing_type == SharingType.CONDITIONAL:
        for name in ("conditions", "scope", "purposes"):
            if not getattr(content, name):
                yield errors.ConditionMissing(field=name)
        if any(purpose not in list(Purpose) for purpose in content.purposes):
            yield errors.FieldUnknown(field="purposes")
    if content.sharing_type == SharingType.UNCONDITIONAL:
        for index, element in enumerate(content.elements):
            if element.sharing_type not in ("", SharingType.UNCONDITIONAL):
                yield errors.RestrictedElement(field=f"elements.{index}.sharing_type")
    if content.sharing_type == SharingType.WITHHELD:
        yield from withholding_shortfalls(case)


@implements("wushen-2021-60:9.4", "wushen-2021-60:10", "cn-809:14(3)", "cn-809:15.2")
def withholding_shortfalls(case: Case) -> Iterator[Refusal]:
    """A withholding rests on a named statute and article of sufficient rank, or on a recorded exception."""
    if not case.content.withholding.given or case.statute is None:
        yield errors.BasisMissing(field="withholding.statute")
        return
    if case.statute.rank in case.ranks:
        return
    if case.statute.rank not in case.ranks_of_measures:
        yield errors.BasisInsufficient(field="withholding.statute", title=case.statute.title)
    elif not case.exception:
        yield errors.BasisBelowRegulation(field="withholding.statute", title=case.statute.title)


@implements("cn-809:13.2", "cn-809:35.1")
def element_shortfalls(case: Case) -> Iterator[Refusal]:
    """Every element is named, typed and classified, and its code can be a column of an exchange table."""
    content = case.content
    if not content.elements:
        yield errors.ElementsMissing(field="elements")
    names: set[str] = set()
    codes: set[str] = set()
    for index, element in enumerate(content.elements):
        path = f"elements.{index}"
        for name in ("name", "code", "type", "data_class", "sensitivity"):
            if not getattr(element, name):
                yield errors.ElementIncomplete(field=f"{path}.{name}")
        for name, known in (("type", ElementType), ("data_class", DataClass), ("sensitivity", Sensitivity)):
            value = getattr(element, name)
            if value and value not in known.values:
                yield errors.FieldUnknown(field=f"{path}.{name}")
        if element.sharing_type and element.sharing_type not in SharingType.values:
            yield errors.FieldUnknown(field=f"{path}.sharing_type")
        if element.code and (not ELEMENT_CODE.fullmatch(element.code) or element.code.startswith(RESERVED_PREFIXES)):
            yield errors.ElementCodeMalformed(field=f"{path}.code")
        if element.name and element.name in names:
            yield errors.ElementTwice(field=f"{path}.name")
        if element.code and element.code in codes:
            yield errors.ElementTwice(field=f"{path}.code")
        names.add(element.name)
        codes.add(element.code)
        if not _size_fits(element):
            yield errors.ElementSizeWrong(field=f"{path}.length")


def _size_fits(element: ElementContent) -> bool:
    if element.type in (ElementType.N, ElementType.Y):
        digits = WIDEST if element.length is None else element.length
        return 1 <= digits <= WIDEST and 0 <= (element.scale or 0) <= digits
    if element.type == ElementType.C:
        return element.length is None or element.length >= 1
    return True


@implements("wushen-2021-60:21(1)", "wushen-2021-60:19(1)", "wushen-2021-60:13")
def distribution_shortfalls(case: Case) -> Iterator[Refusal]:
    """What is shared has a way of delivery; a table is mapped column by column and has a key."""
    content = case.content
    if content.sharing_type == SharingType.WITHHELD:
        return
    if not content.distributions:
        yield errors.DistributionMissing(field="distributions")
    shared = [element for element in content.elements if element.shareable]
    for index, distribution in enumerate(content.distributions):
        path = f"distributions.{index}"
        if distribution.kind not in DistributionKind.values:
            yield errors.FieldMissing(field=f"{path}.kind", basis=("wushen-2021-60:19",))
        if distribution.kind in (DistributionKind.API, DistributionKind.FILE) and not distribution.description:
            yield errors.FieldMissing(field=f"{path}.description", basis=("wushen-2021-60:19(2)", "wushen-2021-60:19(3)"))
        if distribution.kind != DistributionKind.TABLE:
            if distribution.node_id in case.foreign_nodes:
                yield errors.NodeOfOthers(field=f"{path}.node_id")
            continue
        if distribution.node_id is None:
            yield errors.TableUnmapped(field=f"{path}.node_id")
        elif distribution.node_id in case.foreign_nodes:
            yield errors.NodeOfOthers(field=f"{path}.node_id")
        if not SOURCE_TABLE.fullmatch(distribution.source_table):
            yield errors.TableUnmapped(field=f"{path}.source_table")
        mapped = {element.code: distribution.columns.get(element.code, "") for element in shared}
        taken = list(mapped.values())
        for code, column in mapped.items():
            if not column or taken.count(column) > 1:
                yield errors.TableUnmapped(field=f"{path}.columns.{code}")
        if shared and not any(element.key for element in shared):
            yield errors.KeyMissing(field="elements")


# ---- consent ------------------------------------------------------------------------------------------------------------


@implements("cn-809:13.1", "cn-809:3.1", "cn-809:20.3")
def consent_shortfalls(content: Content, consent: Consented | None) -> Iterator[Refusal]:
    """Secrecy statement, impact assessment where persons are concerned, standing consent where sharing is unconditional."""
    if consent is None:
        yield errors.ConsentMissing(field="consent")
        return
    if not consent.secrecy_statement:
        yield errors.SecrecyStatementMissing(field="secrecy_statement")
    if content.personal:
        for part in ("purpose", "effect", "measures"):
            if not consent.impact_assessment.get(part):
                yield errors.ImpactAssessmentMissing(field=f"impact_{part}")
    if content.sharing_type == SharingType.UNCONDITIONAL and not consent.standing:
        yield errors.StandingConsentMissing(field="standing")


# ---- acts ---------------------------------------------------------------------------------------------------------------


def content_shortfalls(case: Case) -> Iterator[Refusal]:
    """Everything the content itself lacks."""
    yield from metadata_shortfalls(case)
    yield from sharing_shortfalls(case)
    yield from element_shortfalls(case)
    yield from distribution_shortfalls(case)


def check_can_send_for_review(case: Case) -> None:
    """Raise Shortfalls unless the content is complete."""
    _check(content_shortfalls(case))


def check_can_consent(case: Case, consent: Consented) -> None:
    """Raise Shortfalls unless the content is complete and the officer's statements are."""
    _check((*content_shortfalls(case), *consent_shortfalls(case.content, consent)))


@implements("wushen-2021-60:18")
def check_can_submit(case: Case) -> None:
    """Raise Shortfalls unless content, consent and the provider's agreement are all there."""
    _check(_before_authority(case))


@implements("wushen-2021-60:7", "wushen-2021-60:10", "wushen-2021-60:18", "wushen-2021-60:21(2)", "cn-809:13.2", "cn-809:16.1")
def check_can_publish(case: Case) -> None:
    """Raise Shortfalls unless everything is there, a withholding's ratification included."""
    _check((*_before_authority(case), *_ratification(case)))


@implements("wushen-2021-60:10")
def check_can_ratify(case: Case) -> None:
    """Raise NotWithheld for another type, Shortfalls where the basis is missing or insufficient."""
    if case.content.sharing_type != SharingType.WITHHELD:
        raise errors.NotWithheld()
    _check(withholding_shortfalls(case))


def check_remarks(remarks: tuple[dict[str, str], ...]) -> None:
    """Raise RemarkMissing unless at least one remark says something."""
    if not any(remark.get("text", "").strip() for remark in remarks):
        raise errors.RemarkMissing(field="remarks")


def check_reason(reason: str) -> None:
    """Raise ReasonMissing for an empty reason."""
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")


@implements("cn-809:27.3")
def check_can_withdraw(*, granted_until: datetime | None, at: datetime) -> None:
    """Raise UnderLiveGrants while somebody may still use the resource."""
    if granted_until is not None and granted_until > at:
        raise errors.UnderLiveGrants(until=granted_until.isoformat(sep=" ", timespec="minutes"))


@implements("cn-809:27.3")
def grant_shortfalls(case: Case) -> Iterator[Refusal]:
    """A revision takes nothing away that a live grant needs: the sharing, an element as it is typed, the key, the delivery."""
    if case.granted_until is None:
        return
    until = case.granted_until.isoformat(sep=" ", timespec="minutes")
    content = case.content
    if content.sharing_type == SharingType.WITHHELD:
        yield errors.NeededByGrants(field="sharing_type", until=until, what=gettext("its sharing"))
        return
    lost = sorted(case.granted_elements - {element.code for element in content.elements if element.shareable})
    if lost:
        yield errors.NeededByGrants(field="elements", until=until, what=", ".join(lost))
    unmounted = sorted(case.granted_kinds - set(content.kinds))
    if unmounted:
        what = ", ".join(str(DistributionKind(kind).label) for kind in unmounted)
        yield errors.NeededByGrants(field="distributions", until=until, what=what)
    if case.in_force is not None:
        yield from _changed_under_grants(case, case.in_force, until=until)


def _changed_under_grants(case: Case, in_force: Content, *, until: str) -> Iterator[Refusal]:
    """Elements that consumers' tables are built on keep their type and size; the key by which rows are known stays the key.

    Wider is allowed, and so is a type letter that is carried in the same way (C and M, N and Y).
    """
    before = {element.code: element for element in in_force.elements}
    for index, element in enumerate(case.content.elements):
        old = before.get(element.code)
        if old is None or element.code not in case.granted_elements or not element.shareable:
            continue
        if carried_differently(old, element):
            yield errors.TypeChangedUnderGrants(
                field=f"elements.{index}.type", until=until, element=element.name or element.code
            )
        elif narrower(old, element):
            yield errors.NarrowedUnderGrants(
                field=f"elements.{index}.length", until=until, element=element.name or element.code
            )
    if key_of(in_force) != key_of(case.content):
        yield errors.KeyChangedUnderGrants(field="elements", until=until)


def reasons_against(check: Callable[[], None]) -> tuple[Refusal, ...]:
    """Why `check` refuses, as a list for a greyed-out button; empty if it passes."""
    try:
        check()
    except Shortfalls as refusal:
        return refusal.shortfalls
    except Refusal as refusal:
        return (refusal,)
    return ()


def _before_authority(case: Case) -> Iterator[Refusal]:
    if case.agreement is not None:
        yield case.agreement
    yield from content_shortfalls(case)
    yield from grant_shortfalls(case)
    if case.consent is not None and case.consent.content_digest != case.content_digest:
        yield errors.ConsentMissing(field="consent")
    else:
        yield from consent_shortfalls(case.content, case.consent)


def _ratification(case: Case) -> Iterator[Refusal]:
    if case.content.sharing_type == SharingType.WITHHELD and not case.ratified:
        yield errors.NotRatified(field="sharing_type")


def _check(shortfalls: "Iterator[Refusal] | tuple[Refusal, ...]") -> None:
    found = tuple(shortfalls)
    if found:
        raise Shortfalls(found)
