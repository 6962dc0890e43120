"""What leaves the house: calendar addresses of people, and messages to departments' own office systems."""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor, Role
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.notices import errors, outgoing, permissions
from gongxiang.platform.notices.models import CalendarFeed, Dispatch, Notice, Webhook
from gongxiang.platform.notices.queries_out import digest_of
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.keys import master_key
from gongxiang.platform.parties.permissions import CHANGE_DEPARTMENT
from gongxiang.platform.rulebook import clocks
from gongxiang.protocol import killpoints
from gongxiang.protocol.signing import open_secret, seal_secret

_CONTEXT = "notices.webhook"
#: Pauses after the first, second … failed attempt; after the last the message is given up.
PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 30, 120, 360, 1440))
#: So many failures in a row over all messages stop the sending, until a person sets it going again.
STOP_AFTER = 12
#: Seconds a department's system may take of one look, over all its messages.
TURN = 8.0
#: How long the history of messages is kept.
KEPT = timedelta(days=90)
_BASIS = ("wushen-2021-60:25",)


@transaction.atomic
def issue_feed(*, by: Actor, at: datetime) -> str:
    """Make the acting person's calendar address; the one before ends. Its secret part is returned once and stands nowhere."""
    person = permissions.own(by)
    parties.lock_person(person.id)
    _end_feeds(person.id, at)
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(person_id=person.id, digest=digest_of(secret), issued_at=at)
    record_act(
        kind="calendar_feed:issued", subject=("person", person.id), by=by, at=at, basis=_BASIS, concerns=[person.department_id]
    )
    return secret


@transaction.atomic
def revoke_feed(*, by: Actor, at: datetime) -> bool:
    """End the acting person's calendar address; whether there was one."""
    person = permissions.own(by)
    if not _end_feeds(person.id, at):
        return False
    record_act(
        kind="calendar_feed:revoked", subject=("person", person.id), by=by, at=at, basis=_BASIS, concerns=[person.department_id]
    )
    return True


