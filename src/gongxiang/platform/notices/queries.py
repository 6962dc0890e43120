"""Reading notices: a person's own, and nobody else's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.notices import permissions, rules
from gongxiang.platform.notices.models import Letter, Notice, Reminder, Wishes
from gongxiang.platform.rulebook.values import OpenDeadline
from gongxiang.protocol.clock import BEIJING

#: How letters come: once a day, at once, or only of what must be told.
RHYTHMS = ("daily", "immediate", "binding")
#: So old a notice is before it is mailed: what belongs together goes in one letter.
SETTLED = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class WishesRef:
    """What a person chose."""

    muted: frozenset[str]
    mail: str
    mail_asked: bool
    rhythm: str = "daily"
    mail_failures: int = 0
    mail_retry_at: datetime | None = None


def visible_to(actor: Actor | None) -> QuerySet[Notice]:
    """The actor's own notices, newest first."""
    rows = Notice.objects.order_by("-at", "-id")
    return rows.filter(person_id=actor.id) if isinstance(actor, Person) else rows.none()


def inbox(actor: Actor, *, text: str = "", topic: str = "", unread: bool = False) -> QuerySet[Notice]:
    """The actor's notices, narrowed."""
    rows = visible_to(permissions.own(actor))
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(kind__icontains=text))
    if topic:
        rows = rows.filter(topic=topic)
    return rows.filter(read_at=None) if unread else rows


def unread(actor: Actor | None, *, most: int = 100) -> int:
    """How many notices the actor has not read, counted up to `most`."""
    return visible_to(actor).filter(read_at=None).order_by()[:most].count()


def get_notice(notice_id: UUID, *, actor: Actor) -> Notice:
    """One of the actor's notices; raises NotFound."""
    found = visible_to(permissions.own(actor)).filter(pk=notice_id).first()
    if found is None:
        raise NotFound()
    return found


def wishes_of(person_id: UUID) -> WishesRef:
    """What the person chose; nothing is switched off before they did."""
    row = Wishes.objects.filter(pk=person_id).first()
    if row is None:
        return WishesRef(muted=frozenset(), mail="", mail_asked=False)
    return WishesRef(
        muted=frozenset(row.muted), mail=row.mail, mail_asked=row.mail_asked, rhythm=row.rhythm,
        mail_failures=row.mail_failures, mail_retry_at=row.mail_retry_at,
    )  # fmt: skip


def willing(people: Iterable[UUID], kind: str) -> list[UUID]:
    """Those of the people who hear of this kind: all where it is binding."""
    every = list(dict.fromkeys(people))
    if rules.is_binding(kind):
        return every
    muted = Wishes.objects.filter(pk__in=every, muted__contains=[rules.topic_of(kind)]).values_list("pk", flat=True)
    deaf = set(muted)
    return [one for one in every if one not in deaf]


def digests_due(at: datetime) -> list[tuple[UUID, str, list[Notice]]]:
    """(person, address, unread notices not mailed yet) of everybody for whom a letter is due.

    Daily letters go out from eight in the morning, once a day; immediate ones after a minute in which more may come. Who asked
    only for what must be told gets that daily. After a failure the pause is kept.
    A letter that may have gone out comes first, with the notices it had.
    """
    here = at.astimezone(BEIJING)
    morning = here.replace(hour=8, minute=0, second=0, microsecond=0)
    due = []
    for wishes in Wishes.objects.filter(mail_asked=True).exclude(mail=""):
        if wishes.mail_retry_at is not None and wishes.mail_retry_at > at:
            continue
        if (letter := Letter.objects.filter(person_id=wishes.pk).first()) is not None:
            # It may have gone out: again as it was, whatever was read or came since.
            same = Notice.objects.filter(pk__in=letter.notices, person_id=wishes.pk).order_by("at", "id")
            due.append((wishes.pk, wishes.mail, list(same)))
            continue
        daily = wishes.rhythm != "immediate"
        if daily and (here < morning or (wishes.mailed_at is not None and wishes.mailed_at >= morning)):
            continue
        rows = Notice.objects.filter(person_id=wishes.pk, read_at=None, mailed_at=None, at__lt=at - SETTLED).order_by(
            "at", "id"
        )
        found = [one for one in rows[:1000] if wishes.rhythm != "binding" or rules.is_binding(one.kind)]
        if found:
            due.append((wishes.pk, wishes.mail, found[:200]))
    return due


def not_reminded(due: Iterable[tuple[OpenDeadline, str]]) -> list[tuple[OpenDeadline, str]]:
    """Those of the reminders that were not given yet."""
    wanted = list(due)
    subjects = {clock.subject for clock, _kind in wanted}
    given = set(Reminder.objects.filter(subject__in=subjects).values_list("subject", "rule", "due_at", "kind"))
    return [(clock, kind) for clock, kind in wanted if (clock.subject, clock.rule, clock.due_at, kind) not in given]
