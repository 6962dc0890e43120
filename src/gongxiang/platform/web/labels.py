"""Words for codes: states, events, roles; each area's `labels.py` adds `STATES`, `EVENTS` and `CODES` dictionaries."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.web.areas import AREAS

ROLES: dict[str, Promise] = {
    Role.CLERK: _("Clerk"),
    Role.REVIEWER: _("Reviewer of the responsible unit"),
    Role.ACCOUNTABLE_OFFICER: _("Accountable officer"),
    Role.NODE_OPERATOR: _("Node operator"),
    Role.AUTHORITY_OFFICER: _("Authority's officer"),
    Role.AUTHORITY_LEADER: _("Authority's leader"),
    Role.PLATFORM_OPERATOR: _("Platform operator"),
    Role.AUDITOR: _("Auditor"),
    Role.SYSTEM_ADMIN: _("System administrator"),
    Role.SECURITY_ADMIN: _("Security administrator"),
    Role.AUDIT_ADMIN: _("Audit administrator"),
}


@cache
def _gathered(name: str) -> dict[str, tuple[str | Promise, str]]:
    words: dict[str, tuple[str | Promise, str]] = {}
    for area in AREAS:
        module = f"gongxiang.platform.web.{area}"
        if find_spec(module) and find_spec(f"{module}.labels"):
            for code, word in getattr(import_module(f"{module}.labels"), name, {}).items():
                words[code] = word if isinstance(word, tuple) else (word, "secondary")
    return words


def state(subject: str, status: str) -> tuple[str | Promise, str]:
    """(word, colour) of a state: `STATES["access_request:SUBMITTED"] = (_("Submitted"), "primary")`."""
    return _gathered("STATES").get(f"{subject}:{status}", (status, "secondary"))


def event(kind: str) -> str | Promise:
    """The words of an event: `EVENTS["access_request:submitted"] = _("Request submitted")`."""
    return _gathered("EVENTS").get(kind, (kind, ""))[0]


def code(table: str, value: str) -> str | Promise:
    """The words of a code: `CODES["purpose:decision"] = _("Basis for a decision")`."""
    return _gathered("CODES").get(f"{table}:{value}", (value, ""))[0]


def events_like(text: str) -> list[str]:
    """The kinds of events whose words hold `text`, in the reader's language."""
    return [kind for kind, (word, _colour) in _gathered("EVENTS").items() if text.lower() in str(word).lower()]
