"""Which rule wins: the periods of all instruments, and per rule and date the one chosen (default: the stricter lawful one).

For deadlines and the rulebook. Must never invent a period: where the texts are silent it is marked as our choice.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from gongxiang.law.instruments import Period, Rank, RankList, Text, Unit, instruments, read_yaml

#: Instrument name of a period of our own where the texts give none.
CHOICE = "choice"
#: Instrument name of a period the authority set itself.
SITE = "site"
#: The rule that names ranks instead of days.
WITHHOLDING_RANKS = "withholding_ranks"


class UnknownRule(LookupError):
    """There is no such rule; the message names those there are."""


class RuleNotInForce(LookupError):
    """No instrument gives this rule on that day."""


@dataclass(frozen=True, kw_only=True)
class RuleInfo:
    """What a rule is about and why its default was chosen."""

    name: str
    title: Text
    why: Text
    #: Whether the value is the most that may be given (an extension), not a period that runs by itself.
    limit: bool


@dataclass(frozen=True, kw_only=True)
class Selection:
    """From a date on, `instrument` wins for `rule`."""

    rule: str
    instrument: str
    since: date


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The periods there are and the selections made."""

    info: Mapping[str, RuleInfo]
    periods: tuple[Period, ...]
    rank_lists: tuple[RankList, ...]
    #: Later selections beat earlier ones of the same date.
    selections: tuple[Selection, ...]

    def selection(self, rule: str, on: date) -> Selection:
        """The selection in force for the rule; raises UnknownRule or RuleNotInForce."""
        if rule not in self.info:
            raise UnknownRule(f"no rule {rule!r}; there are {', '.join(self.info)}")
        made = [s for s in self.selections if s.rule == rule and s.since <= on]
        if not made:
            raise RuleNotInForce(f"{rule} is not in force on {on.isoformat()}")
        newest = max(s.since for s in made)
        return [s for s in made if s.since == newest][-1]

    def period(self, rule: str, on: date) -> Period:
        """The period that applies to a case begun on that day."""
        chosen = self.selection(rule, on).instrument
        mine = [p for p in self.candidates(rule, on) if p.instrument == chosen]
        if not mine:
            raise RuleNotInForce(f"{chosen} gives no {rule} on {on.isoformat()}")
        return mine[0]

    def candidates(self, rule: str, on: date) -> tuple[Period, ...]:
        """What each instrument gives for the rule on that day: its latest version."""
        latest: dict[str, Period] = {}
        for period in sorted((p for p in self.periods if p.rule == rule and p.since <= on), key=lambda p: p.since):
            latest[period.instrument] = period
        return tuple(latest.values())

    def withholding_ranks(self, on: date) -> RankList:
        """The ranks that can carry a withholding on that day (条例 14, 办法 10)."""
        chosen = self.selection(WITHHOLDING_RANKS, on).instrument
        mine = [r for r in self.rank_lists if r.instrument == chosen and r.since <= on]
        if not mine:
            raise RuleNotInForce(f"{chosen} names no ranks on {on.isoformat()}")
        return max(mine, key=lambda r: r.since)

    def with_overrides(self, *, selections: Iterable[Selection] = (), periods: Iterable[Period] = ()) -> "Rules":
        """The same rules with the authority's own selections and periods added, which beat the defaults."""
        return replace(self, periods=(*self.periods, *periods), selections=(*self.selections, *selections))


@functools.cache
def default_rules() -> Rules:
    """The default profile."""
    data = read_yaml("profile")
    own = tuple(
        Period(rule=c["rule"], instrument=CHOICE, article=c["beside"], since=c["from"], value=c["value"], unit=Unit(c["unit"]))
        for c in data["choices"]
    )
    return Rules(
        info=MappingProxyType(
            {
                name: RuleInfo(
                    name=name,
                    title=Text(zh=rule["title"]["zh"], en=rule["title"]["en"]),
                    why=Text(zh=rule["why"]["zh"], en=rule["why"]["en"]),
                    limit=rule.get("limit", False),
                )
                for name, rule in data["rules"].items()
            }
        ),
        periods=(*(p for i in instruments().values() for p in i.periods), *own),
        rank_lists=tuple(r for i in instruments().values() for r in i.rank_lists),
        selections=tuple(
            Selection(rule=name, instrument=chosen["instrument"], since=chosen["from"])
            for name, rule in data["rules"].items()
            for chosen in rule["chosen"]
        ),
    )


def rank_is_sufficient(rank: Rank, *, on: date, rules: Rules | None = None) -> bool:
    """Whether a text of that rank can carry a withholding on that day."""
    return rank in (rules or default_rules()).withholding_ranks(on).ranks
