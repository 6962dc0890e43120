"""The demo's accounts: opened, given roles, first change and second factor done, all by the real acts; passwords are random."""

import secrets
import string
from collections.abc import Sequence
from uuid import UUID

from gongxiang.demo.progress import Notes
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.parties import actions, queries, totp
from gongxiang.platform.parties.queries import DepartmentRef
from gongxiang.protocol import clock


def new_password() -> str:
    """A random password that the rules accept."""
    letters = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(14))
    return f"{letters}-Gx{secrets.randbelow(90) + 10}"


class Accounts:
    """Opens accounts and keeps what their owners would know."""

    def __init__(self, notes: Notes, *, system_admin: Person, security_admin: Person) -> None:
        self.notes = notes
        self.system_admin = system_admin
        self.security_admin = security_admin

    def open(self, department: DepartmentRef, username: str, name: str, roles: Sequence[Role], post: str = "") -> Person:
        """An account with its roles, ready to sign in."""
        ref, password = actions.create_account(
            department_id=department.id, username=username, name=name, post=post, by=self.system_admin, at=clock.now()
        )
        for role in roles:
            actions.grant_role(person_id=ref.id, role=role, by=self.security_admin, at=clock.now())
        return settle_in(self.notes, ref.id, username=username, first_password=password)


def credentials(notes: Notes, person: Person) -> dict[str, str]:
    """Password and one of the recovery codes of a person who signs: several signatures fit into the half minute of one code."""
    known = next(a for a in notes.accounts.values() if a["id"] == str(person.id))
    return {"password": known["password"], "code": known["recovery_codes"].pop()}


def settle_in(notes: Notes, person_id: UUID, *, username: str, first_password: str) -> Person:
    """What a person does at the first sign-in: change the password, take the second factor into use."""
    actor, password, at = queries.actor_of(person_id, clock.now()), new_password(), clock.now()
    actions.change_password(person_id=person_id, old=first_password, new=password, by=actor, at=at)
    secret = actions.enrol_totp(person_id=person_id, by=actor, at=at)
    code = totp.code_at(secret, clock.now())
    recovery_codes = actions.confirm_totp(person_id=person_id, code=code, by=actor, at=clock.now())
    notes.accounts[username] = {
        "id": str(person_id), "name": actor.name, "password": password, "totp_secret": secret,
        "role": ",".join(sorted(actor.roles)), "department": actor.department, "recovery_codes": recovery_codes,
    }  # fmt: skip
    notes.save()
    return actor
