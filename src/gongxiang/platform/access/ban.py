"""The ban on passing data to third parties as a dated text: which version holds on a day, and what each version says."""

import functools
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources

import yaml

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date


@dataclass(frozen=True, kw_only=True)
class BanText:
    """One version of the text."""

    version: str
    since: date
    zh: str
    en: str
    basis: tuple[str, ...]


@functools.cache
def versions() -> tuple[BanText, ...]:
    """Every version, the oldest first."""
    read = yaml.safe_load((resources.files(__package__) / "data" / "third_party_ban.yaml").read_text("utf-8"))
    texts = (
        BanText(
            version=one["version"],
            since=one["from"],
            zh="".join(one["zh"].splitlines()),
            en=one["en"].strip(),
            basis=tuple(one["basis"]),
        )
        for one in read
    )
    return tuple(sorted(texts, key=lambda one: one.since))


@implements("wushen-2021-60:22.4", "cn-809:25.1")
def text_on(at: datetime) -> BanText:
    """The text that an application at that time has to accept."""
    day = beijing_date(at)
    return [one for one in versions() if one.since <= day][-1] if versions()[0].since <= day else versions()[0]


def text_of(version: str) -> BanText | None:
    """The text of a version that was accepted; None for what was accepted before the text had versions."""
    return next((one for one in versions() if one.version == version), None)