@transaction.atomic
def end_feeds_of(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """A calendar address ends with the password or authenticator that was reset, and with the account."""
    permissions.WRITE.check(by)
    _end_feeds(person_id, at)


def _end_feeds(person_id: UUID, at: datetime) -> int:
    return CalendarFeed.objects.filter(person_id=person_id, revoked_at=None).update(revoked_at=at)


@transaction.atomic
def set_webhook(*, address: str, algorithm: str, anew: bool, by: Actor, at: datetime) -> str:
    """Name where the department's office system listens, and set the sending going again.

    Returns the secret where a new one was made (`anew`, or the first time); it is shown once.
    """
    permissions.KEEP_WEBHOOK.check(by)
    person = permissions.own(by)
    outgoing.check_address(address)
    if algorithm not in outgoing.ALGORITHMS:
        raise errors.AddressWrong(field="algorithm")
    parties.lock_department(person.department_id)
    row = Webhook.objects.select_for_update().filter(pk=person.department_id).first()
    secret = "" if row is not None and not anew else secrets.token_urlsafe(32)
    sealed = seal_secret(master_key(), secret.encode("ascii"), _CONTEXT) if secret else bytes(row.secret_sealed)  # type: ignore[union-attr]
    before = {"address": row.address, "algorithm": row.algorithm} if row else {}
    Webhook.objects.update_or_create(
        department_id=person.department_id,
        defaults={
            "address": address.strip(), "algorithm": algorithm, "secret_sealed": sealed, "set_at": at, "set_by": by.name,
            "failures": 0, "stopped_at": None, "stopped_why": "",
        },
    )  # fmt: skip
    record_act(
        kind="webhook:set", subject=("webhook", person.department_id), by=by, at=at, basis=_BASIS, before=before,
        after={"address": address.strip(), "algorithm": algorithm, "new_secret": bool(secret)}, concerns=[person.department_id],
    )  # fmt: skip
    return secret


@transaction.atomic
def stop_webhook(*, by: Actor, at: datetime) -> None:
    """Send nothing more until it is set again."""
    permissions.KEEP_WEBHOOK.check(by)
    person = permissions.own(by)
    row = Webhook.objects.select_for_update().filter(pk=person.department_id, stopped_at=None).first()
    if row is None:
        raise errors.NoWebhook()
    _stop(row, "person", by=by, at=at)


def end_with_department(department_id: UUID, into_id: UUID, by: Actor, at: datetime) -> int:
    """Send nothing more for a department that ceases: nobody is left there who could stop it, or knows who reads it now."""
    CHANGE_DEPARTMENT.check(by)
    rows = list(Webhook.objects.select_for_update().filter(pk=department_id, stopped_at=None))
    for row in rows:
        _stop(row, "merged", by=by, at=at)
    return len(rows)


@transaction.atomic
def resend(*, dispatch_id: UUID, by: Actor, at: datetime) -> Dispatch:
    """Try a message again that was given up."""
    permissions.KEEP_WEBHOOK.check(by)
    person = permissions.own(by)
    row = Dispatch.objects.select_for_update().filter(pk=dispatch_id, department_id=person.department_id).first()
    if row is None:
        raise NotFound()
    if not Webhook.objects.filter(pk=person.department_id, stopped_at=None).exists():
        raise errors.NoWebhook()
    if row.delivered_at is not None or row.next_at is not None:
        raise errors.StillUnderWay()
    row.next_at, row.attempts = at, 0
    row.save(update_fields=["next_at", "attempts"])
    record_act(
        kind="webhook:resent", subject=("webhook", person.department_id), by=by, at=at, basis=_BASIS,
        after={"message": row.pk, "kind": row.kind}, concerns=[person.department_id],
    )  # fmt: skip
    return row


def enqueue(
    departments: Iterable[UUID], *, kind: str, subject: tuple[str, str], title: str, basis: tuple[str, ...],
    values: Mapping[str, Any], at: datetime, source: str,
) -> None:  # fmt: skip
    """Queue a message for each of the departments that listens, in the transaction of the notices; twice changes nothing."""
    listening = Webhook.objects.filter(department_id__in=set(departments), stopped_at=None).values_list(
        "department_id", flat=True
    )
    if not listening:
        return
    names = parties.department_names(listening)
    ends = clocks.end_of(f"{subject[0]}:{subject[1]}", at)
    due_at = values.get("due_at") or (ends.isoformat() if ends else "")
    Dispatch.objects.bulk_create(
        [
            Dispatch(
                department_id=key, kind=kind, title=title, source=source, made_at=at, next_at=at,
                body={
                    "event": kind, "subject": subject[0], "id": subject[1], "title": title, "basis": list(basis),
                    "at": at.isoformat(), "due_at": due_at, "department": names[key],
                },
            )
            for key in listening
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def send_due(*, by: Actor, at: datetime, most: int = 50) -> int:
    """Send what is due, oldest first; each message is claimed first, so two workers never send one twice at once.

    A department whose system does not answer, or takes long to, waits for the next look with all its messages, however
    many: it holds up nobody else's.
    """
    permissions.WRITE.check(by)
    sent, tried, slow, spent = 0, set[UUID](), set[UUID](), defaultdict[UUID, float](float)
    started = time.monotonic()
    due = Dispatch.objects.filter(next_at__lte=at).order_by("next_at", "id").values_list("pk", "department_id")
    while len(tried) < most and (found := due.exclude(department_id__in=slow).exclude(pk__in=tried).first()) is not None:
        key, department_id = found
        tried.add(key)
        begun = time.monotonic()
        # Signed with the instant it goes out: others may have taken minutes of this look, and what is old is refused.
        answer = _send_one(key, by=by, at=at + timedelta(seconds=int(begun - started)))
        sent += answer is not None and answer.taken
        spent[department_id] += time.monotonic() - begun
        if (answer is not None and answer.status is None) or spent[department_id] > TURN:
            slow.add(department_id)
    return sent


def _send_one(key: UUID, *, by: Actor, at: datetime) -> outgoing.Answer | None:
    # 1. Claim it: should this process die while sending, the message comes again after a pause.
    with transaction.atomic():
        row = Dispatch.objects.select_for_update(skip_locked=True).filter(pk=key, next_at__lte=at).first()
        hook = Webhook.objects.filter(pk=row.department_id).first() if row else None
        if row is None or hook is None or hook.stopped_at is not None:
            if row is not None:
                Dispatch.objects.filter(pk=key).update(next_at=None, problem="stopped")
            return None
        row.attempts += 1
        row.tried_at = at
        row.next_at = at + PAUSES[min(row.attempts, len(PAUSES)) - 1]
        row.save(update_fields=["attempts", "tried_at", "next_at"])
    killpoints.reach("notices.message_claimed")
    # 2. Send it, outside any transaction.
    secret = open_secret(master_key(), bytes(hook.secret_sealed), _CONTEXT)
    answer = outgoing.post(
        hook.address, body=row.body, secret=secret, algorithm=hook.algorithm, message_id=str(row.pk), kind=row.kind, at=at
    )
    killpoints.reach("notices.message_sent")
    # 3. Write down how it went.
    with transaction.atomic():
        hook = Webhook.objects.select_for_update().get(pk=row.department_id)
        changed: dict[str, Any] = {"answer": answer.status, "problem": answer.problem}
        if answer.taken:
            changed |= {"delivered_at": at, "next_at": None}
            hook.failures = 0
        else:
            hook.failures += 1
            if row.attempts > len(PAUSES):
                changed["next_at"] = None
        Dispatch.objects.filter(pk=key).update(**changed)
        hook.save(update_fields=["failures"])
        if hook.failures >= STOP_AFTER and hook.stopped_at is None:
            _stop(hook, "failures", by=by, at=at)
    return answer


def _stop(row: Webhook, why: str, *, by: Actor, at: datetime) -> None:
    row.stopped_at, row.stopped_why = at, why
    row.save(update_fields=["stopped_at", "stopped_why"])
    Dispatch.objects.filter(department_id=row.pk, next_at__isnull=False).update(next_at=None, problem="stopped")
    record_act(
        kind="webhook:stopped", subject=("webhook", row.pk), by=by, at=at, basis=_BASIS,
        after={"why": why, "failures": row.failures}, concerns=[row.pk],
    )  # fmt: skip
    if why != "failures":
        return
    people = {one.id for role in permissions.KEEP_WEBHOOK.roles for one in parties.people_with(role, row.pk)}
    people |= {one.id for one in parties.people_with(Role.SYSTEM_ADMIN)}
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=one, kind="webhook:stopped", topic="webhook", subject_type="webhook", subject_id=str(row.pk),
                title=parties.department_names([row.pk])[row.pk], values={}, basis=list(_BASIS), at=at,
                source=f"webhook:{row.pk}:{at.isoformat()}"[:100],
            )
            for one in people
        ],
        ignore_conflicts=True,
    )  # fmt: skip


@transaction.atomic
def forget_dispatches(*, by: Actor, at: datetime) -> int:
    """Remove old messages from the history."""
    permissions.WRITE.check(by)
    return Dispatch.objects.filter(made_at__lt=at - KEPT, next_at=None).delete()[0]
