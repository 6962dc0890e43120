"""Delivery by file (办法 19(3)): who may deposit, which versions there are, who fetched them and for what.

The content never comes here: it goes from the provider's node or browser to the gateway, sealed, and on to a consumer's.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import actions as catalogue_actions
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.vocabulary import SharingType
from gongxiang.platform.delivery import errors, permissions, queries, states
from gongxiang.platform.delivery.models_files import FileDelivery, FileVersion
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import providing, use_records
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.files import AcceptFiles, CloseFiles, FileDeposited, FileDestroyed, FileFetched, WithdrawFile

#: The kind under which evidence keeps a fetch; its subject is the reference the consumer's node was given.
FETCH = "data:file_fetched"
#: Shortest reason of a withdrawal.
SHORTEST = 4
_OPENER = System(name=permissions.OPENER)
_BASIS = ("wushen-2021-60:19(3)", "wushen-2021-60:21(1)")


# ---- who may deposit ------------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:19(3)", "wushen-2021-60:21(1)")
@transaction.atomic
def open_files(resource_id: UUID, *, at: datetime) -> FileDelivery | None:
    """Let the provider deposit what a published entry delivers by file; what is delivered no more is closed (None).

    Its people may, and the node that the entry names once it is admitted. Only what changes the order makes a new one.
    """
    resource = catalogue.get_resource(resource_id)
    place = resource.file
    if not resource.is_published or place is None or resource.sharing_type == SharingType.WITHHELD:
        close_files(resource_id, reason="unmounted", at=at)
        return None
    node = queries.node_for_update(place.node_id) if place.node_id else None
    if node is not None and (node.status != states.ADMITTED or node.department_id != resource.provider_id):
        node = None
    node_id = node.pk if node else None
    specs = resource.content.element_specs()
    row = FileDelivery.objects.select_for_update().filter(resource_id=resource_id).first()
    if row is not None and row.closed_at is None and (row.node_id, row.elements) == (node_id, plain(specs)):
        return row
    row = row or FileDelivery(resource_id=resource_id)
    row.resource_name, row.provider_id, row.node = resource.name, resource.provider_id, node
    row.elements, row.ordered_at, row.closed_at = plain(specs), at, None
    row.save()
    record_act(
        kind="files:opened", subject=("resource", resource_id), by=_OPENER, at=at, basis=_BASIS,
        after={"node": node_id, "elements": [spec.code for spec in specs]}, **seen_by(row),
    )  # fmt: skip
    order = AcceptFiles(
        resource_id=resource_id, resource_name=resource.name, node_id=node_id, elements=specs,
        names={element.code: element.name for element in resource.elements if element.code and element.name},
    )  # fmt: skip
    link.issue_order(order, node_ids=[node_id] if node_id else [], at=at)
    return row


@transaction.atomic
def close_files(resource_id: UUID, *, reason: str, at: datetime) -> None:
    """Nothing of the resource is delivered by file any more: the gateway destroys what it keeps."""
    row = FileDelivery.objects.select_for_update().filter(resource_id=resource_id, closed_at=None).first()
    if row is None:
        return
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    record_act(
        kind="files:closed", subject=("resource", resource_id), by=_OPENER, at=at, basis=("cn-809:27.3",),
        after={"reason": reason}, **seen_by(row),
    )  # fmt: skip
    link.issue_order(CloseFiles(resource_id=resource_id, reason=reason), node_ids=[], at=at)


def open_waiting(node_id: UUID, *, at: datetime) -> None:
    """The node was admitted: open what it delivers by file."""
    for resource_id in catalogue.mounted_on(node_id):
        open_files(resource_id, at=at)


def seen_by(row: FileDelivery) -> dict[str, Any]:
    """Whom an act on the delivery concerns, and the trails it belongs to."""
    trail = (f"resource:{row.resource_id}", *([f"node:{row.node_id}"] if row.node_id else []))
    return {"concerns": (row.provider_id, parties.authority().id), "trail": trail}


# ---- what the gateway tells -----------------------------------------------------------------------------------------------


@implements("wushen-2021-60:19(3)", "wushen-2021-60:20", "wushen-2021-60:4(1)")
@transaction.atomic
def take_deposited(fact: FileDeposited, *, by: System) -> None:
    """A version was deposited: the entry's data changed, and are to be had."""
    row = FileDelivery.objects.filter(resource_id=fact.resource_id).first()
    if row is None or FileVersion.objects.filter(pk=fact.file_id).exists():
        return
    FileVersion.objects.create(
        id=fact.file_id, resource_id=fact.resource_id, version=fact.version, form=fact.form, size=fact.size,
        digest=fact.digest, rows=fact.rows, node_id=fact.node_id, deposited_at=fact.at,
        deposited_by=parties.person_names([fact.person]).get(fact.person, ""),
    )  # fmt: skip
    catalogue_actions.note_data(resource_id=fact.resource_id, changed_at=fact.at, in_step_at=fact.at, by=by, at=fact.at)
    record_act(
        kind="data:file_deposited", subject=("data", fact.file_id), by=by, at=fact.at,
        basis=("wushen-2021-60:19(3)", "wushen-2021-60:4(1)"),
        after={
            "version": fact.version, "form": fact.form, "size": fact.size, "digest": fact.digest, "rows": fact.rows,
            "node": fact.node_id, "person": fact.person, "statement": fact.statement,
        },
        **seen_by(row),
    )  # fmt: skip


