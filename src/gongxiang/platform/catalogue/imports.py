"""Reading imports: frozen values of the department's own files, under the reader's visibility."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from gongxiang.platform.catalogue.errors_import import ImportNotFound
from gongxiang.platform.catalogue.models import CatalogueImport, ImportLine
from gongxiang.platform.catalogue.states_import import RUNNING
from gongxiang.platform.catalogue.workbook.findings import Finding
from gongxiang.platform.kernel.actors import Actor, Person, Role


@dataclass(frozen=True, kw_only=True)
class ImportRef:
    """One file and how far it is."""

    id: UUID
    status: str
    department_id: UUID
    file_name: str
    format: str
    sent_at: datetime
    sent_by_name: str
    checked_at: datetime | None
    confirmed_at: datetime | None
    carried_out_at: datetime | None
    ended_at: datetime | None
    new: int
    changed: int
    unchanged: int
    wrong: int
    errors: int
    shortfalls: int
    done: int
    total: int
    findings: tuple[Finding, ...]
    annotated: bool
    file_gone: bool
    #: Why it failed or must be confirmed again.
    problem: Finding | None
    undone: int
    kept: int
    kept_names: tuple[str, ...]

    @property
    def running(self) -> bool:
        """Whether the worker is at it."""
        return self.status in RUNNING

    @property
    def percent(self) -> int:
        """How far the work is."""
        return min(99, self.done * 100 // self.total) if self.total else 0


def visible_to(actor: Actor | None) -> QuerySet[CatalogueImport]:
    """The department's own files; the audit office sees all."""
    everything = CatalogueImport.objects.all()
    if not isinstance(actor, Person):
        return everything.none()
    return everything if actor.has(Role.AUDITOR) else everything.filter(department_id=actor.department_id)


def imports_of(actor: Actor) -> QuerySet[CatalogueImport]:
    """The list, the newest first, without the files themselves."""
    return visible_to(actor).defer("content", "annotated", "findings").order_by("-sent_at", "-id")


def get_import(import_id: UUID, *, actor: Actor) -> ImportRef:
    """One file; raises ImportNotFound."""
    row = visible_to(actor).defer("content", "annotated").filter(pk=import_id).first()
    if row is None:
        raise ImportNotFound()
    outcome = row.outcome or {}
    return ImportRef(
        id=row.pk, status=row.status, department_id=row.department_id, file_name=row.file_name, format=row.format,
        sent_at=row.sent_at, sent_by_name=row.sent_by_name, checked_at=row.checked_at, confirmed_at=row.confirmed_at,
        carried_out_at=row.carried_out_at, ended_at=row.ended_at,
        **{name: int(row.counts.get(name, 0)) for name in ("new", "changed", "unchanged", "wrong", "errors", "shortfalls")},
        done=row.done, total=row.total, findings=tuple(Finding.from_json(one) for one in row.findings),
        annotated=visible_to(actor).filter(pk=import_id, annotated__isnull=False).exists(),
        problem=Finding.from_json(outcome) if "template" in outcome else None,
        file_gone=row.file_gone, undone=int(outcome.get("undone", 0)),
        kept=int(outcome.get("kept", 0)), kept_names=tuple(outcome.get("names", ())),
    )  # fmt: skip


def annotated_copy(import_id: UUID, *, actor: Actor) -> tuple[str, bytes]:
    """(name, bytes) of the annotated copy; raises ImportNotFound."""
    row = visible_to(actor).filter(pk=import_id, annotated__isnull=False).first()
    if row is None or row.annotated is None:
        raise ImportNotFound()
    return f"{row.file_name.rpartition('.')[0] or row.file_name}-批注.xlsx", bytes(row.annotated)


def lines_of(import_id: UUID, *, actor: Actor, action: str = "") -> QuerySet[ImportLine]:
    """What it does, entry by entry."""
    rows = ImportLine.objects.filter(belongs_to__in=visible_to(actor).filter(pk=import_id)).defer("before")
    return rows.filter(action=action).order_by("row", "id") if action else rows.order_by("row", "id")


@contextlib.contextmanager
def alone_with(what: UUID) -> Iterator[bool]:
    """Whether no other worker is at this file, or at files of this department; a worker that dies lets go by itself."""
    key = what.int & 0x7FFF_FFFF_FFFF_FFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        taken = bool(cursor.fetchone()[0])
        try:
            yield taken
        finally:
            if taken:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
