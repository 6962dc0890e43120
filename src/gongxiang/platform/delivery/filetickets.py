"""Tickets with which people bring and take files (办法 19(3), 17): the content passes by the gateway, never here."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.delivery import errors, files, permissions, policies
from gongxiang.platform.delivery.models_files import FileVersion
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import handlers
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants.serving import FILE
from gongxiang.platform.grants.states import ACTIVE
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.files import STATEMENT
from gongxiang.protocol.terms import Purpose
from gongxiang.protocol.tickets import FILE_DEPOSIT, FILE_FETCH, Ticket, issue_ticket


@implements("wushen-2021-60:19(3)", "wushen-2021-60:17", "wushen-2021-60:4(1)")
@transaction.atomic
def ask_to_deposit(*, resource_id: UUID, no_state_secrets: bool, by: Actor, at: datetime) -> str:
    """A ticket with which a person of the provider brings one version to the gateway: once, within a minute.

    Raises FilesClosed, SecrecyNotStated or NotPermitted. What is stated about secrets is kept with the ticket.
    """
    delivery = files.get_delivery(resource_id, actor=by)
    permissions.check_for_department(permissions.DEPOSIT_FILE, by, delivery.provider_id)
    if delivery.closed_at is not None:
        raise errors.FilesClosed()
    if not no_state_secrets:
        raise errors.SecrecyNotStated(field="no_state_secrets")
    ticket = _ticket(FILE_DEPOSIT, resource_id, by=by, at=at)
    record_act(
        kind="file_delivery:deposit_asked", subject=("file_delivery", resource_id), by=by, at=at,
        basis=("wushen-2021-60:19(3)", "wushen-2021-60:4(1)"), after={"ticket": ticket.ticket_id, "statement": STATEMENT},
        **files.seen_by(delivery),
    )  # fmt: skip
    return issue_ticket(ticket, link.platform_key())


@implements("wushen-2021-60:19(3)", "wushen-2021-60:22.1", "wushen-2021-60:22.2", "wushen-2021-60:22.3")
@transaction.atomic
def ask_to_fetch(*, grant_id: UUID, file_id: UUID, purpose: str, matter: str, by: Actor, at: datetime) -> str:
    """A ticket with which a named handler takes one version from the gateway, as far as the grant says.

    Raises FetchNotPossible, NotAHandler, PurposeNotGranted, MatterMissing, FileGone, NotFound or NotPermitted.
    """
    grant = grants.get_grant(grant_id, actor=by)
    permissions.check_for_department(permissions.FETCH_FILE, by, grant.consumer_id)
    assert isinstance(by, Person)
    handlers.check_handler(by, grant_id, at)
    row = FileVersion.objects.filter(pk=file_id, resource_id=grant.resource_id).first()
    if grant.mode != FILE or row is None:
        raise NotFound()
    if grant.status != ACTIVE or not files.is_delivered(grant.resource_id):
        raise errors.FetchNotPossible()
    if row.destroyed_at is not None or row.withdrawn_at is not None:
        raise errors.FileGone(version=row.version)
    policies.check_purpose(grants.current_terms(grant_id).purposes, purpose)
    policies.check_matter(matter)
    ticket = _ticket(
        FILE_FETCH, grant.resource_id, by=by, at=at, grant_id=grant_id, subject=file_id, purpose=Purpose(purpose),
        matter=matter.strip(),
    )  # fmt: skip
    record_act(
        kind="file_delivery:fetch_asked", subject=("file_delivery", grant.resource_id), by=by, at=at,
        basis=("wushen-2021-60:19(3)", "wushen-2021-60:22.2"),
        after={"ticket": ticket.ticket_id, "version": row.version, "purpose": purpose, "matter": ticket.matter},
        concerns=(grant.provider_id, grant.consumer_id, parties.authority().id),
        trail=(f"calls:{grant_id}", f"file:{file_id}"),
    )  # fmt: skip
    return issue_ticket(ticket, link.platform_key())


def _ticket(
    kind: str, resource_id: UUID, *, by: Actor, at: datetime, grant_id: UUID | None = None, subject: UUID | None = None,
    purpose: Purpose = Purpose.REFERENCE, matter: str = "",
) -> Ticket:  # fmt: skip
    assert isinstance(by, Person)
    return Ticket(
        ticket_id=new_id(), kind=kind, person=str(by.id), resource_id=resource_id, grant_id=grant_id, purpose=purpose,
        terms=None, issued_at=at, matter=matter, subject=subject,
    )  # fmt: skip
