"""Consent to pass elements to a third party (条例 25.1); without it the ban of 办法 22.4 stands."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.evidence.actions import open_record, transition
from gongxiang.platform.grants import errors_use as errors
from gongxiang.platform.grants import permissions, policies, queries, states_use
from gongxiang.platform.grants.models import Grant, ThirdPartyConsent
from gongxiang.platform.grants.paper import withdraw_papers
from gongxiang.platform.grants.shared import next_number, seen_by
from gongxiang.platform.grants.states import ACTIVE, SUSPENDED
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotFound
from gongxiang.platform.kernel.ids import new_id

SHORTEST = 4


@implements("cn-809:25.1", "wushen-2021-60:22.4")
@transaction.atomic
def ask_third_party(
    *, grant_id: UUID, third_party: str, elements: Sequence[str], purpose: str, legal_basis: str, safeguards: str,
    until_on: date, by: Actor, at: datetime,
) -> ThirdPartyConsent:  # fmt: skip
    """The consumer's accountable officer asks the provider to consent: whom, which elements, for what, until when."""
    grant = queries.get_for_update(grant_id)
    permissions.check_own_department(permissions.ASK_THIRD_PARTY, by, grant.consumer_id)
    if grant.status not in (ACTIVE, SUSPENDED):
        raise errors.GrantNotLive()
    said = {"third_party": third_party, "purpose": purpose, "legal_basis": legal_basis, "safeguards": safeguards}
    for name, text in said.items():
        if len(text.strip()) < SHORTEST:
            raise errors.SaidTooLittle(field=name)
    given = queries.current_terms(grant_id).elements
    if not elements or (foreign := [code for code in elements if code not in given]):
        raise errors.ElementsNotGranted(field="elements", elements=", ".join(foreign if elements else given))
    until = end_of_day(until_on)
    if not at < until <= grant.valid_until:
        raise errors.ThirdPartyPeriodUnfit(field="until_on")
    row = ThirdPartyConsent(
        id=new_id(), number=next_number("DS", at), grant=grant, elements=sorted(set(elements)), until_at=until, asked_at=at,
        asked_by=by.name, **{name: text.strip() for name, text in said.items()},
    )  # fmt: skip
    open_record(
        row, table=states_use.THIRD_PARTY, act="ask", by=by, at=at,
        after={"number": row.number, "third_party": row.third_party, "elements": row.elements, "until": until},
        **seen_by(grant),
    )  # fmt: skip
    return row


@implements("cn-809:25.1")
@transaction.atomic
def decide_third_party(*, consent_id: UUID, consents: bool, opinion: str, by: Actor, at: datetime) -> ThirdPartyConsent:
    """The provider's accountable officer consents or refuses, with reasons."""
    row = for_update(consent_id)
    permissions.check_own_department(permissions.DECIDE_THIRD_PARTY, by, row.grant.provider_id)
    act = "consent" if consents else "refuse"
    states_use.THIRD_PARTY.find(act, row.status)
    policies.check_reasoned("decided", opinion, ("decided",))
    if consents and row.until_at <= at:
        raise errors.ThirdPartyPeriodUnfit()
    changes = {"opinion": opinion.strip(), "decided_at": at, "decided_by": by.name}
    transition(row, table=states_use.THIRD_PARTY, act=act, by=by, at=at, changes=changes, **seen_by(row.grant))
    if consents:
        withdraw_papers(row.grant, reason="已同意向第三方提供，授权书须重新出具。", at=at)
    return row


@implements("cn-809:25.1")
@transaction.atomic
def revoke_third_party(*, consent_id: UUID, reason: str, by: Actor, at: datetime) -> ThirdPartyConsent:
    """The provider or the authority takes the consent back; nothing may be passed on from now."""
    row = for_update(consent_id)
    permissions.check_provider_or_authority(permissions.REVOKE_THIRD_PARTY, by, row.grant.provider_id)
    return _close(row, "revoke", reason, by, at)


@implements("cn-809:25.1")
@transaction.atomic
def withdraw_third_party(*, consent_id: UUID, reason: str, by: Actor, at: datetime) -> ThirdPartyConsent:
    """The consumer no longer needs it."""
    row = for_update(consent_id)
    permissions.check_own_department(permissions.ASK_THIRD_PARTY, by, row.grant.consumer_id)
    return _close(row, "withdraw", reason, by, at)


def end_with_grant(grant: Grant, *, by: Actor, at: datetime) -> None:
    """What was consented or asked falls with the grant; called within that act."""
    for row in ThirdPartyConsent.objects.select_for_update().filter(grant=grant, status__in=("ASKED", "CONSENTED")):
        transition(row, table=states_use.THIRD_PARTY, act="end", by=by, at=at, changes={"closed_at": at}, **seen_by(grant))


def _close(row: ThirdPartyConsent, act: str, reason: str, by: Actor, at: datetime) -> ThirdPartyConsent:
    states_use.THIRD_PARTY.find(act, row.status)
    policies.check_reasoned("closed", reason, ("closed",))
    if row.status == "CONSENTED":
        withdraw_papers(row.grant, reason="向第三方提供的同意已终止，授权书须重新出具。", at=at)
    changes = {"closed_at": at, "closing_reason": reason.strip()}
    transition(row, table=states_use.THIRD_PARTY, act=act, by=by, at=at, changes=changes, **seen_by(row.grant))
    return row


def for_update(consent_id: UUID) -> ThirdPartyConsent:
    """The row with its grant, locked."""
    row = ThirdPartyConsent.objects.select_for_update(of=("self",)).select_related("grant").filter(pk=consent_id).first()
    if row is None:
        raise NotFound()
    return row
