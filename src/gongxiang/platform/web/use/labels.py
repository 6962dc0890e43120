"""Words of this area; those of rectifications stand with the grants."""

from django.utils.functional import Promise

STATES: dict[str, tuple[str | Promise, str]] = {}
EVENTS: dict[str, str | Promise] = {}
CODES: dict[str, str | Promise] = {}
