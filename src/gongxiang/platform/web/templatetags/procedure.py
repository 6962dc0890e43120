"""Tags of the pages of requests, grants and flows."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from gongxiang.law.deadlines import last_day
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web import labels
from gongxiang.platform.web.delivery import reports
from gongxiang.platform.web.templatetags.gx import day, state
from gongxiang.protocol.clock import BEIJING

register = template.Library()


@register.simple_tag
def state_word(subject: str, status: str) -> str:
    """A state in words only, for choices."""
    return str(labels.state(subject, status)[0])


@register.inclusion_tag("web/parts/merged.html")
def merged_notice(*departments: UUID | None) -> dict[str, Any]:
    """What became of the departments that a case names, where one is part of another now."""
    return {"merged": parties.merged_of(*departments)}


@register.simple_tag
def until(instant: datetime | None) -> str:
    """The last day before an exclusive instant."""
    return "—" if instant is None else day(last_day(instant))


@register.filter
def lag(milliseconds: int | None) -> str:
    """840 ms, 2.4 s or 3 min."""
    if milliseconds is None:
        return "—"
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


@register.simple_tag
def live_state(table: str, value: str) -> SafeString | str:
    """A state that the data plane reported, as a badge."""
    return state(table, value) if value else "—"


@register.filter
def named(names: dict[Any, str], key: Any) -> str:
    """The name of a key; the key itself if it has none."""
    return names.get(key, str(key or "—"))


@register.filter
def reported(text: str) -> SafeString | str:
    """What a node reported in English, in the reader's language where the sentence is known; the report itself unfolds."""
    return _told(text or "", None)


@register.filter
def told(row: Any) -> SafeString | str:
    """As `reported`, of something the data plane told with the forms of its sentences: an alarm, a flow, a column."""
    if isinstance(row, dict):
        return _told(row.get("refusal", "") or row.get("problem", ""), row.get("words"))
    return _told(getattr(row, "detail", "") or getattr(row, "problem", ""), row.words)


@register.filter
def checked(node: Any, check: str) -> SafeString | str:
    """As `told`, of one of a node's checks."""
    return _told(node.checks.get(check, ""), node.check_words.get(check))


#: An instant as machines write it.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")


def _in_local_time(found: "re.Match[str]") -> str:
    at = datetime.fromisoformat(found[0]).astimezone(BEIJING)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}"


def _told(text: str, words: Any) -> SafeString | str:
    if not text or (get_language() or "").startswith("en"):
        return text
    known = reports.in_language(words or ()) or reports.translated(text)
    known = _INSTANT.sub(_in_local_time, known) if known else known
    heading = gettext("Report as it came") if known else gettext("Report as it came, in English")
    return format_html('{}<details><summary>{}</summary><span lang="en">{}</span></details>', known, heading, text)


@register.filter
def fingerprint(text: str) -> str:
    """A hexadecimal digest in groups of four, to be read out and compared."""
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


@register.filter
def actor_name(name: str) -> str:
    """A person's name as it is; a job of the product in words."""
    return str(labels.code("actor", name))


@register.simple_tag
def catalogue_url() -> str:
    """Where resources are found."""
    try:
        return reverse("catalogue:search")
    except NoReverseMatch:
        return "/"
