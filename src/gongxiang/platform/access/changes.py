"""What of this room hangs on a person who leaves, or on a department that is merged."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from gongxiang.platform.access import states, states_dispute, states_superior
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.access.models_collection import Absence, CollectionPlan
from gongxiang.platform.access.models_dispute import Dispute
from gongxiang.platform.access.models_superior import SuperiorRequest
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.parties.changes import Standing
from gongxiang.platform.parties.permissions import CLOSE_ACCOUNT

#: A draft is its drafter's until the officer consents.
_IN_HAND = (states.DRAFT, states.PRESENTED, states.CONSENTED)


def drafts_of(person_id: UUID) -> list[Standing]:
    """Requests that the person drafted and that are not submitted yet."""
    rows = AccessRequest.objects.filter(drafted_by_id=person_id, status__in=_IN_HAND).order_by("drafted_at")
    return [_standing("access_request_draft", row) for row in rows]


def hand_over_drafts(person_id: UUID, successor_id: UUID, by: Actor, at: datetime) -> int:
    """Let the successor go on with the drafts; who drafted before stays in the evidence."""
    CLOSE_ACCOUNT.check(by)
    successor = parties.person_ref(successor_id)
    rows = list(AccessRequest.objects.select_for_update().filter(drafted_by_id=person_id, status__in=_IN_HAND))
    for row in rows:
        record_act(
            kind="access_request:handed_over", subject=("access_request", row.pk), by=by, at=at, basis=("wushen-2021-60:25",),
            before={"drafted_by": row.drafted_by}, after={"drafted_by": successor.name}, concerns=[row.consumer_id],
            trail=[f"person:{person_id}", f"person:{successor_id}"],
        )  # fmt: skip
        row.drafted_by_id, row.drafted_by = successor_id, successor.name
        # Who left cannot be a handler of what is to be granted.
        row.handlers = list(dict.fromkeys(successor_id if one == person_id else one for one in row.handlers))
        row.save(update_fields=["drafted_by_id", "drafted_by", "handlers"])
    return len(rows)


def standing_of(department_id: UUID) -> list[Standing]:
    """Requests of or to the department that are not at their end, disputes, and what it asked of superiors or plans."""
    mine = Q(consumer_id=department_id) | Q(provider_id=department_id)
    own = Q(department_id=department_id)
    ended = (states_dispute.DONE, states_dispute.CANCELLED)
    of_titles: tuple[tuple[str, Any], ...] = (
        ("absence", Absence.objects.filter(mine, status__in=states_dispute.ABSENCE_OPEN)),
        ("collection_plan", CollectionPlan.objects.filter(own).exclude(status__in=ended)),
        ("superior_request", SuperiorRequest.objects.filter(own, status__in=states_superior.OPEN)),
    )
    disputes = Dispute.objects.filter(mine, status__in=states_dispute.OPEN).select_related("access_request").order_by("number")
    return [
        *(_standing("access_request", row) for row in AccessRequest.objects.filter(mine, status__in=states.OPEN)),
        *(
            Standing(kind="dispute", title=f"{row.number} {row.access_request.resource_name}", subject=f"dispute:{row.pk}")
            for row in disputes
        ),
        *(
            Standing(kind=kind, title=f"{row.number} {row.title}", subject=f"{kind}:{row.pk}")
            for kind, rows in of_titles
            for row in rows.order_by("number")
        ),
    ]


def _standing(kind: str, row: AccessRequest) -> Standing:
    return Standing(kind=kind, title=f"{row.number} {row.resource_name}".strip(), subject=f"access_request:{row.pk}")
