"""Splitting the full text of an instrument into its articles, so that a page can show each beside what the product makes of it.

For the import of a text by the authority. Must never ship a text, nor take one with an article missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gongxiang.law.instruments import Article, Instrument, chinese_number

_HEAD = re.compile(r"^[ \t　]*第([一二三四五六七八九十百零]{1,5})条[ \t　]*", re.MULTILINE)
_CHAPTER = re.compile(r"^[ \t　#]*第[一二三四五六七八九十]{1,3}[章节][\s　].*$", re.MULTILINE)
_ITEM = re.compile(r"^[（(]([一二三四五六七八九十]{1,3})[）)]")


class UnreadableText(ValueError):
    """The text does not hold the articles of the instrument; `missing` names them, `extra` those it must not have."""

    def __init__(self, missing: tuple[str, ...], extra: tuple[str, ...] = ()) -> None:
        self.missing, self.extra = missing, extra
        super().__init__(f"missing {missing}, extra {extra}")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One paragraph or item of an article's text."""

    #: `21(2)`, `22.3`, or the article's own number for a line that has none.
    number: str
    text: str


def split_text(text: str, instrument: Instrument) -> Mapping[str, str]:
    """Article number to its text, a paragraph a line; raises UnreadableText unless each is there once, in order."""
    numerals = {chinese_number(int(a.number)): a.number for a in instrument.whole_articles}
    text = _CHAPTER.sub("", text.replace("\r\n", "\n").replace("\ufeff", ""))
    heads = list(_HEAD.finditer(text))
    found: dict[str, str] = {}
    extra: list[str] = []
    for position, head in enumerate(heads):
        end = heads[position + 1].start() if position + 1 < len(heads) else len(text)
        number = numerals.get(head.group(1))
        body = "\n".join(line.strip(" \t　") for line in text[head.end() : end].splitlines() if line.strip(" \t　"))
        if number is None or number in found or not body:
            extra.append(head.group(0).strip(" \t　\n"))
        else:
            found[number] = body
    missing = tuple(a.number for a in instrument.whole_articles if a.number not in found)
    if missing or extra or list(found) != [a.number for a in instrument.whole_articles]:
        raise UnreadableText(missing, tuple(extra))
    return found


def lines_of(article: Article, text: str) -> tuple[Line, ...]:
    """The paragraphs of an article's text with the numbers they are cited by, where the instrument cites them."""
    lines: list[Line] = []
    paragraph = 0
    for words in text.splitlines():
        item = _ITEM.match(words)
        if item:
            number = f"{article.number}({_number(item.group(1))})"
        else:
            paragraph += 1
            number = f"{article.number}.{paragraph}"
        lines.append(Line(number=number if number in article.parts else article.number, text=words))
    return tuple(lines)


def _number(numeral: str) -> int:
    return next(n for n in range(1, 100) if chinese_number(n) == numeral)
