"""Access tokens of the interfaces: made for a department's system or for a person, shown once, kept as a digest, revoked.

A token opens what its scopes name and nothing that needs a named person; what it does stands under the system's own name.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor, Person, Scope
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.parties import permissions, policies, queries, tokens
from gongxiang.platform.parties.errors import FieldMissing, SystemEnded, TokenLifeWrong, TokenScopeWrong, TokensEnough
from gongxiang.platform.parties.models import AccessToken, System
from gongxiang.platform.parties.tokens import TokenRef

#: Scopes that a system can hold.
SYSTEM_SCOPES = frozenset({Scope.READ, Scope.COMPILE, Scope.CORRECT, Scope.REQUESTS})


@implements("wushen-2021-60:25")
@transaction.atomic
def issue_system_token(
    *, system_id: UUID, label: str, scopes: Collection[str], days: int, by: Actor, at: datetime
) -> tuple[TokenRef, str]:
    """Make a token for a system of the actor's department; the token itself is returned once and stands nowhere."""
    permissions.KEEP_TOKENS.check(by)
    system = System.objects.select_for_update(of=("self",)).filter(pk=system_id).first()
    if system is None:
        raise NotFound()
    permissions.check_own_department(by, system.department_id)
    if system.ended_at is not None:
        raise SystemEnded(name=system.name, field="system")
    held = AccessToken.objects.filter(system_id=system_id)
    return _issue(
        held, "system", AccessToken(system_id=system_id, department_id=system.department_id), label, scopes, SYSTEM_SCOPES,
        days, by, at,
    )  # fmt: skip


@transaction.atomic
def issue_own_token(*, label: str, scopes: Collection[str], days: int, by: Actor, at: datetime) -> tuple[TokenRef, str]:
    """Make a token for the acting person, with which scripts do what the person may; never what asks for a second factor."""
    permissions.OWN_TOKENS.check(by)
    person = queries.person_for_update(permissions.person_of(by))
    held = AccessToken.objects.filter(person_id=person.id)
    token = AccessToken(person_id=person.id, department_id=person.department_id)
    return _issue(held, "person", token, label, scopes, frozenset(Scope), days, by, at)


@transaction.atomic
def revoke_token(*, token_id: UUID, by: Actor, at: datetime) -> TokenRef:
    """Revoke a token: the next call with it is refused."""
    row = AccessToken.objects.select_for_update(of=("self",)).filter(pk=token_id).first()
    if row is None:
        raise NotFound()
    permissions.check_may_revoke(by, person_id=row.person_id, department_id=row.department_id)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by_name = at, by.name
        row.save(update_fields=["revoked_at", "revoked_by_name"])
        record_act(
            kind="access_token:revoked", subject=("access_token", row.pk), by=by, at=at, basis=("wushen-2021-60:25",),
            after={"revoked_at": at}, concerns=[row.department_id], trail=tokens.trail_of(row),
        )  # fmt: skip
    return tokens.token_ref(row.pk)


def revoke_tokens_of(person_id: UUID, *, because: str, by: Actor, at: datetime) -> int:
    """End all tokens of a person in the caller's transaction: they never outlive the password or factor they rest on."""
    rows = AccessToken.objects.select_for_update(of=("self",)).filter(person_id=person_id, revoked_at=None, expires_at__gt=at)
    ended = list(rows)
    for row in ended:
        row.revoked_at, row.revoked_by_name = at, by.name
        row.save(update_fields=["revoked_at", "revoked_by_name"])
        record_act(
            kind="access_token:revoked", subject=("access_token", row.pk), by=by, at=at, basis=("wushen-2021-60:25",),
            after={"revoked_at": at}, detail={"because": because}, concerns=[row.department_id], trail=tokens.trail_of(row),
        )  # fmt: skip
    return len(ended)


def _issue(
    held: "object", owner: str, row: AccessToken, label: str, scopes: Collection[str], offered: frozenset[Scope], days: int,
    by: Actor, at: datetime,
) -> tuple[TokenRef, str]:  # fmt: skip
    rules = settings.INTERFACES
    found: list[Refusal] = []
    if not label.strip():
        found.append(FieldMissing(field="label"))
    if not scopes or not set(scopes) <= set(offered):
        found.append(TokenScopeWrong(field="scopes"))
    if not 1 <= days <= rules["token_days"]:
        found.append(TokenLifeWrong(field="days", days=rules["token_days"]))
    policies.together(found)
    if held.filter(revoked_at=None, expires_at__gt=at).count() >= rules["tokens"]:  # type: ignore[attr-defined]
        raise TokensEnough(limit=rules["tokens"])
    secret = f"gx_{secrets.token_urlsafe(32)}"
    row.label, row.scopes = label.strip()[:120], sorted(set(scopes))
    row.prefix, row.digest = secret[:9], tokens.digest_of(secret)
    row.issued_at, row.expires_at = at, at + timedelta(days=days)
    row.issued_by = by.id if isinstance(by, Person) else row.department_id
    row.issued_by_name = by.name
    row.save(force_insert=True)
    record_act(
        kind="access_token:issued", subject=("access_token", row.pk), by=by, at=at, basis=("wushen-2021-60:25",),
        after={"for": owner, "label": row.label, "scopes": row.scopes, "prefix": row.prefix, "expires_at": row.expires_at},
        concerns=[row.department_id], trail=tokens.trail_of(row),
    )  # fmt: skip
    return tokens.token_ref(row.pk), secret
