"""Reading evidence: the outbox in commit order, and trails under the reader's visibility."""

import functools
import operator
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.models import EvidenceRecord, Leaf, ReaderCursor, Root, Witness
from gongxiang.platform.kernel.actors import Actor, Role, System
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.protocol.evidence import EMPTY_ROOT


@dataclass(frozen=True, kw_only=True)
class News:
    """One act, as the rooms above and the pages read it."""

    id: int
    xid: int
    uid: UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    subject_type: str
    subject_id: str
    actor_kind: str
    actor_id: str
    actor_name: str
    actor_department: UUID | None
    basis: tuple[str, ...]
    rule_version: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    detail: Mapping[str, Any]
    concerns: tuple[UUID, ...]
    trail: tuple[str, ...]
    digest: str


@dataclass(frozen=True, kw_only=True)
class RootRef:
    """A sealed root: `size` records under `root` (hex)."""

    size: int
    root: str
    sealed_at: datetime | None = None


def latest_root() -> RootRef:
    """The newest sealed root; size 0 before the first."""
    last = Root.objects.order_by("-size").first()
    if last is None:
        return RootRef(size=0, root=EMPTY_ROOT.hex())
    return RootRef(size=last.size, root=last.root, sealed_at=last.sealed_at)


def unread(reader: str, *, kinds: Collection[str] = (), limit: int = 200) -> list[News]:
    """The next acts of `kinds` (empty: all) for `reader`, in commit order, none that an open transaction could precede.

    A sequence number is not a commit order: only rows below the oldest running transaction are taken.
    """
    cursor = ReaderCursor.objects.filter(reader=reader).first()
    rows = EvidenceRecord.objects.alias(
        horizon=RawSQL("pg_snapshot_xmin(pg_current_snapshot())", ()),
    ).filter(xid__lt=F("horizon"))
    if cursor is not None:
        at = RawSQL("%s::text::xid8", (str(int(cursor.xid)),))
        rows = rows.filter(Q(xid__gt=at) | Q(xid=at, id__gt=cursor.record_id))
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [as_news(row) for row in rows.order_by("xid", "id")[:limit]]


def who_did(kind: str, *, subject: tuple[str, UUID]) -> str:
    """The id of who did something last to a subject; empty if nobody did. For rooms that ask whether it was the same person."""
    rows = EvidenceRecord.objects.filter(kind=kind, subject_type=subject[0], subject_id=str(subject[1]))
    return rows.order_by("-id").values_list("actor_id", flat=True).first() or ""


def said_of(kind: str, *, subject: tuple[str, UUID]) -> dict[str, Any] | None:
    """What the last record of a kind said of a subject; None where there is none. For rooms, never for a page."""
    rows = EvidenceRecord.objects.filter(kind=kind, subject_type=subject[0], subject_id=str(subject[1]))
    return rows.order_by("-id").values_list("after", flat=True).first()


def in_trail(tag: str, *, by: Actor) -> QuerySet[EvidenceRecord]:
    """The records of one trail that `by` may see, newest first, to be paged."""
    return visible_to(by).filter(trail__contains=[tag]).order_by("-id")


def hands_in(*people: UUID | None, of: Iterable[tuple[str, UUID | None]], acts: Iterable[str]) -> frozenset[UUID]:
    """The people who did the `acts` (kinds) on the subjects, and those in whose place they did them: for asking four eyes.

    A record keeps one hand of an earlier step; whether it was a deputy's, only the evidence of that step says.
    """
    known = frozenset(one for one in people if one is not None)
    keys = [(name, str(key)) for name, key in of if key is not None]
    if not known or not keys:
        return known
    subjects = functools.reduce(operator.or_, (Q(subject_type=name, subject_id=key) for name, key in keys))
    rows = EvidenceRecord.objects.filter(
        subjects, kind__in=list(acts), actor_id__in=[str(one) for one in known], detail__has_key="acting_for"
    )
    lent = rows.values_list("detail__acting_for", flat=True)
    return known | {UUID(absent["id"]) for names in lent for absent in names}


def trail_of(*tags: str, by: Actor) -> list[News]:
    """Every act with one of the tags (`grant:UUID`, `resource:UUID` ...) that `by` may see, oldest first."""
    return [as_news(row) for row in visible_to(by).filter(trail__overlap=list(tags)).order_by("occurred_at", "id")]


def record(uid: UUID, *, by: Actor) -> News:
    """One act; raises NotFound if there is none or it is not for `by`."""
    row = visible_to(by).filter(uid=uid).first()
    if row is None:
        raise NotFound()
    return as_news(row)


@implements("wushen-2021-60:29")
def search(
    *, by: Actor, text: str = "", kinds: Collection[str] = (), since: datetime | None = None, until: datetime | None = None
) -> QuerySet[EvidenceRecord]:
    """The records `by` may see whose kind is one of `kinds`, or whose person, subject or identifier holds `text`."""
    rows = visible_to(by)
    if text:
        words = Q(actor_name__icontains=text) | Q(subject_id=text) | Q(kind__icontains=text) | Q(trail__contains=[text])
        rows = rows.filter(words | Q(kind__in=list(kinds)))
    if since:
        rows = rows.filter(occurred_at__gte=since)
    if until:
        rows = rows.filter(occurred_at__lt=until)
    return rows


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a record stands in the sealed tree, and the first root over it."""

    position: int
    size: int
    root: str
    sealed_at: datetime


def place_of(record_id: int) -> Place | None:
    """The place of a sealed record; None while it is not sealed."""
    leaf = Leaf.objects.filter(record_id=record_id).first()
    root = Root.objects.filter(size__gt=leaf.position).order_by("size").first() if leaf else None
    if leaf is None or root is None:
        return None
    return Place(position=leaf.position, size=root.size, root=root.root, sealed_at=root.sealed_at)


def roots() -> QuerySet[Root]:
    """All signed roots."""
    return Root.objects.all()


def witnesses() -> list[Witness]:
    """The newest root that each node keeps."""
    return list(Witness.objects.order_by("node_id", "-size").distinct("node_id"))


def recent(*, by: Actor, limit: int, since: datetime | None = None, but: Iterable[str] = ()) -> list[News]:
    """The latest acts that `by` may see, newest first; those recorded after `since`, and none of the kinds `but`."""
    rows = visible_to(by).exclude(kind__in=list(but))
    if since is not None:
        rows = rows.filter(recorded_at__gt=since)
    return [as_news(row) for row in rows.order_by("-id")[:limit]]


def visible_to(by: Actor) -> QuerySet[EvidenceRecord]:
    """The records `by` may see: auditors and the authority all, a department what concerns it, a person the own acts."""
    if not isinstance(by, System) and not by.has(Role.AUDITOR, Role.AUDIT_ADMIN, Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER):
        return EvidenceRecord.objects.filter(Q(concerns__contains=[by.department_id]) | Q(actor_id=str(by.id)))
    return EvidenceRecord.objects.all()


def as_news(row: EvidenceRecord) -> News:
    """The record as a frozen value."""
    return News(
        id=row.id,
        xid=int(row.xid),
        uid=row.uid,
        kind=row.kind,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        actor_department=row.actor_department,
        basis=tuple(row.basis),
        rule_version=row.rule_version,
        before=row.before,
        after=row.after,
        detail=row.detail,
        concerns=tuple(row.concerns),
        trail=tuple(row.trail),
        digest=bytes(row.digest).hex(),
    )
