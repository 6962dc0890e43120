"""Reading who has a draft open, and the texts that were kept when two people saved at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.content import Content, Difference, differences
from gongxiang.platform.catalogue.errors_upkeep import CopyNotFound
from gongxiang.platform.catalogue.models import DraftCopy, DraftOpen, Resource
from gongxiang.platform.catalogue.states import WITHDRAWN
from gongxiang.platform.kernel.actors import Person

#: After so long without a sign a person counts as gone; the form gives one at every save and every minute.
FORGOTTEN = timedelta(minutes=3)


@dataclass(frozen=True, kw_only=True)
class Editing:
    """Somebody who has the form open."""

    person_id: UUID
    name: str
    opened_at: datetime


@dataclass(frozen=True, kw_only=True)
class CopyView:
    """A kept text."""

    id: UUID
    resource_id: UUID
    person_id: UUID
    person_name: str
    content: Content
    seen: int
    made_at: datetime
    kind: str
    settled: str
    settled_at: datetime | None
    settled_by: str


def editing_now(resource_id: UUID, *, actor: Person, at: datetime) -> tuple[Editing, ...]:
    """Who else of the department has the form open."""
    rows = DraftOpen.objects.filter(resource_id=resource_id, noticed_at__gt=at - FORGOTTEN).exclude(person_id=actor.id)
    if queries.find_draft(resource_id, actor=actor) is None:
        return ()
    return tuple(
        Editing(person_id=row.person_id, name=row.person_name, opened_at=row.opened_at) for row in rows.order_by("opened_at")
    )


def copies_of(resource_id: UUID, *, actor: Person) -> tuple[CopyView, ...]:
    """The kept texts of a draft, the newest first; the provider's own people only."""
    draft = queries.find_draft(resource_id, actor=actor)
    if draft is None or draft.provider_id != actor.department_id:
        return ()
    return tuple(_view(row) for row in DraftCopy.objects.filter(resource_id=resource_id).order_by("-made_at", "-id")[:20])


def get_copy(copy_id: UUID, *, actor: Person) -> CopyView:
    """One kept text; raises CopyNotFound for other departments."""
    row = DraftCopy.objects.filter(pk=copy_id).select_related("resource").first()
    if row is None or row.resource.provider_id != actor.department_id:
        raise CopyNotFound()
    return _view(row)


def copy_for_update(copy_id: UUID) -> DraftCopy:
    """The locked row."""
    row = DraftCopy.objects.select_for_update().filter(pk=copy_id).first()
    if row is None:
        raise CopyNotFound()
    return row


def against_draft(copy: CopyView) -> tuple[Difference, ...]:
    """In which fields the kept text differs from the draft as it stands: before is theirs, after is the kept one."""
    return differences(queries.get_draft(copy.resource_id).content, copy.content)


def _view(row: DraftCopy) -> CopyView:
    names = ("id", "resource_id", "person_id", "person_name", "seen", "made_at", "kind", "settled", "settled_at", "settled_by")
    return CopyView(content=Content.from_json(row.content), **{name: getattr(row, name) for name in names})


def published_named(name: str) -> UUID | None:
    """The published entry of this very name; None where there is none, or more than one."""
    rows = Resource.objects.filter(name=name, version__isnull=False).exclude(status=WITHDRAWN)
    found = list(rows.values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None
