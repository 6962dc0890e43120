"""What several acts of the room share: who sees a record, the clock's fields, and what a request lacks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.access import ban, errors, policies, queries
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.agreements import policies as agreements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.catalogue.vocabulary import SharingType
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook


@implements("wushen-2021-60:6")
def resource_of(resource_id: UUID) -> ResourceRef:
    """The published resource; raises NotPublished or ResourceWithheld, and NotFound for what never was."""
    resource = catalogue.get_resource(resource_id)
    if not resource.version:
        raise NotFound()
    if resource.sharing_type == SharingType.WITHHELD:
        raise errors.ResourceWithheld(name=resource.name)
    if not resource.is_published:
        raise errors.NotPublished(name=resource.name)
    return resource


@implements("wushen-2021-60:21(1)", "cn-809:20.3", "cn-809:27.2")
def is_unconditional(resource: ResourceRef, *, consumer_id: UUID, changes_grant_id: UUID | None) -> bool:
    """Whether the standing consent covers this consumer's request.

    It neither changes a grant that a person gave nor goes around a suspension, or an end, for misuse or security: those
    requests the provider's officer answers (our choice).
    """
    if resource.sharing_type != SharingType.UNCONDITIONAL or resource.standing_consent is None:
        return False
    if changes_grant_id is not None:
        earlier = grants.live_grant(changes_grant_id)
        if earlier is None or not earlier.standing_consent:
            return False
    return not grants.held_against(consumer_id=consumer_id, resource_id=resource.id)


@implements("wushen-2021-60:22.3")
def check_grant_changeable(grant_id: UUID, *, resource_id: UUID, consumer_id: UUID) -> None:
    """Raise GrantNotChangeable unless the grant is live and of this resource and consumer."""
    grant = grants.live_grant(grant_id)
    if grant is None or grant.resource_id != resource_id or grant.consumer_id != consumer_id:
        raise errors.GrantNotChangeable()


@implements("cn-809:20.2")
def grant_to_revise(request: AccessRequest) -> UUID | None:
    """The grant that a granting reply revises; None where a new one is issued.

    A renewal whose grant ran out meanwhile becomes a new grant: nothing is revived, and nothing is lost but the days between.
    """
    earlier = request.grant_id or request.changes_grant_id
    if earlier is None:
        return None
    if request.kind == "renewal" and request.grant_id is None and grants.ran_out(earlier):
        return None
    check_grant_changeable(earlier, resource_id=request.resource_id, consumer_id=request.consumer_id)
    return earlier


def find_problems(request: AccessRequest, *, at: datetime) -> list[Refusal]:
    """Everything that keeps the request from being submitted now, each with its article."""
    try:
        resource = resource_of(request.resource_id)
    except Refusal as refusal:
        return [refusal]
    problems: list[Refusal] = []
    if request.changes_grant_id is not None:
        try:
            grant_to_revise(request)
        except Refusal as refusal:
            problems.append(refusal)
    if resource.scope_departments and request.consumer_id not in resource.scope_departments:
        problems.append(errors.OutsideScope())
    for side, department_id in (("consumer", request.consumer_id), ("provider", request.provider_id)):
        try:
            agreements.check_in_force(department_id, at, side=side)
        except Refusal as refusal:
            problems.append(refusal)
    problems += policies.find_shortfalls(
        request,
        declared_purposes=[str(p) for p in resource.purposes],
        specs=catalogue.element_specs(request.resource_id),
        offered_modes=[kind.lower() for kind in resource.content.kinds],
        at=at,
    )
    problems += _people_and_ban(request, at)
    twin = queries.open_twin(
        consumer_id=request.consumer_id, resource_id=request.resource_id, purposes=request.purposes, besides=request.pk
    )
    if twin:
        problems.append(errors.TwinOpen(number=twin))
    return problems


@implements("wushen-2021-60:22.1", "wushen-2021-60:22.4", "cn-809:25.1")
def _people_and_ban(request: AccessRequest, at: datetime) -> list[Refusal]:
    """Handlers who are there, and the ban in the text of today."""
    problems: list[Refusal] = []
    if not request.handlers:
        problems.append(errors.HandlersMissing(field="handlers"))
    elif not set(request.handlers) <= {one.id for one in staff_of(request.consumer_id)}:
        problems.append(errors.HandlerUnknown(field="handlers"))
    if request.ban_accepted_at is not None and request.ban_version != ban.text_on(at).version:
        problems.append(errors.BanTextChanged(field="ban"))
    return problems


def staff_of(department_id: UUID) -> list[parties.PersonRef]:
    """The people of a department whose accounts are not closed; for the room, which shows names to both sides of a request."""
    found = parties.people(System(name="access"), department_id=department_id)
    return [one for one in found if one.status != "LEFT"]


@implements("wushen-2021-60:2.2")
def check_departments(request: AccessRequest) -> None:
    """Raise CircumstancesChanged where a side was merged away since: nothing is granted by or to it."""
    for department_id in (request.consumer_id, request.provider_id):
        if parties.department_ref(department_id).status != "ACTIVE":
            raise errors.CircumstancesChanged()


def clock_changes(rule: str, start: datetime) -> dict[str, Any]:
    """The fields of a clock that starts now under the rule in force."""
    deadline = rulebook.deadline(rule, start=start)
    return {
        "clock_from": start,
        "due_at": deadline.due_at,
        "due_basis": deadline.basis,
        "due_rule": deadline.rule,
        "due_provisional": deadline.provisional,
        "extension_days": 0,
    }


def seen_by(request: AccessRequest, *, submitting: bool = False) -> dict[str, Any]:
    """Who may see the record, and to which trails it belongs; what was not submitted concerns its own department only."""
    concerns = {request.consumer_id}
    if submitting or request.submitted_at is not None:
        concerns |= {request.provider_id, parties.authority().id}
    tags = [f"resource:{request.resource_id}"]
    tags += [f"grant:{grant}" for grant in {request.grant_id, request.changes_grant_id} if grant]
    return {"concerns": concerns, "trail": tags}
