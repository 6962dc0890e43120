"""Tags of the pages of projects."""

from django import template

from gongxiang.platform.projects.planned import Planned, write_elements
from gongxiang.platform.projects.policies import FIELD_WORDS
from gongxiang.platform.web.catalogue.labels import CHOICES, FIELDS

register = template.Library()


@register.filter
def yuan(cents: int | None) -> str:
    """1,234.50 of 123450 cents."""
    return "—" if cents is None else f"{cents // 100:,}.{cents % 100:02d}"


@register.filter
def type_name(code: str) -> str:
    """字符型 for C."""
    return str(CHOICES["type"].get(code, code))


@register.filter
def element_lines(planned: Planned) -> str:
    """The elements, one a line."""
    return write_elements(planned.elements)


@register.simple_tag
def planned_field(name: str) -> str:
    """The words of a field of a planned entry."""
    return str(FIELD_WORDS.get(name) or FIELDS.get(name, name))
