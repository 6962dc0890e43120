"""Tickets to the gateway for one case: to deposit key and values of the record there, and to read them; never here."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.corrections import actions, errors, permissions, policies, queries, states
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, CallingSystem, Person
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.ids import new_id
from gongxiang.protocol.terms import Purpose
from gongxiang.protocol.tickets import CLAIM, CLAIM_READ, Ticket, issue_ticket


@implements("cn-809:26.2", "wushen-2021-60:15")
@transaction.atomic
def ask_to_deposit(*, correction_id: UUID, by: Actor, at: datetime) -> str:
    """A ticket with which the reporting department's browser or system takes the claim to the gateway: once, in a minute."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.CARRY, by, row.consumer_id)
    # As long as it can be verified.
    states.CORRECTION.find("assign", row.status)
    if grants.live_grant(row.grant_id) is None:
        raise errors.GrantClosed()
    return _ticket(CLAIM, row.pk, row.resource_id, row.grant_id, by=by, at=at)


@implements("cn-809:26.2", "wushen-2021-60:14")
@transaction.atomic
def ask_to_read(*, correction_id: UUID, by: Actor, at: datetime) -> str:
    """A ticket with which either side's browser or system reads the claim at the gateway; who read it is recorded there."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.CARRY, by, row.consumer_id, row.provider_id, row.forwarded_from_id)
    if row.claim_at is None:
        raise errors.ClaimMissing()
    policies.check_claim_kept(row.status)
    return _ticket(CLAIM_READ, row.pk, row.resource_id, row.grant_id, by=by, at=at)


def _ticket(kind: str, case: UUID, resource_id: UUID, grant_id: UUID, *, by: Actor, at: datetime) -> str:
    if not isinstance(by, (Person, CallingSystem)):
        raise NotPermitted()
    terms = grants.current_terms(grant_id)
    purpose = Purpose.VERIFICATION if Purpose.VERIFICATION in terms.purposes or not terms.purposes else terms.purposes[0]
    ticket = Ticket(
        ticket_id=new_id(),
        kind=kind,
        person=str(by.id),
        resource_id=resource_id,
        grant_id=grant_id,
        purpose=purpose,
        terms=terms,
        issued_at=at,
        subject=case,
    )
    record_act(
        kind=f"correction:{'deposit' if kind == CLAIM else 'reading'}_asked", subject=("correction", case), by=by, at=at,
        basis=("cn-809:26.2", "wushen-2021-60:14"), after={"ticket": ticket.ticket_id},
        **actions.seen_by(queries.get_for_update(case)),
    )  # fmt: skip
    return issue_ticket(ticket, link.platform_key())
