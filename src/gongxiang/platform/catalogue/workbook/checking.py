"""What a file would do: match its entries with what there is, compose contents, apply the catalogue's own policies.

Pure: everything it looks at is in `Surroundings`, gathered by the act. The same check runs again before anything is written.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from gongxiang.platform.catalogue import errors_import as errors
from gongxiang.platform.catalogue import policies
from gongxiang.platform.catalogue.content import Content, differences
from gongxiang.platform.catalogue.states import EDITABLE, PUBLISHED
from gongxiang.platform.catalogue.workbook import columns as layout
from gongxiang.platform.catalogue.workbook import reading
from gongxiang.platform.catalogue.workbook.cells import Directory
from gongxiang.platform.catalogue.workbook.exchange import ExchangeEntry
from gongxiang.platform.catalogue.workbook.findings import ERROR, SHORTFALL, Finding, Place, finding
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.ids import new_id

NEW, CHANGED, UNCHANGED = "NEW", "CHANGED", "UNCHANGED"
#: Something in the entry's rows keeps the file out: nobody can say yet what it would do.
WRONG = "WRONG"


@dataclass(frozen=True, kw_only=True)
class Known:
    """An entry of the department as it stands."""

    id: UUID
    code: str
    name: str
    status: str
    revision: int
    #: The draft where it may be changed, what is in force where it is published.
    content: Content


@dataclass(kw_only=True)
class Surroundings:
    """Everything the check looks at besides the file."""

    directory: Directory
    known: dict[UUID, Known]
    #: Names of the department's entries that are not withdrawn -> their ids.
    names: dict[str, set[UUID]]
    #: Every entry that is derived from others -> from which.
    derived: dict[UUID, frozenset[UUID]]
    #: What the policies look at besides names and circles.
    case: Callable[[Content], policies.Case]

    def by_code(self) -> dict[str, Known]:
        """The entries by their code."""
        return {known.code: known for known in self.known.values() if known.code}


@dataclass(frozen=True, kw_only=True)
class Line:
    """What happens to one entry of the file."""

    row: int
    action: str
    id: UUID
    name: str
    content: Content
    #: The revision of the draft that the check saw; 0 for a new entry.
    seen: int
    status: str
    fields: tuple[str, ...]


@dataclass
class Plan:
    """What the file as a whole would do."""

    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many findings keep the file out."""
        return sum(1 for one in self.findings if one.severity == ERROR)

    def count(self, action: str) -> int:
        """How many entries are new, changed or unchanged."""
        return sum(1 for line in self.lines if line.action == action)


@dataclass
class _Candidate:
    """An entry of the file, whatever its form."""

    place: Place
    id: str
    code: str
    compose: Callable[[Content | None], Content]
    at: Callable[[str], Place]
    #: Rows of other sheets that belong to it: (sheet, row).
    nested: frozenset[tuple[str, int]] = frozenset()
    known: Known | None = None
    target: UUID = field(default_factory=new_id)


def check_book(
    parsed: reading.Parsed, around: Surroundings, *, tell: Callable[[int, int], None] = lambda done, of: None
) -> Plan:
    """The plan of a workbook."""
    candidates = []
    for row in parsed.rows:

        def compose(base: Content | None, row: reading.Row = row) -> Content:
            return reading.compose(row, base, parsed)

        def at(path: str, row: reading.Row = row) -> Place:
            return _cell(row, path)

        nested = frozenset((r.place.sheet, r.place.row) for records in row.nested.values() for r in records)
        candidates.append(_Candidate(place=row.place, id=row.id, code=row.code, compose=compose, at=at, nested=nested))
    plan = Plan(findings=list(parsed.findings))
    _match(plan, candidates, around)
    _resolve(plan, parsed, candidates, around)
    return _weigh(plan, candidates, around, tell)


