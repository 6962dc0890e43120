"""Citing articles: `@implements("wushen-2021-60:21(2)")` on every function that carries out a rule, `article(id)` to show one.

For every room and page. Must never accept an id that is not in the instruments: nobody could look it up.
"""

import difflib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from gongxiang.law.instruments import Article, Instrument, instruments

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_implementations: dict[str, list[str]] = {}


class UnknownArticle(LookupError):
    """There is no such article; the message names the nearest ids."""


def article(article_id: str) -> Article:
    """The article, paragraph or item `wushen-2021-60:21(2)`; raises UnknownArticle."""
    instrument_id, _, number = article_id.partition(":")
    try:
        return instruments()[instrument_id].articles[number]
    except KeyError:
        near = difflib.get_close_matches(article_id, [a.id for a in all_articles()], n=5, cutoff=0.6)
        raise UnknownArticle(f"no article {article_id!r}; near it: {', '.join(near) or 'nothing'}") from None


def instrument(instrument_id: str) -> Instrument:
    """The instrument `cn-809`; raises UnknownArticle."""
    try:
        return instruments()[instrument_id]
    except KeyError:
        raise UnknownArticle(f"no instrument {instrument_id!r}; there are {', '.join(instruments())}") from None


def all_articles() -> tuple[Article, ...]:
    """Every article and part of every instrument, in order."""
    return tuple(a for i in instruments().values() for a in i.articles.values())


def implements(*article_ids: str) -> Callable[[Decorated], Decorated]:
    """Mark a function or class as carrying out the articles; the ids are checked at import."""
    if not article_ids:
        raise UnknownArticle("implements() needs at least one article")
    for article_id in article_ids:
        article(article_id)

    def mark(target: Decorated) -> Decorated:
        name = f"{target.__module__}.{target.__qualname__}"
        for article_id in article_ids:
            names = _implementations.setdefault(article_id, [])
            if name not in names:
                names.append(name)
        setattr(target, "__articles__", (*getattr(target, "__articles__", ()), *article_ids))  # noqa: B010
        return target

    return mark


def implementations() -> Mapping[str, tuple[str, ...]]:
    """Article id to the qualified names that carry it out, among the modules imported so far."""
    return MappingProxyType({article_id: tuple(names) for article_id, names in _implementations.items()})


def articles_of(target: object) -> tuple[str, ...]:
    """The articles a function or class was marked with."""
    return tuple(getattr(target, "__articles__", ()))
