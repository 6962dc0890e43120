"""Two people at one draft: nothing typed is lost, and everybody sees who else has it open."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import permissions, queries, queries_editing
from gongxiang.platform.catalogue.actions.compiling import save_draft
from gongxiang.platform.catalogue.actions.shared import context, person
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.errors_upkeep import CopySettled
from gongxiang.platform.catalogue.models import DraftCopy, DraftOpen, Resource
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id


@transaction.atomic
def note_editing(*, resource_id: UUID, by: Actor, at: datetime) -> None:
    """Note that the person has the form open; said again, it only moves the time on."""
    permissions.COMPILE.check(by)
    actor = person(by)
    fresh = {"noticed_at": at, "person_name": actor.name}
    row = DraftOpen.objects.filter(resource_id=resource_id, person_id=actor.id).first()
    if row is not None and at - row.noticed_at > queries_editing.FORGOTTEN:
        fresh["opened_at"] = at
    if row is None:
        DraftOpen.objects.get_or_create(resource_id=resource_id, person_id=actor.id, defaults={**fresh, "opened_at": at})
    else:
        DraftOpen.objects.filter(pk=row.pk).update(**fresh)


@implements("wushen-2021-60:7")
@transaction.atomic
def keep_copy(*, resource_id: UUID, content: Content, seen: int, by: Actor, at: datetime) -> UUID:
    """Keep what could not be saved because somebody was faster; of one person's unsettled texts the last is kept."""
    permissions.COMPILE.check(by)
    row = queries.get_for_update(resource_id)
    permissions.check_own(by, row.provider_id)
    actor = person(by)
    kept = DraftCopy.objects.select_for_update().filter(
        resource_id=resource_id, person_id=actor.id, kind="MINE", settled=""
    ).first()  # fmt: skip
    if kept is None:
        kept = DraftCopy(
            id=new_id(), resource=row, person_id=actor.id, person_name=actor.name, content=content.to_json(), seen=seen,
            made_at=at, kind="MINE",
        )  # fmt: skip
        kept.save(force_insert=True)
        _record(row, "copy_kept", kept, by=by, at=at)
    else:
        kept.content, kept.seen, kept.made_at = content.to_json(), seen, at
        kept.save(update_fields=["content", "seen", "made_at"])
    return kept.pk


@implements("wushen-2021-60:7")
@transaction.atomic
def take_copy_over(*, copy_id: UUID, by: Actor, at: datetime) -> DraftRef:
    """Make the kept text the draft; what stood there is kept in its turn."""
    permissions.COMPILE.check(by)
    kept = queries_editing.copy_for_update(copy_id)
    row = queries.get_for_update(kept.resource_id)
    permissions.check_own(by, row.provider_id)
    if kept.settled:
        raise CopySettled()
    if row.draft != kept.content:
        replaced = DraftCopy(
            id=new_id(), resource=row, person_id=person(by).id, person_name=row.saved_by, content=row.draft,
            seen=row.draft_revision, made_at=row.saved_at, kind="REPLACED",
        )  # fmt: skip
        replaced.save(force_insert=True)
    draft = save_draft(resource_id=row.pk, content=Content.from_json(kept.content), seen=row.draft_revision, by=by, at=at)
    _settle(row, kept, "TAKEN", by=by, at=at)
    return draft


@implements("wushen-2021-60:7")
@transaction.atomic
def set_copy_aside(*, copy_id: UUID, by: Actor, at: datetime) -> None:
    """Let the other text stand; the kept one can still be read."""
    permissions.COMPILE.check(by)
    kept = queries_editing.copy_for_update(copy_id)
    row = queries.get_for_update(kept.resource_id)
    permissions.check_own(by, row.provider_id)
    if kept.settled:
        raise CopySettled()
    _settle(row, kept, "ASIDE", by=by, at=at)


def _settle(row: Resource, kept: DraftCopy, settled: str, *, by: Actor, at: datetime) -> None:
    kept.settled, kept.settled_at, kept.settled_by = settled, at, by.name
    kept.save(update_fields=["settled", "settled_at", "settled_by"])
    _record(row, "copy_taken_over" if settled == "TAKEN" else "copy_set_aside", kept, by=by, at=at)


def _record(row: Resource, event: str, kept: DraftCopy, *, by: Actor, at: datetime) -> None:
    """Never the text itself: only its digest and whose it was."""
    digest = queries.content_digest(Content.from_json(kept.content))
    evidence.record_act(
        kind=f"resource:{event}", subject=("resource", row.pk), by=by, at=at, basis=("wushen-2021-60:7",),
        after={"copy": kept.pk, "content_digest": digest, "of": kept.person_name}, **context(row),
    )  # fmt: skip
