"""The catalogue in figures, each with exactly the rows it counts: points about entries, mounting, freshness, use, systems.

For the authority all departments, for a department its own. A draft's points are its provider's alone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Greatest

from gongxiang.law import deadlines
from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date, end_of_day
from gongxiang.platform.catalogue import errors, hints
from gongxiang.platform.catalogue.listing import Listing
from gongxiang.platform.catalogue.models import CodeCounter, Distribution, Finding, Resource, SearchEntry, Upkeep
from gongxiang.platform.catalogue.states import WITHDRAWN
from gongxiang.platform.catalogue.vocabulary import DistributionKind, SharingType, UpdateCycle
from gongxiang.platform.kernel.actors import Actor, Person, Role, System
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook

#: Days within which data of an update cycle changes; cycles in words are not counted.
CYCLE_DAYS: Final[dict[str, int]] = {
    UpdateCycle.REALTIME: 1,
    UpdateCycle.DAILY: 1,
    UpdateCycle.WEEKLY: 7,
    UpdateCycle.MONTHLY: 31,
    UpdateCycle.QUARTERLY: 92,
    UpdateCycle.HALF_YEARLY: 184,
    UpdateCycle.YEARLY: 366,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that a figure counts: an entry, a point about one, a system, or a department."""

    department_id: UUID
    department: str = ""
    resource_id: UUID | None = None
    system_id: UUID | None = None
    name: str
    code: str = ""
    #: Whether it is about a draft that only its provider sees.
    draft: bool = False
    field: str = ""
    point: Refusal | None = None
    #: Since when it is so, and until when it is to be put right.
    since: datetime | None = None
    due_at: datetime | None = None

    def days(self, at: datetime) -> int | None:
        """Whole days since."""
        return None if self.since is None else max(0, (at - self.since).days)


Found = Callable[[UUID | None, datetime], list[Row]]
Entries = Callable[[UUID | None, datetime], "QuerySet[Resource]"]
#: Figures whose rows are due by the rule for mounting.
_TIMED_BY_RULE: Final = ("unmounted", "mounting_overdue")
#: Days in a row, all past their period, after which no earlier one is looked at.
_PAST_DAYS: Final = 31


@dataclass(frozen=True, kw_only=True)
class Check:
    """A figure: its name, the group it stands in, the articles it serves, and how its rows are found."""

    name: str
    group: str
    basis: tuple[str, ...]
    #: Kinds of findings it counts; None where `entries` or `found` find its rows otherwise.
    kinds: frozenset[str] | None = None
    blocks: bool | None = None
    entries: Entries | None = None
    found: Found | None = None

    @property
    def points(self) -> bool:
        """Whether it counts points about entries."""
        return self.entries is None and self.found is None

    def counts(self, kind: str, blocks: bool) -> bool:
        """Whether it counts a point of that kind."""
        if self.blocks is not None and blocks != self.blocks:
            return False
        if self.kinds is not None:
            return kind in self.kinds
        return self.name != "other_shortfalls" or kind not in _named_kinds()


def _of(*classes: type[Refusal]) -> frozenset[str]:
    return frozenset(_code(kind) for kind in classes)


def _code(kind: type[Refusal]) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(kind.__name__))


def _below(base: type[Refusal]) -> Iterable[type[Refusal]]:
    for one in base.__subclasses__():
        yield one
        yield from _below(one)


_POINTS: Final = {_code(kind): kind for base in (errors.Shortfall, hints.Hint) for kind in _below(base)}


