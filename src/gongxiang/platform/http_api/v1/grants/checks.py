"""What stands in the way of acts on grants and their cases: the room's own checks, asked before the act."""

from typing import Any

from gongxiang.platform.grants import (
    destroying,
    errors,
    errors_use,
    permissions,
    policies,
    providing,
    queries,
    queries_rectify,
    queries_use,
    states,
    states_use,
    stopping,
)
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.protocol import clock


def consumer(permission: Permission) -> Any:
    """The department that uses what was granted."""
    return lambda row, actor: permissions.check_own_department(permission, actor, row.grant.consumer_id)


def provider(permission: Permission) -> Any:
    """The department that granted it."""
    return lambda row, actor: permissions.check_own_department(permission, actor, row.grant.provider_id)


def provider_or_authority(permission: Permission) -> Any:
    """The department that granted it, or the authority."""
    return lambda row, actor: permissions.check_provider_or_authority(permission, actor, row.grant.provider_id)


def suspends(row: Any, actor: Any) -> None:
    """The giving side or the authority, and not twice."""
    permissions.check_actor_can_suspend(actor, row.provider_id)
    policies.check_can_suspend(row.status, row.suspend_reason)


def resumes(row: Any, actor: Any) -> None:
    """Who suspended it."""
    permissions.check_actor_can_resume(actor, row.provider_id, suspended_by_authority=row.suspended_by_authority)


def decides(row: Any, actor: Any) -> None:
    """Who may lift the suspension decides on the rectification."""
    resumes(queries.get_grant(row.grant_id, actor=actor), actor)


def rectified(row: Any, actor: Any) -> None:
    """Something was reported that can be accepted."""
    running = [one for one in queries_rectify.rectifications_of(row.id, actor=actor) if one.closed_at is None]
    if not running:
        raise errors.RectificationNotRun()
    states.GRANT.find("resume", row.status)
    states.RECTIFICATION.find("accept", running[0].status)


def ends(row: Any, actor: Any) -> None:
    """One of the two departments, or the authority."""
    permissions.check_actor_can_end(actor, row.provider_id, row.consumer_id)


def declares(row: Any, actor: Any) -> None:
    """What does not pass through the platform, while it is owed."""
    provision = queries_use.provision_of(row.id, actor=actor)
    if provision is None:
        raise NotFound()
    states_use.PROVISION.find("declare", provision.status)
    if providing.is_measured(row):
        raise errors_use.ProvisionIsMeasured()


def answers_provision(row: Any, actor: Any) -> None:
    """What was declared."""
    provision = queries_use.provision_of(row.id, actor=actor)
    if provision is None:
        raise NotFound()
    states_use.PROVISION.find("deny", provision.status)


def disposes(act: str) -> Any:
    """The duty that the end of the grant opened, in the right state."""
    return lambda row, actor: states.DISPOSAL.find(act, _duty(row, actor).status)


def destroys(row: Any, actor: Any) -> None:
    """A table is there, and no order waits."""
    destroying.check_can_order(_duty(row, actor))


def names(row: Any, actor: Any) -> None:
    """Handlers are named for what is granted now."""
    if row.status not in (states.ACTIVE, states.SUSPENDED):
        raise errors_use.GrantNotLive()


def has_handlers(row: Any, actor: Any) -> None:
    """There is somebody to remove."""
    if not any(one.ended_at is None for one in queries_use.handlers_of(row.id, actor=actor)):
        raise NotFound()


def answers_stop(row: Any, actor: Any) -> None:
    """A consumer that was asked and has not answered."""
    asked = [one for one in row.answers if one.consumer_id == actor.department_id]
    if not asked:
        raise NotPermitted()
    if row.status != states.ANNOUNCED:
        raise errors.ObjectionTooLate()
    if all(one.answer for one in asked):
        raise errors.AnsweredAlready()


def not_own(row: Any, actor: Any) -> None:
    """The authority does not file alone what it announced itself."""
    stopping.check_not_own(row.id, row.provider_id, actor)


def files(row: Any, actor: Any) -> None:
    """Every consumer was heard; what held at once is confirmed."""
    states.STOP_NOTICE.find("confirm" if row.kind == "PROTECT" else "file", row.status)
    if not row.heard(clock.now()):
        raise errors.ConsumersNotHeard()


def rejects(row: Any, actor: Any) -> None:
    """Somebody objected."""
    if not row.objections:
        raise errors.NoObjection()


def inspects(row: Any, actor: Any) -> None:
    """The department that announced it."""
    if actor.department_id != row.inspector_id:
        raise NotPermitted()


def _duty(row: Any, actor: Any) -> queries.DisposalView:
    found = queries.disposals(actor=actor, grant_id=row.id)
    if not found:
        raise NotFound()
    return found[0]
