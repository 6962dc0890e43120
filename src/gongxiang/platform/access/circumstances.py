"""What changed around a request since it was made, and what follows from it; shown on its page, enforced by the acts."""

from dataclasses import dataclass
from datetime import datetime

from gongxiang.platform.access import ban, states
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.access.records import staff_of
from gongxiang.platform.agreements import policies as agreements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.grants import queries as grants
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
    for side, department_id, name in (
        ("consumer", request.consumer_id, request.consumer_name),
        ("provider", request.provider_id, request.provider_name),
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
    staff = {one.id for one in staff_of(request.consumer_id)}
    if request.drafted_by_id not in staff:
        found.append(Circumstance(code="drafter_left", name=request.drafted_by))
    if set(request.handlers) - staff - {request.drafted_by_id}:
        found.append(Circumstance(code="handler_left"))
    if request.submitted_at is None and request.ban_version and request.ban_version != ban.text_on(at).version:
        found.append(Circumstance(code="ban_changed"))
    if request.changes_grant_id is not None and grants.live_grant(request.changes_grant_id) is None:
        found.append(Circumstance(code="grant_ran_out" if request.kind == "renewal" else "grant_ended"))
    return found
