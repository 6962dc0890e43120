"""Cutting text for search: overlapping bigrams, pinyin and initials; pure functions, the same for index and query.

Bigrams only narrow down which entries are looked at; what counts as a hit is LIKE over the normalised text, so that search and
LIKE can never disagree. Pinyin is stored as the tails of a field's syllables, so that a query matches from any syllable on.
"""

import re
import unicodedata
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

#: Longest tail of pinyin kept: longer queries are cut to it as well.
TAIL = 40
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+")
_LATIN = re.compile(r"[a-z]+")
#: tsvector holds lexemes up to 2046 bytes and positions up to 16383.
LAST_POSITION = 16383


def normalise(text: str) -> str:
    """Full-width to half-width, lower case, white space and control characters to single spaces."""
    plain = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in plain)
    return " ".join(kept.split())


def terms(query: str) -> tuple[str, ...]:
    """The words of a query: each has to be found."""
    return tuple(dict.fromkeys(normalise(query).split()))


def bigrams(text: str) -> tuple[str, ...]:
    """Overlapping pairs of characters; the last character stands alone, so that single characters are found by prefix."""
    return tuple(text[i : i + 2] for i in range(len(text)))


def words_vector(fields: Iterable[tuple[str, str]]) -> str:
    """A tsvector in text form of (weight, text) pairs; weights are A to D."""
    lexemes: dict[str, str] = {}
    position = 1
    for weight, text in fields:
        for gram in bigrams(normalise(text)):
            lexemes.setdefault(gram, f"{min(position, LAST_POSITION)}{weight}")
            position += 1
    return _vector(lexemes)


def words_query(term: str) -> str:
    """A tsquery in text form that every text containing `term` satisfies."""
    if len(term) == 1:
        return f"{_quoted(term)}:*"
    return " & ".join(dict.fromkeys(_quoted(gram) for gram in bigrams(term)[:-1]))


def pinyin_vector(fields: Iterable[tuple[str, str]]) -> str:
    """Tails of the syllables of each run of Chinese characters."""
    return _tails(fields, Style.NORMAL)


def initials_vector(fields: Iterable[tuple[str, str]]) -> str:
    """Tails of the first letters of each run of Chinese characters."""
    return _tails(fields, Style.FIRST_LETTER)


def latin_query(term: str) -> str | None:
    """A prefix tsquery for a term that may be pinyin or initials; None where it is neither."""
    letters = term.replace("'", "")
    if not _LATIN.fullmatch(letters):
        return None
    return f"{_quoted(letters[:TAIL])}:*"


def _tails(fields: Iterable[tuple[str, str]], style: Style) -> str:
    lexemes: dict[str, str] = {}
    position = 1
    for weight, text in fields:
        for run in _HAN.findall(normalise(text)):
            syllables = lazy_pinyin(run, style=style)
            for start in range(len(syllables)):
                tail = "".join(syllables[start:])[:TAIL]
                lexemes.setdefault(tail, f"{min(position, LAST_POSITION)}{weight}")
                position += 1
    return _vector(lexemes)


def _vector(lexemes: dict[str, str]) -> str:
    return " ".join(f"{_quoted(lexeme)}:{place}" for lexeme, place in lexemes.items())


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def like_pattern(term: str) -> str:
    """`term` for LIKE, its wildcards escaped."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
