"""Reading the library of rules: frozen values for whoever is at work here."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, QuerySet

from gongxiang.platform.documents import permissions
from gongxiang.platform.documents.models import RuleFile, RuleReceipt, RuleVersion
from gongxiang.platform.documents.queries import Content
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """One version of a rule, and whether the reader has read it."""

    id: UUID
    number: int
    file_name: str
    digest: str
    effective_on: date
    changes: str
    issued_at: datetime
    issued_by: str
    readers: int
    read_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RuleView:
    """A rule with its version in force."""

    id: UUID
    title: str
    kind: str
    ended_at: datetime | None
    end_reason: str
    current: VersionView

    @property
    def is_unread(self) -> bool:
        """Whether the reader still has to read it."""
        return self.ended_at is None and self.current.read_at is None


def visible_to(actor: Actor) -> QuerySet[RuleFile]:
    """Every rule, for whoever may read any."""
    return RuleFile.objects.all() if permissions.READ_RULES.allows(actor) else RuleFile.objects.none()


def rules(actor: Actor, *, text: str = "", kind: str = "", ended: bool = False) -> list[RuleView]:
    """The rules in force, or all, newest version first."""
    rows = visible_to(actor)
    if not ended:
        rows = rows.filter(ended_at=None)
    if text:
        rows = rows.filter(title__icontains=text)
    if kind:
        rows = rows.filter(kind=kind)
    versions = RuleVersion.objects.filter(rule__in=rows, number=F("rule__version"))
    found = [_rule(row.rule, view) for row, view in _views(versions, actor)]
    return sorted(found, key=lambda one: one.current.issued_at, reverse=True)


def rule(rule_id: UUID, actor: Actor) -> RuleView:
    """One rule; raises NotFound."""
    if not visible_to(actor).filter(pk=rule_id).exists():
        raise NotFound()
    (found,) = _views(RuleVersion.objects.filter(rule_id=rule_id, number=F("rule__version")), actor)
    return _rule(found[0].rule, found[1])


def versions(rule_id: UUID, actor: Actor) -> list[VersionView]:
    """Every version, newest first."""
    return [view for _row, view in _views(RuleVersion.objects.filter(rule__in=visible_to(actor), rule_id=rule_id), actor)]


def receipts(version_id: UUID, actor: Actor) -> list[RuleReceipt]:
    """Who has read a version: everybody's for who keeps the rules, else those of the own department."""
    rows = RuleReceipt.objects.filter(version_id=version_id).order_by("department_name", "read_at")
    if permissions.KEEP_RULES.allows(actor):
        return list(rows)
    return list(rows.filter(department_id=actor.department_id)) if isinstance(actor, Person) else []


def unread(actor: Actor) -> list[RuleView]:
    """What the person still has to read."""
    return [one for one in rules(actor) if one.is_unread]


def content(version_id: UUID, actor: Actor) -> Content:
    """The file of a version; raises NotFound."""
    row = RuleVersion.objects.filter(pk=version_id, rule__in=visible_to(actor)).select_related("upload").first()
    if row is None:
        raise NotFound()
    kept = row.upload
    return Content(name=kept.name, media_type=kept.media_type, digest=kept.digest, content=bytes(kept.content))


def _views(rows: QuerySet[RuleVersion], actor: Actor) -> list[tuple[RuleVersion, VersionView]]:
    rows = rows.select_related("rule", "upload").defer("upload__content").annotate(readers=Count("receipts"))
    mine = {}
    if isinstance(actor, Person):
        mine = dict(RuleReceipt.objects.filter(version__in=rows, person_id=actor.id).values_list("version_id", "read_at"))
    return [
        (
            row,
            VersionView(
                id=row.pk, number=row.number, file_name=row.upload.name, digest=row.upload.digest,
                effective_on=row.effective_on, changes=row.changes, issued_at=row.issued_at, issued_by=row.issued_by,
                readers=row.readers, read_at=mine.get(row.pk),
            ),
        )
        for row in rows.order_by("-number")
    ]  # fmt: skip


def _rule(row: RuleFile, current: VersionView) -> RuleView:
    return RuleView(
        id=row.pk, title=row.title, kind=row.kind, ended_at=row.ended_at, end_reason=row.end_reason, current=current
    )
