"""`{% csrf_token %}` with a token of our own beside it, so that every form is acted upon once (`web.once`)."""

from uuid import uuid4

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongxiang.platform.web.once import FIELD

register = template.Library()


class OnceNode(CsrfTokenNode):
    """Both hidden fields."""

    def render(self, context: Context) -> SafeString:
        """Django's field and ours; nothing where Django has none."""
        field = super().render(context)
        return format_html('{}<input type="hidden" name="{}" value="{}">', field, FIELD, uuid4()) if field else SafeString()


@register.tag
def csrf_token(parser: Parser, token: Token) -> OnceNode:
    """In the place of Django's own tag (settings: builtins)."""
    return OnceNode()
