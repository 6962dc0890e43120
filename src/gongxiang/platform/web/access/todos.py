"""What waits for a person in access requests."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.access import queries, queries_extension, states, talking
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.web.todos import Figure, Todo

_OFFICE = (Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER)
_AUTHORITY = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER)


def todos(actor: Person, at: datetime) -> list[Todo]:
    """Requests whose next act is this person's."""
    found: list[Todo] = []
    if actor.has(*_OFFICE):
        found += [_todo(r, kind) for r in queries.waiting_for(actor, side="consumer") if (kind := _as_consumer(r, actor))]
        found += [_todo(r, kind) for r in queries.waiting_for(actor, side="provider") if (kind := _as_provider(r, actor))]
    for one, count in talking.unread_requests(actor):
        found.append(
            Todo(
                kind=_("Read the messages"), title=f"{one.number} {one.resource_name} ({count})",
                url=reverse("access:thread", args=[one.id]),
            )
        )  # fmt: skip
    if actor.has(Role.AUTHORITY_LEADER):
        asked = [one for one, asking in queries_extension.asked_extensions(actor) if asking.asked_by_id != actor.id]
        found += [_todo(one, _("Decide on the extension")) for one in asked]
    if actor.has(*_AUTHORITY):
        found += [_todo(r, kind) for r in queries.waiting_for(actor, side="authority") if (kind := _as_authority(r, actor))]
    return found


def figures(actor: Person, at: datetime) -> list[Figure]:
    """Open requests of the department."""
    if not actor.has(*_OFFICE):
        return []
    mine = queries.find_access_requests(actor=actor, box="mine", statuses=states.OPEN).count()
    theirs = queries.find_access_requests(actor=actor, box="to_answer").count()
    return [
        Figure(label=_("Our open requests"), value=mine, url=reverse("access:mine"), icon="send"),
        Figure(label=_("Requests to answer"), value=theirs, url=reverse("access:replies"), icon="inbox"),
    ]


def _todo(request: AccessRequestView, kind: Promise) -> Todo:
    return Todo(
        kind=kind,
        title=f"{request.resource_name} · {request.consumer_name}",
        url=reverse("access:detail", args=[request.id]),
        due_at=request.due_at,
        basis=(request.due_basis,) if request.due_basis and request.due_at else (),
    )


def _as_consumer(request: AccessRequestView, actor: Person) -> Promise | None:
    match request.status:
        case states.PRESENTED if actor.has(Role.ACCOUNTABLE_OFFICER) and actor.id != request.drafted_by_id:
            return _("Consent to the request")
        case states.CONSENTED if actor.has(Role.CLERK):
            return _("Submit the request")
        case states.INCOMPLETE if actor.has(Role.CLERK):
            return _("Complete the request")
        case states.DRAFT if actor.id in (request.drafted_by_id, *request.handlers):
            return _("Finish the draft")
    return None


def _as_provider(request: AccessRequestView, actor: Person) -> Promise | None:
    if request.prepared is not None:
        may = actor.has(Role.ACCOUNTABLE_OFFICER) and actor.id != request.prepared_by_id
        return _("Consent to the reply") if may else None
    if request.status == states.IN_CONSULTATION:
        return None  # The dispute is what waits, until a reply lies ready.
    return _("Prepare the reply") if actor.has(Role.CLERK, Role.REVIEWER) else None


def _as_authority(request: AccessRequestView, actor: Person) -> Promise | None:
    if request.prepared is not None and request.prepared_for == "authority":
        return _("Decide the request") if actor.has(Role.AUTHORITY_LEADER) and actor.id != request.prepared_by_id else None
    return _("Prepare the decision") if actor.has(Role.AUTHORITY_OFFICER) else None


def _waiting(*boxes: str) -> Callable[[Person], int]:
    return lambda actor: sum(queries.find_access_requests(actor=actor, box=box).count() for box in boxes)


#: Counts beside the entries of the menu.
COUNTED = {
    "access:consents": _waiting("to_consent", "reply_to_consent"),
    "access:replies": _waiting("to_answer"),
    "access:mediations": _waiting("to_decide", "extensions"),
}
