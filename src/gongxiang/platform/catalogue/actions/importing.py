"""Import of entries: send a file, let the job check it, confirm, let the job carry it out whole, undo it in one act.

The job is a system's; what it writes are the acts of the person who confirmed, with the rights that person has at that moment.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import translation

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import errors_import as errors
from gongxiang.platform.catalogue import imports, permissions, surroundings
from gongxiang.platform.catalogue.actions.compiling import discard_revision, draft_resource, revise_resource, save_draft
from gongxiang.platform.catalogue.actions.shared import context, person, said
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import CatalogueImport, Distribution, ImportLine, Resource
from gongxiang.platform.catalogue.progress import MOST_TRIES, may_try, told
from gongxiang.platform.catalogue.states import EDITABLE, PUBLISHED
from gongxiang.platform.catalogue.states_import import CATALOGUE_IMPORT, CHECKED, CONFIRMED, RECEIVED, RUNNING
from gongxiang.platform.catalogue.workbook import checking, exchange, guard, reading, writing
from gongxiang.platform.catalogue.workbook.checking import CHANGED, NEW, UNCHANGED, WRONG, Line, Plan
from gongxiang.platform.catalogue.workbook.findings import ERROR, Finding, Place, finding
from gongxiang.platform.documents import secrecy
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.evidence import sm3

_log = logging.getLogger("gongxiang.catalogue.import")
#: Findings kept for the page; the annotated copy has all of them in its cells.
MOST_KEPT = 5_000
#: Files of one department that wait for a check, an answer or the job.
MOST_WAITING = 10
#: Days for which a file is kept after its end, and after which one that nobody confirmed is given up; our choice.
DAYS_KEPT = 30
#: Drafts removed at a time when an import is undone.
_AT_ONCE = 200


@implements("wushen-2021-60:7", "wushen-2021-60:4(1)")
@transaction.atomic
def send_import(
    *, file_name: str, content: bytes, language: str = "zh-hans", nodes: Iterable[tuple[str, str]] = (), by: Actor, at: datetime
) -> UUID:
    """Take a file for the actor's department; the worker checks it. Raises for what no import can be made of at a glance."""
    permissions.COMPILE.check(by)
    actor = person(by)
    if not content:
        raise errors.FileEmpty(field="file")
    if len(content) > guard.LARGEST:
        raise errors.FileTooLarge(field="file", megabytes=-(-len(content) // 2**20), most=guard.LARGEST // 2**20)
    secrecy.check_unmarked(file_name, content)
    one_at_a_time("import", actor.department_id)
    waiting = CatalogueImport.objects.filter(department_id=actor.department_id, status__in=(RECEIVED, CHECKED, CONFIRMED))
    if waiting.count() >= MOST_WAITING:
        raise errors.TooManyImports(field="file", most=MOST_WAITING)
    shown = "".join(c for c in file_name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip()[-200:]
    row = CatalogueImport(
        id=new_id(),
        department_id=actor.department_id,
        file_name=shown or "-",
        format="json" if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{" else "xlsx",
        content=content,
        digest=sm3(content).hex(),
        sent_at=at,
        sent_by=actor.id,
        sent_by_name=actor.name,
        language=language,
        nodes=[list(node) for node in nodes],
    )
    evidence.open_record(
        row, table=CATALOGUE_IMPORT, act="send", by=by, at=at, concerns=(actor.department_id,),
        after={"digest": row.digest, "size": len(content)}, detail={"declared": secrecy.VERSION},
    )  # fmt: skip
    return row.pk


def check_import(*, import_id: UUID, by: Actor, at: datetime) -> None:
    """Check the whole file, and keep what it would do and everything that is wrong with it."""
    permissions.IMPORT_JOB.check(by)
    row = CatalogueImport.objects.get(pk=import_id)
    CATALOGUE_IMPORT.find("check", row.status)
    with translation.override(row.language):
        plan = _plan(row, at=at)
        annotated = _annotated(row, plan) if row.format == "xlsx" and plan.findings else None
    counts = {
        "new": plan.count(NEW), "changed": plan.count(CHANGED), "unchanged": plan.count(UNCHANGED), "wrong": plan.count(WRONG),
        "errors": plan.errors,
        "shortfalls": sum(1 for one in plan.findings if one.severity == "shortfall"),
    }  # fmt: skip
    ordered = sorted(plan.findings, key=lambda one: (one.severity != ERROR, one.severity != "shortfall"))
    known = _contents_before(plan.lines)
    with transaction.atomic():
        row = CatalogueImport.objects.select_for_update().get(pk=import_id)
        row.findings = [one.to_json() for one in ordered[:MOST_KEPT]]
        row.annotated, row.tries = annotated, 0
        row.save(update_fields=["findings", "annotated", "tries"])
        row.lines.all().delete()
        ImportLine.objects.bulk_create((_line(row, line, known) for line in plan.lines), batch_size=500)
        act = "refuse" if plan.errors else "check"
        changes = {"checked_at": at, "counts": counts, "outcome": {}}
        evidence.transition(row, table=CATALOGUE_IMPORT, act=act, by=by, at=at, changes=changes, concerns=(row.department_id,))


@implements("wushen-2021-60:7")
@transaction.atomic
def confirm_import(*, import_id: UUID, by: Actor, at: datetime) -> None:
    """Say yes to the preview; the worker carries it out as a whole."""
    permissions.COMPILE.check(by)
    row = _own(import_id, by)
    CATALOGUE_IMPORT.find("confirm", row.status)
    if not row.counts.get("new") and not row.counts.get("changed"):
        raise errors.NothingToImport()
    changes = {"confirmed_at": at, "confirmed_by": person(by).id}
    evidence.transition(
        row, table=CATALOGUE_IMPORT, act="confirm", by=by, at=at, changes=changes, concerns=(row.department_id,)
    )


@transaction.atomic
def cancel_import(*, import_id: UUID, by: Actor, at: datetime) -> None:
    """Give the file up; nothing was imported."""
    permissions.COMPILE.check(by)
    row = _own(import_id, by)
    evidence.transition(
        row, table=CATALOGUE_IMPORT, act="cancel", by=by, at=at, changes={"ended_at": at}, concerns=(row.department_id,)
    )


def carry_out_import(*, import_id: UUID, by: Actor, at: datetime) -> None:
    """Write what was confirmed: all of it or nothing. If entries changed meanwhile, the file is checked again instead."""
    permissions.IMPORT_JOB.check(by)
    row = CatalogueImport.objects.get(pk=import_id)
    CATALOGUE_IMPORT.find("carry_out", row.status)
    if row.confirmed_by is None:
        raise ValueError(f"import {import_id} is confirmed by nobody")
    with translation.override(row.language):
        plan = _plan(row, at=at)
    shown = {(line.row, line.action, line.resource_id if line.action != NEW else None) for line in row.lines.all()}
    if plan.errors or shown != {(line.row, line.action, line.id if line.action != NEW else None) for line in plan.lines}:
        with transaction.atomic():
            _again(CatalogueImport.objects.select_for_update().get(pk=import_id), by=by, at=at)
        return
    acting = parties.actor_of(row.confirmed_by, at)
    permissions.COMPILE.check(acting)
    permissions.check_own(acting, row.department_id)
    known = _contents_before(plan.lines)
    with told(CatalogueImport, row.pk, len(plan.lines)) as tell, transaction.atomic():
        written = []
        for number, line in enumerate(plan.lines):
            tell(number)
            if line.action != UNCHANGED:
                written.append(_carry_out(row, line, known, by=acting, at=at))
        row = CatalogueImport.objects.select_for_update().get(pk=import_id)
        row.lines.exclude(action=UNCHANGED).delete()
        ImportLine.objects.bulk_create(written, batch_size=500)
        evidence.transition(
            row, table=CATALOGUE_IMPORT, act="carry_out", by=by, at=at, changes={"carried_out_at": at},
            concerns=(row.department_id,), detail={"confirmed_by": str(row.confirmed_by)},
        )  # fmt: skip


def _carry_out(row: CatalogueImport, line: Line, known: dict[UUID, Content], *, by: Actor, at: datetime) -> ImportLine:
    """One entry: a new draft, a changed draft, or a revision of what is published."""
    kept = _line(row, line, known)
    if line.action == NEW:
        made = draft_resource(content=line.content, resource_id=line.id, by=by, at=at)
        kept.left = made.revision
        return kept
    seen = line.seen
    if line.status == PUBLISHED:
        seen = revise_resource(resource_id=line.id, by=by, at=at).revision
        kept.began_revision = True
    kept.left = save_draft(resource_id=line.id, content=line.content, seen=seen, by=by, at=at).revision
    return kept


def fail_import(*, import_id: UUID, refusal: Refusal | None = None, by: Actor, at: datetime) -> None:
    """Say that the job could not end, and why; what it had begun is rolled back."""
    permissions.IMPORT_JOB.check(by)
    with transaction.atomic():
        row = CatalogueImport.objects.select_for_update().get(pk=import_id)
        said_why = errors.ImportBroken() if refusal is None else refusal
        outcome = finding(said_why, Place()).to_json()
        evidence.transition(
            row, table=CATALOGUE_IMPORT, act="fail", by=by, at=at, changes={"outcome": outcome, "ended_at": at},
            concerns=(row.department_id,),
        )  # fmt: skip


@implements("wushen-2021-60:7")
@transaction.atomic
def undo_import(*, import_id: UUID, by: Actor, at: datetime) -> tuple[str, ...]:
    """Discard the drafts of this import and restore what it changed; gives the names of entries worked on since, which stay."""
    permissions.COMPILE.check(by)
    row = _own(import_id, by)
    CATALOGUE_IMPORT.find("undo", row.status)
    lines = list(row.lines.exclude(action=UNCHANGED).order_by("-row", "-id"))
    # What was changed first: it may refer to what is new.
    undone = {line.pk for line in lines if line.action != NEW and _restore(line, by=by, at=at)}
    new = [line for line in lines if line.action == NEW]
    for start in range(0, len(new), _AT_ONCE):
        undone |= _discard_those(new[start : start + _AT_ONCE], by=by, at=at)
    stay = [line.name for line in lines if line.pk not in undone]
    if not undone:
        raise errors.NothingToUndo()
    outcome = {"names": stay[:100], "kept": len(stay), "undone": len(undone)}
    evidence.transition(
        row, table=CATALOGUE_IMPORT, act="undo", by=by, at=at, changes={"ended_at": at, "outcome": outcome},
        concerns=(row.department_id,),
    )  # fmt: skip
    return tuple(stay)


def _restore(line: ImportLine, *, by: Actor, at: datetime) -> bool:
    """Put back what one line changed, unless somebody has worked on the entry since."""
    entry = Resource.objects.select_for_update().filter(pk=line.resource_id).first()
    if not _as_left(entry, line):
        return False
    if line.began_revision:
        discard_revision(resource_id=line.resource_id, by=by, at=at)
    elif line.before is not None:
        save_draft(resource_id=line.resource_id, content=Content.from_json(line.before), seen=line.left, by=by, at=at)
    return True


def _as_left(entry: Resource | None, line: ImportLine) -> bool:
    return entry is not None and entry.status in EDITABLE and entry.draft_revision == line.left


def _discard_those(lines: list[ImportLine], *, by: Actor, at: datetime) -> set[int]:
    """Remove the drafts that nobody has worked on since; gives their lines. One that something refers to stays."""
    entries = Resource.objects.select_for_update().in_bulk([line.resource_id for line in lines])
    free = {line.pk: entries[line.resource_id] for line in lines if _as_left(entries.get(line.resource_id), line)}
    free = {key: entry for key, entry in free.items() if entry.version is None}
    if _discard(free.values(), by=by, at=at):
        return set(free)
    return {key for key, entry in free.items() if _discard([entry], by=by, at=at)}


def _discard(entries: Collection[Resource], *, by: Actor, at: datetime) -> bool:
    """Remove drafts that were never sent anywhere, all or none; the records of them stay."""
    keys = [entry.pk for entry in entries]
    try:
        with transaction.atomic():
            for entry in entries:
                evidence.record_act(
                    kind="resource:discarded", subject=("resource", entry.pk), by=by, at=at, basis=("wushen-2021-60:7",),
                    before=said(Content.from_json(entry.draft)), **context(entry),
                )  # fmt: skip
            Distribution.objects.filter(resource_id__in=keys).delete()
            Resource.objects.filter(pk__in=keys).delete()
    except ProtectedError:
        return False
    return True


# ---- parts --------------------------------------------------------------------------------------------------------------


def _plan(row: CatalogueImport, *, at: datetime) -> Plan:
    """What the file would do now."""
    nodes = [(str(identifier), str(name)) for identifier, name in row.nodes]
    with told(CatalogueImport, row.pk, 0) as tell:
        around = surroundings.around(row.department_id, nodes=nodes, at=at)
        try:
            if row.format == "json":
                entries, found = exchange.read_exchange(bytes(row.content))
                return checking.check_exchange(entries, found, around, tell=tell)
            parsed = reading.read_book(bytes(row.content), around.directory)
            return checking.check_book(parsed, around, tell=tell)
        except errors.ImportProblem as problem:
            return Plan(findings=[finding(problem, Place())])


def _annotated(row: CatalogueImport, plan: Plan) -> bytes | None:
    """The copy with every finding in its cell; none of a file that cannot be read at all."""
    whole: list[Finding] = [one for one in plan.findings if one.place.sheet]
    return writing.annotate(bytes(row.content), plan.findings) if whole else None


def _line(row: CatalogueImport, line: Line, known: dict[UUID, Content]) -> ImportLine:
    before = known.get(line.id)
    return ImportLine(
        belongs_to=row, row=line.row, action=line.action, resource_id=line.id, name=line.name[:500],
        fields=[name[:200] for name in line.fields[:200]],
        before=before.to_json() if before is not None and line.action == CHANGED else None,
    )  # fmt: skip


def _contents_before(lines: list[Line]) -> dict[UUID, Content]:
    wanted = [line.id for line in lines if line.action == CHANGED]
    return {row.pk: Content.from_json(row.draft) for row in Resource.objects.filter(pk__in=wanted)}


def _again(row: CatalogueImport, *, by: Actor, at: datetime) -> None:
    outcome = finding(errors.ImportChangedMeanwhile(), Place()).to_json()
    changes = {"confirmed_at": None, "confirmed_by": None, "outcome": outcome}
    evidence.transition(
        row, table=CATALOGUE_IMPORT, act="check_again", by=by, at=at, changes=changes, concerns=(row.department_id,)
    )


def _own(import_id: UUID, by: Actor) -> CatalogueImport:
    row = CatalogueImport.objects.select_for_update().filter(pk=import_id, department_id=person(by).department_id).first()
    if row is None:
        raise errors.ImportNotFound()
    return row


def forget_old_files(*, by: Actor, at: datetime) -> int:
    """Let go of the bytes of files that ended long ago, and of files nobody confirmed; what they did stays on record."""
    permissions.IMPORT_JOB.check(by)
    before = at - timedelta(days=DAYS_KEPT)
    for import_id in list(CatalogueImport.objects.filter(status=CHECKED, checked_at__lt=before).values_list("pk", flat=True)):
        with transaction.atomic():
            row = CatalogueImport.objects.select_for_update().get(pk=import_id)
            if row.status == CHECKED:
                evidence.transition(
                    row, table=CATALOGUE_IMPORT, act="lapse", by=by, at=at, changes={"ended_at": at},
                    concerns=(row.department_id,),
                )  # fmt: skip
    old = CatalogueImport.objects.exclude(status__in=(*RUNNING, CHECKED)).filter(
        Q(ended_at__lt=before) | Q(ended_at=None, carried_out_at__lt=before) | Q(ended_at=None, checked_at__lt=before)
    )
    return old.filter(file_gone=False).update(content=b"", annotated=None, findings=[], file_gone=True)


def run_next_import(*, by: Actor, at: datetime) -> bool:
    """Do the next piece of work on imports, if there is one and no other worker is at it; whether something was done."""
    permissions.IMPORT_JOB.check(by)
    for row in CatalogueImport.objects.filter(status__in=(RECEIVED, CONFIRMED)).order_by("sent_at").only("id", "department_id"):
        # Two files of one department, carried out side by side, would each enter what the other enters too.
        with imports.alone_with(row.department_id) as alone:
            if not alone:
                continue
            status = CatalogueImport.objects.values_list("status", flat=True).get(pk=row.pk)
            if status in (RECEIVED, CONFIRMED):
                _run(row.pk, status, by=by, at=at)
                return True
    return False


def _run(import_id: UUID, status: str, *, by: Actor, at: datetime) -> None:
    if not may_try(CatalogueImport, import_id):
        fail_import(import_id=import_id, refusal=errors.ImportGivenUp(tries=MOST_TRIES), by=by, at=at)
        return
    work = check_import if status == RECEIVED else carry_out_import
    try:
        work(import_id=import_id, by=by, at=at)
    except Refusal as refusal:
        fail_import(import_id=import_id, refusal=refusal, by=by, at=at)
    except (ValueError, TypeError, KeyError, ArithmeticError, LookupError, MemoryError, RecursionError):
        _log.exception("import %s", import_id)
        fail_import(import_id=import_id, by=by, at=at)
