"""May this be done now? What a project, a planned entry, a pre-compiled catalogue or an acceptance still lacks."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.vocabulary import SharingType, SourceKind, SubjectKind, UpdateCycle
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.projects import errors
from gongxiang.platform.projects.planned import Planned, key_of, known_type
from gongxiang.platform.projects.values import CheckView, Hit, ProjectFields
from gongxiang.platform.projects.vocabulary import Answer, MoneySource, ProjectKind

MOST_ENTRIES: Final = 300
MOST_ELEMENTS: Final = 500
MOST_ITEMS: Final = 200
#: Longest texts by field; what is longer is no name and no summary.
LONGEST: Final = {
    "name": 200, "purpose": 4000, "approving_body": 200, "contact": 120, "telephone": 40, "summary": 2500,
    "collects": 2000, "sharing_reason": 2000, "element": 200, "note": 500, "reason": 2000, "reference": 500, "title": 200,
}  # fmt: skip
MOST_CENTS: Final = 10_000_000_000_000
TIERS: Final = ("own", "city", "regional", "national")
#: Data of these kinds are made anew by nobody: they are not held against the catalogue.
NOT_COLLECTED: Final = (SourceKind.DERIVED,)
#: Words of the fields of a planned entry.
FIELD_WORDS: Final[Mapping[str, str | Promise]] = {
    "name": _("Name of the resource"), "summary": _("Summary"), "source_kind": _("Source of the data"),
    "elements": _("Data elements"), "collects": _("What is collected, from whom and how"),
    "sharing_reason": _("Reason for this type"),
}  # fmt: skip


@implements("wushen-2021-60:8")
def needs_catalogue(kind: str) -> bool:
    """Whether the project is approved only with a pre-compiled catalogue: upgrades too (our choice), maintenance not."""
    return kind != ProjectKind.OPERATION


@implements("wushen-2021-60:8", "wushen-2021-60:28")
def check_fields(fields: ProjectFields, *, own_systems: Collection[UUID], name_taken: bool) -> None:
    """Raise Shortfalls for a register entry that says too little, too much or contradicts itself."""
    found: list[Refusal] = []
    for name in ("name", "approving_body", "contact"):
        if not getattr(fields, name).strip():
            found.append(errors.FieldMissing(field=name))
    found += _too_long(fields, ("name", "purpose", "approving_body", "contact", "telephone"))
    if fields.kind not in ProjectKind.values:
        found.append(errors.FieldUnknown(field="kind"))
    if fields.tier not in TIERS:
        found.append(errors.FieldUnknown(field="tier"))
    if fields.planned_start is None:
        found.append(errors.FieldMissing(field="planned_start"))
    for first, last in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
        one, other = getattr(fields, first), getattr(fields, last)
        if one and other and other < one:
            found.append(errors.DatesReversed(field=last))
    if any(system not in own_systems for system in fields.systems):
        found.append(errors.SystemOfOthers(field="systems"))
    if name_taken:
        found.append(errors.NameTaken(field="name"))
    _check(found)


def check_storable(planned: Planned) -> None:
    """Raise Shortfalls for what could not be kept at all; an incomplete entry can."""
    found: list[Refusal] = [] if planned.name.strip() else [errors.FieldMissing(field="name")]
    found += _too_long(planned, ("name", "summary", "collects", "sharing_reason"))
    if len(planned.elements) > MOST_ELEMENTS:
        found.append(errors.TooMany(field="elements", most=MOST_ELEMENTS))
    longest = LONGEST["element"]
    if any(len(e.name) > longest for e in planned.elements):
        found.append(errors.TooLong(field="elements", most=longest))
    if any(len(e.note) > LONGEST["note"] for e in planned.elements):
        found.append(errors.TooLong(field="elements", most=LONGEST["note"]))
    if any(not known_type(e.type) for e in planned.elements):
        found.append(errors.FieldUnknown(field="elements", next_step="Write the letter of a data type, or leave it out."))
    keys = [key_of(e.name) for e in planned.elements]
    if len(set(keys)) != len(keys):
        found.append(errors.NameTaken(field="elements", next_step="Two elements have the same name: take one out."))
    for name, known in (
        ("sharing_type", SharingType.values), ("source_kind", SourceKind.values), ("subject_kind", ("", *SubjectKind.values)),
        ("update_cycle", ("", *UpdateCycle.values)),
    ):  # fmt: skip
        if getattr(planned, name) not in known:
            found.append(errors.FieldUnknown(field=name))
    _check(found)


@implements("wushen-2021-60:8", "wushen-2021-60:4(1)")
def missing_in(planned: Planned) -> tuple[str, ...]:
    """What a planned entry still lacks, as names of fields."""
    lacking = [name for name in ("name", "summary", "source_kind") if not getattr(planned, name).strip()]
    if not planned.elements:
        lacking.append("elements")
    if planned.source_kind in (SourceKind.COLLECTED, SourceKind.THIRD_PARTY) and not planned.collects.strip():
        lacking.append("collects")
    if planned.sharing_type != SharingType.UNCONDITIONAL and not planned.sharing_reason.strip():
        lacking.append("sharing_reason")
    return tuple(lacking)


@implements("wushen-2021-60:8", "wushen-2021-60:22.5", "cn-809:19.1")
def check_can_present(entries: Sequence[Planned], hits: Iterable[Hit]) -> None:
    """Raise Shortfalls unless there are entries, each is complete, and every hit is answered."""
    _check(catalogue_shortfalls(entries, hits))


def catalogue_shortfalls(entries: Sequence[Planned], hits: Iterable[Hit]) -> Iterator[Refusal]:
    """Everything that a pre-compiled catalogue lacks, each with its article."""
    if not entries:
        yield errors.EntriesMissing(field="entries")
    for planned in entries:
        if lacking := missing_in(planned):
            what = ", ".join(str(FIELD_WORDS.get(name, name)) for name in lacking)
            yield errors.EntryIncomplete(field="entries", name=planned.name, what=what)
    for hit in hits:
        if not hit.answer:
            yield errors.HitUnanswered(field="hits", name=hit.entry_name, target=hit.found.target_name, owner=hit.found.owner)


@implements("wushen-2021-60:22.5", "cn-809:19.1")
def check_answer(answer: str, reason: str) -> None:
    """Raise for an unknown answer, or a new collection without a reason."""
    if answer not in Answer.values:
        raise errors.FieldUnknown(field="answer")
    if answer == Answer.JUSTIFIED and not reason.strip():
        raise errors.AnswerReasonMissing(field="reason")
    if len(reason) > LONGEST["reason"]:
        raise errors.TooLong(field="reason", most=LONGEST["reason"])


def check_remarks(remarks: Iterable[Mapping[str, str]]) -> None:
    """Raise RemarkMissing unless at least one remark says something."""
    said = [remark.get("text", "").strip() for remark in remarks]
    if not any(said):
        raise errors.RemarkMissing(field="remarks")
    if any(len(text) > LONGEST["reason"] for text in said):
        raise errors.TooLong(field="remarks", most=LONGEST["reason"])


def check_reason(reason: str) -> None:
    """Raise ReasonMissing for an empty reason."""
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    if len(reason) > LONGEST["reason"]:
        raise errors.TooLong(field="reason", most=LONGEST["reason"])


@implements("wushen-2021-60:8")
def check_can_build(*, kind: str, certified: bool) -> None:
    """Raise CertificateMissing: approval without the certificate is what article 8 rules out."""
    if needs_catalogue(kind) and not certified:
        raise errors.CertificateMissing()


@implements("wushen-2021-60:8")
def check_approval(number: str, on: date | None, *, today: date) -> None:
    """Raise Shortfalls unless the approval has a number and a date that is not to come."""
    found: list[Refusal] = []
    if not number.strip():
        found.append(errors.ApprovalMissing(field="approval_number"))
    if len(number) > 120:
        found.append(errors.TooLong(field="approval_number", most=120))
    if on is None or on > today:
        found.append(errors.ApprovalMissing(field="approved_on"))
    _check(found)


@implements("wushen-2021-60:8")
def check_can_accept(checks: Iterable[CheckView], *, kind: str, certified: bool) -> None:
    """Raise Shortfalls unless the certificate is in force and every point of the interface check has passed."""
    found: list[Refusal] = []
    if needs_catalogue(kind) and not certified:
        found.append(errors.CertificateMissing())
    for check in checks:
        if not check.passed:
            found.append(errors.CheckOpen(field=check.item, item=_label(check)))
    _check(found)


@implements("wushen-2021-60:8")
def check_result(*, by_facts: bool, reference: str, note: str) -> None:
    """Raise Shortfalls unless a result names its test record."""
    found: list[Refusal] = []
    if not reference.strip():
        found.append(errors.EvidenceMissing(field="reference"))
    if len(reference) > LONGEST["reference"]:
        found.append(errors.TooLong(field="reference", most=LONGEST["reference"]))
    if len(note) > LONGEST["reason"]:
        found.append(errors.TooLong(field="note", most=LONGEST["reason"]))
    _check(found)


@implements("wushen-2021-60:28", "cn-809:38.1")
def check_cost(*, year: int, source: str, planned_cents: int, actual_cents: int | None) -> None:
    """Raise Shortfalls for a figure that cannot be one."""
    found: list[Refusal] = []
    if not 2000 <= year <= 2100:
        found.append(errors.YearWrong(field="year"))
    if source not in MoneySource.values:
        found.append(errors.FieldUnknown(field="source"))
    for name, value in (("planned", planned_cents), ("actual", actual_cents)):
        if value is not None and not 0 <= value < MOST_CENTS:
            found.append(errors.AmountWrong(field=name))
    _check(found)


def check_form_items(title: str, items: Sequence[str]) -> None:
    """Raise Shortfalls unless a form has a title and at least one item, and not too many."""
    found: list[Refusal] = []
    if not title.strip():
        found.append(errors.FieldMissing(field="title"))
    if len(title) > LONGEST["title"]:
        found.append(errors.TooLong(field="title", most=LONGEST["title"]))
    if not items:
        found.append(errors.FieldMissing(field="items"))
    if len(items) > MOST_ITEMS:
        found.append(errors.TooMany(field="items", most=MOST_ITEMS))
    if any(len(item) > LONGEST["element"] for item in items):
        found.append(errors.TooLong(field="items", most=LONGEST["element"]))
    _check(found)


def reasons_against(check: Callable[[], None]) -> tuple[Refusal, ...]:
    """Why `check` refuses, as a list; empty if it passes."""
    try:
        check()
    except Shortfalls as refusal:
        return refusal.shortfalls
    except Refusal as refusal:
        return (refusal,)
    return ()


def _too_long(value: object, names: Iterable[str]) -> list[Refusal]:
    return [errors.TooLong(field=name, most=LONGEST[name]) for name in names if len(getattr(value, name)) > LONGEST[name]]


def _label(check: CheckView) -> str:
    return check.label_zh if get_language() == "zh-hans" else check.label_en


def _check(shortfalls: Iterable[Refusal]) -> None:
    found = tuple(shortfalls)
    if found:
        raise Shortfalls(found)
