"""Signing in: password, second factor, lock-out, changes of both; what happened is recorded without personal data.

A failure is counted and recorded even though the caller gets a refusal: the refusal is raised after the commit.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password as password_fits
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from gongxiang.law.articles import implements
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import permissions, places, policies, queries, totp
from gongxiang.platform.parties.actions.keystore import reseal_signing_key
from gongxiang.platform.parties.errors import (
    FactorEnrolledAlready,
    FactorNotEnrolled,
    FactorReplayed,
    FactorWrong,
    SignInBlocked,
    SignInRefused,
)
from gongxiang.platform.parties.keys import master_key
from gongxiang.platform.parties.models import OldPassword, Person, RecoveryCode, SignInCounter
from gongxiang.platform.parties.places import Place
from gongxiang.platform.parties.queries import PersonRef
from gongxiang.protocol.signing import open_secret, seal_secret

_SECRET_CONTEXT = "person.totp"
_JOB = System(name="sign-in")
_RECOVERY_CODES = 10
#: More than the codes that are right at one time.
_STEPS_KEPT = 12


def check_password(*, username: str, password: str, place: Place | None = None, at: datetime) -> PersonRef:
    """The person whose name and password these are; raises SignInRefused or SignInBlocked, the same for unknown names.

    `place` is where somebody signs in; None inside a session that both factors opened.
    """
    outcome = _try_password(username.strip().lower(), password, place, at)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


@transaction.atomic
def _try_password(username: str, password: str, place: Place | None, at: datetime) -> PersonRef | Refusal:
    counters = places.lock_counters(username, place, factor=False, at=at)
    if (blocked := _blocked(counters, at)) is not None:
        return blocked
    person = Person.objects.filter(username=username, status="ACTIVE").first()
    # An unknown name costs as much time as a known one.
    fits = password_fits(password, person.password) if person else not password_fits(password, _decoy()) and False
    if person is None or not fits:
        return _count_failure(username, place, counters, person, at, what="password")
    return queries.person_ref(person.id)


@implements("wushen-2021-60:4(3)")
def check_factor(*, person_id: UUID, code: str, place: Place | None = None, at: datetime) -> PersonRef:
    """The person, if `code` is what the authenticator shows, or an unused recovery code; each works once.

    Raises FactorWrong, FactorReplayed, FactorNotEnrolled or SignInBlocked.
    """
    outcome = _try_factor(person_id, "".join(code.split()), place, at)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


@transaction.atomic
def _try_factor(person_id: UUID, code: str, place: Place | None, at: datetime) -> PersonRef | Refusal:
    person = queries.person_for_update(person_id)
    policies.check_active(person)
    if person.totp_confirmed_at is None:
        return FactorNotEnrolled(field="code")
    counters = places.lock_counters(person.username, place, factor=True, at=at)
    if (blocked := _blocked(counters, at)) is not None:
        return blocked
    step = _step_of(person, code, at)
    if step is not None and step in person.totp_used:
        _count_failure(person.username, place, counters, person, at, what="replay")
        return FactorReplayed(field="code")
    if step is not None:
        person.totp_used = [*person.totp_used, step][-_STEPS_KEPT:]
        person.save(update_fields=["totp_used"])
    elif not _use_recovery_code(person, code, at):
        refused = _count_failure(person.username, place, counters, person, at, what="factor")
        return refused if isinstance(refused, SignInBlocked) else FactorWrong(field="code")
    places.settle(person.username, place)
    return queries.person_ref(person_id)


@transaction.atomic
def record_sign_in(*, person_id: UUID, token: str = "", at: datetime) -> str:
    """Record that the person is signed in with both factors; gives the token by which this browser is known from now on."""
    person = queries.person_for_update(person_id)
    person.signed_in_at = at
    person.save(update_fields=["signed_in_at"])
    record_act(kind="person:signed_in", subject=("person", person_id), by=_JOB, at=at, concerns=[person.department_id])
    return places.remember_browser(person_id, token, at=at)


@transaction.atomic
def record_sign_out(*, person_id: UUID, idle: bool = False, at: datetime) -> None:
    """Record that a session ended: by the person, or by standing idle."""
    person = queries.person_for_update(person_id)
    kind = "person:session_expired" if idle else "person:signed_out"
    record_act(kind=kind, subject=("person", person_id), by=_JOB, at=at, concerns=[person.department_id])


def change_password(*, person_id: UUID, old: str, new: str, by: Actor, at: datetime) -> PersonRef:
    """Replace the password, the first one included; the signing key is sealed anew under it. Only the person does this."""
    permissions.check_self(by, person_id)
    outcome = _try_password(queries.person_ref(person_id).username, old, None, at)
    if isinstance(outcome, SignInRefused):
        raise SignInRefused("The present password is not right.", field="old_password", **outcome.values)
    if isinstance(outcome, Refusal):
        raise outcome
    return _replace_password(person_id, old, new, by=by, at=at)


@transaction.atomic
def _replace_password(person_id: UUID, old: str, new: str, *, by: Actor, at: datetime) -> PersonRef:
    person = queries.person_for_update(person_id)
    history = policies.rules()["password_history"]
    kept = list(OldPassword.objects.filter(person=person).order_by("-replaced_at").values_list("password", flat=True)[:history])
    policies.check_password_strength(new, person=person, old_hashes=[person.password, *kept])
    OldPassword.objects.create(person=person, password=person.password, replaced_at=at)
    first = person.must_change_password
    person.password, person.must_change_password, person.password_changed_at = make_password(new), False, at
    person.save(update_fields=["password", "must_change_password", "password_changed_at"])
    reseal_signing_key(person, old=old, new=new)
    record_act(
        kind="person:password_changed", subject=("person", person_id), by=by, at=at, detail={"first": first},
        concerns=[person.department_id],
    )  # fmt: skip
    return queries.person_ref(person_id)


@transaction.atomic
def enrol_totp(*, person_id: UUID, anew: bool = True, by: Actor, at: datetime) -> str:
    """A new secret for the person's authenticator, in Base32; it counts only after `confirm_totp`.

    `anew=False` gives the one that waits to be confirmed: the telephone has it already, only the code was mistyped.
    """
    permissions.check_self(by, person_id)
    person = queries.person_for_update(person_id)
    if person.totp_confirmed_at is not None:
        raise FactorEnrolledAlready()
    if person.totp_sealed is not None and not anew:
        return base64.b32encode(open_secret(master_key(), bytes(person.totp_sealed), _SECRET_CONTEXT)).decode("ascii")
    secret = secrets.token_bytes(20)
    person.totp_sealed = seal_secret(master_key(), secret, _SECRET_CONTEXT)
    person.save(update_fields=["totp_sealed"])
    return base64.b32encode(secret).decode("ascii")


@transaction.atomic
def confirm_totp(*, person_id: UUID, code: str, by: Actor, at: datetime) -> list[str]:
    """Take the authenticator into use when it shows the right code; returns the recovery codes, which are shown only once."""
    permissions.check_self(by, person_id)
    person = queries.person_for_update(person_id)
    if person.totp_confirmed_at is not None:
        raise FactorEnrolledAlready()
    step = _step_of(person, "".join(code.split()), at)
    if step is None:
        raise FactorWrong(field="code")
    person.totp_confirmed_at, person.totp_used = at, [step]
    person.save(update_fields=["totp_confirmed_at", "totp_used"])
    codes = [f"{secrets.randbelow(10**5):05d}-{secrets.randbelow(10**5):05d}" for _ in range(_RECOVERY_CODES)]
    RecoveryCode.objects.filter(person=person).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(person=person, digest=_digest(code)) for code in codes)
    record_act(
        kind="person:factor_enrolled", subject=("person", person_id), by=by, at=at, concerns=[person.department_id]
    )  # fmt: skip
    return codes


def _step_of(person: Person, code: str, at: datetime) -> int | None:
    if person.totp_sealed is None:
        return None
    return totp.step_of(open_secret(master_key(), bytes(person.totp_sealed), _SECRET_CONTEXT), code, at)


def _use_recovery_code(person: Person, code: str, at: datetime) -> bool:
    text = code if "-" in code else f"{code[:5]}-{code[5:]}"
    row = RecoveryCode.objects.select_for_update().filter(person=person, digest=_digest(text), used_at=None).first()
    if row is None:
        return False
    row.used_at = at
    row.save(update_fields=["used_at"])
    record_act(
        kind="person:recovery_code_used", subject=("person", person.id), by=_JOB, at=at, concerns=[person.department_id]
    )  # fmt: skip
    return True


def _blocked(counters: list[SignInCounter], at: datetime) -> SignInBlocked | None:
    until = places.blocked_until(counters, at)
    return None if until is None else SignInBlocked(until=_shown(until, at))


def _shown(until: datetime, at: datetime) -> str:
    here = timezone.localtime(until)
    return f"{here:%H:%M}" if here.date() == timezone.localtime(at).date() else f"{here:%Y-%m-%d %H:%M}"


def _count_failure(
    username: str, place: Place | None, counters: list[SignInCounter], person: Person | None, at: datetime, *, what: str
) -> Refusal:
    rules = policies.rules()
    places.count_failure(username, place, counters, factor=what != "password", at=at)
    # What was typed is never recorded: people type passwords into the wrong field.
    subject = ("person", person.id if person else "unknown")
    concerns = [person.department_id] if person else []
    record_act(kind="person:sign_in_failed", subject=subject, by=_JOB, at=at, detail={"what": what}, concerns=concerns)
    if (blocked := _blocked(counters, at)) is not None:
        record_act(kind="person:sign_in_blocked", subject=subject, by=_JOB, at=at, concerns=concerns)
        return blocked
    return SignInRefused(limit=rules["failures"], minutes=rules["block_minutes"])


def _digest(text: str) -> str:
    return hmac.new(master_key(), text.encode("utf-8"), hashlib.sha256).hexdigest()


_decoys: list[str] = []


def _decoy() -> str:
    if not _decoys:
        _decoys.append(make_password(secrets.token_urlsafe(12)))
    return _decoys[0]
