"""What changed around a request since it was made, and what follows from it; shown on its page, enforced by the acts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongxiang.platform.access import ban, states
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.access.records import staff_of
from gongxiang.platform.agreements import policies as agreements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants.queries import GrantView
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.parties import queries as parties


@dataclass(frozen=True, kw_only=True)
class Circumstance:
    """One thing that is different now; `code` says which, `name` of what."""

    code: str
    name: str = ""


def circumstances(request: AccessRequestView, at: datetime) -> list[Circumstance]:
    """Everything that changed around an open request; empty for one that is closed."""
    if request.status not in states.OPEN:
        return []
    found = []
    resource = catalogue.get_resource(request.resource_id)
    if not resource.is_published:
        found.append(Circumstance(code="resource_withdrawn", name=request.resource_name))
    elif resource.name != request.resource_name:
        found.append(Circumstance(code="resource_renamed", name=resource.name))
    found += of_parties(request, at)
    staff = {one.id for one in staff_of(request.consumer_id)}
    if request.ready_reply is not None and request.prepared_by_id not in _known(request):
        found.append(Circumstance(code="preparer_left", name=request.prepared_by))
    if request.drafted_by_id not in staff:
        found.append(Circumstance(code="drafter_left", name=request.drafted_by))
    if set(request.handlers) - staff - {request.drafted_by_id}:
        found.append(Circumstance(code="handler_left"))
    if request.submitted_at is None and request.ban_version and request.ban_version != ban.text_on(at).version:
        found.append(Circumstance(code="ban_changed"))
    if request.changes_grant_id is not None and grants.live_grant(request.changes_grant_id) is None:
        found.append(Circumstance(code="grant_ran_out" if request.kind == "renewal" else "grant_ended"))
    return found


def of_parties(case: AccessRequestView | GrantView, at: datetime) -> list[Circumstance]:
    """What changed of the two departments of a request or grant: merged, renamed, without agreement or without an officer."""
    found = []
    for side, department_id, name in (
        ("consumer", case.consumer_id, case.consumer_name),
        ("provider", case.provider_id, case.provider_name),
    ):
        department = parties.department_ref(department_id)
        if department.status != "ACTIVE":
            found.append(Circumstance(code=f"{side}_gone", name=name))
        elif department.name != name:
            found.append(Circumstance(code=f"{side}_renamed", name=department.name))
        try:
            agreements.check_in_force(department_id, at, side=side)
        except Refusal:
            found.append(Circumstance(code=f"{side}_agreement", name=department.name))
        if not department.is_authority and not parties.people_with(Role.ACCOUNTABLE_OFFICER, department_id):
            found.append(Circumstance(code=f"{side}_officer", name=department.name))
    return found


def _known(request: AccessRequestView) -> set[UUID]:
    """Who may have prepared the reply and is still there: the provider's people, and the authority's."""
    departments = {request.provider_id, parties.authority().id}
    return {one.id for department_id in departments for one in staff_of(department_id)}
