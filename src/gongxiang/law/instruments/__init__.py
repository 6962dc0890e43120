"""The instruments as dated data (YAML) and the values they are read into; our own summaries, never the texts.

For every program. Must never hold a rule: a number from an instrument stands in the YAML with its article and date.
"""

import enum
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

#: Ids of the shipped instruments, lowest rank first.
INSTRUMENT_IDS = ("wushen-2021-60", "cn-809")


class Rank(enum.StrEnum):
    """Rank of a legal text; which of them can carry a withholding is dated data of the instruments."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    STATE_COUNCIL_DECISION = "state_council_decision"
    CENTRAL_POLICY = "central_policy"
    LOCAL_REGULATION = "local_regulation"
    DEPARTMENT_RULE = "department_rule"
    LOCAL_RULE = "local_rule"
    NORMATIVE_DOCUMENT = "normative_document"


class Kind(enum.StrEnum):
    """Who carries a duty out: the product, a person with its support, or the organisation."""

    SYSTEM = "system"
    MIXED = "mixed"
    ORGANISATION = "organisation"


class Unit(enum.StrEnum):
    """What a period counts."""

    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, kw_only=True)
class Text:
    """The same words in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The Chinese words for any Chinese language code, else the English ones."""
        return self.zh if language.lower().startswith("zh") else self.en


@dataclass(frozen=True, kw_only=True)
class Article:
    """An article, or a paragraph or item of one."""

    #: `wushen-2021-60:21(2)`: unique among all instruments.
    id: str
    #: Id of the instrument.
    instrument: str
    #: `21`, `21(2)` (item) or `22.3` (paragraph).
    number: str
    #: Heading of the whole article.
    title: Text
    #: What it says, in one line of our own.
    summary: Text
    kind: Kind
    #: Numbers of the paragraphs and items, empty for a part.
    parts: tuple[str, ...] = ()

    @property
    def article_number(self) -> int:
        """The article's own number, without paragraph or item: 21."""
        return int(self.number.split("(")[0].split(".")[0])

    @property
    def is_part(self) -> bool:
        """Whether this is a paragraph or an item."""
        return not self.number.isdigit()

    @property
    def label(self) -> Text:
        """How it is cited: `第二十一条第（二）项`, `art. 21(2)`."""
        return Text(zh=_chinese_citation(self.number), en=f"art. {self.number}")


@dataclass(frozen=True, kw_only=True)
class Period:
    """A period of an instrument from a date on."""

    rule: str
    #: Instrument id, `choice` (ours where the texts are silent) or `site` (the authority's own).
    instrument: str
    #: Full article id; for a choice the article that it serves.
    article: str
    since: date
    value: int
    unit: Unit

    @property
    def version(self) -> str:
        """`reply_conditional=5@2021-10-12`: stored with whatever was counted by it."""
        return f"{self.rule}={self.value}@{self.since.isoformat()}"


@dataclass(frozen=True, kw_only=True)
class RankList:
    """The ranks that an instrument accepts as basis of a withholding, from a date on."""

    instrument: str
    article: str
    since: date
    ranks: frozenset[Rank]


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One instrument with its articles, periods and rank lists."""

    id: str
    number: str
    title: Text
    short: Text
    issuer: Text
    rank: Rank
    issued_on: date
    in_force_from: date
    in_force_basis: str
    articles: Mapping[str, Article]
    periods: tuple[Period, ...]
    rank_lists: tuple[RankList, ...]

    @property
    def whole_articles(self) -> tuple[Article, ...]:
        """The articles without their parts, in order."""
        return tuple(a for a in self.articles.values() if not a.is_part)


def read_yaml(name: str) -> Any:
    """The content of a YAML file of this folder."""
    return yaml.safe_load(resources.files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


def _text(value: Mapping[str, str]) -> Text:
    return Text(zh=value["zh"], en=value["en"])


def _instrument(instrument_id: str) -> Instrument:
    data = read_yaml(instrument_id)
    articles: dict[str, Article] = {}
    for number, entry in data["articles"].items():
        parts = entry.get("parts", {})
        title, kind = _text(entry["title"]), Kind(entry["kind"])
        summaries = {number: entry["summary"], **{number + suffix: summary for suffix, summary in parts.items()}}
        for own_number, summary in summaries.items():
            articles[own_number] = Article(
                id=f"{instrument_id}:{own_number}",
                instrument=instrument_id,
                number=own_number,
                title=title,
                summary=_text(summary),
                kind=kind,
                parts=tuple(number + suffix for suffix in parts) if own_number == number else (),
            )
    return Instrument(
        id=instrument_id,
        number=data["number"],
        title=_text(data["title"]),
        short=_text(data["short"]),
        issuer=_text(data["issuer"]),
        rank=Rank(data["rank"]),
        issued_on=data["issued_on"],
        in_force_from=data["in_force_from"],
        in_force_basis=articles[data["in_force_basis"]].id,
        articles=MappingProxyType(articles),
        periods=tuple(
            Period(
                rule=p["rule"],
                instrument=instrument_id,
                article=articles[p["article"]].id,
                since=p["from"],
                value=p["value"],
                unit=Unit(p["unit"]),
            )
            for p in data["periods"]
        ),
        rank_lists=tuple(
            RankList(
                instrument=instrument_id,
                article=articles[r["article"]].id,
                since=r["from"],
                ranks=frozenset(Rank(rank) for rank in r["ranks"]),
            )
            for r in data["withholding_ranks"]
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the product stands to an article that no function carries out."""

    text: Text
    #: Addresses of the site, without arguments, where a person sees it.
    pages: tuple[str, ...]


@functools.cache
def standings() -> Mapping[str, Standing]:
    """Article id to how the product stands to it, for those that no function carries out, or not whole."""
    found = {name: Standing(text=_text(entry), pages=tuple(entry["pages"])) for name, entry in read_yaml("standing").items()}
    return MappingProxyType(found)


@functools.cache
def instruments() -> Mapping[str, Instrument]:
    """All instruments by id."""
    return MappingProxyType({i: _instrument(i) for i in INSTRUMENT_IDS})


_DIGITS = "零一二三四五六七八九"


def chinese_number(value: int) -> str:
    """1–99 in Chinese numerals, as articles are counted."""
    tens, ones = divmod(value, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _chinese_citation(number: str) -> str:
    article, _, item = number.partition("(")
    article, _, paragraph = article.partition(".")
    text = f"第{chinese_number(int(article))}条"
    if paragraph:
        text += f"第{chinese_number(int(paragraph))}款"
    if item:
        text += f"第（{chinese_number(int(item.rstrip(')')))}）项"
    return text
