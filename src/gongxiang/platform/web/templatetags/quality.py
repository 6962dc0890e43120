"""Words of fields for the lists of points."""

from django import template

from gongxiang.platform.web.catalogue.labels import field_label

register = template.Library()


@register.simple_tag
def field_words(path: str) -> str:
    """A field path such as `elements.3.length` in words."""
    return field_label(path)
