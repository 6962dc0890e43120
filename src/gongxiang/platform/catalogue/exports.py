"""Reading files made in the background: each only by who asked for it, and only while that person may see what it holds."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.errors_export import ExportBeyondSight, ExportNotFound, ExportNotReady
from gongxiang.platform.catalogue.models import CatalogueExport, Resource
from gongxiang.platform.catalogue.permissions import OWN, SEARCH
from gongxiang.platform.catalogue.states_export import READY
from gongxiang.platform.kernel.actors import Actor, Person


def visible_to(actor: Actor | None) -> QuerySet[CatalogueExport]:
    """The person's own files."""
    if not isinstance(actor, Person):
        return CatalogueExport.objects.none()
    return CatalogueExport.objects.filter(person_id=actor.id)


def exports_of(actor: Actor) -> QuerySet[CatalogueExport]:
    """The list, the newest first, without the files themselves."""
    return visible_to(actor).defer("content", "entries", "mapped").order_by("-asked_at", "-id")


def get_export(export_id: UUID, *, actor: Actor) -> CatalogueExport:
    """One file's state, without the file; raises ExportNotFound."""
    row = visible_to(actor).defer("content", "entries", "mapped").filter(pk=export_id).first()
    if row is None:
        raise ExportNotFound()
    return row


def fetch_export(export_id: UUID, *, actor: Actor, at: datetime) -> CatalogueExport:
    """The file, if it is ready and the person may still see all it holds; raises ExportNotReady or ExportBeyondSight."""
    row = visible_to(actor).filter(pk=export_id).first()
    if row is None:
        raise ExportNotFound()
    if row.status != READY or row.content is None or row.expires_at is None or row.expires_at <= at:
        raise ExportNotReady()
    permission = OWN if row.scope == "own" else SEARCH
    permission.check(actor)
    if not _all_seen(row, actor):
        raise ExportBeyondSight()
    return row


def _all_seen(row: CatalogueExport, actor: Actor) -> bool:
    if row.scope == "own":
        own = actor.department_id if isinstance(actor, Person) else None
        return row.department_id == own and _within(row.entries, Resource.objects.filter(provider_id=own))
    seen = queries.visible_to(actor).filter(version__isnull=False)
    return _within(row.entries, seen) and _within(row.mapped, queries.drafts_visible_to(actor))


def _within(ids: Iterable[UUID], rows: QuerySet[Resource]) -> bool:
    """Whether each entry that still exists is among the rows."""
    wanted = set(ids)
    return not Resource.objects.filter(pk__in=wanted).exclude(pk__in=rows.filter(pk__in=wanted).values("pk")).exists()
