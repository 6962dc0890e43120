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


def latin_letters(term: str) -> str:
    """The letters of a term that may be pinyin or initials; empty where it is neither."""
    letters = term.replace("'", "")
    return letters[:TAIL] if _LATIN.fullmatch(letters) else ""


def latin_query(term: str) -> str | None:
    """A prefix tsquery for a term that may be pinyin or initials; None where it is neither."""
    letters = latin_letters(term)
    return f"{_quoted(letters)}:*" if letters else None


def spoken_at(text: str, term: str) -> list[tuple[int, int]]:
    """Where in normalised `text` the term is found as pinyin or initials: (begin, end) of the characters."""
    letters = term.replace("'", "")
    if not _LATIN.fullmatch(letters):
        return []
    letters = letters[:TAIL]
    found = []
    for run in _HAN.finditer(text):
        for style in (Style.NORMAL, Style.FIRST_LETTER):
            syllables = lazy_pinyin(run[0], style=style)
            for start in range(len(syllables)):
                said, end = "", start
                while len(said) < len(letters) and end < len(syllables):
                    said += syllables[end]
                    end += 1
                if said.startswith(letters):
                    found.append((run.start() + start, run.start() + end))
    return found


#: Sounds that are often mistaken for each other.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"), ("l", "n"), ("f", "h"))
#: How many near spellings of a word are tried.
NEAR = 24


def near_spellings(term: str) -> tuple[str, ...]:
    """Pinyin that may have been meant: of Chinese characters their sound, of letters the same with one sound exchanged,
    two letters swapped, or one letter dropped."""
    if "".join(_HAN.findall(term)) == term:
        return ("".join(lazy_pinyin(term))[:TAIL],) if len(term) > 1 else ()
    letters = term.replace("'", "")
    if not _LATIN.fullmatch(letters) or len(letters) < 3:
        return ()
    tried: dict[str, None] = {}
    for pair in _ALIKE:
        for right, wrong in (pair, pair[::-1]):
            start = letters.find(wrong)
            while start >= 0:
                if not (right.startswith(wrong) and letters.startswith(right, start)):
                    tried[letters[:start] + right + letters[start + len(wrong) :]] = None
                start = letters.find(wrong, start + 1)
    for i in range(len(letters) - 1):
        tried[letters[:i] + letters[i + 1] + letters[i] + letters[i + 2 :]] = None
    for i in range(len(letters)):
        tried[letters[:i] + letters[i + 1 :]] = None
    tried.pop(letters, None)
    return tuple(tried)[:NEAR]


#: How many other wordings of one word of a query are tried.
WORDINGS = 8


def wordings(term: str, groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Other wordings of a term by groups of synonyms: each word of a group that stands in it is exchanged for the others.

    The longest word counts where one holds another: 居民身份证 is not read as 居民 + a synonym of 身份证 that it is itself.
    """
    found: dict[str, None] = {}
    for group in groups:
        words = sorted((normalise(word) for word in group), key=len, reverse=True)
        here = next((word for word in words if word and word in term), None)
        if here is None:
            continue
        for other in words:
            if other != here:
                found[term.replace(here, other)] = None
    found.pop(term, None)
    return tuple(found)[:WORDINGS]


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