@implements("wushen-2021-60:19(3)", "wushen-2021-60:22.2", "cn-809:22.1", "cn-809:29.2")
@transaction.atomic
def take_fetched(fact: FileFetched, *, by: System) -> None:
    """Keep who fetched which version, for what and for which matter, and how much was given."""
    sides = grants.sides_of(fact.grant_id)
    if sides is None:
        return
    use_records.note_use(
        grant_id=fact.grant_id, channel=use_records.FILE, purposes=[fact.purpose], person=fact.person, matter=fact.matter,
        rows=fact.rows or 0, elements=fact.elements, by=by, at=fact.at,
    )  # fmt: skip
    catalogue_actions.note_used(resource_id=fact.resource_id, by=by, at=fact.at)
    providing.note_first_data(grant_id=fact.grant_id, measured_by="file", by=by, at=fact.at)
    record_act(
        kind=FETCH, subject=("data", fact.fetch_id), by=by, at=fact.at,
        basis=("wushen-2021-60:19(3)", "wushen-2021-60:22.2"),
        after={
            "channel": use_records.FILE, "grant": fact.grant_id, "revision": fact.revision, "node": fact.node_id,
            "person": fact.person, "purpose": fact.purpose, "matter": fact.matter, "elements": fact.elements,
            "rows": fact.rows or 0, "file": fact.file_id, "version": fact.version, "whole": fact.whole, "size": fact.size,
            "digest": fact.digest,
        },
        concerns=(*sides, parties.authority().id),
        # Beside the answered calls: not the grant's own case.
        trail=(f"calls:{fact.grant_id}", f"file:{fact.file_id}"),
    )  # fmt: skip


@transaction.atomic
def take_destroyed(fact: FileDestroyed, *, by: System) -> None:
    """The gateway keeps the content no more."""
    row = FileDelivery.objects.filter(resource_id=fact.resource_id).first()
    done = FileVersion.objects.filter(pk=fact.file_id, destroyed_at=None).update(destroyed_at=fact.at, why=fact.why[:20])
    if row is None or not done:
        return
    record_act(
        kind="data:file_destroyed", subject=("data", fact.file_id), by=by, at=fact.at, basis=("wushen-2021-60:19(3)",),
        after={"version": fact.version, "why": fact.why}, **seen_by(row),
    )  # fmt: skip


# ---- the provider ---------------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:20", "wushen-2021-60:23")
@transaction.atomic
def withdraw_version(*, file_id: UUID, reason: str, by: Actor, at: datetime) -> FileVersion:
    """The provider takes a version back: nobody is given it any more, the gateway destroys it, who fetched it is told."""
    row = FileVersion.objects.select_for_update().filter(pk=file_id).first()
    if row is None:
        raise NotFound()
    delivery = FileDelivery.objects.get(resource_id=row.resource_id)
    permissions.check_for_department(permissions.WITHDRAW_FILE, by, delivery.provider_id)
    if row.destroyed_at is not None or row.withdrawn_at is not None:
        raise errors.FileGone(version=row.version)
    if len(reason.strip()) < SHORTEST:
        raise errors.ReasonMissing(field="reason")
    row.withdrawn_at, row.withdrawn_by, row.reason = at, by.name, reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
    seen = seen_by(delivery)
    record_act(
        kind="file_delivery:version_withdrawn", subject=("file_delivery", row.resource_id), by=by, at=at,
        basis=("wushen-2021-60:20", "wushen-2021-60:23"), after={"version": row.version, "reason": row.reason},
        concerns=(*seen["concerns"], *_fetched_by(row.pk)), trail=(*seen["trail"], f"file:{row.pk}"),
    )  # fmt: skip
    order = WithdrawFile(file_id=row.pk, resource_id=row.resource_id, reason="withdrawn")
    link.issue_order(order, node_ids=[], at=at)
    return row


def _fetched_by(file_id: UUID) -> set[UUID]:
    """The departments that were given the version."""
    fetches = evidence.in_trail(f"file:{file_id}", by=_OPENER).filter(kind=FETCH).values_list("after__grant", flat=True)
    sides = (grants.sides_of(UUID(grant_id)) for grant_id in set(fetches))
    return {consumer for _provider, consumer in filter(None, sides)}


# ---- reads ----------------------------------------------------------------------------------------------------------------


def deliveries_visible_to(actor: Actor) -> QuerySet[FileDelivery]:
    """What is delivered by file and may be seen: one's own, all of the authority's, and what one is granted."""
    rows = FileDelivery.objects.select_related("node")
    if permissions.sees_all(actor):
        return rows
    assert not isinstance(actor, System)
    granted = grants.find_grants(actor=actor, side="consumer").filter(mode="file").values("resource_id")
    return rows.filter(provider_id=actor.department_id) | rows.filter(resource_id__in=granted)


def find_deliveries(*, actor: Actor, text: str = "") -> QuerySet[FileDelivery]:
    """Those of them whose resource has these words."""
    rows = deliveries_visible_to(actor)
    return rows.filter(resource_name__icontains=text) if text else rows


def get_delivery(resource_id: UUID, *, actor: Actor) -> FileDelivery:
    """One of them; raises NotFound."""
    row = deliveries_visible_to(actor).filter(resource_id=resource_id).first()
    if row is None:
        raise NotFound()
    return row


def is_delivered(resource_id: UUID) -> bool:
    """Whether an order lets a node deposit files of the resource."""
    return FileDelivery.objects.filter(resource_id=resource_id, closed_at=None).exists()


def check_version_of(file_id: UUID, resource_id: UUID) -> None:
    """Raise NotFound unless the version is of this resource."""
    if not FileVersion.objects.filter(pk=file_id, resource_id=resource_id).exists():
        raise NotFound()


def versions_of(resource_id: UUID) -> QuerySet[FileVersion]:
    """The versions of a resource's file, the newest first; ask `get_delivery` first who may see them."""
    return FileVersion.objects.filter(resource_id=resource_id).select_related("node").order_by("-version")
