"""Where words and lines of a PDF stand, in millimetres from the upper left corner of the page, by pypdf alone."""

import io
from dataclasses import dataclass, field
from typing import Any

import pypdf

_MM = 25.4 / 72


@dataclass(frozen=True)
class Words:
    """One run of text: baseline and left end, size in points, font and colour as the file names them."""

    page: int
    x: float
    y: float
    size: float
    font: str
    colour: tuple[float, ...]
    text: str


@dataclass(frozen=True)
class Rule:
    """One straight line with its width in millimetres."""

    page: int
    x: float
    y: float
    to_x: float
    to_y: float
    width: float
    colour: tuple[float, ...]

    @property
    def is_red(self) -> bool:
        return len(self.colour) == 3 and self.colour[0] > 0.6 and max(self.colour[1:]) < 0.2


@dataclass
class Places:
    """All of a file."""

    words: list[Words] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    sizes: list[tuple[float, float]] = field(default_factory=list)

    def of(self, text: str) -> Words:
        """The one run that begins so."""
        (found,) = [one for one in self.words if one.text.startswith(text)]
        return found


def places(content: bytes) -> Places:
    """Read a file."""
    found = Places()
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(content)).pages, start=1):
        _read(page, number, found)
    return found


def _read(page: Any, number: int, found: Places) -> None:
    height = float(page.mediabox.height)
    found.sizes.append((float(page.mediabox.width) * _MM, height * _MM))
    state: dict[str, Any] = {"fill": (), "stroke": (), "width": 1.0, "from": None}

    def at(matrix: Any, x: float, y: float) -> tuple[float, float]:
        across = matrix[0] * x + matrix[2] * y + matrix[4]
        return round(across * _MM, 2), round((height - (matrix[1] * x + matrix[3] * y + matrix[5])) * _MM, 2)

    def says(text: str, matrix: Any, place: Any, font: Any, size: float) -> None:
        if text.strip():
            x, y = at(matrix, place[4], place[5])
            points = round(size * abs(place[3] or place[0]) * abs(matrix[3]), 2)
            named = str((font or {}).get("/BaseFont", ""))
            found.words.append(Words(number, x, y, points, named, state["fill"], text.strip()))

    def does(operator: bytes, given: list[Any], matrix: Any, _place: Any) -> None:
        if operator in (b"rg", b"scn", b"sc", b"g"):
            state["fill"] = tuple(float(one) for one in given if not isinstance(one, str))
        elif operator in (b"RG", b"SCN", b"SC", b"G"):
            state["stroke"] = tuple(float(one) for one in given if not isinstance(one, str))
        elif operator == b"w":
            state["width"] = float(given[0])
        elif operator == b"m":
            state["from"] = at(matrix, float(given[0]), float(given[1]))
        elif operator == b"l" and state["from"]:
            width = round(state["width"] * abs(matrix[0]) * _MM, 3)
            rule = Rule(number, *state["from"], *at(matrix, float(given[0]), float(given[1])), width, state["stroke"])
            found.rules.append(rule)

    page.extract_text(visitor_text=says, visitor_operand_before=does)
