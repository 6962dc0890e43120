"""Going through everything that is published, page by page, in an order that does not move: for programs that fetch it all.

Who sees what: departments and their systems every published entry; nobody signed in, where the site allows it, the entries
opened to society and never a withheld one (docs/explanation/choices.md).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import ResourceVersion
from gongxiang.platform.catalogue.states import PUBLISHED, WITHDRAWN
from gongxiang.platform.kernel.actors import Actor


@dataclass(frozen=True, kw_only=True)
class PublishedEntry:
    """A published entry in force, as it is told to other systems: how its tables are mapped is left out."""

    id: UUID
    code: str
    version: int
    provider_id: UUID
    provider_name: str
    provider_credit_code: str
    status: str
    #: When its first version was published, and the one in force.
    first_published_at: datetime
    published_at: datetime
    content: Content

    @property
    def name(self) -> str:
        """The name in force."""
        return self.content.name


@dataclass(frozen=True, kw_only=True)
class Harvest:
    """One page; `following` is the id after which the next one begins, None at the end."""

    entries: tuple[PublishedEntry, ...]
    following: UUID | None


def _visible(actor: Actor | None) -> QuerySet[ResourceVersion]:
    rows = ResourceVersion.objects.filter(number=F("resource__version"))
    if actor is None:
        rows = rows.exclude(resource__status=WITHDRAWN)
        rows = rows.filter(content__open_to_society=True).exclude(content__sharing_type="WITHHELD")
    first = ResourceVersion.objects.filter(resource_id=OuterRef("resource_id"), number=1).values("published_at")[:1]
    return rows.select_related("resource").annotate(first_published_at=Subquery(first))


def harvest(
    *,
    actor: Actor | None,
    after: UUID | None = None,
    size: int = 100,
    since: datetime | None = None,
    provider_id: UUID | None = None,
    sharing_type: str = "",
    withdrawn: bool = False,
) -> Harvest:
    """The next `size` entries after `after`; `since`: published or withdrawn at or after then; `withdrawn`: those too."""
    rows = _visible(actor)
    if not withdrawn:
        rows = rows.exclude(resource__status=WITHDRAWN)
    if since is not None:
        rows = rows.filter(Q(published_at__gte=since) | Q(resource__withdrawn_at__gte=since))
    if provider_id is not None:
        rows = rows.filter(resource__provider_id=provider_id)
    if sharing_type:
        rows = rows.filter(content__sharing_type=sharing_type)
    if after is not None:
        rows = rows.filter(resource_id__gt=after)
    found = list(rows.order_by("resource_id")[: size + 1])
    entries = tuple(_entry(row) for row in found[:size])
    return Harvest(entries=entries, following=entries[-1].id if len(found) > size else None)


def count(*, actor: Actor | None) -> int:
    """How many entries the caller can go through."""
    return _visible(actor).exclude(resource__status=WITHDRAWN).count()


def numbered_page(*, actor: Actor | None, page: int, size: int) -> tuple[PublishedEntry, ...]:
    """Page `page` (from 1) in the same order, for callers that count pages."""
    rows = _visible(actor).exclude(resource__status=WITHDRAWN).order_by("resource_id")
    return tuple(_entry(row) for row in rows[(page - 1) * size : page * size])


def published_entries(ids: "list[UUID] | tuple[UUID, ...]", *, actor: Actor | None) -> dict[UUID, PublishedEntry]:
    """The entries in force among these, by id."""
    return {row.resource_id: _entry(row) for row in _visible(actor).filter(resource_id__in=ids)}


def published_entry(key: UUID | str, *, actor: Actor | None) -> PublishedEntry | None:
    """The entry in force by id or code, if the caller may see it."""
    rows = _visible(actor)
    row = rows.filter(resource_id=key).first() if isinstance(key, UUID) else rows.filter(resource__code=key).first()
    return _entry(row) if row is not None else None


def codes(*, actor: Actor | None, offset: int = 0, limit: int | None = None) -> list[str]:
    """The codes of everything published, in the same order."""
    rows = _visible(actor).exclude(resource__status=WITHDRAWN).order_by("resource_id").values_list("code", flat=True)
    return list(rows[offset : offset + limit] if limit is not None else rows[offset:])


def counts_by_provider(*, actor: Actor | None) -> dict[UUID, int]:
    """How many entries each department has published."""
    counts: dict[UUID, int] = {}
    for provider in _visible(actor).exclude(resource__status=WITHDRAWN).values_list("resource__provider_id", flat=True):
        counts[provider] = counts.get(provider, 0) + 1
    return counts


def keywords(*, actor: Actor | None) -> list[str]:
    """Every keyword in use, sorted."""
    rows = _visible(actor).exclude(resource__status=WITHDRAWN).values_list("content__keywords", flat=True)
    return sorted({word for words in rows for word in words or ()})


def _entry(row: ResourceVersion) -> PublishedEntry:
    return PublishedEntry(
        id=row.resource_id,
        code=row.code,
        version=row.number,
        provider_id=row.resource.provider_id,
        provider_name=row.provider_name,
        provider_credit_code=row.provider_credit_code,
        status=WITHDRAWN if row.resource.status == WITHDRAWN else PUBLISHED,
        first_published_at=getattr(row, "first_published_at", None) or row.published_at,
        published_at=row.published_at,
        content=Content.from_json(row.content).without_mapping(),
    )
