"""What stands in a record, in the reader's words; the words of the record itself stay in the proof."""

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongxiang.platform.web import labels
from gongxiang.platform.web.dates import rule_in_words
from gongxiang.platform.web.templatetags.gx import end_of, moment

_NAMES: dict[str, Any] = {
    "status": gettext_lazy("State"),
    "name": gettext_lazy("Name"),
    "number": gettext_lazy("Number"),
    "version": gettext_lazy("Version"),
    "code": gettext_lazy("Code"),
    "content_digest": gettext_lazy("Digest (SM3)"),
    "digest": gettext_lazy("Digest (SM3)"),
    "sharing_type": gettext_lazy("Sharing type"),
    "due_at": gettext_lazy("Due"),
    "due_basis": gettext_lazy("Basis"),
    "due_rule": gettext_lazy("Rule"),
    "rule": gettext_lazy("Rule"),
    "published_at": gettext_lazy("Date of publication"),
    "reason": gettext_lazy("Reason"),
    "statement": gettext_lazy("Statement"),
    "opinion": gettext_lazy("Opinion"),
    "in_time": gettext_lazy("In time"),
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_RULE = re.compile(r"[a-z_]+=[^@ ]+@\d{4}-\d\d-\d\d")


def name_of(field: str) -> str:
    """The label of a field; empty where it has none, the field stands beside it anyway."""
    return str(_NAMES.get(field, ""))


def value_of(subject: str, field: str, value: Any) -> Any:
    """A value as a person reads it: states, yes and no, instants, rules; everything else as it is kept."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if not isinstance(value, str):
        return value
    if field == "status":
        return labels.state(subject, value)[0]
    if field == "sharing_type":
        return labels.code("sharing_type", value)
    if _INSTANT.fullmatch(value):
        at = datetime.fromisoformat(value)
        return end_of(at) if field == "due_at" else moment(at)
    return rule_in_words(value) if _RULE.fullmatch(value) else value
