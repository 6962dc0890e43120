"""`{% doubt_link grant_id consumer_id %}`: the way from a delivered record to a report, for whoever may report it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.urls import reverse

from gongxiang.platform.corrections.permissions import REPORT

register = template.Library()


@register.simple_tag(takes_context=True)
def doubt_link(context: dict[str, Any], grant_id: UUID, consumer_id: UUID, origin: str = "row", **more: Any) -> str:
    """The address at which the reader reports a doubt about what was received; empty where it is not theirs to report."""
    actor = getattr(context.get("request"), "actor", None)
    if actor is None or not REPORT.allows(actor) or actor.department_id != consumer_id:
        return ""
    said = urlencode({"grant": grant_id, "origin": origin, **more})
    return f"{reverse('corrections:report')}?{said}"