def point(kind: str, field: str, values: dict[str, Any]) -> Refusal:
    """The point that a finding keeps, in words again."""
    known = _POINTS.get(kind)
    return known(field=field, **values) if known else Refusal(kind, field=field)


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees the figures of every department."""
    return isinstance(actor, System) or (
        isinstance(actor, Person) and actor.has(Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER, Role.AUDITOR)
    )


# ---- points about entries -----------------------------------------------------------------------------------------------


def _findings(check: Check, actor: Actor, department: UUID | None) -> QuerySet[Finding]:
    rows = _seen_findings(actor)
    if check.kinds is not None:
        rows = rows.filter(kind__in=check.kinds)
    elif check.name == "other_shortfalls":
        rows = rows.exclude(kind__in=_named_kinds())
    if check.blocks is not None:
        rows = rows.filter(blocks=check.blocks)
    return rows.filter(resource__provider=department) if department else rows


def _named_kinds() -> frozenset[str]:
    return frozenset[str]().union(*(check.kinds or frozenset() for check in CHECKS.values()))


def _seen_findings(actor: Actor) -> QuerySet[Finding]:
    own = actor.department_id if isinstance(actor, Person) else None
    if not sees_all(actor):
        return Finding.objects.filter(resource__provider=own)
    if own is None:
        return Finding.objects.filter(about="VERSION")
    return Finding.objects.filter(Q(about="VERSION") | Q(about="DRAFT", resource__provider=own))


def _finding_rows(check: Check, actor: Actor, department: UUID | None, text: str) -> Sequence[Row]:
    found = _findings(check, actor, department).select_related("resource").defer("resource__draft")
    if text:
        found = found.filter(_said("resource__", text))

    def make(rows: list[Finding]) -> list[Row]:
        names = parties.department_names(one.resource.provider_id for one in rows)
        return [
            _row(one.resource, names, draft=one.about == "DRAFT", field=one.field, point=point(one.kind, one.field, one.values))
            for one in rows
        ]

    return Listing(found.order_by("resource__name", "resource_id", "about", "kind", "pk"), make)


def _said(prefix: str, text: str) -> Q:
    """That name, code or department contain the words."""
    wanted = [one.id for one in parties.all_departments(active_only=False) if text.lower() in one.name.lower()]
    said = {f"{prefix}name__icontains": text}, {f"{prefix}code__icontains": text}, {f"{prefix}provider_id__in": wanted}
    return Q(**said[0]) | Q(**said[1]) | Q(**said[2])


# ---- mounting, freshness, use -------------------------------------------------------------------------------------------


def _published(department: UUID | None) -> QuerySet[Resource]:
    rows = Resource.objects.filter(version__isnull=False).exclude(status=WITHDRAWN).defer("draft")
    return rows.filter(provider=department) if department else rows


def _shared(department: UUID | None) -> QuerySet[Resource]:
    withheld = SearchEntry.objects.filter(resource_id=OuterRef("pk"), sharing_type=SharingType.WITHHELD)
    return _published(department).filter(~Exists(withheld))


def _row(row: Resource, names: dict[UUID, str], **more: Any) -> Row:
    return Row(
        department_id=row.provider_id, department=names.get(row.provider_id, ""), resource_id=row.pk, name=row.name,
        code=row.code or "", **more,
    )  # fmt: skip


def mounting_due(published_at: datetime) -> datetime:
    """Until when what was published then is to be mounted, by the rule chosen for that day (21(1): promptly)."""
    return rulebook.deadline("mounting", start=published_at).due_at


@implements("wushen-2021-60:21(1)", "cn-809:16.2")
def _unmounted(department: UUID | None, at: datetime) -> QuerySet[Resource]:
    """Published and to be shared, but by no way that works: a table that its node has not described without a problem."""
    tried = Q(checked_at__isnull=False, check_problem="")
    works = Distribution.objects.filter(resource_id=OuterRef("pk"), in_force=True)
    works = works.filter(~Q(kind=DistributionKind.TABLE) | tried)
    flowing = Upkeep.objects.filter(resource_id=OuterRef("pk"), in_step_at__isnull=False)
    return _shared(department).filter(~Exists(works), ~Exists(flowing)).order_by("published_at", "pk")


def _mounting_overdue(department: UUID | None, at: datetime) -> QuerySet[Resource]:
    return _unmounted(department, at).exclude(_not_yet_due(at))


def _not_yet_due(at: datetime) -> Q:
    """The days on which was published what may still be mounted in time: looked for until none is found for a month."""
    calendar, rules = rulebook.calendar(), rulebook.rules()
    day, past, days = beijing_date(at), 0, Q(published_at__gte=end_of_day(beijing_date(at)))
    while past < _PAST_DAYS:
        begun = end_of_day(day - timedelta(days=1))
        if deadlines.due(rule="mounting", start=begun, calendar=calendar, rules=rules).due_at > at:
            days, past = days | Q(published_at__gte=begun, published_at__lt=end_of_day(day)), 0
        else:
            past += 1
        day -= timedelta(days=1)
    return days


def _described_only(department: UUID | None, at: datetime) -> QuerySet[Resource]:
    """Delivered by a file or an API in words only: nothing the platform has seen."""
    lines = Distribution.objects.filter(resource_id=OuterRef("pk"), in_force=True)
    tables = lines.filter(kind=DistributionKind.TABLE)
    seen = Upkeep.objects.filter(Q(in_step_at__isnull=False) | Q(changed_at__isnull=False), resource_id=OuterRef("pk"))
    return _shared(department).filter(Exists(lines), ~Exists(tables), ~Exists(seen)).order_by("published_at", "pk")


@implements("wushen-2021-60:20", "wushen-2021-60:30(3)", "cn-809:16.2", "cn-809:18")
def _stale(department: UUID | None, at: datetime) -> QuerySet[Resource]:
    """Mounted data that has not changed within its update cycle and the days of grace."""
    grace = timedelta(days=rulebook.parameter("stale_grace_days"))
    tables = Distribution.objects.filter(resource_id=OuterRef("pk"), in_force=True, kind=DistributionKind.TABLE)
    days = Case(
        *(When(upkeep__cycle=cycle, then=Value(timedelta(days=days))) for cycle, days in CYCLE_DAYS.items()),
        output_field=DurationField(),
    )
    in_step = Case(When(upkeep__cycle=UpdateCycle.REALTIME, then=F("upkeep__in_step_at")), output_field=DateTimeField())
    # GREATEST of PostgreSQL passes over what is not known.
    rows = _shared(department).filter(upkeep__cycle__in=list(CYCLE_DAYS))
    rows = rows.annotate(last=Greatest("published_at", "upkeep__changed_at", in_step))
    rows = rows.annotate(due=ExpressionWrapper(F("last") + days, output_field=DateTimeField()))
    rows = rows.filter(Exists(tables) | Q(upkeep__changed_at__isnull=False), due__lt=at - grace)
    return rows.order_by("last", "name", "pk")


def _unused(department: UUID | None, at: datetime) -> QuerySet[Resource]:
    """Published for a while and never received, called or granted."""
    before = at - timedelta(days=rulebook.parameter("unused_days"))
    used = Upkeep.objects.filter(resource_id=OuterRef("pk"), used_at__isnull=False)
    rows = _shared(department).filter(~Exists(used), published_at__lt=before, granted_until__isnull=True)
    return rows.order_by("published_at", "pk")


def _zombies(department: UUID | None, at: datetime) -> QuerySet[Resource]:
    """Published, and for many months neither used nor changed."""
    before = at - timedelta(days=30 * rulebook.parameter("zombie_months"))
    alive = Upkeep.objects.filter(Q(used_at__gte=before) | Q(changed_at__gte=before), resource_id=OuterRef("pk"))
    return _published(department).filter(~Exists(alive), published_at__lt=before).order_by("published_at", "pk")


def _entry_rows(check: Check, department: UUID | None, at: datetime, text: str) -> Sequence[Row]:
    assert check.entries is not None
    found = check.entries(department, at)
    if text:
        found = found.filter(_said("", text))
    calendar, rules = (rulebook.calendar(), rulebook.rules()) if check.name in _TIMED_BY_RULE else (None, None)

    def make(rows: list[Resource]) -> list[Row]:
        names = parties.department_names(one.provider_id for one in rows)
        made = []
        for one in rows:
            assert one.published_at is not None
            due = getattr(one, "due", None)
            if rules is not None:
                due = deadlines.due(rule="mounting", start=one.published_at, calendar=calendar, rules=rules).due_at
            made.append(_row(one, names, since=getattr(one, "last", one.published_at), due_at=due))
        return made

    return Listing(found, make)


# ---- systems and departments --------------------------------------------------------------------------------------------


@implements("wushen-2021-60:7", "wushen-2021-60:17", "wushen-2021-60:30(2)")
def _systems_without_entry(department: UUID | None, at: datetime) -> list[Row]:
    """Systems in use of which no published entry says that its data comes from there."""
    catalogued = set(entries_by_system())
    return [
        Row(department_id=one.department_id, system_id=one.id, name=one.name)
        for one in parties.systems(department)
        if one.ended_at is None and one.id not in catalogued
    ]


@implements("wushen-2021-60:30(1)")
def _departments_without_entry(department: UUID | None, at: datetime) -> list[Row]:
    """Departments that have published nothing."""
    having = set(_published(department).order_by().values_list("provider_id", flat=True).distinct())
    return [
        Row(department_id=one.id, name=one.name)
        for one in parties.all_departments()
        if one.id not in having and (department is None or one.id == department)
    ]


def entries_by_system() -> Counter[UUID]:
    """How many published entries name each system."""
    rows = Upkeep.objects.exclude(systems=[]).annotate(system=Func(F("systems"), function="unnest", output_field=UUIDField()))
    return Counter(dict(rows.order_by().values_list("system").annotate(n=Count("pk"))))


@implements("wushen-2021-60:17")
def joined_by_system() -> Counter[UUID]:
    """Of how many entries of each system the platform has seen data, tried or flowing: what joins a system to it."""
    tried = Distribution.objects.filter(
        resource_id=OuterRef("resource_id"), in_force=True, checked_at__isnull=False, check_problem=""
    )
    rows = Upkeep.objects.filter(resource_id__in=_shared(None).values("pk")).exclude(systems=[])
    rows = rows.filter(Exists(tried) | Q(in_step_at__isnull=False) | Q(used_at__isnull=False))
    each = rows.annotate(system=Func(F("systems"), function="unnest", output_field=UUIDField()))
    return Counter(dict(each.order_by().values_list("system").annotate(n=Count("pk"))))


def entries_of_system(system_id: UUID) -> Sequence[Row]:
    """The published entries whose data comes from the system."""
    named = Upkeep.objects.filter(systems__contains=[system_id]).values("resource_id")
    rows = Resource.objects.filter(pk__in=named).defer("draft").order_by("name", "pk")
    return Listing(rows, lambda found: [_row(one, {}) for one in found])


def codes_given() -> dict[str, list[tuple[str, int]]]:
    """By scheme, how many codes each prefix has been given; a code is never given twice."""
    given: dict[str, list[tuple[str, int]]] = {}
    for scheme, prefix, last in CodeCounter.objects.exclude(prefix="department").values_list("scheme", "prefix", "last"):
        given.setdefault(scheme, []).append((prefix, last))
    return {scheme: sorted(prefixes) for scheme, prefixes in given.items()}


# ---- the figures --------------------------------------------------------------------------------------------------------

_ENTRY: Final = ("cn-809:13.2", "wushen-2021-60:7")


def _hint(kind: type[hints.Hint]) -> Check:
    return Check(name=_code(kind), group="hints", basis=kind.basis, kinds=frozenset({_code(kind)}))


_SYSTEM_HINTS: Final = (hints.SystemMissing, hints.SystemUnregistered)
CHECKS: Final[dict[str, Check]] = {
    check.name: check
    for check in (
        Check(name="all_shortfalls", group="totals", basis=_ENTRY, blocks=True),
        Check(name="all_hints", group="totals", basis=_ENTRY, blocks=False),
        Check(name="name_wrong", group="shortfalls", basis=_ENTRY,
              kinds=_of(errors.NameMalformed, errors.NameTaken, errors.NameIsSystems)),
        Check(name="summary_is_name", group="shortfalls", basis=_ENTRY, kinds=_of(errors.SummaryIsName)),
        Check(name="conditions_missing", group="shortfalls", basis=("wushen-2021-60:21(2)", "cn-809:15.2"),
              kinds=_of(errors.ConditionMissing)),
        Check(name="reason_missing", group="shortfalls", basis=("wushen-2021-60:4(1)",),
              kinds=_of(errors.ReasonForTypeMissing)),
        Check(name="basis_missing", group="shortfalls", basis=("wushen-2021-60:10", "cn-809:14(3)"),
              kinds=_of(errors.BasisMissing, errors.BasisInsufficient, errors.BasisBelowRegulation)),
        Check(name="elements_wrong", group="shortfalls", basis=_ENTRY,
              kinds=_of(errors.ElementsMissing, errors.ElementIncomplete, errors.ElementCodeMalformed, errors.ElementTwice,
                        errors.ElementSizeWrong)),
        Check(name="key_missing", group="shortfalls", basis=("wushen-2021-60:20",), kinds=_of(errors.KeyMissing)),
        Check(name="delivery_missing", group="shortfalls", basis=("wushen-2021-60:21(1)",),
              kinds=_of(errors.DistributionMissing, errors.TableUnmapped, errors.NodeOfOthers)),
        Check(name="other_shortfalls", group="shortfalls", basis=_ENTRY, blocks=True),
        *(_hint(kind) for kind in hints.Hint.__subclasses__() if kind not in _SYSTEM_HINTS),
        Check(name="system_without_entry", group="systems", basis=("wushen-2021-60:7", "wushen-2021-60:30(2)"),
              found=_systems_without_entry),
        Check(name="entry_without_system", group="systems", basis=("wushen-2021-60:7", "wushen-2021-60:17"),
              kinds=_of(*_SYSTEM_HINTS)),
        Check(name="department_without_entry", group="systems", basis=("wushen-2021-60:30(1)",),
              found=_departments_without_entry),
        Check(name="unmounted", group="mounting", basis=("wushen-2021-60:21(1)",), entries=_unmounted),
        Check(name="mounting_overdue", group="mounting", basis=("wushen-2021-60:21(1)", "wushen-2021-60:30(2)"),
              entries=_mounting_overdue),
        Check(name="described_only", group="mounting", basis=("wushen-2021-60:21(1)",), entries=_described_only),
        Check(name="stale", group="mounting", basis=("wushen-2021-60:20", "wushen-2021-60:30(3)"), entries=_stale),
        Check(name="unused", group="mounting", basis=("wushen-2021-60:27",), entries=_unused),
        Check(name="zombie", group="mounting", basis=("wushen-2021-60:27",), entries=_zombies),
    )
}  # fmt: skip


def get_check(name: str) -> Check:
    """The check of that name; raises NotFound."""
    if name not in CHECKS:
        raise NotFound()
    return CHECKS[name]


def rows(name: str, *, actor: Actor, at: datetime, department_id: UUID | None = None, text: str = "") -> Sequence[Row]:
    """What the figure of that name counts, as far as the actor sees it; of one department, or with a word in its name."""
    check = get_check(name)
    if not sees_all(actor):
        department_id = _own(actor)
    if check.points:
        return _finding_rows(check, actor, department_id, text)
    if check.found is None:
        return _entry_rows(check, department_id, at, text)
    found = check.found(department_id, at)
    names = parties.department_names(row.department_id for row in found)
    told = (Row(**{**row.__dict__, "department": names.get(row.department_id, "")}) for row in found)
    return [row for row in told if not text or text.lower() in f"{row.name} {row.department}".lower()]


def counts(*, actor: Actor, at: datetime) -> dict[str, Counter[UUID]]:
    """Every figure, by department: points in one pass, entries counted where they lie."""
    counted: dict[str, Counter[UUID]] = {name: Counter() for name in CHECKS}
    department = None if sees_all(actor) else _own(actor)
    points = _seen_findings(actor).order_by().values_list("resource__provider_id", "kind", "blocks")
    pointed = [check for check in CHECKS.values() if check.points]
    for provider, kind, blocks, number in points.annotate(n=Count("pk")):
        for check in pointed:
            if check.counts(kind, blocks):
                counted[check.name][provider] += number
    for name, check in CHECKS.items():
        if check.entries is not None:
            by_provider = check.entries(department, at).order_by().values_list("provider_id")
            counted[name] = Counter(dict(by_provider.annotate(n=Count("pk"))))
        elif check.found is not None:
            counted[name] = Counter(row.department_id for row in check.found(department, at))
    return counted


def _own(actor: Actor) -> UUID:
    assert not isinstance(actor, System)
    return actor.department_id
