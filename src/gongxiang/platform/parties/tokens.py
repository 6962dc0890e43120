"""Who a token belongs to, and whether it still opens anything; for the interfaces and the page of tokens.

Unknown, run out, revoked, of a system out of use, of a person who left: all are the same to the caller.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from gongxiang.platform.kernel.actors import Actor, CallingSystem, Person, Role, Scope
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.parties import queries
from gongxiang.platform.parties.errors import TokenUnknown, TooManyCalls
from gongxiang.platform.parties.models import AccessToken, CallCounter
from gongxiang.protocol.evidence import sm3

#: The time of last use is written at most this often.
_NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class TokenRef:
    """A token as pages show it: never the token."""

    id: UUID
    owner: str
    #: "system" or "person".
    kind: str
    department_id: UUID
    department: str
    label: str
    scopes: tuple[str, ...]
    prefix: str
    issued_at: datetime
    issued_by_name: str
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by_name: str
    last_used_at: datetime | None
    person_id: UUID | None

    def works(self, at: datetime) -> bool:
        """Whether calls with it pass at that time."""
        return self.revoked_at is None and at < self.expires_at


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls with a token, and with which scopes."""

    actor: Person | CallingSystem
    token_id: UUID
    scopes: frozenset[Scope]


def digest_of(token: str) -> str:
    """SM3 (hex) of a token; its 256 random bits need no slow hash."""
    return sm3(b"gongxiang access token\x00" + token.encode("utf-8", "surrogatepass")).hex()


def trail_of(row: AccessToken) -> tuple[str, ...]:
    """The case a token's acts belong to: its system's or its person's."""
    return (f"system:{row.system_id}" if row.system_id else f"person:{row.person_id}",)


def caller_of(token: str, *, at: datetime) -> Caller:
    """Whose token it is; raises TokenUnknown. Notes the use."""
    rows = AccessToken.objects.select_related("system", "department", "person")
    row = rows.filter(digest=digest_of(token), revoked_at=None, expires_at__gt=at).first()
    if row is None or row.department.status != "ACTIVE":
        raise TokenUnknown()
    scopes = frozenset(Scope(scope) for scope in row.scopes if scope in list(Scope))
    actor: Person | CallingSystem
    if row.system is not None:
        if row.system.ended_at is not None:
            raise TokenUnknown()
        actor = CallingSystem(
            id=row.system.id,
            name=row.system.name,
            department_id=row.department_id,
            department=row.department.name,
            scopes=scopes,
        )
    else:
        assert row.person_id is not None
        try:
            # What is lent for an absence is used in person: a script does not stand in for anybody.
            actor = queries.actor_of(row.person_id, at, own_only=True)
        except NotFound as gone:
            raise TokenUnknown() from gone
    if row.last_used_at is None or at - row.last_used_at > _NOTE_EVERY:
        AccessToken.objects.filter(pk=row.pk).update(last_used_at=at)
    return Caller(actor=actor, token_id=row.pk, scopes=scopes)


def count_call(caller: str, *, at: datetime) -> None:
    """Count one call of `caller`; raises TooManyCalls past the limit of a minute. All processes count together."""
    limit = settings.INTERFACES["calls_per_minute"]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO parties_callcounter AS c (caller, minute, calls) VALUES (%s, %s, 1)
            ON CONFLICT (caller) DO UPDATE SET minute = excluded.minute,
                calls = CASE WHEN c.minute = excluded.minute THEN c.calls + 1 ELSE 1 END
            RETURNING calls
            """,
            [caller[:80], int(at.timestamp() // 60)],
        )
        (calls,) = cursor.fetchone()
    if calls > limit:
        raise TooManyCalls(limit=limit)


def in_use_of(person_id: UUID, at: datetime) -> int:
    """How many tokens of the person work."""
    return AccessToken.objects.filter(person_id=person_id, revoked_at=None, expires_at__gt=at).count()


def forget_counters(at: datetime) -> int:
    """Remove counters of minutes gone by: what callers leave behind must not grow."""
    return CallCounter.objects.filter(minute__lt=int(at.timestamp() // 60) - 1).delete()[0]


def visible_to(actor: Actor | None) -> QuerySet[AccessToken]:
    """The tokens `actor` may see: the own, for officers those of the department's systems; all for the administrator."""
    rows = AccessToken.objects.select_related("system", "department", "person").order_by("-issued_at")
    if not isinstance(actor, Person):
        return rows.none()
    if actor.has(Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        return rows
    seen = Q(person_id=actor.id)
    if actor.has(Role.ACCOUNTABLE_OFFICER, Role.NODE_OPERATOR):
        seen |= Q(system__isnull=False, department_id=actor.department_id)
    return rows.filter(seen)


def find(actor: Actor | None, *, text: str = "") -> list[TokenRef]:
    """The tokens `actor` sees whose label, owner or first characters hold `text`."""
    rows = visible_to(actor)
    if text:
        named = Q(label__icontains=text) | Q(prefix__startswith=text)
        rows = rows.filter(named | Q(system__name__icontains=text) | Q(person__name__icontains=text))
    return [_ref(row) for row in rows]


def token_ref(token_id: UUID) -> TokenRef:
    """One token; raises NotFound."""
    row = AccessToken.objects.select_related("system", "department", "person").filter(pk=token_id).first()
    if row is None:
        raise NotFound()
    return _ref(row)


def _ref(row: AccessToken) -> TokenRef:
    return TokenRef(
        id=row.pk,
        owner=row.system.name if row.system else row.person.name if row.person else "",
        kind="system" if row.system_id else "person",
        department_id=row.department_id,
        department=row.department.name,
        label=row.label,
        scopes=tuple(row.scopes),
        prefix=row.prefix,
        issued_at=row.issued_at,
        issued_by_name=row.issued_by_name,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        revoked_by_name=row.revoked_by_name,
        last_used_at=row.last_used_at,
        person_id=row.person_id,
    )
