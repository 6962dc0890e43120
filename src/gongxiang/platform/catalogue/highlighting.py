"""Where a word was found in a text, so that a page can mark it; pure, and by the same rules as the search itself."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from gongxiang.platform.catalogue import indexing

#: Characters shown before and after what was found in a long text.
AROUND = 40


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    marked: bool


def spans(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Where in `text` the terms were found (in characters, in pinyin or initials), merged and in order."""
    plain, places = _plain(text)
    found: list[tuple[int, int]] = []
    for term in terms:
        start = plain.find(term)
        while term and start >= 0:
            found.append((places[start], places[start + len(term) - 1] + 1))
            start = plain.find(term, start + 1)
        if spoken := indexing.spoken_at(plain, term):
            found += [(places[begin], places[end - 1] + 1) for begin, end in spoken]
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def pieces(text: str, terms: Iterable[str], *, longest: int = 0) -> tuple[Piece, ...]:
    """`text` cut into marked and unmarked pieces; with `longest` only the surroundings of the first find."""
    found = spans(text, terms)
    before, after = "", ""
    if longest and len(text) > longest:
        begin = max(0, found[0][0] - AROUND) if found else 0
        cut = text[begin : begin + longest]
        before, after = "…" if begin else "", "…" if begin + longest < len(text) else ""
        found = [(max(0, a - begin), min(b - begin, longest)) for a, b in found if b > begin and a - begin < longest]
        text = cut
    shown, last = [Piece(text=before, marked=False)], 0
    for a, b in found:
        shown += [Piece(text=text[last:a], marked=False), Piece(text=text[a:b], marked=True)]
        last = b
    shown += [Piece(text=text[last:], marked=False), Piece(text=after, marked=False)]
    return tuple(piece for piece in shown if piece.text)


def _plain(text: str) -> tuple[str, list[int]]:
    """The normalised text, and for each of its characters the place in the original that it stands for."""
    made: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character).lower():
            blank = unicodedata.category(one)[0] in "CZ"
            if blank and (not made or made[-1] == " "):
                continue
            made.append(" " if blank else one)
            places.append(place)
    return "".join(made), places
