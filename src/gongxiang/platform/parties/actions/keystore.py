"""Officers' key pairs at rest: sealed by a key derived from the password, and that again by the master key; for this room."""

import secrets
from datetime import datetime

from argon2.low_level import Type, hash_secret_raw

from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties.errors import SigningKeyUnreadable
from gongxiang.platform.parties.keys import master_key
from gongxiang.platform.parties.models import Person, SigningKey
from gongxiang.protocol.signing import SecretDamaged, SoftwareKey, generate, open_secret, seal_secret

_OUTER, _INNER = "person.signing_key", "person.signing_key.password"


def reseal_signing_key(person: Person, *, old: str, new: str) -> None:
    """Seal the key in use under the new password: for this room's change of password."""
    row = SigningKey.objects.select_for_update().filter(person=person, retired_at=None).first()
    if row is None:
        return
    secret = _unseal(row, old)
    row.salt = secrets.token_bytes(16)
    row.sealed = _seal(secret, new, bytes(row.salt))
    row.save(update_fields=["salt", "sealed"])


def open_or_make(person: Person, password: str, *, by: Actor, at: datetime) -> SoftwareKey:
    """The person's key in use, opened; made and recorded if there is none."""
    row = SigningKey.objects.select_for_update().filter(person=person, retired_at=None).first()
    if row is not None:
        return SoftwareKey.load(_unseal(row, password))
    key, salt = generate(), secrets.token_bytes(16)
    row = SigningKey.objects.create(
        person=person, public_key=key.public_key, sealed=_seal(key.export(), password, salt), salt=salt, created_at=at
    )
    record_act(
        kind="person:signing_key_made", subject=("person", person.id), by=by, at=at, after={"public_key": key.public_key},
        concerns=[person.department_id],
    )  # fmt: skip
    return key


def _password_key(password: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        password.encode("utf-8"), salt, time_cost=2, memory_cost=19456, parallelism=1, hash_len=32, type=Type.ID
    )


def _seal(secret: bytes, password: str, salt: bytes) -> bytes:
    return seal_secret(master_key(), seal_secret(_password_key(password, salt), secret, _INNER), _OUTER)


def _unseal(row: SigningKey, password: str) -> bytes:
    try:
        return open_secret(
            _password_key(password, bytes(row.salt)), open_secret(master_key(), bytes(row.sealed), _OUTER), _INNER
        )
    except SecretDamaged as error:
        raise SigningKeyUnreadable(field="password") from error
