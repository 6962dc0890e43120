"""Officers' signatures: an SM2 key per person, kept by the server, opened by password and second factor for one signature."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import permissions, queries
from gongxiang.platform.parties.actions.keystore import open_or_make
from gongxiang.platform.parties.actions.sign_in import check_factor, check_password
from gongxiang.platform.parties.errors import PasswordChangeDue, SignInRefused


@dataclass(frozen=True, kw_only=True)
class OfficerSignature:
    """A signature of `data` by a person, verifiable with `gongxiang.protocol.signing.verify`."""

    person_id: UUID
    name: str
    post: str
    public_key: str
    signature: str
    signed_at: datetime


def sign_as_officer(*, data: bytes, password: str, code: str, by: Actor, at: datetime) -> OfficerSignature:
    """Sign `data` with the acting person's own key; both factors are asked, the key pair is made at the first signature.

    Call it before the act's transaction, not inside: a wrong code must be counted even though the act fails.
    """
    person_id = permissions.person_of(by)
    ref = queries.person_ref(person_id)
    try:
        check_password(username=ref.username, password=password, at=at)
    except SignInRefused as refused:
        raise SignInRefused("Your password is not right.", field="password", **refused.values) from None
    if ref.must_change_password:
        raise PasswordChangeDue()
    check_factor(person_id=person_id, code=code, at=at)
    with transaction.atomic():
        person = queries.person_for_update(person_id)
        key = open_or_make(person, password, by=by, at=at)
        return OfficerSignature(
            person_id=person_id,
            name=person.name,
            post=person.post,
            public_key=key.public_key,
            signature=key.sign(data),
            signed_at=at,
        )
