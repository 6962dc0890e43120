"""Business matters, the resources they use, and what they still ask of people though the platform has it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.elements import Hit
from gongxiang.platform.catalogue.models import FormItem, MatterLink
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.queries import MatterRef

NO_HIT = "no_hit"
LINKED = "linked"
JUSTIFIED = "justified"
AVAILABLE = "available"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A resource that a matter uses."""

    id: UUID
    resource_id: UUID
    name: str
    code: str
    provider_id: UUID
    benefit: str
    linked_by: str
    linked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something a matter asks for, and what the platform has of it."""

    id: UUID
    name: str
    hits: tuple[Hit, ...]
    #: no_hit: may be asked for; linked: the matter uses a resource that has it; justified: asked for with a recorded reason;
    #: available: the platform has it, and nothing has been done about that.
    status: str
    justification: str
    justified_by: str
    justified_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MatterState:
    """A matter with everything it uses and asks for."""

    matter: MatterRef
    links: tuple[Link, ...]
    items: tuple[Item, ...]

    @property
    def missing(self) -> int:
        """How many items are asked for though the platform has them."""
        return sum(item.status == AVAILABLE for item in self.items)


@implements("wushen-2021-60:5", "wushen-2021-60:22.5", "cn-809:40(1)")
def states(matters: Iterable[MatterRef], *, actor: Actor) -> tuple[MatterState, ...]:
    """The matters with their resources, and every item checked against the published catalogue in one look."""
    known = {one.id: one for one in matters}
    links: dict[UUID, list[Link]] = {}
    using_rows = MatterLink.objects.filter(matter_id__in=known, ended_at=None).select_related("resource")
    for row in using_rows.order_by("linked_at"):
        links.setdefault(row.matter_id, []).append(_link(row))
    rows = list(FormItem.objects.filter(matter_id__in=known, ended_at=None).order_by("position", "pk"))
    hits: dict[str, list[Hit]] = {}
    for hit in queries.similar_elements({row.name for row in rows}, actor=actor):
        if hit.available:
            hits.setdefault(hit.asked, []).append(hit)
    items: dict[UUID, list[Item]] = {}
    for item in rows:
        using = {link.resource_id for link in links.get(item.matter_id, ())}
        items.setdefault(item.matter_id, []).append(_item(item, hits.get(item.name, []), using))
    return tuple(
        MatterState(matter=one, links=tuple(links.get(key, ())), items=tuple(items.get(key, ()))) for key, one in known.items()
    )


def state_of(matter_id: UUID, *, actor: Actor) -> MatterState:
    """One matter; raises NotFound."""
    return states([parties.matter_ref(matter_id)], actor=actor)[0]


def matters_using(resource_id: UUID) -> tuple[MatterRef, ...]:
    """The matters that use a resource."""
    rows = MatterLink.objects.filter(resource_id=resource_id, ended_at=None).values_list("matter_id", flat=True)
    return tuple(parties.matter_ref(one) for one in rows)


def _link(row: MatterLink) -> Link:
    return Link(
        id=row.pk,
        resource_id=row.resource_id,
        name=row.resource.name,
        code=row.resource.code or "",
        provider_id=row.resource.provider_id,
        benefit=row.benefit,
        linked_by=row.linked_by,
        linked_at=row.linked_at,
    )


def _item(row: FormItem, hits: list[Hit], using: set[UUID]) -> Item:
    if not hits:
        status = NO_HIT
    elif any(hit.resource_id in using for hit in hits):
        status = LINKED
    else:
        status = JUSTIFIED if row.justified_at else AVAILABLE
    return Item(
        id=row.pk,
        name=row.name,
        hits=tuple(hits),
        status=status,
        justification=row.justification,
        justified_by=row.justified_by,
        justified_at=row.justified_at,
    )
