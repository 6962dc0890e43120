"""Reading what leaves the house: calendar addresses, office systems and the history of messages to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.notices import permissions
from gongxiang.platform.notices.models import CalendarFeed, Dispatch, Webhook, Wishes
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.evidence import sm3

_NOTE_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class WebhookRef:
    """Where a department listens; never the secret."""

    address: str
    algorithm: str
    set_at: datetime
    set_by: str
    failures: int
    stopped_at: datetime | None
    stopped_why: str


@dataclass(frozen=True, kw_only=True)
class FeedRef:
    """Whether a person has a calendar address, and when a program last read it."""

    issued_at: datetime
    last_read_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MailFailure:
    """A person whom letters do not reach; never the address."""

    name: str
    department: str
    failures: int
    retry_at: datetime | None
    problem: str


def digest_of(secret: str) -> str:
    """SM3 (hex) of the secret part of a calendar address."""
    return sm3(b"gongxiang calendar feed\x00" + secret.encode("utf-8", "surrogatepass")).hex()


def reader_of(secret: str, *, at: datetime) -> Person:
    """Whose calendar it is, with their own roles; raises NotFound for what is unknown, ended, or of somebody who left."""
    row = CalendarFeed.objects.filter(digest=digest_of(secret), revoked_at=None).first()
    if row is None:
        raise NotFound()
    person = parties.actor_of(row.person_id, at, own_only=True)
    if row.last_read_at is None or at - row.last_read_at > _NOTE_EVERY:
        CalendarFeed.objects.filter(pk=row.pk).update(last_read_at=at)
    return person


def feed_of(person_id: UUID) -> FeedRef | None:
    """The calendar address in use."""
    row = CalendarFeed.objects.filter(person_id=person_id, revoked_at=None).first()
    return FeedRef(issued_at=row.issued_at, last_read_at=row.last_read_at) if row else None


def webhook_of(department_id: UUID) -> WebhookRef | None:
    """Where the department listens."""
    row = Webhook.objects.filter(pk=department_id).first()
    return WebhookRef(**{name: getattr(row, name) for name in WebhookRef.__dataclass_fields__}) if row else None


def listening(department_id: UUID) -> int:
    """How many addresses of the department's office system are sent to: one or none."""
    return Webhook.objects.filter(pk=department_id, stopped_at=None).count()


def visible_to(actor: Actor | None) -> QuerySet[Dispatch]:
    """The messages to the office system of the actor's own department."""
    rows = Dispatch.objects.order_by("-made_at", "-id")
    if not isinstance(actor, Person) or not permissions.KEEP_WEBHOOK.allows(actor):
        return rows.none()
    return rows.filter(department_id=actor.department_id)


def history(actor: Actor, *, text: str = "", state: str = "") -> QuerySet[Dispatch]:
    """The messages, narrowed; `state`: delivered, waiting or given_up."""
    rows = visible_to(actor)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(kind__icontains=text))
    match state:
        case "delivered":
            rows = rows.filter(delivered_at__isnull=False)
        case "waiting":
            rows = rows.filter(next_at__isnull=False)
        case "given_up":
            rows = rows.filter(delivered_at=None, next_at=None)
    return rows


def mail_failures(actor: Actor) -> list[MailFailure]:
    """Those whom letters do not reach, for the system administrator."""
    permissions.READ_MAIL_FAILURES.check(actor)
    found = []
    for row in Wishes.objects.filter(mail_failures__gt=0).order_by("-mail_failures", "pk")[:500]:
        person = parties.person_ref(row.pk)
        found.append(
            MailFailure(
                name=person.name, department=person.department, failures=row.mail_failures, retry_at=row.mail_retry_at,
                problem=row.mail_problem,
            )
        )  # fmt: skip
    return found
