"""Files of many entries: asked for by a person, made by the worker with that person's rights, let go after a day.

How a file looks is the pages' affair: they hand in what writes it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import errors_export as errors
from gongxiang.platform.catalogue import imports, permissions
from gongxiang.platform.catalogue.actions.shared import person
from gongxiang.platform.catalogue.models import CatalogueExport
from gongxiang.platform.catalogue.progress import Teller, may_try, told
from gongxiang.platform.catalogue.states_export import ASKED, CATALOGUE_EXPORT, READY
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.evidence import sm3

_log = logging.getLogger("gongxiang.catalogue.export")
#: Files of one person that are made at a time.
MOST_WAITING = 5
#: How long a file can be fetched; our choice.
KEPT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file, and which entries it holds; `mapped` with how tables are mapped."""

    name: str
    media_type: str
    content: bytes
    entries: tuple[UUID, ...]
    mapped: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be written."""

    scope: str
    kind: str
    query: str


Write = Callable[[Asked, Person, Teller], Written]


@implements("wushen-2021-60:6")
@transaction.atomic
def ask_export(*, scope: str, kind: str, query: str, total: int, language: str, by: Actor, at: datetime) -> UUID:
    """Ask for a file of the entries of the department (`own`) or of a search (`search`); the worker makes it."""
    (permissions.OWN if scope == "own" else permissions.SEARCH).check(by)
    actor = person(by)
    if total < 1:
        raise errors.NothingToExport()
    one_at_a_time("export", actor.id)
    if CatalogueExport.objects.filter(person_id=actor.id, status=ASKED).count() >= MOST_WAITING:
        raise errors.TooManyExports(most=MOST_WAITING)
    row = CatalogueExport(
        id=new_id(), person_id=actor.id, department_id=actor.department_id, scope=scope, kind=kind, query=query[:2000],
        total=total, language=language, asked_at=at,
    )  # fmt: skip
    evidence.open_record(
        row, table=CATALOGUE_EXPORT, act="ask", by=by, at=at, concerns=(actor.department_id,),
        after={"scope": scope, "kind": kind, "entries": total},
    )  # fmt: skip
    return row.pk


def make_export(*, export_id: UUID, write: Write, by: Actor, at: datetime) -> None:
    """Make the file with the rights that the person who asked has now, and keep it for a day."""
    permissions.EXPORT_JOB.check(by)
    row = CatalogueExport.objects.get(pk=export_id)
    CATALOGUE_EXPORT.find("make", row.status)
    acting = parties.actor_of(row.person_id, at)
    (permissions.OWN if row.scope == "own" else permissions.SEARCH).check(acting)
    with told(CatalogueExport, row.pk, row.total) as tell, translation.override(row.language):
        made = write(Asked(scope=row.scope, kind=row.kind, query=row.query), acting, tell)
    with transaction.atomic():
        row = CatalogueExport.objects.select_for_update().get(pk=export_id)
        row.content, row.file_name, row.media_type = made.content, made.name[:200], made.media_type
        row.entries, row.mapped, row.done = list(made.entries), list(made.mapped), len(made.entries)
        row.save(update_fields=["content", "file_name", "media_type", "entries", "mapped", "done"])
        changes = {
            "made_at": at, "expires_at": at + KEPT, "size": len(made.content), "digest": sm3(made.content).hex(),
            "department_id": acting.department_id,
        }  # fmt: skip
        evidence.transition(
            row, table=CATALOGUE_EXPORT, act="make", by=by, at=at, changes=changes, concerns=(acting.department_id,)
        )


def fail_export(*, export_id: UUID, by: Actor, at: datetime) -> None:
    """Say that the file could not be made."""
    permissions.EXPORT_JOB.check(by)
    with transaction.atomic():
        row = CatalogueExport.objects.select_for_update().get(pk=export_id)
        evidence.transition(row, table=CATALOGUE_EXPORT, act="fail", by=by, at=at, concerns=(row.department_id,))


def run_next_export(*, write: Write, by: Actor, at: datetime) -> bool:
    """Make the next file, if one is asked for and no other worker is at it; whether something was done."""
    permissions.EXPORT_JOB.check(by)
    for export_id in CatalogueExport.objects.filter(status=ASKED).order_by("asked_at").values_list("pk", flat=True):
        with imports.alone_with(export_id) as alone:
            if not alone or not CatalogueExport.objects.filter(pk=export_id, status=ASKED).exists():
                continue
            if not may_try(CatalogueExport, export_id):
                fail_export(export_id=export_id, by=by, at=at)
                return True
            try:
                make_export(export_id=export_id, write=write, by=by, at=at)
            except Refusal:
                fail_export(export_id=export_id, by=by, at=at)
            except (ValueError, TypeError, KeyError, ArithmeticError, LookupError, MemoryError, RecursionError, AttributeError):
                _log.exception("export %s", export_id)
                fail_export(export_id=export_id, by=by, at=at)
            return True
    return False


def forget_exports(*, by: Actor, at: datetime) -> int:
    """Let go of files whose time is over; that they were made stays on record."""
    permissions.EXPORT_JOB.check(by)
    over = CatalogueExport.objects.filter(status=READY, expires_at__lte=at).values_list("pk", flat=True)
    number = 0
    for export_id in list(over):
        with transaction.atomic():
            row = CatalogueExport.objects.select_for_update().get(pk=export_id)
            if row.status != READY:
                continue
            evidence.transition(row, table=CATALOGUE_EXPORT, act="let_go", by=by, at=at, concerns=(row.department_id,))
            row.content, row.entries, row.mapped = None, [], []
            row.save(update_fields=["content", "entries", "mapped"])
            number += 1
    return number
