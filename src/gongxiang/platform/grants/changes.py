"""What of this room hangs on a person who leaves, or on a department that is merged: nothing flows in the name of one."""

from typing import Final
from uuid import UUID

from django.db.models import Q

from gongxiang.platform.grants import states, states_use
from gongxiang.platform.grants.models import (
    DisposalDuty,
    Grant,
    Handler,
    Inspection,
    Rectification,
    StopAnswer,
    StopNotice,
    ThirdPartyConsent,
    UseQuestion,
    UseReport,
)
from gongxiang.platform.parties.changes import Standing

#: What is to be settled about the use of a grant, also after its end: subject, and the states with somebody's move.
_OF_USE: Final = (
    (UseReport, "use_report", (states_use.DUE, states_use.OVERDUE)),
    (UseQuestion, "use_question", (states_use.ASKED, states_use.ANSWERED)),
    (Inspection, "inspection", (states_use.ANNOUNCED, states_use.DEFECTS, states_use.REPLIED)),
    (Rectification, "rectification", states.RECTIFYING),
    (ThirdPartyConsent, "third_party_consent", (states_use.ASKED,)),
)


def handling_of(person_id: UUID) -> list[Standing]:
    """The grants that the person is named to handle."""
    rows = Handler.objects.filter(person_id=person_id, ended_at=None).select_related("grant").order_by("grant__number")
    return [
        Standing(kind="handler", title=f"{row.grant.number} {row.grant.resource_name}", subject=f"grant:{row.grant_id}")
        for row in rows
    ]


def _use_of(department_id: UUID) -> list[Standing]:
    found = []
    for model, subject, running in _OF_USE:
        mine = Q(grant__consumer_id=department_id) | Q(grant__provider_id=department_id)
        rows = model.objects.filter(mine, status__in=running).select_related("grant").order_by("number")
        found += [
            Standing(kind="use", title=f"{row.number} {row.grant.resource_name}", subject=f"{subject}:{row.pk}") for row in rows
        ]
    return found


def _stops_of(department_id: UUID) -> list[Standing]:
    """Ends and changes of sharing that are not over: announced or filed by the department, or to be taken from it."""
    asked = StopAnswer.objects.filter(consumer_id=department_id).values("notice_id")
    rows = StopNotice.objects.filter(Q(provider_id=department_id) | Q(pk__in=asked), status__in=states.STOP_RUNNING)
    return [
        Standing(kind="stop_notice", title=f"{row.number} {row.resource_name}", subject=f"stop_notice:{row.pk}")
        for row in rows.order_by("number")
    ]


def standing_of(department_id: UUID) -> list[Standing]:
    """Grants in force given or received, disposals not certified, and what is to be settled about their use."""
    mine = Q(consumer_id=department_id) | Q(provider_id=department_id)
    live = Grant.objects.filter(mine, status__in=(states.ACTIVE, states.SUSPENDED)).order_by("number")
    of_consumer = DisposalDuty.objects.filter(grant__consumer_id=department_id).select_related("grant")
    open_duties = of_consumer.filter(status__in=(states.OPEN, states.OVERDUE)).order_by("grant__number")
    return [
        *(Standing(kind="grant", title=f"{row.number} {row.resource_name}", subject=f"grant:{row.pk}") for row in live),
        *(
            Standing(
                kind="disposal_duty", title=f"{one.grant.number} {one.grant.resource_name}", subject=f"grant:{one.grant_id}"
            )
            for one in open_duties
        ),
        *_use_of(department_id),
        *_stops_of(department_id),
    ]
