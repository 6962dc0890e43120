"""Badges of the catalogue's pages: sharing type, level, sensitivity, in words and colour."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gongxiang.platform.web.catalogue.labels import CHOICES, LEVEL_COLOURS, SENSITIVITY_COLOURS, SHARING_COLOURS

register = template.Library()


def _badge(table: str, value: str, colours: Mapping[str, str]) -> SafeString:
    if not value:
        return SafeString("—")
    word = CHOICES[table].get(value, value)
    return format_html('<span class="badge badge-{}">{}</span>', colours.get(value, "secondary"), word)


@register.simple_tag
def sharing_badge(value: str) -> SafeString:
    """The sharing type."""
    return _badge("sharing_type", value, SHARING_COLOURS)


@register.simple_tag
def level_badge(value: str) -> SafeString:
    """The data level."""
    return _badge("data_class", value, LEVEL_COLOURS)


@register.simple_tag
def sensitivity_badge(value: str) -> SafeString:
    """How sensitive an element is."""
    return _badge("sensitivity", value, SENSITIVITY_COLOURS)


@register.filter
def yesno_words(value: bool) -> str:
    """Yes or no."""
    return _("Yes") if value else _("No")


@register.filter
def at_key(values: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key that is not a text."""
    return values.get(key, "")