def check_exchange(
    entries: list[ExchangeEntry], findings: list[Finding], around: Surroundings, *,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Plan:  # fmt: skip
    """The plan of an exchange file."""
    candidates = [
        _Candidate(place=e.place, id=e.id, code=e.code, compose=lambda base, e=e: e.content, at=e.at)  # type: ignore[misc]
        for e in entries
    ]
    plan = Plan(findings=list(findings))
    _match(plan, candidates, around)
    return _weigh(plan, candidates, around, tell)


def _cell(row: reading.Row, path: str) -> Place:
    """Where a field of an entry stands in the file: `elements.2.code` is a row of another sheet."""
    head, _dot, rest = path.partition(".")
    which, _dot, name = rest.partition(".")
    records = row.nested.get(head, [])
    if which.isdecimal() and int(which) < len(records):
        sheet = layout.sheet(head)
        known = name if any(column.path == name for column in sheet.columns) else name.partition(".")[0]
        return records[int(which)].at(known, sheet)
    return row.at(path, layout.sheet(layout.ENTRIES))


def _cell_of(record: reading.Record, path: str) -> Place:
    return replace(record.place, column=record.columns.get(path, 0))


def _match(plan: Plan, candidates: list[_Candidate], around: Surroundings) -> None:
    """Find the entry that each row means; rows that mean none of the department's, or one twice, are errors."""
    by_code = around.by_code()
    taken: dict[UUID, _Candidate] = {}
    for one in candidates:
        by_id = around.known.get(UUID(one.id)) if reading.is_identifier(one.id) else None
        coded = by_code.get(one.code)
        if one.id and by_id is None:
            plan.findings.append(finding(errors.EntryUnknown(value=one.id[:40]), one.place))
        elif one.code and coded is None:
            plan.findings.append(finding(errors.EntryUnknown(value=one.code[:40]), one.place))
        elif by_id and coded and by_id.id != coded.id:
            plan.findings.append(finding(errors.EntryMismatch(), one.place))
        one.known = by_id or coded
        if one.known is None:
            continue
        one.target = one.known.id
        first = taken.setdefault(one.known.id, one)
        if first is not one:
            plan.findings.append(finding(errors.EntryTwice(rows=f"{first.place.row}、{one.place.row}"), one.place))


def _resolve(plan: Plan, parsed: reading.Parsed, candidates: list[_Candidate], around: Surroundings) -> None:
    """References to other entries of the same file, by name; what is still unknown is an error."""
    register = around.directory.register("resource")
    if register is not None:
        for row, one in zip(parsed.rows, candidates, strict=True):
            if one.known is None and row.values.get("name"):
                register.add(one.target, str(row.values["name"]))
    for row, one in zip(parsed.rows, candidates, strict=True):
        for record in () if one.known else reading.records_of(row):
            for path in record.kept:
                plan.findings.append(finding(errors.CellCutShort(), _cell_of(record, path)))
        for unknown in reading.unknown_references(row):
            try:
                unknown.resolve(around.directory)
            except errors.ImportProblem as problem:
                plan.findings.append(finding(problem, unknown.place, shown=unknown.text))


def _weigh(plan: Plan, candidates: list[_Candidate], around: Surroundings, tell: Callable[[int, int], None]) -> Plan:
    contents: dict[UUID, Content] = {}
    names: dict[str, list[_Candidate]] = defaultdict(list)
    for one in candidates:
        base = one.known.content if one.known else None
        made = one.compose(base)
        contents[one.target] = reading.settle(base, made) if base else made
        names[contents[one.target].name.strip()].append(one)
    derived = {**around.derived, **{target: frozenset(c.derived_from) for target, c in contents.items()}}
    for number, one in enumerate(candidates):
        if number % 200 == 0:
            tell(number, len(candidates))
        content = contents[one.target]
        changed = differences(one.known.content, content) if one.known else ()
        action = UNCHANGED if one.known and not changed else CHANGED if one.known else NEW
        line = Line(
            row=one.place.row, action=action, id=one.target, name=content.name, content=content,
            seen=one.known.revision if one.known else 0, status=one.known.status if one.known else "",
            fields=tuple(difference.field for difference in changed),
        )  # fmt: skip
        plan.lines.append(line)
        if action != UNCHANGED:
            _weigh_one(plan, one, line, around, names[content.name.strip()], derived)
    tell(len(candidates), len(candidates))
    _once(plan)
    _mark_wrong(plan, candidates)
    return plan


def _once(plan: Plan) -> None:
    """A cell is told one thing once, and what is missing in it only where nothing worse is said of it."""
    spoilt = {one.place for one in plan.findings if one.severity == ERROR and one.place.column}
    kept: dict[tuple[Place, str, str], Finding] = {}
    for one in plan.findings:
        if one.severity == SHORTFALL and one.place in spoilt:
            continue
        kept.setdefault((one.place, one.template, repr(sorted(one.values.items()))), one)
    plan.findings[:] = kept.values()


def _mark_wrong(plan: Plan, candidates: list[_Candidate]) -> None:
    """Entries with an error are counted as that, whatever else they look like."""
    wrong = {(one.place.sheet, one.place.row) for one in plan.findings if one.severity == ERROR and one.place.row}
    if wrong:
        plan.lines[:] = [
            replace(line, action=WRONG)
            if not wrong.isdisjoint({(one.place.sheet, one.place.row), *one.nested}) else line
            for line, one in zip(plan.lines, candidates, strict=True)
        ]  # fmt: skip


def _weigh_one(
    plan: Plan, one: _Candidate, line: Line, around: Surroundings, same: list[_Candidate], derived: dict[UUID, frozenset[UUID]]
) -> None:
    content = line.content
    if one.known and one.known.status not in (*EDITABLE, PUBLISHED):
        plan.findings.append(finding(errors.EntryLocked(), one.place))
    if content.name.strip() and len(same) > 1 and same[0] is not one:
        rows = f"{same[0].place.row}、{one.place.row}"
        plan.findings.append(finding(errors.EntryTwice(rows=rows), one.at("name"), shown=content.name))
    others = around.names.get(content.name.strip(), set()) - {line.id} - {c.target for c in same}
    case = around.case(content)
    taken = bool(content.name.strip() and others)
    case = replace(case, name_taken=taken, cycle=_cycle(line.id, derived, around.directory))
    seen: set[tuple[str, Place]] = set()
    for refusal in policies.content_shortfalls(case):
        place = one.at(refusal.field)
        if (refusal.code, place) not in seen:
            seen.add((refusal.code, place))
            plan.findings.append(finding(refusal, place, severity=_severity(refusal, line.action)))


def _severity(refusal: Refusal, action: str) -> str:
    """Circles and second entries of one name are kept out; what is merely missing may be filled in later in the draft."""
    if refusal.code == "derivation_circular" or (refusal.code == "name_taken" and action == NEW):
        return ERROR
    return SHORTFALL


def _cycle(target: UUID, derived: dict[UUID, frozenset[UUID]], directory: Directory) -> tuple[str, ...]:
    """The way from an entry over what it is derived from back to itself, by name; empty if there is none."""
    came: dict[UUID, UUID] = dict.fromkeys(derived.get(target, ()), target)
    ahead = list(came)
    while ahead:
        here = ahead.pop()
        if here == target:
            break
        for parent in derived.get(here, ()):
            if parent not in came:
                came[parent] = here
                ahead.append(parent)
    if target not in came:
        return ()
    register = directory.register("resource")
    way, here = [target], came[target]
    while here != target:
        way.append(here)
        here = came[here]
    return tuple(register.word(one) if register else str(one) for one in (*way, target))
