"""Tickets: the site's signed word that one person may have one thing from the gateway, once, within a minute.

A ticket is text for an address, `BASE64URL(body).BASE64URL(signature)`, signed with the platform's key. It carries terms as a
grant does, so the gateway shows through the same policy what it would let flow.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gongxiang.protocol.canonical import canonical, parse_instant
from gongxiang.protocol.clock import check_aware
from gongxiang.protocol.errors import TicketAltered, TicketExpired
from gongxiang.protocol.signing import Signer, verify
from gongxiang.protocol.terms import Purpose, Terms

#: How long a ticket lives.
LIFETIME = timedelta(seconds=60)
#: Ticket kinds: rows as a grant lets them flow; rows that a node gave when its table was tried at mounting.
SAMPLE = "sample"
MOUNT = "mount"
#: Key and values of a doubtful record: to deposit them under a grant, and to read them there.
CLAIM, CLAIM_READ = "claim", "claim_read"
#: A version of a file: a person of the provider deposits it, a named handler of the consumer fetches it.
FILE_DEPOSIT, FILE_FETCH = "file_deposit", "file_fetch"


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One ticket; `grant_id` is None where a published resource is looked at without a grant."""

    ticket_id: UUID
    kind: str
    #: Who it was given to: a person's id, for the record only.
    person: str
    resource_id: UUID
    grant_id: UUID | None
    purpose: Purpose
    #: None at mounting, where the node masked the rows before they left it, and for files, where the orders say the terms.
    terms: Terms | None
    issued_at: datetime
    #: Number of the matter for which it is used.
    matter: str = ""
    #: The trial at mounting whose rows are shown.
    trial_id: UUID | None = None
    #: The case a claim belongs to, or the version of a file that is fetched.
    subject: UUID | None = None

    @property
    def expires_at(self) -> datetime:
        """The exclusive end of its life."""
        return self.issued_at + LIFETIME


def issue_ticket(ticket: Ticket, signer: Signer) -> str:
    """The ticket's text, signed by the platform."""
    body = canonical(ticket)
    return f"{_pack(body)}.{_pack(signer.sign(body).encode('ascii'))}"


def number_of(text: str) -> UUID:
    """The number of a ticket just issued, which its evidence goes by; nothing is verified."""
    return _parse(json.loads(_unpack(text.partition(".")[0]))).ticket_id


def read_ticket(text: str, *, public_key: str, at: datetime) -> Ticket:
    """The ticket in `text`; raises TicketAltered or TicketExpired. Whether it was used, only the gateway knows."""
    try:
        packed, _, signature = text.partition(".")
        body = _unpack(packed)
        genuine = verify(public_key, body, _unpack(signature).decode("ascii"))
    except (ValueError, binascii.Error) as error:
        raise TicketAltered from error
    if not genuine:
        raise TicketAltered
    ticket = _parse(json.loads(body))
    if not ticket.issued_at - LIFETIME <= check_aware(at) < ticket.expires_at:
        raise TicketExpired
    return ticket


def _parse(value: Any) -> Ticket:
    try:
        return Ticket(
            ticket_id=UUID(value["ticket_id"]),
            kind=str(value["kind"]),
            person=str(value["person"]),
            resource_id=UUID(value["resource_id"]),
            grant_id=UUID(value["grant_id"]) if value["grant_id"] else None,
            purpose=Purpose(value["purpose"]),
            terms=Terms.from_json(value["terms"]) if value["terms"] is not None else None,
            issued_at=parse_instant(value["issued_at"]),
            matter=str(value.get("matter") or ""),
            trial_id=UUID(value["trial_id"]) if value.get("trial_id") else None,
            subject=UUID(value["subject"]) if value.get("subject") else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TicketAltered("The ticket cannot be read: {said}", said=error) from error


def _pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _unpack(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
