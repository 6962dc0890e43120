"""Tags that other areas' pages use: the disputes, filings and plans of a request or demand; some fields of a form."""

from typing import Any
from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from gongxiang.platform.access import permissions_dispute as permissions
from gongxiang.platform.access import queries_collection, queries_dispute
from gongxiang.platform.access.states_dispute import DROPPED, FOUND
from gongxiang.platform.web.templatetags.gx import fields

register = template.Library()


@register.inclusion_tag("disputes/parts/of_case.html", takes_context=True)
def disputes_of(context: dict[str, Any], access_request_id: UUID) -> dict[str, Any]:
    """What is disputed, filed and planned because of a request."""
    actor = context["actor"]
    case = queries_collection.case_of_request(access_request_id)
    absences = queries_collection.absences_of(actor=actor, access_request_id=access_request_id)
    return {
        "now": context["now"],
        "disputes": queries_dispute.disputes_of(access_request_id, actor=actor) if permissions.VIEW.allows(actor) else (),
        **_absences(actor, case, absences),
        "kind": "request",
        "case_id": access_request_id,
    }


@register.inclusion_tag("disputes/parts/of_case.html", takes_context=True)
def absences_of(context: dict[str, Any], demand_id: UUID) -> dict[str, Any]:
    """What is filed and planned because of a demand."""
    actor = context["actor"]
    case = queries_collection.case_of_demand(demand_id)
    absences = queries_collection.absences_of(actor=actor, demand_id=demand_id)
    return {"now": context["now"], **_absences(actor, case, absences), "kind": "demand", "case_id": demand_id}


@register.simple_tag
def fields_of(form: Any, names: Any) -> SafeString:
    """The fields that a list names."""
    return fields(form, *names)


def _absences(actor: Any, case: Any, absences: Any) -> dict[str, Any]:
    free = case is not None and all(one.status in (FOUND, DROPPED) for one in absences)
    return {
        "absences": [(one, queries_collection.plans_of(one.id, actor=actor)) for one in absences],
        "may_state": free
        and case.answered
        and permissions.STATE_SEARCH.allows(actor)
        and actor.department_id == case.provider_id,
        "may_report": free and permissions.ANSWER.allows(actor) and actor.department_id == case.consumer_id,
    }
