"""Earlier requests like one that has to be answered: what was asked, granted or refused, and why."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from gongxiang.platform.access import states
from gongxiang.platform.access.queries import AccessRequestView, PreparedReply, view_of, visible_to
from gongxiang.platform.kernel.actors import Actor

_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Similar:
    """One earlier request, and in what it is like the one at hand."""

    request: AccessRequestView
    same_resource: bool
    same_consumer: bool
    shared_purposes: tuple[str, ...]
    #: The reply that was given; None while there is none.
    reply: PreparedReply | None
    #: Asked now as then, but refused then.
    refused_elements: tuple[str, ...]

    @property
    def likeness(self) -> int:
        """How like it is: the resource counts most."""
        return 4 * self.same_resource + 2 * self.same_consumer + bool(self.shared_purposes)


def similar_requests(request: AccessRequestView, *, actor: Actor) -> list[Similar]:
    """Answered requests to the same provider that share resource, or applicant and purpose, the most alike first.

    Only what the actor sees anyway: a provider its own department's cases, the authority all.
    """
    rows = visible_to(actor).filter(provider_id=request.provider_id, replied_at__isnull=False).exclude(pk=request.id)
    same = Q(resource_id=request.resource_id)
    alike = Q(consumer_id=request.consumer_id, purposes__overlap=list(request.purposes or [""]))
    found = [_compare(view_of(row), request) for row in rows.filter(same | alike).order_by("-replied_at")[:60]]
    return sorted(found, key=lambda one: -one.likeness)[:_SHOWN]


def earlier_reply(access_request_id: UUID, *, actor: Actor) -> PreparedReply | None:
    """The reply that was given to a request the actor sees; None where none was."""
    row = visible_to(actor).filter(pk=access_request_id, replied_at__isnull=False).first()
    return view_of(row).given_reply if row is not None else None


def _compare(old: AccessRequestView, new: AccessRequestView) -> Similar:
    reply = old.given_reply
    granted = reply.elements if reply is not None and reply.outcome == "grant" and old.status != states.REFUSED else ()
    same = old.resource_id == new.resource_id
    return Similar(
        request=old,
        same_resource=same,
        same_consumer=old.consumer_id == new.consumer_id,
        shared_purposes=tuple(p for p in old.purposes if p in new.purposes),
        reply=reply,
        refused_elements=tuple(e for e in old.elements if same and e in new.elements and e not in granted),
    )
