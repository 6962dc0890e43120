"""Tags for what is kept in both languages as data: the summaries of articles, the names of rules and codes."""

from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.utils import translation

from gongxiang.law import deadlines
from gongxiang.law.articles import UnknownArticle, article, instrument
from gongxiang.law.instruments import Text
from gongxiang.law.rules import CHOICE, SITE
from gongxiang.platform.web.dates import in_units, period_in_words, rule_in_words

register = template.Library()


@register.filter
def words(text: Text) -> str:
    """The text in the reader's language."""
    return text.in_language(translation.get_language() or "zh-hans")


@register.filter
def citation(article_id: str) -> str:
    """`办法第二十一条第（二）项`, without a link."""
    found = article(article_id)
    short, label = words(instrument(found.instrument).short), words(found.label)
    return f"{short}{label}" if (translation.get_language() or "").startswith("zh") else f"{short} {label}"


def citations(article_ids: Iterable[str]) -> str:
    """Several, for a file; what is no article of ours (the authority's own number) as it is kept."""
    found = []
    for one in article_ids:
        try:
            found.append(citation(one))
        except UnknownArticle:
            found.append(one)
    return "、".join(found)


@register.filter
def instrument_name(instrument_id: str) -> str:
    """The short name of an instrument, of our own choice, or of the authority's own number."""
    own = {
        CHOICE: translation.gettext("Our choice (the texts are silent)"),
        SITE: translation.gettext("The authority's own number"),
    }
    return own.get(instrument_id) or words(instrument(instrument_id).short)


@register.filter
def last_day(due_at: datetime) -> date:
    """The last day in time before the exclusive instant."""
    return deadlines.last_day(due_at)


@register.filter
def rule_words(stored: str) -> str:
    """A rule as it was stored with a case (`reply_days=5@2021-10-12`), by its title; as stored where it is not known."""
    return rule_in_words(stored)


@register.simple_tag
def period(rule: str) -> str:
    """The period of a rule as it holds today, with its unit."""
    return period_in_words(rule)


@register.filter
def in_unit(value: int, unit: str) -> str:
    """A number of a rule with its unit: 1 working day, 5 working days."""
    return in_units(value, unit)
